"""Before each step of a batch that is built: can every line still be paid as it stands?"""

from collections.abc import Mapping, Sequence
from datetime import date

from payments.lifecycle import BatchState
from payments.models import Batch
from payments.queries.due import REASONS, find_planned
from standards.words import Refusal, Words

NOT_PAYABLE = "not_payable"
LINES_NAMED = 10
"""Lines named for each reason; a sentence is read, a list of thousands is not."""

_WAY_OUT: Mapping[str, Words] = {
    BatchState.DRAFT: Words("请先拿掉这些笔，再制单", "Leave these lines out, then prepare the batch"),
    BatchState.PREPARED: Words(
        "请制单人撤回，拿掉这些笔，再走三步；或作废整批",
        "Its preparer takes it back, leaves these lines out and the three steps begin again; or the batch is dropped",
    ),
    BatchState.CHECKED: Words(
        "请复核人、制单人先后撤回，拿掉这些笔，再走三步",
        "Its checker, then its preparer take it back, leave these lines out and the three steps begin again",
    ),
    BatchState.APPROVED: Words(
        "请审批人、复核人、制单人先后撤回，拿掉这些笔，再走三步",
        "Its approver, checker and preparer take it back in turn, leave these lines out and the three steps begin again",
    ),
}
_DOWNLOADED = Words(
    "银行文件已经下载：还没交给银行的不要再交，由审批人写明文件下落后撤回审批；已经交给银行的，写明谁收的、哪天收的，再登记送银行",
    "The bank files were downloaded. If the bank does not have them, do not hand them over: the approver states what"
    " became of them and takes the approval back. If it has them, state who took them and when, then record it",
)


def not_payable(batch: Batch, *, on: date) -> dict[str, list[int]]:
    """The lines that cannot be paid today as they stand, by reason."""
    return find_planned(batch=batch, on=on)


def require_payable(batch: Batch, *, on: date) -> None:
    """Raises Refusal naming the lines that cannot be paid today, why, and what to do in the batch's state."""
    if found := not_payable(batch, on=on):
        raise refusal_of(batch, found)


def refusal_of(batch: Batch, found: Mapping[str, Sequence[int]]) -> Refusal:
    """The sentence for lines that cannot be paid."""
    way_out = _DOWNLOADED if batch.downloaded_on else _WAY_OUT[batch.state]
    zh = "；".join(f"第 {_named(lines, '、')} 笔{_why(reason).zh}" for reason, lines in found.items())
    en = "; ".join(f"lines {_named(lines, ', ')}: {_why(reason).en}" for reason, lines in found.items())
    return Refusal(
        f"有 {sum(map(len, found.values()))} 笔现在不能付，这一步没有办：{zh}。{way_out.zh}",
        f"{sum(map(len, found.values()))} lines cannot be paid now, so the step was not taken. {en}. {way_out.en}",
        code=NOT_PAYABLE,
    )


def _why(reason: str) -> Words:
    return REASONS[reason][0]


def _named(lines: Sequence[int], comma: str) -> str:
    named = comma.join(str(line) for line in lines[:LINES_NAMED])
    return f"{named} …" if len(lines) > LINES_NAMED else named
