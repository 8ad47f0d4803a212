"""The policy screens: who may open them, both languages, load, propose, activate by a second person."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from programs import services
from programs.models import PolicyVersion
from tests import factories as make
from tests.otherwise import otherwise

DAY = date(2026, 7, 15)
OFFICER, APPROVER = make.actor("policy_officer"), make.actor("county_approver")
FORBIDDEN = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|hx-on")
CODES = ["college-award", "housing-subsidy", "medical-supplement", "training-subsidy"]


@pytest.fixture
def officials(db, settings):
    settings.BUSINESS_DAY = DAY
    return make.officials()


def signed_in(officials, role, language="zh-hans"):
    client = Client()
    client.force_login(officials[role])
    client.cookies["django_language"] = language
    return client


def loaded(code, change=("", "")):
    source = (make.POLICIES / f"{code}.toml").read_text().replace(*change, 1).encode()
    return services.load(source, file_name=f"{code}.toml", by=OFFICER, on=DAY)


def proposed(code, change=("", "")):
    return services.propose(loaded(code, change), by=OFFICER, on=DAY)


def in_force(code):
    return services.activate(make.looked_through(proposed(code), on=DAY), by=APPROVER, on=DAY)


def page_of(version):
    return reverse("programs:policy", args=[version.code, version.number])


def step_of(version, move):
    return reverse("programs:step", args=[version.code, version.number, move])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_reads_like_its_notice(officials, language):
    client = signed_in(officials, "clerk", language)
    addresses = [reverse("programs:policies"), *(page_of(in_force(code)) for code in CODES)]
    for address in addresses:
        response = client.get(address)
        page = response.content.decode()
        assert (address, response.status_code) == (address, 200)
        assert not FORBIDDEN.search(page), address
        assert "{{" not in page
        assert "{%" not in page
        assert page.count("<h1") == 1
    college = client.get(addresses[1]).content.decode()
    for words in {
        "zh-hans": [
            "困难类别有低保、特困供养或防返贫监测",
            "3,000.00",
            "示例〔2024〕1号",
            "全部对上",
            "第 1 版",
        ],
        "en": ["Each of the parents", "3,000.00", "Kind of certificate", "all come out", "Version 1"],
    }[language]:
        assert words in college


def test_a_matrix_of_amounts_stands_as_a_table(officials):
    page = signed_in(officials, "auditor").get(page_of(in_force("housing-subsidy"))).content.decode()
    assert page.index("拆除重建") < page.index("20,000.00") < page.index("6,000.00") < page.index("4,000.00")


def test_the_file_comes_back_byte_for_byte(officials):
    version = in_force("college-award")
    response = signed_in(officials, "auditor").get(reverse("programs:file", args=["college-award", 1]))
    assert response.content == bytes(version.source)


def test_a_file_is_loaded_as_a_draft(officials):
    client = signed_in(officials, "policy_officer")
    source = (make.POLICIES / "college-award.toml").read_bytes()
    response = client.post(reverse("programs:load"), {"file": SimpleUploadedFile("a.toml", source)})
    assert response.status_code == 302
    assert bytes(PolicyVersion.objects.get().source) == source
    again = client.post(reverse("programs:load"), {"file": SimpleUploadedFile("a.toml", source)})
    assert again.status_code == 422
    assert "已经装入过" in again.content.decode()


def test_a_wrong_file_comes_back_with_every_line(officials):
    client = signed_in(officials, "policy_officer")
    source = (make.POLICIES / "college-award.toml").read_text().replace('"female"', '"femal"', 1)
    response = client.post(reverse("programs:load"), {"file": SimpleUploadedFile("a.toml", source.encode())})
    page = response.content.decode()
    assert response.status_code == 422
    assert "need.girl.is" in page
    assert "是不是“female”" in page
    assert not PolicyVersion.objects.exists()


def test_a_huge_or_empty_file_is_refused_in_words(officials):
    client = signed_in(officials, "policy_officer")
    for content in (b"", b"x" * 1_000_001):
        response = client.post(reverse("programs:load"), {"file": SimpleUploadedFile("a.toml", content)})
        assert response.status_code == 422


def test_from_draft_to_force_on_the_screen(officials):
    version = loaded("college-award")
    officer, approver = signed_in(officials, "policy_officer"), signed_in(officials, "county_approver")
    assert step_of(version, "propose") in officer.get(page_of(version)).content.decode()
    assert officer.post(step_of(version, "propose")).status_code == 302
    make.looked_through(version, by=officials["county_approver"].actor("county_approver"), on=DAY)
    page = approver.get(page_of(version)).content.decode()
    assert step_of(version, "activate") in page
    assert approver.get(step_of(version, "activate")).status_code == 200
    assert approver.post(step_of(version, "activate")).status_code == 302
    assert PolicyVersion.objects.get().state == "active"


def test_the_proposer_is_shown_why_he_cannot_activate(officials):
    version = proposed("college-award")
    officials["policy_officer"].roles = ["policy_officer", "county_approver"]
    with otherwise():
        officials["policy_officer"].save()
    himself = officials["policy_officer"].actor("county_approver")
    make.looked_through(version, by=himself, on=DAY)
    client = signed_in(officials, "policy_officer")
    page = client.get(page_of(version)).content.decode()
    assert "提交的人不能自己启用" in page
    assert step_of(version, "activate") not in page
    response = client.post(step_of(version, "activate"))
    assert response.status_code == 422
    assert "起草政策的人不能自己启用" in response.content.decode()


def test_a_draft_that_does_not_come_out_shows_the_row(officials):
    version = loaded("college-award", ("tier1 = 3000", "tier1 = 3001"))
    client = signed_in(officials, "policy_officer")
    page = client.get(page_of(version)).content.decode()
    assert '<tr class="bad">' in page
    assert "3,001.00" in page
    response = client.post(step_of(version, "propose"))
    assert response.status_code == 422
    assert "example.dibao" in response.content.decode()


def test_the_version_that_ends_is_named_before_the_step(officials):
    first = in_force("college-award")
    second = make.looked_through(proposed("college-award", ("2100799", "2100798")), on=DAY)
    client = signed_in(officials, "county_approver")
    page = client.get(step_of(second, "activate")).content.decode()
    assert "第 1 版同时结束" in page
    assert client.post(step_of(second, "activate")).status_code == 422  # without having seen what ends
    assert client.post(step_of(second, "activate"), {"ending": "1"}).status_code == 302
    assert PolicyVersion.objects.get(pk=first.pk).state == "superseded"


def test_a_step_that_is_not_hers_to_take_leads_back_to_what_is_missing(officials):
    version = proposed("college-award")
    approver = signed_in(officials, "county_approver")
    not_looked = approver.get(step_of(version, "activate"))
    assert (not_looked.status_code, not_looked["Location"]) == (302, page_of(version))
    assert "你还没有看过这份文件的试算" in approver.get(page_of(version)).content.decode()
    officer = signed_in(officials, "policy_officer")
    assert officer.get(step_of(version, "activate"))["Location"] == page_of(version)
    assert officer.get(step_of(version, "take_back")).status_code == 200
    assert approver.post(step_of(version, "activate")).status_code == 422
    assert PolicyVersion.objects.get().state == "proposed"


def test_a_draft_without_examples_is_not_told_that_all_come_out(officials):
    text = (make.POLICIES / "college-award.toml").read_text()
    bare = text[: text.index("[example.dibao]")]
    version = services.load(bare.encode(), file_name="college-award.toml", by=OFFICER, on=DAY)
    page = signed_in(officials, "policy_officer").get(page_of(version)).content.decode()
    assert "还没有例题" in page
    assert "全部对上" not in page


def test_published_totals_stand_on_the_page(officials):
    client = signed_in(officials, "auditor")
    page = client.get(page_of(in_force("college-award"))).content.decode()
    assert page.index("公布的总数") < page.index("58,000.00") < page.index("44,000.00")
    wrong = loaded("college-award", ("yuan     = 58000", "yuan     = 58500"))
    page = client.get(page_of(wrong)).content.decode()
    row = page[page.index("58,500.00") - 40 : page.index("44,000.00")]
    assert '<tr class="bad">' in row
    assert "对不上" in row


def test_what_was_accepted_without_an_example_is_shown_to_who_activates(officials):
    version = proposed("college-award")
    count = bytes(version.source).decode().count("[[accepted]]")
    page = signed_in(officials, "county_approver").get(page_of(version)).content.decode()
    assert count
    assert f"{count} 处没有例题守住" in page
    assert (
        page.index("写明接受的") < page.index("derive.tier.rows.3.3") < page.index("批次和层次说的是同一件事")
    )


def test_every_version_leads_to_the_others(officials):
    first, second = in_force("college-award"), loaded("college-award", ("2100799", "2100798"))
    client = signed_in(officials, "auditor")
    assert f'<a href="{page_of(first)}">第 1 版</a>' in client.get(page_of(second)).content.decode()
    assert f'<a href="{page_of(second)}">第 2 版</a>' in client.get(page_of(first)).content.decode()


@pytest.mark.parametrize("role", ["clerk", "auditor", "administrator", "batch_preparer"])
def test_other_roles_change_nothing(officials, role):
    version = proposed("college-award")
    client = signed_in(officials, role)
    for address in (reverse("programs:load"), step_of(version, "activate"), step_of(version, "withdraw")):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    expected = 403 if role == "administrator" else 200
    assert client.get(page_of(version)).status_code == expected


def test_what_is_not_there_is_not_found(officials):
    version = proposed("college-award")
    client = signed_in(officials, "county_approver")
    for address in (
        reverse("programs:policy", args=["college-award", 9]),
        reverse("programs:policy", args=["nothing", 1]),
        step_of(version, "supersede"),
        step_of(version, "explode"),
    ):
        assert client.get(address).status_code == 404
