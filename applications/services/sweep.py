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
        changed = _write(loaded, sweep, gathered, verdicts)
    tally = np.bincount(verdicts.verdict, minlength=3)
    return {"no": int(tally[0]), "not_known": int(tally[1]), "yes": int(tally[2]), "changed": changed}


def _in_bulk() -> None:
    """Join whole tables by hash whatever the statistics say: a nested loop over a fresh table took 50 times as long."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")


def _write(loaded: Loaded, sweep: Sweep, gathered: Gathered, verdicts: Verdicts) -> int:
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
        cursor.execute("ANALYZE judged")
        cursor.execute(_UPSERT, [loaded.version.code, loaded.version.pk, sweep.pk])
        changed = int(cursor.rowcount)
        cursor.execute(_FORGET, [loaded.version.code])
        cursor.execute("DROP TABLE judged; DROP TABLE patterns")
    return changed


_UPSERT = """
    INSERT INTO applications_assessment AS a (program, version_id, person_id, household_id, record_id, division, verdict,
           amount_fen, judged_on, failing, unsettled, sweep_id)
    SELECT %s, %s, nullif(j.person, 0), nullif(j.household, 0), nullif(j.record, 0), lpad(j.division::text, 12, '0'),
           j.verdict, j.amount_fen, CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END, f.names, u.names, %s
    FROM judged j JOIN patterns f ON f.n = j.failing AND f.failing = 1 JOIN patterns u ON u.n = j.unsettled AND u.failing = 0
    ORDER BY j.record, j.person, j.household
    ON CONFLICT ON CONSTRAINT one_assessment DO UPDATE SET version_id = excluded.version_id, division = excluded.division,
        verdict = excluded.verdict, amount_fen = excluded.amount_fen, judged_on = excluded.judged_on,
        failing = excluded.failing, unsettled = excluded.unsettled, sweep_id = excluded.sweep_id
    WHERE (a.version_id, a.division, a.verdict, a.amount_fen, a.judged_on, a.failing, a.unsettled) IS DISTINCT FROM
          (excluded.version_id, excluded.division, excluded.verdict, excluded.amount_fen, excluded.judged_on,
           excluded.failing, excluded.unsettled)
"""
# A record that was corrected or whose list was withdrawn gives no right any more.
_FORGET = """
    DELETE FROM applications_assessment a WHERE a.program = %s AND NOT EXISTS (
        SELECT 1 FROM judged j WHERE j.record = coalesce(a.record_id, 0) AND j.person = coalesce(a.person_id, 0)
        AND j.household = coalesce(a.household_id, 0))
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
