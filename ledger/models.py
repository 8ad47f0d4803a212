"""Budget allotments, ledger accounts with balances, and transfers. Money is whole fen."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit.constraints import AppendOnly, GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from ledger import lifecycle
from standards.words import Words


class Allotment(Stateful, moves=lifecycle.MOVES):
    """Budget issued to one program from one source for one fiscal year, with its document number."""

    REFUSALS = {
        "allotment_different_people": Words(
            "录入指标的人不能自己确认",
            "The person who entered an allotment cannot confirm it",
        ),
        "allotment_once": Words(
            "这个项目和来源的这份文号已经录入过",
            "This document has been entered for this program and source before",
        ),
    }

    program = models.CharField(max_length=60)
    source = models.CharField(max_length=20)  # county, city, province, central …
    fiscal_year = models.IntegerField()
    budget_line = models.CharField(max_length=10, blank=True)
    document_number = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    entered_by = models.CharField(max_length=40)
    entered_on = models.DateField()
    confirmed_by = models.CharField(max_length=40, blank=True, default="")
    confirmed_on = models.DateField(null=True)

    class Meta:
        ordering = ["-fiscal_year", "program", "source"]
        constraints = [
            GuardedMoves(name="allotment_moves", pairs=pairs(lifecycle.MOVES), first=lifecycle.FIRST),
            different_people("allotment_different_people", "entered_by", "confirmed_by"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="allotment_positive"),
            models.UniqueConstraint(
                fields=["program", "source", "fiscal_year", "document_number"],
                condition=~Q(state="refused"),
                name="allotment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {self.program} {self.fiscal_year}"


class LedgerAccount(models.Model):
    """Where money stands: one row per program, source, fiscal year and kind.

    treasury → available (allotted) → committed (a decision holds it) → in_transit (at the bank) → paid. What was paid too
    much and is asked back: paid → owed (a family owes it) → returned (it came back to finance; what becomes of it there is
    an allotment with a document of its own) or → written_off (it never comes). Only the treasury side may be negative:
    it is the outside world.
    """

    class Kind(models.TextChoices):
        TREASURY = "treasury"
        AVAILABLE = "available"
        COMMITTED = "committed"
        IN_TRANSIT = "in_transit"
        PAID = "paid"
        OWED = "owed"
        RETURNED = "returned"
        WRITTEN_OFF = "written_off"

    program = models.CharField(max_length=60)
    source = models.CharField(max_length=20)
    fiscal_year = models.IntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    balance_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "source", "fiscal_year", "kind"], name="one_ledger_account"
            ),
            models.CheckConstraint(
                condition=Q(kind="treasury") | Q(balance_fen__gte=0), name="ledger_never_overdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}/{self.program}/{self.source}/{self.kind}"


class Transfer(models.Model):
    """One movement of money from ``credit`` to ``debit``: balanced by construction, never changed.

    ``cause`` is unique and says what made it ("commit:<entitlement>:<source>", "send:<attempt>:<source>" …), so that
    nothing is booked twice. ``batch_key`` is the batch's id where there is one.
    """

    debit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    cause = models.CharField(max_length=80, unique=True)
    batch_key = models.BigIntegerField(null=True)
    business_day = models.DateField()
    actor_number = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            AppendOnly(name="transfer_append_only"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=models.F("credit")), name="transfer_between_two"),
        ]
        indexes = [
            models.Index(fields=["batch_key"], condition=Q(batch_key__isnull=False), name="transfer_by_batch")
        ]

    def __str__(self) -> str:
        return self.cause
