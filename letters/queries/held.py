"""All that is held about one person of a family, and who looked: what the law lets her ask for (PIPL, art. 45)."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Q, Subquery, Sum
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import override

from applications.lifecycle import State
from applications.models import Application
from audit.models import TrailRow
from beneficiaries.lifecycle import AccountState
from beneficiaries.models import Fact
from beneficiaries.queries.corrected import Corrected
from beneficiaries.queries.family import FactLine, Family
from facts.catalogue import load_catalogue
from letters import engine
from letters.queries.bureau import Bureau
from payments.models import Attempt
from standards import bank_card, citizen_id, phone
from standards.words import Words

FOLDER = Path(__file__).parent.parent / "handouts"
LOOKS_MAX = 200
APPLICATIONS_MAX = 60
LOOKED = {
    "look": Words("打开家庭页面", "opened the family's page"),
    "reveal": Words("看号码", "looked at a number"),
    "hand_over": Words("打印这张单子", "printed this sheet"),
}
WHY = {
    "compare": Words("和材料核对", "to compare with a paper"),
    "phone": Words("给家里打电话", "to call the family"),
    "bank": Words("和银行更正付款", "to correct a payment with the bank"),
    "check": Words("检查或审计", "check or audit"),
}
TIES = {
    "parentage": "父母",
    "marriage": "配偶",
    "custody": "监护人",
}  # how one of another county stands beside the family
NOTHING = Words("", "")
OPENED = Words("打开申请", "opened an application")
SCAN = Words("看申请材料的扫描件", "looked at a scanned paper")
CODE_DIGITS = 12  # of a division
BACK = Words("查看某一天所知的情况", "looked at what was known on a day")


@cache
def template() -> engine.Template:
    """The sheet, read once in a process."""
    return engine.load("held_about", folder=FOLDER)


def held_about(family: Family, asker: int, bureau: Bureau, *, clerk: str) -> dict[str, Any]:
    """The sheet's data for the member ``asker``: her own numbers whole, those of others masked. Five queries."""
    name = next(one.person.name for one in family.members if one.person.pk == asker)
    looks, looks_count = _looks(family)
    return {
        "household": family.household.number,
        "day": bureau.day,
        "place": bureau.place(family.household.division),
        "name": name,
        "members": _members(family, asker),
        "accounts": [
            {
                "owner": line.account.owner.name,
                "bank": line.account.bank,
                "number": line.account.number
                if line.account.owner_id == asker
                else bank_card.mask(line.account.number),
                "state": _both(AccountState(line.account.state).label),
            }
            for line in family.accounts
        ],
        "facts": _facts(family, bureau),
        "applications": _applications(family),
        "changes": [_change(one, bureau) for one in family.corrected],
        "gone_count": _gone(family),
        "looks": looks,
        "looks_count": looks_count,
        "counter": bureau.counter(family.household.division),
        "phone": bureau.county.phone_of(family.household.division),
        "review_body": bureau.county.review_body,
        "clerk": clerk,
        "office": bureau.county.office,
        "basis": Words("《个人信息保护法》第 45 条", "Personal Information Protection Law, art. 45"),
        "audit_head": bureau.head,
        "notice": bureau.notice,
    }


def _members(family: Family, asker: int) -> list[dict[str, Any]]:
    return [
        {
            "name": one.person.name,
            "relation": one.relation,
            "born": one.person.born_on.isoformat(),
            "citizen_id": one.person.citizen_id
            if one.person.pk == asker
            else citizen_id.mask(one.person.citizen_id),
            "phone": (one.person.phone if one.person.pk == asker else phone.mask(one.person.phone))
            if one.person.phone
            else "—",
        }
        for one in family.members
    ] + [
        {
            "name": one.person.name,
            "relation": f"{TIES[one.tie]}（{one.person.elsewhere}）",
            "born": one.person.born_on.isoformat(),
            "citizen_id": one.masked_id,
            "phone": "—",
        }
        for one in family.away
    ]


def _facts(family: Family, bureau: Bureau) -> list[dict[str, Any]]:
    """What is said of the household and each member; what lists say again month after month once, with how often."""
    lines = [(line, "") for line in family.facts]
    lines += [(line, person.name) for person, facts in family.everybody for line in facts]
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line, about in lines:
        told = _fact(line, about, bureau)
        said.setdefault((about, told["what"].zh), []).append(told)
    return [_once(same) for same in said.values()]


def _once(same: list[dict[str, Any]]) -> dict[str, Any]:
    """The newest, since the first, and how many say so."""
    newest, since, more = same[0], min(one["since"] for one in same), len(same) - 1
    if not more:
        return newest
    source = newest["source"]
    told = Words(f"{source.zh}；另有 {more} 处也这样写", f"{source.en}; {more} more say the same")
    return {**newest, "since": since, "source": told}


def _fact(line: FactLine, about: str, bureau: Bureau) -> dict[str, Any]:
    shown = [(one.label, _named(one.value, bureau)) for one in line.shown]
    zh = "，".join(f"{label.zh} {value.zh}" for label, value in shown)
    en = ", ".join(f"{label.en} {value.en}" for label, value in shown)
    return {
        "about": about or Words("全家", "the household"),
        "what": Words(f"{line.kind.words.zh}：{zh}", f"{line.kind.words.en}: {en}"),
        "since": line.fact.valid_from.isoformat(),
        "source": line.source,
    }


def _named(value: Words, bureau: Bureau) -> Words:
    """A division by its name: nobody reads twelve digits."""
    if len(value.zh) == CODE_DIGITS and value.zh.isdecimal():
        name = bureau.place(value.zh)
        return Words(name, name)
    return value


def _change(one: Corrected, bureau: Bureau) -> dict[str, Any]:
    """What was changed: what it was before, by whom, when and why."""
    zh, en = one.before.zh, one.before.en
    if one.division:
        zh = en = bureau.place(one.division)
    was_zh, was_en = (f"，原为 {zh}", f", before: {en}") if zh else ("", "")
    return {
        "day": f"{localtime(one.at):%Y-%m-%d}",
        "about": one.about or Words("全家", "the household"),
        "what": Words(one.what.zh + was_zh, one.what.en + was_en),
        "why": f"{one.why}（{one.by}）" if one.why else one.by,
    }


def _gone(family: Family) -> int:
    """How many facts are kept that count no more: replaced, repeated or taken back."""
    people = [row for one in family.members for row in one.rows]
    about = Q(household=family.household) | Q(person__in=people)
    return Fact.objects.filter(about, superseded_by__isnull=False).count()


def _applications(family: Family) -> list[dict[str, Any]]:
    """Each application of the household and its people: for whom, what was paid, and the papers that are kept of it."""
    names = {row: one.person.name for one in family.members for row in one.rows}
    paid: Any = Attempt.objects.filter(instalment__entitlement__application=OuterRef("pk"), state="paid")
    fen = paid.order_by().values("instalment__entitlement__application").annotate(fen=Sum("amount_fen"))
    rows = (
        Application.objects.filter(Q(household=family.household) | Q(person__in=list(names)))
        .select_related("version").defer("facts", "conditions", "version__source")
        .annotate(
            fen=Subquery(fen.values("fen")),
            held=ArrayAgg("papers__kind", filter=Q(papers__isnull=False), distinct=True, default=None),
        )
        .order_by("-applied_on", "-pk")[:APPLICATIONS_MAX]
    )  # fmt: skip
    return [
        {
            "day": row.applied_on.isoformat(),
            "program": _for_whom(row.version.title, names.get(row.person_id or 0, "")),
            "papers": _papers(row.held or ()),
            "state": _both(State(row.state).label),
            "paid_fen": row.fen or 0,
        }
        for row in rows
    ]


def _for_whom(title: Words, name: str) -> Words:
    return Words(f"{title.zh}（{name}）", f"{title.en} ({name})") if name else title


def _papers(kinds: Iterable[str]) -> Words:
    known = load_catalogue().papers
    words = [known.get(kind) or Words(kind, kind) for kind in kinds]
    return Words("、".join(one.zh for one in words) or "—", ", ".join(one.en for one in words) or "—")


def _looks(family: Family) -> tuple[list[dict[str, Any]], int]:
    """Who opened the family's page or an application, saw a number or a scan of hers or printed this sheet, the newest
    first; and how often in all."""
    people = [row for one in family.members for row in one.rows]
    accounts = [line.account.pk for line in family.accounts]
    asked = Application.objects.filter(Q(household=family.household) | Q(person__in=people)).values_list(
        "pk", flat=True
    )
    about = (
        Q(table="beneficiaries_household", object_id=family.household.pk)
        | Q(table="beneficiaries_person", object_id__in=people)
        | Q(table="beneficiaries_account", object_id__in=accounts)
        | Q(table="applications_application", object_id__in=list(asked))
    )
    rows = list(TrailRow.objects.filter(about, verb__in=list(LOOKED)).order_by("-pk")[:LOOKS_MAX])
    seen: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        what = _looked(row)
        told: dict[str, Any] = {
            "at": f"{localtime(row.at):%Y-%m-%d %H:%M}",
            "who": f"{row.actor_name} {row.actor_number}",
            "what": what,
            "why": WHY.get(row.detail.get("reason", ""), row.detail.get("reason") or NOTHING),
        }
        seen.setdefault((told["at"][:10], told["who"], what, told["why"]), []).append(told)
    return [_counted(same) for same in seen.values()], len(rows)


def _looked(row: TrailRow) -> Words:
    if "known_on" in row.detail:
        return BACK
    if "paper" in row.detail:
        return SCAN
    return OPENED if row.table == "applications_application" else LOOKED[row.verb]


def _counted(same: list[dict[str, Any]]) -> dict[str, Any]:
    """The same done several times on a day, once: the last time, and how often."""
    last, n = same[0], len(same)
    if n == 1:
        return last
    return {**last, "what": Words(f"{last['what'].zh}（{n} 次）", f"{last['what'].en} ({n} times)")}


def _both(label: str | Promise) -> Words:
    with override("zh-hans"):
        zh = str(label)
    with override("en"):
        return Words(zh, str(label))
