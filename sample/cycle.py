"""The whole season, day by day: lists arrive, families come, offices work, finance pays, letters go out.

Each day looks for what is to be done; a season that was played before finds nothing, so it may be played again.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from applications.services import lists as from_lists
from applications.services import sweep
from letters import services as letters
from sample.bank import Bank
from sample.counter import CounterDesk
from sample.importing import PostRoom
from sample.offices import Offices
from sample.season import CLOSES, OPENS, working_days
from sample.staff import Staff
from sample.treasury import Treasury

PAY_DAYS = tuple(date(2026, month, day) for month, day in ((8, 28), (9, 29), (10, 16), (10, 26)))
SWEEP_DAYS = tuple(  # when lists have come that change who has a right, and on the last days
    date(2026, month, day)
    for month, day in ((7, 21), (8, 10), (8, 27), (9, 9), (9, 29), (10, 8), (10, 22), (10, 30))
)
LAST_DAY = date(2026, 10, 30)  # the last working day of the season
MONDAY = 0
LATER_ANSWER_AFTER = 3  # working days after the bank's first answer


class Season:
    """Plays the sample season in the database."""

    def __init__(self, folder: Path, staff: Staff, desk: Path, *, leaves_from: date | None = None) -> None:
        """``folder`` is the sample's; at ``desk`` lie the files for the bank and its answers.

        From ``leaves_from`` on the county leaves some work lying on each desk; played again without it, all is done.
        """
        self.folder = folder
        self.staff = staff
        self.post = PostRoom(staff, folder)
        self.counter = CounterDesk(staff)
        self.leaves_from = leaves_from
        self.offices = Offices(staff, leaves_from=leaves_from)
        self.treasury = Treasury(staff, Bank.at(folder), desk)
        self.from_lists = 0
        self.letters = 0
        self.log = _log_by_day(folder)
        self.objections: list[dict[str, Any]] = []

    def play(self, until: date = CLOSES, *, at_week: Callable[[date], None] | None = None) -> None:
        """Every working day from the opening to ``until``; tells ``at_week`` each Monday.

        Commits do not wait for the disk: a season cut off is played again and finds what is missing.
        """
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")
        days = working_days(OPENS, CLOSES)
        for place, on in enumerate(days):
            if on > until:
                return
            if at_week and on.weekday() == MONDAY:
                at_week(on)
            answers = {days[place - 1]} if place else set()
            later = {days[place - 1 - LATER_ANSWER_AFTER]} if place > LATER_ANSWER_AFTER else set()
            self._day(on, is_answer=bool(answers & set(PAY_DAYS)), is_later=bool(later & set(PAY_DAYS)))

    def _day(self, on: date, *, is_answer: bool, is_later: bool) -> None:
        self.post.open(on)
        if on in SWEEP_DAYS:
            self._sweep(on)
        for line in self.log.get(on, ()):
            if line["action"] == "object":
                self.objections.append(line)
            else:
                self.counter.receive(line, on)
        self.objections = [line for line in self.objections if not self.offices.hear(line, on)]
        self.offices.work(on)
        if is_answer:
            self.treasury.hear_from_bank(on)
        if is_later:
            self.treasury.ask_again(on)
        if on in PAY_DAYS:
            self.treasury.pay(on, leaves=self.leaves_from is not None and on >= self.leaves_from)
        if on in PAY_DAYS or on == LAST_DAY:
            self.letters += letters.write_letters(on=on).total

    def _sweep(self, on: date) -> None:
        """Judge everybody by what is known now, and apply for those whom a list gives a right by itself."""
        from_lists.claim_earlier_payments(on=on)
        sweep.assess(sweep.ask(on=on, by=self.staff.county("county_checker")))
        self.from_lists += from_lists.apply_from_lists(on=on)

    @property
    def done(self) -> dict[str, int]:
        """What this run did that was not done before, in the order of the stages."""
        stages = (self.post.done, self.counter.done, self.offices.done, self.treasury.done)
        done = {name: count for stage in stages for name, count in stage.items() if count}
        return done | {"applications_from_lists": self.from_lists, "letters": self.letters}


def _log_by_day(folder: Path) -> dict[date, list[dict[str, Any]]]:
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    with (folder / "counter_log.jsonl").open(encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            days[date.fromisoformat(line["on"])].append(line)
    return days
