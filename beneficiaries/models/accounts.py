"""The accounts families are paid to."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Q

from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from beneficiaries import lifecycle
from beneficiaries.account_digests import DIGESTED, digests_of
from beneficiaries.models.lists import EvidenceList
from beneficiaries.models.people import Person
from standards.words import Words
from vault.fields import EncryptedField


class AccountQuerySet(models.QuerySet["Account"]):
    """Rows that carry their digest from the beginning."""

    def bulk_create(self, objs: Iterable["Account"], *args: Any, **kwargs: Any) -> list["Account"]:
        """Insert accounts with their digests."""
        rows = list(objs)
        Account.seal(rows)
        return super().bulk_create(rows, *args, **kwargs)


class Account(Stateful, moves=lifecycle.ACCOUNT_MOVES):
    """A bank account a family may be paid to. Its name is the bank's and may differ from the ID card's.

    ``digest`` is keyed over the columns of :data:`beneficiaries.account_digests.DIGESTED`, which are never changed; no
    batch is passed on and no bank file written with an account that does not give it.
    """

    REFUSALS = {
        "account_different_people": Words(
            "登记账户的人不能自己核验",
            "The person who entered an account cannot verify it",
        ),
        "one_live_account": Words(
            "这个账号已经登记过",
            "This account is already on record",
        ),
    }

    class Kind(models.TextChoices):
        CARD = "card"
        PASSBOOK = "passbook"
        SOCIAL_SECURITY = "social_security"

    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    number = EncryptedField(column="beneficiaries_account.number")
    number_index = models.BinaryField(max_length=16)
    account_name = models.CharField(max_length=60)
    bank = models.CharField(max_length=60)
    cnaps = models.CharField(max_length=12, blank=True, default="")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.CARD)
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="accounts")
    entered_by = models.CharField(max_length=40)
    entered_on = models.DateField()
    verified_by = models.CharField(max_length=40, blank=True, default="")
    verified_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    closed_on = models.DateField(null=True)
    digest = models.BinaryField(max_length=32)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            GuardedMoves(
                name="account_moves", pairs=pairs(lifecycle.ACCOUNT_MOVES), first=lifecycle.ACCOUNT_FIRST
            ),
            different_people("account_different_people", "entered_by", "verified_by"),
            models.UniqueConstraint(
                fields=["owner", "number_index"],
                condition=~Q(state__in=["refused", "closed"]),
                name="one_live_account",
            ),
        ]
        indexes = [models.Index(fields=["number_index"], name="account_by_number")]

    def __str__(self) -> str:
        return f"{self.bank} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new row gets its digest."""
        if self._state.adding:
            self.seal([self])
        super().save(*args, **kwargs)

    @classmethod
    def seal(cls, rows: Sequence["Account"]) -> None:
        """Give new rows their keys and digests: the digest covers the key."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [cls._meta.db_table, len(rows)],
            )
            keys = [key for (key,) in cursor.fetchall()]
        for row, key in zip(rows, keys, strict=True):
            row.pk = row.pk or key
        digests = digests_of([getattr(row, column) for column in DIGESTED] for row in rows)
        for row, digest in zip(rows, digests, strict=True):
            row.digest = digest
