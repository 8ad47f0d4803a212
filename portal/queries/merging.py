"""What speaks against two rows being one person, and what a merge would bring, in words and before anybody confirms."""

import hashlib
from collections.abc import Iterable

from django.db.models import F, Q

from applications.lifecycle import State
from applications.models import Application, Entitlement, LimitClaim
from beneficiaries.models import Account, Fact, Membership, Parentage, Person
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.differing import disagree, said_by
from facts.catalogue import load_catalogue
from payments.models import Attempt
from standards import bank_card
from standards.words import Words

NAMED = 3  # things of one kind named in a sentence
FREE = (
    "planned",
    "failed",
    "returned",
    "pulled_back",
)  # of attempts: nothing was paid and nothing is on its way
CLOSED = (State.REFUSED, State.WITHDRAWN, State.APPROVED)


def against(stays: Person, other: Person) -> list[Words]:
    """Every contradiction between two rows, each with what would become of it. About nine queries."""
    rows = rows_of([stays.pk])
    ours, theirs = [row for row, person in rows.items() if person == stays.pk], [other.pk]
    return [
        *_of_themselves(stays, other),
        *_of_kinship(ours, theirs),
        *_of_households(ours, theirs),
        *_of_accounts(ours, theirs),
        *_of_facts(ours, theirs),
        *_of_applications(ours, theirs),
        *_of_rights(ours, theirs),
    ]


def digest_of(words: Iterable[Words]) -> str:
    """A short text that changes when what speaks against it changes: what the second person saw."""
    return hashlib.sha256("\n".join(one.zh for one in words).encode()).hexdigest()[:16]


def _of_themselves(stays: Person, other: Person) -> list[Words]:
    found = []
    if stays.sex != other.sex:
        found.append(Words("性别不同", "The sex differs"))
    if stays.born_on != other.born_on:
        zh, en = f"{stays.born_on} / {other.born_on}", f"{stays.born_on} and {other.born_on}"
        found.append(
            Words(
                f"出生日期不同：{zh}。合并后按留下的算",
                f"Birth dates differ: {en}. That of the row that stays counts",
            )
        )
    return found


def _of_kinship(ours: list[int], theirs: list[int]) -> list[Words]:
    kin = Parentage.objects.filter(
        Q(child__in=ours, parent__in=theirs) | Q(child__in=theirs, parent__in=ours)
    )
    if kin.exists():
        return [Words("名册上一个是另一个的父母", "On the register one is the other's parent")]
    return []


def _of_households(ours: list[int], theirs: list[int]) -> list[Words]:
    standing = Membership.objects.filter(person__in=[*ours, *theirs], valid_until=None, is_disputed=False)
    homes = {one.person_id: one.household.number for one in standing.select_related("household")}
    mine = {homes[row] for row in ours if row in homes}
    others = {homes[row] for row in theirs if row in homes} - mine
    if not mine or not others:
        return []
    zh, en = f"{'、'.join(sorted(mine))} / {'、'.join(sorted(others))}", ", ".join(sorted(mine | others))
    return [
        Words(
            f"现在各在一户：{zh}。合并后按留下的那一户算，另一户不再算这个人",
            f"They stand in two households now: {en}. That of the row that stays counts, the other does without",
        )
    ]


def _of_accounts(ours: list[int], theirs: list[int]) -> list[Words]:
    live = Account.objects.filter(owner__in=[*ours, *theirs], state__in=["entered", "verified"])
    by_side: dict[bool, dict[bytes, str]] = {True: {}, False: {}}
    for one in live.order_by("pk"):
        side = by_side[one.owner_id in ours]
        side[bytes(one.number_index)] = f"{one.bank} {bank_card.mask(one.number)}"
    mine, others = by_side[True], by_side[False]
    if not mine or not others or mine.keys() == others.keys():
        return []
    named = "、".join([*mine.values(), *others.values()][: 2 * NAMED])
    return [
        Words(
            f"账户不同：{named}。合并后付到最近核验的那个",
            f"The accounts differ: {named}. Money goes to the one verified last",
        )
    ]


def _of_facts(ours: list[int], theirs: list[int]) -> list[Words]:
    kinds = load_catalogue().kinds
    facts = Fact.objects.filter(person__in=[*ours, *theirs], superseded_by=None, is_disputed=False)
    mine: list[Fact] = []
    others: list[Fact] = []
    for fact in facts.order_by("kind", "pk"):
        if fact.kind in kinds:
            (mine if fact.person_id in ours else others).append(fact)
    differ = {
        one.kind
        for one in mine
        for other in others
        if one.kind == other.kind and disagree(kinds[one.kind], said_by(one), said_by(other))
    }
    if not differ:
        return []
    words = [kinds[kind].words for kind in sorted(differ)]
    return [
        Words(
            f"说法不同：{'、'.join(one.zh for one in words)}。合并后不一样的地方算不清楚，要先更正",
            f"What is said differs: {', '.join(one.en for one in words)}. What differs is not known until corrected",
        )
    ]


def _of_applications(ours: list[int], theirs: list[int]) -> list[Words]:
    under_way = Application.objects.filter(person__in=[*ours, *theirs]).exclude(state__in=CLOSED)
    found: dict[str, dict[bool, Application]] = {}
    for one in under_way.select_related("version").order_by("pk"):
        found.setdefault(one.program, {})[one.person_id in ours] = one
    return [
        Words(
            f"“{both[True].version.title.zh}”两条各有一件在办：{both[True].receipt_number}、{both[False].receipt_number}。"
            "合并后只批得了一件",
            f"“{both[True].version.title.en}” is under way for both: {both[True].receipt_number},"
            f" {both[False].receipt_number}. Only one can be approved",
        )
        for both in found.values()
        if len(both) == 2
    ]


def _of_rights(ours: list[int], theirs: list[int]) -> list[Words]:
    """Rights that use one limit in one period under both rows: granted by the program, or paid before it."""
    claims = LimitClaim.objects.filter(holder_id__in=[*ours, *theirs]).exclude(holder_kind="household")
    uses: dict[tuple[str, str, str], dict[bool, LimitClaim]] = {}
    for one in claims.exclude(earlier__superseded_by=F("earlier")).order_by("pk"):
        uses.setdefault((one.limit, one.holder_kind, one.period), {})[one.holder_id in ours] = one
    pairs = {
        (both[True].entitlement_id, both[False].entitlement_id) for both in uses.values() if len(both) == 2
    }
    return [_right(one, other) for one, other in sorted(pairs, key=str) if one is None or one != other]


def _right(one: int | None, other: int | None) -> Words:
    rights = Entitlement.objects.filter(pk__in=[key for key in (one, other) if key])
    rows = list(rights.select_related("application__version").order_by("pk"))
    if not rows:
        return Words(
            "系统启用前两条都付过同一项", "Both were paid one and the same right before the system existed"
        )
    paid = Attempt.objects.filter(instalment__entitlement__in=rows).exclude(state__in=FREE)
    some = set(paid.values_list("instalment__entitlement", flat=True))
    title = rows[0].application.version.title
    numbers = [row.application.receipt_number for row in rows]
    how = Words("付过的算数，没付的不再付", "what was paid stands, what was not is paid no more")
    if len(some) == len(rows):
        how = Words("两边都已付过", "both have been paid")
    return Words(
        f"“{title.zh}”两条都有了（{'、'.join(numbers)}）：{how.zh}，由县级审批人终止多出的一份",
        f"“{title.en}” was granted to both ({', '.join(numbers)}): {how.en}; the county approver ends the one too many",
    )
