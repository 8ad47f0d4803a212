"""Kind files read into the catalogue's classes, with every problem named by file and key."""

import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from facts.shapes import (
    ABOUT,
    CHECKS,
    COVERAGE,
    DATED,
    ENTERED,
    HELD_BY,
    SEXES,
    STORES,
    TYPES,
    WHEN_ABSENT,
    Column,
    Field,
    Kind,
    Problem,
    Value,
)
from standards.words import Words

FILES_MAX = 200  # far above any county's kinds of lists; a folder with more is the wrong folder

KIND_KEYS = frozenset(
    {
        "kind",
        "about",
        "dated",
        "words",
        "stores",
        "day",
        "until",
        "coverage",
        "list_of",
        "bare",
        "once",
        "entered",
        "apart",
        "mutual",
        "open_after",
        "only_elsewhere",
        "held_by",
        "rules_out",
        "lasts_months",
    }
    | {"subject", "subject_name", "paper", "field", "column"}
)
FIELD_KEYS = frozenset(
    {"type", "words", "ask", "headers", "values", "value", "settled_by", "when_absent", "about", "dated"}
    | {"required", "derived", "from_presence", "from_period", "entered", "at_least", "at_most"}
    | {"printed_yes", "printed_no", "sex", "of_one"}
)
PAPER_KEYS = frozenset({"zh", "en", "proves"})
COLUMN_KEYS = frozenset({"words", "headers", "check", "required", "value"})
EMPTY = Words("", "")


@dataclass
class _Reader:
    """One file while it is read: collects problems instead of stopping at the first."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def problem(self, key: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.file, key, Words(zh, en)))

    def known_keys(self, table: dict[str, Any], known: Collection[str], at: str) -> None:
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = near[0] if near else ", ".join(sorted(known))
                self.problem(f"{at}{key}", f"不认识的键，最接近的是 {hint}", f"unknown key; nearest: {hint}")

    def one_of(self, value: object, allowed: tuple[str, ...], key: str) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        wanted = " | ".join(allowed)
        self.problem(key, f"应为 {wanted}，写的是 {value!r}", f"expected {wanted}, found {value!r}")
        return allowed[0]

    def words(self, value: object, key: str) -> Words:
        if isinstance(value, dict):
            zh, en = value.get("zh"), value.get("en")
            if isinstance(zh, str) and zh and isinstance(en, str) and en:
                return Words(zh, en)
        self.problem(key, "要写中英文：{ zh = …, en = … }", "needs both languages: { zh = …, en = … }")
        return EMPTY

    def texts(self, value: object, key: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(text, str) and text for text in value):
            return tuple(value)
        self.problem(key, "应为文字列表", "expected a list of texts")
        return ()

    def table(self, value: object, key: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.problem(key, "应为一节", "expected a table")
        return {}

    def flag(self, table: dict[str, Any], name: str, at: str, *, unless_said: bool = False) -> bool:
        value = table.get(name, unless_said)
        if not isinstance(value, bool):
            self.problem(f"{at}{name}", "应为 true 或 false", "expected true or false")
        return value is True

    def bound(self, table: dict[str, Any], name: str, at: str) -> int | None:
        value = table.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.problem(f"{at}{name}", "应为整数", "expected a whole number")
        return None


def read_kinds(folder: Path) -> tuple[dict[str, Kind], list[Problem]]:
    """Every kind of ``folder`` by name (the register first, then by name), and every problem found."""
    kinds: dict[str, Kind] = {}
    problems: list[Problem] = []
    files = sorted(folder.glob("*.toml"), key=lambda path: (path.stem != "register", path.stem))
    for path in files[:FILES_MAX]:
        kind, found = read_kind(path.name, path.read_bytes())
        problems += found
        if kind is not None:
            kinds[kind.name] = kind
    if not files or len(files) > FILES_MAX:
        words = Words(f"应有 1 到 {FILES_MAX} 个种类文件", f"expected 1 to {FILES_MAX} kind files")
        problems.append(Problem(str(folder), "*.toml", words))
    return kinds, problems + _shared_problems(kinds.values())


def read_kind(file: str, source: bytes) -> tuple[Kind | None, list[Problem]]:
    """One kind file (its name and bytes); the kind is None where the file is no TOML at all."""
    reader = _Reader(file)
    try:
        data = tomllib.loads(source.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reader.problem("file", f"不是可读的 TOML：{error}", f"is not readable TOML: {error}")
        return None, reader.problems
    reader.known_keys(data, KIND_KEYS, "")
    name = str(data.get("kind", ""))
    if name != file.removesuffix(".toml"):
        reader.problem("kind", "要与文件同名", "must be the file's own name")
    kind = _kind(reader, name, data)
    _check_kind(reader, kind)
    return kind, reader.problems


def _kind(reader: _Reader, name: str, data: dict[str, Any]) -> Kind:
    about = reader.one_of(data.get("about"), ABOUT, "about")
    dated = reader.one_of(data.get("dated"), DATED, "dated")
    prefix = "" if reader.flag(data, "bare", "") else f"{name}."
    fields = {
        key: _field(reader, (name, prefix, about, dated), key, reader.table(table, f"field.{key}"))
        for key, table in reader.table(data.get("field", {}), "field").items()
    }
    columns = {
        key: _column(reader, key, reader.table(table, f"column.{key}"), f"column.{key}.")
        for key, table in reader.table(data.get("column", {}), "column").items()
    }
    told = reader.table(data.get("paper", {}), "paper")
    papers = {key: reader.words(words, f"paper.{key}") for key, words in told.items()}
    proves = {key: _proves(reader, paper, f"paper.{key}.") for key, paper in told.items()}
    subject = _subject(reader, data, "subject", Words("身份证号", "ID number"), "citizen_id")
    return Kind(
        name=name,
        about=about,
        dated=dated,
        words=reader.words(data.get("words"), "words"),
        stores=reader.one_of(data.get("stores", "facts"), STORES, "stores"),
        coverage=reader.one_of(data.get("coverage", "none"), COVERAGE, "coverage"),
        entered=reader.one_of(data.get("entered", "never"), ENTERED, "entered"),
        is_once=reader.flag(data, "once", ""),
        day=str(data.get("day", "")),
        until=str(data.get("until", "")),
        list_of=str(data.get("list_of", "")),
        apart=reader.texts(data.get("apart", []), "apart"),
        is_open_after=reader.flag(data, "open_after", ""),
        mutual=str(data.get("mutual", "")),
        is_only_elsewhere=reader.flag(data, "only_elsewhere", ""),
        held_by=reader.one_of(data.get("held_by", ""), HELD_BY, "held_by"),
        rules_out=str(data.get("rules_out", "")),
        lasts_months=reader.bound(data, "lasts_months", "") or 0,
        subject=subject,
        subject_name=_subject(reader, data, "subject_name", Words("姓名", "Name"), "name")
        if "subject_name" in data
        else None,
        fields=MappingProxyType(fields),
        columns=MappingProxyType(columns),
        papers=MappingProxyType(papers),
        proves=MappingProxyType(proves),
    )


def _proves(reader: _Reader, paper: object, at: str) -> Mapping[str, bool]:
    """What a paper says by being there: {field: true or false}."""
    if not isinstance(paper, dict):
        return MappingProxyType({})  # its words were missed already
    reader.known_keys(paper, PAPER_KEYS, at)
    proved = reader.table(paper.get("proves", {}), f"{at}proves")
    return MappingProxyType({key: reader.flag(proved, key, f"{at}proves.") for key in proved})


def _subject(reader: _Reader, data: dict[str, Any], key: str, words: Words, check: str) -> Column:
    table = reader.table(data.get(key, {}), key)
    reader.known_keys(table, COLUMN_KEYS, f"{key}.")
    said = reader.words(table["words"], f"{key}.words") if "words" in table else words
    headers = reader.texts(table.get("headers"), f"{key}.headers")
    return Column(key, said, headers, check, required=key == "subject")


def _column(reader: _Reader, key: str, table: dict[str, Any], at: str) -> Column:
    reader.known_keys(table, COLUMN_KEYS, at)
    return Column(
        key=key,
        words=reader.words(table.get("words"), f"{at}words"),
        headers=reader.texts(table.get("headers"), f"{at}headers"),
        check=reader.one_of(table.get("check", "text"), CHECKS, f"{at}check"),
        required=reader.flag(table, "required", at),
        values=_values(reader, table, at),
    )


def _field(reader: _Reader, of: tuple[str, str, str, str], key: str, table: dict[str, Any]) -> Field:
    kind, prefix, about, dated = of
    at = f"field.{key}."
    reader.known_keys(table, FIELD_KEYS, at)
    words = reader.words(table.get("words"), f"{at}words")
    made = Field(
        name=f"{prefix}{key}",
        key=key,
        kind=kind,
        about=reader.one_of(table.get("about", about), ABOUT, f"{at}about"),
        dated=reader.one_of(table.get("dated", dated), DATED, f"{at}dated"),
        type=reader.one_of(table.get("type"), TYPES, f"{at}type"),
        words=words,
        ask=reader.words(table["ask"], f"{at}ask") if "ask" in table else words,
        headers=reader.texts(table.get("headers", []), f"{at}headers"),
        values=_values(reader, table, at),
        settled_by=reader.texts(table.get("settled_by", []), f"{at}settled_by"),
        when_absent=reader.one_of(table.get("when_absent"), WHEN_ABSENT, f"{at}when_absent"),
        required=reader.flag(table, "required", at),
        derived=reader.flag(table, "derived", at),
        from_presence=reader.flag(table, "from_presence", at),
        from_period="from_period" in table,
        entered=reader.flag(table, "entered", at, unless_said=True),
        at_least=reader.bound(table, "at_least", at),
        at_most=reader.bound(table, "at_most", at),
        printed_yes=reader.texts(table.get("printed_yes", []), f"{at}printed_yes"),
        printed_no=reader.texts(table.get("printed_no", []), f"{at}printed_no"),
        sex=reader.one_of(table["sex"], SEXES, f"{at}sex") if "sex" in table else "",
        of_one=reader.flag(table, "of_one", at),
    )
    if table.get("from_period", "year") != "year":
        reader.problem(f"{at}from_period", '只能写 "year"', 'only "year" is possible')
    _check_field(reader, made, at)
    return made


def _values(reader: _Reader, table: dict[str, Any], at: str) -> tuple[Value, ...]:
    plain = [
        Value(text, Words(text, text), (text,))
        for text in reader.texts(table.get("values", []), f"{at}values")
    ]
    worded = []
    for code, entry in reader.table(table.get("value", {}), f"{at}value").items():
        where = f"{at}value.{code}"
        words = reader.words(entry, where)
        told = reader.table(entry, where)
        reader.known_keys(told, ("zh", "en", "printed"), f"{where}.")
        printed = reader.texts(told.get("printed", []), f"{where}.printed")
        worded.append(Value(code, words, tuple(dict.fromkeys((words.zh, *printed)))))
    values = tuple(plain + worded)
    _once(reader, at + "value", (text for value in values for text in value.printed))
    return values


def _check_field(reader: _Reader, made: Field, at: str) -> None:
    needs_values = made.type in ("code", "codes")
    if needs_values and not made.values:
        reader.problem(f"{at}value", "代码要列出全部取值", "a code must list all its values")
    if made.type == "codes" and len(made.values) > 62:
        reader.problem(f"{at}value", "最多 62 个取值", "at most 62 values fit a mask")
    rules: list[tuple[bool, str, str, str]] = [
        (
            made.derived and bool(made.headers),
            "headers",
            "推算的项目不在名单里",
            "a derived fact is in no list",
        ),
        (bool(made.sex) and made.type != "person", "sex", "只用于 person", "is for a person only"),
        (made.from_presence and made.type != "bool", "from_presence", "只用于 bool", "is for a bool only"),
        (
            made.from_period and made.type != "integer",
            "from_period",
            "只用于 integer",
            "is for an integer only",
        ),
        (
            bool(made.printed_yes + made.printed_no) and made.type != "bool",
            "printed_yes",
            "只用于 bool",
            "bool only",
        ),
    ]
    for broken, key, zh, en in rules:
        if broken:
            reader.problem(at + key, zh, en)


def _check_kind(reader: _Reader, kind: Kind) -> None:
    for key, wanted in (("day", "date"), ("until", "date"), ("list_of", "codes"), ("mutual", "person")):
        name = getattr(kind, key)
        if name and (name not in kind.fields or kind.fields[name].type != wanted):
            near = get_close_matches(name, kind.fields, n=1)
            hint = f"，最接近的是 {near[0]}" if near else ""
            hint_en = f"; nearest: {near[0]}" if near else ""
            reader.problem(
                key, f"没有 {wanted} 类型的项目 {name}{hint}", f"no {wanted} field {name}{hint_en}"
            )
    if kind.dated == "event" and not kind.day:
        reader.problem("day", "事件要说明哪一项是日期", "an event must name the field of its day")
    if kind.mutual and kind.about != "person":
        reader.problem("mutual", "只用于关于个人的种类", "is for a kind about a person only")
    for name in kind.apart:
        if name not in kind.fields:
            reader.problem("apart", f"没有项目 {name}", f"no field {name}")
    headers = (_plain(header) for column in kind.listed for header in column.headers)
    _once(reader, "headers", headers)
    _check_papers(reader, kind)


def _check_papers(reader: _Reader, kind: Kind) -> None:
    """A field that a list states by naming somebody: a paper must say which answer it proves, yes or no.

    "Statement of not being on the public payroll" proves ``listed = false``: nothing may guess that.
    """
    by_presence = [key for key, made in kind.fields.items() if made.from_presence]
    for paper, proved in kind.proves.items():
        for key in proved:
            if key not in by_presence:
                reader.problem(
                    f"paper.{paper}.proves",
                    f"{key} 不是 from_presence 的项目",
                    f"{key} is no from_presence field",
                )
        for key in by_presence:
            if paper in kind.fields[key].settled_by and key not in proved:
                reader.problem(
                    f"paper.{paper}.proves",
                    f"要写明这份材料证明“是”还是“不是”：proves = {{ {key} = true }} 或 false",
                    f"say which answer the paper proves: proves = {{ {key} = true }} or false",
                )


def _plain(header: str) -> str:
    return "".join(header.split()).casefold()


def _once(reader: _Reader, key: str, texts: Iterable[str]) -> None:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            reader.problem(key, f"“{text}”出现两次", f"“{text}” stands twice")
        seen.add(text)


def _shared_problems(kinds: Collection[Kind]) -> list[Problem]:
    """What only shows with all files together: names that stand twice, papers that nobody describes."""
    problems: list[Problem] = []
    papers: dict[str, tuple[str, Words]] = {}
    facts: dict[str, str] = {}
    for kind in kinds:
        add: Callable[[str, str, str], None] = _Reader(f"{kind.name}.toml", problems).problem
        for name, words in kind.papers.items():
            if papers.setdefault(name, (kind.name, words))[1] != words:
                add(f"paper.{name}", f"与 {papers[name][0]} 里的说法不同", f"differs from {papers[name][0]}")
        for made in kind.fields.values():
            if facts.setdefault(made.name, kind.name) != kind.name:
                add(f"field.{made.key}", "事实重名", f"the fact is named by {facts[made.name]} as well")
    for kind in kinds:
        add = _Reader(f"{kind.name}.toml", problems).problem
        if kind.rules_out and kind.rules_out not in {one.name for one in kinds}:
            add("rules_out", f"没有种类 {kind.rules_out}", f"there is no kind {kind.rules_out}")
        for made in kind.fields.values():
            for paper in made.settled_by:
                if paper not in papers:
                    near = get_close_matches(paper, papers, n=1)
                    hint = near[0] if near else ", ".join(papers)
                    key = f"field.{made.key}.settled_by"
                    add(key, f"没有说明材料 {paper}，最接近的是 {hint}", f"no paper {paper}; nearest: {hint}")
    return problems
