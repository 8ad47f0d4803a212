"""What wants a decision in the county: short budgets, slow townships, lines nobody mends, versions to activate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from officials.models import Division, Official
from portal.queries.county import Budget, Overview
from portal.queries.ways import first_way, way
from programs.models import PolicyVersion
from standards import money
from standards.words import Words
from web.forms import listed, say

SLOW = 0.5  # a township below this share is named, once the county itself is above it
SHOWN_MAX = 6


@dataclass(frozen=True, slots=True)
class Decision:
    """One line: how grave, what, more, where to go."""

    kind: str
    text: str
    more: str
    url: str


def wanted(
    official: Official,
    found: Overview,
    budgets: Sequence[Budget],
    titles: Mapping[str, Words],
    towns: Sequence[Division],
) -> list[Decision]:
    """At most six, the gravest first. One query."""
    lines = [*_short(official, budgets, titles), *_late(official, found), *_failed(official, found)]
    lines += [*_objected(official, found), *_slow(official, found, towns), *_versions(official)]
    return lines[:SHOWN_MAX]


def _short(official: Official, budgets: Sequence[Budget], titles: Mapping[str, Words]) -> list[Decision]:
    return [
        Decision(
            "not_met",
            gettext("%(program)s: the budget is short of %(yuan)s yuan")
            % {"program": say(titles[budget.program]) if budget.program in titles else budget.program,
               "yuan": money.yuan(budget.short)},
            gettext("for those under way and those who have not applied"),
            way(official, "payments:budget"),
        )
        for budget in budgets
        if budget.short
    ]  # fmt: skip


def _late(official: Official, found: Overview) -> list[Decision]:
    late = found.total.overdue
    if not late:
        return []
    words = ngettext("%(n)d application is overdue", "%(n)d applications are overdue", late) % {"n": late}
    return [Decision("not_met", words, "", way(official, "portal:worklist", queue="underway"))]


def to_mend(official: Official) -> str:
    """Where a line that the bank did not pay is looked at: the batches, else the accounts behind it."""
    return first_way(way(official, "payments:batches"), way(official, "beneficiaries:accounts"))


def _failed(official: Official, found: Overview) -> list[Decision]:
    total = found.total
    lines = []
    if total.failed:
        words = ngettext("%(n)d payment came back", "%(n)d payments came back", total.failed) % {
            "n": total.failed
        }
        more = gettext("%(yuan)s yuan; the township corrects the account") % {
            "yuan": money.yuan(total.failed_fen)
        }
        lines.append(Decision("look", words, more, to_mend(official)))
    if total.asked:
        words = ngettext("%(n)d payment is not known", "%(n)d payments are not known", total.asked) % {
            "n": total.asked
        }
        lines.append(Decision("look", words, gettext("ask the bank; never send again"), to_mend(official)))
    return lines


def _objected(official: Official, found: Overview) -> list[Decision]:
    count = found.total.objected
    if not count:
        return []
    words = ngettext("%(n)d objection waits", "%(n)d objections wait", count) % {"n": count}
    return [Decision("look", words, "", way(official, "portal:worklist", queue="objections"))]


def _slow(official: Official, found: Overview, towns: Sequence[Division]) -> list[Decision]:
    shares = [(town.name, found.of_township(town.code[:9]).share) for town in towns]
    below = [(share, name) for name, share in shares if share is not None and share < SLOW]
    slow = [name for _, name in sorted(below, key=lambda one: one[0])]
    if not slow or (found.total.share or 0) < SLOW:
        return []
    words = ngettext("%(n)d township is below %(share)s", "%(n)d townships are below %(share)s", len(slow))
    text = words % {"n": len(slow), "share": f"{SLOW:.0%}"}
    return [Decision("look", text, listed(slow), way(official, "portal:missed"))]


def _versions(official: Official) -> list[Decision]:
    waiting = PolicyVersion.objects.filter(state="proposed")
    return [
        Decision(
            "neutral",
            gettext("Version %(n)d waits for a second person") % {"n": version.number},
            say(version.title),
            way(official, "programs:policies"),
        )
        for version in waiting
    ]
