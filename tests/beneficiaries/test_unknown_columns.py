"""A department that calls its columns otherwise: a person says once what they are, and the next list is read so."""

from datetime import date

import pytest
from django.urls import reverse

from audit.models import TrailRow
from beneficiaries import services
from beneficiaries.models import EvidenceList, Fact, LearnedHeader
from beneficiaries.tasks import work_on_lists
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.workbooks import HEADER, ROW, xlsx

DAY = date(2026, 8, 18)
STRANGE = ["孩子叫啥", "证上的号", "哪一年", "录取批次", "录取层次", "哪天录的"]
ONE, TWO = (make.actor("county_checker", number) for number in ("one", "two"))
MEANING = {"孩子叫啥": "subject_name", "证上的号": "subject", "哪一年": "year", "哪天录的": "admitted_on"}


@pytest.fixture(autouse=True)
def girl(db, settings):
    settings.BUSINESS_DAY = DAY
    make.divisions()
    return make.person("赵雨桐", date(2008, 3, 15), number=ROW[1])


def upload(*rows, division=make.COUNTY, kind="admission"):
    letter = services.CoveringLetter(kind, "录取.xlsx", division)
    evidence = services.upload_list(xlsx(list(rows)), letter, by=ONE, on=DAY)
    work_on_lists()
    return EvidenceList.objects.get(pk=evidence.pk)


def test_the_list_is_not_sent_back_but_asks_for_its_columns():
    asked = upload(STRANGE, ROW)
    assert asked.state == "asked"
    assert [(one["header"], one["samples"]) for one in asked.parameters["unknown"]] == [
        ("孩子叫啥", ["赵雨桐"]),
        ("证上的号", [f"••••{ROW[1][-4:]}"]),
        ("哪一年", ["2026"]),
        ("哪天录的", ["2026-07-20"]),
    ]
    assert asked.parameters["found"] == ["batch", "level"]
    assert ROW[1] not in str(asked.parameters)


def test_what_was_said_is_learnt_and_the_next_list_is_read_so():
    asked = upload(STRANGE, ROW)
    services.name_columns(asked, MEANING, whole_county=True, by=TWO, on=DAY)
    work_on_lists()
    checked = EvidenceList.objects.get(pk=asked.pk)
    assert (checked.state, checked.counts["new"], checked.problem) == ("checked", 1, None)
    assert "“证上的号”一列按指定读作“身份证号”" in [note["zh"] for note in checked.counts["notes"]]
    assert set(LearnedHeader.objects.values_list("header", "key", "scope", "taught_by")) == {
        (header, key, "610124", "two") for header, key in MEANING.items()
    }
    verbs = TrailRow.objects.filter(table="beneficiaries_learnedheader").values_list("verb", "actor_number")
    assert list(verbs) == [("create", "two")] * 4
    services.take_list(checked, by=TWO, on=DAY)
    assert Fact.objects.get().values["admitted_on"] == "2026-07-20"
    assert upload(STRANGE, ROW).counts["same"] == 1  # the next one asks nobody


def test_a_column_that_is_only_kept_may_be_named_later():
    header = [*HEADER[:3], "批别", *HEADER[4:]]
    checked = upload(header, ROW)
    assert checked.state == "checked"
    assert [one["header"] for one in checked.counts["unknown"]] == ["批别"]
    services.name_columns(checked, {"批别": "batch"}, whole_county=True, by=ONE, on=DAY)
    work_on_lists()
    checked = EvidenceList.objects.get(pk=checked.pk)
    services.take_list(checked, by=TWO, on=DAY)
    assert Fact.objects.get().values["batch"] == "本科一批"


@pytest.mark.parametrize(
    ("meaning", "code"),
    [
        ({"孩子叫啥": "subject_name", "证上的号": "subject_name"}, "field_twice"),
        ({"哪一年": "batch"}, "field_taken"),
        ({}, "nothing_named"),
        ({"孩子叫啥": ""}, "nothing_named"),
        ({"没有这一列": "year"}, "state_moved_on"),
        ({"哪一年": "no_such_field"}, "state_moved_on"),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_teaches_nothing(meaning, code):
    asked = upload(STRANGE, ROW)
    with pytest.raises(Refusal) as caught:
        services.name_columns(asked, meaning, whole_county=True, by=TWO, on=DAY)
    assert caught.value.code == code
    assert not LearnedHeader.objects.exists()
    assert EvidenceList.objects.get().state == "asked"


def test_what_was_taught_wrongly_is_taken_back():
    asked = upload(STRANGE, ROW)
    services.name_columns(asked, MEANING, whole_county=True, by=TWO, on=DAY)
    for learnt in LearnedHeader.objects.all():
        services.take_back_header(learnt, by=ONE, on=DAY)
    work_on_lists()
    assert EvidenceList.objects.get(pk=asked.pk).state == "asked"
    services.name_columns(EvidenceList.objects.get(), MEANING, whole_county=True, by=TWO, on=DAY)
    assert LearnedHeader.objects.filter(state="in_use").count() == 4


def test_a_township_may_have_its_own_word():
    asked = upload(STRANGE, ROW, division=make.MAZHAO)
    services.name_columns(asked, MEANING, whole_county=False, by=TWO, on=DAY)
    work_on_lists()
    assert EvidenceList.objects.get().state == "checked"
    assert upload(STRANGE, ROW, division=make.YABAI).state == "asked"


def test_another_kind_learns_nothing_of_it():
    services.name_columns(upload(STRANGE, ROW), MEANING, whole_county=True, by=TWO, on=DAY)
    asked = upload(["人", "证上的号", "就业日期"], ["赵雨桐", ROW[1], "2026-07-20"], kind="employment")
    assert asked.state == "asked"


def test_the_page_asks_and_the_answer_brings_the_list_to_its_check(client):
    officials = make.officials()
    client.force_login(officials["county_checker"])
    asked = upload(STRANGE, ROW)
    page = reverse("beneficiaries:list", args=[asked.pk])
    columns = reverse("beneficiaries:list_columns", args=[asked.pk])
    assert columns in client.get(page).content.decode()
    shown = client.get(columns).content.decode()
    assert "孩子叫啥" in shown
    assert f"••••{ROW[1][-4:]}" in shown
    assert ROW[1] not in shown
    wrong = client.post(columns, {"column_0": "subject_name", "column_1": "subject_name"})
    assert wrong.status_code == 422
    assert "有两列都选了“姓名”" in wrong.content.decode()
    right = {"column_0": "subject_name", "column_1": "subject", "column_2": "year", "column_3": "admitted_on"}
    assert client.post(columns, right).headers["Location"] == page
    work_on_lists()
    assert EvidenceList.objects.get().state == "checked"
    assert "证上的号" in client.get(reverse("beneficiaries:headers")).content.decode()
    first = LearnedHeader.objects.first()
    client.post(reverse("beneficiaries:header_take_back", args=[first.pk]))
    assert LearnedHeader.objects.get(pk=first.pk).state == "taken_back"
