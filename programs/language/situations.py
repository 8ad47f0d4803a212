"""Worked examples as a table: the same columns, hence the same evaluator, as for a county."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from programs.language.columns import ABSENT, DTYPES, Column, Longs, Members, Table, Verdicts
from programs.language.compiling import Program
from programs.language.explaining import policy_frame_words
from programs.language.facts_named import needed_of
from programs.language.forms import Example, Gives, Policy, Situation
from programs.language.names import Meaning
from programs.language.wording import joined, need_in_words, source_in_words
from standards.money import yuan
from standards.words import Words

PART_WORDS = {"no": Words("不发", "not paid"), "not_known": Words("还不清楚", "not known yet")}
SHORT = {  # what an example says of these stands in the policy's own sentences beside it
    "amount": Words("金额", "the amount"),
    "places": Words("名额", "the place"),
    "ceiling": Words("资金排不排得到", "whether the money reaches"),
}
PARENTS = 2  # everybody has two; one not on record is a member with nothing known


@dataclass(frozen=True, slots=True)
class Outcome:
    """One situation of an example: what the policy says it gives, what comes out, whether they agree."""

    example: Example
    at: int
    expected: Gives
    computed: Gives
    agrees: bool


def table_of(
    policy: Policy, situations: Sequence[Situation], holders: Sequence[str], lists: Sequence[int] = ()
) -> Table:
    """One row for each situation. ``holders``: rows with the same text share a person's limits, and, where no ``home``
    says another, a household's; ``lists``: with the same number the places and the money."""
    needed, names = needed_of(policy), policy.names
    rows = len(situations)
    facts = {
        name: column_of(
            names[name], [each.facts for each in situations], [each.unknown for each in situations]
        )
        for name in (*needed.subject, *needed.household)
    }
    persons = _numbers(holders)
    homes = [
        f"{lists[at] if lists else at} {each.home}" if each.home else holder
        for at, (each, holder) in enumerate(zip(situations, holders, strict=True))
    ]
    households = _numbers(homes)
    return Table(
        rows,
        _judged_on(policy, situations, facts),
        _maybe([each.applied_on for each in situations]),
        facts,
        {name: _members(policy, name, inner, situations) for name, inner in needed.sets.items()},
        {
            limit.name: np.array([each.claims_held.get(limit.name, 0) for each in situations], dtype=np.int64)
            for limit in policy.limits
        },
        {limit.name: persons if limit.holds == ("self",) else households for limit in policy.limits},
        places_given=np.array([each.places_given for each in situations], dtype=np.int64),
        fen_given=np.array([each.fen_given for each in situations], dtype=np.int64),
        lists=np.array(lists or range(rows), dtype=np.int64),
        set_fen=_maybe([each.set_fen for each in situations], np.int64),
    )


def _numbers(texts: Sequence[str]) -> Longs:
    """The same number for the same text."""
    ids = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    return np.array([ids[text] for text in texts], dtype=np.int64)


def _maybe(days: list[int | None], dtype: type[np.generic] = np.int32) -> Column:
    return Column(
        np.array([0 if day is None else day for day in days], dtype=dtype),
        np.array([day is not None for day in days], dtype=bool),
    )


def _judged_on(policy: Policy, situations: Sequence[Situation], facts: dict[str, Column]) -> Column:
    if isinstance(policy.judged_on, str) and policy.judged_on in facts:
        return facts[policy.judged_on]
    return _maybe([each.applied_on for each in situations])


def column_of(
    meaning: Meaning, rows: Sequence[dict[str, object]], unknown: Sequence[tuple[str, ...]] | None = None
) -> Column:
    """One fact of many rows; a row without it does not know it, ``None`` is a known absence."""
    if meaning.type == "codes":
        return _codes_column(meaning, rows, unknown or [()] * len(rows))
    words: tuple[str, ...] = ()
    given = [row.get(meaning.name, "") for row in rows]
    if meaning.type == "code":
        words = meaning.codes
    elif meaning.type == "text":
        words = tuple(dict.fromkeys(str(value) for value in given if value not in ("", None)))
    number: Callable[[object], int] = (lambda value: words.index(str(value))) if words else int  # type: ignore[assignment]  # the reader has checked it
    absent = ABSENT[meaning.type]
    values = [
        0 if meaning.name not in row else absent if row[meaning.name] is None else number(row[meaning.name])
        for row in rows
    ]
    known = np.array([meaning.name in row for row in rows], dtype=bool)
    return Column(np.array(values, dtype=DTYPES[meaning.type]), known, words)


def _codes_column(
    meaning: Meaning, rows: Sequence[dict[str, object]], unknown: Sequence[tuple[str, ...]]
) -> Column:
    bits = {code: 1 << at for at, code in enumerate(meaning.codes)}
    values, known = [], []
    for row, taken in zip(rows, unknown, strict=True):
        held = row.get(meaning.name)
        held = held if isinstance(held, frozenset) else None
        mask = 0 if held is None else (1 << len(bits)) - 1
        values.append(sum(bits[code] for code in held or ()))
        known.append(mask & ~sum(bits[code] for code in bits if f"{meaning.name}.{code}" in taken))
    return Column(np.array(values, dtype=np.int64), np.array(known, dtype=np.int64), meaning.codes)


def _members(policy: Policy, name: str, facts: tuple[str, ...], situations: Sequence[Situation]) -> Members:
    members: list[dict[str, object]] = []
    offsets, complete = [0], []
    for each in situations:
        here = list(each.sets.get(name, ()))
        if name == "parents":
            here += [{} for _ in range(PARENTS - len(here))]
        members += here
        offsets.append(len(members))
        complete.append((name in each.sets or name == "parents") and name not in each.unknown)
    columns = {fact: column_of(policy.names[fact], members) for fact in facts}
    return Members(np.array(offsets, dtype=np.int64), columns, np.array(complete, dtype=bool))


def run_examples(program: Program) -> list[Outcome]:
    """Every situation of every example, all judged in one table."""
    found = [(each, at) for each in program.policy.examples for at in range(len(each.situations))]
    if not found:
        return []
    situations = [each.situations[at] for each, at in found]
    holders = [f"{each.name}/{each.situations[at].holder or f'alone {at}'}" for each, at in found]
    numbers = {each.name: number for number, each in enumerate(program.policy.examples)}
    computed = results(program, situations, holders, [numbers[each.name] for each, _ in found])
    return [
        Outcome(each, at, each.gives[at], came, agrees(each.gives[at], came))
        for (each, at), came in zip(found, computed, strict=True)
    ]


def results(
    program: Program, situations: Sequence[Situation], holders: Sequence[str] = (), lists: Sequence[int] = ()
) -> list[Gives]:
    """What comes out of each situation, in the words of an example's ``gives``; each stands alone unless said."""
    alone = [f"alone {at}" for at in range(len(situations))]
    verdicts = program.judge(table_of(program.policy, situations, holders or alone, lists))
    found = []
    for row in range(len(situations)):
        verdict, fen = int(verdicts.verdict[row]), int(verdicts.amount_fen[row])
        named = {at: tuple(name for name, each in verdicts.needs.items() if each[row] == at) for at in (0, 1)}
        parts: dict[str, int | str] = {}
        for each in verdicts.instalments:
            parts[each.name] = ("no", "not_known")[each.due[row]] if each.due[row] < 2 else int(each.fen[row])
        funds = {source: int(column[row]) for source, column in verdicts.funds.items()}
        if verdict == 2:
            found.append(Gives(fen, parts=parts, funds=funds))
        elif verdict == 0:
            found.append(Gives(no=named[0], parts=parts, funds=funds))
        else:
            band = _band_of(verdicts, row) if named[1] == ("amount",) else None
            found.append(Gives(not_known=named[1], parts=parts, funds=funds, band=band))
    return found


def _band_of(verdicts: Verdicts, row: int) -> tuple[int, int] | None:
    """The least and the most an official may set, where nothing but the sum is open."""
    ends = tuple(int(end[row]) for end in verdicts.band or ())
    return (ends[0], ends[1]) if len(ends) == 2 and -1 not in ends else None


def agrees(expected: Gives, came: Gives) -> bool:
    """Whether exactly what was expected came out; parts and funds only where they are given."""
    return (
        expected.fen == came.fen
        and set(expected.no) == set(came.no)
        and set(expected.not_known) == set(came.not_known)
        and expected.band in (None, came.band)
        and all(came.parts.get(name) == part for name, part in expected.parts.items())
        and all(came.funds.get(name) == part for name, part in expected.funds.items())
    )


def spoken_of(outcome: Outcome) -> Gives:
    """What came out, with only those instalments and sources that the example speaks of."""
    came, expected = outcome.computed, outcome.expected
    return Gives(
        came.fen,
        came.no,
        came.not_known,
        {name: part for name, part in came.parts.items() if name in expected.parts},
        {name: part for name, part in came.funds.items() if name in expected.funds},
        came.band if expected.band else None,
    )


def gives_in_words(gives: Gives, policy: Policy | None = None) -> Words:
    """A result in words: needs by their names, or, with the ``policy``, by their sentences."""
    if gives.fen is not None:
        words = Words(f"{yuan(gives.fen)} 元", f"{yuan(gives.fen)} yuan")
    elif gives.band is not None:
        least, most = (yuan(end) for end in gives.band)
        words = Words(f"{least} 至 {most} 元，由审批人定", f"{least} to {most} yuan, to be set")
    elif gives.no:
        named = _named(gives.no, policy, failed=True)
        words = Words(f"不符合：{named.zh}", f"not met: {named.en}")
    else:
        named = _named(gives.not_known, policy, failed=False)
        words = Words(f"还不清楚：{named.zh}", f"not known yet: {named.en}")
    for name, part in gives.parts.items():
        said = PART_WORDS[part] if isinstance(part, str) else Words(f"{yuan(part)} 元", f"{yuan(part)} yuan")
        label = _instalment_words(name, policy)
        words = Words(f"{words.zh}；{label.zh} {said.zh}", f"{words.en}; {label.en} {said.en}")
    for source, fen in gives.funds.items() if gives.fen is not None else ():
        label = source_in_words(source)
        words = Words(f"{words.zh}；{label.zh} {yuan(fen)} 元", f"{words.en}; {label.en} {yuan(fen)} yuan")
    return words


def _named(names: Sequence[str], policy: Policy | None, *, failed: bool) -> Words:
    """Needs by name; with the policy, what is said when they failed, else the condition that is open."""
    if policy is None:
        return Words("、".join(names), ", ".join(names))
    frame = policy_frame_words(policy)
    words = {
        need.name: need.otherwise if failed else need_in_words(need, policy.names) for need in policy.needs
    }
    words |= {name: refused if failed else SHORT.get(name, says) for name, (says, refused) in frame.items()}
    return joined([words[name] for name in names], "；", "; ")


def _instalment_words(name: str, policy: Policy | None) -> Words:
    planned = policy.instalments if policy else ()
    return next((each.words for each in planned if each.name == name), Words(name, name))
