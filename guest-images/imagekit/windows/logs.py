# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of limited size for what a guest, which may be hostile, can make long."""

from ..common import command

TAIL = 64 << 10


class Log:
    """A file that gets the begin and the end of what is written to it.

    path: the file, which is added to
    LIMIT: number of bytes that it takes before it only takes the last TAIL
    """

    LIMIT = 32 << 20

    def __init__(self, path):
        # pylint: disable=consider-using-with
        self._file = open(path, "ab", buffering=0)
        self._room = self.LIMIT
        self._end = b""
        self._over = 0

    def write(self, data):
        """Add bytes."""
        now, later = data[:self._room], data[self._room:]
        self._file.write(now)
        self._room -= len(now)
        if later and not self._over:
            self._file.write(b"\n[too long: of the rest, the last %d KiB are "
                             b"added at the end]\n" % (TAIL >> 10))
        self._over += len(later)
        self._end = (self._end + data)[-TAIL:]

    def last(self, lines=15):
        """The last lines, as text for a terminal."""
        text = self._end[-8192:].decode("utf-8", "replace")
        return command.printable("\n".join(text.splitlines()[-lines:]))

    def close(self):
        """Add the end of what was too long."""
        if self._over:
            end = self._end[-self._over:]
            self._file.write(b"[%d bytes are left out here]\n" %
                             (self._over - len(end)) + end)
        self._file.close()
