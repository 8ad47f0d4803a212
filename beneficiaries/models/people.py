"""People, the households they stand in, and whose children they are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from beneficiaries.models.lists import EvidenceList
from beneficiaries.models.scoped import Scoped
from vault.fields import EncryptedField


class Household(models.Model):
    """A registered household (户). ``number`` is the booklet's, ``division`` the village's 12-digit code."""

    number = models.CharField(max_length=40, unique=True)
    division = models.CharField(max_length=12, db_collation="C")
    head = models.ForeignKey("Person", null=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    objects = Scoped()

    class Meta:
        indexes = [models.Index(fields=["division", "id"], name="household_by_division")]

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    """One natural person. The ID number is the key between lists; names find, never identify.

    ``terms`` is what the search box finds the name by; the database keeps :class:`SearchTerm` in step with it.
    ``division`` is the village where the person is registered now.
    ``merged_into`` names the row that is read in this one's place: two people found that both are one person (`Double`).
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
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="rows", db_index=False
    )

    objects = Scoped()

    class Meta:
        indexes = [
            models.Index(fields=["division"], name="person_by_division"),
            models.Index(fields=["citizen_id_last4"], name="person_by_last4"),
            models.Index(fields=["phone_index"], name="person_by_phone"),
            models.Index(fields=["phone_last4"], name="person_by_phone_last4"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="person_merged_into"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="merged_into_another"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SearchTerm(models.Model):
    """The search box's index: a row for each term of each person, in the order in which hits are shown.

    Triggers on :class:`Person` write it (``INSERT``, ``UPDATE`` of division, name or terms, ``DELETE``) and nothing else
    does. Somebody who shall not be found has no terms.
    """

    pk = models.CompositePrimaryKey("township", "term", "name", "person")
    township = models.CharField(max_length=9, db_collation="C")  # the first nine digits of the division
    term = models.TextField(db_collation="C")
    name = models.CharField(max_length=60, db_collation="C")  # who is called alike stands together
    person = models.ForeignKey(
        Person, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    def __str__(self) -> str:
        return self.term


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
