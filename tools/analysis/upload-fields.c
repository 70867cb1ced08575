/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: an index and data in one register
 *
 * Theory of operation
 *
 * The lowest bit of an index changes each time; a higher bit changes when all
 * bits below it have been 1, or 0 if the index goes down.  What else changes is
 * the data.  The other bits start the transfer or tell that it is done.
 *
 * A register that is read may show the index as it was written: these bits are
 * not the data.  Data has 8, 16, 32 or 64 bits and begins with a byte if it
 * can.
 */
#include "tools/analysis/upload-fields.h"

#include <string.h>

/* Bits of data that must change: a flag or two are no data */
#define DATA_BITS_MIN 4

/* An index has so many bits at least */
#define INDEX_BITS_MIN 4

/**
 * struct Values: what a register was accessed with
 * @bytes: the values
 * @width: bytes of each
 * @stride: bytes from each to the next
 * @n: number of them
 */
typedef struct Values {
    const uint8_t *bytes;
    unsigned width;
    unsigned stride;
    size_t n;
} Values;

/**
 * struct Field: bits of a register
 * @bit: the lowest one
 * @bits: number of them
 */
typedef struct Field {
    unsigned bit;
    unsigned bits;
} Field;

static uint64_t value_at(const Values *values, size_t i)
{
    uint64_t value = 0;

    memcpy(&value, values->bytes + i * values->stride, values->width);
    return GUINT64_FROM_LE(value);
}

static uint64_t mask_of(Field field)
{
    return field.bits < 64 ? ((UINT64_C(1) << field.bits) - 1) << field.bit
                           : UINT64_MAX;
}

static uint64_t get(uint64_t value, Field field)
{
    return (value & mask_of(field)) >> field.bit;
}

/* Return: the bits that change */
static uint64_t changing(const Values *values)
{
    uint64_t bits = 0, first = value_at(values, 0);
    size_t i;

    for (i = 1; i < values->n; i++) {
        bits |= value_at(values, i) ^ first;
    }
    return bits;
}

/* Return: the bits that change each time */
static uint64_t toggling(const Values *values)
{
    uint64_t bits = UINT64_MAX;
    size_t i;

    for (i = 1; i < values->n; i++) {
        bits &= value_at(values, i) ^ value_at(values, i - 1);
    }
    return bits;
}

/* --- the index ----------------------------------------------------------- */

static bool counts(const Values *values, Field field, int step)
{
    uint64_t last = get(value_at(values, 0), field);
    size_t i;

    for (i = 1; i < values->n; i++) {
        uint64_t next = get(value_at(values, i), field);

        if (next != ((last + step) & (mask_of(field) >> field.bit))) {
            return false;
        }
        last = next;
    }
    return true;
}

/* The field from @bit on that counts, as far as its bits change */
static Field extend(const Values *values, unsigned bit, int step,
                    uint64_t bits)
{
    Field field = { bit, 1 };

    while (bit + field.bits < 64 && (bits >> (bit + field.bits) & 1) &&
           counts(values, (Field) { bit, field.bits + 1 }, step)) {
        field.bits++;
    }
    return field;
}

/*
 * Find the longest field that counts.  One that begins anew counts events.
 * Return: is there one?
 */
static bool find_index(const Values *values, Field *index, int *step)
{
    uint64_t bits = changing(values), candidates = toggling(values) & bits;
    unsigned bit;
    int way;

    index->bits = 0;
    for (bit = 0; bit < 64; bit++) {
        if (!(candidates >> bit & 1)) {
            continue;
        }
        for (way = 1; way >= -1; way -= 2) {
            Field field = extend(values, bit, way, bits);

            if (field.bits > index->bits) {
                *index = field;
                *step = way;
            }
        }
    }
    return index->bits >= INDEX_BITS_MIN &&
           (index->bits >= 32 || values->n <= UINT64_C(1) << index->bits);
}

/* --- the data ------------------------------------------------------------ */

static bool try_data(Field *data, unsigned bit, uint64_t bits, uint64_t others,
                     unsigned width)
{
    unsigned size = 8;

    while (size < 64 && bits & ~mask_of((Field) { bit, size })) {
        size *= 2;
    }
    *data = (Field) { bit, size };
    return bit + size <= width * 8 && !(bits & ~mask_of(*data)) &&
           !(mask_of(*data) & others);
}

/* @bits change, and @others are not data.  Return: is there data? */
static bool find_data(Field *data, uint64_t bits, uint64_t others,
                      unsigned width)
{
    unsigned low;

    if (__builtin_popcountll(bits) < DATA_BITS_MIN) {
        return false;
    }
    low = __builtin_ctzll(bits);
    return try_data(data, low & ~7u, bits, others, width) ||
           try_data(data, low, bits, others, width);
}

/* Values that change by so little count. */
#define STEP_MAX 32

static UploadContent content_of(const Values *values, Field data)
{
    uint64_t first = get(value_at(values, 0), data), second = first;
    uint64_t mask = mask_of(data) >> data.bit, last = first;
    size_t i, steps = 0;
    bool more = false;

    for (i = 1; i < values->n; i++) {
        uint64_t value = get(value_at(values, i), data);
        uint64_t step = (value - last) & mask;

        second = second == first ? value : second;
        more |= value != first && value != second;
        steps += step > 0 && step <= STEP_MAX;
        last = value;
    }
    return !more ? UPLOAD_FILL : steps >= values->n / 8 * 7 ? UPLOAD_COUNTING
                                                           : UPLOAD_DATA;
}

static void put(GByteArray *bytes, uint64_t value, unsigned width)
{
    value = GUINT64_TO_LE(value);
    g_byte_array_append(bytes, (uint8_t *)&value, width);
}

/* The data takes the place of the values. */
static void set_bytes(Upload *up, const Values *values, Field data, int step)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    size_t i;

    for (i = 0; i < values->n; i++) {
        size_t at = step > 0 ? i : values->n - 1 - i;

        put(bytes, get(value_at(values, at), data), data.bits / 8);
    }
    g_byte_array_set_size(up->bytes, 0);
    g_byte_array_append(up->bytes, bytes->data, bytes->len);
}

/* @values have the data. */
static void set_fields(Upload *up, const Values *values, uint64_t first,
                       Field index, Field data, int step)
{
    up->way = UPLOAD_FIELDS;
    up->content = content_of(values, data);
    up->index_offset = up->offset;
    up->index_first = get(first, index);
    up->index_step = step;
    up->index_bit = index.bit;
    up->index_bits = index.bits;
    up->data_bit = data.bit;
    up->data_bits = data.bits;
    up->blocks = values->n;
    set_bytes(up, values, data, step);
}

bool upload_fields_written(Upload *up)
{
    Values values = { up->bytes->data, up->width, up->width,
                      up->bytes->len / up->width };
    Field index, data;
    int step;

    if (up->mixed || values.n < UPLOAD_FIELDS_SURE ||
        !find_index(&values, &index, &step) ||
        !find_data(&data, changing(&values) & ~mask_of(index), mask_of(index),
                   up->width)) {
        return false;
    }
    set_fields(up, &values, value_at(&values, 0), index, data, step);
    return true;
}

/* Return: bits that are always read as they were written */
static uint64_t echoed(const Values *written, const Values *read)
{
    uint64_t differ = 0;
    size_t i;

    for (i = 0; i < read->n; i++) {
        differ |= value_at(written, i) ^ value_at(read, i);
    }
    return ~differ;
}

bool upload_fields_read(Upload *up)
{
    size_t n = up->bytes->len / up->width / 2;
    Values written = { up->bytes->data, up->width, up->width * 2, n };
    Values read = { up->bytes->data + up->width, up->width, up->width * 2, n };
    Field index, data;
    uint64_t echo;
    int step;

    if (n < UPLOAD_FIELDS_SURE || !find_index(&written, &index, &step) ||
        changing(&written) & ~mask_of(index)) {
        return false;
    }
    echo = echoed(&written, &read) & mask_of(index);
    if (!find_data(&data, changing(&read) & ~echo, echo, up->width)) {
        return false;
    }
    set_fields(up, &read, value_at(&written, 0), index, data, step);
    return true;
}
