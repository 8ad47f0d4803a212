"""What a rule would delete today: rows of a table, stored files, or both. Nothing is written here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from applications.lifecycle import State
from applications.models import Paper
from beneficiaries.models import Coverage, EvidenceList, Fact, ListRow
from oversight.retention.rules import Rule

# The facts that stand frozen in an application of any state: whoever decides or decided on them can show them.
_FROZEN = """SELECT (f ->> 'fact')::bigint FROM applications_application a, jsonb_array_elements(a.facts) f
             WHERE f ->> 'fact' IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that a rule names: they go with their files, or stay and lose the files."""

    rows: "QuerySet[Any]"
    deletes: bool
    files: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        return self.rows.model


def parts_of(rule: Rule, on: date) -> list[Part]:
    """What goes by a rule on a day. KeyError for a rule that nobody has written."""
    return FINDERS[rule.name](rule.before(on))


def _sent_back_lists(before: date) -> list[Part]:
    lists = EvidenceList.objects.filter(state__in=("refused", "withdrawn"), uploaded_on__lt=before)
    rows = _no_decision_stands_on(ListRow.objects.filter(list__in=lists))
    return [Part(rows, deletes=True), _without_files(lists, "file", "marked_file")]


def _marked_workbooks(before: date) -> list[Part]:
    done = ("taken", "refused", "withdrawn")
    return [
        _without_files(EvidenceList.objects.filter(state__in=done, uploaded_on__lt=before), "marked_file")
    ]


def _taken_lists(before: date) -> list[Part]:
    lists = EvidenceList.objects.filter(state="taken", taken_on__lt=before)
    rows = _no_decision_stands_on(ListRow.objects.filter(list__in=lists))
    return [Part(rows, deletes=True), _without_files(lists, "file")]


def _ended_facts(before: date) -> list[Part]:
    """Coverage first: a complete list without its facts would say *no* for everybody."""
    covered = Coverage.objects.filter(
        kind=OuterRef("kind"), valid_until__gte=before, valid_from__lte=OuterRef("valid_until")
    )
    ended = Fact.objects.filter(valid_until__lt=before).exclude(Exists(covered)).exclude(_is_frozen("pk"))
    for column, model in _referring(Fact):
        named = model._base_manager.filter(**{column: OuterRef("pk")})
        ended = ended.exclude(Exists(named.exclude(pk=F(column)) if model is Fact else named))
    return [
        Part(Coverage.objects.filter(valid_until__lt=before), deletes=True),
        Part(ended, deletes=True),
    ]


def _withdrawn_papers(before: date) -> list[Part]:
    papers = Paper.objects.filter(application__state=State.WITHDRAWN, application__applied_on__lt=before)
    return [Part(papers, deletes=True, files=("file",))]


def _no_decision_stands_on(rows: "QuerySet[ListRow]") -> "QuerySet[ListRow]":
    """Without the rows whose fact stands frozen in an application."""
    facts = Fact.objects.filter(_is_frozen("pk"), list=OuterRef("list"), row=OuterRef("row"))
    return rows.exclude(Exists(facts))


def _is_frozen(column: str) -> Q:
    return Q(**{f"{column}__in": RawSQL(_FROZEN, [])})  # noqa: S611 - our own words, no value in them


def _without_files(lists: "QuerySet[EvidenceList]", *columns: str) -> Part:
    has_any = Q()
    for column in columns:
        has_any |= Q(**{f"{column}__gt": ""})
    return Part(lists.filter(has_any), deletes=False, files=columns)


def _referring(model: type[Model]) -> list[tuple[str, type[Model]]]:
    """(column, model) of every foreign key to a model, but for what is worked out again."""
    return [
        (field.name, other)
        for other in apps.get_models()
        for field in other._meta.concrete_fields
        if field.related_model is model and other._meta.db_table != "applications_assessment"
    ]


FINDERS: dict[str, Callable[[date], list[Part]]] = {
    "sent_back_lists": _sent_back_lists,
    "marked_workbooks": _marked_workbooks,
    "taken_lists": _taken_lists,
    "ended_facts": _ended_facts,
    "withdrawn_papers": _withdrawn_papers,
}
