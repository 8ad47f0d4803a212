"""The unit in which a list states its amounts: yuan, or 万元 by a header or a line above it."""

import re
from decimal import Decimal

from beneficiaries.lists.headers import plain_header, stated_scale
from beneficiaries.lists.table import Layout
from facts.catalogue import Column, Field
from standards.characters import clean
from standards.words import Refusal

_AMOUNT = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3})+)(?:\.\d{1,8})?", re.ASCII)
_LINE = re.compile(r"单位[:：]?(?:人民币)?([亿万千百]?)元")


def scale_of(layout: Layout, column: Field | Column) -> int:
    """How many yuan one of a column's amounts is: as its header says, else a line above ("单位：万元"); 1 elsewhere."""
    place = layout.places.get(column.key)
    if place is None or not isinstance(column, Field) or column.type != "money":
        return 1
    own = stated_scale(plain_header(layout.other_headers[place]))
    if own is not None:
        return own
    above = (
        plain_header(text) for row in range(layout.header_rows[0]) for text in layout.sheet.row(row) if text
    )
    found = next(filter(None, map(_LINE.search, above)), None)
    return (stated_scale(f"({found[1]}元)") or 1) if found else 1


def in_yuan(text: str, scale: int) -> str:
    """An amount stated in ``scale`` yuan, in yuan. Raises Refusal where it is no plain number or ends below a fen.

    >>> in_yuan("1.25", 10_000), in_yuan("3", 10_000)
    ('12500.00', '30000.00')
    """
    bare = clean(text)
    value = Decimal(bare.replace(",", "")) * scale if text.isascii() and _AMOUNT.fullmatch(bare) else None
    if value is None or value != value.quantize(Decimal("0.01")):
        raise Refusal(
            f"“{bare[:30]}”不是金额：这一列按表上的单位（{scale:,} 元）读，请只写数字",
            f"“{bare[:30]}” is no amount: the column is read in the list's unit ({scale:,} yuan), write the number alone",
            code="money.shape",
        )
    return f"{value:.2f}"
