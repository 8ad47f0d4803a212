"""The family at the counter, by the log: who comes, what she shows, what the clerk does with it."""

from collections import Counter
from datetime import date
from typing import Any

from applications.judging import Judged
from applications.lifecycle import State
from applications.models import Application, Paper
from applications.services import counter
from audit.actor import Actor
from beneficiaries import services as people
from beneficiaries.models import Account, Household, Person
from sample.finding import applications_of, household_of, judged_for, person_of
from sample.staff import Staff
from vault import blind


class CounterDesk:
    """All township counters of the county. Doing a day again does nothing again."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.done: Counter[str] = Counter()

    def receive(self, line: dict[str, Any], on: date) -> None:
        """One entry of the log on its day. Whoever is not on the register is sent to have that mended first."""
        person = person_of(line["subject"])
        if person is None:
            return
        clerk = self.staff.township("clerk", line["township"])
        action = {
            "apply": self._apply,
            "bring_papers": self._bring,
            "withdraw": self._withdraw,
            "account": self._account,
        }
        if line["action"] in action:
            action[line["action"]](line, person, clerk, on)

    def _apply(self, line: dict[str, Any], person: Person, clerk: Actor, on: date) -> None:
        application = applications_of(line, person).first()
        if application is not None and application.state != State.DRAFT:
            return
        self._enter_shown(line, person, clerk, on)
        judged = judged_for(line, person, on)
        if judged is None:  # the list's row was refused: no record to apply for
            return
        if application is None:
            is_village = line.get("assisted_by") == "village"
            origin = Application.Origin.VILLAGE if is_village else Application.Origin.COUNTER
            application = counter.open_application(judged, by=clerk, on=on, origin=origin)
            self.done["applied"] += 1
        self._hand_in(application, judged, line, clerk, on)

    def _hand_in(
        self, application: Application, judged: Judged, line: dict[str, Any], clerk: Actor, on: date
    ) -> None:
        """Attach what is asked for and was brought; submit, or give the correction notice where something is missing."""
        missing = counter.papers_missing(application, judged, on=on)
        for kind in missing:
            if kind in line["papers"]:
                counter.attach_paper(application, kind, None, by=clerk, on=on)
        if set(missing) <= set(line["papers"]):
            counter.submit(application, by=clerk, on=on)
            self.done["submitted"] += 1
        elif application.state == State.DRAFT:
            counter.ask_for_papers(application, by=clerk, on=on)
            self.done["correction_notices"] += 1

    def _bring(self, line: dict[str, Any], person: Person, clerk: Actor, on: date) -> None:
        self._enter_shown(line, person, clerk, on)
        for application in applications_of(line, person).filter(state=State.WAITING):
            if not Paper.objects.filter(application=application, kind__in=line["papers"]).exists():
                for kind in line["papers"]:
                    counter.attach_paper(application, kind, None, by=clerk, on=on)
            counter.submit(application, by=clerk, on=on)
            self.done["submitted"] += 1

    def _withdraw(self, line: dict[str, Any], person: Person, clerk: Actor, on: date) -> None:
        undecided = applications_of(line, person).exclude(
            state__in=[State.APPROVED, State.REFUSED, State.WITHDRAWN]
        )
        for application in undecided:
            counter.withdraw(application, by=clerk, on=on, note="家庭自愿撤回")
            self.done["withdrawn"] += 1

    def _enter_shown(self, line: dict[str, Any], person: Person, clerk: Actor, on: date) -> None:
        """What is printed on a certificate that no list has becomes a fact, with the paper as its source."""
        household = household_of(person)
        if "facts" not in line or household is None or _has_certificate(household):
            return
        values = {name.removeprefix("certificate."): value for name, value in line["facts"].items()}
        issued_on = date.fromisoformat(values["issued_on"])
        people.enter_fact(
            household,
            kind="certificate",
            values=values,
            valid_from=issued_on,
            paper="certificate",
            by=clerk,
            on=on,
        )
        self.done["facts_from_papers"] += 1

    def _account(self, line: dict[str, Any], person: Person, clerk: Actor, on: date) -> None:
        told = line["account"]
        if Account.objects.filter(
            owner=person, number_index=blind.index(told["number"], purpose="account")
        ).exists():
            return
        account = people.enter_account(person, by=clerk, on=on, **told)
        people.verify_account(account, by=self.staff.township("township_reviewer", line["township"]), on=on)
        self.done["accounts_mended"] += 1


def _has_certificate(household: Household) -> bool:
    return household.facts.filter(kind="certificate", superseded_by=None).exists()
