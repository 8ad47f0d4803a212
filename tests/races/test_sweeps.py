"""A sweep whose programs are judged on one connection while others are written on another; never two sweeps at once."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from applications.models import Assessment
from applications.services import sweep
from tests import factories as make
from tests.applications.conftest import poor_family, whole_lists
from tests.applications.walks import DAY

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAMS = ("college-award", "housing-subsidy", "medical-supplement", "training-subsidy")


@pytest.fixture
def county():
    whole_lists()
    for code in PROGRAMS:
        make.active_policy(code)
    for name, number in (("赵", "103209-0151"), ("钱", "103209-0152")):
        family = poor_family(name, number)
        make.fact(family.household, "housing", DAY, grade="D", work="repair")


def asked():
    return sweep.ask(on=DAY, by=make.actor("county_checker"))


def kept():
    return sorted(
        Assessment.objects.values_list(
            "program", "record_id", "verdict", "amount_fen", "failing", "unsettled"
        )
    )


def test_side_by_side_and_one_after_the_other_keep_the_same(county):
    done = sweep.assess(asked())
    side_by_side = kept()
    assert sorted(done.counts) == list(PROGRAMS)
    assert {row[0] for row in side_by_side} == {"college-award", "housing-subsidy"}
    with transaction.atomic():
        again = sweep.assess(asked())
    assert {code: counts["changed"] for code, counts in again.counts.items()} == dict.fromkeys(PROGRAMS, 0)
    with transaction.atomic():
        Assessment.objects.all().delete()
        sweep.assess(asked())
        assert kept() == side_by_side


def test_the_connection_beside_is_open_before_anything_is_judged_there(county):
    with sweep._judging_beside() as beside:
        assert beside.submit(lambda: connection.connection is not None).result()
    with transaction.atomic(), sweep._judging_beside() as beside:
        assert beside is None


def test_a_second_sweep_waits_for_the_first(county):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sweep.SWEEP_LOCK])
        with connection.cursor() as mine:
            mine.execute("SET lock_timeout = '100ms'")
        with pytest.raises(OperationalError):
            sweep.assess(asked())
        with connection.cursor() as mine:
            mine.execute("RESET lock_timeout")
    assert not Assessment.objects.exists()
    other.close()
    sweep.assess(asked())
    assert Assessment.objects.exists()


def test_a_sweep_that_is_stopped_between_two_programs_leaves_whole_programs_and_nobody_waiting(county):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.assess(asked(), progress=stop)
    assert len({row[0] for row in kept()}) <= 1
    assert not [one for one in threading.enumerate() if one.name.startswith("judging")]
    done = sweep.assess(asked())
    assert sorted(done.counts) == list(PROGRAMS)
