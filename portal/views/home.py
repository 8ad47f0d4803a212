"""The first page of each role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from officials.access import StaffRequest, staff
from officials.roles import Role
from portal.navigation import areas


@staff(*Role)
def home(request: StaffRequest) -> HttpResponse:
    """Sends each official to the first of their areas; who has none is told so."""
    mine = areas(request.official, request.path)
    if mine:
        return redirect(mine[0].url)
    return render(request, "portal/no_area.html")
