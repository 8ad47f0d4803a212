"""The machine of budget allotments: entered by one person of finance, confirmed by another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.moves import Move


class AllotmentState(models.TextChoices):
    """An allotment counts only once a second person has confirmed it."""

    ENTERED = "entered", _("Entered")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Set aside")


A = AllotmentState
FINANCE = ("batch_checker", "batch_approver")
FIRST = (A.ENTERED,)
MOVES = (
    Move("confirm", (A.ENTERED,), A.CONFIRMED, FINANCE, _("Confirm the allotment"), "confirmed_by", "confirmed_on"),
    Move("refuse",  (A.ENTERED,), A.REFUSED,   FINANCE, _("Set the allotment aside"), "confirmed_by", "confirmed_on"),
)  # fmt: skip
