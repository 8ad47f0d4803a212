"""Small words that people trip over: who did it, what is not there, what a refusal says, a relation in English."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.urls import reverse

from applications.models import Application
from portal.queries import application as pages


def test_a_visitor_who_finds_nothing_is_not_spoken_to_as_staff(client, db):
    page = client.get("/nothing/")
    shown = page.content.decode()
    assert page.status_code == 404
    assert "辖区" not in shown
    assert reverse("portal:progress") in shown
    assert reverse("portal:guide") in shown


def test_an_official_who_finds_nothing_is_told_about_the_area(season):
    page = season.client("clerk").get(reverse("portal:application", args=[999_999]))
    assert page.status_code == 404
    shown = page.content.decode()
    assert "不在你的辖区" in shown
    assert reverse("portal:counter") in shown, "the bar leads on"
    assert f'href="{reverse("portal:home")}">回首页' in shown


def test_an_official_at_a_page_of_another_role_has_the_bar_and_a_way_on(season):
    page = season.client("clerk").get(reverse("payments:batches"))
    shown = page.content.decode()
    assert (page.status_code, "这一步不归你办" in shown) == (403, True)
    assert reverse("portal:counter") in shown
    assert f'href="{reverse("portal:home")}">回首页' in shown


def test_sign_in_leads_families_to_the_guide(client, db):
    shown = client.get(reverse("officials:sign_in")).content.decode()
    assert reverse("portal:guide") in shown
    assert '<kbd class="said">F9</kbd>' in shown


def test_officials_stand_by_name_with_one_query_a_page(season, rf, django_assert_num_queries):
    checker = season.officials["county_checker"]
    source = "{% load officials_tags %}{% official number %} {% official number %} {% official 'gone' %}"
    with django_assert_num_queries(1):
        shown = Template(source).render(Context({"request": rf.get("/"), "number": checker.number}))
    assert shown == f"{checker.name} {checker.name} gone"


def test_a_refusal_has_no_amount_of_nought(season):
    application = season.applications["submitted"]
    season.client("township_reviewer").post(
        reverse("portal:step", args=[application.pk, "propose_refusal"]), {"note": "户口在外省"}
    )
    checker = season.client("county_checker")
    step = checker.get(reverse("portal:step", args=[application.pk, "recheck_refusal"])).content.decode()
    assert "零元整" not in step
    assert "人民币" not in step
    row = checker.get(reverse("portal:worklist"), {"queue": "refusals"}).content.decode()
    assert Application.objects.get(pk=application.pk).proposes_refusal
    assert "2,000.00" not in row


def test_relations_are_english_for_readers_of_english(season):
    draft = season.applications["draft"]
    page = (
        season.client("clerk", "en").get(reverse("portal:family", args=[draft.household_id])).content.decode()
    )
    assert "<td>head</td>" in page
    assert "户主" not in page


def test_an_empty_file_is_told_once_with_what_to_do(season):
    checker = season.client("county_checker")
    empty = SimpleUploadedFile("empty.xlsx", b"")
    page = checker.post(reverse("beneficiaries:upload"), {"kind": "death", "file": empty})
    shown = page.content.decode()
    assert page.status_code == 422
    assert shown.count('class="error-summary"') == 1
    assert "文件是空的：回到原来的软件重新保存" in shown
    assert "所提交的是空文件" not in shown


def test_a_tick_is_not_to_be_filled_in_if_known(season):
    page = season.client("county_checker").get(reverse("beneficiaries:upload")).content.decode()
    tick = page[page.index('class="field tick"') :]
    assert tick.index('type="checkbox"') < tick.index("名单是全的")
    assert "知道就填" not in tick[: tick.index("</div></div>")]


def test_a_refused_step_says_that_nothing_was_done(season):
    application = season.applications["notice_over"]
    url = reverse("portal:step", args=[application.pk, "send_back"])
    page = season.client("county_checker").post(url, {"note": " "}).content.decode()
    assert "没有办成，什么也没变" in page
    assert "还不能保存" not in page
    assert (
        "autofocus"
        in season.client("county_checker").get(url).content.decode().split("<textarea")[1].split(">")[0]
    )


def test_a_fact_from_a_paper_names_the_paper_in_words():
    seen = {
        "kind": "register",
        "zh": "户籍人口",
        "en": "Register",
        "value_zh": "农村户口 是",
        "value_en": "rural",
        "from": "2024-01-01",
    }
    facts = [{**seen, "source": "household_register"}, {**seen, "source": "周至县马召镇户籍人口信息表"}]
    assert [row.source.zh for row in pages.facts(Application(facts=facts))] == [
        "户口簿",
        "周至县马召镇户籍人口信息表",
    ]
