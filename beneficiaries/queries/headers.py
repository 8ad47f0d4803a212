"""Headers that people taught: which meanings hold for a list, and all of them for their page."""

from django.db.models import QuerySet
from django.db.models.functions import Length

from beneficiaries.models import LearnedHeader


def learnt_headers(kind: str, division: str) -> dict[str, str]:
    """Plain header to key, for a list of that kind and 12-digit division; a township's own meaning comes first."""
    found = LearnedHeader.objects.filter(kind=kind, state="in_use").order_by(Length("scope"), "pk")
    return {one.header: one.key for one in found if division.startswith(one.scope)}


def headers_in_use(scope: str) -> "QuerySet[LearnedHeader]":
    """Every meaning that holds in a scope, by kind and header."""
    found: QuerySet[LearnedHeader] = LearnedHeader.objects.filter(state="in_use", scope__startswith=scope)
    return found
