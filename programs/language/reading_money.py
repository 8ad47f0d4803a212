"""Limits, places, instalments, funds: how often, for how many, in which parts, from which money."""

from fractions import Fraction

from programs.language.forms import Compare, Fund, Instalment, Limit, Order, Queue, Span, Test
from programs.language.names import NUMBERS
from programs.language.reading_tests import Scope, find_fact, read_span, read_test
from programs.language.sections import Section
from standards.words import Words

PAYEES = ("self", "parents", "guardians", "spouse", "head", "institution")
PERIODS = ("life", "year")
HOLDS = ("self", "household", "couple")
QUEUE = ("places", "order_by", "ties", "ceiling_yuan")
FIRST = ("lowest", "highest", "earliest")
TIES = ("all", "none")
ORDERS_MAX = 4
LIMIT_MAX, INSTALMENT_MAX, SOURCE_MAX, LINE_MAX = 60, 40, 20, 10  # characters: the widths of the columns
PLACES_MAX = 10_000_000  # more than any county has people


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


def read_limits(sections: list[Section], scope: Scope) -> tuple[Limit, ...]:
    """``[[limit]]``: names are unique within a policy."""
    limits: list[Limit] = []
    for section in sections:
        refuse_later(section, ("keep",) if section.data.get("keep") != "first" else ())
        section.take("keep")
        if "excludes" in section:
            section.take("excludes")
            section.wrong(
                "excludes",
                "互相排除的项目写同一个 limit 名字：没有谁排除谁，也就不会绕成一圈",
                "programs that exclude each other write the same limit name: it has no direction, so no circle",
            )
        name = section.text("name")
        holds = section.texts("holds", needed=True, choices=HOLDS)
        if scope.about == "household" and holds and holds != ("household",):
            section.wrong(
                "holds",
                '这个项目按户算，没有“本人”：写 holds = ["household"]',
                'this program is for households, there is no person to hold it: holds = ["household"]',
            )
        if name and len(name) > LIMIT_MAX:
            section.wrong("name", f"最多 {LIMIT_MAX} 个字符", f"at most {LIMIT_MAX} characters")
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


def read_queue(top: Section, scope: Scope) -> Queue | None:
    """``places``, ``order_by``, ``ties``, ``ceiling_yuan`` at the top of the file; None where it has none of them."""
    if not any(word in top for word in QUEUE):
        return None
    places = top.whole("places", least=1) if "places" in top else None
    ceiling = top.fen("ceiling_yuan")
    head = "places" if places is not None else "ceiling_yuan"
    sections = top.sections("order_by")
    order = tuple(found for each in sections if (found := _order(each, scope)))
    ties = top.text("ties", needed=False, choices=TIES)
    if places is None and ceiling is None:
        top.wrong(
            "order_by",
            "没有 places 或 ceiling_yuan，排序用不上",
            "without places or ceiling_yuan no order is needed",
        )
    elif not 1 <= len(sections) <= ORDERS_MAX:
        words = 'order_by = [{ earliest = "applied_on" }]'
        top.wrong(head, f"要写按什么排：{words}", f"it needs an order: {words} says who comes first")
    if places is not None and ties is None:
        top.wrong(
            head,
            '要写并列怎么算：ties = "all" 或 "none"',
            'it needs a word on who shares the last place: ties = "all" or "none"',
        )
    if places is not None and places > PLACES_MAX:
        top.wrong("places", f"名额太多：{places}", f"too many places: {places}")
    if places is None and "ties" in top:
        top.wrong("ties", "ties 说的是名额，这里没有 places", "ties is about places, and there are none")
    if ceiling == 0:
        top.wrong("ceiling_yuan", "上限要大于 0", "the ceiling must be above 0")
    line = top.notes.lines.of((head,))
    return Queue(places, ceiling, order, ties or "none", line) if len(order) == len(sections) else None


def _order(section: Section, scope: Scope) -> Order | None:
    """``{ lowest = "survey.income" }``: numbers by lowest or highest, days by earliest."""
    heads = [word for word in FIRST if word in section]
    if len(heads) != 1:
        section.wrong("", f"写 {'、'.join(FIRST)} 中的一个", f"exactly one of {', '.join(FIRST)} is expected")
        section.finish(FIRST)
        return None
    name = section.text(heads[0])
    section.finish(FIRST)
    if name is None or name == "applied_on":
        if name and heads[0] != "earliest":
            section.wrong(heads[0], "申请日期用 earliest", "the day of applying goes by earliest")
        return Order("earliest", name) if name else None
    meaning = find_fact(name, section.at(heads[0]), scope, section.notes)
    if meaning is None:
        return None
    if meaning.type not in (("date",) if heads[0] == "earliest" else NUMBERS):
        section.wrong(
            heads[0],
            f"“{name}”不能按 {heads[0]} 排：数量用 lowest、highest，日期用 earliest",
            f"“{name}” has no {heads[0]}: numbers go by lowest or highest, days by earliest",
        )
        return None
    return Order(heads[0], name)


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
        if any(each.name == name for each in found):
            section.wrong("name", f"“{name}”写了两次", f"“{name}” is written twice")
        if name and len(name) > INSTALMENT_MAX:
            section.wrong("name", f"最多 {INSTALMENT_MAX} 个字", f"at most {INSTALMENT_MAX} characters")
        if share is None:
            if "share" not in section:
                section.wrong("share", "缺少“share”", "“share” is missing")
        elif name:
            part = share if isinstance(share, Fraction) else None
            found.append(Instalment(name, words, part, need, within, missed, pay_to, section.line))
    if sections and len(found) == len(sections):
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
        if any(each.source == source for each in funds):
            section.wrong("source", f"“{source}”写了两次", f"“{source}” is written twice")
        for key, text, most in (("source", source, SOURCE_MAX), ("budget_line", budget_line, LINE_MAX)):
            if text and len(text) > most:
                section.wrong(key, f"最多 {most} 个字", f"at most {most} characters")
        if ("share" in section) == ("yuan" in section):
            section.wrong("share", "share 和 yuan 写一个", "write share or yuan")
        elif source and (share is not None or fen is not None):
            funds.append(Fund(source, share if isinstance(share, Fraction) else None, fen, budget_line))
    if not sections:
        return ()
    if len(funds) < len(sections):
        return ()  # said already
    if sum(fund.share is None and fund.fen is None for fund in funds) != 1:
        sections[0].wrong("share", '要有且只有一个 share = "rest"', 'exactly one share = "rest" is needed')
    elif sum((fund.share for fund in funds if fund.share), Fraction(0)) >= 1:
        sections[0].wrong("share", "份额已满，没有余额可分", "the shares leave no rest")
    return tuple(funds)


def read_payees(section: Section, *, needed: bool) -> tuple[str, ...]:
    return section.texts("pay_to", needed=needed, choices=PAYEES)
