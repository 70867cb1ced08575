/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what simulated hosts need their displays for
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fake-gpu.h"
#include "fake-uses.h"
#include "tools/host/iomem.h"
#include "tools/host/use.h"

static void set_driver(const Fixture *f, const char *driver)
{
    g_autofree char *old = g_strconcat(f->root, f->gpu, "/driver", NULL);
    g_autofree char *link = g_strconcat(f->gpu, "/driver", NULL);
    g_autofree char *to = g_strconcat("/sys/bus/pci/drivers/",
                                      driver ? driver : "", NULL);

    g_unlink(old);
    if (driver) {
        fake_link(f->root, link, to);
    }
}

#define DISPLAY_CLASS "0x038000\n"
#define VRAM "0x0000002800000000 0x0000002fffffffff 0x000000000014220c\n"
#define IOMEM \
    "2800000000-ffffffffff : PCI Bus 0000:01\n" \
    "  2800000000-2fffffffff : 0000:01:00.0\n" \
    "    2800000000-2801fa3fff : BOOTFB\n" \
    "      2800000000-2801fa3fff : simpledrm\n"
#define HIDDEN_IOMEM \
    "00000000-00000000 : PCI Bus 0000:01\n" \
    "  00000000-00000000 : 0000:01:00.0\n" \
    "    00000000-00000000 : BOOTFB\n" \
    "  00000000-00000000 : 0000:02:00.0\n"
#define BOOTFB_USE "!the firmware's framebuffer (BOOTFB, simpledrm) is in " \
    "BAR 0: the host's console is on it"

/* A GPU that is not of class VGA has no boot_vga. */
static void make_apu(const Fixture *f, const char *driver)
{
    gpu_file(f, "class", DISPLAY_CLASS);
    gpu_file(f, "resource", VRAM);
    set_driver(f, driver);
}

static char *gpu_hinders(const Fixture *f)
{
    g_autoptr(HostPci) gpu = get_gpu(f);

    return host_iomem_hinders(f->root, gpu, 0);
}

static void test_bootfb(Fixture *f, gconstpointer data)
{
    static const char *const drivers[] = { NULL, "vfio-pci", "amdgpu" };
    size_t i;

    (void)data;
    fake_file(f->root, "/proc/iomem", IOMEM);
    for (i = 0; i < G_N_ELEMENTS(drivers); i++) {
        g_autofree char *claim = NULL;

        make_apu(f, drivers[i]);
        assert_uses(f->root, BOOTFB_USE);
        claim = gpu_hinders(f);
        g_assert_cmpstr(claim, ==, "BOOTFB, simpledrm");
    }
    /* Only root sees addresses; the tree is the same. */
    fake_file(f->root, "/proc/iomem", HIDDEN_IOMEM);
    assert_uses(f->root, "!the firmware's framebuffer (BOOTFB) is in BAR 0: "
                "the host's console is on it");
    fake_file(f->root, "/proc/iomem", "28000000-2fffffff : efifb\n");
    gpu_file(f, "resource", "0x20000000 0x2fffffff 0x42208\n");
    assert_uses(f->root, "!the firmware's framebuffer (efifb) is in BAR 0: "
                "the host's console is on it");
    fake_file(f->root, "/proc/iomem", "30000000-3fffffff : efifb\n");
    assert_uses(f->root, "");
}

/* The remedy depends on who has made the framebuffer. */
static void test_bootfb_remedy(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *claim;
        const char *cmdline;
        const char *remedy;
    } cases[] = {
        { "BOOTFB", "quiet", "add initcall_blacklist=sysfb_init to the "
          "kernel's command line: this display then stays dark" },
        { "BOOTFB", "quiet initcall_blacklist=sysfb_init",
          "this kernel ignores it: load the GPU's own driver" },
        { "efifb", "quiet", "echo efi-framebuffer.0 | sudo tee" },
    };
    size_t i;

    (void)data;
    make_apu(f, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HostPci) gpu = get_gpu(f);
        g_autoptr(GPtrArray) uses = NULL;

        fake_file(f->root, "/proc/iomem",
                  "  2800000000-2fffffffff : 0000:01:00.0\n"
                  "    2800000000-2801fa3fff : %s\n", cases[i].claim);
        fake_file(f->root, "/proc/cmdline", "%s\n", cases[i].cmdline);
        uses = host_pci_uses(f->root, gpu);
        g_assert_cmpuint(uses->len, ==, 1);
        g_assert_nonnull(strstr(((HostPciUse *)uses->pdata[0])->remedy,
                                cases[i].remedy));
    }
}

/* Claims that do not keep VFIO from a BAR */
static void test_claims(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *driver;
        const char *class;
        const char *claim;
        const char *hinders;
    } cases[] = {
        { "nvme", "0x010802\n", "nvme", NULL },
        { "vfio-pci", "0x010802\n", "vfio-pci", NULL },
        { "vfio-pci", "0x010802\n", "mlx5_vfio_pci", NULL },
        { "vfio-pci", "0x0c0500\n", "iTCO_wdt", "iTCO_wdt" },
        /* vfio-pci removes the framebuffer of a device of class VGA. */
        { NULL, "0x030000\n", "BOOTFB", NULL },
        { "vfio-pci", "0x030000\n", "BOOTFB", "BOOTFB" },
    };
    size_t i;

    (void)data;
    gpu_file(f, "resource", VRAM);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *claim = NULL;

        set_driver(f, cases[i].driver);
        gpu_file(f, "class", cases[i].class);
        fake_file(f->root, "/proc/iomem",
                  "  2800000000-2fffffffff : 0000:01:00.0\n"
                  "    2800000000-2801fa3fff : %s\n", cases[i].claim);
        claim = gpu_hinders(f);
        g_assert_cmpstr(claim, ==, cases[i].hinders);
    }
}

/* The framebuffer's place is in no file that the user may read. */
static void test_unplaced(Fixture *f, gconstpointer data)
{
    const char *platform = "/sys/devices/platform/simple-framebuffer.0";
    g_autofree char *fb = g_strconcat(platform, "/graphics/fb0", NULL);
    g_autofree char *name = g_strconcat(fb, "/name", NULL);

    (void)data;
    make_apu(f, NULL);
    fake_file(f->root, name, "simpledrmdrmfb\n");
    fake_link(f->root, "/sys/class/graphics/fb0", fb);
    fake_file(f->root, "/proc/iomem", "00000000-00000000 : System RAM\n"
              "00000000-00000000 : BOOTFB\n");
    assert_uses(f->root, "!the firmware's framebuffer fb0 (simpledrmdrmfb) is "
                "on the only GPU: the host's console is on it");
    g_free(fake_pci(f->root, BUS, "0000:00:02.0", 0x038000, NULL, 2));
    assert_uses(f->root, "?the firmware's framebuffer fb0 (simpledrmdrmfb) is "
                "in use; on which GPU can't be seen");
    /* A GPU with a driver of its own has another framebuffer. */
    set_driver(f, "amdgpu");
    assert_uses(f->root, "");
    set_driver(f, NULL);
    fake_file(f->root, "/proc/iomem", HIDDEN_IOMEM);
    assert_uses(f->root, "!the firmware's framebuffer (BOOTFB) is in BAR 0: "
                "the host's console is on it");
    assert_uses_of(f->root, "00:02.0", "");
}

/* Since Linux 6.9 it is in the GPU's directory. */
static void test_platform(Fixture *f, gconstpointer data)
{
    g_autofree char *fb = g_strconcat(f->gpu, "/simple-framebuffer.0/drm/card0",
                                      NULL);
    g_autofree char *connector = g_strconcat(fb, "/card0-Unknown-1", NULL);
    g_autofree char *status = g_strconcat(connector, "/status", NULL);
    g_autofree char *enabled = g_strconcat(connector, "/enabled", NULL);

    (void)data;
    make_apu(f, NULL);
    fake_file(f->root, status, "connected\n");
    fake_file(f->root, enabled, "enabled\n");
    fake_link(f->root, "/sys/class/drm/card0", fb);
    fake_link(f->root, "/sys/class/drm/card0-Unknown-1", connector);
    assert_uses(f->root, "!the firmware's framebuffer card0 (simpledrm) is on "
                "it: the host's console is on it");
}

static void test_boot_display(Fixture *f, gconstpointer data)
{
    g_autofree char *card = g_strconcat(f->gpu, "/drm/card1", NULL);

    (void)data;
    make_apu(f, "amdgpu");
    gpu_file(f, "drm/card1/dev", "226:1\n");
    fake_link(f->root, "/sys/class/drm/card1", card);
    assert_uses(f->root, "");
    gpu_file(f, "drm/card1/boot_display", "1\n");
    assert_uses(f->root, "!boot display: the host's console is on it");
    gpu_file(f, "drm/card1/boot_display", "0\n");
    gpu_file(f, "boot_display", "1\n");
    assert_uses(f->root, "!boot display: the host's console is on it");
}

static void add_framebuffer(const Fixture *f, const char *device,
                            const char *name, const char *label)
{
    g_autofree char *dir = g_strconcat(device, "/graphics/", name, NULL);
    g_autofree char *file = g_strconcat(dir, "/name", NULL);
    g_autofree char *link = g_strconcat("/sys/class/graphics/", name, NULL);

    fake_file(f->root, file, "%s\n", label);
    fake_link(f->root, link, dir);
}

/* The text console is on the first framebuffer, if it is on one. */
static void test_fbcon(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x030000,
                                      "i915", 2);

    (void)data;
    add_framebuffer(f, f->gpu, "fb10", "nouveaudrmfb");
    add_framebuffer(f, other, "fb9", "i915drmfb");
    assert_uses_of(f->root, "00:02.0", "");
    fake_file(f->root, "/sys/class/vtconsole/vtcon0/name", "(S) dummy\n");
    fake_file(f->root, "/sys/class/vtconsole/vtcon0/bind", "0\n");
    fake_file(f->root, "/sys/class/vtconsole/vtcon1/name",
              "(M) frame buffer device\n");
    fake_file(f->root, "/sys/class/vtconsole/vtcon1/bind", "1\n");
    assert_uses_of(f->root, "00:02.0",
                   "!the host's text console is on fb9 (i915drmfb)");
    assert_uses(f->root, "");
    fake_file(f->root, "/sys/class/vtconsole/vtcon1/bind", "0\n");
    assert_uses_of(f->root, "00:02.0", "");
}

static void add_connector(const Fixture *f, const char *device,
                          const char *card, const char *connector,
                          const char *status, const char *enabled)
{
    g_autofree char *dir = g_strdup_printf("%s/drm/%s/%s-%s", device, card,
                                           card, connector);
    g_autofree char *status_file = g_strconcat(dir, "/status", NULL);
    g_autofree char *enabled_file = g_strconcat(dir, "/enabled", NULL);
    g_autofree char *link = g_strdup_printf("/sys/class/drm/%s-%s", card,
                                            connector);

    fake_file(f->root, status_file, "%s\n", status);
    fake_file(f->root, enabled_file, "%s\n", enabled);
    fake_link(f->root, link, dir);
}

/* A laptop: its second GPU drives no screen, or an external one, or all. */
static void test_connectors(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x030000,
                                      "i915", 2);

    (void)data;
    add_connector(f, other, "card0", "eDP-1", "connected", "enabled");
    assert_uses(f->root, "");
    assert_uses_of(f->root, "00:02.0", "!it shows the host's picture on the "
                   "built-in screen (eDP-1)");
    add_connector(f, f->gpu, "card1", "DP-2", "connected", "disabled");
    add_connector(f, f->gpu, "card1", "DP-3", "disconnected", "enabled");
    assert_uses(f->root, "");
    add_connector(f, f->gpu, "card1", "HDMI-A-1", "connected", "enabled");
    assert_uses(f->root, "-it shows the host's picture on HDMI-A-1, as other "
                "GPUs do on theirs");
    /* The switch gives the screen to the second GPU. */
    {
        g_autofree char *enabled =
            g_strconcat(other, "/drm/card0/card0-eDP-1/enabled", NULL);

        fake_file(f->root, enabled, "disabled\n");
    }
    assert_uses(f->root, "!it shows the host's picture on HDMI-A-1, and no "
                "other GPU shows one");
    assert_uses_of(f->root, "00:02.0", "");
    /* A monitor that does not report itself */
    add_connector(f, other, "card0", "VGA-1", "unknown", "enabled");
    add_connector(f, other, "card0", "Writeback-1", "unknown", "enabled");
    assert_uses_of(f->root, "00:02.0", "-it shows the host's picture on VGA-1, "
                   "as other GPUs do on theirs");
}

/* To read a directory as a file fails, for root as well. */
static void gpu_unread(const Fixture *f, const char *name)
{
    g_autofree char *path = g_strconcat(f->root, f->gpu, "/", name, NULL);

    g_remove(path);
    g_assert_cmpint(g_mkdir(path, 0755), ==, 0);
}

/* Two GPUs with a screen each, of which both are taken */
static void test_both_screens(Fixture *f, gconstpointer data)
{
    g_autofree char *dir = fake_pci(f->root, BUS, "0000:00:02.0", 0x030000,
                                    "i915", 2);
    g_autoptr(HostPci) gpu = get_gpu(f);
    g_autoptr(HostPci) other = host_pci_get(f->root, "00:02.0", NULL);
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    g_autoptr(GPtrArray) uses = NULL;
    HostPciSurvey *survey;

    (void)data;
    add_connector(f, dir, "card0", "DP-1", "connected", "enabled");
    add_connector(f, f->gpu, "card1", "DP-2", "connected", "enabled");
    g_ptr_array_add(taken, gpu);
    g_ptr_array_add(taken, other);
    survey = host_pci_survey(f->root);
    uses = host_pci_survey_uses(survey, gpu, taken);
    host_pci_survey_free(survey);
    g_assert_cmpuint(uses->len, ==, 1);
    g_assert_nonnull(host_pci_needed(uses));
    g_assert_cmpstr(((HostPciUse *)uses->pdata[0])->what, ==,
                    "it shows the host's picture on DP-2, and all GPUs that "
                    "show one are taken");
}

static void test_unread_boot_vga(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_uses(f->root, "");
    gpu_unread(f, "boot_vga");
    assert_uses(f->root, "?whether it is the boot VGA can't be read");
}

static void test_unread_connector(Fixture *f, gconstpointer data)
{
    (void)data;
    make_apu(f, "amdgpu");
    add_connector(f, f->gpu, "card1", "eDP-1", "connected", "enabled");
    gpu_unread(f, "drm/card1/card1-eDP-1/enabled");
    assert_uses(f->root, "?whether it shows the host's picture on eDP-1 can't "
                "be read");
    gpu_unread(f, "drm/card1/card1-eDP-1/status");
    assert_uses(f->root, "?whether it shows the host's picture on eDP-1 can't "
                "be read");
    add_connector(f, f->gpu, "card1", "DP-1", "connected", "enabled");
    assert_uses(f->root, "!it shows the host's picture on DP-1, and no other "
                "GPU shows one");
}

/* Without addresses, the order of the ranges tells which BAR it is. */
static void test_hidden_order(Fixture *f, gconstpointer data)
{
    g_autofree char *first = NULL;
    g_autofree char *third = NULL;

    (void)data;
    make_apu(f, NULL);
    gpu_file(f, "resource", VRAM "0 0 0\n"
             "0x0000002000000000 0x00000020001fffff 0x000000000014220c\n");
    fake_file(f->root, "/proc/iomem", "00000000-00000000 : PCI Bus 0000:01\n"
              "  00000000-00000000 : 0000:01:00.0\n"
              "  00000000-00000000 : 0000:01:00.0\n"
              "    00000000-00000000 : BOOTFB\n");
    assert_uses(f->root, "!the firmware's framebuffer (BOOTFB) is in BAR 0: "
                "the host's console is on it");
    {
        g_autoptr(HostPci) gpu = get_gpu(f);

        first = host_iomem_hinders(f->root, gpu, 0);
        third = host_iomem_hinders(f->root, gpu, 2);
    }
    g_assert_cmpstr(first, ==, "BOOTFB");
    g_assert_null(third);
}

/* The kernel has moved the BAR since the firmware told the address. */
static void test_outside(Fixture *f, gconstpointer data)
{
    const char *fb = "/sys/devices/platform/efi-framebuffer.0/graphics/fb0";
    g_autofree char *name = g_strconcat(fb, "/name", NULL);

    (void)data;
    make_apu(f, NULL);
    fake_file(f->root, name, "EFI VGA\n");
    fake_link(f->root, "/sys/class/graphics/fb0", fb);
    fake_file(f->root, "/proc/iomem", "2800000000-ffffffffff : PCI Bus 0000:01\n"
              "  2800000000-2fffffffff : 0000:01:00.0\n"
              "  4000000000-40007fffff : BOOTFB\n");
    assert_uses(f->root, "?the firmware's framebuffer fb0 (EFI VGA) is in use; "
                "on which GPU can't be seen");
}

int main(int argc, char **argv)
{
    static const GpuTest tests[] = {
        { "/host-display/bootfb", test_bootfb },
        { "/host-display/bootfb-remedy", test_bootfb_remedy },
        { "/host-display/claims", test_claims },
        { "/host-display/unplaced", test_unplaced },
        { "/host-display/platform", test_platform },
        { "/host-display/boot-display", test_boot_display },
        { "/host-display/fbcon", test_fbcon },
        { "/host-display/connectors", test_connectors },
        { "/host-display/both-screens", test_both_screens },
        { "/host-display/unread-boot-vga", test_unread_boot_vga },
        { "/host-display/unread-connector", test_unread_connector },
        { "/host-display/hidden-order", test_hidden_order },
        { "/host-display/outside", test_outside },
    };

    g_test_init(&argc, &argv, NULL);
    return gpu_tests_run(tests, G_N_ELEMENTS(tests));
}
