"""Ten people, all stages: the thinnest road from the departments' lists to the families' letters."""

import pytest

from applications.models import Decision, LimitClaim
from audit.sealing import broken_blocks
from letters.models import Letter
from payments.models import Attempt
from sample.comparison import compare
from sample.county import make_county, write_county
from sample.cycle import Season
from sample.loading import load_offices
from sample.report import lines_of, stages

PEOPLE, SEED = 10, 2026


@pytest.fixture
def played(db, tmp_path):
    """A season of ten people, and how to play it again."""
    folder = tmp_path / "sample"
    write_county(make_county(people=PEOPLE, seed=SEED), folder)
    staff = load_offices()

    def play() -> Season:
        season = Season(folder, staff, tmp_path / "bank")
        season.play()
        return season

    return play(), play, folder


def test_ten_people_go_all_the_way_and_once_only(played):
    first, play, folder = played

    report = stages()
    assert report["import"]["people"] == PEOPLE
    assert report["applications"]["by_outcome"] == {"approved": 7}
    assert report["bank"] == {
        "lines": 8,
        "paid": 8,
        "failed": 0,
        "corrected": 0,
        "unknown": 0,
        "paid_fen": 932_000,
    }
    assert compare(folder).as_json() == {
        "agrees": True, "eligible": 7, "defects": 1,
        "missed": 0, "ineligible_paid": 0, "amounts_differ": 0, "not_paid": 0,
        "verdicts_differ": 0, "defects_unnamed": 0,
    }  # fmt: skip
    assert set(Letter.objects.filter(decision__isnull=False).values_list("kind", flat=True)) == {"approval"}
    assert Letter.objects.filter(kind="payment_advice").count() == 8
    assert Decision.objects.count() == LimitClaim.objects.exclude(entitlement=None).count() == 7
    assert first.done["applied"] == 3
    assert any("932" in line or "9,320.00" in line for line in lines_of(report))

    paid = set(Attempt.objects.values_list("pk", "state"))
    again = play()

    assert again.done == {"applications_from_lists": 0, "letters": 0}
    assert set(Attempt.objects.values_list("pk", "state")) == paid
    assert stages() == report
    assert broken_blocks() == []
