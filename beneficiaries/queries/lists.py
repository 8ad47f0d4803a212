"""Lists that wait, and lists as their pages show them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from beneficiaries.lists.headers import plain_header
from beneficiaries.models import EvidenceList, ListRow


def lists_to_check() -> "QuerySet[EvidenceList]":
    """Uploaded lists that no check has seen yet: the worker's work."""
    waiting: QuerySet[EvidenceList] = EvidenceList.objects.filter(state="uploaded")
    return waiting.exclude(parameters__has_key="cancel")


def lists_cancelled() -> "QuerySet[EvidenceList]":
    """Uploaded lists whose check somebody has cancelled: the worker sends them back."""
    waiting: QuerySet[EvidenceList] = EvidenceList.objects.filter(
        state="uploaded", parameters__has_key="cancel"
    )
    return waiting


def lists_to_take() -> "QuerySet[EvidenceList]":
    """Checked lists that somebody has asked to take: the worker's work."""
    waiting: QuerySet[EvidenceList] = EvidenceList.objects.filter(state="checked", parameters__has_key="take")
    return waiting


def lists_to_withdraw() -> "QuerySet[EvidenceList]":
    """Taken lists that somebody has asked to withdraw: the worker's work."""
    waiting: QuerySet[EvidenceList] = EvidenceList.objects.filter(
        state="taken", parameters__has_key="withdraw"
    )
    return waiting


def refused_rows(evidence: EvidenceList, most: int) -> list[ListRow]:
    """The first refused rows of a list with their problems (never their text)."""
    rows = ListRow.objects.filter(list=evidence, outcome=ListRow.Outcome.REFUSED).defer("raw")
    return list(rows.order_by("sheet", "row")[:most])


def doubted_rows(evidence: EvidenceList, most: int) -> list[ListRow]:
    """The first rows of a list that a person must look at."""
    rows = ListRow.objects.filter(list=evidence, outcome=ListRow.Outcome.TO_A_PERSON).defer("raw")
    return list(rows.order_by("sheet", "row")[:most])


@dataclass(frozen=True, slots=True)
class Asked:
    """The columns of a list that nobody knows, and the keys that are known."""

    unknown: list[dict[str, Any]]
    found: set[str]

    @property
    def headers(self) -> set[str]:
        return {plain_header(one["header"]) for one in self.unknown}


def columns_asked(evidence: EvidenceList) -> Asked:
    """The unknown columns of a list that waits for their names, or of a checked list."""
    told = evidence.parameters if evidence.state == "asked" else evidence.counts
    return Asked(told.get("unknown", []), set(told.get("found", [])))
