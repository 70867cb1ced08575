/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: text of values
 */
#ifndef LIBREGDB_TEXT_H
#define LIBREGDB_TEXT_H

#include "libregdb/view.h"

/**
 * struct RegDbColors: escape sequences around parts of a text
 * @number: a number
 * @value: name of a value
 * @flag: name of a bit that is set
 * @field: name of a field
 * @error: bits that no field has
 * @reset: the end of each
 */
typedef struct RegDbColors {
    const char *number;
    const char *value;
    const char *flag;
    const char *field;
    const char *error;
    const char *reset;
} RegDbColors;

/* All are "" */
extern const RegDbColors regdb_no_colors;

/**
 * regdb_put_value() - append what a value means, as envytools write it
 * @view: the view, for its variants
 * @type: its type; NULL: a number
 * @value: the value
 * @bits: its width, 1 to 64
 * @colors: colours
 * @text: where to append it: "0x12", "READY", "{ RST | SPEED = 1000 }"
 */
void regdb_put_value(const RegDbView *view, const RegDbType *type,
                     uint64_t value, unsigned bits, const RegDbColors *colors,
                     GString *text);

/**
 * regdb_put_part() - append what some bits of a register mean
 * @view: the view
 * @part: the bits, of a register
 * @value: value of the access
 * @colors: colours
 * @text: where to append it: as regdb_put_value(), if all of the register is
 *        reached or it has no fields; else those fields only that are reached
 */
void regdb_put_part(const RegDbView *view, const RegDbPart *part,
                    uint64_t value, const RegDbColors *colors, GString *text);

/**
 * regdb_put_change() - append what has changed in a register
 * @view: the view
 * @type: the register's type
 * @bits: its width
 * @before: its value before
 * @after: its value now
 * @mask: bits of it that count: those that both accesses reached
 * @colors: colours
 * @text: where to append it: "+SLU -RST SPEED 10 -> 1000"; nothing if the
 *        values are equal
 *
 * Return: was anything appended?
 */
bool regdb_put_change(const RegDbView *view, const RegDbType *type,
                      unsigned bits, uint64_t before, uint64_t after,
                      uint64_t mask, const RegDbColors *colors, GString *text);

/**
 * regdb_put_field() - append what the value of a field means
 * @view: the view
 * @field: the field
 * @value: its value, at bit 0
 * @mask: bits of the register that are known; of a field that has others, too,
 *        the value is a number that has no name
 * @colors: colours
 * @text: where to append it: as regdb_put_value()
 */
void regdb_put_field(const RegDbView *view, const RegDbField *field,
                     uint64_t value, uint64_t mask, const RegDbColors *colors,
                     GString *text);

/**
 * typedef RegDbFieldTaken - take a field of a value
 * @field: the field; NULL: bits that no field has
 * @value: its value, at bit 0
 * @name: name of the value, or NULL if it has none, or if not all bits of the
 *        field count
 * @opaque: the caller's
 */
typedef void RegDbFieldTaken(const RegDbField *field, uint64_t value,
                             const char *name, void *opaque);

/**
 * regdb_each_field() - go through the fields of a value
 * @view: the view
 * @type: its type
 * @value: the value
 * @mask: bits that count
 * @taken: takes each field that exists on this chip and has a bit in @mask
 * @opaque: for @taken
 *
 * Return: false if the type has no fields
 */
bool regdb_each_field(const RegDbView *view, const RegDbType *type,
                      uint64_t value, uint64_t mask, RegDbFieldTaken *taken,
                      void *opaque);

/**
 * regdb_value_name() - get the name of a value
 * @view: the view
 * @type: its type
 * @value: the value
 *
 * Return: the name, as long as the database; NULL if it has none
 */
const char *regdb_value_name(const RegDbView *view, const RegDbType *type,
                             uint64_t value);

#endif /* LIBREGDB_TEXT_H */
