"""What the title of a list says about itself: the days it covers, and the one category it is of."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from facts.catalogue import Kind
from standards.characters import clean

_MONTHS = re.compile(
    r"(\d{4})\s*年?度?\s*[年.\-/]?\s*(\d{1,2})\s*月?\s*(?:份)?\s*[至到~—–-]+\s*(\d{1,2})\s*月"
)
_MONTH = re.compile(r"(?<!\d)(\d{4})\s*(?:年|[.\-/])\s*(\d{1,2})\s*(?:月|(?![\d.\-/]))")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?!\d)")
_YEARS = re.compile(r"(\d{4})\s*年?\s*[至到~—–-]+\s*(\d{4})\s*年")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|学年|级|届|(?!\d))")


@dataclass(frozen=True, slots=True)
class Period:
    """The days a list is about, both ends included."""

    first: date
    last: date

    @property
    def year(self) -> int | None:
        """The year, where the period lies in one."""
        return self.first.year if self.first.year == self.last.year else None

    @property
    def is_month(self) -> bool:
        return self == month(self.first.year, self.first.month)


def month(year: int, number: int) -> Period:
    """One calendar month.

    >>> month(2028, 2).last.isoformat()
    '2028-02-29'
    """
    return Period(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def year(number: int) -> Period:
    """One calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def period_of(text: str) -> Period | None:
    """The period a title or file name states, or None.

    >>> period_of("周至县2026年8月农村低保对象名单")
    Period(first=datetime.date(2026, 8, 1), last=datetime.date(2026, 8, 31))
    >>> period_of("2026年1—10月死亡人口").last.isoformat(), period_of("dibao-202608.xlsx").first.isoformat()
    ('2026-10-31', '2026-08-01')
    >>> period_of("2026年度城乡居民医保参保名册").year, period_of("2007—2025年发放台账").year, period_of("名单")
    (2026, None, None)
    """
    plain = clean(text)
    try:
        if found := _MONTHS.search(plain):
            number, first, last = map(int, found.groups())
            return Period(month(number, first).first, month(number, last).last)
        if found := _MONTH.search(plain) or _COMPACT.search(plain):
            return month(int(found[1]), int(found[2]))
        if found := _YEARS.search(plain):
            return Period(year(int(found[1])).first, year(int(found[2])).last)
        if found := _YEAR.search(plain):
            return year(int(found[1]))
    except ValueError:  # a thirteenth month
        return None
    return None


def code_of(text: str, kind: Kind) -> str:
    """The one code of the kind's ``list_of`` fact that a title names; empty where it names none or several."""
    if not kind.list_of:
        return ""
    plain = clean(text)
    words = {
        clean(printed): value.code for value in kind.fields[kind.list_of].values for printed in value.printed
    }
    found: set[str] = set()
    for printed in sorted(words, key=len, reverse=True):  # 低保边缘 before 低保
        if printed in plain:
            found.add(words[printed])
            plain = plain.replace(printed, " ")
    return found.pop() if len(found) == 1 else ""
