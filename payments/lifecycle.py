"""The machines of payment batches, of attempts, and of money that is asked back and comes back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.moves import Move
from ledger.lifecycle import FINANCE


class BatchState(models.TextChoices):
    """A batch goes forward through three people, back one step by its own actor until sent."""

    DRAFT = "draft", _("Being made")
    PREPARED = "prepared", _("Prepared")
    CHECKED = "checked", _("Check passed")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("At the bank")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Batch closed")
    DROPPED = "dropped", _("Dropped")


B = BatchState
PREPARER = ("batch_preparer",)
CHECKER = ("batch_checker",)
APPROVER = ("batch_approver",)
BATCH_FIRST = (B.DRAFT,)
BATCH_MOVES = (
    #    move             from           to           who       on the button               kept in
    Move("prepare",       (B.DRAFT,),    B.PREPARED,  PREPARER, _("Prepare"),               "prepared_by", "prepared_on"),
    Move("back_to_draft", (B.PREPARED,), B.DRAFT,     PREPARER, _("Take back"),             own="prepared_by", clears=("prepared_by", "prepared_on")),
    Move("confirm",       (B.PREPARED,), B.CHECKED,   CHECKER,  _("Check and pass on"),     "checked_by", "checked_on"),
    Move("unconfirm",     (B.CHECKED,),  B.PREPARED,  CHECKER,  _("Take back the check"),   own="checked_by", clears=("checked_by", "checked_on")),
    Move("approve",       (B.CHECKED,),  B.APPROVED,  APPROVER, _("Approve the payment"),   "approved_by", "approved_on"),
    Move("unapprove",     (B.APPROVED,), B.CHECKED,   APPROVER, _("Take back the approval"), own="approved_by", clears=("approved_by", "approved_on")),
    Move("send",          (B.APPROVED,), B.SENT,      PREPARER, _("Hand to the bank"),      "sent_by", "sent_on"),
    Move("answer",        (B.SENT,),     B.ANSWERED,  PREPARER, _("All lines answered")),
    Move("close",         (B.ANSWERED,), B.CLOSED,    (*CHECKER, *APPROVER), _("Close the batch"), "closed_by", "closed_on"),
    Move("drop",          (B.DRAFT, B.PREPARED), B.DROPPED, PREPARER, _("Drop the batch")),
)  # fmt: skip


class AttemptState(models.TextChoices):
    """One line at the bank. Unknown is not failed: it is asked about, never sent again."""

    PLANNED = "planned", _("Planned")
    SENT = "sent", _("At the bank")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Not known")
    RETURNED = "returned", _("Returned by the bank")
    PULLED_BACK = "pulled_back", _("Pulled back")


T = AttemptState
ATTEMPT_FIRST = (T.PLANNED,)
ATTEMPT_MOVES = (
    Move("send",      (T.PLANNED,),                   T.SENT,        PREPARER, _("Hand to the bank")),
    Move("pay",       (T.SENT, T.UNKNOWN),            T.PAID,        PREPARER, _("Paid"),          on_field="answered_on"),
    Move("fail",      (T.SENT, T.UNKNOWN),            T.FAILED,      PREPARER, _("Failed"),        on_field="answered_on"),
    Move("find_paid", (T.FAILED,),                    T.PAID,        (*CHECKER, *APPROVER), _("Paid after all"), on_field="answered_on"),
    Move("lose",      (T.SENT,),                      T.UNKNOWN,     PREPARER, _("Not known")),
    Move("give_back", (T.PAID,),                      T.RETURNED,    PREPARER, _("Returned"),      on_field="returned_on"),
    Move("pull_back", (T.PLANNED,),                   T.PULLED_BACK, PREPARER, _("Pull back")),
)  # fmt: skip
# An instalment with an attempt in one of these states must not be sent again.
LIVE = (T.PLANNED, T.SENT, T.PAID, T.UNKNOWN)


class RecoveryState(models.TextChoices):
    """Money that a family got and would not get by a later version: proposed by one person, decided by another; from then
    on the family owes it, until all of it came back, two people wrote off what is left, or the bank returned the payment."""

    PROPOSED = "proposed", _("Recovery proposed")
    PURSUED = "pursued", _("To be asked back")
    WAIVED = "waived", _("Not asked back")
    RETURNED = "returned", _("All came back")
    WRITTEN_OFF = "written_off", _("Written off")
    FALLEN = "fallen", _("Fell away")


R = RecoveryState
RECOVERY_FIRST = (R.PROPOSED,)
RECOVERY_MOVES = (
    Move("pursue", (R.PROPOSED,), R.PURSUED, ("county_approver",), _("Ask it back"),       "settled_by", "settled_on"),
    Move("waive",  (R.PROPOSED,), R.WAIVED,  ("county_approver",), _("Do not ask it back"), "settled_by", "settled_on"),
    Move("finish", (R.PURSUED,),  R.RETURNED, FINANCE,             _("All came back")),
    Move("give_up", (R.PURSUED,), R.WRITTEN_OFF, FINANCE,          _("Write off what is left")),
    # the bank returned the payment: nothing is owed of it any more, or of what is left all came back before
    Move("fall",       (R.PURSUED, R.RETURNED, R.WRITTEN_OFF), R.FALLEN,   PREPARER, _("It falls away")),
    Move("fall_short", (R.PURSUED, R.WRITTEN_OFF),             R.RETURNED, PREPARER, _("What is left of it came back")),
)  # fmt: skip


class RepaymentState(models.TextChoices):
    """Money that a family brought back counts only once a second person of finance has confirmed it."""

    ENTERED = "entered", _("Entered")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Set aside")


P = RepaymentState
REPAYMENT_FIRST = (P.ENTERED,)
REPAYMENT_MOVES = (
    Move("confirm", (P.ENTERED,), P.CONFIRMED, FINANCE, _("Confirm that it came back"), "confirmed_by", "confirmed_on"),
    Move("refuse",  (P.ENTERED,), P.REFUSED,   FINANCE, _("Set the entry aside"),       "confirmed_by", "confirmed_on"),
)  # fmt: skip


class WriteOffState(models.TextChoices):
    """What a family will never pay back is written off by two people of finance."""

    PROPOSED = "proposed", _("Writing off proposed")
    DECIDED = "decided", _("Written off")
    REFUSED = "refused", _("Stays owed")


W = WriteOffState
WRITE_OFF_FIRST = (W.PROPOSED,)
WRITE_OFF_MOVES = (
    Move("decide", (W.PROPOSED,), W.DECIDED, FINANCE, _("Write it off"),     "decided_by", "decided_on"),
    Move("refuse", (W.PROPOSED,), W.REFUSED, FINANCE, _("It stays owed"),    "decided_by", "decided_on"),
)  # fmt: skip
