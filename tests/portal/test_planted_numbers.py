"""Five hundred planted numbers, and every place where one could lie in the clear: lists, counter, search, letters, money.

They go in by the doors that people use; then the whole database, every file, the log, the broker's messages, every
address that was asked and every page of every role are read for them.
"""

import base64
import json
import tempfile
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.urls import reverse

from beneficiaries import services
from beneficiaries.models import Account, EvidenceList, Person
from letters import services as letters
from officials.roles import Role
from payments.models import Batch
from tests import factories as make
from tests.beneficiaries.test_register_rules import HEADER, row
from tests.beneficiaries.workbooks import number_of, xlsx
from tests.payments import conftest as payments
from tests.payments.granting import ABC, DAY, VERIFIED, allot, entitlements
from tests.portal.test_every_address import ALL

IDS = [number_of(f"1980{month:02d}{day:02d}", 2 * day) for month in range(1, 11) for day in range(1, 18)]
PHONES = [f"138{n:08d}" for n in range(31_000_000, 31_000_000 + len(IDS))]
ACCOUNTS = [f"622848{n:013d}" for n in range(7_000_000, 7_000_160)]
PLANTED = [*IDS, *PHONES, *ACCOUNTS]
AT_THE_COUNTER = 10  # accounts entered one by one; the others come by a list
PAID = 5


class Desk:
    """Signed-in browsers; every address they ask or are sent to is kept."""

    def __init__(self, folder: Path) -> None:
        self.people, self.folder, self.clients = make.officials(), folder, {}

    def ask(self, role, url, data=None):
        if role not in self.clients:
            self.clients[role] = Client()
            self.clients[role].force_login(self.people[role])
        client = self.clients[role]
        reply = client.get(url) if data is None else client.post(url, data)
        with (self.folder / "addresses.log").open("a") as log:
            log.write(f"{url} {reply.status_code} {reply.get('Location', '')}\n")
        return reply


@pytest.fixture
def outside(tmp_path, settings, monkeypatch) -> Path:
    """Every file the story leaves: stored files, temporary files, the broker's messages, addresses asked."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.BUSINESS_DAY = DAY
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    messages = []

    def keep(name, args=None, kwargs=None, **options):
        messages.append([name, args, kwargs, options])
        (tmp_path / "broker.json").write_text(json.dumps(messages, default=str, ensure_ascii=False))

    monkeypatch.setattr(current_app._get_current_object(), "send_task", keep)
    return tmp_path


@pytest.fixture
def planted(outside, db, django_capture_on_commit_callbacks) -> Desk:
    """The numbers, brought in by lists, by the counter, by searches; then money and letters for five of them."""
    with django_capture_on_commit_callbacks(execute=True):
        desk = Desk(outside)
        _by_lists()
        _by_hand(desk)
        _paid(desk)
    return desk


def _by_lists() -> None:
    rows = [
        row("户主", f"王{'零一二三四五六七八九'[n % 10]}娃", number, f"B{n}", phone=phone)
        for n, (number, phone) in enumerate(zip(IDS, PHONES, strict=True))
    ]
    broken = row("户主", "王错娃", IDS[0][:17], "H999", phone=PHONES[0])
    paid_to = [["姓名", "身份证号", "账号", "户名", "开户行"]]
    for n in range(AT_THE_COUNTER, len(ACCOUNTS)):
        paid_to.append([rows[n][2], IDS[n], ACCOUNTS[n], rows[n][2], ABC])
    for kind, table in (("register", [HEADER, *rows, broken]), ("account", paid_to)):
        letter = services.CoveringLetter(kind, f"{kind}.xlsx", make.COUNTY)
        one, two = make.actor("county_checker", "one"), make.actor("county_checker", "two")
        evidence = services.upload_list(xlsx(table), letter, by=one, on=VERIFIED)
        assert services.import_list(evidence, by=two, on=VERIFIED, take_good=True).state == "taken"


def _by_hand(desk: Desk) -> None:
    counter = reverse("portal:counter")
    for number, account in zip(IDS[:AT_THE_COUNTER], ACCOUNTS, strict=False):
        assert desk.ask("clerk", counter, {"q": number}).status_code == 302, "a card opens the family"
        person = _person(number)
        enter = reverse("beneficiaries:account_enter", args=[person.pk])
        typed = {"number": account, "account_name": person.name, "bank": ABC, "cnaps": "", "kind": "card"}
        assert desk.ask("clerk", enter, typed).status_code == 302
    for phone in PHONES[:3]:
        assert desk.ask("clerk", counter, {"q": phone}).status_code == 200
    assert desk.ask("clerk", counter, {"q": "王三"})["Location"].endswith("?q=%E7%8E%8B%E4%B8%89")
    assert desk.ask("clerk", enter, {**typed, "number": f"{ACCOUNTS[20]}x"}).status_code == 422
    reveal = reverse("portal:reveal", args=["citizen-id", person.pk])
    assert person.citizen_id in desk.ask("clerk", reveal, {"reason": "compare"}).content.decode()


def _paid(desk: Desk) -> None:
    award = make.active_policy("college-award")
    allot("college-award", 10_000_000)
    accounts = list(Account.objects.exclude(list=None).order_by("pk")[:PAID])
    for one in accounts:
        services.verify_account(one, by=make.actor("county_checker", "three"), on=VERIFIED)
    entitlements([one.owner for one in accounts], award)
    batch = payments.sent(payments.built())
    letters.write_about("batch", batch.pk, on=DAY)
    assert desk.ask("batch_preparer", reverse("letters:of_batch", args=[batch.pk])).status_code == 200


def _person(number: str) -> Person:
    return Person.objects.get(citizen_id_index=make.blind.index(number, purpose="citizen_id"))


def forms_of(number: str) -> list[bytes]:
    """A number as it may lie in a file: as text, in hex, in UTF-16, in base 64 at each of its three offsets."""
    plain = number.encode()
    in_64 = [base64.b64encode(bytes(n) + plain)[4:-4] for n in range(3)]
    return [plain, plain.hex().encode(), number.encode("utf-16-le"), *in_64]


def found_in(content: bytes) -> list[str]:
    return [number for number in PLANTED if any(form in content for form in forms_of(number))]


def texts_of_the_database() -> bytes:
    """Every value of every table as text, and bytes in hex: what a dump holds."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found).encode()


def test_five_hundred_planted_numbers_are_nowhere_in_the_clear(planted, outside, caplog, capfd):
    assert len(set(PLANTED)) == 500
    assert (Person.objects.count(), Account.objects.count()) == (len(IDS), len(ACCOUNTS))
    assert EvidenceList.objects.get(kind="register").marked_file, "the refused row is kept in its workbook"
    everything = texts_of_the_database()
    assert "王三娃" in everything.decode(), "the database was read"
    assert found_in(everything) == []
    written = capfd.readouterr()
    assert found_in(f"{caplog.text}{written.out}{written.err}".encode()) == []
    files = [path for path in outside.rglob("*") if path.is_file()]
    assert {"addresses.log", "broker.json"} <= {path.name for path in files}
    assert len(files) >= 6, "lists, marked workbook, bank file and letters are stored"
    assert {path.name: wrong for path in files if (wrong := found_in(path.read_bytes()))} == {}


def test_no_page_of_any_role_shows_one_and_the_bank_file_opens_for_who_may_take_it(planted):
    shown = {}
    for role in Role:
        for name, pattern in ALL.items():
            if pattern.pattern.converters or role not in pattern.callback.access:
                continue
            if wrong := found_in(planted.ask(role, reverse(name)).content):
                shown[f"{role} {name}"] = wrong
    assert shown == {}
    family = reverse("portal:family", args=[_person(IDS[0]).memberships.get().household_id])
    for role in ("clerk", "county_checker", "auditor"):
        page = planted.ask(role, family)
        assert (page.status_code, found_in(page.content)) == (200, [])
    download = reverse("payments:download", args=[Batch.objects.get().pk, 1])
    for role in ("clerk", "county_checker", "batch_checker", "auditor", "administrator"):
        assert found_in(planted.ask(role, download).content) == []
    taken = found_in(b"".join(planted.ask("batch_preparer", download)))
    assert len(taken) == PAID, "the bank needs the account numbers"


@pytest.mark.parametrize("form", range(6))
def test_the_look_finds_a_number_in_each_form(form):
    assert found_in(b"x" + forms_of(IDS[7])[form] + b"y") == [IDS[7]]
