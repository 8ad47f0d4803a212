import contextlib
import io
import random
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from payments import banks
from tests.payments.banks.making import (
    DAY,
    PROFILES,
    answers_to,
    files_of,
    lines_of,
    refusal_of,
    result_bytes,
    sent,
)

EACH = pytest.mark.parametrize("code", sorted(PROFILES))
LINES = lines_of(["任嘉惠", "辛雨晴", "杨若琳"], [300_000, 250_000, 300_000])


def read(profile, source, lines=LINES, batch="PC-2026-0037"):
    return banks.read_results(profile, source, batch=batch, amounts_fen=sent(lines))


@EACH
def test_an_answer_gives_line_amount_status_and_reason(code):
    answers = [
        banks.Answer(3, 300_000, "failed", "户名与账号不符"),
        banks.Answer(1, 300_000, "paid"),
        banks.Answer(2, 250_000, "unknown", "处理中"),
    ]
    assert read(PROFILES[code], result_bytes(PROFILES[code], answers)) == banks.Results(
        line_numbers=[3, 1, 2],
        amounts_fen=[300_000, 300_000, 250_000],
        statuses=["failed", "paid", "unknown"],
        texts=["户名与账号不符", "", "处理中"],
        reasons=["NAME_MISMATCH", "", "NOT_PROCESSED"],
    )


@EACH
@pytest.mark.parametrize("word", ["已受理", "", "成功了吗", "s"])
def test_a_status_word_the_profile_does_not_know_stays_unknown(code, word):
    source = result_bytes(PROFILES[code], answers_to(LINES), words={"paid": word})
    assert set(read(PROFILES[code], source).statuses) == {"unknown"}


@EACH
@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("已销户", "failed", "ACCOUNT_CLOSED"),
        ("系统繁忙", "failed", "UNKNOWN"),
        ("尚未处理", "unknown", "NOT_PROCESSED"),
        ("重复提交", "unknown", "DUPLICATE"),
    ],
)
def test_a_failure_that_may_have_been_paid_is_not_known_as_failed(code, text, status, reason):
    results = read(PROFILES[code], result_bytes(PROFILES[code], answers_to(LINES, "failed", text)))
    assert (results.statuses[0], results.texts[0], results.reasons[0]) == (status, text, reason)


@EACH
def test_the_file_of_another_batch_with_equal_amounts_is_refused(code):
    refusal = refusal_of(
        PROFILES[code], result_bytes(PROFILES[code], answers_to(LINES), batch="PC-2026-0036"), LINES
    )
    assert refusal.code == "other_batch"
    assert "PC-2026-0036" in refusal.words.zh
    assert len(refusal.problems) == 3


@EACH
def test_an_amount_off_by_one_fen_is_refused_with_its_place(code):
    answers = answers_to(LINES)
    answers[1] = banks.Answer(2, 250_001, "paid")
    refusal = refusal_of(PROFILES[code], result_bytes(PROFILES[code], answers), LINES)
    assert refusal.code == "other_amount"
    assert "2,500.01" in refusal.words.zh
    assert "2,500.00" in refusal.words.en


@EACH
def test_a_line_answered_twice_is_refused_even_with_the_same_word(code):
    refusal = refusal_of(
        PROFILES[code], result_bytes(PROFILES[code], answers_to(LINES) + answers_to(LINES)[:1]), LINES
    )
    assert refusal.code == "double"


@EACH
def test_a_line_we_never_sent_is_refused(code):
    answers = [*answers_to(LINES), banks.Answer(4, 300_000, "paid")]
    assert refusal_of(PROFILES[code], result_bytes(PROFILES[code], answers), LINES).code == "other_line"


@EACH
def test_a_file_cut_anywhere_is_refused_or_says_less_but_never_something_else(code):
    lines = lines_of([f"王{c}" for c in "甲乙丙丁戊己庚辛"])
    source = result_bytes(PROFILES[code], answers_to(lines, "failed", "已销户"))
    whole = read(PROFILES[code], source, lines)
    places = range(len(source)) if len(source) < 1000 else random.Random(7).sample(range(len(source)), 150)
    for place in places:
        try:
            part = read(PROFILES[code], source[:place], lines)
        except banks.FileRefused:
            continue
        rows = set(zip(part.line_numbers, part.statuses, strict=True))
        assert rows <= set(zip(whole.line_numbers, whole.statuses, strict=True))


@pytest.mark.parametrize("code", ["abc_fixed", "lanzhou_pipe", "psbc_workbook"])
def test_a_file_cut_in_the_middle_is_called_cut(code):
    source = result_bytes(PROFILES[code], answers_to(LINES))
    assert refusal_of(PROFILES[code], source[: len(source) // 2], LINES).code == "cut"


@EACH
@pytest.mark.parametrize(
    "source", [b"", b"\n", b"hello", b"\x00" * 50, b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 9]
)
def test_hostile_bytes_are_refused_with_a_sentence(code, source):
    refusal_of(PROFILES[code], source, LINES)


OTHER_KINDS = {"图片": b"\x89PNG\r\n\x1a\n", " PDF": b"%PDF-1.7\n"}


@EACH
@pytest.mark.parametrize("what", OTHER_KINDS)
def test_a_picture_is_called_a_picture(code, what):
    refusal = refusal_of(PROFILES[code], OTHER_KINDS[what] + bytes(99), LINES)
    assert refusal.code == "other_kind"
    assert refusal.words.zh.startswith(f"这是{what}，")
    assert "原文件" in refusal.words.zh


def test_another_banks_file_is_said_to_be_one():
    for mine, other in (
        ("abc_fixed", "lanzhou_pipe"),
        ("lanzhou_pipe", "abc_fixed"),
        ("abc_fixed", "psbc_workbook"),
    ):
        refusal = refusal_of(PROFILES[mine], result_bytes(PROFILES[other], answers_to(LINES)), LINES)
        assert "另一家银行" in refusal.words.zh or "这是工作簿" in refusal.words.zh


def test_a_text_saved_again_as_utf8_is_refused_by_its_encoding():
    source = result_bytes(PROFILES["lanzhou_pipe"], answers_to(LINES, "failed", "户名不符"))
    for again in (source.decode("gb18030").encode(), source.decode("gb18030").encode("utf-16")):
        refusal = refusal_of(PROFILES["lanzhou_pipe"], again, LINES)
        assert refusal.code == "encoding"
        assert "GB18030" in refusal.words.zh


def test_the_payment_file_sent_back_is_not_an_answer():
    for profile in PROFILES.values():
        (file,) = files_of(profile, LINES)
        refusal_of(profile, file.content, LINES)


def test_the_result_of_another_bank_is_refused():
    for profile in PROFILES.values():
        for other in PROFILES.values():
            if other.code != profile.code:
                refusal_of(profile, result_bytes(other, answers_to(LINES)), LINES)


def test_totals_that_disagree_with_the_rows_are_refused():
    source = result_bytes(PROFILES["lanzhou_pipe"], answers_to(LINES)).decode("gb18030")
    for wrong, code in ((("合计|3|", "合计|2|"), "cut"), (("8500.00", "8500.01"), "other_total")):
        assert (
            refusal_of(PROFILES["lanzhou_pipe"], source.replace(*wrong).encode("gb18030"), LINES).code == code
        )


def test_windows_line_ends_and_missing_last_line_end_are_taken_where_the_end_is_proved():
    source = result_bytes(PROFILES["lanzhou_pipe"], answers_to(LINES))
    assert read(PROFILES["lanzhou_pipe"], source.replace(b"\n", b"\r\n")) == read(
        PROFILES["lanzhou_pipe"], source
    )
    assert read(PROFILES["lanzhou_pipe"], source.rstrip(b"\n")) == read(PROFILES["lanzhou_pipe"], source)


def workbook(rows, **options):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                sheet.write(y, x, value)
    return target.getvalue()


TITLES = ["备注", "金额", "处理结果", "收款户名", "失败原因"]


def test_a_workbook_saved_by_another_program_with_columns_in_another_order_is_read():
    source = workbook(
        [
            ["批量代付处理结果"],
            [],
            TITLES,
            ["PC-2026-0037-000001", 3000, "交易成功", "任嘉惠"],
            ["PC-2026-0037-000002", 2500.0, "交易失败", "辛雨晴", "销户"],
            ["合计", 2, 5500],
        ]
    )
    results = read(PROFILES["psbc_workbook"], source)
    assert (results.line_numbers, results.statuses) == ([1, 2], ["paid", "failed"])


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (
            [["批量代付处理结果"], TITLES, ["PC-2026-0037-000001", "=1+2", "交易成功"], ["合计", 1, 3]],
            "formula",
        ),
        ([["批量代付处理结果"], TITLES[:3], ["PC-2026-0037-000001", 3000, "交易成功"]], "other_format"),
        (
            [["批量代付处理结果"], TITLES, ["PC-2026-0037-000001", "三千", "交易成功"], ["合计", 1, 3]],
            "amount_shape",
        ),
        ([["批量代付处理结果"], TITLES, ["合计", 0, 0]], "empty"),
        ([["别的"], TITLES, ["PC-2026-0037-000001", 3000, "交易成功"], ["合计", 1, 3000]], "other_format"),
    ],
)
def test_a_workbook_with_something_wrong_is_refused(rows, code):
    assert refusal_of(PROFILES["psbc_workbook"], workbook(rows), LINES).code == code


def test_two_cells_a_million_rows_apart_cost_two_cells():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    assert refusal_of(PROFILES["psbc_workbook"], target.getvalue(), LINES).code == "not_a_workbook"


def test_archives_that_are_no_workbook_are_refused():
    def archive(members):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            for name, text in members:
                made.writestr(name, text)
        return target.getvalue()

    bomb = b"<x>" + b" " * (300 * 1024 * 1024)
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>'
    for members in (
        [("a.txt", "x")],
        [("xl/workbook.xml", bomb)],
        [("xl/workbook.xml", entity), ("xl/_rels/workbook.xml.rels", "<a/>")],
        [("xl/workbook.xml", "<workbook><sheets/></workbook>"), ("xl/_rels/workbook.xml.rels", "<a/>")],
        [("xl/workbook.xml", "not xml")],
        [(f"{n}", "") for n in range(300)],
    ):
        refusal_of(PROFILES["psbc_workbook"], archive(members), LINES)


@EACH
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read_but_never_fails_otherwise(code, data):
    source = bytearray(result_bytes(PROFILES[code], answers_to(LINES, "failed", "户名不符")))
    for _ in range(data.draw(st.integers(1, 4))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(banks.FileRefused):
        read(PROFILES[code], bytes(source))


@EACH
@settings(max_examples=60, deadline=None)
@given(
    answers=st.lists(
        st.tuples(st.integers(1, 10**9), st.sampled_from(["paid", "failed", "unknown"])),
        min_size=1,
        max_size=20,
    )
)
def test_every_answer_reads_back_as_it_was_given(code, answers):
    given_answers = [banks.Answer(n, fen, status, "") for n, (fen, status) in enumerate(answers, 1)]
    source = banks.write_answers(PROFILES[code], given_answers, batch="PC-2026-0037", on=DAY)
    results = banks.read_results(
        PROFILES[code],
        source,
        batch="PC-2026-0037",
        amounts_fen={a.line_number: a.amount_fen for a in given_answers},
    )
    assert results.amounts_fen == [a.amount_fen for a in given_answers]
    assert results.statuses[0] in {given_answers[0].status, "unknown"}
