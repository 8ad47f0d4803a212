"""Every address, by room."""

from django.conf.urls.i18n import set_language
from django.urls import include, path

from officials.access import public

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("officials.urls")),
    path("lists/", include("beneficiaries.urls")),
    path("policies/", include("programs.urls")),
    path("payments/", include("payments.urls")),
    path("letters/", include("letters.urls")),
    path("trail/", include("oversight.urls")),
    path("language/", public(set_language), name="set_language"),
]
