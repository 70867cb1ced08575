# SPDX-License-Identifier: GPL-2.0-or-later
"""Sequences for vfio-trace play, written by hand."""

import hashlib
import json
import os


def place(op, region, offset, width=4, **more):
    """An operation on a region; with name= its register's name."""
    return {"op": op, "region": region, "offset": hex(offset), "width": width,
            **more}


def read(region, offset, width=4, **more):
    return place("read", region, offset, width, **more)


def write(region, offset, value, width=4, **more):
    return place("write", region, offset, width, value=hex(value), **more)


def check(region, offset, value, mask=None, width=4, **more):
    if mask is not None:
        more["mask"] = hex(mask)
    return place("check", region, offset, width, value=hex(value), **more)


def poll(region, offset, value, mask, width=4, us=5000000, **more):
    return place("poll", region, offset, width, value=hex(value),
                 mask=hex(mask), until="equal", timeout_us=us, **more)


def address(region, offset, buffer, width=8, part="whole", add=0):
    """Write a buffer's address to a register."""
    return place("write", region, offset, width, buffer=buffer, part=part,
                 add=hex(add))


def memory(buffer, offset, data, **more):
    """Write bytes to a buffer."""
    return {"op": "memory", "memory": buffer, "offset": hex(offset),
            "bytes": data.hex(), **more}


def pointer(buffer, offset, to, width=8, part="whole", add=0):
    """Write the address of buffer `to` to a buffer."""
    return {"op": "pointer", "memory": buffer, "offset": hex(offset),
            "width": width, "buffer": to, "part": part, "add": hex(add)}


def irq(vector=0, us=5000000):
    return {"op": "irq", "vector": vector, "timeout_us": us}


def mark(text):
    return {"op": "mark", "text": text}


def loop(rounds, body, **more):
    return {"op": "loop", "rounds": rounds, "body": body, **more}


def buffer(name, size=4096, at=0, below_4g=False, **more):
    return {"name": name, "size": size, "below_4g": below_4g,
            "address": hex(at), **more}


def sequence(ids, regions, operations, buffers=(), files=()):
    """Of the device `ids` (vendor, device), with regions {name: size}.

    A size that is a pair, (size, "port"), is of a region of ports.
    """
    for line, op in enumerate(operations, 1):
        op.setdefault("line", line)
    pairs = {name: size if isinstance(size, tuple) else (size, "memory")
             for name, size in regions.items()}
    return {"format": "vfio-trace-sequence", "version": 1, "trace": "hand.mmt",
            "device": {"vendor": hex(ids[0]), "device": hex(ids[1])},
            "regions": [{"region": name, "size": hex(size), "kind": kind}
                        for name, (size, kind) in pairs.items()],
            "buffers": list(buffers), "files": list(files),
            "operations": operations}


def save(directory, name, value):
    """Write NAME.json; return its path."""
    path = os.path.join(directory, f"{name}.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)
    return path


def save_file(directory, name, data):
    """Write a file for a sequence; return (its path, its entry in files)."""
    path = os.path.join(directory, name)
    with open(path, "wb") as f:
        f.write(data)
    return path, {"name": name, "sha256": hashlib.sha256(data).hexdigest(),
                  "size": len(data)}
