"""What goes into a bank file and what comes out: columns, the order they belong to, the file's bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from standards.words import Words


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a batch as columns of equal length, in line order.

    ``texts`` holds the columns a profile asks for (``Profile.needs``): ``payee_name`` (the name as the
    bank has it), ``account``, ``id_number``, ``bank_number`` (CNAPS, 12 digits), ``bank_name``.
    """

    line_numbers: Sequence[int]
    amounts_fen: Sequence[int]
    texts: dict[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.line_numbers)

    def part(self, start: int, stop: int) -> "Lines":
        """Lines ``start`` to ``stop`` (positions, not line numbers)."""
        texts = {name: values[start:stop] for name, values in self.texts.items()}
        return Lines(self.line_numbers[start:stop], self.amounts_fen[start:stop], texts)


@dataclass(frozen=True, slots=True)
class Order:
    """The batch a file belongs to, with the control totals three people have agreed on."""

    batch: str
    on: date
    count: int
    total_fen: int
    remark: str = ""
    """What the family reads on its bank statement, where the profile has a column for it."""


@dataclass(frozen=True, slots=True)
class BankFile:
    """One file for the bank. ``part`` counts from 1; the totals were read back from ``content``."""

    name: str
    part: int
    first_line: int
    last_line: int
    rows: int
    total_fen: int
    content: bytes = field(repr=False)
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that this bank's file cannot carry. Listed before export; nothing is ever replaced."""

    line_number: int
    code: str
    words: Words
