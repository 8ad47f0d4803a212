"""What is held about a person, printed for her: asked for at the counter, with the reason, on the family's record."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from audit.door import record
from beneficiaries.queries.family import family as family_of
from beneficiaries.services import looking
from letters import engine
from letters.queries.bureau import Bureau
from letters.queries.held import held_about, template
from letters.queries.register import PRINTERS
from officials.access import StaffRequest, staff
from portal.forms.held import HeldForm
from web.clock import today
from web.pdf import PDF_POLICY


@staff(*PRINTERS)
def held(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks who wants to see it and how she is known; then the sheet. It is kept nowhere: the trail says it was given."""
    official, day = request.official, today()
    family = family_of(pk, official=official, on=day)
    if family is None:
        raise Http404
    looking.enter_family(family.household, official=official, by=official.actor(*PRINTERS), on=day)
    form = HeldForm(request.POST or None, family=family)
    if request.method == "POST" and form.is_valid():
        asker, reason = form.cleaned_data["person"], form.cleaned_data["reason"]
        person = next(one.person for one in family.members if one.person.pk == asker)
        record("hand_over", person, by=official.actor(*PRINTERS), on=day, detail={"reason": reason})
        data = held_about(family, asker, Bureau.on(day), clerk=official.name)
        try:
            content = engine.render(template(), data)
        except engine.HeldLetter as held_back:
            form.refuse(None, held_back)
        else:
            response = HttpResponse(content, content_type="application/pdf")
            response.headers["Content-Disposition"] = 'inline; filename="held.pdf"'
            response.headers["Cache-Control"] = "no-store"
            response.headers["Content-Security-Policy"] = PDF_POLICY
            return response
    context = {"form": form, "family": family}
    return render(request, "portal/held.html", context, status=422 if form.errors else 200)
