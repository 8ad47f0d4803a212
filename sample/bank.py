"""The bank of the sample county: reads the files it is sent and answers each in its own format.

Whether it pays follows from its own table of accounts alone: unknown, closed, another holder, or good. Some good
lines are left out of the first answer, or come back as being processed; a later file answers them.
"""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from payments.banks import Answer, Profile, Received, read_payment_file, write_answers

PAID, FAILED, UNKNOWN = "paid", "failed", "unknown"
REASONS = {"no_account": "无此账户", "closed": "账户已销户", "holder": "户名不符"}
IN_PROCESS = "处理中"


@dataclass(frozen=True, slots=True)
class AtTheBank:
    """One account as the bank knows it."""

    holder: str
    closed: bool
    silent: bool  # left open at first


class Bank:
    """Answers files by its table of accounts (``bank_accounts.jsonl`` of a sample folder)."""

    def __init__(self, accounts: dict[str, AtTheBank]) -> None:
        self.accounts = accounts

    @classmethod
    def at(cls, folder: Path) -> "Bank":
        """The bank whose table stands in ``folder``."""
        accounts = {}
        with (folder / "bank_accounts.jsonl").open(encoding="utf-8") as file:
            for text in file:
                row = json.loads(text)
                accounts[row["account"]] = AtTheBank(row["holder"], row["closed"], row["silent"])
        return cls(accounts)

    def answer(self, profile: Profile, content: bytes, *, on: date) -> bytes:
        """The first result file for the payment file ``content``: some good lines are not in it yet."""
        received = read_payment_file(profile, content)
        answers = []
        for answer, account in self._judged(received):
            if not self._is_left_open(answer, account):
                answers.append(answer)
            elif UNKNOWN in profile.statuses.values() and account[-1] in "13579":
                answers.append(Answer(answer.line_number, answer.amount_fen, UNKNOWN, IN_PROCESS))
        return write_answers(profile, answers, batch=received.batch, on=on)

    def answer_later(self, profile: Profile, content: bytes, *, on: date) -> bytes | None:
        """The result file for the lines that ``answer`` left open; None where it left none."""
        received = read_payment_file(profile, content)
        judged = self._judged(received)
        answers = [answer for answer, account in judged if self._is_left_open(answer, account)]
        return write_answers(profile, answers, batch=received.batch, on=on) if answers else None

    def _is_left_open(self, answer: Answer, account: str) -> bool:
        return answer.status == PAID and self.accounts[account].silent

    def _judged(self, received: Received) -> list[tuple[Answer, str]]:
        """What the bank thinks of each line, with its account."""
        columns = zip(
            received.line_numbers,
            received.amounts_fen,
            received.texts["account"],
            received.texts["payee_name"],
            strict=True,
        )
        judged = []
        for line, amount_fen, account, name in columns:
            fault = self._fault(_plain(account), _plain(name))
            status = FAILED if fault else PAID
            judged.append((Answer(line, amount_fen, status, REASONS.get(fault, "")), _plain(account)))
        return judged

    def _fault(self, number: str, name: str) -> str:
        account = self.accounts.get(number)
        if account is None:
            return "no_account"
        if account.closed:
            return "closed"
        return "" if _plain(account.holder) == name else "holder"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
