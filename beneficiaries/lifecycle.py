"""The machines of evidence lists, bank accounts, and pairs of rows that may be one person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.moves import Move


class ListState(models.TextChoices):
    """An evidence list from the upload to the facts."""

    UPLOADED = "uploaded", _("Uploaded")
    ASKED = "asked", _("Columns to be named")
    CHECKED = "checked", _("Checked")
    TAKEN = "taken", _("Taken")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


L = ListState
OFFICE = ("county_checker", "system")
LIST_FIRST = (L.UPLOADED,)
LIST_MOVES = (
    #    move        from             to           who                                 on the button
    Move("examine",  (L.UPLOADED,),   L.CHECKED,   OFFICE,                             _("Check")),
    Move("ask",      (L.UPLOADED,),   L.ASKED,     OFFICE,                             _("Ask what its columns are")),
    Move("name_columns", (L.ASKED, L.CHECKED), L.UPLOADED, ("county_checker",),        _("Name the columns")),
    Move("take",     (L.CHECKED,),    L.TAKEN,     ("county_checker",),                _("Take the list"), "taken_by", "taken_on"),
    Move("refuse",   (L.UPLOADED, L.ASKED, L.CHECKED), L.REFUSED, OFFICE,                       _("Send the list back"), "refused_by", "refused_on"),
    Move("withdraw", (L.TAKEN,),      L.WITHDRAWN, ("county_checker",),                _("Withdraw the list")),
)  # fmt: skip


class HeaderState(models.TextChoices):
    """A header that a person taught: read so from then on, until somebody takes it back."""

    IN_USE = "in_use", _("Read so")
    TAKEN_BACK = "taken_back", _("Taken back")


HEADER_FIRST = (HeaderState.IN_USE,)
HEADER_MOVES = (
    Move("take_back", (HeaderState.IN_USE,), HeaderState.TAKEN_BACK, ("county_checker",), _("Read it so no more"), "taken_back_by", "taken_back_on"),
)  # fmt: skip


class AccountState(models.TextChoices):
    """A family's bank account. Money goes only to a verified one."""

    ENTERED = "entered", _("To be verified")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Not verified")
    CLOSED = "closed", _("No longer used")


A = AccountState
VERIFIERS = ("township_reviewer", "county_checker")
ACCOUNT_FIRST = (A.ENTERED,)
ACCOUNT_MOVES = (
    Move("verify", (A.ENTERED,),            A.VERIFIED, VERIFIERS, _("Verify the account"), "verified_by", "verified_on"),
    Move("refuse", (A.ENTERED,),            A.REFUSED,  VERIFIERS, _("Refuse the account"), "verified_by", "verified_on"),
    Move("close",  (A.VERIFIED, A.ENTERED), A.CLOSED,   ("clerk", "township_reviewer", "county_checker"), _("Stop using the account"), "closed_by", "closed_on"),
)  # fmt: skip


class DoubleState(models.TextChoices):
    """Two rows of the register that may be one person."""

    APART = "apart", _("Two people")
    ASKED = "asked", _("Merge to be confirmed")
    REFUSED = "refused", _("Not merged")
    MERGED = "merged", _("One person")
    TO_PART = "to_part", _("Parting to be confirmed")
    PARTED = "parted", _("Parted again")


D = DoubleState
TELLERS = ("township_reviewer", "county_checker")  # who may say that two rows are one person, or two
DOUBLE_FIRST = (D.APART, D.ASKED)
DOUBLE_MOVES = (
    Move("look_again",   (D.APART,),   D.REFUSED, TELLERS,             _("Look at them again"), "settled_by", "settled_on"),
    Move("merge",        (D.ASKED,),   D.MERGED,  ("county_checker",), _("Merge them"), "settled_by", "settled_on"),
    Move("refuse_merge", (D.ASKED,),   D.REFUSED, ("county_checker",), _("Do not merge them"), "settled_by", "settled_on"),
    Move("ask_to_part",  (D.MERGED,),  D.TO_PART, TELLERS,             _("Ask to part them"), "part_asked_by", "part_asked_on"),
    Move("keep_merged",  (D.TO_PART,), D.MERGED,  ("county_checker",), _("Keep them merged")),
    Move("part",         (D.TO_PART,), D.PARTED,  ("county_checker",), _("Part them again"), "parted_by", "parted_on"),
)  # fmt: skip
