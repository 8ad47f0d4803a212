"""Counties with every story and defect, from several seeds: the program and the truth agree to the last fen."""

import pytest

from applications.services.replaying import decisions, replay_all
from sample.comparison import compare
from sample.county import make_county, write_county
from sample.cycle import Season
from sample.loading import load_offices


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_program_and_truth_agree(seed, tmp_path, settings):
    settings.VAR = tmp_path
    folder = tmp_path / "sample"
    write_county(make_county(people=600, seed=seed), folder)
    season = Season(folder, load_offices(), tmp_path / "bank")

    season.play()

    assert compare(folder).as_json() | {"eligible": 0, "defects": 0} == {
        "agrees": True, "eligible": 0, "defects": 0,
        "missed": 0, "ineligible_paid": 0, "amounts_differ": 0, "not_paid": 0, "verdicts_differ": 0, "defects_unnamed": 0,
    }  # fmt: skip
    assert season.done["correction_batches"] > 0
    assert season.done["objections_upheld"] > 0
    assert season.done["instalments_lapsed"] > 0
    differing = {one.receipt_number: one.differences for one in replay_all(decisions()) if one.differences}
    assert differing == {}, "every decision of the season comes out again: verdict, reasons and amount"
