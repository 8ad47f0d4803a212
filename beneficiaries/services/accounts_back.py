"""What a withdrawn list said of accounts: they stand as the next list says them, or are closed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from audit.actor import Actor
from audit.door import perform_all, record_all
from beneficiaries.models import Account, AlsoSaid, Doubt, EvidenceList
from beneficiaries.services.accounts import OTHER_NAME, SAID
from beneficiaries.services.standing import close_doubts
from standards.names import same_person_name


def take_back_accounts(evidence: EvidenceList, *, by: Actor, on: date, reason: str) -> None:
    """Money goes no more to the accounts that this list alone brought, nor to those of which the others say another name,
    bank or kind: these wait to be verified anew, as the first of the others says them. Inside a transaction."""
    brought = Account.objects.filter(list=evidence, state__in=["entered", "verified"])
    stands = {one.pk: one for one in brought.select_related("owner")}
    # Put side by side here: the database, which has no statistics of a list of today, compared every row with every other.
    said: dict[int, list[AlsoSaid]] = {}
    others = AlsoSaid.objects.filter(list__state="taken").exclude(list=evidence).exclude(account=None)
    for one in others.select_related("list").order_by("list_id", "pk").iterator():
        if one.account_id in stands:
            said.setdefault(one.account_id, []).append(one)
    instead = {key: told for key, told in said.items() if told[0].otherwise}
    gone = stands.keys() - (said.keys() - instead.keys())
    detail = {"reason": reason}
    perform_all(Account.objects.filter(pk__in=gone), "close", by=by, on=on, expected=len(gone), detail=detail)
    close_doubts(
        Doubt.objects.filter(account__in=instead), on=on, outcome=reason
    )  # asked again about the new one
    _enter_instead([(stands[key], told) for key, told in sorted(instead.items())], by=by, on=on)


def _enter_instead(instead: Sequence[tuple[Account, list[AlsoSaid]]], *, by: Actor, on: date) -> None:
    """Each account anew as the first of ``told`` says it; the others stand behind that one."""
    made = [
        Account(
            state="entered", owner=old.owner, number=old.number, number_index=old.number_index, list=first.list,
            entered_by=first.list.uploaded_by, entered_on=on, **(first.otherwise or {}),
        )
        for old, (first, *_) in instead
    ]  # fmt: skip
    Account.seal(made)
    Account.objects.bulk_create(made)
    record_all(
        "create", Account.objects.filter(pk__in=[one.pk for one in made]), by=by, on=on, target="entered"
    )
    also, doubts = [], []
    for (old, (first, *rest)), new in zip(instead, made, strict=True):
        for one in rest:
            words = one.otherwise or _said(old)
            also.append(AlsoSaid(list=one.list, person_id=one.person_id, account=new,
                                 otherwise=words if words != _said(new) else None))  # fmt: skip
        if not same_person_name(new.account_name, old.owner.name):
            words = {"zh": OTHER_NAME.zh, "en": OTHER_NAME.en}
            doubts.append(Doubt(kind=Doubt.Kind.ACCOUNT_NAME, division=old.owner.division, person=old.owner, account=new,
                                list=first.list, words=words))  # fmt: skip
    AlsoSaid.objects.bulk_create(also)
    Doubt.objects.bulk_create(doubts)


def _said(account: Account) -> Mapping[str, Any]:
    return {name: str(getattr(account, name)) for name in SAID}
