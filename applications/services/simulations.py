"""Simulations of versions: done by the worker or at once, and kept beside the digest of the bytes they judged."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.services.simulating import Simulated, simulate
from audit.actor import Actor
from jobs.leases import Lease
from programs.language.wording import source_in_words
from programs.models import PolicyVersion, SimulatedChange, Simulation
from programs.queries import active
from programs.queries.simulated import Side
from programs.services import ask_simulation
from standards.words import Words

ROWS_AT_ONCE = 2_000  # of one INSERT


def do(lease: Lease[Simulation]) -> None:
    """The worker's turn at one simulation that was asked for. Raises PolicyErrors where the file reads no more."""
    asked = lease.row
    found = simulate(bytes(asked.version.source), on=asked.day, progress=lease.progress)
    with transaction.atomic():
        _keep_changes(asked, found)
        lease.finish(**_kept(asked, found))


def simulate_now(version: PolicyVersion, *, by: Actor, on: date) -> Simulation:
    """Ask for a simulation of a version and do it at once: for the shell and the sample, which have no page to wait on."""
    source = PolicyVersion.objects.values_list("source", flat=True).get(pk=version.pk)
    with transaction.atomic():
        asked = ask_simulation(version, by=by, on=on)
        found = simulate(bytes(source), on=asked.day)
        _keep_changes(asked, found)
        Simulation.objects.filter(pk=asked.pk).update(**_kept(asked, found))
    return Simulation.objects.select_related("version", "beside").get(pk=asked.pk)


def _kept(asked: Simulation, found: Simulated) -> dict[str, Any]:
    in_force = active(asked.version.code, asked.day)
    return {
        "beside": in_force.version if in_force else None,
        "finished_at": timezone.now(),
        "result": as_kept(found),
    }


def as_kept(found: Simulated) -> dict[str, Any]:
    """The sums as plain JSON; :func:`programs.queries.simulated.found_of` reads them."""
    sources = sorted({*found.by_fund, *found.available_fen})
    return {
        "judged": found.judged,
        "as_if": found.as_if,
        "county": _sides(found.before, found.after),
        "gained": found.gained,
        "lost": found.lost,
        "more": found.more,
        "less": found.less,
        "townships": {code: _sides(*sides) for code, sides in found.by_township.items()},
        "funds": [
            {
                "source": source,
                **_words(source_in_words(source)),
                "fen": [*found.by_fund.get(source, (0, 0)), found.available_fen.get(source, 0)],
            }
            for source in sources
        ],
        "lost_by": _causes(found.lost_by, found.words),
        "gained_by": _causes(found.gained_by, found.words),
        "kept_out": _causes(found.kept_out, found.words),
        "not_known": found.not_known,
        "open_facts": _causes(found.open_facts, found.words),
        "unkept": found.gained + found.lost + found.amounts_changed - len(found.changes),
    }


def _sides(before: Side, after: Side) -> list[list[int]]:
    return [[one.rights, one.families, one.fen] for one in (before, after)]


def _causes(counted: dict[str, int], words: dict[str, Words]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count, **_words(words[name])} for name, count in counted.items()]


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _keep_changes(asked: Simulation, found: Simulated) -> None:
    rows = (
        SimulatedChange(
            simulation=asked, change=one.change, person=one.person, household=one.household, record=one.record,
            division=f"{one.division:012d}", before_fen=one.before_fen, after_fen=one.after_fen, failing=one.failing,
        )
        for one in found.changes
    )  # fmt: skip
    SimulatedChange.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
