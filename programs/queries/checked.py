"""A policy's text while it is being written: what is wrong with it, and what it can be begun from."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from facts.catalogue import load_catalogue
from programs import language
from programs.language.reading import BYTES_MAX
from programs.queries import figures
from standards.words import Words

FOLDER = Path(language.__file__).parents[1]
BEGINNINGS = ("policies", "library")  # samples, and rules that counties have published
TOO_LARGE = Words("文件太大：政策文件不超过 1 MB", "The file is too large: a policy has at most 1 MB")
SPARE_LINES = (
    12  # below the text, so that a few lines may be added before the numbers beside it are drawn anew
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A problem with the line it stands on."""

    problem: language.Problem
    text: str


def problems_of(source: bytes) -> list[language.Problem]:
    """All that stands between these bytes and their coming into force; empty where nothing does."""
    if len(source) > BYTES_MAX:
        return [language.Problem(1, "file", TOO_LARGE)]
    try:
        policy = language.read(source, load_catalogue(), figures())
    except language.PolicyErrors as refused:
        return list(refused.problems)
    return language.prove(policy)


def with_lines(text: str, problems: list[language.Problem]) -> list[Wrong]:
    """Each problem beside the line as it is written."""
    lines = text.split("\n")
    return [Wrong(one, lines[one.line - 1].strip() if 0 < one.line <= len(lines) else "") for one in problems]


def numbered(text: str, problems: list[language.Problem]) -> list[tuple[int, bool]]:
    """The numbers beside the text, and whether something is wrong on that line."""
    wrong = {one.line for one in problems}
    return [(at, at in wrong) for at in range(1, text.count("\n") + 2 + SPARE_LINES)]


@cache
def beginnings() -> tuple[tuple[str, Words], ...]:
    """What a new policy can be begun from: ``folder/name`` and its title. The files come with the program: read once."""
    return tuple(
        (f"{folder}/{file.stem}", Words(**tomllib.loads(file.read_text(encoding="utf-8"))["title"]))
        for folder in BEGINNINGS
        for file in sorted((FOLDER / folder).glob("*.toml"))
    )


def beginning(name: str) -> str:
    """The text of one of the beginnings; empty for any other name."""
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8") if name in dict(beginnings()) else ""
