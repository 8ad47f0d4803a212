"""Which lines this bank's file cannot carry: asked before a batch is prepared and again before it is sent.

Nothing is ever replaced or shortened: a name with a character the encoding lacks is listed with that
character, and a person decides (another account, another bank, the name as the bank itself writes it).
"""

import re
from collections.abc import Iterator, Sequence

from payments.banks.layout import DELIMITED, FIXED, Layout
from payments.banks.lines import LineProblem, Lines
from payments.banks.profile import NameRules, Profile
from standards.characters import unencodable
from standards.money import FEN_MAX
from standards.words import Words

TITLES = {
    "payee_name": Words("户名", "Account name"),
    "account": Words("账号", "Account number"),
    "id_number": Words("身份证号", "ID number"),
    "bank_number": Words("联行号", "Bank number"),
    "bank_name": Words("开户行", "Bank"),
    "remark": Words("附言", "Remark"),
    "reference": Words("业务行号", "Reference"),
    "amount": Words("金额", "Amount"),
}
_REQUIRED = ("payee_name", "account", "bank_number")
_DOT_MARKS = "·‧•・．∙⋅"
_DOTS = re.compile(rf"\s*[{_DOT_MARKS}]\s*")
_SPACE = re.compile(r"\s+")
_TO_SETTLE = re.compile(rf"[\s{_DOT_MARKS}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufffe\uffff]")
_ACCOUNT = re.compile(r"[0-9A-Za-z-]{6,34}")
_ACCOUNTS = re.compile(rf"{_ACCOUNT.pattern}(?:\n{_ACCOUNT.pattern})*")


def name_for_bank(name: str, rules: NameRules) -> str:
    """The name under this bank's rules for spaces and the dot; no other character is touched.

    >>> name_for_bank("古丽•买买提", NameRules(spaces=False, dot="·"))
    '古丽·买买提'
    """
    if any(mark in name for mark in _DOT_MARKS):
        name = _DOTS.sub(rules.dot, name)
    return name.strip() if rules.spaces else _SPACE.sub("", name)


def names_for_bank(names: Sequence[str], rules: NameRules) -> Sequence[str]:
    """``name_for_bank`` over a column; most columns need no change and are given back as they are."""
    if not _TO_SETTLE.search("\x00".join(names)):
        return names
    return [name_for_bank(name, rules) for name in names]


def find_problems(profile: Profile, lines: Lines) -> list[LineProblem]:
    """Every line that cannot stand in this bank's file, in line order, with what is in the way."""
    problems = list(_amount_problems(profile.payment, lines))
    for name in profile.needs:
        texts = lines.texts[name]
        if name == "payee_name":
            texts = names_for_bank(texts, profile.names)
        problems += _text_problems(profile.payment, name, lines.line_numbers, texts)
    return sorted(problems, key=lambda problem: problem.line_number)


def find_name_problems(profile: Profile, numbers: Sequence[int], names: Sequence[str]) -> list[LineProblem]:
    """Names alone, before any account number is decrypted: what building a batch asks."""
    texts = names_for_bank(names, profile.names)
    return list(_text_problems(profile.payment, "payee_name", numbers, texts))


def _amount_problems(layout: Layout, lines: Lines) -> Iterator[LineProblem]:
    width = next(column.width for column in layout.columns if column.name == "amount")
    digits = width - 1 if layout.amount == "yuan" else width  # the decimal point takes one byte
    limit = min(10**digits, FEN_MAX + 1) if width else FEN_MAX + 1
    if min(lines.amounts_fen, default=1) > 0 and max(lines.amounts_fen, default=1) < limit:
        return
    for number, fen in zip(lines.line_numbers, lines.amounts_fen, strict=True):
        if not 0 < fen < limit:
            words = Words(f"金额 {fen} 分写不进这家银行的文件", f"{fen} fen cannot stand in this bank's file")
            yield LineProblem(number, "amount", words)


def _text_problems(
    layout: Layout, name: str, numbers: Sequence[int], texts: Sequence[str]
) -> Iterator[LineProblem]:
    if not _may_hold_problem(layout, name, texts):
        return
    for number, text in zip(numbers, texts, strict=True):
        problem = text_problem(layout, name, text)
        if problem is not None:
            yield LineProblem(number, *problem)


def _may_hold_problem(layout: Layout, name: str, texts: Sequence[str]) -> bool:
    """Whether a column needs a look value by value; the whole column at once is 20 times faster."""
    joined = "\n".join(texts)
    if joined.count("\n") >= max(len(texts), 1) or unencodable(joined, layout.encoding):
        return True
    if name in _REQUIRED and not all(texts):
        return True
    if name == "account" and texts and not _ACCOUNTS.fullmatch(joined):
        return True
    if layout.shape == DELIMITED and layout.separator in joined:
        return True
    if layout.shape == FIXED:
        width = next(column.width for column in layout.columns if column.name == name)
        if max(map(len, joined.encode(layout.encoding).split(b"\n")), default=0) > width:
            return True
    return _CONTROL.search(joined.replace("\n", "")) is not None


def text_problem(layout: Layout, name: str, text: str) -> tuple[str, Words] | None:
    """What keeps ``text`` out of column ``name``: (code, words), or None."""
    title = TITLES[name]
    if name in _REQUIRED and not text:
        return "missing", Words(f"没有{title.zh}", f"{title.en} is missing")
    lacking = unencodable(text, layout.encoding)
    if lacking:
        character = lacking[0]
        return "unencodable", Words(
            f"{title.zh}的“{character}”字 {layout.encoding.upper()} 写不了",
            f"{layout.encoding.upper()} cannot write “{character}” in the {title.en.lower()}",
        )
    if _CONTROL.search(text) or (layout.shape == DELIMITED and layout.separator in text):
        return "character", Words(
            f"{title.zh}里有这种文件不能有的字符", f"{title.en} holds a character this file cannot have"
        )
    if name == "account" and not _ACCOUNT.fullmatch(text):
        return "account_shape", Words("账号只能是 6 到 34 位数字", "An account number has 6 to 34 digits")
    if layout.shape == FIXED:
        width = next(column.width for column in layout.columns if column.name == name)
        length = len(text.encode(layout.encoding))
        if length > width:
            return "too_long", Words(
                f"{title.zh}有 {length} 字节，这家银行最多 {width} 字节",
                f"{title.en} has {length} bytes; this bank takes {width}",
            )
    return None
