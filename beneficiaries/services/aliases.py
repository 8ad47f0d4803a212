"""Other writings of a name: confirmed by who settles a doubt, taken back by a person with a reason."""

from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import record
from beneficiaries.models import Alias, Doubt
from beneficiaries.services.correcting import NAMERS
from beneficiaries.services.line import in_line
from beneficiaries.terms import terms_of
from standards.words import Refusal


def confirm_alias(doubt: Doubt, *, by: Actor, on: date) -> None:
    """The name as the list wrote it is another writing of this person's; it may have been confirmed before."""
    assert doubt.person_id is not None
    name = doubt.words["name"]
    alias = Alias(
        person_id=doubt.person_id, name=name, terms=terms_of(name), confirmed_by=by.number, confirmed_on=on
    )
    Alias.objects.bulk_create([alias], ignore_conflicts=True)


def take_back_alias(alias: Alias, *, by: Actor, on: date, reason: str) -> Alias:
    """The writing is not this person's after all: the search box finds nobody by it, and lists that say it are doubted.

    What the newest list that stands was asked about it is asked again, and another person settles that. The row stays,
    with who confirmed it and who took it back. Raises Refusal where somebody took it back first.
    """
    if by.role not in NAMERS:
        raise Refusal("这一步由县级复核人办", "This is a step of the county checker", code="not_your_role")
    with transaction.atomic():
        in_line()
        fresh: Alias = Alias.objects.select_for_update().select_related("person").get(pk=alias.pk)
        if fresh.taken_back_on is not None:
            raise Refusal(
                f"{fresh.taken_back_by} 已经撤回了，你这一步没有生效",
                f"{fresh.taken_back_by} took it back first: your step had no effect",
                code="state_moved_on",
            )
        fresh.taken_back_by, fresh.taken_back_on, fresh.taken_back_why = by.number, on, reason
        fresh.terms = []
        fresh.save(update_fields=["terms", "taken_back_by", "taken_back_on", "taken_back_why"])
        record("take_back_alias", fresh.person, by=by, on=on, detail={"name": fresh.name, "reason": reason})
        _ask_again(fresh, by)
    return fresh


def _ask_again(alias: Alias, by: Actor) -> None:
    """The doubt whose answer this was, raised anew by who takes the answer back."""
    asked = Doubt.objects.filter(person=alias.person, kind=Doubt.Kind.OTHER_NAME, words__name=alias.name)
    if asked.filter(settled_on=None).exists():
        return
    last = asked.filter(list__state="taken").order_by("-pk").first()
    if last is not None:
        Doubt.objects.create(
            kind=last.kind, division=alias.person.division, person=alias.person, list=last.list, sheet=last.sheet,
            row=last.row, words=last.words, raised_by=by.number,
        )  # fmt: skip
