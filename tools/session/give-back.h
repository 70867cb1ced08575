/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: gives back all devices of a session
 */
#ifndef VFIO_TRACE_GIVE_BACK_H
#define VFIO_TRACE_GIVE_BACK_H

#include "tools/session/bind.h"
#include "tools/session/session-file.h"

/**
 * give_back() - restore the original state of all devices of a session
 * @root: as in host/pci.h
 * @session: the session; its process has ended, or is this one
 * @say: called with messages for the user
 * @opaque: for @say
 * @error: where to store the error of the first device that failed
 *
 * A QEMU that still runs is ended first.  If all devices are restored, the
 * session's file is removed; otherwise it is kept, and this can be repeated.
 */
bool give_back(const char *root, const Session *session, BindSay *say,
               void *opaque, GError **error);

/**
 * give_back_leftovers() - give back the devices of killed runs
 * @root: as in host/pci.h
 * @devices: an array of HostPci: the devices that are to be taken
 * @say: called with messages for the user
 * @opaque: for @say
 * @error: where to store why they can't be taken: another run has one of them,
 *         or a device of a killed run could not be given back
 *
 * The caller must hold the sessions' lock.
 */
bool give_back_leftovers(const char *root, const GPtrArray *devices,
                         BindSay *say, void *opaque, GError **error);

#endif /* VFIO_TRACE_GIVE_BACK_H */
