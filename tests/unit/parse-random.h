/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests of the parser: random records, and lines without a byte after them
 */
#ifndef PARSE_RANDOM_H
#define PARSE_RANDOM_H

#include "libmmiotrace/parse.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 20000

/* All combinations of MmtExtra */
#define EXTRAS (MMT_EXTRA_ASCE << 1)

static guint32 seed;

/* An access is in one address space. */
static inline uint32_t with_one_space(uint32_t extras)
{
    uint32_t spaces = extras & MMT_EXTRA_SPACE;

    return (extras & ~MMT_EXTRA_SPACE) | (spaces & -spaces);
}

/*
 * Parse a copy that ends with the line: ASan detects any read beyond.
 * The event's spans then point into freed memory; @text gets the text.
 */
static inline bool parse(const char *line, size_t len, MmtEvent *ev,
                         MmtParseError *err, char **text)
{
    g_autofree char *copy = g_memdup2(line, len);
    bool ok;

    ok = mmt_parse_line(copy ? copy : line, len, ev, err);
    if (ok && text) {
        *text = ev->text.p ? g_strndup(ev->text.p, ev->text.len) : NULL;
    }
    return ok;
}

static inline void assert_ok(bool ok, const char *line,
                             const MmtParseError *err)
{
    if (!ok) {
        g_test_message("line: %s\ncolumn %zu: %s: %s", line, err->column,
                       err->field, err->message);
    }
    g_assert_true(ok);
}

/* A random number with a random number of bits. */
static inline uint64_t random_u64(GRand *rand)
{
    uint64_t v = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
    int bits = g_rand_int_range(rand, 0, 65);

    return bits ? v >> (64 - bits) : 0;
}

static inline MmtRecord random_record(GRand *rand, MmtKind kind)
{
    return (MmtRecord) {
        .kind = kind,
        .width = 1 << g_rand_int_range(rand, 0, 4),
        .map_id = 1 + g_rand_int_range(rand, 0, INT32_MAX),
        .ns = random_u64(rand),
        .addr = random_u64(rand),
        .value = random_u64(rand),
        .arg = random_u64(rand),
        .pc = random_u64(rand),
        .space = random_u64(rand),
        .latency = random_u64(rand),
        .cpu = random_u64(rand),
    };
}

/* A value of the hardware's side, or unknown. */
static inline void randomize_hw(GRand *rand, MmtRecord *rec)
{
    static const uint16_t flags[] = { 0, MMT_FLAG_HW, MMT_FLAG_HW_NONE };

    rec->flags |= flags[g_rand_int_range(rand, 0, G_N_ELEMENTS(flags))];
}

static inline MmtRecord random_config(GRand *rand, MmtKind kind)
{
    MmtRecord rec = random_record(rand, kind);

    rec.width = 1 << g_rand_int_range(rand, 0, 3);
    rec.addr %= MMT_CONFIG_SIZE - rec.width + 1;
    if (rec.pc & 1) {
        rec.pc = 0;
    }
    return rec;
}

/* The same numbers each time, or those of TEST_SEED. */
static inline void read_seed(void)
{
    const char *given = g_getenv("TEST_SEED");

    seed = given ? g_ascii_strtoull(given, NULL, 0) : 20070824;
    g_test_message("seed %u (TEST_SEED)", seed);
}

#endif /* PARSE_RANDOM_H */
