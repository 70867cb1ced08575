/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: what the files of rules-ng-ng's loader share
 *
 * The files of a database are read first (rnndb-read.c), into nodes: one for
 * each element that says something about registers.  What has a name at the
 * top, and is used by it, may come later or in another file.  Then domains are
 * built (rnndb-tree.c) with the types (rnndb-types.c, rnndb-lists.c) and the
 * conditions (rnndb-scope.c) of what is in them.
 */
#ifndef LIBREGDB_RNNDB_INTERNAL_H
#define LIBREGDB_RNNDB_INTERNAL_H

#include "libregdb/loader.h"

/* Nodes of a database: some 200 bytes each, while it is loaded */
#define REGDB_RNN_NODES_MAX (1u << 20)

/* Imports within imports; files that are imported, found or not */
#define REGDB_RNN_IMPORTS_MAX 32
#define REGDB_RNN_FILES_MAX 4096

/* Groups that use groups */
#define REGDB_RNN_GROUPS_MAX 32

/* Bitsets in bitsets; fields of all of them together */
#define REGDB_RNN_TYPES_MAX 16
#define REGDB_RNN_FIELDS_MAX 1024

/* Types and fields in each other, while they are built */
#define REGDB_RNN_DEPTH_MAX 128

/* Different conditions; variants of a set */
#define REGDB_RNN_SCOPES_MAX 65536
#define REGDB_RNN_VARIANTS_MAX 4096

/* Words of lists of variants that are looked up */
#define REGDB_RNN_WORDS_MAX (4u << 20)

typedef enum RegDbRnnTag {
    REGDB_RNN_DATABASE,
    REGDB_RNN_IMPORT,
    REGDB_RNN_COPYRIGHT,
    REGDB_RNN_AUTHOR,
    REGDB_RNN_NICK,
    REGDB_RNN_LICENSE,
    REGDB_RNN_BRIEF,
    REGDB_RNN_DOC,
    REGDB_RNN_ENUM,
    REGDB_RNN_BITSET,
    REGDB_RNN_SPECTYPE,
    REGDB_RNN_DOMAIN,
    REGDB_RNN_GROUP,
    REGDB_RNN_USE_GROUP,
    REGDB_RNN_ARRAY,
    REGDB_RNN_STRIPE,
    REGDB_RNN_REGISTER,
    REGDB_RNN_BITFIELD,
    REGDB_RNN_VALUE,
    REGDB_RNN_N_TAGS,
} RegDbRnnTag;

/* Attributes that a node has: RegDbRnnNode.given */
typedef enum RegDbRnnGiven {
    REGDB_RNN_HAS_OFFSET = 1 << 0,
    REGDB_RNN_HAS_VALUE = 1 << 1,
    REGDB_RNN_HAS_LOW = 1 << 2,
    REGDB_RNN_HAS_HIGH = 1 << 3,
    REGDB_RNN_HAS_PLACES = 1 << 4,      /* C expressions of a driver */
} RegDbRnnGiven;

/* What was said about a node already: RegDbRnnNode.told */
typedef enum RegDbRnnTold {
    REGDB_RNN_TOLD_TYPE = 1 << 0,
    REGDB_RNN_TOLD_VARIANTS = 1 << 1,
    REGDB_RNN_TOLD_PLACE = 1 << 2,
    REGDB_RNN_TOLD_GROUP = 1 << 3,
} RegDbRnnTold;

/**
 * struct RegDbRnnNode: an element of XML
 * @next: the next one in the same element
 * @first: the first one in it
 * @last: the last one in it
 * @file: its file, for messages; NULL: the first one
 * @line: its line
 * @tag: which element
 * @given: attributes that it has, RegDbRnnGiven
 * @holds: bit N: something with the tag N is in it
 * @told: RegDbRnnTold
 * @wrong: an attribute's value makes no sense
 * @is_doc: @brief is the beginning of a longer text
 * @is_inline: of an enum or bitset
 * @is_bare: of an enum, bitset or domain
 * @active: it is being built: for finding what contains itself
 * @depends: of an enum or bitset: does anything in it depend on a variant?
 *           0: not known yet; 1: no; 2: yes
 * @access: of a register, RegDbAccess
 * @bits: of a register, its width
 * @name: the name, or the group that is used; or NULL
 * @brief: what it is, or NULL
 * @prefix: its attribute; enum of the variants of what is in it
 * @varset: its attribute; enum of the variants
 * @variants: its attribute; variants that it exists in
 * @type: its attribute
 * @shr: its attribute
 * @radix: its attribute
 * @add: its attribute
 * @low: lowest bit
 * @high: highest bit
 * @offset: its attribute
 * @length: its attribute, or 1
 * @stride: its attribute, or 0
 * @value: of a value
 * @width: of a domain
 * @size: of a domain
 * @offsets: its attribute, or NULL
 * @n_offsets: number of @offsets
 * @built: of an enum or bitset, the type that has its name; or NULL
 * @varset_of: of an enum, the set of its values; or NULL
 *
 * All texts are those of regdb_rnn_text(): equal ones are the same pointer.
 */
typedef struct RegDbRnnNode {
    struct RegDbRnnNode *next;
    struct RegDbRnnNode *first;
    struct RegDbRnnNode *last;
    const char *file;
    unsigned line;
    uint32_t holds;
    uint8_t tag;
    uint8_t given;
    uint8_t told;
    bool wrong;
    bool is_doc;
    bool is_inline;
    bool is_bare;
    bool active;
    uint8_t depends;
    uint8_t access;
    uint8_t bits;
    const char *name;
    const char *brief;
    const char *prefix;
    const char *varset;
    const char *variants;
    const char *type;
    uint64_t shr;
    uint64_t radix;
    uint64_t add;
    uint64_t low;
    uint64_t high;
    uint64_t offset;
    uint64_t length;
    uint64_t stride;
    uint64_t value;
    uint64_t width;
    uint64_t size;
    const uint64_t *offsets;
    uint32_t n_offsets;
    const RegDbType *built;
    struct RegDbRnnVarset *varset_of;
} RegDbRnnNode;

/**
 * struct RegDbRnnScope: variants at some place of a database
 * @prefix: the enum that its prefix names, or NULL
 * @varset: name of the enum that variants are of without a prefix, or NULL
 * @conditions: variants that the place exists in
 * @own: the last one of them that was added, as a RegDbCondition without a
 *       next one; NULL if there is none
 * @dead: there is no variant left
 */
typedef struct RegDbRnnScope {
    const RegDbRnnNode *prefix;
    const char *varset;
    const struct RegDbRnnLimit *conditions;
    const RegDbCondition *own;
    bool dead;
} RegDbRnnScope;

/**
 * struct RegDbRnn: a database that is loaded
 * @source: where it comes from
 * @build: where it goes
 * @strings: memory of its texts
 * @texts: set of them
 * @chunks: memory of the nodes and scopes
 * @chunk_used: bytes in use of the last one
 * @files: set of the imports that were read, or can't be
 * @named: of each tag, nodes that have a name, by name
 * @order: the same in the order of the database
 * @n_nodes: number of nodes
 * @n_imports: imports around what is read
 * @n_bytes: of the files that are open
 * @file: what is read, for messages; NULL: the first file
 * @root: the scope that domains, enums and bitsets begin with
 * @scopes: RegDbRnnScope by its parent and attributes
 * @missing: set of the enums of variants that are not there
 * @tables: of variants, which scopes use
 * @n_visits: nodes that were built, each time they were
 * @n_words: variants that were looked up
 * @types: RegDbType of numbers and shifts, by what they are made of
 * @copies: RegDbType of inline enums and bitsets, by place
 * @weights: of types, fields in them and depth
 * @n_types: types around the one that is built
 * @n_spectypes: spectypes among them
 * @quiet: messages about variants are not given
 * @failed: it can't be loaded; a message says why
 */
typedef struct RegDbRnn {
    RegDbSource *source;
    RegDbBuild *build;
    GStringChunk *strings;
    GHashTable *texts;
    GPtrArray *chunks;
    size_t chunk_used;
    GHashTable *files;
    GHashTable *named[REGDB_RNN_N_TAGS];
    GPtrArray *order[REGDB_RNN_N_TAGS];
    unsigned n_nodes;
    unsigned n_imports;
    size_t n_bytes;
    const char *file;
    RegDbRnnScope *root;
    GHashTable *scopes;
    GHashTable *missing;
    GPtrArray *tables;
    unsigned n_visits;
    unsigned n_words;
    GHashTable *types;
    GHashTable *copies;
    GHashTable *weights;
    unsigned n_types;
    unsigned n_spectypes;
    bool quiet;
    bool failed;
} RegDbRnn;

/**
 * regdb_rnn_alloc() - get memory that lasts while the database is loaded
 * @rnn: the database
 * @size: bytes, at most 64 KiB
 *
 * Return: zeroes
 */
void *regdb_rnn_alloc(RegDbRnn *rnn, size_t size);

/**
 * regdb_rnn_text() - keep a text while the database is loaded
 * @rnn: the database
 * @text: the text
 *
 * Return: a copy; the same one for equal texts
 */
const char *regdb_rnn_text(RegDbRnn *rnn, const char *text);

/**
 * regdb_rnn_fault() - say that something about a node is wrong
 * @rnn: the database
 * @node: the node
 * @format: what, as for printf()
 */
void regdb_rnn_fault(RegDbRnn *rnn, const RegDbRnnNode *node,
                     const char *format, ...) G_GNUC_PRINTF(3, 4);

/**
 * regdb_rnn_tell() - say once that something about a node is wrong
 * @rnn: the database
 * @node: the node
 * @told: which kind of message
 * @format: what, as for printf()
 */
void regdb_rnn_tell(RegDbRnn *rnn, RegDbRnnNode *node, RegDbRnnTold told,
                    const char *format, ...) G_GNUC_PRINTF(4, 5);

/**
 * regdb_rnn_full() - give up, since the database has reached a limit
 * @rnn: the database
 * @node: where it was reached
 *
 * Return: NULL
 */
void *regdb_rnn_full(RegDbRnn *rnn, const RegDbRnnNode *node);

/**
 * regdb_rnn_find() - find what has a name
 * @rnn: the database
 * @tag: what it is
 * @name: its name, of regdb_rnn_text(), or NULL
 *
 * Return: its first node, which has the content of all; NULL if there is none
 */
RegDbRnnNode *regdb_rnn_find(const RegDbRnn *rnn, RegDbRnnTag tag,
                             const char *name);

/**
 * regdb_rnn_read() - read a file and what it imports
 * @rnn: the database
 * @path: its path, as it is imported; NULL: the first file
 * @text: its content
 * @len: length of @text
 *
 * Return: false if the database can't be loaded
 */
bool regdb_rnn_read(RegDbRnn *rnn, const char *path, const char *text,
                    size_t len);

/**
 * regdb_rnn_import() - read a file that another one imports
 * @rnn: the database
 * @path: its path
 * @line: where it is imported
 *
 * Return: false if the database can't be loaded
 */
bool regdb_rnn_import(RegDbRnn *rnn, const char *path, unsigned line);

/**
 * regdb_rnn_attribute() - take an attribute of an element
 * @rnn: the database
 * @node: the element
 * @tag: what the element is called in the file, for messages
 * @name: the attribute's name
 * @value: its value
 */
void regdb_rnn_attribute(RegDbRnn *rnn, RegDbRnnNode *node, const char *tag,
                         const char *name, const char *value);

/**
 * regdb_rnn_scope_begin() - prepare for scopes
 * @rnn: the database
 */
void regdb_rnn_scope_begin(RegDbRnn *rnn);

/**
 * regdb_rnn_scope_end() - free what regdb_rnn_scope_begin() has prepared
 * @rnn: the database
 */
void regdb_rnn_scope_end(RegDbRnn *rnn);

/**
 * regdb_rnn_scope() - get the variants of a node
 * @rnn: the database
 * @parent: those of what it is in
 * @node: the node
 *
 * Return: the variants; NULL at a limit
 */
const RegDbRnnScope *regdb_rnn_scope(RegDbRnn *rnn,
                                     const RegDbRnnScope *parent,
                                     RegDbRnnNode *node);

/**
 * regdb_rnn_scope_all() - get all conditions of a place
 * @rnn: the database
 * @scope: the place
 *
 * Return: the conditions, or NULL if there are none
 */
const RegDbCondition *regdb_rnn_scope_all(RegDbRnn *rnn,
                                          const RegDbRnnScope *scope);

/**
 * regdb_rnn_types_begin() - prepare for types
 * @rnn: the database
 */
void regdb_rnn_types_begin(RegDbRnn *rnn);

/**
 * regdb_rnn_types_end() - free what regdb_rnn_types_begin() has prepared
 * @rnn: the database
 */
void regdb_rnn_types_end(RegDbRnn *rnn);

/**
 * regdb_rnn_type() - get what the bits of a register or field mean
 * @rnn: the database
 * @node: the register, field or spectype
 * @scope: its variants
 * @bits: its width
 *
 * Return: the type; NULL at a limit
 */
const RegDbType *regdb_rnn_type(RegDbRnn *rnn, RegDbRnnNode *node,
                                const RegDbRnnScope *scope, unsigned bits);

/**
 * regdb_rnn_type_hex() - get the type of what is not known
 * @rnn: the database
 * @node: the register or field, for its shift
 *
 * Return: the type; NULL at a limit
 */
const RegDbType *regdb_rnn_type_hex(RegDbRnn *rnn, const RegDbRnnNode *node);

/**
 * regdb_rnn_lists_begin() - prepare for enums and bitsets
 * @rnn: the database
 */
void regdb_rnn_lists_begin(RegDbRnn *rnn);

/**
 * regdb_rnn_lists_end() - free what regdb_rnn_lists_begin() has prepared
 * @rnn: the database
 */
void regdb_rnn_lists_end(RegDbRnn *rnn);

/**
 * regdb_rnn_has() - is there such an element in a node?
 * @node: the node
 * @tag: the element
 */
bool regdb_rnn_has(const RegDbRnnNode *node, RegDbRnnTag tag);

/**
 * regdb_rnn_list() - find the enum or bitset that a node's type names
 * @rnn: the database
 * @node: the register or field
 *
 * Return: the enum or bitset, or NULL
 */
RegDbRnnNode *regdb_rnn_list(const RegDbRnn *rnn, const RegDbRnnNode *node);

/**
 * regdb_rnn_list_type() - get the type that an enum or bitset has in a place
 * @rnn: the database
 * @node: the register or field that names it
 * @list: the enum or bitset
 * @scope: the place
 *
 * Return: the type; NULL at a limit
 */
const RegDbType *regdb_rnn_list_type(RegDbRnn *rnn, RegDbRnnNode *node,
                                     RegDbRnnNode *list,
                                     const RegDbRnnScope *scope);

/**
 * regdb_rnn_list_own() - make a type of the values or fields in a node
 * @rnn: the database
 * @node: the register or field
 * @scope: its variants
 * @kind: REGDB_ENUM or REGDB_BITSET
 *
 * Return: the type; NULL at a limit
 */
const RegDbType *regdb_rnn_list_own(RegDbRnn *rnn, RegDbRnnNode *node,
                                    const RegDbRnnScope *scope,
                                    RegDbKind kind);

/**
 * regdb_rnn_build_types() - build the enums and bitsets that have a name
 * @rnn: the database
 *
 * Return: false at a limit
 */
bool regdb_rnn_build_types(RegDbRnn *rnn);

/**
 * regdb_rnn_build_domains() - build the domains
 * @rnn: the database
 *
 * Return: false at a limit
 */
bool regdb_rnn_build_domains(RegDbRnn *rnn);

#endif /* LIBREGDB_RNNDB_INTERNAL_H */
