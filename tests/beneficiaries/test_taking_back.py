"""An entry is taken back whatever a list says since: the register is as if the paper had never come.

Papers and lists come and go in any order. A plain oracle says what is believed: everything that is said of one house,
where it can be together; nothing, where it cannot.
"""

import random
from datetime import date
from itertools import combinations

import pytest
from django.db import connection, transaction
from django.db.models import Max

from beneficiaries import services
from beneficiaries.models import Change, Doubt, Fact
from beneficiaries.queries import believed_household, edited_facts, edited_lists
from beneficiaries.queries.doubts import NO_ENTRY, choices_of
from oversight.verify.evidence import CHECKS
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.test_order_of_arrival import FATHER, MOTHER, TODAY, arrive, people
from tests.beneficiaries.test_withdrawing import register

__all__ = ["people"]
SURVEYED = date(2026, 7, 1)
PLACE = "焦楼村三组"
PRINTED = {"rebuild": "重建"}
D, C = {"grade": "D"}, {"grade": "C"}
WHOLE, BESIDE = {"grade": "D", "work": "rebuild"}, {"grade": "D", "address": PLACE}
WORDS = [D, WHOLE, BESIDE, {"grade": "D", "address": "焦楼村五组"}, C]


@pytest.fixture
def home(people):
    with transaction.atomic():
        yield people[0].memberships.get().household
        transaction.set_rollback(True)


def enter(home, values, by="chen"):
    told = {**values, "surveyed_on": SURVEYED.isoformat()}
    return services.enter_fact(
        home, kind="housing", values=told, paper="housing_survey", by=make.actor("clerk", by), on=TODAY
    )


def listed(values):
    cells = [values.get("grade", ""), PRINTED.get(values.get("work", ""), ""), values.get("address", "")]
    return arrive("housing", (FATHER, *cells, SURVEYED.isoformat()))


def withdraw(evidence):
    services.withdraw_list(evidence, by=make.actor("county_checker", "two"), on=TODAY)


def ask(entry, by="chen"):
    return services.ask_to_withdraw(entry, by=make.actor("clerk", by), on=TODAY, reason="登记错了人")


def settle(doubt, keep, role="township_reviewer"):
    assert keep in {one.key for one in choices_of(doubt)}
    services.settle_doubt(doubt, by=make.actor(role), on=TODAY, outcome="材料已看", keep=keep)


def taken_back(entry):
    settle(ask(entry), NO_ENTRY)


def counting(home):
    """What counts of the house: the values, without the day that all of them name."""
    found = home.facts.filter(kind="housing", superseded_by=None, is_disputed=False)
    return [{key: value for key, value in one.values.items() if key != "surveyed_on"} for one in found]


def content():
    """Every row that stands, as :func:`register` gives it, with the facts and doubts by what they say, not by their keys."""
    found = register()
    facts = Fact.objects.filter(superseded_by=None).order_by("kind", "pk")
    found["beneficiaries_fact"] = [
        (one.person_id, one.household_id, one.kind, one.valid_from, one.valid_until, str(one.values), one.row,
         one.entered_by, one.paper, one.is_disputed, one.is_derived) for one in facts
    ]  # fmt: skip
    open_ones = Doubt.objects.filter(settled_on=None).order_by("pk")
    found["beneficiaries_doubt"] = list(open_ones.values_list("kind", "person", "words__zh"))
    for table in ("coverage", "listrow", "evidencelist"):  # each list is another one
        found[f"beneficiaries_{table}"] = len(found[f"beneficiaries_{table}"])
    return found


def of(told):
    """The register's content after these have come and nothing went."""
    with transaction.atomic():
        for one in told:
            one()
        found = content()
        transaction.set_rollback(True)
    return found


ON_PAPER = {"the same": D, "more": WHOLE, "a part, and the list another": WHOLE, "otherwise": C}
ON_LIST = {"the same": D, "more": D, "a part, and the list another": BESIDE, "otherwise": D, "less": WHOLE}
ON_PAPER["less"] = D
ORDERS = {
    "the list, taken back": ("entry", "list", "back"),
    "taken back after the list": ("entry", "list", "back", "withdraw"),
    "the list went first": ("entry", "list", "withdraw", "back"),
    "taken back before the list goes": ("list", "entry", "back"),
    "the list first, and it goes first": ("list", "entry", "withdraw", "back"),
    "the list first, and it goes last": ("list", "entry", "back", "withdraw"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("says", ON_PAPER)
def test_what_was_taken_back_leaves_the_register_as_if_it_had_never_come(home, says, order):
    before = register()
    stays = "withdraw" not in order
    alone = of([lambda: listed(ON_LIST[says])] if stays else [])
    for step in order:
        if step == "list":
            evidence = listed(ON_LIST[says])
        elif step == "entry" and order[0] == "list" and says in ("the same", "less"):
            with pytest.raises(Refusal, match="已经有了"):
                enter(home, ON_PAPER[says])
            return
        elif step == "entry":
            entry = enter(home, ON_PAPER[says])
        elif step == "withdraw":
            withdraw(evidence)
        else:
            taken_back(entry)
    assert content() == alone
    assert stays or register() == before
    entry.refresh_from_db()
    assert entry.superseded_by_id == entry.pk
    assert (edited_facts(), edited_lists(), list(CHECKS[0].find())) == ([], [], [])


@pytest.mark.django_db
def test_the_lists_fact_is_not_touched_while_two_people_take_the_entry_back(home):
    entry = enter(home, D)
    evidence = listed(D)
    (fact,) = Fact.objects.filter(list=evidence)
    newest = Change.objects.aggregate(key=Max("pk"))["key"]
    doubt = ask(entry)
    assert counting(home) == [D]
    settle(doubt, NO_ENTRY)
    assert (counting(home), fact.superseded_by_id) == ([D], None)
    assert not Change.objects.filter(row=fact.pk, pk__gt=newest, table="beneficiaries_fact").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("on_list", [D, BESIDE, WHOLE])
def test_who_looks_may_let_it_stand_and_everything_is_as_it_was(home, on_list):
    entry = enter(home, WHOLE)
    listed(on_list)
    before = content()
    settle(ask(entry), entry.pk)
    assert content() == before


@pytest.mark.django_db
def test_the_list_that_a_person_chose_instead_goes_and_the_entry_stays_away(home):
    """Chosen against, the entry would come back with its list's withdrawal; taken back, it does not."""
    evidence = listed(D)
    entry = enter(home, C)
    (doubt,) = Doubt.objects.filter(settled_on=None)
    (fact,) = Fact.objects.filter(list=evidence)
    settle(doubt, fact.pk, role="county_checker")
    with transaction.atomic():
        withdraw(evidence)
        assert counting(home) == [C]
        transaction.set_rollback(True)
    taken_back(entry)
    assert counting(home) == [D]
    withdraw(evidence)
    assert counting(home) == []


@pytest.mark.django_db
def test_an_entry_that_was_asked_to_go_does_not_count_when_its_list_goes(home):
    entry = enter(home, D)
    evidence = listed(WHOLE)
    doubt = ask(entry)
    assert counting(home) == [WHOLE]
    withdraw(evidence)
    assert counting(home) == []
    settle(doubt, entry.pk)
    assert counting(home) == [D]


@pytest.mark.django_db
def test_two_lists_that_differed_from_an_entry_asked_back_go_and_with_them_the_doubt(home):
    """The second list stands in for the first; when it goes too, nobody differs from the entry, though it waits to go."""
    entry = enter(home, WHOLE)
    listed(BESIDE)
    lists = [listed(C), listed(C)]
    asked = ask(entry)
    for one in lists:
        assert Doubt.objects.filter(settled_on=None, kind="lists_differ").exists()
        withdraw(one)
    assert list(Doubt.objects.filter(settled_on=None)) == [asked]
    assert counting(home) == [BESIDE]


@pytest.mark.django_db
def test_the_correction_of_an_entry_behind_a_list_is_taken_back_with_what_it_said(home):
    """The wrong word stays behind the right one for as long as that is said."""
    wrong = enter(home, WHOLE)
    listed(BESIDE)
    assert counting(home) == [WHOLE | BESIDE]
    right = services.correct_fact(
        wrong, {"grade": "D", "work": "repair", "surveyed_on": SURVEYED.isoformat()}, paper="housing_survey",
        by=make.actor("county_checker"), on=TODAY, reason="报告上是修缮",
    )  # fmt: skip
    assert counting(home) == [BESIDE | {"work": "repair"}]
    taken_back(right)
    assert counting(home) == [WHOLE | BESIDE]
    taken_back(wrong)
    assert counting(home) == [BESIDE]


@pytest.mark.django_db
def test_a_marriage_that_a_list_says_too_is_taken_back_for_both_and_the_list_counts_for_both(home, people):
    values = {"registered": True, "spouse": MOTHER, "married_on": "2005-05-01"}
    told = {"paper": "marriage_certificate", "by": make.actor("clerk", "chen"), "on": TODAY}
    entry = services.enter_fact(people[0], kind="marriage", values=values, **told)
    doubt = Doubt.objects.filter(kind="entered_alone", settled_on=None).earliest("pk")
    settle(doubt, doubt.fact_id)
    before = believed_of_both()
    evidence = arrive("marriage", (FATHER, MOTHER, "2005-05-01", ""))
    doubt = ask(entry)
    assert believed_of_both() == before
    settle(doubt, NO_ENTRY)
    assert believed_of_both() == before
    assert not Doubt.objects.filter(settled_on=None).exists()
    withdraw(evidence)
    assert believed_of_both() == set()


def believed_of_both():
    facts = Fact.objects.filter(kind="marriage", superseded_by=None, is_disputed=False)
    return set(facts.values_list("person", "values__spouse"))


# The oracle, and everything that can happen.


def differ(one, other):
    return any(one[key] != other[key] for key in one.keys() & other.keys())


def any_differ(words):
    return any(differ(one, other) for one, other in combinations(words, 2))


def is_as_said(found, said, asked):
    """Whether this counts: all that is said of the house, and nothing where two who said it differ.

    While one of them differs from an entry that is to go, that one counts for nobody; of the others nothing else is said.
    """
    together = {}
    for one in said:
        if not any(differ(one, other) for other in asked):
            together |= one
    if any_differ(said):
        return found == []
    if any_differ([*said, *asked]):
        return found == [] or (len(found) == 1 and found[0].items() <= together.items())
    return found == ([together] if said else [])


def come_and_go(home, seed):
    """Papers and lists come, are asked back, let stand, taken back and withdrawn; at the end all of them are gone."""
    dice = random.Random(seed)
    before, known = register(), []
    papers, asked, lists = {}, {}, {}
    for step in range(dice.randint(4, 9)):
        can = ["enter", "list"]
        can += ["ask"] * bool(papers) + ["withdraw"] * bool(lists) + ["settle"] * 2 * bool(asked)
        what, told = dice.choice(can), dice.choice(WORDS)
        if what == "enter":
            entry = entered(home, told)
            if entry is None:  # all of it is said already
                assert any(told.items() <= one.items() for one in on_record(home)), (seed, step, told)
            else:
                papers[entry] = told
        elif what == "list":
            lists[listed(told)] = told
        elif what == "ask":
            entry = dice.choice(list(papers))
            asked[entry] = (ask(entry), papers.pop(entry))
        elif what == "withdraw":
            evidence = dice.choice(list(lists))
            withdraw(evidence)
            del lists[evidence]
        else:
            entry = dice.choice(list(asked))
            doubt, told = asked.pop(entry)
            is_kept = dice.random() < 0.4
            settle(doubt, entry.pk if is_kept else NO_ENTRY)
            if is_kept:
                papers[entry] = told
        said, waiting = [*papers.values(), *lists.values()], {one: word for one, (_, word) in asked.items()}
        known.append((now(), as_the_oracle_says(home, said, waiting, (seed, step, what, told))))
    for moment, expected in known:
        found = believed_household(home.pk, valid_on=SURVEYED, known_at=moment)
        facts = [one.values for one in found.facts if one.kind == "housing"]
        assert facts == [{**one, "surveyed_on": SURVEYED.isoformat()} for one in expected]
    gone = [*((withdraw, one) for one in lists), *((taken_back, one) for one in papers)]
    gone += [(lambda one: settle(one, NO_ENTRY), doubt) for doubt, _ in asked.values()]
    dice.shuffle(gone)
    for go, one in gone:
        go(one)
    assert register() == before
    assert (edited_facts(), edited_lists(), list(CHECKS[0].find())) == ([], [], [])


def as_the_oracle_says(home, said, waiting, where):
    """What counts now, and that doubts are open just where two who spoke differ."""
    found = counting(home)
    assert is_as_said(found, said, waiting.values()), (where, found)
    is_doubted = any_differ([*said, *waiting.values()])
    doubts = Doubt.objects.filter(settled_on=None).exclude(kind="withdrawal")
    assert not is_doubted or doubts.exists(), where
    needless = doubts.exclude(fact__in=list(waiting))  # a doubt about what is to go waits until it is gone
    assert is_doubted or not needless.exists(), where
    return found


def entered(home, told):
    """The entry, or nothing where it is on record already."""
    try:
        return enter(home, told)
    except Refusal:
        return None


def on_record(home):
    return list(home.facts.filter(kind="housing", superseded_by=None).values_list("values", flat=True))


def now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def many(home, seeds):
    for seed in seeds:
        with transaction.atomic():
            come_and_go(home, seed)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_papers_and_lists_come_and_go(home):
    many(home, range(4))


@pytest.mark.long
@pytest.mark.django_db
def test_many_papers_and_lists_come_and_go(home):
    many(home, range(4, 300))
