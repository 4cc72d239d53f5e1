"""daphne, with a limit on what a request may bring: `python -m server.serving.web` takes daphne's own options.

daphne keeps a whole body on disk before Django hears of the request, so a limit of ours has to stand here. What is
announced as too large is refused at its headers, what comes in chunks as soon as there is too much of it; either way
with the error everybody else gives (`{"code": "TOO_LARGE", …}`), and the rest of the body is not read.
"""

import json
from typing import Any

from daphne import http_protocol
from daphne.cli import CommandLineInterface
from django.conf import settings
from twisted.internet.base import DelayedCall

from server.core.errors import Code, Refused
from server.serving.bodies import limit_of

LINGER_SECONDS = 2.0
"""So long the line stays after a refusal: cut at once it may take the answer along, as TCP resets a connection whose
data nobody has fetched."""
LINGER_BYTES = 256_000
"""So much more is fetched meanwhile, and thrown away."""


class LimitedRequest(http_protocol.WebRequest):
    """A request whose body may end in a refusal. Twisted calls the methods below in the order they stand here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.limit = 0
        self.taken = 0
        self.is_refused = False
        self.cut: DelayedCall | None = None
        # Django takes forms apart; Twisted would do it first, in memory and in the event loop.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """The headers are in; `length` is None for a body in chunks."""
        # The request itself learns its address when the body is complete.
        self.limit = limit_of(self.channel._command, self.channel._path, max_file=settings.MAX_DOCUMENT_BYTES)
        if length is not None and length > self.limit:
            self._refuse()
            # Whoever asks before sending a body (`Expect: 100-continue`) has been answered.
            self.requestHeaders.removeHeader(b"Expect")
            length = 0  # no file on disk for what is not kept
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """A piece of the body."""
        self.taken += len(data)
        if self.is_refused:
            if self.taken > LINGER_BYTES:
                self.channel.transport.pauseProducing()
        elif self.taken > self.limit:
            self.content.truncate(0)
            self.taken = 0
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, *args: Any) -> None:  # noqa: N802
        """The body is complete: only now the application is asked."""
        if self.is_refused:
            self.channel.loseConnection()
        else:
            super().requestReceived(*args)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        """The line is gone."""
        if self.cut and self.cut.active():
            self.cut.cancel()
        super().connectionLost(reason)

    def _refuse(self) -> None:
        self.is_refused = True
        refusal = Refused(Code.TOO_LARGE, max_bytes=self.limit)
        body = json.dumps({"code": refusal.code.value, "facts": refusal.facts}).encode()
        head = [
            f"HTTP/1.1 {refusal.status} Content Too Large",
            "Content-Type: application/json; charset=utf-8",
            f"Content-Length: {len(body)}",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        self.channel.write("\r\n".join([*head, "", ""]).encode() + body)
        self.channel.persistent = False
        self.cut = self.channel.callLater(LINGER_SECONDS, self.channel.transport.abortConnection)


if __name__ == "__main__":
    # daphne's factory finds its requests' class by this name.
    http_protocol.WebRequest = LimitedRequest
    CommandLineInterface.entrypoint()
