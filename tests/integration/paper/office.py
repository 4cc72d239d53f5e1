"""Words to tell the office's stories in: people with accounts and offices, a meeting that was held, and its paper."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client

from meetings.live.execute import execute
from meetings.minutes.commands import RecordIssue
from meetings.minutes.models import Minutes
from server.accounts.models import Account, Appointment, Organization, OrganizationRole, Person, Unit
from tests.story import PASSWORD, Room, Somebody, new_room

O = OrganizationRole  # noqa: E741
UNIT = "市发展和改革委员会"


@dataclass
class Desk:
    """Somebody at a browser, signed in."""

    account: Account
    client: Client

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        """Read."""
        answer = self.client.get(f"/api{path}", query)
        return answer.status_code, json.loads(answer.content or b"{}")

    def send(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        """Write."""
        answer = self.client.generic(method, f"/api{path}", json.dumps(body), content_type="application/json")
        return answer.status_code, json.loads(answer.content or b"{}")

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        """Write with POST."""
        return self.send("POST", path, **body)


def organization() -> Organization:
    found, _ = Organization.objects.get_or_create(
        name="政协澄湾市委员会", defaults={"short_name": "澄湾市政协", "brand": "澄心商量"}
    )
    return found


def desk(name: str, *offices: OrganizationRole, unit: str | None = None, person: Person | None = None) -> Desk:
    """A person of 澄湾市 with offices, signed in."""
    place = organization()
    if person is None:
        row = Unit.objects.get_or_create(organization=place, name=unit)[0] if unit else None
        person = Person.objects.create(organization=place, name=name, unit=row)
    for office in offices:
        Appointment.objects.create(person=person, organization=person.organization, role=office)
    account = Account.objects.create_user(
        username=f"{name}-{uuid.uuid4().hex[:6]}", password=PASSWORD, person=person, must_change_password=False
    )
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return Desk(account, client)


def stranger() -> Desk:
    """Somebody of another city."""
    other, _ = Organization.objects.get_or_create(name="政协远山市委员会", defaults={"short_name": "远山市政协"})
    return desk("远客", person=Person.objects.create(organization=other, name="远客"))


@dataclass
class Held:
    """A meeting that was held, with the people who matter afterwards."""

    room: Room
    host: Somebody
    member: Somebody
    secretary: Desk
    opinion: str

    def minutes(self) -> str:
        """Its minutes, drafted."""
        status, body = self.secretary.post("/minutes/draft", meeting=str(self.room.meeting_id))
        assert status == 200, body
        return str(body["id"])


def held_meeting(secretary: Desk | None = None) -> Held:
    """Told by commands: a queue, a speech, an opinion, a promise, and the end."""
    room = new_room()
    secretary = secretary or desk("雪松岗", O.SECRETARY)
    host = room.host()
    main = room.venue(f"市政协机关{uuid.uuid4().hex[:6]}")
    main.type = "main"
    main.save(update_fields=["type"])
    member = room.member("赵立春", venue=main.pk)
    room.member("朱三")
    room.person("褚小暑", present=False)
    recorder = room.person("记录石", "RECORDER")  # type: ignore[arg-type]
    host.does("floor.open")
    host.does("floor.request", kind="SCHEDULED", topic="强化规划引领", participant=str(member.id))
    host.does("floor.call")
    member.does("floor.finish")
    noted = recorder.does(
        "record.note_opinion", text="公布三年建设清单", aspect="强化规划引领", speaker=str(member.id)
    ).result
    recorder.does("record.note_commitment", unit_name=UNIT, text="年内完成专项规划", due="2026-12-31")
    host.does("meeting.end")
    assert noted
    return Held(room, host, member, secretary, noted["opinion"])


def issued(held: Held, *, rows: list[dict[str, Any]] | None = None) -> str:
    """The minutes of a held meeting, written, submitted and issued."""
    minutes = held.minutes()
    if rows is not None:
        status, body = held.secretary.send(
            "PUT", f"/minutes/{minutes}/blocks/SUGGESTED_TASKS", version=1, text="", rows=rows
        )
        assert status == 200, body
    assert held.secretary.post(f"/minutes/{minutes}/submit")[0] == 204
    status, body = held.secretary.post(f"/minutes/{minutes}/issue")
    assert status == 200, body
    return minutes


def issue_directly(minutes: Minutes, number: int) -> None:
    """As the endpoint does it, for threads."""
    assert minutes.steps.exists()
    by = minutes.steps.all()[0].by_id
    command = RecordIssue(minutes=minutes.pk, by=by, number=number)
    execute(meeting_id=minutes.meeting_id, actor=None, command_id=str(uuid.uuid4()), command=command)
