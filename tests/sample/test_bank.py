"""The sample bank answers by its own table, in the format of each profile, and leaves some lines for later."""

from datetime import date

import pytest

from payments.banks import Lines, Order, load_profiles, read_results, write_files
from sample.bank import AtTheBank, Bank

ON = date(2026, 9, 30)
SENT = dict.fromkeys(range(1, 7), 3_000)
PROFILES = load_profiles()
ACCOUNTS = {
    "6230631111111111111": AtTheBank("王芳", closed=False, silent=False),
    "6230632222222222222": AtTheBank("李雨桐", closed=True, silent=False),
    "6230633333333333333": AtTheBank("赵莉", closed=False, silent=False),
    "6230634444444444444": AtTheBank("周静", closed=False, silent=True),
    "6230635555555555555": AtTheBank("马兰", closed=False, silent=True),
}
NAMES = ("王芳", "李雨桐", "赵丽", "周静", "马兰", "生人")
NUMBERS = (*ACCOUNTS, "6230639999999999999")


def _file(profile):
    texts = {
        "payee_name": NAMES,
        "account": NUMBERS,
        "id_number": ["610124200805149504"] * 6,
        "bank_number": ["402791000165"] * 6,
        "bank_name": ["陕西周至农村商业银行"] * 6,
    }
    lines = Lines(range(1, 7), [3_000] * 6, {name: texts[name] for name in profile.needs})
    order = Order("SY-2026-0001", ON, 6, 18_000)
    return next(iter(write_files(profile, order, [lines]))).content


@pytest.mark.parametrize("code", PROFILES)
def test_bank_pays_and_refuses_by_its_own_table(code):
    profile = PROFILES[code]
    answered = read_results(
        profile, Bank(ACCOUNTS).answer(profile, _file(profile), on=ON), batch="SY-2026-0001", amounts_fen=SENT
    )
    told = dict(zip(answered.line_numbers, answered.statuses, strict=True))
    assert [told[n] for n in (1, 2, 3, 6)] == ["paid", "failed", "failed", "failed"]
    assert 4 not in told
    assert told.get(5) == ("unknown" if "unknown" in profile.statuses.values() else None)


@pytest.mark.parametrize("code", PROFILES)
def test_later_file_answers_what_was_left_open(code):
    profile = PROFILES[code]
    later = Bank(ACCOUNTS).answer_later(profile, _file(profile), on=ON)
    answered = read_results(profile, later, batch="SY-2026-0001", amounts_fen=SENT)
    assert dict(zip(answered.line_numbers, answered.statuses, strict=True)) == {4: "paid", 5: "paid"}


def test_nothing_is_answered_later_where_nothing_was_left_open():
    profile = PROFILES["lanzhou_pipe"]
    accounts = {number: AtTheBank(a.holder, a.closed, False) for number, a in ACCOUNTS.items()}
    assert Bank(accounts).answer_later(profile, _file(profile), on=ON) is None
