"""Lists that departments sent, their rows, and what they cover."""

from django.db import models
from django.db.models.functions import Now

from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from beneficiaries import lifecycle
from beneficiaries.models.scoped import Scoped
from jobs.models import Leased
from standards.words import Words
from vault.fields import EncryptedField


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


class LearnedHeader(Stateful, moves=lifecycle.HEADER_MOVES):
    """A header of some department's lists that a person said the meaning of: the next list is read by it.

    ``header`` is the plain form (`beneficiaries.lists.headers.plain_header`), ``key`` the kind's field or column,
    ``scope`` the division prefix of the lists it is for: the whole county or one township.
    """

    REFUSALS = {
        "one_meaning_of_a_header": Words(
            "这个列名已经指定过。要改，请先在“学会的列名”里撤回",
            "This header has a meaning already: take that back first under “Learnt headers”",
        ),
    }

    kind = models.CharField(max_length=40)
    header = models.CharField(max_length=60)
    key = models.CharField(max_length=40)
    scope = models.CharField(max_length=12, db_collation="C")
    list = models.ForeignKey(EvidenceList, on_delete=models.PROTECT, related_name="taught")
    taught_by = models.CharField(max_length=40)
    taught_on = models.DateField()
    taken_back_by = models.CharField(max_length=40, blank=True, default="")
    taken_back_on = models.DateField(null=True)

    class Meta:
        ordering = ["kind", "header", "id"]
        constraints = [
            GuardedMoves(
                name="learned_header_moves",
                pairs=pairs(lifecycle.HEADER_MOVES),
                first=lifecycle.HEADER_FIRST,
            ),
            models.UniqueConstraint(
                fields=["kind", "scope", "header"],
                condition=models.Q(state="in_use"),
                name="one_meaning_of_a_header",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.header} = {self.key}"


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
