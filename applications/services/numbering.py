"""Receipt numbers: township, year, serial, check digit. Serials have no gaps inside a transaction that holds."""

import secrets
from datetime import date

from django.db import connection

from standards import receipt_number


def receipt_numbers(township: str, on: date, count: int) -> list[str]:
    """``count`` new numbers of a township (any longer division code) and year; locks that township's serial."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO applications_receiptserial (township, year, last) VALUES (%s, %s, %s)
               ON CONFLICT ON CONSTRAINT one_receipt_serial
               DO UPDATE SET last = applications_receiptserial.last + excluded.last RETURNING last""",
            [township[:9], on.year, count],
        )
        last = int(cursor.fetchone()[0])
    return [
        receipt_number.make(township[6:9], on.year % 100, serial)
        for serial in range(last - count + 1, last + 1)
    ]


def token() -> str:
    """A random text for the QR code: it says nothing about the family."""
    return secrets.token_urlsafe(16)
