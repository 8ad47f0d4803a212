"""Who entered, confirmed or corrected what the register says of a family takes no step of the office with it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.models import Application
from applications.services import county, township
from beneficiaries import services
from beneficiaries.models import Doubt, Parentage
from beneficiaries.queries.correctors import RestsOn, corrected_by
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, poor_family
from tests.applications.walks import DAY, OVER, again, notice_over, rechecked, reviewed, submitted

pytestmark = pytest.mark.usefixtures("college_award", "budget")
CLERK, REVIEWER, CHECKER = (make.actor(one) for one in ("clerk", "township_reviewer", "county_checker"))
ANOTHER = make.actor("township_reviewer", "bai")
CERTIFICATE = {"kind": "two_daughter", "issued_on": "2014-01-01"}
WHY = "户口簿上是这样"


def custody(family: Family, by=CLERK, on: date = DAY) -> None:
    values = {"guardian": family.mother.citizen_id, "basis": "agreement", "since_on": "2026-08-01"}
    services.enter_fact(family.sister, kind="custody", values=values, paper="custody_paper", by=by, on=on)


def confirmed(family: Family, by, on: date) -> None:
    custody(family, on=on)
    doubt = Doubt.objects.get(settled_on=None)
    services.settle_doubt(doubt, by=by, on=on, outcome="看了协议", keep=doubt.fact_id)


def not_confirmed(family: Family, by, on: date) -> None:
    custody(family, on=on)
    services.settle_doubt(Doubt.objects.get(settled_on=None), by=by, on=on, outcome="协议是复印件", keep=0)


def entered(family: Family, by, on: date) -> None:
    services.enter_fact(
        family.household, kind="housing", values={"grade": "D", "surveyed_on": "2026-07-01"}, paper="housing_survey",
        by=by, on=on,
    )  # fmt: skip


def entered_for_a_parent_elsewhere(family: Family, by, on: date) -> None:
    """The mother stands in another booklet, and it is that one's certificate."""
    services.move_out(family.mother, last_day=on, by=make.actor("county_checker", "two"), on=on, reason=WHY)
    other = make.household("H-9", (family.mother, "02"), since=on + timedelta(days=1))
    services.enter_fact(other, kind="certificate", values=CERTIFICATE, paper="certificate", by=by, on=on)


def corrected_entry(family: Family, by, on: date) -> None:
    wrong = services.enter_fact(
        family.household, kind="housing", values={"grade": "D", "surveyed_on": "2026-07-01"}, paper="housing_survey",
        by=CLERK, on=on,
    )  # fmt: skip
    values = {"grade": "C", "surveyed_on": "2026-07-01"}
    services.correct_fact(wrong, values, paper="housing_survey", by=by, on=on, reason=WHY)


def head(family: Family, by, on: date) -> None:
    services.correct_head(family.household, family.mother, by=by, on=on, reason=WHY)


def parent(family: Family, by, on: date) -> None:
    wrong = Parentage.objects.get(child=family.girl, parent=family.mother)
    services.correct_parentage(wrong, family.mother, kind="adopted", by=by, on=on, reason=WHY)


def relation(family: Family, by, on: date) -> None:
    stands = family.sister.memberships.get()
    services.correct_membership(stands, relation="21", valid_from=stands.valid_from, by=by, on=on, reason=WHY)


def moved(family: Family, by, on: date) -> None:
    services.move_out(family.sister, last_day=on, by=by, on=on, reason=WHY)


def phone(family: Family, by, on: date) -> None:
    services.correct_phone(family.girl, "13900139000", by=by, on=on, reason="换了手机")


def of_another_family(family: Family, by, on: date) -> None:
    entered(poor_family("钱", number="103209-0148"), by, on)


WORDS = {
    "an entry": (entered, True),
    "an entry of the household where her mother stands": (entered_for_a_parent_elsewhere, True),
    "an entry confirmed as second person": (confirmed, True),
    "an entry refused as second person": (not_confirmed, True),
    "an entry corrected": (corrected_entry, True),
    "another head": (head, True),
    "another parent": (parent, True),
    "a relation": (relation, True),
    "a sister who moved": (moved, True),
    "a phone number": (phone, False),
    "another family's": (of_another_family, False),
}


def rests_on(application: Application, number: str = "gao") -> bool:
    asked = RestsOn(application.pk, application.household_id, application.person_id, application.applied_on)
    return corrected_by(number, [asked]) == {application.pk}


@pytest.mark.parametrize(("deed", "is_word"), WORDS.values(), ids=WORDS)
def test_whose_word_an_application_rests_on(family: Family, deed, is_word: bool) -> None:
    """By the same reviewer a year and a day before it is no word any more."""
    application = submitted(family.household)
    assert not rests_on(application)
    with transaction.atomic():
        deed(family, REVIEWER, DAY.replace(year=2025) - timedelta(days=1))
        assert not rests_on(application)
        transaction.set_rollback(True)
    deed(family, REVIEWER, DAY)
    assert (rests_on(application), rests_on(application, "bai")) == (is_word, False)


def test_the_reviewer_who_corrected_is_refused_kindly_and_another_goes_on(family: Family) -> None:
    head(family, REVIEWER, DAY)
    application = submitted(family.household)
    for step in (township.review, township.propose_refusal):
        with pytest.raises(Refusal, match="由另一位办") as told:
            step(
                application,
                by=REVIEWER,
                on=DAY,
                **({"note": "不符合"} if step is not township.review else {}),
            )
        assert told.value.code == "by_another_than_who_corrected"
    with pytest.raises(Refusal, match="由另一位办"):
        township.review_all([application], by=REVIEWER, on=DAY)
    assert township.review(application, by=ANOTHER, on=DAY).state == "reviewed"


def test_a_correction_after_the_review_sends_it_back_to_another_reviewer(family: Family) -> None:
    application = notice_over(family.household)
    head(family, REVIEWER, OVER)
    with pytest.raises(Refusal, match="先退回镇里"):
        county.recheck(application, by=CHECKER, on=OVER)
    returned = county.send_back(application, note="请另一位初审", by=CHECKER, on=OVER)
    assert returned.reviewed_by == ""


def test_the_checker_who_corrected_a_name_and_an_approver_who_settled_are_refused(family: Family) -> None:
    application = notice_over(family.household)
    services.correct_name(family.father, "赵文彬", by=CHECKER, on=OVER, reason=WHY)
    with pytest.raises(Refusal, match="由另一位办"):
        county.recheck(application, by=CHECKER, on=OVER)
    passed = county.recheck(application, by=make.actor("county_checker", "two"), on=OVER)
    both = make.actor("township_reviewer", "guo")  # an approver who holds two roles
    head(family, both, OVER)
    with pytest.raises(Refusal, match="由另一位办"):
        county.approve_all([passed], by=make.actor("county_approver"), on=OVER)
    assert county.approve(passed, by=make.actor("county_approver", "hu"), on=OVER).outcome == "approved"


def test_what_a_list_says_is_nobodys_word(family: Family) -> None:
    """Whoever takes a list of the whole county, or withdraws one, goes on with the county's applications."""
    source = make.evidence_list("housing")
    make.fact(
        family.household, "housing", date(2026, 7, 1), source=source, grade="D", surveyed_on="2026-07-01"
    )
    services.withdraw_list(source, by=CHECKER, on=DAY)
    assert rechecked(family.household).rechecked_by == CHECKER.number


@pytest.mark.parametrize("column", ["reviewed_by", "rechecked_by", "decided_by"])
def test_the_database_takes_the_step_from_nobody_who_corrected(family: Family, column: str) -> None:
    application = reviewed(family.household)
    head(family, make.actor("county_checker", "two"), DAY)
    with pytest.raises(IntegrityError, match="rests on"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**{column: "two"})
    Application.objects.filter(pk=application.pk).update(**{column: "three"})
    assert getattr(again(application), column) == "three"
