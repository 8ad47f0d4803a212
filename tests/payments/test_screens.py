import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from audit.door import perform
from ledger.models import Allotment
from payments import services
from payments.banks import Answer, load_profiles, write_answers
from payments.models import Attempt, Batch, ResultFile, ResultLine
from tests import factories as make
from tests.payments.conftest import PREPARER, answer, approved, built, planned, sent
from tests.payments.granting import DAY, accounts, entitlements, girls
from tests.payments.test_results import LATER, new_account

pytestmark = pytest.mark.usefixtures("granted")


def page(client, name, *args, status=200, query="", **data):
    url = reverse(f"payments:{name}", args=args) + query
    reply = client.post(url, data) if data else client.get(url)
    assert reply.status_code == status, reply.content.decode()[:2000]
    return reply.content.decode() if status != 302 else reply.headers["Location"]


def test_a_batch_walks_from_building_to_its_answer_on_the_screens(enter):  # noqa: PLR0915 - one story
    planned()
    client = enter("batch_preparer")
    text = page(client, "batches")
    assert "10,000.00" in text
    assert "人民币壹万元整" in page(client, "build")
    place = page(client, "build", status=302, go="1")
    batch = Batch.objects.get()
    assert place == reverse("payments:batch", args=[batch.pk])
    assert page(client, "step", batch.pk, "prepare", status=302, go="1") == place
    client = enter("batch_checker")
    text = page(client, "step", batch.pk, "confirm")
    assert "10,000.00" not in text
    text = page(client, "step", batch.pk, "confirm", status=422, count="5", total_fen="9,999.99")
    assert "对不上" in text
    page(client, "step", batch.pk, "confirm", status=302, count="5", total_fen="10,000.00")
    client = enter("batch_approver")
    page(client, "step", batch.pk, "approve", status=302, count="5", total_fen="10000")
    client = enter("batch_preparer")
    text = page(client, "batch", batch.pk)
    assert "progress" in text
    services.export(batch, by=PREPARER, on=DAY)
    assert "人民币壹万元整" in page(client, "step", batch.pk, "send")
    page(client, "step", batch.pk, "send", status=302, go="1")
    reply = client.get(reverse("payments:download", args=[batch.pk, 1]))
    assert reply.content == services.sending.content_of(batch.files.get())
    assert 'filename="GA_20260818_PC-2026-0001_01.txt"' in reply.headers["Content-Disposition"]
    answers = [
        Answer(1, 200_000, "failed", "户名不符"),
        Answer(2, 200_000, "paid"),
        Answer(3, 200_000, "paid"),
    ]
    content = write_answers(load_profiles()["abc_fixed"], answers, batch=batch.number, on=DAY)
    file = SimpleUploadedFile("r.txt", content)
    place = page(client, "upload", status=302, batch=str(batch.pk), file=file)
    row = ResultFile.objects.get()
    assert place == reverse("payments:result", args=[row.pk])
    assert 'hx-trigger="every 1s"' in page(client, "result_progress", row.pk)
    services.read_result_file(row, by=PREPARER, on=DAY)
    assert 'hx-trigger="every 1s"' not in page(client, "result_progress", row.pk)
    assert "户名不符" in page(client, "result", row.pk)
    assert "r.txt" in page(client, "results")
    text = page(client, "batch", batch.pk)
    for words in ("户名不符", "40.0%", "回盘里没有这一行", "焦楼村"):
        assert words in text
    again = page(client, "upload", status=422, batch=str(batch.pk), file=SimpleUploadedFile("r.txt", content))
    assert "已经读过" in again
    new_account(batch, 1)
    client.force_login(make.Official.objects.get(number="wang"))
    with translation.override("zh-hans"):
        text = page(client, "step", batch.pk, "correct", status=422, go="1")
    assert "不能重做" in text or "账户刚换过" in text


def test_a_batch_under_way_shows_whom_it_pays_and_who_is_next(enter):
    batch = built()
    client = enter("batch_checker")
    reply = client.get(reverse("payments:batch", args=[batch.pk]))
    assert [step.detail for step in reply.context["chain"]] == ["wang", "liu", "sun", "wang", ""]
    payees = [one.payee.name for one in Attempt.objects.filter(batch=batch).select_related("payee")]
    assert all(name in reply.content.decode() for name in payees)
    dropped = services.drop(batch, by=PREPARER, on=DAY)
    reply = client.get(reverse("payments:batch", args=[dropped.pk]))
    assert {step.detail for step in reply.context["chain"]} == {""}, "nobody is next"


def test_a_refused_file_says_what_to_do_next(enter):
    batch = sent(built())
    client = enter("batch_preparer")
    picture = SimpleUploadedFile("回盘.txt", b"\x89PNG\r\n\x1a\n" + bytes(90))
    place = page(client, "upload", status=302, batch=str(batch.pk), file=picture)
    row = services.read_result_file(ResultFile.objects.get(), by=PREPARER, on=DAY)
    text = client.get(place).content.decode()
    assert "这是图片" in text
    assert "一行也没有记账" in text
    assert f"{reverse('payments:upload')}?batch={batch.pk}" in text
    assert (row.read_on, Attempt.objects.filter(batch=batch, state="sent").count()) == (None, 5)


def test_a_correction_and_what_stands_about_it(enter):
    batch = sent(built())
    answer(batch, {1: ("failed", "额度不足"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    client = enter("batch_preparer")
    page(client, "step", batch.pk, "correct", status=302, go="1")
    correction = Batch.objects.get(correction_of=batch)
    assert correction.number in page(client, "batch", batch.pk)
    assert batch.number in page(client, "batch", correction.pk)
    assert page(client, "step", batch.pk, "correct", status=302, go="1") == reverse(
        "payments:batch", args=[batch.pk]
    )
    client = enter("batch_checker")
    page(client, "step", batch.pk, "close", status=302, go="1")
    assert Batch.objects.get(pk=batch.pk).state == "closed"


def test_a_contradiction_is_settled_by_finance(enter):
    batch = sent(built())
    answer(batch, {1: ("failed", "已销户"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    answer(batch, {1: "paid"}, on=LATER)
    line = ResultLine.objects.get(quarantine__isnull=False)
    client = enter("batch_preparer")
    page(client, "settle", line.pk, status=403)
    client = enter("batch_checker")
    assert "问清" in page(client, "batch", batch.pk)
    page(client, "settle", line.pk, status=422, finding="", note="x")
    page(client, "settle", line.pk, status=302, finding="not_paid", note="李经理 8-20")
    assert ResultLine.objects.get(pk=line.pk).settled_by == "liu"


def test_lines_are_left_out_and_returns_recorded_by_the_preparer(enter):
    batch = built()
    line = batch.attempts.get(line=2)
    client = enter("batch_preparer")
    assert "leave-out" in page(client, "lines", batch.pk)
    page(client, "leave_out", line.pk, status=302, go="1")
    batch = sent(Batch.objects.get(pk=batch.pk))
    answer(batch, {1: "paid", 3: "paid", 4: "paid", 5: "paid"})
    paid = batch.attempts.get(line=3)
    assert "return" in page(client, "lines", batch.pk, query="?state=paid")
    page(client, "give_back", paid.pk, status=422, reason_text="")
    page(client, "give_back", paid.pk, status=302, reason_text="退票")
    assert Attempt.objects.get(pk=paid.pk).state == "returned"


def test_what_cannot_be_paid_is_left_out_of_a_draft_in_one_step(enter):
    batch = built()
    client = enter("batch_preparer")
    assert "都能付" in page(client, "step", batch.pk, "leave-out", status=422, go="1")
    perform(batch.attempts.get(line=2).account, "close", by=make.actor("clerk"), on=DAY)
    page(client, "step", batch.pk, "leave-out", status=302, go="1")
    assert "账户已停用" in page(client, "batch", batch.pk)
    assert Batch.objects.get(pk=batch.pk).count == 4


def test_ones_own_step_is_taken_back_by_the_address_in_the_toast(enter):
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    client = enter("batch_preparer")
    page(client, "step", batch.pk, "take-back", status=302, go="1")
    assert Batch.objects.get(pk=batch.pk).state == "draft"
    assert "drop" in page(client, "batch", batch.pk)


def test_the_second_person_of_an_allotment(enter):
    client = enter("batch_checker")
    page(client, "enter_allotment", status=422, program="college-award", source="county", fiscal_year="2026",
         document_number="示例〔2026〕10号", amount_fen="1e3")  # fmt: skip
    page(client, "enter_allotment", status=302, program="college-award", source="county", fiscal_year="2026",
         document_number="示例〔2026〕10号", amount_fen="5,000.00")  # fmt: skip
    made = Allotment.objects.get(document_number="示例〔2026〕10号")
    assert "示例〔2026〕10号" in page(client, "budget")
    page(client, "decide_allotment", made.pk, "confirm", status=422, go="1")
    client = enter("batch_approver")
    assert "人民币伍仟元整" in page(client, "decide_allotment", made.pk, "confirm")
    page(client, "decide_allotment", made.pk, "confirm", status=302, go="1")
    assert Allotment.objects.get(pk=made.pk).state == "confirmed"
    assert "95,000.00" in page(client, "budget")


READING = ["batches", "results", "budget"]
WRITING = ["build", "upload", "enter_allotment"]


OTHERS = [
    "clerk",
    "township_reviewer",
    "county_checker",
    "county_approver",
    "policy_officer",
    "administrator",
]


@pytest.mark.parametrize("role", [*OTHERS, "next_clerk"])
def test_other_roles_see_nothing_of_payments(enter, role):
    batch = sent(built())
    read = answer(batch, {1: "paid"})
    client = enter(role)
    for name in READING + WRITING:
        page(client, name, status=403)
    for name in ("batch", "lines", "progress"):
        page(client, name, batch.pk, status=403)
    page(client, "download", batch.pk, 1, status=403)
    page(client, "result", read.pk, status=403)
    for step in ("prepare", "confirm", "approve", "send", "correct", "close"):
        page(client, "step", batch.pk, step, status=403)


def test_the_auditor_reads_all_and_changes_nothing(enter):
    batch = sent(built())
    client = enter("auditor")
    for name in READING:
        page(client, name)
    page(client, "batch", batch.pk)
    page(client, "lines", batch.pk)
    for name in WRITING:
        page(client, name, status=403)
    page(client, "download", batch.pk, 1, status=403)
    page(client, "step", batch.pk, "correct", status=403)


def test_out_of_scope_is_not_found(client, people):
    batch = sent(built())
    read = answer(batch, {1: "paid", 2: ("failed", "销户")})
    official = people["batch_preparer"]
    official.division_id = make.YABAI
    official.save(update_fields=["division"])
    client.force_login(official)
    assert batch.number not in page(client, "batches")
    for name in ("batch", "lines", "progress"):
        page(client, name, batch.pk, status=404)
    page(client, "step", batch.pk, "correct", status=404)
    page(client, "download", batch.pk, 1, status=404)
    page(client, "result", read.pk, status=404)
    page(client, "give_back", batch.attempts.get(line=1).pk, status=404)
    page(client, "upload", status=422, batch=str(batch.pk), file=SimpleUploadedFile("r.txt", b"x"))


def test_english_is_complete_and_a_list_costs_the_same_for_twice_the_rows(
    enter, award, django_assert_max_num_queries
):
    approved(built())
    client = enter("batch_preparer")
    client.get("/payments/batches/?language=en", follow=True)
    counts = []
    for first in (0, 500):
        with django_assert_max_num_queries(16) as captured:
            page(client, "batches")
        counts.append(len(captured))
        people = girls(3, village=make.HUAIHUA, first=600 + first)
        accounts(people)
        entitlements(people, award)
        planned()
        services.build_batches(by=PREPARER, on=DAY)
    assert counts[0] == counts[1]
    text = page(client, "batches")
    assert "Payment batches" in text
    assert "Abc" not in text


def test_the_list_offers_only_what_can_be_paid_and_says_who_mends_the_rest(enter, award):
    newcomers = girls(2, first=10)
    accounts(newcomers[:1], verified=None)
    entitlements(newcomers, award)
    planned()
    client = enter("batch_preparer")
    text = page(client, "batches")
    assert "把能付的 5 笔做成批次" in text
    for words in ("收款账户没有核验", "没有登记收款账户", newcomers[0].name, newcomers[1].name, "乡镇初审"):
        assert words in text
    text = page(client, "build")
    assert "人民币壹万元整" in text
    assert "2 笔，4,000.00 元" in text
    assert page(client, "build", status=302, go="1")
    assert Batch.objects.get().count == 5
    text = page(client, "batches")
    assert "到期的 2 笔现在都不能付" in text
    assert "做成批次" not in text
    text = page(client, "build")
    assert "到期的每一笔都在等人办" in text
    assert '<button class="button large" type="button" disabled>' in text


def test_whoever_mends_an_account_finds_the_way_from_the_payment(enter, award):
    newcomers = girls(2, first=10)
    accounts(newcomers[:1], verified=None)
    entitlements(newcomers, award)
    planned()
    enter_account = reverse("beneficiaries:account_enter", args=[newcomers[1].pk])
    text = page(enter("clerk"), "blocked")
    assert enter_account in text
    assert "核验账户" not in text
    text = page(enter("township_reviewer"), "blocked")
    assert enter_account not in text
    assert "核验账户" in text
    text = page(enter("batch_preparer"), "blocked")
    assert newcomers[1].name in text
    assert "登记账户" not in text
    assert newcomers[0].name not in page(enter("next_clerk"), "blocked")
    page(enter("administrator"), "blocked", status=403)


def test_what_cannot_be_paid_costs_the_same_for_more_rows(enter, award, django_assert_max_num_queries):
    entitlements(girls(30, first=10), award)
    planned()
    with django_assert_max_num_queries(38):
        assert "现在不能付" in page(enter("batch_preparer"), "blocked")


def test_failed_lines_whose_account_nobody_changed_shut_the_button_with_names(enter):
    batch = sent(built())
    answer(batch, {1: ("failed", "户名不符"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    client = enter("batch_preparer")
    text = page(client, "batch", batch.pk)
    name = Attempt.objects.get(batch=batch, line=1).payee.name
    assert "账户还是上次失败的那个" in text
    assert name in text
    assert reverse("payments:step", args=[batch.pk, "correct"]) not in text
    new_account(batch, 1)
    settled = page(client, "batch", batch.pk)
    assert "账户刚换过" in settled or reverse("payments:step", args=[batch.pk, "correct"]) in settled


def test_steps_stand_with_their_business_day(enter):
    batch = approved(built())
    text = page(enter("batch_preparer"), "batch", batch.pk)
    assert text.count("8 月 18 日（周二）") >= 3


def test_one_signature_is_not_called_an_agreement(enter):
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    text = page(enter("batch_preparer"), "batch", batch.pk)
    assert "制单人看到的合计：" in text
    assert "看到的合计一致" not in text


def test_totals_are_typed_where_the_focus_is(enter):
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    text = page(enter("batch_checker"), "step", batch.pk, "confirm")
    assert text.count("autofocus") == 1
    assert 'name="count"' in text.split("autofocus")[0].rsplit("<", 1)[1]
    refused = page(
        enter("batch_checker"), "step", batch.pk, "confirm", status=422, count="5", total_fen="1.00"
    )
    assert "没有办成，什么也没变" in refused
    assert "还不能保存" not in refused


def test_a_refused_result_file_does_not_look_half_read(enter):
    batch = sent(built())
    client = enter("batch_preparer")
    zipped = SimpleUploadedFile("zip.xlsx", b"PK\x03\x04 nothing")
    page(client, "upload", status=302, batch=str(batch.pk), file=zipped)
    assert "收到了，正在读：zip.xlsx" in page(client, "results")
    row = ResultFile.objects.get()
    services.read_result_file(row, by=PREPARER, on=DAY)
    text = page(client, "result", row.pk)
    assert "正在读入" not in text
    assert "没有读入，什么也没记" in page(client, "result_progress", row.pk)


def test_lines_of_a_result_carry_the_payees_names(enter):
    batch = sent(built())
    row = answer(batch, {1: ("failed", "户名不符"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    text = page(enter("batch_preparer"), "result", row.pk)
    for attempt in Attempt.objects.filter(batch=batch).select_related("payee"):
        assert attempt.payee.name in text
    assert 'class="drop"' in page(enter("batch_preparer"), "upload")
