"""Refusals: what the product says no with.

A refusal is a stable code and facts; the sentence a person reads is in the frontend's languages (`errors.<CODE>`).
Programmers' mistakes are ordinary exceptions and never become a refusal.
"""

from enum import StrEnum
from typing import NoReturn


class Code(StrEnum):
    """Every reason for a refusal. The value is on the wire and in the sentences' keys: never rename one."""

    # who is asking
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    LOCKED_OUT = "LOCKED_OUT"
    PASSWORD_TOO_WEAK = "PASSWORD_TOO_WEAK"  # noqa: S105
    PASSWORD_CHANGE_REQUIRED = "PASSWORD_CHANGE_REQUIRED"  # noqa: S105
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_IN_MEETING = "NOT_IN_MEETING"
    LINK_UNKNOWN = "LINK_UNKNOWN"
    LINK_USED = "LINK_USED"
    LINK_EXPIRED = "LINK_EXPIRED"
    BAD_ORIGIN = "BAD_ORIGIN"
    # what was sent
    BAD_FRAME = "BAD_FRAME"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY = "TOO_MANY"
    UNKNOWN_COMMAND = "UNKNOWN_COMMAND"
    BAD_REQUEST = "BAD_REQUEST"
    BAD_TEXT = "BAD_TEXT"
    BAD_PROTOCOL = "BAD_PROTOCOL"
    NOT_FOUND = "NOT_FOUND"
    # the meeting
    WRONG_STATE = "WRONG_STATE"
    NOT_LIVE = "NOT_LIVE"
    NOT_PRESENT = "NOT_PRESENT"
    ALREADY_INVITED = "ALREADY_INVITED"
    HOST_MISSING = "HOST_MISSING"
    # the floor
    QUEUE_CLOSED = "QUEUE_CLOSED"
    ALREADY_WAITING = "ALREADY_WAITING"
    NOBODY_WAITING = "NOBODY_WAITING"
    NOT_SPEAKING = "NOT_SPEAKING"
    WRONG_KIND = "WRONG_KIND"
    PUBLIC_MAY_NOT_ASK = "PUBLIC_MAY_NOT_ASK"
    BOOKED_BEFORE_ONLY = "BOOKED_BEFORE_ONLY"
    REQUEUED_BEFORE = "REQUEUED_BEFORE"
    CALLED_TWICE = "CALLED_TWICE"
    TOO_MANY_MICROPHONES = "TOO_MANY_MICROPHONES"
    # documents
    NOT_A_PDF = "NOT_A_PDF"
    PDF_ENCRYPTED = "PDF_ENCRYPTED"
    TOO_MANY_PAGES = "TOO_MANY_PAGES"
    DOCUMENT_BROKEN = "DOCUMENT_BROKEN"
    DOCUMENT_TOO_COMPLEX = "DOCUMENT_TOO_COMPLEX"
    DOCUMENT_NOT_READY = "DOCUMENT_NOT_READY"
    PAGE_OUT_OF_RANGE = "PAGE_OUT_OF_RANGE"
    MATERIALS_FULL = "MATERIALS_FULL"
    UPLOAD_QUOTA = "UPLOAD_QUOTA"
    UPLOADS_WAITING = "UPLOADS_WAITING"
    # polls
    POLL_CLOSED = "POLL_CLOSED"
    POLL_OPEN_ALREADY = "POLL_OPEN_ALREADY"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NOBODY_ELIGIBLE = "NOBODY_ELIGIBLE"
    ALREADY_VOTED = "ALREADY_VOTED"
    BAD_CHOICE = "BAD_CHOICE"
    # paper and follow-up
    MINUTES_FROZEN = "MINUTES_FROZEN"
    BLOCK_LOCKED = "BLOCK_LOCKED"
    EDIT_CONFLICT = "EDIT_CONFLICT"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    REASON_REQUIRED = "REASON_REQUIRED"
    # the machine
    MEDIA_UNAVAILABLE = "MEDIA_UNAVAILABLE"
    CHECK_BUSY = "CHECK_BUSY"
    CHECK_EXPIRED = "CHECK_EXPIRED"
    INTERNAL = "INTERNAL"


HTTP_STATUS: dict[Code, int] = {
    Code.NOT_SIGNED_IN: 401,
    Code.WRONG_CREDENTIALS: 401,
    Code.LOCKED_OUT: 403,
    Code.PASSWORD_CHANGE_REQUIRED: 403,
    Code.NOT_ALLOWED: 403,
    Code.NOT_IN_MEETING: 403,
    Code.BAD_ORIGIN: 403,
    Code.LINK_UNKNOWN: 404,
    Code.NOT_FOUND: 404,
    Code.LINK_USED: 410,
    Code.LINK_EXPIRED: 410,
    Code.TOO_LARGE: 413,
    Code.TOO_MANY: 429,
    Code.UPLOADS_WAITING: 429,
    Code.BAD_FRAME: 400,
    Code.BAD_REQUEST: 400,
    Code.BAD_TEXT: 400,
    Code.UNKNOWN_COMMAND: 400,
    Code.PASSWORD_TOO_WEAK: 400,
    Code.MEDIA_UNAVAILABLE: 503,
    Code.CHECK_BUSY: 503,
    Code.CHECK_EXPIRED: 410,
    Code.INTERNAL: 500,
}

Fact = str | int | float | bool | None | list[str]


class Refused(Exception):
    """The product says no.

    `code` is stable; `facts` are small JSON values that the sentence for people may show (`minutes=15`).
    """

    def __init__(self, code: Code, **facts: Fact) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code (RFC 9110); 409 where the state of things says no."""
        return HTTP_STATUS.get(self.code, 409)


def refuse(code: Code, **facts: Fact) -> NoReturn:
    """Raise `Refused`: for places where an expression is wanted (`x or refuse(…)`)."""
    raise Refused(code, **facts)
