"""What stands in the database after a season, stage by stage, as numbers; and the same as lines to print."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from applications.lifecycle import State
from applications.models import Application, Assessment, Entitlement
from applications.queries import without_application
from beneficiaries.models import Doubt, EvidenceList, Household, ListRow, Person
from letters.models import Letter
from payments.lifecycle import AttemptState
from payments.models import Attempt, BankFile, Batch, Exclusion
from standards.money import yuan

NO, NOT_KNOWN, YES = 0, 1, 2


def stages() -> dict[str, dict[str, Any]]:
    """Every stage with its figures; money is fen."""
    return {
        "import": _import(),
        "assess": _assess(),
        "applications": _applications(),
        "batches": _batches(),
        "bank": _bank(),
        "letters": _letters(),
    }


def _import() -> dict[str, Any]:
    taken = EvidenceList.objects.filter(state="taken")
    rows = _tally(ListRow.objects.filter(list__in=taken), "outcome")
    return {
        "lists": taken.count(),
        "rows": sum(rows.values()),
        "refused_rows": rows.get("refused", 0),
        "rows_to_a_person": rows.get("person", 0),
        "doubts": Doubt.objects.filter(settled_on=None).count(),
        "people": Person.objects.count(),
        "households": Household.objects.count(),
    }


def _assess() -> dict[str, Any]:
    rights = Assessment.objects.filter(verdict=YES)
    lacking = Assessment.objects.filter(verdict=NOT_KNOWN)
    granted = Entitlement.objects.all()
    girls = rights.exclude(person=None).values("person").union(granted.exclude(person=None).values("person"))
    homes = (
        rights.filter(person=None).values("household").union(granted.filter(person=None).values("household"))
    )
    return {
        "girls_found": girls.count(),
        "households_found": homes.count(),
        "granted": _tally(granted, "program"),
        "right_but_never_applied": _tally(without_application(rights), "program"),
        "lacking_a_paper_or_list": _tally(lacking, "program"),
    }


def _applications() -> dict[str, Any]:
    return {
        "by_outcome": _tally(Application.objects.all(), "state"),
        "by_origin": _tally(Application.objects.all(), "origin"),
        "by_program": _tally(Application.objects.filter(state=State.APPROVED), "program"),
    }


def _batches() -> dict[str, Any]:
    return {
        "batches": Batch.objects.count(),
        "correction_batches": Batch.objects.exclude(correction_of=None).count(),
        "by_profile": _tally(Batch.objects.all(), "profile"),
        "bank_files": BankFile.objects.count(),
        "left_out": _tally(Exclusion.objects.all(), "reason"),
    }


def _bank() -> dict[str, Any]:
    lines = _tally(Attempt.objects.all(), "state")
    corrected = Q(rebuilds__isnull=False, state=AttemptState.PAID)
    money = Attempt.objects.aggregate(
        paid=Sum("amount_fen", filter=Q(state=AttemptState.PAID)), corrected=Count("pk", filter=corrected)
    )
    return {
        "lines": sum(lines.values()),
        "paid": lines.get(AttemptState.PAID, 0),
        "failed": lines.get(AttemptState.FAILED, 0),
        "corrected": money["corrected"],
        "unknown": lines.get(AttemptState.UNKNOWN, 0) + lines.get(AttemptState.SENT, 0),
        "paid_fen": money["paid"] or 0,
    }


def _letters() -> dict[str, Any]:
    return {"letters": Letter.objects.count(), "by_kind": _tally(Letter.objects.all(), "kind"),
            "held": Letter.objects.exclude(held_for="").count()}  # fmt: skip


def _tally(rows: "QuerySet[Any]", column: str) -> dict[str, int]:
    return dict(rows.order_by(column).values_list(column).annotate(n=Count("pk")))


TITLES = {
    "import": "一 名单 / Lists taken",
    "assess": "二 普查 / Found by assess",
    "applications": "三 申请与决定 / Applications and decisions",
    "batches": "四 批次 / Batches",
    "bank": "五 银行 / Lines at the bank",
    "letters": "六 通知书 / Letters",
    "this_run": "本次新办 / Done in this run",
    "files": "文件 / Files",
    "comparison": "七 与样本真相对照 / Compared with the sample's truth",
}


def lines_of(report: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The report as text, stage by stage; money in yuan."""
    for stage, figures in report.items():
        if stage not in TITLES:
            continue
        yield ""
        yield TITLES[stage]
        for name, value in figures.items():
            yield f"  {name:<26} {_shown(name, value)}"


def _shown(name: str, value: Any) -> str:
    if name.endswith("_fen"):
        return f"{yuan(value)} 元 / yuan"
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items()) or "-"
    if isinstance(value, list):
        return "".join(f"\n    {one}" for one in value)
    return str(value)
