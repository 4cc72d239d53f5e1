"""The self-test's line to a media worker: one question over a connection of its own, closed again.

It is rare and owes nothing to a meeting, so it does not go through the gateway.
"""

import asyncio
import random

from django.conf import settings

from server.core.errors import Code, Refused
from server.media.client import MediaClient, MediaRefused, MediaUnavailable
from server.media.messages import Problem

PATIENCE = 3.0


async def mirror(sdp: str) -> str:
    """The answer of some worker's mirror. Refuses when there is none, when all are taken, and a strange description."""
    refusal = Refused(Code.MEDIA_UNAVAILABLE)
    for url in random.sample(settings.MEDIA_CONTROL_URLS, len(settings.MEDIA_CONTROL_URLS)):
        try:
            return await _ask(url, sdp)
        except (TimeoutError, MediaUnavailable):
            continue
        except MediaRefused as refused:
            if refused.code not in (Problem.BUSY, Problem.DRAINING):
                raise Refused(Code.BAD_REQUEST) from None
            refusal = Refused(Code.CHECK_BUSY)
    raise refusal


async def _ask(url: str, sdp: str) -> str:
    client = MediaClient(url=url, token=settings.MEDIA_TOKEN)
    await client.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await client.wait_connected()
        return str((await client.request("probe", sdp=sdp))["sdp"])
    finally:
        await client.close()
