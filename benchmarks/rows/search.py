"""Every kind of query of the search box over the whole register, in the scope of a township and of the county.

What the database takes is measured at the client: all the queries of one search together, the median of several runs.
``at work`` is what the processor did for it in the database's process, and ``pages`` are the blocks of 8 KB that were read: a
busy machine changes the first hardly and the second not at all. The floor is one plain statement on the same index in the same
scope that brings a first screen as the index finds it, without rank or reason.
"""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from benchmarks import townsfolk
from benchmarks.offices import COUNTY
from benchmarks.rows import Measured
from beneficiaries.models import Person
from beneficiaries.queries.search import search
from beneficiaries.terms import INITIALS, INSIDE, NAME, PINYIN
from officials.models import Official
from standards import names
from vault import blind

ASKED = 40  # texts of a kind
RUNS = 3  # of each text; their median counts
populate = townsfolk.populate

_BY_TERM = """
    SELECT p.* FROM (SELECT person_id FROM beneficiaries_searchterm WHERE township >= %(first)s AND township < %(last)s
      AND term >= %(term)s AND term < %(term)s || U&'\\+10FFFF' LIMIT 20) t JOIN beneficiaries_person p ON p.id = t.person_id"""
_BY_NUMBER = """
    SELECT * FROM beneficiaries_person WHERE {column} = %(index)s AND division LIKE %(scope)s LIMIT 20"""
_BY_VILLAGE = """
    SELECT p.* FROM officials_division d JOIN beneficiaries_household h ON h.division = d.code
    JOIN beneficiaries_person p ON p.id = h.head_id WHERE d.name LIKE %(text)s || '%%' AND d.code LIKE %(scope)s LIMIT 20"""
_BY_CERTIFICATE = """
    SELECT p.* FROM beneficiaries_fact f JOIN beneficiaries_household h ON h.id = f.household_id
    JOIN beneficiaries_person p ON p.id = h.head_id
    WHERE f.kind = 'certificate' AND f.superseded_by_id IS NULL AND f."values" -> 'number' = to_jsonb(%(text)s::text)
      AND p.division LIKE %(scope)s LIMIT 20"""
_BY_DIGITS = _BY_CERTIFICATE.replace(
    "f.\"values\" -> 'number' = to_jsonb(%(text)s::text)",
    "regexp_replace(f.\"values\" ->> 'number', '[^0-9]', '', 'g') = %(text)s",
)
_BY_HOUSEHOLD = """
    SELECT p.* FROM beneficiaries_household h JOIN beneficiaries_membership m ON m.household_id = h.id
    JOIN beneficiaries_person p ON p.id = m.person_id
    WHERE h.number = %(text)s AND m.valid_until IS NULL AND p.division LIKE %(scope)s LIMIT 20"""
# By kind: the plain statement, and where it looks for the text (a kind of term, or the purpose of a blind index).
FLOORS = {
    "name": (_BY_TERM, NAME),
    "name, 2 characters": (_BY_TERM, NAME),
    "inside a name, 2 characters": (_BY_TERM, INSIDE),
    "full pinyin": (_BY_TERM, PINYIN),
    "pinyin, 2 letters": (_BY_TERM, PINYIN),
    "pinyin, 3 letters": (_BY_TERM, PINYIN),
    "initials, 2 letters": (_BY_TERM, INITIALS),
    "initials, 3 letters": (_BY_TERM, INITIALS),
    "every reading": (_BY_TERM, PINYIN),
    "last four": (_BY_NUMBER.format(column="citizen_id_last4"), "citizen_id_last4"),
    "whole ID": (_BY_NUMBER.format(column="citizen_id_index"), "citizen_id"),
    "card reader's burst": (_BY_NUMBER.format(column="citizen_id_index"), "citizen_id"),
    "phone": (_BY_NUMBER.format(column="phone_index"), "phone"),
    "village": (_BY_VILLAGE, ""),
    "village, 2 characters": (_BY_VILLAGE, ""),
    "certificate": (_BY_CERTIFICATE, ""),
    "certificate's digits": (_BY_DIGITS, ""),
    "household": (_BY_HOUSEHOLD, ""),
    "nobody's name": (_BY_TERM, NAME),
    "nobody's pinyin": (_BY_TERM, PINYIN),
    "nobody's ID": (_BY_NUMBER.format(column="citizen_id_index"), "citizen_id"),
    "nobody's phone": (_BY_NUMBER.format(column="phone_index"), "phone"),
    "nobody's certificate": (_BY_CERTIFICATE, ""),
}
_NO_DIGITS = re.compile(r"[^0-9X]")


def measure(people: int) -> Measured:
    """The 95th percentile of the kind that is slowest at work beside its floor, in seconds; every kind in ``parts``."""
    township = Official(number="b", division_id=townsfolk.township(3), roles=["clerk"])
    county = Official(number="b", division_id=COUNTY, roles=["county_checker"])
    parts: list[dict[str, Any]] = []
    for kind, texts in _texts().items():
        asked = [(text, official) for official in (township, county) for text in texts]
        ours = [_search_seconds(text, official) for text, official in asked]
        floor = [_floor_seconds(kind, text, official) for text, official in asked]
        pages = [_pages(text, official) for text, official in asked]
        parts.append(
            {
                "kind": kind,
                "waited p50 ms": _at([waited for waited, _ in ours], 50),
                "waited p95 ms": _at([waited for waited, _ in ours], 95),
                "at work p50 ms": _at([working for _, working in ours], 50),
                "at work p95 ms": _at([working for _, working in ours], 95),
                "floor p50 ms": _at([working for _, working in floor], 50),
                "floor p95 ms": _at([working for _, working in floor], 95),
                "pages p95": sorted(pages)[len(pages) * 95 // 100],
            }
        )
    for part in parts:
        part["ratio"] = round(part["at work p95 ms"] / part["floor p95 ms"], 1)
    worst = max(parts, key=lambda part: part["at work p95 ms"])
    return Measured(
        people,
        worst["at work p95 ms"] / 1000,
        worst["floor p95 ms"] / 1000,
        note=f"at work, 95th percentile of the slowest kind ({worst['kind']})",
        parts=parts,
    )


def _at(times: list[float], percent: int) -> float:
    """A percentile in milliseconds."""
    return round(sorted(times)[min(len(times) - 1, len(times) * percent // 100)] * 1000, 2)


def _search_seconds(text: str, official: Official) -> tuple[float, float]:
    """As the client waited for it, and what the processor worked for it in the database's process."""
    return _seconds(lambda: search(text, official=official))


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Waited and at work: the median of each over the runs."""
    waited, worked = [], []
    for _ in range(RUNS):
        before = _at_work()
        with _in_the_database() as spent:
            work()
        waited.append(sum(spent))
        worked.append(_at_work() - before)
    return median(waited), median(worked)


def _at_work() -> float:
    """Seconds that the processor has worked in the database's process of this connection."""
    assert connection.connection is not None, "a query has been run"
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return int(told.split()[0]) / 1e9


@contextmanager
def _in_the_database() -> Iterator[list[float]]:
    """The seconds that each query of the body took."""
    spent: list[float] = []

    def timed(execute: Callable[..., Any], *rest: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield spent


def _floor_seconds(kind: str, text: str, official: Official) -> tuple[float, float]:
    statement, where = FLOORS[kind]
    named: dict[str, Any] = {
        "text": text,
        "scope": f"{official.scope}%",
        "first": official.scope,
        "last": f"{official.scope}~",
    }
    if statement is _BY_TERM:
        named["term"] = f"{where}{text}"
    if where in blind.PURPOSES:
        named["index"] = blind.index(_NO_DIGITS.sub("", text), purpose=where)
    with connection.cursor() as cursor:
        return _seconds(lambda: cursor.execute(statement, named))


def _pages(text: str, official: Official) -> int:
    """Blocks that the executed plans of one search read, from memory or not."""
    seen: list[tuple[str, Any]] = []

    def noted(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(noted):
        search(text, official=official)
    read = 0
    with connection.cursor() as cursor:
        for sql, params in seen:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params)
            told = cursor.fetchone()[0]
            plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
            read += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return read


def _texts() -> dict[str, list[str]]:
    """Of each kind what people of the register are looked for by, and texts that nobody answers to."""
    drawn = random.Random(7)  # which of the invented people
    count = Person.objects.count()
    some = list(Person.objects.filter(pk__in=[drawn.randint(1, count) for _ in range(ASKED)]))
    initials = [names.initials(person.name)[0] for person in some]
    readings = [names.readings(person.name)[0] for person in some]
    of_several = [f"{one}{two}" for one in townsfolk.SEVERAL_READINGS for two in townsfolk.FIRST]
    several = Person.objects.filter(name__in=of_several)
    villages = [townsfolk.village_name(n) for n in range(0, townsfolk.TOWNSHIPS * townsfolk.VILLAGES, 13)]
    return {
        "name": [person.name for person in some],
        "name, 2 characters": [person.name[:2] for person in some],
        "inside a name, 2 characters": [person.name[-2:] for person in some if len(person.name) > 2],
        "full pinyin": readings,
        "pinyin, 2 letters": sorted({reading[:2] for reading in readings}),
        "pinyin, 3 letters": sorted({reading[:3] for reading in readings}),
        "initials, 2 letters": sorted({letters[:2] for letters in initials}),
        "initials, 3 letters": sorted({letters for letters in initials if len(letters) == 3}),
        "every reading": [reading for one in several[:ASKED] for reading in names.readings(one.name)],
        "last four": [person.citizen_id[-4:] for person in some],
        "whole ID": [person.citizen_id for person in some],
        "card reader's burst": [f" {person.citizen_id[:6]} {person.citizen_id[6:]}\r\n" for person in some],
        "phone": [str(person.phone) for person in some],
        "village": villages,
        "village, 2 characters": [name[:2] for name in villages],
        "certificate": [f"证字第{(person.pk - 1) // 4 + 1:07d}号" for person in some],
        "certificate's digits": [f"{(person.pk - 1) // 4 + 1:07d}" for person in some],
        "household": [f"H{(person.pk - 1) // 4 + 1}" for person in some],
        "nobody's name": ["欧阳娜娜", "阿卜杜拉", "夔夔", "王夔"],
        "nobody's pinyin": ["qqq", "vx", "zhangxyz", "wxq"],
        "nobody's ID": ["610124190001010018"],
        "nobody's phone": ["13000000000"],
        "nobody's certificate": ["证字第9999999号", "ZZ-2012-00017"],
    }
