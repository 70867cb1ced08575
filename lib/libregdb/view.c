/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: registers of one domain on one chip (see view.h)
 *
 * A lookup walks the tree of elements.  What it finds is kept twice: a table of
 * registers, whose names are made once, and a cache from addresses to them.
 */
#include "libregdb/view.h"

#include <inttypes.h>
#include <string.h>

#include "libregdb/build.h"
#include "libregdb/hash.h"
#include "libregdb/view-internal.h"
#include "libregdb/view-list.h"
#include "libregdb/view-values.h"

/*
 * Registers with names of their own, and bytes of these; further ones share a
 * name per element
 */
#define REGISTERS_MAX (1u << 20)
#define NAMES_MAX (128u << 20)

/* Addresses that are kept: a power of two */
#define CACHE_MAX (1u << 21)
#define CACHE_MIN (1u << 10)

/* Elements that one lookup tries: more are no database but an attack */
#define STEPS_MAX (1u << 16)

/* Values of an enum without an index */
#define VALUES_MIN 32

/* Bytes of the name of a register */
#define FULL_NAME_MAX 1024

/**
 * struct Step: an element on the way to a register
 * @element: the element
 * @index: which of its repetitions
 */
typedef struct Step {
    const RegDbElement *element;
    uint64_t index;
} Step;

/**
 * struct Path: the way to a register
 * @steps: from the domain down
 * @n: number of steps
 * @rest: units from the last step's first one to the address
 */
typedef struct Path {
    Step steps[REGDB_DEPTH_MAX + 1];
    unsigned n;
    uint64_t rest;
} Path;

/**
 * struct Search: a lookup
 * @path: the way to where it is
 * @best: the best register so far
 * @score: of @best, from 1 up; 0: none
 * @width: bytes that the register should have; 0: any
 * @access: RegDbAccess that it should have
 * @steps: elements that were tried
 */
typedef struct Search {
    Path path;
    Path best;
    unsigned score;
    unsigned width;
    unsigned access;
    unsigned steps;
} Search;

/* Scores: it exists; it has the access; it has the width */
#define SCORE_FOUND  1
#define SCORE_ACCESS 2
#define SCORE_WIDTH  1
#define SCORE_ALL    (SCORE_FOUND + SCORE_ACCESS + SCORE_WIDTH)

/**
 * struct Cached: what is at an address
 * @key: the address, the access and the width; 0: nothing
 * @reg: the register, or NULL
 */
typedef struct Cached {
    uint64_t key;
    const RegDbRegister *reg;
} Cached;

struct RegDbView {
    const RegDb *db;
    const RegDbDomain *domain;
    uint32_t *variants;
    const RegDbVarset *undecided;
    RegDbList *list;
    GHashTable *registers;
    GHashTable *values;
    GStringChunk *names;
    size_t names_len;
    uint32_t n_registers;
    Cached *cache;
    uint64_t multiplier;
    uint32_t cache_size;
    uint32_t n_cached;
};

/* A register of the table; the key is the element and where it is. */
typedef struct Found {
    RegDbRegister reg;
    const RegDbElement *element;
} Found;

static guint found_hash(gconstpointer p)
{
    const Found *found = p;

    const uint64_t key[] = { (uintptr_t)found->element, found->reg.offset };

    return regdb_hash_bytes(key, sizeof(key));
}

static gboolean found_equal(gconstpointer a, gconstpointer b)
{
    const Found *x = a, *y = b;

    return x->element == y->element && x->reg.offset == y->reg.offset &&
           x->reg.bits == y->reg.bits;
}

RegDbView *regdb_view_new(const RegDb *db, const RegDbDomain *domain,
                          const uint32_t *variants)
{
    RegDbView *view = g_new0(RegDbView, 1);
    uint32_t i;

    view->db = db;
    view->domain = domain;
    view->variants = g_new(uint32_t, db->n_varsets + 1);
    for (i = 0; i < db->n_varsets; i++) {
        view->variants[i] = variants && variants[i] < db->varsets[i]->n ?
                            variants[i] : REGDB_ANY_VARIANT;
    }
    /* a chip that lacks the domain has nothing in it */
    view->list = regdb_list_new(view, domain->elements,
                                regdb_view_holds_quietly(view, domain->when) ?
                                domain->n_elements : 0, domain->unit);
    view->registers = g_hash_table_new_full(found_hash, found_equal, g_free,
                                            NULL);
    view->values = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    view->names = g_string_chunk_new(16 << 10);
    view->multiplier = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    view->cache_size = CACHE_MIN;
    view->cache = g_new0(Cached, CACHE_MIN);
    return view;
}

void regdb_view_free(RegDbView *view)
{
    if (view) {
        regdb_list_free(view->list);
        g_hash_table_unref(view->registers);
        g_hash_table_unref(view->values);
        g_string_chunk_free(view->names);
        g_free(view->variants);
        g_free(view->cache);
        g_free(view);
    }
}

const RegDbDomain *regdb_view_domain(const RegDbView *view)
{
    return view->domain;
}

uint32_t regdb_view_variant(const RegDbView *view, const RegDbVarset *varset)
{
    return view->variants[varset->number];
}

const RegDbVarset *regdb_view_undecided(const RegDbView *view)
{
    return view->undecided;
}

bool regdb_view_holds_quietly(const RegDbView *view,
                              const RegDbCondition *when)
{
    for (; when; when = when->next) {
        uint32_t variant = view->variants[when->varset->number];

        if (variant != REGDB_ANY_VARIANT &&
            !(when->bits[variant / 64] >> variant % 64 & 1)) {
            return false;
        }
    }
    return true;
}

static void view_note_undecided(RegDbView *view, const RegDbCondition *when)
{
    for (; when && !view->undecided; when = when->next) {
        if (view->variants[when->varset->number] == REGDB_ANY_VARIANT) {
            view->undecided = when->varset;
        }
    }
}

bool regdb_view_holds(const RegDbView *view, const RegDbCondition *when)
{
    bool holds = regdb_view_holds_quietly(view, when);

    if (holds && when) {
        /* what was printed depends on it: no part of the view's contents */
        view_note_undecided((RegDbView *)view, when);
    }
    return holds;
}

static const RegDbValue *view_few(const RegDbView *view,
                                  const RegDbType *type, uint64_t value)
{
    uint32_t i;

    for (i = 0; i < type->n_values; i++) {
        const RegDbValue *v = &type->values[i];

        if (v->known && v->value == value &&
            regdb_view_holds_quietly(view, v->when)) {
            return v;
        }
    }
    return NULL;
}

const RegDbValue *regdb_view_value(const RegDbView *view,
                                   const RegDbType *type, uint64_t value)
{
    RegDbValues *values;
    const RegDbValue *found;

    if (type->n_values < VALUES_MIN) {
        found = view_few(view, type, value);
    } else {
        values = g_hash_table_lookup(view->values, type);
        if (!values) {
            values = regdb_values_new(view, type);
            g_hash_table_insert(view->values, (void *)type, values);
        }
        found = regdb_values_find(values, type, value);
    }
    if (found) {
        regdb_view_holds(view, found->when);
    }
    return found;
}

/* Is this one better than the best so far?  Return: is there nothing better? */
static bool view_rate(Search *search, const RegDbElement *element)
{
    unsigned score = SCORE_FOUND;

    if ((element->access & search->access) == search->access ||
        search->access == REGDB_READ_WRITE) {
        score += SCORE_ACCESS;
    }
    if (!search->width ||
        (element->bits == 8 * search->width && !search->path.rest)) {
        score += SCORE_WIDTH;
    }
    if (score > search->score) {
        search->score = score;
        search->best = search->path;
    }
    return search->score == SCORE_ALL;
}

static bool view_search(RegDbView *view, Search *search, const RegDbList *list,
                        uint64_t address);

/* Which of a repetition with a list of offsets is it? */
static bool view_offset(Search *search, const RegDbElement *element,
                        uint64_t address, uint64_t extent, uint64_t *index,
                        uint64_t *rest)
{
    uint64_t i;

    for (i = 0; i < element->length && search->steps < STEPS_MAX; i++) {
        search->steps++;
        if (address >= element->offsets[i] &&
            address - element->offsets[i] < extent) {
            *index = i;
            *rest = address - element->offsets[i];
            return true;
        }
    }
    return false;
}

/* Of registers that are wider than their stride, the last one counts. */
static bool view_index(Search *search, const RegDbElement *element,
                       uint64_t address, uint64_t extent, uint64_t *index,
                       uint64_t *rest)
{
    uint64_t offset = address - element->offset;

    if (element->offsets) {
        return view_offset(search, element, address, extent, index, rest);
    }
    if (address < element->offset) {
        return false;
    }
    *index = element->stride ? offset / element->stride : 0;
    if (element->length) {
        *index = MIN(*index, element->length - 1);
    }
    *rest = offset - *index * element->stride;
    return *rest < extent;
}

static bool view_try_register(RegDbView *view, Search *search,
                              RegDbListItem *item, uint64_t address)
{
    const RegDbElement *element = item->element;
    Step *step = &search->path.steps[search->path.n];

    if (!view_index(search, element, address,
                    regdb_list_units(element, view->domain->unit),
                    &step->index, &search->path.rest)) {
        return false;
    }
    step->element = element;
    search->path.n++;
    if (view_rate(search, element)) {
        return true;
    }
    search->path.n--;
    return false;
}

/* An array takes what is in its range, whether a register is there or not. */
static bool view_try_array(RegDbView *view, Search *search,
                           RegDbListItem *item, uint64_t address)
{
    const RegDbElement *element = item->element;
    Step *step = &search->path.steps[search->path.n];
    uint64_t rest;

    if (!view_index(search, element, address,
                    element->stride ?: REGDB_LIST_NO_END, &step->index,
                    &rest)) {
        return false;
    }
    step->element = element;
    search->path.n++;
    if (!item->list) {
        item->list = regdb_list_new(view, element->children,
                                    element->n_children, view->domain->unit);
    }
    if (view_search(view, search, item->list, rest)) {
        return true;
    }
    if (!search->score) {
        search->path.rest = rest;
        search->best = search->path;
        search->score = SCORE_FOUND;
    }
    return true;
}

static bool view_try_repetition(RegDbView *view, Search *search,
                                RegDbListItem *item, uint64_t index,
                                uint64_t rest)
{
    Step *step = &search->path.steps[search->path.n];

    step->element = item->element;
    step->index = index;
    search->path.n++;
    if (view_search(view, search, item->list, rest)) {
        return true;
    }
    search->path.n--;
    return false;
}

static bool view_try_stripe(RegDbView *view, Search *search,
                            RegDbListItem *item, uint64_t address)
{
    const RegDbElement *element = item->element;
    uint64_t i, last = element->length ? element->length - 1 : UINT64_MAX;
    uint64_t rest = address - element->offset, first = 0;

    if (element->offsets) {
        for (i = 0; i <= last && search->steps < STEPS_MAX; i++) {
            search->steps++;
            if (address >= element->offsets[i] &&
                view_try_repetition(view, search, item, i,
                                    address - element->offsets[i])) {
                return true;
            }
        }
        return false;
    }
    if (address < element->offset || rest < item->list->first) {
        return false;
    }
    if (element->stride) {
        last = MIN(last, (rest - item->list->first) / element->stride);
        first = rest >= item->list->end ?
                (rest - item->list->end) / element->stride + 1 : 0;
    } else {
        last = 0;
    }
    for (i = first; i <= last && search->steps < STEPS_MAX; i++) {
        search->steps++;
        if (view_try_repetition(view, search, item, i,
                                rest - i * element->stride)) {
            return true;
        }
    }
    return false;
}

/* Return: is the search over? */
static bool view_search(RegDbView *view, Search *search, const RegDbList *list,
                        uint64_t address)
{
    static bool (*const try[])(RegDbView *, Search *, RegDbListItem *,
                               uint64_t) = {
        [REGDB_REGISTER] = view_try_register,
        [REGDB_ARRAY] = view_try_array,
        [REGDB_STRIPE] = view_try_stripe,
    };
    uint32_t i, n;
    const uint32_t *candidates = regdb_list_at(list, address, &n);

    for (i = 0; i < n; i++) {
        RegDbListItem *item = &list->items[candidates[i]];

        if (search->steps++ >= STEPS_MAX) {
            return true;
        }
        if (address >= item->first && address < item->end &&
            try[item->element->kind](view, search, item, address)) {
            return true;
        }
    }
    return false;
}

static void view_put_index(GString *name, uint64_t index, bool shared)
{
    if (shared) {
        g_string_append(name, "[*]");
    } else {
        g_string_append_printf(name, index ? "[0x%" PRIx64 "]" : "[%" PRIu64 "]",
                               index);
    }
}

/* Indices of groups without a name go to the next element that has one. */
static void view_put_name(const Path *path, bool shared, GString *name)
{
    uint64_t pending[REGDB_DEPTH_MAX + 1];
    unsigned i, j, n = 0;

    for (i = 0; i < path->n; i++) {
        const Step *step = &path->steps[i];

        if (!step->element->name) {
            if (step->element->length != 1) {
                pending[n++] = step->index;
            }
            continue;
        }
        g_string_append_printf(name, "%s%s", name->len ? "." : "",
                               step->element->name);
        for (j = 0; j < n; j++) {
            view_put_index(name, pending[j], shared);
        }
        n = 0;
        if (step->element->length != 1) {
            view_put_index(name, step->index, shared);
        }
    }
    if (path->steps[path->n - 1].element->kind == REGDB_ARRAY) {
        if (shared) {
            g_string_append(name, "+*");
        } else {
            g_string_append_printf(name, path->rest ? "+0x%" PRIx64 :
                                   "+%" PRIu64, path->rest);
        }
    }
    if (name->len > FULL_NAME_MAX) {
        g_string_truncate(name, FULL_NAME_MAX);
    }
}

static const RegDbRegister *view_new_register(RegDbView *view,
                                              const Path *path, Found *key,
                                              bool shared)
{
    g_autoptr(GString) name = g_string_new(NULL);
    const RegDbElement *element = key->element;
    Found *found = g_memdup2(key, sizeof(*key));
    unsigned i;

    view_put_name(path, shared, name);
    found->reg.name = g_string_chunk_insert_len(view->names, name->str,
                                                name->len);
    found->reg.name_len = name->len;
    view->names_len += name->len;
    found->reg.number = view->n_registers++;
    found->reg.access = element->kind == REGDB_REGISTER ? element->access :
                        REGDB_READ_WRITE;
    found->reg.type = element->type;
    found->reg.brief = element->brief;
    g_hash_table_add(view->registers, found);
    for (i = 0; i < path->n; i++) {
        view_note_undecided(view, path->steps[i].element->when);
    }
    return &found->reg;
}

/* The register at the end of a path; @address is the domain's, in units. */
static const RegDbRegister *view_register(RegDbView *view, const Path *path,
                                          uint64_t address)
{
    const RegDbElement *element = path->steps[path->n - 1].element;
    bool is_array = element->kind == REGDB_ARRAY;
    Found key = {
        .element = element,
        .reg.bits = is_array ? 0 : element->bits,
        .reg.offset = (address - (is_array ? 0 : path->rest)) *
                      (view->domain->unit / 8),
    };
    Found *found = g_hash_table_lookup(view->registers, &key);

    if (found) {
        return &found->reg;
    }
    if (view->n_registers < REGISTERS_MAX && view->names_len < NAMES_MAX) {
        return view_new_register(view, path, &key, false);
    }
    /* one for all that are like it: its rest of a unit is kept */
    key.reg.offset = UINT64_MAX / 16 * 8;
    found = g_hash_table_lookup(view->registers, &key);
    return found ? &found->reg : view_new_register(view, path, &key, true);
}

static const RegDbRegister *view_lookup(RegDbView *view, uint64_t offset,
                                        unsigned width, unsigned access)
{
    Search search = { .width = width, .access = access };
    uint64_t address = offset / (view->domain->unit / 8);

    view_search(view, &search, view->list, address);
    return search.score ? view_register(view, &search.best, address) : NULL;
}

/*
 * The addresses are the guest's: with a multiplier that it can't foresee, and
 * the highest bits of the product, few of them meet (Dietzfelbinger's hash).
 */
static Cached *view_slot(const RegDbView *view, uint64_t key)
{
    uint32_t mask = view->cache_size - 1;
    uint32_t i = key * view->multiplier >>
                 (64 - __builtin_ctz(view->cache_size));

    while (view->cache[i].key && view->cache[i].key != key) {
        i = (i + 1) & mask;
    }
    return &view->cache[i];
}

static void view_make_room(RegDbView *view)
{
    Cached *old = view->cache;
    uint32_t i, size = view->cache_size;

    if (view->n_cached < size / 2) {
        return;
    }
    view->n_cached = 0;
    if (size < CACHE_MAX) {
        view->cache_size = 2 * size;
        view->cache = g_new0(Cached, 2 * size);
        for (i = 0; i < size; i++) {
            if (old[i].key) {
                *view_slot(view, old[i].key) = old[i];
                view->n_cached++;
            }
        }
        g_free(old);
    } else {
        memset(old, 0, size * sizeof(Cached));
    }
}

/* @width: 0 to 8, or 15 for more */
static const RegDbRegister *view_get(RegDbView *view, uint64_t offset,
                                     unsigned width, unsigned access)
{
    uint64_t key = offset << 6 | width << 2 | access;
    Cached *slot = view_slot(view, key);

    if (!slot->key) {
        view_make_room(view);
        slot = view_slot(view, key);
        slot->reg = view_lookup(view, offset, width, access);
        slot->key = key;
        view->n_cached++;
    }
    return slot->reg;
}

/* Units of a domain are at most 8 bytes */
static bool view_in_domain(uint64_t offset)
{
    return offset < REGDB_ADDRESS_MAX * 8;
}

const RegDbRegister *regdb_view_find(RegDbView *view, uint64_t offset,
                                     unsigned access)
{
    access &= REGDB_READ_WRITE;
    return view_in_domain(offset) ?
           view_get(view, offset, 0, access ?: REGDB_READ_WRITE) : NULL;
}

static const RegDbRegister *view_get_at(RegDbView *view, uint64_t offset,
                                        unsigned width, unsigned access)
{
    return view_in_domain(offset) ? view_get(view, offset, width, access) :
           NULL;
}

/* Bytes that the register has from an offset on, at most @room */
static unsigned view_reach(const RegDbRegister *reg, uint64_t offset,
                           unsigned room, uint8_t *low)
{
    uint64_t rest = offset - reg->offset;

    if (rest >= reg->bits / 8u) {
        /* the shared one: see view_register() */
        rest = 0;
    }
    *low = 8 * rest;
    return MIN(room, reg->bits / 8u - rest);
}

unsigned regdb_view_parts(RegDbView *view, uint64_t offset, unsigned width,
                          unsigned access, RegDbPart *parts)
{
    unsigned at = 0, n = 0, bytes;

    access &= REGDB_READ_WRITE;
    access = access ?: REGDB_READ_WRITE;
    width = CLAMP(width, 1, 8);
    while (at < width) {
        const RegDbRegister *reg = view_get_at(view, offset + at, width - at,
                                               access);
        RegDbPart *part = &parts[n];

        *part = (RegDbPart) { .reg = reg, .shift = 8 * at };
        if (reg && reg->bits) {
            bytes = view_reach(reg, offset + at, width - at, &part->low);
            part->bits = 8 * bytes;
            n++;
        } else if (n && !(parts[n - 1].reg && parts[n - 1].reg->bits)) {
            /* further bytes of what has no register */
            bytes = 1;
            parts[n - 1].bits += 8;
        } else {
            bytes = 1;
            part->bits = 8;
            n++;
        }
        at += bytes;
    }
    return n;
}
