"""What a person must look at before a row may pass with others: found for a whole page in four queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, ngettext

from applications.lifecycle import State
from applications.models import Application
from beneficiaries.models import Account, Doubt, Membership
from portal.queries.bands import load_bands
from standards.money import yuan
from standards.words import Words
from web.forms import say

# An account entered this shortly before the application is what auditors look for first.
FRESH_DAYS = 15


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at: a short word for the list, a sentence for the application's page."""

    kind: str
    word: str
    sentence: str
    detail: str = ""


def flags_of(applications: Sequence[Application]) -> dict[int, list[Flag]]:
    """The flags of each application by its id; without any it is clean. Where a sum is to be set, one query more."""
    load_bands(applications)
    households = {a.household_id for a in applications if a.household_id}
    members = defaultdict(set)
    for household, person in Membership.objects.filter(
        household__in=households, valid_until=None
    ).values_list("household", "person"):
        members[household].add(person)
    people = {person for group in members.values() for person in group} | {a.person_id for a in applications}
    doubts = defaultdict(list)
    for doubt in Doubt.objects.filter(person__in=people, settled_on=None):
        doubts[doubt.person_id].append(doubt)
    accounts = defaultdict(list)
    for account in (
        Account.objects.filter(owner__in=people).exclude(state__in=("refused", "closed")).defer("number")
    ):
        accounts[account.owner_id].append(account)
    return {
        a.pk: [
            *_of_verdict(a),
            *_of_doubts([d for p in _people(a, members) for d in doubts[p]]),
            *_of_accounts(a, [x for p in _people(a, members) for x in accounts[p]]),
        ]
        for a in applications
    }


def _people(application: Application, members: dict[int, set[int]]) -> list[int]:
    own = {application.person_id} if application.person_id else set()
    return sorted(own | members.get(application.household_id or 0, set()))


def _of_verdict(application: Application) -> list[Flag]:
    if application.state == "objected":
        return [
            Flag("not_met", gettext("objected to"), gettext("Somebody objected during the public notice"))
        ]
    if application.proposes_refusal:
        words = "；".join(say(Words(reason["zh"], reason["en"])) for reason in application.reasons)
        return [Flag("not_met", gettext("refusal proposed"), gettext("Refusal is proposed"), words)]
    if application.verdict == 0:
        return [Flag("not_met", gettext("not met"), gettext("A condition is not met"))]
    if application.amount_fen < 0 and application.band_fen is not None:
        return _of_sum(application, application.band_fen)
    if application.verdict == 1 or application.amount_fen < 0:
        return [Flag("not_known", gettext("not known yet"), gettext("A fact is not known yet"))]
    return []


def _of_sum(application: Application, band: tuple[int, int]) -> list[Flag]:
    """Nothing is wrong with it: only who decides has something to do."""
    if application.state != State.RECHECKED:
        return []
    least, most = (yuan(fen) for fen in band)
    sentence = gettext("Who decides sets it between %(least)s and %(most)s yuan, with the reason")
    return [Flag("look", gettext("sum to be set"), sentence % {"least": least, "most": most})]


def _of_doubts(doubts: Sequence[Doubt]) -> list[Flag]:
    if not doubts:
        return []
    count = len(doubts)
    word = ngettext("%(n)d doubt", "%(n)d doubts", count) % {"n": count}
    return [Flag("look", word, say(Words(doubt.words["zh"], doubt.words["en"]))) for doubt in doubts]


def _of_accounts(application: Application, accounts: Sequence[Account]) -> list[Flag]:
    verified = [account for account in accounts if account.state == "verified"]
    if not verified:
        word = gettext("account to be verified") if accounts else gettext("no account")
        return [Flag("look", word, gettext("There is no verified account to pay to"), _who_mends(accounts))]
    fresh = [account for account in verified if _is_fresh(account, application.applied_on)]
    if fresh and len(fresh) == len(verified):
        days = (application.applied_on - fresh[0].entered_on).days
        sentence = gettext("The account was changed %(n)d days before the application") % {"n": days}
        return [Flag("look", gettext("account just changed"), sentence)]
    return []


def _is_fresh(account: Account, applied_on: date) -> bool:
    """Entered by a person (not from a list) shortly before the application."""
    by_hand = account.list_id is None
    return by_hand and timedelta(0) <= applied_on - account.entered_on <= timedelta(days=FRESH_DAYS)


def _who_mends(accounts: Sequence[Account]) -> str:
    if accounts:
        return gettext("A second person at the township or the county verifies it")
    return gettext("The township enters one from the family's card")
