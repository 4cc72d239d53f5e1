"""The HTTP API: every slice's router under /api, and one shape of error for all.

An error is `{"code": …, "facts": {…}}` with the code's HTTP status; nobody sees a stack trace.
"""

import logging
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.utils import check_csrf

from server.core import text
from server.core.errors import Code, Refused

log = logging.getLogger(__name__)


def csrf_checked(request: HttpRequest) -> bool:
    """Every endpoint that changes something needs the CSRF header: our only credential is a cookie."""
    if check_csrf(request) is not None:
        raise Refused(Code.BAD_ORIGIN)
    return True


class KeptTextParser(Parser):
    """Takes bodies, forms and queries apart as ninja does, and refuses text that cannot be kept."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """JSON."""
        body = super().parse_body(request)
        text.require_kept(body)
        return body

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """A query or a form. Files have names of their own making, see `documents.storage.clean_name`."""
        fields = super().parse_querydict(data, list_fields, request)
        text.require_kept({key: value for key, value in fields.items() if not isinstance(value, UploadedFile)})
        return fields


api = NinjaAPI(
    title="共商", version="1", urls_namespace="api", docs_url=None, openapi_url=None, auth=csrf_checked,
    parser=KeptTextParser(),
)  # fmt: skip

ROUTERS = {
    "accounts": "server.accounts.api",
    "live": "meetings.live.api",
    "consultations": "meetings.consultation.api",
    "people": "meetings.people.api",
    "floor": "meetings.floor.api",
    "documents": "meetings.documents.api",
    "minutes": "meetings.minutes.api",
    "followups": "meetings.followups.api",
    "me": "meetings.followups.home",
    "voting": "voting.api",
    "check": "meetings.stage.check",
}
for prefix, module in ROUTERS.items():
    if find_spec(module):
        api.add_router(f"/{prefix}", import_module(module).router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A refusal with its code and facts."""
    response = api.create_response(request, {"code": error.code.value, "facts": error.facts}, status=error.status)
    if retry_after := error.facts.get("retry_after"):
        response.headers["Retry-After"] = str(retry_after)
    return response


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A missing or malformed field."""
    fields = sorted({str(problem["loc"][-1]) for problem in error.errors})
    return api.create_response(request, {"code": Code.BAD_REQUEST.value, "facts": {"fields": fields}}, status=400)


@api.exception_handler(HttpError)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """A body that cannot be taken apart: no JSON, broken off, too many fields, a name without end."""
    if isinstance(error.__cause__, Refused):  # ours, from the parser
        return refused(request, error.__cause__)
    if isinstance(error, RequestDataTooBig):  # by a server that has no limit of its own in front of us
        return refused(request, Refused(Code.TOO_LARGE, max_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    return refused(request, Refused(Code.BAD_REQUEST, fields=[]))


@api.exception_handler(Exception)
def crashed(request: HttpRequest, error: Exception) -> HttpResponse:
    """A programmer's mistake: the log has the trace, the person has a code."""
    log.error("request %s failed", request.path, exc_info=error)
    return api.create_response(request, {"code": Code.INTERNAL.value, "facts": {}}, status=500)
