/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing views: a random database, and accesses to it
 *
 * What a view finds by its indices is compared with what is found when all
 * elements are tried, one after the other.
 */
#include <inttypes.h>
#include <string.h>

#include "fuzz.h"
#include "libmmiotrace/printable.h"
#include "libregdb/build.h"
#include "libregdb/text.h"
#include "libregdb/view.h"

#define ELEMENTS_MAX 40
#define TYPES_MAX 12
#define LOOKUPS_MAX 64
#define SETS 2

/* Bytes in which most of the registers are */
#define SPACE 0x100

/**
 * struct Model: a database that is made
 * @in: what it is made of
 * @build: the database
 * @domain: its domain
 * @variants: of each set, the chip's
 * @types: types so far
 * @n_types: number of them
 * @when: conditions, and NULL
 * @n: elements so far
 */
typedef struct Model {
    FuzzInput in;
    RegDbBuild *build;
    RegDbDomain *domain;
    uint32_t variants[SETS];
    const RegDbType *types[TYPES_MAX];
    unsigned n_types;
    const RegDbCondition *when[8];
    unsigned n;
} Model;

static const char *const names[] = {
    "A", "B", "CTRL", "a_b", "\xc3\xa4", "R0",
};

static const char *any_name(Model *model)
{
    return names[fuzz_take(&model->in, 1) % G_N_ELEMENTS(names)];
}

static const RegDbCondition *any_when(Model *model)
{
    uint8_t i = fuzz_take(&model->in, 1);

    return i < 128 ? NULL : model->when[i % G_N_ELEMENTS(model->when)];
}

static void make_conditions(Model *model)
{
    const RegDbVarset *sets[SETS];
    unsigned i;

    for (i = 0; i < SETS; i++) {
        RegDbType *type = regdb_build_type(model->build, REGDB_ENUM);
        unsigned j;

        for (j = 0; j < 3; j++) {
            const RegDbValue value = { .name = names[j], .value = j,
                                       .known = j != 1 };

            regdb_build_value(model->build, type, &value);
        }
        sets[i] = regdb_build_varset(model->build, i ? "s" : "t", type);
        model->variants[i] = fuzz_take(&model->in, 1) % 5;
    }
    for (i = 1; i < G_N_ELEMENTS(model->when); i++) {
        const uint64_t bits = fuzz_take(&model->in, 1) & 7;

        model->when[i] = regdb_build_condition(
            model->build, sets[i % SETS], &bits,
            i > 4 ? model->when[i - 4] : NULL);
    }
}

static void make_field(Model *model, RegDbType *type)
{
    RegDbField field = { .name = any_name(model) };

    field.low = fuzz_take(&model->in, 1) % 64;
    field.high = field.low + fuzz_take(&model->in, 1) % (64 - field.low);
    field.type = model->types[fuzz_take(&model->in, 1) % model->n_types];
    field.when = any_when(model);
    regdb_build_field(model->build, type, &field);
}

static void make_value(Model *model, RegDbType *type)
{
    const RegDbValue value = {
        .name = any_name(model), .value = fuzz_take(&model->in, 1) % 80,
        .known = fuzz_take(&model->in, 1) % 8, .when = any_when(model),
    };

    regdb_build_value(model->build, type, &value);
}

/* Those in it come before it: none contains itself. */
static void make_type(Model *model)
{
    unsigned kind = fuzz_take(&model->in, 1) % (REGDB_NAMED + 1);
    RegDbType *type = regdb_build_type(model->build, kind);
    unsigned i, n = fuzz_take(&model->in, 1) % 6;

    type->shr = fuzz_take(&model->in, 1) % 4 ? 0 :
                fuzz_take(&model->in, 1) % 64;
    type->add = fuzz_take(&model->in, 1) % 4 ? 0 : fuzz_take(&model->in, 8);
    type->radix = fuzz_take(&model->in, 1) % 64;
    if (kind == REGDB_NAMED) {
        type->base = model->types[fuzz_take(&model->in, 1) % model->n_types];
    }
    for (i = 0; kind == REGDB_BITSET && i < n; i++) {
        make_field(model, type);
    }
    /* more than a few values are found in another way */
    for (i = 0; kind == REGDB_ENUM && i < n * n * 8; i++) {
        make_value(model, type);
    }
    model->types[model->n_types++] = type;
}

static void make_elements(Model *model, RegDbElement *parent, unsigned depth)
{
    unsigned i, n = 1 + fuzz_take(&model->in, 1) % 8;

    for (i = 0; i < n && model->n < ELEMENTS_MAX; i++) {
        unsigned kind = depth < 3 ? fuzz_take(&model->in, 1) % 5 : 0;
        uint64_t offsets[4];
        unsigned unit = model->domain->unit;
        RegDbElement e = {
            .kind = kind == 1 ? REGDB_ARRAY : kind == 2 ? REGDB_STRIPE :
                    REGDB_REGISTER,
            .access = 1 + fuzz_take(&model->in, 1) % 3,
            .bits = 8u << fuzz_take(&model->in, 1) % 4,
            .name = any_name(model),
            .offset = fuzz_take(&model->in, 1),
            .length = 1, .when = any_when(model),
            .type = model->types[fuzz_take(&model->in, 1) % model->n_types],
        };
        RegDbElement *added;
        unsigned form = fuzz_take(&model->in, 1) % 8;

        e.bits = MAX(e.bits, unit);
        e.stride = e.kind == REGDB_ARRAY || form < 4 ?
                   1 + fuzz_take(&model->in, 1) % 32 : 0;
        if (form < 4) {
            e.length = fuzz_take(&model->in, 1) % 8;
        } else if (form == 4) {
            e.length = G_N_ELEMENTS(offsets);
            e.offsets = memset(offsets, 0, sizeof(offsets));
            offsets[fuzz_take(&model->in, 1) % 4] = fuzz_take(&model->in, 1);
            offsets[fuzz_take(&model->in, 1) % 4] = fuzz_take(&model->in, 2);
        }
        if (e.kind == REGDB_STRIPE) {
            /* without end in each other, short ones would take too long */
            e.stride *= 8;
            e.name = form % 2 ? NULL : e.name;
        }
        if (e.kind != REGDB_REGISTER) {
            e.bits = 0;
            e.type = NULL;
        }
        model->n++;
        added = regdb_build_element(model->build, model->domain, parent, &e);
        fuzz_check(added, "%s", regdb_build_error(model->build));
        if (e.kind != REGDB_REGISTER) {
            make_elements(model, added, depth + 1);
        }
    }
}

/* --- all elements, one after the other ---------------------------------- */

/**
 * struct Naive: a lookup
 * @model: the model
 * @access: the access
 * @width: width in bytes that is asked for, or 0
 * @steps: elements so far, each with its index
 * @n: number of them
 * @score: of the best one so far
 * @name: its name
 * @element: it
 * @rest: units from its begin to the address
 */
typedef struct Naive {
    const Model *model;
    unsigned access;
    unsigned width;
    struct {
        const RegDbElement *element;
        uint64_t index;
    } steps[REGDB_DEPTH_MAX];
    unsigned n;
    unsigned score;
    GString *name;
    const RegDbElement *element;
    uint64_t rest;
} Naive;

static bool holds(const Model *model, const RegDbCondition *when)
{
    for (; when; when = when->next) {
        uint32_t variant = model->variants[when->varset->number];

        if (variant < when->varset->n && !(when->bits[0] >> variant & 1)) {
            return false;
        }
    }
    return true;
}

static void put_index(GString *name, uint64_t index)
{
    g_string_append_printf(name, index ? "[0x%" PRIx64 "]" : "[0]", index);
}

static void take(Naive *naive, unsigned score, uint64_t rest)
{
    GString *pending = g_string_new(NULL);
    unsigned i;

    naive->score = score;
    naive->element = naive->steps[naive->n - 1].element;
    naive->rest = rest;
    g_string_truncate(naive->name, 0);
    for (i = 0; i < naive->n; i++) {
        const RegDbElement *e = naive->steps[i].element;

        if (e->name) {
            g_string_append_printf(naive->name, "%s%s%s",
                                   naive->name->len ? "." : "", e->name,
                                   pending->str);
            g_string_truncate(pending, 0);
        }
        if (e->length != 1) {
            put_index(e->name ? naive->name : pending, naive->steps[i].index);
        }
    }
    if (naive->element->kind == REGDB_ARRAY) {
        g_string_append_printf(naive->name, rest ? "+0x%" PRIx64 : "+0", rest);
    }
    g_string_free(pending, TRUE);
}

static bool naive_in(Naive *naive, RegDbElement *const *elements, uint32_t n,
                     uint64_t address);

/* The address is in this repetition.  Return: is the lookup over? */
static bool naive_here(Naive *naive, const RegDbElement *e, uint64_t index,
                       uint64_t rest)
{
    bool over = true;
    unsigned score;

    naive->steps[naive->n].element = e;
    naive->steps[naive->n++].index = index;
    switch (e->kind) {
    case REGDB_REGISTER:
        score = 1;
        score += naive->access == REGDB_READ_WRITE ||
                 (e->access & naive->access) ? 2 : 0;
        score += !naive->width || (e->bits == 8 * naive->width && !rest);
        if (score > naive->score) {
            take(naive, score, rest);
        }
        over = naive->score == 4;
        break;
    case REGDB_ARRAY:
        if (!naive_in(naive, e->children, e->n_children, rest) &&
            !naive->score) {
            take(naive, 1, rest);
        }
        break;
    case REGDB_STRIPE:
        over = naive_in(naive, e->children, e->n_children, rest);
        break;
    }
    naive->n--;
    return over;
}

static bool naive_one(Naive *naive, const RegDbElement *e, uint64_t address)
{
    unsigned unit = naive->model->domain->unit;
    uint64_t i, last = e->length ? e->length - 1 : UINT64_MAX;
    uint64_t extent = e->kind == REGDB_REGISTER ? MAX(e->bits / unit, 1) :
                      e->kind == REGDB_ARRAY ? e->stride : UINT64_MAX;

    for (i = 0; i <= last && (e->offsets || i <= address); i++) {
        uint64_t begin = e->offsets ? e->offsets[i] :
                         e->offset + i * e->stride;
        bool next = !e->offsets && e->kind != REGDB_STRIPE && i < last &&
                    address >= begin + e->stride;

        /* of registers that overlap, the last one counts */
        if (!next && address >= begin && address - begin < extent) {
            if (naive_here(naive, e, i, address - begin)) {
                return true;
            }
            if (e->kind == REGDB_REGISTER) {
                return false;
            }
        }
    }
    return false;
}

static bool naive_in(Naive *naive, RegDbElement *const *elements, uint32_t n,
                     uint64_t address)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        if (holds(naive->model, elements[i]->when) &&
            naive_one(naive, elements[i], address)) {
            return true;
        }
    }
    return false;
}

/* --- comparison --------------------------------------------------------- */

static void check_text(const GString *text)
{
    const char *p;

    fuzz_check(g_utf8_validate(text->str, text->len, NULL), "not UTF-8");
    for (p = text->str; *p; p = g_utf8_next_char(p)) {
        fuzz_check(mmt_char_is_printable(g_utf8_get_char(p)),
                   "not printable: %s", text->str);
    }
}

/* A register that was found by its address */
typedef struct Sought {
    const RegDbRegister *reg;
    bool found;
} Sought;

static bool is_sought(const RegDbMatch *match, void *opaque)
{
    Sought *sought = opaque;

    sought->found |= match->offset == sought->reg->offset &&
                     match->element->bits == sought->reg->bits;
    return true;
}

static void check_name(RegDbView *view, const RegDbRegister *reg)
{
    Sought sought = { .reg = reg };

    regdb_view_each(view, reg->name, is_sought, &sought);
    fuzz_check(sought.found, "%s at 0x%" PRIx64 " is not found by its name",
               reg->name, reg->offset);
    fuzz_check(regdb_name_matches(reg->name, reg->name), "%s", reg->name);
    fuzz_check(regdb_name_matches("*", reg->name), "%s", reg->name);
}

static const RegDbRegister *check_find(const Model *model, RegDbView *view,
                                       uint64_t offset, unsigned access)
{
    const RegDbRegister *reg = regdb_view_find(view, offset, access);
    unsigned bytes = model->domain->unit / 8;
    Naive naive = { .model = model, .access = access,
                    .name = g_string_new(NULL) };

    naive_in(&naive, model->domain->elements, model->domain->n_elements,
             offset / bytes);
    fuzz_check(!reg == !naive.score, "0x%" PRIx64 ": %s, but %s", offset,
               reg ? reg->name : "-", naive.name->str);
    if (reg) {
        fuzz_check(!strcmp(reg->name, naive.name->str) &&
                   reg->name_len == naive.name->len,
                   "0x%" PRIx64 ": %s, but %s", offset, reg->name,
                   naive.name->str);
        fuzz_check(reg->bits == naive.element->bits, "%s", reg->name);
        fuzz_check(reg->offset == bytes *
                   (offset / bytes - (reg->bits ? naive.rest : 0)), "%s",
                   reg->name);
    }
    g_string_free(naive.name, TRUE);
    return reg;
}

static void check_parts(Model *model, RegDbView *view, uint64_t offset,
                        unsigned access)
{
    unsigned width = 1 + fuzz_take(&model->in, 1) % 8;
    uint64_t value = fuzz_take(&model->in, 8), before;
    g_autoptr(GString) text = g_string_new(NULL);
    RegDbPart parts[REGDB_PARTS_MAX];
    unsigned i, at = 0, n = regdb_view_parts(view, offset, width, access,
                                             parts);

    before = value ^ fuzz_take(&model->in, 8);
    fuzz_check(n && n <= width, "%u", n);
    for (i = 0; i < n; i++) {
        const RegDbRegister *reg = parts[i].reg;

        fuzz_check(parts[i].shift == at && parts[i].bits, "%u", at);
        at += parts[i].bits;
        if (reg && reg->bits) {
            fuzz_check(parts[i].low + parts[i].bits <= reg->bits, "%s",
                       reg->name);
            fuzz_check(reg->offset + parts[i].low / 8 == offset +
                       parts[i].shift / 8, "%s", reg->name);
        }
        regdb_put_part(view, &parts[i], value, &regdb_no_colors, text);
        if (reg) {
            gsize len = text->len;

            fuzz_check(regdb_put_change(view, reg->type, MAX(reg->bits, 8),
                                        before, value,
                                        fuzz_take(&model->in, 8),
                                        &regdb_no_colors, text) ==
                       (text->len > len), "%s", text->str + len);
        }
    }
    fuzz_check(at == 8 * width, "%u bits of %u bytes", at, width);
    check_text(text);
}

/* The first value that exists on the chip */
static const char *naive_value(const Model *model, const RegDbType *type,
                               uint64_t value)
{
    uint32_t i;

    value = (value << type->shr) + type->add;
    for (i = 0; i < type->n_values; i++) {
        if (type->values[i].known && type->values[i].value == value &&
            holds(model, type->values[i].when)) {
            return type->values[i].name;
        }
    }
    return NULL;
}

static void check_values(const Model *model, const RegDbView *view)
{
    unsigned i;
    uint64_t value;

    for (i = 0; i < model->n_types; i++) {
        if (model->types[i]->kind != REGDB_ENUM) {
            continue;
        }
        for (value = 0; value < 90; value++) {
            fuzz_check(!g_strcmp0(regdb_value_name(view, model->types[i],
                                                   value),
                                  naive_value(model, model->types[i], value)),
                       "value %" PRIu64, value);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Model model = { .in = { data, size } };
    g_autoptr(RegDb) db = NULL;
    g_autoptr(RegDbView) view = NULL;
    unsigned i, n;

    model.build = regdb_build_new("fuzz", "fuzz");
    model.domain = regdb_build_domain(model.build, "D",
                                      8u << fuzz_take(&model.in, 1) % 4, NULL);
    model.types[model.n_types++] = regdb_build_type(model.build, REGDB_HEX);
    make_conditions(&model);
    n = fuzz_take(&model.in, 1) % (TYPES_MAX - 1);
    for (i = 0; i < n; i++) {
        make_type(&model);
    }
    make_elements(&model, NULL, 0);
    db = regdb_build_end(model.build);
    view = regdb_view_new(db, model.domain, model.variants);
    for (i = 0; i < LOOKUPS_MAX && (!i || model.in.left); i++) {
        uint64_t offset = fuzz_take(&model.in, 2) % SPACE;
        unsigned access = 1 + fuzz_take(&model.in, 1) % 3;
        const RegDbRegister *reg = check_find(&model, view, offset, access);

        if (reg && reg->bits) {
            check_name(view, reg);
        }
        check_parts(&model, view, offset, access);
    }
    check_values(&model, view);
    return 0;
}
