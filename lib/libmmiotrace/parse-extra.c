/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of an access's extra fields (see cursor.h)
 */
#include "libmmiotrace/cursor.h"

static bool take_cpu(MmtCursor *c)
{
    uint64_t v;

    if (mmt_take_sign(c, '-')) {
        c->ev->cpu = UINT32_MAX;
        return true;
    }
    if (!mmt_take_number(c, "cpu", 10, UINT32_MAX - 1, &v)) {
        return false;
    }
    c->ev->cpu = v;
    return true;
}

static bool take_ns(MmtCursor *c)
{
    return mmt_take_seconds(c, "ns", false, &c->ev->exact_ns);
}

static bool take_latency(MmtCursor *c)
{
    uint64_t v = 0;

    if (!mmt_take_sign(c, '?') &&
        !mmt_take_number(c, "latency", 10, UINT32_MAX, &v)) {
        return false;
    }
    c->ev->latency = v;
    return true;
}

static bool take_cr3(MmtCursor *c)
{
    return mmt_take_word_hex(c, "cr3", &c->ev->space);
}

static bool take_ttbr0(MmtCursor *c)
{
    return mmt_take_word_hex(c, "ttbr0", &c->ev->space);
}

static bool take_pidr(MmtCursor *c)
{
    return mmt_take_word_hex(c, "pidr", &c->ev->space);
}

static bool take_asce(MmtCursor *c)
{
    return mmt_take_word_hex(c, "asce", &c->ev->space);
}

static bool take_hw(MmtCursor *c)
{
    if (mmt_take_sign(c, '?')) {
        c->ev->hw_state = MMT_HW_UNKNOWN;
        return true;
    }
    if (mmt_take_sign(c, '-')) {
        c->ev->hw_state = MMT_HW_NONE;
        return true;
    }
    c->ev->hw_state = MMT_HW_KNOWN;
    return mmt_take_word_hex(c, "hw", &c->ev->hw);
}

static bool take_trap(MmtCursor *c)
{
    c->ev->trap = 0;
    return mmt_take_sign(c, '?') ||
           mmt_take_number(c, "trap", 10, UINT64_MAX, &c->ev->trap);
}

/* Take one extra word: known words must be valid, others are skipped. */
static bool take_extra_word(MmtCursor *c)
{
    static const struct {
        MmtExtra extra;
        const char *key;
        bool (*take)(MmtCursor *c);
    } words[] = {
        { MMT_EXTRA_CPU, "cpu=", take_cpu },
        { MMT_EXTRA_NS, "ns=", take_ns },
        { MMT_EXTRA_LATENCY, "latency=", take_latency },
        { MMT_EXTRA_CR3, "cr3=", take_cr3 },
        { MMT_EXTRA_TTBR0, "ttbr0=", take_ttbr0 },
        { MMT_EXTRA_PIDR, "pidr=", take_pidr },
        { MMT_EXTRA_ASCE, "asce=", take_asce },
        { MMT_EXTRA_HW, "hw=", take_hw },
        { MMT_EXTRA_TRAP, "trap=", take_trap },
    };
    const char *word = c->p;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t n = strlen(words[i].key);

        if ((size_t)(c->end - word) < n || memcmp(word, words[i].key, n)) {
            continue;
        }
        if (c->ev->extras & words[i].extra) {
            return mmt_cursor_fail(c, mmt_field_name[MMT_FIELD_EXTRA], word,
                                   "%s appears twice", words[i].key);
        }
        if (words[i].extra & MMT_EXTRA_SPACE &&
            c->ev->extras & MMT_EXTRA_SPACE) {
            return mmt_cursor_fail(c, mmt_field_name[MMT_FIELD_EXTRA], word,
                                   "%s after another address space",
                                   words[i].key);
        }
        c->ev->extras |= words[i].extra;
        c->p += n;
        return words[i].take(c);
    }
    while (!mmt_cursor_at_word_end(c)) {
        c->p++;
    }
    return true;
}

static bool take_extra_words(MmtCursor *c)
{
    while (take_extra_word(c)) {
        if (c->p == c->end) {
            return true;
        }
        c->p++;
    }
    return false;
}

bool mmt_take_extra(MmtCursor *c)
{
    if (c->p == c->end) {
        return true;
    }
    c->p++;
    if (c->p == c->end) {
        return mmt_cursor_fail(c, mmt_field_name[MMT_FIELD_EXTRA], c->p - 1,
                               "a blank at the end of the line");
    }
    if (*c->p == ' ') {
        return mmt_cursor_fail(c, mmt_field_name[MMT_FIELD_EXTRA], c->p,
                               "two blanks before the extra fields; one expected");
    }
    if (!mmt_take_rest(c, MMT_FIELD_EXTRA, &c->ev->extra)) {
        return false;
    }
    c->p = c->ev->extra.p;
    return take_extra_words(c);
}
