"""The letters that were written: whom they may be shown to, what waits to be printed, what is held."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from letters import engine
from letters.models import Letter
from letters.queries.occasions import FAMILY, OCCASIONS
from officials.models import Official
from officials.roles import FINANCE, Role

# A family's letters: its township and the county's health side. Batches: finance too.
FAMILY_READERS = (
    Role.CLERK,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_CHECKER,
    Role.COUNTY_APPROVER,
    Role.AUDITOR,
)
MONEY_READERS = (*FINANCE, Role.COUNTY_CHECKER, Role.COUNTY_APPROVER, Role.AUDITOR)
TOWNSHIP, VILLAGE = 9, 12  # digits of a division code
PRINTERS = (Role.CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER, Role.COUNTY_APPROVER)
READERS = tuple(dict.fromkeys((*FAMILY_READERS, *MONEY_READERS)))


@cache
def templates() -> dict[str, engine.Template]:
    """The letters of the house, read once in a process."""
    return engine.load_all()


def readable_kinds(official: Official) -> list[str]:
    """Kinds of letter this official may read at all."""
    family = official.has_role(*FAMILY_READERS)
    money = official.has_role(*MONEY_READERS)
    return [
        kind
        for kind, template in templates().items()
        if (family if OCCASIONS[template.occasion].readers == FAMILY else money)
    ]


def readable(official: Official) -> "QuerySet[Letter]":
    """Letters in the official's scope, of the kinds the official's roles read."""
    return Letter.objects.visible_to(official).filter(kind__in=readable_kinds(official))


def current(official: Official) -> "QuerySet[Letter]":
    """The readable letters that count: what can be printed and handed out."""
    return newest(readable(official))


def newest(letters: "QuerySet[Letter]") -> "QuerySet[Letter]":
    """Without those that a later happening replaced, and without receipts of what was taken back."""
    later = Letter.objects.filter(kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    of_application = later.filter(application=OuterRef("application"))
    of_batch = later.filter(batch=OuterRef("batch"))
    return (
        letters.exclude(Exists(of_application)).exclude(Exists(of_batch)).exclude(application__state="draft")
    )


@dataclass(frozen=True, slots=True)
class Pile:
    """Letters of one kind that can be printed together: of a village, or for the county of a township.

    ``division`` is the prefix their divisions share.
    """

    kind: str
    division: str
    waiting: int
    printed: int
    held: int


def piles(letters: "QuerySet[Letter]", *, today: date, digits: int = VILLAGE) -> list[Pile]:
    """What waits and what was printed today, by kind and by the first ``digits`` of the division. One query."""
    counted = (
        letters.filter(Q(printed_on=None) | Q(printed_on=today))
        .annotate(place=Left("division", digits))
        .order_by("kind", "place")
        .values_list("kind", "place")
        .annotate(
            waiting=Count("pk", filter=Q(printed_on=None, held_for="")),
            printed=Count("pk", filter=Q(printed_on=today)),
            held=Count("pk", filter=~Q(held_for="")),
        )
    )
    return [Pile(*row) for row in counted]


def family_letters(letters: "QuerySet[Letter]") -> "QuerySet[Letter]":
    """Without those about batches, which are printed as a set."""
    return letters.filter(batch=None)


def held(letters: "QuerySet[Letter]") -> "QuerySet[Letter]":
    """Letters that wait for another spelling of a name."""
    return letters.exclude(held_for="").order_by("division", "pk")


def to_print(
    letters: "QuerySet[Letter]", *, kind: str, division: str, printed_on: date | None
) -> "QuerySet[Letter]":
    """The printable letters of one pile, village by village; ``division`` may be a prefix."""
    pile = letters.filter(kind=kind, division__startswith=division, held_for="", printed_on=printed_on)
    return pile.order_by("division", "pk")
