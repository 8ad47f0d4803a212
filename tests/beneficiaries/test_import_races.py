"""Two lists at once, and a process killed in the middle: nothing lost, nothing twice, nothing half."""

import os
import random
import signal
import threading
import time

import pytest
from django.db import close_old_connections, connection, connections

from beneficiaries import services
from beneficiaries.models import Coverage, EvidenceList, Fact, ListRow, Membership, Person
from beneficiaries.tasks import work_on_lists
from tests import factories as make
from tests.beneficiaries.test_register_rules import DAY, HEADER, row
from tests.beneficiaries.workbooks import number_of, xlsx

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = [number_of(f"19{year}0{month}15", 2 * year) for year in range(60, 90) for month in range(1, 9)]


def upload(first: int, last: int) -> EvidenceList:
    """A register of single households, uploaded."""
    rows = [row("户主", "王小娃", NUMBERS[n], f"H{n}") for n in range(first, last)]
    return services.upload_list(
        xlsx([HEADER, *rows]),
        services.CoveringLetter("register", "r.xlsx", make.COUNTY),
        by=make.actor("county_checker", "one"),
        on=DAY,
    )


def at_once(*tasks):
    """Run the tasks in threads of their own and return what they raised."""
    raised = []
    barrier = threading.Barrier(len(tasks))

    def run(task):
        barrier.wait()
        try:
            task()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def take(evidence):
    return lambda: services.import_list(evidence, by=make.actor("county_checker", "two"), on=DAY)


def race():
    make.divisions()
    lists = [upload(0, 20), upload(10, 30)]
    assert at_once(*(take(evidence) for evidence in lists)) == []
    facts = Fact.objects.filter(superseded_by=None)  # that two lists say the same is kept beside
    assert (Person.objects.count(), Membership.objects.count(), facts.count()) == (30, 30, 30)
    counts = [evidence.counts for evidence in EvidenceList.objects.order_by("pk")]
    assert sum(one["new"] for one in counts) == 30
    assert sum(one["same"] for one in counts) == 10


def test_two_overlapping_lists_at_once():
    race()


def test_the_same_list_taken_by_two_people_at_once_is_taken_once():
    make.divisions()
    evidence = services.check_list(upload(0, 10), on=DAY)
    takers = [
        lambda number=number: services.take_list(evidence, by=make.actor("county_checker", number), on=DAY)
        for number in ("two", "three")
    ]
    raised = at_once(*takers)
    assert [getattr(error, "code", error) for error in raised] == ["state_moved_on"]
    assert (Person.objects.count(), Fact.objects.count(), Coverage.objects.count()) == (10, 10, 0)


def killed_after(seconds: float) -> None:
    """Take the waiting lists in a process of its own and kill it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work_on_lists()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    close_old_connections()


def crash(seed: int) -> None:
    """Kill the worker while it checks and takes; afterwards it is whole or not there, and ends well."""
    make.divisions()
    dice = random.Random(seed)
    evidence = services.check_list(upload(0, len(NUMBERS)), on=DAY)
    services.ask_to_take(evidence, by=make.actor("county_checker", "two"), on=DAY, take_good=False)
    killed_after(dice.uniform(0.05, 1.5))
    state = EvidenceList.objects.get(pk=evidence.pk).state
    people, facts = Person.objects.count(), Fact.objects.count()
    whole = (len(NUMBERS), len(NUMBERS)) if state == "taken" else (0, 0)
    assert (people, facts) == whole, f"seed {seed}"
    EvidenceList.objects.update(lease_until=None)  # the dead worker's lease has run out
    work_on_lists()
    assert EvidenceList.objects.get(pk=evidence.pk).state == "taken"
    assert (Person.objects.count(), Fact.objects.count()) == (len(NUMBERS), len(NUMBERS))
    assert ListRow.objects.count() == len(NUMBERS)
    crash_of_withdrawal(evidence, dice, seed)


def crash_of_withdrawal(evidence: EvidenceList, dice: random.Random, seed: int) -> None:
    """Kill the worker while it withdraws: all that the list brought counts, or nothing of it."""

    def counting() -> tuple[int, int, int]:
        people, facts = Person.objects.exclude(division=""), Fact.objects.filter(superseded_by=None)
        return people.count(), facts.count(), Membership.objects.count()

    evidence = EvidenceList.objects.get(pk=evidence.pk)
    services.ask_to_withdraw_list(evidence, by=make.actor("county_checker", "two"), on=DAY)
    killed_after(dice.uniform(0.02, 0.4))
    is_withdrawn = EvidenceList.objects.get(pk=evidence.pk).state == "withdrawn"
    assert counting() == ((0, 0, 0) if is_withdrawn else (len(NUMBERS),) * 3), f"seed {seed}"
    EvidenceList.objects.update(lease_until=None)
    work_on_lists()
    assert EvidenceList.objects.get(pk=evidence.pk).state == "withdrawn"
    assert counting() == (0, 0, 0)


def test_a_worker_killed_in_the_middle_leaves_nothing_half_taken():
    crash(1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 32))
def test_a_worker_killed_at_any_moment(seed):
    crash(seed)


@pytest.mark.long
@pytest.mark.parametrize("round_", range(100))
def test_two_overlapping_lists_at_once_again(round_):
    race()


def test_the_tests_run_as_the_applications_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, 'audit_trailrow', 'UPDATE')")
        assert cursor.fetchone() == (False,)
