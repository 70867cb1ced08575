/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that accesses a device with every width, in both byte orders
 *
 * The device is an NVMe controller, of which only the persistent memory region
 * is used: a BAR that is memory, and that the host sees as a file.  The test
 * fills it beforehand.  What a load gave is stored to the device again, by
 * means that have been tested then.
 *
 * This file is the same for all processors.  byte-order-ARCH.c has what differs:
 * how to reach the device, and the instructions.
 */
#include "byte-order.h"

/* Registers of an NVMe controller: its version; PMRCTL, and its bit EN */
#define VS 0x08
#define PMRCTL 0xe04
#define PMRCTL_EN 1

static void keep_result(unsigned n, uint64_t value)
{
    machine_store(MEMORY, RESULTS + n * STEP, 8, LITTLE, value);
}

static void try_all(unsigned widest, uint64_t writes, uint64_t reads,
                    unsigned skew, unsigned results)
{
    unsigned width, n = 0;
    int way;

    for (width = 1; width <= widest; width *= 2) {
        for (way = 0; way < WAYS; way++, n++) {
            uint64_t at = n * STEP + skew;

            machine_store(MEMORY, writes + at, width, way, VALUE);
            keep_result(results + n,
                        machine_load(MEMORY, reads + at, width, way));
        }
    }
}

void guest_main(void)
{
    const uint64_t block[2] = { VALUE, 0x1112131415161718 };

    machine_setup();
    machine_store(REGISTERS, PMRCTL, 4, LITTLE, PMRCTL_EN);
    try_all(8, WRITES, READS, 0, 0);
    try_all(machine_odd, ODD_WRITES, ODD_READS, SKEW, ODD_RESULTS);
    keep_result(IDENTITY, machine_identity());
    keep_result(VERSION, machine_load(REGISTERS, VS, 4, LITTLE));
    machine_store_block(MEMORY, BLOCK, block);
    machine_store(MEMORY, DONE, 4, LITTLE, END);
    for (;;) {
        continue;
    }
}
