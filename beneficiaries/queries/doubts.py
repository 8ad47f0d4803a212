"""What a person must settle, and between what the choice lies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from beneficiaries.models import Doubt, Fact, Household, Membership, Parentage
from beneficiaries.queries.births import against_register
from beneficiaries.queries.differing import against, is_entry, lists_without, said_by, subject_of
from beneficiaries.queries.family import shown_values, source_of
from beneficiaries.queries.together import is_said
from facts.catalogue import load_catalogue
from officials.models import Division, Official
from officials.roles import Role
from standards.words import Words

K = Doubt.Kind
ALIAS, OTHER_PERSON = 1, 0  # the sides of another name under one ID number
NO_ENTRY = 0  # the side on which the entry from a paper does not count
FOLLOWS = (
    -1
)  # the side on which both were so, one after the other (custody that a court gave to the other parent)
OF_ENTRIES = (K.PAPER_DIFFERS, K.ENTERED_ALONE, K.WITHDRAWAL)
GROUPS = {  # what a township looks at together
    "contradict": (
        K.SAME_PERSON, K.OTHER_NAME, K.SEX_DIFFERS, K.TWO_HOUSEHOLDS, K.ACCOUNT_NAME, K.LISTS_DIFFER, K.PAPER_DIFFERS,
    ),
    "entries": (K.ENTERED_ALONE, K.WITHDRAWAL),
}  # fmt: skip
SECOND_PERSON = (K.ENTERED_ALONE, K.WITHDRAWAL)  # no list is involved: the township may look at the paper too


@dataclass(frozen=True, slots=True)
class Choice:
    """One side of a dispute: ``key`` is the membership or fact that would count."""

    key: int
    words: Words
    source: Words
    source_on: date | None


def settlers_of(kind: str) -> tuple[str, ...]:
    """The roles that settle a doubt of this kind."""
    return (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER) if kind in SECOND_PERSON else (Role.COUNTY_CHECKER,)


def doubts_for(official: Official) -> "QuerySet[Doubt]":
    """Doubts of the official's scope: all for the county checker and the auditor, else those the office settles."""
    found: QuerySet[Doubt] = Doubt.objects.visible_to(official)
    if not official.has_role(Role.COUNTY_CHECKER, Role.AUDITOR):
        found = found.filter(kind__in=SECOND_PERSON)
    return found.select_related("person", "list", "fact", "account")


def open_doubts(official: Official) -> "QuerySet[Doubt]":
    """What the official can see settled next, the oldest first."""
    return doubts_for(official).filter(settled_on=None).order_by("pk")


def choices_of(doubt: Doubt) -> list[Choice]:
    """The sides of a dispute; none where only a note is asked for."""
    if doubt.fact_id is not None:
        return _sides_of_entry(doubt)
    if doubt.person_id is None:
        return []
    if doubt.kind == Doubt.Kind.OTHER_NAME and doubt.words.get("name"):
        return _names(doubt.words["name"])
    if doubt.kind == Doubt.Kind.TWO_HOUSEHOLDS:
        return _households(disputed_memberships(doubt.person_id))
    if doubt.kind == Doubt.Kind.LISTS_DIFFER:
        return [*_facts(disputed_facts(doubt.person_id)), *_by_register(doubt.person_id)]
    return []


def _names(name: str) -> list[Choice]:
    """The person's own name in another writing, or not."""
    nobody = Words("", "")
    alias = Words(
        f"“{name}”是本人的另一种写法，以后不再问", f"“{name}” is the same person, and is not asked again"
    )
    other = Words(f"“{name}”不是这个人，名单写错了", f"“{name}” is not this person: the list is wrong")
    return [Choice(ALIAS, alias, nobody, None), Choice(OTHER_PERSON, other, nobody, None)]


def register_parents(child: int) -> list[Parentage]:
    """The parents by birth that the register gives a child, as far as a disputed record of birth says otherwise."""
    if not any(fact.is_disputed for fact in against_register([child])):
        return []
    rows = Parentage.objects.filter(child=child, kind="birth", valid_until=None)
    return list(rows.select_related("parent", "list").order_by("parent__sex", "pk"))


def _by_register(child: int) -> list[Choice]:
    """The side on which the register is right and the record of birth counts no more."""
    rows = register_parents(child)
    if not rows:
        return []
    names, source = [row.parent.name for row in rows], rows[0].list
    words = Words(f"户籍登记的父母：{'、'.join(names)}", f"The parents on the register: {', '.join(names)}")
    title = (source.title or source.file_name) if source else ""
    return [Choice(NO_ENTRY, words, Words(title, title), source.uploaded_on if source else None)]


def disputed_memberships(person: int) -> "QuerySet[Membership]":
    """The open households of a person of which none counts."""
    found = Membership.objects.filter(person=person, is_disputed=True, valid_until=None)
    return found.select_related("household", "list").order_by("pk")


def disputed_facts(person: int) -> "QuerySet[Fact]":
    """The facts about a person, or the household the person stands in, of which none counts.

    Entries that wait under a doubt of their own are settled there, with what stands against them.
    """
    homes = Household.objects.filter(memberships__person=person, memberships__is_disputed=False)
    about = Q(person=person) | Q(household__in=homes)
    disputed = Fact.objects.filter(about, is_disputed=True, superseded_by=None)
    entries = disputed.filter(doubts__kind__in=OF_ENTRIES, doubts__settled_on=None).distinct()
    elsewhere = {other.pk for entry in entries for other in (entry, *against(entry))}
    return disputed.exclude(pk__in=elsewhere).select_related("list").order_by("pk")


def _sides_of_entry(doubt: Doubt) -> list[Choice]:
    """The entry from the paper, each fact that is disputed with it, and the side on which the entry does not count."""
    assert doubt.fact is not None
    entry = doubt.fact
    if doubt.kind == K.WITHDRAWAL:
        if not is_said(entry):
            return []
        words = Words("登记有误，撤回，不再算数", "The entry was wrong: withdraw it")
        return [*_facts([entry]), Choice(NO_ENTRY, words, Words("", ""), None)]
    if entry.superseded_by_id is not None:
        return []
    others = [other for other in against(entry) if other.is_disputed] if doubt.kind == K.PAPER_DIFFERS else []
    silent = lists_without(subject_of(entry), load_catalogue().kind(entry.kind), said_by(entry))
    if others and not silent:
        after = follows(entry)
        return [*_facts([entry, *others]), *([_after(entry, after)] if after else [])]
    words = Words("登记不算数", "The entry does not count")
    if silent:
        words = Words("名单上没有，登记不算数", "Not on the list: the entry does not count")
    names = [one.title or one.file_name for one in silent]
    named = Words("、".join(names), ", ".join(names))
    denied = Choice(NO_ENTRY, words, named, silent[0].uploaded_on if silent else None)
    return [*_facts([entry, *others]), denied]


def follows(entry: Fact) -> Fact | None:
    """What another paper said with no last day, and this one of later days: both may be so, one after the other."""
    kind, others = load_catalogue().kind(entry.kind), [one for one in against(entry) if one.is_disputed]
    if not kind.day or not kind.until or kind.mutual or len(others) != 1:
        return None
    (other,) = others
    is_before = is_entry(other) and other.valid_until is None and other.valid_from < entry.valid_from
    return other if is_before else None


def _after(entry: Fact, before: Fact) -> Choice:
    first, last = entry.valid_from, entry.valid_from - timedelta(days=1)
    words = Words(
        f"先后都对：{before.valid_from} 起的那一条到 {last} 为止，从 {first} 起按这次登记的",
        f"Both, one after the other: what began on {before.valid_from} until {last}, and from {first} what was entered now",
    )
    return Choice(FOLLOWS, words, Words("", ""), None)


def places_of(villages: Iterable[str]) -> dict[str, Words]:
    """Township and village of each code, by name. One query."""
    wanted = set(villages)
    codes = {code for village in wanted for code in (village, f"{village[:9]}000")}
    names = dict(Division.objects.filter(code__in=codes).values_list("code", "name"))
    told = {village: f"{names.get(f'{village[:9]}000', '')}{names.get(village, '')}" for village in wanted}
    return {village: Words(name, name) for village, name in told.items()}


def _households(memberships: "QuerySet[Membership]") -> list[Choice]:
    rows = list(memberships)
    places = places_of(row.household.division for row in rows)
    choices = []
    for row in rows:
        place = f"{places[row.household.division].zh} {row.household.number}"
        source = (row.list.title or row.list.file_name) if row.list else ""
        choices.append(
            Choice(
                row.pk,
                Words(place, place),
                Words(source, source),
                row.list.uploaded_on if row.list else None,
            )
        )
    return choices


def _facts(facts: Iterable[Fact]) -> list[Choice]:
    kinds = load_catalogue().kinds
    return [
        Choice(
            fact.pk,
            _in_words(
                kinds[fact.kind].words,
                [(one.label, one.value) for one in shown_values(fact, kinds[fact.kind])],
            ),
            source_of(fact),
            fact.list.uploaded_on if fact.list else fact.recorded_at.date(),
        )
        for fact in facts
        if fact.kind in kinds
    ]


def _in_words(kind: Words, shown: Sequence[tuple[Words, Words]]) -> Words:
    zh = "，".join(f"{label.zh} {value.zh}" for label, value in shown)
    en = ", ".join(f"{label.en} {value.en}" for label, value in shown)
    return Words(f"{kind.zh}：{zh}", f"{kind.en}: {en}")
