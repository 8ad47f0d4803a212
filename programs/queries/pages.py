"""What the policy pages show, worked out from the stored bytes: nothing here is typed twice."""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from audit.moves import Move
from facts.catalogue import load_catalogue
from officials.models import Official
from programs import language
from programs.language.forms import Policy
from programs.language.sentences import AmountRow, InWords
from programs.lifecycle import VersionState
from programs.models import PolicyVersion
from programs.queries import figures, versions
from programs.queries.simulated import looked_through
from standards.words import Words
from web.components import Kind, Step, When

BADGES: dict[str, Kind] = {
    VersionState.DRAFT: "neutral",
    VersionState.PROPOSED: "under_way",
    VersionState.ACTIVE: "met",
    VersionState.SUPERSEDED: "not_needed",
    VersionState.WITHDRAWN: "not_needed",
}
STEPS: dict[str, When] = {
    VersionState.DRAFT: "future",
    VersionState.PROPOSED: "now",
    VersionState.ACTIVE: "past",
    VersionState.SUPERSEDED: "future",
    VersionState.WITHDRAWN: "future",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One program in the list: the version in force and the newest one."""

    code: str
    title: Words
    current: PolicyVersion | None
    newest: PolicyVersion

    @property
    def badge(self) -> Kind:
        return BADGES[self.newest.state]

    @property
    def state(self) -> str:
        """The newest version's state in the language of the page."""
        return str(VersionState(self.newest.state).label)

    @property
    def url(self) -> str:
        return address(self.current or self.newest)

    @property
    def newest_url(self) -> str:
        return address(self.newest)


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One situation of an example as the table shows it."""

    say: Words
    part: int
    expected: Words
    computed: Words
    agrees: bool


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A published total as the page shows it; ``count`` is None where nobody published one."""

    fen: int | None
    count: int | None
    feasible: bool
    agrees: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One version, read anew from its bytes. ``words`` is None where the bytes cannot be read any more."""

    version: PolicyVersion
    badge: Kind
    policy: Policy | None
    words: InWords | None
    examples: list[ExampleRow]
    problems: list[language.Problem]
    totals: list[TotalRow] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The state in the language of the page."""
        return str(VersionState(self.version.state).label)

    @property
    def is_open(self) -> bool:
        """Whether it can still come into force."""
        return self.version.state in (VersionState.DRAFT, VersionState.PROPOSED)

    @property
    def failing(self) -> int:
        return sum(not each.agrees for each in self.examples)

    @property
    def matrix(self) -> "Matrix | None":
        """The amounts as a table of two facts, where they are one."""
        rows = self.words.amount_rows if self.words else ()
        return matrix_of(rows) if rows and len(rows[0].labels) == 2 else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Amounts by two facts: heads of the columns, and rows of label and fen (None: no amount)."""

    heads: list[Words]
    rows: list[tuple[Words, list[int | None]]]


@dataclass(frozen=True, slots=True)
class Gate:
    """What activation asks for: each condition met or not, and the reasons that stop it."""

    checks: list[tuple[bool, Words]]

    @property
    def reasons(self) -> list[Words]:
        return [words for met, words in self.checks if not met]


def address(version: PolicyVersion) -> str:
    """The page of a version."""
    return reverse("programs:policy", args=[version.code, version.number])


def programs(on: date) -> list[Line]:
    """Every program by code. One query."""
    found: dict[str, list[PolicyVersion]] = {}
    for version in versions():
        found.setdefault(version.code, []).append(version)
    return [
        Line(code, rows[0].title, next((row for row in rows if _is_current(row, on)), None), rows[0])
        for code, rows in found.items()
    ]


def _is_current(version: PolicyVersion, on: date) -> bool:
    return version.state == "active" and version.in_force_from <= on <= version.in_force_until


def _problems(version: PolicyVersion, policy: Policy) -> list[language.Problem]:
    """What stands in the way of a version; one that counts or has counted has passed the gate."""
    return language.prove(policy) if version.state in ("draft", "proposed") else language.check(policy)


def policy_page(version: PolicyVersion) -> Page:
    """The version with its examples run on the stored bytes; never stored."""
    badge = BADGES[version.state]
    try:
        policy = language.read(bytes(version.source), load_catalogue(), figures())
    except language.PolicyErrors as refused:  # a kind of evidence it names may have gone since
        return Page(version, badge, None, None, [], list(refused.problems))
    program = language.compile(policy)
    outcomes = language.run_examples(program)
    rows = [
        ExampleRow(
            outcome.example.say,
            outcome.at + 1 if len(outcome.example.situations) > 1 else 0,
            language.gives_in_words(outcome.expected, policy),
            language.gives_in_words(language.spoken_of(outcome), policy),
            outcome.agrees,
        )
        for outcome in outcomes
    ]
    problems = _problems(version, policy)
    return Page(version, badge, policy, program.sentences(), rows, problems, _totals(policy, problems))


def _totals(policy: Policy, problems: list[language.Problem]) -> list[TotalRow]:
    """Each ``[[control_total]]``, and whether the check finds it right."""
    wrong = {one.line for one in problems if one.key == "control_total"}
    return [
        TotalRow(
            one.fen,
            one.count
            if one.count is not None or one.feasible
            else sum(case.count or 0 for case in one.cases),
            one.feasible,
            one.line not in wrong,
        )
        for one in policy.control_totals
    ]


def matrix_of(rows: tuple[AmountRow, ...]) -> Matrix:
    """Rows of two labels as a matrix, in the order of the file."""
    heads = list(dict.fromkeys(row.labels[1] for row in rows))
    by_label = {row.labels: row.fen for row in rows}
    lines = dict.fromkeys(row.labels[0] for row in rows)
    return Matrix(heads, [(line, [by_label.get((line, head)) for head in heads]) for line in lines])


def gate(page: Page, number: str) -> Gate:
    """The activation list for the official with staff ``number``."""
    version, total = page.version, len(page.examples)
    right = total - page.failing
    is_proposed, is_own = version.state == VersionState.PROPOSED, version.proposed_by == number
    is_seen = looked_through(version, number) is not None
    return Gate(
        [
            (bool(page.policy), Words("有依据和文号", "It names its basis and document number")),
            (
                bool(total) and not page.failing,
                Words(f"例题 {total} 道，对 {right} 道", f"{right} of {total} examples come out right"),
            ),
            (not page.problems, _problems_in_words(len(page.problems))),
            *_accepted_in_words(page.policy),
            (
                is_seen,
                Words("你看过这份文件的试算", "You have looked its simulation through")
                if is_seen
                else Words("你还没有看过这份文件的试算", "You have not looked its simulation through yet"),
            ),
            (
                is_proposed,
                Words("已提交启用", "It has been proposed")
                if is_proposed
                else Words("还没有提交启用", "It has not been proposed yet"),
            ),
            (
                not is_own,
                Words("提交的人不能自己启用", "Whoever proposed it cannot activate it")
                if is_own
                else Words("你不是提交的人", "You are not the one who proposed it"),
            ),
        ]
    )


def may_take(version: PolicyVersion, move: Move, official: Official) -> bool:
    """Whether the confirm page of a step is worth opening for this official; the step itself checks it all again."""
    if move not in version.moves_for(official.roles, official.number):
        return False
    return move.name != "activate" or (
        version.proposed_by != official.number and looked_through(version, official.number) is not None
    )


def _accepted_in_words(policy: Policy | None) -> list[tuple[bool, Words]]:
    """Nothing that stops, but whoever activates answers for it too: what the officer let pass without an example."""
    count = len(policy.accepted) if policy else 0
    if not count:
        return []
    return [
        (
            True,
            Words(
                f"{count} 处没有例题守住，理由写在下面", f"{count} accepted without an example, reasons below"
            ),
        )
    ]


def _problems_in_words(count: int) -> Words:
    if not count:
        return Words("检查没有发现问题", "The check found nothing wrong")
    return Words(f"检查发现 {count} 个问题", f"The check found {count} problem(s)")


def timeline(version: PolicyVersion) -> list[tuple[Step, str]]:
    """The program's versions, newest first, each with its page."""
    return [
        (
            Step(
                title=_("Version %(n)d") % {"n": each.number},
                state="now" if each.pk == version.pk else STEPS[each.state],
                when=f"{each.in_force_from} – {each.in_force_until}",
                detail=str(VersionState(each.state).label),
            ),
            address(each),
        )
        for each in versions(version.code)
    ]
