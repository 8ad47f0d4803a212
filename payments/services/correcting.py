"""Failed and returned lines: rebuilt once each, in a batch that names the failed line, with a mended account."""

from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

from audit.actor import Actor
from audit.door import perform
from payments.banks import Profile, load_profiles
from payments.lifecycle import BatchState
from payments.models import Attempt, Batch
from payments.queries.due import find_failed, mark_unchanged, profiles_of_banks
from payments.services.booking import book_recommitted, book_returned
from payments.services.building import one_builder, require_preparer, write_batches
from payments.services.falling import hold_decision, let_fall
from payments.services.steps import hold_entitlement, locked
from standards.words import Refusal

REBUILT_FROM = (BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED)


def build_correction(
    batch: Batch, *, by: Actor, on: date, profiles: Mapping[str, Profile] | None = None
) -> list[Batch]:
    """Put the failed and returned lines of ``batch`` into correction batches, line by line and for the same fen.

    A line whose account is still the one the bank refused stays out until it is mended, and so does a line of
    which the bank once said paid. A line returned after its fiscal year draws on the new year's budget. Raises
    Refusal where nothing is left: another person may just have rebuilt the lines.
    """
    require_preparer(by)
    with transaction.atomic():
        one_builder()
        held = locked(batch, by)
        if held.state not in REBUILT_FROM:
            raise Refusal(
                f"批次 {held.number} 还没有送银行", f"Batch {held.number} has not been sent", code="not_sent"
            )
        known = profiles or load_profiles()
        banks = profiles_of_banks(known)
        made: list[Batch] = []
        found = 0
        for is_late in (False, True):
            found += find_failed(batch=held, on=on, banks=banks, is_late=is_late)
            mark_unchanged()
            if is_late:
                _mark_not_covered(held.program, on.year)
            batches = write_batches(_draft(held, by=by, on=on, is_late=is_late), known, by=by, on=on)
            for one in batches if is_late else ():
                book_recommitted(one, by=by, on=on)
            made += batches
        if not found:
            raise Refusal(
                f"批次 {held.number} 没有要重做的失败款项：可能别人刚重做了",
                f"Batch {held.number} has no failed line to rebuild: somebody may just have done it",
                code="nothing_failed",
            )
        if not made and _is_any_not_covered():
            raise Refusal(
                f"这些款是跨年退回的，{on.year} 年还没有指标承接：先下达 {on.year} 年的指标，再做更正批次",
                f"This money came back after its fiscal year and no budget of {on.year} covers it yet: enter the allotment"
                f" of {on.year}, then make the correction batch",
                code="budget_short",
            )
        if not made:
            raise Refusal(
                f"{found} 笔失败都还不能重做：账户没有改，或新账户没有核验满期",
                f"None of the {found} failed lines can be rebuilt: the accounts are unchanged or not verified long enough",
                code="nothing_mended",
            )
    return made


def record_return(attempt: Attempt, *, reason_text: str, by: Actor, on: date) -> Attempt:
    """Record that a paid line came back. Within its fiscal year the commitment stands again; later the treasury has it.

    What its family owed of it falls away by the same step.
    """
    require_preparer(by)
    with transaction.atomic():
        held = locked(attempt.batch, by)
        hold_entitlement(attempt)
        decision = hold_decision(attempt)
        moved = perform(
            attempt, "give_back", by=by, on=on, reason="RETURNED_LATER", reason_text=reason_text[:120]
        )
        fallen = let_fall(decision, attempt, reason=moved.reason_text, by=by, on=on)
        book_returned(held, attempt.pk, fallen, by=by, on=on)
    return moved


def _draft(held: Batch, *, by: Actor, on: date, is_late: bool) -> Batch:
    return Batch(
        program=held.program,
        division=held.division,
        fiscal_year=on.year if is_late else held.fiscal_year,
        correction_of=held,
        made_by=by.number,
        made_on=on,
    )


def _mark_not_covered(program: str, year: int) -> None:
    """Lines returned after their fiscal year stay out, the last first, as far as the new year's budget falls short."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payable p SET reason = 'not_covered' FROM (
                   SELECT n.instalment, f.key,
                          sum(f.value::bigint) OVER (PARTITION BY f.key ORDER BY n.division, n.instalment) AS fen
                   FROM payable n JOIN payments_instalment i ON i.id = n.instalment
                   CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
                   WHERE n.reason = '') AS wanted
               WHERE p.instalment = wanted.instalment AND wanted.fen > coalesce(
                   (SELECT a.balance_fen FROM ledger_ledgeraccount a WHERE a.program = %s AND a.source = wanted.key
                    AND a.fiscal_year = %s AND a.kind = 'available'), 0)""",
            [program, year],
        )


def _is_any_not_covered() -> bool:
    """Whether ``payable`` has a line that waits for the new year's budget."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM payable WHERE reason = 'not_covered')")
        return bool(cursor.fetchone()[0])
