/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: fast parser of R and W lines (see fast.h) */
#include "libmmiotrace/fast.h"

#include <glib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "libmmiotrace/digits.h"
#include "libmmiotrace/record.h"

/* "0x" and a number */
static inline bool fast_hex(const char **p, uint64_t *out)
{
    if ((*p)[0] != '0' || (*p)[1] != 'x') {
        return false;
    }
    *p += 2;
    return mmt_digits_hex(p, out);
}

static inline bool fast_blank(const char **p)
{
    return *(*p)++ == ' ';
}

/* Seconds, a point and @digits digits, of which there are 6 or 9 */
static inline bool fast_seconds(const char **p, uint64_t *ns, unsigned *digits)
{
    uint64_t seconds;
    uint64_t fraction;

    /* 10 digits of seconds do not overflow 64 bits of nanoseconds */
    if (mmt_digits_dec(p, &seconds) - 1u > 9 || *(*p)++ != '.') {
        return false;
    }
    *digits = mmt_digits_dec(p, &fraction);
    if (*digits == 6) {
        fraction *= MMT_NS_PER_USEC;
    } else if (*digits != 9) {
        return false;
    }
    *ns = seconds * MMT_NS_PER_SEC + fraction;
    return true;
}

static bool fast_cpu(const char **p, MmtFast *fast)
{
    uint64_t v;

    if (**p == '-') {
        (*p)++;
        fast->cpu = UINT32_MAX;
        return true;
    }
    fast->cpu = 0;
    if (!mmt_digits_dec(p, &v) || v >= UINT32_MAX) {
        return false;
    }
    fast->cpu = v;
    return true;
}

static bool fast_ns(const char **p, MmtFast *fast)
{
    unsigned digits;

    return fast_seconds(p, &fast->exact_ns, &digits) && digits == 9;
}

static bool fast_latency(const char **p, MmtFast *fast G_GNUC_UNUSED)
{
    uint64_t v;

    if (**p == '?') {
        (*p)++;
        return true;
    }
    return mmt_digits_dec(p, &v) && v <= UINT32_MAX;
}

static bool fast_space(const char **p, MmtFast *fast G_GNUC_UNUSED)
{
    uint64_t v;

    return fast_hex(p, &v);
}

static bool fast_hw(const char **p, MmtFast *fast)
{
    if (**p == '?' || **p == '-') {
        fast->hw_state = **p == '-' ? MMT_HW_NONE : MMT_HW_UNKNOWN;
        (*p)++;
        return true;
    }
    fast->hw_state = MMT_HW_KNOWN;
    return fast_hex(p, &fast->hw);
}

static bool fast_trap(const char **p, MmtFast *fast G_GNUC_UNUSED)
{
    uint64_t v;

    if (**p == '?') {
        (*p)++;
        return true;
    }
    return mmt_digits_dec(p, &v);
}

/* The extra fields, from the blank before them up to the newline */
static const char *fast_extras(const char *p, MmtFast *fast)
{
    static const struct {
        MmtExtra extra;
        uint8_t len;
        char key[9];
        bool (*take)(const char **p, MmtFast *fast);
    } words[] = {
        { MMT_EXTRA_CPU, 4, "cpu=", fast_cpu },
        { MMT_EXTRA_NS, 3, "ns=", fast_ns },
        { MMT_EXTRA_LATENCY, 8, "latency=", fast_latency },
        { MMT_EXTRA_CR3, 4, "cr3=", fast_space },
        { MMT_EXTRA_TTBR0, 6, "ttbr0=", fast_space },
        { MMT_EXTRA_PIDR, 5, "pidr=", fast_space },
        { MMT_EXTRA_ASCE, 5, "asce=", fast_space },
        { MMT_EXTRA_HW, 3, "hw=", fast_hw },
        { MMT_EXTRA_TRAP, 5, "trap=", fast_trap },
    };
    size_t i = 0;

    while (*p == ' ') {
        p++;
        while (i < G_N_ELEMENTS(words) &&
               strncmp(p, words[i].key, words[i].len)) {
            i++;
        }
        /* in another order, twice, or unknown: rare */
        if (i == G_N_ELEMENTS(words)) {
            return NULL;
        }
        p += words[i].len;
        if (!words[i].take(&p, fast)) {
            return NULL;
        }
        fast->extras |= words[i].extra;
        i++;
    }
    return mmt_extra_one_space(fast->extras) ? p : NULL;
}

/* "R 4 " or "W 4 ", or another width; no branch: they can't be predicted */
static inline bool fast_begin(const char *p, MmtFast *fast)
{
    unsigned width = (unsigned char)p[2] - '0';

    fast->is_write = p[0] == 'W';
    fast->width = width;
    fast->extras = 0;
    fast->hw_state = MMT_HW_UNKNOWN;
    return ((p[0] == 'R') | fast->is_write) & (p[1] == ' ') & (width <= 8) &
           (0x116u >> (width & 31) & 1) & (p[3] == ' ');
}

/* A line of any length */
static const char *fast_long(const char *line, MmtFast *fast)
{
    const char *p = line;
    uint64_t map_id;
    uint64_t pid;
    unsigned digits;

    if (!fast_begin(p, fast)) {
        return NULL;
    }
    p += 4;
    if (!fast_seconds(&p, &fast->ns, &digits) || !fast_blank(&p) ||
        !mmt_digits_dec(&p, &map_id) || map_id - 1 >= INT32_MAX ||
        !fast_blank(&p) || !fast_hex(&p, &fast->addr) || !fast_blank(&p) ||
        !fast_hex(&p, &fast->value) || !fast_blank(&p) ||
        !fast_hex(&p, &fast->pc) || !fast_blank(&p) ||
        !mmt_digits_dec(&p, &pid) || pid > INT32_MAX) {
        return NULL;
    }
    fast->map_id = map_id;
    fast->pid = pid;
    if (*p == ' ') {
        p = fast_extras(p, fast);
        if (!p) {
            return NULL;
        }
    }
    return *p == '\n' ? p + 1 : NULL;
}

#ifdef __SSE2__

/**
 * struct FastMasks: where the blanks and newlines of 64 bytes are
 * @blanks: a bit for each blank
 * @newlines: a bit for each newline
 */
typedef struct FastMasks {
    uint64_t blanks;
    uint64_t newlines;
} FastMasks;

/* Masks of 16 bytes; GCC does not unroll a loop over the four. */
static inline FastMasks fast_masks_16(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)p);

    return (FastMasks) {
        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' '))),
        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')))
    };
}

static inline FastMasks fast_masks(const char *p)
{
    FastMasks a = fast_masks_16(p);
    FastMasks b = fast_masks_16(p + 16);
    FastMasks c = fast_masks_16(p + 32);
    FastMasks d = fast_masks_16(p + 48);

    return (FastMasks) {
        a.blanks | b.blanks << 16 | c.blanks << 32 | d.blanks << 48,
        a.newlines | b.newlines << 16 | c.newlines << 32 | d.newlines << 48
    };
}

/* Take the lowest bit out of a mask; 63 if there is none. */
static inline unsigned fast_next(uint64_t *mask)
{
    unsigned at = __builtin_ctzll(*mask | 1ull << 63);

    *mask &= *mask - 1;
    return at;
}

/* The decimal number of @n digits at @p */
static inline bool fast_dec_n(const char *p, unsigned n, uint64_t *out)
{
    return n - 1 < 8 && mmt_dec8(mmt_digits_align(mmt_load8(p), n), out);
}

/* "0x" and a number, in bytes @from to @to of the line */
static MMT_DIGITS_INLINE bool fast_hex_n(const char *line, unsigned from, unsigned to,
                              uint64_t *out)
{
    const char *p = line + from;
    unsigned n = to - from - 2;
    uint64_t high = 0;

    if (p[0] != '0' || p[1] != 'x') {
        return false;
    }
    p += 2;
    if (n > 8) {
        if (n > 16 || !mmt_hex8(mmt_load8(p), &high)) {
            return false;
        }
        p += 8;
        n -= 8;
    }
    if (!n || !mmt_hex8(mmt_digits_align(mmt_load8(p), n), out)) {
        return false;
    }
    *out |= high << (4 * n);
    return true;
}

static inline bool fast_seconds_n(const char *line, unsigned from, unsigned to,
                                  uint64_t *ns)
{
    unsigned point = to - 7;
    uint64_t seconds;
    uint64_t fraction;

    if (to - from < 8 || line[point] != '.' ||
        !fast_dec_n(line + from, point - from, &seconds) ||
        !fast_dec_n(line + point + 1, 6, &fraction)) {
        return false;
    }
    *ns = seconds * MMT_NS_PER_SEC + fraction * MMT_NS_PER_USEC;
    return true;
}

/*
 * A line of less than 64 bytes.  The masks say at once where the fields and the
 * line end, so that the processor can convert the fields of several lines at a
 * time: without them, each field has to wait for the one before.
 */
static inline const char *fast_short(const char *line, FastMasks masks,
                                     MmtFast *fast)
{
    unsigned end = __builtin_ctzll(masks.newlines);
    uint64_t blanks = masks.blanks & ((1ull << end) - 1);
    unsigned time;
    unsigned map;
    unsigned addr;
    unsigned value;
    unsigned pc;
    unsigned pid;
    uint64_t v;

    fast_next(&blanks);
    time = fast_next(&blanks) + 1;
    map = fast_next(&blanks) + 1;
    addr = fast_next(&blanks) + 1;
    value = fast_next(&blanks) + 1;
    pc = fast_next(&blanks) + 1;
    pid = fast_next(&blanks) + 1;
    if (pid > end || blanks || !fast_begin(line, fast) ||
        !fast_seconds_n(line, time, map - 1, &fast->ns) ||
        !fast_dec_n(line + map, addr - map - 1, &v) || !v ||
        !fast_hex_n(line, addr, value - 1, &fast->addr) ||
        !fast_hex_n(line, value, pc - 1, &fast->value)) {
        return NULL;
    }
    fast->map_id = v;
    if (end - pc == 5 && mmt_load8(line + pc) << 24 ==
        mmt_load8("0x0 0\0\0") << 24) {
        fast->pc = 0;
        fast->pid = 0;
        return line + end + 1;
    }
    if (!fast_hex_n(line, pc, pid - 1, &fast->pc) ||
        !fast_dec_n(line + pid, end - pid, &v)) {
        return NULL;
    }
    fast->pid = v;
    return line + end + 1;
}

const char *mmt_fast_parse(const char *line, MmtFast *fast)
{
    FastMasks masks = fast_masks(line);
    const char *next = masks.newlines ? fast_short(line, masks, fast) : NULL;

    return next ?: fast_long(line, fast);
}

#else

const char *mmt_fast_parse(const char *line, MmtFast *fast)
{
    return fast_long(line, fast);
}

#endif
