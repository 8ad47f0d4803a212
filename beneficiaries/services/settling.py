"""A doubt settled by a person: which side counts, or only what was found."""

from datetime import date

from django.db import transaction
from django.db.models import F, Q

from audit.actor import Actor
from audit.door import record
from beneficiaries.models import Doubt, Fact, Membership, Person
from beneficiaries.queries.births import against_register
from beneficiaries.queries.differing import said_with, subject_of
from beneficiaries.queries.doubts import (
    ALIAS,
    FOLLOWS,
    NO_ENTRY,
    choices_of,
    disputed_memberships,
    follows,
    settlers_of,
)
from beneficiaries.services.aliases import confirm_alias
from beneficiaries.services.because import because
from beneficiaries.services.entering import end_before
from beneficiaries.services.facts_back import take_back
from beneficiaries.services.line import in_line
from beneficiaries.services.standing import choose, reconsider
from beneficiaries.services.weighing import weigh_again
from facts.catalogue import load_catalogue
from officials.roles import Role
from standards.words import Refusal


def settle_doubt(doubt: Doubt, *, by: Actor, on: date, outcome: str, keep: int | None = None) -> Doubt:
    """Settle a doubt with what was found; ``keep`` names the side that counts where there are sides.

    The other side stays on record: a membership ends, a fact names the kept one as its successor, an entry from a
    paper that is not kept (``NO_ENTRY``) names itself. Raises Refusal where another person settled it first, no side
    was chosen, or the doubt is one's own.
    """
    with transaction.atomic(), because(by, outcome):
        in_line()
        fresh: Doubt = Doubt.objects.select_for_update().get(pk=doubt.pk)
        _ask_settler(fresh, by)
        sides = {choice.key for choice in choices_of(fresh)}
        if len(sides) > 1 and keep not in sides:
            raise Refusal("请选定哪一边算数", "Choose which side counts", code="no_side")
        record("settle", fresh, by=by, on=on, detail={"kind": fresh.kind, "keep": keep, "outcome": outcome})
        if fresh.fact_id is not None:
            _close([fresh], by=by, on=on, outcome=outcome)
            if keep is not None and keep in sides:
                _keep_entry(fresh, keep, by=by, on=on, outcome=outcome)
            return fresh
        if fresh.kind == Doubt.Kind.OTHER_NAME:
            if keep == ALIAS:
                confirm_alias(fresh, by=by, on=on)
            _close([fresh], by=by, on=on, outcome=outcome)
            return fresh
        if keep is not None and keep in sides:
            _keep(fresh, keep, by=by, on=on, outcome=outcome)
        if len(choices_of(fresh)) <= 1:  # else another record of the same person is in dispute: it stays open
            _close([fresh], by=by, on=on, outcome=outcome)
    return fresh


def _ask_settler(doubt: Doubt, by: Actor) -> None:
    settlers = settlers_of(doubt.kind)
    if by.role not in settlers:
        who_zh, who_en = "县级复核人", "the county checker"
        if Role.TOWNSHIP_REVIEWER in settlers:
            who_zh, who_en = f"镇初审人或{who_zh}", f"the township reviewer or {who_en}"
        raise Refusal(f"这一条由{who_zh}核实", f"This is settled by {who_en}", code="not_your_role")
    if doubt.settled_on is not None:
        raise Refusal(
            f"{doubt.settled_by} 已经核实过，你这一步没有生效",
            f"{doubt.settled_by} settled it first: your step had no effect",
            code="settled_already",
        )
    if doubt.raised_by == by.number:
        words = Doubt.REFUSALS["doubt_different_people"]
        raise Refusal(words.zh, words.en, code="doubt_different_people")


def _close(doubts: list[Doubt], *, by: Actor, on: date, outcome: str) -> None:
    for one in doubts:
        one.settled_by, one.settled_on, one.outcome = by.number, on, outcome
        one.save(update_fields=["settled_by", "settled_on", "outcome"])


def _keep(doubt: Doubt, keep: int, *, by: Actor, on: date, outcome: str) -> None:
    assert doubt.person_id is not None
    if doubt.kind == Doubt.Kind.TWO_HOUSEHOLDS:
        _keep_household(doubt.person_id, keep, on)
        return
    if keep == NO_ENTRY:
        for fact in against_register([doubt.person_id]):
            if fact.is_disputed:
                take_back(fact, on=on)
    else:
        choose(Fact.objects.get(pk=keep), on=on)
    _close_of_gone(by=by, on=on, outcome=outcome, person=doubt.person_id)


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
        choose(fact, on=on)


def _keep_entry(doubt: Doubt, keep: int, *, by: Actor, on: date, outcome: str) -> None:
    """The paper's word counts, or a list's, or the entry is taken back; what else waits about it is settled with it."""
    assert doubt.fact_id is not None
    fact = Fact.objects.select_related("person", "household__head").get(pk=doubt.fact_id)
    both = [fact, *said_with(fact)]
    if keep == NO_ENTRY:
        record("withdraw_fact", fact, by=by, on=on, detail={"kind": fact.kind, "reason": outcome})
        for one in both[1:]:
            take_back(one, on=on)
            _close_of_gone(by=by, on=on, outcome=outcome, fact__person=one.person_id)
        take_back(fact, on=on)
    elif doubt.kind == Doubt.Kind.WITHDRAWAL:
        reconsider(both, on=on)  # it stands; what lists say against it is another doubt
    elif keep == FOLLOWS:
        before = follows(fact)
        assert before is not None, "else the side was not offered"
        end_before(before, fact.valid_from, by=by, on=on)
        choose(fact, on=on)
    else:
        choose(Fact.objects.select_related("person", "household__head").get(pk=keep), on=on)
        if keep == fact.pk and doubt.kind == Doubt.Kind.ENTERED_ALONE:
            _see_of_the_other(both[1:], by=by, on=on, outcome=outcome)
    for one in both:
        weigh_again(load_catalogue().kind(fact.kind), subject_of(one).pk)
    about = {"fact__person": fact.person_id} if fact.person_id else {"fact__household": fact.household_id}
    _close_of_gone(by=by, on=on, outcome=outcome, **about)


def _see_of_the_other(same: list[Fact], *, by: Actor, on: date, outcome: str) -> None:
    """What the same paper says of the other of two was seen with it: a couple is divorced on the same word."""
    waiting = Doubt.objects.filter(fact__in=same, kind=Doubt.Kind.ENTERED_ALONE, settled_on=None)
    for one in waiting.exclude(raised_by=by.number).select_related("fact__person"):
        record(
            "settle", one, by=by, on=on, detail={"kind": one.kind, "keep": one.fact_id, "outcome": outcome}
        )
        _close([one], by=by, on=on, outcome=outcome)
        assert one.fact is not None, "an entry's doubt is about a fact"
        choose(one.fact, on=on)


def _close_of_gone(*, by: Actor, on: date, outcome: str, **about: int | None) -> None:
    """Doubts about entries that count no more have nothing left to settle; who asked to take back what stands behind a
    list's word still waits for an answer."""
    gone = Doubt.objects.filter(settled_on=None, fact__superseded_by__isnull=False, **about)
    gone = gone.filter(Q(fact__superseded_by=F("fact")) | ~Q(kind=Doubt.Kind.WITHDRAWAL))
    _close(list(gone.exclude(raised_by=by.number)), by=by, on=on, outcome=outcome)
