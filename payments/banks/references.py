"""The reference that travels with each line and comes back in the bank's answer.

It names the batch and the line, so an answer can never be booked to another batch with equal amounts.

>>> make("PC-2026-0037", 17)
'PC-2026-0037-000017'
>>> read("PC-2026-0037-000017")
('PC-2026-0037', 17)
>>> read("谢谢") is None
True
"""

import re

LINES_MAX = 999_999
"""Lines of one batch: what six digits of a reference can count."""

_BATCH = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_REFERENCE = re.compile(r"([A-Z0-9]+(?:-[A-Z0-9]+)*)-([0-9]{6})")


def is_batch(text: str) -> bool:
    """Whether ``text`` can stand in a reference as a batch number (at most 20 characters)."""
    return len(text) <= 20 and _BATCH.fullmatch(text) is not None


def prefix(batch: str) -> str:
    """What every reference of ``batch`` begins with."""
    return f"{batch}-"


def make(batch: str, line_number: int) -> str:
    """The reference of one line, at most 27 ASCII characters."""
    assert 1 <= line_number <= LINES_MAX, "a line number has at most six digits"
    return f"{batch}-{line_number:06d}"


def read(text: str) -> tuple[str, int] | None:
    """(batch, line number) of a reference, or None where the text is not one."""
    found = _REFERENCE.fullmatch(text.strip())
    return (found.group(1), int(found.group(2))) if found else None
