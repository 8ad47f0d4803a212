"""What was read off papers for a family: each entry with how it stands, and what was decided on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.lifecycle import State
from applications.models import Application
from beneficiaries.models import Doubt, Fact
from beneficiaries.queries.doubts import settlers_of
from beneficiaries.queries.family import Entered, Family, source_of
from facts.catalogue import load_catalogue
from standards.words import Words
from web.components import Kind

SHOWN_MAX = 30  # entries of one family on its page
K = Doubt.Kind
WAITING: dict[str, str | Promise] = {
    K.WITHDRAWAL: _("withdrawal asked for"),
    K.PAPER_DIFFERS: _("differs from a list"),
    K.ENTERED_ALONE: _("to be confirmed"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry from a paper; ``doubt`` is what a second person settles about it."""

    fact: Fact
    label: Words
    about: str
    value: Words
    paper: Words
    by: str
    badge: Kind
    state: str | Promise
    doubt: int | None
    settlers: tuple[str, ...] = ()  # the roles that settle it

    @property
    def on(self) -> date:
        return self.fact.recorded_at.date()

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether it still stands, with nobody asked to take it back yet."""
        return self.fact.superseded_by_id is None and self.state != WAITING[K.WITHDRAWAL]


def entries_of(family: Family) -> list[Entry]:
    """Every entry about the household and its members, the newest first; what was taken back stays to be seen."""
    return [_entry(one) for one in family.entered[:SHOWN_MAX]]


def entry_of(family: Family, pk: int) -> Entry | None:
    """One entry of this family."""
    return next((one for one in entries_of(family) if one.fact.pk == pk), None)


def decided_on(fact: Fact) -> Sequence[Application]:
    """The approved applications whose frozen facts hold this one."""
    found = Application.objects.filter(facts__contains=[{"fact": fact.pk}], state=State.APPROVED)
    if fact.person_id:
        homes = fact.person.memberships.values("household") if fact.person else []
        return list(found.filter(Q(person=fact.person_id) | Q(household__in=homes)).order_by("pk"))
    return list(found.filter(household=fact.household_id).order_by("pk"))


def _entry(entered: Entered) -> Entry:
    fact = entered.fact
    kind = load_catalogue().kinds[fact.kind]
    waiting = [one for one in entered.doubts if one.kind in WAITING]
    doubt = min(waiting, key=lambda one: list(WAITING).index(one.kind), default=None)
    badge, state = _standing(fact, doubt)
    return Entry(
        fact=fact,
        label=kind.words,
        about=fact.person.name if fact.person else "",
        value=Words(
            "，".join(f"{one.label.zh} {one.value.zh}" for one in entered.shown),
            ", ".join(f"{one.label.en} {one.value.en}" for one in entered.shown),
        ),
        paper=source_of(fact),
        by=entered.by,
        badge=badge,
        state=state,
        doubt=doubt.pk if doubt else None,
        settlers=settlers_of(doubt.kind) if doubt else (),
    )


def _standing(fact: Fact, doubt: Doubt | None) -> tuple[Kind, str | Promise]:
    if fact.superseded_by_id == fact.pk:
        return "neutral", _("withdrawn")
    if fact.superseded_by_id is not None:
        return "neutral", _("replaced")
    if doubt is not None:
        return "look", WAITING[doubt.kind]
    return ("look", _("in doubt")) if fact.is_disputed else ("met", _("counts"))
