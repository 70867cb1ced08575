/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what a driver does, as a log of any length (see driver-log.h)
 */
#include "driver-log.h"

#include <stdio.h>
#include <string.h>

#define INIT_WRITES 300

/**
 * struct Driver: a driver and its device
 * @driver: what the driver does
 * @device: what the device answers
 * @accesses: DriverAccess so far
 * @init: offsets and values of an initialisation
 */
typedef struct Driver {
    GRand *driver;
    GRand *device;
    GArray *accesses;
    uint32_t init[INIT_WRITES][2];
} Driver;

static void add(Driver *d, bool is_write, uint32_t offset, uint32_t value,
                bool is_poll)
{
    DriverAccess access = {
        .offset = offset, .value = value, .is_write = is_write,
        .is_poll = is_poll,
    };

    g_array_append_val(d->accesses, access);
}

static guint choose(Driver *d, guint low, guint high)
{
    return g_rand_int_range(d->driver, low, high);
}

/* A table has repetitions, of zeros above all. */
static uint32_t table_value(Driver *d)
{
    return choose(d, 0, 3) ? g_rand_int(d->driver) : 0;
}

static void upload_memory(Driver *d)
{
    uint32_t offset = 0x100000 + choose(d, 0, 64) * 0x1000;
    guint n = choose(d, 16, 600);
    guint i;

    for (i = 0; i < n; i++) {
        add(d, true, offset + 4 * i, table_value(d), false);
    }
}

static void upload_by_port(Driver *d)
{
    guint n = choose(d, 16, 500);

    while (n--) {
        add(d, true, 0x50, table_value(d), false);
    }
}

/* Even several polls in a row do not have a hundred rounds more than one. */
#define POLL_MAX 25

static void poll_status(Driver *d)
{
    uint32_t offset = 0x200 + 4 * choose(d, 0, 8);
    guint n = g_rand_int_range(d->device, 1, POLL_MAX);

    while (n--) {
        add(d, false, offset, 0x80, true);
    }
    add(d, false, offset, 0x81, true);
}

static void poll_by_index(Driver *d)
{
    guint n = g_rand_int_range(d->device, 1, POLL_MAX);

    while (n--) {
        add(d, true, 0x300, 0x12, true);
        add(d, false, 0x304, n ? 0 : 1, true);
    }
}

static void write_pairs(Driver *d)
{
    guint n = choose(d, 4, 60);
    guint i;

    for (i = 0; i < n; i++) {
        add(d, true, 0x400, i, false);
        add(d, true, 0x404, g_rand_int(d->driver), false);
    }
}

static void initialise(Driver *d)
{
    guint rounds = choose(d, 1, 4);
    guint i;

    while (rounds--) {
        for (i = 0; i < INIT_WRITES; i++) {
            add(d, true, d->init[i][0], d->init[i][1], false);
        }
    }
}

static void set_up(Driver *d)
{
    guint n = choose(d, 1, 30);

    while (n--) {
        uint32_t offset = 0x1000 + 4 * choose(d, 0, 1024);

        if (choose(d, 0, 2)) {
            add(d, true, offset, g_rand_int(d->driver), false);
        } else {
            add(d, false, offset, g_rand_int(d->device), false);
        }
    }
}

GArray *driver_accesses(guint32 driver, guint32 device, guint n)
{
    static void (*const parts[])(Driver *d) = {
        upload_memory, upload_memory, upload_by_port, poll_status,
        poll_status, poll_by_index, write_pairs, initialise, set_up, set_up,
    };
    Driver d = {
        .driver = g_rand_new_with_seed(driver),
        .device = g_rand_new_with_seed(device),
        .accesses = g_array_new(FALSE, TRUE, sizeof(DriverAccess)),
    };
    guint i;

    for (i = 0; i < INIT_WRITES; i++) {
        d.init[i][0] = 0x8000 + 4 * choose(&d, 0, 1024);
        d.init[i][1] = g_rand_int(d.driver);
    }
    while (d.accesses->len < n) {
        parts[choose(&d, 0, G_N_ELEMENTS(parts))](&d);
    }
    g_rand_free(d.driver);
    g_rand_free(d.device);
    return d.accesses;
}

static char *put_hex(char *p, uint32_t value)
{
    int shift = 28;

    *p++ = '0';
    *p++ = 'x';
    while (shift && !(value >> shift)) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        *p++ = "0123456789abcdef"[value >> shift & 15];
    }
    return p;
}

static char *put_decimal(char *p, guint value, guint digits)
{
    guint i;

    for (i = digits; i--; value /= 10) {
        p[i] = '0' + value % 10;
    }
    return p + digits;
}

/* Millions of lines: printf() would take most of a test's time. */
static char *put_access(char *p, const DriverAccess *a, guint us, uint32_t base)
{
    *p++ = a->is_write ? 'W' : 'R';
    memcpy(p, " 4 ", 3);
    p = put_decimal(p + 3, 10 + us / 1000000, 2);
    *p++ = '.';
    p = put_decimal(p, us % 1000000, 6);
    memcpy(p, " 1 ", 3);
    p = put_hex(p + 3, base + a->offset);
    *p++ = ' ';
    p = put_hex(p, a->value);
    memcpy(p, " 0x0 0\n", 7);
    return p + 7;
}

char *driver_log(const GArray *accesses, uint32_t base)
{
    char *text = g_malloc(512 + (gsize)accesses->len * 64);
    char *p = text;
    guint i;

    p += sprintf(p,
                 "VERSION 20070824\n"
                 "PCIDEV 0028 808610d3 1b %x 0 0 0 0 0 0 1000000 0 0 0 0 0 0 e1000e\n"
                 "MAP 1.000000 1 0x%x 0xffffc90000000000 0x1000000 0x0 0\n",
                 base, base);
    for (i = 0; i < accesses->len; i++) {
        p = put_access(p, &g_array_index(accesses, DriverAccess, i), i, base);
    }
    *p = '\0';
    return text;
}
