"""A bank returns a payment whose family already owes something of it: the debt falls away by the same step.

What is asked for no more goes back to *paid*, from where the return takes it: first what is still owed, then what was
written off, then what the family had brought; that last is the family's, and finance gives it back (ADR 19).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from applications.models import Application, Decision
from audit.actor import Actor
from audit.door import perform, record
from ledger.models import LedgerAccount
from ledger.services import Movement
from payments.lifecycle import RecoveryState
from payments.models import Attempt, Recovery
from payments.queries.recoveries import BOOKED, too_much_now
from payments.queries.standing import UNDONE, Place, Stands, paid_at, stands

Kind = LedgerAccount.Kind
ORDER = (Kind.OWED, Kind.WRITTEN_OFF, Kind.RETURNED)


def hold_decision(attempt: Attempt) -> Decision:
    """The decision whose money the attempt is; nothing is asked back of it until the transaction ends."""
    application = Application.objects.select_related("decision").get(
        entitlement__instalments=attempt.instalment_id
    )
    decision: Decision = application.supplements or application.decision
    hold_recoveries_of(decision)
    return decision


def hold_recoveries_of(decision: Decision) -> None:
    """Proposing, asking back and a bank's return of one decision's money follow each other."""
    Application.objects.select_for_update(no_key=True).only("pk").get(pk=decision.application_id)


def let_fall(decision: Decision, attempt: Attempt, *, reason: str, by: Actor, on: date) -> list[Movement]:
    """Let the decision's recoveries fall as far as they stood on ``attempt``, which was returned; the caller books the
    movements with the return, for the books are written once."""
    held = {
        one.pk: one
        for one in Recovery.objects.select_for_update(no_key=True).filter(decision=decision).order_by("pk")
    }
    booked = [one for one in held.values() if one.state in BOOKED]
    if not booked:
        return []
    excess = sum(one.fen - one.fallen_fen for one in booked) - max(0, too_much_now(decision.pk, booked))
    needs = {place: -fen for place, fen in paid_at(decision.pk).items() if fen < 0}
    found = falls(stands(decision.pk), needs, excess)
    by_recovery: dict[int, Counter[str]] = defaultdict(Counter)
    for one in found:
        by_recovery[one.recovery][one.kind] += one.fen
    for key, parts in sorted(by_recovery.items()):
        _fall(held[key], parts, reason=reason, by=by, on=on)
    return [Movement(*one.place, one.kind, Kind.PAID, one.fen, _cause(one, attempt)) for one in found]


def falls(standing: Iterable[Stands], needs: Mapping[Place, int], excess: int) -> list[Stands]:
    """Which of ``standing`` falls: at least ``needs`` fen at each place, and ``excess`` fen in all, the newest first."""
    rows = sorted(standing, key=lambda one: (ORDER.index(Kind(one.kind)), -one.recovery, one.place))
    left, fallen = [one.fen for one in rows], [0] * len(rows)

    def take(fen: int, place: Place | None) -> None:
        for n, one in enumerate(rows):
            if place in (None, one.place):
                part = min(fen, left[n])
                left[n], fallen[n], fen = left[n] - part, fallen[n] + part, fen - part

    for place, need in sorted(needs.items()):
        take(need, place)
    take(max(0, excess - sum(fallen)), None)
    return [
        Stands(one.recovery, one.kind, one.place, fen) for one, fen in zip(rows, fallen, strict=True) if fen
    ]


def _fall(recovery: Recovery, parts: Mapping[str, int], *, reason: str, by: Actor, on: date) -> None:
    """Move what fell, and the recovery with it; where something still stands its state may stay."""
    fen = sum(parts.values())
    changed = {
        "fallen_fen": recovery.fallen_fen + fen,
        "lost_fen": recovery.lost_fen - parts.get(Kind.WRITTEN_OFF, 0),
        "back_fen": recovery.back_fen - parts.get(Kind.RETURNED, 0),
        "over_fen": recovery.over_fen + parts.get(Kind.RETURNED, 0),
    }
    stays = recovery.fen - changed["fallen_fen"]
    detail = {"amount_fen": fen, "reason": reason}
    if not stays:
        perform(recovery, "fall", by=by, on=on, detail=detail, **changed)
    elif stays == changed["back_fen"] and recovery.state != RecoveryState.RETURNED:
        perform(recovery, "fall_short", by=by, on=on, detail=detail, **changed)
    else:
        Recovery.objects.filter(pk=recovery.pk).update(**changed)
        record("fall_in_part", recovery, by=by, on=on, detail=detail)


def _cause(one: Stands, attempt: Attempt) -> str:
    _, source, year = one.place
    return f"{UNDONE[Kind(one.kind)]}:{attempt.pk}:{one.recovery}:{year}:{source}"
