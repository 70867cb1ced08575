#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The modules of the report's page that need no browser, in Node.js.

model.mjs has the tests; the modules are copied beside it.
"""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "tools", "report", "page")


def main():
    if not shutil.which("node"):
        print("no node")
        return 77
    with tempfile.TemporaryDirectory() as scratch:
        for name in os.listdir(PAGE):
            if name.endswith(".js"):
                shutil.copy(os.path.join(PAGE, name), scratch)
        shutil.copy(os.path.join(HERE, "model.mjs"), scratch)
        with open(os.path.join(scratch, "package.json"), "w", encoding="ascii") as file:
            file.write('{"type": "module"}\n')
        return subprocess.run(["node", os.path.join(scratch, "model.mjs")],
                              check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
