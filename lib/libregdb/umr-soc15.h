/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: umr's ".soc15" files
 *
 * From AMD's "SOC15" generation on, the registers of an IP block are at
 * offsets from one of its bases.  A ".soc15" file has, for each IP, its name
 * on a line and then a line of bases for each instance of it; all are counted
 * in words of 32 bits.
 */
#ifndef LIBREGDB_UMR_SOC15_H
#define LIBREGDB_UMR_SOC15_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libregdb/loader.h"
#include "libregdb/umr-line.h"

/* Bases of an instance */
#define REGDB_UMR_BASES_MAX (REGDB_UMR_WORDS_MAX - 1)

typedef struct RegDbUmrSoc15 RegDbUmrSoc15;

/**
 * regdb_umr_soc15_load() - read a table of bases
 * @source: the database's source
 * @path: the table's file
 * @line: line of the current file that names it
 *
 * Return: the table, to be freed with regdb_umr_soc15_free(); NULL after
 *         regdb_source_fault()
 */
RegDbUmrSoc15 *regdb_umr_soc15_load(RegDbSource *source, const char *path,
                                    unsigned line);

/**
 * regdb_umr_soc15_bases() - get the bases of an instance of an IP
 * @soc15: the table
 * @source: the database's source
 * @ip: name of the IP
 * @instance: which one, from 0 up
 * @line: line of the current file that asks for it
 * @bases: room for REGDB_UMR_BASES_MAX of them
 *
 * Return: number of bases; 0 after regdb_source_fault()
 */
unsigned regdb_umr_soc15_bases(const RegDbUmrSoc15 *soc15, RegDbSource *source,
                               const char *ip, uint64_t instance,
                               unsigned line, uint64_t *bases);

/**
 * regdb_umr_soc15_free() - free a table
 * @soc15: the table, or NULL
 */
void regdb_umr_soc15_free(RegDbUmrSoc15 *soc15);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDbUmrSoc15, regdb_umr_soc15_free)

#endif /* LIBREGDB_UMR_SOC15_H */
