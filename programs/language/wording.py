"""Conditions, amounts and limits as sentences in both languages."""

from collections.abc import Iterable

from programs.language.forms import (
    Amount,
    Band,
    ByTable,
    Compare,
    Flat,
    FromFigure,
    Group,
    Limit,
    Need,
    Order,
    Parts,
    PerQuantity,
    Policy,
    Quantified,
    Queue,
    Reference,
    Shape,
    Span,
    Stepped,
    Test,
    Value,
)
from programs.language.names import SETS, Meaning, Names, say_day
from standards.money import yuan
from standards.words import Words

UNITS = {
    "days": Words("天", "days"),
    "months": Words("个月", "months"),
    "years": Words("年", "years"),
}
PAYEES = {
    "self": Words("本人", "the girl herself"),
    "parents": Words("父母", "a parent"),
    "guardians": Words("监护人", "a guardian"),
    "spouse": Words("配偶", "the spouse"),
    "head": Words("户主", "the head of the household"),
    "institution": Words("机构", "the institution"),
}
SOURCES = {
    "central": Words("中央", "central"),
    "province": Words("省级", "province"),
    "city": Words("市级", "city"),
    "county": Words("县级", "county"),
    "township": Words("乡镇", "township"),
    "association": Words("计生协会", "family planning association"),
}
HOLDS = {
    "self": Words("每人", "each person"),
    "household": Words("每户（分户后仍算一户）", "each household (also after it has split)"),
    "couple": Words("每对夫妻", "each couple"),
}
ORDER = {
    "is": Words("是", "is"),
    "in": Words("是", "is"),
    "has_any": Words("有", "includes"),
    "at_least": Words("不少于", "is at least"),
    "at_most": Words("不超过", "is at most"),
    "less_than": Words("小于", "is less than"),
    "on_or_before": Words("不晚于", "is on or before"),
    "on_or_after": Words("不早于", "is on or after"),
}


def joined(parts: Iterable[Words], zh: str, en: str) -> Words:
    """The non-empty parts put together by each language's own joint."""
    found = [part for part in parts if part.zh or part.en]
    return Words(zh.join(part.zh for part in found), en.join(part.en for part in found))


def sentence(words: Words) -> Words:
    """The same with a capital at the beginning of the English."""
    return Words(words.zh, words.en[:1].upper() + words.en[1:])


def need_in_words(need: Need, names: Names) -> Words:
    """A need as people are told it: in the policy's own words, else its rule read out."""
    return need.says if need.says.zh else sentence(test_in_words(need.test, names))


def test_in_words(test: Test, names: Names) -> Words:
    """One condition as a sentence without its full stop."""
    if isinstance(test, Compare):
        return _compare(test, names)
    if isinstance(test, Group):
        return _group(test, names)
    return _quantified(test, names)


def _group(test: Group, names: Names) -> Words:
    parts = [test_in_words(part, names) for part in test.parts]
    if test.kind == "not":
        return Words(f"不能是：{parts[0].zh}", f"not: {parts[0].en}")
    if test.kind == "unless":
        return Words(f"{parts[1].zh}（{parts[0].zh}的除外）", f"{parts[1].en} (unless {parts[0].en})")
    if test.kind == "all_of":
        return joined(parts, "，并且", ", and ")
    return joined(parts, "，或者", ", or ")


def _compare(test: Compare, names: Names) -> Words:
    meaning = names[test.fact]
    what = meaning.words
    if test.span is not None:
        stretch = span_in_words(test.span, names)
        return Words(f"{what.zh}在{stretch.zh}", f"{what.en} {stretch.en}")
    verb = ORDER[test.op]
    if test.other is not None:
        value = reference_in_words(test.other, names)
    else:
        value = one_of([say_value(meaning, each) for each in test.values])
    if meaning.type == "bool" and test.other is None:
        return what if test.values == (True,) else Words(f"不是：{what.zh}", f"not: {what.en}")
    return Words(f"{what.zh}{verb.zh}{value.zh}", f"{what.en} {verb.en} {value.en}")


def say_value(meaning: Meaning, value: Value) -> Words:
    said = meaning.say(value)
    if meaning.type in ("integer", "quantity"):
        return Words(f" {said.zh}", said.en)
    return said


def one_of(parts: list[Words]) -> Words:
    """ "A、B 或 C" """
    if len(parts) == 1:
        return parts[0]
    head = joined(parts[:-1], "、", ", ")
    return Words(f"{head.zh}或{parts[-1].zh}", f"{head.en} or {parts[-1].en}")


def _quantified(test: Quantified, names: Names) -> Words:
    who = SETS[test.set]
    where = test_in_words(test.where, names) if test.where else None
    if where is not None:
        who = Words(f"{who.zh}（{where.zh}）", f"{who.en} ({where.en})")
    if test.quantifier == "count":
        verb = ORDER[test.op]
        return Words(f"{who.zh}人数{verb.zh} {test.number}", f"number of {who.en} {verb.en} {test.number}")
    assert test.test is not None
    inner = test_in_words(test.test, names)
    head = {
        "every": Words(f"{who.zh}每一位都要", f"each of the {who.en}"),
        "any": Words(f"{who.zh}至少一位", f"at least one of the {who.en}"),
        "none": Words(f"{who.zh}没有一位", f"none of the {who.en}"),
    }[test.quantifier]
    return Words(f"{head.zh}：{inner.zh}", f"{head.en}: {inner.en}")


def reference_in_words(reference: Reference, names: Names) -> Words:
    found = names.figure(reference.name) if reference.kind == "figure" else names.fact(reference.name)
    words = found.words if found is not None else Words(reference.name, reference.name)
    return Words(f"“{words.zh}”", f"“{words.en}”")


def span_in_words(span: Span, names: Names) -> Words:
    anchor, unit = names[span.anchor].words, UNITS[span.unit]
    zh, en = ("前", "before") if span.backwards else ("后", "after")
    return Words(
        f"“{anchor.zh}”{zh} {span.count} {unit.zh}内（首尾两天都算）",
        f"within {span.count} {unit.en} {en} “{anchor.en}” (both days count)",
    )


def in_force_in_words(policy: Policy) -> Words:
    start, end = say_day(policy.in_force.start), say_day(policy.in_force.end)
    words = Words(f"{start.zh}至{end.zh}有效", f"in force from {start.en} to {end.en}")
    if policy.cohort is not None:
        since, until = say_day(policy.cohort.start), say_day(policy.cohort.end)
        words = Words(
            f"{words.zh}；{since.zh}至{until.zh}的也算", f"{words.en}; also for {since.en} to {until.en}"
        )
    return words


def sources_of(name: str, names: Names) -> tuple[Words, ...]:
    """Where a fact comes from: the words of the kinds of evidence behind it."""
    kinds = [names[each].kind for each in names[name].behind]
    return tuple(names.catalogue.kinds[kind].words for kind in dict.fromkeys(kinds))


def amount_in_words(shape: Shape, names: Names) -> Words:
    """How the amount is found."""
    if isinstance(shape, Flat):
        return Words(f"{yuan(shape.fen)} 元", f"{yuan(shape.fen)} yuan")
    if isinstance(shape, ByTable):
        facts = joined([names[each].words for each in shape.facts], "和", " and ")
        return Words(f"按{facts.zh}", f"by {facts.en}")
    if isinstance(shape, PerQuantity):
        of = names[shape.fact].words
        most = shape.count_at_most
        cap = Words(f"，最多按 {most} 计", f", counting at most {most}") if most else Words("", "")
        return Words(
            f"每 1 {of.zh} {yuan(shape.fen_each)} 元{cap.zh}",
            f"{yuan(shape.fen_each)} yuan for each unit of {of.en}{cap.en}",
        )
    if isinstance(shape, Stepped):
        return _steps_in_words(shape, names)
    if isinstance(shape, Parts):
        return _parts_in_words(shape, names)
    if isinstance(shape, Band):
        low, high = amount_in_words(shape.least, names), amount_in_words(shape.most, names)
        return Words(
            f"{low.zh}至{high.zh}，由审批人定，写明理由",
            f"between {low.en} and {high.en}, set by the deciding official with a written reason",
        )
    of = reference_in_words(shape.of, names)
    if isinstance(shape, FromFigure):
        return of
    percent = f"{float(shape.percent * 100):g}%"  # for print only
    return Words(f"{of.zh}的 {percent}", f"{percent} of {of.en}")


def _parts_in_words(shape: Parts, names: Names) -> Words:
    head, listed = parts_told(shape), joined(each_part_in_words(shape, names), "；", "; ")
    return Words(f"{head.zh}：{listed.zh}", f"{head.en}: {listed.en}")


def parts_told(shape: Parts) -> Words:
    """What the parts of an amount make together."""
    return {
        "sum": Words("各项相加", "the sum of"),
        "first": Words("按先后用第一项符合的", "the first that applies of"),
    }[shape.kind]


def each_part_in_words(shape: Parts, names: Names) -> Iterable[Words]:
    """The parts, numbered, each with whom it is for."""
    for at, part in enumerate(shape.parts, start=1):
        what = part_in_words(part.amount, names)
        when = Words("", "")
        if part.when is not None:
            told = test_in_words(part.when, names)
            when = Words(f"（{told.zh}）", f" ({told.en})")
        yield Words(f"{at}）{what.zh}{when.zh}", f"{at}) {what.en}{when.en}")


def part_in_words(amount: Amount, names: Names) -> Words:
    """One part with its own table, rounding and bounds, in one sentence."""
    how = amount_in_words(amount.shape, names)
    rows = Words("", "")
    if isinstance(amount.shape, ByTable):
        told = []
        for key, fen in amount.shape.fen.items():
            label = joined(
                [names[fact].say(word) for fact, word in zip(amount.shape.facts, key, strict=True)],
                "、",
                ", ",
            )
            told.append(Words(f"{label.zh} {yuan(fen)} 元", f"{label.en} {yuan(fen)} yuan"))
        listed = joined(told, "，", ", ")
        rows = Words(f"：{listed.zh}", f": {listed.en}")
    ends = joined(bounds_in_words(amount, names), "，", ", ")
    tail = Words(f"，{ends.zh}", f", {ends.en}") if ends.zh else Words("", "")
    return Words(f"{how.zh}{rows.zh}{tail.zh}", f"{how.en}{rows.en}{tail.en}")


def bounds_in_words(amount: Amount, names: Names) -> Iterable[Words]:
    """Rounding, floor and cap of an amount, a sentence each."""
    if amount.round_to_yuan:
        yield Words("四舍五入到元", "rounded to the yuan")
    if amount.at_least is not None:
        least = amount_in_words(amount.at_least, names)
        yield Words(f"不低于{least.zh}", f"at least {least.en}")
    if amount.at_most is not None:
        most = amount_in_words(amount.at_most, names)
        yield Words(f"不超过{most.zh}", f"at most {most.en}")


def _steps_in_words(shape: Stepped, names: Names) -> Words:
    parts, begins = [], 1
    for step in shape.steps:
        fen = yuan(step.fen_each)
        zh = f"第 {begins} 到 {step.upto} 每 1 {names[shape.fact].words.zh} {fen} 元"
        parts.append(Words(zh, f"{fen} yuan for each from {begins} to {step.upto}"))
        begins = step.upto + 1
    end = Words(f"{begins - 1} 以上不再计", f"nothing beyond {begins - 1}")
    what = joined([*parts, end], "，", ", ")
    return Words(what.zh, f"by {names[shape.fact].words.en}: {what.en}")


def limit_in_words(limit: Limit, names: Names) -> Words:
    who = joined([HOLDS[each] for each in limit.holds], "、", ", ")
    same = joined([names[each].words for each in limit.same], "、", ", ")
    period = {"life": Words("一生", "in a lifetime"), "year": Words("一年", "in a year")}[limit.period]
    narrowed = Words(f"同一{same.zh}" if same.zh else "", f" for the same {same.en}" if same.en else "")
    return Words(
        f"{who.zh}{narrowed.zh}{period.zh}只领 {limit.times} 次",
        f"{who.en}: {_times_in_english(limit.times)} {period.en}{narrowed.en}",
    )


def _times_in_english(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def queue_in_words(queue: Queue, names: Names) -> dict[str, Words]:
    """What a year has for all together, by the name of the condition: the notice's sentences."""
    order = joined([_order_in_words(each, names) for each in queue.order], "，其次", ", then ")
    found = {}
    if queue.places is not None:
        shared = {
            "all": Words("并列最后一名的都算", "all who share the last place get it"),
            "none": Words(
                "并列最后一名、名额不够的都不算", "of those who share a rank all get a place or none"
            ),
        }[queue.ties]
        found["places"] = Words(
            f"一年 {queue.places} 个名额，按{order.zh}排，{shared.zh}",
            f"{queue.places} places a year, by {order.en}; {shared.en}",
        )
    if queue.ceiling_fen is not None:
        money = yuan(queue.ceiling_fen)
        found["ceiling"] = Words(
            f"一年总额不超过 {money} 元，按{order.zh}排，排不上的等资金",
            f"at most {money} yuan a year in all, by {order.en}; who comes too late waits for money",
        )
    return found


def _order_in_words(order: Order, names: Names) -> Words:
    what = Words("申请日期", "day of applying") if order.fact == "applied_on" else names[order.fact].words
    return {
        "earliest": Words(f"“{what.zh}”先后", f"earliest “{what.en}”"),
        "lowest": Words(f"“{what.zh}”从低到高", f"lowest “{what.en}”"),
        "highest": Words(f"“{what.zh}”从高到低", f"highest “{what.en}”"),
    }[order.first]


def source_in_words(source: str) -> Words:
    """A source of money in plain words; its own name where the house has none for it."""
    return SOURCES.get(source, Words(source, source))
