"""The sweep of four programs beside one hand-written SQL statement per program, on the same tables.

The floor knows the four policies by heart: it may, because nobody can read a law in it. Its verdicts, amounts and
reasons are compared with the program's, row by row, before any figure is printed.
"""

from datetime import date

from django.db import connection, transaction

from applications.models import Sweep
from applications.services import sweep
from audit.actor import Actor
from benchmarks.offices import CHECKER, active_policies
from benchmarks.rows import Measured, best_of, peak_mb

DAY = date(2026, 8, 18)
RUNS = 3
LARGE = 500_000  # people: one run each


def measure(people: int) -> Measured:
    """Both ways from empty verdicts to all verdicts, reasons and amounts written."""
    versions = active_policies()
    runs = RUNS if people < LARGE else 1
    before = peak_mb()
    ours = best_of(runs, lambda: sweep.assess(_asked(CHECKER)), before=forget)
    memory = peak_mb() - before
    rows = keep_answers("ours")
    again = best_of(1, lambda: sweep.assess(_asked(CHECKER)))
    asked = _asked(CHECKER)
    floor = best_of(runs, lambda: _floor(versions, asked), before=forget)
    keep_answers("theirs")
    assert not differences(), "the floor and the program differ"
    note = f"a second sweep that changes nothing: {again:.2f} s"
    return Measured(rows, ours, floor, note=note, peak_mb=memory)


def _asked(by: Actor) -> Sweep:
    return sweep.ask(on=DAY, by=by)


def forget() -> None:
    """No verdicts are kept."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM applications_assessment")


def keep_answers(name: str) -> int:
    """Everything kept of every verdict but who asked, as a temporary table ``name``; gives how many rows."""
    sorted_names = (
        "(SELECT jsonb_agg(one ORDER BY one) FROM jsonb_array_elements_text({column}) one) AS {column}"
    )
    columns = ", ".join(sorted_names.format(column=column) for column in ("failing", "unsettled"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE TEMPORARY TABLE {name} AS
                SELECT program, record_id, verdict, amount_fen, judged_on, {columns} FROM applications_assessment"""
        )
        return int(cursor.rowcount)


def differences() -> int:
    """In how many rows "ours" and "theirs" differ. In the database: in memory a million rows would be the largest thing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM ((TABLE ours EXCEPT ALL TABLE theirs)
                                     UNION ALL (TABLE theirs EXCEPT ALL TABLE ours)) different"""
        )
        return int(cursor.fetchone()[0])


def _floor(versions: dict[str, int], asked: Sweep) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        for code, statement in STATEMENTS.items():
            cursor.execute(statement, {"version": versions[code], "sweep": asked.pk})


_INTO = """INSERT INTO applications_assessment (program, version_id, person_id, household_id, record_id, division, verdict,
    amount_fen, judged_on, failing, unsettled, sweep_id)"""
_AS_OF = "{f}.valid_from <= {day} AND ({f}.valid_until IS NULL OR {f}.valid_until >= {day}) AND {f}.superseded_by_id IS NULL"


def _fact(alias: str, kind: str, column: str, of: str, day: str) -> str:
    return (
        f"LEFT JOIN beneficiaries_fact {alias} ON {alias}.kind = '{kind}' AND {alias}.{column} = {of} "
        f"AND {_AS_OF.format(f=alias, day=day)}"
    )


def _home(day: str) -> str:
    return (
        "JOIN beneficiaries_person p ON p.id = f.person_id LEFT JOIN beneficiaries_membership m ON m.person_id = p.id "
        f"AND NOT m.is_disputed AND m.valid_from <= {day} AND (m.valid_until IS NULL OR m.valid_until >= {day})"
    )


def _statement(
    code: str, inner: str, day: str, needs: list[str], amount: str, unsettled: dict[str, str]
) -> str:
    failing = ", ".join(f"CASE WHEN {need} = 0 THEN '{need}' END" for need in needs)
    unknown = ", ".join(f"CASE WHEN {test} THEN '{name}' END" for name, test in unsettled.items())
    return f"""{_INTO}
        SELECT '{code}', %(version)s, person_id, household_id, id, division, verdict, CASE verdict WHEN 0 THEN 0 ELSE
               CASE WHEN amount = 1 THEN -1 ELSE {amount} END END, {day},
               to_jsonb(array_remove(ARRAY[{failing}]::text[], NULL)),
               CASE WHEN verdict = 1 THEN to_jsonb(array_remove(ARRAY[{unknown}]::text[], NULL)) ELSE '[]' END, %(sweep)s
        FROM (SELECT *, least({", ".join(needs)}) AS verdict FROM ({inner}) AS judged) AS verdicts"""


_CERTIFICATE = "CASE WHEN c.id IS NULL THEN 1 ELSE 2 END AS girl_family"
_POOR = """CASE WHEN h.id IS NULL OR m.household_id IS NULL THEN CASE WHEN m.household_id IS NULL THEN 1 ELSE 0 END
    WHEN h.values->'kinds' ?| ARRAY['dibao', 'extreme_poverty', 'monitored'] THEN 2 ELSE 0 END AS poor"""
_COLLEGE = f"""
    SELECT f.id, f.person_id, m.household_id, p.division, f.valid_from, f.values->>'level' AS level,
           CASE p.sex WHEN 'female' THEN 2 ELSE 0 END AS girl, {_CERTIFICATE}, {_POOR}, r.parents_rural,
           2 AS admitted, 2 AS amount
    FROM beneficiaries_fact f {_home("f.valid_from")}
    {_fact("c", "certificate", "household_id", "m.household_id", "f.valid_from")}
    {_fact("h", "hardship", "household_id", "m.household_id", "f.valid_from")}
    LEFT JOIN (SELECT x.child_id, min(CASE WHEN g.values->>'rural' = 'true' THEN 2 WHEN g.id IS NULL THEN 1 ELSE 0 END)
                 AS parents_rural FROM beneficiaries_parentage x
               LEFT JOIN beneficiaries_fact g ON g.kind = 'register' AND g.person_id = x.parent_id
                 AND g.superseded_by_id IS NULL GROUP BY x.child_id) r ON r.child_id = f.person_id
    WHERE f.kind = 'admission' AND f.superseded_by_id IS NULL"""
_TRAINING = f"""
    SELECT f.id, f.person_id, m.household_id, p.division, f.valid_from, CASE p.sex WHEN 'female' THEN 2 ELSE 0 END AS girl,
           {_CERTIFICATE}, CASE WHEN u.values->>'listed' = 'true' THEN 2 ELSE 0 END AS unadmitted,
           CASE WHEN (f.values->>'hours')::int >= 300 THEN 2 ELSE 0 END AS hours, 2 AS amount
    FROM beneficiaries_fact f {_home("f.valid_from")}
    {_fact("c", "certificate", "household_id", "m.household_id", "f.valid_from")}
    {_fact("u", "unadmitted", "person_id", "f.person_id", "f.valid_from")}
    WHERE f.kind = 'training' AND f.superseded_by_id IS NULL"""
_MEDICAL = f"""
    SELECT f.id, f.person_id, m.household_id, p.division,
           CASE WHEN f.values->>'year' = '2026' THEN 2 ELSE 0 END AS this_year,
           CASE WHEN f.values->>'enrolled' = 'true' THEN 2 ELSE 0 END AS enrolled,
           CASE p.sex WHEN 'female' THEN 2 ELSE 0 END AS girl,
           CASE WHEN p.born_on > DATE '2008-01-01' THEN 2 ELSE 0 END AS child,
           CASE WHEN g.id IS NULL THEN 1 WHEN g.values->>'rural' = 'true' THEN 2 ELSE 0 END AS rural, {_CERTIFICATE},
           2 AS amount
    FROM beneficiaries_fact f {_home("DATE '2026-01-01'")}
    {_fact("c", "certificate", "household_id", "m.household_id", "DATE '2026-01-01'")}
    {_fact("g", "register", "person_id", "f.person_id", "DATE '2026-01-01'")}
    WHERE f.kind = 'medical' AND f.superseded_by_id IS NULL"""
_HOUSING = f"""
    SELECT f.id, NULL::bigint AS person_id, f.household_id, o.division, f.valid_from, f.values->>'work' AS work,
           {_CERTIFICATE}, CASE WHEN f.values->>'grade' IN ('C', 'D') THEN 2 ELSE 0 END AS dangerous,
           CASE WHEN h.id IS NULL THEN 0 ELSE 2 END AS hardship,
           CASE WHEN y.household_id IS NULL THEN 2 ELSE 0 END AS nobody_on_the_payroll,
           CASE WHEN h.id IS NULL THEN 1 ELSE 2 END AS amount,
           CASE WHEN h.values->'kinds' ?| ARRAY['dibao', 'extreme_poverty', 'poor_disabled'] THEN 600000 ELSE 400000 END AS fen
    FROM beneficiaries_fact f JOIN beneficiaries_household o ON o.id = f.household_id
    {_fact("c", "certificate", "household_id", "f.household_id", "f.valid_from")}
    {_fact("h", "hardship", "household_id", "f.household_id", "f.valid_from")}
    LEFT JOIN (SELECT DISTINCT m.household_id FROM beneficiaries_fact l JOIN beneficiaries_membership m
                 ON m.person_id = l.person_id WHERE l.kind = 'payroll') y ON y.household_id = f.household_id
    WHERE f.kind = 'housing' AND f.superseded_by_id IS NULL"""
_NO_CERTIFICATE = {"certificate.kind": "girl_family = 1"}
STATEMENTS = {
    "college-award": _statement(
        "college-award", _COLLEGE, "valid_from", ["girl", "girl_family", "poor", "parents_rural", "admitted", "amount"],
        "CASE level WHEN '本科' THEN 200000 ELSE 100000 END", _NO_CERTIFICATE),
    "training-subsidy": _statement(
        "training-subsidy", _TRAINING, "valid_from", ["girl", "girl_family", "unadmitted", "hours", "amount"], "120000",
        _NO_CERTIFICATE),
    "medical-supplement": _statement(
        "medical-supplement", _MEDICAL, "DATE '2026-01-01'",
        ["this_year", "enrolled", "girl", "child", "rural", "girl_family", "amount"], "3000", _NO_CERTIFICATE),
    "housing-subsidy": _statement(
        "housing-subsidy", _HOUSING, "valid_from",
        ["girl_family", "dangerous", "hardship", "nobody_on_the_payroll", "amount"], "fen", _NO_CERTIFICATE),
}  # fmt: skip
