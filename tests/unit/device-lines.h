/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: lines of a log that say which devices it has
 */
#ifndef TESTS_UNIT_DEVICE_LINES_H
#define TESTS_UNIT_DEVICE_LINES_H

#define VERSION "VERSION 20070824\n"
#define PCIDEV_SIZE(bdf, ids, bar, size) \
    "PCIDEV " bdf " " ids " 7d " bar " 0 0 0 0 0 0 " size " 0 0 0 0 0 0 x\n"
#define PCIDEV(bdf, ids, bar) PCIDEV_SIZE(bdf, ids, bar, "1000")
#define DEVICE(id, host) \
    "MARK 1.000000 vfio-trace: device id=" id " host=" host \
    " type=x addresses=host\n"
#define COVERAGE(id, map, addr) \
    "MARK 1.000000 vfio-trace: coverage device=" id " bar=0 map=" map \
    " addr=" addr " len=0x1000 state=trapped\n"
#define DETACHED(id) "MARK 3.000000 vfio-trace: detached id=" id "\n"

#define GPU "10de26ba"
#define NVME "1b360010"

#endif /* TESTS_UNIT_DEVICE_LINES_H */
