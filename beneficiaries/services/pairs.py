"""How many pairs may be one person, village by village: kept from the last look while the register is as it was then.

Looking joins the whole register with itself, five times. Whether it changed is four looks at the ends of indexes.
"""

import json
from collections import Counter
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from beneficiaries.models import PairCount, Person
from beneficiaries.queries.doubles import suspected
from officials.models import Official

KEPT_FOR = timedelta(hours=1)
"""What was being written while the register was looked through is not seen by its last keys: it is found an hour later."""
# The newest row, change, account and word about a pair; a settled pair that is looked at again never settles as it was.
_SEEN = """SELECT jsonb_build_array(
    (SELECT max(id) FROM beneficiaries_person),
    (SELECT max(id) FROM beneficiaries_change WHERE "table" = 'beneficiaries_person'),
    (SELECT max(id) FROM beneficiaries_account),
    (SELECT max(id) FROM beneficiaries_double),
    (SELECT count(*) FROM beneficiaries_double WHERE state IN ('refused', 'parted')))::text"""


def pairs_by_village(official: Official) -> dict[str, int]:
    """How many suspected pairs of the official's scope have their older row in each village. Two queries where nothing
    changed since the last look."""
    with transaction.atomic():
        seen = _seen()
        kept = PairCount.objects.filter(
            scope=official.scope, seen=seen, counted_at__gt=Now() - KEPT_FOR
        ).first()
        if kept is not None:
            return dict(kept.places)
        pairs = suspected(official)
        villages = dict(
            Person.objects.filter(pk__in=[one.one for one in pairs]).values_list("pk", "division")
        )
        places = Counter(villages[one.one] for one in pairs)
        row = PairCount(scope=official.scope, seen=seen, places=places, counted_at=Now())
        PairCount.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["scope"],
            update_fields=["seen", "places", "counted_at"],
        )
    return dict(places)


def _seen() -> list[int | None]:
    with connection.cursor() as cursor:
        cursor.execute(_SEEN)
        seen: list[int | None] = json.loads(cursor.fetchone()[0])
    return seen
