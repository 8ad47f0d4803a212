"""Which rows of the register are one person: every read of what hangs on a person goes through here."""

from collections.abc import Iterable

from django.db import connection

# (person, named): each person with every row they are on record under, their own among them. Two plain arms, so that
# PostgreSQL looks both up by their index, or reads the table once.
CALLED = """(SELECT id AS person, id AS named FROM beneficiaries_person WHERE merged_into_id IS NULL
    UNION ALL SELECT merged_into_id, id FROM beneficiaries_person WHERE merged_into_id IS NOT NULL)"""


# (named, other): two rows of one person, both ways round. Few, as merges are: whoever has rows to look up elsewhere adds
# those of their others instead of joining the whole register twice.
OTHERS = """(WITH gone AS (SELECT id, merged_into_id AS stays FROM beneficiaries_person WHERE merged_into_id IS NOT NULL)
    SELECT id AS named, stays AS other FROM gone UNION ALL SELECT stays, id FROM gone
    UNION ALL SELECT a.id, b.id FROM gone a JOIN gone b ON a.stays = b.stays AND a.id <> b.id)"""

# (person, named): those who are on record under several rows, with each of them. Few.
_SEVERAL = """(WITH gone AS (SELECT id, merged_into_id AS stays FROM beneficiaries_person WHERE merged_into_id IS NOT NULL)
    SELECT stays AS person, id AS named FROM gone UNION ALL SELECT DISTINCT stays, stays FROM gone)"""


def of_person(column: str, row: str) -> str:
    """SQL for a column of the person whom a row of the register (an alias) is read as; only a merged row is looked up."""
    return f"""CASE WHEN {row}.merged_into_id IS NULL THEN {row}.{column}
        ELSE (SELECT w.{column} FROM beneficiaries_person w WHERE w.id = {row}.merged_into_id) END"""  # noqa: S608 - expressions of our own


def each_row(person: str, *, of_everybody: bool = False) -> tuple[str, str]:
    """SQL for FROM, and for SELECT an expression ``named`` with a line for every row of ``person`` (an expression of a table
    before it).

    ``of_everybody``: a whole register is read, and the few who have several rows are joined. Else it is one look into a
    small index, and a line that is NULL, to be left out outside, for who has one row: two lines whatever comes, as
    PostgreSQL counts on ten of an array it does not see, and would read the county for a family.
    """
    if of_everybody:
        return f"LEFT JOIN {_SEVERAL} also ON also.person = {person}", f"coalesce(also.named, {person})"
    join = f"LEFT JOIN beneficiaries_person also ON also.merged_into_id = {person} AND also.merged_into_id IS NOT NULL"
    return join, f"unnest(ARRAY[{person}, also.id])"


def all_rows(people: str) -> str:
    """SQL for the array of all rows of these people (the text or parameter of an array)."""
    return f"""ARRAY(SELECT unnest({people}::bigint[])
        UNION ALL SELECT x.id FROM beneficiaries_person x WHERE x.merged_into_id = ANY({people}::bigint[]))"""  # noqa: S608


def who(row: str) -> str:
    """SQL for the person whom a row (an expression) is read as."""
    return f"(SELECT coalesce(w.merged_into_id, w.id) FROM beneficiaries_person w WHERE w.id = {row})"  # noqa: S608 - an expression of our own


def rows_in(person: str) -> str:
    """SQL to compare a row with: ``row = rows_in(person)`` holds for every row of that person."""
    return f"ANY(ARRAY(SELECT q.named FROM {CALLED} q WHERE q.person = {person}))"  # noqa: S608 - as above


def stands(membership: str, day: str) -> str:
    """SQL: the membership counts on that day. One person stands in one household: where two rows were merged, in that of
    the row that stays, where it has one.

    Few rows were merged: whether this one was is asked first, which a sweep answers from one small table it keeps. Inside
    nothing is joined: a sweep joins by hash alone, and would read whole tables again for every membership.
    """
    m = membership
    return f"""NOT {m}.is_disputed AND {m}.valid_from <= {day} AND ({m}.valid_until IS NULL OR {m}.valid_until >= {day})
        AND (NOT EXISTS (SELECT FROM beneficiaries_person g WHERE g.id = {m}.person_id AND g.merged_into_id IS NOT NULL)
          OR NOT EXISTS (SELECT FROM beneficiaries_membership o
            WHERE o.person_id = (SELECT g.merged_into_id FROM beneficiaries_person g WHERE g.id = {m}.person_id)
              AND o.household_id <> {m}.household_id AND NOT o.is_disputed AND o.valid_from <= {day}
              AND (o.valid_until IS NULL OR o.valid_until >= {day})))"""  # noqa: S608 - expressions of our own


def rows_of(people: Iterable[int]) -> dict[int, int]:
    """Every row that is one of ``people`` (keys of any of their rows), with the person it is read as. One query."""
    given = sorted(set(people))
    if not given:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH one AS (SELECT DISTINCT coalesce(merged_into_id, id) AS id FROM beneficiaries_person WHERE id = ANY(%s))
            SELECT id, id FROM one
            UNION ALL SELECT x.id, one.id FROM beneficiaries_person x JOIN one ON x.merged_into_id = one.id""",
            [given],
        )
        return dict(cursor.fetchall())


MERGING_LOCK = 610_124_007


def together() -> None:
    """Who counts people as one (a grant, a batch) holds this to the end of the transaction: no merge comes between."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [MERGING_LOCK])


def alone() -> None:
    """A merge or a parting waits until nobody counts, and holds the rest up until it is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MERGING_LOCK])
