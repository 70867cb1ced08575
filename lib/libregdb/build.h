/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: building a database, for the loaders
 *
 * What is added belongs to the database and lives as long.  Limits keep a
 * hostile file from filling the memory: a function that returns NULL has
 * reached one; regdb_build_error() says which, and the loader gives up.
 */
#ifndef LIBREGDB_BUILD_H
#define LIBREGDB_BUILD_H

#include <stddef.h>

#include "libregdb/regdb.h"

/* Elements, fields, values, conditions, types of a database, each */
#define REGDB_ITEMS_MAX (4u << 20)
/* Bytes of all its names and briefs, and of its items */
#define REGDB_MEMORY_MAX (1u << 30)
/* Groups around a register */
#define REGDB_DEPTH_MAX 16
/* Repetitions of an element; and its last unit's address is below 2^48 */
#define REGDB_LENGTH_MAX (16u << 20)
#define REGDB_ADDRESS_MAX ((uint64_t)1 << 48)
/* Bytes of a name */
#define REGDB_NAME_MAX 255

typedef struct RegDbBuild RegDbBuild;

/**
 * regdb_build_new() - begin with an empty database
 * @path: RegDb.path
 * @format: RegDb.format; lives for ever
 */
RegDbBuild *regdb_build_new(const char *path, const char *format);

/**
 * regdb_build_error() - why has a function returned NULL?
 * @build: the database
 *
 * Return: a message, which lives for ever, or NULL
 */
const char *regdb_build_error(const RegDbBuild *build);

/**
 * regdb_build_string() - keep a text
 * @build: the database
 * @text: UTF-8 or not: what is not printable is replaced by '?'
 * @len: its length, or -1 if it is NUL-terminated
 *
 * Equal texts are kept once.
 *
 * Return: the database's copy; NULL at a limit
 */
const char *regdb_build_string(RegDbBuild *build, const char *text,
                               ssize_t len);

/**
 * regdb_build_domain() - add a domain, or find one that was added
 * @build: the database
 * @name: its name
 * @unit: bits of a unit
 * @added: set to true if it is new; may be NULL
 *
 * Return: the domain, whose other members can be set; NULL at a limit
 */
RegDbDomain *regdb_build_domain(RegDbBuild *build, const char *name,
                                unsigned unit, bool *added);

/**
 * regdb_build_element() - add an element
 * @build: the database
 * @domain: the domain, if @parent is NULL
 * @parent: the array or stripe that it is in, or NULL
 * @element: its members; name, brief and offsets are copied, type and when
 *           must be the database's; children are added afterwards
 *
 * Checks what a view relies on: @element->bits, ->stride, ->length, ->offset
 * against the limits above, and the depth.
 *
 * Return: the element; NULL at a limit
 */
RegDbElement *regdb_build_element(RegDbBuild *build, RegDbDomain *domain,
                                  RegDbElement *parent,
                                  const RegDbElement *element);

/**
 * regdb_build_wrong() - what would regdb_build_element() refuse?
 * @element: the element
 *
 * For loaders that leave it out and go on.
 *
 * Return: what is wrong with it, which lives for ever; or NULL
 */
const char *regdb_build_wrong(const RegDbElement *element);

/**
 * regdb_build_type() - add a type
 * @build: the database
 * @kind: how a value is read
 *
 * Return: the type, whose shr, radix, add and base can be set; NULL at a limit
 */
RegDbType *regdb_build_type(RegDbBuild *build, RegDbKind kind);

/**
 * regdb_build_name_type() - give an enum or a bitset a name
 * @build: the database
 * @type: the type
 * @name: its name
 */
bool regdb_build_name_type(RegDbBuild *build, RegDbType *type,
                           const char *name);

/**
 * regdb_build_field() - add a field to a bitset
 * @build: the database
 * @type: a type of REGDB_BITSET
 * @field: the field; name and brief are copied
 *
 * Return: the field, valid until another is added; NULL at a limit, or if
 *         @field->high is less than @field->low or more than 63
 */
RegDbField *regdb_build_field(RegDbBuild *build, RegDbType *type,
                              const RegDbField *field);

/**
 * regdb_build_value() - add a value to an enum
 * @build: the database
 * @type: a type of REGDB_ENUM
 * @value: the value; name and brief are copied
 *
 * Return: the value, valid until another is added; NULL at a limit
 */
RegDbValue *regdb_build_value(RegDbBuild *build, RegDbType *type,
                              const RegDbValue *value);

/**
 * regdb_build_varset() - add a set of variants
 * @build: the database
 * @name: its name; a set with that name is returned as it is
 * @type: an enum, the values of which are the variants
 *
 * Return: the set; NULL at a limit
 */
const RegDbVarset *regdb_build_varset(RegDbBuild *build, const char *name,
                                      const RegDbType *type);

/**
 * regdb_build_condition() - add a condition
 * @build: the database
 * @varset: the set
 * @bits: of the variants, (n + 63) / 64 words
 * @next: a further condition, or NULL
 *
 * Return: the condition; NULL at a limit
 */
const RegDbCondition *regdb_build_condition(RegDbBuild *build,
                                            const RegDbVarset *varset,
                                            const uint64_t *bits,
                                            const RegDbCondition *next);

/**
 * regdb_build_note() - say what the loader thinks of the file
 * @build: the database
 * @note: RegDb.note
 *
 * Return: false at a limit
 */
bool regdb_build_note(RegDbBuild *build, const char *note);

/**
 * regdb_build_end() - complete the database
 * @build: the database; it is freed
 *
 * Return: the database, to be freed with regdb_free()
 */
RegDb *regdb_build_end(RegDbBuild *build);

/**
 * regdb_build_free() - give up
 * @build: the database, or NULL
 */
void regdb_build_free(RegDbBuild *build);

#endif /* LIBREGDB_BUILD_H */
