# SPDX-License-Identifier: GPL-2.0-or-later
"""A vfio-user server: a PCI device behind a UNIX socket.

It speaks the protocol of QEMU's docs/interop/vfio-user.rst, version 0.0, and
records each access that comes by message, to compare the log with. Accesses
through a mapping send no message; their effect shows in the mapped memory.
"""

import array
import errno
import json
import mmap
import os
import select
import socket
import struct
import threading
from collections import namedtuple

# One access that has come by message; data is what was read or written.
Access = namedtuple("Access", "op region offset data")
Dma = namedtuple("Dma", "iova size flags mapped")

HEADER = struct.Struct("<HHIII")        # id, command, size, flags, error
REPLY, NO_REPLY, FAILED = 0x1, 0x10, 0x20
MAX_FDS = 16
MAX_TRANSFER = 1 << 20

(VERSION, DMA_MAP, DMA_UNMAP, GET_INFO, GET_REGION_INFO, GET_REGION_IO_FDS,
 GET_IRQ_INFO, SET_IRQS, REGION_READ, REGION_WRITE, DMA_READ, DMA_WRITE,
 RESET) = range(1, 14)
REGION_WRITE_MULTI = 15

DEVICE_RESET, DEVICE_PCI = 1, 2
REGION_INFO = struct.Struct("<IIIIQQ")  # argsz flags index cap_offset size off
REGION_R, REGION_W, REGION_MMAP, REGION_CAPS = 1, 2, 4, 8
REGIONS, CONFIG_REGION = 9, 7
SPARSE_MMAP = 1                         # id of a region's capability

IRQ_EVENTFD, IRQ_MASKABLE, IRQ_AUTOMASKED = 1, 2, 4
IRQS, INTX, MSI, ERROR = 5, 0, 1, 3
SET_EVENTFD, SET_MASK, SET_UNMASK, SET_TRIGGER = 4, 8, 16, 32

MEM32, IO, MEM64_PREFETCH = 0, 1, 0xc
MSI_CAP = 0x50


class Region:
    """Memory that is accessed by messages, and in some areas by mappings.

    areas: [(offset, size)] that the client may map
    kind: the low bits of a BAR: MEM32, IO or MEM64_PREFETCH
    """

    def __init__(self, size, areas=(), kind=MEM32):
        self.size = size
        self.kind = kind
        self.areas = list(areas)
        self.fd = os.memfd_create("region") if areas else None
        if areas:
            os.truncate(self.fd, size)
            self.memory = mmap.mmap(self.fd, size)
        else:
            self.memory = bytearray(size)

    def read(self, offset, count):
        return bytes(self.memory[offset:offset + count])

    def write(self, offset, data):
        self.memory[offset:offset + len(data)] = data

    def info(self, index, argsz):
        """The reply to GET_REGION_INFO, and the files that go with it."""
        flags = REGION_R | REGION_W if self.size else 0
        caps = b""
        if self.areas:
            flags |= REGION_MMAP
            if self.areas != [(0, self.size)]:
                flags |= REGION_CAPS
                caps = struct.pack("<HHIII", SPARSE_MMAP, 1, 0,
                                   len(self.areas), 0)
                caps += b"".join(struct.pack("<QQ", *a) for a in self.areas)
        full = REGION_INFO.size + len(caps)
        head = REGION_INFO.pack(full, flags, index,
                                REGION_INFO.size if caps else 0, self.size, 0)
        # if the reply does not fit, the client asks again with more room
        return (head + caps)[:max(argsz, REGION_INFO.size)], \
            [self.fd] if self.fd is not None else []


class CountingRegion(Region):
    """Registers that reveal duplicated accesses: dword 0 counts the reads of
    itself, dword 4 the writes to it; the rest is memory."""

    def read(self, offset, count):
        data = super().read(offset, count)
        if offset == 0:
            self._count(0)
        return data

    def write(self, offset, data):
        if offset == 4:
            self._count(4)
        else:
            super().write(offset, data)

    def _count(self, offset):
        value, = struct.unpack_from("<I", self.memory, offset)
        struct.pack_into("<I", self.memory, offset, value + 1)


class ConfigRegion(Region):
    """Config space: BARs of the given sizes, INTA# and one MSI message.

    The client does not pass on the BARs' addresses.
    """

    WRITABLE = ((0x04, b"\x07\x04"), (0x3c, b"\xff"),
                (MSI_CAP + 2, b"\x01\x00"), (MSI_CAP + 4, b"\xff" * 10))

    def __init__(self, ident, bar_types):
        super().__init__(256)
        pack = struct.pack_into
        pack("<HHHH", self.memory, 0x00, *ident, 0, 0x10)   # has capabilities
        pack("<I", self.memory, 0x08, 0xff000001)
        pack("<6I", self.memory, 0x10, *bar_types)
        pack("<HH", self.memory, 0x2c, *ident)
        pack("<B", self.memory, 0x34, MSI_CAP)
        pack("<BB", self.memory, 0x3c, 0, 1)
        pack("<BBH", self.memory, MSI_CAP, 5, 0, 0x80)      # 64 bits wide
        self.mask = bytearray(256)
        for at, bits in self.WRITABLE:
            self.mask[at:at + len(bits)] = bits

    def write(self, offset, data):
        for at, byte in enumerate(data, offset):
            mask = self.mask[at]
            self.memory[at] = self.memory[at] & ~mask | byte & mask


class ProtocolError(AssertionError):
    """The client has violated the protocol."""


class Server(threading.Thread):
    """The device; a context manager. It serves one client after another.

    bars: {number: Region}
    fail: {(op, bar, offset)} of accesses to answer with an error
    """

    def __init__(self, path, bars, ident=(0x1234, 0x5678), fail=()):
        super().__init__(daemon=True)
        self.path = path
        self.bars = bars
        self.fail = set(fail)
        self.config = ConfigRegion(
            ident, [bars[n].kind if n in bars else 0 for n in range(6)])
        self.accesses = []              # of BARs, in the order of arrival
        self.config_accesses = []
        self.dma = {}                   # iova: Dma
        self.irq_fds = {}               # (index, n): eventfd
        self.unmasked = 0               # number of unmaskings of INTx
        self.resets = 0
        self.clients = 0
        self.trouble = None             # the exception that ended the thread
        self.gate = threading.Event()   # cleared: no request is answered
        self.gate.set()
        self.handlers = {
            VERSION: self._version, DMA_MAP: self._dma_map,
            DMA_UNMAP: self._dma_unmap, GET_INFO: self._info,
            GET_REGION_INFO: self._region_info, GET_IRQ_INFO: self._irq_info,
            SET_IRQS: self._set_irqs, REGION_READ: self._read,
            REGION_WRITE: self._write, RESET: self._reset,
            REGION_WRITE_MULTI: self._write_multi}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        self.client = None
        self.ended, self._wake = os.pipe()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *exc):
        self.die()
        os.close(self.ended)
        os.close(self._wake)
        if self.trouble and not kind:
            raise self.trouble

    def die(self):
        """End like a killed server: its sockets close."""
        if self.is_alive():
            os.write(self._wake, b"x")
            self.gate.set()
            self.join(30)
            if self.is_alive():
                raise AssertionError("the vfio-user server does not end")

    # The thread

    def run(self):
        try:
            while self._readable(self.listener):
                self.client, _ = self.listener.accept()
                self.clients += 1
                try:
                    self._serve()
                finally:
                    self.client.close()
                    self._forget()
        except (ProtocolError, OSError, struct.error) as e:
            self.trouble = e
        finally:
            self.listener.close()

    def _readable(self, sock):
        """Wait for something to read; False if the server is to end."""
        return self.ended not in select.select([sock, self.ended], [], [])[0]

    def _forget(self):
        """Drop the state that a client leaves behind."""
        for fd in self.irq_fds.values():
            os.close(fd)
        self.irq_fds.clear()
        for dma in self.dma.values():
            if dma.mapped:
                dma.mapped.close()
        self.dma.clear()

    def _serve(self):
        while self._readable(self.client):
            try:
                head, fds, _, _ = socket.recv_fds(
                    self.client, HEADER.size, MAX_FDS, socket.MSG_WAITALL)
                if not head:
                    return
                head += self._receive(HEADER.size - len(head))
                ident, command, size, flags, _ = HEADER.unpack(head)
                body = self._receive(size - HEADER.size)
                self.gate.wait()
                if not self._readable_now():
                    return
                self._handle(ident, command, flags, body, fds)
            except ConnectionError:
                return

    def _readable_now(self):
        return self.ended not in select.select([self.ended], [], [], 0)[0]

    def _receive(self, size):
        data = b""
        while len(data) < size:
            more = self.client.recv(size - len(data))
            if not more:
                raise ConnectionError("the client has gone")
            data += more
        return data

    def _handle(self, ident, command, flags, body, fds):
        handler = self.handlers.get(command)
        error, reply, out_fds = 0, b"", []
        try:
            if not handler:
                raise OSError(errno.ENOSYS, f"command {command}")
            answer = handler(body, fds)
            if answer is not None:
                reply, out_fds = answer
        except OSError as e:
            error = e.errno
        if flags & NO_REPLY:
            return
        head = HEADER.pack(ident, command, HEADER.size + len(reply),
                           REPLY | (FAILED if error else 0), error)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                      array.array("i", out_fds))] if out_fds else []
        self.client.sendmsg([head, reply], ancillary)

    # The commands: each takes (body, fds) and returns None or (reply, fds)

    @staticmethod
    def _version(body, fds):
        major, _ = struct.unpack_from("<HH", body)
        if major != 0:
            raise ProtocolError(f"version {major}")
        offered = json.loads(body[4:].rstrip(b"\0"))["capabilities"]
        for name in ("max_msg_fds", "max_data_xfer_size"):
            if name not in offered:
                raise ProtocolError(f"no {name} in the client's version")
        capabilities = {"max_msg_fds": MAX_FDS,
                        "max_data_xfer_size": MAX_TRANSFER,
                        "pgsizes": 4096, "write_multiple": True}
        text = json.dumps({"capabilities": capabilities}).encode()
        return struct.pack("<HH", 0, 0) + text + b"\0", []

    def _dma_map(self, body, fds):
        _, flags, offset, iova, size = struct.unpack("<IIQQQ", body)
        if iova in self.dma:
            raise OSError(errno.EEXIST, "mapped already")
        mapped = None
        if fds:
            protection = mmap.PROT_READ | (mmap.PROT_WRITE if flags & 2 else 0)
            mapped = mmap.mmap(fds[0], size, mmap.MAP_SHARED, protection,
                               offset=offset)
            os.close(fds[0])
        self.dma[iova] = Dma(iova, size, flags, mapped)

    def _dma_unmap(self, body, _fds):
        argsz, flags, iova, size = struct.unpack("<IIQQ", body)
        dma = self.dma.pop(iova, None)
        if not dma or dma.size != size:
            raise OSError(errno.ENOENT, "not mapped")
        if dma.mapped:
            dma.mapped.close()
        return struct.pack("<IIQQ", argsz, flags, iova, size), []

    @staticmethod
    def _info(_body, _fds):
        return struct.pack("<IIII", 16, DEVICE_RESET | DEVICE_PCI, REGIONS,
                           IRQS), []

    def _region(self, index):
        if index == CONFIG_REGION:
            return self.config
        return self.bars.get(index) or Region(0)

    def _region_info(self, body, _fds):
        argsz, _, index, _, _, _ = REGION_INFO.unpack(body)
        if index >= REGIONS:
            raise OSError(errno.EINVAL, f"region {index}")
        return self._region(index).info(index, argsz)

    @staticmethod
    def _irq_info(body, _fds):
        _, _, index, _ = struct.unpack("<IIII", body)
        flags = {INTX: IRQ_EVENTFD | IRQ_MASKABLE | IRQ_AUTOMASKED,
                 MSI: IRQ_EVENTFD, ERROR: IRQ_EVENTFD}.get(index, 0)
        return struct.pack("<IIII", 16, flags, index, 1 if flags else 0), []

    def _set_irqs(self, body, fds):
        _, flags, index, start, count = struct.unpack_from("<IIIII", body)
        for fd in fds if not flags & SET_TRIGGER else []:
            os.close(fd)
        if index == INTX and flags & SET_UNMASK:
            self.unmasked += 1
        if not flags & SET_TRIGGER:
            return
        for n in range(start, start + count) if count else \
                [n for i, n in list(self.irq_fds) if i == index]:
            old = self.irq_fds.pop((index, n), None)
            if old is not None:
                os.close(old)
        for n, fd in enumerate(fds, start):
            self.irq_fds[index, n] = fd

    def _checked(self, op, body):
        offset, index, count = struct.unpack_from("<QII", body)
        region = self._region(index)
        if offset + count > region.size:
            raise OSError(errno.EINVAL, "outside the region")
        if (op, index, offset) in self.fail:
            raise OSError(errno.EIO, "requested by the test")
        return region, index, offset, count

    def _record(self, op, index, offset, data):
        (self.config_accesses if index == CONFIG_REGION else self.accesses
         ).append(Access(op, index, offset, data))

    def _read(self, body, _fds):
        region, index, offset, count = self._checked("R", body)
        data = region.read(offset, count)
        self._record("R", index, offset, data)
        return struct.pack("<QII", offset, index, count) + data, []

    def _write(self, body, _fds):
        region, index, offset, count = self._checked("W", body)
        data = body[16:16 + count]
        if len(data) != count:
            raise ProtocolError("a write without its data")
        region.write(offset, data)
        self._record("W", index, offset, data)
        return struct.pack("<QII", offset, index, count), []

    def _write_multi(self, body, _fds):
        number, = struct.unpack_from("<Q", body)
        for n in range(number):
            self._write(body[8 + 24 * n:32 + 24 * n], [])

    def _reset(self, _body, _fds):
        self.resets += 1

    # For the test

    def by_message(self, bar):
        """[(op, offset, width, value)] of a BAR's accesses by message."""
        return [(a.op, a.offset, len(a.data), int.from_bytes(a.data, "little"))
                for a in list(self.accesses) if a.region == bar]

    def trigger(self, index):
        """Raise an interrupt."""
        os.write(self.irq_fds[index, 0], struct.pack("<Q", 1))
