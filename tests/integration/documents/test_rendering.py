"""The helper process and its queue: real files, hostile ones too, and processes that die."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.test import override_settings

from meetings.documents import rendering, storage
from meetings.documents.models import DocumentState, MeetingDocument
from server.core import clock
from server.core.errors import Code
from tests.integration.documents import pdfs
from tests.integration.documents.materials import draw_everything, drawn, secretary, uploads
from tests.story import Room, new_room

# Drawing happens in the rendering task's own transactions.
pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(FILES_DIR=tmp_path):
        yield


HOSTILE = [
    pytest.param(pdfs.encrypted, Code.PDF_ENCRYPTED, id="encrypted"),
    pytest.param(pdfs.truncated, Code.DOCUMENT_BROKEN, id="truncated"),
    pytest.param(pdfs.page_tree_that_eats_its_tail, Code.DOCUMENT_BROKEN, id="recursive"),
    pytest.param(pdfs.deeply_nested, Code.DOCUMENT_BROKEN, id="nested"),
    pytest.param(lambda: b"%PDF-1.7\n" + b"\x00\xff" * 3000, Code.DOCUMENT_BROKEN, id="noise"),
    pytest.param(lambda: pdfs.pdf(10_000), Code.TOO_MANY_PAGES, id="10,000 pages"),
    pytest.param(pdfs.inflating, Code.DOCUMENT_TOO_COMPLEX, id="3 GB when decoded"),
    pytest.param(pdfs.laughing, Code.DOCUMENT_TOO_COMPLEX, id="a billion shapes"),
]


@pytest.mark.parametrize(("make", "code"), HOSTILE)
def test_a_hostile_file_ends_in_a_code_and_the_next_document_is_drawn(
    room: Room, make: Callable[[], bytes], code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "PAGE_SECONDS", 10.0)
    desk = secretary(room)
    hostile, good = uploads(desk, make()), uploads(desk, pdfs.pdf(1))
    drawn(hostile)
    good.refresh_from_db()
    assert (hostile.state, hostile.error) == (DocumentState.FAILED, code)
    assert room.types.count("documents.failed") == 1
    assert good.state == DocumentState.READY


@pytest.mark.parametrize(
    "make",
    [lambda: pdfs.pdf(1, box=(1.44e7, 1.44e7)), lambda: pdfs.pdf(1, box=(3, 14_400)), pdfs.huge_picture],
    ids=["a page of five kilometres", "a page like a thread", "a picture of 3.6 billion dots"],
)
def test_pages_of_absurd_size_are_drawn_within_bounds(room: Room, make: Callable[[], bytes]) -> None:
    document = drawn(uploads(secretary(room), make()))
    assert document.state == DocumentState.READY
    sizes = [path.stat().st_size for path in storage.pages(document.pk).iterdir()]
    assert max(sizes) < 2_000_000


def test_the_first_page_is_told_before_the_last_is_drawn(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "TELL_SECONDS", 0.0)
    drawn(uploads(secretary(room), pdfs.pdf(3)))
    assert room.types == [
        "documents.added", "documents.pages_ready", "documents.pages_ready", "documents.ready",
    ]  # fmt: skip
    assert [event.document.ready_pages for event in room.events] == [0, 1, 2, 3]  # type: ignore[attr-defined]
    assert all(entry.actor == "" for entry in room.meeting.journal.filter(seq__gt=1))


def test_a_long_document_does_not_flood_the_journal(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "TELL_SECONDS", 3600.0)
    drawn(uploads(secretary(room), pdfs.pdf(5)))
    assert room.types == ["documents.added", "documents.pages_ready", "documents.ready"]


def test_of_two_processes_that_ask_at_once_one_draws(room: Room) -> None:
    uploads(secretary(room))
    assert rendering.take_next() is not None
    assert rendering.take_next() is None


def test_a_document_whose_process_died_is_drawn_again(room: Room) -> None:
    document = uploads(secretary(room), pdfs.pdf(2))
    dead = rendering.take_next()
    assert dead is not None
    assert draw_everything() == 0, "the lease still runs"
    MeetingDocument.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert drawn(document).state == DocumentState.READY
    assert not rendering.renew(dead)


def test_whoever_lost_the_lease_stops_and_says_nothing(room: Room) -> None:
    document = uploads(secretary(room), pdfs.pdf(2))
    slow = rendering.take_next()
    assert slow is not None
    MeetingDocument.objects.update(worker="somebody else")
    async_to_sync(rendering.draw)(slow)
    document.refresh_from_db()
    assert document.state == DocumentState.PROCESSING
    assert room.types == ["documents.added"]


def test_a_document_that_takes_its_process_along_each_time_is_given_up(room: Room) -> None:
    document = uploads(secretary(room))
    for _ in range(rendering.MAX_ATTEMPTS):
        assert rendering.take_next() is not None
        MeetingDocument.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert drawn(document).error == Code.DOCUMENT_TOO_COMPLEX


def test_a_recalled_document_is_not_drawn(room: Room) -> None:
    desk = secretary(room)
    document = uploads(desk)
    desk.does("documents.recall", document=str(document.pk))
    assert draw_everything() == 0
    document.refresh_from_db()
    assert document.state == DocumentState.RECALLED


def test_a_recall_while_it_is_drawn_ends_the_drawing(room: Room) -> None:
    desk = secretary(room)
    document = uploads(desk, pdfs.pdf(40))
    lease = rendering.take_next()
    assert lease is not None
    desk.does("documents.recall", document=str(document.pk))
    async_to_sync(rendering.draw)(lease)
    assert not list(storage.pages(document.pk).glob("0040-*"))
    assert room.types[-1] == "documents.recalled"


async def test_two_helpers_on_one_document_leave_whole_pages(tmp_path: Path) -> None:
    (tmp_path / "original").write_bytes(pdfs.pdf(4))
    output = tmp_path / "pages"
    output.mkdir()
    command = [sys.executable, "-m", "meetings.documents.render", str(tmp_path / "original"), str(output)]
    both = [await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=-1) for _ in range(2)]
    said = [(await one.communicate())[0] for one in both]
    assert all(text.endswith(b'{"done": true}\n') for text in said)
    names = sorted(path.name for path in output.iterdir())
    assert len(names) == 16
    assert not [name for name in names if name.endswith(".part")]


ESCAPES = {
    "a socket": "import socket; socket.socket()",
    "a program": "import os; os.execv('/bin/true', ['true'])",
    "the product's secrets": "open({secret!r}).read()",
    "another document": "open({neighbour!r}, 'w').write('x')",
    "the passwords of the machine": "open('/etc/passwd').read()",
    "a gigabyte and a half": "bytearray(1_500_000_000)",
}


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_helper_gone_astray_reaches_nothing(tmp_path: Path, escape: str) -> None:
    own, secret = tmp_path / "own", tmp_path / "secret_key"
    own.mkdir()
    (own / "original").write_bytes(b"%PDF-")
    secret.write_text("secret")
    paths = {"secret": str(secret), "neighbour": str(tmp_path / "neighbour")}
    code = (
        "from pathlib import Path\nfrom meetings.documents import jail\n"
        f"walls = jail.enter(source=Path({str(own / 'original')!r}), output=Path({str(own)!r}))\n"
        "open(" + repr(str(own / "page")) + ", 'w').write('ok')\nprint(walls)\n"
        "try:\n    " + ESCAPES[escape].format(**paths) + "\n"
        "except (PermissionError, MemoryError) as error:\n    print('held:', type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30)
    walls = done.stdout.partition("\n")[0]
    if "files" not in walls or "calls" not in walls:
        pytest.skip(f"this kernel builds only {walls}")
    assert "held:" in done.stdout, done.stdout + done.stderr
    assert (own / "page").read_text() == "ok"


def test_helpers_inherit_no_secrets_and_do_not_outlive_their_caller(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGSHANG_DATABASE_URL", "postgres://secret")
    document = uploads(secretary(room), pdfs.pdf(30))
    seen: dict[str, bytes] = {}

    async def look_and_walk_away() -> None:
        async with contextlib.aclosing(rendering._helper(document.pk)) as words:
            async for _ in words:
                seen.update(helpers())
                return

    async_to_sync(look_and_walk_away)()
    assert len(seen) == 1
    assert not [environment for environment in seen.values() if b"GONGSHANG" in environment]
    assert not helpers()


def helpers() -> dict[str, bytes]:
    """Running helper processes of ours, by id, with their environment where we may read it."""
    found = {}
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        # A thread of ours, or a child, may end while it is looked at.
        with contextlib.suppress(FileNotFoundError):
            for child in (task / "children").read_text().split():
                process = Path(f"/proc/{child}")
                if b"meetings.documents.render" in (process / "cmdline").read_bytes():
                    with contextlib.suppress(PermissionError):
                        found[child] = b""
                        found[child] = (process / "environ").read_bytes()
    return found
