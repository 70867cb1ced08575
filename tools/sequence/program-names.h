/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: identifiers of a program
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_NAMES_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_NAMES_H

#include "tools/sequence/model.h"

typedef struct ProgramNames ProgramNames;

/**
 * struct ProgramName: constant of a register
 * @region: its region
 * @offset: its value
 * @text: number of the register's name
 * @name: the constant's name: "BAR0_CTRL"
 */
typedef struct ProgramName {
    unsigned region;
    uint64_t offset;
    uint32_t text;
    char *name;
} ProgramName;

/**
 * program_names_new() - name the registers of a sequence
 * @seq: the sequence
 */
ProgramNames *program_names_new(const Sequence *seq);

/**
 * program_names_list() - get all constants, in the order of their first use
 * @names: the names
 *
 * Return: ProgramName elements
 */
const GPtrArray *program_names_list(const ProgramNames *names);

/**
 * program_names_find() - get the constant of an operation's register
 * @names: the names
 * @op: the operation, which has a place
 *
 * Return: its name, or NULL if the register has none
 */
const char *program_names_find(const ProgramNames *names, const SeqOp *op);

/**
 * program_names_free() - free the names
 * @names: the names
 */
void program_names_free(ProgramNames *names);

/**
 * program_word() - make part of an identifier of a text
 * @text: the text
 * @max: most bytes of the result
 *
 * Return: letters, digits and single '_' between them; may be empty; to be
 *         freed
 */
char *program_word(const char *text, size_t max);

/**
 * program_has_place() - does an operation have a register?
 * @op: the operation
 */
bool program_has_place(const SeqOp *op);

#endif /* VFIO_TRACE_SEQUENCE_PROGRAM_NAMES_H */
