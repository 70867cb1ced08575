/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace lookup: output
 */
#ifndef VFIO_TRACE_LOOKUP_SHOW_H
#define VFIO_TRACE_LOOKUP_SHOW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libregdb/view.h"
#include "tools/lookup/place.h"

/**
 * enum LookupFormat: how to print
 * @LOOKUP_LONG: for people
 * @LOOKUP_SHORT: a line, as envytools' lookup prints it
 * @LOOKUP_JSON: an object on a line
 */
typedef enum LookupFormat {
    LOOKUP_LONG,
    LOOKUP_SHORT,
    LOOKUP_JSON,
} LookupFormat;

/**
 * struct LookupFound: a register
 * @place: where it is
 * @name: its name
 * @brief: what it is, or NULL
 * @type: what its value means; NULL: a number, or no register
 * @offset: its first byte in the domain
 * @bits: its width; 0: only the array around it is known
 * @access: RegDbAccess
 * @asked: the offset that was asked for
 * @match: its repetitions, or NULL if all indices are given
 * @has_value: is there a value?
 * @value: the value: of @reach bits from @low on
 * @low: lowest bit that the value is of
 * @reach: number of bits
 */
typedef struct LookupFound {
    const LookupPlace *place;
    const char *name;
    const char *brief;
    const RegDbType *type;
    uint64_t offset;
    unsigned bits;
    unsigned access;
    uint64_t asked;
    const RegDbMatch *match;
    bool has_value;
    uint64_t value;
    unsigned low;
    unsigned reach;
} LookupFound;

/**
 * lookup_show() - print a register with its fields
 * @found: the register
 * @format: how
 */
void lookup_show(const LookupFound *found, LookupFormat format);

/**
 * lookup_list_begin() - begin a list of registers
 * @format: how
 */
void lookup_list_begin(LookupFormat format);

/**
 * lookup_list_add() - print a register of a list
 * @found: the register, without a value
 * @format: how
 */
void lookup_list_add(const LookupFound *found, LookupFormat format);

/**
 * lookup_list_end() - end the list
 */
void lookup_list_end(void);

/**
 * lookup_show_type() - print an enum or a bitset
 * @view: a view, for its variants
 * @type: the enum or bitset
 * @value: its value, or NULL for all values or fields
 * @format: how
 */
void lookup_show_type(const RegDbView *view, const RegDbType *type,
                      const uint64_t *value, LookupFormat format);

/**
 * lookup_plain_type() - see what is behind the names of a type
 * @type: the type, or NULL
 *
 * Return: the type that says how a value is read, or NULL for a number
 */
const RegDbType *lookup_plain_type(const RegDbType *type);

/**
 * lookup_find_value() - find a value of an enum
 * @view: a view, for its variants
 * @type: the type of a field or register, or NULL
 * @value: the value
 *
 * Return: the value, or NULL if it has no name
 */
const RegDbValue *lookup_find_value(const RegDbView *view,
                                    const RegDbType *type, uint64_t value);

/**
 * lookup_show_json() - lookup_show() as JSON
 * @found: the register
 * @fields: print them?
 */
void lookup_show_json(const LookupFound *found, bool fields);

/**
 * lookup_show_type_json() - lookup_show_type() as JSON
 * @view: a view, for its variants
 * @type: the enum or bitset
 * @value: its value, or NULL
 */
void lookup_show_type_json(const RegDbView *view, const RegDbType *type,
                           const uint64_t *value);

#endif /* VFIO_TRACE_LOOKUP_SHOW_H */
