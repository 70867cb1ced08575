# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium, driven by its DevTools protocol over a pair of pipes."""

import atexit
import base64
import contextlib
import fcntl
import itertools
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.parse

from . import tap

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60                   # seconds for an answer
ARGUMENTS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run",
    "--no-default-browser-check", "--disable-extensions", "--disable-gpu",
    "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb", "--password-store=basic", "--use-mock-keychain",
    # no name is ever looked up; 127.0.0.1 is vfio-trace serve
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
BUTTONS = {"left": 1}
KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowRight": 39,
        "ArrowDown": 40, "ArrowUp": 38, "Tab": 9}


def program():
    """The path of a Chromium; skips the test if there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise tap.Skip("no chromium")


_shared = []


def shared():
    """The browser of all tests of this program: its start takes the longest.

    It ends with the program; each test opens pages of its own, which are closed after it.
    """
    if _shared and _shared[0].ended:
        _close_shared()
    if not _shared:
        scratch = tempfile.mkdtemp(prefix=f"vfio-trace-test-{os.getpid()}-")
        _shared[:] = [_start(scratch), scratch]
        atexit.register(_close_shared)
        tap.at_end(lambda: _shared and _shared[0].close_pages())
    return _shared[0]


def _start(scratch):
    """With the sandbox, unless this is root or the system has no namespaces for users"""
    browser = Browser(scratch)
    try:
        browser.call("Browser.getVersion")
    except AssertionError:
        browser.__exit__()
        with open(os.path.join(scratch, "chromium.log"), encoding="utf-8",
                  errors="replace") as file:
            said = file.read()
        if "No usable sandbox" not in said:
            raise AssertionError(f"chromium does not start:\n{said}") from None
        browser = Browser(scratch, "--no-sandbox")
    return browser


def _close_shared():
    if _shared:
        browser, scratch = _shared
        _shared.clear()
        browser.__exit__()
        shutil.rmtree(scratch, ignore_errors=True)


class Browser:
    """One process. A context manager."""

    def __init__(self, scratch, *more):
        self.ids = itertools.count(1)
        self.answers = {}
        self.events = queue.Queue()
        self.pages = []
        to_child, self.write_end = self._pipe()
        self.read_end, from_child = self._pipe()
        arguments = [program(), *ARGUMENTS,
                     "--user-data-dir=" + os.path.join(scratch, "chromium"), *more]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")

        def pipes():
            os.dup2(to_child, 3)
            os.dup2(from_child, 4)

        # All other descriptors of Python's are closed on exec anyway.
        self.log = open(os.path.join(scratch, "chromium.log"), "wb")
        self.process = subprocess.Popen(
            arguments + ["about:blank"], close_fds=False, preexec_fn=pipes,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            start_new_session=True,
            env={**os.environ, "HOME": scratch, "XDG_CONFIG_HOME": scratch,
                 "XDG_CACHE_HOME": scratch})
        os.close(to_child)
        os.close(from_child)
        self.lock = threading.Condition()
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    @staticmethod
    def _pipe():
        """Both ends above 4, where the child's are."""
        ends = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
        for end in ends:
            os.close(end)
        return high

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for end in (self.write_end, self.read_end):
            os.close(end)
        self.log.close()

    def _read(self):
        rest = b""
        try:
            while data := os.read(self.read_end, 1 << 20):
                *messages, rest = (rest + data).split(b"\0")
                for message in messages:
                    self._take(json.loads(message))
        except OSError:
            pass
        with self.lock:
            self.ended = True
            self.lock.notify_all()

    def _take(self, message):
        with self.lock:
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                for page in self.pages:
                    page.take(message)
            self.lock.notify_all()

    def call(self, method, session=None, **params):
        """The result of a command"""
        number = next(self.ids)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        with self.lock:
            if not self.lock.wait_for(lambda: number in self.answers or self.ended,
                                      tap.patience(PATIENCE)):
                raise AssertionError(f"chromium: no answer to {method}")
            if number not in self.answers:
                raise AssertionError(f"chromium has ended before it answered {method}")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise AssertionError(f"chromium: {method}: {answer['error']}")
        return answer["result"]

    def page(self, width=1280, height=800, dark=False, phone=False):
        """An empty page"""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target,
                            flatten=True)["sessionId"]
        page = Page(self, session, target)
        with self.lock:
            self.pages.append(page)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(domain + ".enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if phone else 1, mobile=phone)
        page.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        page.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        return page


    def close_pages(self):
        with self.lock:
            pages, self.pages = self.pages, []
        for page in pages:
            if not self.ended:
                self.call("Target.closeTarget", targetId=page.target)


class Page:
    """One page (tab).

    console: what it wrote on the console, errors and violations of its policy
    requests: addresses that it asked for
    """

    def __init__(self, browser, session, target):
        self.browser, self.session, self.target = browser, session, target
        self.console, self.requests, self.dialogs = [], [], []

    def take(self, message):
        if message.get("sessionId") != self.session:
            return
        params = message["params"]
        method = message["method"]
        if method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(a.get("value", a.get("description")))
                                         for a in params["args"]))
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.console.append(details.get("exception", {}).get(
                "description", details["text"]))
        elif method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def open(self, path):
        """Open a file and wait until the page says that it is drawn."""
        self.js("document.documentElement.dataset.state = ''")
        self.call("Page.navigate", url="file://" + urllib.parse.quote(path))
        self.wait("/shown|failed/.test(document.documentElement?.dataset.state)")

    def js(self, expression):
        """The value of an expression, awaited if it is a promise"""
        result = self.call("Runtime.evaluate", expression=expression,
                           awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise AssertionError(f"{expression}: " + details.get(
                "exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait(self, expression):
        """Until an expression is true. An element is, as in JavaScript."""
        def holds():
            try:
                return self.js(f"Boolean({expression})")
            except AssertionError as error:
                # the page before is going
                if not re.search(r"context|navigated", str(error), re.I):
                    raise
                return False

        tap.wait_until(holds, expression)

    def text(self, selector):
        return self.js(f"document.querySelector({json.dumps(selector)})?.textContent")

    def texts(self, selector):
        return self.js(f"[...document.querySelectorAll({json.dumps(selector)})]"
                       ".map((e) => e.textContent)")

    def frame(self):
        """Wait until what has changed is drawn."""
        self.js("new Promise((done) => requestAnimationFrame(() => "
                "requestAnimationFrame(() => done(true))))")

    def box(self, selector):
        """(x, y, width, height) on the screen, scrolled to if needed"""
        box = self.js(f"""(() => {{
            const e = document.querySelector({json.dumps(selector)});
            if (!e) return null;
            e.scrollIntoView({{ block: 'nearest', behavior: 'instant' }});
            const b = e.getBoundingClientRect();
            return [b.x, b.y, b.width, b.height];
        }})()""")
        if box is None:
            raise AssertionError(f"there is no {selector}")
        return box

    def middle(self, selector):
        """The middle of what can be seen of an element: a row may be wider"""
        x, y, width, height = self.box(selector)
        end = min(x + width, self.js("innerWidth"))
        return (max(x, 0) + end) / 2, y + height / 2

    def mouse(self, kind, x, y, button="none", count=0, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button,
                  buttons=BUTTONS.get(button, 0), clickCount=count, **more)

    def click_at(self, x, y, times=1):
        self.mouse("mouseMoved", x, y)
        for n in range(1, times + 1):
            self.mouse("mousePressed", x, y, "left", n)
            self.mouse("mouseReleased", x, y, "left", n)
        self.frame()

    def click(self, selector):
        self.click_at(*self.middle(selector))

    def drag(self, start, end):
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, "left", 1)
        for step in range(1, 5):
            self.mouse("mouseMoved", start[0] + (end[0] - start[0]) * step / 4,
                       start[1] + (end[1] - start[1]) * step / 4, "left")
        self.mouse("mouseReleased", *end, "left", 1)
        self.frame()

    def wheel(self, x, y, across=0, down=0):
        self.mouse("mouseWheel", x, y, deltaX=across, deltaY=down)
        self.frame()

    def key(self, key):
        more = {"text": key} if len(key) == 1 else {"windowsVirtualKeyCode": KEYS[key]}
        if key == "Enter":
            more["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.frame()

    def type(self, selector, text):
        """Replace the text of a field."""
        self.js(f"""(() => {{
            const e = document.querySelector({json.dumps(selector)});
            e.focus();
            e.value = '';
            e.dispatchEvent(new Event('input', {{ bubbles: true }}));
            return true;
        }})()""")
        if text:
            self.call("Input.insertText", text=text)
        self.frame()

    def choose(self, selector, value):
        """Choose an option of a select."""
        self.js(f"""(() => {{
            const e = document.querySelector({json.dumps(selector)});
            e.value = {json.dumps(value)};
            e.dispatchEvent(new Event('change', {{ bubbles: true }}));
            return e.value;
        }})()""")
        self.frame()

    def screenshot(self, path, whole=False):
        self.frame()
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png",
                                          captureBeyondViewport=whole)["data"])
        with open(path, "wb") as file:
            file.write(data)
        return path
