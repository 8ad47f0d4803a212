"""The steps of a batch between building and sending: three people, equal control totals, one step back."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import perform, perform_all
from jobs.leases import resume
from payments.banks import FileRefused, find_problems
from payments.lifecycle import AttemptState, BatchState
from payments.models import Attempt, BankFile, Batch, ResultLine
from payments.queries.lines import lines_of
from payments.queries.profiles import profile_of
from payments.queries.totals import Totals, require_sound_accounts, totals_of
from standards.divisions import scope_prefix
from standards.money import yuan
from standards.words import Refusal

TAKES_BACK = {
    BatchState.PREPARED: "back_to_draft",
    BatchState.CHECKED: "unconfirm",
    BatchState.APPROVED: "unapprove",
}
"""The move by which the last step's own person takes it back."""

OPEN = (AttemptState.PLANNED, AttemptState.SENT, AttemptState.UNKNOWN)


def locked(batch: Batch, by: Actor) -> Batch:
    """The batch as it stands now, held until the transaction ends: all that changes its lines follow each other.

    Raises Refusal where it lies outside the division of ``by``: scope is asked before the door.
    """
    held: Batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if not held.division.startswith(scope_prefix(by.division)):
        raise Refusal("这一批不在你的辖区", "This batch is not in your division", code="out_of_scope")
    return held


def prepare(batch: Batch, *, by: Actor, on: date) -> Batch:
    """Fix count and total. Raises Refusal where a line has lost its account or cannot stand in the bank's file."""
    with transaction.atomic():
        held = locked(batch, by)
        totals = totals_of(held)
        if not totals.count:
            raise Refusal("这一批没有款项，请作废", "This batch has no lines; drop it", code="empty_batch")
        _accounts_stand(held)
        require_sound_accounts(held)
        _lines_fit(held)
        BankFile.objects.filter(batch=held).delete()  # of an approval that was taken back
        return perform(
            batch, "prepare", by=by, on=on, detail=asdict(totals), count=totals.count, total_fen=totals.total_fen
        )  # fmt: skip


def confirm(batch: Batch, *, count: int, total_fen: int, by: Actor, on: date) -> Batch:
    """The checker's step, with the count and total that the checker typed."""
    return _agree(batch, "confirm", count=count, total_fen=total_fen, by=by, on=on)


def approve(batch: Batch, *, count: int, total_fen: int, by: Actor, on: date) -> Batch:
    """The approver's step, with the count and total that the approver typed; the worker then makes the files."""
    approved = _agree(batch, "approve", count=count, total_fen=total_fen, by=by, on=on)
    resume(Batch.objects.filter(pk=approved.pk))  # files that could not be made before this approval
    return approved


def take_back(batch: Batch, *, by: Actor, on: date) -> Batch:
    """Take back one's own last step while nobody has built on it; possible until the batch is sent."""
    with transaction.atomic():
        held = locked(batch, by)
        move = TAKES_BACK.get(BatchState(held.state))
        if move is None:
            raise Refusal(
                f"批次 {held.number} 没有可以撤回的一步",
                f"Batch {held.number} has no step to take back",
                code="no_step_back",
            )
        return perform(batch, move, by=by, on=on)


def leave_out(attempt: Attempt, *, by: Actor, on: date) -> Attempt:
    """Take one line out of a draft batch; the instalment is free for a later one."""
    with transaction.atomic():
        held = locked(attempt.batch, by)
        if held.state != BatchState.DRAFT:
            raise Refusal(
                "批次已经交给复核，先撤回才能拿掉一笔",
                "The batch has been passed on: take that back before leaving a line out",
                code="not_a_draft",
            )
        moved = perform(attempt, "pull_back", by=by, on=on)
        totals = totals_of(held)
        Batch.objects.filter(pk=held.pk).update(count=totals.count, total_fen=totals.total_fen)
        return moved


def drop(batch: Batch, *, by: Actor, on: date) -> Batch:
    """Give a batch up: its lines are pulled back and may go into another."""
    with transaction.atomic():
        locked(batch, by)
        planned = Attempt.objects.filter(batch=batch, state=AttemptState.PLANNED)
        moved = perform(batch, "drop", by=by, on=on)
        perform_all(planned, "pull_back", by=by, on=on, expected=planned.count())
        return moved


def close(batch: Batch, *, by: Actor, on: date) -> Batch:
    """Close a batch whose every line is answered and settled."""
    with transaction.atomic():
        locked(batch, by)
        unsettled = ResultLine.objects.filter(
            result_file__batch=batch, quarantine__isnull=False, settled_by=""
        ).count()
        if unsettled:
            raise Refusal(
                f"还有 {unsettled} 行银行回执要人来定，定了才能结批",
                f"{unsettled} lines of the bank's answers still wait for a person",
                code="quarantine_open",
            )
        unmade = Attempt.objects.filter(
            batch=batch, state__in=[AttemptState.FAILED, AttemptState.RETURNED], rebuilt_by=None
        ).exclude(instalment__entitlement__state="ended")
        if count := unmade.count():
            raise Refusal(
                f"还有 {count} 笔失败没有重做，做了更正批次才能结批",
                f"{count} failed lines have not been rebuilt; make the correction batch first",
                code="not_rebuilt",
            )
        return perform(batch, "close", by=by, on=on)


def _agree(batch: Batch, move: str, *, count: int, total_fen: int, by: Actor, on: date) -> Batch:
    with transaction.atomic():
        held = locked(batch, by)
        totals = totals_of(held)
        _same_as_prepared(held, totals)
        require_sound_accounts(held)
        if (count, total_fen) != (totals.count, totals.total_fen):
            raise Refusal(
                f"你填的是 {count} 笔 {yuan(total_fen)} 元，批次是 {totals.count} 笔 {yuan(totals.total_fen)} 元："
                "对不上，没有通过",
                f"You typed {count} lines of {yuan(total_fen)} yuan; the batch has {totals.count} of "
                f"{yuan(totals.total_fen)}. They differ, nothing was passed",
                code="totals_differ",
            )
        return perform(batch, move, by=by, on=on, detail=asdict(totals))


def _same_as_prepared(held: Batch, totals: Totals) -> None:
    if (held.count, held.total_fen) != (totals.count, totals.total_fen):
        raise Refusal(
            "批次的行和制单时不一样，退回制单重做",
            "The lines differ from what was prepared; send the batch back",
            code="lines_changed",
        )


def _accounts_stand(batch: Batch) -> None:
    gone = Attempt.objects.filter(batch=batch, state=AttemptState.PLANNED).exclude(account__state="verified")
    if lines := list(gone.order_by("line").values_list("line", flat=True)[:10]):
        places = "、".join(str(line) for line in lines)
        raise Refusal(
            f"第 {places} 笔的账户已停用，请从批次里拿掉",
            f"The accounts of lines {places} are no longer used; leave them out",
            code="account_gone",
        )


def _lines_fit(batch: Batch) -> None:
    profile = profile_of(batch)
    problems = [problem for lines in lines_of(batch, profile) for problem in find_problems(profile, lines)]
    if problems:
        raise FileRefused(
            [
                Refusal(
                    f"第 {one.line_number} 笔：{one.words.zh}。请从批次里拿掉",
                    f"Line {one.line_number}: {one.words.en}. Leave it out",
                    code=one.code,
                )
                for one in problems
            ]
        )
