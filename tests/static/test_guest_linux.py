#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""guest-images/linux: what it refuses, and the pieces that images are made of."""

import argparse
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "..", "guest-images"))
from common import tap                                          # noqa: E402
from common.tap import Skip, equal, matches, test               # noqa: E402
from imagekit.common import cache, command, output, places     # noqa: E402
from imagekit.common import settings, workdir                  # noqa: E402
from imagekit.common.errors import ImageError                   # noqa: E402
from imagekit.linux import build, bzimage, cli, disk, grub     # noqa: E402
from imagekit.linux import packages, recipe, tree              # noqa: E402

LINUX = os.path.join(HERE, "..", "..", "guest-images", "linux")
GRUB = "/usr/lib/grub/i386-pc"

# Options, and what the error must say.
WRONG = (
    ((), "-o"),
    (("--suite", "buster"), "choose from 'bookworm', 'trixie'"),
    (("--size", "1G"), "at least 2G"),
    (("--size", "8X"), "invalid size 8X"),
    (("--user", "root"), "--user root"),
    (("--user", "a b"), "--user a b"),
    (("--packages", "a;b"), "--packages a;b: this is no name"),
    (("--packages", "sudo-"), "--packages sudo-: this is no name"),
    (("--kernel", "linux-image-amd64-"), "this is no name of a package"),
    (("--hold-driver", "../x"), "--hold-driver ../x: this is no name"),
    (("--kernel", "/nonexistent"), "--kernel /nonexistent: there is no such file"),
    (("--modules", "/nonexistent.ko"), "there is no such file"),
    (("--modules", "/usr/share"), "there is no modules.order"),
    (("--ssh-key", "/nonexistent"), "No such file"),
    (("--ssh-key", "/etc/passwd"), "this is no public key"),
    (("--components", "main,x y"), "--components x y: this is no name"),
)


def raises(function, *arguments, why):
    """The function fails, and says why."""
    try:
        function(*arguments)
    except (ImageError, argparse.ArgumentTypeError) as error:
        matches(str(error), why, "the error")
        return error
    raise AssertionError(f"{function.__name__}{arguments} is accepted")


@test
def wrong_options(scratch):
    """Wrong options: exit status 2, and an error that names the option."""
    for options, why in WRONG:
        words = ["-o", f"{scratch}/x.qcow2", *options] if options else []
        done = subprocess.run([LINUX, *words], text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, check=False)
        equal(done.returncode, 2, f"exit status with {options}")
        matches(done.stderr, re.escape(why), f"the error with {options}")
    equal(os.listdir(scratch), [], "files that were made")


@test
def private_key(scratch):
    """A private key is refused: it would be in the guest."""
    path = f"{scratch}/key"
    with open(path, "w", encoding="utf-8") as f:
        f.write("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    done = subprocess.run([LINUX, "-o", f"{scratch}/x.qcow2", "--ssh-key", path],
                          text=True, capture_output=True, check=False)
    equal(done.returncode, 2, "exit status")
    matches(done.stderr, "this is a private key; use .*key.pub")


@test
def sizes(_scratch):
    """Sizes of disks are whole MiB, as the partitions are."""
    equal([cli.size(t) for t in ("2G", "8G", "2048M", "1T")],
          [2 << 30, 8 << 30, 2 << 30, 1 << 40], "sizes")
    for text in ("", "8", "2G1", "-8G", "3000000001", "100T"):
        raises(cli.size, text, why="invalid size")


def fake_core(sectors):
    """An image as grub-mkimage makes it, as far as its list of blocks goes."""
    image = bytearray(sectors * grub.SECTOR - 7)
    struct.pack_into("<QHH", image, 500, 1, sectors - 1, 0x820)
    return bytes(image)


@test
def embedding(_scratch):
    """GRUB's image for BIOS: its list of blocks leads to its place."""
    core = grub.core_image(fake_core(40), 2048, 2048)
    equal(len(core), 40 * 512, "whole sectors")
    equal(struct.unpack_from("<QHH", core, 500), (2049, 39, 0x820), "blocks")
    raises(grub.core_image, fake_core(40), 2048, 39,
           why="takes 40 sectors, and its partition has 39")
    raises(grub.core_image, bytes(2048), 2048, 2048, why="not for BIOS")
    raises(grub.core_image, b"x", 2048, 2048, why="no image of GRUB's")


@test
def boot_sector(_scratch):
    """The boot sector loads that image, and the partition table stays."""
    path = f"{GRUB}/boot.img"
    if not os.path.exists(path):
        raise Skip("there is no GRUB for BIOS (grub-pc-bin)")
    with open(path, "rb") as f:
        boot = f.read()
    old = bytes(range(256)) * 2
    sector = grub.boot_sector(boot, 2048, old)
    equal(struct.unpack_from("<Q", sector, 0x5c), (2048,), "place of core.img")
    equal(sector[0x64], 0xff, "drive")
    equal(sector[0x66:0x68], b"\x90\x90", "the check for floppy disks")
    equal(sector[0x1b8:0x1fe], old[0x1b8:0x1fe], "partition table")
    equal(sector[3:0x5a], old[3:0x5a], "parameters of BIOS")
    equal((sector[:3], sector[-2:]), (boot[:3], b"\x55\xaa"), "code")
    raises(grub.boot_sector, boot[:-2] + b"xx", 1, old, why="no boot sector")


@test
def inodes(_scratch):
    """Inodes in use: all that dumpe2fs does not list as free."""
    # pylint: disable=protected-access
    text = ("Inode count:              32\nGroup 0: (Blocks 0-9)\n"
            "  Free inodes: 13, 15-16\nGroup 1: (Blocks 10-19)\n"
            "  Free inodes: 19-32\nGroup 2:\n  Free inodes: \n")
    equal(disk._used_inodes(text), [2, 11, 12, 14, 17, 18], "inodes")


def make_bzimage(path):
    """What matters here of a bzImage. Return: its bytes"""
    image = bytearray(4096)
    image[0x202:0x206] = b"HdrS"
    image[0x20e:0x210] = struct.pack("<H", 0x800 - 0x200)
    image[0x800:0x812] = b"6.9.0-rc1+ (me@x) "
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(image)
    return image


@test
def kernels(scratch):
    """The release of a bzImage, and files that are none."""
    path = f"{scratch}/bzImage"
    image = make_bzimage(path)
    equal(bzimage.version(path), "6.9.0-rc1+", "release")
    equal(bzimage.config(path), None, "no configuration")
    config = f"{scratch}/config-6.9.0-rc1+"
    with open(config, "w", encoding="utf-8") as f:
        f.write("CONFIG_RD_ZSTD=y\n")
    equal(bzimage.config(path), config, "configuration beside the image")
    image[0x800:0x808] = b"../x\0\0\0\0"
    image[0x202] = 0
    with open(path, "wb") as f:
        f.write(image)
    raises(bzimage.version, path, why="no bzImage")


@test
def key_file(_scratch):
    """Settings: values as GKeyFile reads them, which vfio-trace run does."""
    text = settings.text({"os": "linux", "disk": ["a;b.qcow2", " c"],
                          "net": True, "memory": "2G", "x": "a\\b\nc"}, "why")
    equal(text, "# why\n[vfio-trace]\nos=linux\ndisk=a\\;b.qcow2;\\sc\n"
          "net=true\nmemory=2G\nx=a\\\\b\\nc\n", "text")
    raises(settings.text, {"a=b": 1}, why="no key of a settings file")
    equal(settings.path_of("/x/guest.qcow2"), "/x/guest.conf", "its path")
    equal(settings.next_command("/nowhere/it's.conf"),
          "sudo vfio-trace run --vm '/nowhere/it'\"'\"'s.conf' 01:00.0",
          "a path outside")
    equal(settings.next_command("guest.conf"),
          "sudo vfio-trace run --vm ./guest.conf 01:00.0", "a name")
    equal(settings.look_command("guest.conf"),
          "vfio-trace run --vm ./guest.conf --no-device --display vnc",
          "without a device")


@test
def outputs(scratch):
    """Output files: all or none, and nothing else is left."""
    a, b = f"{scratch}/a", f"{scratch}/b"

    def write(fail):
        with output.Output(a, False, [b]) as out:
            for name in (a, b):
                part = out.temporary(os.path.basename(name))
                with open(part, "w", encoding="utf-8") as f:
                    f.write(name)
                out.add(part, name)
            if fail:
                raise ImageError("no luck")

    raises(write, True, why="no luck")
    equal(os.listdir(scratch), [], "files after a failure")
    write(False)
    equal(sorted(os.listdir(scratch)), ["a", "b"], "files")
    raises(write, False, why="/a exists: remove it, or use --overwrite")
    os.unlink(a)
    raises(write, False, why="/b exists")
    raises(output.Output, f"{scratch}/no/x", False, why="there is no directory")
    raises(output.check_space, scratch, 1 << 60, "x", why="x takes .* GiB in ")


def recipe_of(*options):
    """A recipe, with indexes that no mirror has."""
    for program, _ in recipe.TOOLS:
        if not shutil.which(program, path=command.PATH):
            raise Skip(f"there is no {program}")
    p = cli.parser()
    made = cli.recipe_of(p, p.parse_args(["-o", "x.qcow2", *options]))
    made.indexes = packages.Indexes.__new__(packages.Indexes)
    made.indexes.digest, made.indexes.epoch = "0", 1
    return made


def add_file(path, text="x", mode=0o644):
    """A file, and the directories above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


@test
def keys(scratch):
    """Each recipe has a key of its own, which does not depend on where files are."""
    def tree_of(name, *files):
        for file in ("modules.order", *files):
            add_file(f"{scratch}/{name}/{file}")
        return f"{scratch}/{name}"

    kernel, same = f"{scratch}/bzImage", f"{scratch}/elsewhere/other-name"
    make_bzimage(kernel)
    make_bzimage(same)
    recipes = [
        (), ("--packages", "modules,x1"), ("--modules", "x1,modules"),
        ("--hold-driver", "x1"), ("--user", "x1"), ("--kernel", kernel),
        ("--kernel", kernel, "--modules", tree_of("a", "kernel/x.ko")),
        ("--kernel", kernel, "--modules", tree_of("b", "updates/x.ko")),
        ("--kernel", kernel, "--modules", f"{scratch}/b/updates/x.ko")]
    found = {recipe_of(*options).key(): options for options in recipes}
    equal(len(found), len(recipes), "keys")
    equal(recipe_of("--kernel", same).key(), recipe_of("--kernel", kernel).key(),
          "key of the same kernel in another place")


@test
def desktops(_):
    """A desktop's screen is one that QEMU's own user can show: it has no X server"""
    # pylint: disable=protected-access
    values = build._values(recipe_of("--desktop"), "/x/guest.qcow2")
    equal((values["display"], values["memory"]), ("vnc", "4G"), "settings")


@test
def umasks(scratch):
    """A checkout or a user with another umask or locale makes the same image."""
    files = f"{scratch}/guest-images"
    key = recipe_of().key()
    shutil.copytree(places.GUEST_IMAGES, files)
    for where, _, names in os.walk(files):
        for name in names:
            path = os.path.join(where, name)
            os.chmod(path, os.stat(path).st_mode & 0o700)
    known = places.GUEST_IMAGES, recipe.__file__
    before = os.umask(0o077)
    os.environ["LC_ALL"] = "no_LOCALE"
    try:
        places.GUEST_IMAGES = files
        recipe.__file__ = f"{files}/imagekit/linux/recipe.py"
        equal(recipe_of().key(), key, "key")
        # pylint: disable=protected-access
        tree._copy(places.guest_file("linux", "root"), f"{scratch}/root")
        tree._write(f"{scratch}/root", "var/x/y", "")
    finally:
        places.GUEST_IMAGES, recipe.__file__ = known
        os.umask(before)
        del os.environ["LC_ALL"]
    modes = {oct(os.stat(where).st_mode & 0o777)
             for where, _, _ in os.walk(f"{scratch}/root")}
    equal(modes, {"0o755"}, "modes of the guest's directories")


@test
def caches(scratch):
    """The cache: no other user's, and nothing that a killed command has left."""
    os.environ["VFIO_TRACE_CACHE"] = f"{scratch}/cache"
    removed = []

    def remove(path):
        removed.append(os.path.basename(path))
        shutil.rmtree(path)

    left = os.path.basename(add_file(cache.directory() + "/base.left/x")[:-2])
    add_file(cache.directory("linux-images") + "/x.qcow2")
    with cache.work("image", remove) as first:
        equal(removed, [left], "what was left")
        with cache.work("image", remove) as second:
            equal(os.path.isdir(first), True, "work of another command")
            del removed[:]
    equal(removed, [os.path.basename(p) for p in (second, first)], "removed")
    equal(sorted(os.listdir(cache.directory())), ["linux-images"],
          "the cache")
    os.chmod(cache.directory(), 0o777)
    raises(cache.directory, "linux-base", why="other users can write to")
    os.chmod(f"{scratch}/cache/guests", 0o755)
    if os.geteuid() == 0:
        os.chown(f"{scratch}/cache/guests", 12345, 12345)
        raises(cache.directory, why="other users can write to")


@test
def leftovers(scratch):
    """Working directories: those that killed commands have left are removed, and
    no other."""
    def make(name):
        os.mkdir(f"{scratch}/{name}")
        add_file(f"{scratch}/{name}/x")
        return name

    kept = [make(n) for n in (".x.img.short", ".x.imgabcdefgh",
                              ".y.img.abcdefgh")]
    os.mkdir(f"{scratch}/real")
    os.symlink(f"{scratch}/real", f"{scratch}/.x.img.symlink_")
    add_file(f"{scratch}/.x.img.regular1")
    kept += ["real", ".x.img.symlink_", ".x.img.regular1"]
    if os.geteuid() == 0:
        kept.append(make(".x.img.foreign1"))
        os.chown(f"{scratch}/.x.img.foreign1", 12345, 12345)
    make(".x.img.abc_efg8")
    with workdir.directory(scratch, ".x.img.") as first:
        equal(sorted(os.listdir(scratch)),
              sorted([*kept, os.path.basename(first)]), "what is left")
        with workdir.directory(scratch, ".x.img."):
            equal(os.path.isdir(first), True, "that of another command")
    equal(sorted(os.listdir(scratch)), sorted(kept), "at the end")
    program = ("import os, signal, sys; sys.path.insert(0, sys.argv[1])\n"
               "from imagekit.common import output\n"
               "with output.Output(sys.argv[2], False) as out:\n"
               "    open(out.temporary('image'), 'w')\n"
               "    os.kill(os.getpid(), signal.SIGKILL)\n")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program,
                               places.GUEST_IMAGES, f"{scratch}/x.img"],
                              check=False)
        equal(done.returncode, -signal.SIGKILL, "it was killed")
        equal(len(os.listdir(scratch)), len(kept) + 1, "left by one")
    with output.Output(f"{scratch}/x.img", False):
        pass
    equal(sorted(os.listdir(scratch)), sorted(kept), "left by none")


@test
def signals(scratch):
    """A second signal does not interrupt the cleaning up after the first"""
    program = ("import os, signal, sys; sys.path.insert(0, sys.argv[1])\n"
               "from imagekit.common import main, workdir\n"
               "def work():\n"
               "    with workdir.directory(sys.argv[2], 'x.', remove):\n"
               "        os.kill(os.getpid(), signal.SIGINT)\n"
               "def remove(path):\n"
               "    os.kill(os.getpid(), signal.SIGTERM)\n"
               "    os.kill(os.getpid(), signal.SIGHUP)\n"
               "    os.rmdir(path)\n"
               "sys.exit(main.run('x', work))\n")
    done = subprocess.run([sys.executable, "-c", program, places.GUEST_IMAGES,
                           scratch], capture_output=True, text=True, check=False)
    equal((done.returncode, done.stderr), (130, "x: ended by signal 2\n"))
    equal(os.listdir(scratch), [], "what is left")


@test
def killed(scratch):
    """Killed by SIGKILL, a command leaves no process."""
    program = ("import sys; sys.path.insert(0, sys.argv[1])\n"
               "from imagekit.linux import namespace\n"
               "from imagekit.common import command\n"
               "command.run([*namespace.prefix(), 'sh', '-c', 'echo; exec cat ' +"
               " sys.argv[2] + ' > /dev/null'], 'wait', on_line=lambda line: print(flush=True))")
    fifo = f"{scratch}/fifo"
    os.mkfifo(fifo)
    with subprocess.Popen([sys.executable, "-c", program, places.GUEST_IMAGES,
                           fifo], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        if not process.stdout.readline():
            raise Skip("no namespace can be made here")
        # it can be opened when cat reads, and cat ends when it has no writer
        fd = os.open(fifo, os.O_WRONLY)
        process.send_signal(signal.SIGKILL)
        process.wait()
    # the last reader's end breaks the pipe
    end = select.poll()
    end.register(fd, 0)
    equal(end.poll(60000), [(fd, select.POLLERR)], "the process has ended")
    os.close(fd)


def trace_here(scratch, modprobe, command, accesses=4000):
    """Run trace-here with a kernel of plain files. Return: the process, and how
    the kernel's tracer was left"""
    with open(places.guest_file("linux", "root", "usr", "local", "bin",
                                "trace-here"), encoding="utf-8") as f:
        script = f.read()
    for old, new in (("/sys/kernel/tracing", f"{scratch}/tracing"),
                     ("/sys/class/vtconsole", f"{scratch}/none"),
                     ("SETTLE=2", "SETTLE=0")):
        equal(old in script, True, f"{old} in the script")
        script = script.replace(old, new)
    for name, text in (("modprobe", modprobe), ("udevadm", ""),
                       ("id", "echo 0"), ("vfio-trace-mark", ""),
                       ("mountpoint", "")):
        add_file(f"{scratch}/bin/{name}", f"#!/bin/sh\n{text}\n", 0o755)
    add_file(f"{scratch}/tracing/available_tracers", "mmiotrace nop\n")
    add_file(f"{scratch}/tracing/trace_pipe",
             "R 4 1.0 1 0x0 0x0 0x0 0\n" * accesses)
    done = subprocess.run(
        ["bash", "-c", "ulimit -f 16; " + script, "trace-here", "-o",
         f"{scratch}/log", "nonesuch", "--", "sh", "-c", command],
        env=dict(os.environ, PATH=f"{scratch}/bin:{os.environ['PATH']}"),
        stdin=subprocess.DEVNULL, text=True, capture_output=True, check=False)
    with open(f"{scratch}/tracing/current_tracer", encoding="ascii") as f:
        return done, f.read()


@test
def disk_full(scratch):
    """trace-here: a log that could not be written is an error."""
    done, tracer = trace_here(scratch, "", "exit 0")
    equal((done.returncode, tracer), (1, "nop\n"), "exit status, tracer")
    matches(done.stderr, "log is not whole: it could not be written")
    done, tracer = trace_here(scratch, "", "exit 0")
    equal(done.returncode, 1, "exit status with an existing file")
    matches(done.stderr, "log can't be made: it exists")


@test
def no_access(scratch):
    """trace-here: a driver without a device is no error, and is said."""
    done, _ = trace_here(scratch, "", "exit 0", accesses=0)
    equal(done.returncode, 0, f"exit status ({done.stderr})")
    matches(done.stdout, "log: 0 accesses\n.*nonesuch has used no device")


@test
def interrupted(scratch):
    """trace-here: a second Ctrl-C does not leave the kernel's tracer on."""
    done, tracer = trace_here(
        scratch, '[ "$1" != -r ] || { kill -INT $PPID; kill -INT $$; }',
        "kill -INT $PPID")
    equal((done.returncode, tracer), (1, "nop\n"), "exit status, tracer")
    matches(done.stderr, "interrupted")


def kallsyms(*lines):
    """Text of /proc/kallsyms: the kernel's and the given functions of modules."""
    return "ffffffff81000000 T _text\n" + "".join(
        f"ffffffffc0{address:06x} t {name}\t[{module}]\n"
        for address, name, module in lines)


@test
def symbols(scratch):
    """What the guest sends: functions of unloaded modules stay, unless another
    module has their addresses."""
    os.makedirs(f"{scratch}/ports/vport0p1")
    with open(f"{scratch}/ports/vport0p1/name", "w", encoding="utf-8") as f:
        f.write("org.vfio-trace.symbols.0\n")
    with open(places.guest_file("linux", "root", "usr", "local", "lib",
                                "vfio-trace", "send-symbols"),
              encoding="utf-8") as f:
        script = f.read()
    for path, name in (("/sys/class/virtio-ports", "ports"),
                       ("/run/vfio-trace", "state"), ("/dev/$", "$"),
                       ("/proc/kallsyms", "kallsyms")):
        equal(path in script, True, f"{path} in the script")
        script = script.replace(path, f"{scratch}/{name}")

    def send(*lines):
        with open(f"{scratch}/kallsyms", "w", encoding="utf-8") as f:
            f.write(kallsyms(*lines))
        return subprocess.run(["bash", "-c", script], check=False,
                              stdin=subprocess.DEVNULL).returncode

    def sent(*lines):
        equal(send(*lines), 0, "exit status")
        with open(f"{scratch}/vport0p1", encoding="utf-8") as f:
            return f.read()

    a = (0x1000, "a_probe", "a")
    b = [(0x2000, "b_init", "b"), (0x2800, "b_read", "b")]
    c = (0x2400, "c_probe", "c")
    os.symlink("/dev/full", f"{scratch}/vport0p1")
    equal(send(a, *b) > 0, True, "the first one can't be written")
    os.unlink(f"{scratch}/vport0p1")
    equal(sent(), kallsyms(), "no module")
    equal(sent(a, *b), kallsyms(a, *b), "two modules")
    equal(sent(a), kallsyms(a, *b), "one is unloaded")
    equal(sent(), kallsyms(a, *b), "both are")
    equal(sent(c), kallsyms(c, a), "another one is at an address of b")
    moved = [(address + 0x8000, name, module) for address, name, module in b]
    equal(sent(c, *moved), kallsyms(c, *moved, a), "b is somewhere else")
    d = [(0x4000 + 16 * n, f"d_{n}", "d") for n in range(8)]
    init = (0x4038, "e_init", "e")
    sent(*d, init)
    equal(sent(init), kallsyms(init, *d, c, *moved, a),
          "d is unloaded; an address of e, of memory that it has lost, is in d")


@test
def programs(_scratch):
    """Programs: much input and output at once; what is missing has a package."""
    lines = "".join(f"{i}\n" for i in range(100000))
    equal(command.run(["cat"], "copy", text=lines), lines, "output")
    seen = []
    command.run(["printf", "a\\nb\\033\\n"], "print", on_line=seen.append)
    equal(seen, ["a", "b?"], "lines")
    error = raises(command.run, ["sh", "-c", "echo why; exit 3"], "do it",
                   why="can't do it: sh failed with status 3")
    equal(error.log, "why\n", "the program's words")
    raises(command.need, {"nonesuch": "some-package", "sh": "dash"},
           why="packages are missing: some-package ")


if __name__ == "__main__":
    tap.main()
