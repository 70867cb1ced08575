/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: no features of Hyper-V, which only x86 has (see hyperv.h)
 */
#include "tools/run/hyperv.h"

char *run_hyperv_ask(const char *root, bool synic, char **missing)
{
    *missing = NULL;
    return g_strdup("");
}
