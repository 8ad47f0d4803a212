"""Files made to do harm: each is answered within seconds and 200 MB, takes nothing, and says one sentence.

The process that reads a workbook is started by a small one of its own, so that its memory is measured and not ours.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from beneficiaries.lists import guard
from beneficiaries.lists.guard import read_book
from standards.words import Refusal
from tests.beneficiaries.old_workbooks import OldSheet, container, stream
from tests.beneficiaries.test_bad_files import GOOD, SHEET, replaced
from tests.beneficiaries.workbooks import GIRL, HEADER, ROW, check, csv_bytes, xlsx

SECONDS_MAX, MEGABYTES_MAX = 5, 200
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-I", sys.argv[1]], stdin=open(sys.argv[2], "rb"), stdout=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
head = done.stdout.split(b"\\n")[0].decode()
print(json.dumps([head, used.ru_maxrss >> 10, used.ru_utime + used.ru_stime]))
"""
READ = """
import json, re, sys, time
from beneficiaries.lists.guard import read_book
from standards.words import Refusal
source = open(sys.argv[1], "rb").read()
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
before, begun, code = peak(), time.process_time(), ""
try:
    read_book(source)
except Refusal as refusal:
    code = refusal.code
    assert len(refusal.words.zh) > 10
print(json.dumps([code, peak() - before >> 10, time.process_time() - begun]))
"""
PROJECT = Path(guard.__file__).parents[2]
FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'


def sheet(body: str) -> bytes:
    """A workbook whose only sheet has these rows."""
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{name}"><sheetData>{FIRST}{body}</sheetData></worksheet>'
    return replaced(GOOD, SHEET, lambda data: xml.encode())


def empty_rows() -> bytes:
    return sheet("".join(f'<row r="{n}"/>' for n in range(2, 1_048_577)))


def claims_4_gb() -> bytes:
    """Half a megabyte that says it unpacks to 4 GB: the size stands in the directory at the end."""
    whole = bytearray(GOOD)
    at = whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"xl/worksheets/sheet1.xml"))
    whole[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    return bytes(whole)


def padded(megabytes: int) -> bytes:
    """Blanks in a sheet with one formula: they pack to nothing, and a careless reader takes them all in."""
    return sheet(" " * (megabytes << 20) + '<row r="2"><c r="A2"><f>1</f><v>1</v></c></row>')


def entity() -> bytes:
    return replaced(
        GOOD, SHEET, lambda data: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + data
    )


def laughs() -> bytes:
    """The billion laughs, in the shared texts."""
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return replaced(GOOD, "xl/sharedStrings.xml", lambda data: f"<!DOCTYPE x [{lines}]>".encode() + data)


def macro() -> bytes:
    return replaced(GOOD, "docProps/app.xml", lambda data: data).replace(
        b"docProps/app.xml", b"x/vbaProject.bin"
    )


def endless() -> bytes:
    """An old workbook of fifty sheets that all begin before five million records of nothing."""
    whole = stream(*(OldSheet([["x"]], name=f"{number}") for number in range(50)))
    return container(whole[:-4] + bytes(4 * 5_000_000) + whole[-4:])


WORKBOOKS = {
    "five million records of nothing": (endless, "broken"),
    "1,048,576 empty rows": (empty_rows, ""),
    "a cell in the last row": (lambda: sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "any"),
    "ten columns to the last row": (
        lambda: sheet('<row r="1048576"><c r="J1048576"><v>1</v></c></row>'),
        "any",
    ),
    "the last cell of all": (lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "any"),
    "says it unpacks to 4 GB": (claims_4_gb, "unpacks_too_large"),
    "100 MB of blanks": (lambda: padded(100), "any"),
    "an entity that reads a file": (entity, "hostile_zip"),
    "a billion laughs": (laughs, "hostile_zip"),
    "macros": (macro, "macro"),
}


@pytest.mark.parametrize(("made", "code"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_hostile_workbook_costs_little(made, code, tmp_path):
    path = tmp_path / "list.bin"
    path.write_bytes(made())
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, str(guard.CHILD), str(path)],
        capture_output=True,
        check=True,
        text=True,
    )
    head, megabytes, seconds = json.loads(done.stdout)
    assert megabytes <= MEGABYTES_MAX
    assert seconds <= SECONDS_MAX
    told = json.loads(head) if head else {"refused": "too_much_memory"}  # it died at its limit
    if code == "any":
        assert "refused" in told
    else:
        assert told.get("refused", "") == code


@pytest.mark.parametrize(
    "name", ["says it unpacks to 4 GB", "an entity that reads a file", "a billion laughs", "macros"]
)
def test_a_hostile_workbook_is_one_sentence(name):
    made, code = WORKBOOKS[name]
    with pytest.raises(Refusal) as caught:
        read_book(made())
    assert caught.value.code == code
    assert len(caught.value.words.zh) > 10
    assert len(caught.value.words.en) > 10


TEXTS = {
    "a photo called .csv": lambda: b"\xff\xd8\xff\xe0" + random.Random(3).randbytes(1 << 20),
    "noise": lambda: random.Random(4).randbytes(1 << 20),
    "NUL bytes inside": lambda: csv_bytes([HEADER, ROW]).replace(b"2026", b"20\x0026"),
    "control characters": lambda: csv_bytes([HEADER, ROW]).replace(b"2026", b"20\x0726"),
    "twelve million lines": lambda: b"x\n" * (12 << 20),
    "twelve million columns": lambda: b"x," * (12 << 20),
    "a quote mark that never ends": lambda: b'a,b\n"' + b"x" * (20 << 20),
}


@pytest.mark.parametrize("made", TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_file_costs_little_and_is_one_sentence(made, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(made())
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, check=True, text=True, cwd=PROJECT
    )
    code, megabytes, seconds = json.loads(done.stdout)
    assert code in ("not_text", "not_a_list", "too_many_rows", "broken")
    assert megabytes <= MEGABYTES_MAX
    assert seconds <= SECONDS_MAX


NAMES = {
    "written from right to left": ("赵\u202e雨桐", "赵雨桐"),
    "an invisible mark": ("赵\u200b雨桐", "赵雨桐"),
    "a compatibility form": ("赵雨\uf900", None),
    "200 characters": ("赵" * 200, None),
    "a control character": ("赵\x08雨桐", None),
}


@pytest.mark.parametrize(("name", "taken"), NAMES.values(), ids=NAMES)
def test_a_strange_name_is_told_with_its_place_or_taken_with_the_change_listed(name, taken):
    checked = check(xlsx([HEADER, [name, *ROW[1:]]])).checked
    value = checked.values["subject_name"][0]
    changes = {checked.table.cell(row, one.key) for one in checked.changes for row in one.rows}
    problems = {checked.table.cell(one.row, one.key) for one in checked.problems}
    if taken is not None:
        assert value == taken
    assert checked.values["subject"] == [GIRL]
    assert value == name or "A2" in changes | problems
    assert value != name or value is None or "A2" in problems
