"""The trail: every row sealed, every block as it was sealed, and the heads we printed still in it."""

import re
from collections.abc import Iterator

from applications.models import Notice
from audit.models import Block
from audit.sealing import Head, broken_blocks, seal
from oversight.verify.findings import Check, Culprit
from payments.models import Batch
from standards.words import Words

_PRINTED = re.compile(r"#([\d,]+) ([0-9a-f]{4})…([0-9a-f]{4})")


def _blocks() -> Iterator[Culprit]:
    seal(full=True)
    for n in broken_blocks():
        yield Culprit(
            "audit_block",
            n,
            Words(
                f"第 {n} 块与其中的记录不符：有记录被改动、删除，或前面的块被换过",
                f"Block {n} does not match its rows: a row was changed or removed, or a block before it replaced",
            ),
        )


def _heads() -> Iterator[Culprit]:
    """Heads printed on paper: a rewritten chain does not have them any more."""
    digests = {n: bytes(digest) for n, digest in Block.objects.values_list("n", "digest")}
    for model in (Notice, Batch):
        printed = model._base_manager.exclude(head="").values_list("pk", "head")
        for key, head in printed.iterator():
            found = _PRINTED.match(head)
            n = int(found[1].replace(",", "")) if found else -1
            if n == 0 or (n in digests and head.startswith(str(Head(n, digests[n], 0)))):
                continue
            yield Culprit(
                model._meta.db_table,
                key,
                Words(
                    f"纸上印的留痕摘要 {head} 与现有的链不符",
                    f"The trail head printed on paper, {head}, is not in the chain",
                ),
            )


CHECKS = (
    Check("trail", Words("留痕链完整", "The trail is whole"), _blocks),
    Check("heads", Words("纸上印的摘要都在链中", "The heads printed on paper are in the chain"), _heads),
)
