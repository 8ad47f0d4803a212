"""The steps of a batch as one table: who may take it, what it asks, what follows. Buttons and pages come from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from officials.models import Official
from officials.roles import Role
from payments import services
from payments.forms import TotalsForm
from payments.lifecycle import BatchState
from payments.models import Batch
from payments.queries.blocked import to_correct
from payments.queries.pages import to_rebuild
from standards.words import Words
from web.clock import today
from web.forms import EmptyForm, HouseForm

B = BatchState
Text = str | Promise
Act = Callable[[Batch, dict[str, Any], Actor, date], Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One step. ``follows`` are (icon, sentence); ``shows_totals`` only where nothing has to be typed.

    ``stated``: once the bank files were downloaded it may ask what became of them.
    """

    name: str
    states: tuple[str, ...]
    roles: tuple[str, ...]
    label: Text
    question: Text
    act: Act
    follows: tuple[tuple[str, Text], ...]
    form: type[HouseForm] = EmptyForm
    stated: bool = False
    icon: str = "arrow-right"
    own: str = ""

    @property
    def shows_totals(self) -> bool:
        return self.form is EmptyForm


ON_RECORD = ("history", _("It stays on record under your name."))
TAKE_BACK = ("undo-2", _("Until the next person acts you can take it back."))
NOT_TWICE = ("lock", _("You cannot take another of the three steps of this batch."))
SAME_TOTALS = ("equal", _("Your count and total must equal those of the batch to the fen."))


def _typed(verb: Callable[..., Any]) -> Act:
    return lambda batch, data, by, on: verb(
        batch, count=data["count"], total_fen=data["total_fen"], by=by, on=on
    )


def _stated(verb: Callable[..., Any]) -> Act:
    return lambda batch, data, by, on: verb(batch, by=by, on=on, statement=data.get("statement", ""))


def _plain(verb: Callable[..., Any]) -> Act:
    return lambda batch, data, by, on: verb(batch, by=by, on=on)


ACTIONS = (
    Action(
        "prepare",
        (B.DRAFT,),
        (Role.BATCH_PREPARER,),
        _("Prepare"),
        _("Prepare this batch?"),
        _plain(services.prepare),
        (
            ("lock", _("Lines, count and total are fixed.")),
            ("arrow-right", _("Next: the checker compares count and total.")),
            NOT_TWICE,
            TAKE_BACK,
            ON_RECORD,
        ),
    ),
    Action(
        "confirm",
        (B.PREPARED,),
        (Role.BATCH_CHECKER,),
        _("Check and pass on"),
        _("Pass this batch on?"),
        _typed(services.confirm),
        (SAME_TOTALS, ("arrow-right", _("Next: the approver.")), NOT_TWICE, TAKE_BACK, ON_RECORD),
        TotalsForm,
    ),
    Action(
        "approve",
        (B.CHECKED,),
        (Role.BATCH_APPROVER,),
        _("Approve the payment"),
        _("Approve this payment?"),
        _typed(services.approve),
        (
            SAME_TOTALS,
            ("file-text", _("The bank files are made at once.")),
            ("arrow-right", _("Next: the preparer hands them to the bank.")),
            NOT_TWICE,
            TAKE_BACK,
            ON_RECORD,
        ),
        TotalsForm,
    ),
    Action(
        "send",
        (B.APPROVED,),
        (Role.BATCH_PREPARER,),
        _("Handed to the bank"),
        _("Were the files handed to the bank?"),
        _stated(services.send),
        (
            ("send", _("The money is on its way from now on.")),
            ("lock", _("This cannot be taken back, and the batch is never sent twice.")),
            ON_RECORD,
        ),
        stated=True,
        icon="send",
    ),
    Action(
        "take-back",
        (B.PREPARED,),
        (Role.BATCH_PREPARER,),
        _("Take back"),
        _("Take your step back?"),
        _plain(services.take_back),
        (("undo-2", _("The batch is a draft again.")), ON_RECORD),
        icon="undo-2",
        own="prepared_by",
    ),
    Action(
        "take-back",
        (B.CHECKED,),
        (Role.BATCH_CHECKER,),
        _("Take back"),
        _("Take your step back?"),
        _plain(services.take_back),
        (("undo-2", _("The batch waits for a check again.")), ON_RECORD),
        icon="undo-2",
        own="checked_by",
    ),
    Action(
        "take-back",
        (B.APPROVED,),
        (Role.BATCH_APPROVER,),
        _("Take back"),
        _("Take your step back?"),
        _stated(services.take_back),
        (
            ("undo-2", _("The batch waits for an approval again.")),
            ("file-x", _("Its bank files are thrown away; the next approval makes new ones.")),
            ON_RECORD,
        ),
        stated=True,
        icon="undo-2",
        own="approved_by",
    ),
    Action(
        "leave-out",
        (B.DRAFT,),
        (Role.BATCH_PREPARER,),
        _("Leave out what cannot be paid now"),
        _("Leave out every line that cannot be paid now?"),
        _plain(services.leave_out_unpayable),
        (
            (
                "circle-question-mark",
                _("Each line is asked again: the account, deaths, the entitlement, the bank."),
            ),
            ("undo-2", _("The payment is free and goes into a later batch.")),
            ON_RECORD,
        ),
        icon="list-x",
    ),
    Action(
        "drop",
        (B.DRAFT, B.PREPARED),
        (Role.BATCH_PREPARER,),
        _("Drop the batch"),
        _("Drop this batch?"),
        _plain(services.drop),
        (("undo-2", _("Its lines are free and go into a later batch.")), ON_RECORD),
        icon="trash-2",
    ),
    Action(
        "correct",
        (B.SENT, B.ANSWERED, B.CLOSED),
        (Role.BATCH_PREPARER,),
        _("Rebuild the failed lines"),
        _("Rebuild the failed lines?"),
        _plain(services.build_correction),
        (
            ("link", _("Each new line names the failed one and pays the same.")),
            ("lock", _("A line is rebuilt once.")),
            (
                "circle-question-mark",
                _("Lines not known stay where they are: the bank is asked, nothing is sent again."),
            ),
            ON_RECORD,
        ),
        icon="rotate-ccw",
    ),
    Action(
        "close",
        (B.ANSWERED,),
        (Role.BATCH_CHECKER, Role.BATCH_APPROVER),
        _("Close the batch"),
        _("Close this batch?"),
        _plain(services.close),
        (("archive", _("Nothing in it can be changed afterwards.")), ON_RECORD),
        icon="archive",
    ),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """An action as this official sees it: ``reasons`` keep it visible but shut."""

    action: Action
    reasons: list[Words] = field(default_factory=list)


def actions_for(batch: Batch, official: Official) -> list[Offered]:
    """What this official could do with the batch now, the main step first."""
    return [
        Offered(action, _reasons(action, batch, official))
        for action in ACTIONS
        if batch.state in action.states
        and official.has_role(*action.roles)
        and (not action.own or getattr(batch, action.own) == official.number)
        and (action.name != "correct" or to_rebuild(batch))
    ]


def find_action(batch: Batch, official: Official, name: str) -> Offered | None:
    """The action of that name where the official could take it now."""
    return next((one for one in actions_for(batch, official) if one.action.name == name), None)


def _reasons(action: Action, batch: Batch, official: Official) -> list[Words]:
    reasons = []
    signed = {
        "confirm": (batch.prepared_by,),
        "approve": (batch.prepared_by, batch.checked_by),
        "prepare": (),
    }.get(action.name, ())
    if official.number in signed:
        reasons.append(
            Words(
                "这一批你已经办过一步，三步必须是三个人",
                "You took a step of this batch; its three steps need three people",
            )
        )
    if action.name == "correct" and not (split := to_correct(batch, on=today())).count:
        reasons += [one.sentence for one in split.reasons]
    if action.name == "send" and not batch.files.exists():
        reasons.append(Words("银行文件还在生成", "The bank files are still being made"))
    return reasons
