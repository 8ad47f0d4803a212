"""What a fresh installation does first: while the register is empty, every other page has nothing to show and says so."""

from django.utils.translation import gettext

from beneficiaries.models import Person
from ledger.models import Allotment
from officials.models import Official
from portal.queries.ways import way
from programs.models import PolicyVersion
from web.components import Way


def first_steps(official: Official) -> list[Way]:
    """The steps that are still to take, with who takes them; none once anybody is on the register. One query then."""
    if Person.objects.visible_to(official).exists():
        return []
    steps = [
        Way(
            gettext("Take in the register of households, then the departments' lists"),
            way(official, "beneficiaries:upload"),
            gettext("a county checker uploads, a second one takes them in"),
            icon="users",
        )
    ]
    if not PolicyVersion.objects.filter(state="active").exists():
        steps.append(
            Way(
                gettext("Put the policies in force"),
                way(official, "programs:policies"),
                gettext("a policy officer loads them, another person activates"),
                icon="scroll-text",
            )
        )
    if not Allotment.objects.filter(state="confirmed").exists():
        steps.append(
            Way(
                gettext("Enter the budget"),
                way(official, "payments:budget"),
                gettext("finance enters it, a second person confirms"),
                icon="wallet",
            )
        )
    return steps
