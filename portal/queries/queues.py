"""The queues of the worklist as one table: what waits for whom, and which move clears it in bulk."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.lifecycle import UNDECIDED, State
from applications.models import Application
from officials.models import Official
from officials.roles import Role

S, R = State, Role


@dataclass(frozen=True, slots=True)
class Queue:
    """``bulk`` names the move that clean rows may take together; empty where each needs its own look.

    ``is_done``: nothing in it waits for anybody, so no deadline runs and the last decided comes first.
    """

    name: str
    label: str | Promise
    roles: tuple[str, ...]
    where: Q
    bulk: str = ""
    is_done: bool = False


READERS = (R.CLERK, R.TOWNSHIP_REVIEWER, R.COUNTY_CHECKER, R.COUNTY_APPROVER, R.AUDITOR)
QUEUES = (
    Queue("review", _("First review"), (R.TOWNSHIP_REVIEWER,), Q(state=S.SUBMITTED), "review"),
    Queue("to_post", _("To be posted"), (R.TOWNSHIP_REVIEWER,), Q(state=S.REVIEWED, proposes_refusal=False)),
    Queue("recheck", _("County re-check"), (R.COUNTY_CHECKER,), Q(state=S.NOTICE_OVER), "recheck"),
    Queue("refusals", _("Refusal proposed"), (R.COUNTY_CHECKER,), Q(state=S.REVIEWED, proposes_refusal=True)),
    Queue("objections", _("Objections"), (R.COUNTY_CHECKER,), Q(state=S.OBJECTED)),
    Queue("approve", _("To be approved"), (R.COUNTY_APPROVER,), Q(state=S.RECHECKED, proposes_refusal=False), "approve"),
    Queue("refuse", _("To be refused"), (R.COUNTY_APPROVER,), Q(state=S.RECHECKED, proposes_refusal=True)),
    Queue("drafts", _("Drafts"), (R.CLERK,), Q(state=S.DRAFT)),
    Queue("waiting", _("Waiting for papers"), (R.CLERK,), Q(state=S.WAITING)),
    Queue("returned", _("Sent back by the county"), (R.CLERK,), Q(state=S.RETURNED)),
    Queue("on_notice", _("On public notice"), (R.TOWNSHIP_REVIEWER, R.AUDITOR), Q(state=S.ON_NOTICE)),
    Queue("underway", _("All under way"), READERS, Q(state__in=UNDECIDED)),
    Queue("decided", _("Decided"), READERS, Q(state__in=(S.APPROVED, S.REFUSED, S.WITHDRAWN)), is_done=True),
)  # fmt: skip
BY_NAME = {queue.name: queue for queue in QUEUES}
# Those that wait for nobody of this office are not counted in the top bar.
NOT_COUNTED = {"on_notice", "underway", "decided"}


def queues_of(official: Official) -> list[Queue]:
    """The queues an official sees; the first is the one the worklist opens with."""
    return [queue for queue in QUEUES if official.has_role(*queue.roles)]


def in_scope(official: Official) -> "QuerySet[Application]":
    """The applications an official may see. One's own earlier step does not hide a row; it refuses the button."""
    return Application.objects.visible_to(official)


def readable(official: Official) -> "QuerySet[Application]":
    """Those in scope, and those of families in scope that were decided elsewhere: before their village was merged.

    For one at a time, by its number: a list asks :func:`in_scope`.
    """
    found: QuerySet[Application] = Application.objects.filter(
        Q(division__startswith=official.scope) | Q(household__division__startswith=official.scope)
    )
    return found


# What a list never shows: frozen judgements are long, numbers cost a decryption each.
NOT_LISTED = (
    "facts",
    "conditions",
    *(
        f"{person}__{column}"
        for person in ("person", "household__head")
        for column in ("citizen_id", "phone", "terms")
    ),
)


def listed(rows: "QuerySet[Application]") -> "QuerySet[Application]":
    """The rows with the names a list shows, and without what it does not."""
    return rows.select_related("person", "household__head").defer(*NOT_LISTED)


def counts(official: Official, today: date) -> dict[str, int]:
    """How many rows each queue holds, and how many under way are overdue or due today. One query."""
    seen = queues_of(official)
    if not seen:
        return {}
    sums = {queue.name: Count("id", filter=queue.where) for queue in seen}
    mine = _mine(official)
    sums["overdue"] = Count("id", filter=mine & Q(decide_by__lt=today))
    sums["due_today"] = Count("id", filter=mine & Q(decide_by=today))
    return dict(in_scope(official).aggregate(**sums))


def waiting(official: Official, today: date) -> int:
    """How many applications wait for this official's roles. One query."""
    return in_scope(official).filter(_mine(official)).count()


def _mine(official: Official) -> Q:
    """What the official's own roles can move on: all queues that count."""
    wanted = Q(pk=None)
    for queue in queues_of(official):
        if queue.name not in NOT_COUNTED:
            wanted |= queue.where
    return wanted


def mine(official: Official) -> Q:
    """The same, for the tabs "overdue" and "due today"."""
    return _mine(official)


def in_order(rows: "QuerySet[Application]", *, done: bool = False) -> "QuerySet[Application]":
    """Oldest deadline first; those without one after them. What is done: the last decided first, the withdrawn last."""
    if done:
        return rows.order_by(F("decided_on").desc(nulls_last=True), "-id")
    dated = Case(When(decide_by=None, then=Value(1)), default=Value(0), output_field=IntegerField())
    return rows.order_by(dated, "decide_by", "id")
