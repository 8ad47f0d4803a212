"""Two rows of the register that may be one person, and what people said about them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least, Now

from audit.constraints import GuardedMoves, different_people
from audit.moves import pairs
from audit.stateful import Stateful
from beneficiaries import lifecycle
from beneficiaries.models.people import Person
from standards.words import Words

LIVE = (
    lifecycle.DoubleState.APART,
    lifecycle.DoubleState.ASKED,
    lifecycle.DoubleState.MERGED,
    lifecycle.DoubleState.TO_PART,
)
TOGETHER = (lifecycle.DoubleState.MERGED, lifecycle.DoubleState.TO_PART)


class Double(Stateful, moves=lifecycle.DOUBLE_MOVES):
    """What was decided about a pair: two people, or one whose row ``other`` is read as ``stays``.

    While the pair is together ``other.merged_into`` names ``stays``; nothing that hangs on either row is moved.
    ``found`` keeps the reasons the program gave ([{"zh": …, "en": …}]), ``reason`` the official's own,
    ``against`` what spoke against one person when the merge was confirmed.
    """

    REFUSALS = {
        "double_different_people": Words(
            "提出合并的人不能自己确认，请另一位办",
            "Whoever asked for the merge cannot confirm it: another person must",
        ),
        "parting_different_people": Words(
            "提出拆开的人不能自己确认，请另一位办",
            "Whoever asked for the parting cannot confirm it: another person must",
        ),
        "one_word_about_a_pair": Words(
            "这两个人已经有人处理过，刷新后再看",
            "Somebody has settled this pair already: reload and look again",
        ),
        "one_merge_of_a_person": Words(
            "这个人正在合并或已经并入另一个人",
            "This person is being merged, or stands under another already",
        ),
    }

    stays = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="doubles")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="doubles_of")
    found = models.JSONField(default=list)
    reason = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=40)
    asked_on = models.DateField()
    settled_by = models.CharField(max_length=40, blank=True, default="")
    settled_on = models.DateField(null=True)
    against = models.JSONField(default=list)
    part_reason = models.CharField(max_length=200, blank=True, default="")
    part_asked_by = models.CharField(max_length=40, blank=True, default="")
    part_asked_on = models.DateField(null=True)
    parted_by = models.CharField(max_length=40, blank=True, default="")
    parted_on = models.DateField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            GuardedMoves(
                name="double_moves", pairs=pairs(lifecycle.DOUBLE_MOVES), first=lifecycle.DOUBLE_FIRST
            ),
            different_people("double_different_people", "asked_by", "settled_by"),
            different_people("parting_different_people", "part_asked_by", "parted_by"),
            models.CheckConstraint(condition=~Q(stays=F("other")), name="double_of_two"),
            models.UniqueConstraint(
                Least("stays", "other"),
                Greatest("stays", "other"),
                condition=Q(state__in=[str(state) for state in LIVE]),
                name="one_word_about_a_pair",
            ),
            models.UniqueConstraint(
                fields=["other"],
                condition=Q(state__in=["asked", *(str(state) for state in TOGETHER)]),
                name="one_merge_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} and {self.stays_id}: {self.state}"


class PairCount(models.Model):
    """How many suspected pairs of a scope stand in each village: kept from the last look, worked out again when it is old.

    ``seen`` is what the register was when it was looked through (`beneficiaries.services.pairs`).
    """

    scope = models.CharField(max_length=12, primary_key=True, db_collation="C")
    seen = models.JSONField()
    places = models.JSONField()  # {village: pairs of which the older row stands there}
    counted_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.scope
