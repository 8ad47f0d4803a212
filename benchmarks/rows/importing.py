"""A register of n people from xlsx, taken whole, beside the floor: calamine, one COPY, one INSERT … SELECT for each table.

The floor writes the same rows into the same tables with the same indexes and search terms, which it is given; it
checks nothing and encrypts nothing. What encryption costs is printed apart.
"""

import io
import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import python_calamine
import xlsxwriter
from django.db import connection, transaction

from audit.actor import Actor
from benchmarks.offices import COUNTY
from benchmarks.rows import Measured
from beneficiaries import services
from beneficiaries.models import EvidenceList, Household, Person
from beneficiaries.terms import terms_of
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
SMALL, PAIRS = 20_000, 5  # up to so many people, so many pairs: the machine may be shared


def measure(people: int) -> Measured:
    """Pairs of ours and the floor, each with people of its own; the medians. Ours goes first in every other pair."""
    _divisions()
    pairs = PAIRS if people <= SMALL else 1
    begin = (
        Household.objects.filter(number__startswith="B").count() * 8
    )  # behind an earlier run on this database
    ours: list[Spent] = []
    floor: list[Spent] = []
    for number in range(pairs):
        one, other = (_workbook(people, begin + (2 * number + half) * people) for half in (0, 1))
        if number % 2:
            floor.append(_floor_of(one))
        ours.append(_ours(other))
        if number % 2 == 0:
            floor.append(_floor_of(one))
    numbers = list(Person.objects.order_by("-pk").values_list("name", flat=True)[:people])
    encryption = _spent(lambda: [encrypt_many(numbers, column="benchmark") for _ in range(3)]).cpu
    used = [(mine.cpu, least.cpu) for mine, least in zip(ours, floor, strict=True)]
    ratio = median(mine / least for mine, least in used)
    note = (
        f"processor time {median(mine for mine, _ in used):.2f} s, of which encrypting three columns {encryption:.2f} s, /"
        f" {median(least for _, least in used):.2f} s: ratio {ratio:.2f}, the pairs {_told(used)}"
    )
    return Measured(people, median(one.wall for one in ours), median(one.wall for one in floor), note=note)


def _told(used: list[tuple[float, float]]) -> str:
    return ", ".join(f"{mine:.2f} / {least:.2f}" for mine, least in used)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the wall clock, and of processors: this process, its children and its database session.

    Only the second says something on a machine that others use at the same time.
    """

    wall: float
    cpu: float


def _spent(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Spent(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    connection.ensure_connection()
    session = (
        Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    )
    ticks = int(session[11]) + int(session[12])  # in user and kernel mode
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _ours(source: bytes) -> Spent:
    """Checking and taking, as one command does it."""
    listed = _uploaded(source)
    taken: list[EvidenceList] = []
    spent = _spent(lambda: taken.append(services.import_list(listed, by=TAKER, on=ON, take_good=True)))
    found = taken[0].counts
    assert (taken[0].state, found["new"], found["doubtful"]) == ("taken", found["rows"], 0), found
    return spent


def _uploaded(source: bytes) -> EvidenceList:
    letter = services.CoveringLetter("register", "register.xlsx", COUNTY)
    return services.upload_list(source, letter, by=UPLOADER, on=ON)


def _divisions() -> None:
    Division.objects.get_or_create(code=COUNTY, defaults={"name": "周至县", "kind": "county"})
    Division.objects.get_or_create(
        code="610124103000", defaults={"name": "马召镇", "kind": "town", "parent_id": COUNTY}
    )
    Division.objects.get_or_create(
        code=VILLAGE, defaults={"name": "焦楼村", "kind": "village", "parent_id": "610124103000"}
    )


def _workbook(people: int, first: int) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("register")
        sheet.write_row(0, 0, HEADERS)
        head = ""
        for row in range(people):
            n = first + row
            number, born_on = _number(n)
            head = number if n % 4 == 0 else head
            relation = ("户主", "妻", "女", "女")[n % 4]
            female = n % 4 != 0
            sheet.write_row(row + 1, 0, (
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


def _floor_of(source: bytes) -> Spent:
    """The floor; what each name is found by was worked out before."""
    listed = _uploaded(source)
    terms = {name: "{" + ",".join(f'"{term}"' for term in terms_of(name)) + "}" for name in _names(source)}
    return _spent(lambda: _floor(source, listed.pk, terms))


def _read(source: bytes) -> list[list[str]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source))
    return book.get_sheet_by_index(0).to_python()[1:]  # type: ignore[return-value]  # every cell is text here


def _names(source: bytes) -> set[str]:
    return {row[3] for row in _read(source)}


def _floor(source: bytes, listed: int, terms: dict[str, str]) -> None:
    """Reads, and writes the same rows into the same tables, in one statement each; checks and encrypts nothing."""
    rows = _read(source)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE staged (row int, raw text, terms text[], household text, head text, relation text, name text,
               sex text, number text, born_on date, village text, rural text, phone text) ON COMMIT DROP"""
        )
        with cursor.copy("COPY staged FROM STDIN") as copy:
            copy.write("".join(
                f"{at}\t{json.dumps(dict(zip(HEADERS, row, strict=True)), ensure_ascii=False)}\t{terms[row[3]]}\t" + "\t".join(row) + "\n"
                for at, row in enumerate(rows, 2)
            ))  # fmt: skip
        for statement in FLOOR:
            cursor.execute(statement, {"list": listed})


FLOOR = (
    """INSERT INTO beneficiaries_person (name, sex, born_on, division, citizen_id, citizen_id_index, citizen_id_last4,
              phone, phone_index, phone_last4, terms)
       SELECT name, CASE sex WHEN '女' THEN 'female' ELSE 'male' END, born_on, village, number::bytea, decode(md5('floor' || number), 'hex'),
              decode(md5(right(number, 4)), 'hex'), phone::bytea, decode(md5(phone), 'hex'), decode(md5(right(phone, 4)), 'hex'), terms
       FROM staged ORDER BY row""",
    """CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
       SELECT s.*, p.id AS person FROM staged s JOIN beneficiaries_person p ON p.citizen_id_index = decode(md5('floor' || s.number), 'hex')""",
    """INSERT INTO beneficiaries_household (number, division, head_id)
       SELECT 'F' || household, village, person FROM placed WHERE relation = '户主'""",
    """INSERT INTO beneficiaries_membership (household_id, person_id, relation, valid_from, is_disputed, is_only, list_id)
       SELECT h.id, s.person, CASE relation WHEN '户主' THEN '02' WHEN '妻' THEN '12' ELSE '20' END, DATE '2026-01-01', false, true, %(list)s
       FROM placed s JOIN beneficiaries_household h ON h.number = 'F' || s.household""",
    """INSERT INTO beneficiaries_parentage (child_id, parent_id, kind, list_id)
       SELECT c.person, p.person, 'birth', %(list)s FROM placed c JOIN placed p USING (household)
       WHERE c.relation = '女' AND p.relation <> '女'""",
    """INSERT INTO beneficiaries_fact (person_id, kind, valid_from, "values", list_id, row, entered_by, paper, is_disputed, digest)
       SELECT person, 'register', DATE '2026-01-01', jsonb_build_object('rural', true, 'residence', village), %(list)s, row, '', '', false,
              sha256(number::bytea) FROM placed""",
    """INSERT INTO beneficiaries_listrow (list_id, sheet, row, raw, outcome)
       SELECT %(list)s, 'register', row, convert_to(raw, 'UTF8'), 'new' FROM placed""",
)
