/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver for Intel's 82574 that sends one frame, written by a trace of
 * Linux's: docs/write-a-driver.md says where each step comes from
 *
 *      cc -O2 -o first-frame first-frame.c
 *      ./first-frame 0000:03:00.0      # as root; its driver is vfio-pci
 */
#define _FILE_OFFSET_BITS 64    /* VFIO's regions are far behind each other */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Registers of BAR 0 and their bits, as vfio-trace decode names them */
enum {
    CTRL = 0x0, CTRL_GIO_MASTER_DISABLE = 1 << 2, CTRL_SLU = 1 << 6,
    CTRL_RST = 1 << 26,
    STATUS = 0x8, STATUS_LU = 1 << 1, STATUS_GIO_MASTER_ENABLE = 1 << 19,
    EECD = 0x10, EECD_AUTO_RD = 1 << 9,
    ICR = 0xc0, IMC = 0xd8, RCTL = 0x100,
    TCTL = 0x400, TCTL_LINUX = 0x103f0fa,
    TDBAL = 0x3800, TDBAH = 0x3804, TDLEN = 0x3808, TDH = 0x3810,
    TDT = 0x3818, TXDCTL = 0x3828, TXDCTL_LINUX = 0x141011f,
    RAL = 0x5400, RAH = 0x5404,
};
#define RAH_AV (1u << 31)

/* A transmit descriptor, and bits of its command and status */
typedef struct Descriptor {
    uint64_t address;
    uint16_t length;
    uint8_t checksum_offset, command;
    uint8_t status, checksum_start;
    uint16_t special;
} Descriptor;

enum { COMMAND_EOP = 1, COMMAND_IFCS = 2, COMMAND_RS = 8, STATUS_DD = 1 };

/* Memory that the device sees, at an address of our choice: ring and frame */
#define RING_ADDRESS 0x100000
#define RING_SIZE 0x1000                /* 256 descriptors */
#define FRAME_ADDRESS (RING_ADDRESS + RING_SIZE)
#define MEMORY_SIZE (2 * RING_SIZE)

static volatile uint32_t *bar;          /* volatile: each access counts */
static volatile Descriptor *ring;       /* volatile: the device writes, too */
static uint8_t *frame;

static uint32_t read32(int reg)
{
    return bar[reg / 4];
}

static void write32(int reg, uint32_t value)
{
    bar[reg / 4] = value;
}

static void wait_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

/* Wait at most 5 seconds for bits of a register. */
static void wait_for(int reg, uint32_t mask, uint32_t value, const char *what)
{
    for (int ms = 0; (read32(reg) & mask) != value; ms += 10) {
        if (ms >= 5000) {
            errx(1, "%s: 0x%x is 0x%x", what, reg, read32(reg));
        }
        wait_ms(10);
    }
}

/* The number of the device's IOMMU group */
static int group_of(const char *address)
{
    char path[PATH_MAX], target[PATH_MAX];
    ssize_t len;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group",
             address);
    len = readlink(path, target, sizeof(target) - 1);
    if (len < 0) {
        err(1, "%s", path);
    }
    target[len] = 0;
    return atoi(strrchr(target, '/') + 1);
}

/* The device by VFIO; what is opened stays open until the program ends. */
static int open_device(const char *address)
{
    struct vfio_group_status status = { .argsz = sizeof(status) };
    struct vfio_iommu_type1_dma_map map = {
        .argsz = sizeof(map), .iova = RING_ADDRESS, .size = MEMORY_SIZE,
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
    };
    int container = open("/dev/vfio/vfio", O_RDWR), group, device;
    uint8_t *memory;
    char path[64];

    snprintf(path, sizeof(path), "/dev/vfio/%d", group_of(address));
    group = open(path, O_RDWR);
    if (container < 0 || group < 0) {
        err(1, "/dev/vfio/vfio, %s", path);
    }
    if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) < 0 ||
        !(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
        errx(1, "%s: a device of the group has another driver", path);
    }
    memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    map.vaddr = (uintptr_t)memory;
    if (memory == MAP_FAILED ||
        ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0 ||
        ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0 ||
        ioctl(container, VFIO_IOMMU_MAP_DMA, &map) < 0) {
        err(1, "memory for the device");
    }
    ring = (void *)memory;
    frame = memory + RING_SIZE;
    device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
    if (device < 0) {
        err(1, "%s", address);
    }
    return device;
}

/* Map BAR 0, and let the device reach memory. */
static void open_bar(int device)
{
    struct vfio_region_info info = { .argsz = sizeof(info),
                                     .index = VFIO_PCI_BAR0_REGION_INDEX };
    struct vfio_region_info config = { .argsz = sizeof(config),
                                       .index = VFIO_PCI_CONFIG_REGION_INDEX };
    uint16_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

    if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info) < 0 ||
        ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &config) < 0 ||
        pwrite(device, &command, 2, config.offset + PCI_COMMAND) != 2) {
        err(1, "config space");
    }
    bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
               info.offset);
    if (bar == MAP_FAILED) {
        err(1, "BAR 0");
    }
}

static void stop(void)
{
    write32(IMC, 0xffffffff);
    write32(RCTL, 0);
    write32(TCTL, 0);
}

static void reset(void)
{
    stop();
    write32(CTRL, read32(CTRL) | CTRL_GIO_MASTER_DISABLE);
    wait_for(STATUS, STATUS_GIO_MASTER_ENABLE, 0, "the device uses memory");
    write32(CTRL, read32(CTRL) | CTRL_RST);
    wait_for(EECD, EECD_AUTO_RD, EECD_AUTO_RD, "the EEPROM is not read");
    wait_ms(40);
    write32(IMC, 0xffffffff);
    read32(ICR);
}

static void read_mac(uint8_t mac[6])
{
    uint32_t low = read32(RAL), high = read32(RAH);

    if (!(high & RAH_AV)) {
        errx(1, "there is no MAC address: RAH is 0x%x", high);
    }
    memcpy(mac, &low, 4);
    memcpy(mac + 4, &high, 2);
}

static void link_up(void)
{
    write32(CTRL, read32(CTRL) | CTRL_SLU);
    wait_for(STATUS, STATUS_LU, STATUS_LU, "there is no link");
}

static void start_ring(void)
{
    write32(TDBAL, RING_ADDRESS);
    write32(TDBAH, 0);
    write32(TDLEN, RING_SIZE);
    write32(TDH, 0);
    write32(TDT, 0);
    write32(TXDCTL, TXDCTL_LINUX);
    write32(TCTL, TCTL_LINUX);
}

static uint16_t make_frame(const uint8_t mac[6], const char *text)
{
    memset(frame, 0xff, 6);             /* to all */
    memcpy(frame + 6, mac, 6);
    frame[12] = 0x88;                   /* EtherType for experiments */
    frame[13] = 0xb5;
    memcpy(frame + 14, text, strlen(text));
    return 60;                          /* the shortest; the rest is zeros */
}

static void send_frame(uint16_t length)
{
    ring[0] = (Descriptor) {
        .address = FRAME_ADDRESS, .length = length,
        .command = COMMAND_EOP | COMMAND_IFCS | COMMAND_RS,
    };
    __sync_synchronize();               /* memory first, then the doorbell */
    write32(TDT, 1);
    for (int ms = 0; !(ring[0].status & STATUS_DD); ms += 10) {
        if (ms >= 5000) {
            errx(1, "the frame is not sent: TDH is %u", read32(TDH));
        }
        wait_ms(10);
    }
}

int main(int argc, char **argv)
{
    uint8_t mac[6];
    uint16_t length;

    if (argc != 2) {
        errx(1, "the argument is the device's address: 0000:03:00.0");
    }
    open_bar(open_device(argv[1]));
    reset();
    read_mac(mac);
    printf("MAC address %02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1],
           mac[2], mac[3], mac[4], mac[5]);
    link_up();
    printf("link up\n");
    start_ring();
    length = make_frame(mac, "hello from my own driver");
    send_frame(length);
    printf("%u bytes sent\n", length);
    stop();
    return 0;
}
