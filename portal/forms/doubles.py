"""The forms about two rows that may be one person."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Double
from beneficiaries.queries.sides import Side
from web.forms import HouseForm


class WhyForm(HouseForm):
    """What was found: kept with the pair."""

    reason = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Who was asked, which card or booklet was seen."),
        max_length=Double._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class MergeForm(WhyForm):
    """Which of the two rows goes on, and how one knows."""

    stays = forms.TypedChoiceField(
        label=_("Which row goes on?"),
        help_text=_("Whose number and name are right. What hangs on the other is read with it."),
        widget=forms.RadioSelect,
        coerce=int,
    )
    field_order = ("stays", "reason")

    def __init__(self, *args: object, sides: Sequence[Side], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stays"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (
                side.person.pk,
                gettext("%(name)s, ID %(number)s, %(place)s")
                % {"name": side.person.name, "number": side.masked_id, "place": side.place},
            )
            for side in sides
        ]


class SeenForm(HouseForm):
    """A second person's word on what the page showed: ``seen`` is the digest of what spoke against it."""

    is_step = True
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
