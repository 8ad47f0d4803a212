"""What the counter's box found, with the household, the pinyin marked, and what can be done now. Five queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from applications.lifecycle import UNDECIDED, State
from applications.models import Application, Assessment
from applications.queries import without_application
from beneficiaries.models import Membership, Person
from beneficiaries.queries.search import HITS_MAX, Found, search
from officials.models import Official
from portal.queries import places, queues
from portal.queries.alike import told_apart
from standards import names, receipt_number
from standards.code_lists import RELATION
from standards.words import Words
from web.components import Kind

YES, UNKNOWN = 2, 1


@dataclass(frozen=True, slots=True)
class CanDo:
    """A badge: what can be done, or what stands in the way."""

    kind: Kind
    words: str
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One person found. ``reading`` is the pinyin in syllables as (first letter, rest)."""

    person: Person
    household: int | None
    relation: str
    head: str
    place: str
    why: Words
    reading: Sequence[tuple[str, str]]
    can_do: Sequence[CanDo]
    told: str = ""  # where another of that name and village stands among the hits

    @property
    def id_last4(self) -> str:
        return str(self.person.citizen_id)[-4:]

    @property
    def phone_last4(self) -> str:
        return str(self.person.phone)[-4:] if self.person.phone else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows, how the text was understood, whether there are more, and the application a receipt number names."""

    understood: Words
    kind: str
    rows: Sequence[Row]
    has_more: bool = False
    application: Application | None = None


def look_for(text: str, *, official: Official, on: date, page: int = 1) -> Answer:
    """Whatever was typed, pasted or read from a card, in the official's scope."""
    number = receipt_number.normal_form(text)
    if receipt_number.is_valid(number):
        found = queues.in_scope(official).filter(receipt_number=number).first()
        return Answer(Words("受理号", "Receipt number"), "receipt", (), application=found)
    answer = search(text, official=official, page=page)
    typed = "".join(text.split()).lower() if answer.kind == "pinyin" else ""
    rows = _rows(answer, on, typed, wide=not official.is_township)
    return Answer(answer.understood, answer.kind, rows, answer.has_more)


def homophones(name: str, *, official: Official, on: date) -> Sequence[Row]:
    """People whose name sounds the same: what to look at first where nobody bears the name as typed."""
    for reading in names.readings(name)[:1]:
        return _rows(search(reading, official=official, most=3), on)
    return ()


def _rows(found: Found, on: date, typed: str = "", *, wide: bool = False) -> list[Row]:
    people = [hit.person for hit in found.hits[:HITS_MAX]]
    standing = {
        row.person_id: row
        for row in Membership.objects.filter(
            person__in=people, valid_until=None, is_disputed=False
        ).select_related("household__head")
    }
    homeless = [person for person in people if person.pk not in standing]
    if homeless:  # perhaps a row that was merged into theirs has a household
        merged = Membership.objects.filter(
            person__merged_into__in=homeless, valid_until=None, is_disputed=False
        )
        for other in merged.select_related("household__head", "person").order_by("person"):
            standing.setdefault(other.person.merged_into_id or 0, other)
    households = {row.household_id for row in standing.values()}
    can_do = _can_do(people, households, standing)
    named = places.places_of(person.division for person in people)
    told = told_apart((person.pk, person.name, person.division) for person in people)
    rows = []
    for hit in found.hits[:HITS_MAX]:
        row = standing.get(hit.person.pk)
        head = row.household.head.name if row and row.household.head else ""
        rows.append(
            Row(
                person=hit.person,
                household=row.household_id if row else None,
                relation=RELATION.names.get(row.relation, "") if row else "",
                head=head,
                place=named.full(hit.person.division)
                if wide
                else named.village(hit.person.division) or named.township(hit.person.division),
                why=hit.why,
                reading=reading_of(hit.person.name, typed),
                can_do=can_do.get(hit.person.pk, ()),
                told=told.get(hit.person.pk, ""),
            )
        )
    return rows


def reading_of(name: str, typed: str = "") -> list[tuple[str, str]]:
    """In syllables, for marking the initials: the reading that was typed, else the likeliest.

    >>> reading_of("赵雨桐")
    [('z', 'hao'), ('y', 'u'), ('t', 'ong')]
    """
    return [(syllable[:1], syllable[1:]) for syllable in names.syllables_by(name, typed)]


def _can_do(
    people: Sequence[Person], households: set[int], standing: dict[int, Membership]
) -> dict[int, list[CanDo]]:
    """By person: rights not applied for, applications under way, facts that are missing. Two queries."""
    free = without_application(
        Assessment.objects.filter(household__in=households) | Assessment.objects.filter(person__in=people)
    )
    yes: dict[int, int] = defaultdict(int)
    unknown: dict[int, int] = defaultdict(int)
    of_household: dict[int, list[int]] = defaultdict(list)
    for person, row in standing.items():
        of_household[row.household_id].append(person)
    for verdict, person, household in free.filter(verdict__gte=UNKNOWN).values_list(
        "verdict", "person", "household"
    ):
        owners = [person] if person else of_household[household]
        for owner in owners:
            (yes if verdict == YES else unknown)[owner] += 1
    underway: dict[int, int] = defaultdict(int)
    done: set[int] = set()
    rows = Application.objects.filter(household__in=households).values_list("state", "person", "household")
    for state, person, household in rows:
        for owner in [person] if person else of_household[household]:
            if state in UNDECIDED:
                underway[owner] += 1
            elif state == State.APPROVED:
                done.add(owner)
    return {
        one.pk: _badges(yes[one.pk], underway[one.pk], unknown[one.pk], done=one.pk in done) for one in people
    }


def _badges(yes: int, underway: int, unknown: int, *, done: bool) -> list[CanDo]:
    badges = []
    if yes:
        badges.append(CanDo("can_apply", gettext("can apply: %(n)d") % {"n": yes}))
    if underway:
        badges.append(CanDo("under_way", gettext("under way: %(n)d") % {"n": underway}, is_quiet=bool(yes)))
    if unknown and not yes:
        badges.append(CanDo("not_known", gettext("facts missing: %(n)d") % {"n": unknown}))
    if done and not badges:
        badges.append(CanDo("met", gettext("approved"), is_quiet=True))
    return badges or [CanDo("not_needed", gettext("nothing to apply for"), is_quiet=True)]
