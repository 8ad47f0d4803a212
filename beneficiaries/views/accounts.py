"""Accounts: who waits to be verified, entering one, and the second person's comparison."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from beneficiaries import services
from beneficiaries.forms.accounts import AccountForm, ReasonForm, VerifyForm
from beneficiaries.forms.narrowing import AccountFilters
from beneficiaries.lifecycle import ACCOUNT_MOVES, AccountState
from beneficiaries.models import Account, Doubt, Person
from beneficiaries.queries import changes
from beneficiaries.queries.accounts import to_look_at
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from standards import bank_card
from standards.words import Refusal, Words
from vault import blind
from web.clock import today

PAGE_ROWS = 20
ENTER = (Role.CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
VERIFY = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
BADGES = {"entered": "look", "verified": "met", "refused": "not_met", "closed": "neutral"}
CHANGED = "changed"
TABS = [*AccountState.choices, (CHANGED, _("Changed lately"))]
DIFFERS = Words(
    "与登记的账号不一致。请再对照一遍；登记错了，就退回重登",
    "It differs from the number that was entered. Compare again; if the entry is wrong, refuse it",
)


@staff(*ENTER)
def accounts(request: StaffRequest) -> HttpResponse:
    """Accounts of the scope in one state; those that wait for a second person come first."""
    state = request.GET.get("state", "entered")
    if state == CHANGED:
        return _changed(request)
    state = state if state in BADGES else "entered"
    form = AccountFilters(request.GET, official=request.official)
    found = _in_scope(request.official).filter(form.condition(), state=state).order_by("entered_on", "pk")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    doubted = set(
        Doubt.objects.filter(
            kind=Doubt.Kind.ACCOUNT_NAME, settled_on=None, account__in=[account.pk for account in page]
        ).values_list("account", flat=True)
    )
    rows = [
        {"account": one, "masked": bank_card.mask(one.number), "is_doubted": one.pk in doubted}
        for one in page
    ]
    context = {
        "filters": form if "township" in form.fields else None,
        "page": page,
        "rows": rows,
        "state": state,
        "states": TABS,
        "badge": BADGES[state],
    }
    return render(request, "beneficiaries/accounts.html", context)


def _changed(request: StaffRequest) -> HttpResponse:
    """The risk list: accounts that took the place of another, and from when money goes to them."""
    found = changes.changed(request.official, on=today())
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [
        (one, bank_card.mask(one.account.number), bank_card.mask(one.before.number))
        for one in changes.with_before(list(page), on=today())
    ]
    context = {"page": page, "rows": rows, "state": CHANGED, "states": TABS, "days": changes.SHOWN_DAYS}
    return render(request, "beneficiaries/accounts_changed.html", context)


@staff(*ENTER)
@sensitive_post_parameters("number")
def enter(request: StaffRequest, person: int) -> HttpResponse:
    """Enter an account of a person in the scope; another official verifies it."""
    owner = Person.objects.visible_to(request.official).filter(pk=person).first()
    if owner is None:
        raise Http404
    form = AccountForm(request.POST or None, initial={"account_name": owner.name})
    if request.method == "POST" and form.is_valid():
        by = request.official.actor(*ENTER)
        try:
            account = services.enter_account(owner, by=by, on=today(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse("number", refusal)
        else:
            return redirect("beneficiaries:account", account.pk)
    return render(
        request,
        "beneficiaries/enter.html",
        {"form": form, "owner": owner},
        status=422 if form.errors else 200,
    )


@staff(*ENTER)
@sensitive_post_parameters("number")
def account(request: StaffRequest, pk: int) -> HttpResponse:
    """One account; who may verify types the number again from the card or passbook."""
    found = _found(request.official, pk)
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if blind.index(form.cleaned_data["number"], purpose="account") != bytes(found.number_index):
                raise Refusal(DIFFERS.zh, DIFFERS.en, code="account_differs")
            services.verify_account(found, by=request.official.actor(*VERIFY), on=today())
        except Refusal as refusal:
            form.refuse("number", refusal)
        else:
            return redirect("beneficiaries:account", pk)
    doubts = [Words(one.words["zh"], one.words["en"]) for one in found.doubts.filter(settled_on=None)]
    if found.state == "entered":
        doubts += to_look_at(found, request.official)
    context = {
        "account": found,
        "masked": bank_card.mask(found.number),
        "badge": {"kind": BADGES[found.state], "text": str(AccountState(found.state).label)},
        "form": form,
        "doubts": doubts,
        "change": next(iter(changes.with_before([found], on=today())), None) if found.verified_on else None,
        "moves": {move.name for move in found.moves_for(request.official.roles, request.official.number)},
        "is_mine": found.entered_by == request.official.number,
        "reasons_mine": [Account.REFUSALS["account_different_people"]],
    }
    return render(request, "beneficiaries/account.html", context, status=422 if form.errors else 200)


@staff(*VERIFY)
def refuse(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step of refusing an account, with the reason."""
    return _with_reason(request, pk, "refuse", services.refuse_account)


@staff(*ENTER)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step of using an account no more, with the reason."""
    return _with_reason(request, pk, "close", services.close_account)


def _with_reason(request: StaffRequest, pk: int, name: str, verb: Callable[..., Account]) -> HttpResponse:
    found = _found(request.official, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            by = request.official.actor(*Account.move_named(name).roles)
            verb(found, by=by, on=today(), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect("beneficiaries:account", pk)
    context: dict[str, Any] = {
        "account": found,
        "masked": bank_card.mask(found.number),
        "form": form,
        "move": next(move for move in ACCOUNT_MOVES if move.name == name),
        "back_url": reverse("beneficiaries:account", args=[pk]),
    }
    return render(request, "beneficiaries/account_step.html", context, status=422 if form.errors else 200)


def _in_scope(official: Official) -> "QuerySet[Account]":
    found: QuerySet[Account] = Account.objects.filter(
        owner__division__startswith=official.scope
    ).select_related("owner")
    return found


def _found(official: Official, pk: int) -> Account:
    found = _in_scope(official).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
