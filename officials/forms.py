"""Signing in."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from officials.models import Official
from standards.characters import clean
from standards.words import Refusal
from web import limits
from web.forms import HouseForm

DOOR = "sign_in"


class SignInForm(HouseForm):
    """Staff number and password; says nothing about which of the two was wrong."""

    number = forms.CharField(
        label=_("Staff number"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    official: Official | None = None

    def sign_in(self, request: HttpRequest) -> Official | None:
        """The official whose number and password these are, else None with the reason in the form."""
        if not self.is_valid():
            return None
        number = clean(self.cleaned_data["number"])
        if limits.must_rest(DOOR, number):
            self.refuse(None, _too_often())
            return None
        official = Official.objects.filter(number=number, is_active=True).first()
        if official is None:
            Official().set_password(
                self.cleaned_data["password"]
            )  # as slow as a true number, so that nobody can tell
        elif official.check_password(self.cleaned_data["password"]):
            limits.forget(DOOR, number)
            return official
        limits.count_wrong(DOOR, number)
        self.refuse(None, _wrong())
        return None


def _wrong() -> Refusal:
    return Refusal(
        "工号或密码不对。看看大小写和输入法；忘了密码，找本单位管理员",
        "The staff number or the password is wrong. Check capitals and the input method; ask your administrator "
        "if you forgot the password",
        code="sign_in.wrong",
    )


def _too_often() -> Refusal:
    return Refusal(
        "这个工号连续 5 次不对，请等 10 分钟再试",
        "Five wrong tries with this staff number: wait ten minutes",
        code="sign_in.too_often",
    )
