"""Instalments, batches, attempts, bank files and what the bank answered."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from applications.models import Entitlement
from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from beneficiaries.models import Account, Person
from jobs.models import Leased
from officials.models import ScopedQuerySet
from payments import lifecycle
from standards.words import Words

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class Instalment(models.Model):
    """One part of an entitlement. ``due_on``: the day from which it may be paid (null: its evidence is not there yet).

    ``funds`` is {source: fen}, summing to ``amount_fen``. ``lapses_on`` is the last day its evidence may be of;
    ``lapsed_on`` the day it was found to be over.
    """

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    funds = models.JSONField()
    due_on = models.DateField(null=True)
    lapses_on = models.DateField(null=True)
    lapsed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entitlement", "number"], name="one_instalment_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="instalment_positive"),
            models.CheckConstraint(condition=Q(due_on=None) | Q(lapsed_on=None), name="due_or_lapsed"),
        ]

    def __str__(self) -> str:
        return f"{self.entitlement_id}/{self.number}"


class Batch(Stateful, Leased, moves=lifecycle.BATCH_MOVES):
    """Payments of one program in one township through one bank profile.

    ``count`` and ``total_fen`` are fixed when prepared; checker and approver see and type the same.
    ``correction_of`` links a correction batch to the batch whose failed lines it rebuilds. ``downloaded_on``: the day
    its files first left the house; from then on it only goes forward, or is withdrawn by a statement on record.
    """

    REFUSALS = {
        "batch_different_people": Words(
            "制单、复核、审批必须是三个人",
            "Preparing, checking and approving need three different people",
        ),
        "downloaded_goes_forward": Words(
            "银行文件已经下载过，这一批不能退回；先由审批人写明文件的下落再撤回审批",
            "The bank files were downloaded, so the batch cannot go back; its approver first states what became of them",
        ),
    }

    number = models.CharField(max_length=20, unique=True)
    program = models.CharField(max_length=60)
    division = models.CharField(max_length=12, db_collation="C")  # the township's 12-digit code
    profile = models.CharField(max_length=60)
    profile_source = models.BinaryField(
        default=b""
    )  # the format's exact bytes: answers are read as the file was written
    fiscal_year = models.IntegerField()
    count = models.IntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    correction_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    made_by = models.CharField(max_length=40)
    made_on = models.DateField()
    prepared_by = models.CharField(max_length=40, blank=True, default="")
    prepared_on = models.DateField(null=True)
    checked_by = models.CharField(max_length=40, blank=True, default="")
    checked_on = models.DateField(null=True)
    approved_by = models.CharField(max_length=40, blank=True, default="")
    approved_on = models.DateField(null=True)
    sent_by = models.CharField(max_length=40, blank=True, default="")
    sent_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    closed_on = models.DateField(null=True)
    head = models.CharField(max_length=80, blank=True, default="")  # trail head printed on the slip
    downloaded_on = models.DateField(null=True)

    objects = Scoped()

    class Meta:
        ordering = ["-id"]
        constraints = [
            GuardedMoves(name="batch_moves", pairs=pairs(lifecycle.BATCH_MOVES), first=lifecycle.BATCH_FIRST),
            different_people("batch_different_people", "prepared_by", "checked_by", "approved_by"),
            models.CheckConstraint(
                condition=Q(downloaded_on=None) | Q(state__in=["approved", "sent", "answered", "closed"]),
                name="downloaded_goes_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Attempt(Stateful, moves=lifecycle.ATTEMPT_MOVES):
    """One line sent to a bank for one instalment. A failed one may be followed by one other that is not pulled back."""

    REFUSALS = {
        "one_live_attempt": Words(
            "这一期已经在另一批里，不会再发一次",
            "This instalment is already in another batch and is not paid twice",
        ),
        "rebuilt_once": Words(
            "这一笔失败已经有人重做了",
            "This failed line has been rebuilt already",
        ),
    }

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="attempts")
    line = models.PositiveIntegerField()  # 1, 2, 3 … within the batch; the bank answers by it
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="attempts")
    amount_fen = models.BigIntegerField()
    payee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    rebuilds = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="rebuilt_by")
    reason = models.CharField(max_length=30, blank=True, default="")  # canonical failure reason
    reason_text = models.CharField(max_length=120, blank=True, default="")  # the bank's own words
    answered_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)

    class Meta:
        constraints = [
            GuardedMoves(
                name="attempt_moves", pairs=pairs(lifecycle.ATTEMPT_MOVES), first=lifecycle.ATTEMPT_FIRST
            ),
            models.UniqueConstraint(
                fields=["instalment"],
                condition=~Q(state__in=["failed", "returned", "pulled_back"]),
                name="one_live_attempt",
            ),
            models.UniqueConstraint(
                fields=["rebuilds"], condition=~Q(state="pulled_back"), name="rebuilt_once"
            ),
            models.UniqueConstraint(fields=["batch", "line"], name="one_line_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="attempt_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.line}"


class Exclusion(models.Model):
    """An instalment that was due but could not go into a batch, why, and who mends it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="exclusions")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=30)
    words = models.JSONField()
    mended_by = models.JSONField()  # who: {"zh", "en"}

    def __str__(self) -> str:
        return f"{self.batch_id} {self.reason}"


class BankFile(models.Model):
    """One file handed to the bank: stored encrypted, digests over the clear bytes."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="files")
    part = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    file = models.FileField(max_length=120)
    lines = models.IntegerField()
    total_fen = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    made_on = models.DateField()

    class Meta:
        ordering = ["batch", "part"]
        constraints = [models.UniqueConstraint(fields=["batch", "part"], name="one_part")]

    def __str__(self) -> str:
        return self.name


class ResultFile(Leased):
    """A result file as the bank sent it. It is its own job until ``read_on`` is set."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="results")
    name = models.CharField(max_length=120)
    file = models.FileField(max_length=120)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.CharField(max_length=40)
    uploaded_on = models.DateField()
    uploaded_at = models.DateTimeField(db_default=Now())
    read_on = models.DateField(null=True)
    refused_on = models.DateField(null=True)
    problem = models.JSONField(null=True)  # {"zh", "en"}: why nothing of it was booked
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sha256"], condition=Q(refused_on=None), name="one_result_file"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ResultLine(models.Model):
    """One answered line as read; ``quarantine`` says why it was not booked and waits for a person."""

    result_file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    amount_fen = models.BigIntegerField()
    outcome = models.CharField(max_length=10)  # paid | failed | unknown
    reason = models.CharField(max_length=30, blank=True, default="")
    reason_text = models.CharField(max_length=120, blank=True, default="")
    quarantine = models.JSONField(null=True)
    settled_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result_file", "line"], name="one_answer_a_file")]

    def __str__(self) -> str:
        return f"{self.result_file_id}/{self.line}"
