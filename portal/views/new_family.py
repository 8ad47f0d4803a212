"""A family that no list names: its booklet goes to the county as a list of one household."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from beneficiaries.services import send_booklet
from officials.access import StaffRequest, staff
from officials.divisions import standing
from officials.models import Division
from officials.roles import Role
from portal.forms.new_family import NewFamilyForm
from standards.words import Refusal
from web.clock import today


@staff(Role.CLERK)
def new_family(request: StaffRequest) -> HttpResponse:
    """The booklet's form; a family may apply as soon as a second person has taken it."""
    official = request.official
    villages = [
        (code, name)
        for code, name in Division.objects.filter(
            standing(today()), code__startswith=official.scope
        ).values_list("code", "name")
        if not code.endswith("000")
    ]
    form = NewFamilyForm(request.POST or None, villages=sorted(villages), today=today())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            send_booklet(
                form.rows(), number=given["number"], village=given["village"], is_rural=given["rural"] == "yes",
                division=official.division_id, by=official.actor(Role.CLERK), on=today(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(
                request, _("The booklet is with the county. The family is found here once it is taken.")
            )
            return redirect("portal:counter")
    return render(request, "portal/new_family.html", {"form": form}, status=422 if form.errors else 200)
