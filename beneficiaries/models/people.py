"""People, the households they stand in, and whose children they are.

What a row held before a change stands in :class:`beneficiaries.models.history.Change`, written by the database.
"""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Left, Now

from audit.constraints import KeepsBefore
from beneficiaries.models.lists import EvidenceList
from beneficiaries.models.scoped import Scoped
from standards.divisions import COUNTY_DIGITS
from standards.words import Words
from vault.fields import EncryptedField

NOWHERE = ""
"""The division of a person or household that no list says any more: no official's scope holds it, no search finds it."""
NEVER = date(1, 1, 1)
"""The last day of a parentage that was taken back: it holds on no day."""


def days_in_order() -> Q:
    """The memberships that hold on some day; one that was taken back ends before it begins."""
    return Q(valid_until=None) | Q(valid_until__gte=F("valid_from"))


class Days(Func):
    """The days from the first to the last, both in it."""

    function = "daterange"
    output_field = DateRangeField()


class Household(models.Model):
    """A registered household (户). ``number`` is the booklet's, one household's in its county; ``division`` the village's
    12-digit code.

    ``list`` brought it; where that list was withdrawn and no other says it, its division is :data:`NOWHERE`.
    """

    number = models.CharField(max_length=40)
    division = models.CharField(max_length=12, db_collation="C")
    head = models.ForeignKey("Person", null=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    list = models.ForeignKey(
        EvidenceList, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    objects = Scoped()

    class Meta:
        indexes = [
            models.Index(fields=["division", "id"], name="household_by_division"),
            models.Index(fields=["number"], name="household_by_number"),
        ]
        constraints = [
            KeepsBefore(name="household_keeps_before"),
            models.UniqueConstraint(
                "number",
                Left("division", COUNTY_DIGITS),
                condition=~models.Q(division=NOWHERE),
                name="household_number_of_county",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    """One natural person. The ID number is the key between lists; names find, never identify.

    ``terms`` is what the search box finds the name by; the database keeps :class:`SearchTerm` in step with it.
    ``division`` is the village where the person is registered now. ``list`` brought the person; where that was withdrawn
    and no other list says it, the division is :data:`NOWHERE`.
    ``merged_into`` names the row that is read in this one's place: two people found that both are one person (`Double`).
    ``elsewhere`` is the county, as the paper writes it, of somebody whom a paper names beside a family of this one; it
    stays when a list or a move brings that person here, and counts again where that is undone.
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
    elsewhere = models.CharField(max_length=60, blank=True, default="", db_default="")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    list = models.ForeignKey(
        EvidenceList, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

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
            ),
            KeepsBefore(name="person_keeps_before", without=["terms"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_elsewhere(self) -> bool:
        """Registered in another county: nobody's resident here, known as the parent of somebody who is."""
        return self.division == NOWHERE and bool(self.elsewhere)


class SearchTerm(models.Model):
    """The search box's index: a row for each term of each person, in the order in which hits are shown.

    Triggers on :class:`Person` (``INSERT``, ``UPDATE`` of division, name or terms, ``DELETE``) and on :class:`Alias`
    write it and nothing else does. ``name`` is the writing that the term is of: the person's name, or an alias. Somebody
    who shall not be found has no terms, and then an alias is not found either.
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


class Alias(models.Model):
    """Another way in which lists write a person's name, confirmed by somebody: a rare character, a former name.

    The register's own name stays what it is; lists that say this one are in no doubt any more. ``terms`` is what the
    search box finds this writing by: :class:`SearchTerm` holds them beside those of the name. One that was taken back
    keeps who confirmed it, has no terms, and counts as if it had never been confirmed.
    """

    REFUSALS = {
        "one_alias": Words("这种写法已经认定过", "This writing was confirmed already"),
    }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=60)
    terms = ArrayField(models.TextField(), default=list)
    confirmed_by = models.CharField(max_length=40)
    confirmed_on = models.DateField()
    taken_back_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    taken_back_on = models.DateField(null=True)
    taken_back_why = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(taken_back_on=None), name="one_alias"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_on=None, taken_back_by="", taken_back_why="")
                | Q(taken_back_on__isnull=False, terms=[]) & ~Q(taken_back_by="") & ~Q(taken_back_why=""),
                name="alias_taken_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipManager(models.Manager["Membership"]):
    """Without those that were taken back."""

    def get_queryset(self) -> models.QuerySet["Membership"]:
        """The memberships that hold on some day."""
        return super().get_queryset().filter(days_in_order())


class Membership(models.Model):
    """A person in a household, from a day until a day. ``relation`` is a GB/T 4761 code ("02" head).

    One person stands in one household at a time: the database refuses a second one on the same days that is not in
    dispute. One that was taken back ends the day before it begins: it holds on no day, and only ``ever`` names it.
    ``corrects`` is the row whose place this one took. ``is_only``: the only row of a person, open and in no dispute, as a
    register writes nearly all of them. A unique index keeps these; triggers put a row among those that the far dearer
    exclusion compares as soon as it is not the only one any more.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=2)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # last day
    is_disputed = models.BooleanField(default=False)  # two lists put one person into two open households
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    entered_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    is_only = models.BooleanField(default=False, db_default=False)

    objects = MembershipManager()
    ever = models.Manager["Membership"]()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_household_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_until", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_disputed=False, is_only=False) & days_in_order(),
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(is_only=True), name="one_only_membership"),
            models.CheckConstraint(
                condition=Q(is_only=False) | Q(valid_until=None, is_disputed=False),
                name="only_membership_is_open",
            ),
            models.UniqueConstraint(
                fields=["household", "person", "valid_from"], condition=days_in_order(), name="one_membership"
            ),
            KeepsBefore(name="membership_keeps_before", without=["is_only"]),
        ]
        indexes = [models.Index(fields=["household"], name="membership_by_household")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"

    @property
    def is_move(self) -> bool:
        """Whether a person entered it as a move, however often it was corrected since. A query for each correction."""
        first = self
        while first.corrects is not None:
            first = first.corrects
        return bool(first.entered_by)


class ParentageManager(models.Manager["Parentage"]):
    """Without those that were taken back."""

    def get_queryset(self) -> models.QuerySet["Parentage"]:
        """The parentages that hold on some day."""
        return super().get_queryset().exclude(valid_until=NEVER)


class Parentage(models.Model):
    """Whose child. Unknown parents are rows that are not there; only lists and papers make one, never a guess.

    One that was taken back has :data:`NEVER` as its last day, and only ``ever`` names it. ``corrects`` is the row whose
    place this one took.
    """

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
    recorded_at = models.DateTimeField(db_default=Now())
    entered_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = ParentageManager()
    ever = models.Manager["Parentage"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "parent", "kind"],
                condition=Q(valid_until=None) | ~Q(valid_until=NEVER),
                name="one_parentage",
            ),
            KeepsBefore(name="parentage_keeps_before"),
        ]
        indexes = [models.Index(fields=["parent"], name="parentage_by_parent")]

    def __str__(self) -> str:
        return f"{self.child_id} of {self.parent_id}"


class AwaitedParent(models.Model):
    """A list names a parent by an ID number that is not on the register yet (another township's list comes later).

    Only the blind index is kept, once for each list. When that person is registered, the rows become a parentage.
    """

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    citizen_id_index = models.BinaryField(max_length=16)
    list = models.ForeignKey(EvidenceList, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "citizen_id_index", "list"], name="one_awaited_parent")
        ]
        indexes = [models.Index(fields=["citizen_id_index"], name="awaited_parent_by_number")]

    def __str__(self) -> str:
        return f"parent of {self.child_id}"
