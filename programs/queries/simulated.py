"""What a simulation found, read from the row that keeps it: for the page, the workbook, the gate and the command."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from programs.models import PolicyVersion, Simulation, SimulationLook
from standards.money import yuan
from standards.words import Words

NEARLY_ALL = 95  # per cent of those judged, or of those who have a right
DRAFTS_MAX = 4  # side by side: more do not fit a screen


@dataclass(frozen=True, slots=True)
class Side:
    """One policy on the register: rights met, families who have one, and their fen."""

    rights: int
    families: int
    fen: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing under the version in force and under the draft."""

    name: str
    before: Side
    after: Side

    @property
    def more_fen(self) -> int:
        """What the draft costs above the version in force; negative where it costs less."""
        return self.after.fen - self.before.fen


@dataclass(frozen=True, slots=True)
class Cause:
    """A condition by which rights are lost or were out of reach before, and how many."""

    name: str
    words: Words
    count: int


@dataclass(frozen=True, slots=True)
class Fund:
    """One source of money: what each side costs it, and what is left of the budget."""

    source: str
    words: Words
    before_fen: int
    after_fen: int
    available_fen: int

    @property
    def short_fen(self) -> int:
        """What the draft would cost above what is left; 0 where it is enough."""
        return max(0, self.after_fen - self.available_fen)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a second person has to answer in writing."""

    name: str
    words: Words


@dataclass(frozen=True, slots=True)
class Found:
    """A finished simulation. ``judged`` counts the subjects; ``unkept`` the changes beyond those kept one by one.

    ``as_if``: the version begins later and was judged as if it were in force already. ``kept_out`` says which conditions
    those without a right do not meet, ``open_facts`` what is not known of the ``not_known`` who may have one.
    """

    judged: int
    county: Pair
    gained: int
    lost: int
    more: int
    less: int
    townships: list[Pair]
    funds: list[Fund]
    lost_by: list[Cause]
    gained_by: list[Cause]
    unkept: int
    as_if: bool = False
    kept_out: list[Cause] = field(default_factory=list)
    not_known: int = 0
    open_facts: list[Cause] = field(default_factory=list)

    @property
    def available_fen(self) -> int:
        return sum(fund.available_fen for fund in self.funds)

    @property
    def short_fen(self) -> int:
        """What the draft would cost above all that is left of the budget; 0 where it is enough."""
        return max(0, self.county.after.fen - self.available_fen)

    @property
    def changed(self) -> int:
        return self.gained + self.lost + self.more + self.less


def found_of(simulation: Simulation) -> Found:
    """The result of a finished simulation. Raises KeyError for one that runs."""
    kept: dict[str, Any] = simulation.result
    return Found(
        judged=kept["judged"],
        county=_pair("", kept["county"]),
        gained=kept["gained"],
        lost=kept["lost"],
        more=kept["more"],
        less=kept["less"],
        townships=[_pair(code, sides) for code, sides in sorted(kept["townships"].items())],
        funds=[Fund(one["source"], _words(one), *one["fen"]) for one in kept["funds"]],
        lost_by=_causes(kept["lost_by"]),
        gained_by=_causes(kept["gained_by"]),
        unkept=kept["unkept"],
        as_if=kept.get("as_if", False),
        kept_out=_causes(kept.get("kept_out", [])),
        not_known=kept.get("not_known", 0),
        open_facts=_causes(kept.get("open_facts", [])),
    )


def _pair(name: str, sides: list[list[int]]) -> Pair:
    return Pair(name, Side(*sides[0]), Side(*sides[1]))


def _causes(kept: Iterable[dict[str, Any]]) -> list[Cause]:
    return [Cause(one["name"], _words(one), one["count"]) for one in kept]


def _words(kept: dict[str, Any]) -> Words:
    return Words(kept["zh"], kept["en"])


def alarms_of(simulation: Simulation) -> list[Alarm]:
    """What stands out so much that activation needs an answer in writing."""
    found = found_of(simulation)
    after, before = found.county.after, found.county.before
    alarms = []
    if found.judged == 0:
        words = Words(
            "名册上没有一条这份文件要判断的记录：先把名单装进来，再试算",
            "The register holds no record that this file would judge: take the list in first, then simulate",
        )
        alarms.append(Alarm("nothing_to_judge", words))
    elif after.rights == 0:
        alarms.append(
            Alarm(
                "no_one",
                Words(
                    "按这份文件，现在的名册上没有一个人符合",
                    "Nobody on the register has a right by this file",
                ),
            )
        )
    elif 100 * after.rights >= NEARLY_ALL * found.judged:
        words = Words(
            f"判断了 {found.judged:,} 件，{after.rights:,} 件都符合：几乎人人有份",
            f"{after.rights:,} of {found.judged:,} judged have a right: nearly everyone",
        )
        alarms.append(Alarm("nearly_everyone", words))
    if before.rights and 100 * found.lost >= NEARLY_ALL * before.rights:
        words = Words(
            f"现在符合的 {before.rights:,} 件里，{found.lost:,} 件不再符合",
            f"{found.lost:,} of {before.rights:,} rights would be lost",
        )
        alarms.append(Alarm("nearly_all_lost", words))
    if found.short_fen:
        words = Words(
            f"比可用指标多 {yuan(found.short_fen)} 元",
            f"It would cost {yuan(found.short_fen)} yuan more than is left of the budget",
        )
        alarms.append(Alarm("over_budget", words))
    return alarms


def latest(version: PolicyVersion) -> Simulation | None:
    """The newest simulation of a version, finished or not."""
    return Simulation.objects.filter(version=version).select_related("beside").first()


def looked_through(version: PolicyVersion, number: str) -> Simulation | None:
    """The newest simulation of these very bytes that the official with staff ``number`` has looked through."""
    return Simulation.objects.filter(
        version=version, policy_sha256=version.sha256, finished_at__isnull=False, looks__looked_by=number
    ).first()


def looks_of(simulation: Simulation) -> list[SimulationLook]:
    """Who has looked it through, in order."""
    return list(SimulationLook.objects.filter(simulation=simulation))


def side_by_side(code: str, numbers: Iterable[int]) -> list[Simulation]:
    """The newest finished simulation of each of these versions of a program, at most DRAFTS_MAX, oldest version first."""
    chosen = sorted(set(numbers))[:DRAFTS_MAX]
    finished = Simulation.objects.filter(
        version__code=code, version__number__in=chosen, finished_at__isnull=False
    ).select_related("version", "beside")
    newest = finished.order_by("version__number", "-id").distinct("version__number")
    return list(newest)


def to_compare(code: str) -> list[PolicyVersion]:
    """Versions of a program that have a finished simulation, the newest first."""
    finished = Simulation.objects.filter(version=models.OuterRef("pk"), finished_at__isnull=False)
    return list(
        PolicyVersion.objects.defer("source").filter(models.Exists(finished), code=code).order_by("-number")
    )


def to_do() -> "models.QuerySet[Simulation]":
    """Simulations that nobody has finished."""
    return Simulation.objects.filter(finished_at=None).select_related("version")
