"""A list withdrawn: the register as if it had never come, except for what other lists say too.

The worker does it, in the name of whoever asked: one transaction, so that a worker that is killed or whose lease was
revoked has undone nothing. The list's own row is written near the end: until then the page shows how far it is.

No row goes: what the list brought stays on record and counts no more. A fact names itself, a membership ends before it
begins, a parentage has `NEVER` as its last day, a person or household that nobody else speaks of stands `NOWHERE`.
"""

from collections import defaultdict
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from audit.actor import Actor
from audit.door import perform, record
from beneficiaries.lists.sheets import SHEET_STEP
from beneficiaries.models import Doubt, EvidenceList, Fact, ListRow, Membership, Person
from beneficiaries.queries.births import disputed_births
from beneficiaries.queries.differing import disputed_entries, subject_of
from beneficiaries.services.accounts_back import take_back_accounts
from beneficiaries.services.because import because
from beneficiaries.services.facts import DIFFERS
from beneficiaries.services.facts_back import Left, let_count, take_back_facts
from beneficiaries.services.line import in_line
from beneficiaries.services.lists import WORK_TASK, silent
from beneficiaries.services.register_back import move_where_counted, take_back_register
from beneficiaries.services.staging import select
from beneficiaries.services.standing import close_doubts, reconsider, without_two_fathers
from facts.catalogue import load_catalogue
from jobs.bell import ring
from jobs.leases import Lease
from standards.words import Refusal

OUTCOME = "list_withdrawn"
ROWS_AT_ONCE = 5_000
ABOUT_LISTS = (Doubt.Kind.LISTS_DIFFER, Doubt.Kind.TWO_HOUSEHOLDS)  # one cause, one doubt

# Doubts between lists that have nothing left to differ about. Which village a person of two households lives in is asked
# with the households: the word that came first, and the words of lists that brought another household. An entry asked back
# differs from nothing where it is ``alone``: no other word of its kind is in dispute. Parameters: the list, its kind.
_NOTHING_DIFFERS = """
WITH of_two_households AS (
  SELECT f.id FROM beneficiaries_doubt t JOIN beneficiaries_fact f ON f.person_id = t.person_id
  WHERE t.kind = 'two_households' AND t.settled_on IS NULL AND f.kind = 'register' AND f.is_disputed
    AND f.superseded_by_id IS NULL
    AND (EXISTS (SELECT FROM beneficiaries_membership m WHERE m.person_id = f.person_id AND m.list_id = f.list_id
                 AND m.is_disputed AND m.valid_until IS NULL)
      OR NOT EXISTS (SELECT FROM beneficiaries_fact o WHERE o.person_id = f.person_id AND o.kind = 'register'
                     AND o.is_disputed AND o.superseded_by_id IS NULL AND o.id < f.id))),
alone AS (
  SELECT f.id FROM beneficiaries_doubt t JOIN beneficiaries_fact f ON f.id = t.fact_id
  WHERE t.kind = 'withdrawal' AND t.settled_on IS NULL AND NOT EXISTS (
    SELECT FROM beneficiaries_fact o WHERE o.kind = f.kind AND o.id <> f.id AND o.is_disputed AND o.superseded_by_id IS NULL
      AND (o.person_id = f.person_id OR o.household_id = f.household_id)))
SELECT d.id FROM beneficiaries_doubt d WHERE d.settled_on IS NULL AND d.fact_id IS NULL
  AND (d.list_id = %(list)s OR d.person_id IN (
    SELECT f.person_id FROM beneficiaries_fact f WHERE f.list_id = %(list)s
    UNION SELECT m.person_id FROM beneficiaries_fact f JOIN beneficiaries_membership m ON m.household_id = f.household_id
          WHERE f.list_id = %(list)s
    UNION SELECT p.child_id FROM beneficiaries_fact f JOIN beneficiaries_parentage p ON p.parent_id = f.person_id
          WHERE f.list_id = %(list)s))
  AND (d.kind = 'lists_differ' AND NOT EXISTS (
         SELECT FROM beneficiaries_fact f WHERE f.person_id = d.person_id AND f.is_disputed AND f.superseded_by_id IS NULL
           AND f.id NOT IN (SELECT id FROM of_two_households UNION ALL SELECT id FROM alone))
       AND NOT EXISTS (
         SELECT FROM beneficiaries_membership m JOIN beneficiaries_fact f ON f.household_id = m.household_id
         WHERE m.person_id = d.person_id AND f.is_disputed AND f.superseded_by_id IS NULL
           AND f.id NOT IN (SELECT id FROM alone))
    OR d.kind = 'two_households' AND NOT EXISTS (
         SELECT FROM beneficiaries_membership m WHERE m.person_id = d.person_id AND m.is_disputed AND m.valid_until IS NULL)
    OR d.kind = 'other_name' AND EXISTS (
         SELECT FROM beneficiaries_person p WHERE p.id = d.person_id AND p.name = d.words ->> 'name')
    OR d.kind NOT IN ('lists_differ', 'two_households') AND d.list_id = %(list)s AND NOT EXISTS (
         SELECT FROM beneficiaries_fact f JOIN beneficiaries_evidencelist e ON e.id = f.list_id
         WHERE f.person_id = d.person_id AND e.state = 'taken' AND e.kind = %(kind)s
           AND e.id > %(list)s)
       AND (d.account_id IS NULL OR EXISTS (
         SELECT FROM beneficiaries_account a WHERE a.id = d.account_id AND a.state IN ('refused', 'closed'))))
ORDER BY d.id"""


def ask_to_withdraw_list(evidence: EvidenceList, *, by: Actor, on: date) -> None:
    """Put a taken list in line to be withdrawn by the worker in this person's name. Raises Refusal."""
    mine = EvidenceList.objects.filter(pk=evidence.pk)
    with transaction.atomic():
        row = mine.select_for_update(no_key=True).get()
        _ask_withdrawer(row, by)
        if "withdraw" in row.parameters and not row.is_stopped:
            raise Refusal(
                "已经有人要求撤销，正在办",
                "It is being withdrawn already: somebody asked for it",
                code="asked_already",
            )
        wish = {"withdraw": asdict(by) | {"on": on.isoformat()}}
        mine.update(parameters=row.parameters | wish, stopped_at=None, tries=0)
        record("ask_to_withdraw_list", row, by=by, on=on)
        ring(WORK_TASK)


def withdraw_list(
    evidence: EvidenceList, *, by: Actor, on: date, lease: Lease[EvidenceList] | None = None
) -> EvidenceList:
    """Withdraw a taken list: its coverage ends with its state, and what it brought counts no more.

    What another taken list says too stays, as said by that one. Decisions stand as they are. Raises Refusal.
    """
    _ask_withdrawer(evidence, by)
    rows, stores = int(evidence.counts.get("rows", 0)), load_catalogue().kind(evidence.kind).stores
    progress = lease.progress if lease else silent
    progress(0, rows * 3)
    with transaction.atomic(), because(by, "撤回名单"):
        in_line()
        left = Left() if stores == "accounts" else take_back_facts(evidence)
        progress(rows, rows * 3)
        if stores == "accounts":
            take_back_accounts(evidence, by=by, on=on, reason=OUTCOME)
        if stores == "register":
            take_back_register(evidence)
        progress(rows * 2, rows * 3)
        withdrawn = perform(evidence, "withdraw", by=by, on=on)
        let_count(left.marked, on=on)
        move_where_counted(left.marked)
        if stores == "register":
            reconsider(disputed_births(), on=on)  # a list of births that the register spoke against
        _settle_doubts(withdrawn, on=on)
        _doubt_again(left.disputed)
        let_count(disputed_entries(evidence.kind), on=on)
        if lease is not None:
            lease.finish()
        return withdrawn


def _ask_withdrawer(evidence: EvidenceList, by: Actor) -> None:
    """What the move asks is asked before the work, which comes before the move."""
    if by.role not in EvidenceList.move_named("withdraw").roles:
        raise Refusal("这一步不归你的岗位", "This step is not your role's", code="not_your_role")
    if evidence.state != "taken":
        raise Refusal(
            "这份名单现在不能撤销，请刷新页面",
            "This list cannot be withdrawn now: reload the page",
            code="state_moved_on",
        )


def _settle_doubts(evidence: EvidenceList, *, on: date) -> None:
    """Close the doubts that the list alone gave rise to; one of which a later list speaks too stays open."""
    found = [key for (key,) in select(_NOTHING_DIFFERS, {"list": evidence.pk, "kind": evidence.kind})]
    close_doubts(without_two_fathers(Doubt.objects.filter(pk__in=found)), on=on, outcome=OUTCOME)
    close_doubts(_of_a_name_that_nobody_says(evidence), on=on, outcome=OUTCOME)


def _of_a_name_that_nobody_says(evidence: EvidenceList) -> "QuerySet[Doubt]":
    """The doubts about another name that the list gave rise to, where no later list of the kind says another name in the row
    that speaks of the person. A row that is kept no more may have said one. Three queries."""
    asked = Doubt.objects.filter(list=evidence, kind=Doubt.Kind.OTHER_NAME, settled_on=None)
    spoken = Fact.objects.filter(
        person__in=list(asked.values_list("person", flat=True)), list__kind=evidence.kind, list__state="taken",
        list__gt=evidence.pk,
    )  # fmt: skip
    places = list(spoken.values_list("person", "list", "row"))
    found = ListRow.objects.filter(
        list__in={source for _, source, _ in places}, row__in={(row or 0) % SHEET_STEP for *_, row in places}
    )
    odd: dict[tuple[int, int], bool] = {}
    for source, row, problems in found.values_list("list", "row", "problems"):
        is_odd = any(one["column"] == "subject_name" for one in problems or ())
        odd[source, row] = is_odd or odd.get((source, row), False)
    is_open = {
        person for person, source, row in places if odd.get((source or 0, (row or 0) % SHEET_STEP), True)
    }
    return asked.exclude(person__in=is_open)


def _doubt_again(disputed: frozenset[int]) -> None:
    """Two lists differ whose dispute was settled by what the withdrawn list said: a person settles it anew.

    One doubt for the people whom a fact is about, and none where one of them is in doubt already. Four statements.
    """
    facts = list(
        Fact.objects.filter(pk__in=disputed).select_related("person", "household__head").order_by("pk")
    )
    members = _members({fact.household_id for fact in facts if fact.household_id})
    whose = {fact.pk: {fact.person_id} if fact.person_id else members[fact.household_id] for fact in facts}
    open_now = Doubt.objects.filter(settled_on=None)
    about_lists = open_now.filter(
        kind__in=ABOUT_LISTS, person__in={one for each in whose.values() for one in each}
    )
    in_doubt = set(about_lists.values_list("person", flat=True))
    own = set(open_now.filter(fact__in=disputed).values_list("fact", flat=True))
    made = []
    for fact in facts:
        about = subject_of(fact)
        person = about if isinstance(about, Person) else about.head
        if person is None or fact.pk in own or whose[fact.pk] & in_doubt:
            continue
        in_doubt.add(person.pk)
        words = {"zh": DIFFERS.zh, "en": DIFFERS.en}
        made.append(Doubt(kind=Doubt.Kind.LISTS_DIFFER, division=about.division, person=person, words=words))
    Doubt.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)


def _members(households: set[int]) -> dict[int | None, set[int | None]]:
    """Everybody who ever stood in each."""
    found: dict[int | None, set[int | None]] = defaultdict(set)
    for home, person in Membership.ever.filter(household__in=households).values_list("household", "person"):
        found[home].add(person)
    return found
