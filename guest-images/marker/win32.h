/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: what its parts need of each other
 */
#ifndef GUEST_MARKER_WIN32_H
#define GUEST_MARKER_WIN32_H

#ifndef UNICODE
#define UNICODE
#endif
#include <windows.h>

#include "guest-images/marker/marker.h"

/* The pipe by which the service takes lines, and the service's name */
#define MARK_PIPE L"\\\\.\\pipe\\vfio-trace-mark"
#define MARK_SERVICE L"vfio-trace-mark"

/* Longest path in UTF-16 units, its zero included */
#define MARK_PATH_MAX 1024

/** windows_add_wide() - append UTF-16, of which invalid units become U+FFFD */
void windows_add_wide(MarkText *t, const WCHAR *wide);

/** windows_add_error() - append the system's text for an error */
void windows_add_error(MarkText *t, DWORD error);

/**
 * windows_wide() - UTF-8 as UTF-16
 *
 * Returns: false if it has no room
 */
bool windows_wide(const char *utf8, WCHAR *wide, int units);

/**
 * windows_open_port() - one attempt to open the port itself, not the service
 * @name: name or path, or NULL
 * @handle: the port, opened for overlapped I/O
 */
PortState windows_open_port(const char *name, HANDLE *handle, MarkText *why);

/**
 * windows_write() - write within a time limit
 * @handle: opened for overlapped I/O
 */
bool windows_write(HANDLE handle, const char *bytes, size_t len,
                   uint64_t wait_us, size_t *done, MarkText *why);

/** windows_service() - be the service; started by the service manager */
int windows_service(Marker *m);

/** windows_install_service() - make the service and start it */
int windows_install_service(Marker *m);

/** windows_remove_service() - stop the service and remove it */
int windows_remove_service(Marker *m);

#endif
