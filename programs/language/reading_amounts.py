"""``[amount]``: what is paid, in one of its shapes, or in parts that add up or of which the first that applies counts."""

from programs.language.forms import (
    Amount,
    Band,
    ByTable,
    Flat,
    FromFigure,
    Part,
    Parts,
    Percent,
    PerQuantity,
    Reference,
    Shape,
    Step,
    Stepped,
)
from programs.language.names import Meaning
from programs.language.problems import did_you_mean
from programs.language.reading_tests import Scope, find_fact, read_closed, read_reference
from programs.language.sections import Section, as_fen, as_percent

SHAPES = ("yuan", "table_by", "yuan_per", "steps", "percent", "band")
PARTS = ("sum", "first")
BOUNDS = ("round_to_yuan", "at_least_yuan", "at_most_yuan")
BESIDE = ("of", "of_fact", "of_figure", "count_at_most")  # stand beside a shape
PARTS_MAX = 20
STEPS_MAX = 20
PERCENT_MAX = 1_000


def read_amount(section: Section, scope: Scope) -> Amount | None:
    """``[amount]`` in one of its shapes or in parts, with rounding and bounds for the whole."""
    heads = [word for word in PARTS if word in section]
    if not heads:
        return _amount(section, scope, _shape(section, scope), (*SHAPES, *PARTS))
    if len(heads) > 1:
        section.take(heads[1])
        section.wrong(heads[1], "sum 和 first 只能写一种", "write sum or first, not both")
    return _amount(section, scope, _parts(section, scope, heads[0]), PARTS)


def _amount(section: Section, scope: Scope, shape: Shape | None, known: tuple[str, ...]) -> Amount | None:
    if "multiply" in section:
        section.take("multiply")
        section.wrong(
            "multiply",
            "政策语言没有 multiply：各种情况的金额分别写在 [[amount.first]] 或 table_by 里",
            "the language has no multiply: write each case's sum under [[amount.first]] or table_by",
        )
    rounding = section.truth("round_to_yuan")
    at_least = _bound(section, "at_least_yuan", scope)
    at_most = _bound(section, "at_most_yuan", scope)
    section.finish((*known, *BOUNDS))
    return Amount(shape, rounding, at_least, at_most, section.line) if shape else None


def _parts(section: Section, scope: Scope, kind: str) -> Parts | None:
    """``[[amount.sum]]`` and ``[[amount.first]]``: each part with its own shape, bounds and ``when``."""
    sections = section.sections(kind)
    if not 1 <= len(sections) <= PARTS_MAX:
        section.wrong(kind, f"写 1 到 {PARTS_MAX} 项", f"1 to {PARTS_MAX} parts are expected")
    found = [_part(each, scope) for each in sections]
    parts = tuple(part for part in found if part is not None)
    bands = [at for at, part in enumerate(parts) if isinstance(part.amount.shape, Band)]
    if kind == "sum" and len(bands) > 1:
        sections[bands[1]].wrong(
            "band", "相加的各项里只能有一个 band", "only one part of a sum may be a band"
        )
    if kind == "first":
        for part, after in zip(parts, sections[1:], strict=False):
            if part.when is None:
                after.wrong(
                    "",
                    "轮不到这一项：上一项没有 when，人人都用它",
                    "never reached: the one above takes everybody",
                )
                break
    bounded = any(part.amount.at_least or part.amount.at_most for part in parts)
    if bounded and section.data.get("round_to_yuan") is True:
        section.wrong(
            "round_to_yuan",
            "各项有上下限时，取整要写在各项里：否则取整会超过那一项的上限",
            "where parts have bounds, rounding stands in the parts: else it would pass a part's cap",
        )
    return Parts(kind, parts) if parts and len(parts) == len(found) else None


def _part(section: Section, scope: Scope) -> Part | None:
    inner = section.section("when")
    when = read_closed(inner, scope) if inner else None
    if any(word in section for word in PARTS):
        word = next(word for word in PARTS if word in section)
        section.take(word)
        section.wrong(word, "一项里不能再分项", "a part has no parts of its own")
    amount = _amount(section, scope, _shape(section, scope), (*SHAPES, "when"))
    return Part(when, amount) if amount and (inner is None or when is not None) else None


def _shape(section: Section, scope: Scope) -> Shape | None:
    if "table_by" in section:
        return _by_table(section, scope)
    if "yuan_per" in section:
        return _per_quantity(section, scope)
    if "steps" in section:
        return _stepped(section, scope)
    if "percent" in section:
        return _percent(section, scope)
    if "band" in section:
        return _band(section, scope)
    fen = section.fen("yuan", needed=True)
    return None if fen is None else Flat(fen)


def _by_table(section: Section, scope: Scope) -> ByTable | None:
    raw = section.data.get("table_by")
    facts = tuple(raw) if isinstance(raw, list) else (raw,)
    section.take("table_by")
    rows = section.take("yuan", needed=True)
    if not 1 <= len(facts) <= 2 or not all(isinstance(each, str) for each in facts):
        section.wrong("table_by", "写一个或两个事实", "one or two facts are expected")
        return None
    meanings = [find_fact(each, section.at("table_by"), scope, section.notes) for each in facts]
    for meaning in meanings:
        if meaning is not None and meaning.type not in ("code", "text"):
            section.wrong("table_by", f"“{meaning.name}”不是一个词", f"“{meaning.name}” is not a word")
            return None
    if not isinstance(rows, dict) or not rows or any(each is None for each in meanings):
        if not isinstance(rows, dict) or not rows:
            section.wrong("yuan", "写成 { 值 = 金额 }", "write { value = amount }")
        return None
    fen: dict[tuple[str, ...], int] = {}
    _fill(rows, [each for each in meanings if each], (), fen, section)
    return ByTable(facts, fen)


def _fill(
    rows: dict[str, object],
    meanings: list[Meaning],
    key: tuple[str, ...],
    fen: dict[tuple[str, ...], int],
    section: Section,
) -> None:
    meaning = meanings[len(key)]
    for word, value in rows.items():
        path = (*section.at("yuan"), *key, word)
        if meaning.codes and word not in meaning.codes:
            hint = did_you_mean(word, meaning.codes)
            section.notes.add(
                path,
                f"“{meaning.name}”没有“{word}”这个值，{hint.zh}",
                f"“{meaning.name}” has no value “{word}”; {hint.en}",
            )
        elif len(key) + 1 == len(meanings):
            amount = as_fen(value, path, section.notes)
            if amount is not None:
                fen[(*key, word)] = amount
        elif isinstance(value, dict):
            _fill(value, meanings, (*key, word), fen, section)
        else:
            section.notes.add(path, "两个事实的表要套一层", "a matrix needs a table in the table")


def _per_quantity(section: Section, scope: Scope) -> PerQuantity | None:
    fen = section.fen("yuan_per", needed=True)
    most = section.whole("count_at_most", least=1) if "count_at_most" in section else None
    quantity = _quantity(section, scope)
    return None if quantity is None or fen is None else PerQuantity(fen, quantity, most)


def _quantity(section: Section, scope: Scope) -> str | None:
    """``of = "training.hours"``: the number that is paid for."""
    name = section.text("of")
    meaning = find_fact(name, section.at("of"), scope, section.notes) if name else None
    if meaning is not None and meaning.type not in ("integer", "quantity"):
        section.wrong("of", f"“{name}”不是数量", f"“{name}” is not a quantity")
        return None
    return None if meaning is None else meaning.name


def _stepped(section: Section, scope: Scope) -> Stepped | None:
    """``steps = [{ upto = 5, yuan_per = 40 }, { upto = 30, yuan_per = 20 }]``, each further than the one before."""
    found: list[Step] = []
    inner = section.sections("steps")
    for each in inner:
        upto, fen = each.whole("upto", needed=True, least=1), each.fen("yuan_per", needed=True)
        each.finish(("upto", "yuan_per"))
        if found and upto <= found[-1].upto:
            each.wrong(
                "upto", f"要大于前一段的 {found[-1].upto}", f"must lie above the {found[-1].upto} before it"
            )
        elif fen is not None:
            found.append(Step(upto, fen))
    if not 1 <= len(inner) <= STEPS_MAX:
        section.wrong("steps", f"写 1 到 {STEPS_MAX} 段", f"1 to {STEPS_MAX} steps are expected")
    quantity = _quantity(section, scope)
    return None if quantity is None or len(found) != len(inner) else Stepped(quantity, tuple(found))


def _percent(section: Section, scope: Scope) -> Percent | None:
    percent = as_percent(section.take("percent"), PERCENT_MAX)
    if percent is None:
        section.wrong("percent", "百分比要写数字，如 70", "a percentage is a number such as 70")
    of = _of(section, scope)
    return Percent(percent, of) if of and percent is not None else None


def _of(section: Section, scope: Scope) -> Reference | None:
    """``of_figure = "…"`` or ``of_fact = "…"``, of money."""
    kind = "figure" if "of_figure" in section else "fact"
    name = section.text(f"of_{kind}")
    if name is None:
        return None
    reference = read_reference(Section({kind: name}, section.path, section.notes), scope, None)
    if reference is None:
        return None
    meaning = scope.names.figure(name) if kind == "figure" else scope.names.fact(name)
    if meaning is None or meaning.type != "money":
        section.wrong(f"of_{kind}", f"“{name}”不是金额", f"“{name}” is not money")
        return None
    return reference


def _band(section: Section, scope: Scope) -> Band | None:
    """``band = { least, most }``: the deciding official sets the sum; both ends count and nothing is not among them."""
    inner = section.section("band")
    assert inner is not None
    least, most = (_bound(inner, key, scope) for key in ("least", "most"))
    inner.finish(("least", "most"))
    for key, end in (("least", least), ("most", most)):
        if end is None and key not in inner:
            inner.wrong(key, f"缺少“{key}”", f"“{key}” is missing")
    if isinstance(least, Flat) and least.fen == 0:
        inner.wrong("least", "最低要大于 0：不发不是一种金额", "the least must be above 0: nothing is no sum")
    if isinstance(least, Flat) and isinstance(most, Flat) and most.fen < least.fen:
        inner.wrong("most", "最高低于最低", "the most lies below the least")
    return Band(least, most) if least and most else None


def _bound(section: Section, key: str, scope: Scope) -> Shape | None:
    if not isinstance(section.data.get(key), dict):
        fen = section.fen(key)
        return None if fen is None else Flat(fen)
    inner = section.section(key)
    assert inner is not None
    if "percent" in inner:
        shape: Shape | None = _percent(inner, scope)
    else:
        name = inner.text("figure")
        of = _of(Section({"of_figure": name}, inner.path, inner.notes), scope) if name else None
        shape = FromFigure(of) if of else None
    inner.finish(("figure", "percent", "of_figure", "of_fact"))
    return shape
