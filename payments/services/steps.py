"""The steps of a batch between building and sending: three people, equal control totals, one step back."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from applications.models import Entitlement
from audit.actor import Actor
from audit.door import perform, perform_all
from jobs.leases import resume
from payments.banks import FileRefused, find_problems
from payments.lifecycle import AttemptState, BatchState
from payments.models import Attempt, Batch, ResultLine
from payments.queries.failed import to_rebuild
from payments.queries.lines import lines_of
from payments.queries.profiles import profile_of
from payments.queries.totals import Totals, require_sound_accounts, totals_of
from payments.services.booking import book_uncommitted
from payments.services.building import write_exclusions
from payments.services.rechecking import not_payable, require_payable
from standards.divisions import scope_prefix
from standards.money import yuan
from standards.words import Refusal

TAKES_BACK = {
    BatchState.PREPARED: "back_to_draft",
    BatchState.CHECKED: "unconfirm",
    BatchState.APPROVED: "unapprove",
}
"""The move by which the last step's own person takes it back."""

STATEMENT_MAX = 200
OPEN = (AttemptState.PLANNED, AttemptState.SENT, AttemptState.UNKNOWN)


def locked(batch: Batch, by: Actor) -> Batch:
    """The batch as it stands now, held until the transaction ends: all that changes its lines follow each other.

    Raises Refusal where it lies outside the division of ``by``: scope is asked before the door.
    """
    held: Batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if not held.division.startswith(scope_prefix(by.division)):
        raise Refusal("这一批不在你的辖区", "This batch is not in your division", code="out_of_scope")
    return held


def hold_entitlement(attempt: Attempt) -> None:
    """Whether its entitlement has ended stays so until the transaction ends: where its money goes depends on it."""
    Entitlement.objects.select_for_update(of=("self",)).get(instalments=attempt.instalment_id)


def prepare(batch: Batch, *, by: Actor, on: date) -> Batch:
    """Fix count and total. Raises Refusal where a line can no longer be paid or cannot stand in the bank's file."""
    with transaction.atomic():
        held = locked(batch, by)
        totals = totals_of(held)
        if not totals.count:
            raise Refusal("这一批没有款项，请作废", "This batch has no lines; drop it", code="empty_batch")
        require_sound_accounts(held)
        require_payable(held, on=on)
        _lines_fit(held)
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


def take_back(batch: Batch, *, by: Actor, on: date, statement: str = "") -> Batch:
    """Take back one's own last step while nobody has built on it; possible until the batch is sent.

    With the approval go its bank files: the next one has another day. Once they were downloaded the approver's
    ``statement`` says what became of them, and stands in the trail; without it Refusal.
    """
    with transaction.atomic():
        held = locked(batch, by)
        move = TAKES_BACK.get(BatchState(held.state))
        if move is None:
            raise Refusal(
                f"批次 {held.number} 没有可以撤回的一步",
                f"Batch {held.number} has no step to take back",
                code="no_step_back",
            )
        if held.state != BatchState.APPROVED:
            return perform(batch, move, by=by, on=on)
        said = statement.strip()[:STATEMENT_MAX]
        if held.downloaded_on and not said:
            raise _downloaded(held)
        held.files.all().delete()  # the trail keeps their digests, the store their bytes: a running backup names them
        detail = {"statement": said} if held.downloaded_on else {}
        return perform(batch, move, by=by, on=on, detail=detail, downloaded_on=None)


def leave_out(attempt: Attempt, *, by: Actor, on: date) -> Attempt:
    """Take one line out of a draft batch; the instalment is free for a later one."""
    with transaction.atomic():
        held = _draft(attempt.batch, by)
        moved = perform(attempt, "pull_back", by=by, on=on)
        _lines_left_out(held, by=by, on=on)
        return moved


def leave_out_unpayable(batch: Batch, *, by: Actor, on: date) -> int:
    """Take every line that can no longer be paid out of a draft; they stand with it, with who mends them."""
    with transaction.atomic():
        held = _draft(batch, by)
        lines = [line for found in not_payable(held, on=on).values() for line in found]
        if not lines:
            raise Refusal(
                f"批次 {held.number} 的每一笔现在都能付，没有要拿掉的",
                f"Every line of batch {held.number} can be paid now; there is none to leave out",
                code="all_payable",
            )
        write_exclusions(held)
        planned = Attempt.objects.filter(batch=held, state=AttemptState.PLANNED, line__in=lines)
        count = perform_all(planned, "pull_back", by=by, on=on, expected=len(lines))
        _lines_left_out(held, by=by, on=on)
        return count


def drop(batch: Batch, *, by: Actor, on: date) -> Batch:
    """Give a batch up: its lines are pulled back and may go into another."""
    with transaction.atomic():
        held = locked(batch, by)
        planned = Attempt.objects.filter(batch=batch, state=AttemptState.PLANNED)
        moved = perform(batch, "drop", by=by, on=on)
        perform_all(planned, "pull_back", by=by, on=on, expected=planned.count())
        if held.correction_of_id:
            book_uncommitted(held, by=by, on=on)
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
                f"还有 {unsettled} 行银行回盘要人来定，定了才能结批",
                f"{unsettled} lines of the bank's answers still wait for a person",
                code="quarantine_open",
            )
        if count := Attempt.objects.filter(to_rebuild(), batch=batch).count():
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
        require_payable(held, on=on)
        return perform(batch, move, by=by, on=on, detail=asdict(totals))


def _draft(batch: Batch, by: Actor) -> Batch:
    held = locked(batch, by)
    if held.state != BatchState.DRAFT:
        raise Refusal(
            "批次已经交给复核，先撤回才能拿掉一笔",
            "The batch has been passed on: take that back before leaving a line out",
            code="not_a_draft",
        )
    return held


def _lines_left_out(held: Batch, *, by: Actor, on: date) -> None:
    totals = totals_of(held)
    Batch.objects.filter(pk=held.pk).update(count=totals.count, total_fen=totals.total_fen)
    if held.correction_of_id:
        book_uncommitted(held, by=by, on=on)


def _downloaded(held: Batch) -> Refusal:
    assert held.downloaded_on is not None
    day = held.downloaded_on.isoformat()
    return Refusal(
        f"银行文件 {day} 已经下载，撤回后会再做一份，同一笔钱就有两份文件。文件已交银行的，请登记送银行，没付成的按回盘处理"
        "；确实没交的，写明文件的下落、谁说的、哪天，再撤回",
        f"The bank files were downloaded on {day}; after taking back there would be second files for the same money. If"
        " the bank has them, record that they were handed over: lines that it does not pay come with its answer. If it"
        " does not, state what became of them, who says so and when, then take back",
        code="downloaded",
    )


def _same_as_prepared(held: Batch, totals: Totals) -> None:
    if (held.count, held.total_fen) != (totals.count, totals.total_fen):
        raise Refusal(
            "批次的行和制单时不一样，退回制单重做",
            "The lines differ from what was prepared; send the batch back",
            code="lines_changed",
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
