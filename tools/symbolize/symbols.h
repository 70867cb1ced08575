/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what is at an address of the guest's
 *
 * A table holds functions, or ranges that have a name, by address.  Names
 * come from files that the guest had a hand in: whatever goes into a table is
 * made of graphical ASCII without blanks, and of bounded length, so that it
 * can stand in a log as it is.
 */
#ifndef VFIO_TRACE_SYMBOLS_H
#define VFIO_TRACE_SYMBOLS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest names, in bytes; what is longer ends in "..." */
#define SYM_NAME_MAX   255
#define SYM_MODULE_MAX 63

/* Room for sym_text(): the names, two numbers, what is between, and a NUL */
#define SYM_TEXT_MAX 384

/* Of the files that symbols are read from; the message names file and line. */
#define SYM_ERROR (g_quark_from_static_string("vfio-trace-symbols"))

/* The kernel's addresses: the upper half of what is canonical. */
#define SYM_KERNEL_BASE 0xffff800000000000ull

typedef enum SymKind {
    SYM_FUNCTION,
    SYM_RANGE,      /* of a module or whatever else has a name */
    SYM_BOUND,      /* data and the like: where a function may end */
} SymKind;

/**
 * struct Symbol: an address that has a name
 * @addr: the first address
 * @end: behind the last one
 * @size: bytes, or 0 if that is not known for sure
 * @name: its name
 * @module: the module that it is in, or NULL
 * @order: how many were added before it
 * @rank: of those at one address the smallest is taken, then the first one
 * @kind: SymKind
 */
typedef struct Symbol {
    uint64_t addr;
    uint64_t end;
    uint64_t size;
    const char *name;
    const char *module;
    uint32_t order;
    uint8_t rank;
    uint8_t kind;
} Symbol;

/**
 * struct SymAnchors: where the kernel's image is, from its own symbols
 * @text: _text, or 0
 * @stext: _stext, or 0
 * @etext: _etext, or 0
 */
typedef struct SymAnchors {
    uint64_t text;
    uint64_t stext;
    uint64_t etext;
} SymAnchors;

typedef struct SymTable SymTable;

/**
 * sym_table_new() - an empty table
 */
SymTable *sym_table_new(void);

/**
 * sym_table_free() - free a table with its symbols
 * @table: the table, or NULL
 */
void sym_table_free(SymTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SymTable, sym_table_free)

/**
 * struct SymEntry: what sym_table_add() is given
 * @addr: as in Symbol
 * @size: bytes, or 0: up to the next one
 * @kind: as in Symbol
 * @rank: below 32: of several at one address the smallest is taken, then the
 *        one with the fewest underscores before it, then the first one
 * @name: any bytes
 * @name_len: their number
 * @module: any bytes, or NULL
 * @module_len: their number
 */
typedef struct SymEntry {
    uint64_t addr;
    uint64_t size;
    SymKind kind;
    uint8_t rank;
    const char *name;
    size_t name_len;
    const char *module;
    size_t module_len;
} SymEntry;

/**
 * sym_table_add() - add an entry, in any order
 * @table: the table
 * @entry: what to add
 */
void sym_table_add(SymTable *table, const SymEntry *entry);

/**
 * sym_table_anchors() - where is the kernel?
 * @table: the table
 */
const SymAnchors *sym_table_anchors(const SymTable *table);

/**
 * sym_table_finish() - no more entries: make the table ready for searching
 * @table: the table
 * @offset: what to add to all addresses
 */
void sym_table_finish(SymTable *table, uint64_t offset);

/**
 * sym_table_count() - how many functions and ranges are there?
 * @table: the table
 */
size_t sym_table_count(const SymTable *table);

/**
 * sym_table_overlap() - do two ranges overlap?
 * @table: a finished table
 *
 * Return: the second one of the first two that do, or NULL
 */
const Symbol *sym_table_overlap(const SymTable *table);

/**
 * sym_table_find() - what is at an address?
 * @table: a finished table
 * @addr: the address
 *
 * Return: the symbol, valid as long as the table, or NULL
 */
const Symbol *sym_table_find(const SymTable *table, uint64_t addr);

/**
 * sym_text() - an address by its symbol, as the kernel's %pS prints it, but
 * without a blank
 * @symbol: the symbol
 * @addr: the address; @symbol's end is possible, too
 * @buf: at least SYM_TEXT_MAX bytes
 *
 * Return: length of the text
 */
size_t sym_text(const Symbol *symbol, uint64_t addr, char *buf);

#endif /* VFIO_TRACE_SYMBOLS_H */
