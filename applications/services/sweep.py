"""The sweep: the whole register against every policy in force. Columns move, rows do not."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.utils import timezone

from applications.gathering import Gathered, complete_lists, gather
from applications.gathering.copying import copy_in
from applications.gathering.coverage import Covered
from applications.models import Sweep
from audit.actor import Actor
from audit.door import record
from facts.catalogue import load_catalogue
from programs.language.columns import Verdicts
from programs.queries import Loaded, active_on

Progress = Callable[[int, int], None]
SWEEP_LOCK = 610_124_013  # any fixed number: a second sweep waits, then finds nothing to change


def ask(*, on: date, by: Actor) -> Sweep:
    """Ask for a sweep of the business day ``on``; the worker finds the row."""
    with transaction.atomic():
        sweep = Sweep.objects.create(day=on, asked_by=by.number)
        record("assess", sweep, by=by, on=on)
    return sweep


def assess(sweep: Sweep, *, progress: Progress = lambda done, total: None) -> Sweep:
    """Judge everybody and keep the newest verdict of each subject; writes only what changed.

    ``sweep.counts`` becomes {program: {"yes", "not_known", "no", "changed"}}. One transaction per program, so a
    worker that dies leaves whole programs, and the next one starts again.
    """
    loaded_now = active_on(sweep.day)
    covered = complete_lists(set(load_catalogue().kinds))
    counts: dict[str, Any] = {}
    for done, loaded in enumerate(loaded_now):
        counts[loaded.version.code] = _assess_program(loaded, sweep, covered)
        progress(done + 1, len(loaded_now))
    sweep.counts = counts
    sweep.finished_at = timezone.now()
    sweep.save(update_fields=["counts", "finished_at"])
    return sweep


def _assess_program(loaded: Loaded, sweep: Sweep, covered: Covered) -> dict[str, int]:
    with transaction.atomic():
        _in_bulk()
        gathered = gather(loaded.program, on=sweep.day, covered=covered)
        verdicts = loaded.program.judge(gathered.table)
        changed = write(loaded, sweep, gathered, verdicts)
    tally = np.bincount(verdicts.verdict, minlength=3)
    return {"no": int(tally[0]), "not_known": int(tally[1]), "yes": int(tally[2]), "changed": changed}


def _in_bulk() -> None:
    """One sweep of a program at a time, joining whole tables by hash whatever the statistics say.

    A nested loop over a table that was just filled took 50 times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWEEP_LOCK])
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")


def write(loaded: Loaded, sweep: Sweep, gathered: Gathered, verdicts: Verdicts) -> int:
    """Keep the verdicts of one program, inside a transaction; gives how many rows changed."""
    failing, failing_names = _patterns(
        gathered.table.n, {name: values == 0 for name, values in verdicts.needs.items()}
    )
    unsettled, unsettled_names = _patterns(gathered.table.n, verdicts.unknown)
    amount = np.where(verdicts.verdict == 0, 0, verdicts.amount_fen)
    day = np.where(gathered.table.judged_on.known, gathered.table.judged_on.values.astype(np.int64), 0)
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE judged (record bigint NOT NULL, person bigint NOT NULL, household bigint NOT NULL,
                   division bigint NOT NULL, verdict bigint NOT NULL, amount_fen bigint NOT NULL, day bigint NOT NULL,
                   failing bigint NOT NULL, unsettled bigint NOT NULL) ON COMMIT DROP;
               CREATE TEMPORARY TABLE patterns (n bigint, failing bigint, names jsonb) ON COMMIT DROP"""
        )
        copy_in(cursor, "judged", [gathered.records, gathered.people, gathered.households, gathered.divisions,
                                    verdicts.verdict.astype(np.int64), amount, day, failing, unsettled])  # fmt: skip
        cursor.executemany(
            "INSERT INTO patterns VALUES (%s, %s, %s::jsonb)",
            [(n, 1, names) for n, names in enumerate(failing_names)]
            + [(n, 0, names) for n, names in enumerate(unsettled_names)],
        )
        changed = _keep(cursor, loaded, sweep)
        cursor.execute("DROP TABLE judged; DROP TABLE patterns")
    return changed


def _keep(cursor: Any, loaded: Loaded, sweep: Sweep) -> int:
    """Bring the kept verdicts of one program in line with what was judged; gives how many rows changed."""
    named = {"program": loaded.version.code, "version": loaded.version.pk, "sweep": sweep.pk}
    cursor.execute("SELECT EXISTS (SELECT FROM applications_assessment WHERE program = %(program)s)", named)
    if not cursor.fetchone()[0]:
        cursor.execute(f"{_INTO} SELECT {_NEW} FROM {_JUDGED}", named)
        return int(cursor.rowcount)
    cursor.execute(_CHANGES, named)
    changed = int(cursor.rowcount)
    if changed:
        cursor.execute(_GONE)
        cursor.execute(_OTHER, named)
        cursor.execute(f"{_INTO} SELECT {_NEW} FROM changes j WHERE j.kept IS NULL", named)
    cursor.execute("DROP TABLE changes")
    return changed


_INTO = """INSERT INTO applications_assessment (program, version_id, person_id, household_id, record_id, division, verdict,
    amount_fen, judged_on, failing, unsettled, sweep_id)"""
_NEW = """%(program)s, %(version)s, nullif(j.person, 0), nullif(j.household, 0), nullif(j.record, 0),
    lpad(j.division::text, 12, '0'), j.verdict, j.amount_fen, CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END,
    j.failing_names, j.unsettled_names, %(sweep)s"""
_JUDGED = """(SELECT j.*, f.names AS failing_names, u.names AS unsettled_names FROM judged j
    JOIN patterns f ON f.n = j.failing AND f.failing = 1 JOIN patterns u ON u.n = j.unsettled AND u.failing = 0) j"""
# What differs between what was judged (j) and what is kept (a). A record that was corrected or whose list was withdrawn
# is kept and not judged: it gives no right any more.
_CHANGES = f"""
    CREATE TEMPORARY TABLE changes ON COMMIT DROP AS
    SELECT a.id AS kept, j.* FROM {_JUDGED} FULL JOIN (
        SELECT *, coalesce(record_id, 0) AS r, coalesce(person_id, 0) AS p, coalesce(household_id, 0) AS h
        FROM applications_assessment WHERE program = %(program)s) a
      ON a.r = j.record AND a.p = j.person AND a.h = j.household
    WHERE a.id IS NULL OR j.verdict IS NULL OR (a.version_id, a.verdict, a.amount_fen, a.failing, a.unsettled)
        IS DISTINCT FROM (%(version)s, j.verdict, j.amount_fen, j.failing_names, j.unsettled_names)
       OR a.division <> lpad(j.division::text, 12, '0')
       OR a.judged_on IS DISTINCT FROM CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END
"""
_GONE = "DELETE FROM applications_assessment a USING changes j WHERE a.id = j.kept AND j.verdict IS NULL"
_OTHER = """
    UPDATE applications_assessment a SET version_id = %(version)s, division = lpad(j.division::text, 12, '0'),
        verdict = j.verdict, amount_fen = j.amount_fen, failing = j.failing_names, unsettled = j.unsettled_names,
        judged_on = CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END, sweep_id = %(sweep)s
    FROM changes j WHERE a.id = j.kept AND j.verdict IS NOT NULL
"""


def _patterns(n: int, rows: dict[str, npt.NDArray[np.bool_]]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Which names are true in each row, as a number, and the JSON list of names for each number."""
    mask = np.zeros(n, np.int64)
    for bit, flags in enumerate(rows.values()):
        mask |= flags.astype(np.int64) << bit
    found, number = np.unique(mask, return_inverse=True)
    names = list(rows)
    texts = [json.dumps([name for bit, name in enumerate(names) if one >> bit & 1]) for one in found.tolist()]
    return number.astype(np.int64).reshape(-1), texts
