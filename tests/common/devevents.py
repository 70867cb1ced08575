# SPDX-License-Identifier: GPL-2.0-or-later
"""What emulated devices say of themselves: the lab's device-events.log."""

import re
from collections import namedtuple

from . import tap

START = "lab: post 1"           # l1-init's: from here on, the guest has the device

Command = namedtuple("Command", "queue cid opcode nsid prp1 prp2")
Completion = namedtuple("Completion", "queue cid dw0 dw1 status")
Descriptor = namedtuple("Descriptor", "address lower upper")

NUMBER = r"(0x[0-9a-f]+|\d+)"
NVME_COMMAND = re.compile(
    rf"pci_nvme_(?:admin|io)_cmd cid {NUMBER} (?:nsid {NUMBER} )?"
    rf"sqid {NUMBER} opc {NUMBER} ")
NVME_PRP = re.compile(
    rf"pci_nvme_map_prp trans_len \d+ len \d+ prp1 {NUMBER} prp2 {NUMBER} ")
NVME_COMPLETION = re.compile(
    rf"pci_nvme_enqueue_req_completion cid {NUMBER} cqid {NUMBER} "
    rf"dw0 {NUMBER} dw1 {NUMBER} status {NUMBER}$")
E1000E_DESCRIPTOR = re.compile(
    r"e1000e_tx_descr (0x[0-9a-f]+|\(nil\)) : ([0-9a-f]+) ([0-9a-f]+)$")


def lines(path, start=START):
    """The events' lines from the mark on."""
    with open(path, encoding="utf-8") as f:
        text = f.read().splitlines()
    tap.equal(text.count(start), 1, f"marks {start!r} in {path}")
    return text[text.index(start) + 1:]


def _number(text):
    return None if text is None else int(text, 0)


def nvme_commands(events):
    """Commands in the order in which the device fetched them.

    Where the device has mapped a command's buffer, prp1 and prp2 are known. It
    does so before it fetches the next command.
    """
    found = []
    for line in events:
        match = NVME_COMMAND.match(line)
        if match:
            cid, nsid, queue, opcode = map(_number, match.groups())
            found.append(Command(queue, cid, opcode, nsid, None, None))
        match = NVME_PRP.match(line)
        if match and found:
            found[-1] = found[-1]._replace(prp1=_number(match[1]),
                                           prp2=_number(match[2]))
    return found


def nvme_completions(events):
    """Completions in the order in which the device posted them."""
    found = []
    for line in events:
        match = NVME_COMPLETION.match(line)
        if match:
            cid, queue, dw0, dw1, status = map(_number, match.groups())
            found.append(Completion(queue, cid, dw0, dw1, status))
    return found


def e1000e_descriptors(events):
    """Transmit descriptors in the order in which the device fetched them."""
    found = []
    for line in events:
        match = E1000E_DESCRIPTOR.match(line)
        if match:
            address = 0 if match[1] == "(nil)" else int(match[1], 16)
            found.append(Descriptor(address, int(match[2], 16),
                                    int(match[3], 16)))
    return found
