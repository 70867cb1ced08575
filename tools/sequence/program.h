/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as a program, in any language
 */
#ifndef VFIO_TRACE_SEQUENCE_PROGRAM_H
#define VFIO_TRACE_SEQUENCE_PROGRAM_H

#include "tools/sequence/program-style.h"

/**
 * sequence_program() - print a program
 * @seq: the sequence
 * @backend: how the program gets at the device
 * @style: the language
 * @out: where to print
 */
void sequence_program(const Sequence *seq, SeqBackend backend,
                      const ProgramStyle *style, FILE *out);

#endif /* VFIO_TRACE_SEQUENCE_PROGRAM_H */
