"""A season tells how far it is and since when it plays."""

from datetime import date

from sample.telling import Weeks


def test_each_week_is_told_with_the_time_it_took_so_far():
    told, at = [], iter([100.0, 100.4, 171.6])
    weeks = Weeks(told.append, clock=lambda: next(at))
    weeks(date(2026, 7, 20))
    weeks(date(2026, 7, 27))
    assert told == ["  2026-07-20 … 0:00", "  2026-07-27 … 1:12"]
