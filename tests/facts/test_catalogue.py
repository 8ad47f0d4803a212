"""The catalogue of what can be known: the shipped kinds, a new one, and wrong ones."""

import shutil

import pytest

from facts.catalogue import FOLDER, WrongKinds, load_catalogue
from facts.reading import read_kind
from standards.words import Words

# fmt: off
NAMES = {
    "sex", "born_on", "rural", "residence", "age", "alive", "died_on", "household.size",
    "certificate.kind", "certificate.number", "certificate.issued_on", "certificate.cancelled_on",
    "hardship.kinds", "admission.year", "admission.batch", "admission.level", "admission.school",
    "admission.province", "admission.admitted_on", "unadmitted.year", "unadmitted.listed",
    "training.trade", "training.hours", "training.certificate_number", "training.certified_on",
    "training.school", "employment.started_on", "employment.employer", "medical.year",
    "medical.enrolled", "housing.grade", "housing.work", "housing.surveyed_on", "housing.address",
    "payroll.listed", "payroll.unit", "death.died_on", "earlier_payment.program",
    "earlier_payment.paid_on", "earlier_payment.amount",
}
# fmt: on

SMALL = """
kind = "vehicle"
about = "person"
dated = "status"
words = { zh = "车辆", en = "Vehicle" }
[subject]
headers = ["身份证号"]
[paper.vehicle_statement]
zh = "车辆证明"
en = "Vehicle statement"
proves = { listed = true }
[field.listed]
type = "bool"
from_presence = true
words = { zh = "有车", en = "Owns a vehicle" }
settled_by = ["vehicle_statement"]
when_absent = "no_if_listed"
"""


def test_names_of_facts_are_fixed():
    assert set(load_catalogue().facts) == NAMES


def test_every_fact_that_can_stay_unknown_names_a_paper():
    assert [f.name for f in load_catalogue().facts.values() if not f.settled_by] == []


def test_a_paper_says_which_answer_it_proves():
    """The statement of NOT being on the public payroll proves "no", the receipt of the contribution "yes"."""
    kinds = load_catalogue().kinds
    proved = {
        name: {paper: dict(told) for paper, told in kind.proves.items() if told}
        for name, kind in kinds.items()
    }
    assert {name: told for name, told in proved.items() if told} == {
        "payroll": {"payroll_statement": {"listed": False}},
        "medical": {"medical_receipt": {"enrolled": True}},
        "unadmitted": {"graduation_certificate": {"listed": True}},
    }


def test_what_a_clerk_may_enter_stands_in_the_kinds_file():
    kinds = load_catalogue().kinds
    assert {name for name, kind in kinds.items() if kind.entered == "confirmed"} == {
        "death",
        "earlier_payment",
    }
    assert [name for name, kind in kinds.items() if kind.entered == "never"] == ["account"]
    assert [field.key for field in kinds["register"].asked] == ["rural"]
    assert kinds["payroll"].asked == kinds["account"].asked == ()
    assert [field.key for field in kinds["death"].asked] == ["died_on"]


def test_numbers_of_people_are_no_facts():
    kind = load_catalogue().kinds["account"]
    assert (kind.stores, dict(kind.fields)) == ("accounts", {})
    assert list(kind.columns) == ["number", "account_name", "bank", "cnaps", "kind"]


def test_a_new_kind_is_one_new_file(tmp_path):
    folder = tmp_path / "kinds"
    shutil.copytree(FOLDER, folder)
    (folder / "vehicle.toml").write_text(SMALL, encoding="utf-8")
    catalogue = load_catalogue(folder)
    assert catalogue.facts["vehicle.listed"].words == Words("有车", "Owns a vehicle")
    assert catalogue.papers["vehicle_statement"].en == "Vehicle statement"
    assert len(catalogue.kinds) == len(load_catalogue().kinds) + 1


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('about = "person"', 'about = "village"', "about"),
        ('dated = "status"', 'dated = "event"', "day"),
        ('dated = "status"', 'dated = "status"\nday = "listd"', "day"),
        ('type = "bool"', 'type = "boolean"', "field.listed.type"),
        ('type = "bool"', 'type = "code"', "field.listed.value"),
        ('type = "bool"', 'type = "bool"\nheader = ["x"]', "field.listed.header"),
        ('en = "Owns a vehicle"', 'cn = "?"', "field.listed.words"),
        ('headers = ["身份证号"]', 'headers = "身份证号"', "subject.headers"),
        ('headers = ["身份证号"]', 'headers = ["身份证号", "身份证号"]', "headers"),
        ("from_presence = true", "from_presence = 1", "field.listed.from_presence"),
        ('when_absent = "no_if_listed"', "", "field.listed.when_absent"),
        ("proves = { listed = true }", "", "paper.vehicle_statement.proves"),
        ("{ listed = true }", '{ listed = "no" }', "paper.vehicle_statement.proves.listed"),
        ("{ listed = true }", "{ listed = true, owner = true }", "paper.vehicle_statement.proves"),
        ('about = "person"', 'about = "person"\nentered = "anybody"', "entered"),
        ('kind = "vehicle"', 'kind = "car"', "kind"),
        ('kind = "vehicle"', "kind = vehicle", "file"),
    ],
)
def test_a_wrong_kind_file_is_told_by_file_and_key(old, new, key):
    assert old in SMALL
    _, problems = read_kind("vehicle.toml", SMALL.replace(old, new, 1).encode())
    assert (problems[0].file, key in [p.key for p in problems]) == ("vehicle.toml", True)


def test_a_paper_nobody_describes_names_the_nearest(tmp_path):
    wrong = SMALL.replace('["vehicle_statement"]', '["vehicle_statment"]')
    (tmp_path / "vehicle.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(WrongKinds, match="nearest: vehicle_statement"):
        load_catalogue(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(WrongKinds, match="kind files"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("hardship.kind", "hardship.kinds"), ("born", "born_on"), ("trade", "training.trade"), ("xyzzy", None)],
)
def test_the_nearest_name(asked, nearest):
    assert load_catalogue().nearest(asked) == nearest
