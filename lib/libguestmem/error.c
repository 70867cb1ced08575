/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: errors (see error.h) */
#include "libguestmem/error.h"

GQuark gmem_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-rings");
}
