"""What a family owes because a later version gave it less: asked back, come back, written off, fallen away."""

from django.db import models
from django.db.models import F, Q

from applications.models import Decision
from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from officials.models import ScopedQuerySet
from payments import lifecycle
from programs.models import PolicyVersion
from standards.words import Words

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class Recovery(Stateful, moves=lifecycle.RECOVERY_MOVES):
    """A later version gives a family less than was paid by a decision: one person proposes to ask the rest back, another
    decides. Nothing is debited: from then on the family owes it in the books, and what it brings back is a `Repayment`.

    ``paid_fen`` had been paid when it was proposed, less what was asked back before; ``due_fen`` is what the later version
    gives of the parts that were paid (``due_parts``: {name: fen}, empty where it is of the whole), ``fen`` the difference.
    Of it ``back_fen`` came back since, ``lost_fen`` was written off, and ``fallen_fen`` is asked for no more: the bank
    returned the payment; ``over_fen`` the family had brought by then, and finance gives it back.
    """

    REFUSALS = {
        "recovery_different_people": Words(
            "提议追回的人不能自己决定", "Who proposed the recovery cannot decide on it"
        ),
        "one_recovery_of_a_decision": Words(
            "这件按这一版已经有人提议追回", "A recovery by this version has been proposed for this decision"
        ),
        "no_more_comes_back_than_is_owed": Words(
            "还回来的比欠的多：先核对收据", "More would come back than is owed: look at the receipts first"
        ),
        "given_back_is_what_fell_away": Words(
            "退给家里的比该退的多：先核对收据",
            "More would be given back than is due: look at the receipts first",
        ),
    }

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="recoveries")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    division = models.CharField(max_length=12, db_collation="C")
    paid_fen = models.BigIntegerField()
    due_fen = models.BigIntegerField()
    fen = models.BigIntegerField()
    due_parts = models.JSONField(default=dict)
    back_fen = models.BigIntegerField(default=0)
    lost_fen = models.BigIntegerField(default=0)
    fallen_fen = models.BigIntegerField(default=0)
    over_fen = models.BigIntegerField(default=0)
    failing = models.JSONField(default=list)  # the conditions that fail by the later version
    reason = models.CharField(max_length=300)
    proposed_by = models.CharField(max_length=40)
    proposed_on = models.DateField()
    finding = models.CharField(max_length=300, blank=True, default="")
    settled_by = models.CharField(max_length=40, blank=True, default="")
    settled_on = models.DateField(null=True)

    objects = Scoped()

    class Meta:
        ordering = ["-id"]
        constraints = [
            GuardedMoves(
                name="recovery_moves", pairs=pairs(lifecycle.RECOVERY_MOVES), first=lifecycle.RECOVERY_FIRST
            ),
            different_people("recovery_different_people", "proposed_by", "settled_by"),
            models.UniqueConstraint(
                fields=["decision", "version"],
                condition=Q(state="proposed"),
                name="one_recovery_of_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0, due_fen__gte=0, fen=F("paid_fen") - F("due_fen")),
                name="recovery_is_of_what_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "waived"], back_fen=0, fallen_fen=0)
                | Q(
                    state__in=["pursued", "written_off"],
                    back_fen__gte=0,
                    back_fen__lt=F("fen") - F("fallen_fen"),
                )
                | Q(state="returned", back_fen__gt=0, back_fen=F("fen") - F("fallen_fen"))
                | Q(state="fallen", back_fen=0, fallen_fen=F("fen")),
                name="no_more_comes_back_than_is_owed",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="written_off", lost_fen__gt=0, lost_fen=F("fen") - F("fallen_fen") - F("back_fen")
                )
                | (~Q(state="written_off") & Q(lost_fen=0)),
                name="what_is_left_is_written_off",
            ),
            models.CheckConstraint(
                condition=Q(fallen_fen__gte=0, over_fen__gte=0, over_fen__lte=F("fallen_fen")),
                name="given_back_is_what_fell_away",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (Q(state="proposed") | ~Q(finding="")), name="recovery_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.fen}"

    @property
    def left_fen(self) -> int:
        """What the family still owes."""
        return self.fen - self.back_fen - self.lost_fen - self.fallen_fen


class Repayment(Stateful, moves=lifecycle.REPAYMENT_MOVES):
    """Money of one recovery that a family brought back, or that finance gives back to it (``to_family``), with the number of
    its receipt: entered by one person of finance, confirmed by another."""

    REFUSALS = {
        "repayment_different_people": Words(
            "录入还款的人不能自己确认", "The person who entered a repayment cannot confirm it"
        ),
        "receipt_once": Words("这张收据已经录入过", "This receipt has been entered before"),
    }

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="repayments")
    to_family = models.BooleanField(default=False)
    fen = models.BigIntegerField()
    receipt = models.CharField(max_length=60)
    came_on = models.DateField()
    entered_by = models.CharField(max_length=40)
    entered_on = models.DateField()
    confirmed_by = models.CharField(max_length=40, blank=True, default="")
    confirmed_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            GuardedMoves(
                name="repayment_moves",
                pairs=pairs(lifecycle.REPAYMENT_MOVES),
                first=lifecycle.REPAYMENT_FIRST,
            ),
            different_people("repayment_different_people", "entered_by", "confirmed_by"),
            models.UniqueConstraint(fields=["receipt"], condition=~Q(state="refused"), name="receipt_once"),
            models.CheckConstraint(condition=Q(fen__gt=0) & ~Q(receipt=""), name="repayment_has_a_receipt"),
        ]

    def __str__(self) -> str:
        return self.receipt


class WriteOff(Stateful, moves=lifecycle.WRITE_OFF_MOVES):
    """What is left of a recovery and will not come: proposed by one person of finance with the reason and the number of the
    document that allows it, decided by another."""

    REFUSALS = {
        "write_off_different_people": Words(
            "提议核销的人不能自己决定", "Who proposed to write it off cannot decide on it"
        ),
        "one_write_off_of_a_recovery": Words(
            "这笔已经有人提议核销", "Writing it off has been proposed already"
        ),
    }

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="write_offs")
    fen = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    document_number = models.CharField(max_length=60)
    proposed_by = models.CharField(max_length=40)
    proposed_on = models.DateField()
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            GuardedMoves(
                name="write_off_moves",
                pairs=pairs(lifecycle.WRITE_OFF_MOVES),
                first=lifecycle.WRITE_OFF_FIRST,
            ),
            different_people("write_off_different_people", "proposed_by", "decided_by"),
            models.UniqueConstraint(
                fields=["recovery"], condition=~Q(state="refused"), name="one_write_off_of_a_recovery"
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0) & ~Q(reason="") & ~Q(document_number=""), name="write_off_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.document_number
