from datetime import date, timedelta

import pytest

from audit.door import perform
from audit.models import TrailRow
from ledger.models import Transfer
from ledger.queries import differences
from payments import services
from payments.banks import Answer, load_profiles, read_profile, write_answers
from payments.models import Attempt, Batch, Exclusion, ResultFile, ResultLine
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import APPROVER, CHECKER, PREPARER, answer, approved, built, sent, states
from tests.payments.granting import DAY, accounts, allot, balances, entitlements, girls
from tests.payments.test_batches import refused

pytestmark = pytest.mark.usefixtures("granted")
LATER = DAY + timedelta(days=10)


def fresh(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)


def new_account(batch: Batch, line: int, *, on=DAY) -> None:
    """The township closes the account that failed and another is verified."""
    attempt = Attempt.objects.select_related("account", "payee").get(batch=batch, line=line)
    perform(attempt.account, "close", by=make.actor("clerk"), on=on)
    accounts([attempt.payee], verified=on, first=7000 + line)


def test_answers_move_lines_and_money():
    batch = sent(built())
    read = answer(batch, {1: "paid", 2: ("failed", "户名与账号不符"), 3: ("unknown", "处理中"), 4: "paid"})
    assert states(batch) == {1: "paid", 2: "failed", 3: "unknown", 4: "paid", 5: "unknown"}
    assert read.counts == {"lines": 4, "quarantined": 0, "paid": 2, "failed": 1, "unknown": 1, "missing": 1}
    assert balances() == {
        "treasury": -10_000_000, "available": 9_000_000, "committed": 200_000, "in_transit": 400_000, "paid": 400_000,
    }  # fmt: skip
    words = dict(Attempt.objects.filter(batch=batch).values_list("line", "reason"))
    assert words == {1: "", 2: "NAME_MISMATCH", 3: "NOT_PROCESSED", 4: "", 5: "NOT_ANSWERED"}
    assert Attempt.objects.get(batch=batch, line=2).reason_text == "户名与账号不符"
    assert fresh(batch).state == "sent"
    assert list(differences()) == []


def test_unknown_lines_are_answered_later_and_the_batch_is_then_answered():
    batch = sent(built())
    answer(batch, {1: "paid", 2: "paid", 3: ("unknown", "处理中")})
    read = answer(batch, {3: "paid", 4: "paid", 5: ("failed", "已销户")}, on=LATER)
    assert (read.counts["paid"], read.counts["failed"]) == (2, 1)
    assert states(batch) == {1: "paid", 2: "paid", 3: "paid", 4: "paid", 5: "failed"}
    assert fresh(batch).state == "answered"
    assert balances()["in_transit"] == 0


def test_an_answer_that_says_less_than_is_known_changes_nothing():
    batch = sent(built())
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    before = Transfer.objects.count()
    read = answer(batch, {1: ("unknown", "处理中"), 2: "paid"})
    assert read.counts == {"lines": 2, "quarantined": 0, "paid": 0, "failed": 0, "unknown": 0, "missing": 0}
    assert set(states(batch).values()) == {"paid"}
    assert Transfer.objects.count() == before


def test_the_same_file_twice_changes_nothing():
    batch = sent(built())
    content = write_answers(
        load_profiles()["abc_fixed"], [Answer(1, 200_000, "paid")], batch=batch.number, on=DAY
    )
    uploaded = services.upload_result(batch, name="a.txt", content=content, by=PREPARER, on=DAY)
    services.read_result_file(uploaded, by=PREPARER, on=DAY)
    before = (states(batch), balances(), TrailRow.objects.count())
    refused("same_file", services.upload_result, batch, name="b.txt", content=content, by=PREPARER, on=DAY)
    services.read_result_file(uploaded, by=PREPARER, on=LATER)
    assert (states(batch), balances(), TrailRow.objects.count()) == before


def test_a_refused_file_books_nothing_and_says_where_it_is_wrong():
    batch = sent(built())
    profile = load_profiles()["abc_fixed"]
    good = [Answer(n, 200_000, "paid") for n in (1, 2, 3)]
    cases = {
        "other_batch": write_answers(profile, good, batch="PC-2026-0099", on=DAY),
        "other_amount": write_answers(
            profile, [*good[:2], Answer(3, 200_001, "paid")], batch=batch.number, on=DAY
        ),
        "cut": write_answers(profile, good, batch=batch.number, on=DAY)[:60],
        "double": write_answers(profile, [*good, good[0]], batch=batch.number, on=DAY),
    }
    for code, content in cases.items():
        uploaded = services.upload_result(batch, name=f"{code}.txt", content=content, by=PREPARER, on=DAY)
        read = services.read_result_file(uploaded, by=PREPARER, on=DAY)
        assert (read.refused_on, read.read_on) == (DAY, None)
        assert read.problem["zh"]
        assert read.problem["en"]
        assert TrailRow.objects.filter(table="payments_resultfile", verb="refuse").last().detail == {
            "code": code
        }
    assert set(states(batch).values()) == {"sent"}
    assert ResultLine.objects.count() == 0
    assert answer(batch, dict.fromkeys(range(1, 6), "paid")).counts["paid"] == 5


def test_a_file_refused_once_may_be_uploaded_again():
    batch = sent(built())
    for _ in range(2):
        uploaded = services.upload_result(batch, name="a.txt", content=b"nonsense", by=PREPARER, on=DAY)
        services.read_result_file(uploaded, by=PREPARER, on=DAY)
    assert ResultFile.objects.filter(refused_on=DAY).count() == 2


def test_no_result_before_the_batch_is_sent():
    refused(
        "not_sent", services.upload_result, approved(built()), name="a", content=b"x", by=PREPARER, on=DAY
    )


def test_only_the_answered_part_of_a_batch_is_looked_at():
    source = load_profiles()["abc_fixed"].source.replace(b"rows_max = 5000", b"rows_max = 2")
    profiles = {"abc_fixed": read_profile(source)}
    batch = sent(built(profiles=profiles))
    assert [file.lines for file in batch.files.all()] == [2, 2, 1]
    answer(batch, {3: "paid"})
    assert states(batch) == {1: "sent", 2: "sent", 3: "paid", 4: "unknown", 5: "sent"}


def test_a_batch_is_answered_in_the_format_it_was_sent_in(monkeypatch):
    batch = sent(built())
    monkeypatch.setattr("payments.banks.load_profiles", dict)
    answer(batch, {1: "paid"})
    assert states(batch)[1] == "paid"


def test_a_late_paid_for_a_rebuilt_line_is_quarantined_and_pays_nobody():
    batch = sent(built())
    answer(batch, {1: ("failed", "已销户"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    new_account(batch, 1)
    (correction,) = services.build_correction(batch, by=PREPARER, on=LATER)
    read = answer(batch, {1: "paid"}, on=LATER)
    assert (read.counts["quarantined"], read.counts["paid"]) == (1, 0)
    line = ResultLine.objects.get(result_file=read)
    assert "可能付了两次" in line.quarantine["zh"]
    assert states(batch)[1] == "failed"
    assert states(correction) == {1: "planned"}
    refused("quarantine_open", services.close, batch, by=CHECKER, on=LATER)
    refused("not_your_role", services.settle_line, line, finding="not_paid", note="", by=PREPARER, on=LATER)
    services.settle_line(line, finding="not_paid", note="银行更正", by=CHECKER, on=LATER)
    refused("settled", services.settle_line, line, finding="was_paid", note="", by=APPROVER, on=LATER)
    assert services.close(batch, by=CHECKER, on=LATER).state == "closed"


def test_a_line_the_bank_calls_paid_after_all_is_not_rebuilt():
    batch = sent(built())
    answer(batch, {1: ("failed", "已销户"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    new_account(batch, 1)
    answer(batch, {1: "paid"}, on=LATER)
    refused("nothing_failed", services.build_correction, batch, by=PREPARER, on=LATER)
    services.settle_line(
        ResultLine.objects.get(quarantine__isnull=False), finding="not_paid", note="", by=CHECKER, on=LATER
    )
    (correction,) = services.build_correction(batch, by=PREPARER, on=LATER)
    assert correction.count == 1


def test_a_correction_names_each_failed_line_and_pays_the_same():
    batch = sent(built())
    answer(
        batch,
        {1: ("failed", "已销户"), 2: ("failed", "户名不符"), 3: ("unknown", "处理中"), 4: "paid", 5: "paid"},
    )
    new_account(batch, 2)
    (correction,) = services.build_correction(batch, by=PREPARER, on=LATER)
    assert (correction.correction_of_id, correction.count, correction.total_fen) == (batch.pk, 1, 200_000)
    line = correction.attempts.get()
    assert (line.rebuilds.line, line.amount_fen) == (2, 200_000)
    assert [one.reason for one in Exclusion.objects.filter(batch=correction)] == ["no_account"] or [
        one.reason for one in Exclusion.objects.filter(batch=correction)
    ] == ["account_unchanged"]
    refused("nothing_mended", services.build_correction, batch, by=PREPARER, on=LATER)
    correction = sent(correction)
    answer(correction, {1: "paid"}, on=LATER)
    assert balances()["paid"] == 600_000
    assert states(batch) == {1: "failed", 2: "failed", 3: "unknown", 4: "paid", 5: "paid"}


def test_the_account_that_failed_is_not_tried_again_unless_time_mends_it():
    batch = sent(built())
    answer(batch, {1: ("failed", "户名不符"), 2: ("failed", "额度不足"), 3: "paid", 4: "paid", 5: "paid"})
    (correction,) = services.build_correction(batch, by=PREPARER, on=LATER)
    assert [line.rebuilds.line for line in correction.attempts.all()] == [2]
    assert Exclusion.objects.get(batch=correction).reason == "account_unchanged"


def test_a_failed_line_is_never_taken_by_an_ordinary_batch():
    batch = sent(built())
    answer(batch, {1: ("failed", "额度不足")})
    refused("nothing_due", services.build_batches, by=PREPARER, on=LATER)
    assert batch.attempts.count() == 5


def test_money_that_comes_back_in_its_year_is_committed_again():
    batch = sent(built())
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    services.record_return(batch.attempts.get(line=4), reason_text="退票", by=PREPARER, on=date(2026, 12, 31))
    assert states(batch)[4] == "returned"
    assert balances() == {
        "treasury": -10_000_000, "available": 9_000_000, "committed": 200_000, "in_transit": 0, "paid": 800_000,
    }  # fmt: skip
    new_account(batch, 4, on=date(2026, 12, 20))
    (correction,) = services.build_correction(batch, by=PREPARER, on=date(2026, 12, 31))
    assert (correction.fiscal_year, correction.count) == (2026, 1)
    assert answer(batch, {4: "paid"}).counts["quarantined"] == 0


def test_money_that_comes_back_next_year_needs_the_new_years_budget():
    batch = sent(built())
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    new_year = date(2027, 1, 12)
    services.record_return(batch.attempts.get(line=4), reason_text="退票", by=PREPARER, on=date(2027, 1, 4))
    assert balances()["treasury"] == -9_800_000
    new_account(batch, 4, on=date(2027, 1, 5))
    refused("budget_short", services.build_correction, batch, by=PREPARER, on=new_year)
    assert Batch.objects.count() == 1
    allot("college-award", 200_000, year=2027, document="示例〔2027〕1号")
    (correction,) = services.build_correction(batch, by=PREPARER, on=new_year)
    assert correction.fiscal_year == 2027
    answer(sent(correction), {1: "paid"}, on=new_year)
    assert balances(year=2027) == {
        "treasury": -200_000,
        "available": 0,
        "committed": 0,
        "in_transit": 0,
        "paid": 200_000,
    }
    assert list(differences()) == []


def test_only_paid_lines_come_back():
    batch = sent(built())
    refused(
        "state_moved_on",
        services.record_return,
        batch.attempts.get(line=1),
        reason_text="",
        by=PREPARER,
        on=DAY,
    )


def test_a_bank_that_fails_a_paid_line_waits_for_a_person():
    batch = sent(built())
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    read = answer(batch, {2: ("failed", "退票")}, on=LATER)
    assert read.counts["quarantined"] == 1
    assert states(batch)[2] == "paid"


def test_closing_asks_for_every_failed_line():
    batch = sent(built())
    answer(batch, {1: ("failed", "额度不足"), 2: "paid", 3: "paid", 4: "paid", 5: "paid"})
    refused("not_rebuilt", services.close, batch, by=CHECKER, on=LATER)
    services.build_correction(batch, by=PREPARER, on=LATER)
    assert services.close(batch, by=APPROVER, on=LATER).closed_by == APPROVER.number


@pytest.mark.parametrize("code", ["lanzhou_pipe", "psbc_workbook"])
def test_every_bank_answers_in_its_own_format(award, code):
    bank = {"lanzhou_pipe": "陕西周至农村商业银行", "psbc_workbook": "中国邮政储蓄银行周至县支行"}[code]
    others = girls(3, first=60, village=make.HUAIHUA)
    accounts(others, bank=bank)
    entitlements(others, award)
    batch = sent(built(township=make.YABAI))
    assert batch.profile == code
    answer(batch, {1: "paid", 2: ("failed", "卡未激活"), 3: "paid"})
    assert states(batch) == {1: "paid", 2: "failed", 3: "paid"}
    with pytest.raises(Refusal):
        services.close(batch, by=CHECKER, on=DAY)
