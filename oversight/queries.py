"""The trail as people read it: what happened to what, in words. Read by key, newest first, never counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q

from audit.models import Block, TrailRow
from audit.stateful import Stateful
from officials.models import Official
from standards.words import Words

TABLES = {
    "applications_application": Words("申请", "Application"),
    "applications_notice": Words("公示", "Public notice"),
    "applications_objection": Words("异议", "Objection"),
    "applications_entitlement": Words("待遇", "Entitlement"),
    "applications_decision": Words("决定", "Decision"),
    "applications_sweep": Words("全县比对", "Assessment"),
    "beneficiaries_evidencelist": Words("名单", "List"),
    "beneficiaries_account": Words("账户", "Account"),
    "beneficiaries_person": Words("人", "Person"),
    "beneficiaries_fact": Words("事实", "Fact"),
    "programs_policyversion": Words("政策", "Policy"),
    "programs_figure": Words("标准", "Figure"),
    "payments_batch": Words("批次", "Batch"),
    "payments_attempt": Words("付款", "Payment line"),
    "payments_resultfile": Words("回盘", "Result file"),
    "letters_letter": Words("文书", "Letter"),
    "ledger_allotment": Words("指标", "Allotment"),
    "officials_official": Words("人员", "Official"),
}
# Verbs that are no move of a machine.
VERBS = {
    "create": Words("新建", "made"),
    "attach_paper": Words("收材料", "took a paper"),
    "reveal": Words("看号码", "looked at a number"),
    "object": Words("记异议", "recorded an objection"),
    "settle_objection": Words("处理异议", "settled an objection"),
    "decide": Words("作出决定", "decided"),
    "assess": Words("要求比对", "asked for an assessment"),
    "add_official": Words("加人员", "added an official"),
    "change_official": Words("改岗位", "changed roles"),
    "set_password": Words("重设密码", "set a new password"),
}
ROWS = 50
BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One trail row in words."""

    row: TrailRow
    verb: Words | str
    about: Words | str
    source: str
    target: str
    detail: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of the trail; ``older`` is the id below which the next one begins."""

    lines: Sequence[Line]
    older: int | None


def trail(official: Official, kept: Q, *, before: int | None) -> Slice:
    """The rows of officials in scope and of the program itself. One query, by the primary key."""
    own = Q(division__startswith=official.scope) | Q(division="")
    rows = TrailRow.objects.filter(own & kept)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: ROWS + 1])
    shown = found[:ROWS]
    return Slice([_line(row) for row in shown], shown[-1].pk if len(found) > ROWS else None)


def newest_blocks() -> list[Block]:
    """The newest sealed blocks. One query."""
    return list(Block.objects.order_by("-n")[:BLOCKS])


def _line(row: TrailRow) -> Line:
    detail = "; ".join(f"{name} {_short(value)}" for name, value in row.detail.items())
    states = _state_words().get(row.table, {})
    source, target = states.get(row.source, row.source), states.get(row.target, row.target)
    return Line(row, _verb(row), TABLES.get(row.table, row.table), str(source), str(target), detail)


def _verb(row: TrailRow) -> Words | str:
    model = _models().get(row.table)
    if model is not None:
        for move in model.MOVES:
            if move.name == row.verb:
                return str(move.label)
    return VERBS.get(row.verb, row.verb)


def _state_words() -> dict[str, dict[str, object]]:
    """The words of every state by table: each machine's table holds its states with their labels."""
    return {
        table: {
            str(state): getattr(state, "label", state)
            for move in model.MOVES
            for state in (*move.source, move.target)
        }
        for table, model in _models().items()
    }


def _models() -> dict[str, type[Stateful]]:
    return {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Stateful)}


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:12]}…{text[-4:]}"
