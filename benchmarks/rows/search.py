"""Every kind of query of the search box over the whole register, with scope: what the database takes for it.

The floor is the barest query on the same tables that brings one screen of people for the same text and scope, without
rank or reason. The figures are the 95th percentile of each; the note gives p50, p95 and the longest of every kind.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection

from benchmarks.offices import COUNTY
from benchmarks.population import settle_statistics
from benchmarks.rows import Measured
from beneficiaries.models import Person
from beneficiaries.queries.search import search
from beneficiaries.services.people import NewPerson, add_people
from officials.models import Division, Official
from standards import citizen_id, names
from vault import blind

TOWNSHIPS, VILLAGES = 15, 14
ASKED = 60  # queries of a kind
PORTION = 50_000  # people added at once
# By how often they occur; the given names are drawn from two lists of characters.
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇解查"
FIRST = "雨梓欣子佳思美晓小文志建国玉秀春红丽桂淑海永宏俊明德金一若诗语可馨怡婷静雅慧敏艳"
SECOND = "桐涵怡妍琪娜萱彤瑶洁琳霞芳英兰华梅燕平军伟强勇斌杰涛鹏辉龙飞超明亮刚峰宇轩豪泽"
TEXTS = {
    "two": "SELECT id, name FROM beneficiaries_person WHERE terms @> ARRAY[%(text)s] AND division LIKE %(scope)s LIMIT 20",
    "number": "SELECT id, name FROM beneficiaries_person WHERE citizen_id_last4 = %(index)s AND division LIKE %(scope)s LIMIT 20",
}


def populate(people: int) -> None:
    """``people`` with real numbers, names as common as they are, households of four with a certificate each."""
    _divisions()
    drawn = random.Random(500)  # invented people
    for start in range(0, people, PORTION):
        add_people([_person(n, people, drawn) for n in range(start, min(start + PORTION, people))])
    with connection.cursor() as cursor:
        for statement in _HOUSEHOLDS:
            cursor.execute(statement)
    settle_statistics()


def measure(people: int) -> Measured:
    """The 95th percentile over all kinds, in seconds."""
    township = Official(number="b", division_id=_township(3), roles=["clerk"])
    county = Official(number="b", division_id=COUNTY, roles=["county_checker"])
    spent: dict[str, list[float]] = {}
    floor: list[float] = []
    for kind, texts in _texts().items():
        for official in (township, county):
            for text in texts:
                with _in_the_database(spent.setdefault(kind, [])):
                    search(text, official=official)
                floor.append(_floor(text, official))
    every = sorted(one for times in spent.values() for one in times)
    note = "; ".join(
        f"{kind} {_at(times, 50):.1f}/{_at(times, 95):.1f}/{max(times) * 1000:.1f}"
        for kind, times in spent.items()
    )
    return Measured(people, _at(every, 95) / 1000, _at(floor, 95) / 1000, note=f"ms p50/p95/max: {note}")


def _at(times: list[float], percent: int) -> float:
    """A percentile in milliseconds."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)] * 1000


@contextmanager
def _in_the_database(spent: list[float]) -> Iterator[None]:
    """Adds to ``spent`` the seconds that the queries of the body took."""
    taken = 0.0

    def timed(execute: Callable[..., Any], *rest: Any) -> Any:
        nonlocal taken
        began = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            taken += time.perf_counter() - began

    with connection.execute_wrapper(timed):
        yield
    spent.append(taken)


def _floor(text: str, official: Official) -> float:
    named: dict[str, str | bytes] = {
        "text": text,
        "scope": f"{official.scope}%",
        "index": blind.index(text, purpose="citizen_id_last4"),
    }
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(TEXTS["number" if text[:1].isdigit() else "two"], named)
        return time.perf_counter() - began


def _texts() -> dict[str, list[str]]:
    """Of each kind what people of the register are looked for by, and texts that nobody answers to."""
    drawn = random.Random(7)  # which of the invented people
    count = Person.objects.count()
    some = list(Person.objects.filter(pk__in=[drawn.randint(1, count) for _ in range(ASKED)]))
    initials = [names.initials(person.name)[0] for person in some]
    readings = [names.readings(person.name)[0] for person in some]
    surnames = list(SURNAMES[-4:])
    of_several = [person for person in some if person.name[0] in surnames] or some[:4]
    return {
        "name": [person.name for person in some],
        "2 characters": [person.name[-2:] for person in some],
        "name begun": [person.name[:2] for person in some],
        "full pinyin": readings,
        "pinyin of 2": [reading[:2] for reading in readings],
        "pinyin of 3": [reading[:3] for reading in readings],
        "initials of 2": [letters[:2] for letters in initials],
        "initials of 3": [letters for letters in initials if len(letters) == 3],
        "every reading": [reading for one in of_several for reading in names.readings(one.name)],
        "last four": [person.citizen_id[-4:] for person in some],
        "whole ID": [f"{person.citizen_id}\n" for person in some],
        "phone": [str(person.phone) for person in some],
        "village": [f"第{n}村" for n in range(1, VILLAGES + 1)],
        "certificate": [f"证字第{person.pk // 4 + 1:07d}号" for person in some],
        "household": [f"H{person.pk // 4 + 1}" for person in some],
        "nobody's name": ["欧阳娜娜", "阿卜杜拉", "夔夔"],
        "nobody's pinyin": ["qqq", "vx", "zhangxyz"],
        "nobody's number": ["13000000000", "610124190001010018"],
    }


def _township(n: int) -> str:
    return f"610124{101 + n % TOWNSHIPS}000"


def _divisions() -> None:
    Division.objects.get_or_create(code=COUNTY, defaults={"name": "周至县", "kind": "county"})
    for t in range(TOWNSHIPS):
        town = _township(t)
        Division.objects.get_or_create(
            code=town, defaults={"name": f"第{t}镇", "kind": "town", "parent_id": COUNTY}
        )
        for v in range(VILLAGES):
            Division.objects.get_or_create(
                code=f"{town[:9]}{200 + v}",
                defaults={"name": f"第{v + 1}村", "kind": "village", "parent_id": town},
            )


def _person(n: int, people: int, drawn: random.Random) -> NewPerson:
    """Neighbours stand together, as lists bring them; number, name and telephone are invented."""
    village = n * TOWNSHIPS * VILLAGES // people
    surname = SURNAMES[min(int(drawn.expovariate(1 / 15)), len(SURNAMES) - 1)]
    given = drawn.choice(FIRST) + (drawn.choice(SECOND) if drawn.random() < 0.85 else "")
    female = drawn.random() < 0.5
    born_on = date(1960, 1, 1) + timedelta(days=n % 20_000)
    first = f"{100_000 + n:06d}{born_on:%Y%m%d}{drawn.randrange(500) * 2 + (0 if female else 1):03d}"
    return NewPerson(
        first + citizen_id.check_digit(first),
        surname + given,
        "female" if female else "male",
        born_on.isoformat(),
        f"{_township(village // VILLAGES)[:9]}{200 + village % VILLAGES}",
        f"139{drawn.randrange(10**8):08d}",
    )


_HOUSEHOLDS = (
    """INSERT INTO beneficiaries_household (number, division, head_id, opened_on)
       SELECT 'H' || (id - 1) / 4 + 1, division, id, DATE '2005-01-01' FROM beneficiaries_person WHERE (id - 1) % 4 = 0
       ORDER BY id""",
    """INSERT INTO beneficiaries_membership (household_id, person_id, relation, valid_from, is_disputed)
       SELECT h.id, p.id, (ARRAY['02', '10', '20', '20'])[(p.id - 1) % 4 + 1], DATE '2010-01-01', false
       FROM beneficiaries_person p JOIN beneficiaries_household h ON h.number = 'H' || (p.id - 1) / 4 + 1 ORDER BY p.id""",
    """INSERT INTO beneficiaries_fact (household_id, kind, valid_from, "values", entered_by, paper, is_disputed, digest)
       SELECT id, 'certificate', DATE '2012-05-16',
              jsonb_build_object('kind', 'two_daughter', 'number', '证字第' || lpad(id::text, 7, '0') || '号'), 'b', '', false,
              '\\x00' FROM beneficiaries_household ORDER BY id""",
)
