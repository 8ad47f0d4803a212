"""Past decisions judged once more, on the facts they were made on and by the policy bytes they were made under.

A difference is a defect: a byte of the policy or a fact of the decision is no longer what it was, or the program judges
otherwise than it did. Each is named with what was kept and what comes out now. Nothing is written.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from applications.freezing import thawed_table
from applications.judging import conditions_of, reasons_of
from applications.models import Decision
from applications.services.granting import digest_of, digest_of_old
from programs import language
from programs.language import PolicyErrors, Program
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.money import yuan
from standards.words import Words

READ_AT_ONCE = 500  # decisions; each holds its facts and conditions, some ten kilobytes
VERSIONS_MAX = 64  # kept compiled in one run
SHIPPED = Path(language.__file__).parents[1]  # its folders of policy files: samples and published rules
YES = 2
VERDICTS = {0: Words("不符合", "no"), 1: Words("还不清楚", "not known"), 2: Words("符合", "yes")}
APPROVED = Words("批准", "approved")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was: what, as it was kept, as it comes out now.

    ``what`` is policy (its bytes), sealed (the decision's own columns), rule or fact (which condition a changed byte
    touched), or verdict, condition, reasons, amount.
    """

    what: str
    name: str
    kept: str
    now: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision and everything that differs; nothing differs where it replays."""

    decision: Decision
    differences: list[Difference]

    @property
    def receipt_number(self) -> str:
        return str(self.decision.application.receipt_number)


def decisions(
    *, receipt_numbers: Iterable[str] = (), year: int | None = None, program: str = ""
) -> "QuerySet[Decision]":
    """Those of some applications, or of a year or a program; all where nothing is said."""
    found = Decision.objects.select_related("application").order_by("pk")
    numbers = list(receipt_numbers)
    if numbers:
        found = found.filter(application__receipt_number__in=numbers)
    if year is not None:
        found = found.filter(decided_on__year=year)
    return found.filter(application__program=program) if program else found


def replay_all(rows: "QuerySet[Decision]") -> Iterator[Replayed]:
    """Every one of ``rows``, a few hundred in memory at a time."""
    for decision in rows.iterator(READ_AT_ONCE):
        yield replay_decision(decision)


def replay_decision(decision: Decision) -> Replayed:
    """Judge one decision again and name what differs."""
    is_sealed = any(
        hmac.compare_digest(made(decision), bytes(decision.digest)) for made in (digest_of, digest_of_old)
    )
    digest, program, error = _program_of(decision.version_id)
    found: list[Difference] = []
    if digest != decision.policy_sha256:
        found.append(Difference("policy", "sha256", decision.policy_sha256, digest))
        found += _changed_line(decision)
    if not is_sealed:
        found.append(Difference("sealed", "digest", "—", "—"))
    if program is None:
        return Replayed(decision, [*found, Difference("policy", "read", "", error)])
    table = thawed_table(decision.judged)
    verdicts = program.judge(table)
    explanation = program.explain(verdicts, table, 0)
    conditions = conditions_of(explanation)
    found += _outcome(decision, int(verdicts.verdict[0]), int(verdicts.amount_fen[0]))
    found += _conditions(decision, conditions, has_other_bytes=bool(found))
    found += _reasons(decision, conditions)
    return Replayed(decision, found)


@lru_cache(maxsize=VERSIONS_MAX)
def _cached(version_id: int, source: bytes) -> tuple[str, Program | None, str]:
    digest = hashlib.sha256(source).hexdigest()
    try:
        return digest, loaded(PolicyVersion.objects.get(pk=version_id)).program, ""
    except PolicyErrors as refused:
        return digest, None, refused.problems[0].say("zh-hans")


def _program_of(version_id: int) -> tuple[str, Program | None, str]:
    """The digest of the stored bytes, and their program, or the first sentence of why there is none."""
    source = PolicyVersion.objects.values_list("source", flat=True).get(pk=version_id)
    return _cached(version_id, bytes(source))


def _changed_line(decision: Decision) -> list[Difference]:
    """The first line that differs from the file with the right digest, where the installation still has one."""
    now = bytes(PolicyVersion.objects.values_list("source", flat=True).get(pk=decision.version_id))
    for file in sorted(SHIPPED.glob("*/*.toml")):
        kept = file.read_bytes()
        if hashlib.sha256(kept).hexdigest() == decision.policy_sha256:
            pairs = zip_longest(kept.splitlines(), now.splitlines(), fillvalue=b"")
            line, (before, after) = next(
                ((at, pair) for at, pair in enumerate(pairs, start=1) if pair[0] != pair[1]), (0, (b"", b""))
            )
            return [Difference("policy", f"line {line}", before.decode(), after.decode(errors="replace"))]
    return []


def _outcome(decision: Decision, verdict: int, fen: int) -> list[Difference]:
    """An approval stands on a yes and its amount; a refusal says its reasons, whatever the rest of the verdict."""
    if decision.outcome != Decision.Outcome.APPROVED:
        return []
    if verdict != YES:
        return [Difference("verdict", "", VERDICTS[YES].zh, VERDICTS[verdict].zh)]
    fen -= int(decision.judged.get("granted_fen", 0))
    if fen != decision.amount_fen:
        return [Difference("amount", "", yuan(decision.amount_fen), yuan(fen))]
    return []


def _conditions(
    decision: Decision, conditions: list[dict[str, Any]], *, has_other_bytes: bool
) -> Iterator[Difference]:
    """Each condition's verdict; where bytes differ, also its sentence and what it saw, which name the changed one.

    What was seen may be written otherwise without harm: a paper that came after the check said the same.
    """
    kept = {one["name"]: one for one in decision.conditions if "verdict" in one}
    now = {one["name"]: one for one in conditions if "verdict" in one}
    for name in dict.fromkeys([*kept, *now]):
        before, after = kept.get(name), now.get(name)
        if before is None or after is None:
            yield Difference("condition", name, _said(before), _said(after))
            continue
        if before["verdict"] != after["verdict"]:
            yield Difference("condition", name, _said(before), _said(after))
        if has_other_bytes and before["sentence"] != after["sentence"]:
            yield Difference("rule", name, before["sentence"]["zh"], after["sentence"]["zh"])
        if has_other_bytes and before["seen"] != after["seen"]:
            yield Difference("fact", name, before["seen"]["zh"], after["seen"]["zh"])


def _said(condition: dict[str, Any] | None) -> str:
    return VERDICTS[condition["verdict"]].zh if condition else "—"


def _reasons(decision: Decision, conditions: list[dict[str, Any]]) -> list[Difference]:
    """Reasons that are conditions must still fail; what a person wrote (an upheld objection) is theirs."""
    named = {one["name"] for one in conditions}
    kept = [one["name"] for one in decision.reasons if one["name"] in named]
    failing = {one["name"] for one in reasons_of(conditions)}
    return [Difference("reasons", name, VERDICTS[0].zh, "—") for name in kept if name not in failing]
