"""A register of n people from xlsx, taken whole, beside the floor: calamine, column-wise checks, COPY, INSERT … SELECT.

The floor encrypts nothing and keeps no row as received; what encryption costs is printed apart.
"""

import io
import time
from datetime import date, timedelta

import python_calamine
import xlsxwriter
from django.db import connection

from audit.actor import Actor
from benchmarks.offices import COUNTY
from benchmarks.rows import Measured, best_of
from beneficiaries import services
from beneficiaries.models import Person
from officials.models import Division
from standards import citizen_id
from vault.crypto import encrypt_many

UPLOADER = Actor("b-upload", "上传", "county_checker", COUNTY)
TAKER = Actor("b-take", "认定", "county_checker", COUNTY)
ON = date(2026, 7, 15)
VILLAGE = "610124103201"
HEADERS = (
    "户编号",
    "户主身份证号",
    "与户主关系",
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "村（社区）代码",
    "户口性质",
    "联系电话",
)
COLUMNS = 10


def measure(people: int) -> Measured:
    """Once each way, into a register that already holds the benchmark's county."""
    _divisions()
    source = _workbook(people)
    listed = services.upload_list(
        source, services.CoveringLetter("register", "register.xlsx", COUNTY), by=UPLOADER, on=ON
    )
    started = time.perf_counter()
    taken = services.import_list(listed, by=TAKER, on=ON, take_good=True)
    ours = time.perf_counter() - started
    assert (taken.state, taken.counts["refused"]) == ("taken", 0), taken.counts
    floor = best_of(1, lambda: _floor(source))
    numbers = list(Person.objects.order_by("-pk").values_list("name", flat=True)[:people])
    encryption = best_of(1, lambda: [encrypt_many(numbers, column="benchmark") for _ in range(3)])
    return Measured(people, ours, floor, note=f"of which encrypting three columns {encryption:.2f} s")


def _divisions() -> None:
    Division.objects.get_or_create(code=COUNTY, defaults={"name": "周至县", "kind": "county"})
    Division.objects.get_or_create(
        code="610124103000", defaults={"name": "马召镇", "kind": "town", "parent_id": COUNTY}
    )
    Division.objects.get_or_create(
        code=VILLAGE, defaults={"name": "焦楼村", "kind": "village", "parent_id": "610124103000"}
    )


def _workbook(people: int) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("register")
        sheet.write_row(0, 0, HEADERS)
        head = ""
        for n in range(people):
            number, born_on = _number(n)
            head = number if n % 4 == 0 else head
            relation = ("户主", "妻", "女", "女")[n % 4]
            female = n % 4 != 0
            sheet.write_row(n + 1, 0, (
                f"B{n // 4:08d}", head, relation, f"赵{chr(0x4E00 + n % 5000)}{chr(0x5000 + n % 3000)}", "女" if female else "男",
                number, born_on.isoformat(), VILLAGE, "农村", f"139{n % 10**8:08d}",
            ))  # fmt: skip
    return kept.getvalue()


def _number(n: int) -> tuple[str, date]:
    """A valid, invented identity number; the third digit group spreads a million people over villages of no county."""
    born_on = date(1960, 1, 1) + timedelta(days=n // 400)
    order = n % 400 * 2 + (0 if n % 4 else 1)
    first = f"619999{born_on:%Y%m%d}{order:03d}"
    return first + citizen_id.check_digit(first), born_on


def _floor(source: bytes) -> None:
    """Reads, checks each column at once, and writes people and facts in two statements."""
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source))
        .get_sheet_by_index(0)
        .to_python()[1:]
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    assert not any(citizen_id.check_many(columns[5], ON))
    assert all(date.fromisoformat(text) for text in columns[6])
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE staged (household text, head text, relation text, name text, sex text, number text,
               born_on date, village text, rural text, phone text)"""
        )
        with cursor.copy("COPY staged FROM STDIN") as copy:
            copy.write("\n".join("\t".join(row) for row in zip(*columns, strict=True)) + "\n")
        cursor.execute(
            """INSERT INTO beneficiaries_person (name, sex, born_on, division, citizen_id, citizen_id_index, citizen_id_last4,
                      phone, phone_index, phone_last4, terms)
               SELECT name, 'female', born_on, village, number::bytea, decode(md5('floor' || number), 'hex'),
                      decode(md5(right(number, 4)), 'hex'), phone::bytea, decode(md5(phone), 'hex'), decode(md5(right(phone, 4)), 'hex'),
                      ARRAY[name, left(name, 2), right(name, 2)] FROM staged"""
        )
        cursor.execute(
            "INSERT INTO beneficiaries_household (number, division) SELECT DISTINCT 'F' || household, village FROM staged"
        )
        cursor.execute(
            """INSERT INTO beneficiaries_membership (household_id, person_id, relation, valid_from, is_disputed)
               SELECT h.id, p.id, '20', DATE '2026-07-15', false FROM staged s
               JOIN beneficiaries_household h ON h.number = 'F' || s.household
               JOIN beneficiaries_person p ON p.citizen_id_index = decode(md5('floor' || s.number), 'hex')"""
        )
        cursor.execute(
            """INSERT INTO beneficiaries_fact (person_id, kind, valid_from, "values", row, entered_by, paper, is_disputed, digest)
               SELECT p.id, 'register', DATE '2026-07-15', jsonb_build_object('rural', true, 'residence', s.village), 1, '', '', false,
                      '\\x00' FROM staged s JOIN beneficiaries_person p ON p.citizen_id_index = decode(md5('floor' || s.number), 'hex')"""
        )
        cursor.execute("DROP TABLE staged")
