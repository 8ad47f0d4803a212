"""Workbooks as departments make them: titles, merged heads, totals, remarks, numbers typed in many ways.

What is written here is untidy and still right: full-width digits, a leading apostrophe or blanks are read by
every clerk. What is wrong was planted before, in ``sample.defects``.
"""

import random
from datetime import datetime
from pathlib import Path

import xlsxwriter

from sample.lists import Row, SampleList

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
REMARKS = ("已电话核对", "外出务工", "资料齐全", "下月补签字", "与村上核过")
CREATED = datetime(2026, 7, 15, 9, 0)  # noqa: DTZ001  a property of the file, which knows no zone
WIDE = {
    "id": 22,
    "head_citizen_id": 22,
    "father_citizen_id": 22,
    "mother_citizen_id": 22,
    "number": 26,
    "school": 24,
}


def write_workbook(made: SampleList, folder: Path, dice: random.Random) -> None:
    """Write one list and note in each row where it stands (``Row.number``, counted from 1)."""
    path = folder / made.file
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"title": made.title, "created": CREATED})
    sheet = book.add_worksheet(made.sheet)
    _Typist(book, sheet, made, dice).type_list()
    book.close()


class _Typist:
    """Types one sheet from top to bottom (constant memory asks for that order)."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        sheet: "xlsxwriter.worksheet.Worksheet",
        made: SampleList,
        dice: random.Random,
    ) -> None:
        self.sheet = sheet
        self.made = made
        self.dice = dice
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        self.text = book.add_format({"border": 1, "num_format": "@"})
        self.columns = [("serial", "序号"), *made.columns, ("remark", "备注")]
        self.line = 0  # the next row, counted from 0

    def type_list(self) -> None:
        for place, (key, _) in enumerate(self.columns):
            self.sheet.set_column(place, place, WIDE.get(key, 12))
        self._type_heads()
        for serial, row in enumerate(self.made.rows, start=1):
            self._type_row(serial, row)
        self._type_foot()

    def _type_heads(self) -> None:
        last = len(self.columns) - 1
        self.sheet.merge_range(self.line, 0, self.line, last, self.made.title, self.title)
        self.line += 1
        if self.dice.random() < 0.7:
            self.sheet.write_string(self.line, 0, f"填报单位:周至县   填报日期:{self.made.on:%Y年%m月%d日}")
            self.line += 1
        if self.dice.random() < 0.4:  # a head above the head, over several columns
            self.sheet.merge_range(self.line, 1, self.line, 2, "基本信息", self.head)
            self.sheet.merge_range(self.line, 3, self.line, last, "登记信息", self.head)
            self.line += 1
        for place, (_, header) in enumerate(self.columns):
            self.sheet.write_string(self.line, place, self._spaced(header), self.head)
        self.line += 1

    def _spaced(self, header: str) -> str:
        """Short heads are often spread: 姓 名."""
        return " ".join(header) if len(header) == 2 and self.dice.random() < 0.3 else header

    def _type_row(self, serial: int, row: Row) -> None:
        row.number = self.line + 1
        self.sheet.write_number(self.line, 0, serial, self.text)
        for place, (key, _) in enumerate(self.columns[1:-1], start=1):
            value = row.cells.get(key, "")
            if key == row.numeric:
                self.sheet.write_number(self.line, place, float(value.replace("X", "0")))
            elif value:
                self.sheet.write_string(self.line, place, self._typed(key, value, row), self.text)
        remark = row.cells.get("remark") or (self.dice.choice(REMARKS) if self.dice.random() < 0.01 else "")
        if remark:
            self.sheet.write_string(self.line, len(self.columns) - 1, remark, self.text)
        self.line += 1

    def _typed(self, key: str, value: str, row: Row) -> str:
        if key != "id" or row.defects:
            return value
        way = self.dice.random()
        if way < 0.004:
            return value.translate(FULL_WIDTH)
        if way < 0.008:
            return "'" + value
        if way < 0.014:
            return f" {value} "
        return value.lower() if way < 0.1 else value

    def _type_foot(self) -> None:
        self.sheet.write_string(self.line, 0, "合计", self.head)
        self.sheet.write_string(self.line, 1, f"共{len(self.made.rows)}条", self.head)
        self.sheet.write_string(self.line + 2, 0, "填表人:            审核人:            (盖章)")
