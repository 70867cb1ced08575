/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: errors
 */
#ifndef LIBGUESTMEM_ERROR_H
#define LIBGUESTMEM_ERROR_H

#include <glib.h>

#define GMEM_ERROR gmem_error_quark()
GQuark gmem_error_quark(void);

typedef enum GmemError {
    GMEM_ERROR_SYNTAX,      /* message: "NAME:LINE:COLUMN: ..." */
    GMEM_ERROR_LIMIT,       /* likewise */
    GMEM_ERROR_FILE,        /* the file can't be read */
} GmemError;

#endif /* LIBGUESTMEM_ERROR_H */
