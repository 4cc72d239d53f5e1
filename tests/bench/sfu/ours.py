"""Our worker, `python -m server.media`, driven as the web process drives it: through the control door.

Its NACK cache, RTCP and key-frame bookkeeping are always on; there is no other way to run it.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.media.client import MediaClient
from tests.bench.sfu import description
from tests.bench.sfu.description import Line
from tests.bench.sfu.load import Load, Publisher, Subscriber
from tests.bench.sfu.peer import Remote
from tests.bench.sfu.picture import Sound
from tests.bench.sfu.processes import ROOT, Process
from tests.bench.sfu.servers import Unavailable

ROOM = "bench"
THUMBS = 4
TOKEN = "a-token-for-the-bench-0123456789"
_NOTHING = [Line(kind=kind, direction="inactive") for kind in ("audio", "video", "video")]
_RECEIVES = [Line(kind="audio", direction="recvonly")] * 3 + [Line(kind="video", direction="recvonly")] * (1 + THUMBS)


def backends() -> list[str]:
    """The forwarder backends this worker knows; "auto" is none of its own."""
    command = [sys.executable, "-m", "server.media", "--help"]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = re.search(r"--forwarder\s+\{([^}]*)\}", text)
    assert found is not None
    return [name for name in found[1].split(",") if name != "auto"]


class Ours:
    """See the module. With several `workers` publishers are at the first and subscribers at all of them in turn."""

    def __init__(self, load: Load, *, backend: str = "auto", workers: int = 1) -> None:
        self._load = load
        self._folder = tempfile.TemporaryDirectory(prefix="gongshang-bench-media-")
        token = Path(self._folder.name) / "token"
        token.write_text(TOKEN)
        command = [sys.executable, "-m", "server.media", "--udp-host", load.host, "--token-file", str(token)]
        command += ["--pipe-folder", str(Path(self._folder.name) / "pipes"), "--forwarder", backend]
        self.processes: Sequence[Process] = [Process(command) for _ in range(workers)]
        self.name = f"ours {backend}"
        self._clients: list[MediaClient] = []
        self._publishers: list[str] = []
        self._people = 0
        self._seq = 0

    async def start(self) -> None:
        epochs = []
        for process in self.processes:
            line = process.says()
            if not line:
                raise Unavailable(process.complaint())
            ready = json.loads(line)
            epochs.append(ready["epoch"])
            self.name = f"ours {ready['forwarder']}"
            client = MediaClient(url=f"http://127.0.0.1:{ready['control_port']}/control", token=TOKEN, timeout=30.0)
            self._clients.append(client)
            await client.start()
            await client.wait_connected()
        if len(epochs) > 1:
            self.name += f" workers={len(epochs)}"
            await self._tell("spread", workers=epochs)

    async def publish(self, *, sound: bool) -> Publisher:
        name = f"publisher-{len(self._publishers)}"
        publisher = self._load.publisher(sound=Sound(with_level=True) if sound else None)
        voice = publisher.sound
        lines = [
            Line(kind="audio", direction="sendonly", ssrc=voice.ssrc) if voice is not None else _NOTHING[0],
            Line(kind="video", direction="sendonly", ssrc=publisher.picture.ssrc),
        ]
        await self._join(self._clients[0], name, publisher, lines)
        self._publishers.append(name)
        return publisher

    async def subscribe(self, *, watches: bool) -> None:
        self._people += 1
        subscriber = self._load.subscriber(watches=watches)
        client = self._clients[self._people % len(self._clients)]
        await self._join(client, f"subscriber-{self._people}", subscriber, [*_NOTHING, *_RECEIVES])

    async def _join(
        self, client: MediaClient, name: str, member: Publisher | Subscriber, lines: Sequence[Line]
    ) -> None:
        offer = description.offer(member.peer, lines, setup="actpass")
        connection = member.peer.credentials.ufrag
        answer = await client.request("join", room=ROOM, endpoint=name, connection=connection, sdp=offer)
        await member.peer.connect(Remote.read(answer["sdp"]), controlling=True, dtls="client")

    async def ready(self) -> None:
        """The floor is theirs: all publishers may send, the first is big, the others are small."""
        await self._tell("rights", endpoints={name: {"audio": True, "camera": True} for name in self._publishers})
        await self._tell("stage", big=self._publishers[0], order=self._publishers)

    async def _tell(self, op: str, **fields: Any) -> None:
        self._seq += 1
        for client in self._clients:
            await client.request(op, room=ROOM, seq=self._seq, **fields)

    async def stop(self) -> None:
        for client in self._clients:
            await client.close()
        for process in self.processes:
            process.stop()
        self._folder.cleanup()
