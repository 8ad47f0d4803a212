"""What was read off papers for a family: each entry with how it stands, and what was decided on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.lifecycle import State
from applications.models import Application
from audit.models import TrailRow
from beneficiaries.models import Doubt, Fact, Membership
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.differing import is_entry
from beneficiaries.queries.doubts import settlers_of
from beneficiaries.queries.family import Entered, Family, source_of
from beneficiaries.queries.kin import children_of
from beneficiaries.queries.together import is_said
from facts.catalogue import load_catalogue
from programs.queries import loaded
from standards.words import Words
from web.components import Kind

SHOWN_MAX = 30  # entries of one family on its page
K = Doubt.Kind
WAITING: dict[str, str | Promise] = {
    K.WITHDRAWAL: _("withdrawal asked for"),
    K.PAPER_DIFFERS: _("others say otherwise"),
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
    def is_said(self) -> bool:
        """Whether it was neither taken back nor corrected; a list may say it too, or instead."""
        return is_said(self.fact)

    @property
    def is_behind_a_list(self) -> bool:
        """Whether what a list says too, or instead, stands for it."""
        other = self.fact.superseded_by
        return self.is_said and other is not None and other.list_id is not None

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether it is still said, with nobody asked to take it back yet."""
        return self.is_said and self.state != WAITING[K.WITHDRAWAL]


def entries_of(family: Family) -> list[Entry]:
    """Every entry about the household and its members, the newest first; what was taken back stays to be seen."""
    return [_entry(one) for one in family.entered[:SHOWN_MAX]]


def entry_of(family: Family, pk: int) -> Entry | None:
    """One entry of this family."""
    return next((one for one in entries_of(family) if one.fact.pk == pk), None)


def decided_on(fact: Fact) -> Sequence[Application]:
    """The approved applications that stood on this entry, or on a row that was worked out with it.

    They hold it among their frozen facts; or it is about somebody around the beneficiary (a parent, a member of the
    household), and their program asks that kind of them. They are looked for in the households where the person stood, and
    those of the person's children: a parent may be on another booklet, or of another county.
    """
    rows = {fact.pk, *_worked_out_with(fact)}
    approved = Application.objects.filter(state=State.APPROVED).select_related("version").order_by("pk")
    if fact.person_id is None:
        return [one for one in approved.filter(household=fact.household_id) if _holds(one, rows)]
    own = set(rows_of([fact.person_id]))
    whose = own | set(rows_of(children_of(own)))
    homes = Membership.objects.filter(person__in=whose).values("household")
    near = approved.filter(Q(person__in=whose) | Q(household__in=homes))
    since = TrailRow.objects.filter(table=Fact._meta.db_table, object_id=fact.pk, verb="enter_fact")
    later = {one.pk for one in near.filter(decided_on__gte=Subquery(since.values("day")[:1]))}
    return [
        one
        for one in near
        if _holds(one, rows) or (one.pk in later and one.person_id not in own and _asks(one, fact.kind))
    ]


def _holds(application: Application, rows: set[int]) -> bool:
    return any(one.get("fact") in rows for one in application.facts)


def _asks(application: Application, kind: str) -> bool:
    """Whether the program looks at this kind of fact of others than the beneficiary."""
    asked, facts = loaded(application.version).program.needed.sets, load_catalogue().facts
    kinds = {facts[name].kind for names in asked.values() for name in names if name in facts}
    return kind in kinds or (kind == "death" and bool(asked))  # whoever died is left out


def _worked_out_with(entry: Fact) -> list[int]:
    """The rows, of any time, that were worked out from what the entry and others say of one record."""
    about = {"person": entry.person_id, "household": entry.household_id, "kind": entry.kind}
    made = Fact.objects.filter(is_derived=True, values__contains=entry.values, **about)
    return list(made.filter(valid_from=entry.valid_from).values_list("pk", flat=True))


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
    if not is_said(fact):
        return "neutral", _("replaced")
    if doubt is not None:
        return "look", WAITING[doubt.kind]
    other = fact.superseded_by
    if (
        other is not None
        and is_entry(other)
        and not other.is_derived
        and other.valid_until != fact.valid_until
    ):
        return "neutral", _("replaced")  # by the same record with its last day
    if other is not None and not (other.is_derived or is_entry(other)):
        return "neutral", _("the list counts")
    return ("look", _("in doubt")) if fact.is_disputed else ("met", _("counts"))
