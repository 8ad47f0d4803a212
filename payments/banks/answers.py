"""Result files as a bank would write them: for the sample bank, and to prove each profile in both directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from payments.banks import references
from payments.banks.profile import Profile
from payments.banks.reading import amounts_in, read_table
from payments.banks.writing import amount_text, amount_texts, write_table


@dataclass(frozen=True, slots=True)
class Received:
    """A payment file as the bank sees it."""

    batch: str
    line_numbers: list[int]
    amounts_fen: list[int]
    texts: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The bank's word on one line: ``status`` is paid, failed or unknown, ``text`` its reason."""

    line_number: int
    amount_fen: int
    status: str
    text: str = ""


def read_payment_file(profile: Profile, source: bytes) -> Received:
    """What stands in a file we exported; FileRefused where it is not one."""
    sheet = read_table(profile.payment, source)
    pairs = [references.read(text) for text in sheet.columns["reference"]]
    assert all(pair is not None for pair in pairs), "a file we exported holds our references"
    batch = pairs[0][0] if pairs and pairs[0] else ""
    numbers = [pair[1] for pair in pairs if pair is not None]
    return Received(batch, numbers, amounts_in(profile.payment, sheet), sheet.columns)


def write_answers(
    profile: Profile,
    answers: Sequence[Answer],
    *,
    batch: str,
    on: date,
    words: Mapping[str, str] | None = None,
) -> bytes:
    """The bank's result file in the profile's own format. ``words`` overrides the status words used."""
    layout = profile.result
    said_by = {meaning: word for word, meaning in reversed(list(profile.statuses.items()))} | dict(
        words or {}
    )
    amounts = [answer.amount_fen for answer in answers]
    columns: dict[str, Sequence[str]] = {
        "reference": [references.make(batch, answer.line_number) for answer in answers],
        "line_number": [str(answer.line_number) for answer in answers],
        "amount": amount_texts(amounts, layout),
        "status": [said_by[answer.status] for answer in answers],
        "reason": [answer.text for answer in answers],
    }
    said: dict[str, str | int] = {
        "batch": batch,
        "date": on.strftime("%Y%m%d"),
        "count": len(answers),
        "total": amount_text(sum(amounts), layout),
        "part": 1,
        "parts": 1,
        "remark": "",
    }
    return write_table(layout, columns, said)
