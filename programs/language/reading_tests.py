"""Conditions as read: one comparison, a group, or a quantifier over a set of relatives."""

from dataclasses import dataclass
from typing import Any

from programs.language.forms import Compare, Group, Quantified, Reference, Span, Test, Value
from programs.language.lines import Path
from programs.language.names import HOUSEHOLD_SETS, NUMBERS, SETS, Meaning, Names
from programs.language.problems import did_you_mean, nearest
from programs.language.sections import Notes, Section, as_day, as_fen, as_number
from standards.words import Words

SEE_ALL = Words("都在“政策能用的事实和词”那一页", "all of them: What a policy can ask for")
ORDERED = ("at_least", "at_most", "less_than")
DAYS = ("on_or_before", "on_or_after")
OPS: dict[str, tuple[str, ...]] = {  # which types each comparison takes
    "is": ("text", "code", "bool", "date", *NUMBERS),
    "in": ("text", "code", "date", *NUMBERS),
    "has_any": ("codes",),
    "at_least": NUMBERS,
    "at_most": NUMBERS,
    "less_than": NUMBERS,
    "on_or_before": ("date",),
    "on_or_after": ("date",),
    "within": ("date",),
}
GROUPS = ("any_of", "all_of", "not")
QUANTIFIERS = ("every", "any", "none", "count")
UNITS = ("days", "months", "years")
SPAN_MAX = {"days": 36_525, "months": 1_200, "years": 100}  # a century: more is a slip of the pen
DEPTH_MAX = 6  # a condition nested deeper than this cannot be read aloud


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose facts a condition may name: the subject's (``about`` of for_each) or a set's members."""

    names: Names
    about: str
    set: str = ""


def read_test(section: Section, scope: Scope, *, depth: int = 0) -> Test | None:
    """The condition in ``section``; its other keys (otherwise, paper …) are the caller's to take."""
    if depth > DEPTH_MAX:
        section.wrong("", "条件套得太深", "the condition is nested too deeply")
        for key in section.data:
            section.take(key)  # said once, not at every level
        return None
    heads = [key for key in QUANTIFIERS if key in section] or [key for key in GROUPS if key in section]
    if "unless" in section:
        return _unless(section, scope, depth)
    if len(heads) > 1:
        section.wrong(
            heads[1], f"一条里只能有一个：{'、'.join(heads)}", f"only one of these: {', '.join(heads)}"
        )
        return None
    if not heads:
        return _compare(section, scope)
    if heads[0] in QUANTIFIERS:
        return _quantified(section, scope, heads[0], depth)
    return _group(section, scope, heads[0], depth)


def _unless(section: Section, scope: Scope, depth: int) -> Test | None:
    exception = section.section("unless")
    first = read_closed(exception, scope, depth + 1) if exception else None
    data = {key: value for key, value in section.data.items() if key != "unless"}
    rest = Section(data, section.path, section.notes)
    second = read_test(rest, scope, depth=depth + 1)
    for key in rest.taken():
        section.take(key)
    return Group("unless", (first, second)) if first and second else None


def read_closed(section: Section, scope: Scope, depth: int = 0) -> Test | None:
    """A condition without a name: nothing else may stand beside it."""
    test = read_test(section, scope, depth=depth)
    section.finish(("fact", *OPS, *GROUPS, "unless", *QUANTIFIERS))
    return test


def _group(section: Section, scope: Scope, kind: str, depth: int) -> Test | None:
    if kind == "not":
        inner = section.section("not")
        part = read_closed(inner, scope, depth + 1) if inner else None
        return Group("not", (part,)) if part else None
    inner_sections = section.sections(kind)
    parts = [read_closed(each, scope, depth + 1) for each in inner_sections]
    if not parts and not section.data.get(kind):
        section.wrong(kind, "这里至少要一条", "at least one part is needed")
    found = tuple(part for part in parts if part is not None)
    return Group(kind, found) if found and len(found) == len(parts) else None


def _quantified(section: Section, scope: Scope, quantifier: str, depth: int) -> Test | None:
    if scope.set:
        section.wrong(quantifier, "集合里不能再套集合", "a set cannot stand inside a set")
        return None
    name = section.text(quantifier, choices=SETS)
    if name and scope.about == "household" and name not in HOUSEHOLD_SETS:
        section.wrong(
            quantifier,
            f"这个项目按户算，“{SETS[name].zh}”是某个人的：用 members 或 head",
            f"this program is for households, and {SETS[name].en} are a person's: use members or head",
        )
        return None
    inner = Scope(scope.names, "person", name or "parents")
    where_section = section.section("where")
    where = read_closed(where_section, inner, depth + 1) if where_section else None
    if quantifier == "count":
        return _count(section, name, where)
    shape = [key for key in ("fact", *GROUPS) if key in section]
    if not shape:
        section.wrong("fact", "缺少“fact”：要看成员的什么", "“fact” is missing: what is looked at?")
        return None
    part = Section(
        {key: value for key, value in section.data.items() if key in ("fact", *OPS, *GROUPS)},
        section.path,
        section.notes,
    )
    for key in part.data:
        section.take(key)
    test = read_closed(part, inner, depth + 1)
    if name is None or test is None or (where_section and where is None):
        return None
    return Quantified(quantifier, name, test, where)


def _count(section: Section, name: str | None, where: Test | None) -> Test | None:
    ops = [key for key in ("is", *ORDERED) if key in section]
    if len(ops) != 1:
        section.wrong(
            "count", "count 要带一个比较，如 at_most = 2", "count needs one comparison: at_most = 2"
        )
        return None
    number = section.whole(ops[0], needed=True)
    return Quantified("count", name, None, where, ops[0], number) if name else None


def _compare(section: Section, scope: Scope) -> Test | None:
    name = section.text("fact")
    ops = [key for key in OPS if key in section]
    meaning = find_fact(name, section.at("fact"), scope, section.notes) if name else None
    if len(ops) != 1:
        wanted = "、".join(OPS), ", ".join(OPS)
        section.wrong(
            ops[1] if ops else "fact",
            f"要有且只有一个比较：{wanted[0]}",
            f"exactly one comparison is needed: {wanted[1]}",
        )
        for op in ops:
            section.take(op)
        return None
    op = ops[0]
    raw = section.take(op)
    if meaning is None:
        return None
    if meaning.type not in OPS[op]:
        right = [each for each, types in OPS.items() if meaning.type in types]
        section.wrong(
            op,
            f"“{meaning.name}”不能用 {op} 比较，可以用：{'、'.join(right)}",
            f"“{meaning.name}” cannot be compared by {op}; possible: {', '.join(right)}",
        )
        return None
    if op == "within":
        span = read_span(Section(raw, section.at(op), section.notes), scope)
        return Compare(meaning.name, op, span=span) if span else None
    if isinstance(raw, dict):
        other = read_reference(Section(raw, section.at(op), section.notes), scope, meaning)
        return Compare(meaning.name, op, other=other) if other else None
    values = _values(raw, meaning, op, section)
    return Compare(meaning.name, op, values) if values else None


def _values(raw: Any, meaning: Meaning, op: str, section: Section) -> tuple[Value, ...]:
    many = op in ("in", "has_any")
    if many and (not isinstance(raw, list) or not raw):
        section.wrong(op, f'{op} 要一列值：["…", "…"]', f'{op} takes a list: ["…", "…"]')
        return ()
    read = [as_value(each, meaning, section.at(op), section.notes) for each in (raw if many else [raw])]
    found = tuple(each for each in read if each is not None)
    if len(found) != len(read):
        return ()
    section.refuse_twice(op, raw if many else ())
    return found


def find_fact(name: str, path: Path, scope: Scope, notes: Notes) -> Meaning | None:
    """The fact ``name``, or None after saying why it cannot be looked at here."""
    meaning = scope.names.fact(name)
    if meaning is None and name in scope.names.broken:
        return None
    if meaning is None:
        near = nearest(name, scope.names.derived) or scope.names.catalogue.nearest(name)
        hint = Words(f"是不是“{near}”？", f"did you mean “{near}”?") if near else SEE_ALL
        notes.add(path, f"没有“{name}”这个事实，{hint.zh}", f"there is no fact “{name}”; {hint.en}")
        return None
    if scope.set and meaning.about != "person":
        notes.add(path, f"集合的成员没有“{name}”这个事实", f"the members of a set have no fact “{name}”")
        return None
    if scope.about == "household" and meaning.about == "person" and not scope.set:
        notes.add(
            path,
            f"“{name}”说的是人，这个项目按户算：要用 every、any、none 或 count",
            f"“{name}” is about a person and this program is for households: use every, any, none or count",
        )
        return None
    return meaning


def as_value(raw: object, meaning: Meaning, path: Path, notes: Notes) -> Value | None:
    """One value of a fact in the evaluator's unit (fen, day number), or None after a problem."""
    if meaning.type == "money":
        return as_fen(raw, path, notes)
    if meaning.type == "date":
        return as_day(raw, path, notes)
    if meaning.type == "bool":
        if isinstance(raw, bool):
            return raw
        notes.add(path, "这里要写 true 或 false", "true or false is expected")
        return None
    if meaning.type in NUMBERS:
        if isinstance(raw, int) and not isinstance(raw, bool):
            return as_number(raw, path, notes)
        notes.add(path, "这里要写整数，不加引号", "a whole number is expected, unquoted")
        return None
    return _as_word(raw, meaning, path, notes)


def _as_word(raw: object, meaning: Meaning, path: Path, notes: Notes) -> str | None:
    if not isinstance(raw, str):
        notes.add(path, "这里要写文字（加引号）", "text in quotes is expected")
        return None
    if meaning.codes and raw not in meaning.codes:
        hint = did_you_mean(raw, meaning.codes)
        notes.add(
            path,
            f"“{meaning.name}”没有“{raw}”这个值，{hint.zh}",
            f"“{meaning.name}” has no value “{raw}”; {hint.en}",
        )
        return None
    return raw


def read_reference(section: Section, scope: Scope, like: Meaning | None) -> Reference | None:
    """``{ fact = "…" }`` or ``{ figure = "…" }`` in the place of a value of ``like``'s type."""
    kind = "figure" if "figure" in section else "fact"
    name = section.text(kind)
    section.finish(("fact", "figure"))
    if name is None:
        return None
    meaning = scope.names.figure(name) if kind == "figure" else scope.names.fact(name)
    if meaning is None and name in scope.names.broken:
        return None
    if meaning is None:
        right = scope.names.all_figures() if kind == "figure" else scope.names.all()
        hint = did_you_mean(name, right)
        section.wrong(kind, f"没有“{name}”，{hint.zh}", f"there is no “{name}”; {hint.en}")
        return None
    if kind == "fact" and find_fact(name, section.at(kind), scope, section.notes) is None:
        return None
    if like is not None and (meaning.type != like.type or like.type in ("text", "code", "codes")):
        section.wrong(
            kind,
            f"“{name}”和“{like.name}”不能比较",
            f"“{name}” and “{like.name}” cannot be compared",
        )
        return None
    return Reference(kind, name)


def read_span(section: Section, scope: Scope) -> Span | None:
    """``{ months = 6, after = "certificate.issued_on" }``; ``before`` counts backwards."""
    units = [unit for unit in UNITS if unit in section]
    sides = [side for side in ("after", "before") if side in section]
    if len(units) != 1 or len(sides) != 1:
        section.wrong(
            "",
            "写成 { months = 6, after = “日期事实” }，单位 days、months、years 选一，after、before 选一",
            "write { months = 6, after = “a date fact” }: one of days, months, years; one of after, before",
        )
        return None
    count = section.whole(units[0], needed=True)
    anchor = section.text(sides[0])
    section.finish((*UNITS, "after", "before"))
    if count > SPAN_MAX[units[0]]:
        section.wrong(units[0], f"期限太长：{count}", f"the stretch is too long: {count}")
        return None
    meaning = find_fact(anchor, section.at(sides[0]), scope, section.notes) if anchor else None
    if meaning is None:
        return None
    if meaning.type != "date":
        section.wrong(sides[0], f"“{meaning.name}”不是日期", f"“{meaning.name}” is not a day")
        return None
    return Span(count, units[0], meaning.name, sides[0] == "before")
