/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: register databases
 *
 * A database names the registers of devices: where they are, their bit fields,
 * and what values of those mean.  One model stands for all formats:
 *
 *      database -> domain -> (array, stripe) -> register -> field -> value
 *
 * A domain is an address space: a BAR, or what is behind an index/data pair.
 * Variants make parts of it depend on the chip.  The model and its names are
 * those of rules-ng-ng, the format of envytools' and Mesa's databases.
 *
 * load.h loads a database, view.h looks registers up, text.h makes text of
 * values.  A database does not change once it is loaded: threads may share it.
 */
#ifndef LIBREGDB_REGDB_H
#define LIBREGDB_REGDB_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct RegDb RegDb;
typedef struct RegDbType RegDbType;
typedef struct RegDbElement RegDbElement;

/**
 * struct RegDbVarset: a set of which one variant is the device's
 * @name: for example "chipset"
 * @number: its place in RegDb.varsets
 * @names: names of the variants, in their order (ranges of variants use it)
 * @values: number of each, for those that have one: the chip's ID
 * @has_value: does the variant have a number?
 * @n: number of variants
 */
typedef struct RegDbVarset {
    const char *name;
    uint32_t number;
    const char **names;
    uint64_t *values;
    bool *has_value;
    uint32_t n;
} RegDbVarset;

/**
 * struct RegDbCondition: variants that something exists in
 * @varset: the set
 * @bits: bit N % 64 of word N / 64: it exists in variant N
 * @next: a further condition, or NULL: all of them must hold
 */
typedef struct RegDbCondition {
    const RegDbVarset *varset;
    const uint64_t *bits;
    const struct RegDbCondition *next;
} RegDbCondition;

/**
 * struct RegDbValue: name of a value
 * @name: the name
 * @brief: what it means, or NULL
 * @value: the value, if @known
 * @known: false: the database does not know it
 * @when: variants it exists in, or NULL for all
 */
typedef struct RegDbValue {
    const char *name;
    const char *brief;
    uint64_t value;
    bool known;
    const RegDbCondition *when;
} RegDbValue;

/**
 * enum RegDbKind: how a value is read
 */
typedef enum RegDbKind {
    REGDB_HEX,          /* a number, printed hexadecimal */
    REGDB_UINT,         /* a number, printed decimal */
    REGDB_INT,          /* likewise, with a sign */
    REGDB_BOOLEAN,
    REGDB_FLOAT,        /* IEEE 754 with 16, 32 or 64 bits */
    REGDB_FIXED,        /* fixed point with RegDbType.radix bits of fraction */
    REGDB_UFIXED,       /* likewise, without a sign */
    REGDB_ENUM,         /* RegDbType.values */
    REGDB_BITSET,       /* RegDbType.fields */
    REGDB_NAMED,        /* RegDbType.base, after shr and add */
} RegDbKind;

/**
 * struct RegDbField: bits of a register
 * @name: the name
 * @brief: what it means, or NULL
 * @low: its lowest bit, 0 to 63
 * @high: its highest bit, @low to 63
 * @type: what its value means
 * @when: variants it exists in, or NULL for all
 */
typedef struct RegDbField {
    const char *name;
    const char *brief;
    uint8_t low;
    uint8_t high;
    const RegDbType *type;
    const RegDbCondition *when;
} RegDbField;

/**
 * struct RegDbType: what a value means
 * @kind: how it is read
 * @shr: the value was shifted right by so many bits, 0 to 63
 * @radix: bits of fraction, 0 to 63
 * @add: is added, after the shift
 * @name: of an enum or bitset that has one, else NULL
 * @values: of REGDB_ENUM
 * @n_values: number of @values
 * @fields: of REGDB_BITSET, in the database's order
 * @n_fields: number of @fields
 * @base: of REGDB_NAMED, else NULL
 */
struct RegDbType {
    RegDbKind kind;
    uint8_t shr;
    uint8_t radix;
    uint64_t add;
    const char *name;
    const RegDbValue *values;
    uint32_t n_values;
    const RegDbField *fields;
    uint32_t n_fields;
    const RegDbType *base;
};

typedef enum RegDbAccess {
    REGDB_READ = 1 << 0,
    REGDB_WRITE = 1 << 1,
    REGDB_READ_WRITE = REGDB_READ | REGDB_WRITE,
} RegDbAccess;

typedef enum RegDbElementKind {
    REGDB_REGISTER,
    REGDB_ARRAY,        /* what is in its range belongs to it, named or not */
    REGDB_STRIPE,       /* a group of elements, repeated or not */
} RegDbElementKind;

/**
 * struct RegDbElement: a register, or a group of elements
 * @kind: which
 * @access: of a register, RegDbAccess
 * @bits: of a register, its width: 8 to 64
 * @name: its name; a stripe may have none (NULL): its members count as the
 *        parent's
 * @brief: what it is, or NULL
 * @offset: within the parent, in the domain's units
 * @length: how often it is repeated; 0: without end
 * @stride: units from one to the next; not 0 if @length is not 1
 * @offsets: instead of @offset and @stride, @length offsets, or NULL
 * @type: of a register
 * @children: of an array or stripe, in the database's order
 * @n_children: number of @children
 * @when: variants it exists in, or NULL for all; those of the parents hold too
 */
struct RegDbElement {
    RegDbElementKind kind;
    uint8_t access;
    uint8_t bits;
    const char *name;
    const char *brief;
    uint64_t offset;
    uint64_t length;
    uint64_t stride;
    const uint64_t *offsets;
    const RegDbType *type;
    RegDbElement *const *children;
    uint32_t n_children;
    const RegDbCondition *when;
};

/**
 * struct RegDbDomain: an address space
 * @name: its name
 * @brief: what it is, or NULL
 * @unit: bits of a unit of its addresses: 8, 16, 32 or 64
 * @size: its size in units, or 0 if not known
 * @elements: in the database's order: the first one that matches counts
 * @n_elements: number of @elements
 * @when: variants it exists in, or NULL for all
 */
typedef struct RegDbDomain {
    const char *name;
    const char *brief;
    uint8_t unit;
    uint64_t size;
    RegDbElement *const *elements;
    uint32_t n_elements;
    const RegDbCondition *when;
} RegDbDomain;

/**
 * struct RegDb: a database
 * @path: the file that was loaded
 * @format: name of its format: "rnndb", "umr", ...
 * @domains: its domains
 * @n_domains: number of @domains
 * @varsets: the sets that something in it depends on
 * @n_varsets: number of @varsets
 * @enums: its enums that have a name
 * @n_enums: number of @enums
 * @bitsets: its bitsets that have a name
 * @n_bitsets: number of @bitsets
 * @n_registers: number of registers, repetitions not counted
 * @note: what the loader says about the file, for `regdb check`; or NULL
 */
struct RegDb {
    const char *path;
    const char *format;
    RegDbDomain *const *domains;
    uint32_t n_domains;
    RegDbVarset *const *varsets;
    uint32_t n_varsets;
    const RegDbType *const *enums;
    uint32_t n_enums;
    const RegDbType *const *bitsets;
    uint32_t n_bitsets;
    uint32_t n_registers;
    const char *note;
};

/**
 * regdb_domain() - find a domain
 * @db: the database
 * @name: its name
 *
 * Return: the domain, or NULL
 */
const RegDbDomain *regdb_domain(const RegDb *db, const char *name);

/**
 * regdb_varset() - find a set of variants
 * @db: the database
 * @name: its name
 *
 * Return: the set, or NULL
 */
const RegDbVarset *regdb_varset(const RegDb *db, const char *name);

/**
 * regdb_free() - free a database
 * @db: the database, or NULL; nothing may refer to it any more
 */
void regdb_free(RegDb *db);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDb, regdb_free)

#endif /* LIBREGDB_REGDB_H */
