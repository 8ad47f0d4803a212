"""The key file, and one derived key for each purpose.

The file is JSON, readable by its owner alone::

    {"encrypt_with": 37, "index_with": 37, "keys": {"37": "<32 bytes in base64>"}}

``encrypt_with`` names the master key for new ciphertexts; each ciphertext carries the number of its own key, so
older keys stay readable after a change. ``index_with`` names the one for indexes and digests, which stay as they
are. No master key is used directly: each purpose has a key of its own, derived with HKDF-SHA256.
"""

import base64
import binascii
import json
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


class KeysUnusable(ImproperlyConfigured):
    """The key file is missing, unreadable or not the one this data was encrypted with."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The master keys by number, and which of them is for what."""

    keys: dict[int, bytes]
    encrypt_with: int
    index_with: int

    def __repr__(self) -> str:
        return f"KeyRing({sorted(self.keys)})"


def derived_key(purpose: str, *, length: int = KEY_BYTES) -> bytes:
    """The key for indexes and digests of one purpose. It never changes while data made with it stands."""
    ring = key_ring()
    return _derive(ring.keys[ring.index_with], purpose, length)


def cipher_key(purpose: str, number: int | None = None) -> tuple[int, bytes]:
    """Number and SM4 key (16 bytes) to encrypt with, or those of the key that a ciphertext names."""
    ring = key_ring()
    chosen = ring.encrypt_with if number is None else number
    if chosen not in ring.keys:
        raise KeysUnusable(
            f"数据是用第 {chosen} 号密钥加密的，密钥文件 {settings.KEYS_FILE} 中没有它：请放回原来的密钥文件",
            f"This was encrypted with key {chosen}, which is not in {settings.KEYS_FILE}: put the right key file back",
        )
    return chosen, _derive(ring.keys[chosen], purpose, 16)


def key_ring() -> KeyRing:
    """The keys of ``settings.KEYS_FILE``, read once per process. Raises :class:`KeysUnusable`."""
    return _read(str(settings.KEYS_FILE))


def make_key_file(path: Path) -> None:
    """Write a new key file with one random key, for its owner only. Raises FileExistsError, never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A random number tells a foreign key file at once: its key will have another one.
    number = secrets.randbelow(255) + 1
    document = {
        "encrypt_with": number,
        "index_with": number,
        "keys": {str(number): base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()},
    }
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(
            os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(document, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)  # appears whole or not at all, and refuses to replace
    finally:
        partial.unlink(missing_ok=True)
    _read.cache_clear()


@lru_cache(maxsize=8)
def _read(path: str) -> KeyRing:
    try:
        mode = os.stat(path).st_mode
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeysUnusable(
            f"找不到密钥文件 {path}：首次使用请运行 manage.py make_keys，否则请放回原来的密钥文件",
            f"The key file {path} is missing: run manage.py make_keys on first use, else put the old file back",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnusable(
            f"密钥文件 {path} 无法读取（{type(error).__name__}）",
            f"The key file {path} cannot be read ({type(error).__name__})",
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysUnusable(
            f"密钥文件 {path} 其他用户也能读取：请运行 chmod 600 {path}",
            f"Other users can read the key file {path}: run chmod 600 {path}",
        )
    return _parse(text, path)


def _parse(text: str, path: str) -> KeyRing:
    try:
        document = json.loads(text)
        keys = {int(number): base64.b64decode(key, validate=True) for number, key in document["keys"].items()}
        ring = KeyRing(keys, int(document["encrypt_with"]), int(document["index_with"]))
        sound = all(len(key) == KEY_BYTES and 1 <= number <= 255 for number, key in keys.items())
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        sound = False
    if not sound or not {ring.encrypt_with, ring.index_with} <= set(ring.keys):
        raise KeysUnusable(
            f"密钥文件 {path} 已损坏：请放回备份的密钥文件",
            f"The key file {path} is damaged: put the kept copy of it back",
        )
    return ring


@lru_cache(maxsize=256)
def _derive(master: bytes, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"guanai/{purpose}".encode()).derive(master)
