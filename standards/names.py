"""Names of persons: one form to compare, every reading to search.

A clerk types ``zmn`` for 张美娜, ``shan`` or ``dan`` for 单, and 买买提 with or without the dot. The name as
the family writes it is kept by the caller; what stands here is made from it and can be made again.
"""

import os
import re
from functools import lru_cache
from itertools import product

# Names are read character by character: the library's phrases would take 44 MB of every process.
os.environ["PYPINYIN_NO_PHRASES"] = "true"

from pypinyin import Style, pinyin

from standards import tables
from standards.characters import clean, settle_private
from standards.words import Refusal

#: Names of nationalities with long names stay below this; longer text is a remark, not a name.
LENGTH_MAX = 50
#: More readings than this help nobody: rare readings of the last characters are left out first.
READINGS_MAX = 24

_DOTS = re.compile(r"\s*[·‧•・.．∙⋅∘●᛫᭼。]+\s*")
_BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
#: A name of common ideographs alone is as it stands in every form: most of a county's.
_PLAIN = re.compile(r"[\u4e00-\u9fa5]{1,20}")
_GAP = "?□■〓▯�"  # what stands for a character that a machine could not write
_GAPS = re.compile(
    f"[{re.escape(_GAP)}]{{1,2}}|[a-zA-Z]+"
)  # of two bytes each became one, or the reading was written
_NOT_IN_NAMES = re.compile(r"[0-9<>=@#$%^*+|\\/{}\[\]\"!?;:,，；：！？…￥]")

_SURNAMES = {row["surname"]: tuple(row["surname_reading"].split()) for row in tables.rows("surname_readings")}
#: Compound surnames that read as usual; those that do not stand in the table of readings.
_PLAIN_COMPOUND = (
    "欧阳上官司马诸葛东方皇甫公孙慕容宇文司徒司空轩辕端木百里南宫独孤赫连拓跋闻人呼延"  # two by two
)
_COMPOUND = {name for name in _SURNAMES if len(name) > 1} | {
    _PLAIN_COMPOUND[start : start + 2] for start in range(0, len(_PLAIN_COMPOUND), 2)
}


@lru_cache(maxsize=10_000)  # readings, initials and letters of one name ask for it again and again
def normal_form(name: str) -> str:
    """The name in the form that is compared: one kind of dot, no spaces inside a Chinese name, capitals.

    >>> normal_form(" 阿卜杜拉 • 买买提"), normal_form("张 三"), normal_form("Anna  Li")
    ('阿卜杜拉·买买提', '张三', 'ANNA LI')
    """
    if _PLAIN.fullmatch(name):
        return name
    text = _DOTS.sub("·", settle_private(clean(name))).strip("·")
    return re.sub(r"\s+", " ", _BETWEEN_IDEOGRAPHS.sub("", text)).upper()


def read(text: str) -> str:
    """A name as it is kept (cleaned, its own dots and capitals). Raises :class:`Refusal`.

    >>> read(" 张美娜 ")
    '张美娜'
    >>> read("=1+1")
    Traceback (most recent call last):
    standards.words.Refusal: 姓名中有不该出现的字符“=”，请对照证件
    """
    if _PLAIN.fullmatch(text):
        return text
    name = re.sub(r"\s+", " ", settle_private(clean(text)))
    if not normal_form(name):
        raise Refusal("没有填写姓名", "The name is missing", code="name.empty")
    if len(name) > LENGTH_MAX:
        raise Refusal(
            f"姓名超过 {LENGTH_MAX} 个字，请对照证件",
            f"The name is longer than {LENGTH_MAX} characters: compare with the card",
            code="name.length",
        )
    wrong = _NOT_IN_NAMES.search(name)
    if wrong is not None:
        raise Refusal(
            f"姓名中有不该出现的字符“{wrong[0]}”，请对照证件",
            f"The name holds “{wrong[0]}”, which names do not: compare with the card",
            code="name.characters",
        )
    return name


def has_gap(name: str) -> bool:
    """Whether a sign stands where a character could not be written.

    >>> has_gap("赵？桐"), has_gap("赵□"), has_gap("赵雨桐")
    (True, True, False)
    """
    return any(sign in _GAP for sign in clean(name))


def read_listed(text: str) -> str:
    """A name as a list may write it: like :func:`read`, but a sign may stand for a rare character after the first.

    >>> read_listed("赵？桐")
    '赵?桐'
    >>> read_listed("？？")
    Traceback (most recent call last):
    standards.words.Refusal: 姓名中有不该出现的字符“?”，请对照证件
    """
    name = re.sub(r"\s+", " ", settle_private(clean(text)))
    whole = "".join(sign for sign in name[1:] if sign not in _GAP)
    if has_gap(name[1:]) and not has_gap(name[:1]):
        read(name[:1] + whole)
        return name
    return read(text)


def is_variant(one: str, other: str) -> bool:
    """Whether two names differ only where one of them has a rare character, a sign for one, or its reading.

    >>> is_variant("赵㐱", "赵珍"), is_variant("赵?桐", "赵龑桐"), is_variant("赵yan", "赵龑"), is_variant("王艳", "王燕")
    (True, True, True, False)
    """
    a, b = letters(one), letters(other)
    if a == b or not a or not b or a[0] != b[0]:
        return False
    if len(a) == len(b) and all(x == y or _is_rare(x) or _is_rare(y) for x, y in zip(a, b, strict=True)):
        return True
    return any(_stands_for(x, y) for x, y in ((a, b), (b, a)))


def _is_rare(sign: str) -> bool:
    """Outside the 6,763 characters of GB 2312, which every machine can write."""
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return sign in _GAP


def _stands_for(gapped: str, whole: str) -> bool:
    parts = _GAPS.split(gapped)
    return len(parts) > 1 and re.fullmatch(".".join(map(re.escape, parts)), whole) is not None


def same_person_name(a: str, b: str) -> bool:
    """Whether two spellings are the same name; dots and spaces, which banks leave out, do not count.

    A rare character written differently is another name here: a person confirms it as an alias.

    >>> same_person_name("阿卜杜拉·买买提", "阿卜杜拉买买提"), same_person_name("王艳", "王燕")
    (True, False)
    """
    return letters(a) == letters(b) != ""


def letters(name: str) -> str:
    """The characters of a name alone, as it is compared and searched: without dots and spaces, capitals.

    >>> letters(" 阿卜杜拉 • 买买提"), letters("Anna  Li")
    ('阿卜杜拉买买提', 'ANNALI')
    """
    return normal_form(name).replace("·", "").replace(" ", "")


@lru_cache(maxsize=20_000)
def _of_character(character: str) -> tuple[str, ...]:
    """All readings of one character without tones, the usual one first; a Latin letter reads as itself."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    plain = (reading.lower().replace("ü", "v").replace("ê", "e") for reading in found)
    return tuple(dict.fromkeys(reading for reading in plain if reading.isascii() and reading.isalpha()))


def surname(name: str) -> str:
    """The surname of a Chinese name: two characters if they are a compound surname, else one.

    >>> surname("尉迟敬德"), surname("单雄信")
    ('尉迟', '单')
    """
    text = normal_form(name)
    return text[:2] if len(text) > 2 and text[:2] in _COMPOUND else text[:1]


@lru_cache(maxsize=50_000)
def _syllables(name: str) -> tuple[tuple[str, ...], ...]:
    """The readings of each character, the surname's own readings first, cut to READINGS_MAX in all."""
    each = [_of_character(character) for character in letters(name)]
    family = surname(name)
    for place, own in enumerate(_SURNAMES.get(family, ())):
        each[place] = tuple(dict.fromkeys((own, *each[place])))
    kept = [readings for readings in each if readings]
    count = 1
    for readings in kept:
        count *= len(readings)
    for place in range(len(kept) - 1, -1, -1):
        if count <= READINGS_MAX:
            break
        count //= len(kept[place])
        kept[place] = kept[place][:1]
    return tuple(kept)


def readings(name: str) -> list[str]:
    """Every way to say the name, in pinyin without tones or spaces, the likeliest first; ü is ``v``.

    >>> readings("单雄信")[0], "danxiongxin" in readings("单雄信")
    ('shanxiongxin', True)
    >>> readings("尉迟恭")[0], readings("吕梅")
    ('yuchigong', ['lvmei'])
    """
    return ["".join(parts) for parts in product(*_syllables(name)) if parts]


def syllables(name: str) -> list[str]:
    """The likeliest reading, one syllable for each character, as a screen prints it under the name.

    >>> syllables("单雄信"), syllables("赵雨桐")
    (['shan', 'xiong', 'xin'], ['zhao', 'yu', 'tong'])
    """
    return [readings[0] for readings in _syllables(name)]


def syllables_by(name: str, typed: str) -> list[str]:
    """The reading by which the name is found, where that is not the likeliest: typed pinyin or initials begin it.

    >>> syllables_by("单雄信", "danx"), syllables_by("单雄信", "sx")
    (['dan', 'xiong', 'xin'], ['shan', 'xiong', 'xin'])
    """
    for parts in product(*_syllables(name)):
        if "".join(parts).startswith(typed) or "".join(part[0] for part in parts).startswith(typed):
            return list(parts)
    return syllables(name)


def initials(name: str) -> list[str]:
    """The first letters of every reading, each once.

    >>> initials("单雄信")[0], initials("张美娜")
    ('sxx', ['zmn'])
    """
    firsts = (dict.fromkeys(reading[0] for reading in readings) for readings in _syllables(name))
    return ["".join(parts) for parts in product(*firsts) if parts]
