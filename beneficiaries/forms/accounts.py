"""The forms about accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Account
from standards import bank_card, cnaps, names
from standards.words import Refusal
from web.forms import HouseForm

NUMBER = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "code"})


class AccountForm(HouseForm):
    """A new account as the card or passbook prints it."""

    number = forms.CharField(label=_("Account number"), max_length=60, widget=NUMBER)
    account_name = forms.CharField(
        label=_("Account name"), max_length=60, help_text=_("as the bank writes it")
    )
    bank = forms.CharField(label=_("Bank of the account"), max_length=60)
    cnaps = forms.CharField(label=_("Branch number (CNAPS)"), max_length=30, required=False, widget=NUMBER)
    kind = forms.ChoiceField(label=_("Kind of account"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["number"].widget.attrs["autofocus"] = True
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            (Account.Kind.CARD.value, _("Bank card")),
            (Account.Kind.PASSBOOK.value, _("Passbook")),
            (Account.Kind.SOCIAL_SECURITY.value, _("Social-security card")),
        ]

    def clean(self) -> None:
        """Shapes by the standards: what cannot be is refused, what is odd is a warning."""
        super().clean()
        for name, read in (("number", bank_card.read), ("account_name", names.read), ("cnaps", cnaps.read)):
            if self.cleaned_data.get(name):
                try:
                    self.cleaned_data[name] = read(self.cleaned_data[name])
                except Refusal as refusal:
                    self.refuse(name, refusal)
        if self.cleaned_data.get("kind") == Account.Kind.CARD and self.cleaned_data.get("number"):
            for words in bank_card.warnings(self.cleaned_data["number"]):
                self.warn("number", words)


class VerifyForm(HouseForm):
    """The number typed again from the card or passbook: nobody has to see what another person typed."""

    number = forms.CharField(
        label=_("Account number, once more from the card or passbook"), max_length=60, widget=NUMBER
    )

    def clean_number(self) -> str:
        try:
            return bank_card.read(self.cleaned_data["number"])
        except Refusal as refusal:
            self.refuse("number", refusal)
            return ""


class ReasonForm(HouseForm):
    """Why an account is refused or no longer used."""

    is_step = True
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )
