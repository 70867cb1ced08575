/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: C headers, fields of registers and their values
 *
 * A mask (bits that are beside each other) is a field of a register if
 *
 *      its name is the register's and more ("_REG" in the register's name does
 *      not count), and it is written as bits, with all the register's digits,
 *      with "_MASK" at its end, or further to the right than the register; or
 *      it stands below the register, further to the right, and is written as
 *      bits, with 8 digits, or with "_MASK" at its end; or
 *      it is a #define below a member of an enum, written as bits.
 *
 * A name that ends with a number, and several bits, are a value of a field.
 * A macro (((x) >> 4) & 0xf) with the register's name is one, too.
 *
 * Of fields with several bits, those that are said to be masks (_MASK, _SHIFT,
 * GENMASK) have values: names that are the field's and more, with a value in
 * the field's bits.  If these are three or more single bits, and nothing else,
 * they are the fields.  Fields that have some bits in common contradict each
 * other: only those that are said to be masks stay.
 */
#include "libregdb/hash.h"
#include "libregdb/header-internal.h"

#include <string.h>

/**
 * struct HeaderFields: what is looked up by name
 * @header: the headers
 * @registers: registers, by what their fields' names begin with
 * @masks: fields that have values, by what those' names begin with
 */
typedef struct HeaderFields {
    RegDbHeader *header;
    GHashTable *registers;
    GHashTable *masks;
} HeaderFields;

RegDbHeaderDefine *regdb_header_find(const RegDbHeader *header,
                                     const char *name, size_t len,
                                     const char *suffix)
{
    char text[2 * REGDB_NAME_MAX];

    g_snprintf(text, sizeof(text), "%.*s%s", (int)MIN(len, REGDB_NAME_MAX),
               name, suffix);
    return g_hash_table_lookup(header->by_name, text);
}

/* --- names that begin names --------------------------------------------- */

static void header_stem(GHashTable *stems, char *stem, RegDbHeaderDefine *of)
{
    if (*stem && !g_hash_table_contains(stems, stem)) {
        g_hash_table_insert(stems, stem, of);
    } else {
        g_free(stem);
    }
}

/* NVME_REG_CC stands for NVME_CC, CSR_GIO_REG for CSR_GIO, REG_X for X. */
static void header_stem_without(GHashTable *stems, RegDbHeaderDefine *define)
{
    static const char *const words[] = { "_REG", "_reg", "REG_", "reg_" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *at = strstr(define->name, words[i]);
        const char *rest = at ? at + strlen(words[i]) : NULL;
        bool suffix = i < 2;

        if (at && (suffix ? !*rest || *rest == '_' : at == define->name)) {
            header_stem(stems, g_strdup_printf("%.*s%s",
                                               (int)(at - define->name),
                                               define->name, rest), define);
        }
    }
}

/* So many of a name's last words may be left out to find what it belongs to. */
#define HEADER_WORDS_MAX 24

/* The longest stem that @name begins with, and an underscore.  Or NULL */
static RegDbHeaderDefine *header_longest(GHashTable *stems, const char *name,
                                         const char **rest)
{
    char text[REGDB_NAME_MAX + 1];
    unsigned i;
    char *end;

    g_strlcpy(text, name, sizeof(text));
    for (i = 0; i < HEADER_WORDS_MAX && (end = strrchr(text, '_')); i++) {
        RegDbHeaderDefine *found;

        *end = '\0';
        found = g_hash_table_lookup(stems, text);
        if (found) {
            *rest = name + (end - text) + 1;
            return **rest ? found : NULL;
        }
    }
    return NULL;
}

static void header_registers_by_name(HeaderFields *fields)
{
    guint pass;
    guint i;

    /* names as they are come first */
    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < fields->header->defines->len; i++) {
            RegDbHeaderDefine *define = fields->header->defines->pdata[i];

            if (define->role != REGDB_HEADER_REGISTER) {
                continue;
            }
            if (pass) {
                header_stem_without(fields->registers, define);
            } else {
                header_stem(fields->registers, g_strdup(define->name),
                            define);
            }
        }
    }
}

/* --- masks -------------------------------------------------------------- */

static bool header_ends_in(const char *name, size_t *len)
{
    static const char *const ends[] = { "_MASK", "_MSK", "_mask" };
    size_t i;

    *len = strlen(name);
    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (g_str_has_suffix(name, ends[i])) {
            *len -= strlen(ends[i]);
            return true;
        }
    }
    return false;
}

static bool header_is_genmask(const RegDbHeaderDefine *define)
{
    return define->form == REGDB_HEADER_BITS &&
           strstr(define->expr, "GENMASK");
}

/* NAME_SHIFT or NAME_S, of NAME_MASK or NAME */
static RegDbHeaderDefine *header_shift(const HeaderFields *fields,
                                       const RegDbHeaderDefine *define)
{
    static const char *const ends[] = { "_SHIFT", "_S", "_shift" };
    RegDbHeaderDefine *shift = NULL;
    size_t len;
    size_t i;

    header_ends_in(define->name, &len);
    for (i = 0; i < G_N_ELEMENTS(ends) && !shift; i++) {
        shift = regdb_header_find(fields->header, define->name, len, ends[i]);
        if (shift && (shift == define ||
                      !regdb_header_value(fields->header, shift) ||
                      shift->value >= 64)) {
            shift = NULL;
        }
    }
    return shift;
}

/* Is it said to be a mask? */
static bool header_said(const HeaderFields *fields,
                        const RegDbHeaderDefine *define)
{
    size_t len;

    return header_ends_in(define->name, &len) || header_is_genmask(define) ||
           header_shift(fields, define);
}

/* Widens a register that has fields above bit 31 */
static bool header_fits(RegDbHeaderDefine *reg, uint64_t *mask)
{
    if (*mask >> 32 == UINT32_MAX && *mask >> 31 != UINT64_MAX >> 31) {
        /* ~0xf, of a register of 32 bits */
        *mask = (uint32_t)*mask;
    }
    if (reg->bits == 32 && *mask >> 32) {
        if (reg->value & 7) {
            return false;
        }
        reg->bits = 64;
    }
    return reg->bits == 64 || !(*mask >> reg->bits);
}

/* The bits in the register.  Return: 0 if they are not known */
static uint64_t header_bits(const HeaderFields *fields,
                            RegDbHeaderDefine *define, RegDbHeaderDefine *reg)
{
    RegDbHeaderDefine *shift = header_shift(fields, define);
    uint64_t mask = define->value;

    if (shift && (mask & 1) && shift->value) {
        if (mask >> (64 - shift->value)) {
            return 0;
        }
        mask <<= shift->value;
    }
    if (!header_fits(reg, &mask) || !regdb_header_is_mask(mask) ||
        (shift && shift->value != (unsigned)__builtin_ctzll(mask))) {
        return 0;
    }
    if (shift && !shift->role) {
        shift->role = REGDB_HEADER_PLACE;
    }
    return mask;
}

/* (((x) >> 4) & 0xf): bits that arrive, from bit 0 up.  Return: or 0 */
static uint64_t header_extracted(const HeaderFields *fields,
                                 const RegDbHeaderDefine *define)
{
    uint64_t mask = 0;
    uint64_t value;
    unsigned n = 0;
    unsigned i;

    if (!regdb_header_call(fields->header, define, 0, &value) || value) {
        return 0;
    }
    for (i = 0; i < 64; i++) {
        if (!regdb_header_call(fields->header, define, (uint64_t)1 << i,
                               &value)) {
            return 0;
        }
        if (value == (uint64_t)1 << n) {
            mask |= (uint64_t)1 << i;
            n++;
        } else if (value) {
            return 0;
        }
    }
    return regdb_header_is_mask(mask) && n < 64 && !(mask >> 63) ? mask : 0;
}

/* --- which define is a field -------------------------------------------- */

/**
 * struct HeaderAbove: what is above the current define
 * @define: of each indentation, the last one
 * @n: number of @define
 * @member: the last member of an enum
 */
typedef struct HeaderAbove {
    RegDbHeaderDefine *define[16];
    unsigned n;
    RegDbHeaderDefine *member;
} HeaderAbove;

static void header_above(HeaderAbove *above, RegDbHeaderDefine *define)
{
    if (define->list) {
        above->member = define;
        return;
    }
    while (above->n &&
           (above->define[above->n - 1]->indent >= define->indent ||
            above->define[above->n - 1]->file != define->file)) {
        above->n--;
    }
    if (above->n < G_N_ELEMENTS(above->define)) {
        above->define[above->n++] = define;
    }
}

/* The register that the define stands below, or NULL */
static RegDbHeaderDefine *header_stands_below(const HeaderAbove *above,
                                              const RegDbHeaderDefine *define)
{
    unsigned i;

    if (define->list) {
        return NULL;
    }
    if (define->inside) {
        return above->member && above->member->list == define->inside &&
               above->member->role == REGDB_HEADER_REGISTER ?
               above->member : NULL;
    }
    for (i = above->n; i > 0; i--) {
        RegDbHeaderDefine *other = above->define[i - 1];

        if (other != define) {
            return other->role == REGDB_HEADER_REGISTER ? other :
                   other->owner;
        }
    }
    return NULL;
}

/* FOO_MODE_3 with several bits is more likely a value than a field. */
static bool header_is_numbered(const RegDbHeaderDefine *define)
{
    const char *word = strrchr(define->name, '_');

    return word && word[1] && !word[1 + strspn(word + 1, "0123456789")] &&
           define->value & (define->value - 1);
}

static bool header_written_as_field(const RegDbHeaderDefine *define,
                                    const RegDbHeaderDefine *reg, bool named,
                                    bool below)
{
    size_t len;

    if (header_is_numbered(define)) {
        return false;
    }
    if (define->form == REGDB_HEADER_BITS) {
        return true;
    }
    if (define->form != REGDB_HEADER_HEX || define->inside) {
        return false;
    }
    return define->digits >= 8 || header_ends_in(define->name, &len) ||
           (named && (define->digits * 4 == reg->bits || below));
}

/* The register whose field a define may be, or NULL */
static RegDbHeaderDefine *header_owner(const HeaderFields *fields,
                                       const HeaderAbove *above,
                                       const RegDbHeaderDefine *define,
                                       const char **title)
{
    RegDbHeaderDefine *below = header_stands_below(above, define);
    RegDbHeaderDefine *named = header_longest(fields->registers, define->name,
                                              title);
    RegDbHeaderDefine *reg = named ?: below;

    if (!named) {
        *title = define->name;
    }
    if (!reg || (define->param && !named)) {
        return NULL;
    }
    return define->param ||
           header_written_as_field(define, reg, named, below == reg) ? reg :
           NULL;
}

static void header_take_field(const HeaderFields *fields,
                              RegDbHeaderDefine *define,
                              RegDbHeaderDefine *reg, const char *title)
{
    uint64_t mask;
    size_t len;

    if (define->param) {
        mask = define->form == REGDB_HEADER_BITS ?
               header_extracted(fields, define) : 0;
        mask = mask && header_fits(reg, &mask) ? mask : 0;
    } else {
        mask = regdb_header_value(fields->header, define) ?
               header_bits(fields, define, reg) : 0;
    }
    if (mask) {
        define->role = REGDB_HEADER_FIELD;
        define->owner = reg;
        define->mask = mask;
        header_ends_in(title, &len);
        define->title = g_string_chunk_insert_len(fields->header->strings,
                                                  title, len);
    }
}

/*
 * Twice: for those that are said to be masks, and, after these have taken
 * their values, for the others.
 */
static void header_take_fields(const HeaderFields *fields, bool said)
{
    HeaderAbove above = { 0 };
    guint i;

    for (i = 0; i < fields->header->defines->len; i++) {
        RegDbHeaderDefine *define = fields->header->defines->pdata[i];
        const char *title = NULL;
        RegDbHeaderDefine *reg;

        header_above(&above, define);
        if (!define->role && !define->many &&
            said == (define->param || header_said(fields, define))) {
            reg = header_owner(fields, &above, define, &title);
            if (reg) {
                header_take_field(fields, define, reg, title);
            }
        }
    }
}

/* --- values of fields --------------------------------------------------- */

static void header_masks_by_name(HeaderFields *fields)
{
    guint i;

    for (i = 0; i < fields->header->defines->len; i++) {
        RegDbHeaderDefine *define = fields->header->defines->pdata[i];
        size_t len;

        if (define->role == REGDB_HEADER_FIELD &&
            (define->mask & (define->mask - 1))) {
            header_ends_in(define->name, &len);
            header_stem(fields->masks, g_strndup(define->name, len), define);
        }
    }
}

static bool header_is_single(uint64_t value)
{
    return value && !(value & (value - 1));
}

/* Values by field: GPtrArray of those that may be its */
static GHashTable *header_collect_values(const HeaderFields *fields)
{
    GHashTable *values = g_hash_table_new_full(
        NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    guint i;

    for (i = 0; i < fields->header->defines->len; i++) {
        RegDbHeaderDefine *define = fields->header->defines->pdata[i];
        RegDbHeaderDefine *field;
        const char *rest;
        GPtrArray *list;

        if (define->role || define->param ||
            !regdb_header_value(fields->header, define)) {
            continue;
        }
        field = header_longest(fields->masks, define->name, &rest);
        if (!field) {
            continue;
        }
        define->title = rest;
        list = g_hash_table_lookup(values, field);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(values, field, list);
        }
        g_ptr_array_add(list, define);
    }
    return values;
}

/* Three or more single bits and nothing else but 0: they are no values. */
static bool header_are_bits(const GPtrArray *list)
{
    uint64_t seen = 0;
    guint i;

    for (i = 0; i < list->len; i++) {
        const RegDbHeaderDefine *define = list->pdata[i];

        if (define->value && !header_is_single(define->value)) {
            return false;
        }
        seen |= define->value;
    }
    return __builtin_popcountll(seen) >= 3;
}

/* In the field's bits, or for FIELD_PREP(), from bit 0 up? */
static bool header_values_in(const GPtrArray *list, uint64_t mask)
{
    guint i;

    for (i = 0; i < list->len; i++) {
        const RegDbHeaderDefine *define = list->pdata[i];

        if (define->value & ~mask) {
            return false;
        }
    }
    return true;
}

static void header_take_values(RegDbHeaderDefine *field, GPtrArray *list)
{
    unsigned shift = __builtin_ctzll(field->mask);
    guint i;

    if (header_are_bits(list)) {
        if (header_values_in(list, field->mask)) {
            field->role = REGDB_HEADER_UNUSED;
        }
        return;
    }
    if (!header_values_in(list, field->mask)) {
        if (!header_values_in(list, field->mask >> shift)) {
            return;
        }
        shift = 0;
    }
    for (i = 0; i < list->len; i++) {
        RegDbHeaderDefine *define = list->pdata[i];

        define->role = REGDB_HEADER_VALUE;
        define->owner = field;
        define->mask = define->value >> shift;
    }
}

static void header_values(HeaderFields *fields)
{
    g_autoptr(GHashTable) values = NULL;
    GHashTableIter iter;
    RegDbHeaderDefine *field;
    GPtrArray *list;

    header_masks_by_name(fields);
    values = header_collect_values(fields);
    g_hash_table_iter_init(&iter, values);
    while (g_hash_table_iter_next(&iter, (void **)&field, (void **)&list)) {
        header_take_values(field, list);
    }
}

/* --- contradictions ----------------------------------------------------- */

/**
 * struct HeaderTaken: bits of a register that are fields' already
 * @said: by those that are said to be masks
 * @once: by one or more others
 * @twice: by others that contradict each other
 */
typedef struct HeaderTaken {
    uint64_t said;
    uint64_t once;
    uint64_t twice;
} HeaderTaken;

static HeaderTaken *header_taken(GHashTable *registers,
                                 const RegDbHeaderDefine *define)
{
    HeaderTaken *taken = g_hash_table_lookup(registers, define->owner);

    if (!taken) {
        taken = g_new0(HeaderTaken, 1);
        g_hash_table_insert(registers, define->owner, taken);
    }
    return taken;
}

static void header_drop(RegDbHeaderDefine *define)
{
    define->role = REGDB_HEADER_UNUSED;
    define->owner = NULL;
}

/* Bits that have two names have the first one. */
static void header_take_bits(HeaderTaken *taken, RegDbHeaderDefine *define,
                             GHashTable *same)
{
    char *key = g_strdup_printf("%p %" G_GINT64_MODIFIER "x",
                                (void *)define->owner, define->mask);

    /* the table takes the key over */
    if (!g_hash_table_add(same, key) || define->mask & taken->said) {
        header_drop(define);
    } else {
        taken->twice |= taken->once & define->mask;
        taken->once |= define->mask;
    }
}

typedef void HeaderEach(const HeaderFields *fields, HeaderTaken *taken,
                        RegDbHeaderDefine *define, GHashTable *same);

static void header_each_field(const HeaderFields *fields, GHashTable *taken,
                              GHashTable *same, HeaderEach *each)
{
    guint i;

    for (i = 0; i < fields->header->defines->len; i++) {
        RegDbHeaderDefine *define = fields->header->defines->pdata[i];

        if (define->role == REGDB_HEADER_FIELD) {
            each(fields, header_taken(taken, define), define, same);
        }
    }
}

static void header_take_said(const HeaderFields *fields, HeaderTaken *taken,
                             RegDbHeaderDefine *define,
                             G_GNUC_UNUSED GHashTable *same)
{
    if (!define->param && !header_said(fields, define)) {
        return;
    }
    if (define->mask & taken->said) {
        header_drop(define);
    } else {
        taken->said |= define->mask;
    }
}

static void header_take_others(const HeaderFields *fields, HeaderTaken *taken,
                               RegDbHeaderDefine *define, GHashTable *same)
{
    if (!define->param && !header_said(fields, define)) {
        header_take_bits(taken, define, same);
    }
}

static void header_drop_others(const HeaderFields *fields, HeaderTaken *taken,
                               RegDbHeaderDefine *define,
                               G_GNUC_UNUSED GHashTable *same)
{
    if (!define->param && !header_said(fields, define) &&
        define->mask & taken->twice) {
        header_drop(define);
    }
}

static void header_resolve(const HeaderFields *fields)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(NULL, NULL, NULL,
                                                        g_free);
    g_autoptr(GHashTable) same = g_hash_table_new_full(regdb_hash, g_str_equal,
                                                       g_free, NULL);
    guint i;

    header_each_field(fields, taken, same, header_take_said);
    header_each_field(fields, taken, same, header_take_others);
    header_each_field(fields, taken, same, header_drop_others);
    for (i = 0; i < fields->header->defines->len; i++) {
        RegDbHeaderDefine *define = fields->header->defines->pdata[i];

        if (define->role == REGDB_HEADER_VALUE &&
            define->owner->role != REGDB_HEADER_FIELD) {
            header_drop(define);
        }
    }
}

void regdb_header_fields(RegDbHeader *header)
{
    HeaderFields fields = {
        .header = header,
        .registers = g_hash_table_new_full(regdb_hash, g_str_equal, g_free,
                                           NULL),
        .masks = g_hash_table_new_full(regdb_hash, g_str_equal, g_free, NULL),
    };

    header_registers_by_name(&fields);
    header_take_fields(&fields, true);
    header_values(&fields);
    header_take_fields(&fields, false);
    header_resolve(&fields);
    g_hash_table_unref(fields.registers);
    g_hash_table_unref(fields.masks);
}
