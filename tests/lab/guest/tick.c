/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer in L1 that expires every 300 us. */
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PERIOD_NS 300000

int main(void)
{
    struct itimerspec period = {
        { 0, PERIOD_NS }, { 0, PERIOD_NS },
    };
    uint64_t times;
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);

    if (fd < 0 || timerfd_settime(fd, 0, &period, NULL)) {
        perror("tick");
        return 1;
    }
    while (read(fd, &times, sizeof(times)) == sizeof(times)) {
        continue;
    }
    perror("tick");
    return 1;
}
