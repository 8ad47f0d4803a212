"""In the township: the first review, the notice and its days, an objection that stops one line alone."""

from dataclasses import replace
from datetime import date

import pytest

from applications.models import Application, Notice, Objection
from applications.services import counter, county, township
from beneficiaries.models import Fact
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, poor_family
from tests.applications.walks import DAY, OVER, POSTED, again, notice_over, on_notice, reviewed, submitted
from tests.otherwise import otherwise

pytestmark = pytest.mark.usefixtures("college_award")
REVIEWER, CHECKER, APPROVER = (
    make.actor("township_reviewer"),
    make.actor("county_checker"),
    make.actor("county_approver"),
)


def test_a_family_that_is_not_poor_is_proposed_for_refusal_with_every_reason(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind__in=["hardship", "certificate"]).delete()
    make.fact(family.household, "certificate", date(2012, 5, 16), date(2020, 1, 1), kind="two_daughter")
    application = submitted(family.household)
    with pytest.raises(Refusal, match="不是“符合”"):
        township.review(application, by=REVIEWER, on=DAY)
    proposed = township.propose_refusal(application, by=REVIEWER, on=DAY)
    assert [reason["name"] for reason in proposed.reasons] == ["girl_family", "poor"]


def test_a_proposed_refusal_skips_the_notice_and_only_the_approver_refuses(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="hardship").delete()
    proposed = township.propose_refusal(submitted(family.household), by=REVIEWER, on=DAY)
    with pytest.raises(Refusal, match="没有等着公示"):
        township.post_notice(proposed.version, make.MAZHAO, by=REVIEWER, on=DAY)
    at_the_desk = county.recheck(proposed, by=CHECKER, on=DAY)
    with pytest.raises(Refusal, match="不是“符合”"):
        county.approve(at_the_desk, by=APPROVER, on=DAY)
    decision = county.decline(at_the_desk, by=APPROVER, on=DAY)
    assert (decision.outcome, decision.amount_fen, decision.reasons[0]["zh"]) == (
        "refused",
        0,
        "录取之日家庭不在困难名单内",
    )


def test_refusal_of_a_clear_right_needs_a_written_reason(family: Family) -> None:
    with pytest.raises(Refusal, match="写明不予批准的理由"):
        township.propose_refusal(submitted(family.household), by=REVIEWER, on=DAY)


def test_the_day_of_posting_does_not_count(family: Family) -> None:
    on_notice(family.household)
    assert Notice.objects.get().until == date(2026, 8, 27)


@pytest.mark.parametrize(
    ("days", "working", "last"), [(7, False, date(2026, 8, 27)), (7, True, date(2026, 8, 31))]
)
def test_notice_days_count_as_the_policy_says(days: int, working: bool, last: date) -> None:
    assert township.notice_ends(POSTED, days, working=working) == (last, False)


def test_an_objection_stops_its_line_and_the_others_go_on(family: Family) -> None:
    other = poor_family("钱", number="103209-0148")
    reviewed(family.household)
    stopped = on_notice(other.household)
    township.record_objection(stopped, "这家有车", by=REVIEWER, on=date(2026, 8, 24))
    assert township.close_due_notices(on=OVER, by=REVIEWER) == 1
    assert sorted(Application.objects.values_list("state", flat=True)) == ["notice_over", "objected"]


def test_a_dismissed_line_hangs_to_the_last_day_like_the_others(family: Family) -> None:
    objection = township.record_objection(on_notice(family.household), "这家有车", by=REVIEWER, on=POSTED)
    dismissed = county.settle_objection(
        objection, is_upheld=False, finding="车是邻居的", by=CHECKER, on=POSTED
    )
    assert dismissed.state == "on_notice"
    with pytest.raises(Refusal):
        county.recheck(dismissed, by=CHECKER, on=POSTED)
    second = township.record_objection(dismissed, "还有一辆", by=REVIEWER, on=date(2026, 8, 25))
    assert again(dismissed).state == "objected"
    county.settle_objection(second, is_upheld=False, finding="也是邻居的", by=CHECKER, on=date(2026, 8, 26))
    assert township.close_due_notices(on=OVER, by=REVIEWER) == 1
    assert again(dismissed).state == "notice_over"


def test_dismissed_after_the_notice_came_down_it_goes_on_at_once(family: Family) -> None:
    objection = township.record_objection(on_notice(family.household), "这家有车", by=REVIEWER, on=POSTED)
    assert township.close_due_notices(on=OVER, by=REVIEWER) == 0
    settled = county.settle_objection(objection, is_upheld=False, finding="车是邻居的", by=CHECKER, on=OVER)
    assert settled.state == "notice_over"


def test_two_people_object_and_both_are_answered(family: Family) -> None:
    application = on_notice(family.household)
    first = township.record_objection(application, "这家有车", by=REVIEWER, on=POSTED)
    second = township.record_objection(application, "这家有店", by=REVIEWER, on=POSTED)
    after = county.settle_objection(first, is_upheld=False, finding="车是邻居的", by=CHECKER, on=POSTED)
    assert after.state == "objected", "the other one still stops the line"
    upheld = county.settle_objection(second, is_upheld=True, finding="有一家店", by=CHECKER, on=POSTED)
    assert (upheld.state, upheld.reasons[0]["zh"]) == ("rechecked", "有一家店")


def test_a_township_takes_down_its_own_notices_only(family: Family) -> None:
    on_notice(family.household)
    next_door = make.actor("township_reviewer", "next-reviewer")
    assert township.close_due_notices(on=OVER, by=replace(next_door, division=make.YABAI)) == 0
    assert Notice.objects.get().state == "posted"


def test_what_cannot_be_passed_goes_back_to_the_counter_with_words(family: Family) -> None:
    application = submitted(family.household)
    with pytest.raises(Refusal, match="写明"):
        township.return_to_counter(application, note=" ", by=REVIEWER, on=DAY)
    back = township.return_to_counter(application, note="证上的日期看不清", by=REVIEWER, on=DAY)
    assert (back.state, back.note) == ("returned", "证上的日期看不清")
    assert counter.submit(back, by=make.actor("clerk"), on=DAY).state == "submitted"


def test_a_proposal_taken_back_stands_where_it_stood(family: Family) -> None:
    """Never on notice: it must not look as if its notice were over."""
    proposed = township.propose_refusal(submitted(family.household), by=REVIEWER, on=DAY, note="查无此校")
    rechecked = county.recheck(proposed, by=CHECKER, on=DAY)
    back = counter.take_back(rechecked, by=CHECKER, on=DAY)
    assert (back.state, back.proposes_refusal) == ("reviewed", True)


def test_the_countys_own_proposal_taken_back_is_no_proposal_any_more(family: Family) -> None:
    reasons = [{"name": "officer", "zh": "查无此校", "en": "no such school", "seen_zh": "", "seen_en": ""}]
    proposed = county.propose_refusal(notice_over(family.household), by=CHECKER, on=OVER, reasons=reasons)
    back = counter.take_back(proposed, by=CHECKER, on=OVER)
    assert (back.state, back.proposes_refusal, back.reasons) == ("notice_over", False, [])


def test_an_upheld_objection_is_not_taken_back(family: Family) -> None:
    objection = township.record_objection(on_notice(family.household), "这家有车", by=REVIEWER, on=POSTED)
    upheld = county.settle_objection(objection, is_upheld=True, finding="名下有轿车", by=CHECKER, on=POSTED)
    with pytest.raises(Refusal, match="撤不回"):
        counter.take_back(upheld, by=CHECKER, on=POSTED)


def test_an_upheld_objection_becomes_the_reason_of_refusal(family: Family) -> None:
    objection = township.record_objection(
        on_notice(family.household), "这家有车", by=REVIEWER, on=date(2026, 8, 24)
    )
    application = county.settle_objection(
        objection, is_upheld=True, finding="名下有轿车", by=CHECKER, on=OVER
    )
    assert (application.state, application.proposes_refusal, application.reasons[0]["zh"]) == (
        "rechecked",
        True,
        "名下有轿车",
    )
    assert county.decline(application, by=APPROVER, on=OVER).outcome == "refused"


def test_whoever_recorded_an_objection_cannot_settle_it_and_nobody_twice(family: Family) -> None:
    objection = township.record_objection(
        on_notice(family.household), "这家有车", by=REVIEWER, on=date(2026, 8, 24)
    )
    with pytest.raises(Refusal, match="不能自己处理"):
        county.settle_objection(
            objection, is_upheld=False, finding="没有车", by=make.actor("county_checker", "gao"), on=OVER
        )
    county.settle_objection(objection, is_upheld=False, finding="没有车", by=CHECKER, on=OVER)
    with pytest.raises(Refusal, match="已经有人处理"):
        county.settle_objection(Objection.objects.get(), is_upheld=True, finding="有车", by=CHECKER, on=OVER)


def test_an_objection_outside_the_notice_is_no_objection(family: Family) -> None:
    with pytest.raises(Refusal, match="不在公示"):
        township.record_objection(submitted(family.household), "这家有车", by=REVIEWER, on=DAY)


def test_many_pass_together_or_none(family: Family) -> None:
    other = poor_family("钱", number="103209-0148")
    rows = [submitted(family.household), submitted(other.household)]
    with otherwise():
        Fact.objects.filter(kind="hardship", household=other.household).delete()
    with pytest.raises(Refusal):
        township.review_all(rows, by=REVIEWER, on=DAY)
    assert {again(one).state for one in rows} == {"submitted"}
    assert township.review_all(rows[:1], by=REVIEWER, on=DAY) == 1
