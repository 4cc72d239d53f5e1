"""The self-test 网络与设备检测 over HTTP: which ways there are, and a mirror at the media worker to try them with.

Only for people who could come to a meeting: signed in, with a guest's seat, or with a guest's link in hand (which is
not used up by it). Nothing is kept; a ticket is a signature.
"""

import secrets
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from ninja import Field, Router, Schema

from meetings.live import access
from meetings.people import links
from meetings.stage import probing
from meetings.stage.relays import configured
from meetings.stage.turn import Way, ice_servers
from server.accounts.models import Account
from server.core import clock
from server.core.errors import Code, Refused

router = Router(tags=["check"])

TICKET_SECONDS = 90
TESTS = 6
"""For one person in `WINDOW` seconds."""
WINDOW = 600
MIRRORS = 8
"""For one ticket: each way once, and again for a browser that stumbled."""
CREDENTIALS = timedelta(minutes=5)
_SALT = "gongshang.check"


class Begin(Schema):
    """Who is not signed in may bring a guest's link."""

    token: str = Field(default="", max_length=200)


class IceServerOut(Schema):
    """As `RTCPeerConnection` wants it."""

    urls: list[str]
    username: str
    credential: str


class WayOut(Schema):
    """A way through a relay, and the servers for it."""

    way: Way
    servers: list[IceServerOut]


class Ticket(Schema):
    """A permission to measure, for a short while."""

    ticket: str
    relays: list[WayOut]


class Offer(Schema):
    """A test connection."""

    ticket: str = Field(max_length=500)
    sdp: str = Field(max_length=100_000)


class Answer(Schema):
    """The mirror's answer."""

    sdp: str


@router.post("/begin", response=Ticket)
def begin(request: HttpRequest, body: Begin) -> Ticket:
    """Begin a self-test: a ticket, and the servers of each way with credentials for some minutes."""
    who = _who(request, body.token)
    if _counted(f"check:{who}", seconds=WINDOW) > TESTS:
        raise Refused(Code.TOO_MANY)
    relays = configured()
    ways = []
    for way in relays.ways:
        servers = ice_servers(relays.by(way), who=f"check:{who}", now=clock.now(), lifetime=CREDENTIALS)
        ways.append(WayOut(way=way, servers=[IceServerOut(**each) for each in servers]))
    return Ticket(ticket=signing.dumps(secrets.token_hex(8), salt=_SALT), relays=ways)


@router.post("/probe", response=Answer)
def probe(request: HttpRequest, body: Offer) -> Answer:
    """Open a mirror at the media worker for one test connection."""
    try:
        ticket = signing.loads(body.ticket, salt=_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        raise Refused(Code.CHECK_EXPIRED) from None
    if _counted(f"check-ticket:{ticket}", seconds=TICKET_SECONDS) > MIRRORS:
        raise Refused(Code.TOO_MANY)
    return Answer(sdp=async_to_sync(probing.mirror)(body.sdp))


def _who(request: HttpRequest, token: str) -> str:
    user = request.user
    if isinstance(user, Account) and user.is_active:
        return str(user.pk)
    for participant, _ in request.session.get(access.GUEST_SEATS, {}).values():
        return str(participant)
    if token:
        return str(links.holder_of(token, clock.now()).pk)
    raise Refused(Code.NOT_SIGNED_IN)


def _counted(key: str, *, seconds: int) -> int:
    """How often this was done within the window, now included."""
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # the window closed between the two
        return 1
