"""The one door: who may, from where, one row or many, and what it writes."""

from datetime import date
from unittest.mock import ANY

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.actor import SYSTEM, Actor
from audit.door import create, perform, perform_all, record_all
from audit.models import TrailRow
from beneficiaries.models import Account
from ledger.models import Allotment
from programs.models import PolicyVersion
from standards.words import Refusal
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 18)
LIU, SUN = make.actor("batch_checker"), make.actor("batch_approver")


def entered(n=1):
    return create(
        Allotment(
            program="college-award", source="county", fiscal_year=2026, document_number=f"{n}", amount_fen=5,
            entered_by=LIU.number, entered_on=DAY, state="entered",
        ),
        by=LIU, on=DAY, detail={"n": n},
    )  # fmt: skip


def trail():
    columns = ("verb", "object_id", "source", "target", "actor_number", "role", "day")
    return list(TrailRow.objects.order_by("id").values_list(*columns))


def test_a_move_sets_its_columns_and_writes_the_trail():
    allotment = entered()
    fresh = perform(allotment, "confirm", by=SUN, on=DAY, detail={"seen": 1})
    assert (fresh.state, fresh.confirmed_by, fresh.confirmed_on) == ("confirmed", "sun", DAY)
    assert (allotment.state, allotment.confirmed_by) == ("entered", "")  # the caller's copy is stale
    assert trail() == [
        ("create", fresh.pk, "", "entered", "liu", "batch_checker", DAY),
        ("confirm", fresh.pk, "entered", "confirmed", "sun", "batch_approver", DAY),
    ]
    assert TrailRow.objects.last().detail == {"seen": 1}


def test_a_move_that_came_too_late_names_who_was_first():
    allotment = entered()
    perform(allotment, "refuse", by=SUN, on=DAY)
    with pytest.raises(Refusal) as caught:
        perform(allotment, "confirm", by=make.actor("batch_approver", "third"), on=DAY)
    assert caught.value.code == "state_moved_on"
    assert caught.value.words.zh.startswith("sun先办了一步")
    assert caught.value.words.en.startswith("sun acted first")
    with pytest.raises(Refusal) as twice:
        perform(allotment, "refuse", by=SUN, on=DAY)
    assert twice.value.words.zh.startswith("你自己先办了一步")
    assert len(trail()) == 2


@pytest.mark.parametrize("by", [make.actor("clerk"), SYSTEM, Actor("x", "x", "", "")])
def test_a_role_without_the_move_is_refused(by):
    allotment = entered()
    rows = Allotment.objects.all()
    for work in (
        lambda: perform(allotment, "confirm", by=by, on=DAY),
        lambda: perform_all(rows, "confirm", by=by, on=DAY, expected=1),
    ):
        with pytest.raises(Refusal) as caught:
            work()
        assert caught.value.code == "not_your_role"
    assert Allotment.objects.get().state == "entered"


def test_the_two_steps_need_two_people():
    allotment = entered()
    other_role = make.actor("batch_approver", LIU.number)
    with pytest.raises(Refusal) as caught:
        perform(allotment, "confirm", by=other_role, on=DAY)
    assert caught.value.code == "allotment_different_people"
    with pytest.raises(Refusal) as caught:
        perform_all(Allotment.objects.all(), "confirm", by=other_role, on=DAY, expected=1)
    assert caught.value.code == "allotment_different_people"
    assert [row[0] for row in trail()] == ["create"]


def test_many_move_in_one_statement_with_their_trail():
    ids = [entered(n).pk for n in range(5)]
    rows = Allotment.objects.filter(pk__in=ids[1:4])
    assert perform_all(rows, "confirm", by=SUN, on=DAY, expected=3) == 3
    moved = [row for row in trail() if row[0] == "confirm"]
    assert moved == [("confirm", pk, "entered", "confirmed", "sun", "batch_approver", DAY) for pk in ids[1:4]]
    assert list(Allotment.objects.order_by("pk").values_list("state", "confirmed_by", "confirmed_on")) == [
        ("entered", "", None), *[("confirmed", "sun", DAY)] * 3, ("entered", "", None),
    ]  # fmt: skip


def test_many_move_all_or_none():
    ids = [entered(n).pk for n in range(3)]
    perform(Allotment.objects.get(pk=ids[1]), "confirm", by=SUN, on=DAY)
    with pytest.raises(Refusal) as caught:
        perform_all(Allotment.objects.all(), "confirm", by=SUN, on=DAY, expected=3)
    assert caught.value.code == "count_differs"
    assert list(Allotment.objects.order_by("pk").values_list("state", flat=True)) == [
        "entered",
        "confirmed",
        "entered",
    ]
    assert perform_all(Allotment.objects.none(), "confirm", by=SUN, on=DAY, expected=0) == 0


def drafted():
    make.active_policy("college-award")
    version = PolicyVersion.objects.get()
    source = bytes(version.source) + b"\n"
    return create(
        PolicyVersion(
            code=version.code, number=2, title_zh="x", title_en="x", file_name="x", source=source, sha256="0" * 64,
            in_force_from=date(2027, 1, 1), in_force_until=date(2027, 12, 31), written_by="pang", written_on=DAY,
            state="draft",
        ),
        by=make.actor("policy_officer"), on=DAY,
    )  # fmt: skip


def test_only_ones_own_last_step_can_be_taken_back():
    version = perform(drafted(), "propose", by=make.actor("policy_officer"), on=DAY)
    with pytest.raises(Refusal) as caught:
        perform(version, "take_back", by=make.actor("policy_officer", "another"), on=DAY)
    assert caught.value.code == "not_own_step"
    rows = PolicyVersion.objects.filter(pk=version.pk)
    with pytest.raises(Refusal) as caught:
        perform_all(rows, "take_back", by=make.actor("policy_officer", "another"), on=DAY, expected=1)
    assert caught.value.code == "count_differs"
    back = perform(version, "take_back", by=make.actor("policy_officer"), on=DAY)
    assert (back.state, back.proposed_by, back.proposed_on) == ("draft", "", None)


def test_buttons_are_the_moves_of_the_table():
    allotment = entered()
    assert [move.name for move in allotment.moves_for(["batch_approver"])] == ["confirm", "refuse"]
    assert allotment.moves_for(["clerk"]) == []
    assert perform(allotment, "confirm", by=SUN, on=DAY).moves_for(["batch_approver"]) == []


def test_the_mark_does_not_outlive_the_move():
    perform(entered(), "confirm", by=SUN, on=DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('guanai.actor', true)")
        assert cursor.fetchone() == ("",)


def test_rows_made_in_bulk_are_on_record_one_by_one():
    owner = make.person("张美娜", date(2008, 3, 9))
    made = [make.account(owner, f"622848{n:010d}") for n in range(3)]
    count = record_all("count", Account.objects.filter(owner=owner), by=LIU, on=DAY, detail={"why": "test"})
    assert count == 3
    rows = TrailRow.objects.filter(verb="count").order_by("id").values_list("object_id", "detail", "at")
    assert list(rows) == [(one.pk, {"why": "test"}, ANY) for one in made]


def test_moving_many_rows_never_compares_a_table_with_itself():
    """A batch written a moment ago has no statistics: joined with itself, each row is compared with each."""
    for n in (1, 2):
        entered(n)
    with CaptureQueriesContext(connection) as asked:
        perform_all(Allotment.objects.filter(program="college-award"), "confirm", by=SUN, on=DAY, expected=2)
    named = [one["sql"] for one in asked if Allotment._meta.db_table in one["sql"]]
    assert any(sql.startswith("SELECT") and "FOR UPDATE" in sql for sql in named)
    assert all(f'JOIN "{Allotment._meta.db_table}"' not in sql and sql.count("FROM") < 2 for sql in named)
