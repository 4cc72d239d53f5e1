"""What `make demo` prints: where to go, whom to sign in as, the companion's link and its QR."""

import io

import segno

from meetings.live.models import Meeting
from meetings.people import links
from server.demo.city import City
from server.demo.people import People, demo_password

COMPANION_VENUE = "V-EAST"

WORDS = """
共商 Gongshang: the demo city 澄湾市 (everything in it is invented)

  Address    {address}
  Password   {password}   the same for all accounts below, kept in the data folder; demo accounts keep it

{accounts}

  Meeting    {title}
             {address}/room/{meeting}

  Companion  a member's telephone in {venue}: scan, sign in as {seated}
             {companion}
{qr}
  Company    one person alone sees and hears a live meeting: open the lobby, then, in another terminal,
             .venv/bin/python manage.py demo_bots {meeting} {bots} --url {address} --password {password}
             and admit them as host
"""

BOTS = ("leader", "m03", "m24", "venue:clerk-north")
"""Who keeps one company: remote people with cameras, and a venue."""


def card(*, city: City, people: People, meeting: Meeting, address: str) -> str:
    """The text."""
    venue = people.venues[COMPANION_VENUE]
    companion = f"{address}/c/{links.venue_token(meeting=meeting.pk, venue=venue.pk)}"
    qr = io.StringIO()
    segno.make(companion, error="l").terminal(qr, border=2, compact=True)
    seated = [each.username for each in city.members if each.venue == COMPANION_VENUE]
    return WORDS.format(
        address=address,
        password=demo_password().text,
        accounts=_accounts(city),
        title=meeting.title,
        meeting=meeting.pk,
        venue=venue.name,
        bots=" ".join(BOTS),
        seated=", ".join(seated),
        companion=companion,
        qr=qr.getvalue().rstrip("\n"),
    )


def _accounts(city: City) -> str:
    by_role = {each.role: each.username for each in [*city.staff, *city.officers]}
    clerks = {venue.clerk: venue.name for venue in city.venues}
    venues = [each for each in city.staff if each.id in clerks]
    departments = city.departments
    rows = [
        ("主持人 host", by_role["HOST"]),
        ("秘书 secretary", by_role["SECRETARY"]),
        ("记录员 recorder, 技术 technician", f"{by_role['RECORDER']}, {by_role['TECH']}"),
        ("委员 members", f"{city.members[0].username} … {city.members[-1].username}"),
        ("领导 leader", city.leaders[0].username),
        ("部门 departments", f"{departments[0].username} … {departments[-1].username}"),
        ("专家 experts", ", ".join(each.username for each in city.experts)),
        *((f"联络员 {clerks[each.id]}", each.username) for each in venues),
        ("督查 supervision", by_role["SUPERVISION_OFFICER"]),
        ("审计、管理 auditor, administrators", ", ".join(each.username for each in city.officers)),
    ]
    width = max(_width(label) for label, _ in rows) + 3
    return "\n".join(f"  {label}{' ' * (width - _width(label))}{names}" for label, names in rows)


def _width(text: str) -> int:
    """Columns in a terminal, where a Chinese character takes two."""
    return sum(2 if ord(each) > 0x2E80 else 1 for each in text)
