"""Who moves from one household to another, with the days: in both over time, never at the same time."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from audit.actor import Actor
from audit.door import record
from beneficiaries.models import Household, Membership, Person
from beneficiaries.models.people import NOWHERE
from beneficiaries.queries.called import rows_of
from beneficiaries.services.because import because
from beneficiaries.services.line import in_line
from beneficiaries.terms import terms_of
from officials.roles import Role
from standards.code_lists import RELATION
from standards.words import Refusal

MOVERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)


def move_out(person: Person, *, last_day: date, by: Actor, on: date, reason: str) -> Membership:
    """End the household that a person stands in now; ``last_day`` is the last day in it. Raises Refusal."""
    _ask(by)
    with transaction.atomic(), because(by, reason):
        in_line()
        return _end(person, last_day, by=by, on=on, reason=reason)


def move_in(
    person: Person, household: Household, *, relation: str, first_day: date, by: Actor, on: date, reason: str
) -> Membership:
    """Put a person into a household from a day on. Where they stand in another one, that ends the day before.

    The village of the person is the household's from now. Raises Refusal for days that cannot be.
    """
    _ask(by)
    if relation not in RELATION.names:
        raise Refusal("请选与户主关系", "Choose the relation to the head", code="no_relation")
    if first_day > on:
        raise Refusal("迁入的日期还没有到", "The day of moving in has not come yet", code="not_yet")
    ask_born(person, first_day)
    with transaction.atomic(), because(by, reason):
        in_line()
        if _standing(person):
            _end(person, first_day - timedelta(days=1), by=by, on=on, reason=reason)
        later = Membership.objects.filter(
            person__in=list(rows_of([person.pk])), is_disputed=False, valid_until__gte=first_day
        ).first()
        if later is not None:
            raise Refusal(
                f"这个人到 {later.valid_until} 还在另一户",
                f"Until {later.valid_until} this person stood in another household",
                code="stood_elsewhere",
            )
        moved = Membership.objects.create(
            household=household, person=person, relation=relation, valid_from=first_day, entered_by=by.number
        )
        _settle(Person.objects.filter(pk__in=list(rows_of([person.pk]))), household.division)
        record(
            "move_in",
            household,
            by=by,
            on=on,
            detail={"person": person.pk, "from": first_day.isoformat(), "reason": reason},
        )
    return moved


def take_back_move(wrong: Membership, *, by: Actor, on: date, reason: str) -> Membership:
    """A move that was entered by mistake: it holds on no day any more, and where the person stood before goes on.

    Raises Refusal for an entry of a list, one that ended or was corrected since.
    """
    _ask(by)
    with transaction.atomic(), because(by, reason):
        in_line()
        fresh = Membership.objects.select_for_update().filter(pk=wrong.pk, valid_until=None).first()
        if fresh is None or not fresh.is_move or fresh.is_disputed:
            raise Refusal(
                "这次迁入已经有变化，或者来自名单，不能撤回",
                "This move has changed since or comes from a list: it cannot be taken back",
                code="no_move",
            )
        stood, rows = left_by(fresh), list(rows_of([fresh.person_id]))
        fresh.valid_until = fresh.valid_from - timedelta(days=1)
        fresh.save(update_fields=["valid_until"])
        for one in stood:
            one.valid_until = None
            one.save(update_fields=["valid_until"])
            Person.objects.filter(pk__in=rows).update(division=one.household.division)
        if not stood:
            _settle(Person.objects.filter(pk__in=rows).exclude(elsewhere=""), NOWHERE)
        detail = {"person": fresh.person_id, "from": fresh.valid_from.isoformat(), "reason": reason}
        record("take_back_move", fresh.household, by=by, on=on, detail=detail)
    return fresh


def left_by(move: Membership) -> list[Membership]:
    """Where a person stood until the day before a move, under any of the rows that are this person. For services."""
    ended = move.valid_from - timedelta(days=1)
    before = Membership.objects.select_for_update(of=["self"]).filter(
        person__in=list(rows_of([move.person_id])), valid_until=ended, is_disputed=False
    )
    return list(before.exclude(pk=move.pk).select_related("household").order_by("pk"))


def ask_born(person: Person, day: date) -> None:
    """Refusal for a day in a household before the person was born."""
    if day < person.born_on:
        raise Refusal(
            f"日期 {day} 早于本人出生的 {person.born_on}：核对日期",
            f"The day {day} is before this person was born on {person.born_on}: check the day",
            code="before_birth",
        )


def _settle(people: "QuerySet[Person]", division: str) -> None:
    """These people are registered in ``division``; who came from another county is found there from now on."""
    for one in people.filter(elsewhere__gt=""):
        one.division, one.terms = division, terms_of(one.name) if division else []
        one.save(update_fields=["division", "terms"])
    people.filter(elsewhere="").update(division=division)


def _standing(person: Person) -> list[Membership]:
    """Where a person stands now, under any of the rows that are this person; the longest first."""
    rows = list(rows_of([person.pk]))
    open_now = Membership.objects.select_for_update().filter(person__in=rows, valid_until=None)
    found = list(open_now.order_by("valid_from", "pk"))
    if any(one.is_disputed for one in found):
        raise Refusal(
            "这个人登记在两户，请先核实",
            "This person stands in two households: settle that first",
            code="two_households",
        )
    return found


def _end(person: Person, last_day: date, *, by: Actor, on: date, reason: str) -> Membership:
    standing = _standing(person)
    if not standing:
        raise Refusal("这个人现在不在任何一户", "This person stands in no household now", code="no_household")
    first = standing[-1].valid_from
    if last_day > on or last_day < first:
        raise Refusal(
            f"迁出的日期要在 {first} 到今天之间",
            f"The day of moving out lies between {first} and today",
            code="impossible_day",
        )
    for one in standing:
        one.valid_until = last_day
        one.save(update_fields=["valid_until"])
        detail = {"person": one.person_id, "until": last_day.isoformat(), "reason": reason}
        record("move_out", one.household, by=by, on=on, detail=detail)
    return standing[0]


def _ask(by: Actor) -> None:
    if by.role not in MOVERS:
        raise Refusal(
            "迁入迁出由镇初审人或县级复核人登记",
            "Moves are entered by the township reviewer or the county checker",
            code="not_your_role",
        )
