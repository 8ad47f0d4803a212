"""What stands of many subjects, brought in step with what is said of them: when a list arrives and when one goes.

Every word of a list stays a row of its own, as the list said it. What stands is one of those rows, or a row worked out
from several (``is_derived``); all the others name it. Nothing is rewritten: rows only name another successor.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from beneficiaries.models import Doubt, EvidenceList, Fact
from beneficiaries.queries.differing import Said, Told, mirrors_of_all, said_with
from beneficiaries.queries.facts import digests_of
from beneficiaries.queries.together import Stands, Word, stands_for, together
from beneficiaries.services.staging import (
    copy_columns,
    flags,
    next_keys,
    octets,
    plain,
    select,
    set_values,
    texts,
)
from beneficiaries.services.standing import dispute
from facts.catalogue import Kind

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Row(Told):
    """One fact on record."""

    id: int
    is_disputed: bool
    is_derived: bool
    successor: int | None
    list: int | None
    row: int | None
    entered_by: str
    paper: str


@dataclass
class Subject:
    """What is on record of one subject: the words in play, each with the row at the end of the way it names; the rows
    that were worked out; and what a person decided against, with the row that was chosen. ``gone``: of lists that go;
    ``asked``: entries that somebody asked to take back."""

    rows: dict[int, Row] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    end_of: dict[int, int] = field(default_factory=dict)
    derived: list[Row] = field(default_factory=list)
    decided: list[tuple[Row, int]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class New:
    """A fact to be written, of that row of that list; ``id`` is below zero until it has a key."""

    id: int
    subject: int
    said: Said
    list: int | None
    row: int | None
    is_disputed: bool
    is_derived: bool
    successor: int | None
    entered_by: str = ""
    paper: str = ""


@dataclass
class Weighed:
    """What becomes of the rows: whom each names now, what is to be written, and what is in dispute now or no more."""

    successors: dict[int, int | None] = field(default_factory=dict)
    made: list[New] = field(default_factory=list)
    disputed: set[int] = field(default_factory=set)  # rows that stand, and cannot be beside others
    clear: set[int] = field(default_factory=set)  # marked rows that nothing said is against
    stands: dict[int, tuple[Stands, int]] = field(default_factory=dict)  # new word → what stands, and its row


def weigh_again(kind: Kind, about: int, *, asked: Iterable[int] = ()) -> None:
    """Bring what stands of one subject in step with what is said of it now; ``asked``: entries that go, beside those that
    somebody asked to take back."""
    write_weighed(kind, weigh(kind, on_record(kind, [about], asked=asked), {}))


def on_record(
    kind: Kind, subjects: Iterable[int], *, without: int | None = None, asked: Iterable[int] = ()
) -> dict[int, Subject]:
    """Everything said of the subjects, as if the list ``without`` had never come. One row of the table is read once."""
    gone = set(EvidenceList.objects.filter(kind=kind.name, state="withdrawn").values_list("pk", flat=True))
    gone |= {without} if without is not None else set()
    found: dict[int, Subject] = defaultdict(Subject)
    rows = select(
        f"""SELECT {kind.about}_id, valid_from, valid_until, values::text, list_id IS NULL AND entered_by <> '', id,
                   is_disputed, is_derived, superseded_by_id, list_id, "row",
                   entered_by, paper
            FROM beneficiaries_fact WHERE kind = %s AND {kind.about}_id = ANY(%s) ORDER BY id""",  # noqa: S608  # person or household
        kind.name,
        list(subjects),
    )
    read: dict[str, dict[str, Any]] = {}
    for about, first, last, told, *rest in rows:
        values = read.get(told)
        if values is None:
            values = read[told] = json.loads(told)
        row = Row(first, last, values, *rest)
        found[about].rows[row.id] = row
    waiting = Doubt.objects.filter(kind=Doubt.Kind.WITHDRAWAL, settled_on=None, fact__kind=kind.name)
    going = {*asked, *waiting.values_list("fact", flat=True)}
    if kind.mutual and going:  # what the same paper says of the other of two goes with it
        going |= {one.pk for fact in Fact.objects.filter(pk__in=going) for one in said_with(fact)}
    for subject in found.values():
        subject.asked = going & subject.rows.keys()
        _sort(kind, subject, gone)
    return found


def _sort(kind: Kind, subject: Subject, gone: set[int]) -> None:
    """Which rows are words in play. One that names the other side of a dispute, or the paper's word that took its place, was
    decided against, while that stands."""
    for row in subject.rows.values():
        if row.list in gone:
            subject.gone.add(row.id)
        elif row.successor == row.id:
            pass  # taken back
        elif row.is_derived:
            subject.derived.append(row)
        elif row.successor is None:
            _play(subject, row, row.id)
        else:
            end, is_decided = _way(kind, subject.rows, row)
            if is_decided:
                subject.decided.append((row, end))
            else:
                _play(subject, row, end)
    if subject.decided:
        _free(subject)


def _free(subject: Subject) -> None:
    """What was decided against is said again when nobody says any more what was chosen."""
    chosen = set(subject.end_of.values())
    kept = [(row, end) for row, end in subject.decided if end in chosen or end not in subject.rows]
    for row, end in subject.decided:
        if (row, end) not in kept:
            _play(subject, row, end)
    subject.decided = kept


def _play(subject: Subject, row: Row, end: int) -> None:
    waits = row.is_entry and row.is_disputed and row.successor is None  # behind another row it was settled
    word = Word(
        row.first, row.last, row.values, row.is_entry, row.id, row.list, row.row, row.successor is None, waits,
        row.id in subject.asked,
    )  # fmt: skip
    subject.words.append(word)
    subject.end_of[row.id] = end


def _way(kind: Kind, rows: Mapping[int, Row], row: Row) -> tuple[int, bool]:
    """The row at the end of what it names, and whether one of them is the other side of a settled dispute."""
    is_decided = False
    while row.successor is not None and row.successor != row.id:
        successor = rows.get(row.successor)
        if successor is None:  # of another subject: the other of two, settled together
            return row.successor, True
        is_decided = is_decided or not stands_for(kind, successor, row)
        row = successor
    return row.id, is_decided


def weigh(kind: Kind, known: Mapping[int, Subject], new: Mapping[int, Sequence[Word]]) -> Weighed:
    """What stands when the ``new`` words (subject → words with keys of their own) are said beside what is on record."""
    weighed = Weighed()
    nothing = Subject()
    for about, words in new.items():
        if about not in known and len(words) == 1:  # all of a first list
            (word,) = words
            weighed.made.append(New(word.id, about, word, word.list, word.row, False, False, None))
        elif about not in known:
            _subject(weighed, about, nothing, together(kind, words))
    for about, subject in known.items():
        said = [*subject.words, *new.get(about, ())]
        _subject(weighed, about, subject, together(kind, said) if said else [])
    _give_keys(weighed)
    return weighed


def _subject(weighed: Weighed, about: int, subject: Subject, found: Sequence[Stands]) -> None:
    """Name what stands; every other row of the subject that stood names it."""
    now: dict[int, int] = {}  # the row at the end of a word's way → the row that stands for the word now
    spoken = [(one, _row_of(weighed, about, subject, one)) for one in found]
    for one, row in spoken:
        for word in one.words:
            end = subject.end_of.get(word.id)
            if end is not None:
                now[end] = row
            else:
                weighed.stands[word.id] = (one, row)
                weighed.made.append(_of_word(about, word, one, row, subject))
        _mark(weighed, subject, one, row)
    standing = {row for _, row in spoken}
    for old in subject.rows.values():
        if old.id in standing:
            if old.successor is not None:
                weighed.successors[old.id] = None
        elif old.successor is None and old.id not in subject.gone:
            weighed.successors[old.id] = now.get(old.id, old.id)
    _follow(weighed, subject, spoken, now)


def _follow(
    weighed: Weighed, subject: Subject, spoken: Sequence[tuple[Stands, int]], now: Mapping[int, int]
) -> None:
    """Rows that stood behind another one name what stands, where their way does not lead there by itself."""
    for one, row in spoken:
        for word in one.words:
            end = subject.end_of.get(word.id)
            if end is None or word.is_live or word.id == row:
                continue
            leads_to = weighed.successors.get(end) or end
            if leads_to != row or subject.rows[word.id].successor in subject.gone:
                weighed.successors[word.id] = row
    for behind, end in subject.decided:
        if behind.successor in subject.gone and end in now:
            weighed.successors[behind.id] = now[end]


def _row_of(weighed: Weighed, about: int, subject: Subject, one: Stands) -> int:
    """The row that says what stands: the speaker's, one that was worked out before, or a new one (below zero as yet)."""
    if one.speaker is not None:
        return one.speaker.id
    said = (one.first, one.last, one.values)
    before = [row for row in subject.derived if (row.first, row.last, row.values) == said]
    if before:
        return min(before, key=lambda row: (row.successor is not None, row.id)).id
    newest = max(one.words, key=lambda word: (not word.is_entry, word.id))
    source = subject.rows.get(newest.id) if newest.is_entry else None  # of papers alone: the newest one's
    by, paper = (source.entered_by, source.paper) if source else ("", "")
    key, marked = -len(weighed.made) - 1, _is_marked(subject, one)
    weighed.made.append(New(key, about, one, newest.list, newest.row, marked, True, None, by, paper))
    return key


def _of_word(about: int, word: Word, one: Stands, row: int, subject: Subject) -> New:
    speaks = row == word.id
    marked = speaks and _is_marked(subject, one)
    return New(
        word.id, about, word, word.list, word.row, marked, is_derived=False, successor=None if speaks else row
    )


def _is_marked(subject: Subject, one: Stands) -> bool:
    """Whether what stands is in dispute, or stands for something that is."""
    ends = (subject.rows[subject.end_of[word.id]] for word in one.words if word.id in subject.end_of)
    return one.is_disputed or any(
        end.successor is None and end.is_disputed and end.id not in subject.gone | subject.asked
        for end in ends
    )


def _mark(weighed: Weighed, subject: Subject, one: Stands, row: int) -> None:
    standing = subject.rows.get(row)
    if one.is_disputed:
        weighed.disputed.add(row)
    elif standing.is_disputed if standing else _is_marked(subject, one):
        weighed.clear.add(row)


def _give_keys(weighed: Weighed) -> None:
    """Rows that are worked out get keys of their own."""
    waiting = [one.id for one in weighed.made if one.id < 0]
    if not waiting:
        return
    key = dict(zip(waiting, next_keys(Fact, len(waiting)), strict=True))
    weighed.made = [
        replace(one, id=key.get(one.id, one.id), successor=key.get(one.successor or 0, one.successor))
        for one in weighed.made
    ]
    weighed.successors = {row: key.get(to or 0, to) for row, to in weighed.successors.items()}
    weighed.clear = {key.get(row, row) for row in weighed.clear}
    weighed.disputed = {key.get(row, row) for row in weighed.disputed}
    weighed.stands = {word: (one, key.get(row, row)) for word, (one, row) in weighed.stands.items()}


def write_weighed(kind: Kind, weighed: Weighed) -> None:
    """Write what became of the rows, and mark what is in dispute with its mirrors. Needs the caller's transaction."""
    if weighed.made:
        _write(kind, sorted(weighed.made, key=lambda one: one.id))
    set_values(Fact, "superseded_by", "bigint", list(weighed.successors.items()))
    if weighed.disputed:
        doubted = list(Fact.objects.filter(pk__in=weighed.disputed))
        both = [*doubted, *(mirror for those in mirrors_of_all(doubted).values() for mirror in those)]
        dispute(fact for fact in both if not fact.is_disputed)


def _write(kind: Kind, made: Sequence[New]) -> None:
    subjects: list[int | None] = [one.subject for one in made]
    nobody: list[int | None] = [None] * len(made)
    people, households = (subjects, nobody) if kind.about == "person" else (nobody, subjects)
    digests = digests_of(
        (person, household, kind.name, one.said.first, one.said.last, one.said.values, one.list, one.row)
        for person, household, one in zip(people, households, made, strict=True)
    )
    copy_columns(
        Fact,
        {
            "id": plain(one.id for one in made),
            "person": plain(people),
            "household": plain(households),
            "kind": kind.name,
            "valid_from": plain(one.said.first for one in made),
            "valid_until": plain(one.said.last for one in made),
            "values": texts(_encode(one.said.values) for one in made),
            "list": plain(one.list for one in made),
            "row": plain(one.row for one in made),
            "entered_by": texts(one.entered_by for one in made),
            "paper": texts(one.paper for one in made),
            "is_disputed": flags(one.is_disputed for one in made),
            "is_derived": flags(one.is_derived for one in made),
            "superseded_by": plain(one.successor for one in made),
            "digest": octets(digests),
        },
    )
