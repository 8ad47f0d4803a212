"""One family for its page: who belongs to it, what is known, and the programs side by side, judged now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from applications.judging import Judged, judge_household
from applications.lifecycle import State
from applications.models import Application
from beneficiaries.models import Account, Fact, Household, Membership, Person
from facts.catalogue import load_catalogue
from officials.models import Official
from portal.queries.application import paper_words
from programs.language import Condition
from programs.queries import Loaded, active_on
from standards.code_lists import RELATION
from standards.words import Words
from web.components import Kind

NO, UNKNOWN, YES = 0, 1, 2
KINDS: dict[int, Kind] = {NO: "not_met", UNKNOWN: "not_known", YES: "can_apply"}
SHOWN_KINDS = ("certificate", "hardship", "admission", "training", "housing")


def find(official: Official, pk: int) -> Household | None:
    """The household if it is in scope. One query."""
    found: Household | None = (
        Household.objects.visible_to(official).select_related("head").filter(pk=pk).first()
    )
    return found


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the household on that day."""

    person: Person
    relation: str
    age: int
    accounts: Sequence[Account]

    @property
    def id_last4(self) -> str:
        return str(self.person.citizen_id)[-4:]

    @property
    def phone_last4(self) -> str:
        return str(self.person.phone)[-4:] if self.person.phone else ""


def members(household: Household, on: date) -> list[Member]:
    """Those in the household, the head first. Two queries."""
    found = (
        Membership.objects.filter(household=household, is_disputed=False, valid_from__lte=on)
        .exclude(valid_until__lt=on).select_related("person")
    )  # fmt: skip
    rows = sorted(found, key=lambda row: (row.person_id != household.head_id, row.person.born_on))
    accounts = defaultdict(list)
    live = Account.objects.filter(owner__in=[row.person_id for row in rows]).exclude(
        state__in=("refused", "closed")
    )
    for account in live.order_by("-state", "pk"):
        accounts[account.owner_id].append(account)
    return [
        Member(
            person=row.person,
            relation=RELATION.names.get(row.relation, row.relation),
            age=_age(row.person.born_on, on),
            accounts=accounts[row.person_id],
        )
        for row in rows
    ]


def _age(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


@dataclass(frozen=True, slots=True)
class Known:
    """One thing known about the family or a member, with its day and where it comes from."""

    kind: str
    label: Words
    about: str
    value: Words
    since: date
    source: str
    is_over: bool


def known(household: Household, people: Sequence[Member], on: date) -> list[Known]:
    """Certificate, hardship and records of the last two years, the newest first. One query."""
    ids = {member.person.pk: member.person.name for member in people}
    rows = Fact.objects.filter(kind__in=SHOWN_KINDS, superseded_by=None).select_related("list")
    mine = [*rows.filter(household=household), *rows.filter(person__in=ids)]
    kinds = load_catalogue().kinds
    found = [
        Known(
            kind=fact.kind,
            label=kinds[fact.kind].words,
            about=ids.get(fact.person_id or 0, ""),
            value=_value(fact),
            since=fact.valid_from,
            source=(fact.list.title or fact.list.file_name) if fact.list else str(paper_words(fact.paper).zh),
            is_over=bool(fact.valid_until and fact.valid_until < on),
        )
        for fact in mine
    ]
    found.sort(key=lambda one: (SHOWN_KINDS.index(one.kind), -one.since.toordinal()))
    return _newest_hardship(found)


def _newest_hardship(found: list[Known]) -> list[Known]:
    """Month lists repeat themselves: the newest month of each category is enough here."""
    kept, seen = [], set()
    for one in found:
        key = (
            (one.kind, one.value.zh)
            if one.kind == "hardship"
            else (one.kind, one.value.zh, one.since, one.about)
        )
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept


def _value(fact: Fact) -> Words:
    kind = load_catalogue().kinds[fact.kind]
    zh, en = [], []
    for name, one in kind.fields.items():
        value = fact.values.get(name)
        if value in (None, "", []) or one.type == "date":
            continue
        for item in value if isinstance(value, list) else [value]:
            words = one.value(item).words if one.codes and item in one.codes else Words(str(item), str(item))
            zh.append(words.zh)
            en.append(words.en)
    return Words(" ".join(zh), " ".join(en))


@dataclass(frozen=True, slots=True)
class Subject:
    """One right that may be applied for: a girl's admission, a house, a training, a year of enrolment."""

    judged: Judged
    name: str
    conditions: Sequence[Condition]
    application: Application | None

    @property
    def verdict(self) -> int:
        return self.judged.verdict

    @property
    def amount_fen(self) -> int | None:
        return self.judged.amount_fen if self.judged.amount_fen > 0 else None

    @property
    def key(self) -> str:
        return "-".join(
            str(part or 0) for part in (self.judged.record, self.judged.person, self.judged.household)
        )

    @property
    def pressing(self) -> Sequence[Condition]:
        """Failing and unknown conditions, failing first."""
        return sorted((one for one in self.conditions if one.verdict != YES), key=lambda one: one.verdict)

    @property
    def met(self) -> Sequence[Condition]:
        return [one for one in self.conditions if one.verdict == YES]

    @property
    def papers(self) -> list[Words]:
        """What has to be brought because no list settles it."""
        return [paper_words(kind) for kind in self.judged.papers_to_bring()]


@dataclass(frozen=True, slots=True)
class Card:
    """One program at a glance; ``subjects`` the clearest right first."""

    loaded: Loaded
    subjects: list[Subject] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.loaded.version.code

    @property
    def title(self) -> Words:
        return self.loaded.version.title

    @property
    def is_from_lists(self) -> bool:
        return self.loaded.program.policy.apply.route == "lists"

    @property
    def first(self) -> Subject | None:
        return self.subjects[0] if self.subjects else None

    @property
    def badge(self) -> Kind:
        first = self.first
        if first is None:
            return "not_needed"
        if first.application is not None:
            return "met" if first.application.state == State.APPROVED else "under_way"
        return KINDS[first.verdict]

    @property
    def for_each(self) -> Words:
        """What gives the right, where the family has none on record."""
        kind = load_catalogue().kinds.get(self.loaded.program.policy.for_each)
        return kind.words if kind else Words("记录", "record")


def cards(household: Household, people: Sequence[Member], on: date) -> list[Card]:
    """Every program in force, judged for the family as of now; a right under way shows its application."""
    names = {member.person.pk: member.person.name for member in people}
    head = household.head.name if household.head else ""
    applications = list(
        Application.objects.filter(household=household).exclude(state=State.WITHDRAWN).order_by("pk")
    )
    by_program: dict[str, list[Subject]] = defaultdict(list)
    for judged in judge_household(household, on=on):
        code = judged.loaded.version.code
        by_program[code].append(
            Subject(
                judged=judged,
                name=names.get(judged.person or 0, head),
                conditions=list(judged.explain().conditions),
                application=_application_of(judged, applications),
            )
        )
    return [Card(one, sorted(by_program[one.version.code], key=_order)) for one in active_on(on)]


def _order(subject: Subject) -> tuple[bool, int, int]:
    """What can be applied for comes first, then what is not known, then what is under way, then the rest."""
    return (
        subject.application is not None and subject.verdict != YES,
        -subject.verdict,
        -(subject.judged.record or 0),
    )


def _application_of(judged: Judged, applications: Sequence[Application]) -> Application | None:
    """The application for this right that is under way or decided, if any."""
    for one in reversed(applications):
        same_holder = one.person_id == judged.person if judged.person else one.person_id is None
        if one.program == judged.loaded.version.code and same_holder and one.record_id == judged.record:
            return one
    return None


def subject_named(all_cards: Sequence[Card], program: str, key: str) -> Subject | None:
    """The right a form names; nothing but what was just judged can be applied for."""
    return next(
        (one for card in all_cards if card.code == program for one in card.subjects if one.key == key), None
    )
