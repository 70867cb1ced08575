/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: building a database (see build.h) */
#include "libregdb/build.h"

#include <string.h>

#include "libmmiotrace/printable.h"
#include "libregdb/hash.h"

#define CHUNK_BYTES (64u << 10)

/* Variants of a set: as many as an enum of chips may have, and more */
#define VARIANTS_MAX 4096

/*
 * The largest databases have some 200 domains, 10 sets, and 100 fields of a
 * register.  Programs compare domains and sets by name, one by one, have a view
 * of each domain, and print all fields of a value.
 */
#define DOMAINS_MAX 4096
#define VARSETS_MAX 256
#define FIELDS_MAX 1024

/**
 * struct Chunk: a piece of the database's memory
 * @next: the piece before
 * @used: bytes in use
 * @size: bytes
 * @data: the bytes
 */
typedef struct Chunk {
    struct Chunk *next;
    size_t used;
    size_t size;
    _Alignas(16) char data[];
} Chunk;

/**
 * struct RegDbBuild: a database and its memory
 * @db: the database; first
 * @chunks: its memory
 * @bytes: in all chunks
 * @items: what counts for REGDB_ITEMS_MAX
 * @error: which limit was reached
 * @strings: set of texts, while it is built
 * @domains: RegDbDomain by name, while it is built
 */
struct RegDbBuild {
    RegDb db;
    Chunk *chunks;
    size_t bytes;
    size_t items;
    const char *error;
    GHashTable *strings;
    GHashTable *domains;
};

/* Elements, domains and types with the room of their lists */
typedef struct BuildElement {
    RegDbElement element;
    uint32_t room;
    uint32_t depth;
} BuildElement;

typedef struct BuildDomain {
    RegDbDomain domain;
    uint32_t room;
} BuildDomain;

typedef struct BuildType {
    RegDbType type;
    uint32_t room;
} BuildType;

RegDbBuild *regdb_build_new(const char *path, const char *format)
{
    RegDbBuild *build = g_new0(RegDbBuild, 1);

    build->strings = g_hash_table_new(regdb_hash, g_str_equal);
    build->domains = g_hash_table_new(regdb_hash, g_str_equal);
    build->db.path = regdb_build_string(build, path, -1);
    build->db.format = format;
    return build;
}

const char *regdb_build_error(const RegDbBuild *build)
{
    return build->error;
}

static void *build_refuse(RegDbBuild *build, const char *error)
{
    if (!build->error) {
        build->error = error;
    }
    return NULL;
}

static void *build_alloc(RegDbBuild *build, size_t size)
{
    Chunk *chunk = build->chunks;
    void *p;

    size = (size + 15) & ~(size_t)15;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = MAX(size, CHUNK_BYTES);

        if (room > REGDB_MEMORY_MAX - MIN(build->bytes, REGDB_MEMORY_MAX)) {
            return build_refuse(build, "the database needs more than 1 GiB of memory");
        }
        chunk = g_malloc(sizeof(Chunk) + room);
        chunk->next = build->chunks;
        chunk->used = 0;
        chunk->size = room;
        build->chunks = chunk;
        build->bytes += room;
    }
    p = chunk->data + chunk->used;
    chunk->used += size;
    return memset(p, 0, size);
}

static void *build_item(RegDbBuild *build, size_t size)
{
    if (build->items >= REGDB_ITEMS_MAX) {
        return build_refuse(build,
                            "the database has more than 4 million registers, fields and values");
    }
    build->items++;
    return build_alloc(build, size);
}

/*
 * Append room for an item to a list.  The old list stays in the database's
 * memory; doubling keeps that below the list's size.
 */
static void *build_append(RegDbBuild *build, void *list, uint32_t n,
                          uint32_t *room, size_t size)
{
    void *grown = list;

    if (n == *room) {
        grown = build_alloc(build, (n ? 2 * (size_t)n : 4) * size);
        if (!grown) {
            return NULL;
        }
        if (n) {
            memcpy(grown, list, n * size);
        }
        *room = n ? 2 * n : 4;
    }
    return grown;
}

const char *regdb_build_string(RegDbBuild *build, const char *text,
                               ssize_t len)
{
    size_t size = len < 0 ? strlen(text) : (size_t)len;
    g_autofree char *clean = g_malloc(size + 1);
    char *copy;

    size = mmt_printable(text, size, clean, size) + 1;
    copy = g_hash_table_lookup(build->strings, clean);
    if (!copy) {
        copy = build_alloc(build, size);
        if (copy) {
            memcpy(copy, clean, size);
            g_hash_table_add(build->strings, copy);
        }
    }
    return copy;
}

/* A name or brief that may be missing.  Return: false at a limit */
static bool build_text(RegDbBuild *build, const char **text)
{
    if (!*text) {
        return true;
    }
    *text = regdb_build_string(build, *text, -1);
    return *text;
}

static bool build_name(RegDbBuild *build, const char **name)
{
    if (*name && strlen(*name) > REGDB_NAME_MAX) {
        return build_refuse(build, "a name is longer than 255 bytes");
    }
    return build_text(build, name);
}

RegDbDomain *regdb_build_domain(RegDbBuild *build, const char *name,
                                unsigned unit, bool *added)
{
    RegDbDomain *domain = g_hash_table_lookup(build->domains, name);
    RegDb *db = &build->db;
    uint32_t room;
    void *list;
    BuildDomain *new;

    if (added) {
        *added = !domain;
    }
    if (domain) {
        return domain;
    }
    if (unit != 8 && unit != 16 && unit != 32 && unit != 64) {
        return build_refuse(build, "the width of a domain is not 8, 16, 32 or 64");
    }
    if (db->n_domains >= DOMAINS_MAX) {
        return build_refuse(build, "the database has more than 4096 domains");
    }
    new = build_item(build, sizeof(BuildDomain));
    if (!new || !build_name(build, &name)) {
        return NULL;
    }
    /* as many as the list has room for: a power of two, from 4 up */
    room = db->n_domains & (db->n_domains - 1) ? UINT32_MAX :
           db->n_domains < 4 && db->n_domains ? 4 : db->n_domains;
    list = build_append(build, (void *)db->domains, db->n_domains, &room,
                        sizeof(void *));
    if (!list) {
        return NULL;
    }
    db->domains = list;
    ((RegDbDomain **)list)[db->n_domains++] = &new->domain;
    new->domain.name = name;
    new->domain.unit = unit;
    g_hash_table_insert(build->domains, (void *)name, &new->domain);
    return &new->domain;
}

/* Does an element's last unit lie below the limit? */
static bool build_reaches(const RegDbElement *element)
{
    uint64_t last = element->length ? element->length - 1 : 0;
    uint32_t i;

    if (element->offsets) {
        for (i = 0; i < element->length; i++) {
            if (element->offsets[i] >= REGDB_ADDRESS_MAX) {
                return false;
            }
        }
        return true;
    }
    return element->offset < REGDB_ADDRESS_MAX &&
           element->stride < REGDB_ADDRESS_MAX &&
           (!last || element->stride <=
            (REGDB_ADDRESS_MAX - 1 - element->offset) / last);
}

const char *regdb_build_wrong(const RegDbElement *element)
{
    if (element->name && strlen(element->name) > REGDB_NAME_MAX) {
        return "a name is longer than 255 bytes";
    }
    if (element->kind == REGDB_REGISTER &&
        (element->bits < 8 || element->bits > 64 || element->bits % 8)) {
        return "the width of a register is not 8, 16, ... 64 bits";
    }
    if (element->kind != REGDB_STRIPE && !element->name) {
        return "a register or an array has no name";
    }
    if (element->length > REGDB_LENGTH_MAX) {
        return "an element is repeated more than 16777216 times";
    }
    if (element->length != 1 && !element->stride && !element->offsets) {
        return "an element is repeated, but has no stride";
    }
    if (element->offsets && !element->length) {
        return "an element has offsets, but no length";
    }
    if (element->kind == REGDB_ARRAY && !element->stride &&
        !element->offsets) {
        return "an array has no stride";
    }
    if (!build_reaches(element)) {
        return "an element reaches beyond 2^48";
    }
    return NULL;
}

static bool build_offsets(RegDbBuild *build, RegDbElement *element)
{
    size_t size = element->length * sizeof(uint64_t);
    uint64_t *copy;

    if (element->offsets) {
        copy = build_alloc(build, size);
        if (!copy) {
            return false;
        }
        memcpy(copy, element->offsets, size);
        element->offsets = copy;
    }
    return true;
}

RegDbElement *regdb_build_element(RegDbBuild *build, RegDbDomain *domain,
                                  RegDbElement *parent,
                                  const RegDbElement *element)
{
    BuildElement *in = (BuildElement *)parent;
    const char *wrong = regdb_build_wrong(element);
    BuildElement *new;
    void *list;

    if (wrong) {
        return build_refuse(build, wrong);
    }
    if (in && in->depth + 1 >= REGDB_DEPTH_MAX) {
        return build_refuse(build, "groups are nested more than 16 deep");
    }
    new = build_item(build, sizeof(BuildElement));
    if (!new) {
        return NULL;
    }
    new->element = *element;
    new->element.children = NULL;
    new->element.n_children = 0;
    new->depth = in ? in->depth + 1 : 0;
    if (!build_name(build, &new->element.name) ||
        !build_text(build, &new->element.brief) ||
        !build_offsets(build, &new->element)) {
        return NULL;
    }
    if (in) {
        list = build_append(build, (void *)parent->children,
                            parent->n_children, &in->room, sizeof(void *));
        if (!list) {
            return NULL;
        }
        parent->children = list;
        ((RegDbElement **)list)[parent->n_children++] = &new->element;
    } else {
        list = build_append(build, (void *)domain->elements,
                            domain->n_elements,
                            &((BuildDomain *)domain)->room, sizeof(void *));
        if (!list) {
            return NULL;
        }
        domain->elements = list;
        ((RegDbElement **)list)[domain->n_elements++] = &new->element;
    }
    build->db.n_registers += element->kind == REGDB_REGISTER;
    return &new->element;
}

RegDbType *regdb_build_type(RegDbBuild *build, RegDbKind kind)
{
    BuildType *new = build_item(build, sizeof(BuildType));

    if (!new) {
        return NULL;
    }
    new->type.kind = kind;
    return &new->type;
}

/* Lists that are named: their room is the power of two that is not less. */
static bool build_list(RegDbBuild *build, const RegDbType *const **list,
                       uint32_t *n, const RegDbType *type)
{
    uint32_t room = *n & (*n - 1) ? UINT32_MAX : *n < 4 && *n ? 4 : *n;
    void *grown = build_append(build, (void *)*list, *n, &room,
                               sizeof(void *));

    if (!grown) {
        return false;
    }
    *list = grown;
    ((const RegDbType **)grown)[(*n)++] = type;
    return true;
}

bool regdb_build_name_type(RegDbBuild *build, RegDbType *type,
                           const char *name)
{
    RegDb *db = &build->db;

    type->name = name;
    if (!build_name(build, &type->name)) {
        return false;
    }
    return type->kind == REGDB_ENUM ?
           build_list(build, &db->enums, &db->n_enums, type) :
           type->kind == REGDB_BITSET ?
           build_list(build, &db->bitsets, &db->n_bitsets, type) : true;
}

RegDbField *regdb_build_field(RegDbBuild *build, RegDbType *type,
                              const RegDbField *field)
{
    BuildType *in = (BuildType *)type;
    RegDbField *list;
    RegDbField new = *field;

    if (field->high < field->low || field->high > 63) {
        return build_refuse(build,
                            "the bits of a field are not 0 to 63, or its highest one is below the lowest one");
    }
    if (type->n_fields >= FIELDS_MAX) {
        return build_refuse(build, "a bitset has more than 1024 fields");
    }
    if (build->items++ >= REGDB_ITEMS_MAX) {
        return build_refuse(build,
                            "the database has more than 4 million registers, fields and values");
    }
    if (!build_name(build, &new.name) || !build_text(build, &new.brief)) {
        return NULL;
    }
    list = build_append(build, (void *)type->fields, type->n_fields, &in->room,
                        sizeof(RegDbField));
    if (!list) {
        return NULL;
    }
    type->fields = list;
    list[type->n_fields] = new;
    return &list[type->n_fields++];
}

RegDbValue *regdb_build_value(RegDbBuild *build, RegDbType *type,
                              const RegDbValue *value)
{
    BuildType *in = (BuildType *)type;
    RegDbValue *list;
    RegDbValue new = *value;

    if (build->items++ >= REGDB_ITEMS_MAX) {
        return build_refuse(build,
                            "the database has more than 4 million registers, fields and values");
    }
    if (!build_name(build, &new.name) || !build_text(build, &new.brief)) {
        return NULL;
    }
    list = build_append(build, (void *)type->values, type->n_values, &in->room,
                        sizeof(RegDbValue));
    if (!list) {
        return NULL;
    }
    type->values = list;
    list[type->n_values] = new;
    return &list[type->n_values++];
}

const RegDbVarset *regdb_build_varset(RegDbBuild *build, const char *name,
                                      const RegDbType *type)
{
    const RegDbVarset *old = regdb_varset(&build->db, name);
    RegDb *db = &build->db;
    RegDbVarset *new;
    uint32_t i, room = db->n_varsets & (db->n_varsets - 1) ? UINT32_MAX :
                       db->n_varsets < 4 && db->n_varsets ? 4 : db->n_varsets;
    void *list;

    if (old) {
        return old;
    }
    if (type->n_values > VARIANTS_MAX) {
        return build_refuse(build, "a set has more than 4096 variants");
    }
    if (db->n_varsets >= VARSETS_MAX) {
        return build_refuse(build, "the database has more than 256 sets of variants");
    }
    new = build_item(build, sizeof(RegDbVarset));
    list = build_append(build, (void *)db->varsets, db->n_varsets, &room,
                        sizeof(void *));
    if (!new || !list || !build_name(build, &name)) {
        return NULL;
    }
    new->name = name;
    new->number = db->n_varsets;
    new->n = type->n_values;
    new->names = build_alloc(build, new->n * sizeof(char *));
    new->values = build_alloc(build, new->n * sizeof(uint64_t));
    new->has_value = build_alloc(build, new->n * sizeof(bool));
    if (!new->names || !new->values || !new->has_value) {
        return NULL;
    }
    for (i = 0; i < new->n; i++) {
        new->names[i] = type->values[i].name;
        new->values[i] = type->values[i].value;
        new->has_value[i] = type->values[i].known;
    }
    db->varsets = list;
    ((RegDbVarset **)list)[db->n_varsets++] = new;
    return new;
}

const RegDbCondition *regdb_build_condition(RegDbBuild *build,
                                            const RegDbVarset *varset,
                                            const uint64_t *bits,
                                            const RegDbCondition *next)
{
    size_t size = (varset->n + 63) / 64 * sizeof(uint64_t);
    RegDbCondition *new = build_item(build, sizeof(RegDbCondition));
    uint64_t *copy = build_alloc(build, size);

    if (!new || !copy) {
        return NULL;
    }
    memcpy(copy, bits, size);
    new->varset = varset;
    new->bits = copy;
    new->next = next;
    return new;
}

bool regdb_build_note(RegDbBuild *build, const char *note)
{
    build->db.note = regdb_build_string(build, note, -1);
    return build->db.note;
}

static void build_end_tables(RegDbBuild *build)
{
    g_clear_pointer(&build->strings, g_hash_table_unref);
    g_clear_pointer(&build->domains, g_hash_table_unref);
}

RegDb *regdb_build_end(RegDbBuild *build)
{
    build_end_tables(build);
    return &build->db;
}

void regdb_build_free(RegDbBuild *build)
{
    Chunk *chunk, *next;

    if (!build) {
        return;
    }
    build_end_tables(build);
    for (chunk = build->chunks; chunk; chunk = next) {
        next = chunk->next;
        g_free(chunk);
    }
    g_free(build);
}

void regdb_free(RegDb *db)
{
    regdb_build_free((RegDbBuild *)db);
}

const RegDbDomain *regdb_domain(const RegDb *db, const char *name)
{
    uint32_t i;

    for (i = 0; i < db->n_domains; i++) {
        if (!strcmp(db->domains[i]->name, name)) {
            return db->domains[i];
        }
    }
    return NULL;
}

const RegDbVarset *regdb_varset(const RegDb *db, const char *name)
{
    uint32_t i;

    for (i = 0; i < db->n_varsets; i++) {
        if (!strcmp(db->varsets[i]->name, name)) {
            return db->varsets[i];
        }
    }
    return NULL;
}
