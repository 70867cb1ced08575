/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Linux: the kinds of ports, and the modes
 */
#ifndef GUEST_MARKER_LINUX_H
#define GUEST_MARKER_LINUX_H

#include "guest-images/marker/marker.h"

/* The I/O port of isa-vfio-trace-marker, and what it answers */
#define MARK_ISA_PORT 0x5e9
#define MARK_ISA_SIGNATURE 0x4d

/**
 * linux_isa_open() - one attempt to use the I/O port
 * @port: number of the port
 * @why: is set to a message if it can't be used
 */
PortState linux_isa_open(unsigned port, MarkText *why);

/** linux_isa_is_open() - is the I/O port in use? */
bool linux_isa_is_open(void);

/** linux_isa_write() - write bytes to the I/O port */
void linux_isa_write(const char *bytes, size_t len);

/** linux_isa_close() - give the I/O port back */
void linux_isa_close(void);

/**
 * linux_watch_modules() - a mark for each module that is loaded or removed
 *
 * Returns: the exit status, when a signal has ended it
 */
int linux_watch_modules(Marker *m);

#endif
