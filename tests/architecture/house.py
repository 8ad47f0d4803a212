"""The plan of the house as ``pyproject.toml`` states it, and its files."""

import ast
import tomllib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@cache
def pyproject():
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


@cache
def floors():
    """Room → floor, the lowest is 0."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {room.strip(): floor for floor, layer in enumerate(reversed(layers)) for room in layer.split("|")}


def may_see(room, other):
    """Whether ``room`` may know of ``other``: itself, or a lower floor."""
    return room == other or floors()[other] < floors()[room]


def python_files():
    """Every Python file of the rooms."""
    return [file for room in floors() for file in sorted((PROJECT / room).rglob("*.py"))]


def templates():
    """Every template of the rooms."""
    return [
        file
        for room in floors()
        for file in sorted((PROJECT / room).glob("templates/**/*"))
        if file.is_file()
    ]


def room_of(file):
    return file.relative_to(PROJECT).parts[0]


def shown(file):
    return str(file.relative_to(PROJECT))


@cache
def tree(file):
    return ast.parse(file.read_text())
