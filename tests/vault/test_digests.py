"""What is digested is written so that kind, length and place of every part are in it, the same for ever."""

import hmac
from datetime import UTC, date, datetime

from django.db.models import TextChoices

from vault.digests import keyed_digest, keyed_digest_many
from vault.keys import derived_key


class Kind(TextChoices):
    CARD = "card"


ROW = [1, "赵", b"\x00\x01", memoryview(b"\x02"), None, True, False, date(2026, 8, 18),
       datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), {"b": [1], "a": "村"}, Kind.CARD, -7, ""]  # fmt: skip
WRITTEN = (
    'i1:1s3:赵b2:\x00\x01b1:\x02n0:t1:1t1:0d10:2026-08-18m7:1000000j19:{"a":"村","b":[1]}s4:cardi2:-7s0:'
).encode()


def test_a_row_is_written_as_it_always_was():
    digest = hmac.digest(derived_key("digest/rows"), WRITTEN, "sha256")
    assert keyed_digest(ROW) == digest
    assert keyed_digest_many([ROW, ROW[:3]]) == [digest, keyed_digest(ROW[:3])]


def test_a_part_of_another_kind_or_place_gives_another_digest():
    rows = [["1", "2"], ["12"], [1, 2], ["2", "1"], [True, 2], [b"1", "2"], ["1", "2", None]]
    assert len(set(keyed_digest_many(rows))) == len(rows)
