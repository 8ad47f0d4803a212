"""Who asks for what is held about her."""

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.queries.family import Family
from web.forms import HouseForm


class HeldForm(HouseForm):
    """Who of the family asks, and how the clerk knows that it is she."""

    person = forms.TypedChoiceField(label=_("Who asks"), coerce=int)
    reason = forms.CharField(
        label=_("How do you know her, and why does she ask?"),
        max_length=100,
        help_text=_("such as: came herself with the ID card, wants to see her account"),
    )

    def __init__(self, *args: object, family: Family, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        asked = [(one.person.pk, one.person.name) for one in family.members if one.died_on is None]
        # her own numbers stand on the sheet in full: nobody is chosen before somebody asks
        self.fields["person"].choices = asked if len(asked) == 1 else [("", "—"), *asked]  # type: ignore[attr-defined]  # a ChoiceField
