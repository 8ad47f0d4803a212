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
    "attendance.course", "attendance.hours", "attendance.planned_hours", "attendance.ended_on",
    "attendance.school", "business.listed", "business.name", "business.form",
    "business.capital", "exam.year", "exam.score", "exam.subjects",
    "exam.line", "housing_completion.completed_on", "housing_completion.inspected_on", "housing_completion.passed",
    "housing_completion.work", "housing_completion.area", "housing_completion.cost", "medical_refund.settled_on",
    "medical_refund.total", "medical_refund.refunded", "medical_refund.number", "real_estate.listed",
    "real_estate.use", "real_estate.area", "real_estate.place", "real_estate.right",
    "vehicle.listed", "vehicle.kind", "vehicle.model",
    "family_class.kind", "poverty.state", "misfortune.kinds", "village_review.other_safe_house",
    "village_review.bought_flat", "village_review.illegal_building", "village_review.building_difficulty",
    "village_review.long_term_resident", "schooling.level", "schooling.year", "schooling.term",
    "schooling.registered_on", "training_month.ended_on", "training_month.attended",
    "certificate.cancelled_because", "custody.basis", "custody.since_on", "custody.ended_on", "living.together",
    "living.place", "living.since_on", "living.ended_on", "marriage.registered", "marriage.married_on",
    "marriage.ended_on", "marriage.ended_because", "parentage.kind", "parentage.single", "parentage.since_on",
    "parentage.ended_on", "parentage.ended_because",
    "seen_alive.issuer", "seen_alive.number", "seen_alive.seen_on",
    "sponsorship.sponsor", "sponsorship.decided_on", "employer_training.cost", "employer_training.certified_on",
}
# fmt: on

SMALL = """
kind = "boat"
about = "person"
dated = "status"
words = { zh = "船舶", en = "Boat" }
[subject]
headers = ["身份证号"]
[paper.boat_statement]
zh = "船舶证明"
en = "Boat statement"
proves = { listed = true }
[field.listed]
type = "bool"
from_presence = true
words = { zh = "有船", en = "Owns a boat" }
settled_by = ["boat_statement"]
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
        "business": {"business_statement": {"listed": False}},
        "vehicle": {"vehicle_statement": {"listed": False}},
        "real_estate": {"estate_statement": {"listed": False}},
        "medical": {"medical_receipt": {"enrolled": True}},
        "unadmitted": {"graduation_certificate": {"listed": True}},
        "marriage": {"marriage_certificate": {"registered": True}, "divorce_paper": {"registered": True}},
    }


def test_what_a_clerk_may_enter_stands_in_the_kinds_file():
    kinds = load_catalogue().kinds
    assert {name for name, kind in kinds.items() if kind.entered == "confirmed"} == {
        "custody",
        "death",
        "earlier_payment",
        "marriage",
        "parentage",
        "seen_alive",
        "village_review",
    }
    assert [name for name, kind in kinds.items() if kind.entered == "never"] == [
        "account", "business", "real_estate", "vehicle",
    ]  # fmt: skip
    assert [field.key for field in kinds["register"].asked] == ["rural"]
    assert kinds["payroll"].asked == kinds["account"].asked == ()
    assert [field.key for field in kinds["death"].asked] == ["died_on"]


def test_who_the_other_person_is_no_policy_asks():
    kinds = load_catalogue().kinds
    named = {(name, field.key, field.sex) for name, kind in kinds.items() for field in kind.people}
    assert named == {
        ("custody", "guardian", ""), ("living", "with_person", ""), ("marriage", "spouse", ""),
        ("parentage", "father", "male"), ("parentage", "mother", "female"),
    }  # fmt: skip
    assert kinds["marriage"].mutual == "spouse"
    assert "marriage.spouse" not in load_catalogue().facts


def test_numbers_of_people_are_no_facts():
    kind = load_catalogue().kinds["account"]
    assert (kind.stores, dict(kind.fields)) == ("accounts", {})
    assert list(kind.columns) == ["number", "account_name", "bank", "cnaps", "kind"]


def test_a_new_kind_is_one_new_file(tmp_path):
    folder = tmp_path / "kinds"
    shutil.copytree(FOLDER, folder)
    (folder / "boat.toml").write_text(SMALL, encoding="utf-8")
    catalogue = load_catalogue(folder)
    assert catalogue.facts["boat.listed"].words == Words("有船", "Owns a boat")
    assert catalogue.papers["boat_statement"].en == "Boat statement"
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
        ('en = "Owns a boat"', 'cn = "?"', "field.listed.words"),
        ('headers = ["身份证号"]', 'headers = "身份证号"', "subject.headers"),
        ('headers = ["身份证号"]', 'headers = ["身份证号", "身份证号"]', "headers"),
        ("from_presence = true", "from_presence = 1", "field.listed.from_presence"),
        ('when_absent = "no_if_listed"', "", "field.listed.when_absent"),
        ("proves = { listed = true }", "", "paper.boat_statement.proves"),
        ("{ listed = true }", '{ listed = "no" }', "paper.boat_statement.proves.listed"),
        ("{ listed = true }", "{ listed = true, owner = true }", "paper.boat_statement.proves"),
        ('about = "person"', 'about = "person"\nentered = "anybody"', "entered"),
        ('kind = "boat"', 'kind = "car"', "kind"),
        ('kind = "boat"', "kind = boat", "file"),
    ],
)
def test_a_wrong_kind_file_is_told_by_file_and_key(old, new, key):
    assert old in SMALL
    _, problems = read_kind("boat.toml", SMALL.replace(old, new, 1).encode())
    assert (problems[0].file, key in [p.key for p in problems]) == ("boat.toml", True)


def test_a_paper_nobody_describes_names_the_nearest(tmp_path):
    wrong = SMALL.replace('["boat_statement"]', '["boat_statment"]')
    (tmp_path / "boat.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(WrongKinds, match="nearest: boat_statement"):
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


def test_the_page_on_lists_counts_every_kind():
    page = (FOLDER.parent.parent / "docs" / "lists.md").read_text(encoding="utf-8")
    table = page.partition("## Every list and its kind")[2].partition("## ")[0]
    assert {name for name in load_catalogue().kinds if f"`{name}`" not in table} == set()
