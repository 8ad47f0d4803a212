"""What a person who writes a policy reads where the text is not TOML: Python's reader says it in English only.

Its messages differ a little from one Python to the next; one that is not known here gets the general sentence.
"""

import re
from datetime import date

from standards.words import Words

PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)\s*$")
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
COMMAS = re.compile(r"=\s*(\d{1,3}(?:,\d{3})+)\s*$")
QUOTED = re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)|#.*")  # where every character may stand
# A Chinese keyboard writes these; TOML knows the narrow ones alone.
NARROW = {"“": '"', "”": '"', "‘": "'", "’": "'", "＂": '"', "，": ",", "、": ",", "＝": "=", "：": "=",
          "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#", "。": "."}  # fmt: skip

INVISIBLE = Words(
    "这一行有看不见的控制字符，删掉重打这一行", "this line holds an invisible control character: type it anew"
)
# The beginning of Python's message: what is said of it.
SAID = (
    ("Expected '=' after a key", Words("左边的名称后面少了等号 =", "“=” is missing after the name on the left")),
    ("Expected newline or end of document", Words(
        "一行只写一项：后面多出来的要另起一行，文字要放在英文双引号里",
        "one line holds one entry: put what follows on a line of its own, and words between double quotes",
    )),
    ("Expected ']]'", Words("[[标题]] 末尾少了 ]]", "a [[heading]] ends with “]]”")),
    ("Expected ']'", Words("[标题] 末尾少了 ]", "a [heading] ends with “]”")),
    ("Unclosed array", Words(
        "方括号 [ ] 没有写完：少了 ]，或两项之间少了英文逗号",
        "the brackets [ ] are not complete: “]” is missing, or a comma between two entries",
    )),
    ("Unclosed inline table", Words(
        "花括号 { } 没有写完：少了 }，或两项之间少了英文逗号",
        "the braces { } are not complete: “}” is missing, or a comma between two entries",
    )),
    ("Unterminated string", Words("文字后面少了英文引号", "the narrow quote after the words is missing")),
    ("Illegal character '\\n'", Words(
        "这一行的文字后面少了英文引号", "the narrow quote after the words on this line is missing"
    )),
    ("Unescaped '\\'", Words(
        "双引号里的反斜杠 \\ 要写两个，或改用单引号", "write a backslash twice between double quotes, or use single quotes"
    )),
    ("Invalid hex value", Words("\\u 后面要有四位十六进制数字", "“\\u” is followed by four hexadecimal digits")),
    ("Escaped character is not", Words("\\u 后面的编号不是一个字", "the number after “\\u” is no character")),
    ("Duplicate inline table key", Words("花括号里同一个名称写了两次", "one name is written twice between the braces")),
    ("Cannot overwrite a value", Words("同一个名称写了两次", "this name is written twice")),
    ("Cannot declare", Words("这个标题上面已经写过", "this heading was written above")),
    ("Cannot mutate immutable", Words(
        "这个名称上面已经写全了，不能再往里加", "this name was written in full above; nothing can be added to it"
    )),
    ("Cannot redefine namespace", Words("这个名称上面已经写过", "this name was written above")),
    ("Invalid value", Words(
        "等号右边读不懂：文字要放在英文双引号里，数字、日期和 true、false 直接写",
        "what follows “=” cannot be read: words stand between double quotes; numbers, days, true and false as they are",
    )),
    ("Invalid date or datetime", Words("没有这个日期或时间", "there is no such day or time")),
    ("Invalid initial character for a key part", Words(
        "名称要以小写英文字母开头", "a name begins with a small English letter"
    )),
    ("Found invalid character", INVISIBLE),
    ("Illegal character", INVISIBLE),
    ("Invalid statement", Words(
        "这一行读不懂：应是 名称 = 值、[标题] 或 # 说明，名称用小写英文字母",
        "this line cannot be read: write name = value (a name has small English letters), a [heading], or # a remark",
    )),
)  # fmt: skip
LEFT_OPEN = Words(
    "这里读不懂：上面的 [ 没有写 ]，或这一项没有放在英文双引号里",
    "this cannot be read: “[” above has no “]”, or this entry does not stand between double quotes",
)
OTHERWISE = Words("这里不合 TOML 格式", "this is not TOML")


def not_toml(text: str, error: str) -> tuple[int, Words]:
    """The line on which the reader stopped and what is wrong there, from its English message.

    >>> not_toml('code = “a”', "Invalid value (at line 1, column 8)")[1].en
    'write " instead of “: the text knows narrow signs only'
    """
    lines = text.split("\n")
    place = PLACE.search(error)
    if place and place.group(1):
        at, column = min(int(place.group(1)), len(lines)), int(place.group(2))
    else:  # the end of the text: the last line that says something
        at, column = max((n for n, line in enumerate(lines, 1) if line.strip()), default=1), len(text)
    line = lines[at - 1]
    if error.startswith("Invalid value") and "=" not in line[:column]:
        return at, _wide(line) or LEFT_OPEN
    return at, _no_day(line) or _wide(line) or _with_commas(line) or _said(error)


def _no_day(line: str) -> Words | None:
    for found in DAY.findall(line):
        try:
            date.fromisoformat(found)
        except ValueError:
            return Words(f"没有 {found} 这一天", f"there is no day {found}")
    return None


def _wide(line: str) -> Words | None:
    """A sign of the Chinese keyboard outside of quotes."""
    found = next((sign for sign in QUOTED.sub("", line) if sign in NARROW), None)
    if found is None:
        return None
    return Words(
        f"{found} 要换成英文的 {NARROW[found]}（切到英文输入再打）",
        f"write {NARROW[found]} instead of {found}: the text knows narrow signs only",
    )


def _with_commas(line: str) -> Words | None:
    found = COMMAS.search(QUOTED.sub("", line))
    if found is None:
        return None
    number, plain = found.group(1), found.group(1).replace(",", "")
    return Words(
        f"数字里不写逗号：{number} 写成 {plain}", f"a number has no commas: write {plain} for {number}"
    )


def _said(error: str) -> Words:
    return next((words for beginning, words in SAID if error.startswith(beginning)), OTHERWISE)
