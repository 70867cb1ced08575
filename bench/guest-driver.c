/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's side of the lab bench: a real driver's load
 *
 *     guest-driver [-r ROUNDS] [-H HOOK] DRIVER NAME=BDF[!]...
 *
 * Gives the device to DRIVER (a loaded module's), switches its network
 * interface on and off again, and takes it away.  Cases take turns and have
 * hooks as in guest-loop.c.  For each prints
 *
 *     driver NAME ROUND NANOSECONDS
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

#define CASES_MAX 16

typedef struct Case {
    const char *name;
    const char *bdf;
    int hook;
} Case;

static const char *driver;
static const char *hook;

static void driver_write(const char *file, const char *text)
{
    char path[256];
    int fd;

    snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/%s", driver, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        err(1, "%s < %s", path, text);
    }
    close(fd);
}

static void interface_of(const char *bdf, char *name)
{
    char path[128];
    struct dirent *entry;
    DIR *dir;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/net", bdf);
    dir = opendir(path);
    if (!dir) {
        err(1, "%s", path);
    }
    do {
        entry = readdir(dir);
    } while (entry && entry->d_name[0] == '.');
    if (!entry) {
        errx(1, "%s: no interface", path);
    }
    snprintf(name, IFNAMSIZ, "%.*s", IFNAMSIZ - 1, entry->d_name);
    closedir(dir);
}

static void set_flags(int fd, const char *name, short flags)
{
    struct ifreq ifr = { .ifr_flags = flags };

    strcpy(ifr.ifr_name, name);
    if (ioctl(fd, SIOCSIFFLAGS, &ifr)) {
        err(1, "%s", name);
    }
}

static void load(int fd, const char *bdf)
{
    char name[IFNAMSIZ];

    driver_write("bind", bdf);
    interface_of(bdf, name);
    set_flags(fd, name, IFF_UP);
    set_flags(fd, name, 0);
    driver_write("unbind", bdf);
}

static void run_case(int fd, const Case *c, unsigned round)
{
    uint64_t start;

    if (c->hook) {
        run_hook(hook, c->name, "on");
    }
    start = now_ns();
    load(fd, c->bdf);
    printf("driver %s %u %llu\n", c->name, round,
           (unsigned long long)(now_ns() - start));
    fflush(stdout);
    if (c->hook) {
        run_hook(hook, c->name, "off");
    }
}

int main(int argc, char **argv)
{
    Case cases[CASES_MAX];
    unsigned rounds = 5, n = 0;
    unsigned round, i;
    int option, fd;

    while ((option = getopt(argc, argv, "r:H:")) != -1) {
        switch (option) {
        case 'r':
            rounds = strtoul(optarg, NULL, 10);
            break;
        case 'H':
            hook = optarg;
            break;
        default:
            return 2;
        }
    }
    driver = argv[optind++];
    while (driver && optind < argc && n < CASES_MAX) {
        char *text = argv[optind++];
        size_t len = strlen(text);

        cases[n].hook = len && text[len - 1] == '!';
        if (cases[n].hook) {
            text[len - 1] = '\0';
        }
        cases[n].name = strsep(&text, "=");
        if (!text) {
            errx(2, "%s: invalid case: use NAME=BDF", cases[n].name);
        }
        cases[n++].bdf = text;
    }
    if (!n) {
        errx(2, "usage: guest-driver [-r ROUNDS] [-H HOOK] DRIVER "
             "NAME=BDF[!]...");
    }
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        err(1, "socket");
    }
    /* the first run of any case costs more */
    load(fd, cases[0].bdf);
    for (round = 0; round < rounds; round++) {
        for (i = 0; i < n; i++) {
            run_case(fd, &cases[(round + i) % n], round);
        }
    }
    close(fd);
    return 0;
}
