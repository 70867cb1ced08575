/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: marks, interrupts, events that are lost
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_MARK_H
#define VFIO_TRACE_SEQUENCE_COMPILE_MARK_H

#include "tools/sequence/compile-internal.h"

typedef enum CompileMarkKind {
    COMPILE_MARK_NONE,      /* means nothing for a sequence */
    COMPILE_MARK_TEXT,      /* of the user or the guest */
    COMPILE_MARK_IRQ,
    COMPILE_MARK_FAILED,    /* the access before it was not answered */
    COMPILE_MARK_LOST,
} CompileMarkKind;

/**
 * struct CompileMark: what an entry says that is no access
 * @kind: CompileMarkKind
 * @text: its text, to be freed; or NULL
 * @vector: of an interrupt
 */
typedef struct CompileMark {
    CompileMarkKind kind;
    char *text;
    uint64_t vector;
} CompileMark;

/**
 * compile_mark() - find out what an entry says
 * @c: the state: the device is known, or an access of it has come
 * @trace: the trace
 * @entry: the entry, no access
 * @mark: where to store it
 *
 * Return: its kind; if it is another than COMPILE_MARK_NONE, no cycle and no
 *         upload goes on behind it
 */
CompileMarkKind compile_mark(const Compile *c, MmtTrace *trace,
                             const MmtEntry *entry, CompileMark *mark);

/**
 * compile_mark_op() - append its operation
 * @c: the state
 * @entry: the entry
 * @mark: what it says; its text is freed
 */
void compile_mark_op(Compile *c, const MmtEntry *entry, CompileMark *mark);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_MARK_H */
