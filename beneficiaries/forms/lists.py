"""The forms about lists."""

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.lifecycle import ListState
from beneficiaries.lists.guard import FILE_BYTES_MAX
from beneficiaries.lists.periods import Period, period_of
from facts.catalogue import load_catalogue
from officials.divisions import standing
from officials.models import Division, Official
from standards.words import Refusal
from web.clock import today
from web.forms import HouseForm, say

ACCEPTED = ".xlsx,.xls,.csv,.et,.txt"


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of evidence that lists bring, by its words in the language of the page."""
    kinds = load_catalogue().kinds.values()
    return [(kind.name, say(kind.words)) for kind in kinds if not kind.is_only_elsewhere]


def _codes() -> list[tuple[str, str]]:
    """The categories that one whole list may be of."""
    kinds = load_catalogue().kinds.values()
    values = [value for kind in kinds if kind.list_of for value in kind.fields[kind.list_of].values]
    return [("", str(_("as its title says"))), *((value.code, say(value.words)) for value in values)]


class WorkbookInput(forms.FileInput):
    """A place to drop the workbook on; its words are ours, not the browser's."""

    template_name = "beneficiaries/parts/file.html"


class UploadForm(HouseForm):
    """A department's list with what its covering letter says."""

    kind = forms.ChoiceField(label=_("Kind of list"))
    file = forms.FileField(
        label=_("The workbook"),
        help_text=_("xlsx, xls or csv, at most 25 MB"),
        widget=WorkbookInput(attrs={"accept": ACCEPTED}),
    )
    division = forms.ChoiceField(label=_("Which division it covers"))
    period = forms.CharField(
        label=_("Month or year it is about"),
        required=False,
        max_length=30,
        help_text=_("2026-08 or 2026; empty: as the list's title says"),
    )
    code = forms.ChoiceField(label=_("Category, where the whole list is of one"), required=False)
    is_complete = forms.BooleanField(
        label=_("The list is complete"),
        required=False,
        help_text=_("Nobody of that division and time is missing: who is not on it counts as not listed."),
    )
    nobody = forms.BooleanField(
        label=_("Nobody is on it this time"),
        required=False,
        help_text=_("For a complete list that has its header and not one row."),
    )

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        divisions = Division.objects.filter(
            standing(today()), code__startswith=official.scope, code__endswith="000"
        )
        self._choices("kind", [("", str(_("Choose what the list says"))), *kind_choices()])
        self._choices("division", [(division.code, division.name) for division in divisions])
        self._choices("code", _codes())

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_period(self) -> Period | None:
        text: str = self.cleaned_data["period"].strip()
        if not text:
            return None
        found = period_of(text if re.search(r"\D", text) else f"{text}年")
        if found is None:
            raise forms.ValidationError(_("Write a month as 2026-08 or a year as 2026."), code="period")
        return found

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES_MAX:
            raise forms.ValidationError(
                _("The file is larger than 25 MB. Remove pictures and blanks, or upload it by township."),
                code="too_large",
            )
        return file

    def refused(self, refusal: Refusal) -> None:
        """Put a refusal of the service at the file."""
        self.refuse("file", refusal)


class ListFilters(HouseForm):
    """Which lists are shown; everything stands in the URL."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kind", kind_choices()), ("state", ListState.choices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("all")), *choices]

    def condition(self) -> Q:
        """The filters as a condition; an unknown value filters nothing."""
        if not self.is_valid():
            return Q()
        return Q(**{name: value for name, value in self.cleaned_data.items() if value})
