import io
import zipfile
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from payments import banks
from tests.payments.banks.making import PROFILES, files_of, lines_of, order_for

NAMES = ["任嘉惠", "辛雨晴", "古丽·买买提", "欧阳若兰"]
EACH = pytest.mark.parametrize("code", sorted(PROFILES))


@EACH
def test_files_hold_the_lines_and_totals_of_the_order(code):
    lines = lines_of(NAMES)
    (file,) = files_of(PROFILES[code], lines)
    received = banks.read_payment_file(PROFILES[code], file.content)
    assert (file.rows, file.total_fen, file.first_line, file.last_line) == (4, sum(lines.amounts_fen), 1, 4)
    assert received.batch == "PC-2026-0037"
    assert received.line_numbers == lines.line_numbers
    assert received.amounts_fen == lines.amounts_fen
    assert received.texts["payee_name"] == NAMES
    assert received.texts["account"] == lines.texts["account"]
    assert file.sha256 == sha256(file.content).hexdigest()


@EACH
def test_the_same_lines_give_the_same_bytes_however_they_are_cut_into_chunks(code):
    profile = replace(PROFILES[code], rows_max=3)
    lines = lines_of(
        [f"王{n:03d}".translate({48 + d: "零一二三四五六七八九"[d] for d in range(10)}) for n in range(10)]
    )
    whole = files_of(profile, lines)
    chunks = [lines.part(0, 1), lines.part(1, 1), lines.part(1, 6), lines.part(6, 10)]
    again = list(banks.write_files(profile, order_for(lines), chunks))
    assert again == whole
    assert [file.rows for file in whole] == [3, 3, 3, 1]
    assert [file.first_line for file in whole] == [1, 4, 7, 10]
    assert len({file.name for file in whole}) == 4


def test_the_fixed_file_counts_bytes_and_ends_each_row_with_a_line_feed():
    (file,) = files_of(PROFILES["abc_fixed"], lines_of(["任嘉惠"], [239_000_00]))
    name = "任嘉惠".encode("gbk")
    assert (
        file.content
        == (
            name
            + b" " * 54
            + b"6217001234567800000"
            + b" " * 11
            + b"239000.00".rjust(18)
            + b"PC-2026-0037-000001"
            + b" " * 11
        )
        + b"\n"
    )
    assert file.name == "GA_20260817_PC-2026-0037_01.txt"


def test_the_pipe_file_holds_its_titles_and_closes_each_row():
    (file,) = files_of(PROFILES["lanzhou_pipe"], lines_of(["任 嘉惠"], [7]))
    assert file.content.decode("gb18030") == (
        "序号|姓名|帐号|金额|身份证|业务行号|\n1|任嘉惠|6217001234567800000|0.07|610124200801010022|PC-2026-0037-000001|\n"
    )


def test_the_workbook_opens_elsewhere_with_accounts_as_texts_and_nothing_as_a_formula():
    lines = lines_of(["=cmd|' /C calc'!A0", "任嘉惠"], [100_050, 300_000])
    lines.texts["payee_name"][0] = "=HYPERLINK(1)"
    (file,) = files_of(PROFILES["psbc_workbook"], lines)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()
    assert rows == [
        ["收款账号*", "收款户名*", "金额*", "备注"],
        ["6217001234567800000", "=HYPERLINK(1)", 1000.5, "PC-2026-0037-000001"],
        ["6217001234567800001", "任嘉惠", 3000.0, "PC-2026-0037-000002"],
    ]
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_rare_character_is_listed_for_gbk_and_written_in_gb18030():
    lines = lines_of(["任嘉惠", "贾𬭎"])
    (problem,) = banks.find_problems(PROFILES["abc_fixed"], lines)
    assert (problem.line_number, problem.code) == (2, "unencodable")
    assert problem.words.zh == "户名的“𬭎”字 GBK 写不了"
    with pytest.raises(banks.FileRefused, match="第 2 笔") as refused:
        files_of(PROFILES["abc_fixed"], lines)
    assert refused.value.code == "unencodable"
    assert banks.find_problems(PROFILES["lanzhou_pipe"], lines) == []
    (file,) = files_of(PROFILES["lanzhou_pipe"], lines)
    assert "贾𬭎" in file.content.decode("gb18030")


@pytest.mark.parametrize(
    ("code", "column", "value", "found"),
    [
        ("abc_fixed", "payee_name", "阿" * 31, "too_long"),
        ("abc_fixed", "payee_name", "阿" * 30, None),
        ("abc_fixed", "payee_name", "", "missing"),
        ("abc_fixed", "account", "6217 0012", "account_shape"),
        ("abc_fixed", "account", "6" * 31, "too_long"),
        ("abc_fixed", "payee_name", "任\x07惠", "character"),
        ("lanzhou_pipe", "payee_name", "任|惠", "character"),
        ("psbc_workbook", "payee_name", "任|惠", None),
        ("psbc_workbook", "payee_name", "任\x00惠", "character"),
    ],
)
def test_what_a_file_cannot_carry_is_listed_with_its_line(code, column, value, found):
    lines = lines_of(["任嘉惠", "辛雨晴"])
    lines.texts[column][1] = value
    problems = banks.find_problems(PROFILES[code], lines)
    assert [(p.line_number, p.code) for p in problems] == ([(2, found)] if found else [])


@pytest.mark.parametrize("fen", [0, -1, 10**12])
def test_an_amount_no_file_can_hold_is_listed(fen):
    problems = banks.find_problems(PROFILES["abc_fixed"], lines_of(["任嘉惠"], [fen]))
    assert [p.code for p in problems] == ["amount"]


@pytest.mark.parametrize(("count", "total"), [(3, 600_001), (2, 600_002)])
def test_lines_that_are_not_the_orders_are_refused(count, total):
    lines = lines_of(["任嘉惠", "辛雨晴"])
    order = replace(order_for(lines), count=count, total_fen=total)
    with pytest.raises(ValueError, match="order"):
        list(banks.write_files(PROFILES["abc_fixed"], order, [lines]))


CHARACTERS = st.one_of(st.characters(codec="gbk", categories=["Lo"]), st.sampled_from("·亅凛| "))
HOLDERS = st.text(CHARACTERS, min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(HOLDERS, min_size=1, max_size=12), data=st.data())
@EACH
def test_what_is_written_reads_back_or_is_listed(code, names, data):
    profile = replace(PROFILES[code], rows_max=data.draw(st.integers(1, 12)))
    amounts = data.draw(st.lists(st.integers(1, 10**10), min_size=len(names), max_size=len(names)))
    lines = lines_of(names, amounts)
    listed = {p.line_number for p in banks.find_problems(profile, lines)}
    good = [n for n in range(len(names)) if n + 1 not in listed]
    if not good:
        return
    kept = lines_of([names[n] for n in good], [amounts[n] for n in good])
    read = [banks.read_payment_file(profile, file.content) for file in files_of(profile, kept)]
    written = [banks.name_for_bank(name, profile.names) for name in kept.texts["payee_name"]]
    assert [name for part in read for name in part.texts["payee_name"]] == written
    assert [fen for part in read for fen in part.amounts_fen] == kept.amounts_fen
    assert [n for part in read for n in part.line_numbers] == kept.line_numbers


def test_a_character_that_ends_in_the_byte_of_the_separator_is_no_separator():
    name = next(chr(c) for c in range(0x4E00, 0x9FA5) if chr(c).encode("gbk").endswith(b"|"))
    (file,) = files_of(PROFILES["lanzhou_pipe"], lines_of([f"王{name}"]))
    assert b"|" in f"王{name}".encode("gb18030")
    received = banks.read_payment_file(PROFILES["lanzhou_pipe"], file.content)
    assert received.texts["payee_name"] == [f"王{name}"]
