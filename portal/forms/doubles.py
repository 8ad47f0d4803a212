"""The forms about two rows that may be one person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Double
from web.forms import HouseForm


class WhyForm(HouseForm):
    """What was found: kept with the pair."""

    reason = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Who was asked, which card or booklet was seen."),
        max_length=Double._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
