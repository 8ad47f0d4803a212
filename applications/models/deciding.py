"""Sums set within a band, decisions, what they grant, and the claims that make a promise one of its kind."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from applications import lifecycle
from applications.models.applying import Application
from audit.constraints import AppendOnly, GuardedMoves
from audit.moves import pairs
from audit.stateful import Stateful
from beneficiaries.models import Fact, Household, Person
from officials.models import ScopedQuerySet
from programs.models import PolicyVersion
from standards.words import Words

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class SetSum(models.Model):
    """The sum that the deciding official has set within a policy's band, and why. Setting it anew is a new row: the newest
    counts. The database takes it for a re-checked application only, and from nobody who took an earlier step of it or on
    whose word about the family it rests.
    """

    REFUSALS = {
        "sum_is_set_by_who_decides": Words(
            "金额由审批人在县级复核之后定，受理、初审、复核过这件的人不能定",
            "The sum is set after the re-check, by somebody who took no earlier step of the application",
        ),
        "by_another_than_who_corrected": Application.REFUSALS["by_another_than_who_corrected"],
    }

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="sums")
    fen = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    set_by = models.CharField(max_length=40)
    set_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            AppendOnly(name="sum_append_only"),
            models.CheckConstraint(condition=Q(fen__gt=0) & ~Q(reason=""), name="sum_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.fen}"


class Decision(models.Model):
    """What was decided, on which facts, by which exact policy: enough to replay it. Never changed.

    ``digest`` is keyed over every column that matters; ``verify`` recomputes it.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    amount_fen = models.BigIntegerField()
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    policy_sha256 = models.CharField(max_length=64)
    judged = models.JSONField()  # the evaluator's one-row table: what `replay` feeds it again
    facts = models.JSONField()
    conditions = models.JSONField()
    reasons = models.JSONField(default=list)
    decided_by = models.CharField(max_length=40)
    decided_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            AppendOnly(name="decision_append_only"),
            models.CheckConstraint(
                condition=Q(outcome="refused", amount_fen=0) | Q(outcome="approved", amount_fen__gt=0),
                name="decision_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.application_id}"


class Entitlement(Stateful, moves=lifecycle.ENTITLEMENT_MOVES):
    """What a decision grants. ``funds`` is {source: fen}, summing to ``amount_fen``."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="entitlement")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="entitlement")
    program = models.CharField(max_length=60)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    division = models.CharField(max_length=12, db_collation="C")
    amount_fen = models.BigIntegerField()
    funds = models.JSONField()
    fiscal_year = models.IntegerField()
    granted_on = models.DateField()

    objects = Scoped()

    class Meta:
        constraints = [
            GuardedMoves(
                name="entitlement_moves",
                pairs=pairs(lifecycle.ENTITLEMENT_MOVES),
                first=lifecycle.ENTITLEMENT_FIRST,
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="entitlement_positive"),
        ]
        indexes = [models.Index(fields=["program", "division"], name="entitlement_by_program")]

    def __str__(self) -> str:
        return f"{self.program} {self.amount_fen}"


class LimitClaim(models.Model):
    """What can be promised once is one unique row: the n-th use of a limit by a holder in a period.

    From an entitlement, or from a payment made before the system existed (``earlier``: a fact of that kind).
    ``period`` is "life", a year, or the narrowing values of ``same`` after it ("life:welder").
    """

    limit = models.CharField(max_length=60)
    holder_kind = models.CharField(max_length=11)  # gathering.claims says which
    holder_id = models.BigIntegerField()
    period = models.CharField(max_length=60)
    nth = models.PositiveSmallIntegerField(default=1)
    entitlement = models.ForeignKey(Entitlement, null=True, on_delete=models.PROTECT, related_name="claims")
    earlier = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["limit", "holder_kind", "holder_id", "period", "nth"],
                condition=~Q(holder_kind="member"),
                name="promised_once",
            ),
            models.CheckConstraint(
                condition=Q(entitlement=None, earlier__isnull=False)
                | Q(entitlement__isnull=False, earlier=None),
                name="claim_has_one_origin",
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder_id", "limit"], condition=Q(holder_kind="member"), name="claims_of_members"
            )
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.holder_kind} {self.holder_id} {self.period}"
