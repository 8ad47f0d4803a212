"""Rows that are never changed still give the keyed digest they were written with."""

import hmac
from collections.abc import Iterator

from applications.models import Decision
from applications.services.granting import digest_of, digest_of_old
from beneficiaries.queries.accounts import edited_accounts
from beneficiaries.queries.facts import edited_facts, edited_lists
from oversight.verify.findings import Check, Culprit
from standards.words import Words

_READ_AT_ONCE = 2_000
_CHANGED = Words("内容被改动：与写入时的摘要不符", "Its columns were changed: they do not give its digest")


def _decisions() -> Iterator[Culprit]:
    for decision in Decision.objects.select_related("application").order_by("pk").iterator(_READ_AT_ONCE):
        stored = bytes(decision.digest)
        if not hmac.compare_digest(digest_of(decision), stored) and not hmac.compare_digest(
            digest_of_old(decision), stored
        ):
            yield Culprit("applications_decision", decision.pk, _CHANGED)


def _facts() -> Iterator[Culprit]:
    for key in edited_facts():
        yield Culprit("beneficiaries_fact", key, _CHANGED)


def _accounts() -> Iterator[Culprit]:
    for key in edited_accounts():
        yield Culprit(
            "beneficiaries_account",
            key,
            Words(
                "账号、户名、开户行或所有人不是登记时的",
                "Number, name, bank or owner are not those that were entered",
            ),
        )


def _lists() -> Iterator[Culprit]:
    for key in edited_lists():
        yield Culprit(
            "beneficiaries_evidencelist",
            key,
            Words(
                "名单的事实不再是认定时的那些：有被改动、删去或混入的",
                "Its facts are not those that were taken: one was changed, removed or slipped in",
            ),
        )


CHECKS = (
    Check("fact_digests", Words("事实未被改动", "Facts are as written"), _facts),
    Check("list_digests", Words("名单的事实未增减", "Lists hold the facts they were taken with"), _lists),
    Check("account_digests", Words("账户未被改动", "Accounts are as entered"), _accounts),
    Check("decision_digests", Words("决定未被改动", "Decisions are as written"), _decisions),
)
