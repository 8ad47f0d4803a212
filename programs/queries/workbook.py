"""A simulation's sums as a workbook: text and numbers, no formulas, nobody's name."""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from programs.models import Simulation
from programs.queries.simulated import Found, Side
from web.forms import say

Row = Sequence[str | int | Decimal | None]
Sheet = tuple[str, list[str], Sequence[Row]]
WIDE, NARROW = 34, 16
FEN = 100
A4 = 9  # its number in the file format


def workbook_of(simulation: Simulation, found: Found, names: dict[str, str]) -> bytes:
    """Four sheets: the county, its townships, the sources of money, the conditions. ``names`` by township code.

    Each prints on A4 with its head on every page.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    number_head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "align": "right"})
    said = book.add_format({"align": "right"})
    whole, yuan = (book.add_format({"num_format": one}) for one in ("#,##0", "#,##0.00"))
    for title, heads, rows in _sheets(simulation, found, names):
        sheet = book.add_worksheet(title)
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, len(heads) - 1, NARROW)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for at, words in enumerate(heads):
            sheet.write_string(0, at, words, number_head if at else head)
        for line, cells in enumerate(rows, start=1):
            for at, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(line, at, cell, said if at else None)
                elif isinstance(cell, Decimal):
                    sheet.write_number(line, at, cell, yuan)
                elif cell is not None:
                    sheet.write_number(line, at, cell, whole)
    book.close()
    return out.getvalue()


def _sheets(simulation: Simulation, found: Found, names: dict[str, str]) -> Iterator[Sheet]:
    """Title, heads and rows of each."""
    yield _("County"), [_("What is counted"), _("In force"), _("This file")], _county(simulation, found)
    towns = [_place(names.get(pair.name, pair.name), pair.before, pair.after) for pair in found.townships]
    total = _place(_("County"), found.county.before, found.county.after)
    yield _("Townships"), [_("Town"), *_side_heads()], [*towns, total]
    money = [_("In force (yuan)"), _("This file (yuan)"), _("Left of the budget (yuan)"), _("Short (yuan)")]
    funds: list[Row] = [
        [say(fund.words), *_yuan(fund.before_fen, fund.after_fen, fund.available_fen, fund.short_fen)]
        for fund in found.funds
    ]
    yield _("Sources of money"), [_("Source"), *money], funds
    nobody: Row = [_("Nobody gains or loses a right")]
    heads = [_("Condition"), _("Lost by it"), _("Gained that it kept out")]
    yield _("Conditions"), heads, _causes(found) or [nobody]


def _yuan(*fen: int) -> list[Decimal]:
    """Fen as the exact yuan a spreadsheet shows."""
    return [Decimal(one) / FEN for one in fen]


def _side_heads() -> list[str]:
    return [
        _("Families in force"), _("Yuan in force"), _("Families by this file"), _("Yuan by this file"), _("Yuan more"),
    ]  # fmt: skip


def _place(name: str, before: Side, after: Side) -> Row:
    more = after.fen - before.fen
    return [name, before.families, *_yuan(before.fen), after.families, *_yuan(after.fen, more)]


def _county(simulation: Simulation, found: Found) -> list[Row]:
    before, after = found.county.before, found.county.after
    beside = simulation.beside
    return [
        [
            say(simulation.version.title),
            _version(beside.number) if beside else "—",
            _version(simulation.version.number),
        ],
        [_("Day"), None, simulation.day.isoformat()],
        *([[_("Judged as if in force on that day"), None, _("yes")]] if found.as_if else []),
        [_("Families"), before.families, after.families],
        [_("Rights"), before.rights, after.rights],
        [_("Yuan"), *_yuan(before.fen, after.fen)],
        [_("Left of the budget (yuan)"), None, *_yuan(found.available_fen)],
        [_("Short (yuan)"), None, *_yuan(found.short_fen)],
        [_("Newly have a right"), None, found.gained],
        [_("Lose it"), None, found.lost],
        [_("Get more"), None, found.more],
        [_("Get less"), None, found.less],
        [f"{_('Digest of the file')} SHA-256"],
        [simulation.policy_sha256],
    ]


def _version(number: int) -> str:
    return _("Version %(n)s") % {"n": number}


def _causes(found: Found) -> list[Row]:
    words = {cause.name: cause.words for cause in (*found.gained_by, *found.lost_by)}
    lost = {cause.name: cause.count for cause in found.lost_by}
    gained = {cause.name: cause.count for cause in found.gained_by}
    return [[say(one), lost.get(name, 0), gained.get(name, 0)] for name, one in words.items()]
