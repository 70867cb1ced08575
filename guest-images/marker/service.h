/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: the parts of the service
 */
#ifndef GUEST_MARKER_SERVICE_H
#define GUEST_MARKER_SERVICE_H

#include "guest-images/marker/win32.h"

/* The service's handle: RegisterDeviceNotification() needs it. */
extern SERVICE_STATUS_HANDLE service_handle;

/* --- service-port.c: the port, which all threads of the service share --- */

/**
 * service_port_init() - remember which port it is
 * @name: name or path, or NULL
 */
void service_port_init(const char *name);

/**
 * service_port_try() - open the port if it is not open
 *
 * Called now and then.  Writes the markers that were kept meanwhile.
 */
void service_port_try(void);

/**
 * service_port_write() - write a line
 * @line: the line
 * @keep: if the port is not there, keep the line until it is
 * @why: is set to a message if the line is not in the port
 */
bool service_port_write(MarkText *line, bool keep, MarkText *why);

/**
 * service_port_let_go() - close the port for a while
 *
 * Its driver is to be removed or replaced, and waits until nobody has it open.
 */
void service_port_let_go(void);

/** service_port_close() - close the port for good */
void service_port_close(void);

/** service_mark() - a marker of the service's own */
void service_mark(const char *text);

/* --- service-events.c: what Windows tells a service --------------------- */

/** service_events_begin() - ask for the events of devices and the display */
void service_events_begin(SERVICE_STATUS_HANDLE service);

/** service_events_end() - ask for no more */
void service_events_end(void);

/** service_event() - make an event of the control handler a marker */
void service_event(DWORD control, DWORD type, void *data);

/* --- service-pipe.c: lines of other programs ---------------------------- */

/**
 * service_pipe_serve() - serve clients until the event
 * @stop: event that ends it
 */
void service_pipe_serve(HANDLE stop);

#endif
