"""Lists for tests: workbooks and text files made in memory, and the check of one."""

import io
import random
from datetime import date

import xlsxwriter

from beneficiaries.lists.cells import Villages
from beneficiaries.lists.check import CheckedList, Stated, check_file
from facts.catalogue import load_catalogue
from standards.citizen_id import check_digit

TODAY = date(2026, 10, 31)
VILLAGES = Villages(
    codes=frozenset({"610124103205", "610124103206"}),
    by_name={"仰天村": ("610124103205",), "八一村": ("610124103206", "610124104201")},
)


def number_of(born: str, serial: int, region: str = "610124") -> str:
    """A citizen ID number that can be; an odd serial is a man's."""
    first = f"{region}{born}{serial:03d}"
    return first + check_digit(first)


def xlsx(*sheets, hidden=(), merges=(), names=()) -> bytes:
    """A workbook of sheets of rows. ``("f", formula, value)`` is a formula, a float a number, a date a date."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, rows in enumerate(sheets):
        page = book.add_worksheet(names[number] if names else f"表{number + 1}")
        if number in hidden:
            page.hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    page.write_formula(row, column, cell[1], None, cell[2])
                elif isinstance(cell, date):
                    page.write_datetime(row, column, cell, day)
                elif isinstance(cell, (int, float)):
                    page.write_number(row, column, cell)
                elif cell:
                    page.write_string(row, column, cell)
        for first_row, first, last_row, last, text in merges if number == 0 else ():
            page.merge_range(first_row, first, last_row, last, text)
    book.close()
    return buffer.getvalue()


def csv_bytes(rows, encoding="utf-8") -> bytes:
    """A comma-separated file; a byte order mark where the encoding has one."""
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def check(source: bytes, kind: str = "admission", **stated) -> CheckedList:
    """The whole check of a file as of the tests' day."""
    return check_file(
        source, load_catalogue().kinds[kind], today=TODAY, stated=Stated(**stated), villages=VILLAGES
    )


GIRL = number_of("20080315", 24)
OTHER = number_of("20071102", 46)
HEADER = ["姓名", "身份证号", "录取年份", "录取批次", "录取层次", "录取日期"]
ROW = ["赵雨桐", GIRL, "2026", "本科一批", "本科", "2026-07-20"]
ROW2 = ["钱思涵", OTHER, "2026", "高职专科批", "专科", "2026-08-12"]


def people(count: int, seed: int) -> list[list[str]]:
    """A good admission list of ``count`` people, its header first."""
    dice = random.Random(seed)
    rows = [HEADER]
    for n in range(count):
        born = f"200{dice.randint(6, 8)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"
        day = f"2026-0{dice.randint(7, 8)}-{dice.randint(1, 28):02d}"
        name = dice.choice("王李张刘陈杨赵黄") + dice.choice("雨欣思梓佳") + dice.choice("桐怡涵萱琪")
        batch, level = dice.choice([("本科批", "本科"), ("高职专科批", "专科")])
        rows.append([name, number_of(born, 2 * (n % 499) + 2), "2026", batch, level, day])
    return rows
