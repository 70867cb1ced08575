/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run: the guest's display, network, USB devices and
 * what it sees of KVM; on a simulated host
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dry-run.h"
#include "fake-host.h"

#define NIC "0000:02:00.0"
#define BEHIND "pci0000:00/0000:00:02.0"

/* The host's USB controllers, and a keyboard and others at the first */
#define XHCI "0000:00:14.0"
#define XHCI_DIR "/sys/devices/pci0000:00/" XHCI
#define KEYBOARD_DIR XHCI_DIR "/usb1/1-1"

static char *root;

#define assert_lacks(text, part) g_assert_null(strstr(text, part))

/* --- display ------------------------------------------------------------- */

static void test_no_display(void)
{
    g_autofree char *out = command(ARGS("--os", "linux"));
    g_autofree char *same = command(ARGS("--display", "none"));

    assert_contains(out, "    -display none \\\n    -chardev");
    assert_contains(same, "    -display none \\\n    -chardev");
    assert_lacks(out, "VGA");
    assert_lacks(out, "xhci");
    assert_lacks(out, "usb-");
}

#define INPUTS "    -device qemu-xhci,id=usb,p2=15,p3=15,addr=0xd \\\n" \
    "    -device usb-tablet,bus=usb.0 \\\n    -device usb-kbd,bus=usb.0\n"
#define VGA "    -device VGA,id=vga,addr=0xf \\\n"

static void test_viewers(void)
{
    g_autofree char *vnc = command(ARGS("--display", "vnc"));
    g_autofree char *spice = command(ARGS("--display", "spice"));

    assert_contains(vnc, "    -display none \\\n    -vnc none \\\n" VGA);
    assert_contains(vnc, INPUTS);
    assert_contains(spice, "    -display none \\\n"
                    "    -spice port=0,disable-ticketing=on \\\n" VGA);
    assert_contains(spice, INPUTS);
}

static void test_gtk(void)
{
    g_autofree char *root_own = command(ARGS("--display", "gtk", "--as-root"));

    assert_contains(root_own, "    -display gtk \\\n" VGA);
    if (!geteuid()) {
        assert_refused(ARGS("--display", "gtk"),
                       "QEMU has a user of its own, which can't open a window");
    }
}

static void test_display_refused(void)
{
    assert_refused(ARGS("--display", "sdl"),
                   "--display sdl: it must be none, vnc, spice or gtk");
    assert_refused(ARGS("--display", "vnc", "--device-opts", "x-vga=on"),
                   "x-vga=on makes " NIC " the guest's VGA: use one of them");
    g_free(command(ARGS("--display", "vnc", "--device-opts", "x-vga=off")));
    g_free(command(ARGS("--device-opts", "x-vga=on")));
}

/* A QEMU that says what it has */
static void test_lean(void)
{
    static const char script[] =
        "#!/bin/sh\n"
        "case \"$*\" in\n"
        "'-h') echo 'QEMU emulator'; echo '-vnc <display>' ;;\n"
        "'-display help') echo 'none' ;;\n"
        "'-netdev help') echo 'Available:'; echo 'socket' ;;\n"
        "'-device usb-host,help') exit 1 ;;\n"
        "*) echo 'name \"vfio-pci-trace\"' ;;\n"
        "esac\n";
    static const struct {
        const char *option;
        const char *value;
        const char *note;
    } cases[] = {
        { "--display", "spice", "--display spice: " },
        { "--display", "gtk", "--display gtk: " },
        { "--net", "user", "was built without libslirp; build it again" },
        { "--usb", "1-2", "was built without libusb" },
    };
    g_autofree char *qemu = temp_file("qemu", script, -1);
    size_t i;

    g_assert_cmpint(g_chmod(qemu, 0755), ==, 0);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, "run", "--dry-run", "--as-root",
                                          "--no-rehearsal", "--qemu", qemu, NIC,
                                          cases[i].option, cases[i].value,
                                          NULL);

        assert_contains(run->err, cases[i].note);
        g_assert_cmpint(run->status, ==, 0);
    }
}

/* --- network ------------------------------------------------------------- */

/* Return: the port of the command line */
static unsigned ssh_port(const char *out)
{
    static const char key[] = "user,id=net,hostfwd=tcp:127.0.0.1:";
    const char *at = strstr(out, key);

    g_assert_nonnull(at);
    return g_ascii_strtoull(at + strlen(key), NULL, 10);
}

static void test_net(void)
{
    g_autofree char *linux_guest = command(ARGS("--os", "linux", "--net",
                                                "user"));
    g_autofree char *windows = command(ARGS("--os", "windows", "--net",
                                            "user"));
    g_autofree char *card = command(ARGS("--net", "user:rtl8139"));
    g_autofree char *none = command(ARGS("--net", "none"));

    assert_contains(linux_guest, "    -device virtio-net-pci,netdev=net,id=nic,"
                    "addr=0xe,romfile=");
    assert_contains(windows, "    -device e1000e,netdev=net,id=nic,addr=0xe,"
                    "romfile=");
    assert_contains(card, "    -device rtl8139,netdev=net,id=nic,");
    assert_lacks(none, "netdev");
    g_assert_cmpuint(ssh_port(windows), >, 1023);
    g_assert_cmpuint(ssh_port(windows), <, 65536);
    assert_refused(ARGS("--net", "tap"), "--net tap: it must be none, user, or");
    assert_refused(ARGS("--net", "user:"), "--net user:: it must be none");
    assert_refused(ARGS("--net", "user:a,b=c"), "it must be none, user, or");
}

/* --- USB ----------------------------------------------------------------- */

static void add_usb(const char *name, const char *ids, const char *class)
{
    g_autofree char *dir = g_strdup_printf(XHCI_DIR "/usb1/%s", name);
    g_autofree char *link = g_strdup_printf("/sys/bus/usb/devices/%s", name);
    const char *dash = strrchr(name, '-');
    g_auto(GStrv) id = g_strsplit(ids, ":", 2);
    const struct {
        const char *file;
        const char *text;
    } files[] = {
        { "busnum", "1" }, { "devnum", dash + 1 }, { "idVendor", id[0] },
        { "idProduct", id[1] }, { "bDeviceClass", class },
        { "manufacturer", "Maker" }, { "product", "Thing \033[2J" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(dir, files[i].file, NULL);

        fake_file(root, path, "%s\n", files[i].text);
    }
    fake_link(root, link, dir);
}

/* With a @path of its own below the device */
static void add_keyboard(const char *device, const char *input)
{
    g_autofree char *dir = g_strdup_printf("%s/input/%s", device, input);
    g_autofree char *link = g_strdup_printf("/sys/class/input/%s", input);
    g_autofree char *keys = g_strconcat(dir, "/capabilities/key", NULL);
    g_autofree char *name = g_strconcat(dir, "/name", NULL);

    fake_file(root, keys, "fffffffffffffffe\n");
    fake_file(root, name, "Keys\n");
    fake_link(root, link, dir);
}

static void set_up_usb(void)
{
    g_free(fake_pci(root, "pci0000:00", XHCI, 0x0c0330, "xhci_hcd", 5));
    add_usb("1-1", "046d:c31c", "00");
    add_usb("1-2", "0781:5581", "00");
    add_usb("1-3", "05e3:0608", "09");
    add_usb("1-4", "0781:5581", "00");
    fake_link(root, "/sys/bus/usb/devices/usb1", XHCI_DIR "/usb1");
    fake_file(root, KEYBOARD_DIR "/1-1:1.0/bInterfaceNumber", "00\n");
    add_keyboard(KEYBOARD_DIR "/1-1:1.0/0003:046D:C31C.0001", "input3");
}

static void test_usb(void)
{
    g_autofree char *one = command(ARGS("--usb", "1.2"));
    g_autofree char *two = command(ARGS("--usb", "1-2", "--usb", "1.4",
                                        "--display", "vnc"));
    g_autofree char *node = g_strdup_printf(
        "    -device usb-host,id=usb0,bus=usb.0,hostdevice=%s"
        "/dev/bus/usb/001/002\n", root);

    assert_contains(one, "qemu-xhci,id=usb,p2=15,p3=15,addr=0xd \\\n");
    assert_contains(one, node);
    assert_lacks(one, "usb-tablet");
    assert_contains(two, "usb-tablet");
    assert_contains(two, "id=usb1,bus=usb.0,hostdevice=");
}

static void test_usb_refused(void)
{
    static const char *const words[] = {
        "1", "1.", ".1", "1-", "usb1", "1-2:1.0", "../1", "1.2/3", "", "a:b",
        "0781:5581x", "1--2", "1-2-3", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        g_test_message("%s", words[i]);
        assert_refused(ARGS("--usb", words[i]),
                       "is neither BUS.PORT, as 1.4 or 1.4.2, nor VENDOR:PRODUCT");
    }
    assert_refused(ARGS("--usb", "1.9"), "no USB device is connected at 1.9");
    assert_refused(ARGS("--usb", "dead:beef"),
                   "no USB device has the IDs dead:beef");
    assert_refused(ARGS("--usb", "0781:5581"),
                   "2 USB devices have the IDs 0781:5581: name one by its place (1-2, 1-4)");
    assert_refused(ARGS("--usb", "1.3"), "--usb 1-3 is a hub");
    assert_refused(ARGS("--usb", "1.2", "--usb", "1-2"),
                   "--usb 1-2 is named twice");
    assert_refused(ARGS("--usb", "1.2", XHCI, "--force"),
                   "is connected to " XHCI ", which the guest gets with all");
}

/* The host's only keyboard; another one makes it free. */
static void test_usb_needed(void)
{
    g_autofree char *forced = command(ARGS("--usb", "046d:c31c", "--force"));
    g_autofree char *free_one = NULL;
    g_autofree char *other = g_strconcat(root, "/sys/class/input/input4", NULL);

    assert_contains(forced, "usb-host");
    assert_refused(ARGS("--usb", "046d:c31c"),
                   "the host needs the USB device 1-1 (Maker Thing ?[2J): the host's only keyboard (Keys) is connected to it; connect");
    add_keyboard(XHCI_DIR "/usb1/1-2/1-2:1.0/0003:1:2.1", "input4");
    free_one = command(ARGS("--usb", "046d:c31c"));
    assert_contains(free_one, "usb-host");
    /* The other one is taken, too. */
    assert_refused(ARGS("--usb", "1.1", "--usb", "1.2"),
                   "the host's last keyboard");
    g_assert_cmpint(g_unlink(other), ==, 0);
}

/* Slots are for disks or for these devices. */
static void test_slots(void)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    g_autofree char *disk = temp_file("disk", "", -1);
    int i;

    g_ptr_array_add(args, (gpointer)"--os=linux");
    g_ptr_array_add(args, (gpointer)"--display=vnc");
    g_ptr_array_add(args, (gpointer)"--net=user");
    for (i = 0; i < 12; i++) {
        g_ptr_array_add(args, (gpointer)"--disk");
        g_ptr_array_add(args, disk);
    }
    g_ptr_array_add(args, NULL);
    assert_refused((const char *const *)args->pdata,
                   "--disk is given 12 times, and the guest's machine has slots for 11 virtio disks");
}

/* --- hypervisor ---------------------------------------------------------- */

static void test_hide(void)
{
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *plain = command(ARGS("--os", "windows"));
    g_autofree char *long_name = g_strnfill(200, 'x');

    fake_file(root, "/sys/class/dmi/id/sys_vendor", "Maker, Inc.\n");
    fake_file(root, "/sys/class/dmi/id/product_name", "\033[2JBoard\n");
    fake_file(root, "/sys/class/dmi/id/board_name", "%s\n", long_name);
    fake_file(root, "/sys/class/dmi/id/product_serial", "secret\n");
    run = dry_run(ARGS("--os", "windows", "--hide-hypervisor"));
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(plain, ",hv-");
    assert_lacks(run->out, "hv-");
    assert_lacks(run->out, "secret");
    assert_lacks(run->out, "Board");
    assert_contains(run->out,
                    "-cpu host,kvm=off,hypervisor=off,migratable=off \\\n");
    assert_contains(run->out,
                    "-smbios 'type=1,manufacturer=Maker,, Inc.' \\\n");
    long_name[64] = '\0';
    assert_contains(run->out, long_name);
    long_name[64] = 'x';
    long_name[65] = '\0';
    assert_lacks(run->out, long_name);
    assert_contains(run->err, "the guest is slower without KVM's clock");
    assert_refused(ARGS("--hide-hypervisor", "--", "-cpu", "host"),
                   "--hide-hypervisor and '-- -cpu'");
}

/* --- the port for symbols ------------------------------------------------ */

static void test_port(void)
{
    g_autofree char *linux_guest = command(ARGS("--os", "linux"));
    g_autofree char *windows = command(ARGS("--os", "windows"));

    assert_contains(linux_guest, "    -chardev file,id=symbols,path=/dev/null \\\n"
                    "    -device virtserialport,id=symbols,bus=marker-bus.0,"
                    "chardev=symbols,name=org.vfio-trace.symbols.0");
    assert_lacks(windows, "symbols");
}

/* Symbols of an older log would give wrong names. */
static void test_old_symbols(void)
{
    G_GNUC_UNUSED g_autofree char *old =
        temp_file("old.mmt.3.kallsyms", "", -1);
    g_autofree char *log = g_build_filename(temp_dir(), "old.mmt", NULL);

    assert_refused(ARGS("-o", log), "old.mmt.3.kallsyms, symbols of an older");
    g_free(command(ARGS("-o", log, "--overwrite")));
}

/* What --bundle needs is known before the guest starts. */
static void test_bundle(void)
{
    g_autofree char *old = temp_file("old.tar.zst", "", -1);
    g_autofree char *fresh = g_build_filename(temp_dir(), "new.tar.zst", NULL);

    assert_refused(ARGS("--bundle", "x.zip"), "ends in .tar.zst or .tar");
    assert_refused(ARGS("--bundle", old), "old.tar.zst exists already");
    assert_refused(ARGS("-o", "unix:/run/x", "--bundle", fresh),
                   "--bundle needs a log that is a file");
    g_free(command(ARGS("--bundle", fresh)));
    g_free(command(ARGS("--bundle", old, "--overwrite")));
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));
}

static void set_up_host(void)
{
    static const char bridge_header[64] = { [14] = 1 };
    g_autofree char *bridge = fake_pci(root = fake_host_new(), "pci0000:00",
                                       "0000:00:02.0", 0x060400, "pcieport", 1);
    g_autofree char *config = g_build_filename(bridge, "config", NULL);

    fake_bytes(root, config, bridge_header, sizeof(bridge_header));
    g_free(fake_pci(root, BEHIND, NIC, 0x020000, "e1000e", 2));
    set_up_usb();
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    set_up_host();
    /* The host has no OVMF: test-run-windows.c */
    dry_run_first(ARGS("--no-secure-boot", "--no-tpm", NIC));
    g_test_add_func("/run-guest/display/none", test_no_display);
    g_test_add_func("/run-guest/display/viewers", test_viewers);
    g_test_add_func("/run-guest/display/gtk", test_gtk);
    g_test_add_func("/run-guest/display/refused", test_display_refused);
    g_test_add_func("/run-guest/lean", test_lean);
    g_test_add_func("/run-guest/net", test_net);
    g_test_add_func("/run-guest/usb", test_usb);
    g_test_add_func("/run-guest/usb/refused", test_usb_refused);
    g_test_add_func("/run-guest/usb/needed", test_usb_needed);
    g_test_add_func("/run-guest/slots", test_slots);
    g_test_add_func("/run-guest/hide", test_hide);
    g_test_add_func("/run-guest/port", test_port);
    g_test_add_func("/run-guest/old-symbols", test_old_symbols);
    g_test_add_func("/run-guest/bundle", test_bundle);
    status = g_test_run();
    temp_clean();
    fake_host_free(root);
    return status;
}
