"""Rows that are never changed still give the keyed digest they were written with."""

import hmac
from collections.abc import Iterator

from applications.models import Decision
from applications.services.granting import digest_of
from oversight.verify.findings import Check, Culprit
from standards.words import Words

_READ_AT_ONCE = 2_000
_CHANGED = Words("内容被改动：与写入时的摘要不符", "Its columns were changed: they do not give its digest")


def _decisions() -> Iterator[Culprit]:
    for decision in Decision.objects.order_by("pk").iterator(_READ_AT_ONCE):
        if not hmac.compare_digest(digest_of(decision), bytes(decision.digest)):
            yield Culprit("applications_decision", decision.pk, _CHANGED)


CHECKS = (Check("decision_digests", Words("决定未被改动", "Decisions are as written"), _decisions),)
