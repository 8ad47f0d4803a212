"""Ten people, all stages: the thinnest road from the departments' lists to the families' letters."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from applications.models import Decision, LimitClaim
from applications.services.replaying import decisions, replay_all
from audit.sealing import broken_blocks
from letters.models import Letter
from officials.models import Division, Official
from payments.models import Attempt
from sample.report import lines_of

PEOPLE = ["--people", "10", "--seed", "2026"]
AGREES = {
    "agrees": True, "eligible": 7, "defects": 1,
    "missed": 0, "ineligible_paid": 0, "amounts_differ": 0, "not_paid": 0, "verdicts_differ": 0, "defects_unnamed": 0,
}  # fmt: skip


@pytest.fixture
def var(db, settings, tmp_path):
    settings.VAR, settings.IS_DEMO = tmp_path, False
    return tmp_path


def _cycle():
    told = StringIO()
    call_command("county_cycle", *PEOPLE, "--json", stdout=told)
    return json.loads(told.getvalue())


def test_ten_people_go_all_the_way_and_once_only(var):
    call_command("load_sample", *PEOPLE, stdout=StringIO())

    assert (var / "business_day").read_text() == "2026-08-31\n"
    assert "00011" in (var / "sample_logins.txt").read_text(encoding="utf-8")
    assert {"paid", "sent", "planned"} >= set(Attempt.objects.values_list("state", flat=True))

    report = _cycle()

    assert report["import"]["people"] == 10
    assert report["applications"]["by_outcome"] == {"approved": 7}
    assert report["bank"] == {
        "lines": 8,
        "paid": 8,
        "failed": 0,
        "corrected": 0,
        "unknown": 0,
        "paid_fen": 932_000,
    }
    assert report["comparison"] == AGREES
    assert Letter.objects.filter(kind="approval").count() == 7
    assert Letter.objects.filter(kind="payment_advice").count() == 8
    assert (
        Decision.objects.count()
        == LimitClaim.objects.exclude(entitlement=None).values("entitlement").distinct().count()
        == 7
    )
    assert any("9,320.00" in line for line in lines_of(report))

    # Every decision of the season comes out again as it was: verdict, reasons and amount.
    again = [one.differences for one in replay_all(decisions())]
    assert again == [[]] * 7

    paid = set(Attempt.objects.values_list("pk", "state"))
    again = _cycle()

    assert again.pop("this_run") == {"applications_from_lists": 0, "letters": 0}
    report.pop("this_run")
    assert again == report
    assert set(Attempt.objects.values_list("pk", "state")) == paid
    assert broken_blocks() == []


def test_sample_does_not_go_into_a_real_county(var):
    county = Division.objects.create(code="610124000000", name="周至县", kind="county")
    Official.objects.create_official(number="1", name="真人", division=county, roles=[], password="x" * 12)

    with pytest.raises(CommandError, match="Real officials work"):
        call_command("load_sample", *PEOPLE, stdout=StringIO())
