"""What a person must look at."""

from django.db import models
from django.db.models import Q

from audit.constraints import different_people
from beneficiaries.models.accounts import Account
from beneficiaries.models.facts import Fact
from beneficiaries.models.lists import EvidenceList
from beneficiaries.models.people import Person
from beneficiaries.models.scoped import Scoped
from standards.words import Words


class Doubt(models.Model):
    """What a person must look at: the program saw something odd and did not decide.

    ``account`` names the account in doubt, ``fact`` the entry from a paper; ``raised_by`` is who entered it or asks to
    take it back, and cannot be the one who settles it.
    """

    REFUSALS = {
        "doubt_different_people": Words(
            "登记或申请撤回的人不能自己核实，请另一位办",
            "Whoever entered it or asked to withdraw it cannot settle it: another person must",
        ),
        "one_open_doubt_of_a_fact": Words(
            "这一条已经在等核实", "This is waiting for a second person already"
        ),
    }

    class Kind(models.TextChoices):
        OTHER_NAME = "other_name"  # the same ID number with another name
        SEX_DIFFERS = "sex_differs"  # declared sex against the ID number's
        TWO_HOUSEHOLDS = "two_households"
        ACCOUNT_NAME = "account_name"  # account name against the owner's name
        SAME_PERSON = "same_person"  # same name, birth date and village with another ID number
        LISTS_DIFFER = "lists_differ"
        NO_SUCH_PERSON = "no_such_person"  # a list names an ID number that is not on the register
        PAPER_DIFFERS = "paper_differs"  # an entry from a paper against what lists say
        ENTERED_ALONE = (
            "entered_alone"  # an entry of a kind that counts only when a second person has confirmed it
        )
        WITHDRAWAL = "withdrawal"  # somebody asks to take an entry back
        OTHER = "other"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    division = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="doubts")
    list = models.ForeignKey(EvidenceList, null=True, on_delete=models.PROTECT, related_name="doubts")
    sheet = models.CharField(max_length=60, blank=True, default="")
    row = models.IntegerField(null=True)
    fact = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT, related_name="doubts")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="doubts")
    words = models.JSONField()  # {"zh": …, "en": …}
    raised_by = models.CharField(max_length=40, blank=True, default="")
    settled_by = models.CharField(max_length=40, blank=True, default="")
    settled_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True, default="")

    objects = Scoped()

    class Meta:
        indexes = [
            models.Index(fields=["division", "kind"], condition=Q(settled_on=None), name="open_doubts")
        ]
        constraints = [
            different_people("doubt_different_people", "raised_by", "settled_by"),
            models.UniqueConstraint(
                fields=["fact", "kind"],
                condition=Q(fact__isnull=False, settled_on=None),
                name="one_open_doubt_of_a_fact",
            ),
            models.CheckConstraint(
                condition=~Q(kind="account_name", settled_on=None) | Q(account__isnull=False),
                name="open_doubt_names_its_account",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["paper_differs", "entered_alone", "withdrawal"])
                | Q(fact__isnull=False),
                name="doubt_of_an_entry_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
