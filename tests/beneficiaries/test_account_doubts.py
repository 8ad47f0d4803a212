"""A doubt about an account's name is about that account: verifying one leaves the other in doubt."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from beneficiaries import services
from beneficiaries.models import Account, Doubt
from tests import factories as make
from tests.beneficiaries.test_register_rules import take

DAY = date(2026, 8, 18)
HEADER = ["姓名", "身份证号", "账号", "户名", "开户行"]


@pytest.fixture
def girl(db):
    make.divisions()
    return make.person("赵雨桐", date(2008, 2, 3))


def row(owner, number, name):
    return [owner.name, owner.citizen_id, number, name, "周至农商行"]


def states():
    return dict(Account.objects.order_by("pk").values_list("account_name", "state"))


def verify_list(evidence):
    return services.verify_listed_accounts(evidence, by=make.actor("county_checker", "three"), on=DAY)


def test_verifying_one_account_leaves_the_doubt_about_another(girl):
    taken = take([row(girl, "6222020903001321116", "赵玉彤")], header=HEADER, kind="account", on=DAY)
    own = services.enter_account(
        girl, number="6222020903001321124", account_name="赵雨桐", bank="周至农商行", cnaps="", kind="card",
        by=make.actor("clerk"), on=DAY,
    )  # fmt: skip
    services.verify_account(own, by=make.actor("township_reviewer"), on=DAY)
    (doubt,) = Doubt.objects.filter(settled_on=None)
    assert doubt.account.account_name == "赵玉彤"
    assert (verify_list(taken), states()) == (0, {"赵玉彤": "entered", "赵雨桐": "verified"})


def test_a_list_is_verified_but_for_exactly_the_doubtful_accounts(girl):
    sister = make.person("赵雨欣", date(2013, 4, 5))
    taken = take(
        [
            row(girl, "6222020903001321116", "赵玉彤"),
            row(girl, "6222020903001321124", "赵雨桐"),
            row(sister, "6222020903001321132", "赵雨欣"),
        ],
        header=HEADER, kind="account", on=DAY,
    )  # fmt: skip
    assert verify_list(taken) == 2
    assert states() == {"赵玉彤": "entered", "赵雨桐": "verified", "赵雨欣": "verified"}


def test_two_doubtful_accounts_of_one_owner_are_two_doubts(girl):
    take([row(girl, "6222020903001321116", "赵玉彤")], header=HEADER, kind="account", on=DAY)
    services.enter_account(
        girl, number="6222020903001321124", account_name="赵雨同", bank="周至农商行", cnaps="", kind="card",
        by=make.actor("clerk"), on=DAY,
    )  # fmt: skip
    named = (
        Doubt.objects.filter(settled_on=None).order_by("pk").values_list("account__account_name", flat=True)
    )
    assert list(named) == ["赵玉彤", "赵雨同"]
    first, second = Account.objects.order_by("pk")
    services.verify_account(first, by=make.actor("township_reviewer"), on=DAY)
    services.refuse_account(second, by=make.actor("township_reviewer"), on=DAY, reason="不是本人")
    outcomes = Doubt.objects.order_by("pk").values_list("outcome", "settled_by")
    assert list(outcomes) == [("verified", "gao"), ("refused", "gao")]


def test_the_database_wants_the_account_named(girl):
    with pytest.raises(IntegrityError), transaction.atomic():
        Doubt.objects.create(kind="account_name", division=girl.division, person=girl, words={})
