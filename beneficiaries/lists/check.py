"""A list's file checked whole: bytes in, checked columns out, with what its title says about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from beneficiaries.lists.cells import Context, Villages
from beneficiaries.lists.columns import Checked, check_columns
from beneficiaries.lists.figures import DAY_0_OF_1904, EXCEL_DAY_0
from beneficiaries.lists.guard import read_book
from beneficiaries.lists.periods import Period, code_of, period_of
from beneficiaries.lists.rows import check_rows
from beneficiaries.lists.sheets import Book
from beneficiaries.lists.table import read_table
from beneficiaries.lists.totals import ControlTotal, control_totals
from facts.catalogue import Kind
from standards.words import Refusal


@dataclass(frozen=True)
class Stated:
    """What the sender states beside the file; None and "" where the title and the file's name may say it.

    ``nobody``: the list is empty on purpose. ``learnt``: plain headers that people taught, and their keys.
    """

    file_name: str = ""
    period: Period | None = None
    code: str = ""
    nobody: bool = False
    learnt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedList:
    """The file, its checked rows, its period (None: it names none) and its one category ("": by column or none)."""

    book: Book
    checked: Checked
    period: Period | None
    code: str
    totals: tuple[ControlTotal, ...] = ()


def check_file(
    source: bytes, kind: Kind, *, today: date, stated: Stated, villages: Villages | None = None
) -> CheckedList:
    """Read and check a list's file. Raises Refusal where the whole file cannot be a list of this kind."""
    book = read_book(source)
    table = read_table(book, kind, learnt=stated.learnt, nobody=stated.nobody)
    says = [table.title, *(layout.sheet.name for layout in table.layouts), stated.file_name]
    period = stated.period or _first_period(says)
    _refuse_period(kind, period)
    context = Context(
        today,
        period.year if period else None,
        villages or Villages(),
        DAY_0_OF_1904 if book.since_1904 else EXCEL_DAY_0,
    )
    checked = check_columns(table, context)
    code = _code(kind, stated, says, has_column=kind.list_of in table.texts)
    if code:
        checked.values[kind.list_of] = [[code]] * len(table)
    check_rows(checked)
    return CheckedList(book, checked, period, code, tuple(control_totals(checked)))


def _first_period(says: Sequence[str]) -> Period | None:
    return next((found for text in says if text and (found := period_of(text))), None)


def _refuse_period(kind: Kind, period: Period | None) -> None:
    if kind.coverage == "month" and (period is None or not period.is_month):
        raise Refusal(
            f"“{kind.words.zh}”名单按月报，标题没有写清是哪个月。请在标题写明，例如“2026年8月”，或在上传时选月份",
            f"A list of “{kind.words.en}” is for one month, and the title does not say which. Write it into the title"
            " (2026年8月), or choose the month when uploading",
            code="no_month",
        )
    if kind.coverage == "year" and (period is None or period.year is None):
        raise Refusal(
            f"“{kind.words.zh}”名单按年报，标题没有写清是哪一年。请在标题写明，例如“2026年度”，或在上传时选年份",
            f"A list of “{kind.words.en}” is for one year, and the title does not say which. Write it into the title"
            " (2026年度), or choose the year when uploading",
            code="no_year",
        )


def _code(kind: Kind, stated: Stated, says: Sequence[str], *, has_column: bool) -> str:
    """The one category a whole list is of: as stated, else as the title says; a column of categories comes first."""
    if not kind.list_of:
        return ""
    fact = kind.fields[kind.list_of]
    if stated.code:
        if stated.code not in fact.codes:
            raise Refusal(
                f"没有叫“{stated.code}”的{fact.words.zh}。可用的有：{'、'.join(fact.codes)}",
                f"There is no {fact.words.en} “{stated.code}”. Known: {', '.join(fact.codes)}",
                code="code_unknown",
            )
        return stated.code
    if has_column:
        return ""
    code = next((found for text in says if text and (found := code_of(text, kind))), "")
    if not code:
        words = "、".join(value.words.zh for value in fact.values)
        raise Refusal(
            f"看不出这是哪一类名单。请在标题写明（{words}），或在上传时选择",
            f"The list does not say which {fact.words.en} it is of. Write it into the title, or choose it when uploading",
            code="no_code",
        )
    return code
