"""The papers of an open application: missing ones first, then those held, then those a list makes needless."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from applications.models import Application, Paper
from applications.services.counter import judged_now
from facts.catalogue import load_catalogue
from portal.queries.application import paper_words
from standards.words import Refusal, Words


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of paper."""

    kind: str
    words: Words
    state: str  # missing, held, not_needed
    papers: Sequence[Paper] = ()
    fact: str = ""  # the kind of evidence to enter from it, where its fact is not known yet

    @property
    def has_declaration(self) -> bool:
        return any(paper.is_declaration for paper in self.papers)


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines, and the problem where the right itself is gone."""

    lines: Sequence[Line]
    verdict: int
    amount_fen: int
    problem: Words | None = None

    @property
    def missing(self) -> int:
        return sum(line.state == "missing" for line in self.lines)


def checklist(application: Application, on: date) -> Checklist:
    """The checklist as of today: a list that came in meanwhile makes its paper needless."""
    held: dict[str, list[Paper]] = {}
    for paper in application.papers.all():
        held.setdefault(paper.kind, []).append(paper)
    try:
        judged = judged_now(application, on=on)
    except Refusal as refusal:
        return Checklist(_held(held), application.verdict, application.amount_fen, refusal.words)
    needed = judged.papers_to_bring()
    named = judged.loaded.program.policy.apply.papers
    open_facts = {kind: _kind_of(kind) for kind in needed}
    lines = [
        Line(kind, paper_words(kind), "missing", fact=open_facts[kind]) for kind in needed if kind not in held
    ]
    lines += [replace(line, fact=open_facts.get(line.kind, "")) for line in _held(held)]
    lines += [
        Line(kind, paper_words(kind), "not_needed")
        for kind in named
        if kind not in needed and kind not in held
    ]
    return Checklist(lines, judged.verdict, judged.amount_fen)


def _kind_of(paper: str) -> str:
    """The kind of evidence to enter from a paper at the counter; empty where its file offers none."""
    kinds = load_catalogue().kinds.values()
    return next((kind.name for kind in kinds if paper in kind.papers and kind.entered != "never"), "")


def _held(held: dict[str, list[Paper]]) -> list[Line]:
    return [Line(kind, paper_words(kind), "held", tuple(papers)) for kind, papers in held.items()]
