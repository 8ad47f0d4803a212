"""A file of a list, read where it can do no harm. Every file that cannot be a list is one sentence (Refusal).

Workbooks are read by ``child`` in a process of its own; text files are read here (``delimited``).
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from beneficiaries.lists.delimited import read_delimited
from beneficiaries.lists.sheets import Book, Sheet
from beneficiaries.lists.strangers import refuse_stranger
from standards.words import Refusal

FILE_BYTES_MAX = 25 << 20  # 300,000 rows of a register; larger lists come by township
CHILD_SECONDS_MAX = 60
CHILD = Path(__file__).with_name("child.py")
SEPARATOR = "\x1e"

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

REFUSALS: dict[str, Callable[..., tuple[str, str]]] = {
    "password": lambda: (
        "文件有密码，打不开。请在表格软件里取消密码，另存后再上传",
        "The file is protected by a password. Remove the password in the spreadsheet program, save it, and upload"
        " it again",
    ),
    "broken": lambda: (
        "文件打不开：内容不完整或已损坏。请在表格软件里打开、另存为 .xlsx 后再上传；打不开的话，请对方重发",
        "The file cannot be read: it is cut off or damaged. Open it in the spreadsheet program and save it as"
        " .xlsx; if it does not open there either, ask the sender for it again",
    ),
    "not_a_workbook": lambda: (
        "这是一个压缩包，不是表格。请解压后上传里面的表格文件",
        "This is a zip archive, not a workbook. Unpack it and upload the workbook inside",
    ),
    "word_file": lambda: (
        "这是 Word 文档，不是表格。请把表格复制到 Excel 或 WPS 表格，存为 .xlsx 后上传",
        "This is a Word document, not a workbook. Copy the table into a spreadsheet, save it as .xlsx and upload"
        " that",
    ),
    "other_program": lambda: (
        "这是别的表格软件（ODS、Numbers）的文件，这里读不了。请用它打开，另存（导出）为 .xlsx 后上传",
        "This is a file of another spreadsheet program (ODS, Numbers), which is not read here. Open it there, export it as"
        " .xlsx and upload that",
    ),
    "other_document": lambda: (
        "这是演示文稿或版式文件，不是表格。请上传表格原件（.xlsx、.xls 或 .csv）",
        "This is a presentation or a laid-out document, not a workbook. Upload the list itself (.xlsx, .xls or .csv)",
    ),
    "hostile_zip": lambda: (
        "文件的结构不正常，没有打开。请在表格软件里新建一个表，只粘贴数值，另存后上传",
        "The file is not built like a workbook and was not opened. Paste the values into a new workbook and"
        " upload that",
    ),
    "macro": lambda: (
        "文件里有宏（程序），没有打开。请在表格软件里另存为不带宏的 .xlsx 后上传",
        "The file holds macros (a program) and was not opened. Save it as .xlsx without macros and upload that",
    ),
    "unpacks_too_large": lambda megabytes: (
        f"文件展开后超过 {megabytes} MB，没有打开。请删去空白行列和图片，或分乡镇上传",
        f"The file unpacks to more than {megabytes} MB and was not opened. Remove empty rows and pictures, or"
        " upload it by township",
    ),
    "too_much_memory": lambda: (
        "这个表要占用的内存太大：单元格隔得太远或太多。请把名单本身复制到新表，另存后上传",
        "The workbook needs too much memory: its cells are too far apart or too many. Copy the list alone into a"
        " new workbook and upload that",
    ),
    "too_many_rows": lambda rows, most: (
        f"表里有 {rows:,} 行，一次最多 {most:,} 行。请分乡镇上传",
        f"The sheet has {rows:,} rows; at most {most:,} at once. Upload it by township",
    ),
    "too_many_columns": lambda columns, most: (
        f"表里有 {columns:,} 列，最多 {most:,} 列。请删去名单以外的列",
        f"The sheet has {columns:,} columns; at most {most:,}. Remove the columns that are not part of the list",
    ),
    "too_many_sheets": lambda sheets, most: (
        f"文件里有 {sheets} 张表，最多 {most} 张。请只留名单所在的表",
        f"The file has {sheets} sheets; at most {most}. Keep only those with the list",
    ),
    "too_many_formulas": lambda formulas: (
        f"表里有 {formulas:,} 个公式。请全选、复制、粘贴为数值后上传",
        f"The sheet has {formulas:,} formulas. Paste the list as values and upload that",
    ),
    "cell_too_long": lambda characters: (
        f"有一格长达 {characters:,} 个字。请删去后再上传",
        f"One cell holds {characters:,} characters. Remove it and upload the list again",
    ),
}


def read_book(source: bytes) -> Book:
    """The sheets of a list's file, whatever its name says it is. Raises Refusal (code: why)."""
    if not source.strip(b"\0 \t\r\n"):
        raise Refusal(
            "文件是空的，一个字也没有。请检查是不是选错了文件",
            "The file is empty. Check whether it is the right file",
            code="empty",
        )
    if len(source) > FILE_BYTES_MAX:
        size, most = len(source) >> 20, FILE_BYTES_MAX >> 20
        raise Refusal(
            f"文件有 {size} MB，最大 {most} MB。请删去图片和空白，或分乡镇上传",
            f"The file has {size} MB; at most {most} MB. Remove pictures and blanks, or upload it by township",
            code="too_large",
        )
    if source.startswith((ZIP, b"PK\x05\x06")):
        return _read_workbook(source, "xlsx")
    if source.startswith(OLE):
        _refuse_other_ole(source)
        return _read_workbook(source, "xls")
    refuse_stranger(source)
    sheet, encoding = read_delimited(source)
    return _with_rows(Book("csv", (sheet,), encoding))


def _refuse_other_ole(source: bytes) -> None:
    """An old container (OLE) may hold an encrypted workbook or a document: told by its directory entries."""
    if "EncryptedPackage".encode("utf-16-le") in source:
        raise _refusal("password", ())
    if "_VBA_PROJECT_CUR".encode("utf-16-le") in source:
        raise _refusal("macro", ())
    if "WordDocument".encode("utf-16-le") in source:
        raise _refusal("word_file", ())


def _read_workbook(source: bytes, file_format: str) -> Book:
    try:
        # The script is our own and stands beside this file; -I keeps the environment out of it.
        done = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            [sys.executable, "-I", str(CHILD)],
            input=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CHILD_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal("too_much_memory", ()) from error
    head, _, cells = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise _refusal("too_much_memory", ())
    told: dict[str, Any] = json.loads(head)
    if "refused" in told:
        raise _refusal(told["refused"], told["detail"])
    sheets = tuple(_sheets(told["sheets"], cells))
    return _with_rows(Book(file_format, sheets, has_comments=told["comments"], since_1904=told["since_1904"]))


def _sheets(heads: Sequence[dict[str, Any]], cells: bytes) -> list[Sheet]:
    sheets, at = [], 0
    for head in heads:
        columns, types = [], []
        for size, letters in head["columns"]:
            columns.append(cells[at : at + size].decode("utf-8").split(SEPARATOR))
            types.append(letters)
            at += size
        assert all(len(column) == head["rows"] for column in columns), "a column of another length"
        sheets.append(
            Sheet(
                name=head["name"],
                rows=head["rows"],
                columns=tuple(columns),
                types=tuple(types),
                is_hidden=head["hidden"],
                merged=tuple((r1, c1, r2, c2) for r1, c1, r2, c2 in head["merged"]),
                formulas={(row, column): bool(value) for row, column, value in head["formulas"]},
                errors=frozenset((row, column) for row, column in head["errors"]),
                hidden_rows=frozenset(head["hidden_rows"]),
                months=frozenset((row, column) for row, column in head.get("months", ())),
            )
        )
    assert at == len(cells), "bytes left over"
    return sheets


def _with_rows(book: Book) -> Book:
    if all(sheet.is_empty for sheet in book.sheets):
        raise Refusal(
            "表里没有内容。请检查名单是不是在另一个文件里",
            "The workbook holds nothing. Check whether the list is in another file",
            code="empty",
        )
    return book


def _refusal(code: str, detail: Sequence[Any]) -> Refusal:
    zh, en = REFUSALS[code](*detail)
    return Refusal(zh, en, code=code)
