/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: what the parts of the parser share
 *
 * Each function that reads something begins at the word that lex.token is, and
 * ends behind it; it returns false once an error is stored.
 */
#ifndef LIBGUESTMEM_PARSE_INTERNAL_H
#define LIBGUESTMEM_PARSE_INTERNAL_H

#include "libguestmem/lex.h"
#include "libguestmem/model-internal.h"

/* Nesting of parentheses and the like in expressions */
#define GMEM_NESTING_MAX 64

/* Fields of a capability are in config space. */
#define GMEM_CAPABILITY_BYTES 256

/* Bytes of a marker's pattern */
#define GMEM_GLOB_MAX 256

/**
 * struct GmemUse: a field of an entry at a constant offset
 * @token: where it is
 * @of: GmemEntryOf
 * @end: the offset behind the field
 * @statement: number of the statement that it is in
 * @item: the list whose entry it is; NULL: the ring
 */
typedef struct GmemUse {
    GmemToken token;
    GmemEntryOf of;
    uint64_t end;
    unsigned statement;
    const GmemItem *item;
} GmemUse;

/**
 * struct GmemReference: a ring that is named before it may be declared
 * @token: its name
 * @statement: number of the statement that names it
 * @rule: number of that statement's rule; -1: its `answers`
 */
typedef struct GmemReference {
    GmemToken token;
    unsigned statement;
    int rule;
} GmemReference;

/**
 * struct GmemList: a list that is being read
 * @up: the list around it; NULL: the ring
 * @depth: lists that are being read, this one included
 * @item: the list
 */
typedef struct GmemList {
    const struct GmemList *up;
    unsigned depth;
    GmemItem *item;
} GmemList;

/**
 * struct GmemParse: a file that is being parsed
 * @lex: its text
 * @file: the result so far
 * @regs: numbers of the registers by name
 * @use: GmemUse
 * @reference: GmemReference
 * @names: GmemToken, the name of each statement
 * @value: where the statement first needs `value` or `index`, besides triggers
 * @has_order: the statement has said in which order
 * @limits: bits of the limits that were set
 * @list: the list that is being read; NULL: none
 * @instances: indexes of all registers, of all statements
 */
typedef struct GmemParse {
    GmemLex lex;
    GmemFile *file;
    GHashTable *regs;
    GArray *use;
    GArray *reference;
    GArray *names;
    GmemToken value;
    bool has_order;
    unsigned limits;
    const GmemList *list;
    uint64_t instances[2];
} GmemParse;

/* Largest index of an array */
#define GMEM_INDEX_MAX 65535

/* --- parse-words.c: small things ----------------------------------------- */

/* gmem_take_name() - the name here, to be freed; NULL on error */
char *gmem_take_name(GmemParse *p, const char *what);

/* gmem_take_number() - a number of a range */
bool gmem_take_number(GmemParse *p, const char *what, uint64_t min,
                      uint64_t max, uint64_t *number);

/* gmem_take_sign() - this sign, or an error that @what was expected */
bool gmem_take_sign(GmemParse *p, unsigned sign, const char *what);

/* gmem_take_word() - this word, or an error that it was expected */
bool gmem_take_word(GmemParse *p, const char *word);

/* gmem_skip_word() - go behind this word if it is here; check lex.failed */
bool gmem_skip_word(GmemParse *p, const char *word);

/* gmem_at_sign() - is this sign here? */
bool gmem_at_sign(const GmemParse *p, unsigned sign);

/**
 * struct GmemIndex: [N] or [LOW..HIGH] behind a name
 * @given: it is there
 * @low: LOW or N, else 0
 * @high: HIGH or N, else 0
 */
typedef struct GmemIndex {
    bool given;
    unsigned low;
    unsigned high;
} GmemIndex;

/* gmem_take_index() - an index, if there is one */
bool gmem_take_index(GmemParse *p, GmemIndex *index);

/* gmem_count_instances() - of registers (@of 0) or statements (1): not too many */
bool gmem_count_instances(GmemParse *p, const GmemToken *name, unsigned of,
                          unsigned n);

/**
 * gmem_fail_name() - an unknown name, with the most similar one that is known
 * @p: the parser
 * @token: the name
 * @what: what it should have been: "a register"
 * @name: calls back with a name for each number from 0 up, then NULL
 *
 * Return: false
 */
bool gmem_fail_name(GmemParse *p, const GmemToken *token, const char *what,
                    const char *(*name)(const GmemParse *p, unsigned i));

/**
 * struct GmemWord: a word that begins a line
 * @word: the word
 * @take: reads the rest of the line
 * @many: there may be several such lines in a block
 * @at_word: @take begins at the word, not behind it
 */
typedef struct GmemWord {
    const char *word;
    bool (*take)(GmemParse *p);
    bool many;
    bool at_word;
} GmemWord;

/**
 * gmem_take_line() - a line
 * @p: the parser
 * @words: words that it may begin with; the last one has no @word
 * @seen: bits of the words that were there
 */
bool gmem_take_line(GmemParse *p, const GmemWord *words, unsigned *seen);


/* gmem_take_block() - '{', lines, '}' */
bool gmem_take_block(GmemParse *p, const GmemWord *words);

/* --- expr.c: expressions ------------------------------------------------- */

/**
 * struct GmemScope: what an expression may use
 * @variables: bits of GmemVariable
 * @entries: bits of GmemEntryOf
 * @bare: neither registers nor memory
 * @registers: registers, but not memory
 * @statement: number of the statement that it is in
 * @item: the list whose entry is u8[]..u64[]; NULL: the ring
 * @outer: the list whose entry is outer.u8[]..; NULL: the ring
 */
typedef struct GmemScope {
    unsigned variables;
    unsigned entries;
    bool bare;
    bool registers;
    unsigned statement;
    const GmemItem *item;
    const GmemItem *outer;
} GmemScope;

/**
 * gmem_take_expr() - an expression
 * @p: the parser
 * @scope: what it may use
 * @expr: where to store it; may hold operations also on error
 */
bool gmem_take_expr(GmemParse *p, const GmemScope *scope, GmemExpr *expr);

/* gmem_expr_number() - is it a constant? */
bool gmem_expr_number(const GmemExpr *expr, uint64_t *number);

/* --- parse-register.c, -trigger.c, -ring.c, -item.c, -rule.c, -check.c --- */

/* gmem_find_register() - number of the register of that name; -1: none */
int gmem_find_register(const GmemParse *p, const GmemToken *token);

/* gmem_register_name() - for gmem_fail_name() */
const char *gmem_register_name(const GmemParse *p, unsigned i);

bool gmem_take_area(GmemParse *p);
bool gmem_take_register(GmemParse *p);
bool gmem_take_ring(GmemParse *p);
bool gmem_take_watch(GmemParse *p);
bool gmem_take_snapshot(GmemParse *p);

/* gmem_take_on(), gmem_take_reset() - triggers of the last statement */
bool gmem_take_on(GmemParse *p);
bool gmem_take_reset(GmemParse *p);

/* gmem_statement() - the statement that is being read */
GmemStatement *gmem_statement(const GmemParse *p);

/* gmem_entry_scope() - scope of expressions on an entry of the ring */
GmemScope gmem_entry_scope(const GmemParse *p);

/**
 * gmem_check_number() - a constant must be in a range
 * @p: the parser
 * @token: where an error is
 * @expr: an expression; one that is not constant may be anything
 * @what: what it is: "count"
 * @min: the lowest number
 * @max: the highest number
 */
bool gmem_check_number(GmemParse *p, const GmemToken *token,
                       const GmemExpr *expr, const char *what, uint64_t min,
                       uint64_t max);

bool gmem_take_create(GmemParse *p);
bool gmem_take_delete(GmemParse *p);
bool gmem_take_answers(GmemParse *p);

bool gmem_take_data(GmemParse *p);
bool gmem_take_list(GmemParse *p);

/* gmem_check_statement() - the statement that was just read is complete */
bool gmem_check_statement(GmemParse *p);

/* gmem_check_file() - so is the file */
bool gmem_check_file(GmemParse *p);

#endif /* LIBGUESTMEM_PARSE_INTERNAL_H */
