"""A deadline in the words of the chip: working days to go, today, overdue."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from standards import working_days


@dataclass(frozen=True, slots=True)
class Deadline:
    """``level`` is over, near or far; ``words`` stand beside the icon."""

    level: str
    icon: str
    words: str


def deadline_words(due: datetime.date, today: datetime.date) -> Deadline:
    """The chip for a day ``due`` seen from ``today``, in working days of the State Council's calendar."""
    if due == today:
        return Deadline("near", "clock-alert", gettext("due today"))
    if due < today:
        late = max(1, working_days.working_days_between(due, today)[0])
        words = ngettext("%(n)d day overdue", "%(n)d days overdue", late) % {"n": late}
        return Deadline("over", "alarm-clock", words)
    left = max(1, working_days.working_days_between(today, due)[0])
    words = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return Deadline("near" if left == 1 else "far", "clock-alert" if left == 1 else "clock", words)
