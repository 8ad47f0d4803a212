"""One subject judged and frozen: what was seen, what each condition said, and how to judge it again.

Letters and pages print what is frozen here; they never judge. A frozen table replays to the same verdict
whatever the register says later.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Sum
from django.db.models.functions import Coalesce

from applications.gathering import Among, Covered, Gathered, gather, gather_all
from applications.models import Application, Decision, Subject
from applications.parents import homes_of_parents, papers_of_another_county
from beneficiaries.models import Fact, Household, Membership
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.family import shown_values
from facts.catalogue import load_catalogue
from programs.language import Explanation
from programs.language.amounts import split_funds
from programs.language.columns import (
    Verdicts,
    day_number,
    day_of,
)
from programs.queries import Loaded, active_on
from standards.money import yuan
from standards.words import Refusal, Words

# A subject: its record, its person, and its household where the household itself is the beneficiary.
Key = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of a judgement. ``record``, ``person``, ``household`` are ids, None where there is none."""

    loaded: Loaded
    gathered: Gathered
    verdicts: Verdicts
    row: int
    granted_fen: int = 0  # by the decision that an application adds to: the right is then to the difference

    @property
    def verdict(self) -> int:
        """0 no, 1 not known, 2 yes."""
        verdict = int(self.verdicts.verdict[self.row])
        return 0 if verdict == 2 and self._whole_fen <= self.granted_fen else verdict

    @property
    def amount_fen(self) -> int:
        """Fen where the verdict is yes, -1 where not known, else 0."""
        if self.verdict != 2:
            return self._whole_fen if self.verdict else 0
        return self._whole_fen - self.granted_fen

    @property
    def _whole_fen(self) -> int:
        return int(self.verdicts.amount_fen[self.row])

    @property
    def band(self) -> tuple[int, int] | None:
        """The least and the most fen, where a part of the amount is a band and both are known."""
        if self.verdicts.band is None:
            return None
        least, most = (int(ends[self.row]) for ends in self.verdicts.band)
        return (least, most) if least >= 0 and most >= 0 else None

    @property
    def waits_for_sum(self) -> bool:
        """Whether all that is open is the sum that the deciding official sets."""
        return self.verdict == 1 and self.band is not None and self.unknown() == ["band"]

    @property
    def may_pass(self) -> bool:
        """A clear yes, or one that waits for nothing but its sum."""
        return self.verdict == 2 or self.waits_for_sum

    @property
    def record(self) -> int | None:
        return int(self.gathered.records[self.row]) or None

    @property
    def person(self) -> int | None:
        return int(self.gathered.people[self.row]) or None

    @property
    def household(self) -> int | None:
        return int(self.gathered.households[self.row]) or None

    @property
    def spouse(self) -> int | None:
        """The spouse in the household on the judged day (looked for only where a limit holds the couple)."""
        return int(self.gathered.spouses[self.row]) or None

    @property
    def key(self) -> "Key":
        """What finds the same subject again."""
        return (self.record, self.person, None if self.person else self.household)

    @property
    def division(self) -> str:
        return f"{int(self.gathered.divisions[self.row]):012d}"

    @property
    def judged_on(self) -> date | None:
        column = self.gathered.table.judged_on
        return day_of(int(column.values[self.row])) if column.known[self.row] else None

    @property
    def funds(self) -> dict[str, int]:
        """Fen by fund source; a difference is split as a whole sum is."""
        funds, row = self.verdicts.funds, self.row
        if self.granted_fen:
            funds, row = split_funds(np.array([self.amount_fen]), self.loaded.program.policy.funds), 0
        return {source: int(fen[row]) for source, fen in funds.items() if fen[row] > 0}

    def explain(self) -> Explanation:
        """Every condition in words."""
        return self.loaded.program.explain(self.verdicts, self.gathered.table, self.row)

    def unknown(self) -> list[str]:
        """Names of the facts that would settle the verdict."""
        return [name for name, rows in self.verdicts.unknown.items() if rows[self.row]]

    def papers_to_bring(self) -> list[str]:
        """Kinds of paper the policy asks for because no list settles the fact they prove."""
        facts = load_catalogue().facts
        settling = {
            paper
            for name in self.unknown()
            if (fact := facts.get(name.removeprefix("parents.")))
            for paper in fact.settled_by
        }
        asked = [paper for paper in self.loaded.program.policy.apply.papers if paper in settling]
        return asked + papers_of_another_county(self.unknown(), self.person, self.judged_on)


def judge(loaded: Loaded, *, on: date, among: Among, covered: Covered | None = None) -> list[Judged]:
    """All subjects ``among`` under one policy version, in the order of the table."""
    return _judged(loaded, gather(loaded.program, on=on, among=among, covered=covered))


def _judged(loaded: Loaded, gathered: Gathered) -> list[Judged]:
    if gathered.table.n == 0:
        return []
    verdicts = loaded.program.judge(gathered.table)
    return [Judged(loaded, gathered, verdicts, int(row)) for row in np.flatnonzero(gathered.asked)]


def key_of(subject: Subject) -> Key:
    """The key of an assessment or application."""
    return (subject.record_id, subject.person_id, None if subject.person_id else subject.household_id)


def judge_subjects(under: Loaded, subjects: Sequence[Subject], *, on: date) -> dict[Key, Judged]:
    """Assessments or applications judged again under one version. Refusal where a record is gone.

    Whose row was merged into another is judged as the one person that both are. An application is judged as of the day it
    was made: a window that closed while the offices were at work takes nothing from who came in time.
    """
    read_as = rows_of(one.person_id for one in subjects if one.person_id)
    among = Among(
        people=sorted({read_as[one.person_id] for one in subjects if one.person_id}),
        households=[one.household_id for one in subjects if one.household_id and not one.person_id],
        records=[one.record_id for one in subjects if one.record_id] or None,
    )
    keys = {key_of(one): _read_as(key_of(one), read_as) for one in subjects}
    gathered = gather(under.program, on=on, among=among)
    applied = {keys[key_of(one)]: one.applied_on for one in subjects if isinstance(one, Application)}
    _came_when_they_did(gathered, applied)
    found = {judged.key: judged for judged in _judged(under, gathered)}
    if any(key not in found for key in keys.values()):
        raise Refusal(
            "这件依据的记录已被更正或撤回，先看家庭页再办",
            "The record behind this was corrected or withdrawn; look at the family's page first",
            code="subject_gone",
        )
    asked = {key: found[one] for key, one in keys.items()}
    adding = [(key_of(one), one.supplements) for one in subjects if isinstance(one, Application)]
    return asked | {
        key: _difference(asked[key], decision) for key, decision in adding if decision is not None
    }


def _difference(judged: Judged, decision: Decision) -> Judged:
    """The same right less what was granted: its own grant stands against it in no limit."""
    gathered, at = judged.gathered, slice(judged.row, judged.row + 1)
    table = gathered.table.one(judged.row)
    held = decision.judged["claims"]
    table.claims = {
        name: np.array([held[name]], np.int64) if name in held else claims
        for name, claims in table.claims.items()
    }
    alone = Gathered(
        table, gathered.records[at], gathered.people[at], gathered.spouses[at], gathered.households[at],
        gathered.divisions[at], gathered.asked[at],
    )  # fmt: skip
    return Judged(judged.loaded, alone, judged.loaded.program.judge(table), 0, granted_fen(decision))


def granted_fen(decision: Decision) -> int:
    """What a decision granted, with what was added to it since."""
    added = Decision.objects.filter(application__supplements=decision).aggregate(fen=Sum("amount_fen"))
    return int(decision.amount_fen) + int(added["fen"] or 0)


def _came_when_they_did(gathered: Gathered, applied: Mapping[Key, date]) -> None:
    """Put each application's own day of applying into the table."""
    column = gathered.table.applied_on
    if not applied or column is None:
        return
    ids = (gathered.records.tolist(), gathered.people.tolist(), gathered.households.tolist())
    for row, (record, person, household) in enumerate(zip(*ids, strict=True)):
        day = applied.get((record or None, person or None, None if person else household or None))
        if day is not None:
            column.values[row] = day_number(day)


def _read_as(key: Key, people: Mapping[int, int]) -> Key:
    record, person, household = key
    return (record, people[person] if person else None, household)


def judge_household(
    household: Household,
    *,
    on: date,
    in_force: Sequence[Loaded] | None = None,
    people: Sequence[int] | None = None,
) -> list[Judged]:
    """Every program in force for everybody in the household on that day: what the counter shows.

    One query finds the facts for all programs, one the claims its people hold; who already read the programs in force
    and the ``people`` who stand in the household (each as one person) hands them in.
    """
    if people is None:
        standing = Membership.objects.filter(household=household, valid_until=None, is_disputed=False)
        people = list(standing.values_list(Coalesce("person__merged_into", "person"), flat=True))
    programs = active_on(on) if in_force is None else in_force
    among = Among(people=list(dict.fromkeys(people)), households=[household.pk])
    gathered = gather_all([one.program for one in programs], on=on, among=among)
    return [judged for one, facts in zip(programs, gathered, strict=True) for judged in _judged(one, facts)]


def conditions_of(explanation: Explanation) -> list[dict[str, Any]]:
    """The conditions as kept with an application: plain JSON, both languages."""
    return [
        {
            "name": one.name,
            "verdict": one.verdict,
            "sentence": _both(one.sentence),
            "seen": _both(one.seen),
            "otherwise": _both(one.otherwise),
            "paper": one.paper,
            "settle": _both(one.settle) if one.settle else None,
        }
        for one in explanation.conditions
    ] + [{"name": "working", "working": [_both(words) for words in explanation.working]}]


def reasons_of(conditions: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Every failing condition of frozen ``conditions`` as a reason of refusal: name, sentence, what was seen."""
    return [
        {
            "name": one["name"],
            "zh": one["otherwise"]["zh"],
            "en": one["otherwise"]["en"],
            "seen_zh": one["seen"]["zh"],
            "seen_en": one["seen"]["en"],
        }
        for one in conditions
        if one.get("verdict") == 0
    ]


def facts_seen(judged: Sequence[Judged]) -> list[list[dict[str, Any]]]:
    """For each judgement the facts behind it, with the list or paper each comes from. Two queries for all."""
    kinds = {
        kind
        for one in judged[:1]
        for name in (*one.loaded.program.needed.subject, *one.loaded.program.needed.household)
        if (kind := _kind_of(name))
    }
    of_person = _facts_by("person_id", {one.person for one in judged if one.person}, kinds)
    of_household = _facts_by("household_id", {one.household for one in judged if one.household}, kinds)
    seen = [
        [
            fact
            for fact in (*of_person.get(one.person or 0, ()), *of_household.get(one.household or 0, ()))
            if fact.pk == one.record or _counts_on(fact, one.judged_on)
        ]
        for one in judged
    ]
    return [
        [_fact_as_json(fact) for fact in (*facts, *_of_parents(one, facts, kinds))]
        for one, facts in zip(judged, seen, strict=True)
    ]


def _of_parents(judged: Judged, seen: Sequence[Fact], kinds: set[str]) -> list[Fact]:
    """What was read from the booklets of her parents, because hers says nothing; no query where hers does."""
    theirs = {kind for kind in kinds if load_catalogue().kinds[kind].held_by == "parents"} - {
        one.kind for one in seen
    }
    facts, day = judged.gathered.table.facts, judged.judged_on
    read = {
        kind
        for kind in theirs
        for name, one in facts.items()
        if _kind_of(name) == kind and one.known[judged.row]
    }
    if not read or judged.person is None or day is None:
        return []
    homes = homes_of_parents(judged.person, day) - {judged.household}
    found = _facts_by("household_id", homes, read)
    return [fact for those in found.values() for fact in those if _counts_on(fact, day)]


def frozen_fields(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """For each judgement the columns of an application that keep it."""
    return [
        {
            "verdict": one.verdict,
            "amount_fen": one.amount_fen,
            "conditions": [*_with_difference(conditions_of(one.explain()), one), *_open_sum(one)],
            "facts": facts,
        }
        for one, facts in zip(judged, facts_seen(judged), strict=True)
    ]


def _with_difference(conditions: list[dict[str, Any]], judged: Judged) -> list[dict[str, Any]]:
    """The working of a difference says what was granted and what is left."""
    if judged.granted_fen:
        granted, left = yuan(judged.granted_fen), yuan(max(judged.amount_fen, 0))
        words = Words(
            f"已批 {granted} 元，补差 {left} 元",
            f"{granted} yuan were granted, the difference is {left} yuan",
        )
        conditions[-1]["working"].insert(1, _both(words))
    return conditions


def _open_sum(judged: Judged) -> list[dict[str, Any]]:
    """What is kept of a sum that is still to be set: between what it lies."""
    return [{"name": "band", "band": list(judged.band or ())}] if judged.waits_for_sum else []


def _kind_of(name: str) -> str | None:
    fact = load_catalogue().facts.get(name)
    return fact.kind if fact else None


def _facts_by(column: str, ids: set[int], kinds: set[str]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    read_as = rows_of(ids) if column == "person_id" else {one: one for one in ids}
    rows = Fact.objects.filter(kind__in=kinds, superseded_by=None, **{f"{column}__in": list(read_as)})
    for fact in rows.select_related("list").order_by("kind", "valid_from", "pk"):
        found[read_as[getattr(fact, column)]].append(fact)
    return found


def _fact_as_json(fact: Fact) -> dict[str, Any]:
    kind = load_catalogue().kinds[fact.kind]
    values = [(one.label, one.value) for one in shown_values(fact, kind)]
    return {
        "fact": fact.pk,
        "kind": fact.kind,
        "zh": kind.words.zh,
        "en": kind.words.en,
        "value_zh": "，".join(f"{label.zh} {value.zh}" for label, value in values),
        "value_en": ", ".join(f"{label.en} {value.en}" for label, value in values),
        "from": fact.valid_from.isoformat(),
        "source": (fact.list.title or fact.list.file_name) if fact.list else fact.paper,
        "row": fact.row,
    }


def _counts_on(fact: Fact, day: date | None) -> bool:
    if day is None or load_catalogue().kinds[fact.kind].dated == "event":
        return True
    return fact.valid_from <= day and (fact.valid_until is None or fact.valid_until >= day)


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
