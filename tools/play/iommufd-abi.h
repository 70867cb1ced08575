/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what of the kernel's iommufd is used here
 *
 * Headers of Linux before 6.2 have no <linux/iommufd.h>, and those before 6.6
 * lack VFIO's part of it.  A program that was built with them may run on a
 * newer kernel.  See Documentation/userspace-api/iommufd.rst of the kernel for
 * what each call does; names here are our own, so that newer headers do no
 * harm.
 */
#ifndef VFIO_TRACE_PLAY_IOMMUFD_ABI_H
#define VFIO_TRACE_PLAY_IOMMUFD_ABI_H

#include <linux/vfio.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* Each call of /dev/iommu has a structure that begins with its size. */
#define IOMMUFD_CALL(n) _IO(';', n)

#define IOMMUFD_ALLOC IOMMUFD_CALL(0x81)
#define IOMMUFD_RANGES IOMMUFD_CALL(0x84)
#define IOMMUFD_MAP IOMMUFD_CALL(0x85)
#define IOMMUFD_UNMAP IOMMUFD_CALL(0x86)

/* IOMMUFD_ALLOC: make an address space */
typedef struct IommufdAlloc {
    uint32_t size;
    uint32_t flags;
    uint32_t id;                /* the kernel's answer */
} IommufdAlloc;

typedef struct IommufdRange {
    uint64_t first;
    uint64_t last;
} IommufdRange;

/* IOMMUFD_RANGES: which addresses can be mapped */
typedef struct IommufdRanges {
    uint32_t size;
    uint32_t id;
    uint32_t count;             /* room for so many; the answer: there are so
                                   many, with EMSGSIZE if it is more */
    uint32_t reserved;
    uint64_t ranges;            /* pointer to IommufdRange */
    uint64_t alignment;         /* the kernel's answer */
} IommufdRanges;

#define IOMMUFD_MAP_FIXED 1
#define IOMMUFD_MAP_WRITE 2
#define IOMMUFD_MAP_READ 4

/* IOMMUFD_MAP: map memory of this process */
typedef struct IommufdMap {
    uint32_t size;
    uint32_t flags;
    uint32_t id;
    uint32_t reserved;
    uint64_t memory;            /* pointer */
    uint64_t length;
    uint64_t iova;
} IommufdMap;

/* IOMMUFD_UNMAP */
typedef struct IommufdUnmap {
    uint32_t size;
    uint32_t id;
    uint64_t iova;
    uint64_t length;
} IommufdUnmap;

/* Calls of the device's file */
#define VFIO_CDEV_BIND _IO(VFIO_TYPE, VFIO_BASE + 18)
#define VFIO_CDEV_ATTACH _IO(VFIO_TYPE, VFIO_BASE + 19)

/* Linux 6.17: VfioCdevBind has a token */
#define VFIO_CDEV_BIND_TOKEN 1

/* VFIO_CDEV_BIND: open the device, for this /dev/iommu */
typedef struct VfioCdevBind {
    uint32_t size;
    uint32_t flags;
    int32_t iommufd;
    uint32_t id;                /* the kernel's answer */
    uint64_t token;             /* pointer to 16 bytes */
} VfioCdevBind;

/* The structure's size in kernels that know no token */
#define VFIO_CDEV_BIND_SIZE 16

/* VFIO_CDEV_ATTACH: give the device an address space */
typedef struct VfioCdevAttach {
    uint32_t size;
    uint32_t flags;
    uint32_t id;
} VfioCdevAttach;

#endif /* VFIO_TRACE_PLAY_IOMMUFD_ABI_H */
