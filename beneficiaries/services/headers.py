"""What an unknown header means: said once by a person, learnt for the next list, taken back when it was wrong."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import create, perform
from beneficiaries.lists.headers import plain_header
from beneficiaries.models import EvidenceList, LearnedHeader
from beneficiaries.queries.lists import columns_asked
from beneficiaries.services.lists import WORK_TASK
from facts.catalogue import load_catalogue
from jobs.bell import ring
from standards.divisions import COUNTY_DIGITS, scope_prefix
from standards.words import Refusal, Words


def name_columns(
    evidence: EvidenceList, meaning: Mapping[str, str], *, whole_county: bool, by: Actor, on: date
) -> EvidenceList:
    """Learn what headers of a list mean (plain header to key) and put the list in line for its check again.

    Raises Refusal for two headers of one field, a header the list does not have, a field the kind does not have.
    """
    asked = columns_asked(evidence)
    said = {plain_header(header): key for header, key in meaning.items() if key}
    _refuse_wrong(evidence, said, asked.headers, asked.found)
    scope = scope_prefix(evidence.division)
    scope = scope[:COUNTY_DIGITS] if whole_county else scope
    with transaction.atomic():
        checked = perform(
            evidence, "name_columns", by=by, on=on, detail={"columns": len(said)}, problem=None, counts={}
        )
        for header, key in said.items():
            learnt = LearnedHeader(
                state="in_use", kind=evidence.kind, header=header, key=key, scope=scope, list=evidence,
                taught_by=by.number, taught_on=on,
            )  # fmt: skip
            create(learnt, by=by, on=on, detail={"kind": evidence.kind, "key": key})
        ring(WORK_TASK)
    return checked


def take_back_header(learnt: LearnedHeader, *, by: Actor, on: date) -> LearnedHeader:
    """Read a header so no more. Lists already checked or taken stay as they are."""
    return perform(learnt, "take_back", by=by, on=on)


def _refuse_wrong(
    evidence: EvidenceList, said: Mapping[str, str], headers: set[str], found: set[str]
) -> None:
    words = {column.key: column.words for column in load_catalogue().kind(evidence.kind).listed}
    if not said:
        raise Refusal(
            "还没有指定任何一列。请至少选一列，或把名单退回部门",
            "No column was named: choose at least one, or send the list back",
            code="nothing_named",
        )
    if set(said) - headers or set(said.values()) - set(words):
        raise Refusal(
            "名单或项目已经变了，请刷新页面再选",
            "The list or its fields are others by now: reload the page and choose again",
            code="state_moved_on",
        )
    times = Counter(said.values()) + Counter(found)
    twice = next((key for key in said.values() if times[key] > 1), None)
    if twice is not None:
        raise _two_to_one(words[twice], is_found=twice in found)


def _two_to_one(field: Words, *, is_found: bool) -> Refusal:
    if is_found:
        return Refusal(
            f"名单里已经有“{field.zh}”一列，不能再指定一列",
            f"The list has a column for “{field.en}” already: no other can be it too",
            code="field_taken",
        )
    return Refusal(
        f"有两列都选了“{field.zh}”。一个项目只能对应一列，请改选其中一列",
        f"Two columns were named “{field.en}”: one field is one column, so choose again for one of them",
        code="field_twice",
    )
