"""Every address, by room."""

from django.urls import include, path
from django.views.i18n import set_language

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
