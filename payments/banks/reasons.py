"""Why a bank did not pay, in fifteen canonical codes; the words of banks stand in failure_reasons.toml.

>>> canonical("户名与账号不符")
'NAME_MISMATCH'
>>> canonical("失败：该账户已销户，请核实")
'ACCOUNT_CLOSED'
>>> canonical("系统繁忙")
'UNKNOWN'
"""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from standards.words import Words

UNKNOWN = "UNKNOWN"
WHO = {
    "township": Words("乡镇", "Township"),
    "household": Words("家庭", "Household"),
    "holder": Words("持卡人本人", "Card holder"),
    "finance": Words("财政", "Finance"),
    "department": Words("主管部门", "Department"),
}
RETRIES = ("no", "later", "after_activation")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: ``who`` mends it, whether it may pass unchanged, and whether the bank's word is final.

    ``settled`` is false where the word leaves open if the money went out (PRACTICE: "not processed" and
    a lost reply are unknown; a "duplicate" may have been paid by the first one).
    """

    code: str
    iso: tuple[str, ...]
    variants: tuple[str, ...]
    words: Words
    who: str
    todo: Words
    retry: str
    settled: bool


@cache
def load() -> dict[str, Reason]:
    """Every reason by its code, in the order of the file."""
    source = tomllib.loads(Path(__file__).with_name("failure_reasons.toml").read_text(encoding="utf-8"))
    return {
        code: Reason(
            code=code,
            iso=tuple(entry["iso"]),
            variants=tuple(entry["variants"]),
            words=Words(**entry["words"]),
            who=entry["who"],
            todo=Words(**entry["todo"]),
            retry=entry["retry"],
            settled=entry["settled"],
        )
        for code, entry in source.items()
    }


@cache
def _by_length() -> list[tuple[str, str]]:
    pairs = [(variant, reason.code) for reason in load().values() for variant in reason.variants]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0]))


def canonical(text: str) -> str:
    """The code for a bank's words; the longest known variant inside them decides, else UNKNOWN.

    The longest, because 账号与户名不匹配 must not be read by a shorter word it happens to contain.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return next((code for variant, code in _by_length() if variant in plain), UNKNOWN)
