"""What stands on a public notice and in a batch's paper set. Names, villages and sums; numbers masked."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from applications.models import Application, Notice
from ledger.queries import available
from letters.queries.bureau import Bureau, township_code
from letters.queries.families import beneficiary, both, masked
from payments import banks
from payments.models import Attempt, Batch
from programs.language.wording import source_in_words
from programs.models import PolicyVersion
from standards.money import yuan
from standards.words import Words

Data = dict[str, Any]
_BRACKETS = re.compile(r"（[^）]*）|\s*\([^)]*\)")


def public_notice(notice: Notice, bureau: Bureau) -> Data:
    """Lines in the order of villages and names. Two of one name in one village are told apart by the household's head."""
    applications = [line.application for line in notice.lines.all()]
    same = Counter((one.division, beneficiary(one)) for one in applications)
    rows = [
        {
            "name": _told_apart(one) if same[one.division, beneficiary(one)] > 1 else beneficiary(one),
            "village": bureau.village(one.division),
            "tier": _tier(one, bureau),
            "amount_fen": one.amount_fen,
            "amount": _amount(one),
        }
        for one in sorted(applications, key=lambda one: (one.division, beneficiary(one), one.pk))
    ]
    first_day = notice.posted_on.toordinal() + 1
    government = bureau.government(notice.division)
    return {
        **bureau.foot(notice.version, office=government),
        **bureau.basis(notice.version),
        "audit_head": notice.head,
        "program": notice.version.title,
        "township": bureau.township(notice.division),
        "township_seal": government,
        "day": notice.posted_on,
        "first_day": notice.posted_on.fromordinal(first_day),
        "until": notice.until,
        "days": notice.days,
        "count": len(rows),
        "lines": rows,
        "sums_open": any(one.amount_fen < 0 for one in applications),
        "phone": bureau.county.phone_of(notice.division),
        "counter": bureau.counter(notice.division),
    }


def _amount(application: Application) -> Words:
    """The sum, or between which two it will be set."""
    band = application.band_fen if application.amount_fen < 0 else None
    if band is None:
        return Words(yuan(application.amount_fen), yuan(application.amount_fen))
    least, most = (yuan(fen) for fen in band)
    return Words(f"{least} 至 {most}", f"{least} to {most}")


def approved_batch(batch: Batch, bureau: Bureau) -> Data:
    """What is paid to whom from which money, what did not get in, and the three who answer for it."""
    attempts = _lines(batch)
    version = max((one.instalment.entitlement.version for one in attempts), key=lambda one: one.number)
    return {
        **_batch(batch, version, bureau),
        **bureau.basis(version),
        "count": len(attempts),
        "total_fen": sum(attempt.amount_fen for attempt in attempts),
        "correction_of": batch.correction_of.number if batch.correction_of else "",
        "funds": _funds(batch, attempts),
        "groups": _groups(attempts, version.title, bureau),
        "exclusions": _exclusions(batch),
        "lines": [_roster_line(attempt, bureau) for attempt in attempts],
        "steps": [
            _step(batch, bureau, Words("制单", "Prepared"), "prepared"),
            _step(batch, bureau, Words("复核", "Checked"), "checked"),
            _step(batch, bureau, Words("审批", "Approved"), "approved"),
        ],
        "day": batch.approved_on or bureau.day,
    }


def sent_batch(batch: Batch, bureau: Bureau) -> Data:
    """What the bank's operator types, and the digests of the files handed over."""
    version = max((one.instalment.entitlement.version for one in _lines(batch)), key=lambda one: one.number)
    files = list(batch.files.all())
    return {
        **_batch(batch, version, bureau),
        "audit_head": batch.head or bureau.head,
        "day": batch.sent_on or bureau.day,
        "payer": bureau.county.payer,
        "count": sum(file.lines for file in files),
        "total_fen": sum(file.total_fen for file in files),
        "files": [
            {
                "file": file.name,
                "lines": file.lines,
                "amount_fen": file.total_fen,
                "sha256": file.sha256,
                "sm3": file.sm3,
            }
            for file in files
        ],
        "sender": bureau.official(batch.sent_by),
        "phone": bureau.county.phone,
    }


def _funds(batch: Batch, attempts: Sequence[Attempt]) -> list[Data]:
    spent: Counter[str] = Counter()
    for attempt in attempts:
        spent.update(attempt.instalment.funds)
    left = available(batch.program, batch.fiscal_year)
    return [
        {"source": source_in_words(source), "amount_fen": fen, "left_fen": left.get(source, 0)}
        for source, fen in sorted(spent.items())
    ]


def _groups(attempts: Sequence[Attempt], title: Words, bureau: Bureau) -> list[Data]:
    """Sums by village, in the order of their codes."""
    groups: dict[str, list[int]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.instalment.entitlement.division].append(attempt.amount_fen)
    return [
        {
            "township": bureau.township(division),
            "village": bureau.village(division),
            "program": title,
            "count": len(fens),
            "amount_fen": sum(fens),
        }
        for division, fens in sorted(groups.items())
    ]


def _exclusions(batch: Batch) -> list[Data]:
    """What was due and did not get in, by reason and by who mends it."""
    excluded: dict[tuple[Words, Words], list[int]] = defaultdict(list)
    for one in batch.exclusions.all():
        excluded[both(one.words), both(one.mended_by)].append(one.instalment.amount_fen)
    return [
        {"reason": reason, "mended_by": who, "count": len(fens), "amount_fen": sum(fens)}
        for (reason, who), fens in excluded.items()
    ]


def _roster_line(attempt: Attempt, bureau: Bureau) -> Data:
    entitlement = attempt.instalment.entitlement
    return {
        "number": attempt.line,
        "payee": attempt.account.account_name,
        "beneficiary": beneficiary(entitlement.application),
        "village": bureau.village(entitlement.division),
        "bank": attempt.account.bank,
        "account": masked(attempt.account.number),
        "amount_fen": attempt.amount_fen,
    }


def _told_apart(application: Application) -> str:
    head = application.household.head
    return f"{beneficiary(application)}（户主{head.name}）" if head else beneficiary(application)


def _tier(application: Application, bureau: Bureau) -> Words:
    """The row of the policy's table that gave the amount, without what stands in brackets.

    Brackets explain a tier by the hardship behind it, and hardship and disability do not belong on a wall.
    """
    rows = bureau.policy(application.version).program.in_words.amount_rows
    working = [one["working"] for one in application.conditions if one.get("name") == "working"]
    kept = working[0] if working else []
    said = kept[0]["zh"] if kept else ""
    fitting = [row.labels for row in rows if all(label.zh in said for label in row.labels)]
    if not fitting:
        return Words("—", "—")
    labels = max(fitting, key=lambda found: sum(len(label.zh) for label in found))
    return Words(
        "，".join(_BRACKETS.sub("", label.zh) for label in labels),
        ", ".join(_BRACKETS.sub("", label.en) for label in labels),
    )


def _lines(batch: Batch) -> list[Attempt]:
    """The batch's lines in order, without those pulled back."""
    attempts = [attempt for attempt in batch.attempts.all() if attempt.state != "pulled_back"]
    return sorted(attempts, key=lambda attempt: attempt.line)


def _batch(batch: Batch, version: PolicyVersion, bureau: Bureau) -> Data:
    return {
        **bureau.foot(version),
        "batch": batch.number,
        "program": version.title,
        "township": bureau.township(township_code(batch.division)),
        "fiscal_year": batch.fiscal_year,
        "bank": _bank(batch),
    }


def _bank(batch: Batch) -> Words:
    """Where the money goes: the bank of the lines if there is one, else how many; and the shape of its file."""
    profile = banks.load_profiles().get(batch.profile)
    shape = profile.note if profile else Words(batch.profile, batch.profile)
    names = dict.fromkeys(attempt.account.bank for attempt in _lines(batch))
    first = next(iter(names), "")
    if len(names) > 1:
        return Words(
            f"{first}等 {len(names)} 家；{shape.zh}", f"{first} and {len(names) - 1} more; {shape.en}"
        )
    return Words(f"{first}；{shape.zh}", f"{first}; {shape.en}")


def _step(batch: Batch, bureau: Bureau, words: Words, verb: str) -> Data:
    number, on = getattr(batch, f"{verb}_by"), getattr(batch, f"{verb}_on")
    return {
        "step": words,
        "name": bureau.official(number),
        "unit": bureau.office_of(number),
        "on": on,
        "sign": "",
    }
