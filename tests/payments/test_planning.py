from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.models import TrailRow
from ledger.queries import differences
from payments import services
from payments.models import Instalment
from payments.services.planning import split_funds_exactly
from tests import factories as make
from tests.payments.conftest import PREPARER
from tests.payments.granting import DAY, accounts, allot, balances, entitlements, girls

CERTIFIED = date(2026, 7, 10)
LAST_DAY = date(2027, 1, 10)
FEN = 120_001


@pytest.fixture
def trained(db):
    """A girl who finished a training on 10 July; half is paid now, the rest when she has work within six months."""
    make.divisions()
    version = make.active_policy("training-subsidy")
    allot("training-subsidy", 1_000_000)
    (girl,) = girls(1)
    accounts([girl])
    training = make.fact(
        girl,
        "training",
        CERTIFIED,
        trade="cook",
        hours=240,
        certified_on=CERTIFIED.isoformat(),
        certificate_number="A1",
    )
    entitlements([girl], version, fen=FEN, record=training)
    return girl


def instalments():
    return list(
        Instalment.objects.order_by("number").values_list(
            "name", "amount_fen", "due_on", "lapses_on", "lapsed_on"
        )
    )


def test_shares_are_cut_to_the_fen_and_the_rest_waits_for_its_evidence(trained):
    services.plan_instalments(on=DAY)
    assert instalments() == [
        ("certificate", 60_000, date(2026, 8, 12), None, None),
        ("employment", 60_001, None, LAST_DAY, None),
    ]
    (batch,) = services.build_batches(by=PREPARER, on=DAY)
    assert (batch.count, batch.total_fen) == (1, 60_000)


def test_work_found_in_time_makes_the_rest_due_on_the_day_it_is_seen(trained):
    services.plan_instalments(on=DAY)
    make.fact(trained, "employment", date(2026, 10, 8), started_on="2026-10-08", employer="某厂")
    seen = date(2026, 10, 20)
    assert services.plan_instalments(on=seen) == services.Planned(written=0, due=1, lapsed=0)
    assert instalments()[1] == ("employment", 60_001, seen, LAST_DAY, None)
    assert services.plan_instalments(on=date(2027, 2, 1)) == services.Planned(0, 0, 0)
    assert TrailRow.objects.filter(table="payments_instalment", verb="due").count() == 1


def test_the_last_day_still_counts_and_the_day_after_lapses_and_frees_the_money(trained):
    services.plan_instalments(on=DAY)
    assert services.plan_instalments(on=LAST_DAY) == services.Planned(0, 0, 0)
    before = balances("training-subsidy")
    lapsed_on = date(2027, 1, 11)
    assert services.plan_instalments(on=lapsed_on) == services.Planned(0, 0, 1)
    assert instalments()[1] == ("employment", 60_001, None, LAST_DAY, lapsed_on)
    after = balances("training-subsidy")
    assert (before["committed"] - after["committed"], after["available"] - before["available"]) == (
        60_001,
        60_001,
    )
    assert services.plan_instalments(on=date(2027, 1, 12)) == services.Planned(0, 0, 0)
    assert list(differences()) == []


def test_work_after_the_period_does_not_count(trained):
    services.plan_instalments(on=DAY)
    make.fact(trained, "employment", date(2027, 1, 11), started_on="2027-01-11", employer="某厂")
    assert services.plan_instalments(on=date(2027, 1, 20)).lapsed == 1


@given(
    funds=st.dictionaries(
        st.sampled_from(["central", "city", "county", "province"]), st.integers(1, 10**9), min_size=1
    ),
    cuts=st.lists(st.integers(0, 1000), max_size=5),
)
def test_every_fen_of_every_source_goes_into_exactly_one_instalment(funds, cuts):
    total = sum(funds.values())
    places = sorted(total * cut // 1000 for cut in cuts)
    amounts = [b - a for a, b in zip([0, *places], [*places, total], strict=True)]
    shares = split_funds_exactly(funds, amounts)
    assert [sum(share.values()) for share in shares] == amounts
    assert {source: sum(share.get(source, 0) for share in shares) for source in funds} == funds
