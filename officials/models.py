"""Divisions as rows with validity and successors; officials with roles and a scope."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.actor import Actor
from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from officials import lifecycle
from officials.roles import Role
from standards.divisions import scope_prefix
from standards.words import Words


class Division(models.Model):
    """A county, township or village by its 12-digit code. A merged village keeps its row and names its successor."""

    code = models.CharField(max_length=12, primary_key=True, db_collation="C")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class OfficialManager(BaseUserManager["Official"]):
    """Makes officials with hashed passwords."""

    def create_official(
        self, *, number: str, name: str, division: Division, roles: list[str], password: str, office: str = ""
    ) -> "Official":
        """A new official; the caller writes the trail."""
        official = self.model(number=number, name=name, division=division, roles=roles, office=office)
        official.set_password(password)
        official.save(using=self._db)
        return official

    def get_by_natural_key(self, number: str | None) -> "Official":
        return self.get(number=number, is_active=True)


class Official(AbstractBaseUser):
    """A person of the offices: staff number, roles, and the division whose families are in scope."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    office = models.CharField(max_length=60, blank=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="officials")
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list)
    is_active = models.BooleanField(default=True)
    password_is_temporary = models.BooleanField(default=False)  # somebody else knows it

    objects: ClassVar[OfficialManager] = OfficialManager()

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def scope(self) -> str:
        """The prefix of every division code this official may see."""
        return scope_prefix(self.division_id)

    @property
    def is_township(self) -> bool:
        """Whether the scope is one township (or village), not the county."""
        return len(self.scope) > 6

    def has_role(self, *roles: str) -> bool:
        """Whether any of ``roles`` is held."""
        return bool(set(roles) & set(self.roles))

    def actor(self, *roles: str) -> Actor:
        """This person acting in the first of ``roles`` that is held; an unheld role is kept and the door refuses it."""
        role = next((role for role in roles if role in self.roles), roles[0])
        return Actor(number=self.number, name=self.name, role=str(role), division=self.division_id)


class PowerChange(Stateful, moves=lifecycle.MOVES):
    """Roles, place and password that an administrator wants for an official: the row they will have, whole.

    ``password`` is a hash, empty where it stays. It counts from the day a second person confirms it.
    """

    REFUSALS = {
        "power_change_different_people": Words(
            "岗位和密码的变动要由另一个人确认",
            "A change of roles or password is confirmed by another person",
        ),
        "one_open_power_change": Words(
            "这个人还有一项变动等着确认，先把那一项办完",
            "A change for this official waits to be confirmed; settle that one first",
        ),
    }

    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="changes")
    office = models.CharField(max_length=60, blank=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list)
    is_active = models.BooleanField(default=True)
    password = models.CharField(max_length=128, blank=True, default="")
    proposed_by = models.CharField(max_length=40)
    proposed_on = models.DateField()
    settled_by = models.CharField(max_length=40, blank=True, default="")
    settled_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            GuardedMoves(name="power_change_moves", pairs=pairs(lifecycle.MOVES), first=lifecycle.FIRST),
            different_people("power_change_different_people", "proposed_by", "settled_by"),
            models.UniqueConstraint(
                fields=["official"], condition=models.Q(state="proposed"), name="one_open_power_change"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id} {self.state}"


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that belong to a division: each staff read goes through :meth:`visible_to`."""

    SCOPE_FIELD: ClassVar[str] = "division"

    def visible_to(self, official: Official) -> "ScopedQuerySet":
        """The rows in the official's scope; outside it is as if they were not there."""
        return self.filter(**{f"{self.SCOPE_FIELD}__startswith": official.scope})
