"""One text of a list read as what its column means. Impossible: Refusal. Changed on the way: said, never silent.

Each reader gives (value, change): the value as kept, and the code of what had to be changed to read it ("" for
nothing). ``CHANGES`` has the words of every code.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from beneficiaries.lists.figures import EXCEL_DAY_0, odd_digit, read_date, read_integer, read_money
from beneficiaries.lists.sheets import DATE, NUMBER, TEXT
from facts.catalogue import Column, Field, Value
from standards import bank_card, citizen_id, cnaps, code_lists, divisions, names, phone
from standards.characters import clean, settle_private
from standards.words import Refusal, Words

TEXT_CHARACTERS_MAX = 200

STORED = {NUMBER: "number_text", DATE: "date_text"}  # what a text column's cell became in the spreadsheet

Read = tuple[object, str]

CHANGES: Mapping[str, Words] = {
    "cleaned": Words(
        "去掉了空格或看不见的字符，全角改半角",
        "Spaces and invisible characters removed, full width made plain",
    ),
    "date": Words("日期改成 年-月-日", "Date written as year-month-day"),
    "serial": Words("表格软件的日期序号换算成日期", "A spreadsheet's day number turned into a date"),
    "id15": Words("15 位旧号码换成 18 位", "An old number of 15 digits turned into 18"),
    "number_text": Words(
        "这一格存成了数字，若有前导零已经丢失", "Stored as a number; leading zeros, if any, are lost"
    ),
    "date_text": Words(
        "这一格存成了日期，原来写的可能不是日期（如 3-1）",
        "Stored as a date; what was typed may have been none (3-1)",
    ),
    "unit": Words("去掉了单位", "The unit was left out"),
    "figure": Words(
        "去掉了千位逗号、货币单位或小数末尾的零",
        "Thousands commas, the currency or zeros behind the point left out",
    ),
    "scaled": Words(
        "按表上写的单位（如万元）换算成元", "Turned into yuan by the unit the list states (such as 万元)"
    ),
    "printed": Words("换成规定的说法", "Another way of writing it turned into the set word"),
    "formula": Words("公式换成它存下的结果", "A formula replaced by its stored result"),
    "merged": Words("合并单元格的内容填到每一行", "The text of a merged cell put into each of its rows"),
    "code": Words("村名换成代码", "A village's name turned into its code"),
    "quote": Words('去掉了文本标记（\' 或 ="…"）', 'The mark of a text cell (\' or ="…") removed'),
    "from_id": Words("空着，从身份证号取得", "Empty; taken from the ID number"),
    "twice": Words("与前面一行完全相同，只算一次", "The same as an earlier row; counted once"),
    "phone_left_out": Words("电话不对，没有采用", "Not a telephone number; left out"),
}

_QUOTED = re.compile(r'^="(.*)"$|^[\'’‘](?=.)')
_POWER = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
#: How a spreadsheet shows a number of many digits; a room "2E5" has neither a point nor a sign.
_LOST = re.compile(r"\d(?:\.\d+[eE]\+?|[eE]\+)\d{1,2}")
_MOBILE_IN_TEXT = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ID_IN_TEXT = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
YES = ("是", "有", "对", "√", "✓", "y", "yes", "true", "1")
NO = ("否", "无", "没有", "不是", "×", "x", "n", "no", "false", "0")


@dataclass(frozen=True)
class Villages:
    """The divisions that are known: names to codes, so that a list may name a village in words."""

    codes: frozenset[str] = frozenset()
    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What reading a list needs besides its cells: the business day, the list's year, the known villages."""

    today: date
    year: int | None = None
    villages: Villages = Villages()
    day_0: date = EXCEL_DAY_0


def unquoted(text: str) -> tuple[str, str]:
    """A cell without the marks by which programs force text.

    >>> unquoted('="0123"'), unquoted("'0123")
    (('0123', 'quote'), ('0123', 'quote'))
    """
    found = _QUOTED.match(text)
    if not found:
        return text, ""
    return (found[1] if found[1] is not None else text[1:]), "quote"


def read_text(text: str, kind: str, *, limit: int = TEXT_CHARACTERS_MAX) -> Read:
    """A free text; never one that holds an ID or a telephone number, which facts must not keep."""
    value = settle_private(clean(text))
    if (kind == NUMBER and len(value.split(".")[0]) > 15) or _LOST.fullmatch(value):
        raise Refusal(
            "这一格的长号码存成了数值，后几位已丢失。请把这一列设为文本，从原始资料重新填写",
            "A long number was stored as a value and lost its last digits. Make the column text and fill it in again from"
            " the source",
            code="digits_lost",
        )
    if len(value) > limit:
        raise Refusal(
            f"这一格有 {len(value)} 个字，最多 {limit} 个",
            f"{len(value)} characters; at most {limit}",
            code="too_long",
        )
    _refuse_numbers_of_people(value)
    if kind in STORED:
        return value, STORED[kind]
    return value, "" if value == text else "cleaned"


def read_label(text: str, kind: str) -> Read:
    """A short text that tells things apart (a household's number, a bank): a note's ① in it is no digit."""
    _refuse_odd_digits(text)
    return read_text(text, kind, limit=60)


def _refuse_odd_digits(text: str) -> None:
    refusal = odd_digit(text)
    if refusal is not None:
        raise refusal


def _refuse_numbers_of_people(value: str) -> None:
    if any(citizen_id.is_valid(found, date.max) for found in _ID_IN_TEXT.findall(value)):
        raise Refusal(
            "这一格里有身份证号，应放在身份证号一列",
            "This cell holds an ID number, which belongs in its own column",
            code="id_in_text",
        )
    if not value.isdigit() and _MOBILE_IN_TEXT.search(value):
        raise Refusal(
            "这一格里有手机号，应放在电话一列",
            "This cell holds a telephone number, which belongs in its own column",
            code="phone_in_text",
        )


def read_code(text: str, values: Sequence[Value], words: Words, *, is_open: bool = False) -> Read:
    """The code that lists print so; ``is_open`` keeps an unknown word as it is."""
    value = clean(text)
    known = _printed(tuple(values))
    plain = _plain(value)
    if plain in known:
        own = known[plain], *_names(_word(values, known[plain]))
        return known[plain], "" if text in own else ("cleaned" if plain in map(_plain, own) else "printed")
    if is_open:
        return value, "" if value == text else "cleaned"
    near = get_close_matches(plain, known, n=1, cutoff=0.5)
    allowed_zh = "、".join(entry.words.zh for entry in values)
    hint_zh = f"，是不是“{_word(values, known[near[0]]).zh}”" if near else ""
    hint_en = f"; perhaps “{_word(values, known[near[0]]).en}”" if near else ""
    raise Refusal(
        f"{words.zh}“{value[:20]}”不认识{hint_zh}。可写：{allowed_zh}",
        f"{words.en} “{value[:20]}” is not known{hint_en}. Write one of: {', '.join(v.words.en for v in values)}",
        code="code_unknown",
    )


def _plain(text: str) -> str:
    return "".join(clean(text).split()).casefold()


def _names(words: Words) -> tuple[str, str]:
    return words.zh, words.en


def _printed(values: tuple[Value, ...]) -> dict[str, str]:
    return {_plain(printed): value.code for value in values for printed in (*value.printed, value.code)}


def _word(values: Sequence[Value], code: str) -> Words:
    return next(value.words for value in values if value.code == code)


def read_codes(text: str, column: Field) -> Read:
    """Several codes in one cell, as a sorted list."""
    parts = [part for part in re.split(r"[、,，;；/+\s]+", clean(text)) if part]
    return sorted({str(read_code(part, column.values, column.words)[0]) for part in parts}), "" if clean(
        text
    ) == text else "cleaned"


def read_bool(text: str, column: Field) -> Read:
    """Yes or no, in the words of the kind file or the usual ones."""
    value = "".join(clean(text).split()).casefold()
    if value in {clean(word).casefold() for word in (*YES, *column.printed_yes)}:
        return True, "" if clean(text) == text else "cleaned"
    if value in {clean(word).casefold() for word in (*NO, *column.printed_no)}:
        return False, "" if clean(text) == text else "cleaned"
    yes, no = (*column.printed_yes, "是")[0], (*column.printed_no, "否")[0]
    raise Refusal(
        f"“{value[:20]}”既不是“{yes}”也不是“{no}”",
        f"“{value[:20]}” is neither “{yes}” nor “{no}”",
        code="not_yes_or_no",
    )


def read_village(text: str, villages: Villages) -> Read:
    """A village's 12-digit code, from the code or a name that only one village has."""
    value = clean(text)
    bare = "".join(value.split())
    if bare.isdigit():
        _refuse_odd_digits(text)
        code = divisions.read(bare)
        if villages.codes and code not in villages.codes:
            raise Refusal(
                f"没有代码为 {code} 的村（社区）", f"No village has the code {code}", code="village_unknown"
            )
        return code, "" if code == text else "cleaned"
    found = villages.by_name.get(bare, ())
    if len(found) == 1:
        return found[0], "code"
    if found:
        raise Refusal(
            f"叫“{value[:20]}”的村有 {len(found)} 个，请写 12 位代码，或在前面加上镇（街道）名",
            f"{len(found)} villages are named “{value[:20]}”: write the 12-digit code, or the township before the name",
            code="village_ambiguous",
        )
    near = get_close_matches(bare, villages.by_name, n=1, cutoff=0.6)
    hint_zh, hint_en = (f"，是不是“{near[0]}”", f"; perhaps “{near[0]}”") if near else ("", "")
    raise Refusal(
        f"没有叫“{value[:20]}”的村（社区）{hint_zh}",
        f"No village is named “{value[:20]}”{hint_en}",
        code="village_unknown",
    )


def read_relation(text: str) -> Read:
    """A GB/T 4761 code from the word lists print."""
    value = clean(text)
    code = code_lists.RELATION.read(value)
    own = (code, code_lists.RELATION.name(code))
    return code, "" if text in own else ("cleaned" if value.replace(" ", "") in own else "printed")


def read_number(text: str, kind: str, reader: Callable[[str], str]) -> Read:
    """An account or branch number; one stored as a value has lost its zeros or its last digits."""
    if kind == NUMBER or _POWER.match(text.strip()):
        raise Refusal(
            "号码存成了数值，前面的零和 15 位以后的数字会丢。请把这一列设为文本，重新填写",
            "The number was stored as a value, which loses leading zeros and digits after the 15th. Make the column"
            " text and fill it in again",
            code="digits_lost",
        )
    _refuse_odd_digits(text)
    value = reader(text)
    return value, "" if value == text else "cleaned"


def read_phone(text: str) -> Read:
    """A telephone number; one that cannot be is left out, and that is said: a phone never holds up a row."""
    try:
        _refuse_odd_digits(text)
        value = phone.read(text)
    except Refusal:
        return None, "phone_left_out"
    return value, "" if value == text else "cleaned"


def read_name(text: str) -> Read:
    """A person's name as it is kept; a sign for a character that could not be written is for a person to see."""
    value = names.read_listed(text)
    return value, "" if value == text else "cleaned"


Reader = Callable[[str, str], Read]


def reader_of(column: Field | Column, context: Context) -> Reader:
    """How the cells of a column are read: a function of (text, type in the file)."""
    if isinstance(column, Field):
        return _fact_reader(column, context)
    if column.values:
        return lambda text, kind: read_code(text, column.values, column.words)
    readers: dict[str, Reader] = {
        "phone": lambda text, kind: read_phone(text),
        "cnaps": lambda text, kind: read_number(text, TEXT, cnaps.read),
        "account": lambda text, kind: read_number(text, kind, bank_card.read),
        "name": lambda text, kind: read_name(text),
        "village": lambda text, kind: read_village(text, context.villages),
        "relation": lambda text, kind: read_relation(text),
        "text": read_label,
    }
    return readers[column.check]


def _fact_reader(column: Field, context: Context) -> Reader:
    if column.name == "residence":
        return lambda text, kind: read_village(text, context.villages)
    readers: dict[str, Reader] = {
        "text": (lambda text, kind: read_code(text, column.values, column.words, is_open=True))
        if column.values
        else read_text,
        "code": lambda text, kind: read_code(text, column.values, column.words),
        "codes": lambda text, kind: read_codes(text, column),
        "bool": lambda text, kind: read_bool(text, column),
        "integer": lambda text, kind: read_integer(text, column),
        "quantity": lambda text, kind: read_integer(text, column),
        "money": lambda text, kind: read_money(text),
        "date": lambda text, kind: read_date(text, kind, context.today, context.day_0),
    }
    return readers[column.type]
