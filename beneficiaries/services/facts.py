"""Facts from a list: weighed with all that is said of their subjects, then written by COPY with their keyed digests.

Each list's own word is kept as a row, whatever stands. The same again changes nothing. More about the same record makes
one record of both. A later state of a register ends the one before. Anything else that differs is disputed, whichever
came first, until a person settles it (`beneficiaries.queries.together`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from beneficiaries.models import Fact
from beneficiaries.queries.differing import identity_of, is_state_of_register
from beneficiaries.queries.together import Stands, Word
from beneficiaries.services.facts_back import let_count
from beneficiaries.services.outcome import Taking
from beneficiaries.services.staging import next_keys
from beneficiaries.services.standing import close_where_nothing_differs
from beneficiaries.services.weighing import Row, Subject, Weighed, on_record, weigh, write_weighed
from facts.catalogue import Kind
from standards.words import Words

DIFFERS = Words(
    "与已有的名单说法不同，两边都先不算，请核实后选定",
    "Differs from what another list says: neither counts until a person settles it",
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact as a list states it. ``row`` is the table's; ``subject`` a person or household by the kind."""

    row: int
    subject: int
    first: date
    last: date | None
    values: dict[str, Any]


@dataclass
class Plan:
    """What becomes of the stated facts. ``new`` bring something, ``disputed`` are rows among them."""

    weighed: Weighed
    new: list[Stated] = field(default_factory=list)
    disputed: set[int] = field(default_factory=set)


def plan_facts(taking: Taking, kind: Kind, stated: Sequence[Stated]) -> Plan:
    """Weigh them with what is on record; fills ``same`` and ``changed`` of the taking and adds doubts."""
    known = on_record(kind, {fact.subject for fact in stated})
    once = _once(taking, kind, stated)
    source = taking.evidence.pk
    said: dict[int, Stated] = dict(zip(next_keys(Fact, len(once)), once, strict=True))
    words: dict[int, list[Word]] = defaultdict(list)
    for key, fact in said.items():
        words[fact.subject].append(
            Word(
                fact.first, fact.last, fact.values, False, key, source, taking.number(fact.row), False, False
            )
        )
    plan = Plan(weigh(kind, known, words))
    nothing = Subject()
    for key, fact in said.items():
        _outcome(taking, plan, kind, key, fact, known.get(fact.subject, nothing))
    if kind.mutual:
        taking.same -= {fact.row for fact in plan.new}  # a row about two people may be new for one of them
    return plan


def write_facts(taking: Taking, kind: Kind, plan: Plan) -> int:
    """Write the plan; gives how many facts are new. Needs the transaction of the caller.

    A list may know what ends a dispute (the day on which the first of two certificates was cancelled).
    """
    write_weighed(kind, plan.weighed)
    if plan.weighed.clear:
        cleared = Fact.objects.filter(pk__in=plan.weighed.clear).select_related("person", "household__head")
        let_count(cleared, on=taking.on)
        close_where_nothing_differs(cleared, on=taking.on)
    return len(plan.new)


def _once(taking: Taking, kind: Kind, stated: Sequence[Stated]) -> list[Stated]:
    """Two rows of one list that say the same of one subject (two members of one household) are one word."""
    first: dict[tuple[object, ...], Stated] = {}
    once: list[Stated] = []
    for fact in stated:
        key = (fact.subject, *identity_of(kind, fact.first, fact.values))
        before = first.setdefault(key, fact)
        is_same = (before.first, before.last, before.values) == (fact.first, fact.last, fact.values)
        if before is fact or not is_same:
            once.append(fact)
        else:
            taking.same.add(fact.row)
    return once


def _outcome(taking: Taking, plan: Plan, kind: Kind, key: int, fact: Stated, known: Subject) -> None:
    """What the row brings: nothing, something new, a change, or a dispute."""
    if not known.rows and key not in plan.weighed.stands:
        plan.new.append(fact)
        return
    stands, row = plan.weighed.stands[key]
    before = known.rows.get(row)
    if before is not None and before.successor is None:
        taking.same.add(fact.row)
        return
    plan.new.append(fact)
    replaced = [one for one in known.rows.values() if one.successor is None and _is_of(kind, stands, one)]
    if stands.is_disputed:
        plan.disputed.add(fact.row)
        _doubt(taking, fact.row, fact.subject)
        if replaced:
            taking.changed.add(fact.row)
    elif replaced:
        if any(not _is_confirmed(one, fact) for one in replaced):
            taking.changed.add(fact.row)
    elif is_state_of_register(kind):
        _later_state(taking, plan.weighed, kind, fact, known.rows)


def _is_of(kind: Kind, one: Stands, other: Row) -> bool:
    return identity_of(kind, one.first, one.values) == identity_of(kind, other.first, other.values)


def _is_confirmed(entry: Row, fact: Stated) -> bool:
    """Whether a list says the same as an entry that counts: its own row counts from now on."""
    return entry.is_entry and not entry.is_disputed and entry.values == fact.values


def _later_state(taking: Taking, weighed: Weighed, kind: Kind, fact: Stated, rows: Mapping[int, Row]) -> None:
    """A register of a later day: different ends the state before it, equal says that it goes on."""
    before = [
        row
        for row in rows.values()
        if row.successor is None
        and not (row.is_entry or row.is_disputed)
        and row.first < fact.first <= (row.last or date.max)
        and all(row.values.get(key) == fact.values.get(key) for key in kind.apart)
    ]
    if any(row.id in weighed.successors for row in before):
        taking.changed.add(fact.row)
    elif before and max(before, key=lambda row: row.first).values == fact.values:
        taking.same.add(fact.row)


def _doubt(taking: Taking, row: int, subject: int) -> None:
    taking.in_doubt.setdefault(row, subject)
    if any(
        problem.row == row and problem.code == "two_households" for problem in taking.whole.checked.problems
    ):
        return  # one cause, one doubt: settling the household settles this
    taking.doubt(row, "subject", DIFFERS, "lists_differ")
