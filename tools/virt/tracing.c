/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt: how a domain's devices are traced (see tracing.h)
 */
#include "tools/virt/tracing.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* <qemu:override> needs libvirt 8.2; older versions drop it silently. */
#define LIBVIRT_MINIMUM 8002000

bool virt_tracing_check_libvirt(virConnectPtr conn, GError **error)
{
    unsigned long version = 0;

    virConnectGetLibVersion(conn, &version);
    if (version < LIBVIRT_MINIMUM) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "libvirt %lu.%lu.%lu does not have <qemu:override>: version 8.2 or newer is needed",
                    version / 1000000, version / 1000 % 1000, version % 1000);
        return false;
    }
    return true;
}

bool virt_tracing_is_session(virConnectPtr conn)
{
    char *uri = virConnectGetURI(conn);
    bool session = uri && g_str_has_suffix(uri, "/session");

    free(uri);
    return session;
}

bool virt_tracing_read_host(virConnectPtr conn, const char *type,
                            const char *dac_label, VirtHost *host,
                            GError **error)
{
    char *capabilities = virConnectGetCapabilities(conn);
    bool ok;

    if (!capabilities) {
        libvirt_set_error(error, "can not get libvirt's capabilities");
        return false;
    }
    ok = virt_host_read(host, capabilities, type, dac_label, error);
    free(capabilities);
    return ok;
}

char *virt_tracing_emulator(const VirtDomain *domain, const VirtHost *host,
                            const char *qemu, const char *current,
                            GError **error)
{
    g_autofree char *path = NULL;
    const HostArch *arch = host_arch_named(domain->info ? domain->info->arch
                                                        : NULL);

    if (!domain->local) {
        if (!qemu) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "libvirt runs on another machine: give the path of its QEMU with vfio-trace with --qemu PATH");
        }
        return g_strdup(qemu);
    }
    path = qemu ? g_canonicalize_filename(qemu, NULL) :
           virt_host_find_emulator(host, arch ? arch : host->arch, current,
                                   error);
    if (!path || (!access(path, X_OK) &&
                  !virt_host_check_emulator_access(host, path, error)) ||
        !virt_host_check_emulator(host, path, error)) {
        return NULL;
    }
    return g_steal_pointer(&path);
}

char *virt_tracing_log(const VirtDomain *domain, const VirtTracing *tracing)
{
    if (tracing->log) {
        return g_canonicalize_filename(tracing->log, NULL);
    }
    /* devices that are enabled later use the existing shared log */
    return domain->info && domain->info->shared_log ?
           g_strdup(domain->info->shared_log) :
           g_strdup_printf(VIRT_LOG_DIR "/%s.mmt", domain->name);
}

static char **log_options(const VirtTracing *tracing)
{
    return g_strsplit(tracing->log_options ? tracing->log_options : "", ",",
                      -1);
}

char *virt_tracing_ring_dir(const VirtHost *host, const char *uuid,
                            const VirtTracing *tracing)
{
    g_auto(GStrv) options = log_options(tracing);
    size_t i;

    for (i = 0; options[i]; i++) {
        if (g_str_has_prefix(options[i], "ring-dir=")) {
            return NULL;
        }
    }
    return virt_host_ring_dir(host, uuid);
}

/* Is the default log used, and must its directory be created? */
static bool needs_log_dir(const VirtDomain *domain, const VirtTracing *tracing)
{
    return domain->local && !tracing->log && !geteuid() &&
           !g_file_test(VIRT_LOG_DIR, G_FILE_TEST_EXISTS);
}

bool virt_tracing_check(const VirtDomain *domain, const VirtHost *host,
                        const VirtTracing *tracing,
                        const VirtXmlRequest *request, GError **error)
{
    g_auto(GStrv) options = log_options(tracing);
    bool overwrite = g_strv_contains((const char *const *)options,
                                     "overwrite=on");

    return !domain->local ||
           (virt_host_check_emulator_access(host, request->emulator, error) &&
            (needs_log_dir(domain, tracing) ||
             virt_host_check_log(host, request->log, overwrite, error)));
}

void virt_tracing_print_needs(const VirtDomain *domain, const VirtHost *host,
                              const VirtXmlRequest *request)
{
    if (!domain->local) {
        puts(
            "libvirt runs on another machine: it was not checked whether the QEMU and the log's directory exist there.");
    } else if (geteuid()) {
        puts(
            "It was not checked whether libvirt's QEMU can write the log: this check needs root.");
    }
    if (virt_tracing_is_session(domain->conn)) {
        puts(
            "A session's libvirt can't take devices from their drivers: before the domain starts, bind them to vfio-pci, and give yourself their files in /dev/vfio.");
    }
    virt_host_print_needs(host, request->emulator, request->log,
                          request->files);
}

bool virt_tracing_make_log_dir(const VirtDomain *domain, const VirtHost *host,
                               const VirtTracing *tracing, GError **error)
{
    if (!needs_log_dir(domain, tracing)) {
        return true;
    }
    if (mkdir(VIRT_LOG_DIR, 0750) ||
        chown(VIRT_LOG_DIR, host->uid, host->gid)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "can not create "
                    VIRT_LOG_DIR ": %s; choose another log with -o",
                    g_strerror(errno));
        return false;
    }
    puts(
        "Created " VIRT_LOG_DIR ", which belongs to the user of libvirt's QEMUs.");
    return true;
}

bool virt_tracing_is_in(const char *xml, const VirtXmlRequest *request)
{
    g_autoptr(VirtXmlInfo) info = virt_xml_inspect(xml, NULL);
    guint found = 0;
    guint i;

    for (i = 0; info && i < info->devices->len; i++) {
        const VirtXmlDevice *device = g_ptr_array_index(info->devices, i);

        found += device->by_us && !g_strcmp0(device->driver,
                                             VIRT_XML_DRIVER) &&
                 (!*request->hosts ||
                  g_strv_contains(request->hosts, device->host));
    }
    return info && !g_strcmp0(info->emulator, request->emulator) &&
           found >= MAX(1, g_strv_length((char **)request->hosts));
}
