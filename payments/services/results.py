"""What the bank answered: staged whole, booked in one statement each way, or refused with nothing taken."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet

from audit.actor import Actor
from audit.door import perform, perform_all, record
from jobs.bell import ring
from jobs.leases import resume
from payments import banks
from payments.banks.reading import RESULT_BYTES_MAX
from payments.lifecycle import APPROVER, CHECKER, LIVE, AttemptState, BatchState
from payments.models import Attempt, Batch, ResultFile, ResultLine
from payments.queries.profiles import profile_of
from payments.services.booking import book_answered, book_found_paid
from payments.services.building import require_preparer
from payments.services.steps import OPEN, hold_entitlement, locked
from standards.words import Refusal

Progress = Callable[[int, int], None]
FOLDER = "result_files"
NOT_ANSWERED = "NOT_ANSWERED"
REASON_TEXT_MAX = 120
STAGE_ROWS = 20_000  # rows handed to COPY at a time
AT_THE_BANK = (BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED)
FINDINGS = ("not_paid", "was_paid")


def upload_result(batch: Batch, *, name: str, content: bytes, by: Actor, on: date) -> ResultFile:
    """Keep a result file and wake the worker. Raises Refusal: nothing sent yet, too large, or seen before."""
    require_preparer(by)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        held = locked(batch, by)
        if held.state not in AT_THE_BANK:
            raise Refusal(
                f"批次 {held.number} 还没有送银行，不会有回盘",
                f"Batch {held.number} has not been sent; there is nothing to answer",
                code="not_sent",
            )
        if len(content) > RESULT_BYTES_MAX:
            size = RESULT_BYTES_MAX // 1024 // 1024
            raise Refusal(f"文件超过 {size} MB", f"The file is larger than {size} MB", code="too_large")
        before = ResultFile.objects.filter(batch=held, sha256=digest, refused_on=None).first()
        if before and before.is_stopped and before.read_on is None:
            resume(ResultFile.objects.filter(pk=before.pk))  # the worker gave it up; a person asks again
            ring("payments.tasks.read_result_files")
            return before
        if before:
            raise Refusal(
                f"这个文件 {before.uploaded_on.isoformat()} 已经读过，一行也没有变",
                f"This file was read on {before.uploaded_on.isoformat()}; nothing has changed",
                code="same_file",
            )
        stored = default_storage.save(f"{FOLDER}/file.bin", ContentFile(content))
        row = ResultFile.objects.create(
            batch=held, name=name[-120:], file=stored, sha256=digest, uploaded_by=by.number, uploaded_on=on
        )
        record("upload", row, by=by, on=on, detail={"sha256": digest})
        ring("payments.tasks.read_result_files")
    return row


def read_result_file(
    result_file: ResultFile, *, by: Actor, on: date, progress: Progress | None = None
) -> ResultFile:
    """Read one uploaded file and book what it says, or mark it refused with the first thing that is wrong.

    One transaction. A line booked the other way before is quarantined for a person; a line missing from its
    part of the batch is unknown; nothing known becomes unknown again. Read twice it changes nothing.
    """
    with transaction.atomic():
        held = locked(result_file.batch, by)
        row = ResultFile.objects.get(pk=result_file.pk)  # the batch's lock keeps other readers out
        if row.read_on or row.refused_on:
            return row
        sent = dict(_sent_lines(held).values_list("line", "amount_fen"))
        try:
            results = banks.read_results(profile_of(held), _content(row), batch=held.number, amounts_fen=sent)
        except banks.FileRefused as refusal:
            return _refuse(row, refusal, by=by, on=on)
        _stage(row, results)
        if progress:
            progress(len(results), len(sent))
        _quarantine(row)
        row.counts = _move(row, held, sorted(sent), by=by, on=on)
        row.read_on = on
        row.save(update_fields=["counts", "read_on"])
        record("read", row, by=by, on=on, detail=row.counts)
        if held.state == BatchState.SENT and not Attempt.objects.filter(batch=held, state__in=OPEN).exists():
            perform(held, "answer", by=by, on=on)
        book_answered(held, answer=row.pk, by=by, on=on)
    return row


def settle_line(line: ResultLine, *, finding: str, note: str, by: Actor, on: date) -> ResultLine:
    """A person says what a quarantined answer means: ``not_paid``, or ``was_paid``: then a failed line is booked as paid.

    Raises Refusal where the same instalment is live in another batch: first that line is left out, or answered.
    """
    assert finding in FINDINGS
    if by.role not in (*CHECKER, *APPROVER):
        raise Refusal(
            "这一行要由财政复核或审批来定",
            "Finance's checker or approver settles this line",
            code="not_your_role",
        )
    with transaction.atomic():
        batch = locked(line.result_file.batch, by)
        held = ResultLine.objects.select_for_update().get(pk=line.pk)
        if held.quarantine is None or held.settled_by:
            raise Refusal("这一行已经有人定过", "Somebody has settled this line already", code="settled")
        held.quarantine = {**held.quarantine, "finding": finding, "note": note[:200]}
        held.settled_by = by.number
        held.save(update_fields=["quarantine", "settled_by"])
        record("settle", held, by=by, on=on, detail={"finding": finding})
        if finding == "was_paid" and held.outcome == AttemptState.PAID:
            _find_paid(batch, held, by=by, on=on)
    return held


def _find_paid(batch: Batch, line: ResultLine, *, by: Actor, on: date) -> None:
    attempt = Attempt.objects.get(batch=batch, line=line.line)
    hold_entitlement(attempt)
    if attempt.state != AttemptState.FAILED:
        return  # found by another answer before
    same = Attempt.objects.filter(instalment=attempt.instalment_id, state__in=LIVE)
    if live := same.select_related("batch").first():
        place = (live.batch.number, live.line)
        raise (_still_planned if live.state == AttemptState.PLANNED else _sent_again)(*place)
    perform(attempt, "find_paid", by=by, on=on)
    book_found_paid(batch, attempt, by=by, on=on)


def _still_planned(number: str, line: int) -> Refusal:
    return Refusal(
        f"这笔钱又排在批次 {number} 第 {line} 笔：先把那一笔拿掉或作废那一批，再来定这一行",
        f"This payment is planned again as line {line} of batch {number}: leave that line out or drop that batch,"
        " then settle this answer",
        code="planned_again",
    )


def _sent_again(number: str, line: int) -> Refusal:
    return Refusal(
        f"这笔钱又作为批次 {number} 第 {line} 笔送了银行：等它的回盘；真付了两次，钱退回后先登记退回，再来定这一行",
        f"This payment was sent again as line {line} of batch {number}: wait for its answer. If it was paid twice, record"
        " the return of that line first, then settle this answer",
        code="sent_again",
    )


def _sent_lines(batch: Batch) -> QuerySet[Attempt]:
    return Attempt.objects.filter(batch=batch).exclude(
        state__in=[AttemptState.PULLED_BACK, AttemptState.PLANNED]
    )


def _content(row: ResultFile) -> bytes:
    with default_storage.open(str(row.file)) as stored:
        return bytes(stored.read())


def _refuse(row: ResultFile, refusal: banks.FileRefused, *, by: Actor, on: date) -> ResultFile:
    row.refused_on = on
    row.problem = {
        "zh": refusal.words.zh,
        "en": refusal.words.en,
        "places": [{"zh": one.words.zh, "en": one.words.en} for one in refusal.problems],
    }
    row.save(update_fields=["refused_on", "problem"])
    record("refuse", row, by=by, on=on, detail={"code": refusal.code})
    return row


def _stage(row: ResultFile, results: banks.Results) -> None:
    """Every answered line, by COPY. Outcome and words repeat, so each combination is written out once."""
    answered = list(zip(results.statuses, results.reasons, results.texts, strict=True))
    tails = {one: _copied(one) for one in set(answered)}
    lines = [
        f"{row.pk}\t{line}\t{fen}\t{tails[one]}\n"
        for line, fen, one in zip(results.line_numbers, results.amounts_fen, answered, strict=True)
    ]
    columns = "result_file_id, line, amount_fen, outcome, reason, reason_text, settled_by"
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY payments_resultline ({columns}) FROM STDIN") as copy,
    ):
        for start in range(0, len(lines), STAGE_ROWS):
            copy.write("".join(lines[start : start + STAGE_ROWS]))


def _copied(answered: tuple[str, str, str]) -> str:
    """Outcome, reason, the bank's words and an empty column as COPY reads them."""
    outcome, reason, text = answered[0], answered[1], answered[2][:REASON_TEXT_MAX]
    for mark, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(mark, written) if mark in text else text
    return f"{outcome}\t{reason}\t{text}\t"


def _quarantine(row: ResultFile) -> None:
    """Answers that contradict what is booked wait for a person; nothing of them is booked."""
    if not Attempt.objects.filter(
        batch=row.batch_id, state__in=[AttemptState.PAID, AttemptState.FAILED]
    ).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payments_resultline r SET quarantine = CASE
                   WHEN r.outcome = 'failed' THEN jsonb_build_object(
                       'zh', '已记到账，银行又说失败：问清后登记退回',
                       'en', 'Booked as paid, but the bank now says failed: ask, then record the return')
                   WHEN EXISTS (SELECT FROM payments_attempt n WHERE n.instalment_id = t.instalment_id AND n.id > t.id
                                AND n.state NOT IN ('failed', 'returned', 'pulled_back')) THEN jsonb_build_object(
                       'zh', '以前记失败并已重做，银行又说付了：可能付了两次，马上问银行',
                       'en', 'Booked as failed and rebuilt, but the bank now says paid: it may be paid twice, ask at once')
                   ELSE jsonb_build_object(
                       'zh', '以前记失败，银行又说付了：问清以前不重做',
                       'en', 'Booked as failed, but the bank now says paid: not rebuilt before it is clear') END
               FROM payments_attempt t
               WHERE r.result_file_id = %s AND t.batch_id = %s AND t.line = r.line
                 AND ((r.outcome = 'paid' AND t.state = 'failed')
                      OR (r.outcome = 'failed' AND t.state = 'paid'))""",
            [row.pk, row.batch_id],
        )


def _move(row: ResultFile, held: Batch, sent: list[int], *, by: Actor, on: date) -> dict[str, int]:
    """Take the moves that the answers allow; gives how many lines went where."""
    lines = ResultLine.objects.filter(result_file=row, quarantine__isnull=True)
    counts = {"lines": ResultLine.objects.filter(result_file=row).count()}
    counts["quarantined"] = counts["lines"] - lines.count()
    _keep_words(row)
    open_now = _still_open(row)
    waiting = Attempt.objects.filter(batch=held, state__in=[AttemptState.SENT, AttemptState.UNKNOWN])
    for outcome, move in (("paid", "pay"), ("failed", "fail")):
        counts[outcome] = open_now.get(outcome, 0)
        if counts[outcome]:
            rows = waiting.filter(line__in=lines.filter(outcome=outcome).values("line"))
            perform_all(rows, move, by=by, on=on, expected=counts[outcome])
    open_lines = Attempt.objects.filter(batch=held, state=AttemptState.SENT)
    unknown = open_lines.filter(line__in=lines.filter(outcome="unknown").values("line"))
    counts["unknown"] = unknown.count()
    if counts["unknown"]:
        perform_all(unknown, "lose", by=by, on=on, expected=counts["unknown"])
    first, last = _part_answered(row, held, sent)
    missing = open_lines.filter(line__gte=first, line__lte=last)
    counts["missing"] = missing.count()
    if counts["missing"]:
        missing.update(reason=NOT_ANSWERED, reason_text="")
        perform_all(missing, "lose", by=by, on=on, expected=counts["missing"])
    return counts


def _keep_words(row: ResultFile) -> None:
    """The bank's words go with the line they explain; a line settled before keeps its own.

    Two statements, because most lines are paid the first time and have no words to keep or to forget.
    """
    for which in (
        "r.outcome <> 'paid' AND t.state IN ('sent', 'unknown')",
        "r.outcome = 'paid' AND t.state = 'unknown'",
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                f"""UPDATE payments_attempt t SET reason = r.reason, reason_text = r.reason_text
                    FROM payments_resultline r
                    WHERE r.result_file_id = %s AND t.batch_id = %s AND t.line = r.line AND r.quarantine IS NULL
                      AND {which}""",  # noqa: S608 - the two conditions above
                [row.pk, row.batch_id],
            )


def _still_open(row: ResultFile) -> dict[str, int]:
    """Answers to lines that are not settled yet, by outcome."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT r.outcome, count(*) FROM payments_resultline r
               JOIN payments_attempt t ON t.batch_id = %s AND t.line = r.line AND t.state IN ('sent', 'unknown')
               WHERE r.result_file_id = %s AND r.quarantine IS NULL GROUP BY 1""",
            [row.batch_id, row.pk],
        )
        return dict(cursor.fetchall())


def _part_answered(row: ResultFile, held: Batch, sent: list[int]) -> tuple[int, int]:
    """First and last line of the bank files that this answer is about (a batch may be several files)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(line), max(line) FROM payments_resultline WHERE result_file_id = %s", [row.pk]
        )
        lowest, highest = cursor.fetchone()
    first, last = sent[-1] + 1, sent[0] - 1
    start = 0
    for lines in held.files.order_by("part").values_list("lines", flat=True):
        part = sent[start : start + lines]
        start += lines
        if part and part[0] <= highest and lowest <= part[-1]:
            first, last = min(first, part[0]), max(last, part[-1])
    return first, last
