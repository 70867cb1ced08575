/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: no Hyper-V's features, which only x86's KVM has (see hyperv.h)
 */
#include "tools/run/hyperv.h"

char *run_hyperv_ask(const char *root, bool synic, char **missing)
{
    *missing = NULL;
    return g_strdup("");
}
