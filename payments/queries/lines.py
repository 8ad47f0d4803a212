"""The lines of a batch as columns for its bank: numbers are decrypted only where the file has a place for them."""

from collections.abc import Iterator, Sequence

from django.db import connection

from payments.banks import Lines, Profile
from payments.models import Batch
from vault.crypto import decrypt_many

CHUNK = 10_000
"""Lines read at a time: an export of any size holds this many in memory."""

_COLUMNS = {
    "payee_name": "a.account_name",
    "account": "a.number",
    "id_number": "p.citizen_id",
    "bank_number": "a.cnaps",
    "bank_name": "a.bank",
}
_ENCRYPTED = {"account": "beneficiaries_account.number", "id_number": "beneficiaries_person.citizen_id"}


def lines_of(batch: Batch, profile: Profile, *, chunk: int = CHUNK) -> Iterator[Lines]:
    """Lines in order, a chunk at a time."""
    wanted = ", ".join(_COLUMNS[name] for name in profile.needs)
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT t.line, t.amount_fen, {wanted}
                    FROM payments_attempt t JOIN beneficiaries_account a ON a.id = t.account_id
                    JOIN beneficiaries_person p ON p.id = t.payee_id
                    WHERE t.batch_id = %s AND t.state <> 'pulled_back' AND t.line > %s
                    ORDER BY t.line LIMIT %s""",  # noqa: S608 - column names from the table above
                [batch.pk, after, chunk],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        numbers, amounts, *texts = (list(column) for column in zip(*rows, strict=True))
        columns: dict[str, Sequence[str]] = {
            name: decrypt_many(values, column=_ENCRYPTED[name]) if name in _ENCRYPTED else values
            for name, values in zip(profile.needs, texts, strict=True)
        }
        yield Lines(numbers, amounts, columns)
        after = numbers[-1]
