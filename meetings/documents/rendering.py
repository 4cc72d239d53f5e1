"""Getting documents rendered: the rows in PROCESSING are the queue, each web process draws one at a time.

A process takes a document by a lease (one conditional update), so two processes do not draw the same one, and a
document whose process died is taken up again when the lease runs out. The drawing itself happens in a helper process
(`render`); what it says is parsed as a stranger's word.
"""

import asyncio
import contextlib
import contextvars
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from django.db.models import Q

from meetings.documents import render, storage
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.documents.processed import Outcome, Processed
from meetings.live.execute import execute
from meetings.live.threads import run
from server.core import clock, ids
from server.core.errors import Code

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ASK_AGAIN_SECONDS = 20.0
"""How often a process looks for documents whose process died."""
MAX_ATTEMPTS = 3
PAGE_SECONDS = 25.0
DOCUMENT_SECONDS = 900.0
TELL_SECONDS = 2.0
"""The first page is told at once, further ones this often: a long document must not flood the journal."""
MAX_LINE = 4_000

_ROOT = Path(__file__).resolve().parent.parent.parent
_ERRORS = {
    code.value: code
    for code in (Code.PDF_ENCRYPTED, Code.TOO_MANY_PAGES, Code.DOCUMENT_BROKEN, Code.DOCUMENT_TOO_COMPLEX)
}
_OUT_OF_BOUNDS = (signal.SIGXCPU, signal.SIGXFSZ, signal.SIGKILL, signal.SIGTRAP, signal.SIGABRT)
"""PDFium ends itself by a trap or abort when memory is refused."""


@dataclass(frozen=True)
class Lease:
    """A document that this process draws."""

    document: UUID
    meeting: UUID
    worker: str
    attempt: int


@dataclass(frozen=True)
class Word:
    """One line of the helper's: the number of pages, a page that is drawn, the end or an error."""

    pages: int | None = None
    page: int | None = None
    done: bool = False
    error: Code | None = None


def word(line: bytes) -> Word:
    """What a line says. Anything outside the grammar is a broken document: nobody believes a helper gone astray."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return Word(error=Code.DOCUMENT_BROKEN)
    match said:
        case {"walls": list()}:
            return Word()
        case {"pages": bool()} | {"page": bool()}:
            return Word(error=Code.DOCUMENT_BROKEN)
        case {"pages": int(pages)} if 0 < pages < 10**7:
            return Word(pages=pages)
        case {"page": int(page)} if 0 < page <= render.MAX_PAGES:
            return Word(page=page)
        case {"done": True}:
            return Word(done=True)
        case {"error": str(error)} if error in _ERRORS:
            return Word(error=_ERRORS[error])
    return Word(error=Code.DOCUMENT_BROKEN)


def take_next() -> Lease | None:
    """Take the next document that nobody draws; of two processes that ask at once, one gets it."""
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = MeetingDocument.objects.filter(free, state=DocumentState.PROCESSING).order_by("attempts", "leased_until")
    for row in waiting[:20]:
        worker = str(ids.new())
        taken = MeetingDocument.objects.filter(free, pk=row.pk, state=DocumentState.PROCESSING).update(
            worker=worker, leased_until=now + LEASE, attempts=row.attempts + 1
        )
        if taken:
            return Lease(document=row.pk, meeting=row.meeting_id, worker=worker, attempt=row.attempts + 1)
    return None


def renew(lease: Lease) -> bool:
    """Keep the lease; False when the document was recalled or somebody else draws it."""
    mine = MeetingDocument.objects.filter(
        pk=lease.document, worker=lease.worker, state=DocumentState.PROCESSING
    ).update(leased_until=clock.now() + LEASE)
    return bool(mine)


async def work_off() -> int:
    """Draw documents until none waits; how many there were."""
    drawn = 0
    while lease := await run(take_next):
        await draw(lease)
        drawn += 1
    return drawn


async def draw(lease: Lease) -> None:
    """Draw one document and tell the meeting how it goes."""
    if lease.attempt > MAX_ATTEMPTS:
        # It has taken its process along each time.
        await _tell(lease, Outcome.FAILED, error=Code.DOCUMENT_TOO_COMPLEX)
        return
    pages = ready = 0
    told = 0.0
    async with contextlib.aclosing(_helper(lease.document)) as words:
        async for said in words:
            if said.error:
                await _tell(lease, Outcome.FAILED, pages=pages, ready=ready, error=said.error)
                return
            if said.done:
                complete = 0 < pages == ready
                outcome, error = (Outcome.READY, None) if complete else (Outcome.FAILED, Code.DOCUMENT_BROKEN)
                await _tell(lease, outcome, pages=pages, ready=ready, error=error)
                return
            pages = said.pages or pages
            ready = said.page or ready
            if not await run(renew, lease):
                return
            if said.page and monotonic() - told >= TELL_SECONDS and ready < pages:
                told = monotonic()
                await _tell(lease, Outcome.PAGES, pages=pages, ready=ready)


async def _tell(lease: Lease, outcome: Outcome, *, pages: int = 0, ready: int = 0, error: Code | None = None) -> None:
    told = Processed(
        document=lease.document, worker=lease.worker, outcome=outcome,
        pages=pages, ready_pages=min(ready, pages), error=error,
    )  # fmt: skip
    await run(execute, meeting_id=lease.meeting, actor=None, command_id=str(ids.new()), command=told)


async def _helper(document: UUID) -> AsyncGenerator[Word, None]:
    """The helper's words; ends with `done` or an error, whatever the helper does. The helper does not outlive this."""
    output = storage.pages(document)
    output.mkdir(exist_ok=True, mode=0o700)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "meetings.documents.render", str(storage.original(document)), str(output),
        cwd=_ROOT, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True, limit=MAX_LINE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DOCUMENT_SECONDS):
            while True:
                async with asyncio.timeout(PAGE_SECONDS):
                    line = await process.stdout.readline()
                if not line:
                    break
                said = word(line)
                yield said
                if said.done or said.error:
                    return
            code = await process.wait()
        crashed = -code in _OUT_OF_BOUNDS
        yield Word(error=Code.DOCUMENT_TOO_COMPLEX if crashed else Code.DOCUMENT_BROKEN)
    except TimeoutError:
        yield Word(error=Code.DOCUMENT_TOO_COMPLEX)
    except ValueError:  # a line longer than MAX_LINE
        yield Word(error=Code.DOCUMENT_BROKEN)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


class Desk:
    """This process's rendering: one task that draws what waits, woken by uploads."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake: asyncio.Event | None = None

    def start(self) -> None:
        """Begin in the running loop; starting twice changes nothing. What an earlier process left is taken up."""
        loop = asyncio.get_running_loop()
        if self._task is not None and not self._task.done() and self._loop is loop:
            return
        self._loop, self._wake = loop, asyncio.Event()
        # A context of its own: the request that happens to come first must not lend us its database thread.
        self._task = loop.create_task(self._work(self._wake), name="rendering", context=contextvars.Context())

    def wake(self) -> None:
        """A document waits. May be called from any thread; without a running task others will find the document."""
        if self._loop is not None and self._wake is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def stop(self) -> None:
        """End the task; the document being drawn is taken up by somebody else when its lease runs out."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._loop = self._task = self._wake = None

    async def _work(self, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            try:
                await work_off()
            except Exception:
                log.exception("rendering")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN_SECONDS):
                    await wake.wait()


desk = Desk()

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def drawing(application: Application) -> Application:
    """The HTTP application; its first request begins the rendering, as ASGI servers have no common start."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        desk.start()
        await application(scope, receive, send)

    return serve
