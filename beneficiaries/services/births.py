"""A list of births against the register: neither counts until a person settles it, whichever came first.

What is disputed is the list's record; while it is, the register's word for that parent does not count either
(`beneficiaries.queries.kin`). Settled for the record, it goes before the register; settled for the register, it is
taken back.
"""

from collections.abc import Collection

from beneficiaries.queries.births import against_register, two_by_register
from beneficiaries.services.outcome import Taking
from beneficiaries.services.standing import dispute
from facts.catalogue import Kind
from standards.words import Words

KIND = "parentage"
DIFFERS = Words(
    "与户籍登记的父母不是同一个人，两边都先不算，请核实后选定",
    "Another parent than on the register: neither counts until a person settles it",
)
TWO = Words(
    "户籍名单给同一个孩子登记了两个父亲或两个母亲，都先不算。请按出生登记在窗口登记亲子关系",
    "The registers give one child two fathers or two mothers: neither counts. Enter the parentage from the record of"
    " birth at the counter",
)


def doubt_births(taking: Taking, kind: Kind) -> None:
    """After a list of parentage was written: its records of birth that name somebody else than the register."""
    if kind.name != KIND:
        return
    children = set(taking.people.values())
    own = [fact for fact in against_register(children) if fact.list_id == taking.evidence.pk]
    dispute(own)
    _doubt(taking, {fact.person_id for fact in own if fact.person_id}, DIFFERS)


def doubt_parents(taking: Taking, newer_than: int) -> None:
    """After a register was written: what its new parents contradict, on record or in another register."""
    children = set(taking.people.values())
    differing = against_register(children, newer_than=newer_than)
    dispute(differing)
    _doubt(taking, {fact.person_id for fact in differing if fact.person_id}, DIFFERS)
    _doubt(taking, two_by_register(children, newer_than=newer_than), TWO)


def _doubt(taking: Taking, children: Collection[int], words: Words) -> None:
    for row, person in taking.people.items() if children else ():
        if person in children:
            taking.doubt(row, "subject", words, "lists_differ")
