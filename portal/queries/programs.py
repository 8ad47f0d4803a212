"""The programs as screens name them."""

from dataclasses import dataclass

from programs.models import PolicyVersion
from programs.queries import loaded
from standards.words import Words


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """Days of a public notice: working days or plain ones."""

    days: int
    working: bool


def titles() -> dict[str, Words]:
    """Title by program code: of the newest version that was ever in force, else of the newest at all. One query."""
    found: dict[str, Words] = {}
    rows = PolicyVersion.objects.order_by("code", "number").values_list(
        "code", "title_zh", "title_en", "state"
    )
    ever = {"active", "superseded"}
    rank: dict[str, bool] = {}
    for code, zh, en, state in rows:
        counted = state in ever
        if counted or not rank.get(code):
            found[code] = Words(zh, en)
            rank[code] = rank.get(code, False) or counted
    return found


def notice_terms(version: PolicyVersion) -> NoticeTerms:
    """How long the version's notice hangs."""
    notice = loaded(version).program.policy.apply.notice
    return NoticeTerms(notice.days, notice.working)
