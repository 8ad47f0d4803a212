"""Who reads the pages of payments, and finding a batch in one's scope."""

from django.shortcuts import get_object_or_404

from officials.models import Official
from officials.roles import FINANCE, Role
from payments.models import Batch
from payments.queries.naming import division_names, profile_words, program_titles
from standards.words import Words

READERS = (*FINANCE, Role.AUDITOR)
BADGES = {
    "draft": "neutral",
    "prepared": "under_way",
    "checked": "under_way",
    "approved": "under_way",
    "sent": "under_way",
    "answered": "look",
    "closed": "met",
    "dropped": "not_needed",
}


def find_batch(official: Official, pk: int) -> Batch:
    """The batch, or 404 where it is out of scope: as if it were not there."""
    found: Batch = get_object_or_404(
        Batch.objects.visible_to(official).select_related("correction_of"), pk=pk
    )
    return found


def title_of(batch: Batch) -> Words:
    """College award · Yabai · PC-2026-0037. Two queries."""
    program = program_titles().get(batch.program, Words(batch.program, batch.program))
    place = division_names([batch.division]).get(batch.division, batch.division)
    return Words(f"{program.zh}・{place}", f"{program.en} · {place}")


def bank_of(batch: Batch) -> tuple[Words, Words]:
    """The bank's name and its file's shape in words."""
    return profile_words(batch.profile)
