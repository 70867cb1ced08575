/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/qemu/target.c"

#include "verbs.h"

void verbs_target(const char *socket)
{
    opt_qmp = (char *)socket;
}
