"""The register of letters: what was printed, from which facts, with which digest."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from applications.models import Application, Decision, Notice
from officials.models import ScopedQuerySet
from payments.models import Attempt, Batch
from vault.fields import EncryptedField

Scoped = models.Manager.from_queryset(ScopedQuerySet)


class Letter(models.Model):
    """One letter about one happening. A held letter cannot be printed: ``held_for`` names characters without a glyph.

    ``happening`` tells apart what may happen to one thing again: submitted a second time after it was taken back,
    approved a second time with other lines. The newest letter counts; the older ones stay on the register.
    ``kind`` is the template's name and ``template_sha256`` its exact bytes; ``data`` is what is printed in it
    (JSON, see ``letters.engine.keeping``), kept because names and accounts change later. ``file`` is made when
    somebody first opens the letter, and from then on it is the letter.
    """

    kind = models.CharField(max_length=40)
    happening = models.CharField(max_length=40, blank=True, default="")
    number = models.CharField(max_length=40, unique=True)
    division = models.CharField(max_length=12, db_collation="C")
    application = models.ForeignKey(Application, null=True, on_delete=models.PROTECT, related_name="letters")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="letters")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="letters")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="letters")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="letters")
    data = EncryptedField(column="letters_letter.data")
    template_sha256 = models.CharField(max_length=64)
    file = models.FileField(max_length=120, null=True, upload_to="letters")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    pages = models.PositiveSmallIntegerField(default=0)
    held_for = models.CharField(max_length=40, blank=True, default="")
    made_on = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    printed_by = models.CharField(max_length=40, blank=True, default="")
    printed_on = models.DateField(null=True)

    objects = Scoped()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "happening", "application", "decision", "attempt", "notice", "batch"],
                nulls_distinct=False,
                name="one_letter_about_one_happening",
            ),
            models.CheckConstraint(
                condition=Q(file="") | Q(file=None) | ~Q(sha256=""), name="letter_file_has_digest"
            ),
        ]
        indexes = [
            models.Index(fields=["division", "made_on"], name="letter_by_division"),
            models.Index(
                fields=["division", "kind"], condition=Q(printed_on=None), name="letters_not_printed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_held(self) -> bool:
        """Whether the letter waits because a character cannot be printed."""
        return bool(self.held_for)
