"""Failed and returned lines that still wait: one meaning for pages, work lists, corrections and closing."""

from django.db.models import Exists, OuterRef, Q

from payments.lifecycle import LIVE, AttemptState
from payments.models import Attempt

DOWN = (AttemptState.FAILED, AttemptState.RETURNED)


def to_rebuild() -> Q:
    """Attempts that a correction must follow, or a finding: nothing live stands for their instalment.

    A rebuilding that was pulled back (its batch dropped, the line left out) counts as none.
    """
    rebuilt = Attempt.objects.filter(rebuilds=OuterRef("pk")).exclude(state=AttemptState.PULLED_BACK)
    live = Attempt.objects.filter(instalment=OuterRef("instalment"), state__in=LIVE)
    ended = Q(instalment__entitlement__state="ended")
    return Q(state__in=DOWN) & ~ended & ~Exists(rebuilt) & ~Exists(live)
