"""The trail: one row for every change of state, money, evidence and power, sealed in blocks."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit.constraints import AppendOnly

# Verbs that change nothing: somebody looked. They are counted by person and hour.
LOOKS = ("search", "stop_searching", "reveal", "stop_revealing", "hand_over")


class TrailRow(models.Model):
    """One thing that happened. Never changed; the application's database role could not."""

    at = models.DateTimeField(db_default=Now())
    day = models.DateField()
    actor_number = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    division = models.CharField(max_length=12, blank=True)
    verb = models.CharField(max_length=40)
    table = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["table", "object_id"], name="trail_by_object"),
            models.Index(fields=["actor_number", "at"], condition=Q(verb__in=LOOKS), name="trail_looks"),
            models.Index(fields=["day"], condition=Q(verb__in=LOOKS), name="trail_looks_by_day"),
            models.Index(fields=["actor_number", "at"], condition=Q(verb="look"), name="trail_opened"),
        ]
        constraints = [AppendOnly(name="trail_append_only")]

    def __str__(self) -> str:
        return f"{self.day} {self.verb} {self.table} {self.object_id}"


class MultiRangeField(models.Field):  # type: ignore[type-arg]  # one value type: psycopg's Multirange
    """PostgreSQL's int8multirange: which trail rows a block seals."""

    def db_type(self, connection: Any) -> str:
        return "int8multirange"


class Block(models.Model):
    """A sealed block: which rows, and a keyed digest over them and the block before."""

    n = models.BigIntegerField(primary_key=True)
    ids = MultiRangeField()
    rows = models.BigIntegerField()
    previous = models.BinaryField(max_length=32, unique=True)
    digest = models.BinaryField(max_length=32, unique=True)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [AppendOnly(name="block_append_only")]

    def __str__(self) -> str:
        return f"#{self.n} {bytes(self.digest).hex()[:12]}"
