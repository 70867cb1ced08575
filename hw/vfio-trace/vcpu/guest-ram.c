/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest RAM reader (see guest-ram.h)
 */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "hw/vfio-trace/vcpu/guest-ram.h"

uint64_t vfio_trace_read_ram(AddressSpace *as, hwaddr addr, void *buf,
                             uint64_t len)
{
    uint64_t done = 0;

    RCU_READ_LOCK_GUARD();
    while (done < len) {
        hwaddr xlat;
        hwaddr l = len - done;
        MemoryRegion *mr = address_space_translate(as, addr + done, &xlat, &l,
                                                   false,
                                                   MEMTXATTRS_UNSPECIFIED);

        if (!l || !memory_region_is_ram(mr) ||
            memory_region_is_ram_device(mr)) {
            break;
        }
        memcpy((uint8_t *)buf + done,
               (uint8_t *)memory_region_get_ram_ptr(mr) + xlat, l);
        done += l;
    }
    return done;
}
