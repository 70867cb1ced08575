/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: languages of programs
 *
 * A program has fixed parts (programs/), of which it gets those that it needs,
 * tables, a function for each phase, and a main function.  The statements are
 * the same in all languages but for their ends; ProgramStyle has the rest.
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_STYLE_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_STYLE_H

#include <stdio.h>

#include "tools/sequence/backend.h"
#include "tools/sequence/program-names.h"

/* In two parts: it is not this file's */
#define PROGRAM_LICENCE "SPDX-License-Identifier" ": GPL-2.0-or-later"

typedef struct ProgramStyle ProgramStyle;

/**
 * struct Program: a program that is being printed
 * @seq: the sequence
 * @style: the language
 * @backend: how the program gets at the device
 * @out: where it is printed
 * @has: whether the sequence has an operation of each kind
 * @used: by file: whether an operation or a buffer needs it
 * @files: how many are used
 * @fills_file: whether a buffer gets bytes of a file
 * @data_max: most bytes of an operation that has them itself
 * @vectors: interrupt vectors that it needs
 * @kept: operation whose value a later one needs -> its number
 * @names: constants of the registers
 */
typedef struct Program {
    const Sequence *seq;
    const ProgramStyle *style;
    SeqBackend backend;
    FILE *out;
    bool has[SEQ__MAX];
    bool *used;
    unsigned files;
    bool fills_file;
    size_t data_max;
    unsigned vectors;
    GHashTable *kept;
    ProgramNames *names;
} Program;

/**
 * struct ProgramStyle: a language
 * @language: ending of the parts' names
 * @comment: what begins a comment
 * @comment_end: what ends it, at the end of the line
 * @end: end of a statement
 * @block_end: end of a loop or function, or NULL
 * @empty: what a block without statements has, or NULL
 * @quote: make a literal of a text; to be freed
 * @put_head: print the comment at the beginning
 * @put_constant: print a constant
 * @put_tables: print the tables of regions, files, buffers and kept values
 * @put_function: print the beginning of a phase's function
 * @put_loop: print the beginning of a loop
 * @put_main: print the main function, which calls those of the phases
 */
struct ProgramStyle {
    const char *language;
    const char *comment;
    const char *comment_end;
    const char *end;
    const char *block_end;
    const char *empty;
    char *(*quote)(const char *text);
    void (*put_head)(const Program *p);
    void (*put_constant)(const Program *p, const char *name, uint64_t value,
                         const char *comment);
    void (*put_tables)(const Program *p);
    void (*put_function)(const Program *p, const char *name);
    void (*put_loop)(const Program *p, const char *variable, uint64_t rounds);
    void (*put_main)(const Program *p, const GPtrArray *functions);
};

#endif /* VFIO_TRACE_SEQUENCE_PROGRAM_STYLE_H */
