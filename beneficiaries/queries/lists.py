"""Lists that wait, and lists as their pages show them."""

from django.db.models import QuerySet

from beneficiaries.models import EvidenceList, ListRow


def lists_to_check() -> "QuerySet[EvidenceList]":
    """Uploaded lists that no check has seen yet: the worker's work."""
    waiting: QuerySet[EvidenceList] = EvidenceList.objects.filter(state="uploaded")
    return waiting


def lists_to_take() -> "QuerySet[EvidenceList]":
    """Checked lists that somebody has asked to take: the worker's work."""
    waiting: QuerySet[EvidenceList] = EvidenceList.objects.filter(state="checked", parameters__has_key="take")
    return waiting


def refused_rows(evidence: EvidenceList, most: int) -> list[ListRow]:
    """The first refused rows of a list with their problems (never their text)."""
    rows = ListRow.objects.filter(list=evidence, outcome=ListRow.Outcome.REFUSED).defer("raw")
    return list(rows.order_by("sheet", "row")[:most])


def doubted_rows(evidence: EvidenceList, most: int) -> list[ListRow]:
    """The first rows of a list that a person must look at."""
    rows = ListRow.objects.filter(list=evidence, outcome=ListRow.Outcome.TO_A_PERSON).defer("raw")
    return list(rows.order_by("sheet", "row")[:most])
