"""At the counter: the box, the family, a draft that is never lost, papers, the receipt."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.urls import reverse

from applications.models import Application, Paper
from audit.models import TrailRow
from beneficiaries.models import Fact, Person
from tests import factories as make
from tests.otherwise import otherwise

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture
def counter(desk):
    return desk.client("clerk")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("赵雨桐", ["赵雨桐"]),
        ("zyt", ["周雨桐", "赵雨桐"]),
        ("焦楼", ["吴文斌", "周文斌", "孙文斌", "李文斌", "赵文斌", "钱文斌"]),
    ],
)
def test_box_finds_by_name_initials_and_village_in_this_township_only(counter, typed, found):
    answer = counter.get(reverse("portal:counter"), {"q": typed}).context["answer"]
    assert sorted(row.person.name for row in answer.rows) == sorted(found)


def test_card_number_and_receipt_number_open_their_page_at_once(season):
    counter = season.client("clerk")
    draft = season.applications["draft"]
    by_card = counter.get(reverse("portal:counter"), {"q": draft.person.citizen_id})
    by_receipt = counter.get(reverse("portal:counter"), {"q": draft.receipt_number})
    assert by_card.url == reverse("portal:family", args=[draft.household_id])
    assert by_receipt.url == reverse("portal:application", args=[draft.pk])


def test_nobody_found_says_so_and_names_who_sounds_the_same(counter):
    page = counter.get(reverse("portal:counter"), {"q": "赵雨彤"}).content.decode()
    assert "没有找到“赵雨彤”" in page
    assert "同音的有：赵雨桐" in page


def test_next_townships_girl_is_not_found(counter):
    assert counter.get(reverse("portal:counter"), {"q": "王雨桐"}).context["answer"].rows == []


def test_search_costs_the_same_for_one_and_for_many(counter, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        counter.get(reverse("portal:counter"), {"q": "赵雨桐"})
    with django_assert_max_num_queries(22):
        counter.get(reverse("portal:counter"), {"q": "焦楼"})


def apply(counter, household) -> Application:
    page = counter.get(reverse("portal:family", args=[household.pk]))
    (card,) = page.context["cards"]
    counter.post(
        reverse("portal:apply", args=[household.pk]), {"program": "college-award", "subject": card.first.key}
    )
    return Application.objects.get(household=household)


def test_girl_with_a_right_is_applied_for_and_accepted_in_two_presses(counter, desk):
    application = apply(counter, desk.households[0])
    url = reverse("portal:submit", args=[application.household_id, application.pk])
    response = counter.post(url, {"note": "电话联系母亲", "deed": "submit"}, follow=True)
    kept = Application.objects.get(pk=application.pk)
    assert (kept.state, kept.note, kept.accepted_on) == ("submitted", "电话联系母亲", date(2026, 8, 18))
    assert "已受理" in response.content.decode()
    assert reverse("letters:of_application", args=[application.pk, "receipt"]) in response.content.decode()


def test_pressing_apply_twice_opens_the_same_draft(counter, desk):
    first = apply(counter, desk.households[0])
    again = apply(counter, desk.households[0])
    assert first.pk == again.pk


def test_note_is_kept_while_it_is_written(counter, desk):
    application = apply(counter, desk.households[0])
    url = reverse("portal:keep_note", args=[application.household_id, application.pk])
    answer = counter.post(url, {"note": "一半"}, headers={"HX-Request": "true"}).content.decode()
    assert "已自动保存" in answer
    assert "<html" not in answer
    assert Application.objects.get(pk=application.pk).note == "一半"


@pytest.mark.parametrize("address", ["portal:submit", "portal:keep_note"])
def test_a_note_that_is_too_long_is_told_and_stays_on_the_page(counter, desk, address):
    application = apply(counter, desk.households[0])
    note = "电话联系母亲" * 60
    answer = counter.post(reverse(address, args=[application.household_id, application.pk]), {"note": note})
    kept = Application.objects.get(pk=application.pk)
    assert (answer.status_code, kept.state, kept.note) == (422, "draft", "")
    assert "备注最多 300 个字" in answer.content.decode()
    assert f'value="{note}"' in answer.content.decode()


def without_certificate(household) -> None:
    taken_back(Fact.objects.filter(household=household, kind="certificate"))


def taken_back(facts) -> None:
    """As if these had been withdrawn: a fact stays on record and names itself."""
    with otherwise():
        facts.update(superseded_by=F("pk"))


def test_missing_paper_is_asked_for_once_then_brought_then_accepted(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    draft = reverse("portal:draft", args=[household.pk, application.pk])
    assert counter.get(draft).context["checklist"].missing == 1
    submit = reverse("portal:submit", args=[household.pk, application.pk])
    refused = counter.post(submit, {"deed": "submit"})
    assert (refused.status_code, "还缺" in refused.content.decode()) == (422, True)
    counter.post(submit, {"deed": "notice"})
    assert Application.objects.get(pk=application.pk).state == "waiting_for_papers"
    paper = counter.post(
        reverse("portal:add_paper", args=[household.pk, application.pk]),
        {"kind": "certificate", "how": "scanned", "file": SimpleUploadedFile("双女证.jpg", JPEG)},
    )
    assert paper.status_code == 302
    unread = counter.post(submit, {"deed": "submit"})
    assert (unread.status_code, "内容还没登记" in unread.content.decode()) == (422, True)
    entry = reverse("portal:fact", args=[household.pk, "certificate"])
    values = {"paper": "certificate", "kind": "two_daughter", "issued_on": "2012-05-16"}
    assert counter.post(f"{entry}?draft={application.pk}", values).status_code == 302
    counter.post(submit, {"deed": "submit"})
    assert Application.objects.get(pk=application.pk).state == "submitted"


def test_paper_that_is_no_picture_is_refused_in_words(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    answer = counter.post(
        reverse("portal:add_paper", args=[household.pk, application.pk]),
        {"kind": "certificate", "how": "scanned", "file": SimpleUploadedFile("x.exe", b"MZ....")},
    )
    assert (answer.status_code, "只收照片" in answer.content.decode()) == (422, True)
    assert not Paper.objects.exists()


def test_scanned_paper_is_shown_to_this_township_alone(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    add = reverse("portal:add_paper", args=[household.pk, application.pk])
    counter.post(add, {"kind": "certificate", "how": "scanned", "file": SimpleUploadedFile("a.jpg", JPEG)})
    url = reverse("portal:paper", args=[Paper.objects.get().pk])
    shown = counter.get(url)
    assert (shown.status_code, shown.headers["Content-Type"], shown.content) == (200, "image/jpeg", JPEG)
    assert desk.client("next_clerk").get(url).status_code == 404


def test_number_is_shown_for_a_reason_that_stays_on_record(counter, desk):
    person = desk.households[0].head
    url = reverse("portal:reveal", args=["citizen-id", person.pk])
    assert person.citizen_id not in counter.get(url).content.decode()
    assert person.citizen_id not in counter.post(url, {"reason": "curiosity"}).content.decode()
    shown = counter.post(url, {"reason": "compare"}, headers={"HX-Request": "true"}).content.decode()
    assert f"<b data-number>{person.citizen_id}</b>" in shown
    assert 'data-shown-seconds="30"' in shown
    row = TrailRow.objects.get(verb="reveal")
    assert (row.object_id, row.actor_number, row.detail) == (
        person.pk,
        "chen",
        {"what": "citizen-id", "reason": "compare"},
    )


def test_family_page_costs_the_same_whatever_was_judged(counter, desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        counter.get(reverse("portal:family", args=[desk.households[0].pk]))


def test_nothing_of_a_number_stands_in_the_page(counter, desk):
    page = counter.get(reverse("portal:family", args=[desk.households[0].pk])).content.decode()
    assert desk.households[0].head.citizen_id[:14] not in page
    assert make.JIAOLOU not in page


def test_what_a_paper_says_becomes_a_fact_and_settles_the_right(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    draft = reverse("portal:draft", args=[household.pk, application.pk])
    url = (
        reverse("portal:fact", args=[household.pk, "certificate"])
        + f"?draft={application.pk}&paper=certificate"
    )
    assert url.replace("&", "&amp;") in counter.get(draft).content.decode()
    given = {"paper": "certificate", "kind": "two_daughter", "number": "ZZ-1", "issued_on": "2012-05-16"}
    assert counter.post(url, given).url == draft
    fact = Fact.objects.get(household=household, kind="certificate", superseded_by=None)
    assert (fact.entered_by, fact.paper, fact.valid_from) == ("chen", "certificate", date(2012, 5, 16))
    checklist = counter.get(draft).context["checklist"]
    assert (checklist.missing, checklist.verdict, checklist.amount_fen) == (0, 2, 200_000)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"issued_on": "2026-12-01"}, "还没到"),
        ({"issued_on": "0212-05-16"}, "日期 0212-05-16 太早：年份写四位"),
        ({"cancelled_on": "2012-05-15"}, "早于“发证日期”的 2012-05-16"),
        ({"kind": "three_daughter"}, "没有这个选项，请从列出的里面选"),
        ({"issued_on": ""}, "errors"),
    ],
)
def test_fact_that_cannot_be_is_refused_and_nothing_is_written(counter, desk, wrong, words):
    household = desk.households[1]
    without_certificate(household)
    given = {"paper": "certificate", "kind": "two_daughter", "issued_on": "2012-05-16", **wrong}
    answer = counter.post(reverse("portal:fact", args=[household.pk, "certificate"]), given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Fact.objects.filter(household=household, kind="certificate", superseded_by=None).exists()


def test_nobody_dies_before_she_is_born(counter, desk):
    girl = Person.objects.get(name="钱雨桐")  # born on 3 February 2008
    url = reverse("portal:fact", args=[desk.households[1].pk, "death"])
    paper = counter.get(url).context["form"].fields["paper"].choices[0][0]
    answer = counter.post(url, {"person": girl.pk, "paper": paper, "died_on": "2008-02-02"})
    assert answer.status_code == 422
    assert "日期 2008-02-02 早于本人出生的 2008-02-03" in answer.content.decode()
    assert not Fact.objects.filter(person=girl, kind="death").exists()


def test_every_kind_that_a_paper_proves_has_its_form(counter, desk):
    page = counter.get(reverse("portal:family", args=[desk.households[0].pk]))
    for name, _ in [one for _, group in page.context["kinds"] for one in group]:
        form = counter.get(reverse("portal:fact", args=[desk.households[0].pk, name]))
        assert (name, form.status_code) == (name, 200)
    assert "register" in {name for _, group in page.context["kinds"] for name, _ in group}
    assert counter.get(reverse("portal:fact", args=[desk.households[0].pk, "account"])).status_code == 404


FRAME = 5  # of every page: session, official, work waiting, and two for how far the trail is sealed


@pytest.mark.parametrize("members", [2, 12])
def test_the_page_of_a_large_family_asks_no_more(counter, desk, members, django_assert_max_num_queries):
    """Two parents, and beside them as many girls as make the household ``members``, each with a right of her own."""
    father = make.person("马文强", date(1975, 3, 2), female=False)
    girls = [make.person(f"马小{n}", date(2006, 2, 1 + n)) for n in range(members - 1)]
    household = make.household("103299", (father, "02"), *((girl, "20") for girl in girls))
    for girl in girls:
        make.fact(girl, "register", date(2010, 1, 1), rural=True, residence=household.division)
        make.fact(
            girl, "admission", date(2026, 7, 20), year=2026, batch="本科批", level="本科", school="西北大学"
        )
    with django_assert_max_num_queries(FRAME + 13):
        page = counter.get(reverse("portal:family", args=[household.pk]))
    assert all(girl.name in page.content.decode() for girl in girls)
