"""The facts of a withdrawn list: they stay on record and count no more; what they stood before counts again."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from beneficiaries.models import EvidenceList, Fact
from beneficiaries.queries.differing import Said, identity_of, live_facts, said_by, subject_of
from beneficiaries.services.staging import execute, set_values
from beneficiaries.services.standing import reconsider
from facts.catalogue import Kind, load_catalogue


def take_back_facts(evidence: EvidenceList) -> list[Fact]:
    """Let the facts of a withdrawn list count no more, and those it replaced, repeated or disputed count again.

    A withdrawn fact names itself as its successor. What another list said just the same takes its place. Gives the
    disputed ones, which `look_again` asks once the list itself is no longer ``taken``.
    """
    kind = load_catalogue().kind(evidence.kind)
    gone = {fact.pk: fact for fact in Fact.objects.filter(list=evidence)}
    behind = Fact.objects.filter(superseded_by__list=evidence).exclude(list=evidence)
    freed = {fact.pk: fact for fact in behind.select_related("person", "household")}
    successors = {pk: _after(fact, gone) for pk, fact in freed.items()}
    _take_back_copies(gone, freed, successors)
    set_values(Fact, "superseded_by", "bigint", list(successors.items()))
    execute(
        "UPDATE beneficiaries_fact SET superseded_by_id = id WHERE list_id = %s AND superseded_by_id IS NULL",
        evidence.pk,
    )
    back = [freed[pk] for pk, successor in successors.items() if successor is None]
    _say_once(kind, back)
    _dispute_again(kind, gone, back)
    disputed = Fact.objects.filter(list=evidence, is_disputed=True).select_related("person", "household")
    return [*disputed, *(fact for fact in back if fact.is_disputed or fact.list_id == evidence.pk)]


def look_again(disputed: Iterable[Fact], *, on: date) -> None:
    """Let what stood against the facts that were taken back count again, where nothing else does."""
    for fact in disputed:
        reconsider(live_facts(subject_of(fact), fact.kind), on=on)


def _after(fact: Fact, gone: dict[int, Fact]) -> int | None:
    """What stands in the place of a fact when those that are gone had never been; None: nothing."""
    successor = fact.superseded_by_id
    while successor in gone:
        successor = gone[successor].superseded_by_id
    return successor


def _take_back_copies(
    gone: dict[int, Fact], freed: dict[int, Fact], successors: dict[int, int | None]
) -> None:
    """A later list closed a state by a copy with a last day: with the state its copy goes, unless another said it too."""
    later = {fact.superseded_by_id for fact in gone.values() if fact.superseded_by_id} - gone.keys()
    copies = {copy.pk: copy for copy in Fact.objects.filter(pk__in=later, superseded_by=None)}
    said_too = {
        successor
        for pk, successor in successors.items()
        if successor in copies and _is_copy(copies[successor], freed[pk])
    }
    taken_back = {
        fact.superseded_by_id
        for fact in gone.values()
        if fact.superseded_by_id in copies
        and fact.superseded_by_id not in said_too
        and _is_copy(copies[fact.superseded_by_id], fact)
    }
    set_values(Fact, "superseded_by", "bigint", [(pk, pk) for pk in taken_back])
    successors.update({pk: None for pk, successor in successors.items() if successor in taken_back})


def _is_copy(copy: Fact, fact: Fact) -> bool:
    same = copy.valid_from == fact.valid_from and copy.values == fact.values
    return same and copy.valid_until is not None and copy.valid_until != fact.valid_until


def _say_once(kind: Kind, back: Iterable[Fact]) -> None:
    """Of several that say the same the first counts; the others name it, as when their lists came."""
    of_subject: dict[tuple[int | None, int | None], set[int]] = defaultdict(set)
    for fact in back:
        of_subject[fact.person_id, fact.household_id].add(fact.pk)
    people = [person for person, _ in of_subject if person]
    households = [household for _, household in of_subject if household]
    live = Fact.objects.filter(kind=kind.name, superseded_by=None)
    about = (
        live.filter(person__in=people) if kind.about == "person" else live.filter(household__in=households)
    )
    standing: dict[tuple[int | None, int | None], list[Fact]] = defaultdict(list)
    named: list[tuple[int, int]] = []
    for fact in about.order_by("pk"):
        beside, returned = (
            standing[fact.person_id, fact.household_id],
            of_subject[fact.person_id, fact.household_id],
        )
        other = next(
            (one for one in beside if {one.pk, fact.pk} & returned and _one_says_all(kind, one, fact)), None
        )
        if other is None:
            beside.append(fact)
        elif says_all(kind, said_by(other), said_by(fact)):
            named.append((fact.pk, other.pk))
        else:
            named.append((other.pk, fact.pk))
            beside[beside.index(other)] = fact
    set_values(Fact, "superseded_by", "bigint", named)


def _one_says_all(kind: Kind, one: Fact, other: Fact) -> bool:
    return says_all(kind, said_by(one), said_by(other)) or says_all(kind, said_by(other), said_by(one))


def says_all(kind: Kind, one: Said, other: Said) -> bool:
    """Whether one fact of a subject says all that the other says of the same record."""
    same = identity_of(kind, one.first, one.values) == identity_of(kind, other.first, other.values)
    days_agree = one.first == other.first and (other.last is None or one.last == other.last)
    return same and days_agree and all(one.values.get(key) == value for key, value in other.values.items())


def _dispute_again(kind: Kind, gone: dict[int, Fact], back: list[Fact]) -> None:
    """What was in dispute with the withdrawn row is in dispute with the one that says the same."""
    records = {
        (fact.person_id, fact.household_id, identity_of(kind, fact.valid_from, fact.values))
        for fact in gone.values()
        if fact.is_disputed
    }
    for fact in back:
        key = (fact.person_id, fact.household_id, identity_of(kind, fact.valid_from, fact.values))
        if key in records and not fact.is_disputed:
            fact.is_disputed = True
            Fact.objects.filter(pk=fact.pk).update(is_disputed=True)
