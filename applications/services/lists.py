"""Benefit without asking: applications from matched lists, and what was paid before the system existed."""

from collections import Counter
from datetime import date

from django.db import transaction

from applications.gathering.claims import holders_of, period_of
from applications.gathering.households import people_of
from applications.judging import frozen_fields, judge_subjects, key_of
from applications.models import Application, Assessment
from applications.queries import without_application
from applications.services.claiming import Claim, in_line, unclaimed, write_claims
from applications.services.counter import decide_by_day
from applications.services.numbering import receipt_numbers, token
from audit.actor import SYSTEM, Actor
from audit.door import record_all
from beneficiaries.models import Fact, Membership
from beneficiaries.queries.called import rows_of
from programs.language.forms import Limit
from programs.queries import Loaded, active_on

FROM_LISTS = ("lists", "both")
CHUNK = 2_000  # applications in one transaction


def apply_from_lists(*, on: date, by: Actor = SYSTEM, programs: tuple[str, ...] = ()) -> int:
    """An application, submitted, for each subject whose lists settle the right and who has none under way.

    For programs whose policy says ``route = "lists"`` (or "both", where named in ``programs``). The origin is
    shown wherever the application goes. Repeatable: the second run finds nothing.
    """
    made = 0
    for loaded in active_on(on):
        route = loaded.program.policy.apply.route
        if route == "lists" or (route == "both" and loaded.version.code in programs):
            made += _apply_program(loaded, on=on, by=by)
    return made


def _apply_program(loaded: Loaded, *, on: date, by: Actor) -> int:
    rights = Assessment.objects.filter(program=loaded.version.code, version=loaded.version, verdict=2)
    waiting = list(without_application(rights).order_by("division", "pk"))
    return sum(
        _apply_chunk(loaded, waiting[start : start + CHUNK], on=on, by=by)
        for start in range(0, len(waiting), CHUNK)
    )


def _apply_chunk(loaded: Loaded, assessments: list[Assessment], *, on: date, by: Actor) -> int:
    judged = judge_subjects(loaded, assessments, on=on)
    rights = [(one, judged[key_of(one)]) for one in assessments if judged[key_of(one)].verdict == 2]
    households = _households_now({one.person_id for one, _ in rights if one.person_id}, on)
    housed = [
        (one, seen, household)
        for one, seen in rights
        if (household := households.get(one.person_id) if one.person_id else one.household_id)
    ]
    decide_by, provisional = decide_by_day(loaded, on)
    with transaction.atomic():
        numbers = _numbers([one.division for one, _, _ in housed], on)
        rows = [
            Application(
                program=one.program, version=loaded.version, person_id=one.person_id, household_id=household,
                record_id=one.record_id, division=one.division, receipt_number=numbers[one.division[:9]].pop(0),
                token=token(), origin=Application.Origin.LISTS, applied_on=on, accepted_on=on, submitted_by=by.number,
                submitted_on=on, decide_by=decide_by, decide_by_is_provisional=provisional, state="submitted", **frozen,
            )
            for (one, _, household), frozen in zip(housed, frozen_fields([seen for _, seen, _ in housed]), strict=True)
        ]  # fmt: skip
        made = Application.objects.bulk_create(rows, ignore_conflicts=False)
        record_all(
            "create",
            Application.objects.filter(pk__in=[one.pk for one in made]),
            by=by,
            on=on,
            target="submitted",
        )
    return len(made)


def _numbers(divisions: list[str], on: date) -> dict[str, list[str]]:
    return {
        township: receipt_numbers(township, on, count)
        for township, count in sorted(Counter(division[:9] for division in divisions).items())
    }


def _households_now(people: set[int], on: date) -> dict[int, int]:
    """The household of each row; of a person under several rows that of the row that stays, where it has one."""
    rows = rows_of(people)
    memberships = Membership.objects.filter(
        person__in=list(rows), is_disputed=False, valid_from__lte=on
    ).exclude(valid_until__lt=on)
    found = sorted(memberships.order_by("valid_from"), key=lambda one: one.person_id == rows[one.person_id])
    homes = {rows[one.person_id]: one.household_id for one in found}
    return {person: homes[rows[person]] for person in people if rows[person] in homes}


def claim_earlier_payments(*, on: date) -> int:
    """A claim for every payment that was made before the system existed and has none yet. Returns how many were new.

    The list's ``program`` names the program; its limits say who is the holder and in which period. Repeatable.
    """
    limits = {loaded.version.code: loaded.program.policy.limits for loaded in active_on(on)}
    facts = list(
        Fact.objects.filter(
            kind="earlier_payment", superseded_by=None, is_disputed=False, values__program__in=list(limits)
        ).order_by("pk")
    )
    claims = _earlier_claims(facts, limits, on)
    with transaction.atomic():
        in_line({claim.limit for claim in claims})
        return write_claims(unclaimed(claims), "earlier_id")


def _earlier_claims(facts: list[Fact], limits: dict[str, tuple[Limit, ...]], on: date) -> list[Claim]:
    """What each payment used up: of the person, and of the household with its people as they stood."""
    households = _households_now({fact.person_id for fact in facts if fact.person_id}, on)
    homes = {fact.pk: fact.household_id or households.get(fact.person_id or 0) for fact in facts}
    people = people_of((home, fact.valid_from) for fact in facts if (home := homes[fact.pk]))
    return [
        Claim(limit.name, holder, period_of(limit, fact.valid_from, _same(fact, limit.same)), limit.times, fact.pk)
        for fact in facts
        for limit in limits[fact.values["program"]]
        for holder in holders_of(
            limit, person=fact.person_id, spouse=None, household=homes[fact.pk],
            people=people.get((homes[fact.pk] or 0, fact.valid_from)),
        )
    ]  # fmt: skip


def _same(fact: Fact, names: tuple[str, ...]) -> tuple[str, ...]:
    """What narrows the limit, as far as the list of earlier payments says it ("?": not said, blocks nothing)."""
    return tuple(str(fact.values.get(name.rsplit(".", 1)[-1], "?")) for name in names)
