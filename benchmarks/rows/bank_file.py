"""Bank files in the three shapes, beside the csv module and xlsxwriter writing the same columns.

Ours also checks every value against the encoding, reads each file back, and takes two digests of it.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import xlsxwriter

from benchmarks.rows import Measured, best_of
from payments.banks import BankFile, Lines, Order, Profile, load_profiles, write_files
from standards.money import yuan_plain

RUNS = 3
DAY = date(2026, 8, 18)
BATCH = "PC-2026-0001"


def measure(count: int) -> Measured:
    """Delimited text beside csv; the other two shapes in the note."""
    profiles = load_profiles()
    lines = _lines(count)
    shapes = {code: best_of(RUNS, lambda code=code: _ours(profiles[code], lines)) for code in profiles}  # type: ignore[misc]  # bound now
    text = best_of(RUNS, lambda: _csv(lines))
    book = best_of(RUNS, lambda: _xlsx(lines))
    note = (
        f"fixed {shapes['abc_fixed']:.2f} s = {shapes['abc_fixed'] / text:.2f} × csv; "
        f"xlsx {shapes['psbc_workbook']:.2f} s = {shapes['psbc_workbook'] / book:.2f} × xlsxwriter"
    )
    return Measured(count, shapes["lanzhou_pipe"], text, note=note)


def _lines(count: int) -> Lines:
    names = [f"欧阳{chr(0x4E00 + n % 5000)}{chr(0x4E00 + n * 7 % 5000)}" for n in range(count)]
    accounts = [f"62284800{n:011d}" for n in range(count)]
    amounts = [(100_000, 200_000, 300_050)[n % 3] for n in range(count)]
    texts = {"payee_name": names, "account": accounts, "id_number": ["610124200801010022"] * count}
    return Lines(list(range(1, count + 1)), amounts, dict(texts))


def _ours(profile: Profile, lines: Lines) -> list[BankFile]:
    order = Order(BATCH, DAY, len(lines), sum(lines.amounts_fen))
    return list(write_files(replace(profile, rows_max=len(lines)), order, [lines]))


def _columns(lines: Lines) -> Iterator[tuple[object, ...]]:
    texts = lines.texts
    references = [f"{BATCH}-{n:06d}" for n in lines.line_numbers]
    amounts = map(yuan_plain, lines.amounts_fen)
    return zip(
        lines.line_numbers,
        texts["payee_name"],
        texts["account"],
        amounts,
        texts["id_number"],
        references,
        strict=True,
    )


def _csv(lines: Lines) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter="|").writerows(_columns(lines))
    return target.getvalue().encode("gb18030")


def _xlsx(lines: Lines) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for y, (_, name, account, amount, _, reference) in enumerate(_columns(lines)):
            sheet.write_string(y, 0, account)
            sheet.write_string(y, 1, name)
            sheet.write_number(y, 2, float(str(amount)))
            sheet.write_string(y, 3, reference)
    return target.getvalue()
