"""A viewer's link and a publisher's, played in simulated time."""

import random

from server.media.bandwidth import FLOOR, Downlink, Uplink

# What a picture costs in each step of the game, smallest first.
STEPS = (0, 120_000, 400_000, 1_200_000)


class Link:
    """A viewer behind a link of `capacity`, with REMB as browsers send it."""

    def __init__(self, capacity: int, *, remb: bool = True, random_loss: float = 0.0) -> None:
        self.capacity = capacity
        self.now = 100.0
        self.estimate = Downlink(self.now)
        self.has_remb = remb
        self.random_loss = random_loss
        self._remb = 300_000.0
        self.trace: list[int] = []

    @property
    def sent(self) -> int:
        limit = self.estimate.limit
        return max(step for step in STEPS if limit is None or step <= limit)

    def run(self, seconds: float) -> "Link":
        for _ in range(int(seconds * 4)):
            self.now += 0.25
            sent = self.sent
            over = sent > self.capacity
            received = min(sent, self.capacity)
            if over:
                self._remb += (received * 0.7 - self._remb) * 0.5
            else:
                self._remb = min(max(self._remb * 1.02, 60_000), received * 1.5 + 10_000)
            if self.has_remb:
                self.estimate.told(int(self._remb))
            lost = max(self.random_loss, 1 - received / sent if over else 0.0)
            self.estimate.lost(lost)
            better = next((step for step in STEPS if step > sent), None)
            self.estimate.tick(self.now, sent=sent, next_step=better)
            self.trace.append(self.sent)
        return self


def test_a_good_link_gets_everything_within_seconds_and_without_a_limit() -> None:
    link = Link(10_000_000).run(6)
    assert link.sent == 1_200_000
    assert link.run(10).estimate.limit is None


def test_a_narrow_link_settles_on_what_fits_and_seldom_tries_more() -> None:
    link = Link(500_000).run(30)
    assert link.sent == 400_000
    link.trace.clear()
    link.run(120)
    over = sum(sent > 500_000 for sent in link.trace) / len(link.trace)
    assert over < 0.12
    assert sum(sent == 400_000 for sent in link.trace) / len(link.trace) > 0.8


def test_when_the_link_collapses_it_goes_down_within_two_seconds_and_comes_back() -> None:
    link = Link(10_000_000).run(20)
    link.capacity = 200_000
    assert link.run(3).sent <= 400_000
    assert link.run(8).sent == 120_000
    link.capacity = 10_000_000
    assert link.run(60).sent == 1_200_000


def test_not_even_the_smallest_picture_fits() -> None:
    link = Link(90_000).run(60)
    assert sum(sent == 0 for sent in link.trace[-80:]) > 50
    assert link.estimate.limit is not None
    assert link.estimate.limit >= FLOOR


def test_random_loss_is_no_congestion() -> None:
    assert Link(10_000_000, random_loss=0.1).run(30).sent == 1_200_000


def test_without_remb_heavy_loss_alone_tells() -> None:
    link = Link(500_000, remb=False).run(40)
    assert min(link.trace[40:]) <= 400_000


def test_a_publisher_whose_packets_queue_is_told_to_send_less_and_recovers() -> None:
    dice = random.Random(1)
    link, now, queue = Uplink(), 50.0, 0.0
    told = 0

    def play(seconds: float, rate: int, capacity: int) -> None:
        nonlocal now, queue, told
        for _ in range(int(seconds * rate / 8 / 1100)):
            gap = 1100 * 8 / rate
            now += gap
            queue = max(0.0, queue - gap) + 1100 * 8 / capacity
            at = now + queue + dice.random() * 0.001
            link.arrived(int(now * 262144) & 0xFFFFFF, 1100, at)
            if link.tick(at, received=min(rate, capacity), useful=1_500_000):
                told += 1

    play(10, 1_000_000, 10_000_000)
    assert link.cap is None
    assert told == 0
    play(3, 1_000_000, 500_000)
    assert told > 0
    assert link.cap is not None
    assert link.cap < 500_000
    queue = 0.0
    play(40, 400_000, 10_000_000)
    assert link.cap is None
