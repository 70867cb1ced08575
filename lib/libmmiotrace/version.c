/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: version of the library */
#include "libmmiotrace/mmiotrace.h"

const char *mmt_version(void)
{
    return MMT_LIBRARY_VERSION;
}
