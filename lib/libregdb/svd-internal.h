/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: CMSIS SVD, the parts of its loader
 *
 * An item is a peripheral, cluster, register or field: its element and those
 * that it is derived from.
 */
#ifndef LIBREGDB_SVD_INTERNAL_H
#define LIBREGDB_SVD_INTERNAL_H

#include "libregdb/xml.h"

/* An item, the one it is derived from, the one that that one is ... */
#define REGDB_SVD_CHAIN_MAX 8

/* Elements looked at and items made: references of references multiply */
#define REGDB_SVD_STEPS_MAX (1u << 26)

/* Names that a list of items may have */
#define REGDB_SVD_LIST_MAX 65536

/**
 * struct RegDbSvd: a document that is being read
 * @source: gets the faults
 * @build: the database
 * @domain: its domain
 * @device: the document's <device>
 * @types: RegDbSvdType of registers and of <enumeratedValues>, by element
 * @enums: GPtrArray of all <enumeratedValues> of a name, by name; NULL: not
 *         needed yet
 * @steps: counts up to REGDB_SVD_STEPS_MAX
 * @full: a limit was reached: give up
 */
typedef struct RegDbSvd {
    RegDbSource *source;
    RegDbBuild *build;
    RegDbDomain *domain;
    const xmlNode *device;
    GHashTable *types;
    GHashTable *enums;
    unsigned steps;
    bool full;
} RegDbSvd;

/**
 * struct RegDbSvdType: the type that was made of an element
 * @bits: for a value of so many bits
 * @type: the type
 */
typedef struct RegDbSvdType {
    unsigned bits;
    const RegDbType *type;
} RegDbSvdType;

/**
 * struct RegDbSvdItem: an item
 * @node: its element, and those that it is derived from
 * @n: number of @node
 */
typedef struct RegDbSvdItem {
    const xmlNode *node[REGDB_SVD_CHAIN_MAX];
    unsigned n;
} RegDbSvdItem;

/**
 * struct RegDbSvdDim: how often an item exists
 * @n: so often
 * @increment: distance
 * @array: "NAME[%s]", numbered from 0: one element that is repeated
 * @listed: "NAME%s": several elements
 * @index: of a list, what stands for %s; NULL: numbers from 0
 */
typedef struct RegDbSvdDim {
    uint64_t n;
    uint64_t increment;
    bool array;
    bool listed;
    char **index;
} RegDbSvdDim;

/**
 * regdb_svd_step() - count work
 * @svd: the document
 *
 * Return: false if it is too much; then @svd->full
 */
bool regdb_svd_step(RegDbSvd *svd);

/**
 * regdb_svd_limit() - a function of build.h has reached a limit
 * @svd: the document
 * @node: the element
 */
void regdb_svd_limit(RegDbSvd *svd, const xmlNode *node);

/**
 * regdb_svd_item() - find what an element is derived from
 * @svd: the document
 * @node: the element
 * @item: where to store the item
 */
void regdb_svd_item(RegDbSvd *svd, const xmlNode *node, RegDbSvdItem *item);

/**
 * regdb_svd_child() - get a child of an item
 * @item: the item
 * @name: name of the element
 *
 * Return: its own or the inherited element; NULL if there is none
 */
const xmlNode *regdb_svd_child(const RegDbSvdItem *item, const char *name);

/**
 * regdb_svd_text() - get the text of a child of an item
 * @item: the item
 * @name: name of the element
 *
 * Return: the text, to be freed; NULL if there is none
 */
char *regdb_svd_text(const RegDbSvdItem *item, const char *name);

/**
 * regdb_svd_get() - get a number from a child of an item
 * @svd: gets a fault, if it is not a number
 * @item: the item
 * @name: name of the element
 * @number: where to store it; not changed if there is none
 *
 * Return: true if there is a number
 */
bool regdb_svd_get(RegDbSvd *svd, const RegDbSvdItem *item, const char *name,
                   uint64_t *number);

/**
 * regdb_svd_brief() - get an item's description, shortened
 * @item: the item
 *
 * Return: the text, to be freed; NULL if there is none
 */
char *regdb_svd_brief(const RegDbSvdItem *item);

/**
 * regdb_svd_values() - find the <enumeratedValues> that others are derived from
 * @svd: the document
 * @node: the element; gets the fault
 *
 * Return: the element that has the values, perhaps @node; NULL after a fault
 */
const xmlNode *regdb_svd_values(RegDbSvd *svd, const xmlNode *node);

/**
 * regdb_svd_number() - parse a number: 12, 0x12, #1010, 0b1010, 4k
 * @text: the number
 * @number: where to store it
 */
bool regdb_svd_number(const char *text, uint64_t *number);

/**
 * regdb_svd_dim() - find how often an item exists
 * @svd: gets faults
 * @item: the item
 * @name: its name
 * @dim: where to store it; regdb_svd_dim_clear() frees it
 *
 * Return: false if it does not exist, after a fault
 */
bool regdb_svd_dim(RegDbSvd *svd, const RegDbSvdItem *item, const char *name,
                   RegDbSvdDim *dim);

/**
 * regdb_svd_dim_name() - get the name of one item of several
 * @dim: how often it exists
 * @name: its name
 * @i: number of the item; of no use for an array
 *
 * Return: the name, to be freed
 */
char *regdb_svd_dim_name(const RegDbSvdDim *dim, const char *name, uint64_t i);

void regdb_svd_dim_clear(RegDbSvdDim *dim);

/**
 * regdb_svd_type() - get the type of a register
 * @svd: the document
 * @reg: the register
 * @bits: its width
 *
 * Return: the type; NULL at a limit
 */
const RegDbType *regdb_svd_type(RegDbSvd *svd, const RegDbSvdItem *reg,
                                unsigned bits);

#endif /* LIBREGDB_SVD_INTERNAL_H */
