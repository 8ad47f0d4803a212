"""A county as a search meets it: townships and villages with names of their own, surnames as common as they are and at home
in their villages, real numbers, households of four with a certificate. Only the tables that the search reads.

Every person is invented.
"""

import random
from datetime import date, timedelta

from django.db import connection

from benchmarks.offices import COUNTY
from benchmarks.population import settle_statistics
from beneficiaries.services.people import NewPerson, add_people
from officials.models import Division
from standards import citizen_id

TOWNSHIPS, VILLAGES = 20, 13
PORTION = 50_000  # people added at once
AT_HOME = 0.3  # of a village bear the surname it is named after
# By how often they occur; the given names are drawn from two lists of characters.
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇解查"
FIRST = "雨梓欣子佳思美晓小文志建国玉秀春红丽桂淑海永宏俊明德金一若诗语可馨怡婷静雅慧敏艳"
SECOND = "桐涵怡妍琪娜萱彤瑶洁琳霞芳英兰华梅燕平军伟强勇斌杰涛鹏辉龙飞超明亮刚峰宇轩豪泽"
SEVERAL_READINGS = "单仇解查曾石万盖"
PLACES = ("家庄", "家堡", "楼子", "家寨", "坡底", "家河", "村口")
TOWNS = "二曲马召终南楼观哑柏尚村竹峪广济富仁集贤九峰四屯翠峰厚畛青化板房陈河骆峪王家司竹"

_HOUSEHOLDS = (
    """INSERT INTO beneficiaries_household (number, division, head_id, opened_on)
       SELECT 'H' || (id - 1) / 4 + 1, division, id, DATE '2005-01-01' FROM beneficiaries_person WHERE (id - 1) % 4 = 0
       ORDER BY id""",
    """INSERT INTO beneficiaries_membership (household_id, person_id, relation, valid_from, is_disputed, is_only)
       SELECT h.id, p.id, (ARRAY['02', '10', '20', '20'])[(p.id - 1) % 4 + 1], DATE '2010-01-01', false, true
       FROM beneficiaries_person p JOIN beneficiaries_household h ON h.number = 'H' || (p.id - 1) / 4 + 1 ORDER BY p.id""",
    """INSERT INTO beneficiaries_fact (household_id, kind, valid_from, "values", entered_by, paper, is_disputed, digest)
       SELECT id, 'certificate', DATE '2012-05-16',
              jsonb_build_object('kind', 'two_daughter', 'number', '证字第' || lpad(id::text, 7, '0') || '号'), 'b', '', false,
              '\\x00' FROM beneficiaries_household ORDER BY id""",
)


def populate(people: int) -> None:
    """Fill an empty database with ``people``."""
    _divisions()
    drawn = random.Random(500)  # invented people
    for start in range(0, people, PORTION):
        add_people([_person(n, people, drawn) for n in range(start, min(start + PORTION, people))])
    with connection.cursor() as cursor:
        for statement in _HOUSEHOLDS:
            cursor.execute(statement)
    settle_statistics()


def township(n: int) -> str:
    """The code of the n-th township."""
    return f"610124{101 + n % TOWNSHIPS}000"


def village_name(n: int) -> str:
    """The name of the n-th village of the county."""
    return f"{_surname_of_village(n)}{PLACES[n // len(SURNAMES) % len(PLACES)]}"


def _surname_of_village(n: int) -> str:
    return SURNAMES[n * 7 % len(SURNAMES)]


def _divisions() -> None:
    Division.objects.create(code=COUNTY, name="周至县", kind="county")
    for t in range(TOWNSHIPS):
        town = township(t)
        Division.objects.create(
            code=town, name=f"{TOWNS[2 * t : 2 * t + 2]}镇", kind="town", parent_id=COUNTY
        )
        for v in range(VILLAGES):
            name = village_name(t * VILLAGES + v)
            Division.objects.create(
                code=f"{town[:9]}{200 + v}", name=f"{name}村", kind="village", parent_id=town
            )


def _person(n: int, people: int, drawn: random.Random) -> NewPerson:
    """Neighbours stand together, as lists bring them; number, name and telephone are invented."""
    village = n * TOWNSHIPS * VILLAGES // people
    if drawn.random() < AT_HOME:
        surname = _surname_of_village(village)
    else:
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
        f"{township(village // VILLAGES)[:9]}{200 + village % VILLAGES}",
        f"139{drawn.randrange(10**8):08d}",
    )
