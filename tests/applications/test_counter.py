"""At the counter: what is missing is told once, drafts are kept, families may change their mind."""

from dataclasses import replace
from datetime import date

import pytest

from applications.gathering import Among
from applications.judging import judge
from applications.models import Application
from applications.services import counter
from beneficiaries.models import Fact
from beneficiaries.services import enter_fact
from programs.queries import active
from standards import receipt_number
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family
from tests.applications.walks import DAY, again, opened, rechecked, submitted
from tests.otherwise import otherwise

pytestmark = pytest.mark.usefixtures("college_award")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
CLERK = make.actor("clerk")


@pytest.fixture
def without_certificate(family: Family) -> Family:
    """The county's list of certificates has not come: nobody knows hers."""
    with otherwise():
        Fact.objects.filter(kind="certificate").delete()
    return family


def test_what_no_list_settles_is_asked_for_once_and_in_full(without_certificate: Family) -> None:
    application = opened(without_certificate.household)
    with pytest.raises(Refusal, match="还缺"):
        counter.submit(application, by=CLERK, on=DAY)
    waiting = counter.ask_for_papers(application, by=CLERK, on=DAY)
    assert (waiting.state, waiting.missing_papers, waiting.correct_by) == (
        "waiting_for_papers",
        ["certificate"],
        date(2026, 8, 25),
    )


def test_the_paper_she_brings_lets_it_through(without_certificate: Family) -> None:
    application = counter.ask_for_papers(opened(without_certificate.household), by=CLERK, on=DAY)
    counter.attach_paper(application, "certificate", PNG, by=CLERK, on=DAY)
    with pytest.raises(Refusal, match="内容还没登记"):
        counter.submit(application, by=CLERK, on=DAY)
    values = {"kind": "two_daughter", "issued_on": "2012-05-16"}
    enter_fact(
        without_certificate.household,
        kind="certificate",
        values=values,
        paper="certificate",
        by=CLERK,
        on=DAY,
    )
    assert counter.submit(application, by=CLERK, on=DAY).verdict == 2


def test_papers_come_to_what_is_open_and_are_of_a_known_kind(family: Family) -> None:
    with pytest.raises(Refusal, match="已经提交"):
        counter.attach_paper(submitted(family.household), "certificate", PNG, by=CLERK, on=DAY)
    with pytest.raises(Refusal, match="没有这种材料"):
        counter.attach_paper(again(Application.objects.get()), "nonsense", PNG, by=CLERK, on=DAY)


def test_of_two_pages_both_are_kept_or_none(without_certificate: Family) -> None:
    application = opened(without_certificate.household)
    with pytest.raises(Refusal, match="只收照片"):
        counter.attach_papers(application, "certificate", [PNG, b"MZ"], by=CLERK, on=DAY)
    assert not application.papers.exists()


def test_the_last_day_is_a_working_day(family: Family) -> None:
    """Accepted on 28 August: twenty working days and seven days of notice end in the National Day holiday."""
    application = counter.submit(opened(family.household), by=CLERK, on=date(2026, 8, 28))
    assert application.decide_by == date(2026, 10, 8)


def test_nothing_missing_means_no_correction_notice(family: Family) -> None:
    with pytest.raises(Refusal, match="已经齐了"):
        counter.ask_for_papers(opened(family.household), by=CLERK, on=DAY)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"MZ not a picture", "只收照片"), (b"\xff\xd8\xff" + bytes(11_000_000), "最多 10 MB")],
)
def test_only_pictures_and_pdf_of_a_sane_size_are_papers(family: Family, content: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        counter.attach_paper(opened(family.household), "certificate", content, by=CLERK, on=DAY)


def test_acceptance_starts_the_clock_and_the_notice_is_added(family: Family) -> None:
    application = submitted(family.household)
    assert (application.accepted_on, application.decide_by, application.decide_by_is_provisional) == (
        DAY,
        date(2026, 9, 22),
        False,
    )


def test_receipt_numbers_are_of_the_township_and_hold_their_check_digit(family: Family) -> None:
    application = opened(family.household)
    assert application.receipt_number.startswith("10326")
    assert receipt_number.is_valid(application.receipt_number)


def test_the_family_withdraws_and_may_come_again(family: Family) -> None:
    counter.withdraw(submitted(family.household), by=CLERK, on=DAY, note="另有安排")
    assert opened(family.household).state == "draft"


def test_ones_own_last_step_is_taken_back_until_somebody_builds_on_it(family: Family) -> None:
    application = counter.take_back(submitted(family.household), by=CLERK, on=DAY)
    assert (application.state, application.submitted_by) == ("draft", "")


def test_what_is_decided_upon_cannot_be_taken_back_by_the_clerk(family: Family) -> None:
    with pytest.raises(Refusal, match="撤不回"):
        counter.take_back(rechecked(family.household), by=CLERK, on=DAY)


def test_a_girl_who_stands_in_no_household_is_sent_to_the_register_first(family: Family) -> None:
    with otherwise():
        family.household.memberships.filter(person=family.girl).update(valid_until=date(2026, 8, 1))
    hers = judge(active("college-award", DAY), on=DAY, among=Among(people=[family.girl.pk]))
    (judged,) = [
        replace(one, gathered=replace(one.gathered, households=one.gathered.households * 0)) for one in hers
    ]
    with pytest.raises(Refusal, match="户口簿"):
        counter.open_application(judged, by=CLERK, on=DAY)
