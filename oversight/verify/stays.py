"""What must stay as it was written does: every row of the stock is there, and gives its digest."""

from collections.abc import Iterator

from oversight import stock
from oversight.verify.findings import Check, Culprit
from standards.words import Words
from web.clock import today


def _rows() -> Iterator[Culprit]:
    for found in stock.changed():
        columns = ", ".join(found.columns[:6]) + ("…" if len(found.columns) > 6 else "")
        yield Culprit(
            found.table,
            found.id,
            Words("行被删除", "The row was deleted")
            if found.is_gone
            else Words(f"不该再变的内容被改动（{columns}）", f"Columns that stay were changed ({columns})"),
        )
    for table, key in stock.otherwise_than_said():
        words = Words("现在的内容不是最后一次变动留下的", "It does not hold what its last change left there")
        yield Culprit(table, key, words)
    stock.take(on=today())


def _parts() -> Iterator[Culprit]:
    for key in stock.broken_parts():
        yield Culprit(
            "oversight_stock",
            key,
            Words("清点的记录被改动或删去", "A part of the stock was changed or removed"),
        )


CHECKS = (
    Check("stays", Words("不该变的行没有变", "Rows that stay are as they were written"), _rows),
    Check("stock", Words("清点的记录完整", "The stock itself is whole"), _parts),
)
