"""Officials and their powers. Every change is on the trail; nobody changes their own, and nobody gives powers alone."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit.actor import SYSTEM, Actor
from audit.door import create, perform, record
from officials.lifecycle import CONFIRMERS, ChangeState
from officials.models import Division, Official, PowerChange
from officials.roles import Role
from standards.words import Refusal, Words

ONESELF = Words(
    "自己的岗位由别人改；密码在右上角自己改",
    "Somebody else changes your roles; your own password you change at the top right",
)


def add_official(
    *,
    number: str,
    name: str,
    office: str,
    division: Division,
    roles: Sequence[str],
    password: str,
    by: Actor,
    on: date,
) -> PowerChange:
    """A new official, who can do nothing until a second person confirms. Refusal: number taken, role unknown."""
    _ask_roles(roles)
    if Official.objects.filter(number=number).exists():
        raise Refusal(
            f"工号 {number} 已经有人用",
            f"The staff number {number} is already taken",
            code="official.number_taken",
        )
    with transaction.atomic():
        made = Official(number=number, name=name, division=division, office=office, roles=[], is_active=False)
        made.set_unusable_password()
        made.save()
        record("add_official", made, by=by, on=on, detail={"division": division.code})
        return _propose(made, office, division, roles, True, password, by=by, on=on)


def change_official(
    official: Official,
    *,
    office: str,
    division: Division,
    roles: Sequence[str],
    is_active: bool,
    password: str = "",
    by: Actor,
    on: date,
) -> PowerChange | None:
    """New roles, place, password, or the end of service.

    What only takes away counts at once and gives None; anything that lets somebody see or do more, or sign in anew,
    waits for a second person. An official who left keeps the row: the trail names them.
    """
    _ask_roles(roles)
    _not_oneself(official, by)
    with transaction.atomic():
        kept = Official.objects.select_for_update().get(pk=official.pk)
        takes_away = (
            set(roles) <= set(kept.roles)
            and division.pk == kept.division_id
            and kept.is_active >= is_active
            and not password
        )
        if not takes_away:
            return _propose(kept, office, division, roles, is_active, password, by=by, on=on)
        _apply(kept, office, division, roles, is_active, by=by, on=on)
    return None


def confirm_change(change: PowerChange, *, by: Actor, on: date) -> Official:
    """A second person lets a change take effect. Refusal: one's own proposal, or one's own powers."""
    _not_oneself(change.official, by)
    with transaction.atomic():
        kept = perform(change, "confirm", by=by, on=on)
        official = Official.objects.select_for_update().get(pk=kept.official_id)
        if kept.password:
            official.password, official.password_is_temporary = kept.password, True
            official.save(update_fields=["password", "password_is_temporary"])  # ends every session
            record("set_password", official, by=by, on=on, detail={"proposed_by": kept.proposed_by})
        return _apply(official, kept.office, kept.division, kept.roles, kept.is_active, by=by, on=on)


def reasons_against(change: PowerChange, number: str) -> list[Words]:
    """Why the official with that staff number cannot settle the change: it is settled, their own proposal, about them."""
    if change.state != ChangeState.PROPOSED:
        label, day = ChangeState(change.state).label, change.settled_on
        name = Official.objects.filter(number=change.settled_by).values_list("name", flat=True).first()
        words = f"{label} · {name or change.settled_by} · {day}"
        return [Words(words, words)]
    reasons = []
    if change.proposed_by == number:
        reasons.append(PowerChange.REFUSALS["power_change_different_people"])
    if change.official.number == number:
        reasons.append(ONESELF)
    return reasons


def refuse_change(change: PowerChange, *, by: Actor, on: date) -> PowerChange:
    """A second person refuses: everything stays as it was."""
    _not_oneself(change.official, by)
    return perform(change, "refuse", by=by, on=on)


def change_own_password(official: Official, password: str, *, on: date) -> None:
    """The official's own password: nobody else knows it from now on. Every other session ends."""
    with transaction.atomic():
        official.set_password(password)
        official.password_is_temporary = False
        official.save(update_fields=["password", "password_is_temporary"])
        own = Actor(official.number, official.name, next(iter(official.roles), ""), official.division_id)
        record("change_own_password", official, by=own, on=on)


def appoint_first(
    *, number: str, name: str, division: Division, role: str, password: str, on: date
) -> Official:
    """Somebody of an office that has nobody yet to confirm: on the server, by whoever may work there.

    Refusal once two people can confirm each other.
    """
    _ask_roles([role])
    able = Official.objects.filter(is_active=True, roles__overlap=list(CONFIRMERS))
    if able.count() >= 2:
        raise Refusal(
            "已有两个人能互相确认，请在“人员与岗位”页面办理",
            "Two people can confirm each other now: use the page for officials and roles",
            code="official.offices_filled",
        )
    with transaction.atomic():
        made = Official.objects.create_official(
            number=number, name=name, division=division, roles=[role], password=password
        )
        made.password_is_temporary = True
        made.save(update_fields=["password_is_temporary"])
        record("appoint_first", made, by=SYSTEM, on=on, detail={"roles": [role], "division": division.code})
    return made


def _propose(
    official: Official,
    office: str,
    division: Division,
    roles: Sequence[str],
    is_active: bool,
    password: str,
    *,
    by: Actor,
    on: date,
) -> PowerChange:
    change = PowerChange(
        official=official, office=office, division=division, roles=list(roles), is_active=is_active,
        password=make_password(password) if password else "", proposed_by=by.number, proposed_on=on, state="proposed",
    )  # fmt: skip
    wanted = {
        "roles": sorted(roles),
        "division": division.code,
        "is_active": is_active,
        "password": bool(password),
    }
    return create(change, by=by, on=on, detail={"official": official.number, **wanted})


def _apply(
    official: Official,
    office: str,
    division: Division,
    roles: Sequence[str],
    is_active: bool,
    *,
    by: Actor,
    on: date,
) -> Official:
    """Write it to the locked row, with before and after on the trail."""
    before = {
        "roles": sorted(official.roles),
        "division": official.division_id,
        "is_active": official.is_active,
    }
    official.office, official.division, official.roles, official.is_active = (
        office,
        division,
        list(roles),
        is_active,
    )
    official.save(update_fields=["office", "division", "roles", "is_active"])
    after = {"roles": sorted(roles), "division": division.code, "is_active": is_active}
    record("change_official", official, by=by, on=on, detail={"before": before, "after": after})
    return official


def _ask_roles(roles: Sequence[str]) -> None:
    unknown = set(roles) - set(Role.values)
    if unknown:
        raise Refusal(
            f"没有这种岗位：{'、'.join(sorted(unknown))}",
            f"No such role: {', '.join(sorted(unknown))}",
            code="official.role",
        )
    if Role.ADMINISTRATOR in roles and len(set(roles)) > 1:
        raise Refusal(
            "管理员看不到家庭，不能兼别的岗位",
            "An administrator sees no family and holds no other role",
            code="official.administrator_alone",
        )


def _not_oneself(official: Official, by: Actor) -> None:
    if official.number == by.number:
        raise Refusal(ONESELF.zh, ONESELF.en, code="official.oneself")
