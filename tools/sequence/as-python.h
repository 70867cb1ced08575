/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as a program in Python (docs/sequence.md)
 */
#ifndef VFIO_TRACE_SEQUENCE_AS_PYTHON_H
#define VFIO_TRACE_SEQUENCE_AS_PYTHON_H

#include <stdio.h>

#include "tools/sequence/backend.h"

/**
 * sequence_write_python() - print a program in Python
 * @seq: the sequence, which passes sequence_check()
 * @backend: how the program gets at the device; passes sequence_backend_check()
 * @out: where to print; its errors are the caller's, and so are the files
 */
void sequence_write_python(const Sequence *seq, SeqBackend backend, FILE *out);

#endif /* VFIO_TRACE_SEQUENCE_AS_PYTHON_H */
