"""A whole policy in plain words. Notices, the counter, letters and the guide all print these sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from programs.language.facts_named import facts_of
from programs.language.forms import (
    Amount,
    Apply,
    ByTable,
    Derived,
    Fund,
    Instalment,
    Parts,
    Policy,
    Shape,
    Test,
)
from programs.language.names import Meaning, Names, say_day
from programs.language.wording import (
    PAYEES,
    amount_in_words,
    bounds_in_words,
    each_part_in_words,
    in_force_in_words,
    joined,
    limit_in_words,
    need_in_words,
    parts_told,
    queue_in_words,
    sentence,
    source_in_words,
    sources_of,
    span_in_words,
    test_in_words,
)
from standards.money import yuan
from standards.words import Words


@dataclass(frozen=True, slots=True)
class NeedInWords:
    """One need: its sentence, the rule behind it, what is said where it fails, where the answer comes from."""

    name: str
    sentence: Words
    rule: Words
    otherwise: Words
    sources: tuple[Words, ...]
    paper: Words | None


@dataclass(frozen=True, slots=True)
class AmountRow:
    """One line of the table of amounts: what it is for, and the fen."""

    labels: tuple[Words, ...]
    fen: int


@dataclass(frozen=True, slots=True)
class TableInWords:
    """A table of the policy: heading of each column, and its rows."""

    title: Words
    heads: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class InWords:
    """The whole policy, part by part."""

    title: Words
    basis: tuple[Words, ...]
    in_force: Words
    day: Words
    needs: tuple[NeedInWords, ...]
    tables: tuple[TableInWords, ...]
    amount: Words
    amount_rows: tuple[AmountRow, ...]
    amount_bounds: tuple[Words, ...]
    limits: tuple[Words, ...]
    instalments: tuple[Words, ...]
    funds: tuple[Words, ...]
    pay_to: Words
    apply: tuple[Words, ...]
    papers: tuple[Words, ...]

    def lines(self) -> tuple[Words, ...]:
        """Everything in reading order, a sentence a line."""
        numbered = [
            Words(f"{at}. {need.sentence.zh}", f"{at}. {need.sentence.en}")
            for at, need in enumerate(self.needs, start=1)
        ]
        amounts = [
            Words(
                f"{'、'.join(label.zh for label in row.labels)}：{yuan(row.fen)} 元",
                f"{', '.join(label.en for label in row.labels)}: {yuan(row.fen)} yuan",
            )
            for row in self.amount_rows
        ]
        papers = [Words(f"材料：{paper.zh}", f"Paper: {paper.en}") for paper in self.papers]
        return (
            self.title, *self.basis, self.in_force, self.day, *numbered, self.amount, *amounts,
            *self.amount_bounds, *self.limits, *self.instalments, *self.funds, self.pay_to, *self.apply,
            *papers,
        )  # fmt: skip


def policy_in_words(policy: Policy) -> InWords:
    """Every part of ``policy`` in both languages."""
    names = policy.names
    return InWords(
        policy.title,
        tuple(
            joined([Words(each.number, each.number), Words(each.clause, each.clause)], "", " ")
            for each in policy.basis
        ),
        sentence(in_force_in_words(policy)),
        sentence(_day(policy)),
        tuple(
            NeedInWords(
                need.name,
                need_in_words(need, names),
                sentence(test_in_words(need.test, names)),
                need.otherwise,
                _sources(need.test, names),
                names.paper(need.paper) if need.paper else None,
            )
            for need in policy.needs
        ),
        tuple(_table(table, names) for table in policy.derived),
        sentence(_amount(policy.amount, names)),
        tuple(_amount_rows(policy.amount.shape, names)),
        tuple(sentence(each) for each in _under_the_amount(policy.amount, names)),
        tuple(sentence(each) for each in _limits(policy)),
        tuple(_instalment(each, names) for each in policy.instalments),
        tuple(sentence(_fund(fund)) for fund in policy.funds),
        sentence(_pay_to(policy.pay_to)),
        tuple(sentence(each) for each in _apply(policy.apply, names)),
        tuple(names.paper(paper) for paper in policy.apply.papers),
    )


def _day(policy: Policy) -> Words:
    if isinstance(policy.judged_on, int):
        day = say_day(policy.judged_on)
    elif policy.judged_on == "applied_on":
        day = Words("“申请日期”当天", "“day of applying”")
    else:
        words = policy.names[policy.judged_on].words
        day = Words(f"“{words.zh}”当天", f"“{words.en}”")
    return Words(f"按{day.zh}的情况判断", f"judged as things stood on {day.en}")


def _sources(test: Test, names: Names) -> tuple[Words, ...]:
    found: dict[Words, None] = {}

    def visit(_set: str, fact: str) -> None:
        if fact and names.fact(fact) is not None:
            found.update(dict.fromkeys(sources_of(fact, names)))

    facts_of(test, visit)
    return tuple(found)


def _table(table: Derived, names: Names) -> TableInWords:
    inputs = [names[each] for each in table.inputs]
    anything = Words("不限", "any")
    rows = []
    for row in table.rows:
        cells = []
        for cell, meaning in zip(row.cells, inputs, strict=True):
            if cell.kind == "any":
                cells.append(anything)
            elif cell.kind == "value":
                cells.append(meaning.say(cell.value if cell.value is not None else ""))
            else:
                cells.append(_range(cell.low, cell.high, meaning))
        rows.append((*cells, names[table.name].say(row.result)))
    return TableInWords(table.words, (*(each.words for each in inputs), table.words), tuple(rows))


def _range(low: int | None, high: int | None, meaning: Meaning) -> Words:
    first = meaning.say(low) if low is not None else None
    last = meaning.say(high) if high is not None else None
    if first and last:
        return Words(f"{first.zh} 至 {last.zh}", f"{first.en} to {last.en}")
    if first:
        return Words(
            f"{first.zh} 起", f"{first.en} and later" if meaning.type != "money" else f"from {first.en}"
        )
    assert last is not None
    return Words(f"{last.zh} 及以前", f"up to {last.en}")


def _amount_rows(shape: Shape, names: Names) -> Iterable[AmountRow]:
    if isinstance(shape, ByTable):
        for key, fen in shape.fen.items():
            labels = tuple(names[fact].say(word) for fact, word in zip(shape.facts, key, strict=True))
            yield AmountRow(labels, fen)


def _amount(amount: Amount, names: Names) -> Words:
    """How the amount is found; the parts of one stand beneath, a line each."""
    if isinstance(amount.shape, Parts):
        head = parts_told(amount.shape)
        return Words(f"{head.zh}：", f"{head.en}:")
    return amount_in_words(amount.shape, names)


def _under_the_amount(amount: Amount, names: Names) -> Iterable[Words]:
    if isinstance(amount.shape, Parts):
        yield from each_part_in_words(amount.shape, names)
    yield from bounds_in_words(amount, names)


def _limits(policy: Policy) -> Iterable[Words]:
    """How often for one holder, then how many for all."""
    yield from (limit_in_words(limit, policy.names) for limit in policy.limits)
    if policy.queue is not None:
        yield from queue_in_words(policy.queue, policy.names).values()


def _instalment(each: Instalment, names: Names) -> Words:
    share = Words("其余", "the rest") if each.share is None else Words(f"{each.share}", f"{each.share}")
    when = Words("", "")
    if each.need is not None:
        condition = test_in_words(each.need, names)
        when = Words(f"，条件：{condition.zh}", f", once {condition.en}")
    if each.if_missed == "lapse":
        when = Words(f"{when.zh}；过期不发", f"{when.en}; lost when the period is over")
    return Words(f"{each.words.zh}：{share.zh}{when.zh}", f"{each.words.en}: {share.en}{when.en}")


def _fund(fund: Fund) -> Words:
    source = source_in_words(fund.source)
    if fund.share is not None:
        part = Words(str(fund.share), str(fund.share))
    elif fund.fen is not None:
        part = Words(f"{yuan(fund.fen)} 元", f"{yuan(fund.fen)} yuan")
    else:
        part = Words("其余全部", "the rest")
    line = Words(f"（预算科目 {fund.budget_line}）", f" (budget line {fund.budget_line})")
    tail = line if fund.budget_line else Words("", "")
    return Words(f"资金：{source.zh}承担{part.zh}{tail.zh}", f"money: {source.en} pays {part.en}{tail.en}")


def _pay_to(payees: tuple[str, ...]) -> Words:
    who = joined([PAYEES[each] for each in payees], "，没有账户的发给", ", else ")
    return Words(f"发给{who.zh}", f"paid to {who.en}")


def _apply(apply: Apply, names: Names) -> Iterable[Words]:
    yield {
        "counter": Words("到乡镇窗口申请", "apply at the township counter"),
        "lists": Words("不用申请，按名单发放", "no application: paid from the lists"),
        "both": Words("到乡镇窗口申请，名单上有的不用跑", "apply at the counter, or be found from the lists"),
    }[apply.route]
    if apply.within is not None:
        span = span_in_words(apply.within, names)
        yield Words(f"申请期限：{span.zh}", f"apply {span.en}")
    if apply.from_day is not None:
        yield Words(f"{say_day(apply.from_day).zh}起受理", f"open from {say_day(apply.from_day).en}")
    if apply.until_day is not None:
        yield Words(f"{say_day(apply.until_day).zh}截止", f"open until {say_day(apply.until_day).en}")
    kind = Words("个工作日", "working days") if apply.notice.working else Words("天", "days")
    yield Words(f"公示 {apply.notice.days} {kind.zh}", f"public notice of {apply.notice.days} {kind.en}")
    yield Words(
        f"{apply.days_to_decide} 个工作日内办结", f"decided within {apply.days_to_decide} working days"
    )
