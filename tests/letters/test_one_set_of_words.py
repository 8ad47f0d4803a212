"""A condition has one sentence and one refusal, the policy file's: counter, application, guide and letter print them.

The words of the file are exchanged for ones that stand nowhere else: a page that knew its own would not show them.
"""

import pytest
from django.test import Client
from django.urls import reverse

from letters import services
from letters.engine.keeping import read_data
from letters.models import Letter
from portal.queries import self_check
from programs.queries import active, loaded
from standards.words import Words
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family
from tests.letters.conftest import DAY, Office, approved, refused

RULE = Words("甲乙丙丁戊己庚辛", "Quince and medlar")
REFUSAL = Words("壬癸子丑寅卯辰巳", "Neither quince nor medlar")
OLD_RULE, OLD_REFUSAL = "不在困难名单内", "Not on a hardship list"
LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def office(db, settings) -> Office:
    settings.BUSINESS_DAY = DAY
    made = Office(make.officials())
    for kind in ("register", "death", "payroll", "earlier_payment", "unadmitted", "medical"):
        make.evidence_list(kind)
    for code in ("dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled"):
        make.evidence_list("hardship", code=code, title=f"{code} 2026-07")
    make.active_policy("college-award", renamed())
    allot("college-award", 1_000_000)
    return made


def renamed() -> bytes:
    """The college award with a sentence and a refusal of its own for the condition *poor*."""
    text = make.policy_bytes("college-award").decode()
    at = text.index("[need.poor]")
    end = text.index("[need.", at + 1)
    lines = [line for line in text[at:end].splitlines() if not line.startswith(("otherwise", "says"))]
    lines = [line for line in lines if line]
    for key, words in (("otherwise", REFUSAL), ("says", RULE)):
        lines.append(f'{key} = {{ zh = "{words.zh}", en = "{words.en}" }}')
    return f"{text[:at]}{chr(10).join(lines)}\n\n{text[end:]}".encode()


@pytest.fixture
def family(office: Office) -> Family:
    return poor_family("赵")


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"portal:{name}", args=args)).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_said_in_the_words_of_the_file_wherever_it_is_said(office, family, language):
    application = refused(family)
    services.write_letters(on=DAY)
    (reason,) = read_data(Letter.objects.get(kind="refusal").data)["reasons"]
    assert reason["sentence"] == REFUSAL
    said = REFUSAL.say(language)
    assert said in page(office.client("clerk", language), "family", family.household.pk)
    shown = page(office.client("county_approver", language), "application", application.pk)
    assert said in shown or RULE.say(language) in shown
    answers = {"sex": "female", "hardship.kinds": "-", "admission.admitted_on": "2026-07-20"}
    program = active("college-award", DAY).program
    step = self_check.next_step(program, {**answers, "certificate.kind": "two_daughter"}, on=DAY)
    assert REFUSAL in [one.otherwise for one in step.failing]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_condition_is_said_in_the_words_of_the_file_wherever_it_is_said(office, family, language):
    application = approved(family)
    services.write_letters(on=DAY)
    data = read_data(Letter.objects.get(kind="approval").data)
    assert RULE in [one["sentence"] for one in data["conditions"]]
    said = RULE.say(language)
    for role, name, args in (
        ("county_approver", "application", [application.pk]),
        ("clerk", "guide", []),
    ):
        assert said in page(office.client(role, language), name, *args), name
    sentences = loaded(application.version).program.sentences().needs
    assert RULE in [need.sentence for need in sentences]


def test_the_working_of_an_amount_is_the_same_in_the_letter_and_on_the_application(office, family):
    application = approved(family)
    services.write_letters(on=DAY)
    lines = [one["line"] for one in read_data(Letter.objects.get(kind="approval").data)["working"]]
    assert lines
    for language in LANGUAGES:
        shown = page(office.client("county_approver", language), "application", application.pk)
        assert [line.say(language) for line in lines if line.say(language) not in shown] == []


def test_nothing_in_the_house_says_it_in_words_of_its_own(office, family):
    """The sentences that the file had before stand nowhere once the file has others."""
    application = refused(family)
    for language, old in (("zh-hans", OLD_RULE), ("en", OLD_REFUSAL)):
        for role, name, args in (
            ("clerk", "family", [family.household.pk]),
            ("county_approver", "application", [application.pk]),
            ("clerk", "guide", []),
        ):
            assert old not in page(office.client(role, language), name, *args), (name, language)
