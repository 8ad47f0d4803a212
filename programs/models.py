"""Policy versions with the file's exact bytes, what they would mean on the register, and shared figures."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from audit.constraints import AppendOnly, GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from jobs.models import Leased
from officials.models import ScopedQuerySet
from programs import lifecycle
from standards.words import Words

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class InForce(Func):
    """The closed range of days in which a version judges."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"


class PolicyVersion(Stateful, moves=lifecycle.MOVES):
    """One program in one version: the truth once loaded, whatever the file under the tree says later."""

    REFUSALS = {
        "version_different_people": Words(
            "起草政策的人不能自己启用",
            "The person who proposed a policy cannot activate it",
        ),
        "version_looked_through": Words(
            "启用的人还没有看过这份文件的试算：先试算，看过结果再启用",
            "Who activates has not looked a simulation of this very file through: simulate, look, then activate",
        ),
        "versions_do_not_overlap": Words(
            "同一项目在这段时间已有启用的版本",
            "A version of this program is already in force in that time",
        ),
        "one_version_of_these_bytes": Words(
            "这份政策文件已经装入过",
            "This policy file has been loaded before",
        ),
    }

    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()  # 1, 2, 3 … within the program
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    file_name = models.CharField(max_length=120)
    source = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    in_force_from = models.DateField()
    in_force_until = models.DateField()
    written_by = models.CharField(max_length=40)
    written_on = models.DateField()
    proposed_by = models.CharField(max_length=40, blank=True, default="")
    proposed_on = models.DateField(null=True)
    activated_by = models.CharField(max_length=40, blank=True, default="")
    activated_on = models.DateField(null=True)

    class Meta:
        ordering = ["code", "-number"]
        constraints = [
            GuardedMoves(name="policy_version_moves", pairs=pairs(lifecycle.MOVES), first=lifecycle.FIRST),
            different_people("version_different_people", "proposed_by", "activated_by"),
            models.UniqueConstraint(fields=["code", "number"], name="one_version_number"),
            models.UniqueConstraint(fields=["code", "sha256"], name="one_version_of_these_bytes"),
            ExclusionConstraint(
                name="versions_do_not_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (InForce("in_force_from", "in_force_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"

    @property
    def title(self) -> Words:
        """The program's title in both languages."""
        return Words(self.title_zh, self.title_en)


class Simulation(Leased):
    """A version tried on the whole register beside the version in force: asked for, done by the worker, kept.

    ``policy_sha256`` is the digest of the bytes that were judged; ``result`` is as
    :func:`applications.services.simulating.as_kept` writes it and :mod:`programs.queries.simulated` reads it.
    """

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="simulations")
    policy_sha256 = models.CharField(max_length=64)
    day = models.DateField()
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField(db_default=Now())
    beside = models.ForeignKey(PolicyVersion, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day}"


class SimulatedChange(models.Model):
    """One subject for whom a draft would say something else than the version in force.

    Worked out with its simulation. ``person``, ``household``, ``record`` are ids of the register (0: none), which is a
    room beside this one. ``failing`` names the conditions on the side that says no.
    """

    class Change(models.TextChoices):
        GAINED = "gained"
        LOST = "lost"
        MORE = "more"
        LESS = "less"

    simulation = models.ForeignKey(Simulation, on_delete=models.PROTECT, related_name="changes")
    change = models.CharField(max_length=6, choices=Change.choices)
    person = models.BigIntegerField()
    household = models.BigIntegerField()
    record = models.BigIntegerField()
    division = models.CharField(max_length=12, db_collation="C")
    before_fen = models.BigIntegerField()
    after_fen = models.BigIntegerField()
    failing = models.JSONField(default=list)

    objects = Scoped()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["simulation", "change", "division"], name="simulated_change_listed")]

    def __str__(self) -> str:
        return f"{self.simulation_id} {self.change}"


class SimulationLook(models.Model):
    """Somebody looked a simulation through; where it was an alarm, ``answer`` is what they wrote to it."""

    REFUSALS = {
        "looked_through_once": Words(
            "这次试算你已经看过并签了", "You have looked this simulation through already"
        ),
    }

    simulation = models.ForeignKey(Simulation, on_delete=models.PROTECT, related_name="looks")
    looked_by = models.CharField(max_length=40)
    looked_on = models.DateField()
    alarms = models.JSONField(default=list)  # names of the alarms that stood there
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            AppendOnly(name="simulation_look_append_only"),
            models.UniqueConstraint(fields=["simulation", "looked_by"], name="looked_through_once"),
            models.CheckConstraint(condition=Q(alarms=[]) | ~Q(answer=""), name="alarm_is_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.simulation_id} {self.looked_by}"


class Figure(models.Model):
    """A yearly number that policies share, with its document and a second person."""

    name = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField()
    value = models.DecimalField(max_digits=16, decimal_places=4)
    unit = models.CharField(max_length=20)  # yuan, percent, months …
    document_number = models.CharField(max_length=60)
    entered_by = models.CharField(max_length=40)
    confirmed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            different_people("figure_different_people", "entered_by", "confirmed_by"),
            models.UniqueConstraint(fields=["name", "valid_from"], name="one_figure_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"
