/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Linux: the port, found by its name
 *
 * udev makes /dev/virtio-ports/NAME. Without udev, in an initramfs, sysfs says
 * which /dev/vportNpM has the name.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "guest-images/marker/linux.h"

#define SYSFS_PORTS "/sys/class/virtio-ports"

static int port_fd = -1;

/* Errors of open() for which there is something better to say */
static const struct {
    int error;
    PortState state;
    const char *message;
} open_errors[] = {
    { EBUSY, PORT_BUSY,
      "'%s' is busy: another program has the port open; end it, or wait longer with --wait=SECONDS",
    },
    { ENOENT, PORT_MISSING,
      "there is no '%s': --wait=SECONDS waits for it" },
    { ENODEV, PORT_MISSING, "'%s' has gone" },
    { ENXIO, PORT_MISSING, "nothing listens at '%s'" },
    { EACCES, PORT_REFUSED,
      "'%s' may not be written to by this user: be root, or let a udev rule give the port to users",
    },
    { EPERM, PORT_REFUSED,
      "'%s' may not be written to by this user: be root, or let a udev rule give the port to users",
    },
};

static PortState open_path(const char *path, MarkText *why)
{
    size_t i;

    /* Not blocking: the host may let a program wait, but not for ever. */
    port_fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC |
                   O_NOCTTY);
    if (port_fd >= 0) {
        return PORT_OPEN;
    }
    mark_text_clear(why);
    for (i = 0; i < sizeof(open_errors) / sizeof(open_errors[0]); i++) {
        if (errno == open_errors[i].error) {
            mark_text_format(why, open_errors[i].message, path);
            return open_errors[i].state;
        }
    }
    mark_text_format(why, "can not open '%s': %s", path, strerror(errno));
    return PORT_REFUSED;
}

/* Does the port with this entry in sysfs have the name? */
static bool sysfs_name_is(const char *entry, const char *name)
{
    MarkText path;
    char buf[256];
    ssize_t n;
    int fd;

    mark_text_clear(&path);
    mark_text_format(&path, SYSFS_PORTS "/%s/name", entry);
    fd = open(path.buf, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    n = read(fd, buf, sizeof(buf) - 1);
    close(fd);
    if (n <= 0) {
        return false;
    }
    buf[n - (buf[n - 1] == '\n')] = '\0';
    return !strcmp(buf, name);
}

static bool find_in_sysfs(const char *name, MarkText *path)
{
    DIR *dir = opendir(SYSFS_PORTS);
    struct dirent *entry;
    bool found = false;

    if (!dir) {
        return false;
    }
    while (!found && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.' && sysfs_name_is(entry->d_name, name)) {
            mark_text_clear(path);
            mark_text_format(path, "/dev/%s", entry->d_name);
            found = true;
        }
    }
    closedir(dir);
    return found;
}

static PortState open_name(const char *name, MarkText *why)
{
    PortState state;
    MarkText path;

    mark_text_clear(&path);
    mark_text_format(&path, "/dev/virtio-ports/%s", name);
    state = open_path(path.buf, why);
    if (state != PORT_MISSING) {
        return state;
    }
    if (find_in_sysfs(name, &path)) {
        return open_path(path.buf, why);
    }
    mark_text_clear(why);
    mark_text_format(why,
                     "there is no virtio-serial port '%s': does the host give it to this guest, and is the module virtio_console loaded? --wait=SECONDS waits for it",
                     name);
    return PORT_MISSING;
}

/* The port that this guest has */
static PortState open_any(MarkText *why)
{
    PortState state = open_name(MARK_PORT_NAME, why);
    MarkText isa;

    mark_text_clear(&isa);
    if (state == PORT_MISSING) {
        PortState other = linux_isa_open(MARK_ISA_PORT, &isa);

        if (other == PORT_OPEN) {
            return other;
        }
        if (other == PORT_BUSY) {
            *why = isa;
            return other;
        }
        mark_text_format(why, "; nor is there the I/O port: %s", isa.buf);
    }
    return state;
}

/* Reads the NUMBER of isa:NUMBER, decimal or hexadecimal. */
static bool parse_isa(const char *s, unsigned *port)
{
    static const char digits[] = "0123456789abcdef";
    unsigned base = 10;

    if (s[0] == '0' && s[1] == 'x') {
        base = 16;
        s += 2;
    }
    *port = 0;
    do {
        const char *digit = *s ? strchr(digits, *s) : NULL;

        if (!digit || digit - digits >= base || *port > 0xfff0) {
            return false;
        }
        *port = *port * base + (digit - digits);
    } while (*++s);
    return *port <= 0xffff;
}

static PortState open_isa(const char *name, MarkText *why)
{
    unsigned port = MARK_ISA_PORT;

    if (name[3] && !parse_isa(name + 4, &port)) {
        mark_text_format(why,
                         "'%s': use isa, or isa:NUMBER with the number of an I/O port, such as isa:0x5e9",
                         name);
        return PORT_REFUSED;
    }
    return linux_isa_open(port, why);
}

PortState platform_port_open(const char *name, MarkText *why)
{
    if (!name) {
        return open_any(why);
    }
    if (!strcmp(name, "isa") || !strncmp(name, "isa:", 4)) {
        return open_isa(name, why);
    }
    return strchr(name, '/') ? open_path(name, why) : open_name(name, why);
}

static bool wait_until_writable(uint64_t end)
{
    struct pollfd port = { port_fd, POLLOUT, 0 };
    uint64_t now = platform_time();

    if (now >= end) {
        return false;
    }
    poll(&port, 1, (end - now) / 1000 + 1);
    if (!(port.revents & POLLOUT)) {
        platform_sleep(1);
    }
    return true;
}

bool platform_port_write(const char *bytes, size_t len, uint64_t wait_us,
                         size_t *done, MarkText *why)
{
    uint64_t end = platform_time() + wait_us;

    *done = 0;
    if (linux_isa_is_open()) {
        linux_isa_write(bytes, len);
        *done = len;
    }
    while (*done < len) {
        ssize_t n = write(port_fd, bytes + *done, len - *done);

        if (n > 0) {
            *done += n;
        } else if (n < 0 && errno != EINTR && errno != EAGAIN) {
            mark_text_format(why, "can not write to the port: %s",
                             strerror(errno));
            return false;
        } else if (!wait_until_writable(end)) {
            mark_text_format(why,
                             "the host does not take the marker: is the port connected there? --wait=SECONDS waits longer");
            return false;
        }
    }
    return true;
}

void platform_port_close(void)
{
    linux_isa_close();
    if (port_fd >= 0) {
        close(port_fd);
        port_fd = -1;
    }
}
