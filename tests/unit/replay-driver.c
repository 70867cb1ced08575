/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a device and a driver of our own making (see replay-driver.h)
 */
#include "replay-driver.h"

#define PART_KEEPS 0xffffu
#define PART_CONSTANT 0xabcd0000u
#define POLLS_MAX 100000

void driver_init(Driver *driver, Replay *replay, uint32_t seed)
{
    unsigned i;

    *driver = (Driver) {
        .replay = replay,
        .log = g_array_new(FALSE, FALSE, sizeof(ReplayAccess)),
        .ns = 1000000000,
        .step_ns = 1000,
        .rand = g_rand_new_with_seed(seed),
    };
    for (i = 0; i < DRIVER_UNITS; i++) {
        driver->results[i] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    }
}

void driver_clear(Driver *driver)
{
    unsigned i;

    g_array_unref(driver->log);
    for (i = 0; i < DRIVER_UNITS; i++) {
        g_array_unref(driver->results[i]);
    }
    g_rand_free(driver->rand);
}

/* A number that looks random */
static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

static uint32_t unit_read(Driver *driver, unsigned number, uint32_t offset)
{
    Unit *unit = &driver->units[number];

    switch (offset) {
    case UNIT_ID:
        return 0x1234 + number;
    case UNIT_KEEP:
        return unit->keep;
    case UNIT_PART:
        return unit->part | PART_CONSTANT;
    case UNIT_CAUSE:
        return unit->cause;
    case UNIT_TIMER:
        return driver->ns / 1000;
    case UNIT_STATUS:
        unit->busy -= unit->busy > 0;
        unit->cause |= !unit->busy;
        return unit->busy > 0;
    case UNIT_PORT:
        return mix(++unit->port);
    case UNIT_DATA:
        return mix(unit->index ^ 0x55);
    default:
        return 0;
    }
}

static void unit_write(Driver *driver, unsigned number, uint32_t offset,
                       uint32_t value)
{
    Unit *unit = &driver->units[number];

    switch (offset) {
    case UNIT_KEEP:
        unit->keep = value;
        break;
    case UNIT_PART:
        unit->part = value & PART_KEEPS;
        break;
    case UNIT_CAUSE:
        unit->cause &= ~value;
        break;
    case UNIT_GO:
        unit->busy = value;
        break;
    case UNIT_INDEX:
        unit->index = value;
        break;
    default:
        break;
    }
}

static uint32_t driver_access(Driver *driver, uint32_t offset, bool write,
                              uint32_t value)
{
    ReplayAccess access = {
        .offset = offset,
        .value = value,
        .ns = driver->ns += driver->step_ns,
        .cpu = driver->cpu,
        .width = 4,
        .write = write,
        .line = driver->log->len + 1,
    };

    if (driver->replay) {
        access.line = 0;
        driver->departed +=
            replay_access(driver->replay, &access) == REPLAY_DEPARTED;
    } else if (write) {
        unit_write(driver, offset / UNIT_SIZE, offset % UNIT_SIZE, value);
    } else {
        access.value = unit_read(driver, offset / UNIT_SIZE,
                                 offset % UNIT_SIZE);
    }
    g_array_append_val(driver->log, access);
    return access.value;
}

uint32_t driver_read(Driver *driver, uint32_t offset)
{
    return driver_access(driver, offset, false, 0);
}

void driver_write(Driver *driver, uint32_t offset, uint32_t value)
{
    driver_access(driver, offset, true, value);
}

static void driver_result(Driver *driver, uint32_t result)
{
    g_array_append_val(driver->results[driver->cpu], result);
}

static void driver_poll(Driver *driver, uint32_t base, uint32_t rounds)
{
    unsigned n = 0;
    unsigned extra;

    driver_write(driver, base + UNIT_GO, rounds);
    while (driver_read(driver, base + UNIT_STATUS) & 1 && n < POLLS_MAX) {
        n++;
    }
    driver_result(driver, n < POLLS_MAX);
    extra = driver->extra ? g_rand_int_range(driver->rand, 0,
                                             driver->extra + 1) : 0;
    while (extra-- > 0) {
        driver_result(driver, driver_read(driver, base + UNIT_STATUS) & 1);
    }
    driver_write(driver, base + UNIT_CAUSE, 1);
}

static void driver_port(Driver *driver, uint32_t base, unsigned words)
{
    while (words-- > 0) {
        driver_result(driver, driver_read(driver, base + UNIT_PORT));
    }
}

static void driver_keep(Driver *driver, uint32_t offset, uint32_t value)
{
    driver_write(driver, offset, value);
    driver_result(driver, driver_read(driver, offset));
}

void driver_run(Driver *driver, unsigned unit, GRand *program)
{
    uint32_t base = unit * UNIT_SIZE;
    uint32_t value = g_rand_int(program);

    switch (g_rand_int_range(program, 0, 7)) {
    case 0:
        driver_result(driver, driver_read(driver, base + UNIT_ID));
        break;
    case 1:
        driver_keep(driver, base + UNIT_KEEP, value);
        break;
    case 2:
        driver_keep(driver, base + UNIT_PART, value);
        break;
    case 3:
        driver_poll(driver, base, 1 + value % 60);
        break;
    case 4:
        driver_port(driver, base, 1 + value % 20);
        break;
    case 5:
        driver_write(driver, base + UNIT_INDEX, value % 16);
        driver_result(driver, driver_read(driver, base + UNIT_DATA));
        break;
    default:
        driver_read(driver, base + UNIT_TIMER);
        break;
    }
}

Replay *driver_learn(const Driver *driver)
{
    Replay *replay = replay_new();
    guint i;

    for (i = 0; i < driver->log->len; i++) {
        g_assert_true(replay_learn(replay,
                                   &g_array_index(driver->log, ReplayAccess,
                                                  i), NULL));
    }
    replay_ready(replay);
    return replay;
}
