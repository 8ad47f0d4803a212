"""What the trail says about one family, person or thing: its name or number, and every row that hangs on it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from applications.models import Application, Decision, Entitlement, Objection, Paper
from beneficiaries.models import Account, EvidenceList, Fact, Household, Membership, Person
from letters.models import Letter
from officials.models import Official, PowerChange
from officials.roles import READS_FAMILIES
from payments.models import Attempt, BankFile, Batch, Instalment, ResultFile
from standards import receipt_number
from standards.characters import clean

FOUND_MAX = (
    200  # rows of one table that a search follows: a name that more people bear is told apart by a number
)


def about(typed: str, official: Official) -> Q:
    """The rows about what was typed: a receipt number, a batch's, letter's or staff number, a list's title or file, or
    the whole name of a person of a family. Nothing where nothing is called so, or it is out of scope.
    """
    text = clean(typed)
    found = Q(pk__in=())
    if official.has_role(*READS_FAMILIES):
        found |= _family(text, official)
        found |= _rows(Letter, Letter.objects.visible_to(official).filter(number=text))
    batches = Batch.objects.visible_to(official).filter(number=text)
    found |= _rows(Batch, batches)
    for model in (BankFile, ResultFile):
        found |= _rows(model, model._base_manager.filter(batch__in=batches))
    lists = EvidenceList.objects.visible_to(official).filter(Q(title=text) | Q(file_name=text))
    found |= _rows(EvidenceList, lists)
    people = Official.objects.filter(division__code__startswith=official.scope).filter(
        Q(number=text) | Q(name=text)
    )
    found |= _rows(Official, people)
    return found | _rows(PowerChange, PowerChange.objects.filter(official__in=people))


def _family(text: str, official: Official) -> Q:
    people = _ids(Person.objects.visible_to(official).filter(name=text))
    number = receipt_number.normal_form(text)
    applications = Application.objects.visible_to(official).filter(
        Q(receipt_number=number) | Q(person__in=people)
    )
    ids = _ids(applications)
    entitled = _ids(Entitlement.objects.filter(application__in=ids))
    households = _ids(Membership.objects.filter(person__in=people), "household_id") if people else []
    found = (
        _any(Person, people)
        | _any(Household, households)
        | _any(Application, ids)
        | _any(Entitlement, entitled)
    )
    found |= _rows(Account, Account.objects.filter(owner__in=people))
    found |= _rows(Fact, Fact.objects.filter(Q(person__in=people) | Q(household__in=households)))
    for model in (Decision, Paper, Letter):
        found |= _rows(model, model._base_manager.filter(application__in=ids))
    found |= _rows(Objection, Objection.objects.filter(line__application__in=ids))
    parts = _ids(Instalment.objects.filter(entitlement__in=entitled))
    return found | _any(Instalment, parts) | _rows(Attempt, Attempt.objects.filter(instalment__in=parts))


def _rows(model: type[Model], rows: Any) -> Q:
    return _any(model, _ids(rows))


def _any(model: type[Model], ids: Iterable[int]) -> Q:
    wanted = list(ids)
    return Q(table=model._meta.db_table, object_id__in=wanted) if wanted else Q(pk__in=())


def _ids(rows: Any, column: str = "pk") -> list[int]:
    return list(rows.order_by().values_list(column, flat=True)[:FOUND_MAX])
