"""What is due, split into what can be paid now and what cannot: who, why, and who mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from payments.banks import load_profiles
from payments.models import Batch
from payments.queries.due import (
    REASONS,
    find_failed,
    find_waiting,
    mark_unchanged,
    profiles_of_banks,
    waiting_groups,
)
from standards.words import Words
from web.forms import listed

NAMES_SHOWN = 5
UNKNOWN = (
    Words("这家银行的文件写不了户名", "This bank's file cannot carry the name"),
    Words("财政", "Finance"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """One program, township (12 digits) and fiscal year: how much can be paid, and how much not."""

    program: str
    township: str
    fiscal_year: int
    count: int
    total_fen: int
    blocked: int
    blocked_fen: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Payments that wait for the same thing, with the first names."""

    code: str
    words: Words
    who: Words
    count: int
    fen: int
    names: str

    @property
    def sentence(self) -> Words:
        """Why, how many, who mends it: a reason beside a button that is shut."""
        return Words(
            f"{self.count} 笔：{self.words.zh}（{self.who.zh}办）：{self.names}",
            f"{self.count}: {self.words.en} ({self.who.en}): {self.names}",
        )


@dataclass(frozen=True, slots=True)
class Held:
    """One payment that cannot be made, and whose account would mend it."""

    person: int
    name: str
    division: str
    program: str
    fen: int
    code: str

    @property
    def words(self) -> Words:
        return REASONS.get(self.code, UNKNOWN)[0]

    @property
    def who(self) -> Words:
        return REASONS.get(self.code, UNKNOWN)[1]


@dataclass(frozen=True, slots=True)
class Split:
    """The whole answer. ``held`` is one page of what cannot be paid, where people were asked for."""

    groups: Sequence[Group] = ()
    reasons: Sequence[Reason] = ()
    held: Sequence[Held] = ()

    @property
    def count(self) -> int:
        return sum(one.count for one in self.groups)

    @property
    def total_fen(self) -> int:
        return sum(one.total_fen for one in self.groups)

    @property
    def blocked(self) -> int:
        return sum(one.count for one in self.reasons)

    @property
    def blocked_fen(self) -> int:
        return sum(one.fen for one in self.reasons)


def due_now(
    *,
    on: date,
    scope: str,
    program: str | None = None,
    township: str | None = None,
    page: int = 0,
    rows: int = 0,
) -> Split:
    """Everything due that is in no batch. The same few statements whatever the number of townships."""
    if not waiting_groups(on=on, program=program, township=township, scope=scope):
        return Split()  # the usual day: one query
    with transaction.atomic():
        banks = profiles_of_banks(load_profiles())
        find_waiting(on=on, banks=banks, program=program, township=township, scope=scope)
        return Split(_groups(), _reasons(), _held(rows, page * rows) if rows else ())


def to_correct(batch: Batch, *, on: date) -> Split:
    """The failed lines of a batch: which can be rebuilt now, and what the others wait for."""
    parts = []
    for is_late in (False, True):
        with transaction.atomic():
            banks = profiles_of_banks(load_profiles())
            if find_failed(batch=batch, on=on, banks=banks, is_late=is_late):
                mark_unchanged()
                parts.append(Split(_groups(), _reasons()))
    return Split(
        [group for part in parts for group in part.groups],
        [reason for part in parts for reason in part.reasons],
    )


def _groups() -> list[Group]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.program, rpad(left(e.division, 9), 12, '0'), e.fiscal_year,
                      count(*) FILTER (WHERE p.reason = ''),
                      coalesce(sum(p.amount_fen) FILTER (WHERE p.reason = ''), 0)::bigint,
                      count(*) FILTER (WHERE p.reason <> ''),
                      coalesce(sum(p.amount_fen) FILTER (WHERE p.reason <> ''), 0)::bigint
               FROM payable p JOIN payments_instalment i ON i.id = p.instalment
               JOIN applications_entitlement e ON e.id = i.entitlement_id
               GROUP BY 1, 2, 3 ORDER BY 3, 1, 2"""
        )
        return [Group(*row) for row in cursor.fetchall()]


_WHO = """FROM payable p JOIN payments_instalment i ON i.id = p.instalment
          JOIN applications_entitlement e ON e.id = i.entitlement_id
          LEFT JOIN beneficiaries_household h ON h.id = e.household_id
          LEFT JOIN beneficiaries_person n ON n.id = coalesce(p.payee, e.person_id, h.head_id)
          WHERE p.reason <> ''"""


def _reasons() -> list[Reason]:
    """The most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT p.reason, count(*), sum(p.amount_fen)::bigint,
                       (array_agg(coalesce(n.name, '—') ORDER BY e.division, p.instalment))[1:%s]
                {_WHO} GROUP BY 1 ORDER BY 2 DESC, 1""",
            [NAMES_SHOWN],
        )
        found = cursor.fetchall()
    return [
        Reason(
            code,
            *REASONS.get(code, UNKNOWN),
            count,
            fen,
            listed(dict.fromkeys(names)) + ("…" if count > len(names) else ""),
        )
        for code, count, fen, names in found
    ]


def _held(rows: int, start: int) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT coalesce(n.id, 0), coalesce(n.name, '—'), e.division, e.program, p.amount_fen, p.reason
                {_WHO} ORDER BY e.division, p.reason, p.instalment LIMIT %s OFFSET %s""",
            [rows, start],
        )
        return [Held(*row) for row in cursor.fetchall()]
