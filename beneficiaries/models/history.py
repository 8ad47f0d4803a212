"""What rows held before they were changed, and what lists said that was on record already."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from beneficiaries.models.accounts import Account
from beneficiaries.models.lists import EvidenceList
from beneficiaries.models.people import Household, Person


class Change(models.Model):
    """One change of one row: what its columns held before and after, by whom, for which list, why and when.

    Written by the database itself with every UPDATE of people, households, memberships, parentages and facts
    (`audit.constraints.KeepsBefore`); the application can neither write nor change it. ``old`` and ``new`` hold the
    columns that changed as PostgreSQL writes them in JSON: encrypted columns as the ciphertext they were.
    """

    table = models.CharField(max_length=40)
    row = models.BigIntegerField()
    old = models.JSONField()
    new = models.JSONField()
    by = models.CharField(max_length=40)
    list = models.ForeignKey(
        EvidenceList, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["table", "row"], name="change_of_row"),
            models.Index(fields=["list"], condition=Q(list__isnull=False), name="change_by_list"),
            models.Index(  # the newest change of anybody, without a look at the rest
                fields=["id"], condition=Q(table="beneficiaries_person"), name="change_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


class AlsoSaid(models.Model):
    """A list says of a person what is on record already: it stands behind it when the list that brought it goes.

    ``household``, ``relation`` and ``valid_from`` are the membership it says, ``phone_index`` the phone, ``parent`` a
    parent, ``account`` an account (each a row of its own), ``otherwise`` the name, bank, branch number and kind of the
    account where the list says others. ``name`` is another name than the person's: a list of the register without such a
    row says the name that stands. What a list says of facts again is a fact of its own that names the one that counts.
    """

    list = models.ForeignKey(EvidenceList, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(
        Household, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    relation = models.CharField(max_length=2, blank=True, default="")
    valid_from = models.DateField(null=True)
    phone_index = models.BinaryField(max_length=16, null=True)
    name = models.CharField(max_length=60, blank=True, default="", db_default="")
    parent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    otherwise = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} by {self.list_id}"
