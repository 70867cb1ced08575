/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: neighbours that are accessed in a row
 */
#ifndef VFIO_TRACE_PROFILE_WINDOWS_H
#define VFIO_TRACE_PROFILE_WINDOWS_H

#include "tools/profile/internal.h"

/**
 * profile_run_add() - follow the runs of a device
 * @profile: the profile
 * @run: the device's run of this direction
 * @entry: a read or write
 *
 * Return: the window that the access belongs to if the run is so long that its
 *         registers are not kept, or NULL
 */
ProfileWindow *profile_run_add(Profile *profile, ProfileRun *run,
                               const MmtEntry *entry);

/**
 * profile_run_mark() - count that an access is part of a table
 * @run: the run, after profile_run_add()
 * @write: it is one of writes
 * @reg: register of that access, or NULL
 */
void profile_run_mark(ProfileRun *run, bool write, ProfileRegister *reg);

/**
 * profile_find_windows() - make windows of registers, and join those that touch
 * @profile: the profile, whose registers are sorted
 */
void profile_find_windows(Profile *profile);

#endif /* VFIO_TRACE_PROFILE_WINDOWS_H */
