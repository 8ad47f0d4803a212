"""What is kept secret: encrypted columns and files, blind indexes, keyed digests, and the keys they need.

The keys live in one file outside the database and apart from every backup (``settings.KEYS_FILE``). Without it
nothing here answers: no value is ever stored or shown unencrypted because a key is missing.
"""
