/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: an engine's tables of registers
 */
#ifndef LIBGUESTMEM_TABLES_H
#define LIBGUESTMEM_TABLES_H

#include "libguestmem/engine-internal.h"

/* gmem_tables_make() - files have come or gone, or were reset */
void gmem_tables_make(GmemEngine *engine);

/**
 * gmem_tables_update() - values have changed that places depend on
 * @engine: the engine
 *
 * Return: whether tables have changed
 */
bool gmem_tables_update(GmemEngine *engine);

void gmem_tables_clear(GmemEngine *engine);

#endif /* LIBGUESTMEM_TABLES_H */
