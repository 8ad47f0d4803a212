"""Two rows of the register: two people, or one. What one person says a second confirms; nothing is moved."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import create, perform, record
from beneficiaries.models import Double, Doubt, Person
from beneficiaries.queries.called import alone
from beneficiaries.services.because import because
from beneficiaries.services.line import in_line
from standards.words import Refusal, Words


def say_apart(
    one: Person, other: Person, *, by: Actor, on: date, reason: str, found: Sequence[Words] = ()
) -> Double:
    """Two people after all: the pair is not shown again. Refusal where somebody settled it first."""
    stays, second = sorted((one, other), key=lambda person: person.pk)
    return _say("apart", stays, second, by=by, on=on, reason=reason, found=found)


def _say(
    state: str, stays: Person, other: Person, *, by: Actor, on: date, reason: str, found: Sequence[Words]
) -> Double:
    words = [{"zh": one.zh, "en": one.en} for one in found]
    if by.role not in Double.move_named("look_again").roles:
        raise Refusal(
            "这一步由镇初审人或县级复核人办",
            "This is a step of the township reviewer or the county checker",
            code="not_your_role",
        )
    with transaction.atomic():
        in_line()
        double = Double(
            stays=stays, other=other, state=state, found=words, reason=reason, asked_by=by.number, asked_on=on
        )
        made = create(double, by=by, on=on, detail={"reason": reason})
        if state == "apart":
            _settle_doubts(made, by=by, on=on, outcome=reason)
        return made


def _settle_doubts(double: Double, *, by: Actor, on: date, outcome: str) -> None:
    """What a list asked about these two rows is answered: the page of pairs says what else looks like one person."""
    asked = Doubt.objects.filter(
        kind=Doubt.Kind.SAME_PERSON, person__in=[double.stays_id, double.other_id], settled_on=None
    )
    for doubt in asked:
        doubt.settled_by, doubt.settled_on, doubt.outcome = by.number, on, outcome
        doubt.save(update_fields=["settled_by", "settled_on", "outcome"])
        record("settle", doubt, by=by, on=on, detail={"kind": doubt.kind, "outcome": outcome})


def look_again(double: Double, *, by: Actor, on: date, reason: str) -> Double:
    """Another person doubts that they are two: the pair is shown again."""
    return perform(double, "look_again", by=by, on=on, detail={"reason": reason})


def ask_to_merge(
    stays: Person, other: Person, *, by: Actor, on: date, reason: str, found: Sequence[Words] = ()
) -> Double:
    """Say that both rows are one person: from the second person's word on ``other`` is read as ``stays``.

    Refusal where one of them is merged already, or others are merged into ``other``.
    """
    _ask_free(stays, other)
    return _say("asked", stays, other, by=by, on=on, reason=reason, found=found)


def merge(double: Double, *, by: Actor, on: date, against: Sequence[Words] = ()) -> Double:
    """The second person's word: everything that hangs on either row is read as the one person's from now.

    Nothing is moved or rewritten. ``against`` is what spoke against it on the page, kept with the word. Whoever takes
    a list, enters a fact, grants a right or builds a batch meanwhile waits, and then sees one person.
    """
    with transaction.atomic(), because(by, double.reason):
        in_line()
        alone()
        _ask_free(double.stays, double.other)
        words = [{"zh": one.zh, "en": one.en} for one in against]
        merged = perform(double, "merge", by=by, on=on, against=words, detail={"against": len(words)})
        Person.objects.filter(pk=merged.other_id).update(merged_into=merged.stays_id)
        _settle_doubts(merged, by=by, on=on, outcome=merged.reason)
    return merged


def refuse_merge(double: Double, *, by: Actor, on: date, reason: str) -> Double:
    """The second person does not find one person: the pair is listed again."""
    return perform(double, "refuse_merge", by=by, on=on, detail={"reason": reason})


def ask_to_part(double: Double, *, by: Actor, on: date, reason: str) -> Double:
    """Say that the merge was wrong; another person confirms it. Until then both are read as one."""
    return perform(double, "ask_to_part", by=by, on=on, part_reason=reason, detail={"reason": reason})


def keep_merged(double: Double, *, by: Actor, on: date, reason: str) -> Double:
    """The merge was right."""
    return perform(double, "keep_merged", by=by, on=on, detail={"reason": reason})


def part(double: Double, *, by: Actor, on: date) -> Double:
    """The second person's word: each row is read for itself again, with all that was written to it meanwhile."""
    with transaction.atomic(), because(by, double.part_reason):
        in_line()
        alone()
        parted = perform(double, "part", by=by, on=on)
        Person.objects.filter(pk=parted.other_id).update(merged_into=None)
    return parted


def _ask_free(stays: Person, other: Person) -> None:
    """Merges have one step: who stays is nobody's row, and nobody stands under who goes."""
    fresh = {one.pk: one for one in Person.objects.filter(pk__in=[stays.pk, other.pk])}
    if any(one.merged_into_id for one in fresh.values()) or Person.objects.filter(merged_into=other).exists():
        raise Refusal(
            "其中一个已经和另一个人合并过：先看那一次合并，拆开后再办",
            "One of them is merged with somebody already: look at that merge and part it first",
            code="merged_already",
        )
