"""Every text a room's templates and modules give to gettext, found without the gettext tools."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
NAMES = {
    "gettext": 0,
    "gettext_lazy": 0,
    "_": 0,
    "ngettext": 0,
    "ngettext_lazy": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
}
# templatize leaves translation calls in a text that is otherwise x-ed out
IN_TEMPLATE = re.compile(
    r"""\b(?:gettext|ngettext|_)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\"\"\".*?\"\"\")""", re.S
)


def texts(room: str) -> set[str]:
    """All message ids of a room."""
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.html"):
        found |= set(_in_template(path))
    for path in (ROOT / room).rglob("*.py"):
        found |= set(_in_module(path))
    return found


def _in_template(path: Path) -> Iterator[str]:
    for match in IN_TEMPLATE.finditer(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(match.group(1)).replace("%%", "%")


def _in_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = NAMES.get(name)
        if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
            yield node.args[at].value
