"""The Chinese of the screens: every room's catalogue in one, and what still lacks its Chinese.

Message ids are English. Each room keeps ``locale/zh_Hans/LC_MESSAGES/django.po``; they are compiled with
polib (gettext need not be installed) into one file under ``var/``, so the source tree may be read-only.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import polib
from django.utils.translation.template import templatize

CATALOGUE = Path("zh_Hans") / "LC_MESSAGES" / "django.mo"
FUNCTIONS = {"gettext", "gettext_lazy", "gettext_noop", "_", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(rf"\b(?:n?gettext|_)\(\s*{STRING}")
IN_TEMPLATE_WITH_CONTEXT = re.compile(rf"\bn?pgettext\(\s*{STRING}\s*,\s*{STRING}")


@dataclass(frozen=True, slots=True, order=True)
class Used:
    """A message id where it is used."""

    file: str
    line: int
    msgid: str
    context: str = ""


def catalogues(project: Path, rooms: list[str]) -> list[Path]:
    """The rooms' own catalogues that exist."""
    files = (project / room / "locale" / CATALOGUE.with_suffix(".po") for room in rooms)
    return [file for file in files if file.is_file()]


def compile_all(project: Path, rooms: list[str], target: Path) -> bool:
    """Compile into ``target`` unless it is newer than every catalogue; whether anything was written."""
    files = catalogues(project, rooms)
    written = target / CATALOGUE
    newest = max((file.stat().st_mtime_ns for file in files), default=0)
    if written.is_file() and written.stat().st_mtime_ns > newest:
        return False
    written.parent.mkdir(parents=True, exist_ok=True)
    whole = polib.POFile()
    whole.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    seen: set[tuple[str, str]] = set()
    for file in files:
        for entry in polib.pofile(str(file)):
            key = (entry.msgctxt or "", entry.msgid)
            if (entry.msgstr or entry.msgstr_plural) and not entry.obsolete and key not in seen:
                seen.add(key)
                whole.append(entry)
    unfinished = written.with_name(f"{written.name}.{id(whole)}")
    whole.save_as_mofile(str(unfinished))
    unfinished.replace(written)
    return True


def translated(project: Path, rooms: list[str]) -> set[tuple[str, str]]:
    """(context, msgid) of everything that has Chinese, Django's own words included."""
    django_root = Path(django.__file__).parent
    parts = [polib.pofile(str(file)) for file in catalogues(project, rooms)]
    for folder in ("conf", "contrib/auth", "contrib/admin", "contrib/humanize", "contrib/contenttypes"):
        file = django_root / folder / "locale" / CATALOGUE
        if file.is_file():
            parts.append(polib.mofile(str(file)))
    return {(e.msgctxt or "", e.msgid) for part in parts for e in part if e.msgstr or e.msgstr_plural}


def conflicts(project: Path, rooms: list[str]) -> list[str]:
    """Message ids that two rooms translate differently: one catalogue can hold only one of them."""
    chinese: dict[tuple[str, str], tuple[str, Path]] = {}
    found = []
    for file in catalogues(project, rooms):
        for entry in polib.pofile(str(file)):
            words = entry.msgstr or entry.msgstr_plural.get(0, "")
            before = chinese.setdefault((entry.msgctxt or "", entry.msgid), (words, file))
            if words and before[0] and before[0] != words:
                found.append(
                    f"{entry.msgid!r}: {before[0]} ({before[1].parts[-5]}), {words} ({file.parts[-5]})"
                )
    return found


def used(project: Path, rooms: list[str]) -> Iterator[Used]:
    """Every message id in the rooms' templates and Python files."""
    for room in rooms:
        for file in sorted((project / room).rglob("*.py")):
            yield from _used_in_python(file, str(file.relative_to(project)))
        for file in sorted((project / room).glob("templates/**/*.*")):
            yield from _used_in_template(file, str(file.relative_to(project)))


def _used_in_python(file: Path, name: str) -> Iterator[Used]:
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
        words = [text for text in texts if isinstance(text, str)]
        if function in FUNCTIONS and words:
            yield Used(name, node.lineno, words[0])
        elif function in WITH_CONTEXT and len(words) > 1:
            yield Used(name, node.lineno, words[1], words[0])


def _used_in_template(file: Path, name: str) -> Iterator[Used]:
    for number, line in enumerate(templatize(file.read_text(), origin=name).split("\n"), 1):
        for text in IN_TEMPLATE.findall(line):
            yield Used(name, number, ast.literal_eval(text))
        for context, text in IN_TEMPLATE_WITH_CONTEXT.findall(line):
            yield Used(name, number, ast.literal_eval(text), ast.literal_eval(context))


def missing(project: Path, rooms: list[str]) -> list[Used]:
    """Message ids without Chinese, in order of place."""
    have = translated(project, rooms)
    return sorted({one for one in used(project, rooms) if one.msgid and (one.context, one.msgid) not in have})
