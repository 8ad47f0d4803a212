"""What an archive says about itself."""

import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from standards.words import Refusal
from vault.digests import keyed_digest

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sealed"
FILES = "files/"


@dataclass(frozen=True, slots=True)
class Member:
    """One part of the archive; the digest is over its bytes as they lie there."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which county, when, by which program, and every part.

    ``head`` is the trail's head before the dump; ``migrations`` are those the tables have, as "app.name".
    """

    made_at: str
    county: str
    head: str
    postgresql: int
    migrations: list[str]
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """JSON with the keyed digest over everything else in it."""
        body = asdict(self)
        return json.dumps(body | {"digest": _digest(body)}, ensure_ascii=False, indent=1).encode()


def read_manifest(data: bytes) -> Manifest:
    """The manifest of an archive. Raises Refusal when it was made with other keys, changed, or is of a newer format."""
    try:
        body: dict[str, Any] = json.loads(data)
        told = str(body.pop("digest"))
        newer = body["format"] != FORMAT
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged() from None
    if not hmac.compare_digest(told, _digest(body)):
        raise Refusal(
            "备份清单与密钥不符：请放回做备份时的密钥文件；若密钥没有换过，则备份被改动过",
            "The manifest does not fit the keys: put the key file of that backup in place; if it is the right one,"
            " the backup was changed",
            code="backup_keys",
        )
    if newer:
        raise Refusal(
            "备份由别的版本制作，请用制作它的版本恢复",
            "The backup was made by another version of the program: restore it with that one",
            code="backup_format",
        )
    return Manifest(**{**body, "members": [Member(**member) for member in body["members"]]})


def damaged() -> Refusal:
    """An archive that is not one, or not whole."""
    return Refusal(
        "这不是完整的备份文件：可能没有写完，或拷贝时被截断",
        "This is no whole backup: it was not written to its end, or was cut while it was copied",
        code="backup_damaged",
    )


def _digest(body: dict[str, Any]) -> str:
    return keyed_digest([body], purpose="backup").hex()
