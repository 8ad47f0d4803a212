"""Steps of the road, for stories that begin further along."""

from datetime import date

from applications import judging
from applications.models import Application
from applications.services import counter, county, township
from beneficiaries.models import Household
from tests import factories as make

DAY = date(2026, 8, 18)
POSTED = date(2026, 8, 20)
OVER = date(2026, 8, 28)
DECIDED = date(2026, 8, 31)


def opened(household: Household, record: int | None = None) -> Application:
    """A draft for the household's one right, or the one that ``record`` gives."""
    judged = [one for one in judging.judge_household(household, on=DAY) if record in (None, one.record)]
    right = next((one for one in judged if one.may_pass), judged[0])
    return counter.open_application(right, by=make.actor("clerk"), on=DAY)


def submitted(household: Household) -> Application:
    return counter.submit(opened(household), by=make.actor("clerk"), on=DAY)


def reviewed(household: Household) -> Application:
    return township.review(submitted(household), by=make.actor("township_reviewer"), on=DAY)


def on_notice(household: Household) -> Application:
    application = reviewed(household)
    township.post_notice(application.version, make.MAZHAO, by=make.actor("township_reviewer"), on=POSTED)
    return again(application)


def notice_over(household: Household) -> Application:
    application = on_notice(household)
    township.close_due_notices(on=OVER, by=make.actor("township_reviewer"))
    return again(application)


def rechecked(household: Household) -> Application:
    return county.recheck(notice_over(household), by=make.actor("county_checker"), on=OVER)


def again(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)
