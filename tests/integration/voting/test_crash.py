"""A process that dies at any statement of a ballot leaves either the whole ballot or none of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.integration.voting.polls import prepared
from tests.story import new_room
from voting.models import Ballot, Participation, Tally

ROOT = Path(__file__).parent.parent.parent.parent

MORTALS = """
import os, sys
import django
django.setup()
from django.db import connection
from meetings.live.commands import parse
from meetings.live.execute import execute

def vote(meeting, voter, poll, deadline):
    writes = 0

    def die(run, sql, params, many, context):
        nonlocal writes
        writes += sql.split()[0] in ("INSERT", "UPDATE")
        if writes == deadline:
            os._exit(9)
        return run(sql, params, many, context)

    command = parse({"type": "voting.cast", "poll": poll, "choices": [1]})
    with connection.execute_wrapper(die):
        execute(meeting_id=meeting, actor=voter, command_id="a", command=command)

for line in sys.stdin:
    meeting, voter, poll, deadline = line.split()
    child = os.fork()  # nothing is connected yet: the child opens the database by itself
    if child == 0:
        vote(meeting, voter, poll, int(deadline))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def mortals() -> Iterator["subprocess.Popen[str]"]:
    """A server of processes that cast a ballot and end, like by kill -9, before their n-th write."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite://{database['NAME']}"
    else:
        login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
        url = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ,
        "GONGSHANG_DATABASE_URL": url,
        "GONGSHANG_DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "server.settings.test",
    }
    with subprocess.Popen(
        [sys.executable, "-c", MORTALS],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["SECRET", "NAMED"])
def test_a_death_at_any_write_leaves_no_half_of_a_ballot(mode: str, mortals: "subprocess.Popen[str]") -> None:
    room = new_room()
    host, li = room.host(), room.member("李春分")
    poll = prepared(room, host, mode=mode).opens()

    def exit_code(deadline: int) -> int:
        assert mortals.stdin
        assert mortals.stdout
        mortals.stdin.write(f"{room.meeting_id} {li.id} {poll.id} {deadline}\n")
        mortals.stdin.flush()
        return int(mortals.stdout.readline())

    deaths = 0
    while (code := exit_code(deaths + 1)) == 9:
        deaths += 1
        assert not Participation.objects.exists()
        assert not Ballot.objects.exists()
        assert not Tally.objects.exclude(count=0).exists()
    # The poll's lock, the participation, and the counter or the ballot: three writes, and then it came through.
    assert (code, deaths) == (0, 3)
    assert poll.answered_by(li, 1, command_id="a") == {"received": True}
    result = poll.closes()
    assert (result["counts"], result["participated"]) == ([0, 1, 0], 1)
