/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt enable: trace devices of a domain
 */
#include "tools/virt/virt.h"
#include "tools/virt/host.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* <qemu:override> needs libvirt 8.2; older versions drop it silently. */
#define LIBVIRT_MINIMUM 8002000

/* The default log's directory, which is created if necessary */
#define LOG_DIR "/var/log/vfio-trace"

static char *opt_log;
static char *opt_log_options;
static char **opt_device_options;
static char **opt_windows;
static char *opt_qemu;
static gboolean opt_yes;
static gboolean opt_dry_run;

static const GOptionEntry entries[] = {
    { "log", 'o', 0, G_OPTION_ARG_FILENAME, &opt_log,
      "File for the log (default: " LOG_DIR "/DOMAIN.mmt)", "FILE" },
    { "trace-windows", 'w', 0, G_OPTION_ARG_STRING_ARRAY, &opt_windows,
      "What to trace: all, registers, or BAR[:OFFSET:LEN]+...; of one device with BDF:",
      "[BDF:]WINDOWS" },
    /* Old name of --trace-windows */
    { "windows", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING_ARRAY,
      &opt_windows, NULL, NULL },
    { "log-opts", 0, 0, G_OPTION_ARG_STRING, &opt_log_options,
      "Properties of the vfio-trace-log: overwrite=on,pc=on,...", "K=V,..." },
    { "device-opts", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_device_options,
      "Properties of the devices: start=off,hot-page-limit=1000,...; of one device with BDF:",
      "[BDF:]K=V,..." },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &opt_qemu,
      "The QEMU that was built with vfio-trace", "PATH" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &opt_yes,
      "Do not ask", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &opt_dry_run,
      "Only show what would change", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* ---- requirements --------------------------------------------------------*/

static bool check_domain(const VirtDomain *domain, GError **error)
{
    unsigned long version = 0;

    if (virDomainIsPersistent(domain->domain) != 1) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s is transient: it does not exist after it stops; define it first (virsh define)",
                    domain->name);
        return false;
    }
    if (g_strcmp0(domain->info->type, "kvm") &&
        g_strcmp0(domain->info->type, "qemu")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s has the type '%s': only domains of QEMU can be traced",
                    domain->name,
                    domain->info->type ? domain->info->type : "?");
        return false;
    }
    if (g_strcmp0(domain->info->arch, "x86_64")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s has the architecture %s: only x86_64 can be traced",
                    domain->name,
                    domain->info->arch ? domain->info->arch : "?");
        return false;
    }
    if (virDomainHasManagedSaveImage(domain->domain, 0) == 1) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "domain %s has a managed save image, and its next start restores that, with the definition in it and without tracing: start the domain and shut it down, or drop the image and the guest's state in it (virsh managedsave-remove %s)",
                    domain->name, domain->name);
        return false;
    }
    virConnectGetLibVersion(domain->conn, &version);
    if (version < LIBVIRT_MINIMUM) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "libvirt %lu.%lu.%lu does not have <qemu:override>: version 8.2 or newer is needed",
                    version / 1000000, version / 1000 % 1000, version % 1000);
        return false;
    }
    return true;
}

static bool may_overwrite(void)
{
    g_auto(GStrv) options = g_strsplit(opt_log_options ? opt_log_options : "",
                                       ",", -1);

    return g_strv_contains((const char *const *)options, "overwrite=on");
}

/* Return: the directory for the log's ring, or NULL for QEMU's default */
static char *choose_ring_dir(const VirtDomain *domain, const VirtHost *host)
{
    g_auto(GStrv) options = g_strsplit(opt_log_options ? opt_log_options : "",
                                       ",", -1);
    char uuid[VIR_UUID_STRING_BUFLEN];
    size_t i;

    for (i = 0; options[i]; i++) {
        if (g_str_has_prefix(options[i], "ring-dir=")) {
            return NULL;
        }
    }
    return virDomainGetUUIDString(domain->domain, uuid) < 0 ? NULL
           : virt_host_ring_dir(host, uuid);
}

/* Is the default log used, and must its directory be created? */
static bool needs_log_dir(const VirtDomain *domain)
{
    return domain->local && !opt_log && !geteuid() &&
           !g_file_test(LOG_DIR, G_FILE_TEST_EXISTS);
}

static bool make_log_dir(const VirtHost *host, GError **error)
{
    if (mkdir(LOG_DIR, 0750) || chown(LOG_DIR, host->uid, host->gid)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "can not create "
                    LOG_DIR ": %s; choose another log with -o",
                    g_strerror(errno));
        return false;
    }
    puts("Created " LOG_DIR ", which belongs to the user of libvirt's QEMUs.");
    return true;
}

static bool read_host(const VirtDomain *domain, VirtHost *host,
                      GError **error)
{
    char *capabilities = virConnectGetCapabilities(domain->conn);
    bool ok;

    if (!capabilities) {
        libvirt_set_error(error, "can not get libvirt's capabilities");
        return false;
    }
    ok = virt_host_read(host, capabilities, domain->info->type,
                        domain->info->dac_label, error);
    free(capabilities);
    return ok;
}

/* Checks that need access to libvirt's machine; skipped if it is remote. */
static bool check_machine(const VirtDomain *domain, const VirtHost *host,
                          const VirtXmlRequest *request, GError **error)
{
    return !domain->local ||
           (virt_host_check_emulator_access(host, request->emulator, error) &&
            (needs_log_dir(domain) ||
             virt_host_check_log(host, request->log, may_overwrite(),
                                 error)));
}

/* Print which checks were skipped, and what the administrator must do. */
static void print_needs(const VirtDomain *domain, const VirtHost *host,
                        const VirtXmlRequest *request)
{
    if (!domain->local) {
        puts(
            "libvirt runs on another machine: it was not checked whether the QEMU and the log's directory exist there.");
    } else if (geteuid()) {
        puts(
            "It was not checked whether libvirt's QEMU can write the log: this check needs root.");
    }
    virt_host_print_needs(host, request->emulator, request->log);
}

/* ---- the request ---------------------------------------------------------*/

static char *choose_emulator(const VirtDomain *domain, const VirtHost *host,
                             GError **error)
{
    g_autofree char *path = NULL;

    if (!domain->local) {
        if (!opt_qemu) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "libvirt runs on another machine: give the path of its QEMU with vfio-trace with --qemu PATH");
        }
        return g_strdup(opt_qemu);
    }
    path = opt_qemu ? g_canonicalize_filename(opt_qemu, NULL) :
           virt_host_find_emulator(host, domain->info->emulator, error);
    if (!path || (!access(path, X_OK) &&
                  !virt_host_check_emulator_access(host, path, error)) ||
        !virt_host_check_emulator(host, path, error)) {
        return NULL;
    }
    return g_steal_pointer(&path);
}

static char *choose_log(const VirtDomain *domain)
{
    if (opt_log) {
        return g_canonicalize_filename(opt_log, NULL);
    }
    /* devices that are enabled later use the existing shared log */
    return domain->info->shared_log ? g_strdup(domain->info->shared_log) :
           g_strdup_printf(LOG_DIR "/%s.mmt", domain->name);
}

/* ---- the change ----------------------------------------------------------*/

/* libvirt drops elements that it does not know: check that all were kept. */
static bool is_enabled(const char *xml, const VirtXmlRequest *request)
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

static bool define(const VirtDomain *domain, const char *xml,
                   const VirtXmlRequest *request, GError **error)
{
    char *result = virt_define(domain, xml, error);
    bool ok;

    if (!result) {
        return false;
    }
    ok = is_enabled(result, request);
    free(result);
    if (!ok) {
        free(virt_define(domain, domain->xml, NULL));
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "libvirt dropped parts of the new definition of %s; the old definition was restored",
                    domain->name);
    }
    return ok;
}

static bool enable(const VirtDomain *domain, const char *const *hosts,
                   GError **error)
{
    g_autofree char *emulator = NULL;
    g_autofree char *log = NULL;
    g_autofree char *xml = NULL;
    g_autofree char *shown = NULL;
    g_autofree char *ring_dir = NULL;
    VirtXmlRequest request = { .hosts = hosts,
                               .windows = (const char *const *)opt_windows,
                               .log_options = opt_log_options,
                               .device_options =
                                   (const char *const *)opt_device_options,
                               .pools = (const char *const *)domain->pools };
    VirtHost host;

    if (!check_domain(domain, error) || !read_host(domain, &host, error)) {
        return false;
    }
    request.log = log = choose_log(domain);
    request.ring_dir = ring_dir = choose_ring_dir(domain, &host);
    request.emulator = emulator = choose_emulator(domain, &host, error);
    if (!emulator) {
        return false;
    }
    xml = virt_xml_enable(domain->xml, &request, error);
    shown = xml ? virt_xml_enable(domain->shown, &request, error) : NULL;
    if (!shown) {
        g_prefix_error(error, "domain %s: ", domain->name);
        return false;
    }
    if (!check_machine(domain, &host, &request, error)) {
        return false;
    }
    virt_show(domain, shown);
    print_needs(domain, &host, &request);
    if (opt_dry_run) {
        return true;
    }
    if (!virt_confirm(opt_yes, error) ||
        (needs_log_dir(domain) && !make_log_dir(&host, error)) ||
        !define(domain, xml, &request, error)) {
        return false;
    }
    tool_print("Enabled: the log will be %s.%s\n", log, domain->running ?
                " The domain runs: the change takes effect when it is shut down and started again."
                : "");
    return true;
}

const VirtVerb virt_enable = {
    .verb = {
        .name = "virt enable",
        .brief = "Trace devices of a libvirt domain",
    },
    .operands = "DOMAIN [BDF...]",
    .details =
        "Several devices, such as a GPU and its audio function, write to one log.  The change\n"
        "is shown first, takes effect at the domain's next start, and can be reverted with\n"
        "'vfio-trace virt disable'.\n\n"
        "Exit status: 0 done, 1 not done, 2 bad usage.",
    .entries = entries,
    .takes_hosts = true,
    .run = enable,
};
