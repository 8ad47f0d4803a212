"""Two short ways of writing JSON give what the long way gives: what was kept and sealed before stays as it was."""

import json
from datetime import date

import pytest

from beneficiaries.queries.facts import digests_of
from beneficiaries.services.list_rows import received
from tests.beneficiaries.workbooks import HEADER, ROW, ROW2, check, xlsx
from vault.digests import keyed_digest

STRANGE = ['备"注\\', "说\n明", "备注", "备注"]
ODD = ["引“号”\"'", "反\\斜\t杠", "\u2028𬭎", ""]


def test_rows_as_received_are_what_one_row_after_the_other_gives():
    first, second = [[*HEADER, *STRANGE], [*ROW, *ODD], [*ROW2, "", "", "", "末"]], [HEADER, ROW]
    table = check(xlsx(first, second)).checked.table
    assert received(table) == [
        json.dumps(table.raw(row), ensure_ascii=False) for row in range(len(table.row_of))
    ]
    assert len(received(table)) == 3


@pytest.mark.parametrize(
    "parts",
    [
        (1, None, "register", date(2026, 1, 1), None, {"rural": True, "residence": "610124103201"}, 7, 3),
        (None, 2, "hardship", date(2026, 8, 1), date(2026, 8, 31), {"kinds": ["dibao"], "a": None}, None, None),
        (3, None, "admission", date(2026, 7, 20), None, {"school": '引"号\\', "fen": 120_000, "又": {"z": 1, "b": 2}}, 9, 1),
    ],
)  # fmt: skip
def test_the_digest_of_a_fact_is_over_the_same_text_as_ever(parts):
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    assert digests_of([parts]) == [keyed_digest([text], purpose="beneficiaries_fact")]
