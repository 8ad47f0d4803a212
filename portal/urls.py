"""Addresses of this room."""

from django.urls import path

from portal.views import (
    application,
    bulk,
    counter,
    county,
    entitlement,
    facts,
    family,
    held,
    home,
    missed,
    new_family,
    notices,
    papers,
    public,
    reveal,
    worklist,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("counter/", counter.counter, name="counter"),
    path("counter/new-family/", new_family.new_family, name="new_family"),
    path("families/<int:pk>/", family.family, name="family"),
    path("families/<int:pk>/held/", held.held, name="held"),
    path("families/<int:pk>/apply/", family.apply, name="apply"),
    path("families/<int:pk>/applications/<int:application>/", family.draft, name="draft"),
    path("families/<int:pk>/applications/<int:application>/papers/", family.add_paper, name="add_paper"),
    path("families/<int:pk>/applications/<int:application>/note/", family.keep_note, name="keep_note"),
    path("families/<int:pk>/applications/<int:application>/submit/", family.submit, name="submit"),
    path("families/<int:pk>/facts/<slug:kind>/", facts.fact, name="fact"),
    path("families/<int:pk>/entries/<int:fact>/withdraw/", facts.withdraw, name="withdraw_fact"),
    path("applications/<int:pk>/", application.application, name="application"),
    path("applications/<int:pk>/<slug:move>/", application.step, name="step"),
    path("entitlements/<int:pk>/<slug:move>/", entitlement.entitlement_step, name="entitlement_step"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("worklist/confirm/", bulk.bulk, name="bulk"),
    path("notices/", notices.notices, name="notices"),
    path("notices/close/", notices.close_due, name="close_due"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/post/<int:version>/<str:township>/", notices.post, name="post_notice"),
    path("county/", county.overview, name="county"),
    path("county/not-applied/", missed.missed, name="missed"),
    path("reveal/<slug:what>/<int:pk>/", reveal.reveal, name="reveal"),
    path("progress/", public.progress, name="progress"),
    path("progress/<str:token>/", public.progress_by_slip, name="progress_by_slip"),
    path("guide/", public.guide, name="guide"),
]
