"""SM4-GCM over columns of text: one key set-up for a whole column, one nonce for each value.

A ciphertext is key number (1 byte), nonce (12), text, tag (16). The column's name is authenticated with it, so a
value copied into another column is refused as firmly as one that was changed.
"""

import os
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from vault.keys import KeysUnusable, cipher_key

NONCE_BYTES = 12
TAG_BYTES = 16
_START = 1 + NONCE_BYTES
_PURPOSE = "columns"


def encrypt_many(values: Sequence[str], *, column: str) -> list[bytes]:
    """Ciphertexts of ``values``, for ``column`` ("table.column"). About 7 microseconds each."""
    number, key = cipher_key(_PURPOSE)
    sm4, head, bound, gcm = algorithms.SM4(key), bytes([number]), column.encode(), modes.GCM
    nonces = os.urandom(NONCE_BYTES * len(values))
    sealed = []
    for place, value in enumerate(values):
        nonce = nonces[place * NONCE_BYTES : (place + 1) * NONCE_BYTES]
        seal = Cipher(sm4, gcm(nonce)).encryptor()
        seal.authenticate_additional_data(bound)
        sealed.append(head + nonce + seal.update(value.encode()) + seal.finalize() + seal.tag)
    return sealed


def decrypt_many(values: Iterable[bytes | memoryview], *, column: str) -> list[str]:
    """Texts of ciphertexts made for ``column``.

    Raises :class:`KeysUnusable` when one does not open: another key, another column, or a changed value.
    """
    ciphers: dict[int, algorithms.SM4] = {}
    bound, gcm = column.encode(), modes.GCM
    texts = []
    for stored in values:
        value = bytes(stored)
        if len(value) < _START + TAG_BYTES:
            raise _will_not_open(column)
        sm4 = ciphers.get(value[0])
        if sm4 is None:
            sm4 = ciphers[value[0]] = algorithms.SM4(cipher_key(_PURPOSE, value[0])[1])
        unseal = Cipher(sm4, gcm(value[1:_START], value[-TAG_BYTES:])).decryptor()
        unseal.authenticate_additional_data(bound)
        try:
            text = unseal.update(value[_START:-TAG_BYTES]) + unseal.finalize()
        except InvalidTag:
            raise _will_not_open(column) from None
        texts.append(text.decode())
    return texts


def encrypt(value: str, *, column: str) -> bytes:
    """The ciphertext of one value."""
    return encrypt_many([value], column=column)[0]


def decrypt(value: bytes | memoryview, *, column: str) -> str:
    """The text of one ciphertext. Raises :class:`KeysUnusable`."""
    return decrypt_many([value], column=column)[0]


def _will_not_open(column: str) -> KeysUnusable:
    return KeysUnusable(
        f"{column} 中有一个值无法解密：密钥文件不对，或数据被改动",
        f"A value in {column} does not open: the key file is another one, or the data was changed",
    )
