/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: main loop, from QEMU's start to its end
 */
#ifndef VFIO_TRACE_RUN_LOOP_H
#define VFIO_TRACE_RUN_LOOP_H

#include "tools/run/internal.h"

/**
 * run_loop() - run QEMU, from its start to its end
 * @session: the run; its devices have been taken
 */
void run_loop(RunSession *session);

#endif /* VFIO_TRACE_RUN_LOOP_H */
