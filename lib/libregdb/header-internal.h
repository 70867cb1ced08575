/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: C headers, the parts of their loader
 *
 *      header-lex.c     text -> defines: #define, and members of enums
 *      header-eval.c    their expressions
 *      header-list.c    which of them are registers
 *      header-field.c   which of them are fields, and which are their values
 *      header-amd.c     the same by AMD's names
 *      header.c         files, and making the database
 */
#ifndef LIBREGDB_HEADER_INTERNAL_H
#define LIBREGDB_HEADER_INTERNAL_H

#include "libregdb/loader.h"

/* Defines of all files of a database */
#define REGDB_HEADER_DEFINES_MAX (1u << 20)

/* Tokens of expressions that are evaluated: macros multiply */
#define REGDB_HEADER_STEPS_MAX (1u << 26)

/**
 * enum RegDbHeaderForm: how a value is written
 */
typedef enum RegDbHeaderForm {
    REGDB_HEADER_OTHER,     /* no number, or an expression of other kinds */
    REGDB_HEADER_HEX,       /* 0x14 */
    REGDB_HEADER_DECIMAL,   /* 20 */
    REGDB_HEADER_SUM,       /* BASE + 0x14 */
    REGDB_HEADER_BITS,      /* BIT(4), GENMASK(7, 4), 1 << 4, ~0xf, A | B */
    REGDB_HEADER_ALIAS,     /* NAME */
    REGDB_HEADER_MMIO,      /* _MMIO(0x14) */
} RegDbHeaderForm;

/**
 * enum RegDbHeaderRole: what a define is used as
 */
typedef enum RegDbHeaderRole {
    REGDB_HEADER_UNUSED,
    REGDB_HEADER_REGISTER,
    REGDB_HEADER_FIELD,
    REGDB_HEADER_VALUE,
    REGDB_HEADER_PLACE,     /* _SHIFT of a field, _BASE_IDX of a register */
} RegDbHeaderRole;

/**
 * enum RegDbHeaderState: was a define's expression evaluated?
 */
typedef enum RegDbHeaderState {
    REGDB_HEADER_NEW,
    REGDB_HEADER_BUSY,      /* being evaluated: it refers to itself */
    REGDB_HEADER_NUMBER,    /* value is known */
    REGDB_HEADER_FAILED,
} RegDbHeaderState;

/**
 * struct RegDbHeaderDefine: a #define, or a member of an enum
 * @name: its name
 * @param: parameter of a macro that has one, or NULL
 * @expr: its expression
 * @comment: the comment behind it, or NULL
 * @line: its line
 * @file: number of its file
 * @indent: white space before the name, but for one
 * @list: number of the enum of which it is a member, or 0
 * @inside: of a #define in an enum: number of the enum, or 0
 * @digits: of REGDB_HEADER_HEX
 * @form: how the value is written
 * @state: of the evaluation
 * @role: what it is used as
 * @many: it has several parameters
 * @value: the value
 * @length: of an array of registers; 0: without end; 1: of a single register
 * @stride: of an array of registers
 * @bits: width of a register
 * @owner: of a field: the register; of a value: the field
 * @mask: of a field: its bits; of a value: the value
 * @title: of a field or value: its name within the owner
 */
typedef struct RegDbHeaderDefine {
    const char *name;
    const char *param;
    const char *expr;
    const char *comment;
    unsigned line;
    uint16_t file;
    uint16_t indent;
    uint32_t list;
    uint32_t inside;
    uint8_t digits;
    uint8_t form;
    uint8_t state;
    uint8_t role;
    uint8_t bits;
    bool many;
    uint64_t value;
    uint64_t length;
    uint64_t stride;
    struct RegDbHeaderDefine *owner;
    uint64_t mask;
    const char *title;
} RegDbHeaderDefine;

/**
 * struct RegDbHeader: headers that are being read
 * @source: gets the faults
 * @build: the database
 * @strings: texts of the defines
 * @defines: RegDbHeaderDefine, in their order
 * @by_name: the same by name, the first one of a name
 * @lists: names of the enums, by number - 1; NULL for one without a name
 * @files: names of the files that were read, or are being read
 * @steps: counts up to REGDB_HEADER_STEPS_MAX
 * @full: a limit was reached: give up
 */
typedef struct RegDbHeader {
    RegDbSource *source;
    RegDbBuild *build;
    GStringChunk *strings;
    GPtrArray *defines;
    GHashTable *by_name;
    GPtrArray *lists;
    GPtrArray *files;
    unsigned steps;
    bool full;
} RegDbHeader;

/**
 * typedef RegDbHeaderInclude - a file asks for another one
 * @header: the headers
 * @path: the file
 * @line: line of the current file
 */
typedef void RegDbHeaderInclude(RegDbHeader *header, const char *path,
                                unsigned line);

/**
 * regdb_header_lex() - take the defines of a text
 * @header: the headers; gets the defines
 * @file: number of the file
 * @text: its text
 * @len: its length
 * @include: takes each #include "..."
 */
void regdb_header_lex(RegDbHeader *header, unsigned file, const char *text,
                      size_t len, RegDbHeaderInclude *include);

/**
 * regdb_header_form() - find how a value is written
 * @define: the define; gets the form and digits
 */
void regdb_header_form(RegDbHeaderDefine *define);

/**
 * regdb_header_value() - evaluate a define without a parameter
 * @header: the headers
 * @define: the define; gets the value
 *
 * Return: does it have a value?
 */
bool regdb_header_value(RegDbHeader *header, RegDbHeaderDefine *define);

/**
 * regdb_header_call() - evaluate a macro with one parameter
 * @header: the headers
 * @define: the macro
 * @argument: the parameter's value
 * @value: where to store the value
 *
 * Return: does it have a value?
 */
bool regdb_header_call(RegDbHeader *header, const RegDbHeaderDefine *define,
                       uint64_t argument, uint64_t *value);

/**
 * regdb_header_registers() - find the registers
 * @header: the headers; gets the roles
 */
void regdb_header_registers(RegDbHeader *header);

/**
 * regdb_header_fields() - find the registers' fields and their values
 * @header: the headers; gets the roles
 */
void regdb_header_fields(RegDbHeader *header);

/**
 * struct RegDbHeaderSpace: where AMD's names say that a register is
 * @domain: name of the domain
 * @unit: bits of a unit of its addresses
 * @skip: bytes of the name that say so
 */
typedef struct RegDbHeaderSpace {
    char domain[16];
    unsigned unit;
    unsigned skip;
} RegDbHeaderSpace;

/**
 * regdb_header_amd() - find registers and fields by AMD's names
 * @header: the headers; gets the roles
 *
 * Return: are there such names?
 */
bool regdb_header_amd(RegDbHeader *header);

/**
 * regdb_header_amd_space() - find where a register of AMD's is
 * @header: the headers
 * @define: the register
 * @space: where to store it
 *
 * Return: is the name one of AMD's registers?
 */
bool regdb_header_amd_space(RegDbHeader *header,
                            const RegDbHeaderDefine *define,
                            RegDbHeaderSpace *space);

/**
 * regdb_header_find() - find a define by a name with something behind it
 * @header: the headers
 * @name: the name
 * @len: bytes of it that count
 * @suffix: what is behind it
 *
 * Return: the define, or NULL
 */
RegDbHeaderDefine *regdb_header_find(const RegDbHeader *header,
                                     const char *name, size_t len,
                                     const char *suffix);

/**
 * regdb_header_is_mask() - are a value's bits beside each other?
 * @value: the value
 */
static inline bool regdb_header_is_mask(uint64_t value)
{
    uint64_t low = value & -value;

    return value && !((value + low) & value);
}

#endif /* LIBREGDB_HEADER_INTERNAL_H */
