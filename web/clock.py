"""The business day. Only doors (views, tasks, commands) ask; everything below is told."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The fixed day of the sample season where one is set, else today in Shanghai."""
    fixed: date | None = settings.BUSINESS_DAY
    return fixed or datetime.now(SHANGHAI).date()
