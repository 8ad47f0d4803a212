"""The digests printed on the bank slip.

SHA-256 because every machine can compute it, SM3 (GB/T 32905-2016) because finance offices ask for it.

>>> both(b"abc")[1][:16]
'66c7f0f462eeedd9'
"""

import hashlib

from cryptography.hazmat.primitives import hashes


def both(content: bytes) -> tuple[str, str]:
    """(SHA-256, SM3) of ``content`` in lower-case hexadecimal, 64 characters each."""
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    return hashlib.sha256(content).hexdigest(), sm3.finalize().hex()
