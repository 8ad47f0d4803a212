"""The departments' lists of a sample county through the import: every planted defect is found where it stands."""

import json
from datetime import date
from pathlib import PurePath

import pytest

from beneficiaries.models import Account, Doubt, EvidenceList, Fact, ListRow, Membership, Parentage, Person
from beneficiaries.queries.facts import edited_facts, edited_lists
from sample.county import make_county, write_county
from sample.importing import PostRoom
from sample.places import read_townships
from sample.staff import Staff
from tests.beneficiaries.places import load_divisions
from tests.otherwise import otherwise


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    write_county(make_county(people=400, seed=3), folder)
    return folder


def take_all(folder) -> PostRoom:
    room = PostRoom(Staff(list(read_townships())), folder)
    one_month = ("hardship/dibao_2026-07.xlsx", "hardship/monitored_2026-07.xlsx")
    room.lists = [entry for entry in room.lists if entry["kind"] != "hardship" or entry["file"] in one_month]
    for day in sorted({date.fromisoformat(entry["on"]) for entry in room.lists}):
        room.open(day)
    return room


def planted(folder):
    lines = (json.loads(text) for text in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if "defect" in line]


def outcome_of(defect) -> str:
    """What became of the row that was spoiled, in the words of the sample's truth."""
    name = PurePath(defect["file"]).name
    row = ListRow.objects.get(list__file_name=name, row=defect["row"])
    doubted = Doubt.objects.filter(list__file_name=name, row=defect["row"]).exists()
    if row.outcome == ListRow.Outcome.REFUSED:
        return "refused"
    return (
        "person"
        if doubted or row.outcome == ListRow.Outcome.TO_A_PERSON
        else "warned"
        if row.outcome == "same"
        else ""
    )


def state_of_the_register():
    """Every table that a list may write, as sets of rows without keys and times."""
    return {
        "people": sorted(
            Person.objects.values_list("name", "born_on", "division", "citizen_id_index", "phone_index")
        ),
        "memberships": sorted(
            Membership.objects.values_list("household__number", "person", "relation", "is_disputed")
        ),
        "parentage": sorted(Parentage.objects.values_list("child", "parent", "kind")),
        "facts": Fact.objects.filter(superseded_by=None).count(),
        "disputed": Fact.objects.filter(is_disputed=True).count(),
        "accounts": Account.objects.count(),
        "doubts": sorted(Doubt.objects.values_list("kind", "person")),
    }


def test_every_defect_of_the_sample_county_is_named_and_a_second_time_nothing_changes(folder, db):
    load_divisions()
    take_all(folder)
    wrong = [line for line in planted(folder) if outcome_of(line) != line["expected"]]
    assert (wrong, edited_facts(), edited_lists()) == ([], [], [])
    before = {key: repr(value) for key, value in state_of_the_register().items()}
    with otherwise():
        EvidenceList.objects.update(sha256="")  # as if the post room had forgotten what it took
    last = EvidenceList.objects.latest("pk").pk
    take_all(folder)
    assert {key: repr(value) for key, value in state_of_the_register().items()} == before
    again = EvidenceList.objects.filter(pk__gt=last)
    assert {(one.counts["new"], one.counts["changed"]) for one in again} == {(0, 0)}
