"""Decisions judged again by a later version that reaches back: asked for, done by the worker, and the lines it found."""

from django.db import models
from django.db.models.functions import Now

from applications.models.deciding import Decision
from jobs.models import Leased
from officials.models import ScopedQuerySet
from programs.models import PolicyVersion

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class Comparison(Leased):
    """A later version against every decision under earlier ones. ``judged`` counts them; the lines are those that differ."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="comparisons")
    day = models.DateField()
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    judged = models.IntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day}"


class ComparedDecision(models.Model):
    """One decision for which the later version says something else. Worked out: the newest comparison of a version has some.

    ``fen`` is what the later version gives, ``decided_fen`` what was granted when this was worked out; ``names`` are the
    conditions that fail by it, or for an open one the facts that would settle it.
    """

    class Change(models.TextChoices):
        LOST = "lost"
        LESS = "less"
        GAINED = "gained"
        MORE = "more"
        OPEN = "open"

    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="lines")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    division = models.CharField(max_length=12, db_collation="C")
    change = models.CharField(max_length=6, choices=Change.choices)
    fen = models.BigIntegerField()
    decided_fen = models.BigIntegerField()
    names = models.JSONField(default=list)

    objects = Scoped()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["comparison", "decision"], name="decision_compared_once")
        ]
        indexes = [models.Index(fields=["comparison", "change", "division"], name="compared_decision_listed")]

    def __str__(self) -> str:
        return f"{self.comparison_id} {self.change}"
