"""What is known about each member, fact by fact: from when, from which list and row or which paper, taken when, by whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from beneficiaries.queries.family import FactLine, Family, Shown
from standards.words import Words

YES_OR_NO = (Words("是", "yes"), Words("否", "no"))
LINES_MAX = 40  # of one member; a list that says the same every month is one line


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said about somebody: the newest fact that says so, and how many older ones say the same."""

    label: Words
    value: Words
    since: date
    until: date | None
    is_disputed: bool
    source: Words
    row: int | None
    on: date
    by: str
    older: int


@dataclass(frozen=True, slots=True)
class Known:
    """All that is said about one member, or about the household (no name)."""

    name: str
    lines: Sequence[Line]
    left_out: int


def evidence_of(family: Family) -> list[Known]:
    """The household first, then its members in their order, then who of another county stands beside them; who has no fact
    is left out. No query."""
    names = {family.household.division: family.village}
    groups = [("", family.facts), *((person.name, facts) for person, facts in family.everybody)]
    found = [_known(name, lines, names) for name, lines in groups]
    return [one for one in found if one.lines]


def _known(name: str, facts: Iterable[FactLine], names: Mapping[str, str]) -> Known:
    said: dict[tuple[str, str], list[FactLine]] = {}
    for one in facts:  # the newest first
        said.setdefault((one.kind.name, _value(one, names).zh), []).append(one)
    lines = [_line(same, names) for same in said.values()]
    return Known(name, lines[:LINES_MAX], max(0, len(lines) - LINES_MAX))


def _line(same: list[FactLine], names: Mapping[str, str]) -> Line:
    newest = same[0]
    return Line(
        label=newest.kind.words,
        value=_value(newest, names),
        since=min(one.fact.valid_from for one in same),
        until=newest.fact.valid_until,
        is_disputed=any(one.fact.is_disputed for one in same),
        source=newest.source,
        row=newest.fact.row if newest.fact.list_id else None,
        on=newest.source_on,
        by=newest.by,
        older=len(same) - 1,
    )


def _value(line: FactLine, names: Mapping[str, str]) -> Words:
    day = line.fact.valid_from.isoformat()  # printed beside it
    values = [_said(one, names) for one in line.shown if one.value.zh not in ("", day)]
    return Words("，".join(one.zh for one in values), ", ".join(one.en for one in values))


def _said(one: Shown, names: Mapping[str, str]) -> Words:
    """A bare yes or no with what it answers; the family's own village by its name."""
    if one.value in YES_OR_NO:
        return Words(f"{one.label.zh}：{one.value.zh}", f"{one.label.en}: {one.value.en}")
    name = names.get(one.value.zh)
    return Words(name, name) if name else one.value
