# SPDX-License-Identifier: GPL-2.0-or-later
"""A running vfio-trace serve, and requests to it by bare sockets."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time

from . import tap

PATIENCE = 30


class Answer:
    """An answer of the server: status, headers (names in small letters), body"""

    def __init__(self, data):
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value
        self.body = body
        if self.headers.get("transfer-encoding") == "chunked":
            self.body, self.complete = unchunk(body)


def unchunk(data):
    """The contents of chunks, and whether the last one is there"""
    found = []
    at = 0
    while (end := data.find(b"\r\n", at)) >= 0:
        n = int(data[at:end], 16)
        if n == 0:
            return b"".join(found), True
        found.append(data[end + 2:end + 2 + n])
        at = end + n + 4
    return b"".join(found), False


class Serve:
    """vfio-trace serve. A context manager."""

    def __init__(self, log, *arguments, status=False, env=None):
        more = [] if status else ["--no-status"]
        self.process = subprocess.Popen(
            [tap.tool_binary(), "serve", log, *more, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            env={**os.environ, "LC_ALL": "C", **(env or {})})
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise AssertionError(f"no address: {self.process.stderr.read()}")
        self.port = int(re.match(r"http://127\.0\.0\.1:(\d+)/\?token=[0-9a-f]{64}$",
                                 self.address)[1])
        self.host = f"127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def end(self, number=signal.SIGINT):
        """End it by a signal. Return: its exit status, and its messages"""
        self.process.send_signal(number)
        self.process.wait(tap.patience(PATIENCE))
        return self.process.returncode, self.process.stderr.read()

    def another(self):
        """Another address"""
        self.process.send_signal(signal.SIGUSR1)
        return self.process.stdout.readline().strip()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port),
                                        tap.patience(PATIENCE))

    def bare(self, data):
        """What comes back for these bytes, until the server closes"""
        with self.connect() as sock:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                sock.sendall(data)
            found = []
            with contextlib.suppress(ConnectionResetError):
                while more := sock.recv(1 << 20):
                    found.append(more)
            return b"".join(found)

    def head(self, path, method="GET", host=None, **headers):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def get(self, path, **how):
        return Answer(self.bare(self.head(path, **how)))

    def enter(self, address=None):
        """Use an address. Return: a Session"""
        address = address or self.address
        answer = self.get(address[address.index("/", 7):])
        tap.equal(answer.status, 303, "status of the address")
        return Session(self, answer.headers["location"],
                       answer.headers["set-cookie"].split(";")[0])


class Session:
    """A browser that may see the page"""

    def __init__(self, serve, path, cookie):
        self.serve, self.path, self.cookie = serve, path, cookie

    def get(self, name, **how):
        return self.serve.get(self.path + name, Cookie=self.cookie, **how)

    def events(self, query="", **headers):
        return Events(self, query, headers)


class Events:
    """A stream of events. A context manager."""

    def __init__(self, session, query, headers):
        serve = session.serve
        self.sock = serve.connect()
        self.sock.sendall(serve.head(f"{session.path}events{query}",
                                     Cookie=session.cookie, **headers))
        self.data = b""
        self.text = ""
        self.ended = False
        self.last_id = None
        while b"\r\n\r\n" not in self.data:
            self._receive()
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        tap.equal(head.split()[1], b"200", "status of events")

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.sock.close()

    def _receive(self):
        more = self.sock.recv(1 << 20)
        if not more:
            raise EOFError("the server has closed the stream")
        self.data += more

    def _chunk(self):
        while True:
            size, line, rest = self.data.partition(b"\r\n")
            n = int(size, 16) if line else -1
            if n == 0:
                raise EOFError("the stream has ended")
            if line and len(rest) >= n + 2:
                self.data = rest[n + 2:]
                return rest[:n].decode("utf-8")
            self._receive()

    def next(self):
        """The next event: (type, data); comments are skipped"""
        deadline = time.monotonic() + tap.patience(PATIENCE)
        while time.monotonic() < deadline:
            while "\n\n" not in self.text:
                self.text += self._chunk()
            event, _, self.text = self.text.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in event.split("\n")
                          if ": " in line and not line.startswith(":"))
            if "data" in fields:
                self.last_id = fields.get("id", self.last_id)
                return fields.get("event", "message"), json.loads(fields["data"])
        raise AssertionError("no event, only comments")

    def until(self, condition):
        """Updates until one of them meets a condition: all of them"""
        found = []
        deadline = time.monotonic() + tap.patience(PATIENCE)
        while not found or not condition(found[-1]):
            if time.monotonic() > deadline:
                raise AssertionError(f"no such update; the last one: {found[-1:]}")
            kind, data = self.next()
            tap.equal(kind, "message", "type of event")
            found.append(data)
        return found
