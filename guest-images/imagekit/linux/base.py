# SPDX-License-Identifier: GPL-2.0-or-later
"""The base system: the suite's packages as mmdebstrap installs them, without
settings of a guest. It is kept in the cache, one for each kernel package."""

import os

from ..common import cache, command, output, workdir
from ..common.errors import ImageError
from . import namespace, packages

KEPT = 4
# While it is made: the packages, the system, and its archive.
SPACE = 2500 << 20


def downloads(recipe):
    """Directory of downloaded packages."""
    return cache.directory("packages", recipe.suite)


def _command(recipe, kept, target):
    """mmdebstrap's command line."""
    include = list(packages.BASE)
    if not recipe.kernel_file:
        include.append(recipe.kernel)
    archives = "/var/cache/apt/archives"
    argv = [
        *namespace.mmdebstrap(), "--variant=minbase",
        "--include=" + ",".join(include),
        '--aptopt=APT::Install-Recommends "false"',
        # what is downloaded is kept, and what the mirror no longer has is not
        "--skip=essential/unlink,cleanup/apt/lists",
        f'--setup-hook=mkdir -p "$1{archives}/partial"',
        f"--setup-hook=sync-in {downloads(recipe)} {archives}",
        '--customize-hook=chroot "$1" apt-get -q autoclean',
        f"--customize-hook=sync-out {archives} {kept}",
    ]
    argv += [f"--aptopt={line}" for line in packages.apt_settings()]
    return argv + [recipe.suite, target] + recipe.indexes.sources


def _failed(recipe, error):
    """The error of mmdebstrap, with the usual reason."""
    log = error.log or ""
    if recipe.kernel in log and "Unable to locate package" in log:
        return ImageError(f"{recipe.suite} has no package {recipe.kernel}", log)
    if "Unable to fetch" in log or "Failed to fetch" in log:
        return ImageError("packages could not be downloaded: what has arrived is "
                          "kept, so try again", log)
    return ImageError(f"can't make the base system of {recipe.suite}: "
                      "mmdebstrap failed", log)


def get(recipe, say):
    """Path of the base system's archive; made unless it is in the cache."""
    final = os.path.join(cache.directory("linux-base"),
                         f"{recipe.suite}-{recipe.base_key()}.tar.zst")
    if os.path.exists(final):
        os.utime(final)
        say(f"the base system of {recipe.suite} is in the cache")
        return final
    with cache.lock(f"linux-base-{recipe.suite}", say):
        if not os.path.exists(final):
            output.check_space(cache.directory(), SPACE,
                               "making the base system")
            _make(recipe, final, say)
    return final


def _make(recipe, final, say):
    there = os.environ.get("TMPDIR", "/var/tmp")
    output.check_space(there, SPACE // 2, "making the base system")
    with cache.work("base", namespace.remove) as work, \
            workdir.directory(there, "vfio-trace-base.",
                              namespace.remove) as system:
        # mmdebstrap's root is another user
        os.chmod(system, 0o711)
        kept = os.path.join(work, "packages")
        os.mkdir(kept)
        archive = os.path.join(work, "base.tar.zst")
        with say.step(f"making the base system of {recipe.suite} "
                      "(some minutes the first time)"):
            try:
                command.run(
                    _command(recipe, kept, archive), "make the base system",
                    environment={
                        "TMPDIR": system, "INITRD": "No",
                        "SOURCE_DATE_EPOCH": str(recipe.indexes.epoch)},
                    on_line=lambda line: line.startswith("I: ") and
                    say.detail(line[3:]))
            except ImageError as error:
                raise _failed(recipe, error) from error
        _keep(kept, downloads(recipe))
        os.replace(archive, final)
        cache.prune("linux-base", final, KEPT)


def _keep(new, directory):
    """Downloaded packages become those of the cache."""
    names = {name for name in os.listdir(new) if name.endswith(".deb")}
    for name in os.listdir(directory):
        if name.endswith(".deb") and name not in names:
            os.unlink(os.path.join(directory, name))
    for name in names:
        os.replace(os.path.join(new, name), os.path.join(directory, name))
