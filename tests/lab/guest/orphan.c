/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts $QEMU as a program that outlives who started it, whatever that one
 * has asked the kernel for: as one does that changes its user.
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
