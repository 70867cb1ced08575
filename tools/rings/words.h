/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings: words for the parts of a rings file
 *
 * Each function returns a text that is to be freed.
 */
#ifndef VFIO_TRACE_RINGS_WORDS_H
#define VFIO_TRACE_RINGS_WORDS_H

#include "libguestmem/model.h"

/* rings_device_word() - "8086:10d3", or "class 010802" */
char *rings_device_word(const GmemFor *device);

/* rings_devices_words() - all of a file's, with @between between them */
char *rings_devices_words(const GmemFile *file, const char *between);

/* rings_index_words() - "NAME", "NAME[3]" or "NAME[0..7]" */
char *rings_index_words(const char *name, bool is_array, unsigned low,
                        unsigned high);

/* rings_register_name() - a register's name with its indexes */
char *rings_register_name(const GmemRegister *reg);

/* rings_place_word() - a register's place: "bar0:0x10:4" */
char *rings_place_word(const GmemFile *file, const GmemRegister *reg);

/* rings_access_word() - "r", "w" or "rw"; a constant */
const char *rings_access_word(const GmemRegister *reg);

/* rings_statement_name() - a statement's name with its numbers */
char *rings_statement_name(const GmemStatement *s);

/* rings_kind_word() - "ring", "watch" or "snapshot"; a constant */
const char *rings_kind_word(const GmemStatement *s);

/* rings_order_word() - "tail", "while", "bits" or "all"; a constant */
const char *rings_order_word(const GmemStatement *s);

/* rings_trigger_words() - "write SQTDBL[0] when ..." */
char *rings_trigger_words(const GmemFile *file, const GmemTrigger *trigger);

#endif /* VFIO_TRACE_RINGS_WORDS_H */
