"""The roles of the house and what they are called."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Who does what: DESIGN's table. One person may hold several; the separated steps differ by person."""

    CLERK = "clerk", _("Counter clerk")
    TOWNSHIP_REVIEWER = "township_reviewer", _("Township reviewer")
    COUNTY_CHECKER = "county_checker", _("County checker")
    COUNTY_APPROVER = "county_approver", _("County approver")
    POLICY_OFFICER = "policy_officer", _("Policy officer")
    BATCH_PREPARER = "batch_preparer", _("Batch preparer")
    BATCH_CHECKER = "batch_checker", _("Batch checker")
    BATCH_APPROVER = "batch_approver", _("Batch approver")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


# Who may read families at all. The administrator keeps officials and backups and sees no family.
READS_FAMILIES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
COUNTY = (Role.COUNTY_CHECKER, Role.COUNTY_APPROVER, Role.AUDITOR)
FINANCE = (Role.BATCH_PREPARER, Role.BATCH_CHECKER, Role.BATCH_APPROVER)
