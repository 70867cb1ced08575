/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Linux: the I/O port
 *
 * The port takes single bytes from anyone: a lock keeps the lines of two
 * programs apart.  It is on /dev/port, which only root can open, so that no
 * other user can hold it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "guest-images/marker/linux.h"

#if defined(__x86_64__) || defined(__i386__)
#include <sys/io.h>

static bool in_use;
static unsigned isa_port;
static int lock_fd = -1;

/* Returns false if another program has the lock. */
static bool take_lock(void)
{
    lock_fd = open("/dev/port", O_RDONLY | O_CLOEXEC);
    return lock_fd < 0 || !flock(lock_fd, LOCK_EX | LOCK_NB);
}

PortState linux_isa_open(unsigned port, MarkText *why)
{
    if (ioperm(port, 1, 1)) {
        mark_text_format(why,
                         "I/O ports need root, and a kernel that is not locked down (as it may be with Secure Boot): %s",
                         strerror(errno));
        return PORT_REFUSED;
    }
    isa_port = port;
    in_use = true;
    if (inb(port) != MARK_ISA_SIGNATURE) {
        linux_isa_close();
        mark_text_format(why,
                         "no marker device answers at the I/O port %u",
                         port);
        return PORT_MISSING;
    }
    if (!take_lock()) {
        linux_isa_close();
        mark_text_format(why,
                         "the I/O port is busy: another program writes markers to it; end it, or wait longer with --wait=SECONDS%s",
                         "");
        return PORT_BUSY;
    }
    return PORT_OPEN;
}

bool linux_isa_is_open(void)
{
    return in_use;
}

void linux_isa_write(const char *bytes, size_t len)
{
    while (len--) {
        outb(*bytes++, isa_port);
    }
}

void linux_isa_close(void)
{
    if (!in_use) {
        return;
    }
    /* A command would inherit the permission. */
    ioperm(isa_port, 1, 0);
    in_use = false;
    if (lock_fd >= 0) {
        close(lock_fd);
        lock_fd = -1;
    }
}

#else

PortState linux_isa_open(unsigned port, MarkText *why)
{
    mark_text_add(why, "this processor has no I/O ports");
    return PORT_REFUSED;
}

bool linux_isa_is_open(void)
{
    return false;
}

void linux_isa_write(const char *bytes, size_t len)
{
}

void linux_isa_close(void)
{
}

#endif
