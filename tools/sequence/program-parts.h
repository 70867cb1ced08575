/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: fixed parts of a program
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_PARTS_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_PARTS_H

#include "tools/sequence/program-style.h"

/**
 * program_part() - print a part
 * @p: the program
 * @name: the part's name: "begin"
 */
void program_part(const Program *p, const char *name);

/**
 * program_parts() - print the parts that the operations need
 * @p: the program
 */
void program_parts(const Program *p);

/**
 * program_first_contents() - print what the main function puts into buffers
 * @p: the program, whose buffers are made
 */
void program_first_contents(const Program *p);

/**
 * program_comment() - make a text fit for a comment
 * @style: the language
 * @text: the text, which is printable
 *
 * Return: the text without what would end the comment; to be freed
 */
char *program_comment(const ProgramStyle *style, const char *text);

#endif /* VFIO_TRACE_SEQUENCE_PROGRAM_PARTS_H */
