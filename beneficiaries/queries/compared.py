"""Both sides of a doubt beside each other: who says what, on which row of which list, and of which days."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from beneficiaries.lists.cells import Context, reader_of
from beneficiaries.lists.headers import masked, plain_header
from beneficiaries.lists.sheets import SHEET_STEP, TEXT
from beneficiaries.models import Doubt, Fact, ListRow, Membership, Parentage, Person
from beneficiaries.queries.differing import against, lists_without, said_by, subject_of
from beneficiaries.queries.doubts import disputed_facts, disputed_memberships, places_of, register_parents
from beneficiaries.queries.family import people_named, shown_values, source_of
from beneficiaries.queries.together import is_said
from facts.catalogue import Kind, load_catalogue
from facts.shapes import Column, Field
from standards.code_lists import RELATION
from standards.words import Refusal, Words

K = Doubt.Kind
NOTHING, NOT_ON_IT = Words("—", "—"), Words("名单上没有", "not on it")
SINCE, UNTIL, STILL = Words("从", "From"), Words("到", "Until"), Words("至今", "still")
SEXES = {"female": Words("女", "female"), "male": Words("男", "male")}
ABOUT_THE_PERSON = (K.OTHER_NAME, K.SEX_DIFFERS, K.ACCOUNT_NAME)


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it: the list or the paper, the row (None: no list), and the day it came in."""

    words: Words
    row: int | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing told by every side; ``differs`` where they do not say the same."""

    label: Words
    cells: tuple[Words, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, its sides, and line by line what each says."""

    title: Words
    sources: tuple[Source, ...]
    lines: tuple[Line, ...]


def comparisons_of(doubt: Doubt) -> list[Comparison]:
    """Everything that differs under a doubt, one comparison for each kind of evidence; none where nothing is beside it."""
    if doubt.fact is not None:
        return _of_entry(doubt.fact, doubt.kind)
    if doubt.person is None:
        return []
    if doubt.kind == K.TWO_HOUSEHOLDS:
        return _of_households(disputed_memberships(doubt.person.pk))
    if doubt.kind == K.LISTS_DIFFER:
        found = _of_facts(disputed_facts(doubt.person.pk))
        return [_with_register(one, register_parents(doubt.person.pk)) for one in found]
    return _of_the_person(doubt, doubt.person) if doubt.kind in ABOUT_THE_PERSON else []


def _of_entry(entry: Fact, kind: str) -> list[Comparison]:
    """The entry and what speaks against it; a complete list that does not hold it says nothing in every line."""
    others = [other for other in against(entry) if other.is_disputed] if kind == K.PAPER_DIFFERS else []
    if kind == K.WITHDRAWAL and entry.superseded_by is not None and is_said(entry):
        others = [entry.superseded_by]  # what a list says of it stays
    silent = lists_without(subject_of(entry), load_catalogue().kind(entry.kind), said_by(entry))
    found = _of_facts([entry, *others])
    if kind != K.PAPER_DIFFERS or not found:
        return found
    names = [one.title or one.file_name for one in silent]
    without = tuple(
        Source(Words(name, name), None, one.uploaded_on) for name, one in zip(names, silent, strict=True)
    )
    absent = (NOT_ON_IT, *[NOTHING] * len(found[0].lines))
    lines = (
        Line(line.label, line.cells + (said,) * len(without))
        for line, said in zip(found[0].lines, absent, strict=False)
    )
    return [Comparison(found[0].title, found[0].sources + without, tuple(lines))]


def _with_register(one: Comparison, parents: Sequence[Parentage]) -> Comparison:
    """A comparison of parentage, with the register's parents as one side more."""
    kind = load_catalogue().kinds["parentage"]
    if one.title != kind.words or not parents:
        return one
    named = {
        kind.fields["mother" if row.parent.sex == "female" else "father"].words: row.parent.name
        for row in parents
    }
    register = parents[0].list
    name = (register.title or register.file_name) if register else ""
    words = Words(f"户籍登记 {name}", f"The register {name}")
    source = Source(words, None, register.uploaded_on if register else None)
    cells = [
        Words(named.get(line.label, NOTHING.zh), named.get(line.label, NOTHING.en)) for line in one.lines
    ]
    lines = tuple(Line(line.label, (*line.cells, cell)) for line, cell in zip(one.lines, cells, strict=True))
    return Comparison(one.title, (*one.sources, source), lines)


def _of_facts(facts: Iterable[Fact]) -> list[Comparison]:
    kinds = load_catalogue().kinds
    of_kind: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind in kinds:
            of_kind[fact.kind].append(fact)
    return [_of_kind(kinds[name], told) for name, told in of_kind.items()]


def _of_kind(kind: Kind, facts: Sequence[Fact]) -> Comparison:
    people = people_named(facts)
    shown = [{one.label: one.value for one in shown_values(fact, kind, people)} for fact in facts]
    labels = [field.words for field in kind.fields.values() if any(field.words in side for side in shown)]
    lines = [Line(label, tuple(side.get(label, NOTHING) for side in shown)) for label in labels]
    if kind.dated == "status":
        lines += [
            Line(SINCE, tuple(_day(fact.valid_from) for fact in facts)),
            Line(UNTIL, tuple(_day(fact.valid_until) for fact in facts)),
        ]
    return Comparison(kind.words, tuple(_source(fact) for fact in facts), tuple(lines))


def _source(fact: Fact) -> Source:
    row = fact.row % SHEET_STEP if fact.row else None
    return Source(source_of(fact), row, fact.list.uploaded_on if fact.list else fact.recorded_at.date())


def _day(day: date | None) -> Words:
    return Words(day.isoformat(), day.isoformat()) if day else STILL


def _of_households(memberships: Iterable[Membership]) -> list[Comparison]:
    rows = list(memberships)
    if not rows:
        return []
    names = places_of(row.household.division for row in rows)
    told: list[tuple[Words, Callable[[Membership], Words]]] = [
        (Words("村", "Village"), lambda row: names[row.household.division]),
        (Words("户编号", "Household number"), lambda row: Words(row.household.number, row.household.number)),
        (Words("与户主关系", "Relation to the head"), lambda row: _relation(row.relation)),
        (SINCE, lambda row: _day(row.valid_from)),
    ]
    sources = (
        Source(Words(name, name), None, row.list.uploaded_on if row.list else None)
        for row in rows
        for name in [(row.list.title or row.list.file_name) if row.list else "—"]
    )
    lines = tuple(Line(label, tuple(of(row) for row in rows)) for label, of in told)
    return [Comparison(Words("户籍", "Registration"), tuple(sources), lines)]


def _relation(code: str) -> Words:
    name = RELATION.names.get(code, code)
    return Words(name, name)


def _of_the_person(doubt: Doubt, person: Person) -> list[Comparison]:
    """What the register says of a person, beside the row of the list as it was received (numbers masked)."""
    told = _row_as_received(doubt)
    if not told or doubt.list is None:
        return []
    own = {
        "subject_name": Words(person.name, person.name),
        "account_name": Words(person.name, person.name),
        "sex": SEXES[person.sex],
        "born_on": _day(person.born_on),
    }
    listed = load_catalogue().kind(doubt.list.kind).listed
    lines = [
        Line(column.words, (own[column.key], _as_the_register(column, cell, doubt.list.uploaded_on)))
        for column in listed
        if column.key in own
        for cell in [next((told[plain] for plain in map(plain_header, column.headers) if plain in told), "")]
        if cell
    ]
    name = doubt.list.title or doubt.list.file_name
    sources = (
        Source(Words("户籍登记", "The register")),
        Source(Words(name, name), doubt.row, doubt.list.uploaded_on),
    )
    return (
        [Comparison(Words("登记与名单", "The register and the list"), sources, tuple(lines))] if lines else []
    )


def _as_the_register(column: Field | Column, cell: str, on: date) -> Words:
    """A day or a sex as the register writes it: another way of writing is no difference. Else, and a name, as printed."""
    if isinstance(column, Field):
        with suppress(Refusal):
            value = str(reader_of(column, Context(today=on))(cell, TEXT)[0])
            return SEXES.get(value, Words(value, value))
    return Words(cell, cell)


def _row_as_received(doubt: Doubt) -> dict[str, str]:
    """Plain header → cell of the row that a doubt is about; nothing where there is none."""
    if doubt.list_id is None or doubt.row is None:
        return {}
    row = ListRow.objects.filter(list=doubt.list_id, sheet=doubt.sheet, row=doubt.row).first()
    if row is None:
        return {}
    return {plain_header(header): masked(str(cell)) for header, cell in json.loads(row.raw).items()}
