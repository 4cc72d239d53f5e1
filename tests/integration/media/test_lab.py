"""The lab itself: each kind of bad weather does to datagrams what it says, and nothing is left of a line."""

import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.integration.media.lab import Line
from tests.integration.media.weather import Weather

pytestmark = pytest.mark.media


@pytest.fixture(params=[0.0, 0.02], ids=["near", "far away"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    line = Line(7, delay=request.param)
    yield line
    line.close()


class Ends:
    """A socket here and one over there."""

    def __init__(self, line: Line) -> None:
        self.here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.here.bind((line.server, 0))
        self.there = line.plug(line.home)
        for each in (self.here, self.there):
            each.settimeout(0.5)

    def up(self, count: int, size: int = 100) -> list[bytes]:
        return self._through(self.there, self.here, count, size)

    def down(self, count: int, size: int = 100) -> list[bytes]:
        return self._through(self.here, self.there, count, size)

    def _through(self, source: socket.socket, sink: socket.socket, count: int, size: int) -> list[bytes]:
        for number in range(count):
            source.sendto(number.to_bytes(4).ljust(size, b"."), sink.getsockname())
        came = []
        try:
            while True:
                came.append(sink.recv(2048))
        except TimeoutError:
            return came


@pytest.fixture
def ends(line: Line) -> Iterator[Ends]:
    ends = Ends(line)
    yield ends
    ends.here.close()
    ends.there.close()


def test_a_good_line_loses_nothing_and_keeps_the_order(ends: Ends) -> None:
    for came in (ends.up(200), ends.down(200)):
        assert [int.from_bytes(each[:4]) for each in came] == list(range(200))


def test_loss_is_for_the_direction_that_was_asked_for(line: Line, ends: Ends) -> None:
    line.lose(up=0.3)
    assert len(ends.down(200)) == 200
    assert 95 < len(ends.up(200)) < 185
    line.lose(down=0.3)
    assert len(ends.up(200)) == 200
    assert 95 < len(ends.down(200)) < 185
    line.mend()
    assert len(ends.down(200)) == 200


def test_a_narrow_line_holds_back_and_then_drops(line: Line, ends: Ends) -> None:
    line.narrow(down=400, up=400)
    begin = time.monotonic()
    # A quarter of a second fits into the queue.
    for came in (ends.down(60, 1000), ends.up(60, 1000)):
        assert 8 < len(came) < 30
    assert time.monotonic() - begin > 0.4
    line.mend()
    assert len(ends.down(60, 1000)) == 60


def test_a_firewall_for_the_web_lets_no_datagram_through(line: Line, ends: Ends) -> None:
    line.only_the_web()
    assert ends.up(3) == ends.down(3) == []
    with socket.create_server((line.server, 443)) as web, line.visit():
        socket.create_connection(web.getsockname(), timeout=5).close()


def test_moving_takes_the_old_address_away(line: Line) -> None:
    before = line.home
    line.move()
    assert line.home != before
    assert len(Ends(line).up(5)) == 5
    with pytest.raises(OSError, match="assign"):
        line.plug(before)


def test_nothing_is_left_of_a_line() -> None:
    links = _links()
    for delay in (0.0, 0.02):
        line = Line(8, delay=delay)
        line.lose(up=0.1, down=0.1)
        line.narrow(up=100, down=100)
        line.close()
    assert _links() == links


def _links() -> tuple[set[str], str]:
    printed = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    rules = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout
    return {row.split(":")[1].strip() for row in printed.splitlines()}, rules


def test_a_far_away_line_takes_its_time() -> None:
    line = Line(7, delay=0.05)
    ends = Ends(line)
    begin = time.monotonic()
    assert ends.up(1)
    assert time.monotonic() - begin > 0.05
    ends.here.close()
    ends.there.close()
    line.close()


def test_weather_is_the_same_for_the_same_seed_and_what_it_says() -> None:
    def story(**kind: float) -> list[list[float]]:
        weather = Weather(seed=5, **kind)  # type: ignore[arg-type]
        return [weather.arrivals(1000, at / 100) for at in range(2000)]

    assert story(loss=0.2, jitter=0.05) == story(loss=0.2, jitter=0.05)
    assert 320 < sum(not each for each in story(loss=0.2)) < 480
    assert all(0.03 <= each[0] - at / 100 <= 0.0801 for at, each in enumerate(story(delay=0.03, jitter=0.05)))
    firsts = [each[0] for each in story(delay=0.03, jitter=0.05)]
    assert firsts == sorted(firsts)
    late = [each[0] for each in story(reorder=0.1)]
    assert 50 < sum(a > b for a, b in pairwise(late)) < 400
    assert 120 < sum(len(each) == 2 for each in story(duplicate=0.1)) < 280
    # 800 kbit/s come, 400 go: half of them, at most a quarter of a second late.
    narrow = story(rate=400_000)
    assert 950 < sum(map(len, narrow)) < 1050
    assert max(each[0] - at / 100 for at, each in enumerate(narrow) if each) < 0.28
