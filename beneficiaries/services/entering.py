"""A fact entered from a paper at the counter: it counts at once where nothing says otherwise.

It stands under the rules of every list row. What lists deny, and what harms or excludes somebody, counts for nobody
until another person has settled it; what was entered wrongly is taken back by two people and stays on record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from audit.actor import SYSTEM, Actor
from audit.door import record
from beneficiaries.lists.periods import month, year
from beneficiaries.models import Coverage, Doubt, EvidenceList, Fact, Household, Person
from beneficiaries.queries.differing import (
    Said,
    disagree,
    entries_without,
    is_entry,
    is_same_record,
    lists_without,
    live_facts,
    mirrors_of,
    said_by,
    said_with,
    subject_of,
)
from beneficiaries.queries.facts import digests_of
from beneficiaries.queries.family import source_of
from beneficiaries.queries.together import is_said
from beneficiaries.services.because import because
from beneficiaries.services.elsewhere import Elsewhere, ask_elsewhere, desk_of
from beneficiaries.services.line import in_line
from beneficiaries.services.named import of_the_other, with_named
from beneficiaries.services.standing import dispute
from beneficiaries.services.weighing import weigh_again
from facts.catalogue import Kind, load_catalogue
from standards.words import Refusal, Words

SOURCES_NAMED = 3  # lists named in one doubt


@dataclass(frozen=True, slots=True)
class _Compared:
    """What speaks against an entry."""

    against: list[Fact]
    without: list[EvidenceList]


@dataclass(frozen=True, slots=True)
class _Source:
    """By which paper, by whom, on which day something is entered; ``elsewhere``: see :func:`enter_fact`."""

    kind: Kind
    paper: str
    by: Actor
    on: date
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)


def enter_fact(
    subject: Person | Household,
    *,
    kind: str,
    values: dict[str, Any],
    paper: str,
    by: Actor,
    on: date,
    valid_from: date | None = None,
    elsewhere: Mapping[str, Elsewhere] | None = None,
) -> Fact:
    """Write what a paper proves about a person or a household. ``values`` hold the kind's fields, JSON-ready.

    Another person (a parent, a spouse) stands among them by ID number; what holds of both is written for both.
    ``elsewhere``: by field, the name and county of a parent or guardian of another county, who is put on record with it.
    Its days are the kind's own (issued, cancelled), for a yearly kind its year, for one with month lists the month,
    else from ``valid_from`` or ``on``. Where lists say otherwise, or the kind asks for a second person, the fact is
    disputed and a doubt names both sides. Raises ValueError for a field that the kind does not have, or a subject of
    the other sort; Refusal where all of it is on record already, or the kind cannot be entered.
    """
    known = load_catalogue().kind(kind)
    is_person = isinstance(subject, Person)
    if is_person != (known.about == "person") or not values.keys() <= known.fields.keys():
        raise ValueError(f"{kind} is about a {known.about} and has the fields {', '.join(known.fields)}")
    if known.entered == "never":
        raise Refusal(
            f"“{known.words.zh}”只从名单来，不能在窗口登记",
            f"“{known.words.en}” comes from lists only and cannot be entered at the counter",
            code="not_entered_here",
        )
    days = _days(known, values, valid_from or on)
    source = _Source(known, paper, by, on, elsewhere or {})
    with transaction.atomic(), because(by, paper):
        in_line()
        ask_elsewhere(known, subject, values)
        if isinstance(subject, Person):
            values = with_named(known, subject, values, source.elsewhere, on)
        fact = _enter(subject, Said(*days, values), source)
        other = of_the_other(known, subject.pk, values)
        if other is not None and not _is_on_record(other[0], Said(*days, other[1]), known):
            _enter(Person.objects.get(pk=other[0]), Said(*days, other[1]), source)
    return fact


def _enter(
    subject: Person | Household,
    said: Said,
    source: "_Source",
    *,
    instead_of: Sequence[int] = (),
    is_seen: bool = False,
) -> Fact:
    """Write what the paper says alone, then weigh it with everything else that is said; gives the paper's own word, which
    may stand behind a row worked out from it and a list. ``instead_of``: the wrong entries whose place it takes;
    ``is_seen``: a second person has just seen the paper."""
    kind, by = source.kind, source.by
    compared = _compare(subject, kind, said)
    fact = _write(subject, said, source)
    record("enter_fact", fact, by=by, on=source.on, detail={"kind": kind.name, "paper": source.paper})
    Fact.objects.filter(pk__in=instead_of).update(superseded_by=fact)
    _doubt(fact, kind, compared, by=by, is_seen=is_seen)
    weigh_again(kind, subject.pk)
    return fact


def end_before(wrong: Fact, day: date, *, by: Actor, on: date) -> Fact:
    """Write anew what an entry said, with its last day before ``day``: what came after it is on record by another paper.

    For the service that settles which holds: its second person has seen both papers.
    """
    kind, last = load_catalogue().kind(wrong.kind), day - timedelta(days=1)
    people = {field.key: wrong.values[field.key] for field in kind.people if field.key in wrong.values}
    numbers = Person.objects.in_bulk(people.values())
    values = {**wrong.values, **{key: numbers[pk].citizen_id for key, pk in people.items()}}
    values[kind.until] = last.isoformat()
    return enter_instead(wrong, values, paper=wrong.paper, by=by, on=on, is_seen=True)


def enter_instead(
    wrong: Fact,
    values: dict[str, Any],
    *,
    paper: str,
    by: Actor,
    on: date,
    elsewhere: Mapping[str, Elsewhere] | None = None,
    is_seen: bool = False,
) -> Fact:
    """Write what a paper says in the place of a wrong entry, which names it. For services: who may is asked before.

    Another person stands among ``values`` by ID number; what the entry said of that other of two goes with it.
    """
    known = load_catalogue().kind(wrong.kind)
    if not values.keys() <= known.fields.keys():
        raise ValueError(f"{wrong.kind} has the fields {', '.join(known.fields)}")
    subject, mirrors = subject_of(wrong), [one for one in mirrors_of(wrong) if is_entry(one)]
    ask_elsewhere(known, subject, values)
    if isinstance(subject, Person):
        values = with_named(known, subject, values, elsewhere or {}, on)
    for one in (wrong, *mirrors):  # while the new one is compared with the rest
        weigh_again(known, subject_of(one).pk, asked=[one.pk])
        Fact.objects.filter(pk=one.pk).update(superseded_by=one)
    said, source = Said(*_days(known, values, wrong.valid_from), values), _Source(known, paper, by, on)
    fact = _enter(subject, said, source, instead_of=[wrong.pk], is_seen=is_seen)
    other = of_the_other(known, subject.pk, values)
    if other is not None and not _is_on_record(other[0], Said(said.first, said.last, other[1]), known):
        told = _enter(Person.objects.get(pk=other[0]), Said(said.first, said.last, other[1]), source)
        Fact.objects.filter(pk__in=[one.pk for one in mirrors], person=told.person_id).update(
            superseded_by=told
        )
    _settle_replaced([wrong, *mirrors], by=by, on=on)
    return fact


def _settle_replaced(gone: Sequence[Fact], *, by: Actor, on: date) -> None:
    """What waited about an entry that was replaced has nothing left to settle: who replaced it looked at it."""
    for doubt in Doubt.objects.filter(fact__in=gone, settled_on=None):
        settler = SYSTEM if doubt.raised_by == by.number else by
        doubt.settled_by, doubt.settled_on, doubt.outcome = settler.number, on, "corrected"
        doubt.save(update_fields=["settled_by", "settled_on", "outcome"])
        record("settle", doubt, by=settler, on=on, detail={"kind": doubt.kind, "outcome": doubt.outcome})


def _is_on_record(person: int, said: Said, kind: Kind) -> bool:
    """Whether everything is said of the other of two already: by the list that knows them both."""
    return any(_says_all(kind, fact, said) for fact in live_facts(Person(pk=person), kind.name))


def ask_to_withdraw(fact: Fact, *, by: Actor, on: date, reason: str, approved: Sequence[str] = ()) -> Doubt:
    """Say that an entry was wrong: it counts for nobody from now, and another person confirms or lets it stand. What lists
    say too is weighed without it at once, and is what stands when it is taken back.

    ``approved`` are the receipt numbers of what was approved on it, named to whoever confirms.
    Raises Refusal for what came from a list, was replaced or taken back already, or waits already.
    """
    with transaction.atomic(), because(by, reason):
        in_line()
        fresh = standing_entry(fact)
        if fresh.doubts.filter(kind=Doubt.Kind.WITHDRAWAL, settled_on=None).exists():
            words = Doubt.REFUSALS["one_open_doubt_of_a_fact"]
            raise Refusal(words.zh, words.en, code="one_open_doubt_of_a_fact")
        both = [fresh, *said_with(fresh)]
        dispute(both)
        kind = load_catalogue().kind(fresh.kind)
        name = kind.words
        decided_zh = f"。已据此批准：{'、'.join(approved)}" if approved else ""
        decided_en = f". Approved on it: {', '.join(approved)}" if approved else ""
        words = Words(
            f"{by.name} 申请撤回登记的“{name.zh}”：{reason}{decided_zh}",
            f"{by.name} asks to withdraw “{name.en}”: {reason}{decided_en}",
        )
        record("ask_to_withdraw", fresh, by=by, on=on, detail={"kind": fresh.kind, "reason": reason})
        doubt = _new_doubt(fresh, Doubt.Kind.WITHDRAWAL, words, raised_by=by.number)
        for one in both:
            weigh_again(kind, subject_of(one).pk)
        return doubt


def standing_entry(fact: Fact) -> Fact:
    """``fact`` as it is now, in the line. It may stand behind what a list says.

    Raises Refusal for what came from a list, and for what was corrected or taken back already.
    """
    fresh = Fact.objects.select_related("person", "household__head", "list", "superseded_by").get(pk=fact.pk)
    if not is_entry(fresh):
        raise Refusal(
            "这一条来自名单，要由送名单的部门更正",
            "This came from a list: the department that sent it must correct it",
            code="not_an_entry",
        )
    if not is_said(fresh):
        raise Refusal(
            "这一条已经撤回或被更正，不再算数",
            "This was withdrawn or corrected already and counts no more",
            code="withdrawn_already",
        )
    return fresh


def doubt_entries_without(
    evidence: EvidenceList, covered: Sequence[Coverage], *, by: Actor, on: date
) -> None:
    """A complete list that does not hold what a paper said: the entry counts no more until a person settles it."""
    kind = load_catalogue().kind(evidence.kind)
    if not evidence.is_complete or not kind.is_absence_no:
        return
    for fact in entries_without(evidence, covered):
        dispute([fact])
        _new_doubt(fact, Doubt.Kind.PAPER_DIFFERS, _words(fact, [], [evidence]), raised_by=fact.entered_by)
        record("doubt_fact", fact, by=by, on=on, detail={"list": evidence.pk})


def _compare(subject: Person | Household, kind: Kind, said: Said) -> _Compared:
    on_record = list(live_facts(subject, kind.name))
    for fact in on_record:
        if _says_all(kind, fact, said):
            source = source_of(fact)
            raise Refusal(
                f"已经有了，不用再登记：“{source.zh}”说的和这份材料一样",
                f"It is on record already: “{source.en}” says the same as this paper",
                code="on_record_already",
            )
    opposed = [fact for fact in on_record if disagree(kind, said, said_by(fact))]
    same = [fact for fact in on_record if is_same_record(kind, said, said_by(fact)) and fact not in opposed]
    disputed = [fact for fact in same if fact.is_disputed]
    going = Doubt.objects.filter(fact__in=disputed, kind=Doubt.Kind.WITHDRAWAL, settled_on=None)
    going_keys = set(going.values_list("fact", flat=True)) if disputed else set()
    # What is to be taken back speaks for nobody.
    opposed += [fact for fact in disputed if fact.pk not in going_keys]
    return _Compared(opposed, lists_without(subject, kind, said))


def _says_all(kind: Kind, fact: Fact, said: Said) -> bool:
    """Whether what is on record says everything the paper says, and nothing else of its end."""
    other = said_by(fact)
    is_same = is_same_record(kind, said, other) and not disagree(kind, said, other)
    return is_same and said.values.items() <= other.values.items()


def _write(subject: Person | Household, said: Said, source: "_Source") -> Fact:
    of_person, of_household = (subject.pk, None) if isinstance(subject, Person) else (None, subject.pk)
    (digest,) = digests_of(
        [(of_person, of_household, source.kind.name, said.first, said.last, said.values, None, None)]
    )
    return Fact.objects.create(
        person_id=of_person,
        household_id=of_household,
        kind=source.kind.name,
        valid_from=said.first,
        valid_until=said.last,
        values=said.values,
        entered_by=source.by.number,
        paper=source.paper,
        digest=digest,
    )


def _doubt(fact: Fact, kind: Kind, compared: _Compared, *, by: Actor, is_seen: bool) -> None:
    """Where lists deny the entry, or the kind asks for a second person, it counts for nobody until that is settled."""
    if compared.against or compared.without:
        words = _words(fact, compared.against, compared.without)
        _new_doubt(fact, Doubt.Kind.PAPER_DIFFERS, words, raised_by=by.number)
    elif not is_seen and ((twice := _another_has(fact, kind)) or kind.entered == "confirmed"):
        zh, en = twice.zh if twice else "", twice.en if twice else ""
        words = Words(
            f"{by.name} 按材料登记了“{kind.words.zh}”，{zh}要另一个人看过材料才算数",
            f"{by.name} entered “{kind.words.en}” from a paper: {en}it counts when another person has seen the paper",
        )
        _new_doubt(fact, Doubt.Kind.ENTERED_ALONE, words, raised_by=by.number)
    else:
        return
    dispute([fact, *compared.against])
    fact.is_disputed = True


def _another_has(fact: Fact, kind: Kind) -> Words | None:
    """That a number which one alone has (of a certificate) stands on the record of another too: one of both is wrong."""
    for key, asked in kind.fields.items():
        if not asked.of_one or not fact.values.get(key):
            continue
        same = Fact.objects.filter(kind=kind.name, superseded_by=None, **{f"values__{key}": fact.values[key]})
        if same.exclude(person=fact.person_id, household=fact.household_id).exists():
            return Words(
                f"同样的{asked.words.zh}也登记在别处，", f"another has the same “{asked.words.en.lower()}”; "
            )
    return None


def _words(fact: Fact, opposed: Sequence[Fact], without: Sequence[EvidenceList]) -> Words:
    name, paper = load_catalogue().kind(fact.kind).words, source_of(fact)
    said = [_named(other) for other in opposed[:SOURCES_NAMED]]
    silent = [one.title or one.file_name for one in without[:SOURCES_NAMED]]
    zh = [f"“{one.zh}”说法不同" for one in said] + [f"完整名单“{one}”里没有" for one in silent]
    en = [f"“{one.en}” says otherwise" for one in said] + [
        f"not on the complete list “{one}”" for one in silent
    ]
    return Words(
        f"{name.zh}：窗口按“{paper.zh}”登记；{'；'.join(zh)}。核实以前都不算",
        f"{name.en}: entered from “{paper.en}”; {'; '.join(en)}. Neither counts until it is settled",
    )


def _named(other: Fact) -> Words:
    """A list by its title; a paper, of which there may be two of a kind, with the day on which it was entered."""
    source = source_of(other)
    if other.list_id is not None:
        return source
    day = localtime(other.recorded_at).date()
    return Words(f"{source.zh}（{day} 登记）", f"{source.en} (entered on {day})")


def _new_doubt(fact: Fact, kind: str, words: Words, *, raised_by: str) -> Doubt:
    about = subject_of(fact)
    return Doubt.objects.create(
        kind=kind,
        division=desk_of(about) if isinstance(about, Person) else about.division,
        person=about if isinstance(about, Person) else about.head,
        fact=fact,
        words={"zh": words.zh, "en": words.en},
        raised_by=raised_by,
    )


def _days(kind: Kind, values: dict[str, Any], on: date) -> tuple[date, date | None]:
    last = values.get(kind.until) if kind.until else None
    if kind.day and values.get(kind.day):
        return date.fromisoformat(values[kind.day]), date.fromisoformat(last) if last else None
    named = next((key for key, field in kind.fields.items() if field.from_period and values.get(key)), "")
    if kind.dated == "yearly" and named:
        span = year(values[named])
        return span.first, span.last
    if kind.coverage == "month":
        span = month(on.year, on.month)
        return span.first, span.last
    return on, None
