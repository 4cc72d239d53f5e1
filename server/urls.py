"""Addresses."""

from django.urls import path, re_path

from meetings.stage import metrics
from server import pages
from server.api import api

urlpatterns = [
    path("api/", api.urls),
    path("metrics", metrics.page),
    path("c/<str:token>", pages.companion),
    path("companion", pages.companion),
    re_path(r"^(?!api/|ws/|static/)(?P<path>.*)$", pages.app),
]
