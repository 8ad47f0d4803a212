"""Applications whose sum is still to be set within a band: what a list shows in place of an amount."""

from collections.abc import Sequence

from applications.models import Application


def load_bands(applications: Sequence[Application]) -> None:
    """Read what ``band_fen`` needs for those of a page without an amount; their lists leave it out. At most one query."""
    without = {one.pk: one for one in applications if one.amount_fen < 0}
    missing = [pk for pk, one in without.items() if "conditions" in one.get_deferred_fields()]
    if missing:
        for pk, conditions in Application.objects.filter(pk__in=missing).values_list("pk", "conditions"):
            without[pk].conditions = conditions
