"""The machine of a policy version. Only a second person makes it count."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.moves import Move


class VersionState(models.TextChoices):
    """A version is never edited: a change is a new version."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


V = VersionState
OFFICER = ("policy_officer",)
FIRST = (V.DRAFT,)
MOVES = (
    Move("propose",      (V.DRAFT,),            V.PROPOSED,   OFFICER,              _("Propose for activation"), "proposed_by", "proposed_on"),
    Move("take_back",    (V.PROPOSED,),         V.DRAFT,      OFFICER,              _("Take the proposal back"), own="proposed_by", clears=("proposed_by", "proposed_on")),
    Move("activate",     (V.PROPOSED,),         V.ACTIVE,     ("county_approver",), _("Activate"), "activated_by", "activated_on"),
    Move("send_back",    (V.PROPOSED,),         V.DRAFT,      ("county_approver",), _("Send back"), clears=("proposed_by", "proposed_on")),
    Move("supersede",    (V.ACTIVE,),           V.SUPERSEDED, ("county_approver",), _("Supersede")),
    Move("withdraw",     (V.DRAFT, V.PROPOSED), V.WITHDRAWN,  OFFICER,              _("Withdraw the draft")),
)  # fmt: skip
