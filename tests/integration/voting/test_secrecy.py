"""What a database reader and the people in charge can learn of a secret ballot: nothing that ties it to a person.

The first half looks at the rows as they lie on disk, where the product has no say: SQLite's rowid, PostgreSQL's xmin
and ctid. The second half crawls what the product itself gives out.
"""

import json
import logging
import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from meetings.live import journal, snapshots
from meetings.live.models import CommandReceipt, JournalEntry
from meetings.live.roles import Audience, Role
from server.core.errors import Code, Refused
from tests.integration.voting.polls import Asked, prepared
from tests.story import Room, Somebody, new_room
from voting.models import Participation, Poll

Link = tuple[str, int]


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def host(room: Room) -> Somebody:
    return room.host()


def asked_twelve(room: Room, host: Somebody) -> tuple[Asked, list[Somebody]]:
    voters = [room.member(f"委员{number:02}") for number in range(12)]
    return prepared(room, host).opens(), voters


def rows_as_they_lie(poll: Asked) -> list[str]:
    """The participants in the order in which their rows lie on disk."""
    position = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT participant_id FROM voting_participation WHERE poll_id = %s ORDER BY {position}",  # noqa: S608
            [poll.row.pk if connection.vendor == "postgresql" else poll.row.pk.hex],
        )
        return [str(row[0]).replace("-", "") for row in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_after_closing_rows_lie_in_an_order_that_says_nothing(room: Room, host: Somebody) -> None:
    poll, voters = asked_twelve(room, host)
    for number, voter in enumerate(voters):
        poll.answered_by(voter, number % 3)
    cast_order = [voter.id.hex for voter in voters]
    keys = set(Participation.objects.values_list("pk", flat=True))
    # The control: while the poll is open the order of casting is there to be read.
    assert rows_as_they_lie(poll) == cast_order
    poll.closes()
    fresh = list(Participation.objects.order_by("pk").values_list("pk", "participant_id", "command_ids"))
    # They lie in the order of random keys made at closing, so in one that has nothing to do with casting.
    assert rows_as_they_lie(poll) == [participant.hex for _, participant, _ in fresh]
    assert not keys & {pk for pk, _, _ in fresh}
    assert all(command_ids == [] for _, _, command_ids in fresh)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="xmin is PostgreSQL's; SQLite's rowid is tested above")
def test_after_closing_transaction_ids_join_nobody_to_a_count(room: Room, host: Somebody) -> None:
    poll, voters = asked_twelve(room, host)
    for voter in voters:
        poll.answered_by(voter, 1)
    # The control: while the poll is open the last participation and the counter share a transaction, and it is unique.
    assert len(joined(poll, "voting_tally")) == 1
    poll.closes()
    assert joined(poll, "voting_tally") == []
    # What is left with a number in it, the poll, was written by the transaction that wrote all participations.
    assert len(joined(poll, "voting_poll", key="id")) in (0, len(voters))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM voting_participation WHERE poll_id = %s", [poll.id])
        assert cursor.fetchone() == (1,)


def joined(poll: Asked, table: str, key: str = "poll_id") -> list[Link]:
    """Participations and rows of another table that one transaction wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.participant_id, 1 FROM voting_participation p JOIN {table} t ON t.xmin::text = p.xmin::text"  # noqa: S608
            f" WHERE p.poll_id = %s AND t.{key} = p.poll_id",
            [poll.id],
        )
        return [(str(row[0]), row[1]) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_no_row_anywhere_holds_a_person_and_a_choice() -> None:
    """Two worlds that differ only in who chose what have the same tables, whether the poll is open or closed."""
    worlds = []
    for choices in ([0, 2], [2, 0]):
        room = new_room()
        people = [room.member("李春分"), room.member("王小满")]
        poll = prepared(room, room.host()).opens()
        for somebody, choice in zip(people, choices, strict=True):
            poll.answered_by(somebody, choice, command_id=f"of {somebody.row.name}")
        while_open = tables(poll, people)
        poll.closes()
        worlds.append((while_open, tables(poll, people)))
    assert worlds[0] == worlds[1]


def tables(poll: Asked, people: list[Somebody]) -> dict[str, list[str]]:
    """All rows of the slice that belong to the poll, without their random keys and the words that name the world."""
    names = {str(person.id): person.row.name for person in people} | {poll.id: "poll"}
    found = {}
    for model in apps.get_app_config("voting").get_models():
        if model is Poll:
            continue
        rows = []
        for row in model._default_manager.filter(poll=poll.id).values():
            row.pop("id")
            rows.append(json.dumps({key: names.get(str(value), value) for key, value in row.items()}, default=str))
        found[model.__name__] = sorted(rows)
    return found


@pytest.mark.django_db(transaction=True)
def test_casting_leaves_no_entry_no_receipt_and_no_line_in_a_log(
    room: Room, host: Somebody, caplog: pytest.LogCaptureFixture
) -> None:
    poll, voters = asked_twelve(room, host)
    before = (JournalEntry.objects.count(), CommandReceipt.objects.count(), room.meeting.seq, room.meeting.head)
    with caplog.at_level(logging.DEBUG):
        for voter in voters:
            poll.answered_by(voter, 2)
        with pytest.raises(Refused) as twice:
            poll.answered_by(voters[0], 1)
        with pytest.raises(Refused) as wrong:
            poll.answered_by(voters[0], 7)
    after = (JournalEntry.objects.count(), CommandReceipt.objects.count(), room.meeting.seq, room.meeting.head)
    assert after == before
    assert (twice.value.code, twice.value.facts) == (Code.ALREADY_VOTED, {})
    assert (wrong.value.code, wrong.value.facts) == (Code.BAD_CHOICE, {})
    said = [record for record in caplog.records if record.name.split(".")[0] in ("voting", "meetings", "server")]
    assert said == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["HOST", "SECRETARY", "RECORDER", "TECH", "AUDITOR", "MEMBER", "OBSERVER"])
def test_nobody_can_ask_for_a_count_before_closing(role: str, client: Client) -> None:
    """Crawl what the product gives out: it is the same whatever was chosen, in answers of the same length."""
    worlds = []
    for choice in (0, 2):
        room = new_room()
        host = room.host()
        me = room.person("查看者", Role(role))
        poll, voters = asked_twelve(room, host)
        for voter in voters:
            poll.answered_by(voter, choice)
        client.force_login(room.account(me, f"crawler{choice}"), backend="django.contrib.auth.backends.ModelBackend")
        worlds.append([crawled(client, path) for path in paths(room, poll)])
        assert crawled(client, f"/api/voting/{room.meeting_id}/polls/{poll.id}/ballots")[0] in (403, 404)
        said = "".join(event.text(Audience.STAFF) for event in journal.read(room.meeting_id, after=0))
        assert "counts" not in said
        assert not any(str(voter.id) in said for voter in voters)
        assert not any(str(voter.id) in snapshot_of_voting(room) for voter in voters)
    assert worlds[0] == worlds[1]


def paths(room: Room, poll: Asked) -> list[str]:
    base = f"/api/voting/{room.meeting_id}"
    return [f"{base}/mine", f"{base}/turnout", f"{base}/polls/{poll.id}/ballots", f"/api/live/{room.meeting_id}/state"]


def crawled(client: Client, path: str) -> tuple[int, str]:
    """The answer with everything random in it blanked out."""
    answer = client.get(path)
    text = re.sub(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[-0-9]{10}T[:.0-9]+Z", "*", answer.content.decode()
    )
    return answer.status_code, text if "state" not in path else blank_order(text)


def blank_order(text: str) -> str:
    """A snapshot's objects are keyed by random ids: compare them as sets."""
    return "".join(sorted(text))


def snapshot_of_voting(room: Room) -> str:
    return json.dumps([json.loads(snapshots.take(room.meeting_id, audience).text)["voting"] for audience in Audience])
