"""The books: allotments by two people, transfers once, never below zero, whoever comes at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from audit.actor import Actor
from audit.models import TrailRow
from ledger import queries, services
from ledger.models import Allotment, LedgerAccount, Transfer
from ledger.services import Kind, Movement
from standards.words import Refusal

DAY = date(2026, 7, 15)
CHECKER = Actor("F01", "何会计", "batch_checker", "610124000000")
APPROVER = Actor("F02", "罗科长", "batch_approver", "610124000000")
CLERK = Actor("C01", "李雯", "clerk", "610124103000")


def entered(amount_fen=1_000_000, **changes):
    return services.enter_allotment(
        **{
            "program": "college-award",
            "source": "county",
            "fiscal_year": 2026,
            "document_number": "周财〔2026〕9号",
        }
        | {"amount_fen": amount_fen, "by": CHECKER, "on": DAY}
        | changes
    )


def allotted(amount_fen=1_000_000, **changes):
    return services.confirm_allotment(entered(amount_fen, **changes), by=APPROVER, on=DAY)


def commitment(fen, cause, **changes):
    where = {"program": "college-award", "source": "county", "fiscal_year": 2026} | changes
    return Movement(**where, credit=Kind.AVAILABLE, debit=Kind.COMMITTED, fen=fen, cause=cause)


def balances():
    return {account.kind: account.balance_fen for account in LedgerAccount.objects.all()}


@pytest.mark.django_db
def test_an_allotment_counts_when_a_second_person_confirms_it():
    allotment = entered()
    assert balances() == {}
    assert list(queries.allotments_to_confirm("F01")) == []
    assert list(queries.allotments_to_confirm("F02")) == [allotment]
    services.confirm_allotment(allotment, by=APPROVER, on=DAY)
    assert balances() == {"treasury": -1_000_000, "available": 1_000_000}
    assert [row.verb for row in TrailRow.objects.order_by("id")] == ["create", "confirm"]
    assert queries.available("college-award", 2026) == {"county": 1_000_000}


@pytest.mark.django_db
def test_nobody_confirms_an_own_allotment():
    allotment = entered()
    with pytest.raises(Refusal) as caught:
        services.confirm_allotment(allotment, by=CHECKER, on=DAY)
    assert caught.value.code == "allotment_different_people"
    assert balances() == {}


@pytest.mark.django_db
def test_an_allotment_is_confirmed_once():
    allotment = allotted()
    with pytest.raises(Refusal) as caught:
        services.confirm_allotment(allotment, by=APPROVER, on=DAY)
    assert caught.value.code == "state_moved_on"
    assert balances()["available"] == 1_000_000


@pytest.mark.django_db
def test_a_document_is_entered_once_unless_it_was_refused():
    first = entered()
    with pytest.raises(Refusal) as caught:
        entered()
    assert caught.value.code == "allotment_once"
    services.refuse_allotment(first, by=APPROVER, on=DAY)
    assert entered().pk != first.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": CLERK}, "not_your_role"),
        ({"fiscal_year": 26}, "fiscal_year"),
        ({"document_number": ""}, "allotment_incomplete"),
        ({"amount_fen": 0}, "allotment_amount"),
        ({"amount_fen": -5}, "allotment_amount"),
    ],
)
def test_an_allotment_that_cannot_be_is_refused(changes, code):
    with pytest.raises(Refusal) as caught:
        entered(**changes)
    assert caught.value.code == code
    assert not Allotment.objects.exists()


@pytest.mark.django_db
def test_a_cause_is_booked_once():
    allotted()
    movements = [commitment(300_000, "commit:1:county"), commitment(200_000, "commit:2:county")]
    assert services.book(movements, by=APPROVER, on=DAY) == 2
    assert services.book([*movements, commitment(100_000, "commit:3:county")], by=APPROVER, on=DAY) == 1
    assert balances() == {"treasury": -1_000_000, "available": 400_000, "committed": 600_000}
    assert services.book([], by=APPROVER, on=DAY) == 0
    assert list(queries.differences()) == []


@pytest.mark.django_db
def test_a_budget_that_is_short_refuses_the_whole_step():
    allotted(500_000)
    with pytest.raises(Refusal) as caught:
        services.book(
            [commitment(300_000, "commit:1:county"), commitment(200_001, "commit:2:county")],
            by=APPROVER,
            on=DAY,
        )
    assert caught.value.code == "budget_short"
    assert "5,000.00" in caught.value.words.zh
    assert "5,000.01" in caught.value.words.en
    assert balances() == {"treasury": -500_000, "available": 500_000}
    assert Transfer.objects.count() == 1


@pytest.mark.django_db
def test_a_source_without_an_allotment_is_short():
    allotted()
    with pytest.raises(Refusal) as caught:
        services.book([commitment(1, "commit:1:province", source="province")], by=APPROVER, on=DAY)
    assert caught.value.code == "budget_short"
    assert LedgerAccount.objects.filter(source="province").count() == 0


@pytest.mark.django_db
def test_money_walks_from_the_treasury_to_the_family_and_back():
    allotted()
    where = ("college-award", "county", 2026)
    walk = [
        (Kind.AVAILABLE, Kind.COMMITTED, "commit:1"),
        (Kind.COMMITTED, Kind.IN_TRANSIT, "send:1"),
        (Kind.IN_TRANSIT, Kind.PAID, "pay:1"),
        (Kind.PAID, Kind.COMMITTED, "return:1"),
        (Kind.COMMITTED, Kind.AVAILABLE, "release:1"),
    ]
    for number, (credit, debit, cause) in enumerate(walk):
        movement = Movement(*where, credit, debit, 300_000, cause)
        assert services.book([movement], by=APPROVER, on=DAY, batch_key=7) == 1
        assert balances()[debit] == (1_000_000 if number == 4 else 300_000)
    assert [transfer.cause for transfer in queries.transfers_of_batch(7)] == [step[2] for step in walk]
    standing = queries.standings(fiscal_year=2026, program="college-award")
    assert standing == [queries.Standing(*where, 1_000_000, 1_000_000, 0, 0, 0, 0, 0, 0)]
    assert list(queries.differences()) == []


@pytest.mark.django_db
def test_a_select_can_be_booked():
    allotted()
    query = """SELECT 'college-award', 'county', 2026, 'available', 'committed', 100::bigint, 'commit:' || n
               FROM generate_series(1, %s) n"""
    assert services.book_selected(query, [1000], by=APPROVER, on=DAY) == 1000
    assert services.book_selected(query, [1000], by=APPROVER, on=DAY) == 0
    assert balances()["committed"] == 100_000


@pytest.mark.django_db
def test_a_balance_behind_the_books_back_is_named():
    allotted()
    LedgerAccount.objects.filter(kind="available").update(balance_fen=1_000_001)
    assert list(queries.differences()) == [
        queries.Difference("2026/college-award/county/available", 1_000_001, 1_000_000)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["UPDATE ledger_transfer SET fen = 1", "DELETE FROM ledger_transfer"])
def test_the_application_cannot_change_a_transfer(verb):
    allotted()
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute(verb)


def in_threads(work, items, threads=8):
    def one(item):
        try:
            return work(item)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, items))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_draw_exactly_what_is_there():
    allotted(1_000_000)
    outcomes = in_threads(
        lambda n: services.book([commitment(30_000, f"commit:{n}:county")], by=APPROVER, on=DAY), range(64)
    )
    assert outcomes.count(1) == 33
    assert outcomes.count("budget_short") == 31
    assert balances() == {"treasury": -1_000_000, "available": 10_000, "committed": 990_000}
    assert list(queries.differences()) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_cause_from_many_sides_is_booked_once():
    allotted()
    outcomes = in_threads(
        lambda _: services.book(
            [commitment(100, f"commit:{n}:county") for n in range(20)], by=APPROVER, on=DAY
        ),
        range(16),
    )
    assert sorted(outcomes) == [0] * 15 + [20]
    assert balances()["committed"] == 2_000


@pytest.mark.django_db(transaction=True)
def test_opposite_orders_over_several_accounts_do_not_deadlock():
    sources = ["county", "city", "province", "central"]
    for number, source in enumerate(sources):
        allotted(10_000_000, source=source, document_number=f"周财〔2026〕{number}号")

    def mixed(n):
        shuffled = random.Random(n).sample(sources, 4)
        movements = [
            commitment(100, f"commit:{n}:{source}:{k}", source=source)
            for source in shuffled
            for k in range(5)
        ]
        return services.book(movements, by=APPROVER, on=DAY)

    assert in_threads(mixed, range(80)) == [20] * 80
    assert {row.source: row.committed_fen for row in queries.standings()} == dict.fromkeys(sources, 40_000)
    assert list(queries.differences()) == []


@pytest.mark.django_db(transaction=True)
def test_the_first_movements_of_a_new_year_from_many_sides_open_each_account_once():
    allotment = [entered(100, document_number=f"周财〔2026〕{n}号", fiscal_year=2027) for n in range(16)]
    assert (
        len(in_threads(lambda one: services.confirm_allotment(one, by=APPROVER, on=DAY).pk, allotment)) == 16
    )
    assert balances() == {"treasury": -1_600, "available": 1_600}
