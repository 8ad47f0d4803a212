"""Working days: Monday to Friday, changed each year by the State Council's notice (make-up days included).

The notice for a year appears in the November before. Answers for a year without a notice count Monday to
Friday and say so: they are *provisional*, to be marked on paper and computed again.
"""

from datetime import date, timedelta

from standards import tables

_ROWS = tables.rows("working_days")
_OFF = {date.fromisoformat(row["date"]) for row in _ROWS if row["kind"] == "holiday"}
_MADE_UP = {date.fromisoformat(row["date"]) for row in _ROWS if row["kind"] == "workday"}
#: The years whose notice stands in the table.
PUBLISHED = frozenset(day.year for day in _OFF)
#: The notice for a year may also move the last days of the year before (New Year's holiday).
_YEAR_END = (12, 26)
#: Far more than any statutory period; a larger number is a mistake in the caller.
DAYS_MAX = 3_000


def _is_provisional(day: date) -> bool:
    if day.year not in PUBLISHED:
        return True
    return (day.month, day.day) >= _YEAR_END and day.year + 1 not in PUBLISHED


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether offices work on that day, and whether the answer is provisional.

    >>> is_working_day(date(2026, 9, 20)), is_working_day(date(2026, 10, 1)), is_working_day(date(2031, 1, 6))
    ((True, False), (False, False), (True, True))
    """
    works = day in _MADE_UP or (day.weekday() < 5 and day not in _OFF)
    return works, _is_provisional(day)


def add_working_days(day: date, n: int) -> tuple[date, bool]:
    """The ``n``-th working day after ``day``, which itself does not count; provisional if any day between is.

    >>> add_working_days(date(2026, 9, 30), 1)
    (datetime.date(2026, 10, 8), False)
    """
    if not 0 <= n <= DAYS_MAX:
        raise ValueError(f"between 0 and {DAYS_MAX} working days")
    provisional = _is_provisional(day)
    while n:
        day += timedelta(days=1)
        works, unsure = is_working_day(day)
        provisional = provisional or unsure
        n -= works
    return day, provisional


def working_days_between(a: date, b: date) -> tuple[int, bool]:
    """How many working days come after ``a`` up to and with ``b``; negative when ``b`` lies before ``a``.

    So that ``working_days_between(a, add_working_days(a, n)[0])`` is ``n``.

    >>> working_days_between(date(2026, 9, 30), date(2026, 10, 10))
    (3, False)
    >>> working_days_between(date(2026, 10, 10), date(2026, 9, 30))
    (-3, False)
    """
    if b < a:
        count, provisional = working_days_between(b, a)
        return -count, provisional
    days = [a + timedelta(days=step) for step in range(1, (b - a).days + 1)]
    answers = [is_working_day(day) for day in days]
    provisional = _is_provisional(a) or any(unsure for _, unsure in answers)
    return sum(works for works, _ in answers), provisional
