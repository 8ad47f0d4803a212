"""What the rows that the trail speaks of are called, as the pages call them: one query a table, whatever a page holds.

The trail itself keeps keys. Names of families are for those who read families, and of their own county alone: for
everybody else a row keeps its number.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from applications.models import Application, Decision, Entitlement, Notice, Objection, Paper, Sweep
from audit.models import TrailRow
from beneficiaries.models import (
    Account,
    Double,
    Doubt,
    EvidenceList,
    Fact,
    Household,
    LearnedHeader,
    Person,
)
from facts.catalogue import load_catalogue
from ledger.models import Allotment
from letters.models import Letter
from letters.queries import register
from officials.models import Division, Official, PowerChange
from officials.roles import READS_FAMILIES
from oversight.models import Stock
from oversight.words import TABLES
from payments.models import Attempt, BankFile, Batch, Instalment, Recovery, ResultFile, ResultLine
from programs.models import PolicyVersion, Simulation
from standards import receipt_number
from standards.words import Words
from web.forms import say

CODE = re.compile(r"\d{12}")  # of a division; a receipt number looks the same and names none
Key = tuple[str, int]  # table, row
PEOPLE = ("official", "proposed_by")  # details that hold a staff number
ROWS = {  # details that hold the key of a row
    "person": "beneficiaries_person",
    "owner": "beneficiaries_person",
    "list": "beneficiaries_evidencelist",
}


@dataclass(frozen=True, slots=True)
class Called:
    """A row's name, and what tells it apart."""

    name: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """How the rows of one table are called. ``scope``: the paths to their division; none where they are the house's."""

    model: type[Model]
    fields: tuple[str, ...]
    called: Callable[..., Called]
    scope: tuple[str, ...] = ()
    is_of_family: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """All the names that one page needs."""

    rows: Mapping[Key, Called]
    officials: Mapping[str, str]
    divisions: Mapping[str, str]


NO_NAMES = Names({}, {}, {})


def names_for(rows: Iterable[TrailRow], official: Official) -> Names:
    """Names for these rows of the trail and for what their details hold: one query a table, and two more."""
    rows = list(rows)
    wanted: dict[str, set[int]] = defaultdict(set)
    numbers, codes = set(), set()
    for row in rows:
        wanted[row.table].add(row.object_id)
        for name, value in _leaves(row.detail):
            if name in ROWS and isinstance(value, int):
                wanted[ROWS[name]].add(value)
            elif name in PEOPLE:
                numbers.add(str(value))
            elif isinstance(value, str) and CODE.fullmatch(value):
                codes.add(value)
    found = {table: _read(table, ids, official) for table, ids in wanted.items() if table in NAMED}
    texts = (
        text for of in found.values() for values in of.values() for text in values if isinstance(text, str)
    )
    codes |= {text for text in texts if CODE.fullmatch(text)}
    divisions = dict(Division.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    officials = (
        dict(Official.objects.filter(number__in=numbers).values_list("number", "name")) if numbers else {}
    )
    called = {
        (table, pk): NAMED[table].called(
            *(divisions.get(one, one) if isinstance(one, str) else one for one in values)
        )
        for table, of in found.items()
        for pk, values in of.items()
    }
    return Names(called, officials, divisions)


def _leaves(detail: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in detail.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield name, value


def _read(table: str, ids: set[int], official: Official) -> dict[int, tuple[Any, ...]]:
    naming = NAMED[table]
    if naming.is_of_family and not official.has_role(*READS_FAMILIES):
        return {}
    within = Q()
    for path in naming.scope:
        within |= Q(**{f"{path}__startswith": official.scope})
    rows = naming.model._base_manager.filter(within, pk__in=[str(pk) for pk in ids])
    return {int(pk): values for pk, *values in rows.values_list("pk", *naming.fields)}


def _application(person: str | None, head: str | None, zh: str, en: str, receipt: str) -> Called:
    number = receipt_number.spaced(receipt)
    return Called(person or head or number, f"{say(Words(zh, en))} · {number}")


def _of(path: str = "") -> tuple[str, ...]:
    """The fields that :func:`_application` wants, from a row that leads to one."""
    before = f"{path}__" if path else ""
    fields = (
        "person__name",
        "household__head__name",
        "version__title_zh",
        "version__title_en",
        "receipt_number",
    )
    return tuple(before + field for field in fields)


def _paper(kind: str, *of: Any) -> Called:
    words = load_catalogue().papers.get(kind)
    whose = _application(*of)
    return Called(whose.name, f"{say(words) if words else kind} · {receipt_number.spaced(of[-1])}")


def _instalment(number: int, *of: Any) -> Called:
    whose = _application(*of)
    return Called(whose.name, _("part %(n)d") % {"n": number} + f" · {receipt_number.spaced(of[-1])}")


def _line(batch: str, line: int, name: str = "") -> Called:
    place = _("%(batch)s line %(line)d") % {"batch": batch, "line": line}
    return Called(name, place) if name else Called(place)


def _letter(kind: str, number: str, *whose: str | None) -> Called:
    template = register.templates().get(kind)
    title = say(template.title) if template else kind
    number = number.removesuffix(f"-{kind}")  # some numbers end in the letter's kind, which the title says
    return Called(next((name for name in whose if name), title), f"{title} · {number}")


def _kind(kind: str) -> str:
    kinds = load_catalogue().kinds
    return say(kinds[kind].words) if kind in kinds else kind


def _fact(kind: str, person: str | None, head: str | None) -> Called:
    return Called(person or head or "", _kind(kind))


def _policy(zh: str, en: str, number: int) -> Called:
    return Called(say(Words(zh, en)), _("version %(n)d") % {"n": number})


def _notice(zh: str, en: str, place: str, posted_on: object) -> Called:
    return Called(say(Words(zh, en)), f"{place} · {posted_on}")


def _stock(table: str, rows: int) -> Called:
    return Called(say(TABLES[table]) if table in TABLES else table, _("%(n)d rows") % {"n": rows})


VERSION = ("version__title_zh", "version__title_en")
LETTER = (
    "kind", "number", "application__person__name", "application__household__head__name",
    "decision__application__person__name", "decision__application__household__head__name", "attempt__payee__name",
    "batch__number",
)  # fmt: skip
NAMED: dict[str, Naming] = {
    naming.model._meta.db_table: naming
    for naming in (
        Naming(Application, _of(), _application, ("division",), True),
        Naming(Entitlement, _of("application"), _application, ("division",), True),
        Naming(Decision, _of("application"), _application, ("application__division",), True),
        Naming(Objection, _of("line__application"), _application, ("line__application__division",), True),
        Naming(Recovery, _of("decision__application"), _application, ("division",), True),
        Naming(Paper, ("kind", *_of("application")), _paper, ("application__division",), True),
        Naming(
            Instalment,
            ("number", *_of("entitlement__application")),
            _instalment,
            ("entitlement__division",),
            True,
        ),
        Naming(Attempt, ("batch__number", "line", "payee__name"), _line, ("batch__division",), True),
        Naming(ResultLine, ("result_file__batch__number", "line"), _line, ("result_file__batch__division",)),
        Naming(Letter, LETTER, _letter, ("division",), True),
        Naming(Notice, (*VERSION, "division", "posted_on"), _notice, ("division",)),
        Naming(Sweep, ("day",), lambda day: Called(str(day))),
        Naming(Person, ("name", "division"), Called, ("division",), True),
        Naming(
            Household,
            ("head__name", "number"),
            lambda head, number: Called(head or number, number),
            ("division",),
            True,
        ),
        Naming(Account, ("owner__name", "bank"), Called, ("owner__division",), True),
        Naming(
            Fact,
            ("kind", "person__name", "household__head__name"),
            _fact,
            ("person__division", "household__division"),
            True,
        ),
        Naming(
            Double,
            ("other__name", "stays__name"),
            lambda other, stays: Called(f"{other} / {stays}"),
            ("stays__division",),
            True,
        ),
        Naming(Doubt, ("person__name",), lambda name: Called(name or ""), ("division",), True),
        Naming(
            EvidenceList,
            ("title", "file_name", "kind"),
            lambda title, file, kind: Called(title or file, _kind(kind)),
            ("division",),
        ),
        Naming(
            LearnedHeader, ("header", "kind"), lambda header, kind: Called(header, _kind(kind)), ("scope",)
        ),
        Naming(PolicyVersion, ("title_zh", "title_en", "number"), _policy),
        Naming(Simulation, (*VERSION, "version__number"), _policy),
        Naming(Batch, ("number", "division"), Called, ("division",)),
        Naming(BankFile, ("name", "batch__number"), Called, ("batch__division",)),
        Naming(ResultFile, ("name", "batch__number"), Called, ("batch__division",)),
        Naming(Allotment, ("document_number", "fiscal_year"), lambda number, year: Called(number, str(year))),
        Naming(Official, ("name", "number"), Called, ("division__code",)),
        Naming(PowerChange, ("official__name", "official__number"), Called, ("official__division__code",)),
        Naming(Division, ("name",), Called),
        Naming(Stock, ("table", "rows"), _stock),
    )
}
