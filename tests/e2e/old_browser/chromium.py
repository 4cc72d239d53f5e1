"""A real Chromium 83, driven over its own debugging port: the age of browsers on 信创 terminals.

Playwright cannot speak to one so old. This speaks the few words of the DevTools protocol that a test needs, from a
thread of its own, so that it may stand in any test.
"""

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")

PROGRAM = Path(__file__).resolve().parents[3] / "var" / "old-chromium" / "chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=zh-CN",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
]
PATIENCE = 20.0


class OldPage:
    """One tab. `errors` collects uncaught exceptions and what the page or the browser logged as an error."""

    def __init__(self, browser: "OldChromium", connection: "_Connection", *, cookies: dict[str, str], url: str) -> None:
        self.errors: list[str] = []
        self._browser = browser
        self._connection = connection
        connection.on_event = self._on_event
        for domain in ("Runtime", "Log", "Page", "Network"):
            self._call(f"{domain}.enable")
        for name, value in cookies.items():
            self._call("Network.setCookie", name=name, value=value, url=url)

    def goto(self, url: str) -> None:
        """Open an address and wait until the document is there."""
        answer = self._call("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        self.wait_for("document.readyState === 'complete'")

    def size(self, width: int, height: int) -> None:
        """Set the window's inner size."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def before_everything(self, script: str) -> None:
        """Run a script in every document from now on, before the page's own."""
        self._call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {_told(answer['exceptionDetails'])}")
        return answer["result"].get("value")

    def wait_for(self, expression: str, *, patience: float = PATIENCE) -> Any:
        """Wait until an expression is truthy, and give its value."""
        end = time.monotonic() + patience
        while True:
            with contextlib.suppress(_Gone):
                if value := self.evaluate(expression):
                    return value
            if time.monotonic() > end:
                raise AssertionError(f"never true: {expression}\n{self.text[:2000]}\nerrors: {self.errors}")
            time.sleep(0.1)

    def wait_for_text(self, text: str, *, patience: float = PATIENCE) -> None:
        """Wait until the page shows a text."""
        self.wait_for(f"document.body.innerText.includes({json.dumps(text)})", patience=patience)

    def wait_for_element(self, selector: str, *, patience: float = PATIENCE) -> None:
        """Wait until there is such an element."""
        self.wait_for(f"Boolean(document.querySelector({json.dumps(selector)}))", patience=patience)

    @property
    def text(self) -> str:
        """What the page shows, as text."""
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def click(self, selector: str) -> None:
        """Click the middle of the first visible element, as a mouse does; a covered element is an error."""
        where = self.wait_for(
            f"""(async () => {{
              const found = [...document.querySelectorAll({json.dumps(selector)})]
                .find((each) => each.getClientRects().length && !each.disabled);
              if (!found) return null;
              found.scrollIntoView({{ block: "center" }});
              const before = found.getBoundingClientRect();
              await new Promise((resolve) => setTimeout(resolve, 150));
              const box = found.getBoundingClientRect();
              // What still moves would be missed.
              if (box.x !== before.x || box.y !== before.y) return null;
              const x = box.x + box.width / 2, y = box.y + box.height / 2;
              const top = document.elementFromPoint(x, y);
              return top && (found.contains(top) || top.contains(found)) ? {{ x, y }} : null;
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=where["x"], y=where["y"], button="left", clickCount=1)

    def click_text(self, text: str, *, among: str = "button, a, [role=tab], [role=menuitem]") -> None:
        """Click the first visible element of a kind that shows exactly this text or carries it as its label."""
        mark = f"old-{time.monotonic_ns()}"
        self.wait_for(
            f"""(() => {{
              const found = [...document.querySelectorAll({json.dumps(among)})].find((each) =>
                each.getClientRects().length &&
                [each.innerText.trim(), each.getAttribute("aria-label")].includes({json.dumps(text)}));
              if (found) found.setAttribute("data-old", {json.dumps(mark)});
              return Boolean(found);
            }})()"""
        )
        self.click(f'[data-old="{mark}"]')

    def type(self, selector: str, text: str) -> None:
        """Click into a field and type."""
        self.click(selector)
        self._call("Input.insertText", text=text)

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.run(self._connection.call(method, parameters))

    def _on_event(self, method: str, facts: dict[str, Any]) -> None:
        match method:
            case "Runtime.exceptionThrown":
                self.errors.append(_told(facts["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if facts["type"] in ("error", "assert"):
                self.errors.append(" ".join(str(each.get("value", each.get("description"))) for each in facts["args"]))
            case "Log.entryAdded" if facts["entry"]["level"] == "error":
                entry = facts["entry"]
                # A refusal by the API is an answer that pages handle; a file that does not load is a mistake.
                if "/api/" not in entry.get("url", ""):
                    self.errors.append(f"{entry['text']} {entry.get('url', '')}")


class OldChromium:
    """The browser process. Every page it opens is a tab with cookies of its own."""

    def __init__(self, address: str) -> None:
        self.pages: list[OldPage] = []
        self._address = address
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._session = self.run(self._make_session())
        self._main = self.run(self._connect(address))

    def page(
        self,
        url: str,
        *,
        cookies: dict[str, str] | None = None,
        size: tuple[int, int] = (1440, 900),
        script: str = "",
    ) -> OldPage:
        """A new tab at an address, signed in by cookies if there are any; `script` runs before the page's own."""
        context = self.run(self._main.call("Target.createBrowserContext", {}))["browserContextId"]
        wanted = {"url": "about:blank", "browserContextId": context}
        target = self.run(self._main.call("Target.createTarget", wanted))["targetId"]
        host = re.match(r"ws://([^/]+)/", self._address)
        assert host
        connection = self.run(self._connect(f"ws://{host[1]}/devtools/page/{target}"))
        page = OldPage(self, connection, cookies=cookies or {}, url=url)
        self.pages.append(page)
        page.size(*size)
        page.before_everything(script)
        page.goto(url)
        return page

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the thread that holds the connections."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def close(self) -> None:
        """Hang up; the process is ended by whoever started it."""
        self.run(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _make_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    async def _connect(self, address: str) -> "_Connection":
        socket = await self._session.ws_connect(address, max_msg_size=0)
        return _Connection(socket)


class _Gone(AssertionError):
    """The document went away while it was asked: it navigates."""


class _Connection:
    """One DevTools connection: numbered calls, and events in between."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.on_event: Any = None
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        number = self._number
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(30):
            told = await answer
        if "error" in told:
            message = told["error"]["message"]
            raise _Gone(message) if "context" in message else AssertionError(f"{method}: {message}")
        result: dict[str, Any] = told["result"]
        return result

    async def _read(self) -> None:
        async for frame in self._socket:
            told = json.loads(frame.data)
            if "id" in told:
                self._waiting.pop(told["id"]).set_result(told)
            elif self.on_event:
                self.on_event(told["method"], told["params"])
        for each in self._waiting.values():
            each.set_exception(ConnectionError("the old browser went away"))


@contextmanager
def old_chromium() -> Iterator[OldChromium]:
    """Start the browser, and end it with everything that belongs to it."""
    assert PROGRAM.exists(), "Chromium 83 is not unpacked: run bin/old-browser"
    with tempfile.TemporaryDirectory(prefix="old-chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
            start_new_session=True,
        )
        try:
            browser = OldChromium(_address(Path(profile) / "DevToolsActivePort", process))
            try:
                yield browser
            finally:
                browser.close()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(file: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"Chromium 83 ended with {process.returncode}"
        if file.exists() and len(lines := file.read_text().split()) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise AssertionError("Chromium 83 did not open its debugging port")


def _told(details: dict[str, Any]) -> str:
    exception = details.get("exception", {})
    return str(exception.get("description") or exception.get("value") or details.get("text"))
