/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: umr's ".reg" files: the registers of an IP block
 *
 *      1                       number of registers
 *      mmSTATUS 0 0x4 1 0 0    NAME TYPE OFFSET NUMBER-OF-FIELDS IS64 BASE
 *              BUSY 0 3        NAME FIRST-BIT LAST-BIT
 *
 * TYPE is the address space.  OFFSET is in words of 32 bits and, in a chip
 * with a SOC15 table, relative to one of the block's bases; 4294967295 is none.
 */
#ifndef LIBREGDB_UMR_REG_H
#define LIBREGDB_UMR_REG_H

#include "libregdb/loader.h"

/**
 * struct RegDbUmrBlock: an IP block, as the chip has it
 * @name: its name; NULL: there is no chip, each base is a domain of its own
 * @bases: its bases, or NULL if the chip has none
 * @n_bases: number of @bases
 * @named: RegDbElement in "MMIO" by address, of the chip's blocks so far; or
 *         NULL
 *
 * Of registers at one address the first one counts: its brief names the second
 * one.
 */
typedef struct RegDbUmrBlock {
    const char *name;
    const uint64_t *bases;
    unsigned n_bases;
    GHashTable *named;
} RegDbUmrBlock;

/**
 * regdb_umr_load_block() - add the registers of an IP block to a database
 * @source: the source; the current file is the ".reg" file
 * @build: the database
 * @block: the block
 * @text: content of the file
 * @len: its length
 *
 * Return: false at a limit of the database, after regdb_source_fault()
 */
bool regdb_umr_load_block(RegDbSource *source, RegDbBuild *build,
                          const RegDbUmrBlock *block, const char *text,
                          size_t len);

#endif /* LIBREGDB_UMR_REG_H */
