"""People, households, what lists and papers say about them, and the accounts they are paid to."""

from beneficiaries.models.accounts import Account
from beneficiaries.models.doubles import Double, PairCount
from beneficiaries.models.doubts import Doubt
from beneficiaries.models.facts import Fact
from beneficiaries.models.history import AlsoSaid, Change
from beneficiaries.models.lists import Coverage, EvidenceList, LearnedHeader, ListRow
from beneficiaries.models.people import (
    Alias,
    AwaitedParent,
    Household,
    Membership,
    Parentage,
    Person,
    SearchTerm,
)

__all__ = [
    "Account",
    "Alias",
    "AlsoSaid",
    "AwaitedParent",
    "Change",
    "Coverage",
    "Double",
    "Doubt",
    "EvidenceList",
    "Fact",
    "Household",
    "LearnedHeader",
    "ListRow",
    "Membership",
    "PairCount",
    "Parentage",
    "Person",
    "SearchTerm",
]
