"""Verdicts of the sweep, applications with their papers and notices, decisions, entitlements and limit claims."""

from applications.models.applying import (
    Application,
    Assessment,
    Notice,
    NoticeLine,
    Objection,
    Paper,
    ReceiptSerial,
    Subject,
    Sweep,
)
from applications.models.comparing import ComparedDecision, Comparison
from applications.models.deciding import Decision, Entitlement, LimitClaim, SetSum

__all__ = [
    "Application",
    "Assessment",
    "ComparedDecision",
    "Comparison",
    "Decision",
    "Entitlement",
    "LimitClaim",
    "Notice",
    "NoticeLine",
    "Objection",
    "Paper",
    "ReceiptSerial",
    "SetSum",
    "Subject",
    "Sweep",
]
