"""Links over HTTP: making and taking up a guest's link, the venue's QR, and people to invite by name."""

import io
from operator import attrgetter
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from meetings.live import access, bell
from meetings.live.api import seat_of
from meetings.live.models import Meeting, Participant
from meetings.live.roles import Role
from meetings.people import links
from meetings.people.models import MeetingVenue, Venue
from server.accounts.guard import signed_in
from server.accounts.models import Person
from server.core import clock, ids
from server.core.addresses import address_of
from server.core.errors import Code, Refused, refuse
from server.core.rates import Rate

router = Router(tags=["people"])

LINKS_MADE = Rate("guest-link", most=60, seconds=60)
"""For each participant who makes them."""
LINKS_TAKEN_UP = Rate("take-up", most=120, seconds=300)
LINKS_READ = Rate("venue-link", most=600, seconds=300)
"""For each address: a venue's people all scan its QR within minutes, behind one address."""
INVITERS = frozenset({Role.HOST, Role.CO_HOST, Role.SECRETARY})


class PersonOut(Schema):
    """Somebody who can be invited."""

    id: str
    name: str
    title: str
    unit: str
    sector: str


class VenueOut(Schema):
    """A venue of the organisation."""

    id: str
    name: str
    type: str


class LinkOut(Schema):
    """A link, as a path on this server."""

    path: str


class VenueLinkOut(Schema):
    """What a venue's QR leads to."""

    meeting: str
    title: str
    venue: str
    venue_name: str


class Token(Schema):
    """The secret of a link."""

    token: str


class Seat(Schema):
    """The seat that a link opened."""

    meeting: str
    name: str


@router.get("/directory", response=list[PersonOut])
def directory(request: HttpRequest, q: str = "") -> list[PersonOut]:
    """People of the own organisation whose name contains `q`: by protocol, then by strokes."""
    account = signed_in(request)
    rows = Person.objects.filter(organization_id=account.person.organization_id, name__contains=q.strip())
    people = sorted(rows.select_related("unit").prefetch_related("memberships__sector"), key=attrgetter("position"))
    found = []
    for person in people[:200]:
        sectors = [membership.sector.name for membership in person.memberships.all()]
        found.append(
            PersonOut(
                id=str(person.pk),
                name=person.name,
                title=person.title,
                unit=person.unit.name if person.unit else "",
                sector=sectors[0] if sectors else "",
            )
        )
    return found


@router.get("/venues", response=list[VenueOut])
def venues(request: HttpRequest) -> list[VenueOut]:
    """Venues of the own organisation."""
    account = signed_in(request)
    rows = Venue.objects.filter(organization_id=account.person.organization_id).order_by("name")
    return [VenueOut(id=str(row.pk), name=row.name, type=row.type) for row in rows]


@router.post("/{meeting_id}/guests/{participant_id}/link", response=LinkOut)
def guest_link(request: HttpRequest, meeting_id: UUID, participant_id: UUID) -> LinkOut:
    """A fresh single-use link for a guest; shown once, the one before stops working."""
    me = seat_of(request, meeting_id)
    if me.role not in INVITERS:
        raise Refused(Code.NOT_ALLOWED)
    LINKS_MADE.take(me.pk)
    guest = Participant.objects.filter(meeting_id=meeting_id, pk=participant_id, person=None).first()
    if guest is None:
        raise Refused(Code.NOT_FOUND, what="participant")
    path = f"/j/{links.new_guest_link(guest)}"
    bell.expel(meeting_id, guest.pk)
    return LinkOut(path=path)


@router.post("/guest", response=Seat)
def take_up(request: HttpRequest, body: Token) -> Seat:
    """Take up a guest's link: this browser now holds the guest's seat."""
    LINKS_TAKEN_UP.take(address_of(request))
    guest = links.take_up(body.token, clock.now())
    seats = dict(request.session.get(access.GUEST_SEATS, {}))
    seats[str(guest.meeting_id)] = [str(guest.pk), ids.token_digest(body.token)]
    request.session.cycle_key()
    request.session[access.GUEST_SEATS] = seats
    return Seat(meeting=str(guest.meeting_id), name=guest.name)


def _venue_here(request: HttpRequest, meeting_id: UUID, venue_id: UUID) -> MeetingVenue:
    me = seat_of(request, meeting_id)
    own = me.role == Role.VENUE_CLERK and me.venue == venue_id
    if me.role not in INVITERS and not own:
        raise Refused(Code.NOT_ALLOWED)
    row = MeetingVenue.objects.filter(meeting_id=meeting_id, venue_id=venue_id).first()
    return row or refuse(Code.NOT_FOUND, what="venue")


@router.get("/{meeting_id}/venues/{venue_id}/link", response=LinkOut)
def venue_link(request: HttpRequest, meeting_id: UUID, venue_id: UUID) -> LinkOut:
    """The link in a venue's QR, for its clerk and the staff."""
    row = _venue_here(request, meeting_id, venue_id)
    return LinkOut(path=f"/c/{links.venue_token(meeting=row.meeting_id, venue=row.venue_id)}")


@router.get("/{meeting_id}/venues/{venue_id}/qr.svg")
def venue_qr(request: HttpRequest, meeting_id: UUID, venue_id: UUID) -> HttpResponse:
    """The venue's QR as a picture."""
    row = _venue_here(request, meeting_id, venue_id)
    path = f"/c/{links.venue_token(meeting=row.meeting_id, venue=row.venue_id)}"
    picture = io.BytesIO()
    segno.make(request.build_absolute_uri(path), error="m").save(picture, kind="svg", scale=6, border=2)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@router.get("/venue-link/{token}", response=VenueLinkOut)
def read_venue_link(request: HttpRequest, token: str) -> VenueLinkOut:
    """What a scanned QR leads to; says nothing but the meeting's and the venue's names."""
    LINKS_READ.take(address_of(request))
    meeting_id, venue_id = links.venue_of(token)
    meeting = Meeting.objects.filter(pk=meeting_id).first()
    venue = Venue.objects.filter(pk=venue_id).first()
    if meeting is None or venue is None:
        raise Refused(Code.LINK_UNKNOWN)
    return VenueLinkOut(meeting=str(meeting.pk), title=meeting.title, venue=str(venue.pk), venue_name=venue.name)
