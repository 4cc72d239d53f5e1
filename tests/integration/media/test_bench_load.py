"""The crowd of `make bench-sfu`, small, against our worker: what it counts can be believed."""

import pytest

from tests.bench.sfu.load import Load
from tests.bench.sfu.ours import Ours

pytestmark = pytest.mark.media


async def test_three_subscribers_of_the_bench_get_every_packet_and_can_read_it() -> None:
    load = Load("127.0.0.1")
    server = Ours(load)
    load.start()
    try:
        await server.start()
        await server.publish(sound=True)
        for _ in range(3):
            await server.subscribe(watches=True)
        await server.ready()
        load.send()
        await load.until_all_comes()
        await load.pause()
        window = await load.measure(1.0)
    finally:
        await load.stop()
        await server.stop()
    assert window.sent > 0
    assert window.received == window.expected == 3 * window.sent
    assert (window.holes, window.broken) == (0, 0)
    assert len(window.took) == window.received
