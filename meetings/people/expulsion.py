"""Closing the sockets of somebody who was shown out, once that is committed."""

from uuid import UUID

from django.db import transaction

from meetings.live import bell


def close_sockets_after_commit(meeting: UUID, participant: UUID) -> None:
    """Ask every web process to close this participant's connections."""
    transaction.on_commit(lambda: bell.expel(meeting, participant), robust=True)
