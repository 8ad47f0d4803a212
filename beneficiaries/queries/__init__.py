"""What is read about people, lists and accounts; every read of a person goes through the official's scope."""

from beneficiaries.queries.believed import BelievedHousehold, BelievedPerson, believed, believed_household
from beneficiaries.queries.facts import edited_facts, edited_lists
from beneficiaries.queries.family import Family, family, household_of, value_words
from beneficiaries.queries.lists import lists_cancelled, lists_to_check, lists_to_take, lists_to_withdraw
from beneficiaries.queries.search import Found, Hit, search

__all__ = [
    "BelievedHousehold",
    "BelievedPerson",
    "Family",
    "Found",
    "Hit",
    "believed",
    "believed_household",
    "edited_facts",
    "edited_lists",
    "family",
    "household_of",
    "lists_cancelled",
    "lists_to_check",
    "lists_to_take",
    "lists_to_withdraw",
    "search",
    "value_words",
]
