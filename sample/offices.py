"""The officials at their desks: review, notice, objections, re-check, decision. Each look finds what is to be done."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from applications.lifecycle import State
from applications.models import Application, Objection
from applications.services import county, township
from applications.services.counter import judged_now
from audit.actor import SYSTEM
from programs.models import PolicyVersion
from sample.finding import applications_of, person_of
from sample.staff import Staff
from sample.visits import RIGHT_OBJECTION
from standards.words import Refusal

NO, YES = 0, 2
NOTICE_WEEKDAY = 0  # notices go up on Mondays
ONE_OF, RECHECKS_LEFT, DECISIONS_LEFT = 3, 0, 1
NOT_PROVED = "材料不能证明符合条件"  # what no list settles and no paper shows
FINDING = {True: "核查属实，家庭不符合条件", False: "经入户核查，异议不成立"}


class Offices:
    """Township reviewers, county checkers and approvers. Doing a day again finds nothing."""

    def __init__(self, staff: Staff, *, leaves_from: date | None = None) -> None:
        """``leaves_from``: the day from which the county's desks leave some of their work lying, to be looked at."""
        self.staff = staff
        self.leaves_from = leaves_from
        self.done: Counter[str] = Counter()

    def work(self, on: date) -> None:
        """One working day of all offices, later steps first: nobody builds on a step of the same day."""
        self._decide(on)
        self._recheck(on)
        self._settle_objections(on)
        self.done["notices_over"] += township.close_due_notices(on=on, by=SYSTEM)
        if on.weekday() == NOTICE_WEEKDAY:
            self._post_notices(on)
        self._review(on)

    def hear(self, line: dict[str, Any], on: date) -> bool:
        """Record an objection of the log once its application stands on a notice; False while it does not."""
        person = person_of(line["subject"])
        application = applications_of(line, person).last() if person else None
        if application is None or application.state in (State.REFUSED, State.WITHDRAWN):
            return True
        if Objection.objects.filter(line__application=application).exists():
            return True
        if application.state != State.ON_NOTICE:
            return False
        reviewer = self.staff.township("township_reviewer", line["township"])
        township.record_objection(application, line["words"], by=reviewer, on=on)
        self.done["objections"] += 1
        return True

    def _review(self, on: date) -> None:
        """Yesterday's applications: the clear ones together, the others one by one with their reasons."""
        for (code, _), rows in _grouped(
            Application.objects.filter(state=State.SUBMITTED, submitted_on__lt=on)
        ):
            reviewer = self.staff.township("township_reviewer", code)
            clear = [one for one in rows if one.verdict == YES]
            try:
                self.done["reviewed"] += township.review_all(clear, by=reviewer, on=on)
            except Refusal:  # one of them is not clear any more: each on its own
                self._review_each(clear, on)
            self._review_each([one for one in rows if one.verdict != YES], on)

    def _review_each(self, rows: Iterable[Application], on: date) -> None:
        """One by one: what fails carries its reasons, what nothing proves carries the reviewer's word."""
        for application in rows:
            reviewer = self.staff.township("township_reviewer", application.division[:9])
            verdict = judged_now(application, on=on).verdict
            if verdict == YES:
                township.review(application, by=reviewer, on=on)
                self.done["reviewed"] += 1
            else:
                note = "" if verdict == NO else NOT_PROVED
                township.propose_refusal(application, by=reviewer, on=on, note=note)
                self.done["refusals_proposed"] += 1

    def _post_notices(self, on: date) -> None:
        waiting = Application.objects.filter(state=State.REVIEWED, proposes_refusal=False, reviewed_on__lt=on)
        for code, version in sorted({(one.division[:9], one.version_id) for one in waiting}):
            reviewer = self.staff.township("township_reviewer", code)
            township.post_notice(PolicyVersion.objects.get(pk=version), f"{code}000", by=reviewer, on=on)
            self.done["notices"] += 1

    def _settle_objections(self, on: date) -> None:
        checker = self.staff.county("county_checker")
        for objection in Objection.objects.filter(settled_on=None, received_on__lt=on).order_by("pk"):
            is_upheld = objection.words.startswith(RIGHT_OBJECTION)
            county.settle_objection(
                objection, is_upheld=is_upheld, finding=FINDING[is_upheld], by=checker, on=on
            )
            self.done["objections_upheld" if is_upheld else "objections_dismissed"] += 1

    def _recheck(self, on: date) -> None:
        checker = self.staff.county("county_checker")
        refusals = Application.objects.filter(state=State.REVIEWED, proposes_refusal=True, reviewed_on__lt=on)
        for application in refusals.order_by("pk"):
            county.recheck(application, by=checker, on=on)
        over = Application.objects.filter(state=State.NOTICE_OVER, notice_lines__notice__until__lt=on)
        rows = list(over.select_related("version").order_by("pk").distinct())
        rows = [one for one in rows if not self._leaves(one, RECHECKS_LEFT, on)]
        if rows:
            self.done["rechecked"] += county.recheck_all(rows, by=checker, on=on)

    def _decide(self, on: date) -> None:
        approver = self.staff.county("county_approver")
        rows = Application.objects.filter(state=State.RECHECKED, rechecked_on__lt=on).order_by("pk")
        for application in rows.filter(proposes_refusal=True):
            county.decline(application, by=approver, on=on)
            self.done["refused"] += 1
        clear = [
            one for one in rows.filter(proposes_refusal=False) if not self._leaves(one, DECISIONS_LEFT, on)
        ]
        if clear:
            self.done["approved"] += county.approve_all(clear, by=approver, on=on)

    def _leaves(self, application: Application, kept: int, on: date) -> bool:
        """Whether the desk leaves this one lying: one of three, another one at each desk."""
        return self.leaves_from is not None and on >= self.leaves_from and application.pk % ONE_OF == kept


def _grouped(rows: Iterable[Application]) -> list[tuple[tuple[str, int], list[Application]]]:
    """By township and policy version, both in order."""
    groups: dict[tuple[str, int], list[Application]] = defaultdict(list)
    for application in rows:
        groups[application.division[:9], application.version_id].append(application)
    return sorted(groups.items(), key=lambda item: item[0])
