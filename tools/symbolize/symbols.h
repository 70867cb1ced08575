/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: table of symbols by address
 *
 * A table has functions, or ranges with names, by guest address.  Names come
 * from files that the guest may have influenced: in the table, they only have
 * printable ASCII characters without blanks, and a bounded length, so that they
 * can be written to a log unchanged.
 */
#ifndef VFIO_TRACE_SYMBOLS_H
#define VFIO_TRACE_SYMBOLS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Maximum length of names, in bytes; longer names are cut and end in "..." */
#define SYM_NAME_MAX   255
#define SYM_MODULE_MAX 63

/* Buffer size for sym_text(): names, two numbers, separators and a NUL */
#define SYM_TEXT_MAX 384

/* Errors of files with symbols; the message has the file and, if any, line. */
#define SYM_ERROR (g_quark_from_static_string("vfio-trace-symbols"))

/* First kernel address: the upper half of the canonical addresses */
#define SYM_KERNEL_BASE 0xffff800000000000ull

typedef enum SymKind {
    SYM_FUNCTION,
    SYM_RANGE,      /* range of a module, or another range with a name */
    SYM_BOUND,      /* data or another symbol at which a function may end */
} SymKind;

/**
 * struct Symbol: a function or a range
 * @addr: first address
 * @end: end address (exclusive)
 * @size: size in bytes, or 0 if it is not known for sure
 * @name: its name
 * @module: module that it is in, or NULL
 * @order: number of symbols added before it
 * @rank: of the symbols at one address, the one with the smallest rank is kept,
 *        then the first one
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
 * struct SymAnchors: addresses of the kernel's image, from its own symbols
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
 * sym_table_new() - create an empty table
 */
SymTable *sym_table_new(void);

/**
 * sym_table_free() - free a table with its symbols
 * @table: the table, or NULL
 */
void sym_table_free(SymTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SymTable, sym_table_free)

/**
 * struct SymEntry: argument of sym_table_add()
 * @addr: as in Symbol
 * @size: size in bytes, or 0: up to the next symbol
 * @kind: as in Symbol
 * @rank: below 32: of the symbols at one address, the one with the smallest
 *        rank is kept, then the one with the fewest leading underscores, then
 *        the first one
 * @name: the name, any bytes
 * @name_len: length of @name
 * @module: name of the module, any bytes, or NULL
 * @module_len: length of @module
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
 * sym_table_anchors() - get the addresses of the kernel's image
 * @table: the table
 */
const SymAnchors *sym_table_anchors(const SymTable *table);

/**
 * sym_table_finish() - make the table ready for searching
 * @table: the table; no more entries can be added
 * @offset: offset to add to all addresses
 */
void sym_table_finish(SymTable *table, uint64_t offset);

/**
 * sym_table_count() - get the number of functions and ranges
 * @table: the table
 */
size_t sym_table_count(const SymTable *table);

/**
 * sym_table_overlap() - find overlapping ranges
 * @table: a finished table
 *
 * Return: the second one of the first two ranges that overlap, or NULL
 */
const Symbol *sym_table_overlap(const SymTable *table);

/**
 * sym_table_find() - find the symbol at an address
 * @table: a finished table
 * @addr: the address
 *
 * Return: the symbol, valid as long as the table, or NULL
 */
const Symbol *sym_table_find(const SymTable *table, uint64_t addr);

/**
 * sym_text() - format an address by its symbol, as the kernel's %pS prints it,
 * but without a blank
 * @symbol: the symbol
 * @addr: the address, from the start to the end (inclusive) of @symbol
 * @buf: at least SYM_TEXT_MAX bytes
 *
 * Return: length of the text
 */
size_t sym_text(const Symbol *symbol, uint64_t addr, char *buf);

#endif /* VFIO_TRACE_SYMBOLS_H */
