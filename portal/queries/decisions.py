"""What wants a decision in the county: short budgets, slow townships, lines nobody mends, versions to activate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext

from officials.models import Division, Official
from portal.queries.county import Budget, Overview
from programs.models import PolicyVersion
from standards import money
from standards.words import Words
from web.forms import say

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
    lines = [*_short(budgets, titles), *_late(found), *_failed(found), *_objected(found)]
    lines += [*_slow(found, towns), *_versions()]
    return lines[:SHOWN_MAX]


def _short(budgets: Sequence[Budget], titles: Mapping[str, Words]) -> list[Decision]:
    return [
        Decision(
            "not_met",
            gettext("%(program)s: the budget is short of %(yuan)s yuan")
            % {"program": say(titles[budget.program]) if budget.program in titles else budget.program,
               "yuan": money.yuan(budget.short)},
            gettext("for those under way and those who have not applied"),
            _url("payments:budget"),
        )
        for budget in budgets
        if budget.short
    ]  # fmt: skip


def _late(found: Overview) -> list[Decision]:
    late = found.total.overdue
    if not late:
        return []
    words = ngettext("%(n)d application is overdue", "%(n)d applications are overdue", late) % {"n": late}
    return [Decision("not_met", words, "", _url("portal:worklist", queue="underway"))]


def _failed(found: Overview) -> list[Decision]:
    total = found.total
    lines = []
    if total.failed:
        words = ngettext("%(n)d payment came back", "%(n)d payments came back", total.failed) % {
            "n": total.failed
        }
        more = gettext("%(yuan)s yuan; the township corrects the account") % {
            "yuan": money.yuan(total.failed_fen)
        }
        lines.append(Decision("look", words, more, _url("payments:batches")))
    if total.asked:
        words = ngettext("%(n)d payment is not known", "%(n)d payments are not known", total.asked) % {
            "n": total.asked
        }
        lines.append(
            Decision("look", words, gettext("ask the bank; never send again"), _url("payments:batches"))
        )
    return lines


def _objected(found: Overview) -> list[Decision]:
    count = found.total.objected
    if not count:
        return []
    words = ngettext("%(n)d objection waits", "%(n)d objections wait", count) % {"n": count}
    return [Decision("look", words, "", _url("portal:worklist", queue="objections"))]


def _slow(found: Overview, towns: Sequence[Division]) -> list[Decision]:
    shares = [(town.name, found.of_township(town.code[:9]).share) for town in towns]
    slow = [name for name, share in shares if share is not None and share < SLOW]
    if not slow or (found.total.share or 0) < SLOW:
        return []
    words = ngettext("%(n)d township is below %(share)s", "%(n)d townships are below %(share)s", len(slow))
    text = words % {"n": len(slow), "share": f"{SLOW:.0%}"}
    return [Decision("look", text, "、".join(slow[:5]), _url("portal:worklist", queue="underway"))]


def _versions() -> list[Decision]:
    waiting = PolicyVersion.objects.filter(state="proposed")
    return [
        Decision(
            "neutral",
            gettext("Version %(n)d waits for a second person") % {"n": version.number},
            say(version.title),
            _url("programs:policies"),
        )
        for version in waiting
    ]


def _url(name: str, **query: str) -> str:
    try:
        return reverse(name) + (f"?{urlencode(query)}" if query else "")
    except NoReverseMatch:
        return ""
