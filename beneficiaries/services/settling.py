"""A doubt settled by a person: which side counts, or only what was found."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from audit.actor import Actor
from audit.door import record
from beneficiaries.models import Doubt, Fact, Membership, Person
from beneficiaries.queries.doubts import choices_of, disputed_memberships
from standards.words import Refusal

SETTLERS = ("county_checker",)


def settle_doubt(doubt: Doubt, *, by: Actor, on: date, outcome: str, keep: int | None = None) -> Doubt:
    """Settle a doubt with what was found; ``keep`` names the side that counts where there are sides.

    The other side stays on record: a membership ends, a fact names the kept one as its successor. Raises Refusal
    where another person settled it first, or no side was chosen.
    """
    if by.role not in SETTLERS:
        raise Refusal("核实由县级复核人办", "The county checker settles doubts", code="not_your_role")
    with transaction.atomic():
        fresh: Doubt = Doubt.objects.select_for_update().get(pk=doubt.pk)
        if fresh.settled_on is not None:
            raise Refusal(
                f"{fresh.settled_by} 已经核实过，你这一步没有生效",
                f"{fresh.settled_by} settled it first: your step had no effect",
                code="settled_already",
            )
        sides = {choice.key for choice in choices_of(fresh)}
        if len(sides) > 1 and keep not in sides:
            raise Refusal("请选定哪一边算数", "Choose which side counts", code="no_side")
        if keep is not None and keep in sides:
            _keep(fresh, keep, on)
        record("settle", fresh, by=by, on=on, detail={"kind": fresh.kind, "keep": keep, "outcome": outcome})
        if len(choices_of(fresh)) > 1:
            return fresh  # another record of the same person is in dispute: the doubt stays open for it
        fresh.settled_by, fresh.settled_on, fresh.outcome = by.number, on, outcome
        fresh.save(update_fields=["settled_by", "settled_on", "outcome"])
    return fresh


def _keep(doubt: Doubt, keep: int, on: date) -> None:
    assert doubt.person_id is not None
    if doubt.kind == Doubt.Kind.TWO_HOUSEHOLDS:
        _keep_household(doubt.person_id, keep, on)
    else:
        _keep_fact(Fact.objects.get(pk=keep))


def _keep_household(person: int, keep: int, on: date) -> None:
    """The kept membership counts from now as from its beginning; the other ended before it could count."""
    kept = Membership.objects.select_related("household").get(pk=keep)
    for other in disputed_memberships(person).exclude(pk=keep):
        other.valid_until = max(other.valid_from, on)
        other.save(update_fields=["valid_until"])
    Membership.objects.filter(pk=keep).update(is_disputed=False)
    Person.objects.filter(pk=person).update(division=kept.household.division)
    said = Fact.objects.filter(person=person, kind="register", is_disputed=True, superseded_by=None)
    fact = said.filter(values__residence=kept.household.division).order_by("-pk").first()
    if fact is not None:
        _keep_fact(fact)


def _keep_fact(kept: Fact) -> None:
    """The kept fact counts; those that disputed it name it as their successor."""
    about = Q(person=kept.person_id) if kept.person_id else Q(household=kept.household_id)
    same = Fact.objects.filter(
        about, kind=kept.kind, valid_from=kept.valid_from, is_disputed=True, superseded_by=None
    )
    same.exclude(pk=kept.pk).update(superseded_by=kept)
    Fact.objects.filter(pk=kept.pk).update(is_disputed=False)
