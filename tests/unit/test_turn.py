"""Who may use which relay, and until when."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from meetings.stage.turn import LIFETIME, Misconfigured, Relays, Way, ice_servers, way_of

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SECRET = "a-secret-shared-with-coturn"
UDP, TCP, TLS = "turn:t.example:3478?transport=udp", "turn:t.example:3478?transport=tcp", "turns:t.example:443"
RELAYS = Relays.of(turn=[TLS, UDP, TCP], stun=["stun:t.example:3478"], secret=SECRET)


def test_credentials_are_those_of_the_turn_rest_api() -> None:
    stun, turn = ice_servers(RELAYS, who="li", now=NOW)
    assert stun == {"urls": ["stun:t.example:3478"]}
    assert turn["urls"] == [TLS, UDP, TCP]
    ends, _, _ = turn["username"].partition(":")
    assert int(ends) == int((NOW + LIFETIME).timestamp())
    signed = hmac.new(SECRET.encode(), turn["username"].encode(), "sha1").digest()
    assert turn["credential"] == b64encode(signed).decode()


def test_the_name_is_a_pseudonym_that_stays_while_the_end_moves_on() -> None:
    def name(who: str, *, now: datetime = NOW, relays: Relays = RELAYS) -> tuple[str, str]:
        ends, _, whose = ice_servers(relays, who=who, now=now)[1]["username"].partition(":")
        return ends, whose

    later = name("li", now=NOW + timedelta(minutes=5))
    assert name("li")[1] == later[1]
    assert name("li")[0] < later[0]
    assert name("li")[1] != name("wang")[1]
    assert "li" not in name("li-chunfen")[1]
    other_site = Relays.of(turn=[UDP], stun=["stun:x"], secret="another-secret-of-another-site")
    assert name("li", relays=other_site)[1] != name("li")[1]


def test_without_servers_there_are_none_and_no_secret_is_needed() -> None:
    assert ice_servers(Relays.of(turn=[], stun=[], secret=""), who="li", now=NOW) == []
    assert ice_servers(Relays.of(turn=[], stun=["stun:[2001:db8::1]:3478"], secret=""), who="li", now=NOW) == [
        {"urls": ["stun:[2001:db8::1]:3478"]}
    ]


@pytest.mark.parametrize(
    ("url", "way"),
    [
        (UDP, Way.UDP),
        ("turn:t.example", Way.UDP),
        (TCP, Way.TCP),
        (TLS, Way.TLS),
        ("turns:[2001:db8::1]:443?transport=tcp", Way.TLS),
    ],
)
def test_an_address_says_its_way(url: str, way: Way) -> None:
    assert way_of(url) is way
    assert Relays.of(turn=[url], stun=[], secret=SECRET).ways == [way]


def test_the_servers_of_one_way_alone() -> None:
    assert RELAYS.ways == [Way.UDP, Way.TCP, Way.TLS]
    assert [RELAYS.by(way).turn for way in Way] == [(UDP,), (TCP,), (TLS,)]
    assert ice_servers(RELAYS.by(Way.TLS), who="li", now=NOW)[0]["urls"] == [TLS]


@pytest.mark.parametrize(
    ("turn", "stun", "secret"),
    [
        (["https://t.example"], [], SECRET),
        (["turn:"], [], SECRET),
        (["turn:t.example?transport=sctp"], [], SECRET),
        (["turn:t.example:3478 turn:u.example"], [], SECRET),
        ([], ["turn:t.example"], SECRET),
        ([UDP], [], ""),
        ([UDP], [], "short"),
    ],
)
def test_what_browsers_would_choke_on_is_refused_at_the_start(turn: list[str], stun: list[str], secret: str) -> None:
    with pytest.raises(Misconfigured):
        Relays.of(turn=turn, stun=stun, secret=secret)
