"""A family checks itself at home: only the questions that still matter, nothing kept, and what to bring."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from facts.catalogue import load_catalogue
from portal.queries import self_check
from programs import language
from tests import factories as make

DAY = date(2026, 8, 18)
GIRL = {
    "sex": "female", "certificate.kind": "two_daughter", "hardship.kinds": "dibao", "parents.rural": "both",
    "admission.year": "2026", "admission.batch": "本科批", "admission.level": "本科", "admission.admitted_on": "2026-07-20",
}  # fmt: skip


def program(code: str = "college-award") -> language.Program:
    return language.compile(language.read(make.policy_bytes(code), load_catalogue(), {}))


def talk(told: dict[str, str], code: str = "college-award") -> tuple[list[str], self_check.Step]:
    """Answer every question that is asked from ``told``, or that one does not know; the questions, and the end."""
    answers: dict[str, str] = {}
    judged = program(code)
    while (step := self_check.next_step(judged, answers, on=DAY)).question is not None:
        name = step.question.name
        assert name not in answers, "nothing is asked twice"
        answers[name] = told.get(name, "?")
        assert self_check.is_readable(judged, name, answers[name])
    return list(answers), step


def test_a_girl_with_everything_hears_the_amount_and_what_to_bring() -> None:
    asked, step = talk(GIRL)
    assert set(asked) <= set(GIRL)
    assert (step.verdict, step.amount_fen) == (2, 200_000)
    assert [paper.zh for paper in step.bring] != []


@pytest.mark.parametrize(
    ("told", "failing"),
    [
        ({"sex": "male"}, ["girl"]),
        ({"parents.rural": "one"}, ["parents_rural"]),
        ({"certificate.kind": "-"}, ["girl_family"]),
    ],
)
def test_a_right_that_no_answer_could_give_ends_the_questions(
    told: dict[str, str], failing: list[str]
) -> None:
    asked, step = talk({**GIRL, **told})
    assert (step.verdict, [one.name for one in step.failing]) == (0, failing)
    assert asked[-1] in told, "and nothing is asked after it"
    assert asked[0] == "admission.admitted_on", "what holds on a day is asked once the day is known"


@pytest.mark.parametrize(
    ("held", "verdict"),
    [("expenditure", 0), ("expenditure,dibao", 2), ("dibao_margin,poor_disabled", 0), ("-", 0), ("?", 1)],
)
def test_a_family_on_two_lists_says_both(held: str, verdict: int) -> None:
    """Who could name one only was told that there is no right, for the list it had named first."""
    _asked, step = talk({**GIRL, "hardship.kinds": held})
    assert step.verdict == verdict


def test_what_is_no_list_of_codes_is_not_understood() -> None:
    judged = program()
    for said in ("dibao,nothing", "dibao,-", ",", "dibao," * 40):
        assert not self_check.is_readable(judged, "hardship.kinds", said)


def test_what_a_letter_prints_is_chosen_and_not_spelled() -> None:
    """The batches that the policy's own table knows; who spelled one otherwise heard that nothing can be said."""
    question = self_check.question_of(program(), "admission.batch")
    assert question is not None
    assert [key for key, _words in question.choices] == [
        "本科一批",
        "本科二批",
        "本科批",
        self_check.ANOTHER,
        "?",
    ]
    _asked, step = talk({**GIRL, "admission.batch": self_check.ANOTHER})
    assert (step.verdict, [one.name for one in step.open]) == (1, ["admitted", "amount"])


def test_nobody_is_offered_to_have_no_sex() -> None:
    question = self_check.question_of(program(), "sex")
    assert question is not None
    assert [key for key, _words in question.choices] == ["female", "male", "?"]


def test_who_does_not_know_hears_what_would_settle_it() -> None:
    asked, step = talk({name: value for name, value in GIRL.items() if name != "hardship.kinds"})
    assert (step.verdict, [one.name for one in step.open]) == (1, ["poor"])
    assert step.open[0].settle is not None
    assert asked.count("hardship.kinds") == 1


@pytest.mark.parametrize("file", sorted(make.POLICIES.glob("*.toml")), ids=lambda file: file.stem)
def test_every_program_ends_and_never_asks_about_a_death(file) -> None:
    asked, step = talk({}, file.stem)
    assert step.verdict == 1
    assert 0 < len(asked) < 15
    assert not [name for name in asked if "death" in name]


@pytest.mark.parametrize("file", sorted(make.POLICIES.glob("*.toml")), ids=lambda file: file.stem)
def test_answers_that_cannot_be_read_are_told_from_those_that_can(file) -> None:
    judged = program(file.stem)
    asked, _ = talk({}, file.stem)
    for name in asked:
        question = self_check.question_of(judged, name)
        assert question is not None
        wrong = ["x" * 61] if question.kind == "text" else ["", "x" * 61, "1e999", "∞", "2026-13-45", "nan"]
        assert not any(self_check.is_readable(judged, name, one) for one in wrong)
    assert not self_check.is_readable(judged, "citizen_id", "1")


@pytest.fixture
def county(db: None, settings) -> None:
    settings.BUSINESS_DAY = DAY
    make.active_policy("college-award")


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for model in apps.get_models():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            found[model._meta.db_table] = cursor.fetchone()[0]
    return found


def test_the_page_asks_one_question_after_another_and_keeps_nothing(county: None) -> None:
    address, client = reverse("portal:self_check", args=["college-award"]), Client()
    assert address in client.get(reverse("portal:guide")).content.decode()
    before, said = rows(), {}
    page = client.get(address).content.decode()
    for _ in range(len(GIRL)):
        asked = re.findall(r'name="a\.([a-z_.]+)"(?! value="[^"]*">\s*<input type="hidden")', page)
        name = next((one for one in asked if one not in said), "")
        if not name:
            break
        said[name] = GIRL[name]
        answer = client.post(address, {f"a.{key}": value for key, value in said.items()})
        assert answer["Cache-Control"].count("no-store") == 1
        page = answer.content.decode()
    assert "看来您符合" in page
    assert "2,000.00" in page
    assert "带什么" in page
    assert rows() == before
    assert not client.cookies.get("sessionid")
    assert len(page.encode()) < 30_000


def test_the_boxes_that_are_ticked_travel_together(county: None) -> None:
    address = reverse("portal:self_check", args=["college-award"])
    said = {f"a.{name}": value for name, value in GIRL.items() if name != "hardship.kinds"}
    page = Client().post(address, said).content.decode()
    assert page.count('type="checkbox" name="a.hardship.kinds"') == 6
    assert "都没有" in page
    page = Client().post(address, {**said, "a.hardship.kinds": ["expenditure", "dibao"]}).content.decode()
    assert "看来您符合" in page


def test_a_wrong_answer_is_asked_again_and_another_program_is_not_found(county: None) -> None:
    address = reverse("portal:self_check", args=["college-award"])
    page = Client().post(address, {"a.sex": "female", "a.admission.admitted_on": "gestern"}).content.decode()
    assert "没看懂" in page
    assert 'value="female"' in page
    assert Client().get(reverse("portal:self_check", args=["nothing"])).status_code == 404
