"""Signing in, and the officials themselves."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from officials.divisions import standing
from officials.models import Division, Official
from officials.roles import Role
from standards.characters import clean
from standards.words import Refusal
from web import limits
from web.clock import today
from web.forms import HouseForm, say

DOOR = "sign_in"
WRONG_EVERYWHERE_MAX = 50


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
        # Five tries at one place, so that a stranger elsewhere cannot shut an official out; fifty in all.
        here = f"{number} {request.META.get('REMOTE_ADDR', '')}"
        if limits.must_rest(DOOR, here) or limits.must_rest(DOOR, number, most=WRONG_EVERYWHERE_MAX):
            self.refuse(None, _too_often())
            return None
        official = Official.objects.filter(number=number, is_active=True).first()
        if official is None:
            Official().set_password(
                self.cleaned_data["password"]
            )  # as slow as a true number, so that nobody can tell
        elif official.check_password(self.cleaned_data["password"]):
            limits.forget(DOOR, here)
            return official
        limits.count_wrong(DOOR, here)
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


class OwnPasswordForm(HouseForm):
    """The present password, and a new one twice."""

    present = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"), strip=False, help_text=_("at least 10 characters; only you know it"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("The new one again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, official: Official, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.official = official

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if limits.must_rest(DOOR, self.official.number):
            raise forms.ValidationError(say(_too_often().words))
        if not self.official.check_password(present):
            limits.count_wrong(DOOR, self.official.number)
            raise forms.ValidationError(_("This is not your present password"))
        return present

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        new, again = given.get("new"), given.get("again")
        if new and again and new != again:
            self.add_error("again", _("The two are not the same"))
        elif new and new == given.get("present"):
            self.add_error("new", _("Choose another one than the present"))
        elif isinstance(new, str):
            try:
                validate_password(new, self.official)
            except forms.ValidationError as error:
                self.add_error("new", error)
        return given


def place_choices() -> list[tuple[str, str]]:
    """County and townships that stand today, in the order of their codes."""
    rows = Division.objects.filter(standing(today()), code__endswith="000").order_by("code")
    return list(rows.values_list("code", "name"))


class OfficialFilters(HouseForm):
    """Who, by a part of the name or office or the beginning of the staff number, and in which role."""

    who = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": _("name, staff number or office")}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All")), *Role.choices])

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        self.is_valid()
        kept, who, role = Q(), clean(self.cleaned_data.get("who") or ""), self.cleaned_data.get("role")
        if who:
            kept &= Q(name__icontains=who) | Q(number__istartswith=who) | Q(office__icontains=who)
        if role:
            kept &= Q(roles__contains=[role])
        return kept


class OfficialForm(HouseForm):
    """Who, where, and which roles."""

    number = forms.RegexField(
        r"^[0-9A-Za-z-]{3,20}$",
        label=_("Staff number"),
        max_length=20,
        help_text=_("digits, letters and hyphens, 3 to 20"),
    )
    name = forms.CharField(label=_("Full name"), max_length=60)
    office = forms.CharField(label=_("Office"), max_length=60, required=False)
    division = forms.ChoiceField(label=_("Sees the families of"), choices=place_choices)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("May sign in"), required=False, initial=True)
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("at least 10 characters; handed over in person, changed at the first sign-in"),
    )

    def __init__(self, *args: object, is_new: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_active"]
            self.fields["password"].required = True
        else:
            del self.fields["number"], self.fields["name"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password
