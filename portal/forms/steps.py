"""The form of a step: an opinion, or a reason that must be written."""

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.forms import YuanField
from web.forms import HouseForm

NOTE_MAX = 300
# Moves whose reason must be written, and what is asked for.
ASKED = {
    "withdraw": _("Why does the family withdraw?"),
    "send_back": _("What has to be corrected?"),
    "return_to_counter": _("What has to be corrected?"),
    "object": _("What does the objection say?"),
    "suspend": _("Why?"),
    "resume": _("Why?"),
    "end": _("Why?"),
    "dismiss": _("What was found?"),
    "uphold": _("What was found?"),
    "set_sum": _("Why this sum? The decision letter says it."),
}
# Moves that take an opinion, and the one offered first.
OPINIONS = {
    "review": _("Papers complete, conditions met."),
    "recheck": _("Checked again: papers complete, conditions met."),
    "propose_refusal": "",
    "recheck_refusal": "",
}


class StepForm(HouseForm):
    """``note`` by the move: required, offered with an opinion, or not there at all; ``fen`` where a sum is set.

    ``gives_reason``: an opinion is the only reason there is, and must be written.
    """

    is_step = True
    note = forms.CharField(max_length=NOTE_MAX, widget=forms.Textarea({"rows": 3}), strip=True)

    def __init__(self, move: str, *args: object, gives_reason: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if move == "set_sum":
            self.fields = {"fen": YuanField(label=_("The sum (yuan)")), **self.fields}
        if move in ASKED:
            self.fields["note"].label = ASKED[move]
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True
        elif move in OPINIONS:
            self.fields["note"].label = _("Why should it be refused?") if gives_reason else _("Opinion")
            self.fields["note"].required = gives_reason
            self.fields["note"].initial = OPINIONS[move]
        else:
            del self.fields["note"]


class ReasonForm(HouseForm):
    """Why a masked number is looked at."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", "—"),  # what stays on record is what somebody chose
            ("compare", _("Compare with the paper in front of me")),
            ("phone", _("Call the family")),
            ("bank", _("Correct a payment with the bank")),
            ("check", _("Check or audit")),
        ],
    )
