/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest: a second CPU that keeps QEMU busy
 *
 * A disk reads without a pause: the machine's IDE controller, by DMA.  The
 * second CPU asks for the status until a request is done, as a driver without
 * interrupts does.  Or a screen changes without a pause: a VGA's frame buffer
 * at SCREEN_SLOT, which the second CPU fills; this is memory, and the load is
 * that of drawing the screen.
 */
#include "bare.h"

#define IDE_SLOT        1
#define IDE_FUNCTION    1
#define IDE_BAR4        0x20
#define IDE             0x1f0
#define IDE_COUNT       (IDE + 2)
#define IDE_LBA         (IDE + 3)   /* three registers */
#define IDE_DRIVE       (IDE + 6)
#define IDE_COMMAND     (IDE + 7)   /* reads: the status */
#define IDE_READ_DMA    0xc8
#define IDE_FIRST_LBA   0xe0

#define DMA             0xc000
#define DMA_COMMAND     DMA
#define DMA_STATUS      (DMA + 2)
#define DMA_TABLE       (DMA + 4)
#define DMA_START       0x01
#define DMA_TO_MEMORY   0x08
#define DMA_ACTIVE      0x01        /* status */
#define DMA_CLEAR       0x06        /* error and interrupt, status */
#define DMA_LAST        0x80000000u
#define DMA_PIECE       0x10000

#define VBE_INDEX       0x1ce
#define VBE_DATA        0x1cf
#define VBE_WIDTH       1
#define VBE_HEIGHT      2
#define VBE_DEPTH       3
#define VBE_ENABLE      4
#define VBE_LINEAR      0x41
#define VGA_ATTRIBUTES  0x3c0
#define VGA_NOT_BLANK   0x20

#define SCREEN          0xd0000000u
#define SCREEN_WIDTH    1024
#define SCREEN_HEIGHT   768

/* One read of 256 sectors, the most that the command takes */
static void load_disk_read(void)
{
    out8(DMA_COMMAND, 0);
    out8(DMA_STATUS, DMA_CLEAR);
    out32(DMA_TABLE, DISK_TABLE);
    out8(IDE_DRIVE, IDE_FIRST_LBA);
    out8(IDE_COUNT, 0);
    out8(IDE_LBA, 0);
    out8(IDE_LBA + 1, 0);
    out8(IDE_LBA + 2, 0);
    out8(IDE_COMMAND, IDE_READ_DMA);
    out8(DMA_COMMAND, DMA_TO_MEMORY | DMA_START);
    while (in8(DMA_STATUS) & DMA_ACTIVE) {
        asm volatile("pause");
    }
    in8(IDE_COMMAND);
    ++*(volatile uint32_t *)LOAD_COUNT;
}

static void load_disk(void)
{
    uint32_t *table = (uint32_t *)DISK_TABLE;
    uint32_t i;

    for (i = 0; i < DISK_BYTES / DMA_PIECE; i++) {
        table[2 * i] = DISK_DATA + i * DMA_PIECE;
        table[2 * i + 1] = 0;       /* 64 KiB */
    }
    table[2 * i - 1] = DMA_LAST;
    config_write(IDE_SLOT, IDE_FUNCTION, IDE_BAR4, DMA);
    config_write(IDE_SLOT, IDE_FUNCTION, PCI_COMMAND,
                 COMMAND_IO | COMMAND_MASTER);
    for (;;) {
        load_disk_read();
    }
}

static void load_screen_set(uint16_t index, uint16_t v)
{
    out16(VBE_INDEX, index);
    out16(VBE_DATA, v);
}

static void load_screen(void)
{
    volatile uint32_t *pixel = (volatile uint32_t *)SCREEN;
    uint32_t colour = 0;
    uint32_t i;

    config_write(SCREEN_SLOT, 0, PCI_BAR0, SCREEN);
    config_write(SCREEN_SLOT, 0, PCI_COMMAND, COMMAND_IO | COMMAND_MEMORY);
    load_screen_set(VBE_ENABLE, 0);
    load_screen_set(VBE_WIDTH, SCREEN_WIDTH);
    load_screen_set(VBE_HEIGHT, SCREEN_HEIGHT);
    load_screen_set(VBE_DEPTH, 32);
    load_screen_set(VBE_ENABLE, VBE_LINEAR);
    out8(VGA_ATTRIBUTES, VGA_NOT_BLANK);
    for (;;) {
        for (i = 0; i < SCREEN_WIDTH * SCREEN_HEIGHT; i++) {
            pixel[i] = colour;
        }
        colour += 0x010203;
        ++*(volatile uint32_t *)LOAD_COUNT;
    }
}

void load_run(void)
{
    if (job->load == LOAD_DISK) {
        load_disk();
    } else {
        load_screen();
    }
}
