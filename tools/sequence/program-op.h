/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: an operation as a statement of a program
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_OP_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_OP_H

#include "tools/sequence/program-style.h"

/**
 * program_variable() - get the name of a loop's variable
 * @level: loops around the loop
 */
const char *program_variable(unsigned level);

/**
 * program_statement() - make a statement of an operation, with its comment
 * @p: the program
 * @i: number of the operation, which is not a loop or a note
 * @depth: loops around it
 *
 * Return: the statement, to be freed
 */
char *program_statement(const Program *p, uint32_t i, unsigned depth);

#endif /* VFIO_TRACE_SEQUENCE_PROGRAM_OP_H */
