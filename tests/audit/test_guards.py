"""The database refuses by itself: moves that the table lacks, moves behind the door, and changes to what only grows."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from psycopg.errors import CheckViolation

from audit.constraints import AppendOnly, GuardedMoves
from audit.models import TrailRow
from audit.moves import pairs
from audit.stateful import Stateful
from ledger.models import Allotment, Transfer
from tests import factories as make
from tests.payments.granting import DAY, allot

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_models() if issubclass(model, Stateful)]


def entered(**changes):
    return Allotment(
        **{
            "program": "college-award",
            "source": "county",
            "fiscal_year": 2026,
            "document_number": "1",
            "amount_fen": 5,
        }
        | {"entered_by": "liu", "entered_on": DAY, "state": "entered"}
        | changes
    )


@pytest.fixture
def allotment():
    made = entered()
    made.save()
    return made


def refused(work):
    with (
        pytest.raises((IntegrityError, CheckViolation), match="not a move through the door"),
        transaction.atomic(),
    ):
        work()


def marked(work):
    """With the door's mark, so that only the table of moves can refuse."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('guanai.actor', 'liu', true)")
        work()

    return run


def stale_save(allotment):
    allotment.state = "confirmed"
    allotment.save(update_fields=["state"])


def copied(state):
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY ledger_allotment (program, source, fiscal_year, budget_line, document_number, amount_fen, entered_by,"
            " entered_on, confirmed_by, state) FROM STDIN"
        ) as copy,
    ):
        copy.write_row(("p", "county", 2026, "", "2", 5, "liu", DAY, "", state))


def test_a_legal_move_behind_the_door_is_refused(allotment):
    rows = Allotment.objects.filter(pk=allotment.pk)
    refused(lambda: rows.update(state="confirmed"))
    refused(lambda: stale_save(allotment))
    allotment = rows.get()
    allotment.state = "confirmed"
    refused(lambda: Allotment.objects.bulk_update([allotment], ["state"]))
    assert rows.get().state == "entered"


def test_a_move_that_the_table_lacks_is_refused_even_with_the_mark(allotment):
    rows = Allotment.objects.filter(pk=allotment.pk)
    marked(lambda: rows.update(state="confirmed"))()
    refused(marked(lambda: rows.update(state="entered")))
    refused(marked(lambda: rows.update(state="anything")))


def test_a_row_starts_where_the_table_starts(db):
    refused(marked(lambda: entered(state="confirmed").save()))
    refused(marked(lambda: Allotment.objects.bulk_create([entered(state="refused")])))
    refused(marked(lambda: copied("confirmed")))
    copied("entered")
    assert Allotment.objects.get().document_number == "2"


def test_other_columns_may_change_without_the_door(allotment):
    assert Allotment.objects.filter(pk=allotment.pk).update(confirmed_on=DAY) == 1
    assert Allotment.objects.filter(pk=allotment.pk).update(state="entered") == 1


def live_guard(model):
    """The CREATE TRIGGER statements that the database itself gives for the guard of a model, for the table ``tried``."""
    guard = next(rule for rule in model._meta.constraints if isinstance(rule, GuardedMoves))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_get_triggerdef(oid) FROM pg_trigger
               WHERE tgrelid = %s::regclass AND tgname = ANY(%s) AND tgenabled = 'O' ORDER BY tgname""",
            [model._meta.db_table, [guard.name, f"{guard.name}_first"]],
        )
        return [
            re.sub(rf" ON (public\.)?{model._meta.db_table} ", " ON tried ", words)
            for (words,) in cursor.fetchall()
        ]


def taken(cursor, statement, parameters):
    """Whether the database takes a statement; it is undone at once."""
    try:
        with transaction.atomic():
            cursor.execute(statement, parameters)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_live_guard_allows_exactly_the_table_of_moves(model):
    moves, first = live_guard(model)
    states = sorted({state for pair in pairs(model.MOVES) for state in pair})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE tried (id bigint, state text) ON COMMIT DROP")
        cursor.executemany("INSERT INTO tried VALUES (%s, %s)", list(enumerate(states)))
        cursor.execute("SELECT set_config('guanai.actor', 'liu', true)")
        cursor.execute(moves)
        cursor.execute(first)
        allowed = {
            (source, target)
            for source in states
            for target in states
            if source != target
            and taken(cursor, "UPDATE tried SET state = %s WHERE state = %s", [target, source])
        }
        starts = {state for state in states if taken(cursor, "INSERT INTO tried VALUES (0, %s)", [state])}
        cursor.execute("DROP TABLE tried")
    guard = next(rule for rule in model._meta.constraints if isinstance(rule, GuardedMoves))
    assert allowed == {(source, target) for source, target in pairs(model.MOVES) if source != target}
    assert starts == set(guard.first)


APPEND_ONLY = [
    model
    for model in apps.get_models()
    if any(isinstance(rule, AppendOnly) for rule in model._meta.constraints)
]


def test_the_trail_transfers_blocks_and_decisions_only_grow():
    assert {model._meta.db_table for model in APPEND_ONLY} == {
        "audit_trailrow", "audit_block", "ledger_transfer", "applications_decision", "oversight_stock",
        "programs_simulationlook", "applications_setsum",
    }  # fmt: skip


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"], ids=lambda verb: verb[:6]
)
def test_the_application_can_only_add(model, verb):
    key = model._meta.pk.column
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(f'"{model._meta.db_table}"', key, key))


def test_the_application_writes_no_migrations():
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'django_migrations', 'INSERT')", [settings.APP_ROLE])
        assert cursor.fetchone() == (False,)


def test_rows_of_the_trail_cannot_be_saved_again():
    make.divisions()
    allot("college-award", 100)
    for model in (TrailRow, Transfer):
        row = model.objects.first()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            row.save()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.all()._raw_delete(using="default")
