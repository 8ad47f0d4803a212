"""A change of powers: what one administrator asks for takes effect when a second person has confirmed it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.moves import Move
from officials.roles import Role


class ChangeState(models.TextChoices):
    """Where a change of powers stands."""

    PROPOSED = "proposed", _("Waits for a second person")
    IN_FORCE = "in_force", _("Counts now")
    REFUSED = "refused", _("Not agreed to")


C = ChangeState
CONFIRMERS = (str(Role.ADMINISTRATOR), str(Role.COUNTY_APPROVER))
SETTLED = ("settled_by", "settled_on")
FIRST = (C.PROPOSED,)
MOVES = (
    Move("confirm", (C.PROPOSED,), C.IN_FORCE, CONFIRMERS, _("Confirm"), *SETTLED),
    Move("refuse",  (C.PROPOSED,), C.REFUSED,  CONFIRMERS, _("Do not agree"),  *SETTLED),
)  # fmt: skip
