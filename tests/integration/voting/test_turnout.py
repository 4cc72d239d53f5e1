"""The turnout on its way to the screens: a number after the commit, at most once a second."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.test import override_settings

from meetings.live import bell
from tests.integration.voting.polls import prepared
from tests.story import new_room


@pytest.fixture(autouse=True)
def _layer_of_one_process() -> Iterator[None]:
    """The listener looks into the layer itself, so it must be the one in memory."""
    with override_settings(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}):
        yield


class Listener:
    """What a web process would hear from the channel layer."""

    def __init__(self) -> None:
        self.layer = get_channel_layer()
        self.channel = async_to_sync(self.layer.new_channel)("test")
        async_to_sync(self.layer.group_add)(bell.GROUP, self.channel)

    def volatile(self) -> list[dict[str, Any]]:
        """The volatile messages so far."""
        waiting = self.layer.channels.get(self.channel)
        heard = [waiting.get_nowait()[1] for _ in range(waiting.qsize())] if waiting else []
        return [message for message in heard if message["type"] == "volatile"]


@pytest.mark.django_db(transaction=True)
def test_a_number_is_told_and_not_after_every_ballot() -> None:
    room = new_room()
    host, voters = room.host(), [room.member(f"委员{number}") for number in range(6)]
    poll = prepared(room, host, mode="NAMED").opens()
    listener = Listener()
    for voter in voters:
        poll.answered_by(voter, 1)
    heard = listener.volatile()
    # Six ballots take far less than a second; on a machine that stalls a second message may slip in, never six.
    assert 1 <= len(heard) <= 2
    assert heard[0]["kind"] == "turnout"
    assert heard[0]["data"] == {"poll": poll.id, "participated": 1, "eligible": 6}
    assert set(heard[0]) == {"type", "meeting", "kind", "data", "audience"}


@pytest.mark.django_db(transaction=True)
def test_a_ballot_sent_again_or_refused_tells_nothing() -> None:
    room = new_room()
    host, li = room.host(), room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 1, command_id="a")
    cache.clear()  # the second is over
    listener = Listener()
    poll.answered_by(li, 1, command_id="a")
    with pytest.raises(Exception, match="ALREADY_VOTED"):
        poll.answered_by(li, 1, command_id="b")
    assert listener.volatile() == []
