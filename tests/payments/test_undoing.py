"""What is dropped, left out, taken back or found out later: nothing is lost, nothing is paid twice."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.door import perform
from audit.models import TrailRow
from ledger.queries import differences
from oversight.verify import lineage
from payments import services
from payments.models import Attempt, BankFile, Batch, Exclusion, ResultLine
from payments.queries.pages import to_rebuild
from payments.services import sending
from tests import factories as make
from tests.payments.conftest import APPROVER, CHECKER, PREPARER, answer, approved, built, sent, states
from tests.payments.granting import DAY, accounts, allot, balances
from tests.payments.test_batches import refused
from tests.payments.test_results import LATER, fresh, new_account

pytestmark = pytest.mark.usefixtures("granted")
SAID = {1: ("failed", "户名与账号不符"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"}
NEW_YEAR = date(2027, 1, 15)
GONE = "没有交银行，U 盘上的已删除，王会计 8 月 19 日"


def broken() -> list[object]:
    """What does not add up in the books, or between payments and books."""
    checks = [check for check in lineage.CHECKS if check.name in ("attempts", "money")]
    return [*differences(), *(culprit for check in checks for culprit in check.find())]


def failed_once() -> Batch:
    batch = sent(built())
    answer(batch, SAID)
    new_account(batch, 1)
    return batch


def rebuilt(batch: Batch, *, on=LATER) -> Batch:
    (correction,) = services.build_correction(batch, by=PREPARER, on=on)
    return correction


def contradicted(batch: Batch) -> ResultLine:
    """The bank says of the failed first line that it was paid after all."""
    answer(batch, {1: "paid"}, on=LATER)
    return ResultLine.objects.get(result_file__batch=batch, quarantine__isnull=False, settled_by="")


def settle(line: ResultLine, finding: str) -> None:
    services.settle_line(line, finding=finding, note="银行李经理", by=CHECKER, on=LATER)


@pytest.mark.parametrize("way", ["drop", "leave_out"])
def test_a_correction_given_up_leaves_the_failed_line_to_be_rebuilt(way):
    batch = failed_once()
    correction = rebuilt(batch)
    assert to_rebuild(batch) == 0
    if way == "drop":
        services.drop(correction, by=PREPARER, on=LATER)
    else:
        services.leave_out(correction.attempts.get(), by=PREPARER, on=LATER)
    assert to_rebuild(batch) == 1
    refused("not_rebuilt", services.close, batch, by=CHECKER, on=LATER)
    again = rebuilt(batch)
    assert again.attempts.get().rebuilds == batch.attempts.get(line=1)
    refused("nothing_failed", services.build_correction, batch, by=PREPARER, on=LATER)
    answer(sent(again, on=LATER), {1: "paid"}, on=LATER)
    assert balances()["paid"] == 1_000_000
    assert services.close(batch, by=CHECKER, on=LATER).state == "closed"


def test_the_database_refuses_a_second_rebuilding_that_is_not_pulled_back():
    batch = failed_once()
    line = rebuilt(batch).attempts.get()
    twin = Attempt(
        batch=line.batch, line=9, instalment=batch.attempts.get(line=2).instalment, amount_fen=1, payee=line.payee,
        account=line.account, rebuilds=line.rebuilds, state="planned",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match=r"rebuilt_once|one_live_attempt"), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize("way", ["drop", "leave_out"])
def test_the_new_years_budget_is_free_again_when_a_late_correction_is_given_up(way):
    allot("college-award", 200_000, year=2027, document="示例〔2027〕1号")
    batch = sent(built())
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    services.record_return(batch.attempts.get(line=4), reason_text="退票", by=PREPARER, on=date(2027, 1, 4))
    new_account(batch, 4, on=date(2027, 1, 5))
    for _ in range(2):
        correction = rebuilt(batch, on=NEW_YEAR)
        assert balances(year=2027)["committed"] == 200_000
        if way == "drop":
            services.drop(correction, by=PREPARER, on=NEW_YEAR)
        else:
            services.leave_out(correction.attempts.get(), by=PREPARER, on=NEW_YEAR)
        assert balances(year=2027) == {"treasury": -200_000, "available": 200_000, "committed": 0}
    answer(sent(rebuilt(batch, on=NEW_YEAR), on=NEW_YEAR), {1: "paid"}, on=NEW_YEAR)
    assert balances(year=2027)["paid"] == 200_000
    assert broken() == []


def test_lines_that_the_new_year_cannot_cover_stay_out_and_the_others_go():
    allot("college-award", 200_000, year=2027, document="示例〔2027〕1号")
    batch = sent(built())
    answer(batch, SAID | {1: ("failed", "额度不足")})
    for line in (3, 4):
        services.record_return(
            batch.attempts.get(line=line), reason_text="退票", by=PREPARER, on=date(2027, 1, 4)
        )
        new_account(batch, line, on=date(2027, 1, 5))
    in_year, late = services.build_correction(batch, by=PREPARER, on=NEW_YEAR)
    assert [(one.fiscal_year, one.count) for one in (in_year, late)] == [(2026, 1), (2027, 1)]
    assert Exclusion.objects.get(batch=late).reason == "not_covered"
    assert to_rebuild(batch) == 1
    refused("budget_short", services.build_correction, batch, by=PREPARER, on=NEW_YEAR)


def test_a_failed_line_that_was_paid_after_all_is_booked_as_paid_and_its_batch_closes():
    batch = failed_once()
    line = contradicted(batch)
    refused("nothing_failed", services.build_correction, batch, by=PREPARER, on=LATER)
    settle(line, "was_paid")
    assert states(batch)[1] == "paid"
    assert balances() == {
        "treasury": -10_000_000, "available": 9_000_000, "committed": 0, "in_transit": 0, "paid": 1_000_000,
    }  # fmt: skip
    assert broken() == []
    assert services.close(batch, by=CHECKER, on=LATER).state == "closed"
    refused("nothing_failed", services.build_correction, batch, by=PREPARER, on=LATER)


def test_a_line_found_paid_comes_back_and_is_rebuilt_like_any_other():
    batch = failed_once()
    settle(contradicted(batch), "was_paid")
    services.record_return(batch.attempts.get(line=1), reason_text="退票", by=PREPARER, on=LATER)
    assert balances()["committed"] == 200_000
    assert rebuilt(batch).count == 1


def test_a_correction_stops_at_every_step_once_the_bank_says_the_first_line_was_paid():
    batch = failed_once()
    correction = rebuilt(batch)
    typed = {"count": 1, "total_fen": 200_000}
    services.prepare(correction, by=PREPARER, on=LATER)
    services.confirm(correction, **typed, by=CHECKER, on=LATER)
    line = contradicted(batch)
    said = refused("not_payable", services.approve, correction, **typed, by=APPROVER, on=LATER).words
    assert "第 1 笔银行又说原来失败的那一笔付了" in said.zh
    assert "复核人、制单人先后撤回" in said.zh
    refused("planned_again", services.settle_line, line, finding="was_paid", note="", by=CHECKER, on=LATER)
    services.take_back(correction, by=CHECKER, on=LATER)
    refused("not_payable", services.confirm, correction, **typed, by=CHECKER, on=LATER)
    services.take_back(correction, by=PREPARER, on=LATER)
    refused("not_payable", services.prepare, correction, by=PREPARER, on=LATER)
    services.drop(correction, by=PREPARER, on=LATER)
    settle(line, "was_paid")
    assert balances()["paid"] == 1_000_000
    assert services.close(batch, by=CHECKER, on=LATER).state == "closed"


def test_a_correction_goes_on_when_the_bank_was_wrong():
    batch = failed_once()
    correction = rebuilt(batch)
    line = contradicted(batch)
    refused("not_payable", services.prepare, correction, by=PREPARER, on=LATER)
    settle(line, "not_paid")
    answer(sent(correction, on=LATER), {1: "paid"}, on=LATER)
    assert balances()["paid"] == 1_000_000


def test_a_correction_of_a_correction_stops_too():
    batch = failed_once()
    correction = sent(rebuilt(batch), on=LATER)
    answer(correction, {1: ("failed", "额度不足")}, on=LATER)
    second = rebuilt(correction)
    line = contradicted(batch)
    refused("not_payable", services.prepare, second, by=PREPARER, on=LATER)
    services.drop(second, by=PREPARER, on=LATER)
    refused("nothing_failed", services.build_correction, correction, by=PREPARER, on=LATER)
    settle(line, "was_paid")
    assert (states(batch)[1], states(correction)[1], to_rebuild(correction)) == ("paid", "failed", 0)
    assert broken() == []
    assert balances()["paid"] == 1_000_000
    assert services.close(fresh(correction), by=CHECKER, on=LATER).state == "closed"


def test_money_that_was_paid_twice_comes_back_before_the_finding_is_booked():
    batch = failed_once()
    correction = sent(rebuilt(batch), on=LATER)
    line = contradicted(batch)
    refused("sent_again", services.settle_line, line, finding="was_paid", note="", by=CHECKER, on=LATER)
    answer(correction, {1: "paid"}, on=LATER)
    refused("sent_again", services.settle_line, line, finding="was_paid", note="", by=CHECKER, on=LATER)
    services.record_return(correction.attempts.get(), reason_text="家庭退回", by=PREPARER, on=LATER)
    settle(line, "was_paid")
    assert balances()["paid"] == 1_000_000
    for one in (batch, correction):
        assert services.close(fresh(one), by=CHECKER, on=LATER).state == "closed"


def test_a_finding_after_the_second_payment_came_back_too_late_frees_the_new_years_budget():
    allot("college-award", 200_000, year=2027, document="示例〔2027〕1号")
    batch = failed_once()
    correction = sent(rebuilt(batch), on=LATER)
    answer(correction, {1: "paid"}, on=LATER)
    services.record_return(correction.attempts.get(), reason_text="退票", by=PREPARER, on=date(2027, 1, 4))
    line = correction.attempts.select_related("account", "payee").get()
    perform(line.account, "close", by=make.actor("clerk"), on=NEW_YEAR)
    accounts([line.payee], verified=date(2027, 1, 5), first=8000)
    third = sent(rebuilt(correction, on=NEW_YEAR), on=NEW_YEAR)
    answer(third, {1: ("failed", "额度不足")}, on=NEW_YEAR)
    assert balances(year=2027)["committed"] == 200_000
    settle(contradicted(batch), "was_paid")
    assert balances(year=2027) == {
        "treasury": -200_000,
        "available": 200_000,
        "committed": 0,
        "in_transit": 0,
    }
    assert (balances()["paid"], balances()["committed"]) == (1_000_000, 0)
    assert broken() == []


def end_first(batch: Batch) -> None:
    right = batch.attempts.get(line=1).instalment.entitlement
    services.end_entitlement(right, reason="已去世", by=make.actor("county_approver"), on=LATER)


def test_a_finding_after_the_entitlement_has_ended_takes_the_money_that_was_freed():
    batch = failed_once()
    line = contradicted(batch)
    end_first(batch)
    assert (balances()["committed"], balances()["available"]) == (0, 9_200_000)
    settle(line, "was_paid")
    assert (balances()["committed"], balances()["available"], balances()["paid"]) == (0, 9_000_000, 1_000_000)
    assert broken() == []


def test_money_that_comes_back_after_the_entitlement_has_ended_is_nobodys():
    batch = sent(built())
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    end_first(batch)
    services.record_return(batch.attempts.get(line=1), reason_text="退票", by=PREPARER, on=LATER)
    assert (balances()["committed"], balances()["available"], balances()["paid"]) == (0, 9_200_000, 800_000)
    assert services.close(fresh(batch), by=CHECKER, on=LATER).state == "closed"
    assert broken() == []


def test_a_new_approval_makes_files_of_its_own_day():
    batch = approved(built())
    (old,) = services.export(batch, by=PREPARER, on=DAY)
    batch = services.take_back(batch, by=APPROVER, on=DAY)
    assert not BankFile.objects.exists()
    batch = services.approve(batch, count=5, total_fen=1_000_000, by=APPROVER, on=LATER)
    (new,) = services.export(batch, by=PREPARER, on=LATER)
    assert (new.name, new.made_on) == ("GA_20260828_PC-2026-0001_01.txt", LATER)
    assert [
        row.detail["files"][0]["name"] for row in TrailRow.objects.filter(verb="export").order_by("id")
    ] == [
        old.name,
        new.name,
    ]


def test_files_written_while_the_batch_is_approved_anew_have_the_new_day(monkeypatch):
    batch = approved(built())
    write, written = sending._write, []

    def slow(held, **options):
        rows = write(held, **options)
        if not written:
            taken = services.take_back(batch, by=APPROVER, on=DAY)
            services.approve(taken, count=5, total_fen=1_000_000, by=APPROVER, on=LATER)
        written.append(rows)
        return rows

    monkeypatch.setattr(sending, "_write", slow)
    (file,) = services.export(batch, by=PREPARER, on=LATER)
    assert file.name == "GA_20260828_PC-2026-0001_01.txt"
    assert len(written) == 2


def test_a_batch_whose_files_were_downloaded_goes_forward_or_back_with_a_statement():
    batch = approved(built())
    (file,) = services.export(batch, by=PREPARER, on=DAY)
    refused("not_your_role", services.take_file, file, by=APPROVER, on=DAY)
    assert services.take_file(file, by=PREPARER, on=DAY) == sending.content_of(file)
    assert fresh(batch).downloaded_on == DAY
    said = refused("downloaded", services.take_back, batch, by=APPROVER, on=DAY)
    assert "两份文件" in said.words.zh
    refused("downloaded", services.take_back, batch, by=APPROVER, on=DAY, statement="  ")
    refused("state_moved_on", services.drop, batch, by=PREPARER, on=DAY)
    batch = services.take_back(batch, by=APPROVER, on=DAY, statement=GONE)
    assert (batch.state, batch.downloaded_on) == ("checked", None)
    assert TrailRow.objects.get(verb="unapprove").detail == {"statement": GONE}
    refused("not_approved", services.take_file, file, by=PREPARER, on=DAY)
    for by in (CHECKER, PREPARER):
        batch = services.take_back(batch, by=by, on=DAY)
    assert services.drop(batch, by=PREPARER, on=DAY).state == "dropped"


def test_the_database_keeps_a_downloaded_batch_from_going_back():
    batch = services.prepare(built(), by=PREPARER, on=DAY)
    with pytest.raises(IntegrityError, match="downloaded_goes_forward"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(downloaded_on=DAY)


def test_a_file_of_a_sent_batch_is_downloaded_again_at_any_time():
    batch = sent(built())
    file = batch.files.get()
    assert services.take_file(file, by=PREPARER, on=LATER) == services.take_file(file, by=PREPARER, on=LATER)
    assert TrailRow.objects.filter(verb="download", object_id=file.pk).count() == 2
