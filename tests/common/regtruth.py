# SPDX-License-Identifier: GPL-2.0-or-later
"""What the registers of two devices are, by their specifications, and how well
the classes of `vfio-trace profile` agree.

Sources:

* 82574: Intel 82574 GbE Controller Family Datasheet, 317694, revision 3.4,
  chapter 10, "Driver Programming Interface": the register's attribute (RO, WO,
  RW, RC for statistics, which "reset when read") and its description.
* NVMe: NVM Express Base Specification 2.0, section 3.1.3 "Controller
  Properties"; NVMe over PCIe Transport Specification 1.0, section 3.1.2, for
  the doorbells.
* MSI-X: PCI Local Bus Specification 3.0, section 6.8.2, the table's entries.

A row is (offset, name, access, flags), or with (count, stride) for arrays:

* access: RO read-only, RW, WO write-only, RC cleared by reading
* const: the device does not change it while it works, only a write would
* poll: bits that software is told to wait for
* w1c: has bits that are cleared by writing 1
* counter: counts by itself
* ring, doorbell: a ring's tail (or head), whose write the device acts upon
* dma, high: address of memory (its lower half), upper half
* table: part of an array that is loaded as a whole
"""

E1000E = [
    (0x0000, "CTRL", "RW", ""), (0x0008, "STATUS", "RO", "poll"),
    # EE_PRES and Auto_RD are final once the EEPROM has been read after a reset
    (0x0010, "EECD", "RW", "const"),
    (0x0014, "EERD", "RW", "poll"), (0x0018, "CTRL_EXT", "RW", ""),
    (0x001c, "FLA", "RW", ""), (0x0020, "MDIC", "RW", "poll"),
    (0x0028, "FCAL", "RW", ""), (0x002c, "FCAH", "RW", ""),
    (0x0030, "FCT", "RW", ""), (0x0038, "VET", "RW", ""),
    (0x00c0, "ICR", "RC", "w1c"), (0x00c4, "ITR", "RW", ""),
    (0x00c8, "ICS", "WO", ""), (0x00d0, "IMS", "RW", ""),
    (0x00d8, "IMC", "WO", ""), (0x00dc, "EIAC", "RW", ""),
    (0x00e0, "IAM", "RW", ""), (0x00e4, "IVAR", "RW", ""),
    (0x00e8, "EITR", "RW", "", 5, 4),
    (0x0100, "RCTL", "RW", ""), (0x0170, "FCTTV", "RW", ""),
    (0x0400, "TCTL", "RW", ""), (0x0410, "TIPG", "RW", ""),
    (0x0458, "AIT", "RW", ""), (0x0e00, "LEDCTL", "RW", "const"),
    (0x0f00, "EXTCNF_CTRL", "RW", "poll"), (0x0f08, "EXTCNF_SIZE", "RW", ""),
    (0x1000, "PBA", "RW", ""), (0x1008, "PBS", "RW", ""),
    (0x1010, "EEMNGCTL", "RO", "poll"),
    (0x2160, "FCRTL", "RW", ""), (0x2168, "FCRTH", "RW", ""),
    (0x2170, "PSRCTL", "RW", ""),
    (0x2800, "RDBAL", "RW", "dma", 2, 0x100),
    (0x2804, "RDBAH", "RW", "high", 2, 0x100),
    (0x2808, "RDLEN", "RW", "", 2, 0x100), (0x2810, "RDH", "RW", "", 2, 0x100),
    (0x2818, "RDT", "RW", "ring doorbell", 2, 0x100),
    (0x2820, "RDTR", "RW", ""), (0x2828, "RXDCTL", "RW", "", 2, 0x100),
    (0x282c, "RADV", "RW", ""), (0x2c00, "RSRPD", "RW", ""),
    (0x2c08, "RAID", "RW", ""),
    (0x3800, "TDBAL", "RW", "dma", 2, 0x100),
    (0x3804, "TDBAH", "RW", "high", 2, 0x100),
    (0x3808, "TDLEN", "RW", "", 2, 0x100), (0x3810, "TDH", "RW", "", 2, 0x100),
    (0x3818, "TDT", "RW", "ring doorbell", 2, 0x100),
    (0x3820, "TIDV", "RW", ""), (0x3828, "TXDCTL", "RW", "", 2, 0x100),
    (0x382c, "TADV", "RW", ""), (0x3840, "TARC", "RW", "const", 2, 0x100),
    # 10.2.7: CRCERRS to IAC; RXDMTC, RXOC; the few gaps are reserved
    (0x4000, "statistics", "RC", "", 0x128 // 4, 4),
    (0x5000, "RXCSUM", "RW", ""), (0x5008, "RFCTL", "RW", ""),
    (0x5200, "MTA", "RW", "table", 128, 4), (0x5400, "RA", "RW", "table", 32, 4),
    (0x5600, "VFTA", "RW", "table", 128, 4),
    (0x5800, "WUC", "RW", ""), (0x5808, "WUFC", "RW", ""),
    (0x5810, "WUS", "RW", "w1c"), (0x5818, "MRQC", "RW", ""),
    (0x5820, "MANC", "RW", "const"), (0x5860, "MANC2H", "RW", ""),
    (0x5b00, "GCR", "RW", ""), (0x5b30, "FACTPS", "RO", ""),
    (0x5b50, "SWSM", "RW", "poll"), (0x5b54, "FWSM", "RO", "poll"),
    (0x5b64, "GCR2", "RW", ""),
    (0x5c00, "RETA", "RW", "table", 32, 4), (0x5c80, "RSSRK", "RW", "table", 10, 4),
    (0xb600, "SYSTIML", "RW", "counter"), (0xb604, "SYSTIMH", "RW", "counter"),
    (0xb608, "TIMINCA", "RW", ""), (0xb614, "TSYNCTXCTL", "RW", ""),
    (0xb618, "TXSTMPL", "RO", ""), (0xb61c, "TXSTMPH", "RO", ""),
    (0xb620, "TSYNCRXCTL", "RW", ""), (0xb624, "RXSTMPL", "RO", ""),
    (0xb628, "RXSTMPH", "RO", ""), (0xb62c, "RXSATRL", "RO", ""),
    (0xb630, "RXSATRH", "RO", ""), (0xb634, "RXCFGL", "RW", ""),
    (0xb638, "RXUDP", "RW", ""),
]


def msix(base, entries):
    """The entries of an MSI-X table at an offset."""
    return [(base, "MSI-X address", "RW", "", entries, 16),
            (base + 4, "MSI-X upper address", "RW", "", entries, 16),
            (base + 8, "MSI-X data", "RW", "", entries, 16),
            (base + 12, "MSI-X control", "RW", "table", entries, 16)]


NVME = [
    (0x00, "CAP", "RO", "const", 2, 4), (0x08, "VS", "RO", "const"),
    (0x0c, "INTMS", "RW", ""), (0x10, "INTMC", "RW", ""),
    (0x14, "CC", "RW", ""), (0x1c, "CSTS", "RO", "poll w1c"),
    (0x20, "NSSR", "RW", ""), (0x24, "AQA", "RW", ""),
    (0x28, "ASQ", "RW", "dma"), (0x2c, "ASQ upper", "RW", "high"),
    (0x30, "ACQ", "RW", "dma"), (0x34, "ACQ upper", "RW", "high"),
    (0x38, "CMBLOC", "RO", "const"), (0x3c, "CMBSZ", "RO", "const"),
    # CAP.DSTRD is 0; what a read of them returns is up to the vendor
    (0x1000, "doorbell", "WO", "ring doorbell", 128, 4),
] + msix(0x2000, 65)

# Device of the lab -> BAR -> rows
TRUTH = {
    "dut0": {0: E1000E, 3: msix(0, 5)},
    "dut1": {0: NVME},
}

OF_ACCESS = {"RO": {"read-only"}, "RC": {"read-only", "clear-on-read"},
             "RW": {"read-back"}, "WO": {"write-only"}}
OF_FLAG = {"const": "constant", "poll": "polled-status",
           "w1c": "write-1-to-clear", "counter": "counter",
           "ring": "ring-pointer", "doorbell": "doorbell",
           "dma": "dma-address", "high": "dma-address-high",
           "table": "bulk-window"}


def registers(truth):
    """{(device, bar, offset): (name, classes)}"""
    found = {}
    for device, bars in truth.items():
        for bar, rows in bars.items():
            for offset, name, access, flags, *array in rows:
                count, stride = array or (1, 4)
                classes = OF_ACCESS[access] | {OF_FLAG[f] for f in flags.split()}
                for i in range(count):
                    found[device, bar, offset + i * stride] = (name, classes)
    return found


# When a capture exercises a class: what the driver did could show it.  Each
# gets the register's accesses, [(op, value, line)], line being its place among
# the device's accesses.

def _reads(a):
    return [v for op, v, _ in a if op == "R"]


def _writes(a):
    return [v for op, v, _ in a if op == "W"]


def _pairs(a):
    """Two accesses after each other."""
    return list(zip(a, a[1:]))


def shows_read_only(a):
    """Read at least three times, never written."""
    return len(_reads(a)) >= 3 and not _writes(a)


def shows_constant(a):
    """The same, and neither 0 nor all ones: nobody can tell that from unused."""
    return shows_read_only(a) and not {0, 0xffffffff} & set(_reads(a))


def shows_write_only(a):
    """Written at least eight times, never read."""
    return len(_writes(a)) >= 8 and not _reads(a)


def shows_read_back(a):
    """Read, written with another value, and read: that is the value written."""
    return any(x[0] == "R" and y[0] == "W" and z[0] == "R" and
               x[1] != y[1] == z[1] for x, y, z in zip(a, a[1:], a[2:]))


def shows_clear_on_read(a):
    """Twice, a value other than 0 was read, and 0 at the next read."""
    return sum(x[0] == y[0] == "R" and x[1] != 0 == y[1]
               for x, y in _pairs(a)) >= 2


def shows_ack(a):
    """Twice, bits were read as 1, written as 1, and then read as 0."""
    return sum(x[0] == "R" and y[0] == "W" and z[0] == "R" and
               x[1] & y[1] & ~z[1] != 0
               for x, y, z in zip(a, a[1:], a[2:])) >= 2


def shows_counter(a):
    """At least five values were read."""
    return len(set(_reads(a))) >= 5


def shows_poll(a):
    """Three reads or more, nothing else between them; the last two differ."""
    return any([x[0], y[0], z[0]] == ["R"] * 3 and x[2] + 2 == y[2] + 1 == z[2]
               and x[1] == y[1] != z[1] for x, y, z in zip(a, a[1:], a[2:]))


def shows_ring(a):
    """The value written has changed at least ten times."""
    w = _writes(a)
    return sum(x != y for x, y in zip(w, w[1:])) >= 10


def shows_doorbell(a):
    """The same, and it was never read."""
    return shows_ring(a) and not _reads(a)


def shows_address(a):
    """A value other than 0 was written."""
    return any(_writes(a))


def shows_write(a):
    """It was written."""
    return bool(_writes(a))


EXERCISED = {
    "read-only": shows_read_only, "constant": shows_constant,
    "write-only": shows_write_only, "read-back": shows_read_back,
    "clear-on-read": shows_clear_on_read, "write-1-to-clear": shows_ack,
    "counter": shows_counter, "polled-status": shows_poll,
    "ring-pointer": shows_ring, "doorbell": shows_doorbell,
    "dma-address": shows_address, "dma-address-high": shows_write,
    "bulk-window": shows_write,
}


class Score:
    """Right, wrong and missed findings, by class."""

    def __init__(self):
        self.right = {}
        self.wrong = {}
        self.missed = {}

    def add(self, lists, c, name, key):
        """Count a finding; a window is one, however many entries it has."""
        where = f"{name} (+{key[2]:#x})"
        if c == "bulk-window":
            where = f"{key[0]} {name}"
            if where in (*self.right.get(c, ()), *lists.get(c, ())):
                return
        lists.setdefault(c, []).append(where)

    @staticmethod
    def _count(lists, classes):
        return sum(len(lists.get(c, ())) for c in classes)

    def ratio(self, others, classes):
        """Right among right and others; 1 if there is nothing."""
        right = self._count(self.right, classes)
        all_of_them = right + self._count(others, classes)
        return right / all_of_them if all_of_them else 1.0

    def classes(self):
        """All classes that the capture exercises, or that were found."""
        return sorted({*self.right, *self.wrong, *self.missed})

    def lines(self):
        """A table, and what is wrong or missed."""
        for c in self.classes():
            yield (f"{c:18} right {self._count(self.right, [c]):3} "
                   f"wrong {self._count(self.wrong, [c]):2} "
                   f"missed {self._count(self.missed, [c]):2}  "
                   f"precision {self.ratio(self.wrong, [c]):.2f} "
                   f"recall {self.ratio(self.missed, [c]):.2f}")
        for title, lists in (("wrong", self.wrong), ("missed", self.missed)):
            for c, names in sorted(lists.items()):
                yield f"{title} {c}: {', '.join(names)}"


def found_classes(objects):
    """{(device, bar, offset): classes} of the objects of `profile --json`."""
    found = {}
    for o in objects:
        if not o.get("region", "").startswith("bar"):
            continue
        key = (o["device"], int(o["region"][3:]))
        start = int(o["offset"], 16)
        if o["type"] == "register":
            found.setdefault((*key, start), set()).update(
                c["class"] for c in o["classes"])
        elif o["type"] == "bulk-window":
            for at in range(start, start + int(o["length"], 16), o["stride"]):
                found.setdefault((*key, at), set()).add("bulk-window")
    return found


def score(objects, accesses, truth=None):
    """Compare what `profile --json` found with the tables.

    accesses: {(device, bar, offset): [(op, value, line)]}.  A register that is
    in no table makes the comparison fail: the table is incomplete.
    """
    known = registers(truth or TRUTH)
    result = Score()
    for key in accesses:
        if key not in known:
            raise AssertionError(f"{key}: this register is in no table")
    found = found_classes(objects)
    for key, classes in found.items():
        for c in classes:
            result.add(result.right if c in known[key][1] else result.wrong,
                       c, known[key][0], key)
    for key, a in accesses.items():
        # The entries of a window have no other class: they are not kept apart.
        if "bulk-window" not in found.get(key, ()):
            for c in known[key][1] - found.get(key, set()):
                if EXERCISED[c](a):
                    result.add(result.missed, c, known[key][0], key)
    return result
