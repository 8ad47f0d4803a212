"""What lists and papers say about people and households."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Now

from audit.constraints import KeepsBefore
from beneficiaries.models.lists import EvidenceList
from beneficiaries.models.people import Household, Person

# Of a printed number the digits alone, as a clerk types 陕计2012000017.
DIGITS_OF_NUMBER = Func(
    KeyTextTransform("number", "values"),
    Value("[^0-9]"),
    Value(""),
    Value("g"),
    function="regexp_replace",
    output_field=models.TextField(),
)


class Fact(models.Model):
    """One fact about one person or household: the slim table the sweep reads.

    ``values`` holds only the fields its kind file names (dates as ISO text, money as fen), never an identity,
    account or phone number. A correction is a new row; the old one then names it in ``superseded_by``. A row of a list is
    what that list said alone. Where another says the same, or more, it names the row that stands for both: another
    list's, or one that was worked out from several (``is_derived``). A row that was taken back names itself.
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
    is_derived = models.BooleanField(
        default=False, db_default=False
    )  # worked out from what several lists say
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
            models.Index(  # typed at the counter
                KeyTransform("number", "values"),
                condition=Q(kind="certificate", superseded_by=None),
                name="fact_certificate_number",
            ),
            models.Index(
                DIGITS_OF_NUMBER,
                condition=Q(kind="certificate", superseded_by=None),
                name="fact_certificate_digits",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="fact_about_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="fact_days_in_order"
            ),
            KeepsBefore(name="fact_keeps_before"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
