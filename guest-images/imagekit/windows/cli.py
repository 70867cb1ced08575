# SPDX-License-Identifier: GPL-2.0-or-later
"""The command: guest-images/windows."""

import argparse
import os
import shlex
import shutil

from ..common import command, main as common, output, places, settings, workdir
from ..common.errors import ImageError
from ..common.progress import Progress
from . import answer, drivers, editions, iso, media, options
from .install import Installation

NAME = "guest-images/windows"
SUFFIX = ".qcow2"
# what Windows and its setup write to the disk
SPACE = 20 << 30

DESCRIPTION = """\
Install Windows from its ISO in a guest, without a question.

Windows 10, 11, Server 2019, 2022 or 2025 for x64. The installation runs in the
machine that `vfio-trace run` makes later, without the traced device.
"""

EPILOG = """\
It makes, beside IMAGE.qcow2:
  IMAGE.nvram, IMAGE.tpm/   the variables of the firmware; the TPM
  IMAGE.conf                settings for vfio-trace run --vm
  IMAGE.password            the password of the guest's account, if it was not
                            given by --password-file
  IMAGE.install/            while it installs, or if that has failed

The guest has local commands: vfio-trace-mark, vfio-trace-hold,
vfio-trace-release. docs/guests.md has the details.

Example:
  guest-images/windows --iso Win11.iso --drivers virtio-win.iso \\
      --hold-driver 10de:2204 -o win11.qcow2
"""

# With an edited config CD, these come from it.
OF_CONFIG = ("user", "password_file", "computer", "locale", "keyboard",
             "timezone", "product_key_file", "hold_driver", "test_signing",
             "certificate", "debug", "drivers")

DEFAULTS = {"user": "user", "computer": "VFIO-TRACE", "locale": None,
            "keyboard": None, "timezone": "UTC"}


def parser():
    """The option parser."""
    p = argparse.ArgumentParser(
        prog=NAME, usage=f"{NAME} --iso WINDOWS.iso [OPTION...] -o IMAGE.qcow2",
        description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    add = p.add_argument
    add("--iso", metavar="FILE", required=True, help="the Windows ISO")
    add("-o", "--output", metavar="IMAGE.qcow2", required=True,
        help="the disk image to make")
    add("--overwrite", action="store_true",
        help="replace IMAGE.qcow2 and the files beside it")
    add("--drivers", metavar="ISO|DIR", action="append", default=[],
        help="virtio-win's ISO, or a folder with drivers (repeatable)")
    add("--edition", metavar="NAME",
        help="name, edition ID or index of the Windows to install (Pro, "
        "Enterprise; Standard with a desktop)")
    add("--os", metavar="OS", choices=editions.names(),
        help="what is on the ISO, if that can't be found out: "
        f"{', '.join(editions.names())}; --edition is needed then")
    add("--user", metavar="NAME", help="the guest's account, an administrator "
        f"({DEFAULTS['user']})")
    add("--password-file", metavar="FILE", help="file with its password, which "
        "only you can read (a random one, kept in IMAGE.password)")
    add("--computer", metavar="NAME",
        help=f"the guest's name ({DEFAULTS['computer']})")
    add("--locale", metavar="NAME",
        help="language and country of formats, such as de-DE (as the ISO; with "
        "--os, also the language of an ISO that can't be read)")
    add("--keyboard", metavar="NAME", help="the keyboard's language, or an "
        "input locale such as 0407:00000407 (as --locale)")
    add("--timezone", metavar="NAME", help="Windows' name of the time zone "
        f"({DEFAULTS['timezone']}: the guest's clock shows the host's time)")
    add("--product-key-file", metavar="FILE", help="file with a product key "
        "(the one that Microsoft publishes for KMS clients of the edition, or "
        "none)")
    add("--hold-driver", metavar="VENDOR:DEVICE|BDF", action="append",
        default=[], help="keep Windows from installing a driver for this "
        "device until vfio-trace-release is run in the guest (repeatable)")
    add("--test-signing", action="store_true",
        help="let Windows load test-signed drivers; this switches Secure Boot "
        "off")
    add("--certificate", metavar="FILE", action="append", default=[],
        help="certificate (.cer) of test-signed drivers to trust (repeatable)")
    add("--debug", metavar="serial|net:ADDRESS[:PORT]",
        help="kernel debugging over COM2, or to WinDbg at an IPv4 address; "
        "this switches Secure Boot off")
    add("--size", metavar="SIZE", default="64G", help="the disk's size (64G)")
    add("--memory", metavar="SIZE", default="4G",
        help="the guest's memory (4G)")
    add("--smp", metavar="N", type=int, default=2,
        help="the guest's number of CPUs (2)")
    add("--no-tpm", dest="tpm", action="store_false",
        help="a machine without a TPM")
    add("--no-secure-boot", dest="secure_boot", action="store_false",
        help="firmware without Secure Boot")
    add("--display", metavar="DISPLAY", default="vnc",
        help="the guest's screen during the installation, as vfio-trace run "
        "takes it (vnc)")
    add("--accel", choices=("kvm", "tcg"), default="kvm",
        help="tcg needs no KVM and is many times slower (kvm)")
    add("--qemu", metavar="PROGRAM", help="the QEMU to use")
    add("--time-limit", metavar="MINUTES", type=int, default=180,
        help="minutes after which the installation has failed (180)")
    add("--resume", action="store_true",
        help="continue an installation that was interrupted")
    add("--answer-file-only", action="store_true",
        help="write the contents of the config CD to IMAGE.config/ (answer "
        "file, scripts, drivers) and do nothing else; edit it, and use it with "
        "--config")
    add("--config", metavar="DIR", help="contents of the config CD, instead of "
        "making them")
    add("-n", "--dry-run", action="store_true",
        help="only say what would be done")
    return p


class Plan:
    """The checked options."""

    # pylint: disable=too-many-instance-attributes
    def __init__(self, o, say):
        self.say = say
        self.iso = os.path.abspath(o.iso)
        self.name, self.base = _base(o.output)
        self.display, self.accel, self.qemu = o.display, o.accel, o.qemu
        self.time_limit = o.time_limit
        self.config = o.config
        self.tool = None
        windows = iso.detect(o.iso, o.os)
        self.version = windows.version
        self._image(o, windows)
        self.size = options.size(o.size, self.version)
        self.memory = options.memory(o.memory)
        self.smp = o.smp
        self.drivers = o.drivers
        self.has_drivers = bool(o.drivers)
        self.hold = [options.device(d) for d in dict.fromkeys(o.hold_driver)]
        self.test_signing = o.test_signing
        self.certificates = o.certificate
        self.debug = options.debug(o.debug) if o.debug else None
        self.tpm, self.secure_boot = o.tpm, o.secure_boot
        self._guest(o)
        self._secure_boot()

    def _image(self, o, windows):
        image = editions.choose(windows.images, o.edition) if windows.images \
            else None
        if not image and not o.edition:
            raise ImageError("--os needs an --edition: its name as on the ISO, "
                             "or its index, since the ISO can't be read")
        self.image = image
        self.edition = image.name if image else o.edition
        self.image_key = "INDEX" if image or o.edition.isdecimal() else "NAME"
        self.image_value = image.index if image else o.edition
        self.ui_language = image.language if image else o.locale or "en-US"
        if not image and not o.edition.isprintable():
            raise ImageError("--edition: a name has no control characters")
        self.product_key = \
            options.product_key(o.product_key_file) if o.product_key_file else \
            editions.product_key(self.version, image.edition, image.build) \
            if image else None

    def _guest(self, o):
        def given(name):
            value = getattr(o, name)
            return DEFAULTS[name] if value is None else value

        self.user = options.user(given("user"))
        self.computer = options.computer(given("computer"))
        if self.user.casefold() == self.computer.casefold():
            raise ImageError(f"--user {self.user}: Windows refuses an account "
                             "with the computer's name")
        self.locale = options.locale("--locale",
                                     given("locale") or self.ui_language)
        self.keyboard = options.keyboard(given("keyboard") or self.locale)
        self.timezone = options.timezone(given("timezone"))
        self.password_made = not o.password_file
        self.password = options.password(o.password_file)

    def _secure_boot(self):
        """What Secure Boot forbids."""
        reasons = [option for option, wanted in
                   (("--test-signing", self.test_signing),
                    ("--debug", self.debug)) if wanted]
        if reasons and self.secure_boot:
            self.say(f"Secure Boot is off: with it, Windows refuses what "
                     f"{' and '.join(reasons)} needs")
            self.secure_boot = False

    def debug_hint(self):
        """How to reach the kernel's debugger, or an empty text."""
        if not self.debug:
            return ""
        if self.debug.kind == "serial":
            return ("The kernel's debugger is on COM2: add to run's command "
                    "line\n  -- -serial null -serial "
                    "unix:/path/of/a/socket,server=on,wait=off")
        return ("The kernel's debugger needs a network: add to run's command "
                "line\n  --net user\nwhere 10.0.2.2 is this machine. WinDbg at "
                f"{self.debug.host}: windbg -k net:port={self.debug.port},"
                f"key={self.debug.key}")

    def settings(self):
        """The settings file of the guest."""
        values = {"os": "windows", "disk": [self.name + SUFFIX],
                  "nvram": self.name + ".nvram", "memory": self.memory,
                  "smp": self.smp,
                  "tpm": self.name + ".tpm" if self.tpm else False,
                  "secure-boot": self.secure_boot}
        return settings.text(values, f"{self.version.name}, made by {NAME}\n" +
                             self.debug_hint())

    def targets(self):
        """Names in the installation's directory -> final paths."""
        return {self.name + s: self.base + s
                for s in (SUFFIX, ".nvram", ".tpm", ".conf", ".password")}


def _base(path):
    """The name of an image without its suffix, and its path without it."""
    if not path.endswith(SUFFIX) or os.path.basename(path) == SUFFIX:
        raise ImageError(f"{path}: the image's name must end in {SUFFIX}")
    base = os.path.abspath(path)[:-len(SUFFIX)]
    return os.path.basename(base), base


def _check(o, p):
    """Check how the options go together."""
    if o.config:
        used = [n for n in OF_CONFIG if getattr(o, n)]
        if used:
            raise ImageError(f"--{used[0].replace('_', '-')} goes into the "
                             "config CD, and --config gives that as it is")
        if o.answer_file_only:
            raise ImageError("--answer-file-only makes what --config gives")
    if o.resume and (o.config or o.answer_file_only or o.overwrite):
        raise ImageError("--resume goes on with what is there: it has no "
                         "--config, --answer-file-only or --overwrite")
    if not 1 <= o.smp <= 255:
        raise ImageError(f"--smp {o.smp}: use 1 to 255")
    if not 1 <= o.time_limit <= 100000:
        raise ImageError(f"--time-limit {o.time_limit}: use 1 to 100000")
    if p.version.id == "win11" and o.smp < 2:
        raise ImageError("Windows 11 needs two CPUs: --smp 2")
    if p.version.id == "win11" and options.mebibytes(p.memory) < 4096:
        raise ImageError(f"--memory {p.memory}: Windows 11 needs 4 GiB")
    for path in o.certificate:
        if not os.path.isfile(path):
            raise ImageError(f"--certificate {path}: there is no such file")
    drivers.check(o.drivers)


def _needs(o, p):
    """Check for programs, before any work."""
    wanted = {"xorriso": "xorriso", iso.READER: iso.PACKAGE}
    if not o.config:
        wanted["osinfo-install-script"] = "libosinfo-bin"
    if not o.answer_file_only:
        wanted["qemu-img"] = "qemu-utils"
        if p.tpm:
            wanted["swtpm"] = "swtpm"
    command.need(wanted)
    p.tool = places.tool()
    if not p.tool and not o.answer_file_only:
        raise ImageError("vfio-trace is not built: run make first")


def _describe(p, resume):
    edition = p.edition + (f" (build {p.image.build})" if p.image else "")
    p.say(f"{p.version.name}: {edition}")
    if resume:
        p.say("the other options are those with which it began")
        return
    if p.hold:
        p.say("no drivers until vfio-trace-release, for " +
              ", ".join(map(str, p.hold)))
    if not p.product_key and not p.config and \
            not (p.image and p.image.edition.endswith("Eval")):
        p.say("Microsoft publishes no key for this edition: its setup may ask "
              "for one; --product-key-file gives it yours")
    if not p.has_drivers and not p.config:
        p.say("without --drivers, the guest has no driver for the port of its "
              "markers")


def _fill(p, folder):
    """Write the contents of the config CD."""
    os.mkdir(folder, 0o700)
    if p.config:
        for remark in media.check(p.config):
            p.say(f"not checked: {remark}")
        shutil.copytree(p.config, folder, dirs_exist_ok=True)
        os.chmod(folder, 0o700)
        return
    if not media.fill(folder, p):
        p.say("the marker helper for Windows is not built (package "
              "gcc-mingw-w64-x86-64-win32): the guest has no vfio-trace-mark")
    if p.drivers:
        target = os.path.join(folder, answer.DRIVERS)
        drivers.copy(p.drivers, p.version, target, p.say)
        if not drivers.has_serial(target):
            p.say("there is no vioserial among the drivers: no markers from the "
                  "guest")


def _answer_file_only(p, overwrite):
    target = p.base + ".config"
    if os.path.lexists(target) and not overwrite:
        raise ImageError(f"{target} exists: remove it, or use --overwrite")
    with workdir.directory(os.path.dirname(target), f".{p.name}.") as work:
        folder = os.path.join(work, "cd")
        _fill(p, folder)
        if os.path.lexists(target):
            os.rename(target, os.path.join(work, "old"))
        os.rename(folder, target)
    p.say(f"{target}/{media.ANSWER_FILE} has the password of {p.user}; only you "
          "can read it")
    # what an ISO that can't be read does not say
    known = [] if p.image else ["--os", p.version.id, "--edition", p.edition]
    print("To install with it:\n  " + shlex.join(
        [NAME, "--iso", p.iso, *known, "--config", target, "-o",
         p.base + SUFFIX]))


def _prepare(p, work):
    """Make the installation's directory."""
    folder = os.path.join(work, "cd")
    _fill(p, folder)
    job = Installation(p, work, p.say, fresh=True)
    media.make(folder, job.config_cd)
    shutil.rmtree(folder)
    job.make_disk()
    # it may have the key of the kernel's debugger
    media.private(job.conf, p.settings().encode())
    if p.password_made and not p.config:
        media.private(os.path.join(work, p.name + ".password"),
                      (p.password + "\n").encode())
    return job


def _check_targets(p, o):
    for path in p.targets().values():
        if os.path.lexists(path) and not o.overwrite:
            raise ImageError(f"{path} exists: remove it, or use --overwrite")


def _begin(p, o, work):
    job = Installation(p, work, p.say)
    installed = os.path.exists(job.installed)
    if o.resume and installed:
        return job
    if installed:
        raise ImageError(f"the installation in {work} has succeeded, but was "
                         "interrupted before all files had their names: "
                         "--resume completes it")
    _check_targets(p, o)
    if o.resume:
        if not all(map(os.path.exists, (job.disk, job.conf, job.config_cd))):
            raise ImageError(f"--resume: there is no installation in {work}")
        return job
    try:
        os.mkdir(work, 0o700)
    except FileExistsError:
        raise ImageError(
            f"{work} has an installation that did not end: --resume continues "
            "it; delete the directory to begin anew") from None
    try:
        return _prepare(p, work)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _install(p, o):
    work = p.base + ".install"
    if o.dry_run:
        if not o.resume:
            _check_targets(p, o)
        job = Installation(p, work, p.say)
        print(f"It would make {p.base + SUFFIX} ({output.size(p.size)}) and "
              f"its settings:\n{p.settings()}and run\n  " +
              shlex.join(job.argv()))
        return
    free = shutil.disk_usage(os.path.dirname(p.base)).free
    if free < SPACE and not o.resume:
        p.say(f"{output.size(free)} are free in {os.path.dirname(p.base)}: "
              f"Windows writes some {output.size(SPACE)}")
    job = _begin(p, o, work)
    complaints = [] if os.path.exists(job.installed) else job.run()
    job.finish(p.targets())
    p.say(f"{p.base + SUFFIX}: {p.version.name} is installed" +
          (f", with {len(complaints)} complaints of the guest (above)"
           if complaints else ""))
    if os.path.exists(p.base + ".password"):
        print(f"The password of the guest's account is in {p.base}.password")
    print("Trace a device in it:\n  " +
          settings.next_command(p.base + ".conf"))
    if p.debug:
        print(p.debug_hint())


def _work(o):
    say = Progress()
    say(f"looking at {o.iso}")
    p = Plan(o, say)
    _check(o, p)
    _needs(o, p)
    _describe(p, o.resume)
    if o.answer_file_only and not o.dry_run:
        _answer_file_only(p, o.overwrite)
    else:
        _install(p, o)


def main(argv=None):
    """The command. Return: exit status"""
    o = parser().parse_args(argv)
    return common.run(NAME, lambda: _work(o))
