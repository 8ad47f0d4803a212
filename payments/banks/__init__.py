"""Bank files as data: profiles, the files they make, the answers that come back. Plain Python, no Django."""

from payments.banks.answers import Answer, Received, read_payment_file, write_answers
from payments.banks.checks import find_name_problems, find_problems, name_for_bank
from payments.banks.lines import BankFile, LineProblem, Lines, Order
from payments.banks.profile import PROFILES, Profile, load_profiles, read_profile, serving
from payments.banks.reading import Results, read_results
from payments.banks.reasons import Reason, canonical
from payments.banks.reasons import load as load_reasons
from payments.banks.refusals import FileRefused
from payments.banks.writing import write_files

__all__ = [
    "PROFILES",
    "Answer",
    "BankFile",
    "FileRefused",
    "LineProblem",
    "Lines",
    "Order",
    "Profile",
    "Reason",
    "Received",
    "Results",
    "canonical",
    "find_name_problems",
    "find_problems",
    "load_profiles",
    "load_reasons",
    "name_for_bank",
    "read_payment_file",
    "read_profile",
    "read_results",
    "serving",
    "write_answers",
    "write_files",
]
