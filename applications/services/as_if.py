"""Next year's version on today's register: tried as if it were in force already.

A version whose days all lie ahead reaches nobody on the register yet: tried as it stands it would give nobody anything.
"""

from dataclasses import replace
from datetime import date

from programs import language
from programs.language.columns import day_number
from programs.language.forms import Period, Policy
from programs.queries import Loaded

LONG_AGO = day_number(date(1900, 1, 1))


def begins_later(policy: Policy, on: date) -> bool:
    """Whether every day that the policy reaches lies after ``on``."""
    first = [period.start for period in (policy.in_force, policy.cohort) if period is not None]
    return min(first) > day_number(on)


def as_if_today(program: language.Program, beside: Loaded | None, on: date) -> language.Program:
    """The program with the days of the version in force ``beside`` it, where its own all lie ahead; else as it is.

    Its time, its fixed day and the first day to apply move; the last day stays, and so does a year that a condition names.
    """
    policy = program.policy
    if not begins_later(policy, on):
        return program
    now = beside.program.policy if beside else None
    judged_on: str | int = policy.judged_on
    if isinstance(judged_on, int):
        judged_on = now.judged_on if now and isinstance(now.judged_on, int) else day_number(on)
    moved = replace(
        policy,
        in_force=now.in_force if now else Period(LONG_AGO, policy.in_force.end),
        cohort=now.cohort if now else None,
        judged_on=judged_on,
        apply=replace(policy.apply, from_day=None),
    )
    return language.compile(moved)
