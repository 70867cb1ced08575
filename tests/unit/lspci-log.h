/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: an old log of the kernel's, with lines of lspci
 */
#ifndef TESTS_UNIT_LSPCI_LOG_H
#define TESTS_UNIT_LSPCI_LOG_H

#define LSPCI_LOG \
    "VERSION 20070824\n" \
    "LSPCI 01:00.0 VGA compatible controller: A GPU\n" \
    "LSPCI \tFlags: bus master\nLSPCI \nLSPCI\n" \
    "PCIDEV 0100 10de2206 7d fa000000 0 0 0 0 0 0 1000000 0 0 0 0 0 80000 \n" \
    "MAP 1.000001 1 0xa91bd000 0xf1 0x1000 0x0 0\n" \
    "R 8 1.000002 1 0xa91bd010 0x1122334455667788 0x0 0\n" \
    "UNKNOWN 1.000003 1 0xa91bd010 0f,b6,00 0x0 0\n" \
    "UNMAP 1.000004 1 0x0 0\n"

#endif /* TESTS_UNIT_LSPCI_LOG_H */
