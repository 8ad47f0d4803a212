"""ID, account and phone numbers stand in their encrypted columns alone."""

import subprocess
from datetime import date

import pytest
from django.db import connection

from beneficiaries import services
from tests import factories as make
from tests.beneficiaries.test_register_rules import DAY, HEADER, row
from tests.beneficiaries.workbooks import number_of, xlsx

PEOPLE = [number_of(f"1980{month:02d}{day:02d}", 2 * day) for month in range(1, 6) for day in range(1, 11)]
PHONES = [f"138{n:08d}" for n in range(31000000, 31000000 + len(PEOPLE))]
ACCOUNTS = [f"622848{n:013d}" for n in range(7_000_000, 7_000_000 + len(PEOPLE))]


def texts_of_the_database() -> str:
    """Every value of every table as text, and bytes in hex."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.django_db
def test_planted_numbers_are_nowhere_in_the_clear(settings, caplog):
    make.divisions()
    both = enumerate(zip(PEOPLE, PHONES, strict=True))
    rows = [
        row("户主", f"王{'零一二三四五六七八九'[n % 10]}娃", number, f"H{n}", phone=phone)
        for n, (number, phone) in both
    ]
    rows[3][4] = PEOPLE[3][:17]  # one refused row, so that a marked workbook is kept as well
    account_rows = [["姓名", "身份证号", "账号", "户名", "开户行"]]
    account_rows += [
        ["王娃", number, account, "王娃", "农商行"] for number, account in zip(PEOPLE, ACCOUNTS, strict=True)
    ]
    for kind, table in (("register", [HEADER, *rows]), ("account", account_rows)):
        evidence = services.upload_list(
            xlsx(table),
            services.CoveringLetter(kind, f"{kind}.xlsx", make.COUNTY),
            by=make.actor("county_checker", "one"),
            on=DAY,
        )
        evidence = services.import_list(
            evidence, by=make.actor("county_checker", "two"), on=DAY, take_good=True
        )
        assert (evidence.state, evidence.counts["new"]) == ("taken", len(PEOPLE) - 1)
    services.enter_account(
        make.Person.objects.first(), number="62220209030013211", account_name="王娃", bank="农商行", cnaps="", kind="card",
        by=make.actor("clerk"), on=date(2026, 8, 1),
    )  # fmt: skip
    everything = texts_of_the_database()
    planted = [*PEOPLE, *PHONES, *ACCOUNTS, "62220209030013211"]
    assert [number for number in planted if number in everything or number in caplog.text] == []
    hexed = [number.encode().hex() for number in planted]
    assert [number for number in hexed if number in everything] == []
    files = settings.FILES_ROOT
    found = subprocess.run(["grep", "-rlF", PEOPLE[0], str(files)], capture_output=True, check=False)
    assert found.stdout == b""
