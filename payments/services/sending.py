"""From an approved batch to the bank: files written once, money in transit once."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from audit.actor import Actor
from audit.door import perform, perform_all, record
from audit.sealing import head
from jobs.bell import ring
from payments import banks
from payments.lifecycle import AttemptState, BatchState
from payments.models import Attempt, BankFile, Batch
from payments.queries.lines import lines_of
from payments.queries.profiles import profile_of
from payments.queries.totals import require_sound_accounts, sound_accounts, totals_of
from payments.services.booking import book_sent
from payments.services.building import require_preparer
from payments.services.rechecking import not_payable, refusal_of, require_payable
from payments.services.steps import STATEMENT_MAX, locked
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.words import Refusal
from vault.digests import sha256_of

FOLDER = "bank_files"
SENT_STATES = (BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED)
Progress = Callable[[int, int], None]


def export(batch: Batch, *, by: Actor, on: date, progress: Progress | None = None) -> list[BankFile]:
    """The bank's files of an approved batch: written and stored the first time, the same ever after.

    The date in them is the day of approval, so the same batch gives the same bytes on any day. Raises Refusal
    before approval, and where a line cannot stand in the file.
    """
    stands = Batch.objects.get(pk=batch.pk)
    if files := list(stands.files.all()):
        return files
    _require_approved(stands)
    rows = _write(stands, on=on, progress=progress)  # seconds for a large batch: no lock is held meanwhile
    try:
        with transaction.atomic():
            held = locked(batch, by)
            files = list(held.files.all())
            if not files:
                _require_approved(held)
            if not files and _approval(held) == _approval(stands):
                files = BankFile.objects.bulk_create(rows)
                record("export", held, by=by, on=on, detail={"files": [_slip_of(file) for file in files]})
                return files
    except Refusal:
        _throw_away(rows)
        raise
    _throw_away(rows)
    return files or export(
        batch, by=by, on=on, progress=progress
    )  # approved anew meanwhile: with its own day


def take_file(file: BankFile, *, by: Actor, on: date) -> bytes:
    """The clear file for the bank, with who took it on record; from now on its batch only goes forward.

    Raises Refusal where a line can no longer be paid: what has left the house cannot be called back.
    """
    require_preparer(by)
    with transaction.atomic():
        held = locked(file.batch, by)
        stored = held.files.filter(pk=file.pk).first()
        if stored is None:
            raise _not_approved(held)  # the approval was taken back meanwhile, its files with it
        if held.state == BatchState.APPROVED:
            require_sound_accounts(held)
            require_payable(held, on=on)
        if held.downloaded_on is None:
            Batch.objects.filter(pk=held.pk).update(downloaded_on=on)
        record("download", stored, by=by, on=on, detail={"sha256": stored.sha256})
        return content_of(stored)


def send(batch: Batch, *, by: Actor, on: date, statement: str = "") -> Batch:
    """Record that the files were handed to the bank: lines and money are on their way from now on.

    Raises Refusal where a line can no longer be paid; unless the files were downloaded and ``statement`` says who
    at the bank has them: what has happened is booked, and the statement stands in the trail.
    """
    require_preparer(by)
    with transaction.atomic():
        held = locked(batch, by)
        if held.state in SENT_STATES:
            raise Refusal(
                f"批次 {held.number} 已经送过银行，不会再送一次",
                f"Batch {held.number} was handed to the bank before and is not sent twice",
                code="already_sent",
            )
        _require_approved(held)
        with sound_accounts(held):
            return _send(held, by=by, on=on, said=statement.strip()[:STATEMENT_MAX])


def _send(held: Batch, *, by: Actor, on: date, said: str) -> Batch:
    found = not_payable(held, on=on)
    if found and not (held.downloaded_on and said):
        raise refusal_of(held, found)
    export(held, by=by, on=on)
    totals = totals_of(held)
    assert (totals.count, totals.total_fen) == (held.count, held.total_fen), (
        "three people approved these lines"
    )
    detail = asdict(totals) | ({"statement": said, "not_payable": found} if found else {})
    moved = perform(held, "send", by=by, on=on, detail=detail, head=str(head()))
    planned = Attempt.objects.filter(batch=held, state=AttemptState.PLANNED)
    perform_all(planned, "send", by=by, on=on, expected=held.count)
    book_sent(held, by=by, on=on)
    return moved


def content_of(file: BankFile) -> bytes:
    """The stored bytes, byte for byte what the bank got; Refusal where they no longer have their digest."""
    with default_storage.open(str(file.file)) as stored:
        if sha256_of(stored) != file.sha256:
            raise Refusal(
                f"文件 {file.name} 和当初导出的不一样，不要使用，请告诉管理员",
                f"The file {file.name} is not what was exported. Do not use it; tell the administrator",
                code="file_changed",
            )
        stored.seek(0)
        return bytes(stored.read())


def order_of(batch: Batch) -> banks.Order:
    """What stands in the header of this batch's files."""
    assert batch.approved_on is not None, "only an approved batch has an order"
    return banks.Order(
        batch=batch.number,
        on=batch.approved_on,
        count=batch.count,
        total_fen=batch.total_fen,
        remark=_on_slip(batch),
    )


def ask_for_files(batch: Batch) -> None:
    """Wake the worker: an approved batch without files is its work."""
    ring("payments.tasks.export_batches")


def _require_approved(batch: Batch) -> None:
    if batch.state != BatchState.APPROVED:
        raise _not_approved(batch)


def _not_approved(batch: Batch) -> Refusal:
    return Refusal(
        f"批次 {batch.number} 还没有审批，不能导出银行文件",
        f"Batch {batch.number} is not approved; its bank files cannot be made yet",
        code="not_approved",
    )


def _approval(batch: Batch) -> tuple[object, ...]:
    """What files are made from; lines only ever leave a batch, so equal counts are equal lines."""
    return batch.approved_by, batch.approved_on, batch.count, batch.total_fen


def _throw_away(rows: list[BankFile]) -> None:
    """Somebody else's files count, or nobody's: ours were never named anywhere."""
    for row in rows:
        default_storage.delete(str(row.file))


def _on_slip(batch: Batch) -> str:
    newest = PolicyVersion.objects.filter(
        code=batch.program, pk__in=batch.attempts.values("instalment__entitlement__version")
    ).first()
    return loaded(newest).program.policy.on_slip if newest else ""


def _write(held: Batch, *, on: date, progress: Progress | None) -> list[BankFile]:
    require_sound_accounts(held)
    profile = profile_of(held)
    rows: list[BankFile] = []
    done = 0
    for file in banks.write_files(profile, order_of(held), lines_of(held, profile)):
        suffix = file.name.rpartition(".")[2]
        stored = default_storage.save(f"{FOLDER}/file.{suffix}", ContentFile(file.content))
        rows.append(
            BankFile(
                batch=held, part=file.part, name=file.name, file=stored, lines=file.rows, total_fen=file.total_fen,
                sha256=file.sha256, sm3=file.sm3, made_on=on,
            )
        )  # fmt: skip
        done += file.rows
        if progress:
            progress(done, held.count)
    assert sum(row.lines for row in rows) == held.count, "files hold every line"
    assert sum(row.total_fen for row in rows) == held.total_fen, "files hold every fen"
    return rows


def _slip_of(file: BankFile) -> dict[str, object]:
    return {
        "name": file.name,
        "lines": file.lines,
        "total_fen": file.total_fen,
        "sha256": file.sha256,
        "sm3": file.sm3,
    }
