"""The pages about lists and accounts, as officials see them."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import TrailRow
from beneficiaries import services
from beneficiaries.models import Account, EvidenceList, Fact
from beneficiaries.tasks import work_on_lists
from tests import factories as make
from tests.beneficiaries.workbooks import HEADER, ROW, xlsx

TODAY = date(2026, 8, 18)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.BUSINESS_DAY = TODAY


@pytest.fixture
def officials(db):
    made = make.officials()
    made["second_checker"] = make._official("second", "county_checker", make.COUNTY)
    return made


@pytest.fixture
def girl(officials):
    return make.person("赵雨桐", date(2008, 3, 15), number=ROW[1])


def rows(*changed):
    return xlsx([["2026年录取名单"], HEADER, ROW, *changed])


def post_list(client, source, **fields):
    data = {
        "kind": "admission",
        "division": make.COUNTY,
        "file": SimpleUploadedFile("录取.xlsx", source),
        **fields,
    }
    return client.post(reverse("beneficiaries:upload"), data)


def test_no_kind_of_list_is_chosen_before_somebody_chooses(client, officials):
    client.force_login(officials["county_checker"])
    page = client.get(reverse("beneficiaries:upload"))
    assert page.context["form"]["kind"].value() is None
    assert page.context["form"].fields["kind"].choices[0][0] == ""
    again = post_list(client, rows(), kind="")
    assert (list(again.context["form"].errors), EvidenceList.objects.count()) == (["kind"], 0)


def test_a_large_list_lies_in_no_temporary_file_while_it_is_sent(client, officials, monkeypatch, tmp_path):
    """A server that is killed then would leave the identity numbers of a whole township in the clear."""
    client.force_login(officials["county_checker"])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "a folder that is not there"))
    assert post_list(client, rows() + bytes(3 << 20)).status_code == 302
    assert EvidenceList.objects.get().file.size > 3 << 20


@pytest.mark.parametrize(("is_signed_in", "size"), [(False, 3 << 20), (True, 70 << 20), (True, 1 << 40)])
def test_what_nobody_sends_is_refused_before_it_is_read(client, officials, is_signed_in, size):
    class Unread(io.RawIOBase):
        def read(self, *_):
            raise AssertionError("the body was read")

    if is_signed_in:
        client.force_login(officials["county_checker"])
    sent = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(size),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    page = client.post(reverse("beneficiaries:upload"), **sent)
    assert (page.status_code, "MB" in page.content.decode()) == (413, True)


def test_a_list_from_the_upload_to_its_facts(client, officials, girl):
    client.force_login(officials["county_checker"])
    assert client.get(reverse("beneficiaries:upload")).status_code == 200
    page = post_list(client, rows()).headers["Location"]
    assert "hx-get" in client.get(page).content.decode()
    work_on_lists()
    shown = client.get(page).content.decode()
    assert "由另一个人" not in shown
    assert "disabled" in shown  # who uploaded it cannot take it
    client.force_login(officials["second_checker"])
    evidence = EvidenceList.objects.get()
    take = reverse("beneficiaries:list_take", args=[evidence.pk])
    assert client.get(take).status_code == 200
    assert client.post(take).status_code == 302
    assert Fact.objects.count() == 0  # the worker takes it
    work_on_lists()
    evidence = EvidenceList.objects.get()
    assert (evidence.state, evidence.taken_by, evidence.counts["new"]) == ("taken", "second", 1)
    fact = Fact.objects.get()
    assert (fact.person, fact.valid_from, fact.row, fact.values["batch"]) == (
        girl,
        date(2026, 7, 20),
        3,
        "本科一批",
    )
    verbs = list(
        TrailRow.objects.filter(table="beneficiaries_evidencelist")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert verbs == ["create", "examine", "ask_to_take", "take"]


def test_a_refused_row_holds_the_list_until_the_good_ones_are_chosen(client, officials, girl):
    client.force_login(officials["county_checker"])
    page = post_list(client, rows(["钱一", ROW[1][:17], *ROW[2:]])).headers["Location"]
    work_on_lists()
    shown = client.get(page).content.decode()
    assert "身份证号码应为 18 位" in shown
    evidence = EvidenceList.objects.get()
    marked = client.get(reverse("beneficiaries:list_marked", args=[evidence.pk]))
    assert marked.content.startswith(b"PK")
    client.force_login(officials["second_checker"])
    take = reverse("beneficiaries:list_take", args=[evidence.pk])
    assert client.post(take).status_code == 422
    assert client.post(f"{take}?good=1").status_code == 302
    work_on_lists()
    evidence = EvidenceList.objects.get()
    assert (evidence.state, evidence.counts["refused"], Fact.objects.count()) == ("taken", 1, 1)


def test_a_file_that_is_no_list_says_so_on_its_page(client, officials):
    client.force_login(officials["county_checker"])
    page = post_list(client, b"\xff\xd8\xff photo").headers["Location"]
    work_on_lists()
    assert "这是一张照片" in client.get(page).content.decode()
    assert "a photo (JPEG)" in client.get(f"{page}?language=en", follow=True).content.decode()
    assert EvidenceList.objects.get().state == "refused"


@pytest.mark.parametrize(("period", "status"), [("2026", 302), ("2026-08", 302), ("", 302), ("soon", 422)])
def test_the_period_may_be_typed(client, officials, period, status):
    client.force_login(officials["county_checker"])
    assert post_list(client, rows(), period=period).status_code == status


def test_the_list_of_lists_costs_the_same_with_more_lists(
    client, officials, girl, django_assert_max_num_queries
):
    client.force_login(officials["county_checker"])
    for _ in range(3):
        post_list(client, rows())
    with django_assert_max_num_queries(14):
        assert client.get(reverse("beneficiaries:lists")).status_code == 200


def test_the_clerk_sees_no_lists_and_the_next_township_no_account(client, officials, girl):
    account = enter(girl)
    client.force_login(officials["clerk"])
    assert client.get(reverse("beneficiaries:lists")).status_code == 403
    assert client.get(reverse("beneficiaries:account", args=[account.pk])).status_code == 200
    client.force_login(officials["next_clerk"])
    assert client.get(reverse("beneficiaries:account", args=[account.pk])).status_code == 404
    assert client.get(reverse("beneficiaries:account_enter", args=[girl.pk])).status_code == 404


def enter(owner, number="6222020903001321124") -> Account:
    return services.enter_account(
        owner, number=number, account_name=owner.name, bank="周至农商行", cnaps="", kind="card",
        by=make.actor("clerk"), on=TODAY,
    )  # fmt: skip


def test_an_account_is_entered_by_one_and_verified_by_another(client, officials, girl):
    client.force_login(officials["clerk"])
    url = reverse("beneficiaries:account_enter", args=[girl.pk])
    data = {
        "number": "6222 0209 0300 1321 124",
        "account_name": "赵雨桐",
        "bank": "周至农商行",
        "cnaps": "",
        "kind": "card",
    }
    page = client.post(url, data).headers["Location"]
    assert "6222020903001321124" not in client.get(page).content.decode()
    client.force_login(officials["township_reviewer"])
    assert client.post(page, {"number": "6222020903001321199"}).status_code == 422
    assert client.post(page, {"number": "6222 0209 0300 1321 124"}).status_code == 302
    account = Account.objects.get()
    assert (account.state, account.entered_by, account.verified_by) == ("verified", "chen", "gao")


def test_a_wrong_digit_and_an_account_that_another_has_are_said_to_both(client, officials, girl):
    mother = make.person("李秀梅", date(1981, 5, 6))
    stranger = make.person("钱一", date(1980, 1, 1), division=make.HUAIHUA)
    own = enter(girl, "6222020903001321125")
    for role in ("clerk", "township_reviewer"):
        client.force_login(officials[role])
        page = client.get(reverse("beneficiaries:account", args=[own.pk])).content.decode()
        assert ("校验位不符" in page, "也登记在" in page) == (True, False)
    enter(stranger, "6222020903001321125")
    url = reverse("beneficiaries:account", args=[own.pk])
    page = client.get(url).content.decode()
    assert ("别处的人名下" in page, "钱一" in page) == (True, False)
    enter(mother, "6222020903001321125")
    assert "这个账号也登记在 李秀梅 名下" in client.get(url).content.decode()
    services.verify_account(own, by=make.actor("township_reviewer"), on=TODAY)
    assert "校验位不符" not in client.get(url).content.decode()


def test_the_same_account_twice_is_one_sentence(client, officials, girl):
    enter(girl)
    client.force_login(officials["clerk"])
    url = reverse("beneficiaries:account_enter", args=[girl.pk])
    data = {"number": "6222020903001321124", "account_name": "赵雨桐", "bank": "周至农商行", "kind": "card"}
    response = client.post(url, data)
    assert (response.status_code, Account.objects.count()) == (422, 1)
    assert "已经登记过" in response.content.decode()


def test_refusing_and_closing_need_a_reason(client, officials, girl):
    account = enter(girl)
    client.force_login(officials["township_reviewer"])
    url = reverse("beneficiaries:account_refuse", args=[account.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "账号与存折不符"}).status_code == 302
    assert Account.objects.get().state == "refused"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(client, officials, girl, language):
    account = enter(girl, "6222020903001321132")
    services.enter_account(girl, number="12345678", account_name="别人", bank="邮储", cnaps="", kind="passbook",
                           by=make.actor("clerk"), on=TODAY)  # fmt: skip
    client.force_login(officials["county_checker"])
    evidence = services.upload_list(
        rows(["钱一", ROW[1][:17], *ROW[2:]]),
        services.CoveringLetter("admission", "录取.xlsx", make.COUNTY),
        by=make.actor("county_checker", "somebody"),
        on=TODAY,
    )
    services.check_list(evidence, on=TODAY)
    names = [
        ("lists", []),
        ("upload", []),
        ("accounts", []),
        ("account", [account.pk]),
        ("account_close", [account.pk]),
    ]
    names += [(name, [evidence.pk]) for name in ("list", "list_take", "list_send_back", "list_withdraw")]
    for name, args in names:
        response = client.get(
            f"{reverse(f'beneficiaries:{name}', args=args)}?language={language}", follow=True
        )
        assert response.status_code == 200, name
        assert "style=" not in response.content.decode()


def test_a_stopped_check_says_why_and_can_be_taken_up_again(client, officials, girl):
    client.force_login(officials["county_checker"])
    page = post_list(client, rows()).headers["Location"]
    evidence = EvidenceList.objects.get()
    EvidenceList.objects.update(
        stopped_at="2026-08-18T01:00:00Z", error_zh="停下了", error_en="It stopped", tries=5
    )
    work_on_lists()
    assert "停下了" in client.get(page).content.decode()
    assert client.post(reverse("beneficiaries:list_again", args=[evidence.pk])).status_code == 302
    work_on_lists()
    assert EvidenceList.objects.get().state == "checked"


def test_a_complete_list_without_a_time_is_refused(client, officials, girl):
    client.force_login(officials["county_checker"])
    source = xlsx([["姓名", "身份证号", "工作单位"], ["赵雨桐", ROW[1], "县教育局"]])
    page = post_list(client, source, kind="payroll", is_complete="on").headers["Location"]
    work_on_lists()
    assert "看不出覆盖哪段时间" in client.get(page).content.decode()


def test_a_list_is_withdrawn_by_its_own_step(client, officials, girl):
    evidence = services.upload_list(
        rows(),
        services.CoveringLetter("admission", "录取.xlsx", make.COUNTY),
        by=make.actor("county_checker", "one"),
        on=TODAY,
    )
    services.import_list(evidence, by=make.actor("county_checker", "two"), on=TODAY)
    client.force_login(officials["county_checker"])
    withdraw = reverse("beneficiaries:list_withdraw", args=[evidence.pk])
    page = client.post(withdraw).headers["Location"]
    asked = client.get(page).content.decode()
    assert ("正在撤销名单" in asked, "hx-get" in asked, withdraw in asked) == (True, True, False)
    assert (EvidenceList.objects.get().state, client.post(withdraw).status_code) == ("taken", 422)
    work_on_lists()  # the worker withdraws it
    assert EvidenceList.objects.get().state == "withdrawn"
    assert TrailRow.objects.get(verb="withdraw").actor_number == officials["county_checker"].number
    assert "正在撤销" not in client.get(page).content.decode()
    assert client.post(withdraw).status_code == 422
    assert Fact.objects.filter(superseded_by=None).count() == 0
    assert client.post(reverse("beneficiaries:list_send_back", args=[evidence.pk])).status_code == 422


def test_before_the_first_list_the_page_says_what_to_do(client, db):
    officials = make.officials()
    listed = reverse("beneficiaries:lists")
    for role, words, uploads in (
        ("county_checker", "先导入户籍名册", True),
        ("auditor", "县级复核人上传", False),
    ):
        client.force_login(officials[role])
        shown = client.get(listed).content.decode()
        assert ("还没有收到名单" in shown, words in shown, "没有符合条件" in shown) == (True, True, False)
        assert (f'<a href="{reverse("beneficiaries:upload")}"' in shown) == uploads
    shown = client.get(listed, {"state": "taken"}).content.decode()
    assert ("没有符合条件的名单" in shown, f'<a href="{listed}">全部名单' in shown) == (True, True)
