"""What is right in the place of what the register says, or who moves: each with the reason and the paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Fact
from beneficiaries.services.because import REASON_CHARACTERS
from facts.catalogue import Field, Kind
from portal.forms.facts import NO_PERSON, FactForm
from portal.forms.new_family import HEAD, relation_codes
from portal.queries.register import PARENT_KINDS
from portal.templatetags.portal_tags import relation
from standards import citizen_id
from standards.code_lists import RELATION
from standards.money import yuan_plain
from standards.words import Refusal
from web.forms import HouseForm

NAME_CHARACTERS = 60
DAY = forms.DateInput({"type": "date"})


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Why, and by which paper?"),
        help_text=_("such as: the booklet has it so, seen at the counter"),
        max_length=REASON_CHARACTERS,
        widget=forms.Textarea({"rows": 3}),
    )


class ChangeForm(HouseForm):
    """A reason, and ``seen``: the newest change that the page knew of when it was opened."""

    reason = _reason()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("reason", "seen")])
        first = next(iter(self.fields.values()))
        first.widget.attrs["autofocus"] = True


class NameForm(ChangeForm):
    """The name as the card has it."""

    name = forms.CharField(
        label=_("Name, as the card has it"),
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class PhoneForm(ChangeForm):
    """Another number, or none."""

    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("Leave it empty where the family has none any more."),
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )


class RelationForm(ChangeForm):
    """The relation to the head and the first day in the household."""

    relation = forms.ChoiceField(label=_("Relation to the head"))
    valid_from = forms.DateField(label=_("In this household since"), widget=DAY)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["relation"].choices = _relations()  # type: ignore[attr-defined]  # a ChoiceField


class MoveOutForm(ChangeForm):
    """The last day in the household."""

    last_day = forms.DateField(label=_("Last day in this household"), widget=DAY)


class NumberForm(ChangeForm):
    """Names somebody by the whole ID number; ``found`` is whom the page showed under it."""

    number = forms.CharField(max_length=30, widget=forms.TextInput({"autocomplete": "off"}))
    found = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(data, **kwargs)

    def clean_number(self) -> str:
        text: str = self.cleaned_data["number"]
        try:
            return citizen_id.read(text, self.today).number if text else ""
        except Refusal as refusal:
            self.refuse("number", refusal)
            return ""


class MoveInForm(NumberForm):
    """Who comes, as what, since when."""

    relation = forms.ChoiceField(label=_("Relation to the head"))
    first_day = forms.DateField(label=_("First day in this household"), widget=DAY)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["number"].label = _("ID number of who moves in")
        self.fields["relation"].choices = _relations()  # type: ignore[attr-defined]  # a ChoiceField


class ParentForm(NumberForm):
    """Another parent, or the same one by another kind."""

    kind = forms.ChoiceField(label=_("How the parent is one"), choices=list(PARENT_KINDS.items()))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["number"].label = _("ID number of the right parent")
        self.fields["number"].help_text = _("Leave it empty where the parent is right.")
        self.fields["number"].required = False


class HeadForm(ChangeForm):
    """Another member as head."""

    head = forms.TypedChoiceField(label=_("The head is"), coerce=int)

    def __init__(self, data: Any = None, *, members: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["head"].choices = list(members.items())  # type: ignore[attr-defined]  # a ChoiceField


class EntryForm(FactForm):
    """An entry anew, as the paper has it. Of whom it is and since when stays."""

    reason = _reason()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, kind: Kind, data: Any = None, *, wrong: Fact, eldest: date, today: date, seen: str
    ) -> None:
        given = {field.key: _typed(field, wrong.values.get(field.key)) for field in kind.asked}
        initial = {**given, "paper": wrong.paper, "seen": seen}
        born = wrong.person.born_on if wrong.person else eldest
        super().__init__(kind, data, people={}, born={NO_PERSON: born}, today=today, initial=initial)
        for name in ("person", "valid_from"):
            self.fields.pop(name, None)
        self.order_fields([name for name in self.fields if name not in ("reason", "seen")])


def _relations() -> list[tuple[str, str]]:
    return [("", "—"), *((code, relation(RELATION.names[code])) for code in (HEAD, *relation_codes()))]


def _typed(field: Field, value: Any) -> Any:
    """A kept value as its field takes it; another person's ID number is typed again, it stands on no page."""
    if field.type == "person" or value is None:
        return None
    if field.type == "money":
        return yuan_plain(value)
    if field.type == "bool":
        return "yes" if value else "no"
    return value
