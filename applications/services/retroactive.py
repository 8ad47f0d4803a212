"""A version that reaches back to days on which others were decided: who gains and who loses against what was decided.

Each decision under an earlier version is judged once more by the later one, on the facts it was made on; only what it
never looked at is read from the register, as of its day. Its own grant does not stand against it. Nothing is written here:
the worker keeps the list (:mod:`applications.services.comparing`), and what people decide about a line is a row of theirs.
A family that was refused, or granted less, gets an application by the ordinary road; of a grant it asks for the
difference only, under the claims that the first grant holds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db.models import Q, QuerySet

from applications.freezing import thawed_table
from applications.judging import Key, judge_subjects, key_of
from applications.models import Application, Decision, Entitlement
from applications.queries import LIVE
from applications.services.counter import open_application
from audit.actor import Actor
from facts.catalogue import load_catalogue
from programs.language import Program
from programs.language.amounts import has_band, split_instalments
from programs.language.columns import ABSENT, DTYPES, Column, Members, Table
from programs.models import PolicyVersion
from programs.queries import Loaded, loaded
from standards.words import Refusal, Words

NO, UNKNOWN, YES = 0, 1, 2
READ_AT_ONCE = 500  # decisions; each holds its facts and conditions, some ten kilobytes
PARTS_MOVED = Words(
    "新一版的分期和原来的不一样，有一期反而少了：差额没法分期，先用纸面办",
    "The later version pays in other parts, or less in one: the difference cannot be cut into parts, decide it on paper",
)
Progress = Callable[[int, int], None]
SETTLED_IN_TIME = "apply"  # an application that was taken in time then is not late now


@dataclass(frozen=True, slots=True)
class Against:
    """One decision for which the later version says something else.

    ``change``: gained (refused then, a right now), lost, more, less, or open (not known: ``names`` are the facts that
    would settle it; else the conditions that fail now). ``fen`` is what the later version gives.
    """

    decision: Decision
    change: str
    fen: int
    names: tuple[str, ...]
    decided_fen: int  # with what was added to it since
    is_under_way: bool = False  # an application for the difference


def open_supplement(decision: Decision, version: PolicyVersion, *, by: Actor, on: date) -> Application:
    """A draft by the later version for a family that was refused or got less: from here the ordinary road, with its origin.

    Judged on today's register, as every application is, as of the day on which the family applied first; who was granted
    gets the difference. Raises Refusal where the later version gives nothing more, or an application is under way.
    """
    found = against(decision, version) if version.state == "active" else None
    if found is None or found.change not in ("gained", "more"):
        raise Refusal(
            "按这一版，这件没有变多：刷新后再看",
            "By this version nothing of this decision became more: reload and look again",
            code="nothing_gained",
        )
    under, first = loaded(version), decision.application
    if found.change == "more" and parts_added(decision, under, found.fen) is None:
        raise Refusal(PARTS_MOVED.zh, PARTS_MOVED.en, code="parts_moved")
    adds_to = decision if found.change == "more" else None
    if adds_to and not Entitlement.objects.filter(decision=decision, state="active").exists():
        raise Refusal(
            "这件的享受资格已经停发或终止：先看清为什么，再谈补差",
            "Its entitlement is suspended or ended: find out why before anything is added to it",
            code="not_active",
        )
    again = Application(
        program=first.program, version=version, person_id=first.person_id, household_id=first.household_id,
        record_id=first.record_id, applied_on=first.applied_on, supplements=adds_to,
    )  # fmt: skip
    judged = judge_subjects(under, [again], on=on)[key_of(again)]
    note = f"{first.receipt_number} 按第 {version.number} 版补办"
    return open_application(
        judged, by=by, on=on, origin=Application.Origin.SUPPLEMENT, note=note, after=first, adds_to=adds_to
    )


def parts_added(first: Decision, under: Loaded, fen: int, *, before: int | None = None) -> list[int] | None:
    """By instalment, what the later version's ``fen`` gives above what was granted; empty where it pays at once.

    Nothing (None) where the parts have other names or one of them would be less: no part that was granted is taken back.
    ``before``: only decisions before this one count as granted.
    """
    added = Decision.objects.filter(application__supplements=first, outcome="approved").select_related(
        "version"
    )
    granted = [first, *added.order_by("pk")]
    if before is not None:
        granted = [one for one in granted if one.pk < before]
    earlier, later = loaded(granted[-1].version).program.policy.instalments, under.program.policy.instalments
    if [one.name for one in earlier] != [one.name for one in later]:
        return None
    had = split_instalments(np.array([sum(one.amount_fen for one in granted)], np.int64), earlier)
    has = split_instalments(np.array([fen], np.int64), later)
    parts = [int(new[0]) - int(old[0]) for new, old in zip(has, had, strict=True)]
    return parts if min(parts, default=0) >= 0 else None


def why_not(version: PolicyVersion) -> Words | None:
    """Why nothing can be worked out against decisions: what such a program gives hangs on more than one family."""
    policy = loaded(version).program.policy
    if policy.queue is not None:
        return Words(
            "这个项目有名额或者总额，一户的结果要看所有人：不能逐件和已作的决定比",
            "This program has places or a ceiling: what one family gets hangs on all, not on its own decision",
        )
    if has_band(policy.amount.shape):
        return Words(
            "这个项目的金额由审批人在幅度内定：不能由程序和已作的决定比",
            "In this program who decides sets the sum within a band: the program cannot compare it with what was decided",
        )
    return None


def against_decisions(
    version: PolicyVersion, *, scope: str = "", progress: Progress = lambda done, total: None
) -> Iterator[Against]:
    """Every decision under an earlier version, of divisions that begin with ``scope``, for which this one says otherwise.

    Refused ones are left out where the family has applied again since. Some queries, and about a millisecond a decision;
    a few hundred stand in memory at a time.
    """
    if why_not(version) is not None:
        return
    under = loaded(version)
    ids = list(_decided(version).filter(application__division__startswith=scope).values_list("pk", flat=True))
    for start in range(0, len(ids), READ_AT_ONCE):
        progress(start, len(ids))
        chunk = list(_decided(version).filter(pk__in=ids[start : start + READ_AT_ONCE]))
        added, under_way = granted_since([one.pk for one in chunk])
        again = applied_again([one.application for one in chunk])
        tables = _tables(under, chunk)
        for decision in chunk:
            one = _compared(under.program, decision, tables[decision.pk], added.get(decision.pk, 0))
            if one is not None and decision.pk in under_way:
                one = replace(one, is_under_way=True)
            if one is not None and not (one.change == "gained" and key_of(decision.application) in again):
                yield one
    progress(len(ids), len(ids))


def against(decision: Decision, version: PolicyVersion) -> Against | None:
    """The same for one decision; nothing where both versions say the same, or the later does not reach it."""
    if why_not(version) is not None or not _decided(version).filter(pk=decision.pk).exists():
        return None
    under = loaded(version)
    added, under_way = granted_since([decision.pk])
    table = _tables(under, [decision])[decision.pk]
    found = _compared(under.program, decision, table, added.get(decision.pk, 0))
    return replace(found, is_under_way=True) if found and decision.pk in under_way else found


def _decided(version: PolicyVersion) -> "QuerySet[Decision]":
    earlier = Q(version__code=version.code, version__number__lt=version.number)
    first = Decision.objects.filter(earlier, application__supplements=None)
    return first.select_related("application").order_by("pk")


def granted_since(decisions: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    """What was granted in addition to each decision, and the decisions for which an addition is under way. One query."""
    added: dict[int, int] = defaultdict(int)
    under_way = set()
    rows = Application.objects.filter(LIVE, supplements__in=decisions)
    for decision, state, fen in rows.values_list("supplements", "state", "amount_fen"):
        if state == "approved":
            added[decision] += fen
        else:
            under_way.add(decision)
    return added, under_way


def applied_again(first: Sequence[Application]) -> set[Key]:
    """Of the subjects of these applications those that have one under way or granted. One query."""
    whose = Q(person__in=[one.person_id for one in first if one.person_id]) | Q(
        person=None, household__in=[one.household_id for one in first]
    )
    same = Application.objects.filter(
        LIVE, whose, program__in={one.program for one in first}, supplements=None
    )
    return {key_of(one) for one in same.only("person_id", "household_id", "record_id")}


def _compared(program: Program, decision: Decision, table: Table, added_fen: int) -> Against | None:
    verdicts = program.judge(table)
    needs = {name: int(each[0]) for name, each in verdicts.needs.items() if name != SETTLED_IN_TIME}
    if needs["in_force"] != YES:
        return None  # of a day that this version does not reach
    verdict, decided = min(needs.values()), int(decision.amount_fen) + added_fen
    fen = int(verdicts.amount_fen[0]) if verdict == YES else 0
    if verdict == UNKNOWN:
        unknown = tuple(name for name, rows in verdicts.unknown.items() if rows[0])
        return Against(decision, "open", decided, unknown, decided) if decided else None
    if fen == decided:
        return None
    failing = tuple(name for name, each in needs.items() if each == NO)
    if not fen or not decided:
        return Against(decision, "gained" if fen else "lost", fen, failing, decided)
    return Against(decision, "more" if fen > decided else "less", fen, failing, decided)


def _tables(under: Loaded, decisions: Sequence[Decision]) -> dict[int, Table]:
    """The frozen table of each decision, with what it lacks for this version read as of its day."""
    tables = {one.pk: thawed_table(one.judged) for one in decisions}
    short = [one for one in decisions if _lacks(under.program, tables[one.pk])]
    by_day: dict[date, list[Decision]] = defaultdict(list)
    for one in short:
        by_day[one.application.applied_on].append(one)
    for day, same in by_day.items():
        today = _on_the_register(under, same, day)
        for one in same:
            tables[one.pk] = _filled(under.program, tables[one.pk], today.get(one.pk))
    return tables


def _lacks(program: Program, table: Table) -> bool:
    needed = program.needed
    return (
        any(name not in table.facts for name in (*needed.subject, *needed.household))
        or any(
            name not in table.sets or set(facts) - set(table.sets[name].facts)
            for name, facts in needed.sets.items()
        )
        or any(name not in table.claims for name in needed.claims)
    )


def _on_the_register(under: Loaded, decisions: Sequence[Decision], day: date) -> dict[int, Table]:
    """One-row tables by decision; without those whose record is gone."""
    try:
        judged = judge_subjects(under, [one.application for one in decisions], on=day)
    except Refusal:
        if len(decisions) == 1:
            return {}
        return {key: table for one in decisions for key, table in _on_the_register(under, [one], day).items()}
    found = {}
    for one in decisions:
        key = key_of(one.application)
        found[one.pk] = judged[key].gathered.table.one(judged[key].row)
    return found


def _filled(program: Program, kept: Table, now: Table | None) -> Table:
    """What was frozen goes before what the register says; what neither has is not known."""
    needed, other = program.needed, now or replace(kept, facts={}, sets={}, claims={})
    facts = {
        name: kept.facts.get(name) or other.facts.get(name) or _not_known(name)
        for name in (*needed.subject, *needed.household)
    }
    sets = {
        name: _set(kept.sets.get(name), other.sets.get(name), names) for name, names in needed.sets.items()
    }
    claims = {
        name: kept.claims[name] if name in kept.claims else other.claims.get(name, np.array([-1], np.int64))
        for name in needed.claims
    }
    return replace(kept, facts=facts, sets=sets, claims=claims)


def _set(kept: Members | None, now: Members | None, names: Sequence[str]) -> Members:
    """The frozen set where it holds every fact; else the register's; else nobody, and not complete."""
    for one in (kept, now):
        if one is not None and not set(names) - set(one.facts):
            return one
    nobody = {name: _not_known(name).take(np.array([], np.int64)) for name in names}
    return Members(np.array([0, 0], np.int64), nobody, np.array([False]))


def _not_known(name: str) -> Column:
    kind = load_catalogue().facts[name].type
    known = np.zeros(1, np.int64 if kind == "codes" else bool)
    codes = load_catalogue().facts[name].codes if kind in ("codes", "code") else ()
    return Column(np.array([0 if kind == "codes" else ABSENT[kind]], DTYPES[kind]), known, tuple(codes))
