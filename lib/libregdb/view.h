/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: registers of one domain on one chip
 *
 * A view looks up what is at an address.  Of elements that overlap, the first
 * one in the database counts, as with envytools: an array takes all that is in
 * its range, named or not.
 *
 * The results are kept: the second lookup of an address takes some
 * nanoseconds.  A view may be used by one thread at a time.
 */
#ifndef LIBREGDB_VIEW_H
#define LIBREGDB_VIEW_H

#include "libregdb/regdb.h"

typedef struct RegDbView RegDbView;

/* Variant of a set that is not known: everything that depends on it matches */
#define REGDB_ANY_VARIANT UINT32_MAX

/* Registers that one access may reach: eight of a byte each */
#define REGDB_PARTS_MAX 8

/**
 * struct RegDbRegister: a register, found
 * @name: its name, "PGRAPH.TPC[0x1].STATUS"; of an array without a register at
 *        that address, with the rest: "PGRAPH+0x4"
 * @name_len: bytes of @name
 * @offset: its first byte in the domain
 * @bits: its width, or 0 if only the array is known
 * @access: RegDbAccess
 * @type: what its value means; NULL if only the array is known
 * @brief: what it is, or NULL
 * @number: its number in this view, from 0 up, in the order of being found;
 *          for arrays of the caller
 */
typedef struct RegDbRegister {
    const char *name;
    uint32_t name_len;
    uint32_t number;
    uint64_t offset;
    uint8_t bits;
    uint8_t access;
    const RegDbType *type;
    const char *brief;
} RegDbRegister;

/**
 * struct RegDbPart: what an access does to one register
 * @reg: the register, or NULL: bytes without a name
 * @shift: lowest bit of the access' value that is the register's
 * @low: lowest bit of the register that the access reaches
 * @bits: number of bits
 */
typedef struct RegDbPart {
    const RegDbRegister *reg;
    uint8_t shift;
    uint8_t low;
    uint8_t bits;
} RegDbPart;

/**
 * regdb_view_new() - begin to look up registers
 * @db: the database, which must outlive the view
 * @domain: one of its domains
 * @variants: for each of its varsets, number of the variant, or
 *            REGDB_ANY_VARIANT; NULL: none is known
 *
 * Return: the view, to be freed with regdb_view_free()
 */
RegDbView *regdb_view_new(const RegDb *db, const RegDbDomain *domain,
                          const uint32_t *variants);

/**
 * regdb_view_find() - find the register at an address
 * @view: the view
 * @offset: the address in bytes
 * @access: REGDB_READ or REGDB_WRITE: of two registers, the one that can be
 *          read or written is preferred; REGDB_READ_WRITE: the first one
 *
 * Return: the register, as long as the view; NULL if there is none
 */
const RegDbRegister *regdb_view_find(RegDbView *view, uint64_t offset,
                                     unsigned access);

/**
 * regdb_view_parts() - find the registers that an access reaches
 * @view: the view
 * @offset: the access' address
 * @width: its bytes, 1 to 8
 * @access: as for regdb_view_find()
 * @parts: room for REGDB_PARTS_MAX of them
 *
 * Return: number of parts, at least one, in the order of their addresses
 */
unsigned regdb_view_parts(RegDbView *view, uint64_t offset, unsigned width,
                          unsigned access, RegDbPart *parts);

/**
 * regdb_view_variant() - get the variant
 * @view: the view
 * @varset: a varset of the view's database
 *
 * Return: its number, or REGDB_ANY_VARIANT
 */
uint32_t regdb_view_variant(const RegDbView *view, const RegDbVarset *varset);

/**
 * regdb_view_holds() - does something exist on this chip?
 * @view: the view
 * @when: its condition, or NULL
 */
bool regdb_view_holds(const RegDbView *view, const RegDbCondition *when);

/**
 * regdb_view_undecided() - does a result depend on a variant that is not known?
 * @view: the view
 *
 * Return: the first varset of which that is so, or NULL
 */
const RegDbVarset *regdb_view_undecided(const RegDbView *view);

/**
 * struct RegDbMatch: registers found by name
 * @name: full name; repeated elements whose index was not given have "[*]"
 * @element: the register
 * @offset: its first byte, with index 0 where none was given
 * @n_repeats: number of indices that were not given
 * @length: of each, outermost first, how often; 0: without end
 * @stride: of each, bytes; 0: the offsets follow no stride
 */
typedef struct RegDbMatch {
    const char *name;
    const RegDbElement *element;
    uint64_t offset;
    unsigned n_repeats;
    uint64_t length[16];
    uint64_t stride[16];
} RegDbMatch;

/**
 * typedef RegDbMatched - take a register found by name
 * @match: the register, valid during the call
 * @opaque: the caller's
 *
 * Return: false to end
 */
typedef bool RegDbMatched(const RegDbMatch *match, void *opaque);

/**
 * regdb_view_each() - go through the registers by name
 * @view: the view
 * @pattern: a name, "PGRAPH.TPC[1].STATUS", or a pattern with '*' and '?';
 *           upper and lower case are the same; brackets mean themselves, an
 *           index may be decimal or hexadecimal, and one that is left out
 *           means all; NULL: all registers
 * @matched: takes each, in the database's order
 * @opaque: for @matched
 *
 * Return: false if @matched ended it
 */
bool regdb_view_each(RegDbView *view, const char *pattern,
                     RegDbMatched *matched, void *opaque);

/**
 * regdb_name_matches() - does a name match a pattern?
 * @pattern: as for regdb_view_each()
 * @name: full name of a register
 */
bool regdb_name_matches(const char *pattern, const char *name);

/**
 * regdb_view_free() - free a view
 * @view: the view, or NULL
 */
void regdb_view_free(RegDbView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDbView, regdb_view_free)

#endif /* LIBREGDB_VIEW_H */
