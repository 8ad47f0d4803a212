import csv
import io

import pytest

from payments import banks
from payments.banks import reasons
from tests.payments.banks.making import BATCH, DAY, PROFILES, answers_to, lines_of, result_bytes, sent

ANOTHER_BANK = """
code = "commercial_yuan"
name = { zh = "商业银行网银文本", en = "A commercial bank's web page" }
note = { zh = "下划线竖线", en = "Pipe text with a totals line in fen" }
rows_max = 2
file_name = "XZ{batch}_{part}_{parts}.txt"
[payment]
shape = "delimited"
encoding = "gbk"
separator = "|!"
amount = "fen"
header = ["{batch}|!{date}|!{count}|!{total}"]
footer = ["END{count}"]
[[payment.column]]
name = "line_number"
[[payment.column]]
name = "account"
[[payment.column]]
name = "payee_name"
[[payment.column]]
name = "amount"
[[payment.column]]
name = "empty"
[[payment.column]]
name = "reference"
[result]
shape = "fixed"
encoding = "gbk"
amount = "fen"
header = ["{batch} {count}"]
[[result.column]]
name = "line_number"
width = 6
align = "right"
fill = "0"
[[result.column]]
name = "amount"
width = 12
align = "right"
[[result.column]]
name = "status"
width = 4
[[result.column]]
name = "reason"
width = 40
[result.status]
"00" = "paid"
"99" = "failed"
"""


def test_another_bank_is_one_file(tmp_path):
    (tmp_path / "commercial_yuan.toml").write_text(ANOTHER_BANK, encoding="utf-8")
    profile = banks.load_profiles(tmp_path)["commercial_yuan"]
    lines = lines_of(["任嘉惠", "辛雨晴", "杨若琳"], [300_000, 7, 250_050])
    order = banks.Order(batch=BATCH, on=DAY, count=3, total_fen=550_057)
    first, second = banks.write_files(profile, order, [lines])
    assert first.content.decode("gbk") == (
        "PC-2026-0037|!20260817|!2|!300007\n"
        "1|!6217001234567800000|!任嘉惠|!300000|!|!PC-2026-0037-000001\n"
        "2|!6217001234567800001|!辛雨晴|!7|!|!PC-2026-0037-000002\n"
        "END2\n"
    )
    assert [first.name, second.name] == ["XZPC-2026-0037_1_2.txt", "XZPC-2026-0037_2_2.txt"]
    source = result_bytes(profile, answers_to(lines, "failed", "姓名不符"))
    assert source.splitlines()[1].decode("gbk") == "000001      30000099  姓名不符".ljust(58)
    results = banks.read_results(profile, source, batch=BATCH, amounts_fen=sent(lines))
    assert (results.line_numbers, results.statuses[0]) == ([1, 2, 3], "failed")
    assert results.reasons == ["NAME_MISMATCH"] * 3


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('code = "commercial_yuan"', "", "code"),
        ("rows_max = 2", "rows_max = 0", "rows_max"),
        ("rows_max = 2", 'rows_max = "2"', "rows_max"),
        ("rows_max = 2", "rows_max = true", "rows_max"),
        ("{batch}_{part}", "{part}", "file_name"),
        ("XZ{batch}", "../{batch}", "file_name"),
        ("END{count}", "END{count.__class__}", "payment.footer"),
        ('name = "payee_name"', 'name = "payee"', "payment.column[3].name"),
        ('name = "payee_name"', 'name = "account"', "payment.column"),
        ('header = ["{batch} {count}"]', "", "result.column"),
        ("width = 12", "", "result.column"),
        ('"00" = "paid"', '"00" = "done"', "result.status"),
        ('separator = "|!"', "", "payment.separator"),
        ('encoding = "gbk"', 'encoding = "latin-1"', "payment.encoding"),
        ("[payment]", "[payment]\nwhatever = 1", "payment.whatever"),
    ],
)
def test_a_wrong_profile_names_the_key(old, new, place):
    with pytest.raises(banks.FileRefused) as refused:
        banks.read_profile(ANOTHER_BANK.replace(old, new, 1).encode())
    assert f"银行格式 {place}：" in " ".join(p.words.zh for p in refused.value.problems)


@pytest.mark.parametrize("source", [b"\xff", b"code = ", b"#" * 70_000])
def test_bytes_that_are_no_profile_are_refused(source):
    with pytest.raises(banks.FileRefused, match="TOML"):
        banks.read_profile(source)


def test_every_profile_fits_a_full_reference():
    for profile in PROFILES.values():
        column = next(c for c in profile.payment.columns if c.name == "reference")
        assert column.width == 0 or column.width >= 27


PUBLISHED = """ACCOUNT_NOT_FOUND,账户不存在;账号不存在;账号错误;卡号错误;无此账户;无此卡号
NAME_MISMATCH,户名不符;户名不一致;户名与账号不符;姓名不符;账号与户名不匹配
ID_MISMATCH,证件号码不符;身份证号不符
ACCOUNT_CLOSED,账户已销户;已销户;销户
ACCOUNT_FROZEN,全冻户;账户冻结;司法冻结;只收不付/只付不收
ACCOUNT_STATUS_ABNORMAL,账户状态不正常;账户状态异常;睡眠户;久悬户
CARD_NOT_ACTIVATED,社保卡金融功能未激活;卡未激活
CARD_LOST,挂失;口头挂失;卡已换
CLASS2_LIMIT,二类户限额;超过账户限额;非柜面限额
PAYEE_DECEASED,收款人已死亡;账户控制
WRONG_BANK_CODE,联行号错误;开户行不符;行号不存在
DUPLICATE,重复提交;重复批次
INSUFFICIENT_QUOTA,额度不足;余额不足
NOT_PROCESSED,尚未处理;处理中
RETURNED_LATER,退票;资金退回;被动退回;主动退回
UNKNOWN,其他
"""


def test_every_published_failure_text_has_its_code():
    rows = list(csv.reader(io.StringIO(PUBLISHED)))
    assert {row[0] for row in rows} | {"NOT_ANSWERED"} == set(reasons.load())
    for code, variants in rows:
        for text in variants.replace("/", ";").split(";"):
            assert reasons.canonical(text) == code
            assert reasons.canonical(f" 失败：{text}。") == code


def test_reasons_say_who_mends_them():
    for reason in reasons.load().values():
        assert reason.who in reasons.WHO
        assert reason.retry in reasons.RETRIES
        assert reason.words.zh
        assert reason.todo.en


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [
        ("103791012345", "中国农业银行周至县支行", "abc_fixed"),
        ("403791012345", "", "psbc_workbook"),
        ("", "中国邮政储蓄银行周至县支行", "psbc_workbook"),
        ("402791012345", "陕西周至农村商业银行", "lanzhou_pipe"),
        ("102791012345", "中国工商银行周至支行", "lanzhou_pipe"),
        ("", "别的银行", "lanzhou_pipe"),
    ],
)
def test_each_account_is_paid_through_one_bank(number, name, code):
    assert banks.serving(PROFILES, bank_number=number, bank_name=name).code == code


def test_exactly_one_profile_takes_the_other_banks():
    assert [p.code for p in PROFILES.values() if p.serves.others] == ["lanzhou_pipe"]
