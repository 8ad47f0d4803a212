"""Amount, limits, instalments, funds: what is paid, how often, in which parts, from which money."""

from decimal import Decimal
from fractions import Fraction

from programs.language.forms import (
    Amount,
    ByTable,
    Compare,
    Flat,
    FromFigure,
    Fund,
    Instalment,
    Limit,
    Percent,
    PerQuantity,
    Reference,
    Shape,
    Span,
    Step,
    Stepped,
    Test,
)
from programs.language.names import Meaning
from programs.language.problems import did_you_mean
from programs.language.reading_tests import Scope, find_fact, read_reference, read_span, read_test
from programs.language.sections import Section, as_fen
from standards.words import Words

PAYEES = ("self", "parents", "guardians", "spouse", "head", "institution")
PERIODS = ("life", "year")
HOLDS = ("self", "household", "couple")
SHAPES = ("yuan", "table_by", "yuan_per", "steps", "percent")
STEPS_MAX = 20
LATER = ("sum", "first", "band", "multiply", "when")  # described in the language, not read yet
PERCENT_MAX = 1_000


def read_amount(section: Section, scope: Scope) -> Amount | None:
    """``[amount]`` in one of its shapes, with rounding and bounds."""
    refuse_later(section, LATER)
    shape = _shape(section, scope)
    rounding = section.truth("round_to_yuan")
    at_least = _bound(section, "at_least_yuan", scope)
    at_most = _bound(section, "at_most_yuan", scope)
    section.finish((*SHAPES, "round_to_yuan", "at_least_yuan", "at_most_yuan"))
    return Amount(shape, rounding, at_least, at_most, section.line) if shape else None


def refuse_later(section: Section, words: tuple[str, ...]) -> None:
    """A word of the language that this version does not read: said, never ignored."""
    for word in words:
        if word in section:
            section.take(word)
            section.wrong(
                word,
                f"“{word}”是政策语言里的词，这一版程序还不会算，不能使用",
                f"“{word}” belongs to the language, but this version cannot work with it yet",
            )


def _shape(section: Section, scope: Scope) -> Shape | None:
    if "table_by" in section:
        return _by_table(section, scope)
    if "yuan_per" in section:
        return _per_quantity(section, scope)
    if "steps" in section:
        return _stepped(section, scope)
    if "percent" in section:
        return _percent(section, scope)
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
    percent = section.take("percent")
    if isinstance(percent, bool) or not isinstance(percent, int | Decimal) or not 0 < percent <= PERCENT_MAX:
        section.wrong("percent", "百分比要写数字，如 70", "a percentage is a number such as 70")
        return None
    of = _of(section, scope)
    return Percent(Fraction(percent) / 100, of) if of else None


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


def read_limits(sections: list[Section], scope: Scope) -> tuple[Limit, ...]:
    """``[[limit]]``: names are unique within a policy."""
    limits: list[Limit] = []
    for section in sections:
        refuse_later(section, ("keep",) if section.data.get("keep") != "first" else ())
        section.take("keep")
        name = section.text("name")
        holds = section.texts("holds", needed=True, choices=HOLDS)
        times = section.whole("times", least=1, instead=1)
        period = section.text("in", choices=PERIODS)
        same = section.texts("same")
        for each in same:
            find_fact(each, section.at("same"), scope, section.notes)
        otherwise = section.words("otherwise", needed=False, instead=_spent(period or "life", times))
        section.finish(("name", "holds", "times", "in", "same", "otherwise", "keep"))
        if any(each.name == name for each in limits):
            section.wrong("name", f"“{name}”写了两次", f"“{name}” is written twice")
        if name and holds and period:
            limits.append(Limit(name, holds, times, period, same, otherwise, section.line))
    return tuple(limits)


def _spent(period: str, times: int) -> Words:
    if period == "year":
        return Words(f"这一年已经领过 {times} 次", f"already received {times} time(s) in that year")
    return Words(f"已经领过 {times} 次", f"already received {times} time(s)")


def read_instalments(sections: list[Section], scope: Scope) -> tuple[Instalment, ...]:
    """``[[instalment]]``: shares add up to the whole, one of them may be the rest."""
    found: list[Instalment] = []
    for section in sections:
        refuse_later(section, ("each", "from", "until", "while", "advance"))
        name = section.text("name")
        words = section.words("words", needed=False, instead=Words(name or "", name or ""))
        share = section.share("share")
        within_section = section.section("within")
        within = read_span(within_section, scope) if within_section else None
        need = _evidence(section, scope, within)
        missed = section.text("if_missed", needed=within is not None, choices=("lapse", "hold"))
        pay_to = read_payees(section, needed=False)
        section.finish(("name", "words", "share", "need", "within", "if_missed", "pay_to"))
        if share is None:
            section.wrong("share", "缺少“share”", "“share” is missing")
        elif name:
            part = share if isinstance(share, Fraction) else None
            found.append(Instalment(name, words, part, need, within, missed, pay_to, section.line))
    if sections:
        _check_shares([each.share for each in found], sections[0])
    return tuple(found)


def _evidence(section: Section, scope: Scope, within: Span | None) -> Test | None:
    """The later evidence. With a period it is the day of an event, which must lie in the period."""
    inner = section.section("need")
    if inner is None:
        if within is not None:
            section.wrong("need", "有期限就要写凭什么：need", "a period needs its evidence: need")
        return None
    if within is None:
        test = read_test(inner, scope)
        inner.finish()
        return test
    name = inner.text("fact")
    inner.finish(("fact",))
    meaning = find_fact(name, inner.at("fact"), scope, section.notes) if name else None
    if meaning is None:
        return None
    if meaning.type != "date":
        inner.wrong("fact", f"“{name}”不是日期", f"“{name}” is not a day")
        return None
    return Compare(meaning.name, "within", span=within)


def _check_shares(shares: list[Fraction | None], section: Section) -> None:
    rests = sum(share is None for share in shares)
    total = sum((share for share in shares if share is not None), Fraction(0))
    if rests > 1:
        section.wrong("share", "“rest”只能有一个", "there can be only one “rest”")
    elif (rests == 1 and total >= 1) or (rests == 0 and total != 1):
        section.wrong("share", f"份额加起来是 {total}，应为 1", f"the shares add up to {total} instead of 1")


def read_funds(sections: list[Section]) -> tuple[Fund, ...]:
    """``[[fund]]``: exactly one takes the rest, so that the parts always make the whole."""
    funds: list[Fund] = []
    for section in sections:
        source = section.text("source")
        share = section.share("share")
        fen = section.fen("yuan")
        budget_line = section.text("budget_line", needed=False)
        section.finish(("source", "share", "yuan", "budget_line"))
        if (share is None) == (fen is None):
            section.wrong("share", "share 和 yuan 写一个", "write share or yuan")
        elif source:
            funds.append(Fund(source, share if isinstance(share, Fraction) else None, fen, budget_line))
    if not sections:
        return ()
    if sum(fund.share is None and fund.fen is None for fund in funds) != 1:
        sections[0].wrong("share", '要有且只有一个 share = "rest"', 'exactly one share = "rest" is needed')
    elif sum((fund.share for fund in funds if fund.share), Fraction(0)) >= 1:
        sections[0].wrong("share", "份额已满，没有余额可分", "the shares leave no rest")
    return tuple(funds)


def read_payees(section: Section, *, needed: bool) -> tuple[str, ...]:
    return section.texts("pay_to", needed=needed, choices=PAYEES)
