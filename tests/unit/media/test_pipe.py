"""The pipe between two workers: frames, links, and what is lost when one of them is slow."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from server.media.pipe import frames
from server.media.pipe.frames import HEAD, PACKET, WORD, packed, unpacked
from server.media.pipe.link import WAITING_PICTURES, WAITING_WORDS, Link
from server.media.pipe.links import Links
from server.media.sdp import Codec, Use

A, B, C = ("a" * 16, "b" * 16, "c" * 16)


class Side:
    """One end of a link, which notes what comes."""

    def __init__(self, sock: socket.socket) -> None:
        self.words: list[frames.Word] = []
        self.packets: list[tuple[int, int, int, bytes]] = []
        self.ended = self.bursts = 0
        self.link = Link(sock, on_word=self._on_word, on_end=self._on_end, after_burst=self._on_burst)
        self.link.on_packet = lambda *packet: self.packets.append(packet)

    def _on_word(self, _: Link, word: frames.Word) -> None:
        self.words.append(word)

    def _on_end(self, _: Link) -> None:
        self.ended += 1

    def _on_burst(self) -> None:
        self.bursts += 1


@pytest_asyncio.fixture
async def sides() -> AsyncIterator[tuple[Side, Side]]:
    left, right = (Side(each) for each in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    yield left, right
    left.link.end()
    right.link.end()


async def quiet() -> None:
    """Until everything that is on its way in this process has arrived."""
    for _ in range(20):
        await asyncio.sleep(0)


words = st.one_of(
    st.builds(frames.Hello, epoch=st.text("0123456789abcdef", min_size=16, max_size=16)),
    st.builds(frames.Enter, room=st.text(min_size=1, max_size=128)),
    st.builds(
        frames.Present,
        room=st.text(min_size=1, max_size=128),
        endpoint=st.text(min_size=1, max_size=128),
        since=st.floats(allow_nan=False, allow_infinity=False),
        tracks=st.lists(
            st.builds(
                frames.Track,
                stream=st.integers(1, 2**32 - 1),
                use=st.sampled_from([Use.MIC, Use.CAMERA, Use.SCREEN]),
                codec=st.sampled_from(Codec),
                pt=st.integers(0, 127),
                rids=st.lists(st.text(max_size=16), max_size=3).map(tuple),
                level=st.integers(0, 255),
                live=st.booleans(),
            ),
            max_size=3,
        ).map(tuple),
    ),
    st.builds(frames.Begin, stream=st.integers(1, 9), layer=st.integers(0, 0xFFFF), rid=st.text(max_size=16)),
    st.builds(frames.Ask, stream=st.integers(1, 9), encodings=st.lists(st.integers(0, 2), max_size=3).map(tuple)),
)


@given(words)
def test_a_word_is_read_as_it_was_said(word: frames.Word) -> None:
    # JSON has no lone surrogates, and no name of ours has one.
    try:
        data = packed(word)
    except UnicodeEncodeError:
        return
    assert unpacked(data) == word


@given(st.binary(max_size=300), st.booleans())
def test_rubbish_is_no_word(data: bytes, marked: bool) -> None:
    assert unpacked(bytes([WORD]) + data if marked else data) is None


def test_a_word_with_more_in_it_than_we_know_is_none() -> None:
    assert unpacked(bytes([WORD]) + b'{"op":"enter","room":"r","more":1}') is None
    assert unpacked(bytes([WORD]) + b'{"op":"hello","epoch":"../../etc"}') is None
    assert unpacked(bytes([WORD]) + b"[" * 20_000) is None


async def test_words_and_packets_arrive_in_order_and_a_burst_is_flushed_once(sides: tuple[Side, Side]) -> None:
    left, right = sides
    for number in range(5):
        left.link.give(7, 2, number, b"packet %d" % number, video=True)
    left.link.say(frames.Key(stream=7, layer=2))
    await quiet()
    assert right.packets == [(7, 2, number, b"packet %d" % number) for number in range(5)]
    assert right.words == [frames.Key(stream=7, layer=2)]
    assert right.bursts == 1


async def test_a_slow_neighbour_loses_old_pictures_before_sound_and_never_a_word(sides: tuple[Side, Side]) -> None:
    left, right = sides
    body = bytes(1200)
    for number in range(5000):
        left.link.give(1, 0, number, body, video=True)
    assert left.link.waiting == WAITING_PICTURES
    for number in range(100):
        left.link.give(2, 0, number, b"sound", video=False)
    left.link.say(frames.Enter(room="r"))
    while left.link.waiting:
        await quiet()
    await quiet()
    assert [number for stream, _, number, _ in right.packets if stream == 2] == list(range(100))
    pictures = [number for stream, _, number, _ in right.packets if stream == 1]
    assert pictures[-1] == 4999
    assert len(pictures) + left.link.dropped == 5000
    assert left.link.dropped > 1000
    assert right.words == [frames.Enter(room="r")]


async def test_a_neighbour_that_takes_no_words_is_none(sides: tuple[Side, Side]) -> None:
    left, right = sides
    asyncio.get_running_loop().remove_reader(right.link._socket.fileno())
    while left.link.waiting < WAITING_WORDS:
        left.link.say(frames.Enter(room="r" * 100))
    left.link.say(frames.Enter(room="one too many"))
    await quiet()
    assert left.ended == 1
    assert left.link.waiting == 0


async def test_both_sides_notice_the_end_once_and_nothing_is_said_after_it(sides: tuple[Side, Side]) -> None:
    left, right = sides
    left.link.end()
    left.link.end()
    left.link.say(frames.Enter(room="r"))
    await quiet()
    assert (left.ended, right.ended) == (1, 1)
    assert right.words == []


async def test_rubbish_at_a_link_is_counted_and_nothing_else(sides: tuple[Side, Side]) -> None:
    _, right = sides
    for data in (b"\x00", b"\x01", b"\x01" * HEAD.size, b"\x02", b"\x02{}", b"\xff" * 200, os.urandom(500)):
        right.link.on_datagram(data)
    assert (right.words, right.ended) == ([], 0)
    right.link.on_datagram(HEAD.pack(PACKET, 1, 2, -3) + b"x")
    assert right.packets[-1:] == [(2, 1, -3, b"x")]


# --- finding each other -----------------------------------------------------------------------------------------------


class Found:
    """The links of one worker in a folder."""

    def __init__(self, epoch: str, folder: Path) -> None:
        self.up: dict[str, Link] = {}
        self.downs: list[str] = []
        self.links = Links(
            epoch=epoch, on_up=self._on_up, on_down=self._on_down, on_word=lambda *_: None, after_burst=lambda: None
        )
        self.links.listen(folder)

    def _on_up(self, epoch: str, link: Link) -> None:
        self.up[epoch] = link

    def _on_down(self, epoch: str, link: Link) -> None:
        del self.up[epoch]
        self.downs.append(epoch)


async def look(*found: Found, at: float) -> None:
    for each in found:
        each.links.tick(at)
    await quiet()


async def test_two_workers_find_each_other_whoever_is_told_first_and_again_after_a_restart(tmp_path: Path) -> None:
    # A folder with a longer name than a socket may have.
    folder = tmp_path / ("long" * 40) / "pipes"
    a, b = Found(A, folder), Found(B, folder)
    assert a.links.place == b.links.place != ""
    b.links.want(frozenset({A}))
    await look(a, b, at=1.0)
    assert a.up == {}
    a.links.want(frozenset({B}))
    await look(a, b, at=2.0)
    assert (list(a.up), list(b.up)) == ([B], [A])
    b.links.close()
    await quiet()
    assert (a.up, a.downs) == ({}, [B])
    await look(a, at=3.0)
    assert a.up == {}
    b = Found(B, folder)
    await look(a, b, at=4.0)
    assert list(a.up) == [B]
    a.links.want(frozenset())
    await quiet()
    assert (a.up, b.up) == ({}, {})
    a.links.close()
    b.links.close()
    assert list(folder.iterdir()) == []


@pytest.fixture(params=["open to others", "somewhere else"])
def no_place(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder, elsewhere = tmp_path / "pipes", tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    if request.param == "open to others":
        folder.mkdir()
        folder.chmod(0o755)
    else:
        folder.symlink_to(elsewhere)
    return folder


async def test_a_folder_that_is_not_of_this_user_alone_is_not_used(no_place: Path) -> None:
    assert Found(A, no_place).links.place == ""


async def test_a_stranger_has_to_say_who_it_is_and_there_are_few_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "pipes"
    a = Found(A, folder)
    strangers = []
    for _ in range(40):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        made.setblocking(False)
        try:
            made.connect(str(folder / A))
        except BlockingIOError:
            await quiet()
        strangers.append(made)
    await quiet()
    assert len(a.links._strangers) == 16
    strangers[0].send(packed(frames.Enter(room="r")))
    await quiet()
    assert len(a.links._strangers) == 15
    for at in (0.0, 1e12):
        a.links.tick(at)
    assert not a.links._strangers
    for made in strangers:
        made.close()
    a.links.close()


@pytest.mark.parametrize("same", [A, B])
async def test_the_newest_link_of_a_worker_counts_and_nobody_is_linked_with_himself(tmp_path: Path, same: str) -> None:
    a = Found(A, tmp_path / "pipes")
    ends = []
    for _ in range(2):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        a.links.adopt(ours)
        theirs.send(packed(frames.Hello(epoch=same)))
        ends.append(theirs)
        await quiet()
    assert list(a.up) == ([] if same == A else [B])
    assert a.downs == ([] if same == A else [B])
    for each in ends:
        each.close()
    a.links.close()
