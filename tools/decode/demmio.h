/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode --as demmio: I2C buses that the driver drives bit by bit
 */
#ifndef VFIO_TRACE_DECODE_DEMMIO_H
#define VFIO_TRACE_DECODE_DEMMIO_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define DEMMIO_BUSES 10

/**
 * struct DemmioBus: an I2C bus
 * @last: its lines, as they were written last
 * @addressed: the byte with the address was acknowledged
 * @to_device: the address says that the driver writes
 * @bits: bits of the current byte so far
 * @byte: the current byte
 * @sampling: the clock is high: the next read of the lines has a bit
 */
typedef struct DemmioBus {
    unsigned last;
    bool addressed;
    bool to_device;
    unsigned bits;
    uint8_t byte;
    bool sampling;
} DemmioBus;

/**
 * enum DemmioI2c: what an access to a bus was
 */
typedef enum DemmioI2c {
    DEMMIO_I2C_BIT,
    DEMMIO_I2C_START,
    DEMMIO_I2C_STOP,
} DemmioI2c;

/**
 * demmio_bus() - find the bus of a register
 * @offset: offset of the register in BAR 0
 *
 * Return: its number, or -1
 */
int demmio_bus(uint64_t offset);

/**
 * demmio_bus_init() - begin with an idle bus
 * @bus: the bus
 */
void demmio_bus_init(DemmioBus *bus);

/**
 * demmio_bus_read() - the driver has read the lines
 * @bus: the bus
 * @lines: bit 0: clock, bit 1: data
 * @text: where to append what it means
 */
void demmio_bus_read(DemmioBus *bus, unsigned lines, GString *text);

/**
 * demmio_bus_write() - the driver has written the lines
 * @bus: the bus
 * @lines: bit 0: clock, bit 1: data
 * @text: where to append what it means
 *
 * Return: what it was; the last one of several
 */
DemmioI2c demmio_bus_write(DemmioBus *bus, unsigned lines, GString *text);

#endif /* VFIO_TRACE_DECODE_DEMMIO_H */
