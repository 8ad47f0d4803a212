"""From entitlements to instalments: the missing row is the work, so planning may run at any time, any number of times."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
from django.db import connection, transaction

from applications.gathering import Among, gather
from applications.lifecycle import EntitlementState
from applications.models import Decision, Entitlement
from applications.services.retroactive import parts_added
from audit.actor import SYSTEM, Actor
from audit.door import record_all
from ledger.services import book_selected
from payments.models import Instalment
from programs.language.amounts import split_instalments
from programs.language.columns import NO_DAY, day_of
from programs.language.forms import Policy
from programs.models import PolicyVersion
from programs.queries import Loaded, loaded
from standards.money import split_by_weight

PLANNING_LOCK = 610_124_011  # any fixed number: two planners at once would only wait for each other's rows
WHOLE = ""  # the name of the one instalment of a program that pays at once
YES = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """What one look did: instalments written, instalments whose evidence has come, and those that are over."""

    written: int
    due: int
    lapsed: int


def plan_instalments(*, on: date, by: Actor = SYSTEM) -> Planned:
    """Write the instalments of every active entitlement that has none, and settle those that wait for evidence.

    An instalment without a need is due on the day of the decision; one with a need on the day the register
    first shows it. One whose period is over without it lapses, and its money is free again.
    """
    with transaction.atomic():
        one_planner()
        written = _write_missing(on=on, by=by)
        due, lapsed = _settle_waiting(on=on, by=by)
    return Planned(written, due, lapsed)


def one_planner() -> None:
    """Wait for other planners of this moment; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING_LOCK])


def _write_missing(*, on: date, by: Actor) -> int:
    missing = Entitlement.objects.filter(state=EntitlementState.ACTIVE, instalments=None)
    columns = ("version_id", "id", "amount_fen", "funds", "granted_on")
    rows = list(missing.order_by("version_id", "id").values_list(*columns))
    adding = dict(missing.exclude(application__supplements=None).values_list("id", "decision_id"))
    written = 0
    for version, group in groupby(rows, key=lambda row: row[0]):
        under = loaded(PolicyVersion.objects.get(pk=version))
        same = list(group)
        differences = {row[1]: _difference(under, adding[row[1]]) for row in same if row[1] in adding}
        written += _insert(_cut(under.program.policy, same, differences))
    if rows:
        record_all("plan", Entitlement.objects.filter(pk__in=[row[1] for row in rows]), by=by, on=on)
    return written


def _difference(under: Loaded, decision: int) -> list[int] | None:
    """The instalments of what was added to a grant: each what the later version gives of it above what was granted."""
    added = Decision.objects.select_related("application__supplements").get(pk=decision)
    first = added.application.supplements
    assert first is not None
    whole = int(added.judged["granted_fen"]) + int(added.amount_fen)
    return parts_added(first, under, whole, before=added.pk)


def _cut(
    policy: Policy, rows: Sequence[tuple[Any, ...]], differences: Mapping[int, list[int] | None]
) -> list[tuple[Any, ...]]:
    """(entitlement, number, name, fen, funds, due on) of each instalment with money in it."""
    if not policy.instalments:
        return [(key, 1, WHOLE, fen, funds, granted) for _, key, fen, funds, granted in rows]
    parts = split_instalments(np.array([row[2] for row in rows], np.int64), policy.instalments)
    cut: list[tuple[Any, ...]] = []
    for n, (_, key, fen, funds, granted) in enumerate(rows):
        amounts = differences.get(key) or [int(part[n]) for part in parts]
        assert sum(amounts) == fen, "instalments are cut exactly"
        shares = split_funds_exactly(funds, amounts)
        for number, (each, amount, share) in enumerate(
            zip(policy.instalments, amounts, shares, strict=True), 1
        ):
            if amount:
                cut.append((key, number, each.name, amount, share, None if each.need else granted))
    return cut


def split_funds_exactly(funds: dict[str, int], amounts: Sequence[int]) -> list[dict[str, int]]:
    """The fen of each source in each instalment: rows sum to ``amounts``, columns to ``funds``.

    >>> split_funds_exactly({"city": 1, "county": 2}, [1, 2])
    [{'county': 1}, {'city': 1, 'county': 1}]
    """
    assert sum(funds.values()) == sum(amounts), "the sources of an entitlement sum to its amount"
    left = dict(sorted(funds.items()))
    shares: list[dict[str, int]] = []
    for amount in amounts:
        part = dict(zip(left, split_by_weight(amount, list(left.values())), strict=True)) if amount else {}
        left = {source: fen - part.get(source, 0) for source, fen in left.items()}
        assert all(fen >= 0 for fen in left.values()), "no source gives more than it has"
        shares.append({source: fen for source, fen in part.items() if fen})
    return shares


def _insert(cut: Sequence[tuple[Any, ...]]) -> int:
    if not cut:
        return 0
    entitlements, numbers, names, amounts, funds, due = (list(column) for column in zip(*cut, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_instalment (entitlement_id, number, name, amount_fen, funds, due_on)
               SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::bigint[], %s::jsonb[], %s::date[])
               ORDER BY 1, 2 ON CONFLICT ON CONSTRAINT one_instalment_number DO NOTHING""",
            [entitlements, numbers, names, amounts, [json.dumps(share) for share in funds], due],
        )
        return int(cursor.rowcount)


def _settle_waiting(*, on: date, by: Actor) -> tuple[int, int]:
    """Judge the instalments whose evidence was missing so far; gives how many became due and how many lapsed."""
    waiting = Instalment.objects.filter(
        due_on=None, lapsed_on=None, entitlement__state=EntitlementState.ACTIVE
    ).select_related("entitlement__application", "entitlement__version")
    rows = sorted(waiting, key=lambda one: (one.entitlement.version_id, _applied_on(one), one.pk))
    due: list[int] = []
    lapsed: list[int] = []
    for (_, applied), group in groupby(rows, key=lambda one: (one.entitlement.version_id, _applied_on(one))):
        same = list(group)
        come, over = _judge(same, applied=applied, on=on)
        due += come
        lapsed += over
    if due:
        Instalment.objects.filter(pk__in=due).update(due_on=on)
        record_all("due", Instalment.objects.filter(pk__in=due), by=by, on=on)
    if lapsed:
        Instalment.objects.filter(pk__in=lapsed).update(lapsed_on=on)
        record_all("lapse", Instalment.objects.filter(pk__in=lapsed), by=by, on=on)
        _release(lapsed, by=by, on=on)
    return len(due), len(lapsed)


def _applied_on(instalment: Instalment) -> date:
    day: date = instalment.entitlement.application.applied_on
    return day


def _judge(same: Sequence[Instalment], *, applied: date, on: date) -> tuple[list[int], list[int]]:
    """Instalments of one policy version and day of application: (due, lapsed)."""
    program = loaded(same[0].entitlement.version).program
    planned = {each.name: each for each in program.policy.instalments}
    gathered = gather(program, on=applied, among=_among(same))
    verdicts = {each.name: each for each in program.judge(gathered.table).instalments}
    places = {
        key: n
        for n, key in enumerate(
            zip(
                gathered.records.tolist(),
                gathered.people.tolist(),
                gathered.households.tolist(),
                strict=True,
            )
        )
    }
    by_record = {key[0]: n for key, n in places.items() if key[0]}
    due: list[int] = []
    lapsed: list[int] = []
    for one in same:
        application = one.entitlement.application
        row = by_record.get(application.record_id or 0)
        if row is None:
            key = (0, application.person_id or 0, application.household_id or 0)
            row = places.get(key)
        if row is None:
            continue  # the record was withdrawn: nothing is due until a person has looked
        verdict = verdicts[one.name]
        by_day = int(verdict.by_day[row])
        if int(verdict.due[row]) == YES:
            due.append(one.pk)
        elif by_day != NO_DAY and day_of(by_day) < on and planned[one.name].if_missed == "lapse":
            lapsed.append(one.pk)
        if by_day != NO_DAY and one.lapses_on != day_of(by_day):
            Instalment.objects.filter(pk=one.pk).update(lapses_on=day_of(by_day))
    return due, lapsed


def _among(same: Sequence[Instalment]) -> Among:
    applications = [one.entitlement.application for one in same]
    records = [application.record_id for application in applications if application.record_id]
    if records:
        return Among(records=records)
    people = [application.person_id for application in applications if application.person_id]
    if people:
        return Among(people=people)
    return Among(households=[application.household_id for application in applications])


def _release(lapsed: Sequence[int], *, by: Actor, on: date) -> None:
    """The money that a lapsed instalment held is available again."""
    book_selected(
        """SELECT e.program::text, f.key::text, e.fiscal_year, 'committed'::text, 'available'::text,
                  f.value::text::bigint, 'lapse:' || i.id || ':' || f.key
           FROM payments_instalment i JOIN applications_entitlement e ON e.id = i.entitlement_id
           CROSS JOIN LATERAL jsonb_each(i.funds) f
           WHERE i.id = ANY(%s) ORDER BY i.id, f.key""",
        [list(lapsed)],
        by=by,
        on=on,
    )
