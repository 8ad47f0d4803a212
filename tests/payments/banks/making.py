"""Lines and orders for the tests of bank files."""

from datetime import date

import pytest

from payments import banks

DAY = date(2026, 8, 17)
BATCH = "PC-2026-0037"
PROFILES = banks.load_profiles()


def lines_of(names, amounts_fen=None, start=1):
    count = len(names)
    return banks.Lines(
        line_numbers=list(range(start, start + count)),
        amounts_fen=amounts_fen or [300_000 + n for n in range(count)],
        texts={
            "payee_name": list(names),
            "account": [f"62170012345678{n:05d}" for n in range(count)],
            "id_number": ["610124200801010022"] * count,
        },
    )


def order_for(lines, batch=BATCH):
    return banks.Order(batch=batch, on=DAY, count=len(lines), total_fen=sum(lines.amounts_fen))


def files_of(profile, lines, batch=BATCH):
    return list(banks.write_files(profile, order_for(lines, batch), [lines]))


def sent(lines):
    return dict(zip(lines.line_numbers, lines.amounts_fen, strict=True))


def answers_to(lines, status="paid", text=""):
    return [banks.Answer(n, fen, status, text) for n, fen in sent(lines).items()]


def result_bytes(profile, answers, batch=BATCH, words=None):
    return banks.write_answers(profile, answers, batch=batch, on=DAY, words=words)


def refusal_of(profile, source, lines, batch=BATCH):
    with pytest.raises(banks.FileRefused) as refused:
        banks.read_results(profile, source, batch=batch, amounts_fen=sent(lines))
    assert refused.value.words.zh
    assert refused.value.words.en
    return refused.value
