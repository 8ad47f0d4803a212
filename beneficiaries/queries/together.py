"""What stands of a subject, worked out from what each list and each paper said alone: the one rule, whatever came first.

Lists that say more of one record than one another make one record of it. Where they cannot be together none counts. A
state that a register tells ends where a register of a later day tells another. Nothing here knows in which order the
words came, so a list that goes leaves what stands without it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from beneficiaries.models import Fact
from beneficiaries.queries.differing import (
    Said,
    Told,
    contradict,
    identity_of,
    is_entry,
    is_state_of_register,
    said_by,
)
from facts.catalogue import Kind, load_catalogue


@dataclass(frozen=True, slots=True)
class Word(Told):
    """What one list or one paper says of a subject. ``is_live``: it stands on record itself, not behind another row.

    ``waits``: an entry in dispute, which takes and gives nothing until a person has settled it. ``is_asked``: an entry that
    somebody asked to take back, so that the others are weighed without it.
    """

    id: int
    list: int | None
    row: int | None
    is_live: bool
    waits: bool
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Stands(Told):
    """What stands, and the words behind it. ``speaker`` is the one that says just this; None: no list says it alone."""

    words: tuple[Word, ...]
    speaker: Word | None
    is_disputed: bool = False


def together(kind: Kind, words: Sequence[Word]) -> list[Stands]:
    """What stands of one subject when all of ``words`` are said of it; each word is behind just one of what stands."""
    if len(words) == 1:
        return [_alone(words[0], words)]
    records: dict[tuple[object, ...], list[Word]] = defaultdict(list)
    for word in words:
        records[identity_of(kind, word.first, word.values)].append(word)
    found = [one for of_record in records.values() for one in _of_record(kind, of_record)]
    if is_state_of_register(kind) and len(records) > 1:
        found = [_until_the_next(kind, one, found) for one in found]
    return _disputed(kind, found)


def says_all(one: Said, other: Said) -> bool:
    """Whether one of two words about the same record says everything that the other says."""
    days_agree = one.first == other.first and (other.last is None or one.last == other.last)
    return days_agree and all(one.values.get(key) == value for key, value in other.values.items())


def stands_for(kind: Kind, one: Said, other: Said) -> bool:
    """Whether one row says what another says, or that until its last day: not the other side of a settled dispute."""
    if identity_of(kind, one.first, one.values) != identity_of(kind, other.first, other.values):
        return False
    return says_all(one, other) or (one.first == other.first and one.values == other.values)


def is_said(entry: Fact) -> bool:
    """Whether an entry is still said, by itself or behind what stands for it or was chosen instead: neither taken back nor
    corrected by another paper's word."""
    other = entry.superseded_by
    if other is None or other.pk == entry.pk:
        return other is None
    is_papers = is_entry(other) and not other.is_derived
    return not is_papers or stands_for(load_catalogue().kind(entry.kind), said_by(other), said_by(entry))


def _of_record(kind: Kind, words: list[Word]) -> list[Stands]:
    """One record that all of them make; or all that differ, in dispute. What waits stands by itself."""
    if len(words) == 1:
        return [_alone(words[0], words)]
    if any(word.is_asked for word in words):
        return _beside_asked(kind, words)
    behind: dict[int, list[Word]] = {word.id: [word] for word in words if word.waits}
    rest = []
    for word in words:
        if word.waits:
            continue
        waiting = next((one for one in words if _covers(kind, one, word)), None)
        if waiting is None:
            rest.append(word)
        else:
            behind[waiting.id].append(word)
    found = [_alone(word, behind[word.id]) for word in words if word.waits]
    whole = _whole(rest)
    if whole is not None:
        found.append(_with_speaker(whole, rest))
    else:
        found += [replace(one, is_disputed=True) for one in _apart(rest)]
    return found


def _beside_asked(kind: Kind, words: Sequence[Word]) -> list[Stands]:
    """What the others make of it without the entries that are to be taken back. Such an entry is behind what says all of
    it, which takes nothing from it; else it stands by itself, in dispute."""
    others = [word for word in words if not word.is_asked]
    found = _of_record(kind, others) if others else []
    for word in words:
        if not word.is_asked:
            continue
        over = next((one for one in found if not one.is_disputed and says_all(one, word)), None)
        if over is None:
            found.append(_alone(word, [word]))
        else:
            found[found.index(over)] = replace(over, words=(*over.words, word))
    return found


def _covers(kind: Kind, one: Word, word: Word) -> bool:
    """Whether an entry that waits says all of a word, which then waits with it."""
    return one.waits and says_all(one, word) and not contradict(kind, one, word)


def _alone(word: Word, words: Sequence[Word]) -> Stands:
    return Stands(word.first, word.last, word.values, word.is_entry, tuple(words), word)


def _whole(words: Sequence[Word]) -> Said | None:
    """All that they say of one record, where that can be together."""
    if not words:
        return None
    last: date | None = None
    values: dict[str, Any] = {}
    for word in words:
        if word.first != words[0].first or (last and word.last and last != word.last):
            return None
        if any(values.get(key, value) != value for key, value in word.values.items()):
            return None
        last = last or word.last
        values |= word.values
    return Said(words[0].first, last, values)


def _with_speaker(said: Said, words: Sequence[Word]) -> Stands:
    """What stands, with the word that says just that: a list's before a paper's, then one that stands already."""
    same = [
        word for word in words if (word.first, word.last, word.values) == (said.first, said.last, said.values)
    ]
    speaker = min(same, key=_order) if same else None
    is_entry = speaker.is_entry if speaker else all(word.is_entry for word in words)
    return Stands(said.first, said.last, said.values, is_entry, tuple(words), speaker)


def _order(word: Word) -> tuple[bool, bool, int]:
    """The first speaks. Of two papers that say the same the newer one may correct the other."""
    return word.is_entry, not word.is_live, -word.id if word.is_entry else word.id


def _apart(words: list[Word]) -> list[Stands]:
    """The words of a record that say more than any other, each with those it says all of."""
    behind: dict[int, list[Word]] = {}
    tops: list[Word] = []
    for word in sorted(words, key=_order):
        over = next((top for top in tops if says_all(top, word)), None)
        if over is not None:
            behind[over.id].append(word)
            continue
        under = [top for top in tops if says_all(word, top)]
        behind[word.id] = [word, *(one for top in under for one in behind.pop(top.id))]
        tops = [top for top in tops if top not in under] + [word]
    return [_alone(top, behind[top.id]) for top in tops]


def _until_the_next(kind: Kind, one: Stands, found: list[Stands]) -> Stands:
    """A state of a register ends before another of a later day. What is in dispute, or said by a paper, does not."""
    if one.is_entry or one.is_disputed:
        return one
    later = [
        other.first
        for other in found
        if not other.is_entry
        and one.first < other.first <= (one.last or date.max)
        and other.values != one.values
        and _of_one_thing(kind, one, other)
    ]
    if not later or any(other.words[0].waits and contradict(kind, one, other) for other in found):
        return one
    until = Said(one.first, min(later) - timedelta(days=1), one.values)
    return _with_speaker(until, one.words)


def _of_one_thing(kind: Kind, one: Said, other: Said) -> bool:
    return all(one.values.get(key) == other.values.get(key) for key in kind.apart)


def _disputed(kind: Kind, found: list[Stands]) -> list[Stands]:
    """None of what cannot be beside another counts."""
    lists_can_differ = kind.dated == "status" and not kind.list_of and not is_state_of_register(kind)
    if len(found) == 1 or not (lists_can_differ or any(one.is_entry for one in found)):
        return found
    return [
        replace(one, is_disputed=True)
        if any(other is not one and contradict(kind, one, other) for other in found)
        else one
        for one in found
    ]
