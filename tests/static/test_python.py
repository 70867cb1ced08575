#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The Python package mmiotrace."""

import array
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmiotrace_install, tap                        # noqa: E402
from common.tap import Skip, equal, matches, test                # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PACKAGE = os.path.join(TOP, "python")
HEADER = os.path.join(TOP, "lib", "libmmiotrace", "mmiotrace.h")

HEAD = """VERSION 20070824
PCIDEV 0028 80861533 b fe000000 0 0 0 0 0 0 10000 0 0 0 0 0 0 igb
MAP 1.000000 1 0xfe000000 0xfe000000 0x10000 0x0 0
"""
LOG = HEAD + """R 4 1.000001 1 0xfe000008 0x80080783 0x0 0
W 2 1.000002 1 0xfe000010 0x12 0x0 0
MARK 1.000003 power on
R 4 1.00000 1 0xfe0000zz 0x1 0x0 0
R 1 1.000005 1 0xfe000020 0xff 0x0 0
W 8 1.000007 1 0xfe000028 0xff22334455667788 0x0 0
"""
QEMU = """vfio_region_write  (0000:01:00.0:region0+0x100, 0x1, 4)
vfio_region_read  (0000:01:00.0:region0+0x104, 4) = 0xdeadbeef
"""


def package():
    """The package, from the source tree."""
    os.environ["MMIOTRACE_LIBRARY"] = mmiotrace_install.built_library()
    if PACKAGE not in sys.path:
        sys.path.insert(0, PACKAGE)
    # a sanitizer's library can't be loaded by Python
    import mmiotrace    # pylint: disable=import-outside-toplevel
    return mmiotrace


def written(scratch, text, name="log.mmt"):
    path = os.path.join(scratch, name)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    return path


def many(rounds):
    """A log with several batches of entries, and marks here and there."""
    lines = [HEAD]
    for i in range(rounds):
        lines.append(f"{'RW'[i % 3 == 0]} {1 << i % 4} 2.{i % 10**6:06} 1 "
                     f"{0xfe000000 + 8 * (i % 512):#x} {i * i:#x} 0x0 0\n")
        if i % 700 == 0:
            lines.append(f"MARK 2.{i % 10**6:06} round {i}\n")
    return "".join(lines)


def raises(kind, function, *arguments, **options):
    """Return the text of the exception that a call raises."""
    try:
        function(*arguments, **options)
    except kind as err:
        return str(err)
    raise AssertionError(f"no {kind.__name__}")


@test
def constants(_scratch):
    """kinds, flags and columns have the header's numbers"""
    mmiotrace = package()
    with open(HEADER, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)

    def names(enum):
        body = re.search(rf"typedef enum {enum} \{{(.*?)\}}", text, re.S)[1]
        return re.findall(r"MMT_[A-Z]+_(\w+)", body)

    equal([k.name for k in mmiotrace.Kind], names("MmtEntryKind"), "kinds")
    equal([f.name for f in mmiotrace.Flag], names("MmtEntryFlags"), "flags")
    equal([f.upper() for f in mmiotrace.Entry._fields], names("MmtColumnId"),
          "columns")
    # pylint: disable-next=protected-access
    declared = set(mmiotrace._library._FUNCTIONS)
    equal(declared, set(re.findall(r"^MMT_PUBLIC [^;()]*?(\w+)\(", text, re.M)),
          "functions")


@test
def iterate(scratch):
    """entries, marks, lines, regions, phases and totals of a log"""
    mmiotrace = package()
    kind = mmiotrace.Kind
    with mmiotrace.open(written(scratch, LOG)) as trace:
        entries = []
        for entry in trace:
            equal(trace.line(entry).decode(), LOG.splitlines()[entry.line - 1],
                  "line of an entry")
            entries.append(entry)
        equal([e.kind for e in entries],
              [kind.OTHER, kind.DEVICE, kind.MAP, kind.READ, kind.WRITE, kind.MARK,
               kind.READ, kind.WRITE], "kinds")
        read, write, mark = entries[3:6]
        equal((read.is_read, read.is_access, read.offset, read.value, read.ns,
               read.width, read.address), (True, True, 8, 0x80080783,
                                           1000001000, 4, 0xfe000008), "read")
        equal((write.is_write, write.offset, write.value, write.width),
              (True, 0x10, 0x12, 2), "write")
        equal((type(mark), mark.text), (mmiotrace.Mark, "power on"), "mark")
        equal(entries[-1].value, 0xff22334455667788, "64 bits")
        equal(entries[-1].cpu, mmiotrace.NO_CPU, "processor")
        region = trace.region(read.region)
        equal((region.device, region.name, region.number, region.vendor,
               region.base, region.size, region.synthetic),
              ("00:05.0", "bar0", 0, 0x8086, 0xfe000000, 0x10000, False),
              "region")
        equal(trace.regions, [region], "regions")
        equal(trace.region(mark.region), None, "region of a mark")
        equal(trace.phases, ["start", "power on"], "phases")
        equal([e.phase for e in entries], [0] * 5 + [1] * 3, "phases")
        totals = trace.totals
        equal((totals.lines, totals.accesses, totals.damaged, totals.bytes,
               totals.first_damaged, totals.incomplete),
              (9, 4, 1, len(LOG), 7, 0), "totals")
        equal(trace.format, "mmiotrace", "format")
        equal(list(trace), [], "entries after the end")


@test
def batches(scratch):
    """each entry of several batches is given once, also after a break"""
    mmiotrace = package()
    text = many(5000)
    trace = mmiotrace.open(written(scratch, text))
    seen = []
    for entry in trace:
        seen.append(entry)
        if len(seen) == 1500:
            break
    seen.extend(trace)
    equal([e.line for e in seen], list(range(1, text.count("\n") + 1)),
          "line numbers")
    equal([e.text for e in seen if isinstance(e, mmiotrace.Mark)],
          re.findall(r"(?m)^MARK \S+ (.*)", text), "texts of marks")


@test
def columns(scratch):
    """columns have what iteration gives"""
    mmiotrace = package()
    path = written(scratch, many(70000))
    entries = list(mmiotrace.open(path))
    accesses = [e for e in entries if e.is_access]
    for want, only in ((entries, False), (accesses, True)):
        got = mmiotrace.open(path).columns(accesses=only)
        equal(list(got), list(mmiotrace.Entry._fields), "names")
        equal(got.rows, len(want), "rows")
        for name, values in zip(got, zip(*want)):
            equal(got[name].tolist() == list(values), True, name)
    some = mmiotrace.open(path).columns("value", "kind")
    equal(list(some), ["value", "kind"], "names")
    equal(some.value, got.value, "a column by its name")
    equal(array.array("Q", some.value).itemsize, 8, "size of an item")
    parts = list(mmiotrace.open(path).column_batches("value", rows=999))
    equal({p.rows for p in parts[:-1]}, {999}, "rows of a batch")
    equal([v for p in parts for v in p.value], got.value.tolist(), "batches")


@test
def no_rows(scratch):
    """columns of a log without accesses are empty"""
    mmiotrace = package()
    got = mmiotrace.open(written(scratch, HEAD)).columns("ns", "kind")
    equal((got.rows, got.ns.tolist(), len(got.kind)), (0, [], 0), "columns")


@test
def numpy_arrays(scratch):
    """numpy shares the columns' memory"""
    mmiotrace = package()
    if not importlib.util.find_spec("numpy"):
        raise Skip("numpy is not installed")
    got = mmiotrace.open(written(scratch, many(1000))).columns()
    arrays = got.numpy()
    equal({str(a.dtype) for a in arrays.values()},
          {"uint8", "uint16", "uint32", "uint64"}, "types")
    arrays["value"][0] = 4711
    equal(got.value[0], 4711, "the first value")
    equal(arrays["line"].tolist(), got.line.tolist(), "lines")


@test
def selection(scratch):
    """options of a selection"""
    mmiotrace = package()
    path = written(scratch, LOG)

    def offsets(**options):
        return list(mmiotrace.open(path, **options).columns("offset").offset)

    equal(offsets(op="w"), [0x10, 0x28], "writes")
    equal(offsets(range=["0:0x8:4", "0:0x20:1"]), [8, 0x20], "ranges")
    equal(offsets(width=[2, 8]), [0x10, 0x28], "widths")
    equal(offsets(from_="/power/", op=None), [0x20, 0x28], "after the mark")
    equal(offsets(to="#5"), [8, 0x10], "the first lines")
    equal(offsets(phase=1, op="r"), [0x20], "a phase")


@test
def equal_devices(scratch):
    """equal devices in two PCI domains are two devices"""
    def device(ident, host, start):
        return (f"PCIDEV 8900 10de26ba 0 {start} 0 0 0 0 0 0 1000 0 0 0 0 0 0 "
                f"x\nMARK 1.000000 vfio-trace: device id={ident} host={host} "
                "type=x addresses=host\n")

    mmiotrace = package()
    path = written(scratch, "VERSION 20070824\n"
                   + device("a", "0000:89:00.0", "fa000000")
                   + device("b", "0001:89:00.0", "fb000000")
                   + "R 4 1.000001 1 0xfa000000 0x1 0x0 0\n"
                   "R 4 1.000002 2 0xfb000004 0x2 0x0 0\n")

    def found(**options):
        with mmiotrace.open(path, **options) as trace:
            return [(trace.region(e.region).device, e.value)
                    for e in trace if e.kind == mmiotrace.Kind.READ]

    equal(found(), [("a", 1), ("b", 2)], "all")
    equal(found(device="0001:89:00.0"), [("b", 2)], "a domain")
    equal(found(device="a"), [("a", 1)], "an ID")


@test
def sources(scratch):
    """descriptors, open files, pipes and compressed files"""
    mmiotrace = package()
    path = written(scratch, LOG)
    want = list(mmiotrace.open(path))
    with open(path, "rb") as file:
        equal(list(mmiotrace.open(file)), want, "a file")
        equal(file.closed, False, "the file is closed")
    descriptor = os.open(path, os.O_RDONLY)
    equal(list(mmiotrace.open(descriptor)), want, "a descriptor")
    os.close(descriptor)
    reader, writer = os.pipe()
    os.write(writer, LOG.encode())
    os.close(writer)
    equal(list(mmiotrace.open(reader)), want, "a pipe")
    os.close(reader)
    subprocess.run(["xz", path], check=True)
    equal(list(mmiotrace.open(path + ".xz")), want, "a compressed file")


@test
def without_addresses(scratch):
    """a trace of another format, and what the caller says of its device"""
    mmiotrace = package()
    path = written(scratch, QEMU)
    with mmiotrace.open(path, pci=(0x10de, 0x1234),
                        bars={0: (0xd0000000, 0x1000000)}) as trace:
        equal([(e.is_write, e.offset, e.value) for e in trace],
              [(True, 0x100, 1), (False, 0x104, 0xdeadbeef)], "accesses")
        region = trace.regions[0]
        equal((region.device, region.vendor, region.device_id, region.base,
               region.synthetic),
              ("0000:01:00.0", 0x10de, 0x1234, 0xd0000000, False), "region")
    with mmiotrace.open(path) as trace:
        equal((len(list(trace)), trace.regions[0].synthetic), (2, True),
              "made-up addresses")


@test
def errors(scratch):
    """what is refused, and what an error says"""
    mmiotrace = package()
    path = written(scratch, LOG)
    missing = os.path.join(scratch, "missing")
    matches(raises(mmiotrace.Error, mmiotrace.open, missing), "missing")
    matches(raises(mmiotrace.Error, mmiotrace.open, path, op="x"), "--op 'x'")
    matches(raises(mmiotrace.Error, mmiotrace.open, path, nonsense="x"),
            "'nonsense'")
    matches(raises(mmiotrace.Error, mmiotrace.open, "a\0b"), "NUL")
    matches(raises(mmiotrace.Error, mmiotrace.open, path, op="r\0"), "NUL")
    matches(raises(ValueError, mmiotrace.open(path).columns, "nanoseconds"),
            "no column 'nanoseconds'")
    foreign = written(scratch, "not a trace\n", "foreign")
    for read in (list, lambda trace: trace.columns()):
        matches(raises(mmiotrace.Error, read, mmiotrace.open(foreign)),
                "not a line of 1 is understood")
    trace = mmiotrace.open(path)
    first = next(iter(trace))
    raises(ValueError, trace.columns)
    for bar in (-1, 7, 1 << 31):
        matches(raises(ValueError, mmiotrace.open, path,
                       bars={bar: (0x1000, 0x1000)}), "no BAR")
    filled = mmiotrace.open(path)
    next(filled.column_batches("ns", rows=1))
    matches(raises(ValueError, lambda: next(filled.follow())), "was read")
    raises(ValueError, trace.line, first._replace(value=1))
    trace.close()
    trace.close()
    for use in (trace.columns, lambda: list(trace), lambda: trace.regions,
                lambda: trace.line(first), lambda: trace.totals):
        equal(raises(ValueError, use), "the trace is closed", "error")


@test
def after_an_error(scratch):
    """what was read before an error is given"""
    mmiotrace = package()
    path = written(scratch, many(20000))
    subprocess.run(["xz", path], check=True)
    with open(path + ".xz", "r+b") as file:
        file.seek(os.path.getsize(path + ".xz") * 9 // 10)
        file.write(b"damaged " * 8)
    for read in (iter, lambda trace: trace.column_batches("ns", rows=1 << 20)):
        given = read(mmiotrace.open(path + ".xz"))
        # one entry, or one batch, and then the error
        next(given)
        matches(raises(mmiotrace.Error, list, given), "is damaged")


@test
def damaged_lines(scratch):
    """damaged lines as entries"""
    mmiotrace = package()
    with mmiotrace.open(written(scratch, LOG), damaged=True) as trace:
        lines = [trace.line(entry) for entry in trace
                 if entry.kind == mmiotrace.Kind.DAMAGED]
        equal(lines, [LOG.splitlines()[6].encode()], "damaged lines")


@test
def hostile(scratch):
    """a hostile file: any bytes, and nothing of them on the terminal"""
    mmiotrace = package()
    path = written(scratch, HEAD.encode() +
                   b"MARK 1.0 \x1b[31m\xff\x00 red\n" +
                   b"R 4 1.000001 1 0xfe000008 0x1 0x0 0\n" +
                   b"\0" * 100000 + b"\n" + b"R" * 200000 + b"\n" +
                   b"PCIDEV \x1b]0;x\x07 zz\nR 4 9.9 9 0x 0x 0x 0\n" * 50 +
                   b"R 4 1.000002 1 0xffffffffffffffff "
                   b"0xffffffffffffffff 0x0 0")
    with mmiotrace.open(path, damaged=True) as trace:
        for entry in trace:
            trace.line(entry)
            trace.region(entry.region)
            if isinstance(entry, mmiotrace.Mark):
                matches(entry.text, r"^\x1b\[31m\\xff\x00 red$")
    with mmiotrace.open(path) as trace:
        equal(trace.columns("value").value.tolist()[0], 1, "the first value")
    said = subprocess.run([sys.executable, "-m", "mmiotrace", path],
                          env={**os.environ, "PYTHONPATH": PACKAGE},
                          capture_output=True, check=True).stdout
    equal([b for b in said if b != 10 and not 32 <= b < 127], [],
          "bytes that are not printable")


@test
def follow(scratch):
    """a file that grows"""
    mmiotrace = package()
    path = written(scratch, LOG)
    with mmiotrace.open(path) as trace:
        entries = trace.follow(interval=0.01)
        for _ in range(8):
            next(entries)
        with open(path, "a", encoding="utf-8") as file:
            file.write("R 4 3.000000 1 0xfe000008 0x2a 0x0 0\n")
        equal(next(entries).value, 42, "value of the new line")


@test
def threads(scratch):
    """closing while another thread reads"""
    mmiotrace = package()
    path = written(scratch, many(50000))

    def read(trace, failed):
        try:
            trace.columns()
        except ValueError as err:
            failed.append(str(err))

    for _ in range(5):
        trace = mmiotrace.open(path)
        failed = []

        reader = threading.Thread(target=read, args=(trace, failed))
        reader.start()
        trace.close()
        reader.join()
        equal(failed in ([], ["the trace is closed"]), True, "errors")


@test
def interrupt(scratch):
    """^C while nothing is selected"""
    package()
    fifo = os.path.join(scratch, "fifo")
    os.mkfifo(fifo)
    program = ("import mmiotrace\n"
               f"trace = mmiotrace.open({fifo!r}, range='5')\n"
               "print('reading', flush=True)\n"
               "for entry in trace: pass\n")
    with subprocess.Popen([sys.executable, "-c", program], text=True,
                          env={**os.environ, "PYTHONPATH": PACKAGE},
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as reader:
        stop = threading.Event()
        block = many(2000).encode()

        def write():
            try:
                with open(fifo, "wb", buffering=0) as file:
                    while not stop.is_set():
                        file.write(block)
            except BrokenPipeError:
                pass

        writer = threading.Thread(target=write)
        writer.start()
        equal(reader.stdout.readline(), "reading\n", "its output")
        time.sleep(0.1)
        reader.send_signal(signal.SIGINT)
        try:
            error = reader.communicate(timeout=60)[1]
        finally:
            stop.set()
            writer.join()
    matches(error, "KeyboardInterrupt")


@test
def summary(scratch):
    """python3 -m mmiotrace"""
    package()
    path = written(scratch, LOG)
    done = subprocess.run(
        [sys.executable, "-m", "mmiotrace", path, path + ".missing"], text=True,
        env={**os.environ, "PYTHONPATH": PACKAGE}, capture_output=True,
        check=False)
    equal(done.returncode, 1, "status")
    equal(done.stdout, f"{path}: mmiotrace, 9 lines, 4 accesses, 0 lines "
          "skipped, 1 damaged, 2 phases\n  00:05.0:bar0  2 reads, 2 writes\n",
          "output")
    matches(done.stderr, "missing: can not open")


# Prints the version, and where the library is that was loaded
ASK = ("import mmiotrace, sys; "
       "print(mmiotrace.__version__, mmiotrace._library.LIBRARY._name)")


def ask(python, **environment):
    kept = {k: v for k, v in os.environ.items()
            if k not in ("MMIOTRACE_LIBRARY", "PYTHONPATH")}
    done = subprocess.run([python, "-c", ASK], text=True, check=False,
                          env={**kept, **environment}, cwd="/",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.strip()


@test
def places(scratch):
    """where the library is looked for"""
    built = mmiotrace_install.built_library()
    matches(ask(sys.executable, PYTHONPATH=PACKAGE),
            rf"^\d\S+ {re.escape(os.path.realpath(built))}$|"
            rf"^\d\S+ {re.escape(built)}$")
    named = os.path.join(scratch, "named.so")
    shutil.copy(built, named)
    matches(ask(sys.executable, PYTHONPATH=PACKAGE, MMIOTRACE_LIBRARY=named),
            f"{re.escape(named)}$")
    matches(ask(sys.executable, PYTHONPATH=PACKAGE,
                MMIOTRACE_LIBRARY="/no/such.so"),
            r"ImportError: /no/such\.so: can not load libmmiotrace")


@test
def installed(scratch):
    """the package as make install installs it"""
    root = mmiotrace_install.install(scratch)
    module = mmiotrace_install.find(root, "_columns.py")
    library = mmiotrace_install.find(root, "libmmiotrace.so.0")
    where = mmiotrace_install.find(root, "_where.py")
    with open(where, encoding="utf-8") as file:
        equal(root + re.search('LIBRARY = "(.*)"', file.read())[1], library,
              "the library's place")
    directory = os.path.dirname(os.path.dirname(module))
    matches(ask(sys.executable, PYTHONPATH=directory,
                LD_LIBRARY_PATH=os.path.dirname(library)), r"^\d")


@test
def virtual_environment(scratch):
    """pip install ./python in a virtual environment, without a network"""
    built = mmiotrace_install.built_library()
    for module in ("ensurepip", "setuptools", "wheel"):
        if not importlib.util.find_spec(module):
            raise Skip(f"Python's {module} is not installed")
    # pip writes into the source tree
    tree = os.path.join(scratch, "tree")
    shutil.copytree(PACKAGE, os.path.join(tree, "python"))
    shutil.copy(os.path.join(TOP, "meson.build"), tree)
    lib = os.path.join(tree, "build", "vfio-trace", "lib")
    os.makedirs(lib)
    shutil.copy(built, lib)
    environment = os.path.join(scratch, "venv")
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages",
                    environment], check=True, timeout=120)
    python = os.path.join(environment, "bin", "python")
    done = subprocess.run([python, "-m", "pip", "install", "--no-index",
                           "--no-build-isolation", "--no-deps", "--quiet",
                           os.path.join(tree, "python")], text=True,
                          check=False, timeout=120, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    equal((done.returncode, done.stdout), (0, ""), "pip's result")
    matches(ask(python),
            rf"^\d\S+ {re.escape(os.path.join(lib, 'libmmiotrace.so.0'))}$")


if __name__ == "__main__":
    if sys.version_info < (3, 10):
        print("the package needs Python 3.10")
        sys.exit(77)
    tap.main()
