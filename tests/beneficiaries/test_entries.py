"""What a clerk reads off a paper: it counts where nothing says otherwise, else for nobody until a person settles it."""

from datetime import date

import pytest

from audit.models import TrailRow
from beneficiaries import services
from beneficiaries.models import Doubt, Fact
from beneficiaries.queries import edited_facts
from beneficiaries.queries.doubts import NO_ENTRY, choices_of
from beneficiaries.queries.family import family
from beneficiaries.queries.together import is_said
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.test_register_rules import take

DAY = date(2026, 8, 18)
JULY = date(2026, 7, 1)


@pytest.fixture
def father(db):
    make.divisions()
    return make.person("赵文斌", date(1979, 3, 2), female=False)


@pytest.fixture
def home(father):
    return make.household("H1", (father, "02"))


def enter(about, of, /, *, valid_from=None, by="chen", **values):
    paper = next(iter(services.entering.load_catalogue().kind(of).papers))
    return services.enter_fact(
        about,
        kind=of,
        values=values,
        paper=paper,
        by=make.actor("clerk", by),
        on=DAY,
        valid_from=valid_from,
    )


def certificate(home, **values):
    return enter(home, "certificate", **{"kind": "two_daughter", "issued_on": "2012-05-16", **values})


def listed(home, *, last=None, first=date(2012, 5, 16), **values):
    told = {"kind": "two_daughter", "issued_on": first.isoformat(), **values}
    return make.fact(home, "certificate", first, last, source=make.evidence_list("certificate"), **told)


def counting(about, kind):
    """The facts of a kind that count, as (first day, values)."""
    facts = about.facts.filter(kind=kind, superseded_by=None, is_disputed=False).order_by("pk")
    return [(fact.valid_from, fact.values) for fact in facts]


def settle(doubt, keep, *, role="county_checker", by="", outcome="材料已看"):
    return services.settle_doubt(
        doubt, by=make.actor(role, by), on=DAY, outcome=outcome, keep=getattr(keep, "pk", keep)
    )


def open_doubts():
    return list(Doubt.objects.filter(settled_on=None).order_by("pk"))


def test_it_counts_at_once_where_nothing_says_otherwise(home):
    fact = certificate(home)
    assert (fact.is_disputed, open_doubts()) == (False, [])
    assert counting(home, "certificate") == [(date(2012, 5, 16), fact.values)]


CONTRADICTED = {
    "cancelled on the list": {"last": date(2026, 1, 1), "cancelled_on": "2026-01-01"},
    "another kind on the list": {"kind": "only_daughter"},
    "issued a day earlier and cancelled": {"first": date(2012, 5, 15), "last": date(2026, 1, 1)},
}


@pytest.mark.parametrize("on_list", CONTRADICTED.values(), ids=CONTRADICTED.keys())
def test_against_a_list_neither_counts_and_the_county_chooses(home, on_list):
    list_fact = listed(home, **on_list)
    entry = certificate(home)
    (doubt,) = open_doubts()
    assert (doubt.kind, doubt.fact, doubt.raised_by, doubt.person) == (
        "paper_differs",
        entry,
        "chen",
        home.head,
    )
    assert counting(home, "certificate") == []
    assert {choice.key for choice in choices_of(doubt)} == {entry.pk, list_fact.pk}
    assert "女儿户证" in doubt.words["zh"]
    settle(doubt, list_fact)
    assert (counting(home, "certificate"), open_doubts()) == ([(list_fact.valid_from, list_fact.values)], [])
    assert Fact.objects.get(pk=entry.pk).superseded_by == list_fact


def test_the_paper_may_be_right(home):
    list_fact = listed(home, kind="only_daughter")
    entry = certificate(home)
    settle(open_doubts()[0], entry)
    assert counting(home, "certificate") == [(entry.valid_from, entry.values)]
    assert Fact.objects.get(pk=list_fact.pk).superseded_by == entry


def test_a_newer_certificate_after_the_cancelled_one_is_no_contradiction(home):
    listed(home, last=date(2014, 12, 31))
    assert certificate(home, issued_on="2015-03-03").is_disputed is False


def test_what_the_list_left_open_is_filled_and_comes_off_again(home):
    list_fact = listed(home)
    entry = certificate(home, number="ZZ-1")
    assert counting(home, "certificate") == [(entry.valid_from, {**list_fact.values, "number": "ZZ-1"})]
    settle(withdrawal(entry), NO_ENTRY, role="township_reviewer")
    assert counting(home, "certificate") == [(list_fact.valid_from, list_fact.values)]


DAY_OF = {"surveyed_on": "2026-07-01"}
PARTS = {  # of one house: what the list says and what the paper says
    "the paper says all that the list says": ({"grade": "D"}, {"grade": "D", "work": "rebuild"}),
    "each knows a part": ({"grade": "D", "address": "焦楼村三组"}, {"grade": "D", "work": "rebuild"}),
}


def house_list(home, *, grade="", address=""):
    header = ["户主姓名", "户主身份证号", "鉴定等级", "鉴定日期", "房屋地址"]
    told = [home.head.name, home.head.citizen_id, grade, "2026-07-01", address]
    return take([told], header=header, kind="housing", on=DAY)


@pytest.mark.parametrize(
    ("comes_first", "goes"),
    [
        ("the list", "the list"), ("the list", "the paper"), ("the list", "the list, then the paper"),
        ("the list", "the paper, then the list"), ("the paper", "the list"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("on_list", "on_paper"), PARTS.values(), ids=PARTS)
def test_a_list_and_a_paper_that_know_a_part_each_stand_whole_without_the_other(
    home, on_list, on_paper, comes_first, goes
):
    """What stands is both; what one of them said is left just as it was said when the other is gone."""
    if comes_first == "the list":
        listed = house_list(home, **on_list)
    entry = enter(home, "housing", **on_paper, **DAY_OF)
    if comes_first == "the paper":
        listed = house_list(home, **on_list)
    assert (counting(home, "housing"), open_doubts()) == ([(JULY, on_list | on_paper | DAY_OF)], [])
    for each in goes.split(", then "):
        if each == "the list":
            services.withdraw_list(listed, by=make.actor("county_checker", "two"), on=DAY)
        else:
            settle(withdrawal(standing(home, entry)), NO_ENTRY, role="township_reviewer")
    left = {"the list": on_paper, "the paper": on_list}.get(goes)
    assert counting(home, "housing") == ([(JULY, left | DAY_OF)] if left else [])
    assert (open_doubts(), edited_facts()) == ([], [])


def standing(home, entry):
    """The paper's own word, which the family's page shows with its button, whatever stands for it."""
    (shown,) = family(home.pk, official=make.officials()["county_checker"], on=DAY).entered
    assert (shown.fact, is_said(shown.fact)) == (entry, True)
    return shown.fact


def test_an_entry_that_stands_with_a_lists_part_is_corrected_and_the_wrong_word_is_gone(home):
    house_list(home, **PARTS["each knows a part"][0])
    entry = enter(home, "housing", **PARTS["each knows a part"][1], **DAY_OF)
    services.correct_fact(entry, {"grade": "D", "work": "repair", **DAY_OF}, paper="housing_survey",
                          by=make.actor("township_reviewer"), on=DAY, reason="报告上是修缮")  # fmt: skip
    ((_, stands),) = counting(home, "housing")
    assert (stands["work"], list(Fact.objects.filter(superseded_by=None, values__work="rebuild"))) == (
        "repair",
        [],
    )


def test_what_is_on_record_is_not_entered_again(home):
    certificate(home, number="ZZ-1")
    with pytest.raises(Refusal) as refused:
        certificate(home)
    assert (refused.value.code, Fact.objects.count()) == ("on_record_already", 1)


def test_a_complete_list_that_does_not_hold_the_family_says_no(home):
    make.evidence_list("hardship", code="dibao", title="农村低保 2026-07", first=JULY, last=date(2026, 7, 31))
    entry = enter(home, "hardship", valid_from=date(2026, 7, 15), kinds=["dibao"])
    (doubt,) = open_doubts()
    assert (entry.valid_from, entry.valid_until, entry.is_disputed) == (JULY, date(2026, 7, 31), True)
    assert "农村低保 2026-07" in doubt.words["zh"]
    settle(doubt, NO_ENTRY)
    assert (counting(home, "hardship"), Fact.objects.get().superseded_by) == ([], entry)


def test_a_list_that_is_not_complete_or_of_another_month_says_nothing(home):
    make.evidence_list("hardship", code="dibao", complete=False)
    make.evidence_list("hardship", code="dibao", first=date(2026, 6, 1), last=date(2026, 6, 30))
    make.evidence_list("hardship", code="monitored")
    assert enter(home, "hardship", valid_from=JULY, kinds=["dibao"]).is_disputed is False


def test_the_statement_of_no_public_pay_agrees_with_silence_and_not_with_a_name(father):
    make.evidence_list("payroll")
    assert enter(father, "payroll", valid_from=JULY, listed=False).is_disputed is False
    other = make.person("钱文斌", date(1980, 3, 2), female=False)
    make.fact(other, "payroll", date(2026, 1, 1), source=make.evidence_list("payroll"), listed=True)
    assert enter(other, "payroll", valid_from=JULY, listed=False).is_disputed is True
    assert counting(other, "payroll") == []


def test_a_complete_list_that_comes_later_and_differs_goes_to_a_person(home, father):
    entry = enter(home, "hardship", valid_from=JULY, kinds=["dibao"])
    neighbour = make.person("钱文斌", date(1980, 3, 2), female=False)
    make.household("H2", (neighbour, "02"))
    rows = [["姓名", "身份证号"], [neighbour.name, neighbour.citizen_id]]
    taken = take(rows[1:], header=rows[0], kind="hardship", on=DAY, is_complete=True, code="dibao",
                 period=services.entering.month(2026, 7))  # fmt: skip
    assert (taken.state, counting(home, "hardship")) == ("taken", [])
    assert [doubt.fact for doubt in open_doubts()] == [entry]
    services.withdraw_list(taken, by=make.actor("county_checker"), on=DAY)
    assert (counting(home, "hardship"), open_doubts()) == ([(entry.valid_from, entry.values)], [])


def test_a_list_that_says_the_same_takes_the_entrys_place(home, father):
    entry = enter(home, "hardship", valid_from=JULY, kinds=["dibao"])
    taken = take([[father.name, father.citizen_id]], header=["姓名", "身份证号"], kind="hardship", on=DAY,
                 is_complete=True, code="dibao", period=services.entering.month(2026, 7))  # fmt: skip
    (fact,) = home.facts.filter(kind="hardship", superseded_by=None)
    assert (fact.list, fact.is_disputed, open_doubts()) == (taken, False, [])
    assert Fact.objects.get(pk=entry.pk).superseded_by == fact


def test_a_list_of_deaths_says_nothing_of_who_died_after_it_was_sent(father):
    make.evidence_list("death", title="死亡 2026", first=date(2026, 1, 1))
    enter(father, "death", died_on="2026-07-01")
    mother = make.person("李娟", date(1980, 3, 2))
    make.evidence_list("death", title="死亡 2026 七月", first=JULY)
    enter(mother, "death", died_on="2026-07-01")
    alone, denied = open_doubts()
    assert (alone.kind, "死亡 2026" in alone.words["zh"]) == ("entered_alone", False)
    assert "死亡 2026 七月" in denied.words["zh"]


HARMS = {
    "death": {"died_on": "2026-07-01"},
    "earlier_payment": {"program": "college-award", "paid_on": "2020-09-01", "amount": 100_000},
}


@pytest.mark.parametrize(("kind", "values"), HARMS.items(), ids=HARMS.keys())
def test_what_harms_counts_only_when_a_second_person_has_seen_the_paper(father, kind, values):
    entry = enter(father, kind, **values)
    (doubt,) = open_doubts()
    assert (doubt.kind, entry.is_disputed, counting(father, kind)) == ("entered_alone", True, [])
    with pytest.raises(Refusal) as refused:
        settle(doubt, entry, by="chen")
    assert refused.value.code == "doubt_different_people"
    settle(doubt, entry, role="township_reviewer")
    assert counting(father, kind) == [(entry.valid_from, entry.values)]


def withdrawal(entry, by="chen"):
    return services.ask_to_withdraw(entry, by=make.actor("clerk", by), on=DAY, reason="登记错了人")


def test_a_wrong_entry_is_taken_back_by_two_people_and_stays_on_record(home):
    entry = certificate(home)
    doubt = withdrawal(entry)
    assert (doubt.kind, counting(home, "certificate")) == ("withdrawal", [])
    with pytest.raises(Refusal) as refused:
        settle(doubt, NO_ENTRY, role="county_checker", by="chen")
    assert refused.value.code == "doubt_different_people"
    settle(doubt, NO_ENTRY, role="township_reviewer", outcome="确属误登")
    gone = Fact.objects.get()
    assert (gone.superseded_by, open_doubts(), edited_facts()) == (gone, [], [])
    verbs = TrailRow.objects.filter(table="beneficiaries_fact", object_id=entry.pk).order_by("pk")
    assert list(verbs.values_list("verb", "actor_number")) == [
        ("enter_fact", "chen"), ("ask_to_withdraw", "chen"), ("withdraw_fact", "gao"),
    ]  # fmt: skip
    assert certificate(home, kind="only_daughter").is_disputed is False


def test_the_second_person_may_let_it_stand(home):
    entry = certificate(home)
    settle(withdrawal(entry), entry, role="township_reviewer")
    assert counting(home, "certificate") == [(entry.valid_from, entry.values)]


def test_taking_back_what_was_chosen_lets_the_list_count_again(home):
    list_fact = listed(home, kind="only_daughter")
    entry = certificate(home)
    settle(open_doubts()[0], entry)
    settle(withdrawal(entry), NO_ENTRY, role="township_reviewer")
    assert counting(home, "certificate") == [(list_fact.valid_from, list_fact.values)]


def test_letting_an_entry_stand_does_not_settle_it_against_the_list(home):
    listed(home, kind="only_daughter")
    entry = certificate(home)
    settle(withdrawal(entry), entry, role="township_reviewer")
    assert ([doubt.kind for doubt in open_doubts()], counting(home, "certificate")) == (["paper_differs"], [])


REFUSED = {
    "from a list": (listed, "not_an_entry"),
    "waits already": (lambda home: withdrawal(certificate(home)).fact, "one_open_doubt_of_a_fact"),
}


@pytest.mark.parametrize(("of", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_withdrawn_is_said(home, of, code):
    fact = of(home)
    with pytest.raises(Refusal) as refused:
        withdrawal(fact)
    assert refused.value.code == code


def test_what_was_taken_back_cannot_be_taken_back_again(home):
    entry = certificate(home)
    settle(withdrawal(entry), NO_ENTRY, role="township_reviewer")
    with pytest.raises(Refusal) as refused:
        withdrawal(entry)
    assert refused.value.code == "withdrawn_already"


def test_the_county_settles_what_lists_deny(home):
    listed(home, kind="only_daughter")
    certificate(home)
    with pytest.raises(Refusal) as refused:
        settle(open_doubts()[0], NO_ENTRY, role="township_reviewer")
    assert refused.value.code == "not_your_role"


def test_one_person_dead_on_two_days_of_one_list_goes_to_a_person(father):
    number = father.citizen_id
    rows = [[father.name, number, "2026-07-01"], [father.name, number, "2026-07-03"]]
    taken = take(rows, header=["姓名", "身份证号", "死亡日期"], kind="death", on=DAY)
    assert (taken.counts["doubtful"], counting(father, "death")) == (2, [])
    (doubt,) = open_doubts()
    earlier = Fact.objects.get(valid_from=date(2026, 7, 1))
    assert doubt.kind == "lists_differ"
    settle(doubt, earlier)
    assert [first for first, _ in counting(father, "death")] == [date(2026, 7, 1)]
    assert open_doubts() == []


def test_a_later_list_with_another_day_of_death_goes_to_a_person(father):
    for day in ("2026-07-01", "2026-07-03"):
        take(
            [[father.name, father.citizen_id, day]],
            header=["姓名", "身份证号", "死亡日期"],
            kind="death",
            on=DAY,
        )
    assert (len(open_doubts()), counting(father, "death")) == (1, [])


def test_the_same_death_twice_is_one(father):
    row = [father.name, father.citizen_id, "2026-07-01"]
    take([row, row], header=["姓名", "身份证号", "死亡日期"], kind="death", on=DAY)
    assert (open_doubts(), len(counting(father, "death"))) == ([], 1)


def test_the_booklet_says_rural_where_the_list_left_it_open(father):
    listed = make.fact(
        father, "register", date(2026, 1, 1), source=make.evidence_list("register"), residence=make.JIAOLOU
    )
    entry = enter(father, "register", valid_from=date(2020, 1, 1), rural=True)
    assert counting(father, "register") == [
        (listed.valid_from, {"residence": make.JIAOLOU}), (entry.valid_from, {"rural": True}),
    ]  # fmt: skip


def test_the_booklet_against_the_register_list_goes_to_a_person(father):
    make.fact(father, "register", date(2026, 1, 1), source=make.evidence_list("register"), rural=False)
    assert enter(father, "register", valid_from=date(2026, 3, 1), rural=True).is_disputed is True


def test_what_the_register_alone_says_is_not_entered(father):
    with pytest.raises(Refusal) as refused:
        services.enter_fact(
            father, kind="account", values={}, paper="account_card", by=make.actor("clerk"), on=DAY
        )
    assert refused.value.code == "not_entered_here"
