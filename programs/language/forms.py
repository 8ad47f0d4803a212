"""A policy as read: frozen, typed, every value already in the unit the evaluator uses."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from standards.words import Words

if TYPE_CHECKING:
    from programs.language.lines import Lines
    from programs.language.names import Names

Value = str | int | bool  # text, code / number, fen, day number / bool


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A shared figure from one day on, with the document that says so. Money in fen."""

    valid_from: date
    value: int
    document: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure shared by policies (the year's personal contribution …)."""

    name: str
    type: str  # money | integer
    words: Words
    values: tuple[FigureValue, ...]  # by day, ascending


@dataclass(frozen=True, slots=True)
class Reference:
    """A fact or a figure named in the place of a value."""

    kind: str  # fact | figure
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time from the day in ``after`` on (or up to the day in ``before``); both ends count."""

    count: int
    unit: str  # days | months | years
    anchor: str
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    fact: str
    op: str
    values: tuple[Value, ...] = ()
    other: Reference | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """``any_of``, ``all_of``, ``not`` (one part) or ``unless`` (first the exception, then the rule)."""

    kind: str
    parts: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Quantified:
    """``every``, ``any``, ``none`` of a set, or ``count`` of it against ``number``."""

    quantifier: str
    set: str
    test: "Test | None"
    where: "Test | None" = None
    op: str = ""
    number: int = 0


Test = Compare | Group | Quantified


@dataclass(frozen=True, slots=True)
class Need:
    """``says`` is the condition as people are told it; empty where the rule's own words will do."""

    name: str
    test: Test
    otherwise: Words
    paper: str | None
    line: int
    says: Words


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: anything, one value (a code held), or a range of numbers (ends count)."""

    kind: str  # any | value | range
    value: Value | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    cells: tuple[Cell, ...]
    result: Value
    line: int


@dataclass(frozen=True, slots=True)
class Derived:
    """A new fact (``derive``) or number (``figure``) by a table: the first row that matches."""

    name: str
    type: str  # code | integer | money
    inputs: tuple[str, ...]
    rows: tuple[TableRow, ...]
    words: Words
    says: dict[str, Words]
    line: int

    @property
    def values(self) -> tuple[str, ...]:
        """Every word it can give, in the order of the rows."""
        return tuple(dict.fromkeys(str(row.result) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Flat:
    fen: int


@dataclass(frozen=True, slots=True)
class ByTable:
    """Yuan by the value of one fact, or a matrix by two. A value without an amount gives 0."""

    facts: tuple[str, ...]
    fen: dict[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class PerQuantity:
    fen_each: int
    fact: str
    count_at_most: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """So much for each one up to ``upto``, counted from where the step before ends."""

    upto: int
    fen_each: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """A rate that changes with the quantity; nothing beyond the last step."""

    fact: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Percent:
    percent: Fraction
    of: Reference


@dataclass(frozen=True, slots=True)
class FromFigure:
    of: Reference


@dataclass(frozen=True, slots=True)
class Band:
    """The deciding official sets the sum between these two; it is not known until then."""

    least: "Shape"
    most: "Shape"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an amount, with its own rounding and bounds; ``when`` says whom it is for."""

    when: "Test | None"
    amount: "Amount"


@dataclass(frozen=True, slots=True)
class Parts:
    """``sum``: the parts that apply add up; ``first``: the first that applies counts."""

    kind: str  # sum | first
    parts: tuple[Part, ...]


Shape = Flat | ByTable | PerQuantity | Stepped | Percent | FromFigure | Band | Parts


@dataclass(frozen=True, slots=True)
class Amount:
    shape: Shape
    round_to_yuan: bool
    at_least: Shape | None
    at_most: Shape | None
    line: int


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    holds: tuple[str, ...]
    times: int
    period: str  # life | year
    same: tuple[str, ...]
    otherwise: Words
    line: int


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the list: ``lowest``, ``highest`` or ``earliest`` of a fact, or of ``applied_on``."""

    first: str
    fact: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What a calendar year has for all together: places, a ceiling of money, and the order of the list."""

    places: int | None
    ceiling_fen: int | None
    order: tuple[Order, ...]
    ties: str  # all | none: who shares the last place gets it, or nobody of them
    line: int


@dataclass(frozen=True, slots=True)
class Instalment:
    name: str
    words: Words
    share: Fraction | None  # None = the rest
    need: Test | None
    within: Span | None
    if_missed: str | None  # lapse | hold
    pay_to: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Fund:
    source: str
    share: Fraction | None  # None = the rest, unless ``fen``
    fen: int | None
    budget_line: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    days: int
    working: bool


@dataclass(frozen=True, slots=True)
class Apply:
    route: str  # counter | lists | both
    from_day: int | None
    until_day: int | None
    within: Span | None
    papers: tuple[str, ...]
    declare: tuple[str, ...]
    notice: Notice
    days_to_decide: int
    line: int


@dataclass(frozen=True, slots=True)
class Basis:
    number: str
    clause: str
    figures_from: str


@dataclass(frozen=True, slots=True)
class Period:
    """From and until a day (numbers), both included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Situation:
    """An example's facts, after ``like`` has been followed."""

    facts: dict[str, object]
    sets: dict[str, tuple[dict[str, object], ...]]
    unknown: tuple[str, ...]
    applied_on: int | None
    claims_held: dict[str, int]
    holder: str = ""
    home: str = ""  # whose limit it is where a household holds it; empty: the holder has one alone
    set_fen: int | None = None  # what the deciding official has set within a band
    places_given: int = 0  # before this list, in its year
    fen_given: int = 0


@dataclass(frozen=True, slots=True)
class Gives:
    """What an example says comes out. Exactly one of ``fen``, ``no``, ``not_known`` is given.

    ``band``: the least and the most that an official may set; ``not_known`` is then the amount alone.
    """

    fen: int | None = None
    no: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()
    parts: dict[str, int | str] = field(default_factory=dict)
    funds: dict[str, int] = field(default_factory=dict)
    band: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    say: Words
    situations: tuple[Situation, ...]
    gives: tuple[Gives, ...]
    line: int


@dataclass(frozen=True, slots=True)
class TotalCase:
    situation: Situation
    count: int | None


@dataclass(frozen=True, slots=True)
class ControlTotal:
    cases: tuple[TotalCase, ...]
    fen: int | None
    count: int | None
    feasible: bool
    line: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A value that may move by one step without an example noticing, and why."""

    key: str
    reason: Words
    line: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One program in one version. ``digest`` is the SHA-256 of the file's exact bytes, in hex."""

    code: str
    title: Words
    on_slip: str
    basis: tuple[Basis, ...]
    in_force: Period
    cohort: Period | None
    for_each: str
    judged_on: str | int  # a date fact, "applied_on", or a fixed day
    pay_to: tuple[str, ...]
    derived: tuple[Derived, ...]
    needs: tuple[Need, ...]
    amount: Amount
    limits: tuple[Limit, ...]
    instalments: tuple[Instalment, ...]
    funds: tuple[Fund, ...]
    apply: Apply
    examples: tuple[Example, ...]
    control_totals: tuple[ControlTotal, ...]
    digest: str
    names: "Names" = field(compare=False, repr=False)
    accepted: tuple[Accepted, ...] = ()
    queue: Queue | None = None
    lines: "Lines | None" = field(default=None, compare=False, repr=False)
