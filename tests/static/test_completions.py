#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shells' completions agree with the tool's --help."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
COMPLETIONS = os.path.join(TOP, "tools", "completions")
BASH = os.path.join(COMPLETIONS, "vfio-trace.bash")
ZSH = os.path.join(COMPLETIONS, "_vfio-trace")
FISH = os.path.join(COMPLETIONS, "vfio-trace.fish")
# Verbs with verbs of their own.
NESTED = {"virt", "regdb", "rings"}
# Verbs that describe a guest
GUESTS = {("run",), ("virt", "create")}
# One session, as vfio-trace run writes it
SESSION = '{\n  "pid" : 1,\n  "qmp" : "/run/gpu.qmp",\n  "log" : "x"\n}\n'


def tool_help(*words, which="--help"):
    if not os.path.exists(tap.tool_binary()):
        raise Skip("the tool is not built")
    return subprocess.run([tap.tool_binary(), *words, which], text=True,
                          capture_output=True, check=True, timeout=60,
                          env={**os.environ, "LC_ALL": "C"}).stdout


def verbs():
    """Each verb's words: ("status",), ("virt", "enable"), ..."""
    found = [(v,) for v in re.findall(r"^  ([a-z]+)  +\S", tool_help(), re.M)]
    for verb in NESTED:
        names = re.findall(rf"^  vfio-trace {verb} ([a-z]+) ",
                           tool_help(verb), re.M)
        found += [(verb, name) for name in names]
    return [v for v in found if v not in {(n,) for n in NESTED}]


def options(*words):
    """Options of a verb as --help-all has them: --long and -s."""
    found = set()
    for short, name in re.findall(r"^  (?:-(\w), )?--([a-z-]+)",
                                  tool_help(*words, which="--help-all"),
                                  re.M):
        found |= {f"--{name}"} | ({f"-{short}"} if short else set())
    equal("--help" in found, True, f"help of {words}")
    # GLib's names for options that the verb has itself
    return found - {"--selection-device", "--selection-to"}


def shell(name, *args, **kwargs):
    if not shutil.which(name):
        raise Skip(f"no {name}")
    return subprocess.run([name, *args], text=True, capture_output=True,
                          timeout=60, check=False, **kwargs)


def complete_bash(line, scratch, breaks=" \t\n\"'><=;|&(:"):
    """The words that bash offers for a line that ends at the cursor, split as
    readline does before it calls the function."""
    script = ('source "$1"; COMP_WORDBREAKS=$3; COMP_LINE=$2; '
              'COMP_POINT=${#2}; compopt() { :; }; _vfio_trace vfio-trace; '
              '[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\\n" "${COMPREPLY[@]}"')
    env = {**os.environ, "VFIO_TRACE_RUN_DIR": f"{scratch}/run",
           "XDG_CONFIG_HOME": f"{scratch}/run/config",
           "PATH": f"{scratch}/bin:{os.environ['PATH']}"}
    done = shell("bash", "--norc", "-c", script, "bash", BASH,
                 f"vfio-trace {line}", breaks, cwd=scratch, env=env)
    equal((done.returncode, done.stderr), (0, ""), f"bash: {line}")
    return sorted(done.stdout.splitlines())


def prepare(scratch):
    """A directory with logs, a session and a virsh that knows two domains."""
    os.mkdir(f"{scratch}/run")
    os.mkdir(f"{scratch}/bin")
    os.mkdir(f"{scratch}/logs")
    os.makedirs(f"{scratch}/run/config/vfio-trace/guests")
    for name, text in (("run/0000:01:00.0.json", SESSION), ("gpu.mmt", ""),
                       ("gpu.mmt.zst", ""), ("notes.txt", ""),
                       ("gap in name.mmt", ""),
                       ("run/config/vfio-trace/guests/win11.conf", "")):
        with open(f"{scratch}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
    with open(f"{scratch}/bin/virsh", "w", encoding="utf-8") as f:
        f.write('#!/bin/sh\ncase "$*" in\n*--all*) echo win11 ;;\nesac\n'
                'echo lab\n')
    os.chmod(f"{scratch}/bin/virsh", 0o755)


@test
def virt_create_table(_scratch):
    """docs/libvirt.md compares each option of run and virt create, once"""
    with open(os.path.join(TOP, "docs", "libvirt.md"), encoding="utf-8") as f:
        table = re.search(r"^\| option .*\n\| --- .*\n((?:\|.*\n)+)", f.read(),
                          re.M)[1]
    named = re.findall(r"`(--[a-z-]+)`", "\n".join(
        line.split("|")[1] for line in table.splitlines()))
    wanted = {o for verb in GUESTS for o in options(*verb)
              if o.startswith("--") and
              not o.startswith(("--help", "--no-secure-boot", "--no-tpm"))}
    equal(sorted(named), sorted(wanted), "options in the table")


@test
def bash_checked(_scratch):
    """bash: shellcheck finds nothing"""
    done = shell("shellcheck", "-S", "warning", BASH)
    equal((done.returncode, done.stdout), (0, ""), "shellcheck")


@test
def bash_options(scratch):
    """bash: every verb, and every option of it"""
    prepare(scratch)
    names = {words[0] for words in verbs()}
    equal(set(complete_bash("", scratch)),
          names | {"help", "--help", "--version"}, "verbs")
    for words in verbs():
        line = " ".join(words)
        equal(set(complete_bash(f"{line} -", scratch)), options(*words),
              f"options of {line}")


@test
def bash_operands(scratch):
    """bash: operands and values of options"""
    prepare(scratch)
    logs = ["gap in name.mmt", "gpu.mmt", "gpu.mmt.zst"]
    directories = ["bin", "logs", "run"]
    devices = sorted(os.listdir("/sys/bus/pci/devices")) \
        if os.path.isdir("/sys/bus/pci/devices") else []
    for line, want in (
            ("sta", ["start", "stat", "status"]),
            ("help re", ["recover", "redact", "regdb", "report",
                         "restore"]),
            ("help ri", ["rings"]),
            ("rings ", ["--help", "add", "check", "list", "remove"]),
            ("virt ", ["--help", "create", "disable", "enable", "status"]),
            ("regdb ", ["--help", "check", "convert", "list"]),
            ("regdb convert --as ", ["ranges", "rnndb"]),
            ("sequence --format ", ["c", "json", "python"]),
            ("sequence -b ", ["sysfs", "vfio"]),
            ("virt enable ", ["lab", "win11"]),
            ("virt enable -y w", ["win11"]),
            ("virt enable lab ", devices),
            ("virt create ", []),
            ("virt create new ", devices),
            ("virt create --os ", ["linux", "other", "windows"]),
            ("status --domain ", ["lab"]),
            ("status --domain=l", ["lab"]),
            ("status -d ", ["lab"]),
            ("status --wat", ["--watch"]),
            ("status ", []),
            ("mark ", []),
            ("mark --qmp /run/gpu", ["/run/gpu.qmp"]),
            ("mark --qmp=/run/gpu", ["/run/gpu.qmp"]),
            ("window ", ["add", "list", "remove"]),
            ("window -D gpu ", ["add", "list", "remove"]),
            ("window add ", sorted("0 1 2 3 4 5 rom vga config".split())),
            ("window add 0 r", ["rom"]),
            ("restore ", ["0000:01:00.0"]),
            # after the last colon: bash splits there
            ("restore 0000:01", ["01:00.0"]),
            ("restore 0000:01:0", ["00.0"]),
            ("doctor ", devices),
            ("run --os w", ["windows"]),
            ("run --os=", ["linux", "other", "windows"]),
            ("run -d no", ["notes.txt"]),
            ("run --vm wi", ["win11"]),
            ("run --vm no", ["notes.txt"]),
            ("virt create new --vm w", ["win11"]),
            ("run 01:00.0 -- no", ["notes.txt"]),
            ("play no", ["notes.txt"]),
            ("play notes.txt ", devices),
            ("play -b ", directories),
            ("check ", sorted(logs + directories)),
            ("check gpu", ["gpu.mmt", "gpu.mmt.zst"]),
            ("check no", ["notes.txt"]),
            ("check gpu.mmt ", []),
            ("compare gpu.mmt gap", ["gap in name.mmt"]),
            ("stat gpu.mmt gap", ["gap in name.mmt"]),
            ("stat --op ", ["r", "w"]),
            ("fold gap", ["gap in name.mmt"]),
            ("fold gpu.mmt ", []),
            ("extract gap", ["gap in name.mmt"]),
            ("extract gpu.mmt -o ", directories),
            ("report gpu.mmt gap", ["gap in name.mmt"]),
            ("report -o no", ["notes.txt"]),
            ("serve gap", ["gap in name.mmt"]),
            ("serve gpu.mmt ", []),
            ("serve --guest ", ["lab"]),
            ("stat --by re", ["region", "register"]),
            ("convert --to s", ["sqlite"]),
            ("convert --to c", ["csv", "ctf"]),
            ("convert --to p", ["pcapng", "perfetto"]),
            ("convert gpu.mmt gap", ["gap in name.mmt"]),
            ("convert -o no", ["notes.txt"]),
            ("symbolize -d ", directories),
            ("symbolize -k no", ["notes.txt"]),
            ("nonsense ", [])):
        equal(complete_bash(line, scratch), want, f"words for '{line}'")
    equal(complete_bash("restore 0000:01", scratch, " \t\n"),
          ["0000:01:00.0"], "a bash that does not split words at colons")
    equal(complete_bash("status --domain=l", scratch, " \t\n"),
          ["--domain=lab"], "a bash that does not split words at '='")


def zsh_options(words):
    """Options of a verb, from the text of its branch of the case."""
    with open(ZSH, encoding="utf-8") as f:
        text = f.read()
    found = re.search(rf"^    \((?:[a-z-]+\|)*{'-'.join(words)}"
                      r"(?:\|[a-z-]+)*\)\n(.*?);;$", text, re.M | re.S)
    equal(found is not None, True, f"zsh knows {words}")
    branch = found[1]
    for name in ("target", "selection", "names", "scripts", "guest"):
        shared = re.search(rf"local -a {name}=\(\n(.*?)\n  \)\n", text,
                           re.S)[1]
        branch = branch.replace(f"${name}", shared)
    specs = re.sub(r"'\([^)]*\)'(?=\{)", "", branch)
    specs = re.sub(r"\[[^]]*\][^\n]*|^ *'[12*]:.*", "", specs, flags=re.M)
    return set(re.findall(r"(?<![\w-])(--[a-z-]*[a-z]|-\w)(?![\w-])",
                          specs)) | {"-h", "--help"}


@test
def zsh_words(_scratch):
    """zsh: every verb, and every option of it"""
    with open(ZSH, encoding="utf-8") as f:
        text = f.read()
    listed = re.search(r"local -a verbs=\(\n(.*?)\n  \)\n", text, re.S)[1]
    equal(set(re.findall(r"^    ['\"]([a-z]+):", listed, re.M)),
          {words[0] for words in verbs()} | {"help"}, "verbs")
    for words in verbs():
        equal(zsh_options(words), options(*words), f"options of {words}")


@test
def zsh_syntax(_scratch):
    """zsh: syntax"""
    done = shell("zsh", "-n", ZSH)
    equal((done.returncode, done.stderr), (0, ""), "zsh -n")


def fish_options(words):
    """Options of a verb, from the lines with its name in -n."""
    found = {"-h", "--help"}
    condition = f"__vfio_trace_{words[0]}" if words[0] in NESTED \
        else "__vfio_trace_is"
    guest = "|__vfio_trace_guest" if words in GUESTS else ""
    with open(FISH, encoding="utf-8") as f:
        for line in f:
            match = re.match(rf"complete -c vfio-trace -n (?:'{condition} "
                             rf"([a-z ]+)'{guest})(?: -s (\w))? -l ([a-z-]+)",
                             line)
            if match and (match[1] is None or words[-1] in match[1].split()):
                found |= {f"--{match[3]}"} | \
                    ({f"-{match[2]}"} if match[2] else set())
    return found


@test
def fish_words(_scratch):
    """fish: every verb, and every option of it"""
    with open(FISH, encoding="utf-8") as f:
        text = f.read()
    names = {words[0] for words in verbs()}
    equal(set(re.findall(r"'__vfio_trace_words 1' -a ([a-z]+) ", text)),
          names | {"help"}, "verbs")
    equal(set(re.search(r"is help.*-a '(.*)'", text)[1].split()), names,
          "verbs that have help")
    for words in verbs():
        equal(fish_options(words), options(*words), f"options of {words}")


@test
def fish_runs(scratch):
    """fish: syntax and offered words"""
    prepare(scratch)
    done = shell("fish", "-n", FISH)
    equal((done.returncode, done.stderr), (0, ""), "fish -n")
    env = {**os.environ, "VFIO_TRACE_RUN_DIR": f"{scratch}/run",
           "XDG_CONFIG_HOME": f"{scratch}/run/config",
           "HOME": scratch, "PATH": f"{scratch}/bin:{os.environ['PATH']}"}

    def offered(line):
        done = shell("fish", "--no-config", "-c",
                     f"source {FISH}; complete -C '{line}'",
                     cwd=scratch, env=env)
        equal((done.returncode, done.stderr), (0, ""), f"fish: {line}")
        return {word.split("\t")[0] for word in done.stdout.splitlines()}

    for words in verbs():
        line = " ".join(words)
        equal(offered(f"vfio-trace {line} --"),
              {o for o in options(*words) if o.startswith("--")},
              f"options of {line}")
    for line, want in (("virt disable ", {"lab", "win11"}),
                       ("status -d ", {"lab"}),
                       ("restore ", {"0000:01:00.0"}),
                       ("window ", {"list", "add", "remove"}),
                       ("status ", set())):
        equal(offered(f"vfio-trace {line}"), want, line)
    equal("/run/gpu.qmp" in offered("vfio-trace mark --qmp /run/g"), True,
          "socket of a session")
    equal({"gpu.mmt", "gpu.mmt.zst"} <= offered("vfio-trace check "), True,
          "logs")


if __name__ == "__main__":
    tap.main()
