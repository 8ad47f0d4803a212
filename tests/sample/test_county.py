"""The sample county is the same for the same seed, holds what it promises, and knows its own truth."""

import json
from collections import Counter
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from sample.county import County, make_county, write_county
from sample.defects import KINDS
from sample.identity import check_character, wrong_check_character
from sample.plans import STORIES
from sample.season import CLOSES, OPENS
from standards import citizen_id, cnaps
from standards.working_days import is_working_day

TODAY = date(2026, 7, 15)


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(people=2_000, seed=7)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A county with crowd enough for each defect, and its folder."""
    made, folder = make_county(people=700, seed=5), tmp_path_factory.mktemp("county")
    write_county(made, folder)
    return made, folder


def _people(county):
    return [member for household in county.plans for member in household.members]


def test_county_has_exactly_as_many_people_as_asked_for(county):
    assert len(_people(county)) == 2_000


@pytest.mark.parametrize("people", [3, 10, 47])
def test_small_county_keeps_the_most_telling_stories(people):
    made = make_county(people=people, seed=1)
    assert len(_people(made)) == people
    told = {household.story for household in made.plans if household.story}
    assert people < 4 or STORIES[0].story in told


def test_files_are_the_same_byte_for_byte(tmp_path):
    for name in ("first", "second"):
        write_county(make_county(people=30, seed=3), tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*.*"))
    assert files
    for path in files:
        assert (tmp_path / "first" / path).read_bytes() == (tmp_path / "second" / path).read_bytes(), path


def test_another_seed_gives_other_people():
    names = [[person.name for person in _people(make_county(people=60, seed=seed))] for seed in (1, 2)]
    assert names[0] != names[1]


def test_every_citizen_id_is_valid_and_says_sex_and_birth(county):
    for person in _people(county):
        read = citizen_id.read(person.number, TODAY)
        assert (read.sex == "female", read.born_on) == (person.female, person.born)


def test_every_branch_number_is_valid(county):
    assert all(cnaps.is_valid(account.cnaps) for account in county.records.accounts)


def test_wrong_check_character_is_wrong():
    body = "61012420080514950"
    number = body + check_character(body)
    assert wrong_check_character(number)[:-1] == body
    assert wrong_check_character(number) != number


def test_every_story_of_a_large_county_is_told(county):
    told = {household.story for household in county.plans}
    assert {plan.story for plan in STORIES} <= told


def test_every_kind_of_defect_is_planted(county):
    assert {planted.kind for planted in county.planted} == set(KINDS)


def test_visits_fall_on_working_days_of_the_season(county):
    for visit in county.visits:
        assert OPENS <= visit.on <= CLOSES
        assert is_working_day(visit.on) == (True, False)


def test_planted_row_stands_where_the_truth_says(written):
    made, folder = written
    for planted in made.planted:
        rows = CalamineWorkbook.from_path(str(folder / planted.list.file)).get_sheet_by_index(0)
        cells = [str(cell) for cell in rows.to_python(skip_empty_area=False)[planted.row.number - 1]]
        assert planted.row.cells["name"] in cells, planted.kind


def test_numeric_id_has_lost_its_last_digits(written):
    made, folder = written
    planted = next(p for p in made.planted if p.kind == "id_numeric")
    sheet = CalamineWorkbook.from_path(str(folder / planted.list.file)).get_sheet_by_index(0)
    row = sheet.to_python(skip_empty_area=False)[planted.row.number - 1]
    number = planted.row.cells["id"]
    typed = [cell for cell in row if isinstance(cell, float) and cell > 1e17]
    assert len(typed) == 1
    assert str(int(typed[0]))[:15] == number[:15]


def test_manifest_names_every_list_with_its_expected_rows(written):
    made, folder = written
    lists = json.loads((folder / "lists.json").read_text(encoding="utf-8"))["lists"]
    assert [entry["on"] for entry in lists] == sorted(entry["on"] for entry in lists)
    assert all((folder / entry["file"]).is_file() for entry in lists)
    rows = Counter()
    for entry in lists:
        rows.update({name: len(numbers) for name, numbers in entry["expected"].items()})
    assert rows == Counter(KINDS[planted.kind].expected for planted in made.planted)


def test_girls_with_a_right_are_held_by_some_defects():
    made = make_county(people=4_000, seed=11)
    held = {
        judged.subject for judged in made.judgements if judged.verdict == "yes" and judged.subject.held_by
    }
    assert held
    assert any(planted.holds for planted in made.planted)
