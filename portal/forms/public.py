"""A family looks up its application: receipt number, name, last four characters of the ID number."""

import hmac

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from standards import names, receipt_number
from standards.characters import clean
from standards.words import Refusal
from web import limits
from web.forms import HouseForm

DOOR = "progress"


class LookUpForm(HouseForm):
    """Says only that the three do not fit together, never which of them is wrong."""

    number = forms.CharField(
        label=_("Receipt number"),
        help_text=_("At the top left of the slip, 12 digits"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name of the applicant"),
        help_text=_("As on the slip"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    last4 = forms.CharField(
        label=_("Last four characters of the ID number"),
        help_text=_("If the last one is an X, write X"),
        max_length=6,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = receipt_number.normal_form(self.cleaned_data["number"])
        if not receipt_number.is_valid(number):
            raise forms.ValidationError(
                _("This is not a receipt number: look at the 12 digits again"), code="shape"
            )
        return number

    def look_up(self) -> Application | None:
        """The application, where number, name and last four fit; each wrong try counts against the number."""
        if not self.is_valid():
            return None
        number = self.cleaned_data["number"]
        if limits.must_rest(DOOR, number):
            self.refuse(None, _too_often())
            return None
        found: Application | None = (
            Application.objects.filter(receipt_number=number)
            .select_related("person", "household__head")
            .first()
        )
        if found is not None and self._knows(found):
            limits.forget(DOOR, number)
            return found
        limits.count_wrong(DOOR, number)
        self.refuse(None, _does_not_fit())
        return None

    def _knows(self, application: Application) -> bool:
        person = application.person or (application.household.head if application.household else None)
        if person is None:
            return False
        last4 = clean(self.cleaned_data["last4"]).upper().replace("×", "X")[-4:]
        same_number = hmac.compare_digest(last4.encode(), str(person.citizen_id)[-4:].encode())
        return names.same_person_name(self.cleaned_data["name"], person.name) and same_number


def _does_not_fit() -> Refusal:
    return Refusal(
        "没有查到：受理号、姓名、身份证后四位对不上。照着受理单再填一次，或打电话",
        "Not found: number, name and last four do not fit together. Copy them from the slip again, or ring us",
        code="progress.none",
    )


def _too_often() -> Refusal:
    return Refusal(
        "填错 5 次了，请等 10 分钟再查，或打电话",
        "Five wrong tries: wait ten minutes, or ring us",
        code="progress.too_often",
    )
