"""Facts of a withdrawn list, or taken back one by one: they stay on record and count no more; what else is said stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from beneficiaries.models import EvidenceList, Fact
from beneficiaries.queries.births import against_register
from beneficiaries.queries.differing import is_entry, live_facts, mirrors_of_all, subject_of
from beneficiaries.services.births import KIND
from beneficiaries.services.staging import execute, select
from beneficiaries.services.standing import close_where_nothing_differs, dispute, reconsider
from beneficiaries.services.weighing import on_record, weigh, weigh_again, write_weighed
from facts.catalogue import load_catalogue


@dataclass(frozen=True, slots=True)
class Left:
    """What stands without a list. ``marked`` are facts to look at again once the list itself is no longer ``taken``;
    ``disputed`` those that cannot be beside each other."""

    marked: tuple[Fact, ...] = ()
    disputed: frozenset[int] = frozenset()


def take_back_facts(evidence: EvidenceList) -> Left:
    """Weigh everything else that is said of the list's people and households, as when a list arrives.

    A fact of the list that stood names itself.
    """
    kind = load_catalogue().kind(evidence.kind)
    subjects = select(
        f"SELECT DISTINCT {kind.about}_id FROM beneficiaries_fact WHERE list_id = %s",  # noqa: S608  # person or household
        evidence.pk,
    )
    weighed = weigh(kind, on_record(kind, [about for (about,) in subjects], without=evidence.pk), {})
    write_weighed(kind, weighed)
    execute(
        "UPDATE beneficiaries_fact SET superseded_by_id = id WHERE list_id = %s AND superseded_by_id IS NULL",
        evidence.pk,
    )
    gone = Fact.objects.filter(list=evidence, is_disputed=True).select_related("person", "household")
    if kind.name == KIND:  # what says less of the same birth stands again, against the same register
        births = against_register(fact.person_id for fact in gone if fact.person_id)
        dispute([one for one in births if one.list_id is not None])
    against = [mirror for those in mirrors_of_all(gone).values() for mirror in those]
    cleared = Fact.objects.filter(pk__in=weighed.clear).select_related("person", "household")
    return Left((*cleared, *against), frozenset(weighed.disputed))


def take_back(fact: Fact, *, on: date) -> None:
    """The fact stays on record as withdrawn (it names itself), and so it is never said again, whatever stood or stands
    for it; everything else that is said is weighed without it, with what it was chosen before."""
    about = subject_of(fact)
    Fact.objects.filter(Q(pk=fact.pk) | alone_behind(fact)).update(superseded_by=F("pk"))
    weigh_again(load_catalogue().kind(fact.kind), about.pk)
    let_count(live_facts(about, fact.kind), on=on)
    close_where_nothing_differs([fact], on=on)


def let_count(facts: Iterable[Fact], *, on: date) -> None:
    """Let those count against which nothing stands any more. An entry among them took and gave nothing while it was in
    dispute: it is weighed with everything else that is said."""
    freed = [fact for fact in reconsider(facts, on=on) if is_entry(fact)]
    for name in {fact.kind for fact in freed}:
        kind, subjects = (
            load_catalogue().kind(name),
            {subject_of(fact).pk for fact in freed if fact.kind == name},
        )
        write_weighed(kind, weigh(kind, on_record(kind, subjects), {}))


def alone_behind(fact: Fact) -> Q:
    """What papers say alone, where ``fact`` was worked out from them: it goes with what they make."""
    if not fact.is_derived:
        return Q(pk=None)
    return Q(superseded_by=fact, list=None, is_derived=False) & ~Q(entered_by="")
