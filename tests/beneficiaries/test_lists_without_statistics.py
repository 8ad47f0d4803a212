"""A list is checked (written, undone), swept up, then taken: whatever PostgreSQL counts on, no question of the import
compares everybody with everybody. What each statement looked at is read from its own plan."""

import json
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection, transaction

from beneficiaries import services
from beneficiaries.lists.periods import month, year
from config.database.roles import as_owner
from tests import factories as make
from tests.beneficiaries.workbooks import number_of, xlsx

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = 128
LOOKED_AT_MAX = (
    40  # rows for each person of the county, of any one step of a plan; each with each would be 384
)
SMALL_PAGES = 3
JULY, AUGUST = date(2026, 7, 31), date(2026, 8, 31)
HEADER = [
    "户编号",
    "与户主关系",
    "姓名",
    "性别",
    "身份证号",
    "村代码",
    "户口性质",
    "父亲身份证号",
    "母亲身份证号",
]


def family(n):
    """Father, mother and daughter; every second family shares its three names with another."""
    father, mother, girl = (
        number_of(f"{year}01{n % 28 + 1:02d}", 20 * (n // 28) + sex)
        for year, sex in ((1979, 11), (1981, 12), (2008, 14))
    )
    home = [f"H{n}", make.JIAOLOU, "农业"]
    rows = [("户主", "赵", "男", father), ("妻", "李", "女", mother), ("女", "张", "女", girl)]
    parents = {girl: [father, mother]}
    return [
        [home[0], relation, name + "甲乙丙丁戊己庚辛壬癸"[n // 2 % 10] + "一二三四五六七"[n // 20], sex, number,
         *home[1:], *parents.get(number, ["", ""])]
        for relation, name, sex, number in rows
    ]  # fmt: skip


COUNTY = [family(n) for n in range(FAMILIES)]
GIRLS = [three[2] for three in COUNTY]
HEADS = [three[0] for three in COUNTY]
REGISTER = [HEADER, *(row for three in COUNTY for row in three)]
WITHOUT_THE_LAST = [HEADER, *(row for three in COUNTY[:-5] for row in three)]


def listed(people, *columns):
    """A list about people: name, number and these columns, each a header and a value."""
    return [
        ["姓名", "身份证号", *(header for header, _ in columns)],
        *([row[2], row[4], *(value for _, value in columns)] for row in people),
    ]


LISTS = (
    ("register", REGISTER, JULY, {"is_complete": True, "period": month(2026, 7)}),
    ("certificate", listed(HEADS, ("证件类型", "双女户"), ("发证日期", "2012-05-16")), JULY, {}),
    ("hardship", listed(HEADS, ("救助类别", "低保")), JULY,
     {"is_complete": True, "code": "dibao", "period": month(2026, 7)}),
    ("hardship", listed(HEADS[:-5], ("救助类别", "低保")), AUGUST,
     {"is_complete": True, "code": "dibao", "period": month(2026, 8)}),
    ("medical", listed(GIRLS, ("参保年度", "2026"), ("是否参保", "是")), JULY, {"period": year(2026)}),
    ("admission", listed(GIRLS, ("录取年份", "2026"), ("录取批次", "本科"), ("录取层次", "本科"),
                         ("录取日期", "2026-07-20")), JULY, {}),
    ("account", [
        ["姓名", "身份证号", "账号", "户名", "开户行"],
        *([row[2], row[4], f"62170042{n:011d}", row[2], "中国建设银行周至支行"] for n, row in enumerate(HEADS)),
    ], JULY, {}),
    ("parentage", listed(GIRLS, ("子女类别", "亲生"), ("父亲身份证号", HEADS[0][4]), ("起始日期", "2008-01-15")), JULY, {}),
    ("death", listed(HEADS[:20], ("死亡日期", "2026-08-01")), AUGUST, {}),
    ("register", WITHOUT_THE_LAST, AUGUST, {"is_complete": True, "period": month(2026, 8)}),
)  # fmt: skip


def swept_up(how="(TRUNCATE false)"):
    """As autovacuum does it while somebody writes: the files keep their length, and what was undone is forgotten."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE tablename LIKE 'beneficiaries_%'"
        )
        cursor.execute(f"VACUUM {how} {cursor.fetchone()[0]}")


def looked_at(node, small):
    """The most rows that one step of the plan brought or threw away; a table of few pages is read whole by every plan."""
    rows = sum(
        node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    )
    own = (
        0
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in small
        else rows * node["Actual Loops"]
    )
    return max([own, *(looked_at(one, small) for one in node.get("Plans", ()))])


def small_tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relpages <= %s", [SMALL_PAGES])
        return {name for (name,) in cursor.fetchall()}


@contextmanager
def explained(found):
    """Runs each statement once more before itself, undone, and keeps what its plan looked at."""
    small = small_tables()

    def asked(execute, sql, params, many, context):
        if sql.lstrip().split()[0] in ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE"):
            with transaction.atomic(), connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                told = cursor.fetchone()[0]
                transaction.set_rollback(True)
            plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
            found.append((looked_at(plan, small), " ".join(sql.split())[:400]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(asked):
        yield


def asked_for(kind, rows, on, letter):
    """A list as it was sent, and who takes it."""
    covering = services.CoveringLetter(kind, f"{kind}.xlsx", make.COUNTY, **letter)
    evidence = services.upload_list(xlsx(rows), covering, by=make.actor("county_checker", "one"), on=on)
    return evidence, {"by": make.actor("county_checker", "two"), "on": on}


def too_much(found):
    """The statements that looked at more than a few rows for each person."""
    return [
        (rows, statement)
        for rows, statement in sorted(found, reverse=True)
        if rows > LOOKED_AT_MAX * 3 * FAMILIES
    ]


def test_no_question_of_an_import_compares_everybody_with_everybody():
    swept_up("(FULL)")  # what other tests left behind has pages of its own
    make.divisions()
    lists = []
    for kind, rows, on, letter in LISTS:
        evidence, given = asked_for(kind, rows, on, letter)
        services.import_list(evidence, **given, take_good=True, dry_run=True)
        swept_up()
        evidence, given = asked_for(kind, rows, on, letter)
        found = []
        with explained(found):
            taken = services.import_list(evidence, **given, take_good=True)
        assert (taken.state, too_much(found)) == ("taken", []), taken.problem
        lists.append(taken)
    assert taken.counts["gone"]["count"] == 3 * 5
    for taken in reversed(lists):
        found = []
        with explained(found):
            services.withdraw_list(taken, by=make.actor("county_checker", "two"), on=date(2026, 9, 1))
        assert too_much(found) == [], taken.kind
