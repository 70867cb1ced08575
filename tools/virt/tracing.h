/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: how a domain's devices are traced, for the verbs that say so
 */
#ifndef VFIO_TRACE_VIRT_TRACING_H
#define VFIO_TRACE_VIRT_TRACING_H

#include "tools/virt/host.h"
#include "tools/virt/virt.h"

/* The default log's directory, which is created if necessary */
#define VIRT_LOG_DIR "/var/log/vfio-trace"

/**
 * struct VirtTracing: the user's options
 * @log: the log, or NULL for one in VIRT_LOG_DIR
 * @log_options: further properties of the log, K=V,K=V, or NULL
 * @qemu: the QEMU with vfio-pci-trace, or NULL
 */
typedef struct VirtTracing {
    char *log;
    char *log_options;
    char *qemu;
} VirtTracing;

/**
 * virt_tracing_check_libvirt() - has libvirt what tracing needs?
 * @conn: the connection
 * @error: where to store what is missing
 */
bool virt_tracing_check_libvirt(virConnectPtr conn, GError **error);

/**
 * virt_tracing_is_session() - is it the libvirt of a user's session?
 * @conn: the connection
 *
 * It can't take devices from their drivers.
 */
bool virt_tracing_is_session(virConnectPtr conn);

/**
 * virt_tracing_read_host() - find out how libvirt runs a domain's QEMU
 * @conn: the connection
 * @type: the domain's type
 * @dac_label: the domain's own user and group, or NULL
 * @host: result
 * @error: where to store the error
 */
bool virt_tracing_read_host(virConnectPtr conn, const char *type,
                            const char *dac_label, VirtHost *host,
                            GError **error);

/**
 * virt_tracing_emulator() - choose the QEMU
 * @domain: the domain
 * @host: how libvirt runs it
 * @qemu: the user's choice, or NULL
 * @current: the domain's QEMU, or NULL
 * @error: where to store the error
 *
 * Return: its path, to be freed; or NULL
 */
char *virt_tracing_emulator(const VirtDomain *domain, const VirtHost *host,
                            const char *qemu, const char *current,
                            GError **error);

/**
 * virt_tracing_log() - choose the log
 * @domain: the domain
 * @tracing: the user's options
 *
 * Return: its path, to be freed
 */
char *virt_tracing_log(const VirtDomain *domain, const VirtTracing *tracing);

/**
 * virt_tracing_ring_dir() - choose the directory for the log's ring
 * @host: how libvirt runs QEMU
 * @uuid: the domain's UUID
 * @tracing: the user's options
 *
 * Return: the directory, to be freed; or NULL for QEMU's default
 */
char *virt_tracing_ring_dir(const VirtHost *host, const char *uuid,
                            const VirtTracing *tracing);

/**
 * virt_tracing_check() - can the domain's QEMU start, and write its log?
 * @domain: the domain
 * @host: how libvirt runs it
 * @tracing: the user's options
 * @request: the request
 * @error: where to store the error
 *
 * True if libvirt is on another machine.
 */
bool virt_tracing_check(const VirtDomain *domain, const VirtHost *host,
                        const VirtTracing *tracing,
                        const VirtXmlRequest *request, GError **error);

/**
 * virt_tracing_print_needs() - print what was not checked, and what the
 *      administrator must do
 * @domain: the domain
 * @host: how libvirt runs it
 * @request: the request
 */
void virt_tracing_print_needs(const VirtDomain *domain, const VirtHost *host,
                              const VirtXmlRequest *request);

/**
 * virt_tracing_make_log_dir() - create the default log's directory if needed
 * @domain: the domain
 * @host: how libvirt runs it
 * @tracing: the user's options
 * @error: where to store the error
 */
bool virt_tracing_make_log_dir(const VirtDomain *domain, const VirtHost *host,
                               const VirtTracing *tracing, GError **error);

/**
 * virt_tracing_is_in() - is tracing in a domain's XML?
 * @xml: the XML
 * @request: the request
 *
 * libvirt drops elements that it does not know.
 */
bool virt_tracing_is_in(const char *xml, const VirtXmlRequest *request);

#endif /* VFIO_TRACE_VIRT_TRACING_H */
