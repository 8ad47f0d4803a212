"""People, households, what lists and papers say about them, and the accounts they are paid to."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now

from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from beneficiaries import lifecycle
from beneficiaries.account_digests import DIGESTED, digests_of
from jobs.models import Leased
from officials.models import ScopedQuerySet
from standards.words import Words
from vault.fields import EncryptedField

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class EvidenceList(Stateful, Leased, moves=lifecycle.LIST_MOVES):
    """One workbook that a department sent, with what it covers. It is its own job: the worker looks for it.

    ``division`` is the 12-digit division it covers, ``covers_from``/``covers_until`` the days, ``code`` the one
    code that a month list of a codes fact states (dibao …), ``is_complete`` whether the sender says that nobody
    of that division and time is missing. ``counts`` holds what the check found; ``parameters`` the mapping used.
    """

    REFUSALS = {
        "list_different_people": Words(
            "导入的人和认定的人不能是同一个人",
            "The person who uploads a list cannot be the one who takes it",
        ),
        "list_taken_once": Words(
            "这份名单已经导入过，没有变化",
            "This list has been taken before; nothing changed",
        ),
    }

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    file = models.FileField(max_length=120, null=True)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    marked_file = models.FileField(max_length=120, null=True)
    division = models.CharField(max_length=12, db_collation="C")
    covers_from = models.DateField(null=True)
    covers_until = models.DateField(null=True)
    code = models.CharField(max_length=40, blank=True)
    is_complete = models.BooleanField(default=False)
    take_good = models.BooleanField(default=False)
    parameters = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    problem = models.JSONField(null=True)  # {"zh": …, "en": …}: why the whole list was refused
    rows_digest = models.BinaryField(max_length=32, null=True)
    uploaded_by = models.CharField(max_length=40)
    uploaded_on = models.DateField()
    taken_by = models.CharField(max_length=40, blank=True, default="")
    taken_on = models.DateField(null=True)
    refused_by = models.CharField(max_length=40, blank=True, default="")
    refused_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    objects = Scoped()

    class Meta:
        ordering = ["-id"]
        constraints = [
            GuardedMoves(
                name="evidence_list_moves", pairs=pairs(lifecycle.LIST_MOVES), first=lifecycle.LIST_FIRST
            ),
            different_people("list_different_people", "uploaded_by", "taken_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ListRow(models.Model):
    """One row of a list as received (encrypted JSON of header → text), and what became of it."""

    class Outcome(models.TextChoices):
        NEW = "new"
        SAME = "same"
        REFUSED = "refused"
        TO_A_PERSON = "person"

    list = models.ForeignKey(EvidenceList, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(max_length=60, blank=True)
    row = models.IntegerField()
    raw = EncryptedField(column="beneficiaries_listrow.raw")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    problems = models.JSONField(null=True)  # [{"column": …, "zh": …, "en": …}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "sheet", "row"], name="one_row_of_a_list")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.sheet} {self.row}"


class Household(models.Model):
    """A registered household (户). ``number`` is the booklet's, ``division`` the village's 12-digit code."""

    number = models.CharField(max_length=40, unique=True)
    division = models.CharField(max_length=12, db_collation="C")
    head = models.ForeignKey("Person", null=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    objects = Scoped()

    class Meta:
        indexes = [models.Index(fields=["division"], name="household_by_division")]

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    """One natural person. The ID number is the key between lists; names find, never identify.

    ``terms`` is what the search box looks in: bigrams of the name, whole name, pinyin of every reading and its
    prefixes, initials and their prefixes. ``division`` is the village where the person is registered now.
    """

    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=6, choices=[("female", "女"), ("male", "男")])
    born_on = models.DateField()
    division = models.CharField(max_length=12, db_collation="C")
    citizen_id = EncryptedField(column="beneficiaries_person.citizen_id")
    citizen_id_index = models.BinaryField(max_length=16, unique=True)
    citizen_id_last4 = models.BinaryField(max_length=16)
    phone = EncryptedField(column="beneficiaries_person.phone", null=True)
    phone_index = models.BinaryField(max_length=16, null=True)
    phone_last4 = models.BinaryField(max_length=16, null=True)
    terms = ArrayField(models.TextField(), default=list)

    objects = Scoped()

    class Meta:
        indexes = [
            GinIndex(fields=["terms"], name="person_terms"),
            models.Index(fields=["division"], name="person_by_division"),
            models.Index(fields=["citizen_id_last4"], name="person_by_last4"),
            models.Index(fields=["phone_index"], name="person_by_phone"),
            models.Index(fields=["phone_last4"], name="person_by_phone_last4"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a household, from a day until a day. ``relation`` is a GB/T 4761 code ("02" head)."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=2)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # last day
    is_disputed = models.BooleanField(default=False)  # two lists put one person into two open households
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_until=None, is_disputed=False), name="one_open_household"
            ),
            models.UniqueConstraint(fields=["household", "person", "valid_from"], name="one_membership"),
        ]
        indexes = [models.Index(fields=["household"], name="membership_by_household")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"


class Parentage(models.Model):
    """Whose child. Unknown parents are rows that are not there; only lists and papers make one, never a guess."""

    class Kind(models.TextChoices):
        BIRTH = "birth"
        ADOPTED = "adopted"
        STEP_RAISED = "step_raised"

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="parentage")
    parent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BIRTH)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "parent", "kind"], name="one_parentage")]
        indexes = [models.Index(fields=["parent"], name="parentage_by_parent")]

    def __str__(self) -> str:
        return f"{self.child_id} of {self.parent_id}"


class AwaitedParent(models.Model):
    """A list names a parent by an ID number that is not on the register yet (another township's list comes later).

    Only the blind index is kept. When that person is registered, the row becomes a parentage.
    """

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    citizen_id_index = models.BinaryField(max_length=16)
    list = models.ForeignKey(EvidenceList, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "citizen_id_index"], name="one_awaited_parent")
        ]
        indexes = [models.Index(fields=["citizen_id_index"], name="awaited_parent_by_number")]

    def __str__(self) -> str:
        return f"parent of {self.child_id}"


class Fact(models.Model):
    """One fact about one person or household: the slim table the sweep reads.

    ``values`` holds only the fields its kind file names (dates as ISO text, money as fen), never an identity,
    account or phone number. A correction is a new row; the old one then names it in ``superseded_by``.
    ``digest`` is keyed over (person, household, kind, days, values, list, row): ``verify`` recomputes it.
    From a list: ``list`` and ``row``; from a paper at the counter: ``entered_by`` and ``paper``.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="facts")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # last day it holds; null = still
    values = models.JSONField()
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="facts")
    row = models.IntegerField(null=True)
    entered_by = models.CharField(max_length=40, blank=True, default="")
    paper = models.CharField(max_length=40, blank=True, default="")
    is_disputed = models.BooleanField(default=False)  # two lists differ: not known until a person settles it
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "person"], condition=Q(superseded_by=None), name="fact_of_person"),
            models.Index(
                fields=["kind", "household"], condition=Q(superseded_by=None), name="fact_of_household"
            ),
            models.Index(fields=["list"], name="fact_of_list"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="fact_about_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="fact_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Coverage(models.Model):
    """For which divisions and days a taken list says who is on it, and whether it is complete.

    One row for each (list, code): absence from a complete list of that division on that day is "no".
    """

    list = models.ForeignKey(EvidenceList, on_delete=models.PROTECT, related_name="coverage")
    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=40, blank=True, default="")
    scope = models.CharField(max_length=12, db_collation="C")  # division prefix
    valid_from = models.DateField()
    valid_until = models.DateField()
    is_complete = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["kind", "code"], name="coverage_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.scope} {self.valid_from}–{self.valid_until}"


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


class Doubt(models.Model):
    """What a person must look at: the program saw something odd and did not decide."""

    class Kind(models.TextChoices):
        OTHER_NAME = "other_name"  # the same ID number with another name
        SEX_DIFFERS = "sex_differs"  # declared sex against the ID number's
        TWO_HOUSEHOLDS = "two_households"
        ACCOUNT_NAME = "account_name"  # account name against the owner's name
        SAME_PERSON = "same_person"  # same name, birth date and village with another ID number
        LISTS_DIFFER = "lists_differ"
        NO_SUCH_PERSON = "no_such_person"  # a list names an ID number that is not on the register
        OTHER = "other"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    division = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="doubts")
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="doubts")
    sheet = models.CharField(max_length=60, blank=True, default="")
    row = models.IntegerField(null=True)
    words = models.JSONField()  # {"zh": …, "en": …}
    settled_by = models.CharField(max_length=40, blank=True, default="")
    settled_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True, default="")

    objects = Scoped()

    class Meta:
        indexes = [
            models.Index(fields=["division", "kind"], condition=Q(settled_on=None), name="open_doubts")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
