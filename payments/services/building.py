"""From due instalments to draft batches: one per program, township, fiscal year and bank, in one transaction."""

from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

from audit.actor import Actor
from audit.door import create, explained, record_all
from payments.banks import LineProblem, Profile, find_name_problems, load_profiles
from payments.lifecycle import PREPARER, AttemptState, BatchState
from payments.models import Attempt, Batch
from payments.queries.due import (
    REASONS,
    Banks,
    Group,
    find_due,
    names_in,
    profiles_in_use,
    profiles_of_banks,
    waiting_groups,
)
from standards.divisions import scope_prefix
from standards.words import Refusal, Words

BUILDING_LOCK = (
    610_124_012  # any fixed number: builders follow each other, so the second sees what the first took
)
LINES_MAX = 200_000
"""Lines of one batch at most; a township has far fewer, and a bank line number has six digits."""

NAME_MENDED_BY = Words("银行和乡镇", "Bank and township")


def build_batches(
    *,
    by: Actor,
    on: date,
    program: str | None = None,
    township: str | None = None,
    profiles: Mapping[str, Profile] | None = None,
) -> list[Batch]:
    """Put every due instalment with a good account into draft batches; name the others and who mends them.

    Without ``program`` or ``township`` (12 digits) all within the division of ``by`` are built. Raises Refusal where
    nothing can be paid. Two builders at once: the second waits, then finds nothing left; the database would refuse
    it anyway.
    """
    require_preparer(by)
    known = profiles or load_profiles()
    with transaction.atomic():
        one_builder()
        groups = waiting_groups(on=on, program=program, township=township, scope=scope_prefix(by.division))
        if not groups:
            raise Refusal(
                "没有到期而还没进批次的款项：可能别人刚做了批次",
                "Nothing is due that is in no batch yet: somebody may just have built one",
                code="nothing_due",
            )
        banks = profiles_of_banks(known)
        batches = [batch for group in groups for batch in _build(group, known, banks, by=by, on=on)]
        if not batches:
            raise Refusal(
                f"到期的 {sum(group.count for group in groups)} 笔都还不能付：账户没有登记或没有核验",
                f"None of the {sum(group.count for group in groups)} due payments can be made: accounts are missing"
                " or not verified",
                code="nothing_payable",
            )
    return batches


def require_preparer(by: Actor) -> None:
    """Raises Refusal for anybody but a batch preparer."""
    if by.role not in PREPARER:
        raise Refusal(
            "做批次不是你这个岗位的步骤", "Building batches is not a step of your role", code="not_your_role"
        )


def one_builder() -> None:
    """Wait for other builders of this moment; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BUILDING_LOCK])


def _build(
    group: Group, profiles: Mapping[str, Profile], banks: Banks, *, by: Actor, on: date
) -> list[Batch]:
    find_due(
        program=group.program, township=group.township, fiscal_year=group.fiscal_year, on=on, banks=banks
    )
    draft = Batch(
        state=BatchState.DRAFT,
        program=group.program,
        division=group.township,
        fiscal_year=group.fiscal_year,
        made_by=by.number,
        made_on=on,
    )
    return write_batches(draft, profiles, by=by, on=on)


def write_batches(draft: Batch, profiles: Mapping[str, Profile], *, by: Actor, on: date) -> list[Batch]:
    """One batch like ``draft`` for each bank in ``payable``; the lines that stay out stand with the first."""
    codes = profiles_in_use()
    if sum(_mark_names(profiles[code], *names_in(code)) for code in codes):
        codes = profiles_in_use()
    batches = []
    for code in codes:
        batch = Batch(
            state=BatchState.DRAFT,
            number=_next_number(on),
            program=draft.program,
            division=draft.division,
            fiscal_year=draft.fiscal_year,
            correction_of=draft.correction_of,
            profile=code,
            profile_source=profiles[code].source,
            made_by=draft.made_by,
            made_on=draft.made_on,
        )
        create(batch, by=by, on=on)
        _write_lines(batch, by=by, on=on)
        batches.append(batch)
    if batches:
        write_exclusions(batches[0])
    return batches


def _mark_names(profile: Profile, instalments: list[int], names: list[str]) -> int:
    """Lines whose account name this bank's file cannot carry stay out, with the character named; gives how many."""
    problems: list[LineProblem] = find_name_problems(profile, instalments, names)
    if not problems:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payable p SET reason = x.reason, detail = x.detail
               FROM unnest(%s::bigint[], %s::text[], %s::text[]) x (instalment, reason, detail)
               WHERE p.instalment = x.instalment""",
            [
                [problem.line_number for problem in problems],
                [problem.code for problem in problems],
                [f"{problem.words.zh}\n{problem.words.en}" for problem in problems],
            ],
        )
    return len(problems)


def _next_number(on: date) -> str:
    """PC-2026-0037: the next number of the year; builders follow each other, so none is given twice."""
    start = f"PC-{on.year}-"
    last = Batch.objects.filter(number__startswith=start).order_by("-number").values_list("number", flat=True)
    newest = max((int(number.removeprefix(start)) for number in last[:1]), default=0)
    return f"{start}{newest + 1:04d}"


def _write_lines(batch: Batch, *, by: Actor, on: date) -> None:
    """Attempts of one bank, numbered by village; inserted in the order of the unique key."""
    with explained(Attempt), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_attempt (batch_id, line, instalment_id, amount_fen, payee_id, account_id, rebuilds_id,
                                             state, reason, reason_text)
               SELECT %s, row_number() OVER (ORDER BY division, instalment), instalment, amount_fen, payee, account, failed,
                      %s, '', ''
               FROM payable WHERE reason = '' AND profile = %s ORDER BY instalment""",
            [batch.pk, str(AttemptState.PLANNED), batch.profile],
        )
        assert 0 < cursor.rowcount <= LINES_MAX, "a batch has lines, and no more than a bank can number"
        cursor.execute(
            """UPDATE payments_batch SET (count, total_fen) =
                      (SELECT count(*), sum(amount_fen) FROM payments_attempt WHERE batch_id = %s)
               WHERE id = %s RETURNING count, total_fen""",
            [batch.pk, batch.pk],
        )
        batch.count, batch.total_fen = cursor.fetchone()
    record_all("create", Attempt.objects.filter(batch=batch), by=by, on=on, target=AttemptState.PLANNED)


def write_exclusions(batch: Batch) -> None:
    """The lines of ``payable`` that cannot be paid stand with ``batch``, with who mends them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO payments_exclusion (batch_id, instalment_id, reason, words, mended_by)
               SELECT %(batch)s, p.instalment, p.reason,
                      jsonb_build_object('zh', coalesce(nullif(split_part(p.detail, E'\\n', 1), ''), r.zh),
                                         'en', coalesce(nullif(split_part(p.detail, E'\\n', 2), ''), r.en)),
                      jsonb_build_object('zh', coalesce(r.who_zh, %(who_zh)s), 'en', coalesce(r.who_en, %(who_en)s))
               FROM payable p
               LEFT JOIN unnest(%(codes)s::text[], %(zh)s::text[], %(en)s::text[], %(whos_zh)s::text[], %(whos_en)s::text[])
                         r (code, zh, en, who_zh, who_en) ON r.code = p.reason
               WHERE p.reason <> '' ORDER BY p.instalment""",
            {
                "batch": batch.pk,
                "who_zh": NAME_MENDED_BY.zh,
                "who_en": NAME_MENDED_BY.en,
                "codes": list(REASONS),
                "zh": [words.zh for words, _ in REASONS.values()],
                "en": [words.en for words, _ in REASONS.values()],
                "whos_zh": [who.zh for _, who in REASONS.values()],
                "whos_en": [who.en for _, who in REASONS.values()],
            },
        )
