"""Between building and the bank the world goes on: each step asks again whether every line can be paid."""

from datetime import timedelta

import pytest

from applications.models import Entitlement
from audit.door import perform
from audit.models import TrailRow
from beneficiaries.models import Account, Doubt, Parentage
from payments import services
from payments.models import Exclusion
from payments.services.rechecking import LINES_NAMED, not_payable
from tests import factories as make
from tests.otherwise import otherwise
from tests.payments.conftest import APPROVER, CHECKER, PREPARER, approved, built, states
from tests.payments.granting import DAY, accounts, balances, entitlements, girls
from tests.payments.test_batches import refused
from tests.payments.test_results import LATER, fresh

pytestmark = pytest.mark.usefixtures("granted")
TYPED = {"count": 5, "total_fen": 1_000_000}
COUNTY = make.actor("county_approver")


def close_account(line):
    perform(line.account, "close", by=make.actor("clerk"), on=DAY)


def die(line):
    make.fact(line.payee, "death", DAY - timedelta(days=3))


def suspend(line):
    perform(line.instalment.entitlement, "suspend", by=COUNTY, on=DAY)


def end(line):
    perform(line.instalment.entitlement, "end", by=COUNTY, on=DAY)


def doubt(line):
    Doubt.objects.create(
        kind="account_name", division=line.payee.division, person=line.payee, account=line.account, words={}
    )


HAPPENINGS = [
    (close_account, "账户已停用"),
    (die, "享受人已去世"),
    (suspend, "享受资格已暂停"),
    (end, "享受资格已终止"),
    (doubt, "户名和收款人姓名对不上"),
]


@pytest.mark.parametrize(("happen", "why"), HAPPENINGS)
def test_every_step_is_refused_while_a_line_cannot_be_paid(happen, why):
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    happen(batch.attempts.get(line=2))
    said = refused("not_payable", services.confirm, batch, **TYPED, by=CHECKER, on=DAY).words
    assert f"有 1 笔现在不能付，这一步没有办：第 2 笔{why}" in said.zh
    assert "制单人撤回" in said.zh
    assert "lines 2: " in said.en
    batch = services.take_back(batch, by=PREPARER, on=DAY)
    assert "先拿掉这些笔" in refused("not_payable", services.prepare, batch, by=PREPARER, on=DAY).words.zh
    services.leave_out(batch.attempts.get(line=2), by=PREPARER, on=DAY)
    batch = approved(fresh(batch))
    assert (batch.state, batch.count) == ("approved", 4)


@pytest.mark.parametrize(("happen", "why"), HAPPENINGS)
def test_an_approved_batch_is_neither_downloaded_nor_sent(happen, why):
    batch = approved(built())
    (file,) = services.export(batch, by=PREPARER, on=DAY)
    happen(batch.attempts.get(line=5))
    for verb, row in ((services.take_file, file), (services.send, batch)):
        said = refused("not_payable", verb, row, by=PREPARER, on=DAY).words
        assert why in said.zh
        assert "审批人、复核人、制单人先后撤回" in said.zh
    assert set(states(batch).values()) == {"planned"}
    assert balances()["committed"] == 1_000_000
    refused("not_payable", services.send, batch, by=PREPARER, on=DAY, statement="交了")
    for by in (APPROVER, CHECKER, PREPARER):
        batch = services.take_back(batch, by=by, on=DAY)
    assert services.leave_out_unpayable(batch, by=PREPARER, on=DAY) == 1
    assert services.send(approved(fresh(batch)), by=PREPARER, on=DAY).count == 4


def test_the_approver_is_told_as_well():
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    batch = services.confirm(batch, **TYPED, by=CHECKER, on=DAY)
    close_account(batch.attempts.get(line=1))
    die(batch.attempts.get(line=4))
    said = refused("not_payable", services.approve, batch, **TYPED, by=APPROVER, on=DAY).words.zh
    assert "有 2 笔" in said
    assert "第 1 笔账户已停用" in said
    assert "第 4 笔享受人已去世" in said


def test_a_file_that_the_bank_has_already_is_recorded_with_a_statement():
    batch = approved(built())
    (file,) = services.export(batch, by=PREPARER, on=DAY)
    services.take_file(file, by=PREPARER, on=DAY)
    die(batch.attempts.get(line=3))
    said = refused("not_payable", services.send, batch, by=PREPARER, on=DAY).words.zh
    assert "还没交给银行的不要再交" in said
    refused("not_payable", services.take_file, file, by=PREPARER, on=DAY)
    batch = services.send(batch, by=PREPARER, on=DAY, statement="农行赵柜员 8 月 18 日上午收")
    detail = TrailRow.objects.get(table="payments_batch", verb="send").detail
    assert detail["statement"] == "农行赵柜员 8 月 18 日上午收"
    assert detail["not_payable"] == {"beneficiary_died": [3]}
    assert balances()["in_transit"] == 1_000_000


def test_all_lines_that_cannot_be_paid_are_left_out_at_once_and_named():
    batch = built()
    for number, happen in ((1, close_account), (2, die), (4, suspend)):
        happen(batch.attempts.get(line=number))
    assert not_payable(batch, on=DAY) == {"account_gone": [1], "beneficiary_died": [2], "suspended": [4]}
    assert services.leave_out_unpayable(batch, by=PREPARER, on=DAY) == 3
    assert states(batch) == {1: "pulled_back", 2: "pulled_back", 3: "planned", 4: "pulled_back", 5: "planned"}
    assert (fresh(batch).count, fresh(batch).total_fen) == (2, 400_000)
    assert set(Exclusion.objects.filter(batch=batch).values_list("reason", "mended_by__zh")) == {
        ("account_gone", "乡镇"),
        ("beneficiary_died", "县级复核"),
        ("suspended", "县级审批"),
    }
    refused("all_payable", services.leave_out_unpayable, batch, by=PREPARER, on=DAY)
    batch = services.prepare(batch, by=PREPARER, on=DAY)
    refused("not_a_draft", services.leave_out_unpayable, batch, by=PREPARER, on=DAY)


def test_a_newer_account_does_not_stop_the_line_that_goes_to_the_older_one():
    batch = built()
    accounts([batch.attempts.get(line=1).payee], first=8000)
    assert approved(batch).state == "approved"


def test_a_parent_who_is_no_longer_the_payee_is_not_paid(award):
    girl, mother = girls(2, first=200)
    Parentage.objects.create(child=girl, parent=mother, valid_until=DAY)
    accounts([mother])
    entitlements([girl], award)
    batch = built()
    assert batch.count == 6
    assert not_payable(batch, on=DAY) == {}
    assert not_payable(batch, on=DAY + timedelta(days=1)) == {
        "account_gone": [batch.attempts.get(payee=mother).line]
    }


def test_a_resumed_entitlement_is_paid_in_the_next_batch():
    batch = built()
    line = batch.attempts.get(line=2)
    suspend(line)
    services.leave_out_unpayable(batch, by=PREPARER, on=DAY)
    refused("nothing_payable", services.build_batches, by=PREPARER, on=DAY)
    perform(Entitlement.objects.get(pk=line.instalment.entitlement_id), "resume", by=COUNTY, on=LATER)
    (next_batch,) = services.build_batches(by=PREPARER, on=LATER)
    assert next_batch.attempts.get().instalment_id == line.instalment_id


def test_many_lines_are_counted_and_the_first_are_named(award):
    others = girls(LINES_NAMED + 3, first=400, village=make.HUAIHUA)
    accounts(others)
    entitlements(others, award)
    batch = built(township=make.YABAI)
    for account in Account.objects.filter(owner__in=others):
        perform(account, "close", by=make.actor("clerk"), on=DAY)
    said = refused("not_payable", services.prepare, batch, by=PREPARER, on=DAY).words.zh
    assert f"有 {LINES_NAMED + 3} 笔" in said
    assert "第 1、2、3、4、5、6、7、8、9、10 … 笔账户已停用" in said


def test_after_a_divorce_the_parent_who_has_the_child_is_paid(award):
    girl, mother = girls(2, first=200)
    father = make.person("赵文斌", DAY.replace(year=1979), female=False)
    for parent in (mother, father):
        Parentage.objects.create(child=girl, parent=parent)
    accounts([mother])
    entitlements([girl], award)
    line = built().attempts.get(payee=mother)
    custody = make.fact(girl, "custody", DAY - timedelta(days=30), guardian=father.pk)
    assert not_payable(line.batch, on=DAY) == {"account_gone": [line.line]}
    with otherwise():
        type(custody).objects.filter(pk=custody.pk).update(is_disputed=True)
    assert not_payable(line.batch, on=DAY) == {"account_gone": [line.line]}


def test_a_parent_who_gave_the_child_away_is_not_paid(award):
    girl, mother = girls(2, first=200)
    Parentage.objects.create(child=girl, parent=mother)
    accounts([mother])
    entitlements([girl], award)
    line = built().attempts.get(payee=mother)
    make.fact(
        girl, "parentage", DAY - timedelta(days=90), DAY - timedelta(days=1), kind="birth", mother=mother.pk
    )
    assert not_payable(line.batch, on=DAY) == {"account_gone": [line.line]}
