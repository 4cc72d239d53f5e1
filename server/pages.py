"""The two pages of the frontend. All addresses outside /api and /ws are the app's, except the companion's own page."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie


def _page(name: str) -> HttpResponse:
    path = Path(settings.STATIC_ROOT) / name
    if not path.exists():
        return HttpResponse("The frontend is not built: run `make build`.", status=503, content_type="text/plain")
    response = HttpResponse(path.read_bytes(), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@ensure_csrf_cookie
def app(request: HttpRequest, path: str = "") -> HttpResponse:
    """The app: sign-in, room, consultations, minutes, tasks."""
    return _page("index.html")


@ensure_csrf_cookie
def companion(request: HttpRequest, token: str = "") -> HttpResponse:
    """The companion of a seat in a venue: a page without any media code."""
    return _page("companion.html")
