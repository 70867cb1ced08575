/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a device and a driver of our own making, for libreplay
 *
 * The driver's program is a list of random operations.  It runs with the
 * device, which makes a log, and then with the log's replay.  The driver's
 * results must be the same.
 */
#ifndef TESTS_UNIT_REPLAY_DRIVER_H
#define TESTS_UNIT_REPLAY_DRIVER_H

#include "libreplay/replay.h"

/* Registers of one unit of the device; each thread of the driver has a unit. */
enum {
    UNIT_ID = 0x00,         /* a constant */
    UNIT_KEEP = 0x04,       /* keeps what is written */
    UNIT_PART = 0x08,       /* keeps bits 0 to 15; the others are constant */
    UNIT_CAUSE = 0x0c,      /* a written 1 clears a bit */
    UNIT_TIMER = 0x10,      /* counts microseconds */
    UNIT_GO = 0x14,         /* a write makes it busy */
    UNIT_STATUS = 0x18,     /* bit 0: busy */
    UNIT_PORT = 0x1c,       /* a sequence of random numbers */
    UNIT_INDEX = 0x20,      /* selects what UNIT_DATA has */
    UNIT_DATA = 0x24,
    UNIT_SIZE = 0x100,
};

#define DRIVER_UNITS 4

/**
 * struct Unit: a part of the device
 * @busy: reads of the status until it is no longer busy; the other members
 *        are what the registers have
 */
typedef struct Unit {
    uint32_t keep;
    uint32_t part;
    uint32_t cause;
    uint32_t index;
    uint32_t port;
    unsigned busy;
} Unit;

/**
 * struct Driver: a driver, with a device or with a replay
 * @replay: the replay, or NULL: the device
 * @log: ReplayAccess: what it did with the device
 * @units: the device
 * @ns: the time
 * @step_ns: time that an access takes
 * @rand: decides what else the driver does
 * @extra: up to how often it reads the status once more after it is ready
 * @cpu: the processor, which is the thread
 * @results: uint32_t: what the driver's threads have found
 * @departed: accesses that were not on the path
 */
typedef struct Driver {
    Replay *replay;
    GArray *log;
    Unit units[DRIVER_UNITS];
    uint64_t ns;
    uint64_t step_ns;
    GRand *rand;
    unsigned extra;
    unsigned cpu;
    GArray *results[DRIVER_UNITS];
    unsigned departed;
} Driver;

/**
 * driver_init() - make a driver
 * @driver: filled in
 * @replay: the replay, or NULL
 * @seed: decides what else the driver does
 */
void driver_init(Driver *driver, Replay *replay, uint32_t seed);

void driver_clear(Driver *driver);

/**
 * driver_read() - read a register
 * @driver: the driver
 * @offset: the register
 */
uint32_t driver_read(Driver *driver, uint32_t offset);

/**
 * driver_write() - write a register
 * @driver: the driver
 * @offset: the register
 * @value: the value
 */
void driver_write(Driver *driver, uint32_t offset, uint32_t value);

/**
 * driver_run() - carry out one of the driver's operations
 * @driver: the driver
 * @unit: the unit
 * @program: decides which operations it does
 */
void driver_run(Driver *driver, unsigned unit, GRand *program);

/**
 * driver_learn() - make a model of a driver's log
 * @driver: the driver, which has run with the device
 */
Replay *driver_learn(const Driver *driver);

#endif /* TESTS_UNIT_REPLAY_DRIVER_H */
