"""Parts of the batch's page that are drawn: the chain of signatures, the ring, the running job."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from officials.roles import Role
from payments.lifecycle import BatchState
from payments.models import Batch, ResultFile
from payments.queries.naming import official_names
from payments.queries.pages import Outcome, Signature
from standards.words import Words
from web.charts import Part, donut
from web.components import Progress, Step, When
from web.forms import listed, say
from web.templatetags.guanai import prose_day

CHAIN = (
    ("prepare", BatchState.DRAFT, _("Preparation"), Role.BATCH_PREPARER),
    ("confirm", BatchState.PREPARED, _("Checking"), Role.BATCH_CHECKER),
    ("approve", BatchState.CHECKED, _("Approval"), Role.BATCH_APPROVER),
    ("send", BatchState.APPROVED, _("Delivery to the bank"), Role.BATCH_PREPARER),
    ("answer", BatchState.SENT, _("Bank's answer"), None),
)
GOES_ON = {state for _move, state, *_rest in CHAIN}
NAMED_MAX = 2  # people named at a step to come
THREE = ("prepare", "confirm", "approve")


def chain(found: Batch, signed: dict[str, Signature], able: dict[str, list[str]]) -> list[Step]:
    """Five steps: who, where, when; who could take those to come (``able``, by role). The next one is ringed; a dropped
    batch ends where it was.
    """
    offices = official_names(one.number for one in signed.values())
    steps = []
    for move, state, title, role in CHAIN:
        one = signed.get(move)
        when: When = "past" if one else "now" if found.state == state else "future"
        detail = ""
        if one:
            office = offices.get(one.number, ("", ""))[1]
            detail = f"{one.name} · {office}" if office else one.name
        elif role and found.state in GOES_ON:
            detail = listed(able.get(role, [])[:NAMED_MAX])
        steps.append(Step(str(title), when, prose_day(one.day) if one else "", detail))
    return steps


def agreed(signed: dict[str, Signature]) -> dict[str, Any] | None:
    """The control totals of those who signed so far, or None where nobody has or they differ."""
    seen = [signed[move] for move in THREE if move in signed]
    if not seen or len({(one.count, one.total_fen, one.digest) for one in seen}) > 1:
        return None
    return {
        "people": len(seen),
        "count": seen[0].count,
        "total_fen": seen[0].total_fen,
        "digest": f"{seen[0].digest[:4]}…{seen[0].digest[-4:]}",
    }


def chart(results: Sequence[Outcome]) -> str:
    """The ring of the money: paid, failed, not known, not answered."""
    total = sum(one.fen for one in results)
    paid = results[0].fen
    share = f"{paid * 1000 // total / 10:.1f}%" if total else "—"
    sentence = gettext("%(share)s of the money is paid") % {"share": share}
    parts = [Part(say(one.label), one.fen, one.meaning) for one in results]
    return donut(parts, middle=share, below=gettext("of the money is paid"), sentence=sentence)


def is_running(found: Batch) -> bool:
    """Whether bank files are being made, or could not be."""
    return found.state == BatchState.APPROVED and not found.files.exists()


def job_of(found: Batch) -> Progress:
    """Making the bank files as a progress bar."""
    url = reverse("payments:progress", args=[found.pk])
    what = gettext("Making the bank files")
    if found.is_stopped:
        return Progress(what, url, ended=say(Words(found.error_zh, found.error_en)), failed=True)
    if not is_running(found):
        return Progress(what, url, ended=gettext("done. Reload the page to go on"))
    return Progress(what, url, found.progress_done, found.progress_total or found.count)


def reading_of(row: ResultFile) -> Progress:
    """Reading a result file as a progress bar."""
    url = reverse("payments:result_progress", args=[row.pk])
    what = gettext("Reading %(name)s") % {"name": row.name}
    not_read = gettext("Not read, nothing taken: %(name)s") % {"name": row.name}
    if row.problem:
        return Progress(not_read, url, ended=say(Words(row.problem["zh"], row.problem["en"])), failed=True)
    if row.is_stopped:
        return Progress(not_read, url, ended=say(Words(row.error_zh, row.error_en)), failed=True)
    if row.read_on:
        read = gettext("Read: %(name)s") % {"name": row.name}
        return Progress(read, url, ended=gettext("done. Reload the page to see what it said"))
    return Progress(what, url, row.progress_done, row.progress_total or row.batch.count)
