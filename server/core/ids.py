"""Identifiers and secrets come in through this door."""

import hashlib
import secrets
import uuid


def new() -> uuid.UUID:
    """A random identifier (RFC 9562 version 4): it tells nothing about time or order."""
    return uuid.uuid4()


def new_token() -> str:
    """A secret for a link, 192 bits, safe in a URL."""
    return secrets.token_urlsafe(24)


def new_mark() -> str:
    """A word of 64 bits that nobody guesses while it matters."""
    return secrets.token_hex(8)


def token_digest(token: str) -> str:
    """What is stored of a link's secret: enough to recognise it, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()
