"""The form that asks what unknown columns of a list are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import EvidenceList
from beneficiaries.queries.lists import columns_asked
from facts.catalogue import load_catalogue
from standards.divisions import scope_prefix
from standards.words import Words
from web.forms import HouseForm, say


class ColumnsForm(HouseForm):
    """One choice for each unknown header; its first cells stand beside it."""

    def __init__(self, *args: Any, evidence: EvidenceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = columns_asked(evidence)
        free = [one for one in load_catalogue().kind(evidence.kind).listed if one.key not in asked.found]
        choices = [("", _("keep as received only")), *((one.key, _named(one)) for one in free)]
        self.headers: dict[str, str] = {}
        for number, column in enumerate(asked.unknown):
            name = f"column_{number}"
            self.headers[name] = column["header"]
            samples = say(Words("、".join(column["samples"]), ", ".join(column["samples"])))
            self.fields[name] = forms.ChoiceField(
                label=column["header"],
                choices=choices,
                required=False,
                help_text=samples or _("no cell is filled in"),
            )
        if len(scope_prefix(evidence.division)) > 6:
            self.fields["only_here"] = forms.BooleanField(
                label=_("Only in lists of this township"),
                required=False,
                help_text=_("Otherwise every list of this kind in the county is read so."),
            )

    def meaning(self) -> dict[str, str]:
        """Header to the key that was chosen; what was left open is left out."""
        chosen = {header: self.cleaned_data.get(name, "") for name, header in self.headers.items()}
        return {header: key for header, key in chosen.items() if key}


def _named(column: Any) -> str:
    words = say(column.words)
    return f"{words} *" if column.required else words
