"""A register list: people, households, who lives where since when, whose child, and the register's own facts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from beneficiaries.models import Household, Membership, Person
from beneficiaries.models.people import NOWHERE
from beneficiaries.queries.births import newest_birth
from beneficiaries.services.again import Again
from beneficiaries.services.births import doubt_parents
from beneficiaries.services.evidence import compare_name, is_of_county, period_of_list
from beneficiaries.services.facts import Stated, plan_facts, write_facts
from beneficiaries.services.outcome import Taking
from beneficiaries.services.parentage import write_parentage
from beneficiaries.services.people import NewPerson, add_people, bring_back, change_phones
from beneficiaries.services.staging import copy_columns, flags, next_keys, plain, select, set_values, texts
from beneficiaries.services.subjects import Known, find_people
from facts.catalogue import Kind
from standards.divisions import COUNTY_DIGITS
from standards.names import has_gap
from standards.words import Words
from vault import blind

HEAD_CODES = ("02", "01")
DATED_FIELDS = ("rural", "residence")


@dataclass
class _Register:
    """A register list while it is written."""

    taking: Taking
    first_day: date
    rows: list[int]
    touched: set[int] = field(default_factory=set)  # rows that brought anything
    households: dict[str, tuple[int, str, int | None]] = field(
        default_factory=dict
    )  # known: id, division, head
    homes: dict[str, int] = field(default_factory=dict)  # household number → household
    again: Again = field(default_factory=Again)  # what is on record already
    newcomers: set[int] = field(default_factory=set)  # people whom this list brings


def take_register(taking: Taking, kind: Kind) -> int:
    """Compare and write a register list; gives how many facts are new.

    A person is the ID number. Before the first day the list covers, nothing is said of where anybody lived.
    """
    _refuse_incomplete(taking)
    period = period_of_list(taking)
    first_day = period.first if period else date(taking.evidence.uploaded_on.year, 1, 1)
    register = _Register(taking, first_day, [])
    _refuse_elsewhere(register)
    register.rows = taking.good_rows()
    _people(register)
    _households(register)
    _memberships(register)
    before = newest_birth()
    write_parentage(taking, register.rows, register.first_day)
    register.again.write(taking.evidence.pk)
    doubt_parents(taking, before)
    new = _facts(register, kind)
    _same_people(register)
    taking.same -= register.touched
    return new


def _refuse_incomplete(taking: Taking) -> None:
    """A person needs a name and a village; the village may stand on another row of the household."""
    values = taking.values
    names = values.get("subject_name", [None] * len(values["subject"]))
    villages = values.setdefault("residence", [None] * len(values["subject"]))
    of_household: dict[str, str] = {}
    for number, village in zip(values["household_number"], villages, strict=True):
        if number and village:
            of_household.setdefault(number, village)
    gapped: list[int] = []
    for row in taking.good_rows():
        if not names[row]:
            taking.refuse(row, "subject_name", Words("姓名没有填写", "Name is empty"), "empty")
        if names[row] and has_gap(names[row]):
            gapped.append(row)
        villages[row] = villages[row] or of_household.get(values["household_number"][row])
        if not villages[row]:
            words = Words("没有填写所在村（社区）", "The village is empty")
            taking.refuse(row, "residence", words, "empty")
    known = find_people(values["subject"][row] for row in gapped)
    for row in gapped:
        if values["subject"][row] not in known:
            words = Words(
                f"姓名“{names[row]}”里有打不出的字，名册上还没有这个人：请写全",
                f"“{names[row]}” holds a sign for a character, and nobody on the register has this number: write it out",
            )
            taking.refuse(row, "subject_name", words, "name.gap")


def _people(register: _Register) -> None:
    """Find or add everybody; fills the taking's people."""
    taking, values = register.taking, register.taking.values
    numbers, names, phones = values["subject"], values["subject_name"], values.get("phone")
    known = find_people((numbers[row] for row in register.rows), also_nowhere=True)
    _refuse_people_of_another_county(register, known)
    returned = {number for number, person in known.items() if person.division == NOWHERE}
    new: dict[str, NewPerson] = {}
    for row in register.rows:
        number = numbers[row]
        if number in known and number not in returned:
            if compare_name(taking, row, names[row], known[number]):
                register.again.names.append((known[number].id, names[row]))
        elif number not in new:
            new[number] = NewPerson(
                number,
                names[row],
                values["sex"][row],
                values["born_on"][row],
                values["residence"][row],
                phones[row] if phones else None,
            )
            register.touched.add(row)
        # The sex of the ID number counts until a person has settled a row that says otherwise.
    for number, person in list(new.items()):
        of_number = "male" if number[16] in "13579" else "female"
        if person.sex != of_number:
            new[number] = NewPerson(
                number, person.name, of_number, person.born_on, person.division, person.phone
            )
    keys = {number: person.id for number, person in known.items()}
    bring_back({keys[number]: new.pop(number) for number in returned & new.keys()})
    added = add_people(list(new.values()), source=taking.evidence.pk)
    register.newcomers = set(added.values())
    keys |= added
    taking.people = {row: keys[numbers[row]] for row in register.rows}
    if phones:
        _newer_phones(
            register,
            {
                row: phones[row]
                for row in register.rows
                if phones[row] and numbers[row] in known.keys() - returned
            },
        )


def _refuse_people_of_another_county(register: _Register, known: dict[str, Known]) -> None:
    """Who is registered in another county stays there, unnamed, until that county's register says they left."""
    taking, numbers = register.taking, register.taking.values["subject"]
    away = {
        number for number, one in known.items() if one.division != NOWHERE and not is_of_county(one, taking)
    }
    for row in register.rows if away else ():
        if numbers[row] in away:
            words = Words(
                "这个身份证号已登记在另一个县。请与那边的户籍部门核实，迁出以后再登记",
                "This ID number is registered in another county: settle it with the register there, and enter it once the"
                " person has left",
            )
            taking.refuse(row, "subject", words, "person_elsewhere")
    if away:
        register.rows = taking.good_rows()


def _newer_phones(register: _Register, phones: dict[int, str]) -> None:
    people = register.taking.people
    stored = dict(
        Person.objects.filter(pk__in=[people[row] for row in phones]).values_list("pk", "phone_index")
    )
    changed: dict[int, str] = {}
    for row, index in zip(phones, blind.index_many(phones.values(), purpose="phone"), strict=True):
        before = stored.get(people[row])
        if before is not None and bytes(before) == index:
            register.again.phones.append((people[row], index))
        else:
            changed[people[row]] = phones[row]
            register.touched.add(row)
            register.taking.changed.add(row)
    change_phones(changed)


def _refuse_elsewhere(register: _Register) -> None:
    """One booklet number in two townships is refused, before anything of its rows is written. Another county's households
    are its own: they may bear the same numbers, also where their list was withdrawn."""
    taking, values = register.taking, register.taking.values
    rows = taking.good_rows()
    known = select(
        """SELECT h.number, h.id, h.division, h.head_id FROM beneficiaries_household h
           LEFT JOIN beneficiaries_evidencelist e ON e.id = h.list_id
           WHERE h.number = ANY(%s) AND left(coalesce(nullif(h.division, ''), e.division), %s) = %s""",
        list({values["household_number"][row] for row in rows}),
        COUNTY_DIGITS,
        taking.evidence.division[:COUNTY_DIGITS],
    )
    register.households = {number: (pk, division, head) for number, pk, division, head in known}
    for row in rows:
        household = register.households.get(values["household_number"][row])
        if household and household[1] and household[1][:9] != values["residence"][row][:9]:
            words = Words("这个户编号已在另一个镇使用", "This household number is used in another township")
            taking.refuse(row, "household_number", words, "household_elsewhere")


def _households(register: _Register) -> None:
    """Open the households that are new, and name the heads of those that had none."""
    taking, values = register.taking, register.taking.values
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row in register.rows:
        rows_of[values["household_number"][row]].append(row)
    opened, headless, returned = [], [], []
    for number, rows in rows_of.items():
        head = next((taking.people[row] for row in rows if values["relation"][row] in HEAD_CODES), None)
        if number not in register.households:
            opened.append((number, values["residence"][rows[0]], head))
            register.touched |= set(rows)
        elif register.households[number][1] == NOWHERE:
            returned.append((register.households[number][0], values["residence"][rows[0]], head))
            register.touched |= set(rows)
        elif register.households[number][2] is None and head:
            headless.append((register.households[number][0], head))
    keys = next_keys(Household, len(opened))
    if opened:
        numbers, places, heads = zip(*opened, strict=True)
        columns = {"number": texts(numbers), "division": plain(places), "head": plain(heads)}
        copy_columns(Household, {"id": plain(keys), **columns, "list": taking.evidence.pk})
    set_values(Household, "head", "bigint", headless + [(home, head) for home, _, head in returned])
    set_values(Household, "division", "text", [(home, place) for home, place, _ in returned])
    register.homes = {number: household[0] for number, household in register.households.items()}
    register.homes |= {number: key for key, (number, _, _) in zip(keys, opened, strict=True)}


def _memberships(register: _Register) -> None:
    """Who stands in which household: one at a time; a second open one is disputed together with the first."""
    taking, values = register.taking, register.taking.values
    standing: dict[int, list[tuple[int | None, int, str, bool]]] = defaultdict(list)
    rows = select(
        """SELECT id, person_id, household_id, relation, is_disputed FROM beneficiaries_membership
           WHERE person_id = ANY(%s) AND valid_until IS NULL""",
        list({taking.people[row] for row in register.rows}),
    )
    for pk, person, household, relation, disputed in rows:
        standing[person].append((pk, household, relation, disputed))
    left = _left(register)
    new: list[list[Any]] = []
    placed: dict[int, list[Any]] = {}
    disputed_old: set[int] = set()
    relations: list[tuple[int, str]] = []
    for row in register.rows:
        person, relation = taking.people[row], values["relation"][row]
        household = register.homes[values["household_number"][row]]
        here = next((one for one in standing[person] if one[1] == household), None)
        first = max(register.first_day, date.fromisoformat(values["born_on"][row]))
        if here is not None:
            if here[0] is not None:
                register.again.memberships.append((person, household, relation, first))
            if here[0] is not None and here[2] != relation:
                relations.append((here[0], relation))
                register.touched.add(row)
                taking.changed.add(row)
            continue
        register.touched.add(row)
        is_disputed = bool(standing[person])
        if is_disputed:
            words = Words(
                "这个人已登记在另一户，两边都先不算，请核实后选定",
                "This person stands in another household: neither counts until a person settles it",
            )
            taking.doubt(row, "household_number", words, "two_households")
            disputed_old |= {one[0] for one in standing[person] if one[0] is not None}
            if person in placed:
                placed[person][4] = True
        if person in left:
            first = max(first, left[person] + timedelta(days=1))
        made: list[Any] = [household, person, relation, first, is_disputed]
        new.append(made)
        placed.setdefault(person, made)
        standing[person].append((None, household, relation, is_disputed))
    # The old ones first: one person's two open memberships may never both count, not even for a moment.
    Membership.objects.filter(pk__in=disputed_old).update(is_disputed=True)
    _write_memberships(register, new)
    set_values(Membership, "relation", "text", relations)


def _left(register: _Register) -> dict[int, date]:
    """The last day of those who stood in a household before and left it: a list cannot put them elsewhere before."""
    known = [person for person in set(register.taking.people.values()) if person not in register.newcomers]
    rows = select(
        """SELECT person_id, max(valid_until) FROM beneficiaries_membership
           WHERE person_id = ANY(%s) AND NOT is_disputed AND valid_until >= valid_from GROUP BY person_id""",
        known,
    )
    return dict(rows)


def _write_memberships(register: _Register, new: list[list[Any]]) -> None:
    if new:
        homes, people, codes, days, disputed = zip(*new, strict=True)
        copy_columns(
            Membership,
            {
                "household": plain(homes),
                "person": plain(people),
                "relation": plain(codes),
                "valid_from": plain(days),
                "is_disputed": flags(disputed),
                "is_only": flags(one[1] in register.newcomers and not one[4] for one in new),
                "list": register.taking.evidence.pk,
            },
        )


def _facts(register: _Register, kind: Kind) -> int:
    taking, values = register.taking, register.taking.values
    stated = []
    for row in register.rows:
        found = {
            key: values[key][row] for key in DATED_FIELDS if key in values and values[key][row] is not None
        }
        first = max(register.first_day, date.fromisoformat(values["born_on"][row]))
        stated.append(Stated(row, taking.people[row], first, None, found))
    plan = plan_facts(taking, kind, stated)
    moved = [
        (fact.subject, fact.values["residence"])
        for fact in plan.new
        if fact.row in taking.changed and fact.row not in plan.disputed and "residence" in fact.values
    ]
    set_values(Person, "division", "text", moved)
    return write_facts(taking, kind, plan)


def _same_people(register: _Register) -> None:
    """The same name, birth date and village under another ID number: perhaps one person, for a person to see."""
    row_of = {register.taking.people[row]: row for row in register.touched}
    if not row_of:
        return
    # Who is alike is put together once: joined with itself, a register without statistics was compared person by person.
    doubles = select(
        """WITH alike AS MATERIALIZED (
             SELECT array_agg(id) AS people FROM beneficiaries_person WHERE born_on IS NOT NULL
             GROUP BY division, name, born_on HAVING count(*) > 1)
           SELECT DISTINCT a.id FROM alike, unnest(people) AS a(id), unnest(people) AS b(id)
           WHERE b.id < a.id AND a.id = ANY(%s) AND NOT EXISTS (SELECT FROM beneficiaries_double d
             WHERE d.state IN ('apart', 'asked', 'merged', 'to_part')
               AND least(d.stays_id, d.other_id) = b.id AND greatest(d.stays_id, d.other_id) = a.id)
           ORDER BY a.id""",
        list(row_of),
    )
    words = Words(
        "同村已有同名、同出生日期的人，身份证号不同，请核实是不是同一个人",
        "The village has someone of the same name and birth date under another ID number: one person or two?",
    )
    for (person,) in doubles:
        register.taking.doubt(row_of[person], "subject", words, "same_person")
