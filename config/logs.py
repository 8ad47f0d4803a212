"""What a line of the log may hold: an address as typed and an error's traceback, but no number and no row of a person."""

import logging
import re

#: An ID, account or phone number; a row's key is shorter.
_NUMBER = re.compile(r"\d{10,}[\dXx]?")
#: What PostgreSQL adds to an error: the values of the row.
_ROW = re.compile(r"^DETAIL:.*$", re.MULTILINE)


class WithoutNumbers(logging.Formatter):
    """Writes lines and tracebacks without long numbers and without the rows that the database names."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return without_numbers(super().format(record))


def without_numbers(text: str) -> str:
    """A text with every long number shortened, and no row of the database.

    >>> without_numbers("Not Found: /families/610124199912310022/"), without_numbers("Not Found: /families/347/")
    ('Not Found: /families/••••22/', 'Not Found: /families/347/')
    """
    return _NUMBER.sub(lambda found: f"••••{found[0][-2:]}", _ROW.sub("DETAIL: ••••", text))
