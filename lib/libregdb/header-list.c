/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: C headers, which defines are registers
 *
 * A header does not say so.  Numbers that are written in the same way, or that
 * are in one enum, are a group; a group is a list of registers if
 *
 *      the enum's name has the word "reg", or the names of most members have it
 *      and nearly all numbers are even, or
 *      nearly all numbers are multiples of 4, most are different, most of them
 *      are in ascending order, and few are twice the one before, as bits are.
 *
 * A macro with one parameter, BASE + I * STRIDE, in a file with such a list is
 * an array.  Intel's _MMIO(OFFSET) is a register without further proof.
 */
#include "libregdb/hash.h"
#include "libregdb/header-internal.h"

#include <string.h>

/* Offsets in a BAR; what is more is something else. */
#define HEADER_OFFSET_MAX (256u << 20)

/* Members of a list of registers */
#define HEADER_LIST_MIN 4

/* Elements of an array that are computed; it may have more */
#define HEADER_LINEAR_MAX 64

/* Registers behind an array's begin that may end it */
#define HEADER_NEAR 1024

/**
 * struct HeaderGroup: numbers that are written in the same way
 * @members: RegDbHeaderDefine, in their order
 * @named: number of those whose name has the word "reg"
 * @by_name: is it a list of registers by names?
 * @by_numbers: is it one by numbers?
 */
typedef struct HeaderGroup {
    GPtrArray *members;
    unsigned named;
    bool by_name;
    bool by_numbers;
} HeaderGroup;

static void header_group_free(HeaderGroup *group)
{
    g_ptr_array_unref(group->members);
    g_free(group);
}

/* Is "reg", "regs" or "registers" a word of the name? */
static bool header_says_register(const char *name)
{
    g_auto(GStrv) word = g_strsplit(name, "_", -1);
    unsigned i;

    for (i = 0; word[i]; i++) {
        if (!g_ascii_strcasecmp(word[i], "reg") ||
            !g_ascii_strcasecmp(word[i], "regs") ||
            !g_ascii_strcasecmp(word[i], "registers")) {
            return true;
        }
    }
    return false;
}

static bool header_is_shift(RegDbHeader *header, RegDbHeaderDefine *define)
{
    return define && regdb_header_value(header, define) && define->value < 64;
}

/* Is it the mask that is shifted by NAME_SHIFT, or that shift? */
static bool header_belongs_to_mask(RegDbHeader *header,
                                   const RegDbHeaderDefine *define)
{
    size_t len = strlen(define->name);

    if (g_str_has_suffix(define->name, "_SHIFT")) {
        return true;
    }
    len -= g_str_has_suffix(define->name, "_MASK") ? strlen("_MASK") : 0;
    return header_is_shift(header, regdb_header_find(header, define->name, len,
                                                     "_SHIFT")) ||
           header_is_shift(header, regdb_header_find(header, define->name, len,
                                                     "_S"));
}

/* What makes a group, as a number; 0: the define can't be a register */
static uint64_t header_key(RegDbHeader *header,
                           const RegDbHeaderDefine *define)
{
    if (define->param || header_belongs_to_mask(header, define) ||
        g_hash_table_lookup(header->by_name, define->name) != define) {
        return 0;
    }
    if (define->list) {
        return define->form == REGDB_HEADER_BITS ? 0 :
               (uint64_t)1 << 63 | define->list;
    }
    if (define->inside || (define->form != REGDB_HEADER_HEX &&
                           define->form != REGDB_HEADER_SUM)) {
        return 0;
    }
    return (uint64_t)1 << 62 | (uint64_t)define->file << 32 |
           (uint64_t)define->indent << 16 | define->digits << 8 | define->form;
}

static GHashTable *header_groups(RegDbHeader *header)
{
    GHashTable *groups = g_hash_table_new_full(
        regdb_hash_u64, g_int64_equal, g_free,
        (GDestroyNotify)header_group_free);
    guint i;

    for (i = 0; i < header->defines->len; i++) {
        RegDbHeaderDefine *define = header->defines->pdata[i];
        uint64_t key = header_key(header, define);
        HeaderGroup *group;

        if (!key || !regdb_header_value(header, define)) {
            continue;
        }
        group = g_hash_table_lookup(groups, &key);
        if (!group) {
            group = g_new0(HeaderGroup, 1);
            group->members = g_ptr_array_new();
            g_hash_table_insert(groups, g_memdup2(&key, sizeof(key)), group);
        }
        group->named += header_says_register(define->name);
        g_ptr_array_add(group->members, define);
    }
    return groups;
}

/* --- is it a list of registers? ----------------------------------------- */

/**
 * struct HeaderNumbers: what a group's numbers are like
 * @n: their number
 * @small: those that are offsets
 * @aligned: multiples of 4
 * @even: multiples of 2
 * @distinct: different ones
 * @more: those that are more than the one before
 * @twice: those that are twice as much as the one before
 * @hex: those that are written as hexadecimal numbers
 */
typedef struct HeaderNumbers {
    unsigned n;
    unsigned small;
    unsigned aligned;
    unsigned even;
    unsigned distinct;
    unsigned more;
    unsigned twice;
    unsigned hex;
} HeaderNumbers;

static HeaderNumbers header_numbers(const HeaderGroup *group)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(regdb_hash_u64,
                                                  g_int64_equal);
    HeaderNumbers numbers = { .n = group->members->len };
    uint64_t before = 0;
    guint i;

    for (i = 0; i < numbers.n; i++) {
        RegDbHeaderDefine *define = group->members->pdata[i];
        uint64_t value = define->value;

        numbers.small += value < HEADER_OFFSET_MAX;
        numbers.aligned += !(value & 3);
        numbers.even += !(value & 1);
        numbers.hex += define->form == REGDB_HEADER_HEX;
        numbers.more += i && value > before;
        numbers.twice += i && before && value == 2 * before;
        g_hash_table_add(seen, &define->value);
        before = value;
    }
    numbers.distinct = g_hash_table_size(seen);
    return numbers;
}

static void header_judge(const RegDbHeader *header, HeaderGroup *group)
{
    const RegDbHeaderDefine *first = group->members->pdata[0];
    const char *list = first->list ? header->lists->pdata[first->list - 1] :
                       NULL;
    HeaderNumbers is = header_numbers(group);

    group->by_numbers = is.n >= HEADER_LIST_MIN &&
        (!first->list || is.hex == is.n) &&
        is.small * 20 >= is.n * 19 &&       /* 95 % */
        is.aligned * 10 >= is.n * 9 &&
        is.distinct * 10 >= is.n * 6 &&
        is.more * 10 >= (is.n - 1) * 6 &&
        is.twice * 10 <= (is.n - 1) * 4;
    group->by_name = !group->by_numbers && is.n >= HEADER_LIST_MIN &&
        is.small == is.n && is.distinct * 2 > is.n &&
        ((list && header_says_register(list)) ||
         (group->named * 5 >= is.n * 4 && is.even * 10 >= is.n * 9));
}

/* --- registers ---------------------------------------------------------- */

static void header_take_register(RegDbHeaderDefine *define)
{
    define->role = REGDB_HEADER_REGISTER;
    define->bits = define->value & 1 ? 8 : define->value & 2 ? 16 : 32;
}

static void header_take_group(HeaderGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        RegDbHeaderDefine *define = group->members->pdata[i];

        /* in a list that numbers make, an odd one is something else */
        if (define->value < HEADER_OFFSET_MAX &&
            (group->by_name || !(define->value & 3) ||
             header_says_register(define->name))) {
            header_take_register(define);
        }
    }
}

static int header_compare_offsets(const void *a, const void *b)
{
    uint64_t x = (*(RegDbHeaderDefine *const *)a)->value;
    uint64_t y = (*(RegDbHeaderDefine *const *)b)->value;

    return x < y ? -1 : x > y;
}

/* In a list by names, registers may have 1 or 2 bytes: up to the next one. */
static void header_narrow(HeaderGroup *group)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy(group->members, NULL, NULL);
    guint i, next = 0;

    g_ptr_array_sort(sorted, header_compare_offsets);
    for (i = 0; i + 1 < sorted->len; i++) {
        RegDbHeaderDefine *define = sorted->pdata[i];
        uint64_t gap;

        /* those with one number have the same next one */
        next = MAX(next, i + 1);
        while (next < sorted->len && define->value ==
               ((RegDbHeaderDefine *)sorted->pdata[next])->value) {
            next++;
        }
        if (next == sorted->len) {
            break;
        }
        gap = ((RegDbHeaderDefine *)sorted->pdata[next])->value -
              define->value;
        define->bits = MIN(define->bits, gap >= 4 ? 32 : gap >= 2 ? 16 : 8);
    }
}

static void header_take_groups(RegDbHeader *header, bool *listed)
{
    g_autoptr(GHashTable) groups = header_groups(header);
    GHashTableIter iter;
    HeaderGroup *group;

    g_hash_table_iter_init(&iter, groups);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&group)) {
        const RegDbHeaderDefine *first = group->members->pdata[0];

        header_judge(header, group);
        if (group->by_name || group->by_numbers) {
            listed[first->file] = true;
            header_take_group(group);
        }
        if (group->by_name) {
            header_narrow(group);
        }
    }
}

/* --- arrays ------------------------------------------------------------- */

/* Is the macro BASE + I * STRIDE?  @define->length: for so many I */
static bool header_is_linear(RegDbHeader *header, RegDbHeaderDefine *define)
{
    uint64_t value[3];
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(value); i++) {
        if (!regdb_header_call(header, define, i, &value[i])) {
            return false;
        }
    }
    define->value = value[0];
    define->stride = value[1] - value[0];
    if (value[2] - value[1] != define->stride || !define->stride ||
        define->stride >= HEADER_OFFSET_MAX ||
        define->value >= HEADER_OFFSET_MAX) {
        return false;
    }
    for (; i < HEADER_LINEAR_MAX; i++) {
        if (!regdb_header_call(header, define, i, &value[0]) ||
            value[0] != define->value + i * define->stride) {
            define->length = i;
            return true;
        }
    }
    define->length = 0;
    return true;
}

static void header_take_array(RegDbHeader *header, RegDbHeaderDefine *define)
{
    if ((define->form != REGDB_HEADER_SUM &&
         define->form != REGDB_HEADER_MMIO) ||
        !header_is_linear(header, define) ||
        ((define->value | define->stride) & 3)) {
        define->length = 1;
        return;
    }
    define->state = REGDB_HEADER_NUMBER;
    header_take_register(define);
}

static void header_take_rest(RegDbHeader *header, const bool *listed)
{
    guint i;

    for (i = 0; i < header->defines->len && !header->full; i++) {
        RegDbHeaderDefine *define = header->defines->pdata[i];

        if (define->role || define->many) {
            continue;
        }
        if (define->param) {
            if (listed[define->file] || define->form == REGDB_HEADER_MMIO) {
                header_take_array(header, define);
            }
        } else if (define->form == REGDB_HEADER_MMIO &&
                   regdb_header_value(header, define) &&
                   define->value < HEADER_OFFSET_MAX) {
            header_take_register(define);
        }
    }
}

/*
 * An array that has no end by its macro ends where another one begins, or where
 * a single register would be its next element.
 */
static bool header_ends(const RegDbHeaderDefine *array,
                        const RegDbHeaderDefine *other)
{
    uint64_t distance = other->value - array->value;

    return other->value >= array->value + array->stride &&
           (other->length != 1 || !(distance % array->stride));
}

static void header_end_arrays(GPtrArray *sorted)
{
    guint i;
    guint k;

    for (i = 0; i < sorted->len; i++) {
        RegDbHeaderDefine *array = sorted->pdata[i];

        if (array->length) {
            continue;
        }
        for (k = i + 1; k < MIN(sorted->len, i + HEADER_NEAR); k++) {
            const RegDbHeaderDefine *other = sorted->pdata[k];

            if (header_ends(array, other)) {
                array->length = (other->value - array->value +
                                 array->stride - 1) / array->stride;
                break;
            }
        }
    }
}

void regdb_header_registers(RegDbHeader *header)
{
    g_autofree bool *listed = g_new0(bool, header->files->len + 1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    guint i;

    header_take_groups(header, listed);
    header_take_rest(header, listed);
    for (i = 0; i < header->defines->len; i++) {
        RegDbHeaderDefine *define = header->defines->pdata[i];

        if (define->role == REGDB_HEADER_REGISTER) {
            g_ptr_array_add(sorted, define);
        }
    }
    g_ptr_array_sort(sorted, header_compare_offsets);
    header_end_arrays(sorted);
}
