"""Facts from a list: compared with what is known, then written by COPY with their keyed digests.

The same again is kept as said by this list too, and changes nothing. More about the same record replaces it. A later
state of a status closes the one before. Anything else that differs is disputed, whichever came first: both rows stay,
neither counts, until a person settles it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from beneficiaries.models import Fact
from beneficiaries.queries.differing import Told, contradict, identity_of, is_state_of_register, mirrors_of
from beneficiaries.queries.facts import digests_of
from beneficiaries.services.outcome import Taking
from beneficiaries.services.staging import copy_columns, execute, flags, octets, plain, select, texts
from beneficiaries.services.standing import dispute
from facts.catalogue import Kind
from standards.words import Words

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


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
    """What becomes of the stated facts. ``closed`` are copies of old ones with a last day."""

    new: list[Stated] = field(default_factory=list)
    disputed: set[int] = field(default_factory=set)  # rows among ``new``
    disputed_old: set[int] = field(default_factory=set)  # facts
    replaced: dict[int, int] = field(default_factory=dict)  # fact → row
    closed: list[tuple[int, Stated]] = field(default_factory=list)  # fact → its copy with a last day
    again: list[tuple[Stated, "Old"]] = field(default_factory=list)  # what is on record already


@dataclass(frozen=True, slots=True)
class Old(Told):
    """One fact on record; ``is_entry``: read off a paper at the counter."""

    id: int
    is_disputed: bool


def plan_facts(taking: Taking, kind: Kind, stated: Sequence[Stated]) -> Plan:
    """Compare with the facts on record; fills ``same`` and ``changed`` of the taking and adds doubts."""
    known = _known(kind, {fact.subject for fact in stated})
    plan = Plan()
    planned: dict[tuple[object, ...], Stated] = {}
    for told in stated:
        fact = _until_the_next(kind, told, known.get(told.subject, []))
        key = (fact.subject, *identity_of(kind, fact.first, fact.values))
        earlier = planned.get(key)
        if earlier is not None:
            _again(taking, plan, earlier, fact)
            continue
        planned[key] = fact
        _against_known(taking, plan, kind, fact, known.get(fact.subject, []))
    _contradictions(taking, plan, kind, known)
    if kind.mutual:
        taking.same -= {fact.row for fact in plan.new}  # a row about two people may be new for one of them
    return plan


def _again(taking: Taking, plan: Plan, earlier: Stated, fact: Stated) -> None:
    """Two rows of one list about one record (two members of one household): equal is once, else both are disputed."""
    if earlier.values == fact.values and (earlier.first, earlier.last) == (fact.first, fact.last):
        taking.same.add(fact.row)
        return
    plan.new.append(fact)
    plan.disputed |= {earlier.row, fact.row}
    for row in (earlier.row, fact.row):
        _doubt(taking, row, fact.subject)


def _against_known(taking: Taking, plan: Plan, kind: Kind, fact: Stated, known: list[Old]) -> None:
    if not known:  # the usual case of a first list
        plan.new.append(fact)
        return
    record = identity_of(kind, fact.first, fact.values)
    same_record = [old for old in known if identity_of(kind, old.first, old.values) == record]
    if len(same_record) == 1 and _is_confirmed(same_record[0], fact):
        # The list's own row counts from now on: whoever takes the entry back takes nothing from the list.
        old = same_record[0]
        plan.new.append(replace(fact, last=fact.last or old.last, values=old.values | fact.values))
        plan.replaced[old.id] = fact.row
        return
    said = next((old for old in same_record if _says_all(old, fact)), None)
    if said is not None:
        taking.same.add(fact.row)
        plan.again.append((fact, said))
        return
    if same_record:
        _same_record(taking, plan, fact, same_record)
        return
    before = [old for old in known if _is_state_before(kind, old, fact)]
    if before:
        _later_state(taking, plan, fact, max(before, key=lambda old: old.first))
    else:
        plan.new.append(fact)


def _is_state_before(kind: Kind, old: Old, fact: Stated) -> bool:
    """Whether a register of a later day closes what is on record.

    It never closes what a paper said by itself, nor what is in dispute: those days stay not known.
    """
    return (
        is_state_of_register(kind)
        and not (old.is_entry or old.is_disputed)
        and all(old.values.get(key) == fact.values.get(key) for key in kind.apart)
        and old.first < fact.first
        and (old.last is None or old.last >= fact.first)
    )


def _contradictions(taking: Taking, plan: Plan, kind: Kind, known: dict[int, list[Old]]) -> None:
    """What cannot be beside something else that is told of the same days goes to a person, whoever told it first."""
    beside: dict[int, list[Stated]] = defaultdict(list)
    for fact in plan.new:
        beside[fact.subject].append(fact)
    for fact in plan.new:
        said = _told(fact)
        on_record = [old for old in known.get(fact.subject, []) if old.id not in plan.replaced]
        olds = {old.id for old in on_record if contradict(kind, said, old)}
        news = {
            one.row for one in beside[fact.subject] if one is not fact and contradict(kind, said, _told(one))
        }
        if not olds and not news:
            continue
        plan.disputed_old |= olds
        if fact.row not in plan.disputed:
            plan.disputed.add(fact.row)
            _doubt(taking, fact.row, fact.subject)


def _told(fact: Stated) -> Told:
    return Told(fact.first, fact.last, fact.values, is_entry=False)


def _is_confirmed(old: Old, fact: Stated) -> bool:
    """Whether a list says the same as an entry that counts."""
    return old.is_entry and not old.is_disputed and old.first == fact.first and _says_all(old, fact)


def _says_all(old: Old, fact: Stated) -> bool:
    """Whether a fact on record says everything the list says."""
    days_agree = old.first == fact.first and (old.last == fact.last or fact.last is None)
    return days_agree and all(old.values.get(key) == value for key, value in fact.values.items())


def _same_record(taking: Taking, plan: Plan, fact: Stated, same_record: list[Old]) -> None:
    """More about one record replaces it; anything else is disputed with all that was said of it."""
    taking.changed.add(fact.row)
    old = same_record[0]
    agrees = all(fact.values.get(key, value) == value for key, value in old.values.items())
    agrees = agrees and old.first == fact.first and not (old.is_entry and old.is_disputed)
    if len(same_record) == 1 and agrees and len({old.last, fact.last} - {None}) < 2:
        plan.new.append(replace(fact, last=fact.last or old.last, values=old.values | fact.values))
        plan.replaced[old.id] = fact.row
        return
    plan.new.append(fact)
    plan.disputed.add(fact.row)
    plan.disputed_old |= {one.id for one in same_record}
    _doubt(taking, fact.row, fact.subject)


def _later_state(taking: Taking, plan: Plan, fact: Stated, old: Old) -> None:
    """A register of a later day: different closes the state before it, equal says that it goes on.

    Both are kept with their own day: a register of a day between may come in last.
    """
    plan.new.append(fact)
    if old.values == fact.values:
        taking.same.add(fact.row)
        return
    before = Stated(fact.row, fact.subject, old.first, fact.first - timedelta(days=1), old.values)
    plan.closed.append((old.id, before))
    taking.changed.add(fact.row)


def _until_the_next(kind: Kind, fact: Stated, known: list[Old]) -> Stated:
    """A state of one of several things (a car) ends where a register of a later day tells another of the same thing."""
    if not kind.apart or not is_state_of_register(kind):
        return fact
    later = [
        old.first
        for old in known
        if not old.is_entry
        and fact.first < old.first <= (fact.last or date.max)
        and all(old.values.get(key) == fact.values.get(key) for key in kind.apart)
    ]
    return replace(fact, last=min(later) - timedelta(days=1)) if later else fact


def _doubt(taking: Taking, row: int, subject: int) -> None:
    taking.in_doubt.setdefault(row, subject)
    if any(
        problem.row == row and problem.code == "two_households" for problem in taking.whole.checked.problems
    ):
        return  # one cause, one doubt: settling the household settles this
    words = Words(
        "与已有的名单说法不同，两边都先不算，请核实后选定",
        "Differs from what another list says: neither counts until a person settles it",
    )
    taking.doubt(row, "subject", words, "lists_differ")


def _known(kind: Kind, subjects: Iterable[int]) -> dict[int, list[Old]]:
    found: dict[int, list[Old]] = defaultdict(list)
    rows = select(
        f"""SELECT id, {kind.about}_id, valid_from, valid_until, values, list_id IS NULL AND entered_by <> '', is_disputed
            FROM beneficiaries_fact
            WHERE kind = %s AND {kind.about}_id = ANY(%s) AND superseded_by_id IS NULL ORDER BY id""",  # noqa: S608  # person or household
        kind.name,
        list(subjects),
    )
    for pk, subject, first, last, values, is_entry, is_disputed in rows:
        told = json.loads(values) if isinstance(values, str) else values
        found[subject].append(Old(first, last, told, is_entry, pk, is_disputed))
    return found


def write_facts(taking: Taking, kind: Kind, plan: Plan) -> int:
    """Write the plan; gives how many facts are new. Needs the transaction of the caller."""
    closing = [fact for _, fact in plan.closed]
    again = [fact for fact, _ in plan.again]
    facts = [*plan.new, *closing, *again]
    if not facts:
        return 0
    source = taking.evidence.pk
    subjects = [fact.subject for fact in facts]
    nobody: list[None] = [None] * len(facts)
    people, households = (subjects, nobody) if kind.about == "person" else (nobody, subjects)
    numbers = [taking.number(fact.row) for fact in facts]
    digests = digests_of(
        (person, household, kind.name, fact.first, fact.last, fact.values, source, number)
        for person, household, fact, number in zip(people, households, facts, numbers, strict=True)
    )
    copy_columns(
        Fact,
        {
            "person": plain(people),
            "household": plain(households),
            "kind": kind.name,
            "valid_from": plain(fact.first for fact in facts),
            "valid_until": plain(fact.last for fact in facts),
            "values": texts(as_json(fact.values) for fact in facts),
            "list": source,
            "row": plain(numbers),
            "entered_by": "",
            "paper": "",
            "is_disputed": flags(
                [fact.row in plan.disputed for fact in plan.new] + [False] * (len(closing) + len(again))
            ),
            "superseded_by": plain(
                [
                    *[None] * (len(plan.new) + len(closing)),
                    *(old.id for _, old in plan.again),
                ]
            ),
            "digest": octets(digests),
        },
    )
    if plan.disputed_old:
        doubted = list(Fact.objects.filter(pk__in=plan.disputed_old))
        dispute([*doubted, *(mirror for fact in doubted for mirror in mirrors_of(fact))])
    _supersede(taking, plan)
    return len(plan.new)


def as_json(values: dict[str, Any]) -> str:
    """A fact's values as stored."""
    return _encode(values)


def _supersede(taking: Taking, plan: Plan) -> None:
    """Name the new row in each replaced one. A closed copy has the same first day as the fact it closes."""
    pairs = [(old, row) for old, row in plan.replaced.items()]
    pairs += [(old, fact.row) for old, fact in plan.closed]
    if not pairs:
        return
    execute(
        """UPDATE beneficiaries_fact old SET superseded_by_id = new.id
           FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::int[]) AS row) p, beneficiaries_fact new
           WHERE old.id = p.id AND new.list_id = %s AND new.row = p.row AND new.kind = old.kind
             AND new.valid_from = old.valid_from AND new.superseded_by_id IS NULL
             AND (new.person_id, new.household_id) IS NOT DISTINCT FROM (old.person_id, old.household_id)""",
        [old for old, _ in pairs],
        [taking.number(row) for _, row in pairs],
        taking.evidence.pk,
    )
