"""How a table stands in a file: one description for the file we send and the file that comes back."""

from dataclasses import dataclass

FIXED, DELIMITED, WORKBOOK = "fixed", "delimited", "xlsx"
SHAPES = (FIXED, DELIMITED, WORKBOOK)
ENCODINGS = ("gbk", "gb18030", "utf-8")
UNITS = ("yuan", "fen")
SUFFIXES = {FIXED: ".txt", DELIMITED: ".txt", WORKBOOK: ".xlsx"}

PAYMENT_COLUMNS = (
    "row",
    "line_number",
    "reference",
    "payee_name",
    "account",
    "amount",
    "id_number",
    "bank_number",
    "bank_name",
    "remark",
    "empty",
)
"""Canonical columns of a file we send. In the dictionary of the national budget system they are called:
payee_name = payee_acct_name, account = payee_acct_no, amount = pay_amt, bank_name = payee_acct_bank_name,
id_number = iden_no, remark = add_word, reference = tracking_id. ``row`` counts within the file,
``line_number`` within the batch, ``empty`` is a column the bank wants and we leave blank."""

RESULT_COLUMNS = ("reference", "line_number", "amount", "status", "reason", "other")
"""Canonical columns of a file that comes back; ``other`` is one we do not read (it may stand often)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``width`` is in bytes of the file's encoding; ``align`` right pads on the left."""

    name: str
    title: str = ""
    width: int = 0
    align: str = "left"
    fill: str = " "


@dataclass(frozen=True, slots=True)
class Layout:
    """Shape, encoding and columns of one file.

    ``header`` and ``footer`` are templates of whole lines (in a workbook, ``|`` parts the cells);
    ``length_digits`` says that the file begins with that many digits: the bytes that follow;
    ``closing`` says that a separator also ends each row.
    """

    shape: str
    columns: tuple[Column, ...]
    encoding: str = "gb18030"
    separator: str = ""
    closing: bool = False
    titles: bool = False
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    amount: str = "yuan"
    length_digits: int = 0

    @property
    def width(self) -> int:
        """Bytes of one fixed row, without the line end."""
        return sum(column.width for column in self.columns)

    @property
    def proves_its_end(self) -> bool:
        """Whether a cut file is known by its own totals or length."""
        return bool(self.footer) or self.length_digits > 0

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def title_line(self) -> str:
        """The titles as one line of a delimited file."""
        closing = self.separator if self.closing else ""
        return self.separator.join(column.title for column in self.columns) + closing


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read: texts by column name, the file's line of the first row, and what header and footer said."""

    columns: dict[str, list[str]]
    rows: int
    first_row: int
    said: dict[str, str]
