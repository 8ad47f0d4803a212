"""Instalments, batches and what the bank answered; what families owe and what became of it."""

from payments.models.owed import Recovery, Repayment, WriteOff
from payments.models.paying import Attempt, BankFile, Batch, Exclusion, Instalment, ResultFile, ResultLine

__all__ = [
    "Attempt",
    "BankFile",
    "Batch",
    "Exclusion",
    "Instalment",
    "Recovery",
    "Repayment",
    "ResultFile",
    "ResultLine",
    "WriteOff",
]
