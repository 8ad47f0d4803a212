"""The decisions that stand on a list, on a page of the list, before and after it is withdrawn."""

from django.urls import reverse

from applications.models import Decision
from beneficiaries.models import EvidenceList
from beneficiaries.services import withdraw_list
from standards.money import yuan
from tests import factories as make
from tests.portal.conftest import DAY


def page(town, evidence, role="county_checker"):
    return town.client(role).get(reverse("portal:list_decisions", args=[evidence.pk]))


def test_the_decision_that_saw_a_fact_of_the_list_is_named(season):
    admissions = EvidenceList.objects.get(kind="admission")
    decision = Decision.objects.get()
    text = page(season, admissions).content.decode()
    assert (decision.application.receipt_number in text, yuan(decision.amount_fen) in text) == (True, True)
    assert reverse("beneficiaries:list_withdraw", args=[admissions.pk]) in text
    shown = (
        season.client("county_checker")
        .get(reverse("beneficiaries:list", args=[admissions.pk]))
        .content.decode()
    )
    assert 'href="decisions/"' in shown
    withdraw_list(admissions, by=make.actor("county_checker"), on=DAY)
    after = page(season, admissions)
    assert [row.decision for row in after.context["rows"]] == [decision]
    assert "已撤销" in after.content.decode()


def test_a_list_on_which_nothing_stands_says_so_and_a_clerk_sees_none(season):
    deaths = EvidenceList.objects.get(kind="death")
    answer = page(season, deaths)
    assert (list(answer.context["rows"]), "没有依据这份名单的决定" in answer.content.decode()) == ([], True)
    assert page(season, deaths, "clerk").status_code == 403
