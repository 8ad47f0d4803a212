"""Officials and their powers. Every change is on the trail; nobody changes their own."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import record
from officials.models import Division, Official
from officials.roles import Role
from standards.words import Refusal


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
) -> Official:
    """A new official. Refusal: the staff number is taken, or a role is unknown."""
    _ask_roles(roles)
    if Official.objects.filter(number=number).exists():
        raise Refusal(
            f"工号 {number} 已经有人用",
            f"The staff number {number} is already taken",
            code="official.number_taken",
        )
    with transaction.atomic():
        made = Official.objects.create_official(
            number=number, name=name, division=division, roles=list(roles), password=password, office=office
        )
        record("add_official", made, by=by, on=on, detail={"roles": sorted(roles), "division": division.code})
    return made


def change_official(
    official: Official,
    *,
    office: str,
    division: Division,
    roles: Sequence[str],
    is_active: bool,
    by: Actor,
    on: date,
) -> Official:
    """New roles, place, or the end of service. An official who left keeps the row: the trail names them."""
    _ask_roles(roles)
    _not_oneself(official, by)
    with transaction.atomic():
        kept = Official.objects.select_for_update().get(pk=official.pk)
        before = {"roles": sorted(kept.roles), "division": kept.division_id, "is_active": kept.is_active}
        kept.office, kept.division, kept.roles, kept.is_active = office, division, list(roles), is_active
        kept.save(update_fields=["office", "division", "roles", "is_active"])
        after = {"roles": sorted(roles), "division": division.code, "is_active": is_active}
        record("change_official", kept, by=by, on=on, detail={"before": before, "after": after})
    return kept


def set_password(official: Official, password: str, *, by: Actor, on: date) -> None:
    """A new password, which ends every session of that official."""
    _not_oneself(official, by)
    with transaction.atomic():
        official.set_password(password)
        official.save(update_fields=["password"])
        record("set_password", official, by=by, on=on)


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
        raise Refusal(
            "自己的岗位和密码要由另一位管理员改",
            "Another administrator changes your own roles and password",
            code="official.oneself",
        )
