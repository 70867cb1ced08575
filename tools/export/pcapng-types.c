/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: definitions of types (see pcapng-types.h)
 *
 *      number      32 bits, from 1 up
 *      kind        8 bits, PcapngType
 *      shift       8 bits; the value is shifted left by so many bits,
 *      add         64 bits; then this is added
 *      radix       8 bits: of fixed point, bits of the fraction
 *      indirect    8 bits: 1 if it is a type of another name
 *      count       16 bits: values of an enum: 64 bits, a name;
 *                  fields of a bitset: lowest bit and highest bit in 8 bits
 *                  each, number of the type in 32 bits, a name
 *
 * A name is a byte with its length and as many bytes.
 */
#include "tools/export/pcapng-types.h"

#include "tools/export/pcapng-record.h"

/* Types that are named by others, and bitsets with bitsets as fields */
#define DEPTH_MAX 8

/* Of one type: a packet must have room for it. */
#define VALUES_MAX 900
#define FIELDS_MAX 256

static const uint8_t kinds[] = {
    [REGDB_HEX] = PCAPNG_TYPE_HEX,
    [REGDB_UINT] = PCAPNG_TYPE_UINT,
    [REGDB_INT] = PCAPNG_TYPE_INT,
    [REGDB_BOOLEAN] = PCAPNG_TYPE_BOOLEAN,
    [REGDB_FLOAT] = PCAPNG_TYPE_FLOAT,
    [REGDB_FIXED] = PCAPNG_TYPE_FIXED,
    [REGDB_UFIXED] = PCAPNG_TYPE_UFIXED,
    [REGDB_ENUM] = PCAPNG_TYPE_ENUM,
    [REGDB_BITSET] = PCAPNG_TYPE_BITSET,
};

/**
 * struct TypeKey: a type on a chip
 * @view: the view
 * @type: the type
 * @number: its number
 */
typedef struct TypeKey {
    const RegDbView *view;
    const RegDbType *type;
    uint32_t number;
} TypeKey;

/**
 * struct PcapngTypes: the state
 * @items: where definitions go
 * @known: TypeKey's, as a set
 * @n: types that were defined
 */
struct PcapngTypes {
    GByteArray *items;
    GHashTable *known;
    uint32_t n;
};

/**
 * struct Resolved: a type, with the names of types resolved
 * @type: the type
 * @shift: as RegDbType.shr, of all together
 * @add: as RegDbType.add, of all together
 * @indirect: it has another name
 */
typedef struct Resolved {
    const RegDbType *type;
    unsigned shift;
    uint64_t add;
    bool indirect;
} Resolved;

static guint key_hash(gconstpointer p)
{
    const TypeKey *key = p;

    return g_direct_hash(key->view) * 31 ^ g_direct_hash(key->type);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const TypeKey *one = a, *other = b;

    return one->view == other->view && one->type == other->type;
}

PcapngTypes *pcapng_types_new(GByteArray *items)
{
    PcapngTypes *types = g_new0(PcapngTypes, 1);

    types->items = items;
    types->known = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
    return types;
}

void pcapng_types_free(PcapngTypes *types)
{
    if (types) {
        g_hash_table_unref(types->known);
        g_free(types);
    }
}

void pcapng_types_forget(PcapngTypes *types)
{
    g_hash_table_remove_all(types->known);
}

/* As libregdb's values: ((v << s1) + a1 << s2) + a2 */
static Resolved resolve(const RegDbType *type)
{
    Resolved r = { 0 };
    unsigned depth;

    for (depth = 0; type && depth < DEPTH_MAX; depth++) {
        r.shift += type->shr;
        r.add = (r.add << type->shr) + type->add;
        if (type->kind != REGDB_NAMED) {
            r.type = r.shift < 64 ? type : NULL;
            return r;
        }
        r.indirect = true;
        type = type->base;
    }
    return (Resolved) { 0 };
}

static uint32_t number_of(PcapngTypes *types, const RegDbView *view,
                          const RegDbType *type, unsigned depth);

static void put_values(const RegDbView *view, const RegDbType *type,
                       GByteArray *item, uint16_t *n)
{
    uint32_t i;

    for (i = 0; i < type->n_values && *n < VALUES_MAX; i++) {
        const RegDbValue *value = &type->values[i];

        if (value->known && regdb_view_holds(view, value->when)) {
            pcapng_put64(item, value->value);
            pcapng_put_name(item, value->name);
            ++*n;
        }
    }
}

static void put_fields(PcapngTypes *types, const RegDbView *view,
                       const RegDbType *type, unsigned depth,
                       GByteArray *item, uint16_t *n)
{
    uint32_t i;

    for (i = 0; i < type->n_fields && *n < FIELDS_MAX; i++) {
        const RegDbField *field = &type->fields[i];

        if (regdb_view_holds(view, field->when)) {
            pcapng_put8(item, field->low);
            pcapng_put8(item, field->high);
            pcapng_put32(item, number_of(types, view, field->type, depth + 1));
            pcapng_put_name(item, field->name);
            ++*n;
        }
    }
}

/* The types of its fields are defined before it. */
static void define(PcapngTypes *types, const RegDbView *view,
                   const Resolved *r, uint32_t number, unsigned depth)
{
    g_autoptr(GByteArray) list = g_byte_array_new();
    g_autoptr(GByteArray) item = g_byte_array_new();
    uint16_t n = 0;

    if (r->type->kind == REGDB_ENUM) {
        put_values(view, r->type, list, &n);
    } else if (r->type->kind == REGDB_BITSET) {
        put_fields(types, view, r->type, depth, list, &n);
    }
    pcapng_put32(item, number);
    pcapng_put8(item, kinds[r->type->kind]);
    pcapng_put8(item, r->shift);
    pcapng_put64(item, r->add);
    pcapng_put8(item, r->type->radix);
    pcapng_put8(item, r->indirect);
    pcapng_put16(item, n);
    g_byte_array_append(item, list->data, list->len);
    pcapng_record_item(types->items, PCAPNG_ITEM_TYPE, item->data, item->len);
}

static bool is_plain(const Resolved *r)
{
    return !r->type || (r->type->kind == REGDB_HEX && !r->shift && !r->add);
}

static uint32_t number_of(PcapngTypes *types, const RegDbView *view,
                          const RegDbType *type, unsigned depth)
{
    const TypeKey key = { view, type, 0 };
    TypeKey *known = g_hash_table_lookup(types->known, &key);
    Resolved r;

    if (known) {
        return known->number;
    }
    r = resolve(type);
    if (depth >= DEPTH_MAX || is_plain(&r) || types->n >= PCAPNG_TYPES_MAX) {
        return 0;
    }
    known = g_memdup2(&key, sizeof(key));
    known->number = ++types->n;
    /* before its fields: one of a hostile database may have the same type */
    g_hash_table_add(types->known, known);
    define(types, view, &r, known->number, depth);
    return known->number;
}

uint32_t pcapng_types_number(PcapngTypes *types, const RegDbView *view,
                             const RegDbType *type)
{
    return type ? number_of(types, view, type, 0) : 0;
}
