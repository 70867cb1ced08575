/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: engine
 *
 * Follows the accesses to a device, and hands out what of the guest's memory is
 * to be logged, as the device's rings files say.
 *
 * Theory of operation
 *
 * The engine learns the values of registers only from the accesses that it is
 * told of; it never reads the device.  It reads memory by a function of its
 * user, copies what it has read, and looks at the copy alone: the guest may
 * change its memory meanwhile.  At one trigger it reads at most the file's
 * per_trigger bytes, and hands out what it found before it returns.
 *
 * Not thread-safe: in QEMU, everything runs under the BQL.
 */
#ifndef LIBGUESTMEM_ENGINE_H
#define LIBGUESTMEM_ENGINE_H

#include "libguestmem/host.h"

typedef struct GmemEngine GmemEngine;

/**
 * gmem_engine_new() - make an engine without files
 * @host: its user's functions; static
 * @opaque: their first argument
 */
GmemEngine *gmem_engine_new(const GmemHost *host, void *opaque);

void gmem_engine_free(GmemEngine *engine);

/**
 * gmem_engine_add() - add a file
 * @engine: the engine
 * @file: the file; the engine owns it from now on, also if this fails
 * @config: 256 bytes of config space, or NULL: the file has no areas
 * @error: an area is not in @config
 *
 * Return: whether it was added
 */
bool gmem_engine_add(GmemEngine *engine, GmemFile *file, const uint8_t *config,
                     GError **error);

/**
 * gmem_engine_remove() - remove a file
 * @engine: the engine
 * @file: the file, which is freed
 */
void gmem_engine_remove(GmemEngine *engine, const GmemFile *file);

/**
 * gmem_engine_file() - walk over the files
 * @engine: the engine
 * @i: number of the file, from 0 up
 *
 * Return: the file, or NULL
 */
const GmemFile *gmem_engine_file(const GmemEngine *engine, unsigned i);

/**
 * gmem_engine_range() - walk over the ranges whose accesses it must be told of
 * @engine: the engine
 * @i: number of the range, from 0 up
 * @bar: where to store its BAR
 * @offset: where to store its offset
 * @len: where to store its length
 * @reads: where to store whether reads of it count
 * @writes: where to store whether writes count
 * @name: where to store the name of the register, or NULL
 *
 * A register whose place depends on others has none until they are known: ask
 * again after a while.  The ranges of the file that was added last are the last
 * ones.
 *
 * Return: whether there is such a range
 */
bool gmem_engine_range(const GmemEngine *engine, unsigned i, int *bar,
                       uint64_t *offset, uint64_t *len, bool *reads,
                       bool *writes, const char **name);

/**
 * gmem_engine_write() - the guest has written
 * @engine: the engine
 * @bar: number of the BAR
 * @offset: offset in it
 * @width: bytes, 1 to 8
 * @value: the value
 *
 * To be called before the device gets the value.
 */
void gmem_engine_write(GmemEngine *engine, int bar, uint64_t offset,
                       unsigned width, uint64_t value);

/* gmem_engine_read() - the guest has read, and gets @value now */
void gmem_engine_read(GmemEngine *engine, int bar, uint64_t offset,
                      unsigned width, uint64_t value);

/**
 * gmem_engine_irq() - an interrupt of the device
 * @engine: the engine
 * @vector: its vector; 0 for INTx
 */
void gmem_engine_irq(GmemEngine *engine, unsigned vector);

/* gmem_engine_marker() - a marker of the user or of the guest */
void gmem_engine_marker(GmemEngine *engine, const char *text);

/**
 * gmem_engine_request() - look at a ring, watch or snapshot now
 * @engine: the engine
 * @name: its name, with the index if it has one: "SQ[3]"
 *
 * Return: whether there is one with that name
 */
bool gmem_engine_request(GmemEngine *engine, const char *name);

/* gmem_engine_reset() - a reset of the device: forget everything learnt */
void gmem_engine_reset(GmemEngine *engine);

/**
 * gmem_engine_forget() - accesses to a range may have been missed
 * @engine: the engine
 * @bar: number of the BAR
 * @offset: offset of the range
 * @len: its length
 */
void gmem_engine_forget(GmemEngine *engine, int bar, uint64_t offset,
                        uint64_t len);

/**
 * gmem_engine_count() - what a statement has done
 * @engine: the engine
 * @file: one of its files
 * @i: number of the statement, from 0 up
 * @count: where to store it
 *
 * Return: whether there is such a statement
 */
bool gmem_engine_count(const GmemEngine *engine, const GmemFile *file,
                       unsigned i, GmemCount *count);

#endif /* LIBGUESTMEM_ENGINE_H */
