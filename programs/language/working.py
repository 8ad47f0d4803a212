"""How one row's amount comes about, line by line: what was seen, what it is worth, which bound counted, how it is split."""

from programs.language.amounts import Sum, applies, base_column, judge_band, part_of, sum_of
from programs.language.columns import NO, NO_DAY, YES, Verdicts
from programs.language.forms import (
    Amount,
    ByTable,
    FromFigure,
    Parts,
    Percent,
    PerQuantity,
    Policy,
    Reference,
    Shape,
    Stepped,
)
from programs.language.names import say_day
from programs.language.seeing import NOT_KNOWN, seen_fact, seen_in_words
from programs.language.views import View
from programs.language.wording import amount_in_words, joined, source_in_words
from standards.money import yuan
from standards.words import Words

CAPPED = Words("超过上限，按 {} 元", "above the cap: {} yuan")
LIFTED = Words("不足下限，按 {} 元", "below the floor: {} yuan")


def working_in_words(policy: Policy, verdicts: Verdicts, view: View, row: int) -> list[Words]:
    """How the amount comes about, line by line."""
    fen = int(verdicts.amount_fen[row])
    lines = _shape_working(policy.amount.shape, view)
    if fen < 0:
        return [*lines, _band_left(policy, view)]
    lines += _bounds_working(policy.amount, view, fen)
    planned = zip(policy.instalments, verdicts.instalments, strict=True)
    for each, columns in planned:
        part = yuan(int(columns.fen[row]))
        until = int(columns.by_day[row])
        tail = Words("", "")
        if until != NO_DAY:
            tail = Words(f"（{say_day(until).zh}前）", f" (by {say_day(until).en})")
        lines.append(Words(f"{each.words.zh}：{part} 元{tail.zh}", f"{each.words.en}: {part} yuan{tail.en}"))
    if len(verdicts.funds) > 1:
        for source, column in verdicts.funds.items():
            name = source_in_words(source)
            lines.append(
                Words(f"{name.zh}：{yuan(int(column[row]))} 元", f"{name.en}: {yuan(int(column[row]))} yuan")
            )
    return lines


def _band_left(policy: Policy, view: View) -> Words:
    """What an official may still set, else that the amount is not known."""
    band = judge_band(policy.amount, view)
    if band is None or int(band[0][0]) < 0 or int(band[1][0]) < 0:
        return NOT_KNOWN
    least, most = yuan(int(band[0][0])), yuan(int(band[1][0]))
    return Words(f"{least} 至 {most} 元，还没有定", f"{least} to {most} yuan, not set yet")


def _shape_working(shape: Shape, view: View) -> list[Words]:
    """The lines that lead to the sum: one, or one for each part that applies or may."""
    if not isinstance(shape, Parts):
        return [_one_shape(shape, view)]
    lines = []
    for part in shape.parts:
        when = int(applies(part, view)[0])
        if when == NO:
            continue
        what = _one_shape(part.amount.shape, view)
        worth = part_of(part, view)
        if worth.known[0]:
            bounds = _bounds_working(part.amount, view, int(worth.top[0]) // worth.bottom)
            what = joined([what, *bounds], "，", ", ")
        if part.when is not None:
            seen = seen_in_words(part.when, view)
            what = joined([what, seen], "；", "; ")
        lines.append(what)
        if shape.kind == "first" and when == YES:
            break
    return lines or [Words("没有一项符合", "no part applies")]


def _bounds_working(amount: Amount, view: View, fen: int) -> list[Words]:
    """What made ``fen`` of the sum: the floor or the cap that counted, else the rounding; nothing where it is the sum."""
    whole = sum_of(amount.shape, view)
    if int(whole.top[0]) == fen * whole.bottom:
        return []
    for bound, words in ((amount.at_most, CAPPED), (amount.at_least, LIFTED)):
        if bound is not None and fen in _whole_fen(sum_of(bound, view)):
            return [Words(words.zh.format(yuan(fen)), words.en.format(yuan(fen)))]
    unit = Words("元", "yuan") if amount.round_to_yuan else Words("分", "fen")
    return [Words(f"四舍五入到{unit.zh}：{yuan(fen)} 元", f"rounded to the {unit.en}: {yuan(fen)} yuan")]


def _whole_fen(bound: Sum) -> tuple[int, int]:
    """A bound cut down to the fen, and up."""
    top, bottom = int(bound.top[0]), bound.bottom
    return top // bottom, -(-top // bottom)


def _one_shape(shape: Shape, view: View) -> Words:
    how = Words("", "") if isinstance(shape, ByTable) else amount_in_words(shape, view.names)
    whole = sum_of(shape, view)
    seen = Words("", "")
    if isinstance(shape, ByTable):
        seen = joined([seen_fact(name, view, 0) for name in shape.facts], "，", ", ")
    elif isinstance(shape, PerQuantity | Stepped):
        seen = seen_fact(shape.fact, view, 0)
    elif isinstance(shape, Percent | FromFigure):
        seen = _seen_base(shape.of, view)
    total = Words("", "")
    if whole.known[0]:
        fen = yuan(int(whole.top[0]) // whole.bottom)
        total = Words(f"{fen} 元", f"{fen} yuan")
    told = [how, seen, total] if how.zh else [seen, total]
    return joined([one for one in told if one.zh], "，", ", ") if seen.zh else how


def _seen_base(of: Reference, view: View) -> Words:
    """What a percentage is taken of: a fact, or a figure with its value."""
    if of.kind == "fact":
        return seen_fact(of.name, view, 0)
    column, meaning = base_column(of, view), view.names.figure(of.name)
    if meaning is None or not column.known[0]:
        return NOT_KNOWN
    value = meaning.say(int(column.values[0]))
    return Words(f"{meaning.words.zh}：{value.zh}", f"{meaning.words.en}: {value.en}")
