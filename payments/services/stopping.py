"""An entitlement is suspended, resumed or ended: what was not paid stays where it is, or its money is free again."""

from datetime import date

from django.db import transaction

from applications.models import Entitlement
from audit.actor import Actor
from audit.door import perform, record_all
from ledger.services import book_selected
from payments.lifecycle import AttemptState
from payments.models import Attempt, Instalment
from payments.queries.due import LATE
from payments.queries.unpaid import unpaid
from payments.services.building import one_builder
from payments.services.planning import one_planner, plan_instalments
from standards.words import Refusal

ON_THE_WAY = (AttemptState.PLANNED, AttemptState.SENT, AttemptState.UNKNOWN)
# What an instalment that was never paid still holds: the commitment of the year in which it was last tried.
# Money that came back after its fiscal year is the treasury's and nobody's commitment.
_HELD = f"""SELECT e.program::text, f.key::text, coalesce(l.fiscal_year, e.fiscal_year), 'committed'::text,
                   'available'::text, f.value::bigint, 'end:' || i.id || ':' || f.key
            FROM payments_instalment i JOIN applications_entitlement e ON e.id = i.entitlement_id
            LEFT JOIN LATERAL (
                SELECT b.fiscal_year, {LATE} AS is_late
                FROM payments_attempt t JOIN payments_batch b ON b.id = t.batch_id
                WHERE t.instalment_id = i.id AND t.state <> 'pulled_back' ORDER BY t.id DESC LIMIT 1) l ON true
            CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
            WHERE i.id = ANY(%s) AND NOT coalesce(l.is_late, false) ORDER BY i.id, f.key"""  # noqa: S608 - parts of our own


def suspend_entitlement(entitlement: Entitlement, *, reason: str, by: Actor, on: date) -> Entitlement:
    """Nothing more is paid until it is resumed; its money stays committed. Refusal without a reason."""
    return perform(entitlement, "suspend", by=by, on=on, detail={"reason": _given(reason)})


def resume_entitlement(entitlement: Entitlement, *, reason: str, by: Actor, on: date) -> Entitlement:
    """What is due goes into the next batch again. Refusal without a reason."""
    return perform(entitlement, "resume", by=by, on=on, detail={"reason": _given(reason)})


def end_entitlement(entitlement: Entitlement, *, reason: str, by: Actor, on: date) -> Entitlement:
    """End it for good: what was not paid lapses and its money is available again; what was paid stays paid.

    Refusal without a reason, and while a part of it is in a batch or at the bank: that is settled first.
    """
    given = _given(reason)
    with transaction.atomic():
        one_planner()
        one_builder()
        plan_instalments(on=on)  # a grant of this morning has its instalments too
        ended = perform(entitlement, "end", by=by, on=on, detail={"reason": given})
        instalments = Instalment.objects.filter(entitlement=ended)
        if Attempt.objects.filter(instalment__in=instalments, state__in=ON_THE_WAY).exists():
            raise Refusal(
                "有一笔正在批次里或在银行：先把它移出批次，或等银行答复，再终止",
                "A part of it is in a batch or at the bank: leave it out, or wait for the bank's answer, then end it",
                code="on_the_way",
            )
        open_ones = unpaid(ended)
        held = list(open_ones.order_by("pk").values_list("pk", flat=True))
        book_selected(_HELD, [held], by=by, on=on)
        # What was due keeps its day: it is never paid because its entitlement has ended.
        waiting = list(open_ones.filter(due_on=None).values_list("pk", flat=True))
        Instalment.objects.filter(pk__in=waiting).update(lapsed_on=on)
        record_all("lapse", Instalment.objects.filter(pk__in=waiting), by=by, on=on)
    return ended


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refusal("写明理由", "Write the reason", code="reason_empty")
    return reason.strip()
