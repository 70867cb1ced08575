/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode --as demmio: I2C (see demmio.h)
 *
 * A byte is eight bits and one for the acknowledgement: "+", or "-" if there is
 * none.  ">" is a byte to the device, "<" one from it.
 */
#include "tools/decode/demmio.h"

#define CLOCK 1u
#define DATA  2u

int demmio_bus(uint64_t offset)
{
    static const uint32_t offsets[DEMMIO_BUSES] = {
        0xe138, 0xe150, 0xe168, 0xe180, 0xe254,
        0xe274, 0xe764, 0xe780, 0xe79c, 0xe7b8,
    };
    int i;

    for (i = 0; i < DEMMIO_BUSES; i++) {
        if (offsets[i] == offset) {
            return i;
        }
    }
    return -1;
}

void demmio_bus_init(DemmioBus *bus)
{
    *bus = (DemmioBus) { .last = 7 };
}

static void begin_byte(DemmioBus *bus)
{
    bus->bits = 0;
    bus->byte = 0;
}

static void take_acknowledge(DemmioBus *bus, unsigned lines, GString *text)
{
    g_string_append(text, lines & DATA ? "- " : "+ ");
    begin_byte(bus);
}

static void take_bit(DemmioBus *bus, unsigned lines, char direction,
                     GString *text)
{
    bus->byte = bus->byte << 1 | !!(lines & DATA);
    bus->bits++;
    if (bus->bits == 8) {
        g_string_append_printf(text, "%c%02x", direction, bus->byte);
    }
}

void demmio_bus_read(DemmioBus *bus, unsigned lines, GString *text)
{
    if (!bus->sampling) {
        return;
    }
    if (bus->bits == 8) {
        if (!bus->addressed) {
            bus->addressed = true;
            bus->to_device = !(bus->byte & 1);
        }
        take_acknowledge(bus, lines, text);
    } else {
        take_bit(bus, lines, '<', text);
    }
    bus->sampling = false;
}

/* The clock has gone high: a bit is valid, the driver's or the device's. */
static void take_clock(DemmioBus *bus, unsigned lines, GString *text)
{
    bool mine;

    if (bus->sampling) {
        g_string_append(text, "\nI2C LOST!\n");
        demmio_bus_read(bus, 0, text);
    }
    mine = bus->to_device || !bus->addressed;
    if (bus->bits == 8) {
        if (mine) {
            bus->sampling = true;
        } else {
            take_acknowledge(bus, lines, text);
        }
    } else if (mine) {
        take_bit(bus, lines, '>', text);
    } else {
        bus->sampling = true;
    }
}

static void forget(DemmioBus *bus)
{
    begin_byte(bus);
    bus->addressed = false;
    bus->to_device = false;
    bus->sampling = false;
}

DemmioI2c demmio_bus_write(DemmioBus *bus, unsigned lines, GString *text)
{
    DemmioI2c what = DEMMIO_I2C_BIT;
    unsigned last = bus->last ?: 7;

    if ((lines & CLOCK) && !(last & CLOCK)) {
        take_clock(bus, lines, text);
    }
    if ((lines & CLOCK) && !(lines & DATA) && (last & DATA)) {
        g_string_append(text, "START ");
        forget(bus);
        what = DEMMIO_I2C_START;
    }
    if ((lines & CLOCK) && (lines & DATA) && !(last & DATA)) {
        g_string_append(text, "STOP\n");
        forget(bus);
        what = DEMMIO_I2C_STOP;
    }
    bus->last = lines;
    return what;
}
