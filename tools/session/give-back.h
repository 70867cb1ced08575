/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: give back all devices of a session
 */
#ifndef VFIO_TRACE_GIVE_BACK_H
#define VFIO_TRACE_GIVE_BACK_H

#include "tools/session/bind.h"
#include "tools/session/session-file.h"

/**
 * give_back() - put all devices of a session back into their state
 * @root: as in host/pci.h
 * @session: the session; its own process has ended, or is this one
 * @say: called with what the user should know
 * @opaque: for @say
 * @error: where to store why not, of the first device that failed
 *
 * A QEMU that still runs is ended first.  If all is as it was, nothing is left
 * of the session; otherwise its file stays, and this can be done again.
 */
bool give_back(const char *root, const Session *session, BindSay *say,
               void *opaque, GError **error);

/**
 * give_back_leftovers() - clear the way for taking devices
 * @root: as in host/pci.h
 * @devices: an array of HostPci
 * @say: called with what the user should know
 * @opaque: for @say
 * @error: where to store why they can't be taken: another run has one of them,
 *         or what a killed one has left could not be given back
 *
 * The sessions' lock must be held.
 */
bool give_back_leftovers(const char *root, const GPtrArray *devices,
                         BindSay *say, void *opaque, GError **error);

#endif /* VFIO_TRACE_GIVE_BACK_H */
