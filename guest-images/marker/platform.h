/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: what differs between operating systems
 */
#ifndef GUEST_MARKER_PLATFORM_H
#define GUEST_MARKER_PLATFORM_H

#include "guest-images/marker/text.h"

/* The name of the port that `vfio-trace run` gives to a guest */
#define MARK_PORT_NAME "org.vfio-trace.mark.0"

/**
 * enum PortState: result of an attempt to open the port
 *
 * @PORT_OPEN: it is open
 * @PORT_MISSING: there is no such port (yet)
 * @PORT_BUSY: another program has it open
 * @PORT_REFUSED: it will not be better later
 */
typedef enum PortState {
    PORT_OPEN,
    PORT_MISSING,
    PORT_BUSY,
    PORT_REFUSED,
} PortState;

/**
 * struct CommandEnd: how a command has ended
 *
 * @started: it could be started; if not, @status is 126 or 127
 * @signal: the signal that killed it, or 0
 * @status: its exit status
 */
typedef struct CommandEnd {
    bool started;
    int signal;
    uint32_t status;
} CommandEnd;

/**
 * platform_port_open() - one attempt to open a port
 * @name: name or path given by the user; NULL: the one that this guest has
 * @why: is set to a message if the port is not open then
 */
PortState platform_port_open(const char *name, MarkText *why);

/**
 * platform_port_write() - write to the open port
 * @bytes: one line and its newline
 * @wait_us: for how long the host may let the guest wait
 * @done: is set to the number of bytes that were written
 * @why: is set to a message on failure
 */
bool platform_port_write(const char *bytes, size_t len, uint64_t wait_us,
                         size_t *done, MarkText *why);

/** platform_port_close() - close the port if it is open */
void platform_port_close(void);

/** platform_time() - a clock that only goes forward, in microseconds */
uint64_t platform_time(void);

/** platform_sleep() - let milliseconds pass */
void platform_sleep(unsigned ms);

/** platform_id() - this process's ID */
uint32_t platform_id(void);

/**
 * platform_read() - read from standard input
 *
 * Returns: number of bytes, 0 at the end, -1 on failure with a message in @why
 */
long platform_read(char *buf, size_t size, MarkText *why);

/** platform_input_ready() - would platform_read() return at once? */
bool platform_input_ready(void);

/** platform_print() - write to standard output or standard error */
void platform_print(bool is_error, const char *text, size_t len);

/**
 * platform_command() - run a command and wait for its end
 * @argv: its words, NULL at the end
 * @first: number of the first of them among the words of this program
 * @why: is set to a message if it could not be started
 */
void platform_command(char **argv, int first, CommandEnd *end, MarkText *why);

/** platform_end_as() - end as a command did: by its signal or exit status */
int platform_end_as(const CommandEnd *end);

struct Marker;

/**
 * struct PlatformMode: an option that only this system has
 *
 * @option: the option, "--watch-modules"
 * @help: its line in --help
 * @run: does it, and returns the exit status
 */
typedef struct PlatformMode {
    const char *option;
    const char *help;
    int (*run)(struct Marker *marker);
} PlatformMode;

/* This system's options; the last one has no @option. */
extern const PlatformMode platform_modes[];

/* This system's lines in --help: what --port takes, how the port is found */
extern const char platform_port_help[];

#endif
