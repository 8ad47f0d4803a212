"""Letters are found by what is missing, written once, held where a character has no glyph."""

import hashlib
import json
import shutil
import subprocess
from datetime import date

import pytest
from django.core.management import call_command

from applications.models import Application, LimitClaim
from applications.services import counter
from audit.actor import SYSTEM
from audit.models import TrailRow
from letters import engine, services
from letters.engine.keeping import read_data, write_data
from letters.models import Letter
from letters.queries.bureau import Bureau, county
from letters.queries.occasions import OCCASIONS
from letters.queries.register import newest, templates
from tests import factories as make
from tests.applications.conftest import poor_family
from tests.letters.conftest import DAY, approved, county_refuses, opened, paid, refused, sent_batch, submitted
from tests.otherwise import otherwise

LATER = date(2026, 9, 4)
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def kinds() -> list[str]:
    return list(Letter.objects.order_by("kind").values_list("kind", flat=True))


def words_of(pdf: bytes, tmp_path) -> str:
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf)
    read = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True)
    return read.stdout


def test_every_template_has_an_occasion_that_gives_all_it_prints():
    assert {template.occasion for template in templates().values()} <= set(OCCASIONS)


def test_the_county_is_named_in_both_languages(settings):
    settings.PUBLIC_PHONES = {make.MAZHAO: "029-0000-0103"}
    assert county().review_body.en
    assert county().phone_of(make.JIAOLOU) == "029-0000-0103"
    assert county().phone_of(make.HUAIHUA) == county().phone


def test_every_sample_survives_being_kept():
    for template in templates().values():
        text = write_data(template.sample)
        assert read_data(text) == template.sample
        assert write_data(read_data(text)) == text


def test_a_submitted_application_gets_its_receipt_once(family):
    application = submitted(family)
    first = services.write_letters(on=DAY)
    again = services.write_letters(on=DAY)
    letter = Letter.objects.get()
    assert (first.made, first.failed) == ({"receipt": 1}, 0)
    assert (again.total, again.failed) == (0, 0)
    assert (letter.number, letter.division) == (f"{application.receipt_number}-receipt", make.JIAOLOU)
    data = read_data(letter.data)
    assert (data["name"], data["accepted_on"]) == ("赵雨桐", DAY)
    assert data["look_up"].endswith(f"/progress/{application.token}/")
    assert TrailRow.objects.filter(table="letters_letter", verb="write").count() == 1


def test_an_application_from_lists_needs_no_receipt(family):
    application = submitted(family)
    with otherwise():
        Application.objects.filter(pk=application.pk).update(origin="lists")
    assert services.write_letters(on=DAY).total == 0


@needs_poppler
def test_an_approved_family_reads_what_and_why(family, tmp_path):
    approved(family)
    written = services.write_letters(on=LATER)
    assert (written.made, written.failed) == ({"receipt": 1, "approval": 1, "public_notice": 1}, 0)
    letter = Letter.objects.get(kind="approval")
    text = words_of(services.open_letter(letter, on=LATER), tmp_path)
    assert "2,000.00 元（人民币贰仟元整）" in text
    assert "本科二批" in text
    assert "60 日内" in text
    assert "计划生育家庭女孩升学奖励" in text
    assert "示例〔2024〕1号第三条" in text.replace("\n", "").replace(" ", "")


@needs_poppler
def test_a_refused_family_reads_every_reason_with_its_remedies(family, tmp_path):
    refused(family)
    written = services.write_letters(on=LATER)
    assert (written.made["refusal"], written.failed) == (1, 0)
    text = words_of(services.open_letter(Letter.objects.get(kind="refusal"), on=LATER), tmp_path)
    assert "录取之日家庭不在困难名单内" in text
    assert "完整名单里没有" in text
    assert "dibao 2026-07" in text
    assert "60 日内" in text
    assert "6 个月内" in text
    assert "行政复议" in text
    assert "周至县人民法院" in text


@needs_poppler
def test_a_family_that_lacks_papers_is_told_once_and_by_whom(office, tmp_path):
    poor = poor_family("钱")
    with otherwise():
        poor.household.facts.get(kind="certificate").delete()
    application = counter.ask_for_papers(opened(poor), by=make.actor("clerk"), on=DAY)
    written = services.write_letters(on=DAY)
    assert (written.made, written.failed) == ({"correction_notice": 1}, 0)
    data = read_data(Letter.objects.get().data)
    assert data["missing_count"] == len(application.missing_papers) == len(data["missing"])
    assert data["clerk"] == "chen"
    text = words_of(services.open_letter(Letter.objects.get(), on=DAY), tmp_path)
    assert "女儿户证" in text
    assert "以后不再要求别的" in text


@needs_poppler
def test_a_batch_has_its_paper_set_and_the_payee_her_advice(family, tmp_path):
    batch = sent_batch(family)
    paid(batch)
    written = services.write_letters(on=LATER)
    assert written.failed == 0
    expected = {"batch_approval_sheet", "batch_summary", "batch_roster", "bank_slip", "payment_advice"}
    assert expected <= set(written.made)
    file = batch.files.get()
    slip = words_of(services.open_letter(Letter.objects.get(kind="bank_slip"), on=LATER), tmp_path)
    assert "人民币贰仟元整" in slip
    assert file.sha256 in slip.replace(" ", "").replace("\n", "")
    assert file.sm3 in slip.replace(" ", "").replace("\n", "")
    advice = words_of(services.open_letter(Letter.objects.get(kind="payment_advice"), on=LATER), tmp_path)
    assert "**** 5678" in advice
    assert "6217000012345678" not in advice
    roster = words_of(services.open_letter(Letter.objects.get(kind="batch_roster"), on=LATER), tmp_path)
    assert "本页 1 笔" in roster
    assert "6217000012345678" not in roster


def test_a_notice_names_nobody_by_number_and_no_hardship(family):
    approved(family)
    services.write_letters(on=LATER)
    notice = Letter.objects.get(kind="public_notice")
    data = read_data(notice.data)
    (line,) = data["lines"]
    assert {name: said for name, said in line.items() if name not in ("tier", "amount")} == {
        "name": "赵雨桐",
        "village": "焦楼村",
        "amount_fen": 200_000,
    }
    assert (line["tier"].zh, line["amount"].zh) == ("本科二批", "2,000.00")
    assert family.girl.citizen_id not in notice.data
    assert "dibao" not in notice.data
    assert "低保" not in notice.data


def test_a_letter_once_drawn_stays_what_it_was(family):
    submitted(family)
    services.write_letters(on=DAY)
    letter = Letter.objects.get()
    first = services.open_letter(letter, on=DAY)
    family.girl.name = "赵语桐"
    with otherwise():
        family.girl.save()
    services.write_letters(on=LATER)
    again = services.open_letter(Letter.objects.get(), on=LATER)
    assert again == first
    assert Letter.objects.get().sha256 == hashlib.sha256(first).hexdigest()


def test_a_name_without_a_glyph_holds_the_letter_until_it_is_spelled_otherwise(family):
    family.girl.name = "赵𠮷桐"
    with otherwise():
        family.girl.save()
    submitted(family)
    written = services.write_letters(on=DAY)
    letter = Letter.objects.get()
    assert (written.total, written.held, letter.held_for) == (0, {"receipt": 1}, "𠮷")
    with pytest.raises(engine.HeldLetter, match="U\\+20BB7"):
        services.open_letter(letter, on=DAY)
    assert services.write_letters(on=DAY).freed == 0
    family.girl.name = "赵吉桐"
    with otherwise():
        family.girl.save()
    assert services.write_letters(on=LATER).freed == 1
    assert services.open_letter(Letter.objects.get(), on=LATER).startswith(b"%PDF-")


@needs_poppler
def test_rare_characters_print_and_copy(family, tmp_path):
    family.girl.name = "赵𬭎䶮"
    with otherwise():
        family.girl.save()
    submitted(family)
    services.write_letters(on=DAY)
    assert "赵𬭎䶮：您申请的" in words_of(services.open_letter(Letter.objects.get(), on=DAY), tmp_path)


def test_one_row_that_cannot_be_told_keeps_nobody_else_waiting(family, monkeypatch):
    submitted(family)
    submitted(poor_family("孙", "103209-0148"))
    broken = Application.objects.order_by("pk").first()
    village = Bureau.place
    monkeypatch.setattr(Bureau, "place", lambda self, code: 1 / 0 if code == "x" else village(self, code))
    with otherwise():
        Application.objects.filter(pk=broken.pk).update(division="x")
    written = services.write_letters(on=DAY)
    assert (written.total, written.failed) == (1, 1)


def test_queries_do_not_grow_with_the_letters(family, django_assert_max_num_queries):
    for surname, number in (("孙", "A1"), ("李", "A2"), ("周", "A3")):
        submitted(poor_family(surname, number))
    submitted(family)
    with django_assert_max_num_queries(45):
        services.write_letters(on=DAY)


def test_the_command_writes_merged_files_and_says_so(family, tmp_path, capsys):
    approved(family)
    call_command("write_letters", "--merged", str(tmp_path / "out"), "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["made"] == {"approval": 1, "public_notice": 1, "receipt": 1}
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        f"approval-{make.MAZHAO}-01.pdf",
        f"public_notice-{make.MAZHAO}-01.pdf",
        f"receipt-{make.MAZHAO}-01.pdf",
    ]
    call_command("write_letters", "--json")
    assert json.loads(capsys.readouterr().out)["made"] == {}


def test_what_was_taken_back_and_submitted_again_gets_a_new_receipt(family):
    application = submitted(family)
    services.write_letters(on=DAY)
    clerk = make.actor("clerk")
    draft = counter.take_back(application, by=clerk, on=DAY)
    assert list(newest(Letter.objects.all())) == []
    counter.submit(draft, by=clerk, on=date(2026, 8, 19))
    services.write_letters(on=date(2026, 8, 19))
    first, second = Letter.objects.order_by("pk")
    assert list(newest(Letter.objects.all())) == [second]
    assert second.number == f"{first.number}-2"
    assert read_data(second.data)["accepted_on"] == date(2026, 8, 19)
    assert services.write_letters(on=date(2026, 8, 20)).total == 0


@needs_poppler
def test_who_has_had_it_before_reads_when_and_where_it_is_on_record(family, tmp_path):
    source = make.evidence_list("earlier_payment", title="早年发放台账 填报单位:周至县")
    paid_before = make.fact(
        family.girl, "earlier_payment", date(2021, 9, 1), source=source,
        program="college-award", paid_on="2021-09-01", amount=300_000,
    )  # fmt: skip
    LimitClaim.objects.create(
        limit="college-award",
        holder_kind="person",
        holder_id=family.girl.pk,
        period="life",
        earlier=paid_before,
    )
    application = submitted(family)
    county_refuses(application)
    services.write_letters(on=LATER)
    text = words_of(services.open_letter(Letter.objects.get(kind="refusal"), on=LATER), tmp_path)
    assert "2021-09-01，3,000.00 元" in text
    assert "来源：早年发放台账" in text
    assert "填报单位" not in text


def test_what_lists_found_is_not_called_an_application(family):
    application = approved(family)
    with otherwise():
        Application.objects.filter(pk=application.pk).update(origin="lists")
    services.write_letters(on=LATER)
    assert read_data(Letter.objects.get(kind="approval").data)["by_lists"] is True


def test_two_who_look_at_the_same_moment_write_one_letter(family):
    submitted(family)
    receipt = templates()["receipt"]
    both_see = list(OCCASIONS[receipt.occasion].without("receipt"))
    written = services.Written()
    for _ in range(2):
        services._write_chunk(receipt, both_see, Bureau.on(DAY), written, by=SYSTEM)
    assert (Letter.objects.count(), written.total) == (1, 1)
