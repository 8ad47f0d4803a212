"""Cancelling a list that the worker checks, takes or withdraws: whatever the worker has written is rolled back.

The worker's open transaction refers to the list's row, so nothing here may ask for that row's full lock; a cancelled
check is sent back by the worker itself, as its next work.
"""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import perform, record
from beneficiaries.models import EvidenceList
from jobs.bell import ring
from jobs.leases import Lease, revoke
from standards.words import Refusal, Words

WORK_TASK = "beneficiaries.tasks.work_on_lists"
ASKED_FOR = {"checked": "take", "taken": "withdraw"}
"""What the worker is asked to do with a list in a state, as its parameters name it."""
CANCELLED = Words(
    "检查已取消，没有导入任何内容。要办，请重新上传",
    "The check was cancelled and nothing was taken. Upload the file again to go on",
)


def cancel_list(evidence: EvidenceList, *, by: Actor, on: date) -> None:
    """Stop the check of a list (it will be sent back), its taking or its withdrawal (it is as before that was asked for).

    The worker finds its lease gone and keeps nothing. Raises Refusal where nothing is under way any more.
    """
    mine = EvidenceList.objects.filter(pk=evidence.pk)
    with transaction.atomic():
        row = mine.select_for_update(no_key=True).get()
        parameters = dict(row.parameters)
        if row.state == "uploaded" and "cancel" not in parameters:
            parameters["cancel"] = asdict(by) | {"on": on.isoformat()}
        elif parameters.pop(ASKED_FOR.get(row.state, ""), None) is None:
            raise Refusal(
                "已经办完，不能取消了。请刷新页面看结果",
                "It is done already and cannot be cancelled: reload the page and see",
                code="state_moved_on",
            )
        revoke(mine)
        mine.update(parameters=parameters)
        record("cancel", row, by=by, on=on)
        ring(WORK_TASK)


def refuse_cancelled(lease: Lease[EvidenceList]) -> None:
    """The worker's part: send a list back whose check was cancelled, in the name of the person who did it."""
    wish = lease.row.parameters["cancel"]
    by, on = (
        Actor(wish["number"], wish["name"], wish["role"], wish["division"]),
        date.fromisoformat(wish["on"]),
    )
    problem = {"zh": CANCELLED.zh, "en": CANCELLED.en, "code": "cancelled"}
    with transaction.atomic():
        perform(lease.row, "refuse", by=by, on=on, detail={"code": "cancelled"}, problem=problem)
        lease.finish()
