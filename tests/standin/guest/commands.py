# SPDX-License-Identifier: GPL-2.0-or-later
"""Command lines and batch files, as far as an installation needs cmd.exe.

A command that is not known here is an error: it would not have been checked.
"""

import glob
import os
import re
import shlex
import shutil

from registry import TYPES
from say import Deviation, read, require, say

SERIAL = "/dev/ttyS0"


class Exit(Exception):
    """`exit /b`"""


class Jump(Exception):
    """`goto LABEL`"""


def words(line):
    """Split as programs of Windows do: double quotes only."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.quotes, lexer.escape, lexer.commenters = '"', "", ""
    return list(lexer)


def split(line, separators):
    """Split a line at separators outside of quotes and parentheses."""
    parts, depth, quoted, start, i = [], 0, False, 0, 0
    while i < len(line):
        char = line[i]
        if char == "^" and not quoted:
            i += 2
            continue
        quoted ^= char == '"'
        depth += 0 if quoted else (char == "(") - (char == ")")
        found = next((s for s in separators if line.startswith(s, i)), None)
        # "2>&1" is one word
        if found and not quoted and not depth and line[i - 1:i] != ">":
            parts.append((line[start:i].strip(), found))
            i += len(found)
            start = i
        else:
            i += 1
    parts.append((line[start:].strip(), ""))
    return parts


class Shell:
    """cmd.exe with the programs that installations use.

    context: "windowsPE", or the pass in the installed system
    """

    def __init__(self, volumes, registry, context, secure_boot, mark=None):
        self.volumes = volumes
        self.registry = registry
        self.context = context
        self.secure_boot = secure_boot
        self.mark = mark
        self.services = {}
        self.history = []
        self.shutdown = None
        system = "X" if context == "windowsPE" else "C"
        self.variables = {"SYSTEMDRIVE": f"{system}:", "WINDIR": f"{system}:\\Windows",
                          "SYSTEMROOT": f"{system}:\\Windows",
                          "PROGRAMFILES": f"{system}:\\Program Files",
                          "PROGRAMDATA": f"{system}:\\ProgramData",
                          "TEMP": f"{system}:\\Windows\\Temp",
                          "PATH": f"{system}:\\Windows\\System32;{system}:\\Windows"}
        self.status = 0
        self._directory = f"{system}:\\Windows\\System32"

    # ---- lines ---------------------------------------------------------------

    def expand(self, line, arguments, batch):
        """Variables, and %1, %~dp0 and %% in a batch file."""
        def one(match):
            word = match[0]
            if word == "%%":
                return "%" if batch else word
            if match[1] is not None:
                if not batch:
                    return word
                index = int(match[2])
                value = arguments[index] if index < len(arguments) else ""
                if "d" in match[1]:
                    value = value[:value.rfind("\\") + 1]
                return value.strip('"') if "~" in match[1] else value
            if match[3].upper() == "ERRORLEVEL":
                return str(self.status)
            value = self.variables.get(match[3].upper())
            return value if value is not None else ("" if batch else word)
        return re.sub(r"%%|%(~?[dpnxf]*)(\d)|%([A-Za-z_][A-Za-z0-9_()]*)%", one, line)

    def line(self, line, arguments=(), batch=False):
        """Carry out one line; returns its exit status."""
        line = self.expand(line, arguments, batch).strip().lstrip("@").strip()
        self._sequence(line)
        return self.status

    def _sequence(self, line):
        previous = "&"
        lowered = line.lower()
        # `for` and `if` reach to the end of the line
        if re.match(r"(for|if)\b", lowered):
            self._compound(line)
            return
        for part, separator in split(line, ("&&", "||", "&")):
            wanted = {"&": True, "&&": self.status == 0, "||": self.status != 0}[previous]
            previous = separator or "&"
            if part and wanted:
                if re.match(r"(for|if)\b", part.lower()):
                    self._compound(part)
                else:
                    self._simple(part)

    def _for_output(self, name, command, then):
        """`for /f "tokens=2,*"`: the second word of each line, and the rest of it."""
        names = name + chr(ord(name) + 1)
        for line in self._run(command).split("\n"):
            tokens = line.split(None, 2)
            values = dict(zip(names, tokens[1:] + ["", ""]))
            if tokens:
                self._sequence(re.sub(rf"%+([{names}])(?!\w)", lambda m, v=values: v[m[1]], then))

    def _compound(self, line):
        found = re.match(r'for\s+/f\s+"tokens=2,\*"\s+%+([a-y])\s+in\s+'
                         r"\('(.*?)'\)\s+do\s+(.*)", line, re.I | re.S)
        if found:
            self._for_output(*found.groups())
            return
        found = re.match(r"for\s+%+(\w)\s+in\s+\((.*?)\)\s+do\s+(.*)", line, re.I | re.S)
        if found:
            for value in found[2].replace(",", " ").split():
                self._sequence(re.sub(r"%+" + found[1] + r"(?!\w)", lambda m, v=value: v, found[3]))
            return
        found = re.match(r"if\s+(/i\s+)?(not\s+)?(.*)", line, re.I | re.S)
        if not found:
            raise Deviation(f"command not understood: {line}")
        rest = found[3]
        holds, rest = self._condition(rest, bool(found[1]))
        if holds != bool(found[2]):
            self._sequence(rest.strip().removeprefix("(").removesuffix(")").strip()
                           if rest.strip().startswith("(") else rest.strip())

    def _condition(self, text, fold):
        found = re.match(r'exist\s+("[^"]*"|\S+)\s*(.*)', text, re.I | re.S)
        if found:
            return self._find(found[1].strip('"')) is not None, found[2]
        found = re.match(r"errorlevel\s+(\d+)\s*(.*)", text, re.I | re.S)
        if found:
            return self.status >= int(found[1]), found[2]
        found = re.match(r"defined\s+(\w+)\s*(.*)", text, re.I | re.S)
        if found:
            return found[1].upper() in self.variables, found[2]
        found = re.match(r'("[^"]*"|\S+?)\s*==\s*("[^"]*"|\S+)\s*(.*)', text, re.S)
        if not found:
            raise Deviation(f"condition not understood: {text}")
        pair = [found[1], found[2]]
        if fold:
            pair = [p.lower() for p in pair]
        return pair[0] == pair[1], found[3]

    def _redirected(self, part):
        """(the command without redirections, [(append, target)])"""
        targets = []

        def take(match):
            # what goes to handle 2 are errors: there is no output in it
            if not match[1].startswith("2"):
                targets.append((match[1].endswith(">>"), match[2].strip('"')))
            return ""
        # a digit is a handle only if it stands alone
        pattern = r'((?:(?:(?<=\s)|^)[12])?>>?)\s*("[^"]*"|&\d|[^\s"<>]+)'
        pieces = re.split(r'("[^"]*")', part)
        # a target in quotes is joined to its operator
        text, i = "", 0
        while i < len(pieces):
            if i % 2 == 0 and re.search(r">>?\s*$", pieces[i]) and i + 1 < len(pieces):
                operator = re.search(r"[12]?>>?\s*$", pieces[i])
                text += re.sub(pattern, take, pieces[i][:operator.start()])
                if not operator[0].startswith("2"):
                    targets.append((operator[0].strip().endswith(">>"),
                                    pieces[i + 1].strip('"')))
                i += 2
                continue
            text += re.sub(pattern, take, pieces[i]) if i % 2 == 0 else pieces[i]
            i += 1
        return text.strip(), [t for t in targets if not t[1].startswith("&")]

    def _find(self, name):
        if name.lower() == "nul":
            return "/dev/null"
        if not re.match(r"[A-Za-z]:", name):
            name = f"{self._directory}\\{name}"
        if "*" in name:
            directory, _, pattern = name.rpartition("\\")
            path = self.volumes.path(directory + "\\")
            found = glob.glob(os.path.join(path, pattern)) if path else []
            return found[0] if found else None
        return self.volumes.path(name)

    def _simple(self, part):
        require("|" not in re.sub(r'"[^"]*"', "", part), f"a pipe: {part}")
        command, targets = self._redirected(part)
        output = self._run(command)
        for append, target in targets:
            self._output(target, output, append)
        if output and not targets:
            say(f"[{self.context}] {output}")

    def _output(self, target, text, append):
        text = (text or "") + "\r\n"
        if target.lower() == "nul":
            return
        if target.lower() in ("com1", "com1:", "\\\\.\\com1"):
            with open(SERIAL, "wb", buffering=0) as port:
                port.write(text.encode())
            return
        path = self.volumes.path(target if ":" in target else
                                 f"{self._directory}\\{target}", create=True)
        require(path, f"the directory of {target} does not exist")
        with open(path, "ab" if append else "wb") as file:
            file.write(text.encode())

    def _run(self, command):
        """One command; returns its output."""
        name, _, rest = command.partition(" ") if not command.startswith('"') \
            else command[1:].partition('"')
        rest = rest.strip()
        program = name.lower().rsplit("\\", 1)[-1].removesuffix(".exe")
        if program.startswith("echo."):
            program = "echo"
        self.history.append(command)
        if program.endswith((".cmd", ".bat")):
            return self.batch(name, words(rest))
        handler = getattr(self, "_do_" + program.replace("-", "_"), None)
        if not handler:
            raise Deviation(f"[{self.context}] unknown command: {command}")
        self.status = 0
        return handler(rest) or ""

    def batch(self, name, arguments=()):
        """Run a batch file."""
        path = self._find(name)
        require(path and os.path.isfile(path), f"{name}: no such batch file")
        data = read(path, True)
        require(b"\r\n" in data and b"\n" not in data.replace(b"\r\n", b""),
                f"{name}: lines must end with CR LF")
        require(all(c < 128 for c in data), f"{name}: not ASCII")
        lines = list(_joined(data.decode().split("\r\n")))
        try:
            self._lines(lines, [name, *arguments])
        except Exit:
            pass
        return ""

    def _lines(self, lines, arguments):
        """The lines of a batch file; a label may be anywhere in it."""
        number, jumps = 0, 0
        while number < len(lines):
            line = lines[number]
            number += 1
            if re.match(r"\s*(@?rem\b|:|$)", line, re.I):
                continue
            try:
                self.line(line, arguments, batch=True)
            except Jump as jump:
                jumps += 1
                require(jumps < 1000, f"{arguments[0]}: goto without an end")
                number = _label(lines, str(jump))

    # ---- commands of cmd.exe ---------------------------------------------------

    def _do_cmd(self, rest):
        found = re.match(r"(?:/[a-bd-z]\S*\s+)*/c\s+(.*)", rest, re.I | re.S)
        require(found, f"cmd without /c: {rest}")
        line = found[1].strip()
        if line.startswith('"') and line.endswith('"') and \
                (line.count('"') > 2 or not self._find(line.strip('"'))):
            line = line[1:-1]
        self.line(line)

    def _do_call(self, rest):
        self._simple(rest)

    def _do_exit(self, rest):
        self.status = int((re.search(r"\d+", rest) or ["0"])[0])
        raise Exit

    def _do_goto(self, rest):
        if rest.lower() == ":eof":
            raise Exit
        raise Jump(rest.lstrip(":"))

    def _do_setlocal(self, _rest):
        pass

    _do_endlocal = _do_cls = _do_title = _do_setlocal

    def _do_set(self, rest):
        found = re.fullmatch(r"/a\s+(\w+)\+=(\d+)", rest, re.I)
        if found:
            name = found[1].upper()
            self.variables[name] = str(int(self.variables.get(name, "0")) + int(found[2]))
            return
        name, equals, value = rest.strip('"').partition("=")
        require(equals, f"set {rest}")
        self.variables[name.strip().upper()] = value

    def _do_setx(self, rest):
        names = [w for w in words(rest) if w.lower() != "/m"]
        require(len(names) == 2 and len(names[1]) <= 1024, f"setx {rest}")
        self.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
                          "Session Manager\\Environment", *names)

    def _do_cd(self, rest):
        target = rest.removeprefix("/d ").strip().strip('"')
        self._directory = target

    def _do_echo(self, rest):
        return None if rest.lower() in ("off", "on") else re.sub(r"\^(.)", r"\1", rest)

    def _do_md(self, rest):
        for name in words(rest):
            path = name
            missing = []
            while not self.volumes.path(path):
                missing.append(path.rpartition("\\")[2])
                path = path.rpartition("\\")[0]
                require(path, f"md {name}: no such drive")
            base = self.volumes.path(path + ("\\" if path.endswith(":") else ""))
            os.makedirs(os.path.join(base, *reversed(missing)), exist_ok=True)

    _do_mkdir = _do_md

    def _sources(self, name):
        directory, _, pattern = name.rpartition("\\")
        base = self._find(directory + "\\") if directory else self._find(self._directory)
        if not base:
            return []
        if "*" in pattern or "?" in pattern:
            return sorted(p for p in glob.glob(os.path.join(base, "*"))
                          if _wild(pattern, os.path.basename(p)))
        path = self._find(name)
        return [path] if path else []

    def _do_copy(self, rest):
        names = [w for w in words(rest) if not w.startswith("/")]
        require(len(names) == 2, f"copy {rest}")
        sources = [s for s in self._sources(names[0]) if os.path.isfile(s)]
        require(sources, f"copy: {names[0]} does not exist")
        target = self.volumes.path(names[1], create=True)
        require(target, f"copy: the directory of {names[1]} does not exist")
        for source in sources:
            shutil.copyfile(source, os.path.join(target, os.path.basename(source))
                            if os.path.isdir(target) else target)

    def _do_xcopy(self, rest):
        names = [w for w in words(rest) if not w.startswith("/")]
        require(len(names) == 2, f"xcopy {rest}")
        sources = self._sources(names[0])
        require(sources, f"xcopy: {names[0]} does not exist")
        self._do_md(f'"{names[1]}"')
        target = self.volumes.path(names[1])
        for source in sources:
            if os.path.isdir(source):
                inner = target if len(sources) == 1 and "*" not in names[0] else \
                    os.path.join(target, os.path.basename(source))
                shutil.copytree(source, inner, dirs_exist_ok=True,
                                copy_function=shutil.copyfile)
            else:
                shutil.copyfile(source, os.path.join(target, os.path.basename(source)))

    def _do_del(self, rest):
        for name in (w for w in words(rest) if not w.startswith("/")):
            for path in self._sources(name):
                os.unlink(path)

    _do_erase = _do_del

    def _do_rd(self, rest):
        for name in (w for w in words(rest) if not w.startswith("/")):
            path = self._find(name)
            if path:
                shutil.rmtree(path)

    _do_rmdir = _do_rd

    # ---- programs ------------------------------------------------------------

    def _do_reg(self, rest):
        verb, *arguments = words(rest)
        verb = verb.lower()
        handler = getattr(self, "_reg_" + verb, None)
        require(handler, f"reg {rest}: not understood")
        return handler(arguments)

    @staticmethod
    def _options(arguments, flags=("/f", "/ve", "/va")):
        options, i = {}, 1
        while i < len(arguments):
            option = arguments[i].lower()
            if option in flags:
                options[option] = True
                i += 1
            else:
                require(i + 1 < len(arguments), f"{option} without a value")
                options[option] = arguments[i + 1]
                i += 2
        return options

    def _reg_add(self, arguments):
        options = self._options(arguments)
        kind = options.get("/t", "REG_SZ").upper()
        require(set(options) <= {"/v", "/ve", "/t", "/d", "/f", "/s"}, f"reg add {arguments}")
        require(kind in TYPES, f"reg add: there is no type {kind}")
        require("/f" in options, "reg add without /f waits for an answer if the value exists")
        if "/v" not in options and "/ve" not in options:
            self.registry.set(arguments[0], "(key)", "")
            return
        data = options.get("/d", "")
        if kind in ("REG_DWORD", "REG_QWORD"):
            data = int(data, 0)
            require(0 <= data < 1 << (32 if kind == "REG_DWORD" else 64), f"reg add: {data}")
        self.registry.set(arguments[0], options.get("/v", ""), data)

    def _reg_delete(self, arguments):
        options = self._options(arguments)
        require("/f" in options, "reg delete without /f waits for an answer")
        if not self.registry.delete(arguments[0], options.get("/v")):
            self.status = 1

    def _reg_query(self, arguments):
        options = self._options(arguments)
        values = self.registry.values(arguments[0])
        if "/v" in options:
            name = options["/v"]
            values = {name: values[name.lower()]} if name.lower() in values else {}
        self.status = 0 if values else 1
        # types are not kept
        return "\n".join([arguments[0], *(f"    {n}    REG_SZ    {v}"
                                          for n, v in values.items())]) if values else None

    def _reg_load(self, arguments):
        self.registry.load(arguments[0], self.volumes.existing(arguments[1]))

    def _reg_unload(self, arguments):
        self.registry.unload(arguments[0])

    def _do_bcdedit(self, rest):
        require(self.context != "windowsPE", "bcdedit in windowsPE changes another store")
        options = words(rest.lower())
        # documented: "The value is protected by Secure Boot policy"
        protected = {"testsigning", "nointegritychecks", "/debug", "/dbgsettings"}
        if self.secure_boot and protected & set(options) and "off" not in options:
            raise Deviation(f"bcdedit {rest}: protected by Secure Boot policy")
        self.registry.set("HKLM\\BCD00000000", " ".join(options), "set")

    def _do_powercfg(self, rest):
        known = ("/setactive", "/setacvalueindex", "/setdcvalueindex", "/change", "/x",
                 "/hibernate", "/h", "/s", "/duplicatescheme")
        require(words(rest.lower())[0].replace("-", "/") in known, f"powercfg {rest}")

    def _do_sc(self, rest):
        verb, name, *arguments = words(rest)
        if verb.lower() == "create":
            # `binPath= VALUE`: the space after = is part of the syntax
            require("binpath=" in [a.lower() for a in arguments], f"sc {rest}: no 'binPath= PATH'")
            index = [a.lower() for a in arguments].index("binpath=")
            self._service(name, arguments[index + 1])
        else:
            require(verb.lower() in ("start", "config", "description", "failure", "stop",
                                     "query", "sdset"), f"sc {rest}")

    def _service(self, name, line):
        program = re.match(r'"([^"]+)"|(\S+)', line)
        path = program[1] or program[2]
        require(self._find(path), f"service {name}: {path} does not exist")
        self.registry.set(f"HKLM\\SYSTEM\\CurrentControlSet\\Services\\{name}",
                          "ImagePath", line)

    def _do_vfio_trace_mark(self, rest):
        arguments = words(rest)
        if "--install-service" in arguments:
            self._service("vfio-trace-mark", self.history[-1].split(" --")[0])
        elif "--remove-service" in arguments:
            self.registry.delete("HKLM\\SYSTEM\\CurrentControlSet\\Services\\vfio-trace-mark")
        elif self.mark:
            self.mark(" ".join(a for a in arguments if not a.startswith("--")))

    def _do_pnputil(self, rest):
        options = words(rest)
        require(options[0].lower() in ("/add-driver", "-i", "-a", "/scan-devices",
                                       "/enable-device", "/disable-device", "/enum-devices"),
                f"pnputil {rest}")

    def _do_certutil(self, rest):
        options = words(rest)
        if options[0].lower() in ("-addstore", "/addstore"):
            require(self._find(options[-1]), f"certutil: {options[-1]} does not exist")

    def _do_shutdown(self, rest):
        options = words(rest.lower().replace("-", "/"))
        require("/s" in options or "/r" in options, f"shutdown {rest}")
        self.shutdown = "off" if "/s" in options else "reboot"

    def _do_powershell(self, rest):
        found = re.search(r'-file\s+("[^"]+"|\S+)', rest, re.I)
        require(found, f"powershell: only -File is checked: {rest}")
        require(self._find(found[1].strip('"')), f"powershell: {found[1]} does not exist")

    def _accepted(self, _rest):
        """A program without effect on what is checked here."""

    _do_net = _do_netsh = _do_tzutil = _do_timeout = _do_ping = _accepted
    _do_fsutil = _do_label = _do_wpeutil = _do_wpeinit = _do_dism = _accepted
    _do_schtasks = _do_takeown = _do_icacls = _do_attrib = _do_compact = _accepted


def _joined(lines):
    """Lines with parentheses that are still open are one command."""
    pending = ""
    for line in lines:
        bare = re.sub(r'"[^"]*"', "", line)
        if pending:
            pending += " & " + line.strip() if line.strip() != ")" and \
                not pending.endswith("(") else line.strip()
            if line.strip().startswith(")"):
                yield pending
                pending = ""
        elif bare.count("(") > bare.count(")") and bare.rstrip().endswith("("):
            pending = line.rstrip()
        else:
            yield line


def _label(lines, name):
    """The number of the line after a label."""
    for number, line in enumerate(lines):
        found = re.match(r"\s*:\s*(\w[\w-]*)", line)
        if found and found[1].lower() == name.lower():
            return number + 1
    raise Deviation(f"goto {name}: there is no such label")


def _wild(pattern, name):
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name,
                        re.I) is not None
