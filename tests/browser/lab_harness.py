"""A real JupyterLab in a real Chromium: what the browser tests and the widget bench drive.

    with JupyterServer() as server, LabBrowser(server) as browser:
        notebook = browser.open_notebook(["6 * 7"])
        notebook.run_all()

It has the default settings and the extension of ``make lab``. Nothing of the user's own Jupyter configuration
is read or written, and every folder is a temporary one.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import websocket
from playwright.sync_api import ConsoleMessage, Page, Request, Route, sync_playwright

HOW_TO_GET_CHROMIUM = (
    "no Chromium found: install the system's package (Debian, Ubuntu: `sudo apt-get install chromium`), or "
    "run `python -m playwright install chromium`, or name one in CHROMIUM_PATH"
)
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "::1"}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_LAB = Path(__file__).resolve().parents[2] / "notebooks" / "lab"
# JupyterLab must ask nobody for news, and every cell must be in the page.
_SETTINGS = {
    "apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None: CHROMIUM_PATH, the system's, or Playwright's own."""
    names = (os.environ.get("CHROMIUM_PATH"), "chromium", "chromium-browser", "google-chrome", "chrome")
    for name in names:
        found = shutil.which(name) if name else None
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


class JupyterServer:
    """``jupyter lab`` on a free port with its own token and its own folders, until the context ends."""

    def __init__(self, start_limit: float = 60.0) -> None:
        self.token = uuid.uuid4().hex
        self._start_limit = start_limit

    def __enter__(self) -> "JupyterServer":
        self._stack = contextlib.ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        self.root = self.folder / "root"
        for name in ("root", "config", "data", "runtime", "workspaces", "settings", "ipython"):
            (self.folder / name).mkdir()
        for name, values in _SETTINGS.items():
            path = self.folder / "settings" / "@jupyterlab" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")
        } | {
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_CONFIG_PATH": str(_LAB),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_PLATFORM_DIRS": "1",
        }
        port = _free_port()
        self._log = (self.folder / "server.log").open("w+")
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--ServerApp.ip=127.0.0.1",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                "--ServerApp.allow_root=True",
                f"--ServerApp.root_dir={self.root}",
                f"--IdentityProvider.token={self.token}",
                "--LabApp.expose_app_in_browser=True",
                f"--LabApp.extra_labextensions_path={_LAB / 'labextensions'}",
                f"--LabApp.workspaces_dir={self.folder / 'workspaces'}",
                f"--LabApp.user_settings_dir={self.folder / 'settings'}",
                "--LabApp.news_url=",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--LabApp.extension_manager=readonly",
                # As for a student: no search for language servers, which would start npm.
                "--LanguageServerManager.autodetect=False",
            ],
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._stack.callback(self._stop)
        self.url = f"http://127.0.0.1:{port}/lab"
        try:
            self._wait(f"http://127.0.0.1:{port}/api/status?token={self.token}")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def log(self) -> str:
        """Return what the server has written."""
        self._log.flush()
        return Path(self._log.name).read_text()

    def _wait(self, url: str) -> None:
        end = time.monotonic() + self._start_limit
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"jupyter lab ended at once:\n{self.log()}")
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
                return
            time.sleep(0.1)
        raise TimeoutError(f"jupyter lab did not answer in {self._start_limit:.0f} s:\n{self.log()}")

    def _stop(self) -> None:
        # The server first, so that it ends its kernels; what is left of its own session after that, by force.
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._log.close()


class LabBrowser:
    """A headless Chromium; each notebook gets a page of its own."""

    def __init__(self, server: JupyterServer, width: int = 1300, height: int = 1000) -> None:
        self.server = server
        self._page_options: Any = {"viewport": {"width": width, "height": height}}

    def __enter__(self) -> "LabBrowser":
        executable = find_chromium()
        if executable is None:
            raise FileNotFoundError(HOW_TO_GET_CHROMIUM)
        self._stack = contextlib.ExitStack()
        playwright = self._stack.enter_context(sync_playwright())
        self._debugging_port = _free_port()
        self._browser = playwright.chromium.launch(
            executable_path=executable,
            headless=True,
            args=[*_FLAGS, f"--remote-debugging-port={self._debugging_port}"],
        )
        self._stack.callback(self._browser.close)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def blank_page(self, scale: float = 1.0) -> Page:
        """Return an empty page, for JavaScript that needs no Jupyter."""
        return self._browser.new_page(**self._page_options, device_scale_factor=scale)

    @contextlib.contextmanager
    def free_mouse(self, page: Page) -> Iterator[Callable[[float, float], None]]:
        """Yield a function that moves the mouse of a page without waiting for the page, as a hand does.

        Playwright's own ``mouse.move`` waits until the page has taken the move: at most 30 moves a second.
        """
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self._debugging_port}/json/list", timeout=10
        ) as answer:
            targets = json.load(answer)
        address = next(target["webSocketDebuggerUrl"] for target in targets if target["url"] == page.url)
        connection = websocket.create_connection(address, suppress_origin=True, timeout=10)
        sent = 0

        def move(x: float, y: float) -> None:
            nonlocal sent
            sent += 1
            parameters = {"type": "mouseMoved", "x": x, "y": y, "button": "left", "buttons": 1}
            connection.send(
                json.dumps({"id": sent, "method": "Input.dispatchMouseEvent", "params": parameters})
            )

        try:
            yield move
            # Every move is answered once the page has taken it.
            for _ in range(sent):
                connection.recv()
        finally:
            connection.close()

    def open_notebook(self, cells: list[str], limit: float = 60.0) -> "LabNotebook":
        """Open a notebook of these code cells, and wait until its Jupyter kernel is ready and idle."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        name = f"{uuid.uuid4().hex}.ipynb"
        nbformat.write(notebook, self.server.root / name)
        return self.open_path(name, limit)

    def open_path(self, name: str, limit: float = 60.0) -> "LabNotebook":
        """Open a notebook of the server's root folder."""
        page = self._browser.new_page(**self._page_options)
        opened = LabNotebook(page, name)
        # A workspace of its own, so that no page restores another's.
        page.set_default_timeout(1000 * limit)
        page.goto(f"{self.server.url}/workspaces/{uuid.uuid4().hex}?reset&token={self.server.token}")
        page.wait_for_function("() => window.jupyterapp !== undefined")
        opened.evaluate(
            """async (path) => {
                const app = window.jupyterapp;
                await app.restored;
                const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook" });
                await panel.revealed;
                // JupyterLab opens a launcher in an empty page, sometimes late, and makes it current.
                const alone = () => {
                    for (const other of [...app.shell.widgets("main")]) {
                        if (other.id.startsWith("launcher")) other.close();
                    }
                    if (app.shell.currentWidget !== panel) app.shell.activateById(panel.id);
                };
                app.shell.currentChanged.connect(alone);
                alone();
                await panel.sessionContext.ready;
                await panel.sessionContext.session.kernel.info;
                app.shell.collapseLeft();
                app.shell.collapseRight();
            }""",
            name,
            limit=limit,
        )
        opened.wait_idle(limit)
        return opened


class LabNotebook:
    """One open notebook: run it, ask its Jupyter kernel, look at it."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.console_errors: list[str] = []
        self.outside_requests: list[str] = []
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.console_errors.append(error.stack or str(error)))
        page.on("request", self._note_request)
        page.on("websocket", lambda websocket: self._note_url(websocket.url))
        page.route(_is_outside, _abort)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(message.text)

    def _note_request(self, request: Request) -> None:
        self._note_url(request.url)

    def _note_url(self, url: str) -> None:
        if _is_outside(url):
            self.outside_requests.append(url)

    def evaluate(self, function: str, argument: Any = None, limit: float = 20.0) -> Any:
        """Call a JavaScript function (``"(x) => ..."``) in the page, with its own time limit in seconds."""
        return self.page.evaluate(
            f"""([argument, limit]) => Promise.race([
                Promise.resolve(({function})(argument)),
                new Promise((_, reject) => {{
                    setTimeout(() => reject(new Error("no answer in " + limit + " s")), 1000 * limit);
                }}),
            ])""",
            [argument, limit],
        )

    def wait_idle(self, limit: float = 60.0) -> None:
        """Wait until the Jupyter kernel has nothing to do."""
        self.evaluate(
            """async () => {
                for (let waited = 0; ; waited += 50) {
                    const kernel = window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel;
                    if (kernel?.status === "idle") return;
                    // A status that was sent before the page listened is lost: ask for another one.
                    if (waited % 5000 === 4950) kernel?.requestExecute({ code: "", silent: true });
                    await new Promise((done) => setTimeout(done, 50));
                }
            }""",
            limit=limit,
        )

    def run_all(self, limit: float = 120.0) -> None:
        """Run all cells, wait until they are done, and raise if one of them failed."""
        # Before the kernel is idle "Run All" silently does nothing.
        self.wait_idle(limit)
        self.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')", limit=limit)
        self.wait_idle(limit)
        failed = self.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .flatMap((cell) => cell.model.outputs?.toJSON() ?? [])
                .filter((output) => output.output_type === "error")
                .map((output) => output.traceback.join("\\n"))"""
        )
        if failed:
            raise AssertionError(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(failed)))

    def python(self, expression: str, limit: float = 20.0) -> Any:
        """Return the value of a Python expression in the Jupyter kernel; it must be JSON-like."""
        reply = self.evaluate(
            """async (expression) => {
                const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
                const future = kernel.requestExecute({
                    code: "",
                    store_history: false,
                    user_expressions: { value: `__import__("json").dumps(${expression})` },
                });
                return (await future.done).content.user_expressions.value;
            }""",
            expression,
            limit=limit,
        )
        if reply["status"] != "ok":
            raise RuntimeError(f"{expression}: {reply['ename']}: {reply['evalue']}")
        # The reply is the repr of a JSON text.
        text = reply["data"]["text/plain"]
        return json.loads(eval(text, {"__builtins__": {}}))

    def wait_python(self, expression: str, limit: float = 10.0) -> Any:
        """Wait until a Python expression in the Jupyter kernel is true, and return its value."""
        end = time.monotonic() + limit
        while True:
            value = self.python(expression)
            if value:
                return value
            if time.monotonic() > end:
                raise TimeoutError(f"not true after {limit:.0f} s: {expression}")
            self.page.wait_for_timeout(50)

    def output(self, cell: int) -> dict[str, Any]:
        """Return the first output of a cell, by MIME type."""
        data: dict[str, Any] = self.evaluate(
            """(cell) => window.jupyterapp.shell.currentWidget.content.widgets[cell]
                .model.outputs.toJSON()[0].data""",
            cell,
        )
        return data

    def assert_clean(self) -> None:
        """Raise if the page has logged an error or asked anything of another machine."""
        assert self.console_errors == []
        assert self.outside_requests == []

    @contextlib.contextmanager
    def no_kernel(self, widget: str) -> Iterator[None]:
        """Let the Jupyter kernel go, for a notebook's last test; the widget says so, and sends nothing more.

        Parameters
        ----------
        widget : str
            Selector of the widget's root.
        """
        self.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()")
        notice = self.page.locator(f"{widget} .hgmrl-connection", has_text="no longer knows this figure")
        notice.first.wait_for()
        yield
        assert self.console_errors == []

    def cell_count(self) -> int:
        """Return how many cells the notebook has."""
        count: int = self.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
        return count

    def set_theme(self, name: str) -> None:
        """Change to "JupyterLab Light" or "JupyterLab Dark"."""
        # JupyterLab's splash screen is one node, and raises when a second change begins before it is gone.
        self._wait_splash()
        self.evaluate(
            "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name
        )
        light = "true" if "Light" in name else "false"
        self.page.wait_for_selector(
            f"body[data-jp-theme-name='{name}'][data-jp-theme-light='{light}']", state="attached"
        )
        self._wait_splash()

    def _wait_splash(self) -> None:
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def close(self) -> None:
        """Shut the Jupyter kernel down and close the page."""
        with contextlib.suppress(Exception):
            self.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_outside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob", "about") and parts.hostname not in LOCAL_HOSTS


def _abort(route: Route) -> None:
    route.abort()
