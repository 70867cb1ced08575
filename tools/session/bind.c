/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: takes a PCI device from its driver, gives it back (see bind.h)
 */
#include "tools/session/bind.h"

#include "tools/session/bind-holder.h"
#include "tools/host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUS "/sys/bus/pci"

/* PCI Local Bus Specification: the command register */
#define CONFIG_COMMAND 4
#define COMMAND_IO 0x0001
#define COMMAND_MEMORY 0x0002
#define COMMAND_MASTER 0x0004

/* How long a dying QEMU may take to let go of a device: it unpins memory. */
#define HOLD_SECONDS 30
#define HOLD_TELL_SECONDS 2
#define HOLD_POLL_US 100000

/* Largest enable count that is restored; more is not a user's doing. */
#define ENABLED_MAX 16

GQuark bind_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-bind");
}

static bool write_file(const char *path, const char *text, BindError code,
                       GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t len = strlen(text);
    ssize_t n = fd < 0 ? -1 : write(fd, text, len);
    int err = errno;

    if (fd >= 0) {
        close(fd);
    }
    if (n == (ssize_t)len) {
        return true;
    }
    g_set_error(error, BIND_ERROR, code, "can not write '%s' into %s: %s",
                text[0] == '\n' ? "" : text, path,
                n < 0 ? g_strerror(err) : "not all of it was taken");
    return false;
}

static bool write_attr(const HostPci *dev, const char *name, const char *text,
                       BindError code, GError **error)
{
    g_autofree char *path = g_build_filename(dev->path, name, NULL);

    return write_file(path, text, code, error);
}

/* Writing an empty line removes the override. */
static bool write_override(const HostPci *dev, const char *driver,
                           BindError code, GError **error)
{
    return write_attr(dev, "driver_override", driver ? driver : "\n", code,
                      error);
}

static bool write_command(const HostPci *dev, uint16_t command, GError **error)
{
    g_autofree char *path = g_build_filename(dev->path, "config", NULL);
    uint8_t bytes[2] = { command & 0xff, command >> 8 };
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && pwrite(fd, bytes, sizeof(bytes), CONFIG_COMMAND) ==
                         (ssize_t)sizeof(bytes);

    if (!ok) {
        g_set_error(error, BIND_ERROR, BIND_ERROR_BACK,
                    "can not write to %s: %s", path, g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* A device without a driver must not start DMA. */
static bool stop_dma(const char *root, const char *bdf, GError **error)
{
    g_autoptr(HostPci) dev = host_pci_get(root, bdf, error);

    if (!dev) {
        return false;
    }
    return dev->driver || !dev->config_known || !dev->bus_master ||
           write_command(dev, dev->command & ~COMMAND_MASTER, error);
}

static bool has_driver(const char *root, const char *driver)
{
    g_autofree char *dir = host_fs_path(root, BUS "/drivers/%s", driver);

    return g_file_test(dir, G_FILE_TEST_IS_DIR);
}

/* modprobe's messages are for the user; the caller checks the result. */
static void load_module(const char *root, const char *module)
{
    const char *path = g_getenv("PATH");
    g_auto(GStrv) env = g_get_environ();
    g_autofree char *wider = g_strconcat(path ? path : "/usr/bin:/bin",
                                         ":/usr/sbin:/sbin", NULL);
    const char *argv[] = { "modprobe", "--", module, NULL };

    /* A test's made-up host has no kernel that could load a module. */
    if (*root) {
        return;
    }
    env = g_environ_setenv(env, "PATH", wider, TRUE);
    g_spawn_sync(NULL, (char **)argv, env, G_SPAWN_SEARCH_PATH_FROM_ENVP,
                 NULL, NULL, NULL, NULL, NULL, NULL);
}

bool bind_load_driver(const char *root, GError **error)
{
    if (!has_driver(root, BIND_DRIVER)) {
        load_module(root, BIND_DRIVER);
    }
    if (!has_driver(root, BIND_DRIVER)) {
        g_set_error(error, BIND_ERROR, BIND_ERROR_TAKE,
                    "the kernel has no driver " BIND_DRIVER ", and 'modprobe "
                    BIND_DRIVER
                    "' did not help: a kernel with CONFIG_VFIO_PCI is needed");
        return false;
    }
    return true;
}

BindState *bind_state_of(const HostPci *dev)
{
    BindState *state = g_new0(BindState, 1);
    g_autofree char *driver_dir = g_build_filename(dev->path, "driver", NULL);
    g_autofree char *power_dir = g_build_filename(dev->path, "power", NULL);

    state->bdf = g_strdup(dev->bdf);
    state->driver = g_strdup(dev->driver);
    state->module = dev->driver ? host_fs_link_name(driver_dir, "module")
                                : NULL;
    state->driver_override = g_strdup(dev->driver_override);
    state->power_control = host_fs_attr(power_dir, "control");
    state->command = dev->command;
    state->command_known = dev->config_known;
    state->enabled = MIN(dev->enabled, ENABLED_MAX);
    return state;
}

bool bind_take(const char *root, const BindState *state, GError **error)
{
    g_autoptr(HostPci) dev = host_pci_get(root, state->bdf, error);
    g_autoptr(HostPci) taken = NULL;
    g_autofree char *probe = host_fs_path(root, BUS "/drivers_probe");

    if (!dev) {
        return false;
    }
    if (host_pci_is_vfios(dev)) {
        return true;
    }
    if (!write_override(dev, BIND_DRIVER, BIND_ERROR_TAKE, error) ||
        (dev->driver && !write_attr(dev, "driver/unbind", dev->bdf,
                                    BIND_ERROR_TAKE, error)) ||
        !stop_dma(root, dev->bdf, error)) {
        return false;
    }
    /* The write succeeds even if the driver refuses the device. */
    if (!write_file(probe, dev->bdf, BIND_ERROR_TAKE, error)) {
        return false;
    }
    taken = host_pci_get(root, state->bdf, error);
    if (!taken) {
        return false;
    }
    if (g_strcmp0(taken->driver, BIND_DRIVER)) {
        g_set_error(error, BIND_ERROR, BIND_ERROR_TAKE, BIND_DRIVER
                    " does not accept %s; the kernel's log says why (dmesg)",
                    dev->bdf);
        return false;
    }
    return true;
}

void bind_say(BindSay *say, void *opaque, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    say(opaque, text);
}

static bool wait_unheld(const char *root, const HostPci *dev, BindSay *say,
                        void *opaque, GError **error)
{
    gint64 start = g_get_monotonic_time();
    bool told = false;

    for (;;) {
        g_autofree char *holder = bind_holder(root, dev);
        gint64 waited = g_get_monotonic_time() - start;

        if (!holder) {
            return true;
        }
        if (waited > HOLD_SECONDS * G_USEC_PER_SEC) {
            g_set_error(error, BIND_ERROR, BIND_ERROR_HELD,
                        "%s is still open in %s: end it first", dev->bdf,
                        holder);
            return false;
        }
        if (!told && waited > HOLD_TELL_SECONDS * G_USEC_PER_SEC) {
            bind_say(say, opaque, "waiting for %s, which has %s open", holder,
                     dev->bdf);
            told = true;
        }
        g_usleep(HOLD_POLL_US);
    }
}

/* An override that another program has set meanwhile is kept. */
static bool restore_override(const HostPci *dev, const BindState *state,
                             BindSay *say, void *opaque, GError **error)
{
    if (!g_strcmp0(dev->driver_override, state->driver_override)) {
        return true;
    }
    if (dev->driver_override && strcmp(dev->driver_override, BIND_DRIVER)) {
        bind_say(say, opaque,
                 "%s: another program has set driver_override to %s meanwhile; it is kept",
                 dev->bdf, dev->driver_override);
        return true;
    }
    return write_override(dev, state->driver_override, BIND_ERROR_BACK, error);
}

/*
 * Restore the enable count and the decode bits.  The device must have no
 * driver; bus mastering stays off.
 */
static bool restore_enabled(const char *root, const BindState *state,
                            GError **error)
{
    g_autoptr(HostPci) dev = host_pci_get(root, state->bdf, error);
    const uint16_t decode = COMMAND_IO | COMMAND_MEMORY;
    unsigned tries;
    uint16_t command;

    for (tries = 0; dev && dev->enabled >= 0 && state->enabled >= 0 &&
                    dev->enabled != state->enabled &&
                    tries < 2 * ENABLED_MAX; tries++) {
        bool up = dev->enabled < state->enabled;
        HostPci *now;

        if (!write_attr(dev, "enable", up ? "1" : "0", BIND_ERROR_BACK,
                        error)) {
            return false;
        }
        now = host_pci_get(root, state->bdf, error);
        host_pci_free(dev);
        dev = now;
    }
    if (!dev) {
        return false;
    }
    command = (dev->command & ~(decode | COMMAND_MASTER)) |
              (state->command & decode);
    return !state->command_known || !dev->config_known ||
           command == dev->command || write_command(dev, command, error);
}

/* By the driver's own file, or another driver that fits might bind first. */
static bool rebind(const char *root, const BindState *state, GError **error)
{
    g_autofree char *path = host_fs_path(root, BUS "/drivers/%s/bind",
                                         state->driver);
    g_autoptr(HostPci) dev = NULL;
    g_autoptr(GError) local = NULL;

    if (!has_driver(root, state->driver) && state->module) {
        load_module(root, state->module);
    }
    /* Loading the module may have bound the device. */
    dev = host_pci_get(root, state->bdf, error);
    if (!dev) {
        return false;
    }
    if (!dev->driver &&
        !write_file(path, state->bdf, BIND_ERROR_BACK, &local)) {
        g_set_error(error, BIND_ERROR, BIND_ERROR_BACK,
                    "the driver %s does not accept %s back: %s; the kernel's log may say why (dmesg)",
                    state->driver, state->bdf, local->message);
        return false;
    }
    return true;
}

static void restore_power(const HostPci *dev, const BindState *state,
                          BindSay *say, void *opaque)
{
    g_autofree char *dir = g_build_filename(dev->path, "power", NULL);
    g_autofree char *now = host_fs_attr(dir, "control");
    g_autoptr(GError) error = NULL;

    if (now && state->power_control && strcmp(now, state->power_control) &&
        !write_attr(dev, "power/control", state->power_control,
                    BIND_ERROR_BACK, &error)) {
        say(opaque, error->message);
    }
}

/* Unbind the device from vfio-pci, if it is bound to that. */
static bool release(const char *root, const HostPci *dev,
                    const BindState *state, BindSay *say, void *opaque,
                    GError **error)
{
    if (g_strcmp0(dev->driver, BIND_DRIVER) ||
        host_pci_is_vfio_driver(state->driver)) {
        return true;
    }
    return wait_unheld(root, dev, say, opaque, error) &&
           write_attr(dev, "driver/unbind", dev->bdf, BIND_ERROR_BACK, error);
}

bool bind_give_back(const char *root, const BindState *state, BindSay *say,
                    void *opaque, GError **error)
{
    g_autoptr(HostPci) dev = host_pci_get(root, state->bdf, NULL);
    g_autoptr(HostPci) free_dev = NULL;
    g_autoptr(HostPci) back = NULL;

    if (!dev) {
        bind_say(say, opaque, "%s was unplugged: nothing to give back",
                 state->bdf);
        return true;
    }
    /* First the override, so that no probe binds vfio-pci again. */
    if (!restore_override(dev, state, say, opaque, error) ||
        !release(root, dev, state, say, opaque, error) ||
        !stop_dma(root, state->bdf, error)) {
        return false;
    }
    free_dev = host_pci_get(root, state->bdf, error);
    if (!free_dev) {
        return false;
    }
    if (!free_dev->driver &&
        !(state->driver ? rebind(root, state, error) :
                          restore_enabled(root, state, error))) {
        return false;
    }
    back = host_pci_get(root, state->bdf, error);
    if (!back) {
        return false;
    }
    restore_power(back, state, say, opaque);
    if (!g_strcmp0(back->driver, state->driver)) {
        return true;
    }
    if (back->driver) {
        bind_say(say, opaque, "%s: the driver %s has it now, not %s; this is kept",
                 state->bdf, back->driver,
                 state->driver ? state->driver : "none");
        return true;
    }
    g_set_error(error, BIND_ERROR, BIND_ERROR_BACK,
                "%s has no driver; its driver was %s before", state->bdf,
                state->driver);
    return false;
}

void bind_state_free(BindState *state)
{
    if (!state) {
        return;
    }
    g_free(state->bdf);
    g_free(state->driver);
    g_free(state->module);
    g_free(state->driver_override);
    g_free(state->power_control);
    g_free(state);
}
