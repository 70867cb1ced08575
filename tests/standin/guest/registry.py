# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-in's registry: keys and values in one JSON file."""

import json
import os
import re

from say import read, require, write

ROOTS = {"hklm": "HKLM", "hkey_local_machine": "HKLM", "hkcu": "HKCU",
         "hkey_current_user": "HKCU", "hku": "HKU", "hkey_users": "HKU",
         "hkcr": "HKCR", "hkey_classes_root": "HKCR"}
TYPES = ("REG_SZ", "REG_DWORD", "REG_QWORD", "REG_EXPAND_SZ", "REG_MULTI_SZ",
         "REG_BINARY", "REG_NONE")
HIVES = ("SOFTWARE", "SYSTEM", "SAM", "SECURITY", "DEFAULT")


class Registry:
    """Keys by their name in lower case; each with values by name."""

    def __init__(self, path):
        self.path = path
        self.keys = json.loads(read(path)) if os.path.exists(path) else {}
        self._loaded = {}       # key that `reg load` made: (registry, its key)

    def save(self):
        write(self.path, json.dumps(self.keys, indent=1))
        for registry, _ in self._loaded.values():
            registry.save()

    @staticmethod
    def _key(name):
        root, _, rest = name.strip("\\").partition("\\")
        require(root.lower() in ROOTS, f"{name}: no such root key")
        key = f"{ROOTS[root.lower()]}\\{rest}".lower()
        return re.sub(r"^hklm\\system\\(currentcontrolset|controlset001)\\",
                      r"hklm\\system\\currentcontrolset\\", key)

    def _place(self, name):
        key = self._key(name)
        for loaded, (registry, under) in self._loaded.items():
            if key == loaded or key.startswith(loaded + "\\"):
                return registry.keys, registry._key(under + key[len(loaded):])
        return self.keys, key

    def set(self, name, value, data):
        keys, key = self._place(name)
        keys.setdefault(key, {})[value.lower()] = data

    def get(self, name, value):
        return self.values(name).get(value.lower())

    def values(self, name):
        keys, key = self._place(name)
        return keys.get(key, {})

    def delete(self, name, value=None):
        """Delete a value, or a key with all below it; False if there is none."""
        keys, key = self._place(name)
        if value is not None:
            return keys.get(key, {}).pop(value.lower(), None) is not None
        gone = [k for k in keys if k == key or k.startswith(key + "\\")]
        for one in gone:
            del keys[one]
        return bool(gone)

    def load(self, name, path):
        """`reg load`: a hive of an installed system that does not run."""
        hive = os.path.basename(path).upper()
        require(os.path.exists(path), f"reg load: {path} does not exist")
        if hive == "NTUSER.DAT":
            under = "HKU\\Default"
        else:
            require(hive in HIVES, f"reg load: {path} is no hive")
            under = f"HKLM\\{hive}"
        self._loaded[self._key(name)] = (
            Registry(os.path.join(os.path.dirname(path), "standin-registry.json")), under)

    def unload(self, name):
        key = self._key(name)
        require(key in self._loaded, f"reg unload: {name} is not loaded")
        self._loaded.pop(key)[0].save()
