"""ICE-lite: credentials and the answer to a binding request.

A request is believed only with a valid MESSAGE-INTEGRITY under one of the endpoint's credentials. Old generations
stay valid: browsers start checks after a restart with the old ones and may stay on them for ever.
"""

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from aioice import stun

GENERATIONS = 3
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Credentials:
    ufrag: str
    password: str

    @classmethod
    def new(cls) -> "Credentials":
        return cls(secrets.token_hex(6), secrets.token_hex(16))


class Check(NamedTuple):
    """An authenticated connectivity check."""

    ufrag: str
    nominates: bool
    response: bytes


def check(data: bytes, address: Address, password_of: Callable[[str], str | None]) -> Check | None:
    """Answer a binding request; None for everything that is not one or cannot prove where it belongs."""
    # Cheap looks first: parsing and HMAC are only for requests that name a user we know.
    if len(data) < 20 or data[:2] != b"\x00\x01" or data[4:8] != b"\x21\x12\xa4\x42":
        return None
    try:
        message = stun.parse_message(data)
    except (ValueError, struct.error, IndexError, KeyError):
        return None
    username = message.attributes.get("USERNAME")
    if not isinstance(username, str):
        return None
    ufrag = username.partition(":")[0]
    password = password_of(ufrag)
    if password is None or not message.check_message_integrity(password.encode()):
        return None
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=message.transaction_id)
    response.attributes["XOR-MAPPED-ADDRESS"] = address
    response.add_message_integrity(password.encode())
    answer = bytes(response)
    if len(answer) > len(data):
        return None  # no browser asks in so few bytes: nobody gets more out of this port than they sent
    return Check(ufrag, "USE-CANDIDATE" in message.attributes, answer)
