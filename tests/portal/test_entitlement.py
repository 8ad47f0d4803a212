"""A family that died out, a grant that is looked into: its money stops by the county's hand, on record."""

from datetime import date

from django.urls import reverse

from applications.models import Entitlement
from applications.services import county, township
from audit.models import TrailRow
from beneficiaries.services import enter_fact
from officials.models import Official
from payments import services
from payments.models import Attempt, Instalment
from payments.services import planning
from portal.queries.timeline import timeline
from tests import factories as make
from tests.payments import granting
from tests.payments.conftest import answer, sent


def step(granted: Entitlement, move: str) -> str:
    return reverse("portal:entitlement_step", args=[granted.pk, move])


def test_checker_suspends_and_approver_ends_with_a_reason(season):
    granted = Entitlement.objects.first()
    checker, approver = season.client("county_checker"), season.client("county_approver")
    assert checker.post(step(granted, "suspend"), {"note": ""}).status_code == 422
    assert checker.post(step(granted, "suspend"), {"note": "有人举报"}).status_code == 302
    assert checker.get(step(granted, "end")).status_code == 404
    page = approver.get(reverse("portal:application", args=[granted.application_id])).content.decode()
    assert ("恢复发放" in page, "终止发放" in page) == (True, True)
    assert approver.post(step(granted, "end"), {"note": "查实冒领"}).status_code == 302
    assert Entitlement.objects.get(pk=granted.pk).state == "ended"
    row = TrailRow.objects.get(table="applications_entitlement", verb="end")
    assert row.detail["reason"] == "查实冒领"


def test_township_has_no_such_step(season):
    granted = Entitlement.objects.first()
    assert season.client("township_reviewer").get(step(granted, "suspend")).status_code == 403


def test_the_parts_of_a_grant_are_called_what_the_policy_calls_them(db):
    make.divisions()
    (girl,) = granting.girls(1)
    training = make.fact(
        girl, "training", date(2026, 7, 10), trade="cook", hours=240, certified_on="2026-07-10", certificate_number="A1"
    )  # fmt: skip
    granting.allot("training-subsidy", 1_000_000)
    (granted,) = granting.entitlements(
        [girl], make.active_policy("training-subsidy"), fen=100_000, record=training
    )
    planning.plan_instalments(on=date(2026, 8, 12))
    granted.application.state = "approved"
    titles = [step.title for step in timeline(granted.application)]
    assert titles[-2:] == ["取得证书", "半年内就业"]


def test_of_a_grant_all_paid_or_lapsed_nothing_is_suspended_or_ended(db, client, settings):
    make.divisions()
    settings.BUSINESS_DAY = day = granting.DAY
    people = granting.girls(2)
    granting.accounts(people)
    granting.allot("college-award", 1_000_000)
    paid, lapsed = granting.entitlements(people, make.active_policy("college-award"))
    Instalment.objects.create(
        entitlement=lapsed, number=1, amount_fen=200_000, funds={"county": 200_000}, lapsed_on=day
    )
    planning.plan_instalments(on=day)
    client.force_login(make.officials()["county_approver"])

    def offered(granted: Entitlement) -> tuple[bool, bool]:
        page = client.get(reverse("portal:application", args=[granted.application_id])).content.decode()
        return step(granted, "end") in page, "已全部发放或失效" in page

    assert (offered(paid), offered(lapsed)) == ((True, False), (False, True))
    assert client.get(step(lapsed, "end")).status_code == 302
    (batch,) = services.build_batches(by=make.actor("batch_preparer"), on=day)
    answer(sent(batch), {1: "paid"}, on=day)
    assert offered(paid) == (False, True)
    assert client.post(step(paid, "suspend"), {"note": "有人举报"}).status_code == 302
    assert (Entitlement.objects.get(pk=paid.pk).state, offered(paid)) == ("active", (False, True))
    services.record_return(Attempt.objects.get(), reason_text="销户", by=make.actor("batch_preparer"), on=day)
    assert offered(paid) == (True, False), "it came back: it can be paid again, or ended"


def test_the_course_names_only_those_who_may_act(season):
    """The reviewer who entered what the family showed takes no step of it."""
    application = season.applications["submitted"]
    reviewer = season.officials["township_reviewer"]

    def named() -> str:
        return next(one.detail for one in timeline(application) if one.state == "now")

    assert reviewer.name in named()
    enter_fact(
        application.household, kind="housing", values={"grade": "D", "surveyed_on": "2026-07-01"},
        paper="housing_survey", by=reviewer.actor("township_reviewer"), on=date(2026, 8, 18),
    )  # fmt: skip
    assert named() == "暂无可办理人员"


def test_the_course_names_who_took_a_step_for_the_steps_that_are_still_theirs(season):
    """The only reviewer posts what she reviewed; the clerk submits again what came back to her."""

    def named(name: str) -> str:
        return next(one.detail for one in timeline(season.applications[name]) if one.state == "now")

    clerk, reviewer = season.officials["clerk"], season.officials["township_reviewer"]
    row, day = season.applications["submitted"], date(2026, 8, 18)
    season.applications["submitted"] = township.review(row, by=reviewer.actor("township_reviewer"), on=day)
    assert named("submitted") == reviewer.name
    (checker,) = Official.objects.filter(roles=["county_checker"])
    row = county.send_back(row, note="缺页", by=checker.actor("county_checker"), on=day)
    season.applications["submitted"] = row
    assert named("submitted") == clerk.name


def test_the_course_names_two_and_says_how_many_more_may_act(season):
    for number in ("gao2", "gao3"):
        Official.objects.create_official(
            number=number, name=number, division=season.officials["township_reviewer"].division,
            roles=["township_reviewer"], password="a-long-password",
        )  # fmt: skip
    now = next(one for one in timeline(season.applications["submitted"]) if one.state == "now")
    assert now.detail == "gao、gao2等 3 人"
