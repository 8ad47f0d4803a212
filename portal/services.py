"""Which service takes which step of an application: the buttons of its page, by the name of the move."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from applications.models import Application, Objection
from applications.services import counter, county, township
from audit.actor import Actor
from standards.words import Refusal

Given = Mapping[str, Any]
Take = Callable[[Application, Given, Actor, date], object]


def _objection_of(application: Application) -> Objection:
    found = Objection.objects.filter(line__application=application, settled_on=None).order_by("-pk").first()
    if found is None:
        raise Refusal("这件没有等处理的异议", "No objection waits on this application", code="no_objection")
    return found


def _own_reason(given: Given) -> list[dict[str, str]]:
    note = str(given.get("note") or "").strip()
    return [{"name": "officer", "zh": note, "en": note, "seen_zh": "", "seen_en": ""}] if note else []


STEPS: dict[str, Take] = {
    "ask_for_papers": lambda a, given, by, on: counter.ask_for_papers(a, by=by, on=on),
    "submit": lambda a, given, by, on: counter.submit(a, by=by, on=on),
    "withdraw": lambda a, given, by, on: counter.withdraw(a, by=by, on=on, note=given["note"]),
    "take_back_submit": lambda a, given, by, on: counter.take_back(a, by=by, on=on),
    "take_back_review": lambda a, given, by, on: counter.take_back(a, by=by, on=on),
    "take_back_recheck": lambda a, given, by, on: counter.take_back(a, by=by, on=on),
    "take_back_proposal": lambda a, given, by, on: counter.take_back(a, by=by, on=on),
    "review": lambda a, given, by, on: township.review(a, by=by, on=on, note=given["note"]),
    "return_to_counter": lambda a, given, by, on: township.return_to_counter(
        a, note=given["note"], by=by, on=on
    ),
    "propose_refusal": lambda a, given, by, on: township.propose_refusal(a, by=by, on=on, note=given["note"]),
    "object": lambda a, given, by, on: township.record_objection(a, given["note"], by=by, on=on),
    "dismiss": lambda a, given, by, on: county.settle_objection(
        _objection_of(a), is_upheld=False, finding=given["note"], by=by, on=on
    ),
    "uphold": lambda a, given, by, on: county.settle_objection(
        _objection_of(a), is_upheld=True, finding=given["note"], by=by, on=on
    ),
    "recheck": lambda a, given, by, on: county.recheck(a, by=by, on=on, note=given["note"]),
    "recheck_refusal": lambda a, given, by, on: county.propose_refusal(
        a, reasons=_own_reason(given), by=by, on=on
    ),
    "send_back": lambda a, given, by, on: county.send_back(a, note=given["note"], by=by, on=on),
    "set_sum": lambda a, given, by, on: county.set_sum(
        a, fen=given["fen"], reason=given["note"], by=by, on=on
    ),
    "approve": lambda a, given, by, on: county.approve(a, by=by, on=on),
    "decline": lambda a, given, by, on: county.decline(a, by=by, on=on),
}
BULK: dict[str, Callable[[list[Application], Actor, date], int]] = {
    "review": lambda rows, by, on: sum(
        township.review_all(group, by=by, on=on) for group in _by_version(rows)
    ),
    "recheck": lambda rows, by, on: county.recheck_all(rows, by=by, on=on),
    "approve": lambda rows, by, on: county.approve_all(rows, by=by, on=on),
}


def _by_version(rows: list[Application]) -> list[list[Application]]:
    groups: dict[int, list[Application]] = {}
    for row in rows:
        groups.setdefault(row.version_id, []).append(row)
    return list(groups.values())
