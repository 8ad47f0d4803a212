"""Looks at everything the program keeps and names every row that does not hold together.

Each module here is one kind of check. All of them read whole tables in a few statements; nothing is repaired.
"""

from oversight.verify.findings import Culprit, Finding
from oversight.verify.running import CHECKS, verify

__all__ = ["CHECKS", "Culprit", "Finding", "verify"]
