"""The people of the demo city: organisation, sectors, units, venues, persons with their accounts and offices.

Everything is found again by name, so that it may run as often as one likes.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from meetings.people.models import Venue
from server.accounts.models import (
    UNRANKED,
    Account,
    Appointment,
    Committee,
    Member,
    Organization,
    OrganizationRole,
    Person,
    Sector,
    Unit,
)
from server.demo.city import City, Someone

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is easily mistaken on a telephone's keyboard."""


@dataclass(frozen=True)
class People:
    """Rows by their id in the city's file."""

    organization: Organization
    persons: dict[str, Person]
    venues: dict[str, Venue]


@dataclass(frozen=True)
class Password:
    """The one password of all demo accounts."""

    text: str
    is_new: bool


def demo_password() -> Password:
    """The password kept in `DATA_DIR/demo_password`, made on first use: a demo must not have a known one either."""
    path: Path = settings.DATA_DIR / "demo_password"
    if path.exists():
        return Password(path.read_text().strip(), is_new=False)
    text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
    return Password(text, is_new=True)


def settle(city: City) -> People:
    """Everybody who lives there."""
    facts = city.organisation
    organization, _ = Organization.objects.get_or_create(
        name=facts.name, defaults={"short_name": facts.short, "brand": facts.brand, "is_demo": True}
    )
    for child in city.children:
        Organization.objects.get_or_create(
            name=child.name, defaults={"short_name": child.name, "parent": organization, "is_demo": True}
        )
    Committee.objects.get_or_create(organization=organization, name=city.topic.owner)
    venues = {
        venue.id: Venue.objects.get_or_create(
            organization=organization,
            name=venue.name,
            defaults={"type": venue.type, "capacity": venue.capacity, "network": venue.network},
        )[0]
        for venue in city.venues
    }
    return People(organization=organization, persons=_persons(city, organization), venues=venues)


def _persons(city: City, organization: Organization) -> dict[str, Person]:
    town = _Town(organization)
    for leader in city.leaders:
        town.moves_in(leader, ranked=True)
    for person in [*city.staff, *city.officers]:
        town.moves_in(person, ranked=True)
        # Staff roles of a meeting are not offices; SECRETARY and the like are both.
        if person.role in set(OrganizationRole):
            town.holds(person.id, OrganizationRole(person.role))
    sectors = {
        sector.id: Sector.objects.get_or_create(
            organization=organization, name=sector.name, defaults={"position": position}
        )[0]
        for position, sector in enumerate(city.sectors)
    }
    for member in city.members:
        Member.objects.get_or_create(
            person=town.moves_in(member), organization=organization, defaults={"sector": sectors[member.sector]}
        )
    for position, department in enumerate(city.departments):
        unit, _ = Unit.objects.get_or_create(
            organization=organization, name=department.unit, defaults={"position": position}
        )
        someone = Someone(id=department.id, name=department.rep, username=department.username, title=department.title)
        town.moves_in(someone, unit=unit)
        town.holds(department.id, OrganizationRole.UNIT_HANDLER)
    for expert in city.experts:
        town.moves_in(expert)
    return town.persons


class _Town:
    """Persons with accounts; the ranked ones in protocol order of their arrival."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self.persons: dict[str, Person] = {}
        password = demo_password()
        # One hash for all: sixty slow hashes of one and the same password would protect nothing.
        self._hash = make_password(password.text)
        self._known = {
            account.username: account
            for account in Account.objects.filter(person__organization=organization).select_related("person")
        }
        if password.is_new:
            Account.objects.filter(person__organization=organization).update(password=self._hash)

    def moves_in(self, someone: Someone, *, unit: Unit | None = None, ranked: bool = False) -> Person:
        account = self._known.get(someone.username)
        if account is None:
            person = Person.objects.create(
                organization=self.organization,
                name=someone.name,
                title=someone.title,
                unit=unit,
                protocol_order=len(self.persons) + 1 if ranked else UNRANKED,
            )
            # A demo account keeps the demo's password: nobody has to invent one to look around.
            account = Account.objects.create(
                username=someone.username, person=person, password=self._hash, must_change_password=False
            )
        self.persons[someone.id] = account.person
        return account.person

    def holds(self, who: str, role: OrganizationRole) -> None:
        Appointment.objects.get_or_create(person=self.persons[who], organization=self.organization, role=role)
