"""Files that cannot be a list: each is one sentence, quickly, and takes nothing."""

import io
import random
import re
import zipfile

import pytest

from beneficiaries.lists import guard
from beneficiaries.lists.guard import read_book
from standards.words import Refusal
from tests.beneficiaries.workbooks import HEADER, ROW, csv_bytes, xlsx

GOOD = xlsx([HEADER, *[ROW] * 200])


def zipped(**members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def replaced(source: bytes, path: str, change) -> bytes:
    """The workbook with one member changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == path else data)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    b"</sheetData></worksheet>"
)
TEXT_6 = re.compile(rb't="s"><v>6</v>')  # the first shared text below the header


def numbered(wrong: bytes) -> bytes:
    """The workbook with another number where a cell says which of the shared texts it holds."""
    return replaced(GOOD, SHEET, lambda data: TEXT_6.sub(wrong, data, count=1))


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
FILES = {
    "empty": (b"", "empty"),
    "only blanks": (b" \r\n\t\n", "empty"),
    "only NUL bytes": (b"\0" * 5000, "empty"),
    "an empty workbook": (xlsx([[]]), "empty"),
    "a zip of other things": (zipped(**{"a.txt": "x"}), "not_a_workbook"),
    "an empty zip": (zipped(), "not_a_workbook"),
    "a Word document": (zipped(**{"word__document.xml": "<w/>"}), "word_file"),
    "a password-protected workbook": (OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500, "password"),
    "an old Word document": (OLE + "WordDocument".encode("utf-16-le") + b"\0" * 500, "word_file"),
    "a broken old workbook": (OLE, "broken"),
    "a photo": (b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(2000), "not_a_list"),
    "a picture": (b"\x89PNG\r\n" + b"\0" * 100, "not_a_list"),
    "a PDF": (b"%PDF-1.7\n", "not_a_list"),
    "noise": (random.Random(2).randbytes(5000), "not_text"),
    "a cut workbook": (GOOD[: len(GOOD) // 2], "broken"),
    "a cut text file": (csv_bytes([HEADER, ROW])[:-40] + b',"abc', "broken"),
    "half a character": (csv_bytes([HEADER, ROW], "utf-16")[:-1], "broken"),
    "two cells far apart": (replaced(GOOD, SHEET, lambda data: FAR), "too_much_memory"),
    "entities": (replaced(GOOD, "xl/workbook.xml", lambda data: BOMB + data), "hostile_zip"),
    "a cut sheet": (replaced(GOOD, SHEET, lambda data: data[: len(data) // 2]), "broken"),
    "a shared text that is none": (numbered(b't="s"><v>99999</v>'), "broken"),
    "a shared text of number -1": (numbered(b't="s"><v>-1</v>'), "broken"),  # the reader takes the first text
    "a shared text of number 1e0": (numbered(b't="s"><v>1e0</v>'), "broken"),
    "a shared text of a long number": (numbered(b't="s"><v>18446744073709551616</v>'), "broken"),
    "a shared text, said otherwise": (numbered(b"t = 's' ><v xml:space='preserve'> 6 </v>"), "broken"),
    "a text that the reader drops": (numbered(b't="str"><v><![CDATA[x]]></v>'), "broken"),
    "60 MB of nothing in 60 KB": (
        replaced(GOOD, "xl/theme/theme1.xml", lambda data: bytes(60 << 20)),
        "hostile_zip",
    ),
    "a 30 MB file": (b"x," * (15 << 20), "too_large"),
    "too many columns": (csv_bytes([["x"] * 300]), "too_many_rows"),
}


@pytest.mark.parametrize(("source", "code"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_a_list_is_one_sentence(source, code):
    with pytest.raises(Refusal) as caught:
        read_book(source)
    assert caught.value.code == code
    assert len(caught.value.words.zh) > 5
    assert len(caught.value.words.en) > 10


@pytest.mark.long
def test_a_zip_bomb_is_noticed_while_it_unpacks():
    bomb = replaced(GOOD, "xl/theme/theme1.xml", lambda data: b"\0" * (610 << 20))
    with pytest.raises(Refusal) as caught:
        read_book(bomb)
    assert caught.value.code == "unpacks_too_large"


def test_a_bit_flipped_in_a_workbook_is_noticed():
    dice = random.Random(610124)
    before = read_book(GOOD).sheets[0].columns
    for _ in range(8):
        wrong = bytearray(GOOD)
        wrong[dice.randrange(len(wrong))] ^= 1 << dice.randrange(8)
        try:
            assert read_book(bytes(wrong)).sheets[0].columns == before
        except Refusal as refusal:
            assert refusal.code in ("broken", "not_a_workbook", "hostile_zip", "password", "not_text")  # noqa: PT017


def test_a_child_that_takes_too_long_is_a_refusal(monkeypatch):
    monkeypatch.setattr(guard, "CHILD_SECONDS_MAX", 0.001)
    with pytest.raises(Refusal) as caught:
        read_book(GOOD)
    assert caught.value.code == "too_much_memory"
