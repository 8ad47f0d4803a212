"""The machines of applications, notices and entitlements: each one table on one screen."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.moves import Move


class State(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting_for_papers", _("Waiting for papers")
    SUBMITTED = "submitted", _("Submitted")
    REVIEWED = "reviewed", _("Reviewed by the township")
    ON_NOTICE = "on_notice", _("On public notice")
    OBJECTED = "objected", _("Objected to")
    NOTICE_OVER = "notice_over", _("Notice over")
    RECHECKED = "rechecked", _("Re-checked by the county")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")
    RETURNED = "returned", _("Returned to the township")
    WITHDRAWN = "withdrawn", _("Withdrawn by the family")


S = State
CLERK = ("clerk",)
REVIEWER = ("township_reviewer",)
CHECKER = ("county_checker",)
APPROVER = ("county_approver",)
POSTERS = ("township_reviewer", "system")
UNDECIDED = (
    S.DRAFT,
    S.WAITING,
    S.SUBMITTED,
    S.REVIEWED,
    S.ON_NOTICE,
    S.OBJECTED,
    S.NOTICE_OVER,
    S.RECHECKED,
    S.RETURNED,
)
# A first state of submitted is an application from matched lists: nobody stands at the counter.
FIRST = (S.DRAFT, S.SUBMITTED)
SUBMITTED_STAMPS = ("submitted_by", "submitted_on")
REVIEWED_STAMPS = ("reviewed_by", "reviewed_on")
RECHECKED_STAMPS = ("rechecked_by", "rechecked_on")
DECIDED_STAMPS = ("decided_by", "decided_on")
MOVES = (
    #    move                from                           to             who        on the button                        kept in
    Move("ask_for_papers",   (S.DRAFT,),                    S.WAITING,     CLERK,     _("Give the correction notice")),
    Move("submit",           (S.DRAFT, S.WAITING, S.RETURNED), S.SUBMITTED, CLERK,    _("Submit"),                         *SUBMITTED_STAMPS),
    Move("take_back_submit", (S.SUBMITTED,),                S.DRAFT,       CLERK,     _("Take back the submission"),       own="submitted_by", clears=SUBMITTED_STAMPS),
    Move("review",           (S.SUBMITTED,),                S.REVIEWED,    REVIEWER,  _("Pass the first review"),          *REVIEWED_STAMPS),
    Move("return_to_counter", (S.SUBMITTED,),               S.RETURNED,    REVIEWER,  _("Return to the counter")),
    Move("propose_refusal",  (S.SUBMITTED,),                S.REVIEWED,    REVIEWER,  _("Propose refusal"),                *REVIEWED_STAMPS),
    Move("take_back_review", (S.REVIEWED,),                 S.SUBMITTED,   REVIEWER,  _("Take back the review"),           own="reviewed_by", clears=REVIEWED_STAMPS),
    Move("post",             (S.REVIEWED,),                 S.ON_NOTICE,   POSTERS,   _("Post the public notice")),
    Move("close_notice",     (S.ON_NOTICE,),                S.NOTICE_OVER, POSTERS,   _("Close the notice")),
    Move("object",           (S.ON_NOTICE, S.OBJECTED),     S.OBJECTED,    REVIEWER,  _("Record an objection")),
    Move("dismiss",          (S.OBJECTED,),                 S.ON_NOTICE,   CHECKER,   _("Dismiss the objection")),
    Move("uphold",           (S.OBJECTED,),                 S.RECHECKED,   CHECKER,   _("Uphold the objection"),           *RECHECKED_STAMPS),
    Move("recheck",          (S.NOTICE_OVER,),              S.RECHECKED,   CHECKER,   _("Pass the re-check"),              *RECHECKED_STAMPS),
    Move("recheck_refusal",  (S.REVIEWED, S.NOTICE_OVER),   S.RECHECKED,   CHECKER,   _("Propose refusal to the approver"), *RECHECKED_STAMPS),
    Move("take_back_recheck", (S.RECHECKED,),               S.NOTICE_OVER, CHECKER,   _("Take back the re-check"),         own="rechecked_by", clears=RECHECKED_STAMPS),
    Move("take_back_proposal", (S.RECHECKED,),              S.REVIEWED,    CHECKER,   _("Take back the proposal"),         own="rechecked_by", clears=RECHECKED_STAMPS),
    Move("send_back",        (S.REVIEWED, S.NOTICE_OVER, S.RECHECKED), S.RETURNED, (*CHECKER, *APPROVER), _("Return to the township"), clears=("reviewed_by", "reviewed_on", "rechecked_by", "rechecked_on")),
    Move("approve",          (S.RECHECKED,),                S.APPROVED,    APPROVER,  _("Approve"),                        *DECIDED_STAMPS),
    Move("set_sum",          (S.RECHECKED,),                S.RECHECKED,   APPROVER,  _("Set the sum")),
    Move("decline",          (S.RECHECKED,),                S.REFUSED,     APPROVER,  _("Refuse the application"),         *DECIDED_STAMPS),
    Move("withdraw",         UNDECIDED,                     S.WITHDRAWN,   CLERK,     _("Withdraw for the family")),
)  # fmt: skip


def fits(move: str, application: Any) -> bool:
    """What the table cannot say: whether a move makes sense for what this application is."""
    if move in ("approve", "recheck"):
        return not application.proposes_refusal and (move == "recheck" or application.band_fen is None)
    if move == "set_sum":
        return application.band_fen is not None or application.sums.exists()
    if move == "decline":
        return bool(application.proposes_refusal)
    if move in ("take_back_recheck", "take_back_proposal"):
        # What was upheld after an objection is final here: the approver decides or sends it back.
        lines = application.notice_lines
        if lines.filter(objections__is_upheld=True).exists():
            return False
        return bool(lines.exists() == (move == "take_back_recheck"))
    return True


class NoticeState(models.TextChoices):
    """A public notice from its posting to its last day."""

    POSTED = "posted", _("Posted")
    OVER = "over", _("Over")


NOTICE_FIRST = (NoticeState.POSTED,)
NOTICE_MOVES = (
    Move("take_down", (NoticeState.POSTED,), NoticeState.OVER, POSTERS, _("Take the notice down"), "taken_down_by", "taken_down_on"),
)  # fmt: skip


class EntitlementState(models.TextChoices):
    """What a decision grants, while it lasts."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


E = EntitlementState
ENTITLEMENT_FIRST = (E.ACTIVE,)
ENTITLEMENT_MOVES = (
    Move("suspend", (E.ACTIVE,),             E.SUSPENDED, ("county_checker", "county_approver"), _("Suspend")),
    Move("resume",  (E.SUSPENDED,),          E.ACTIVE,    APPROVER,                              _("Resume")),
    Move("end",     (E.ACTIVE, E.SUSPENDED), E.ENDED,     APPROVER,                              _("End")),
)  # fmt: skip
