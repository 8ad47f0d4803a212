"""The form that settles a doubt."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.queries.doubts import Choice
from web.forms import HouseForm, say


class SettleForm(HouseForm):
    """Which side counts, where there are sides, and what was found."""

    keep = forms.ChoiceField(label=_("What counts"), widget=forms.RadioSelect, required=False)
    outcome = forms.CharField(
        label=_("What was found"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: object, choices: Sequence[Choice], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if len(choices) < 2:
            del self.fields["keep"]
        # what has to be chosen or written first has the focus: Enter on an untouched page settles nothing
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True
        if "keep" not in self.fields:
            return
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ChoiceField)
        keep.choices = [(choice.key, _named(choice)) for choice in choices]
        keep.required = True

    @property
    def kept(self) -> int | None:
        """The chosen side."""
        chosen = self.cleaned_data.get("keep")
        return int(chosen) if chosen else None


def _named(choice: Choice) -> str:
    source = say(choice.source)
    return f"{say(choice.words)} ({source})" if source else say(choice.words)
