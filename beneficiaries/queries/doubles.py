"""Pairs of rows that may be one person, each with its reasons in words.

What can be found: ID, phone and account numbers are encrypted, and a blind index says of two only whether they are
equal. So names, birth days, villages and equal phones or accounts bring a pair together, by equalities that the database
joins (never everybody with everybody); then the two ID numbers of such a pair are read and compared. Two rows of
different names whose ID numbers are alike cannot be found.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from beneficiaries.models import Double, Person
from officials.models import Official
from standards.names import readings, same_person_name
from standards.words import Words
from vault.crypto import decrypt_many

WORK_MEMORY = "64MB"  # a register of 100,000 is joined with itself without a file on disk
PAIRS_MAX = 2_000  # of one kind: a county's work of months; what is settled makes room for the rest
REST = slice(14, 17)  # of an ID number: the three digits before the check

# The register read once: a number for the name as it is compared (`standards.names`: dots and spaces do not count), which
# joins faster than Chinese text and is compared in full afterwards, and the parts of the birth day.
_READ = """p AS MATERIALIZED (
    SELECT id, division, born_on, phone_index,
           hashtextextended(upper(translate(name, '·‧•・.．∙⋅∘●᛫᭼。 ', '')), 0) AS name,
           date_part('year', born_on)::int AS year, date_part('month', born_on)::int AS month,
           date_part('day', born_on)::int AS day
    FROM beneficiaries_person WHERE merged_into_id IS NULL AND starts_with(division, %(scope)s))"""
_PAIR = (
    "SELECT a.id AS a, b.id AS b, '{how}' AS how FROM p a JOIN p b ON {joined} AND a.id < b.id WHERE {apart}"
)


def _one_digit(part: str) -> str:
    """SQL: one digit of this part differs: tens or ones, in a year also hundreds and thousands."""
    places = (1000, 100, 10, 1) if part == "year" else (10, 1)
    differ = (f"(a.{part} / {place} %% 10 <> b.{part} / {place} %% 10)::int" for place in places)
    return f"{' + '.join(differ)} = 1"


_ARMS = (
    _PAIR.format(how="birth", joined="(a.name, a.born_on) = (b.name, b.born_on)", apart="true"),
    _PAIR.format(how="phone", joined="(a.name, a.phone_index) = (b.name, b.phone_index)", apart="true"),
    _PAIR.format(
        how="sound",
        joined="(a.division, a.born_on) = (b.division, b.born_on)",
        apart="""a.name <> b.name AND EXISTS (SELECT FROM beneficiaries_person x JOIN beneficiaries_person y
                 ON x.terms && y.terms WHERE x.id = a.id AND y.id = b.id)""",
    ),
    # A birth day that differs by one digit: the other parts are equal, which keeps the pairs few. Within a year one join
    # finds both the days and the months.
    _PAIR.format(
        how="digit",
        joined="(a.name, a.year) = (b.name, b.year)",
        apart=f"(a.month = b.month AND {_one_digit('day')} OR a.day = b.day AND {_one_digit('month')})",
    ),
    _PAIR.format(
        how="digit", joined="(a.name, a.month, a.day) = (b.name, b.month, b.day)", apart=_one_digit("year")
    ),
    """SELECT least(a.id, b.id), greatest(a.id, b.id), 'account' FROM beneficiaries_account x
       JOIN beneficiaries_account y ON x.number_index = y.number_index AND x.owner_id < y.owner_id
       JOIN p a ON a.id = x.owner_id JOIN p b ON b.id = y.owner_id AND b.name = a.name""",
)
# Nobody knows how often the numbers of names repeat, and the register would be sorted twice for every join.
_SET = "SELECT set_config('work_mem', %s, true), set_config('enable_mergejoin', 'off', true)"
_SETTLED = """NOT EXISTS (SELECT FROM beneficiaries_double d WHERE least(d.stays_id, d.other_id) = f.a
    AND greatest(d.stays_id, d.other_id) = f.b AND d.state IN ('apart', 'asked', 'merged', 'to_part'))"""
_FOUND = f"""WITH {_READ} SELECT f.a, f.b, array_agg(DISTINCT f.how) FROM (
    {" UNION ALL ".join(f"(SELECT * FROM ({arm}) f (a, b, how) WHERE {_SETTLED} LIMIT {PAIRS_MAX})" for arm in _ARMS)}
    ) f GROUP BY 1, 2"""  # noqa: S608 - parts from above

# Reasons, the strongest first.
WORDS = {
    "id_digit": Words("身份证号只差一位（末位校验码随之不同）", "The ID numbers differ by one digit (and the check)"),
    "id_lost": Words("一个身份证号的末几位像是丢了（000）", "The last digits of one ID number look lost (000)"),
    "account": Words("登记了同一个银行账号", "The same bank account is on record for both"),
    "phone": Words("同名，电话也相同", "The same name and the same phone"),
    "birth": Words("同名，出生日期相同", "The same name and birth date"),
    "sound": Words("同村，出生日期相同，名字同音", "The same village and birth date, and names that sound alike"),
}  # fmt: skip
_RANK = {name: place for place, name in enumerate(WORDS)}


@dataclass(frozen=True, slots=True)
class Suspected:
    """Two rows of the register (the older first) and why they may be one person."""

    one: int
    other: int
    reasons: tuple[str, ...]

    @property
    def words(self) -> tuple[Words, ...]:
        return tuple(WORDS[name] for name in self.reasons)


def suspected(official: Official) -> list[Suspected]:
    """Every suspected pair of which both stand in the official's scope, the likeliest first.

    Two queries, and what sets them up. Pairs that somebody settled, or that wait for a second person, are not among them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SET, [WORK_MEMORY])
        cursor.execute(_FOUND, {"scope": official.scope})
        found: list[tuple[int, int, list[str]]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_mergejoin = on")
    rows = _read({key for a, b, _ in found for key in (a, b)})
    made = (_suspected(rows[a], rows[b], set(how)) for a, b, how in found)
    return sorted(
        (one for one in made if one is not None),
        key=lambda one: (-sum(2.0 ** -_RANK[name] for name in one.reasons), one.one, one.other),
    )


def reasons_for(one: Person, other: Person, official: Official) -> tuple[Words, ...]:
    """Why these two may be one person; nothing where the program sees no reason."""
    wanted = {one.pk, other.pk}
    return next((found.words for found in suspected(official) if {found.one, found.other} == wanted), ())


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    name: str
    number: str


def _read(keys: Iterable[int]) -> dict[int, _Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, citizen_id FROM beneficiaries_person WHERE id = ANY(%s)", [sorted(keys)]
        )
        rows = cursor.fetchall()
    numbers = decrypt_many([row[2] for row in rows], column="beneficiaries_person.citizen_id")
    return {row[0]: _Row(row[0], row[1], number) for row, number in zip(rows, numbers, strict=True)}


def _suspected(a: _Row, b: _Row, how: set[str]) -> Suspected | None:
    """The reasons that hold once both rows are read."""
    if "sound" in how and not set(readings(a.name)) & set(readings(b.name)):
        how = how - {"sound"}
    if not same_person_name(a.name, b.name):
        how = how & {"sound"}
    if how & {"birth", "digit"} and _differ_by_one(a.number, b.number):
        how = how | {"id_digit"}
    if "birth" in how and "000" in (a.number[REST], b.number[REST]):
        how = how | {"id_lost"}
    reasons = tuple(sorted(how & WORDS.keys(), key=_RANK.__getitem__))
    return Suspected(a.id, b.id, reasons) if reasons else None


def _differ_by_one(one: str, other: str) -> bool:
    """Whether one digit before the check differs. The check finds a single wrong digit, so that a register never holds
    such a number of 18; of a number of 15, which has none, it makes another that fits."""
    return sum(x != y for x, y in zip(one[:17], other[:17], strict=True)) == 1


def doubles_for(official: Official, *states: str) -> "QuerySet[Double]":
    """Pairs in these states of which both stand in the official's scope, the newest word first."""
    found = Double.objects.filter(
        state__in=states,
        stays__division__startswith=official.scope,
        other__division__startswith=official.scope,
    )
    return found.select_related("stays", "other").order_by("-pk")


def people_with_rows(people: Iterable[Person]) -> dict[int, list[Person]]:
    """The rows merged into each of ``people``."""
    found: dict[int, list[Person]] = defaultdict(list)
    for row in Person.objects.filter(merged_into__in=list(people)).order_by("pk"):
        found[row.merged_into_id or 0].append(row)
    return found
