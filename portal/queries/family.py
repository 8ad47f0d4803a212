"""One family for its page: who belongs to it, what is known, and the programs side by side, judged now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from applications.judging import Judged, judge_household
from applications.lifecycle import State
from applications.models import Application
from beneficiaries.queries.family import FactLine, Family
from facts.catalogue import load_catalogue
from portal.queries.application import paper_words
from programs.language import Condition, facts_behind, needs_for_life
from programs.queries import Loaded, active_on
from standards.words import Words
from web.components import Kind

NO, UNKNOWN, YES = 0, 1, 2
KINDS: dict[int, Kind] = {NO: "not_met", UNKNOWN: "not_known", YES: "can_apply"}
SHOWN_KINDS = ("certificate", "hardship", "admission", "training", "housing")
SHOWN_MAX = 8
MET_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Known:
    """One thing known about the family or a member, with its day and where it comes from."""

    kind: str
    label: Words
    about: str
    value: Words
    since: date
    source: Words


def known(family: Family, on: date) -> list[Known]:
    """Certificate, hardship and records that still count, in the order of SHOWN_KINDS; month lists once. No query."""
    lines = [(line, "") for line in family.facts]
    lines += [(line, member.person.name) for member in family.members for line in member.facts]
    kept: dict[tuple[str, str, str], Known] = {}
    for line, about in lines:
        one = _known(line, about)
        is_over = (
            line.fact.valid_until is not None and line.fact.valid_until < on and line.kind.name != "hardship"
        )
        if one.kind in SHOWN_KINDS and not is_over and not line.fact.is_disputed:
            kept.setdefault((one.kind, about, one.value.zh), one)  # the newest comes first
    return sorted(kept.values(), key=lambda one: SHOWN_KINDS.index(one.kind))[:SHOWN_MAX]


def _known(line: FactLine, about: str) -> Known:
    since = line.fact.valid_from.isoformat()  # printed beside it
    values = [shown.value for shown in line.shown if shown.value.zh not in ("", since)]
    value = Words(" ".join(one.zh for one in values), " ".join(one.en for one in values))
    return Known(line.kind.name, line.kind.words, about, value, line.fact.valid_from, line.source)


def _is_sum(condition: Condition) -> bool:
    return condition.name == "amount" and condition.verdict == UNKNOWN


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
        """Failing and unknown conditions, failing first. Where one fails nobody is sent for what only the sum hangs on;

        where it was granted nothing presses: judged again it would fail for having been granted.
        """
        if self.application is not None and self.application.state == "approved":
            return []
        fails = any(one.verdict == NO for one in self.conditions)
        found = (one for one in self.conditions if one.verdict != YES and not (fails and _is_sum(one)))
        return sorted(found, key=lambda one: one.verdict)

    @property
    def is_never_meant(self) -> bool:
        """Sex or birth alone rule the person out for this record: a boy, a grown woman among enrolled girls."""
        for_life = needs_for_life(self.judged.loaded.program.policy)
        return any(one.verdict == NO and one.name in for_life for one in self.conditions)

    @property
    def to_settle(self) -> list[tuple[Condition, str]]:
        """Pressing conditions, each with the kind of evidence that settles it at the counter where one does."""
        return [(one, self._kind_of(one) if one.verdict == UNKNOWN else "") for one in self.pressing]

    def _kind_of(self, condition: Condition) -> str:
        policy, catalogue = self.judged.loaded.program.policy, load_catalogue()
        test = next((need.test for need in policy.needs if need.name == condition.name), None)
        facts = facts_behind(test, policy.names) if test is not None else ()
        kinds = [catalogue.facts[fact].kind for fact in facts if fact in catalogue.facts]
        open_ = {name.partition(".")[2] for name in self.judged.unknown() if name.startswith("parents.")}
        if open_ and not open_.intersection(facts):  # nothing but whether a parent lives
            papers = set(self.judged.papers_to_bring())
            away = [
                kind.name
                for kind in catalogue.kinds.values()
                if kind.is_only_elsewhere and papers & kind.papers.keys()
            ]
            kinds = away or kinds
        return next((kind for kind in kinds if catalogue.kinds[kind].entered != "never"), "")

    @property
    def folded(self) -> int:
        """How many met conditions are only counted: what presses comes first, and a card stays short."""
        return max(0, len(self.met) - (0 if self.pressing else MET_SHOWN))

    @property
    def met(self) -> Sequence[Condition]:
        return [one for one in self.conditions if one.verdict == YES]

    @property
    def met_shown(self) -> Sequence[Condition]:
        """The met conditions that are spelled out."""
        return self.met[: len(self.met) - self.folded]

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
    def others(self) -> list[Subject]:
        """The rights beside the first: each is named on the card."""
        return self.subjects[1:]

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


def cards(family: Family, on: date, *, applications: Sequence[Application] | None = None) -> list[Card]:
    """Every program in force, judged for the family as of now; a right under way shows its application.

    ``applications`` of the household, the oldest first, where the caller has read them.
    """
    household = family.household
    names = {member.person.pk: member.person.name for member in family.members}
    read_as = {row: member.person.pk for member in family.members for row in member.rows}
    head = household.head.name if household.head else ""
    if applications is None:
        applications = list(Application.objects.filter(household=household).order_by("pk"))
    applications = [one for one in applications if one.state != State.WITHDRAWN]
    by_program: dict[str, list[Subject]] = defaultdict(list)
    in_force = active_on(on)
    for judged in judge_household(household, on=on, in_force=in_force, people=family.standing):
        code = judged.loaded.version.code
        by_program[code].append(
            Subject(
                judged=judged,
                name=names.get(judged.person or 0, head),
                conditions=list(judged.explain().conditions),
                application=_application_of(judged, applications, read_as),
            )
        )
    return [Card(one, _meant(by_program[one.version.code])) for one in in_force]


def _meant(subjects: list[Subject]) -> list[Subject]:
    """In order, without those whom the program can never mean; where it means nobody, all of them with their reason."""
    meant = [one for one in subjects if one.application or not one.is_never_meant]
    return sorted(meant or subjects, key=_order)


def _order(subject: Subject) -> tuple[int, bool, int, int]:
    """What can be applied for comes first, then what is not known, then what fails least; the newest first."""
    underway = subject.application is not None
    return -subject.verdict, underway, len(subject.pressing), -(subject.judged.record or 0)


def _application_of(
    judged: Judged, applications: Sequence[Application], read_as: Mapping[int, int]
) -> Application | None:
    """The application for this right that is under way or decided, if any."""
    for one in reversed(applications):
        person = read_as.get(one.person_id or 0, one.person_id)
        same_holder = person == judged.person if judged.person else one.person_id is None
        if one.program == judged.loaded.version.code and same_holder and one.record_id == judged.record:
            return one
    return None


def subject_named(all_cards: Sequence[Card], program: str, key: str) -> Subject | None:
    """The right a form names; nothing but what was just judged can be applied for."""
    return next(
        (one for card in all_cards if card.code == program for one in card.subjects if one.key == key), None
    )
