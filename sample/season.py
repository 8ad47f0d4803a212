"""The fixed season of the sample and its working days; nothing here reads a clock."""

from datetime import date, timedelta

from standards.working_days import is_working_day

OPENS = date(2026, 7, 15)
CLOSES = date(2026, 10, 31)


def working_days(first: date, last: date) -> list[date]:
    """Every working day from ``first`` to ``last``, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_working_day(day)[0]]


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of a shorter month.

    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    next_month = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), next_month - timedelta(days=1))
