/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: what this host tells of the devices (see host.h)
 */
#include "tools/bundle/host.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/parse.h"
#include "tools/common/tool.h"
#include "tools/host/fs.h"
#include "tools/host/pci.h"

/* Devices of a log at most: there is a line for each in the log's head. */
#define DEVICES_MAX 32

/* PCI Express: bytes of configuration space */
#define CONFIG_MAX 4096

/* No ROM is larger than its BAR may be (PCI Firmware Specification 3.0). */
#define ROM_MAX (16u << 20)

/* --- the log's head ------------------------------------------------------ */

/* Return: the text of a structured mark; its @p is NULL if it is none */
static MmtSpan mark_of(const char *line)
{
    const char *text = g_str_has_prefix(line, "MARK ") ? strchr(line + 5, ' ')
                                                       : NULL;
    MmtSpan span = { text ? text + 1 : "", text ? strlen(text + 1) : 0 };

    return mmt_mark_name(span).p ? span : (MmtSpan) { NULL, 0 };
}

/* The value of a key of the first mark of that name, or NULL */
static char *value_of(MmtSpan mark, const char *name, const char *key)
{
    MmtSpan value = { NULL, 0 };

    if (mark.p && mmt_words_are(mmt_mark_name(mark), name)) {
        value = mmt_mark_value(mark, key);
    }
    return value.p ? g_strndup(value.p, value.len) : NULL;
}

static char **lines_of(const char *head, size_t len)
{
    g_autofree char *text = g_strndup(head, len);

    return g_strsplit(text, "\n", -1);
}

void bundle_host_log(Bundle *bundle, const char *head, size_t len)
{
    g_auto(GStrv) lines = lines_of(head, len);
    size_t i;

    for (i = 0; lines[i] && !bundle->qemu; i++) {
        bundle->qemu = value_of(mark_of(lines[i]), "log", "qemu");
    }
}

/* Does the log have a device with these IDs? */
static bool has_ids(char **lines, const HostPci *dev)
{
    unsigned ids;
    size_t i;

    for (i = 0; lines[i]; i++) {
        if (sscanf(lines[i], "PCIDEV %*4x %8x ", &ids) == 1 &&
            ids == ((unsigned)dev->vendor << 16 | dev->device)) {
            return true;
        }
    }
    return false;
}

/* Devices of the log that are in this host */
static GPtrArray *find_devices(char **lines)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    size_t i;

    for (i = 0; lines[i] && found->len < DEVICES_MAX; i++) {
        g_autofree char *bdf = value_of(mark_of(lines[i]), "device", "host");
        HostPci *dev = bdf ? host_pci_get(host_root(), bdf, NULL) : NULL;

        if (dev && has_ids(lines, dev)) {
            g_ptr_array_add(found, dev);
        } else {
            host_pci_free(dev);
        }
    }
    return found;
}

static GPtrArray *get_devices(char **bdfs, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    size_t i;

    for (i = 0; bdfs[i]; i++) {
        HostPci *dev = host_pci_get(host_root(), bdfs[i], error);

        if (!dev) {
            return NULL;
        }
        g_ptr_array_add(found, dev);
    }
    return g_steal_pointer(&found);
}

/* --- one device ---------------------------------------------------------- */

static void zero(unsigned char *config, size_t len, size_t at, size_t n)
{
    for (; n-- && at < len; at++) {
        config[at] = 0;
    }
}

static void mask_capabilities(unsigned char *config, size_t len)
{
    size_t at = len > 0x34 ? config[0x34] & ~3u : 0;
    int left = 48;

    /* PCI Local Bus 3.0, 6.7 and appendix I: address and data of the VPD */
    for (; at >= 0x40 && at + 2 <= MIN(len, 0x100) && left; left--) {
        if (config[at] == 0x03) {
            zero(config, len, at + 2, 6);
        }
        at = config[at + 1] & ~3u;
    }
}

static void mask_extended(unsigned char *config, size_t len)
{
    size_t at = 0x100;
    int left = (CONFIG_MAX - 0x100) / 8;

    /* PCI Express 3.0, 7.12: device serial number */
    for (; at >= 0x100 && at + 4 <= len && left; left--) {
        if (config[at] == 0x03 && !config[at + 1]) {
            zero(config, len, at + 4, 8);
        }
        at = (config[at + 3] << 4 | config[at + 2] >> 4) & ~3u;
    }
}

void bundle_host_mask(unsigned char *config, size_t len)
{
    mask_capabilities(config, len);
    mask_extended(config, len);
}

/* Return: "device-0000.01.00.0-" and @suffix, to be freed */
static char *member_name(const HostPci *dev, const char *suffix)
{
    return g_strdelimit(g_strdup_printf("device-%s-%s", dev->bdf, suffix),
                        ":", '.');
}

static bool add(Bundle *bundle, const HostPci *dev, const char *suffix,
                const char *role, const void *bytes, size_t len,
                GError **error)
{
    g_autofree char *name = member_name(dev, suffix);
    BundleMember *member = bundle_add_bytes(bundle, name, role, bytes, len,
                                            error);

    if (member) {
        member->device = g_strdup(dev->bdf);
    }
    return member;
}

/* Return: bytes read */
static size_t read_file(int fd, unsigned char *buf, size_t len)
{
    size_t done = 0;
    ssize_t n;

    while (done < len && (n = read(fd, buf + done, len - done)) > 0) {
        done += n;
    }
    return done;
}

static bool add_config(Bundle *bundle, const HostPci *dev, bool redact,
                       GError **error)
{
    g_autofree char *path = g_build_filename(dev->path, "config", NULL);
    unsigned char config[CONFIG_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = fd >= 0 ? read_file(fd, config, sizeof(config)) : 0;

    if (fd >= 0) {
        close(fd);
    }
    if (redact) {
        bundle_host_mask(config, len);
    }
    return !len || add(bundle, dev, "config.bin", BUNDLE_ROLE_CONFIG, config,
                       len, error);
}

static bool add_lspci(Bundle *bundle, const HostPci *dev, GError **error)
{
    g_autofree char *sysfs = g_strdup_printf("sysfs.path=%s/sys/bus/pci",
                                             host_root());
    const char *argv[] = { "lspci", "-A", "linux-sysfs", "-O", sysfs, "-vvv",
                           "-xxxx", "-s", dev->bdf, NULL };
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    int status;

    if (!g_spawn_sync(NULL, (char **)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                      NULL, &text, NULL, &status, &why) ||
        !g_spawn_check_wait_status(status, &why)) {
        tool_error(&verb_bundle,
                   "note: without the output of lspci (package pciutils): %s",
                   why->message);
        return true;
    }
    return !*text || add(bundle, dev, "lspci.txt", BUNDLE_ROLE_LSPCI, text,
                         strlen(text), error);
}

/* The kernel shows a ROM between writing 1 and 0 to its file. */
static bool add_rom(Bundle *bundle, const HostPci *dev, GError **error)
{
    g_autofree char *path = g_build_filename(dev->path, "rom", NULL);
    g_autofree unsigned char *rom = NULL;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    size_t len = 0;

    if (fd >= 0 && pwrite(fd, "1", 1, 0) == 1) {
        rom = g_malloc(ROM_MAX);
        lseek(fd, 0, SEEK_SET);
        len = read_file(fd, rom, ROM_MAX);
        (void)!pwrite(fd, "0", 1, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (!len) {
        tool_error(&verb_bundle, "note: %s has no ROM that can be read",
                   dev->bdf);
        return true;
    }
    return add(bundle, dev, "rom.bin", BUNDLE_ROLE_ROM, rom, len, error);
}

static char *kernel_of_host(void)
{
    struct utsname name;

    return uname(&name) < 0 ? NULL :
           g_strdup_printf("%s %s %s %s", name.sysname, name.release,
                           name.version, name.machine);
}

static bool add_device(Bundle *bundle, const BundleHost *host,
                       const HostPci *dev, GError **error)
{
    g_ptr_array_add(bundle->devices, g_strdup(dev->bdf));
    return add_config(bundle, dev, host->redact, error) &&
           (host->redact || add_lspci(bundle, dev, error)) &&
           (!host->rom || add_rom(bundle, dev, error));
}

bool bundle_host_add(Bundle *bundle, const BundleHost *host, const char *head,
                     size_t len, GError **error)
{
    g_auto(GStrv) lines = lines_of(head, len);
    g_autoptr(GPtrArray) devices = host->devices ?
        get_devices(host->devices, error) : find_devices(lines);
    guint i;

    if (!devices) {
        return false;
    }
    for (i = 0; i < devices->len; i++) {
        if (!add_device(bundle, host, devices->pdata[i], error)) {
            return false;
        }
    }
    /* Of another host's log, this kernel says nothing. */
    if (devices->len && !host->redact) {
        bundle->kernel = kernel_of_host();
    }
    return true;
}
