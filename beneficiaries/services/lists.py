"""A list's way: uploaded, checked whole, taken or sent back, withdrawn.

The check is the taking itself, rolled back: what the preview shows is what will happen. Takings stand in one line
(an advisory lock), so that two lists about the same people cannot pass each other. One transaction takes a list
whole; a process killed in the middle leaves nothing of it.
"""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from audit.actor import SYSTEM, Actor
from audit.door import create, perform, record, record_all
from beneficiaries.lists.check import CheckedList, Stated, check_file
from beneficiaries.lists.guard import FILE_BYTES_MAX
from beneficiaries.lists.headers import UnknownColumns
from beneficiaries.lists.marked import marked_workbook
from beneficiaries.lists.periods import Period
from beneficiaries.models import Account, Coverage, EvidenceList
from beneficiaries.queries.divisions import known_villages
from beneficiaries.queries.facts import rows_digest
from beneficiaries.queries.headers import learnt_headers
from beneficiaries.services.accounts import take_accounts
from beneficiaries.services.because import because
from beneficiaries.services.entering import doubt_entries_without
from beneficiaries.services.evidence import take_evidence
from beneficiaries.services.line import in_line
from beneficiaries.services.list_rows import write_doubts, write_rows
from beneficiaries.services.outcome import Taking
from beneficiaries.services.preview import preview_of, told_columns, told_totals
from beneficiaries.services.register import take_register
from facts.catalogue import load_catalogue
from jobs.bell import ring
from jobs.leases import Lease, resume
from standards.divisions import scope_prefix
from standards.words import Refusal

ASKED = ("unknown", "found")  # parameters of a list that waits for the names of its columns
WORK_TASK = "beneficiaries.tasks.work_on_lists"


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of cells and no cycles among them: the collector would cost a fifth of the time and free nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class CoveringLetter:
    """What a department says with its list. Period and code may be left to the list's own title.

    ``division`` is the 12-digit division the list covers; ``is_complete`` says that nobody of that division and
    period is missing, ``nobody`` that the list is empty on purpose.
    """

    kind: str
    file_name: str
    division: str
    period: Period | None = None
    code: str = ""
    is_complete: bool = False
    nobody: bool = False


def upload_list(source: bytes, letter: CoveringLetter, *, by: Actor, on: date) -> EvidenceList:
    """Keep a list's file (encrypted) and put it in line for the check. Raises Refusal for an unknown kind or size."""
    kind = load_catalogue().kind(letter.kind)
    if kind.is_only_elsewhere:
        raise Refusal(
            f"“{kind.words.zh}”没有名单，在窗口凭材料登记",
            f"There is no list of “{kind.words.en}”: it is entered from a paper at the counter",
            code="in_no_list",
        )
    if letter.nobody and not (letter.is_complete and kind.stores == "facts"):
        raise Refusal(
            "“这次没有人”只用于完整的名单：请同时说明名单是全的（户籍和账户名单不能是空的）",
            "Only a complete list can say that nobody is on it: state that it is complete (never a register or accounts)",
            code="nobody_incomplete",
        )
    if len(source) > FILE_BYTES_MAX:
        raise Refusal(
            f"文件有 {len(source) >> 20} MB，最大 {FILE_BYTES_MAX >> 20} MB。请删去图片和空白，或分乡镇上传",
            f"The file has {len(source) >> 20} MB; at most {FILE_BYTES_MAX >> 20} MB. Upload it by township",
            code="too_large",
        )
    evidence = EvidenceList(
        state="uploaded",
        kind=letter.kind,
        file_name=letter.file_name[-200:],
        sha256=hashlib.sha256(source).hexdigest(),
        division=letter.division,
        covers_from=letter.period.first if letter.period else None,
        covers_until=letter.period.last if letter.period else None,
        code=letter.code,
        is_complete=letter.is_complete,
        parameters={"nobody": True} if letter.nobody else {},
        uploaded_by=by.number,
        uploaded_on=on,
    )
    evidence.file.save(f"lists/{_suffixed(letter.file_name)}", ContentFile(source), save=False)
    with transaction.atomic():
        create(evidence, by=by, on=on, detail={"kind": letter.kind, "sha256": evidence.sha256})
        ring(WORK_TASK)
    return evidence


def _suffixed(file_name: str) -> str:
    suffix = file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
    return f"list.{suffix}" if suffix in ("xlsx", "xls", "csv", "et", "txt") else "list.bin"


@_no_collecting()
def check_list(evidence: EvidenceList, *, on: date, lease: Lease[EvidenceList] | None = None) -> EvidenceList:
    """Check a list whole and write what it would bring; a file that cannot be a list is sent back with its sentence."""
    progress = lease.progress if lease else silent
    try:
        whole = _read(evidence, on)
    except Refusal as refusal:
        with transaction.atomic():
            checked = _cannot_be(evidence, refusal, on)
            _finish(lease)
        return checked
    rows = len(whole.checked.table)
    progress(rows, rows * 3)
    with transaction.atomic(), because(SYSTEM, source=evidence):
        taking = Taking(evidence, whole, on)
        _rolled_back(taking)
        progress(rows * 2, rows * 3)
        write_rows(taking)
        checked = perform(evidence, "examine", by=SYSTEM, on=on, **_found(taking))
        _finish(lease)
    return checked


@_no_collecting()
def take_list(
    evidence: EvidenceList,
    *,
    by: Actor,
    on: date,
    take_good: bool = False,
    lease: Lease[EvidenceList] | None = None,
) -> EvidenceList:
    """Take a checked list: all its rows, or by explicit choice the good ones. Raises Refusal."""
    progress = lease.progress if lease else silent
    _ask_taker(evidence, by)
    whole = _read(evidence, on)
    rows = len(whole.checked.table)
    progress(rows, rows * 3)
    with transaction.atomic(), because(by, source=evidence):
        taking = Taking(evidence, whole, on)
        _write(taking)
        progress(rows * 2, rows * 3)
        _refuse_unless_good(taking, take_good=take_good)
        write_rows(taking)
        taken = _taken(taking, by, on, take_good=take_good)
        _finish(lease)
    return taken


@_no_collecting()
def import_list(
    evidence: EvidenceList, *, by: Actor, on: date, take_good: bool = False, dry_run: bool = False
) -> EvidenceList:
    """Check a list and take it in one go, for commands: one reading, one transaction.

    The list stays ``checked`` where a row is refused and ``take_good`` was not said, or on a dry run; it is
    ``refused`` where the file cannot be a list.
    """
    _ask_taker(evidence, by)
    try:
        whole = _read(evidence, on)
    except Refusal as refusal:
        return _cannot_be(evidence, refusal, on)
    with transaction.atomic(), because(by, source=evidence):
        taking = Taking(evidence, whole, on)
        before = transaction.savepoint()
        _write(taking)
        is_taken = not dry_run and (take_good or not whole.checked.refused)
        (transaction.savepoint_commit if is_taken else transaction.savepoint_rollback)(before)
        write_rows(taking)
        evidence = perform(evidence, "examine", by=SYSTEM, on=on, **_found(taking))
        taking.evidence = evidence
        return _taken(taking, by, on, take_good=take_good) if is_taken else evidence


def ask_to_take(evidence: EvidenceList, *, by: Actor, on: date, take_good: bool) -> None:
    """Put a checked list in line to be taken by the worker in this person's name. Raises Refusal."""
    _ask_taker(evidence, by)
    if evidence.state != "checked":
        raise Refusal(
            "这份名单现在不能导入，请刷新页面",
            "This list cannot be taken now: reload the page",
            code="state_moved_on",
        )
    if evidence.counts.get("refused") and not take_good:
        raise _rows_refused(evidence.counts["refused"])
    wish = {
        "number": by.number,
        "name": by.name,
        "role": by.role,
        "division": by.division,
        "on": on.isoformat(),
    }
    with transaction.atomic():
        EvidenceList.objects.filter(pk=evidence.pk, state="checked").update(
            parameters=evidence.parameters | {"take": wish | {"good": take_good}}, stopped_at=None, tries=0
        )
        record("ask_to_take", evidence, by=by, on=on, detail={"take_good": take_good})
        ring(WORK_TASK)


def check_again(evidence: EvidenceList, *, by: Actor, on: date) -> None:
    """Let a list whose check or taking was stopped be taken up again by the worker."""
    with transaction.atomic():
        resume(EvidenceList.objects.filter(pk=evidence.pk))
        record("check_again", evidence, by=by, on=on)
        ring(WORK_TASK)


def refuse_list(evidence: EvidenceList, *, by: Actor, on: date) -> EvidenceList:
    """Send a list back to its department: nothing of it is taken."""
    return perform(evidence, "refuse", by=by, on=on)


def _cannot_be(evidence: EvidenceList, refusal: Refusal, on: date) -> EvidenceList:
    """Send a file back that cannot be a list; where only its columns are unknown, ask a person what they are."""
    problem = {"zh": refusal.words.zh, "en": refusal.words.en, "code": refusal.code}
    detail = {"code": refusal.code}
    if isinstance(refusal, UnknownColumns):
        asked = {"unknown": told_columns(refusal.unknown), "found": list(refusal.found)}
        parameters = evidence.parameters | asked
        return perform(
            evidence, "ask", by=SYSTEM, on=on, detail=detail, problem=problem, parameters=parameters
        )
    return perform(evidence, "refuse", by=SYSTEM, on=on, detail=detail, problem=problem)


def _read(evidence: EvidenceList, on: date) -> CheckedList:
    kind = load_catalogue().kind(evidence.kind)
    period = None
    if evidence.covers_from and evidence.covers_until:
        period = Period(evidence.covers_from, evidence.covers_until)
    with evidence.file.storage.open(str(evidence.file.name)) as file:
        source = file.read()
    learnt = learnt_headers(evidence.kind, evidence.division)
    stated = Stated(
        evidence.file_name, period, evidence.code, nobody="nobody" in evidence.parameters, learnt=learnt
    )
    villages = known_villages(scope_prefix(evidence.division))
    whole = check_file(source, kind, today=on, stated=stated, villages=villages)
    if evidence.is_complete and whole.period is None:
        raise Refusal(
            "说明了名单是全的，却看不出覆盖哪段时间。请在标题写明，或在上传时填写月份或年份",
            "The list is said to be complete, but not for which time. Write it into the title, or state the month or year"
            " when uploading",
            code="no_period",
        )
    return whole


def _rolled_back(taking: Taking) -> None:
    before = transaction.savepoint()
    _write(taking)
    transaction.savepoint_rollback(before)


def _write(taking: Taking) -> None:
    """Write what the list brings, by the kind's store. Fills the taking's outcomes."""
    in_line()
    kind = load_catalogue().kind(taking.evidence.kind)
    writer = {"register": take_register, "accounts": take_accounts, "facts": take_evidence}[kind.stores]
    writer(taking, kind)


def _refuse_unless_good(taking: Taking, *, take_good: bool) -> None:
    refused = len(taking.whole.checked.refused)
    if refused and not take_good:
        raise _rows_refused(refused)


def _rows_refused(rows: int) -> Refusal:
    return Refusal(
        f"有 {rows} 行被退回，一行也没有导入。请改好后重新上传，或选择只导入没有问题的行",
        f"{rows} rows were refused, so nothing was taken. Mend them and upload again, or choose to take the good rows",
        code="rows_refused",
    )


def _ask_taker(evidence: EvidenceList, by: Actor) -> None:
    if by.number == evidence.uploaded_by:
        words = EvidenceList.REFUSALS["list_different_people"]
        raise Refusal(words.zh, words.en, code="list_different_people")


def _taken(taking: Taking, by: Actor, on: date, *, take_good: bool) -> EvidenceList:
    """Doubts, coverage, digest, and the move itself; the rows are written."""
    write_doubts(taking)
    covered = _cover(taking)
    record_all("create", Account.objects.filter(list=taking.evidence), by=by, on=on, target="entered")
    counts = taking.counts() | {"gone": taking.evidence.counts.get("gone"), "totals": told_totals(taking)}
    detail = {key: counts[key] for key in ("rows", "new", "same", "changed", "refused", "doubtful")}
    fields: dict[str, Any] = {
        "counts": counts,
        "take_good": take_good,
        "rows_digest": rows_digest(taking.evidence.pk),
    }
    taken = perform(taking.evidence, "take", by=by, on=on, detail=detail, **fields)
    doubt_entries_without(taken, covered, by=by, on=on)
    return taken


def _cover(taking: Taking) -> list[Coverage]:
    """Record which divisions and days the list speaks about, and whether it is complete."""
    evidence = taking.evidence
    period = taking.whole.period
    first = evidence.covers_from or (period.first if period else None)
    last = evidence.covers_until or (period.last if period else None)
    if first is None or last is None:
        return []
    codes = [evidence.code or taking.whole.code]
    kind = load_catalogue().kind(evidence.kind)
    if kind.list_of and not codes[0]:  # a list of several categories covers each of them
        codes = list(kind.fields[kind.list_of].codes)
    return Coverage.objects.bulk_create(
        Coverage(
            list=evidence,
            kind=evidence.kind,
            code=code,
            scope=scope_prefix(evidence.division),
            valid_from=first,
            valid_until=last,
            is_complete=evidence.is_complete,
        )
        for code in codes
    )


def _found(taking: Taking) -> dict[str, Any]:
    """The columns of a checked list: counts, its period and category, the marked workbook."""
    evidence, whole = taking.evidence, taking.whole
    fields: dict[str, Any] = {
        "counts": taking.counts() | preview_of(taking),
        "code": evidence.code or whole.code,
        "problem": None,
        "parameters": {key: value for key, value in evidence.parameters.items() if key not in ASKED},
    }
    fields["title"] = evidence.title or whole.checked.table.heading[:200]
    if whole.period and evidence.covers_from is None:
        fields |= {"covers_from": whole.period.first, "covers_until": whole.period.last}
    if whole.checked.problems:
        marked = marked_workbook(whole, file_name=evidence.file_name)
        evidence.marked_file.save("lists/marked.xlsx", ContentFile(marked), save=False)
        fields["marked_file"] = evidence.marked_file.name
    return fields


def _finish(lease: Lease[EvidenceList] | None) -> None:
    if lease is not None:
        lease.finish()


def silent(done: int, total: int) -> None:
    """No page waits for this one."""
