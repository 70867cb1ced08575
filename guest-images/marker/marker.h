/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: writes markers, and messages for the user
 */
#ifndef GUEST_MARKER_MARKER_H
#define GUEST_MARKER_MARKER_H

#include "guest-images/marker/platform.h"

/**
 * struct Marker: where markers go
 *
 * @port: the port's name as the user gave it, or NULL
 * @wait_us: how long to wait for a port that is busy, and for the host
 * @wait_missing: also wait for a port that does not exist yet
 * @open: the port is open
 * @partial: the port has the begin of a line whose rest was not written
 * @warned: flaws of texts that the user has been told of (MarkFlaw)
 */
typedef struct Marker {
    const char *port;
    uint64_t wait_us;
    bool wait_missing;
    bool open;
    bool partial;
    unsigned warned;
} Marker;

/**
 * marker_write() - make a line a marker
 * @line: the line; an empty one is no marker, and is left out
 *
 * The port stays open.  A failure is reported to the user.
 */
bool marker_write(Marker *m, MarkText *line);

/**
 * marker_release() - close the port, so that other programs can use it
 */
void marker_release(Marker *m);

/**
 * marker_say() - a message to the user on standard error
 */
void marker_say(const MarkText *message);

/**
 * marker_say_string() - the same for a fixed message
 */
void marker_say_string(const char *message);

/**
 * mark_main() - the program
 * @argv: its words in UTF-8 (Linux: in whatever they are)
 *
 * Returns: the exit status
 */
int mark_main(int argc, char **argv);

#endif
