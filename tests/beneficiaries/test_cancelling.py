"""A list that the worker checks, takes or withdraws is cancelled on its page: nothing half taken, whoever was faster."""

from datetime import date

import pytest
from django.urls import reverse

from audit.models import TrailRow
from beneficiaries import services
from beneficiaries.models import EvidenceList, Fact, ListRow
from beneficiaries.services import lists as service
from beneficiaries.services import withdrawing
from beneficiaries.tasks import work_on_lists
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.test_import_races import at_once
from tests.beneficiaries.workbooks import HEADER, ROW, xlsx

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 8, 18)
ONE, TWO = (make.actor("county_checker", number) for number in ("one", "two"))


@pytest.fixture(autouse=True)
def girl(db, settings):
    settings.BUSINESS_DAY = DAY
    make.divisions()
    return make.person("赵雨桐", date(2008, 3, 15), number=ROW[1])


def uploaded():
    letter = services.CoveringLetter("admission", "录取.xlsx", make.COUNTY)
    return services.upload_list(xlsx([HEADER, ROW]), letter, by=ONE, on=DAY)


def struck_at(monkeypatch, step, service=service):
    """Cancel from another thread in the middle of the worker's transaction, after ``step``."""
    real = getattr(service, step)

    def then_cancelled(*args, **kwargs):
        done = real(*args, **kwargs)
        assert at_once(lambda: services.cancel_list(EvidenceList.objects.get(), by=TWO, on=DAY)) == []
        monkeypatch.setattr(service, step, real)
        return done

    monkeypatch.setattr(service, step, then_cancelled)


def test_a_check_is_cancelled_in_its_middle(monkeypatch):
    uploaded()
    struck_at(monkeypatch, "write_rows")
    work_on_lists()
    work_on_lists()
    evidence = EvidenceList.objects.get()
    assert (evidence.state, evidence.problem["code"], evidence.refused_by) == ("refused", "cancelled", "two")
    assert ListRow.objects.count() == 0


def test_a_taking_is_cancelled_in_its_middle_and_may_be_asked_for_again(monkeypatch):
    uploaded()
    work_on_lists()
    services.ask_to_take(EvidenceList.objects.get(), by=TWO, on=DAY, take_good=False)
    struck_at(monkeypatch, "write_rows")
    work_on_lists()
    evidence = EvidenceList.objects.get()
    assert (evidence.state, "take" in evidence.parameters, Fact.objects.count()) == ("checked", False, 0)
    verbs = (
        TrailRow.objects.filter(table="beneficiaries_evidencelist")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["create", "examine", "ask_to_take", "cancel"]
    services.ask_to_take(evidence, by=TWO, on=DAY, take_good=False)
    work_on_lists()
    assert (EvidenceList.objects.get().state, Fact.objects.count()) == ("taken", 1)


def test_a_withdrawal_is_cancelled_in_its_middle_and_may_be_asked_for_again(monkeypatch):
    services.import_list(uploaded(), by=TWO, on=DAY)

    def counting():
        return EvidenceList.objects.get().state, Fact.objects.filter(superseded_by=None).count()

    services.ask_to_withdraw_list(EvidenceList.objects.get(), by=TWO, on=DAY)
    struck_at(monkeypatch, "take_back_facts", withdrawing)
    work_on_lists()
    assert counting() == ("taken", 1)
    assert "withdraw" not in EvidenceList.objects.get().parameters
    work_on_lists()
    assert counting() == ("taken", 1)  # nobody asks any more
    services.ask_to_withdraw_list(EvidenceList.objects.get(), by=TWO, on=DAY)
    with pytest.raises(Refusal, match="正在办"):
        services.ask_to_withdraw_list(EvidenceList.objects.get(), by=ONE, on=DAY)
    work_on_lists()
    assert counting() == ("withdrawn", 0)


def test_what_is_done_already_is_not_cancelled():
    uploaded()
    work_on_lists()
    with pytest.raises(Refusal) as caught:
        services.cancel_list(EvidenceList.objects.get(), by=TWO, on=DAY)
    assert caught.value.code == "state_moved_on"


def test_the_page_has_the_button_while_something_is_under_way(client):
    client.force_login(make.officials()["county_checker"])
    evidence = uploaded()
    cancel = reverse("beneficiaries:list_cancel", args=[evidence.pk])
    page = reverse("beneficiaries:list", args=[evidence.pk])
    assert cancel in client.get(page).content.decode()
    assert client.post(cancel).headers["Location"] == page
    assert "正在取消检查" in client.get(page).content.decode()
    work_on_lists()
    shown = client.get(page).content.decode()
    assert "检查已取消" in shown
    assert cancel not in shown
    assert client.post(cancel).status_code == 409
