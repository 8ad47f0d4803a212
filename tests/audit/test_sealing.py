"""Sealing: every visible row once, late ones later, and any change to what is sealed is found."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from audit.models import Block, TrailRow
from audit.sealing import Head, broken_blocks, head, seal
from config.database.roles import as_owner

DAY = date(2026, 8, 18)


def rows(count, start=0):
    return TrailRow.objects.bulk_create(
        TrailRow(
            day=DAY,
            actor_number="x",
            actor_name="某",
            role="clerk",
            verb="look",
            table="t",
            object_id=start + n,
        )
        for n in range(count)
    )


def sealed():
    """How many rows the blocks hold, and how many different ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(rows), 0), (SELECT count(*) FROM audit_trailrow t WHERE EXISTS
               (SELECT FROM audit_block b WHERE t.id <@ b.ids)) FROM audit_block"""
        )
        return tuple(int(value) for value in cursor.fetchone())


@pytest.mark.django_db
def test_nothing_waits_nothing_is_sealed():
    assert seal() == Head(0, bytes(32), 0)
    rows(3)
    assert head().waiting == 3
    first = seal()
    assert (first.n, first.waiting, len(first.digest)) == (1, 0, 32)
    assert seal() == first
    assert Block.objects.count() == 1


@pytest.mark.django_db
def test_each_block_names_the_one_before():
    for n in range(3):
        rows(4, n * 10)
        seal()
    blocks = list(Block.objects.order_by("n"))
    assert [block.rows for block in blocks] == [4, 4, 4]
    assert [bytes(block.previous) for block in blocks] == [
        bytes(32),
        *[bytes(block.digest) for block in blocks[:-1]],
    ]
    assert broken_blocks() == []
    assert str(head()).startswith("#3 ")


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_joins_a_later_block():
    inserted, may_commit = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            rows(1, 100)
            inserted.set()
            assert may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert inserted.wait(20)
    rows(5)
    seal()
    assert sealed() == (5, 5)
    may_commit.set()
    thread.join()
    seal()
    assert sealed() == (6, 6)
    assert [block.rows for block in Block.objects.order_by("n")] == [5, 1]
    assert broken_blocks() == []


@pytest.mark.django_db(transaction=True)
def test_many_sealers_at_once_seal_each_row_once():
    rows(50)

    def work(n):
        rows(5, 1000 + n)
        seal()
        connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal()
    assert sealed() == (90, 90)
    assert [block.n for block in Block.objects.order_by("n")] == list(range(1, Block.objects.count() + 1))
    assert broken_blocks() == []


CHANGES = [
    ("UPDATE audit_trailrow SET verb = 'hide' WHERE object_id = 1", [1]),
    ("UPDATE audit_trailrow SET at = at + interval '1 microsecond' WHERE object_id = 1", [1]),
    ("UPDATE audit_trailrow SET detail = '{\"a\": 1}' WHERE object_id = 11", [2]),
    ("DELETE FROM audit_trailrow WHERE object_id = 11", [2]),
    ("UPDATE audit_block SET ids = '{[1,2)}' WHERE n = 2", [2]),
    ("UPDATE audit_block SET rows = 3 WHERE n = 2", [2]),
    ("DELETE FROM audit_block WHERE n = 1", [2, 3]),
    ("UPDATE audit_trailrow SET object_id = 12 - object_id WHERE object_id IN (1, 11)", [1, 2]),
]


@pytest.mark.django_db(transaction=True)
def test_whatever_the_owner_changes_is_found():
    for n in range(3):
        rows(4, n * 10)
        seal()
    with as_owner():
        for statement, blocks in CHANGES:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                assert broken_blocks() == blocks, statement
                transaction.set_rollback(True)
    assert broken_blocks() == []
