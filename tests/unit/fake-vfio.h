/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a kernel with VFIO (see fake-vfio.c)
 */
#ifndef TESTS_UNIT_FAKE_VFIO_H
#define TESTS_UNIT_FAKE_VFIO_H

#define FAKE_VFIO_BDF "0000:00:05.0"
#define FAKE_VFIO_GROUP "7"

/* Each region, and where it is in the file "device": BAR 0 is the last */
#define FAKE_VFIO_REGION_SIZE 0x10000
#define FAKE_VFIO_OFFSET(region) ((uint64_t)(9 - (region)) << 20)

#endif
