"""Which decisions stood on a list: those whose frozen facts came from it, and what was paid to its accounts."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum
from django.db.models.expressions import RawSQL

from applications.models import Decision
from beneficiaries.models import EvidenceList
from officials.models import Official
from payments.models import Attempt

PAGE_ROWS = 50

# Every decision says which facts it saw; a fact names its list.
_STOOD = """SELECT d.id FROM applications_decision d WHERE EXISTS (
    SELECT FROM jsonb_array_elements(d.facts) e JOIN beneficiaries_fact f ON f.id = (e ->> 'fact')::bigint
    WHERE f.list_id = %s)"""
_TO_ITS_ACCOUNTS = """SELECT e.application_id FROM payments_attempt t JOIN beneficiaries_account a ON a.id = t.account_id
    JOIN payments_instalment i ON i.id = t.instalment_id JOIN applications_entitlement e ON e.id = i.entitlement_id
    WHERE a.list_id = %s AND t.state IN ('sent', 'paid')"""


@dataclass(frozen=True, slots=True)
class Stood:
    """One decision and what has been paid on it."""

    decision: Decision
    paid_fen: int


def decisions_on(evidence: EvidenceList, official: Official) -> "QuerySet[Decision]":
    """The decisions in scope that saw a fact of this list, or on which money went to an account that it brought."""
    scoped: QuerySet[Decision] = Decision.objects.filter(application__division__startswith=official.scope)
    saw, paid = RawSQL(_STOOD, [evidence.pk]), RawSQL(_TO_ITS_ACCOUNTS, [evidence.pk])  # noqa: S611 - our statements
    found = scoped.filter(pk__in=saw) | scoped.filter(application__in=paid)
    return found.select_related("application__household__head", "application__person", "version").order_by(
        "-pk"
    )


def page_of(decisions: "QuerySet[Decision]", page: str | None) -> "Page[Decision]":
    """One page of them."""
    return Paginator(decisions, PAGE_ROWS).get_page(page)


def with_paid(decisions: list[Decision]) -> list[Stood]:
    """Each with the sum of what the bank has paid on it. One query."""
    paid = dict(
        Attempt.objects.filter(state="paid", instalment__entitlement__decision__in=decisions)
        .values_list("instalment__entitlement__decision")
        .annotate(Sum("amount_fen"))
    )
    return [Stood(one, paid.get(one.pk, 0)) for one in decisions]
