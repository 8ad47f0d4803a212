"""Verdicts of the sweep, applications with their papers, notices and objections."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from applications import lifecycle
from audit.constraints import GuardedMoves, different_people
from audit.moves import Move, pairs
from audit.stateful import Stateful
from beneficiaries.models import Fact, Household, Person
from jobs.models import Leased
from officials.models import ScopedQuerySet
from programs.models import PolicyVersion
from standards.words import Words

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class Sweep(Leased):
    """One assessment of the whole register against the active policies: asked for, then done by the worker."""

    day = models.DateField()
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.day} {self.pk}"


class Subject(models.Model):
    """What a policy judges: a person or household, and the record that gives the right (``for_each``)."""

    program = models.CharField(max_length=60)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT, related_name="+")
    division = models.CharField(max_length=12, db_collation="C")  # village of the beneficiary on that day

    class Meta:
        abstract = True


class Assessment(Subject):
    """The newest verdict of the sweep for one subject under one program: 0 no, 1 not known, 2 yes.

    ``failing`` and ``unsettled`` name the needs and the facts that decide it (exactly POLICY's names).
    """

    # Derived from the register at every sweep and never its own truth: checking five keys and keeping their indexes cost
    # more than judging.
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    household = models.ForeignKey(
        Household, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    record = models.ForeignKey(
        Fact, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    sweep = models.ForeignKey(
        Sweep, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    verdict = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()  # -1: not known
    judged_on = models.DateField(null=True)
    failing = models.JSONField(default=list)
    unsettled = models.JSONField(default=list)

    objects = Scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person", "household", "record"],
                name="one_assessment",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["division", "program", "verdict"], name="assessment_by_division")]

    def __str__(self) -> str:
        return f"{self.program} {self.verdict}"


class ReceiptSerial(models.Model):
    """The last receipt serial given out in a township and year; the row is locked while one is taken."""

    township = models.CharField(max_length=9)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["township", "year"], name="one_receipt_serial")]

    def __str__(self) -> str:
        return f"{self.township} {self.year} {self.last}"


class Application(Stateful, Subject, moves=lifecycle.MOVES):
    """One family's application for one program.

    ``facts`` is what was seen (:func:`applications.judging.facts_seen`); ``conditions`` what the evaluator said of
    each need (:func:`applications.judging.conditions_of`). Letters print these and never judge again. ``household`` is
    always the beneficiary's household; ``person`` is empty where the household itself is the beneficiary.
    """

    REFUSALS = {
        "application_different_people": Words(
            "受理、初审、复核、审批不能是同一个人",
            "Acceptance, review, re-check and decision need different people",
        ),
        "by_another_than_who_corrected": Words(
            "初审、复核或审批的人，在申请前一年内或以后登记、核实或更正过这一家的户籍情况：这一步由另一位办；那一步已经办过的，先退回镇里由另一位重办",
            "Whoever reviews, re-checks or decides entered, confirmed or corrected what the register says of this family in"
            " the year before or since: another person takes the step; where it was taken, return it to the township first",
        ),
        "one_live_application": Words(
            "这一项已经有一件在办，不用再申请",
            "This right already has an application under way",
        ),
        "one_live_application_of_household": Words(
            "这一项已经有一件在办，不用再申请",
            "This right already has an application under way",
        ),
        "one_supplement_under_way": Words(
            "这件的补差已经有一件在办",
            "An application for the difference to this decision is under way",
        ),
        "refusal_is_not_approved": Words(
            "这件已提议不予批准，不能直接批准",
            "Refusal has been proposed here; it cannot be approved",
        ),
    }

    class Origin(models.TextChoices):
        COUNTER = "counter"
        VILLAGE = "village"
        LISTS = "lists"
        SUPPLEMENT = "supplement"  # refused once, a right by a later version that reaches back

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    receipt_number = models.CharField(max_length=12, unique=True)
    token = models.CharField(
        max_length=32, unique=True
    )  # random, in the QR code; says nothing about the family
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.COUNTER)
    # The decision that this adds to by a later version: the same right, less what it was granted.
    supplements = models.ForeignKey(
        "applications.Decision", null=True, on_delete=models.PROTECT, related_name="supplements"
    )
    applied_on = models.DateField()
    accepted_on = models.DateField(null=True)
    decide_by = models.DateField(null=True)
    decide_by_is_provisional = models.BooleanField(default=False)
    verdict = models.SmallIntegerField(default=1)
    amount_fen = models.BigIntegerField(default=-1)
    facts = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    missing_papers = models.JSONField(default=list)  # kinds told at the correction notice, once
    correct_by = models.DateField(null=True)
    proposes_refusal = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)  # why refusal is proposed: [{"name", "zh", "en"}]
    note = models.CharField(max_length=300, blank=True, default="")
    submitted_by = models.CharField(max_length=40, blank=True, default="")
    submitted_on = models.DateField(null=True)
    reviewed_by = models.CharField(max_length=40, blank=True, default="")
    reviewed_on = models.DateField(null=True)
    rechecked_by = models.CharField(max_length=40, blank=True, default="")
    rechecked_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    objects = Scoped()

    class Meta:
        ordering = ["id"]
        constraints = [
            GuardedMoves(name="application_moves", pairs=pairs(lifecycle.MOVES), first=lifecycle.FIRST),
            different_people(
                "application_different_people", "submitted_by", "reviewed_by", "rechecked_by", "decided_by"
            ),
            models.UniqueConstraint(
                fields=["program", "person", "record"],
                condition=Q(person__isnull=False, supplements=None) & ~Q(state__in=["refused", "withdrawn"]),
                name="one_live_application",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["program", "household", "record"],
                condition=Q(person=None, supplements=None) & ~Q(state__in=["refused", "withdrawn"]),
                name="one_live_application_of_household",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["supplements"],
                condition=~Q(state__in=["approved", "refused", "withdrawn"]),
                name="one_supplement_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved", proposes_refusal=True), name="refusal_is_not_approved"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(verdict=2, amount_fen__gt=0), name="approved_has_a_right"
            ),
        ]
        indexes = [
            models.Index(fields=["division", "state"], name="application_by_division"),
            models.Index(fields=["state", "decide_by"], name="application_by_deadline"),
            models.Index(fields=["household"], name="application_by_household"),
        ]

    def __str__(self) -> str:
        return self.receipt_number

    @property
    def band_fen(self) -> tuple[int, int] | None:
        """The least and the most fen, where all that is open is the sum that the deciding official sets."""
        ends: list[int] | None = next((one["band"] for one in self.conditions if "band" in one), None)
        return (ends[0], ends[1]) if ends else None

    def moves_for(self, roles: Sequence[str], number: str = "") -> list[Move]:
        """What a person could do with it now. A proposed refusal is refused, never approved, and the other way round."""
        return [move for move in super().moves_for(roles, number) if lifecycle.fits(move.name, self)]


class Paper(models.Model):
    """A paper of an application: a file (stored encrypted), a paper seen at the counter, or a signed declaration."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=40)
    file = models.FileField(max_length=120, null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    media_type = models.CharField(max_length=40, blank=True, default="")
    is_declaration = models.BooleanField(default=False)
    added_by = models.CharField(max_length=40)
    added_on = models.DateField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Notice(Stateful, moves=lifecycle.NOTICE_MOVES):
    """A public notice of one township and program. The day of posting does not count; ``until`` is the last day.

    ``head`` is the trail's head at posting, printed on the paper outside our own reach.
    """

    program = models.CharField(max_length=60)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    division = models.CharField(max_length=12, db_collation="C")  # the township's 12-digit code
    posted_on = models.DateField()
    until = models.DateField()
    days = models.PositiveSmallIntegerField()
    posted_by = models.CharField(max_length=40)
    head = models.CharField(max_length=80)
    taken_down_by = models.CharField(max_length=40, blank=True, default="")
    taken_down_on = models.DateField(null=True)

    objects = Scoped()

    class Meta:
        ordering = ["-id"]
        constraints = [
            GuardedMoves(
                name="notice_moves", pairs=pairs(lifecycle.NOTICE_MOVES), first=lifecycle.NOTICE_FIRST
            )
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.division} {self.posted_on}"


class NoticeLine(models.Model):
    """One application on a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lines")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notice_lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "application"], name="once_on_a_notice")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.application_id}"


class Objection(models.Model):
    """Somebody objected to one line. Stops that line alone."""

    line = models.ForeignKey(NoticeLine, on_delete=models.PROTECT, related_name="objections")
    received_on = models.DateField()
    recorded_by = models.CharField(max_length=40)
    words = models.CharField(max_length=500)
    is_upheld = models.BooleanField(null=True)
    settled_by = models.CharField(max_length=40, blank=True, default="")
    settled_on = models.DateField(null=True)
    finding = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [different_people("objection_different_people", "recorded_by", "settled_by")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.received_on}"
