/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts $QEMU so that it outlives its parent: resets the death signal that the
 * parent has requested, as the kernel does when a program changes its user.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    (void)argc;
    prctl(PR_SET_PDEATHSIG, 0);
    execv(getenv("QEMU"), argv);
    perror("execv");
    return 127;
}
