"""Limits that keep the house readable, and words that have no place in it."""

import ast
import re
import subprocess

import pytest

from tests.architecture.house import PROJECT, python_files, room_of, shown, tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
NO_SUCH_MODULES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "signals"}
ORDER = [
    {"urls"},
    {"views", "admin", "tasks", "management"},
    {"forms"},
    {"services"},
    {"queries"},
    {"models"},
    {"lifecycle"},
]
UNWANTED = re.compile(
    r"(?:\.\./shared|/home/\w+/|/root/|/Users/|\bTODO\b|\bFIXME\b|\bXXX\b)"  # paths of one machine, promises
)
TEXT = {".py", ".html", ".md", ".toml", ".po", ".css", ".js", ".txt", ".sh", ".in", ".svg", ""}
OWN = {"tests/architecture/test_limits.py"}


def kept_files():
    """Every text file under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    names = (PROJECT / name for name in listed.stdout.split("\0") if name)
    return [file for file in names if file.suffix in TEXT and file.is_file()]


def test_files_are_short():
    rooms = [file for file in python_files() if "migrations" not in file.parts]
    tests = sorted((PROJECT / "tests").rglob("*.py"))
    lengths = {shown(file): len(file.read_text().splitlines()) for file in (*rooms, *tests)}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_functions_are_short():
    long = {
        f"{shown(file)}:{node.name}": node.end_lineno - node.lineno + 1
        for file in python_files()
        if "migrations" not in file.parts
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX
    }
    assert long == {}


def test_modules_are_named_for_what_they_own():
    names = [
        shown(file)
        for file in python_files()
        if {part.removesuffix(".py") for part in file.parts} & NO_SUCH_MODULES
    ]
    assert names == []


def rank(module):
    return next((rank for rank, names in enumerate(ORDER) if module in names), None)


def imported(node):
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)


def test_inside_a_room_imports_go_down_too():
    """urls > views, admin, tasks, management > forms > services > queries > models > lifecycle."""
    up = []
    for file in python_files():
        own = rank(file.relative_to(PROJECT).with_suffix("").parts[1])
        for node in ast.walk(tree(file)):
            for name in imported(node):
                other_room, module, *_ = [*name.split("."), "", ""]
                other = rank(module) if other_room == room_of(file) else None
                if own is not None and other is not None and other < own:
                    up.append(f"{shown(file)}:{node.lineno}: {name}")
    assert up == []


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="not a clone: nothing says which files are kept")
def test_no_machine_paths_and_no_promises():
    found = [
        f"{shown(file)}:{number}: {line.strip()[:80]}"
        for file in kept_files()
        if shown(file) not in OWN
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1)
        if UNWANTED.search(line)
    ]
    assert found == []
