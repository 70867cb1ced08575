/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what a driver does, as a log of any length
 *
 * Uploads of tables, polls of one register and by an index, pairs of index and
 * data, initialisation in several rounds.
 */
#ifndef TESTS_UNIT_DRIVER_LOG_H
#define TESTS_UNIT_DRIVER_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct DriverAccess: an access
 * @offset: offset in BAR 0
 * @value: the value
 * @is_write: it is a write
 * @is_poll: how often it is done depends on the device
 */
typedef struct DriverAccess {
    uint32_t offset;
    uint32_t value;
    bool is_write;
    bool is_poll;
} DriverAccess;

/**
 * driver_accesses() - what the driver does
 * @driver: seed of what the driver does
 * @device: seed of what the device answers, and when
 * @n: number of accesses without those of polls, about
 *
 * Two logs of one driver have the same accesses that are not @is_poll.
 *
 * Return: DriverAccess
 */
GArray *driver_accesses(guint32 driver, guint32 device, guint n);

/**
 * driver_log() - make a log
 * @accesses: DriverAccess
 * @base: address of BAR 0
 *
 * Its accesses begin in line 4, and have times one microsecond apart.
 *
 * Return: the log, to be freed
 */
char *driver_log(const GArray *accesses, uint32_t base);

#endif /* TESTS_UNIT_DRIVER_LOG_H */
