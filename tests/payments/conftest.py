"""A township with girls who have a right, and the three people of finance."""

from datetime import date

import pytest

from applications.models import Entitlement
from payments import services
from payments.banks import Answer, load_profiles, write_answers
from payments.models import Attempt, Batch, ResultFile
from programs.models import PolicyVersion
from tests import factories as make
from tests.applications import conftest as applications
from tests.payments.granting import DAY, accounts, allot, entitlements, girls
from tests.stages import Told, begins_with

PREPARER = make.actor("batch_preparer")
CHECKER = make.actor("batch_checker")
APPROVER = make.actor("batch_approver")


@pytest.fixture
def award(db: None) -> PolicyVersion:
    make.divisions()
    return make.active_policy("college-award")


def build_family(_: None) -> applications.Family:
    applications.whole_lists()
    make.active_policy("college-award")
    applications.allot("college-award", 1_000_000)
    return applications.poor_family("赵")


@pytest.fixture
@begins_with(build_family)
def family(db: None, told: Told) -> applications.Family:
    """A poor family with a right to the award; 10,000 yuan allotted."""
    return told(build_family)


@pytest.fixture
def granted(award: PolicyVersion) -> list[Entitlement]:
    """Five girls of Jiaolou, 2,000 yuan each, with accounts at one bank; 100,000 yuan allotted."""
    allot("college-award", 10_000_000)
    people = girls(5)
    accounts(people)
    return entitlements(people, award)


def planned() -> None:
    services.plan_instalments(on=DAY)


def built(**options) -> Batch:
    planned()
    (batch,) = services.build_batches(by=PREPARER, on=DAY, **options)
    return batch


def approved(batch: Batch, *, on: date | None = None) -> Batch:
    """Through three people on the day the batch was made, or another."""
    on = on or batch.made_on
    batch = services.prepare(batch, by=PREPARER, on=on)
    typed = {"count": batch.count, "total_fen": batch.total_fen}
    batch = services.confirm(batch, **typed, by=CHECKER, on=on)
    return services.approve(batch, **typed, by=APPROVER, on=on)


def sent(batch: Batch, *, on: date | None = None) -> Batch:
    on = on or batch.made_on
    return services.send(approved(batch, on=on), by=PREPARER, on=on)


def answer(
    batch: Batch, said: dict[int, str | tuple[str, str]], *, on=DAY, name: str = "result.txt"
) -> ResultFile:
    """Upload and read a result file: {line: status or (status, text)}."""
    amounts = dict(Attempt.objects.filter(batch=batch).values_list("line", "amount_fen"))
    answers = []
    for line, word in said.items():
        status, text = word if isinstance(word, tuple) else (word, "")
        answers.append(Answer(line, amounts[line], status, text))
    content = write_answers(load_profiles()[batch.profile], answers, batch=batch.number, on=on)
    uploaded = services.upload_result(batch, name=name, content=content, by=PREPARER, on=on)
    return services.read_result_file(uploaded, by=PREPARER, on=on)


def states(batch: Batch) -> dict[int, str]:
    return dict(Attempt.objects.filter(batch=batch).order_by("line").values_list("line", "state"))


@pytest.fixture
def people(settings, granted):
    settings.BUSINESS_DAY = DAY
    return make.officials()


@pytest.fixture
def enter(client, people):
    def as_role(role):
        client.force_login(people[role])
        return client

    return as_role
