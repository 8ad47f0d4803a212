"""Of which day something is asked, and what was on record when."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.facts import DAY, not_yet
from web.forms import HouseForm


class BelievedForm(HouseForm):
    """``valid_on``: the day it is said of. ``known_on``: as the register knew it at the end of that day."""

    valid_on = forms.DateField(
        label=_("How it was on"), help_text=_("such as the day of an admission or a decision"), widget=DAY
    )
    known_on = forms.DateField(
        label=_("As we knew it on"), help_text=_("later lists and corrections are taken away"), widget=DAY
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_valid_on(self) -> date:
        return self._past("valid_on")

    def clean_known_on(self) -> date:
        return self._past("known_on")

    def _past(self, name: str) -> date:
        day: date = self.cleaned_data[name]
        if day > self.today:
            self.refuse(name, not_yet(day))
        return day
