"""The media half of a demo bot against a real worker."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from meetings.stage.bots import BotMedia, reach_loopback, speech
from tests.integration.media.conftest import Crowd
from tests.integration.media.media_harness import Gateway

pytestmark = pytest.mark.media


@pytest_asyncio.fixture
async def bot(gateway: Gateway) -> AsyncIterator[BotMedia]:
    reach_loopback()
    media = BotMedia("周岚")
    await media.answer(await gateway.join("bot", media.connection, await media.offer()))
    yield media
    await media.close()


async def test_a_bot_is_seen_and_is_heard_when_it_may_speak(gateway: Gateway, crowd: Crowd, bot: BotMedia) -> None:
    wang = await crowd.join("wang")
    await gateway.allow(bot="audio camera")
    await gateway.show("bot", "bot")
    await wang.hears("big", 20)
    await wang.hears("a0", 50)
    quiet = max(map(len, wang.slot("a0").payloads[-10:]))
    bot.voice.speaking = True
    await wang.hears("a0", 100)
    assert max(map(len, wang.slot("a0").payloads[-50:])) > 2 * quiet
    event = await gateway.until(lambda event: event.ev == "speaking" and event.endpoints == ["bot"])
    assert event.room == gateway.room


def test_the_voice_has_syllables_and_pauses() -> None:
    samples = memoryview(speech(pitch=150, seed=1, seconds=3)).cast("h")
    loud = [max(samples[at : at + 960]) > 1500 for at in range(0, len(samples), 960)]
    rhythm = "".join("x" if each else "." for each in loud)
    assert 5 <= len(re.findall(r"x\.", rhythm)) <= 25
