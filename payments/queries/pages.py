"""What the page of one batch shows. Each function is one query, whatever the length of the batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from audit.models import TrailRow
from ledger.queries import available
from officials.models import Official
from officials.roles import FINANCE, Role
from payments.banks import load_reasons
from payments.lifecycle import AttemptState
from payments.models import Attempt, Batch, ResultLine
from payments.queries import failed
from payments.queries.naming import division_names, reason_words, source_words
from standards.words import Words
from web.charts.svg import FILLS
from web.forms import listed

OPEN_LINES_SHOWN = 50
"""Failed and unknown lines on the batch's page; the rest stand on the page of all lines."""
NAMES_SHOWN = 6

T = AttemptState


@dataclass(frozen=True, slots=True)
class Outcome:
    """Lines of one state: ``meaning`` as charts know it (done, failed, unknown, waiting)."""

    meaning: str
    label: Words
    count: int
    fen: int
    next_step: Words

    @property
    def fill(self) -> str:
        """The same fill as in the ring: colour and pattern."""
        return FILLS[self.meaning]


OUTCOMES: tuple[tuple[str, Words, tuple[str, ...], Words], ...] = (
    ("done", Words("已到账", "Paid"), (T.PAID,), Words("", "")),
    (
        "failed",
        Words("失败", "Failed"),
        (T.FAILED, T.RETURNED),
        Words("改好账户后重做", "Rebuild once the account is mended"),
    ),
    (
        "unknown",
        Words("结果不明", "Not known"),
        (T.UNKNOWN,),
        Words("再问银行，不重发", "Ask the bank, never send again"),
    ),
    ("waiting", Words("还没有回音", "Not answered yet"), (T.PLANNED, T.SENT), Words("", "")),
)


def outcomes(batch: Batch) -> list[Outcome]:
    """Lines and fen by what the bank said, without lines pulled back."""
    found = {
        state: (count, fen)
        for state, count, fen in Attempt.objects.filter(batch=batch)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"), Sum("amount_fen"))
    }
    return [
        Outcome(
            meaning,
            label,
            sum(found.get(state, (0, 0))[0] for state in states),
            sum(found.get(state, (0, 0))[1] for state in states),
            next_step,
        )
        for meaning, label, states, next_step in OUTCOMES
    ]


def people_paid(batch: Batch) -> tuple[int, int]:
    """(payees, households) of the batch."""
    counted = (
        Attempt.objects.filter(batch=batch)
        .exclude(state=T.PULLED_BACK)
        .aggregate(
            payees=Count("payee", distinct=True),
            households=Count("instalment__entitlement__household", distinct=True),
        )
    )
    return counted["payees"], counted["households"]


@dataclass(frozen=True, slots=True)
class Fund:
    """What one source gives to this batch, and what it still has."""

    source: str
    fen: int
    available_fen: int

    @property
    def words(self) -> Words:
        return source_words(self.source)


def funds(batch: Batch) -> list[Fund]:
    """The sources of the batch's money."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT f.key, sum(f.value::bigint)::bigint FROM payments_attempt t
               JOIN payments_instalment i ON i.id = t.instalment_id
               CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
               WHERE t.batch_id = %s AND t.state <> 'pulled_back' GROUP BY 1 ORDER BY 1""",
            [batch.pk],
        )
        given = cursor.fetchall()
    left = available(batch.program, batch.fiscal_year)
    return [Fund(source, fen, left.get(source, 0)) for source, fen in given]


@dataclass(frozen=True, slots=True)
class Signature:
    """One step of a batch as the trail has it."""

    name: str
    number: str
    day: date
    count: int | None
    total_fen: int | None
    digest: str


def signatures(batch: Batch) -> dict[str, Signature]:
    """The last time each move was taken, by the move's name; later than the last step back only."""
    rows = TrailRow.objects.filter(table=Batch._meta.db_table, object_id=batch.pk).order_by("id")
    undone = {"back_to_draft": "prepare", "unconfirm": "confirm", "unapprove": "approve"}
    found: dict[str, Signature] = {}
    for row in rows:
        if row.verb in undone:
            found.pop(undone[row.verb], None)
            found.pop("export", None)
            continue
        detail = row.detail
        found[row.verb] = Signature(
            row.actor_name,
            row.actor_number,
            row.day,
            detail.get("count"),
            detail.get("total_fen"),
            detail.get("digest", ""),
        )
    return found


def can_sign(batch: Batch) -> dict[str, list[str]]:
    """By role of finance, the names of those who could take its step: nobody takes two of the three. One query."""
    county = f"{batch.division[:6]}000000"
    done = {batch.prepared_by, batch.checked_by, batch.approved_by} - {""}
    found: dict[str, list[str]] = {}
    people = Official.objects.filter(
        is_active=True, roles__overlap=FINANCE, division__in=(county, batch.division)
    )
    for one in people.order_by("number"):
        for role in set(FINANCE) & set(one.roles):
            # who prepared it hands it to the bank, too
            if one.number not in done or role == Role.BATCH_PREPARER:
                found.setdefault(role, []).append(one.name)
    return found


@dataclass(frozen=True, slots=True)
class Left:
    """Exclusions of one kind: who mends them."""

    count: int
    words: Words
    who: Words
    names: str
    fen: int


def exclusions(batch: Batch) -> list[Left]:
    """What did not go into the batch, the most frequent reason first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), x.words->>'zh', x.words->>'en', x.mended_by->>'zh', x.mended_by->>'en',
                      (array_agg(coalesce(p.name, h.name) ORDER BY x.id))[1:%s], sum(i.amount_fen)::bigint
               FROM payments_exclusion x JOIN payments_instalment i ON i.id = x.instalment_id
               JOIN applications_entitlement e ON e.id = i.entitlement_id
               LEFT JOIN beneficiaries_person p ON p.id = e.person_id
               JOIN beneficiaries_household o ON o.id = e.household_id
               LEFT JOIN beneficiaries_person h ON h.id = o.head_id
               WHERE x.batch_id = %s GROUP BY 2, 3, 4, 5 ORDER BY 1 DESC, 2""",
            [NAMES_SHOWN, batch.pk],
        )
        return [
            Left(count, Words(zh, en), Words(who_zh, who_en), listed(filter(None, names)), fen)
            for count, zh, en, who_zh, who_en, names, fen in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that a person must look at, in the bank's words. ``rebuilt_in``: the batch that pays it instead."""

    attempt: Attempt
    village: str
    reason: Words
    who: Words
    rebuilt_in: Batch | None

    @property
    def kind(self) -> str:
        """Badge: failed is red, not known amber."""
        return "not_met" if self.attempt.state in (T.FAILED, T.RETURNED) else "not_known"


def lines(batch: Batch, states: Sequence[str] = ()) -> QuerySet[Attempt]:
    """Lines of a batch in order, with whom and what they are for."""
    found = Attempt.objects.filter(batch=batch).order_by("line")
    found = found.filter(state__in=states) if states else found
    return found.select_related("payee", "instalment__entitlement", "account")


def shown(attempts: Sequence[Attempt]) -> list[OpenLine]:
    """Lines with village and reason in words. Two queries beside theirs."""
    villages = division_names(one.instalment.entitlement.division for one in attempts)
    reasons = load_reasons()
    rebuilt = Attempt.objects.filter(rebuilds__in=[one.pk for one in attempts]).exclude(state=T.PULLED_BACK)
    batches = {
        one.rebuilds_id: one.batch for one in rebuilt.select_related("batch").defer("batch__profile_source")
    }
    return [
        OpenLine(
            one,
            villages.get(one.instalment.entitlement.division, ""),
            reason_words(one.reason),
            reasons[one.reason].todo if one.reason in reasons else Words("", ""),
            batches.get(one.pk),
        )
        for one in attempts
    ]


def open_lines(batch: Batch) -> list[OpenLine]:
    """Failed, returned and unknown lines, the failed first."""
    found = lines(batch, [T.FAILED, T.RETURNED, T.UNKNOWN]).order_by("state", "line")
    return shown(list(found[:OPEN_LINES_SHOWN]))


def quarantined(batch: Batch) -> QuerySet[ResultLine]:
    """Answers that contradict the books and wait for a person."""
    waiting = Q(quarantine__isnull=False, settled_by="")
    return (
        ResultLine.objects.filter(waiting, result_file__batch=batch)
        .select_related("result_file")
        .order_by("result_file", "line")
    )


def to_rebuild(batch: Batch) -> int:
    """Failed and returned lines that nobody has rebuilt."""
    return Attempt.objects.filter(failed.to_rebuild(), batch=batch).count()


def open_counts(batches: Sequence[Batch]) -> dict[int, tuple[int, int]]:
    """(failed and not rebuilt, not known) by batch. Two queries."""
    lines = Attempt.objects.filter(batch__in=[one.pk for one in batches]).order_by()
    counted = [
        dict(lines.filter(which).values_list("batch").annotate(Count("pk")))
        for which in (failed.to_rebuild(), Q(state=T.UNKNOWN))
    ]
    return {one.pk: (counted[0].get(one.pk, 0), counted[1].get(one.pk, 0)) for one in batches}
