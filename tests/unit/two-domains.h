/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: lines of a log with two equal devices in two PCI domains
 */
#ifndef TESTS_UNIT_TWO_DOMAINS_H
#define TESTS_UNIT_TWO_DOMAINS_H

#define TWO_DOMAINS \
    "PCIDEV 8900 10de26ba 0 fa000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n" \
    "MARK 1.000000 vfio-trace: device id=a host=0000:89:00.0 type=x " \
    "addresses=host\n" \
    "PCIDEV 8900 10de26ba 0 fb000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n" \
    "MARK 1.000000 vfio-trace: device id=b host=0001:89:00.0 type=x " \
    "addresses=host\n"

#endif /* TESTS_UNIT_TWO_DOMAINS_H */
