/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: the registers as two logs have left them (see state.h)
 *
 * While the logs are read, the last access to each place is kept: 16 bytes for
 * a place and a log.  Which accesses overlap is found out at the end.
 */
#include "tools/diff/state.h"

/* Most bytes of a register, and of an access */
#define BYTES_MAX 8

/**
 * struct Last: the last access to a place
 * @value: its value
 * @line: its line; 0: there was none
 */
typedef struct Last {
    uint64_t value;
    uint64_t line;
} Last;

/**
 * struct DiffState: what is kept of both logs
 * @places: the places
 * @last: of each log Last, by number of the place
 */
struct DiffState {
    const DiffPlaces *places;
    GArray *last[DIFF_SIDES];
};

/**
 * struct Reach: a place, as bytes
 * @place: its number
 * @region: its region
 * @first: its first byte
 * @last: its last byte
 */
typedef struct Reach {
    uint32_t place;
    uint32_t region;
    uint64_t first;
    uint64_t last;
} Reach;

/**
 * struct Byte: what is known of a byte
 * @value: by operation, MMT_ENTRY_READ or MMT_ENTRY_WRITE: the last value
 * @line: likewise: its line, or 0
 */
typedef struct Byte {
    uint8_t value[2];
    uint64_t line[2];
} Byte;

DiffState *diff_state_new(const DiffPlaces *places)
{
    DiffState *state = g_new0(DiffState, 1);
    unsigned side;

    state->places = places;
    for (side = 0; side < DIFF_SIDES; side++) {
        state->last[side] = g_array_new(FALSE, TRUE, sizeof(Last));
    }
    return state;
}

void diff_state_free(DiffState *state)
{
    unsigned side;

    for (side = 0; state && side < DIFF_SIDES; side++) {
        g_array_unref(state->last[side]);
    }
    g_free(state);
}

void diff_state_take(DiffState *state, unsigned side, uint32_t place,
                     uint64_t value, uint64_t line)
{
    GArray *last = state->last[side];

    if (place >= last->len) {
        g_array_set_size(last, MAX(place + 1,
                                   diff_places_count(state->places)));
    }
    g_array_index(last, Last, place) = (Last) { .value = value, .line = line };
}

static const Last *last_of(const DiffState *state, unsigned side,
                           uint32_t place)
{
    static const Last none;
    const GArray *last = state->last[side];

    return place < last->len ? &g_array_index(last, Last, place) : &none;
}

static gint compare_reaches(gconstpointer a, gconstpointer b)
{
    const Reach *x = a;
    const Reach *y = b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return x->last < y->last ? -1 : x->last > y->last;
}

static GArray *sorted_reaches(const DiffState *state)
{
    GArray *reaches = g_array_new(FALSE, FALSE, sizeof(Reach));
    uint32_t n = diff_places_count(state->places);
    uint32_t i;

    for (i = 0; i < n; i++) {
        const DiffPlace *place = diff_places_get(state->places, i);
        Reach reach = { .place = i, .region = place->region,
                        .first = place->offset };

        if (place->op > MMT_ENTRY_WRITE || !place->width ||
            place->width > BYTES_MAX ||
            (!last_of(state, 0, i)->line && !last_of(state, 1, i)->line)) {
            continue;
        }
        reach.last = place->offset +
                     MIN(place->width - 1u, UINT64_MAX - place->offset);
        g_array_append_val(reaches, reach);
    }
    g_array_sort(reaches, compare_reaches);
    return reaches;
}

/* Take the bytes of a register that a place reaches. */
static void take_bytes(Byte *bytes, const DiffRegister *reg,
                       const Reach *reach, unsigned op, const Last *last)
{
    unsigned i;

    for (i = 0; i < reg->width; i++) {
        uint64_t at = reg->offset + i;

        if (at >= reach->first && at <= reach->last &&
            last->line > bytes[i].line[op]) {
            bytes[i].line[op] = last->line;
            bytes[i].value[op] = last->value >> (at - reach->first) * 8;
        }
    }
}

static void join_bytes(DiffKnown *known, const Byte *bytes, unsigned width)
{
    unsigned i;

    for (i = 0; i < width; i++) {
        bool written = bytes[i].line[MMT_ENTRY_WRITE];
        unsigned op = written ? MMT_ENTRY_WRITE : MMT_ENTRY_READ;
        uint64_t mask = UINT64_C(0xff) << i * 8;

        if (!bytes[i].line[op]) {
            continue;
        }
        known->value |= (uint64_t)bytes[i].value[op] << i * 8;
        known->known |= mask;
        known->written |= written ? mask : 0;
        known->line = MAX(known->line, bytes[i].line[op]);
    }
}

/* @reaches: from the first place on that may reach the register */
static void fill(const DiffState *state, DiffRegister *reg,
                 const Reach *reaches, const Reach *end)
{
    uint64_t last = reg->offset + (reg->width - 1);
    unsigned side;

    for (side = 0; side < DIFF_SIDES; side++) {
        Byte bytes[BYTES_MAX] = { 0 };
        const Reach *reach;

        for (reach = reaches; reach < end && reach->first <= last; reach++) {
            take_bytes(bytes, reg, reach,
                       diff_places_get(state->places, reach->place)->op,
                       last_of(state, side, reach->place));
        }
        join_bytes(&reg->side[side], bytes, reg->width);
    }
}

/*
 * Accesses that overlap are one register, which has eight bytes at most:
 * otherwise it is cut.
 */
static void add_registers(const DiffState *state, GArray *registers,
                          const Reach *reaches, const Reach *end, uint64_t last)
{
    uint64_t first = reaches->first;
    bool more;

    do {
        DiffRegister reg = {
            .offset = first,
            .region = reaches->region,
            .width = MIN(last - first, BYTES_MAX - 1u) + 1,
        };

        while (reaches->last < first) {
            reaches++;
        }
        fill(state, &reg, reaches, end);
        g_array_append_val(registers, reg);
        more = last - first >= BYTES_MAX;
        first += BYTES_MAX;
    } while (more);
}

GArray *diff_state_registers(const DiffState *state)
{
    GArray *registers = g_array_new(FALSE, TRUE, sizeof(DiffRegister));
    g_autoptr(GArray) reaches = sorted_reaches(state);
    const Reach *reach = (const Reach *)reaches->data;
    const Reach *end = reach + reaches->len;

    while (reach < end) {
        const Reach *first = reach;
        uint64_t last = reach->last;

        while (++reach < end && reach->region == first->region &&
               reach->first <= last) {
            last = MAX(last, reach->last);
        }
        add_registers(state, registers, first, reach, last);
    }
    return registers;
}

DiffStateKind diff_state_kind(const DiffRegister *reg)
{
    const DiffKnown *a = &reg->side[0];
    const DiffKnown *b = &reg->side[1];
    bool written = a->written || b->written;

    if ((a->value ^ b->value) & a->known & b->known) {
        return written ? DIFF_STATE_WRITTEN : DIFF_STATE_READ;
    }
    if ((a->written & ~b->known) || (b->written & ~a->known)) {
        return DIFF_STATE_WRITTEN;
    }
    return a->known == b->known ? DIFF_STATE_EQUAL : DIFF_STATE_UNSEEN;
}
