"""Whom somebody should call, township by township: a right and no application, or one paper short of it.

Papers come from the kinds of evidence: a fact that is not known names the papers that settle it. Where one paper settles
everything that is open, the family is one paper short.
"""

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from applications.models import Application, Assessment
from facts.catalogue import load_catalogue
from officials.models import Official
from portal.queries import county
from portal.queries.places import TOWNSHIP_DIGITS
from programs.language.names import SETS

Pattern = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """What is left to do in one township: rights without an application, families one paper short, applications."""

    code: str  # nine digits
    missed: int
    short: int
    applied: int

    @property
    def share(self) -> float:
        """How far it has come: applications over all who have a right."""
        return self.applied / (self.applied + self.missed) if self.applied + self.missed else 1.0


def paper_of(unsettled: Pattern) -> str:
    """The one paper that settles every one of these facts; empty where there is none.

    What may be open of a parent of another county comes by a paper of that county first: that she lives is the rule.
    """
    catalogue = load_catalogue()
    facts = catalogue.facts
    settling: list[dict[str, None]] = []
    for name in unsettled:
        whose, _, own = name.partition(".")
        fact = facts.get(own if whose in SETS else name)
        papers = list(fact.settled_by if fact else ())
        if fact and whose == "parents":
            papers = catalogue.papers_ruling_out(fact.kind) + papers
        settling.append(dict.fromkeys(papers))
    if not settling:
        return ""
    return next((paper for paper in settling[0] if all(paper in one for one in settling)), "")


def papers_by_pattern(rows: "QuerySet[Assessment]") -> dict[Pattern, str]:
    """Of the sets of open facts among ``rows`` those that one paper settles, with the paper. One query."""
    found = {tuple(names) for names in rows.order_by().values_list("unsettled", flat=True).distinct()}
    return {pattern: paper for pattern in found if (paper := paper_of(pattern))}


def one_paper_short(official: Official, paper: str = "") -> tuple["QuerySet[Assessment]", dict[Pattern, str]]:
    """Those in scope whom one paper (this one, where it is named) would settle, and the paper by what is open."""
    rows = county.missed(official, verdict=county.UNKNOWN)
    patterns = papers_by_pattern(rows)
    wanted = [pattern for pattern, one in patterns.items() if paper in ("", one)]
    if not wanted:
        return rows.none(), patterns
    return rows.filter(reduce(or_, (Q(unsettled=list(pattern)) for pattern in wanted))), patterns


def towns(official: Official, *, program: str = "") -> list[Town]:
    """Every township of the scope that has something left or done, the most left first. Two queries."""
    of_program = Q(program=program) if program else Q()
    visible = Assessment.objects.visible_to(official).filter(
        of_program, verdict__in=(county.YES, county.UNKNOWN)
    )
    open_rights = county.without_asking(visible).order_by().values(town=Left("division", TOWNSHIP_DIGITS))
    missed: Counter[str] = Counter()
    short: Counter[str] = Counter()
    for town, verdict, unsettled, n in open_rights.annotate(n=Count("pk")).values_list(
        "town", "verdict", "unsettled", "n"
    ):
        if verdict == county.YES:
            missed[town] += n
        elif paper_of(tuple(unsettled)):
            short[town] += n
    asked = Application.objects.visible_to(official).exclude(state__in=county.NOT_YET).filter(of_program)
    counted = asked.order_by().values(town=Left("division", TOWNSHIP_DIGITS)).annotate(n=Count("pk"))
    applied = Counter(dict(counted.values_list("town", "n")))
    found = [Town(code, missed[code], short[code], applied[code]) for code in {*missed, *short, *applied}]
    return sorted(found, key=lambda town: (-town.missed, -town.short, town.code))
