"""Each change of the register by name: who may, about which row, what is asked, what it means, and the verb."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import services
from beneficiaries.models import Person
from beneficiaries.queries.family import Family
from beneficiaries.services.correcting import CORRECTORS, NAMERS, PHONERS
from beneficiaries.services.moving import MOVERS
from facts.catalogue import load_catalogue
from portal.forms.register import (
    ChangeForm,
    EntryForm,
    HeadForm,
    MoveInForm,
    MoveOutForm,
    NameForm,
    ParentForm,
    PhoneForm,
    RelationForm,
)
from portal.queries.entries import entry_of
from portal.queries.register import PARENT_KINDS, Line, lines_of
from portal.templatetags.portal_tags import relation
from standards.code_lists import RELATION
from web.forms import listed, say

Stands = Iterable[tuple[str | Promise, str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """The row that a change is about. ``name`` is whose; ``stands`` says what the register has now; ``today`` the day."""

    family: Family
    row: Any
    name: str
    stands: Stands
    today: date


@dataclass(frozen=True, slots=True)
class Change:
    """One way to correct the register. ``means`` are (icon, sentence) beside what every change means."""

    title: str | Promise
    verb: str | Promise
    done: str | Promise
    roles: tuple[str, ...]
    find: Callable[[Family, int, date], Subject | None]
    form: Callable[[Subject, Any, str], Any]
    take: Callable[[Subject, Any, Person | None, Mapping[str, Any]], Model]
    means: tuple[tuple[str, str | Promise], ...]
    is_word: bool = True  # an application may rest on it, and then another person takes its steps


def _line(family: Family, on: date, which: Callable[[Line], bool]) -> Line | None:
    return next((one for one in lines_of(family, on) if which(one)), None)


def _person(family: Family, about: int, on: date) -> Subject | None:
    member = next((one for one in family.members if one.person.pk == about), None)
    if member is None:
        return None
    name = member.person.name
    stands = [(_("Name"), name), (_("ID card"), f"•••• {member.masked_id[-4:]}")]
    stands.append((_("Phone"), f"•••• {member.masked_phone[-4:]}" if member.masked_phone else "—"))
    return Subject(family, member.person, name, stands, on)


def _membership(family: Family, about: int, on: date) -> Subject | None:
    line = _line(family, on, lambda one: one.membership.pk == about)
    if line is None:
        return None
    row, name = line.membership, line.member.person.name
    stands = [
        (_("Name"), name),
        (_("Relation to the head"), relation(RELATION.names.get(row.relation, ""))),
        (_("In this household since"), row.valid_from.isoformat()),
    ]
    return Subject(family, row, name, stands, on)


def _move(family: Family, about: int, on: date) -> Subject | None:
    """A membership that a person entered; what a list says is taken back with the list."""
    subject = _membership(family, about, on)
    return subject if subject and subject.row.is_move and subject.row.valid_until is None else None


def _parent(family: Family, about: int, on: date) -> Subject | None:
    found = [(line, one) for line in lines_of(family, on) for one in line.parents if one.pk == about]
    if not found:
        return None
    (line, row), *_others = found
    name = line.member.person.name
    stands = [
        (_("Child"), name),
        (_("Parent"), row.parent.name),
        (_("How the parent is one"), str(PARENT_KINDS[row.kind])),
    ]
    return Subject(family, row, name, stands, on)


def _writing(family: Family, about: int, on: date) -> Subject | None:
    found = [(line, one) for line in lines_of(family, on) for one in line.writings if one.pk == about]
    if not found:
        return None
    (line, row), *_others = found
    name = line.member.person.name
    stands = [
        (_("Name"), name),
        (_("Other writing"), row.name),
        (_("Confirmed"), f"{row.confirmed_by} · {row.confirmed_on.isoformat()}"),
    ]
    return Subject(family, row, name, stands, on)


def _household(family: Family, about: int, on: date) -> Subject | None:
    household = family.household
    if household.pk != about:
        return None
    head = household.head.name if household.head else "—"
    members = listed(one.person.name for one in family.members)
    stands = [(_("Household"), household.number), (_("Head of household"), head), (_("Members"), members)]
    return Subject(family, household, gettext("Family of %(name)s") % {"name": head}, stands, on)


def _entry(family: Family, about: int, on: date) -> Subject | None:
    entry = entry_of(family, about)
    if entry is None or not entry.is_said:
        return None
    stands = [
        (_("What was entered"), f"{say(entry.label)} {say(entry.value)}"),
        (_("Proved by"), say(entry.paper)),
        (_("Entered"), f"{entry.by} · {entry.on.isoformat()}"),
    ]
    return Subject(family, entry.fact, entry.about or gettext("The household"), stands, on)


def _entry_form(subject: Subject, given: Any, seen: str) -> EntryForm:
    kind = load_catalogue().kind(subject.row.kind)
    eldest = min((one.person.born_on for one in subject.family.members), default=date.min)
    return EntryForm(kind, given, wrong=subject.row, eldest=eldest, today=subject.today, seen=seen)


def _correct_entry(
    subject: Subject, form: EntryForm, person: Person | None, told: Mapping[str, Any]
) -> Model:
    values, elsewhere = form.values(), form.elsewhere()
    paper = form.cleaned_data["paper"]
    return services.correct_fact(subject.row, values, paper=paper, elsewhere=elsewhere, **told)


def _relation_form(subject: Subject, given: Any, seen: str) -> RelationForm:
    initial = {
        "relation": subject.row.relation,
        "valid_from": subject.row.valid_from.isoformat(),
        "seen": seen,
    }
    return RelationForm(given, initial=initial)


def _head_form(subject: Subject, given: Any, seen: str) -> HeadForm:
    members = {one.person.pk: one.person.name for one in subject.family.members if one.died_on is None}
    return HeadForm(given, members=members, initial={"head": subject.row.head_id, "seen": seen})


def _correct_head(subject: Subject, form: HeadForm, person: Person | None, told: Mapping[str, Any]) -> Model:
    members = {one.person.pk: one.person for one in subject.family.members}
    return services.correct_head(subject.row, members[form.cleaned_data["head"]], **told)


def _correct_parent(
    subject: Subject, form: ParentForm, person: Person | None, told: Mapping[str, Any]
) -> Model:
    parent = person or subject.row.parent
    return services.correct_parentage(subject.row, parent, kind=form.cleaned_data["kind"], **told)


def _move_in(subject: Subject, form: MoveInForm, person: Person | None, told: Mapping[str, Any]) -> Model:
    assert person is not None, "the form asks for the number"
    given = form.cleaned_data
    return services.move_in(
        person, subject.row, relation=given["relation"], first_day=given["first_day"], **told
    )


CORRECTED, RECORDED = _("Corrected. What stood before stays on record."), _("Recorded.")
CHANGES: dict[str, Change] = {
    "name": Change(
        _("Correct the name"), _("Correct the name"), CORRECTED, NAMERS, _person,
        lambda subject, given, seen: NameForm(given, initial={"name": subject.row.name, "seen": seen}),
        lambda subject, form, _who, told: services.correct_name(subject.row, form.cleaned_data["name"], **told),
        (("file-text", _("Letters and decisions written before keep the name they have.")),
         ("users", _("A list that writes another name asks a person at the county."))),
    ),
    "writing": Change(
        _("Take back another writing of the name"), _("Take the writing back"),
        _("Taken back. Who confirmed it stays on record."), NAMERS, _writing,
        lambda subject, given, seen: ChangeForm(given, initial={"seen": seen}),
        lambda subject, form, _who, told: services.take_back_alias(subject.row, **told),
        (("search", _("The search box finds nobody by this writing any more.")),
         ("users", _("A list that writes so asks a person again; what the last list asked is settled by another person."))),
        is_word=False,
    ),
    "phone": Change(
        _("Correct the phone number"), _("Correct the phone number"), CORRECTED, PHONERS, _person,
        lambda subject, given, seen: PhoneForm(given, initial={"seen": seen}),
        lambda subject, form, _who, told: services.correct_phone(subject.row, form.cleaned_data["phone"], **told),
        (("phone", _("From now the family is called under it, and found by it.")),), is_word=False,
    ),
    "relation": Change(
        _("Correct the relation or the first day"), _("Correct the entry"), CORRECTED, CORRECTORS, _membership,
        _relation_form,
        lambda subject, form, _who, told: services.correct_membership(
            subject.row, relation=form.cleaned_data["relation"], valid_from=form.cleaned_data["valid_from"], **told),
        (("arrow-right", _("The entry before holds on no day any more; the new one counts from its first day.")),
         ("users", _("Of a move, the household before lasts until the day before.")),),
    ),
    "parent": Change(
        _("Correct a parent"), _("Correct the parent"), CORRECTED, CORRECTORS, _parent,
        lambda subject, given, seen: ParentForm(
            given, today=subject.today, initial={"kind": subject.row.kind, "seen": seen}),
        _correct_parent,
        (("arrow-right", _("Kin, certificates and limits are read with the right parent from now.")),),
    ),
    "entry": Change(
        _("Correct what was entered from a paper"), _("Correct the entry"), CORRECTED, CORRECTORS, _entry,
        _entry_form, _correct_entry,
        (("users", _("Another person than who entered it corrects it, with the paper at hand.")),
         ("triangle-alert", _("Where a list says otherwise, neither counts until that is settled."))),
    ),
    "head": Change(
        _("Another head of household"), _("Enter the head"), CORRECTED, CORRECTORS, _household, _head_form, _correct_head,
        (("arrow-right", _("Letters name the new head from now. The members' relations are corrected one by one.")),),
    ),
    "moved-out": Change(
        _("Moved out"), _("Record the move"), RECORDED, MOVERS, _membership,
        lambda subject, given, seen: MoveOutForm(given, initial={"last_day": subject.today.isoformat(), "seen": seen}),
        lambda subject, form, _who, told: services.move_out(
            subject.row.person, last_day=form.cleaned_data["last_day"], **told),
        (("arrow-right", _("From the day after, this person is no longer of this household; the days before stay.")),
         ("users", _("Moved to another family of the register? Record it on that family's page: it ends here by itself.")),
         ("undo-2", _("Was it a mistake? Record here that this person moved in, from the day after."))),
    ),
    "not-moved": Change(
        _("Take back a move entered by mistake"), _("Take the move back"), CORRECTED, MOVERS, _move,
        lambda subject, given, seen: ChangeForm(given, initial={"seen": seen}),
        lambda subject, form, _who, told: services.take_back_move(subject.row, **told),
        (("undo-2", _("The move counts on no day, and where this person stood before goes on as if it had not been.")),),
    ),
    "moved-in": Change(
        _("Moved in"), _("Record the move"), RECORDED, MOVERS, _household,
        lambda subject, given, seen: MoveInForm(
            given, today=subject.today, initial={"first_day": subject.today.isoformat(), "seen": seen}),
        _move_in,
        (("arrow-right", _("Where this person stands in another household, that ends the day before.")),
         ("users", _("The person's village is this household's from now, and so is the township that sees the family."))),
    ),
}  # fmt: skip
"""By the word in the address."""
