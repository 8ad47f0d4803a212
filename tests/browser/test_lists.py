"""A department's list with headers of its own and two wrong rows: named, marked, mended, sent again, taken."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from beneficiaries.lists.guard import read_book
from beneficiaries.models import Doubt, Fact
from beneficiaries.tasks import work_on_lists
from officials.models import Division, Official
from tests import factories as make
from tests.beneficiaries.workbooks import number_of, xlsx
from tests.browser.conftest import PASSWORD

DAY = date(2026, 8, 18)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 720}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = ("赵雨桐", "钱思涵", "孙梓萱", "李欣怡")
NUMBERS = [number_of(f"2008031{n}", 24) for n in range(len(NAMES))]
MEANING = {"孩子叫啥": "姓名", "证上的号": "身份证号 *", "哪天录的": "录取日期 *"}
SENT = [
    ["周至县2026年高校录取名单"],
    ["序号", "孩子叫啥", "证上的号", "录取年份", "录取批次", "录取层次", "哪天录的", "备注"],
    ["1", NAMES[0], NUMBERS[0], "2026", "本科一批", "本科", "2026-07-20", ""],
    ["2", NAMES[1], NUMBERS[1], "2026", "高职专科批", "大专班", "2026/8/12", "补录"],
    ["3", NAMES[2], NUMBERS[2][:-1], "2026", "本科二批", "本科", "20260728", ""],
    ["4", "李心怡", f"{NUMBERS[3][:6]} {NUMBERS[3][6:]}", "2026年", "本科二批", "本科", "2026.7.28", ""],
    ["合计", "", "4人"],
]


@pytest.fixture
def checkers(transactional_db, settings):
    """Two county checkers, and a register that holds the four girls."""
    settings.BUSINESS_DAY = DAY
    make.officials()
    Official.objects.create_official(
        number="zheng", name="郑敏", division=Division.objects.get(code=make.COUNTY), roles=["county_checker"],
        password=PASSWORD,
    )  # fmt: skip
    for name, number in zip(NAMES, NUMBERS, strict=True):
        make.person(name, date(2008, 3, int(number[12:14])), number=number)


def fits(page, name: str) -> None:
    """The page is no wider than the desk's window or the phone's; with ``GUANAI_PICTURES`` both are kept."""
    for size in (PHONE, DESK):
        page.page.set_viewport_size(size)
        assert page.overflow() <= 0, name
        if folder := os.environ.get("GUANAI_PICTURES"):
            page.page.screenshot(path=str(Path(folder) / f"{name}-{size['width']}.png"), full_page=True)


def upload(page, name: str, content: bytes) -> None:
    """Choose the workbook, say what it is, and let the worker look at it."""
    page.open("/lists/upload/")
    page.locator("[name=kind]").select_option("admission")
    page.locator("[name=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    press(page)
    checked(page)


def checked(page) -> None:
    """The worker has been at it; the page shows itself anew, and is not opened at the same moment."""
    work_on_lists()
    expect(page.locator(".progress")).to_have_count(0)
    page.page.wait_for_load_state()  # a page that has not come yet shows no progress either


def press(page) -> None:
    """The page's verb."""
    with page.page.expect_navigation():
        page.locator("main button.main").first.click()


def follow(page, words: str) -> None:
    with page.page.expect_navigation():
        page.locator("main").get_by_role("link", name=re.compile(words)).first.click()


def figures(page) -> dict[str, int]:
    """The large figures at the head of the list's page."""
    names = page.locator("dl.figures dt").all_inner_texts()
    return dict(zip(names, map(int, page.locator("dl.figures dd").all_inner_texts()), strict=True))


def mended(workbook: bytes) -> bytes:
    """The returned workbook with its two wrong cells put right, as a table program saves it."""
    pages = {page.name: [page.row(row) for row in range(page.rows)] for page in read_book(workbook).sheets}
    rows = pages["表1"]
    assert [(row[1], row[8]) for row in rows if row[8]] == [
        ("孩子叫啥", "要改的地方"),
        (NAMES[1], "F: 录取层次“大专班”不认识，是不是“专科”。可写：本科、专科、中专"),
        (NAMES[2], "C: 身份证号码应为 18 位，这里是 17 位"),
        ("李心怡", "B: 名单写“李心怡”，户籍登记的是“李欣怡”，身份证号相同"),
    ]
    rows[3][5], rows[4][2] = "专科", NUMBERS[2]
    return xlsx(*pages.values(), names=tuple(pages))


def test_unknown_columns_are_named_and_wrong_rows_mended_in_the_returned_workbook(checkers, page, open_page):
    page.sign_in("zhou")
    upload(page, "录取名单.xlsx", xlsx(SENT))
    expect(page.locator("main")).to_contain_text("有不认识的列")
    fits(page, "asked")
    follow(page, "指定列名")
    fits(page, "columns")
    for header, field in MEANING.items():
        page.page.get_by_label(header).select_option(label=field)
    press(page)
    checked(page)
    assert figures(page) == {"行数": 4, "新增": 2, "变更": 0, "与原来相同": 0, "退回": 2, "要人来定": 1}
    expect(page.locator("main")).to_contain_text("“证上的号”一列按指定读作“身份证号”")
    fits(page, "preview")
    workbook = fetched(page)
    page.open("/lists/headers/")
    expect(page.locator("tbody tr")).to_contain_text(["哪天录的", "孩子叫啥", "证上的号"])
    fits(page, "headers")
    assert Fact.objects.count() == 0, "a preview takes nothing"

    upload(page, "录取名单-已改.xlsx", mended(workbook))
    assert figures(page) == {"行数": 4, "新增": 4, "变更": 0, "与原来相同": 0, "退回": 0, "要人来定": 1}
    expect(page.locator("main")).not_to_contain_text("要改的地方")
    fits(page, "mended")
    taken(open_page)
    assert [tuple(fact.values[key] for key in ("level", "admitted_on")) for fact in facts()] == [
        ("本科", "2026-07-20"),
        ("专科", "2026-08-12"),
        ("本科", "2026-07-28"),
        ("本科", "2026-07-28"),
    ]
    assert Doubt.objects.get().person.name == NAMES[3], "another name under her number waits for a person"


def facts():
    """What stands on the register of the four girls, in the order of the list."""
    return [Fact.objects.get(person__name=name) for name in NAMES]


def fetched(page) -> bytes:
    """The workbook with marks, as the browser saves it."""
    with page.page.expect_download() as download:
        page.locator("main").get_by_role("link", name="带标记的表格").click()
    assert download.value.suggested_filename == "录取名单-已标记.xlsx"
    workbook = Path(download.value.path()).read_bytes()
    if folder := os.environ.get("GUANAI_PICTURES"):
        (Path(folder) / "marked.xlsx").write_bytes(workbook)
    return workbook


def taken(open_page) -> None:
    """Another checker takes the mended list at her own desk."""
    page = open_page()
    page.sign_in("zheng")
    page.open("/lists/")
    fits(page, "lists")
    with page.page.expect_navigation():
        page.locator("tbody a").first.click()
    follow(page, "导入")
    fits(page, "take")
    press(page)
    checked(page)
    expect(page.locator("h1 + *")).to_have_text("已导入")
    fits(page, "taken")
    page.open("/lists/doubts/")
    expect(page.locator("tbody tr")).to_contain_text(["李欣怡"])
    fits(page, "doubts")
