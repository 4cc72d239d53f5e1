"""The real product for end-to-end tests: `manage.py serve` with a data folder and ports of its own.

Nothing here reaches into the server: what a test prepares, it prepares over HTTP, as a user's browser would. Only
`kill` does what no user can.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


class Rejected(AssertionError):
    """The server said no; `code` is its stable code."""

    def __init__(self, status: int, code: str, facts: dict[str, Any]) -> None:
        super().__init__(f"{status} {code} {facts}")
        self.status, self.code, self.facts = status, code, facts


class Client:
    """One browser's session over plain HTTP: to prepare what a test does not look at, and to borrow cookies from."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self.get("/api/accounts/csrf")

    @property
    def cookies(self) -> dict[str, str]:
        """Name → value."""
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def get(self, path: str) -> Any:
        """The JSON at a path."""
        return self._send("GET", path, None, "application/json")

    def post(self, path: str, body: Any = None) -> Any:
        """Send JSON, as the pages do."""
        return self._send("POST", path, json.dumps(body if body is not None else {}).encode(), "application/json")

    def upload(self, path: str, *, file: bytes, name: str, **fields: str) -> Any:
        """Send a file in the field `file`, with other form fields."""
        border = uuid.uuid4().hex
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = b"".join([*parts, head.encode(), file, f"\r\n--{border}--\r\n".encode()])
        return self._send("POST", path, body, f"multipart/form-data; boundary={border}")

    def do(self, meeting: str, type_: str, **fields: Any) -> Any:
        """Give a live command; its result."""
        body = {"id": str(uuid.uuid4()), "command": {"type": type_, **fields}}
        return self.post(f"/api/live/{meeting}/do", body)["result"]

    def _send(self, method: str, path: str, body: bytes | None, kind: str) -> Any:
        request = urllib.request.Request(self._address + path, data=body, method=method)  # noqa: S310 - our own server
        request.add_header("Content-Type", kind)
        request.add_header("Origin", self._address)
        if token := self.cookies.get("csrftoken"):
            request.add_header("X-CSRFToken", token)
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            told = error.read()
            try:
                refusal = json.loads(told)
            except ValueError:
                raise AssertionError(f"{method} {path}: {error.code} {told[:500]!r}") from None
            raise Rejected(error.code, refusal.get("code", "?"), refusal.get("facts", {})) from None
        return json.loads(text) if text else None


class Product:
    """One running product with the demo city in it."""

    def __init__(self, folder: Path, *, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GONGSHANG_", "DJANGO_"))},
            "GONGSHANG_DATA_DIR": str(folder),
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def password(self) -> str:
        """The password of all demo accounts."""
        return (self.folder / "demo_password").read_text().strip()

    def manage(self, *words: str) -> str:
        """Run a management command beside the server."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *options: str, command: str = "serve", wait: bool = True) -> None:
        """`serve`, or `demo` with the city; returns when somebody answers (over plain HTTP)."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", command, "--port", str(self.port), *options],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait_until_up()

    def stop(self) -> None:
        """End it as an administrator does; insist if it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError("serve did not end when asked to") from None
        self._process = None

    def wait_until_up(self) -> None:
        """Wait until the web process answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self._process is None or self._process.poll() is None, self.log.read_text()
            try:
                Client(self.address)
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"nobody answers at {self.address}\n{self.log.read_text()}")

    def wait_until_greeting(self) -> None:
        """Wait until `serve` has said where to go: for a product that does not speak plain HTTP."""
        end = time.monotonic() + PATIENCE
        while "Ctrl-C" not in self.log.read_text():
            assert self._process is None or self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def pid(self, name: str) -> int | None:
        """The process that is `web` or `media-0` now; None while there is none."""
        try:
            return int((self.folder / "run" / f"{name}.pid").read_text())
        except FileNotFoundError:
            return None

    def kill(self, name: str) -> None:
        """kill -9 `web` or `media-0`; returns when it is dead, not when there is a new one."""
        pid = self.pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            # A dead child that is not yet waited for still has its directory, but no command line.
            try:
                if not Path(f"/proc/{pid}/cmdline").read_bytes():
                    return
            except FileNotFoundError:
                return
            time.sleep(0.01)
        raise AssertionError(f"{name} survived SIGKILL")

    def kill_supervisor(self) -> None:
        """kill -9 `serve` itself."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def client(self, username: str | None = None) -> Client:
        """A session, signed in if there is a name."""
        client = Client(self.address)
        if username:
            client.post("/api/accounts/sign-in", {"username": username, "password": self.password})
        return client

    def state(self, meeting: str) -> dict[str, Any]:
        """The whole meeting as staff may see it, read afresh.

        The snapshot that a client gets may be some events old (the events come with it), so two of them cannot be
        compared.
        """
        program = (
            "import sys; from uuid import UUID; from meetings.live import roles, snapshots;"
            f"print('=' + snapshots.take(UUID('{meeting}'), roles.Audience.STAFF).text)"
        )
        printed = self.manage("shell", "--no-imports", "-c", program)
        snapshot: dict[str, Any] = json.loads(printed[printed.index("=") + 1 :])
        return snapshot

    def media_home(self, meeting: str) -> str:
        """The worker that has the meeting's media, with the epoch of its life: `media-0@…`."""
        program = (
            f"from meetings.stage.models import MediaLease;print('=' + MediaLease.objects.get(pk='{meeting}').home)"
        )
        printed = self.manage("shell", "--no-imports", "-c", program)
        return printed[printed.index("=") + 1 :].strip()

    def meeting(self) -> str:
        """The demo city's meeting of today."""
        meetings = self.client("secretary").get("/api/me/home")["meetings"]
        return str(next(each["id"] for each in meetings if each["state"] == "NOTIFIED"))


@contextmanager
def running_product(folder: Path, *options: str, city: bool = True) -> Iterator[Product]:
    """The product with an up-to-date database and, if wanted, the demo city; ended afterwards."""
    assert (ROOT / "frontend" / "dist" / "index.html").exists(), "The frontend is not built: run `make build`"
    product = Product(folder)
    if city:
        product.start("--no-documents", command="demo")
    else:
        product.manage("migrate", "--verbosity", "0", "--skip-checks")
        product.start(*options)
    try:
        yield product
    finally:
        product.stop()


def _free_port() -> int:
    """Outside the kernel's ephemeral range, so that no outgoing connection takes it between this and the server.

    The next ports are used too (the media worker's control door), so each product begins a hundred apart.
    """
    first = 200 + os.getpid() % 100
    hundreds: list[int] = [*range(first, 300), *range(200, first)]
    for hundred in hundreds:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", hundred * 100))
            except OSError:
                continue
            return hundred * 100
    raise AssertionError("no free port")
