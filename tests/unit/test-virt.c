/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace virt and --domain with libvirt's own test driver,
 * which has one domain and runs no QEMU; and the parsing of libvirt's
 * description of a machine
 */
#include <gio/gio.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/virt/host.h"

#define TEST "--connect=test:///default"

static void test_status(void)
{
    g_autoptr(ToolRun) text = run_tool(NULL, "virt", "status", TEST, "test",
                                       NULL);
    g_autoptr(ToolRun) json = run_tool(NULL, "virt", "status", TEST, "--json",
                                       "test", NULL);

    g_assert_cmpint(text->status, ==, 0);
    assert_contains(text->out, "domain test, running\n");
    assert_contains(text->out, "no PCI device is passed through to it");
    g_assert_cmpstr(text->err, ==, "");
    g_assert_cmpint(json->status, ==, 0);
    assert_contains(json->out, "\"running\" : true");
    assert_contains(json->out, "\"devices\" : [");
}

/* Devices passed in several ways; only libvirt knows what a network does. */
static void test_ways(void)
{
    g_autofree char *node = temp_file("node.xml",
        "<node>\n"
        "  <network><name>vfs</name><forward mode='hostdev'>"
        "<address type='pci' domain='0' bus='4' slot='0' function='1'/>"
        "</forward></network>\n"
        "  <network><name>nat</name><forward mode='nat'/>"
        "<ip address='192.168.122.1' netmask='255.255.255.0'/></network>\n"
        "  <domain type='test'>\n"
        "    <name>dut</name><memory unit='MiB'>64</memory>\n"
        "    <os><type arch='x86_64'>hvm</type></os>\n"
        "    <devices>\n"
        "      <interface type='hostdev'><mac address='52:54:00:6d:90:02'/>"
        "<source><address type='pci' domain='0' bus='0x41' slot='0' "
        "function='1'/></source></interface>\n"
        "      <interface type='network'><mac address='52:54:00:6d:90:03'/>"
        "<source network='vfs'/></interface>\n"
        "      <interface type='network'><source network='nat'/></interface>\n"
        "      <interface type='network'><source network='gone'/>"
        "</interface>\n"
        "    </devices>\n"
        "  </domain>\n"
        "</node>\n", -1);
    g_autofree char *uri = g_strconcat("--connect=test://", node, NULL);
    g_autoptr(ToolRun) text = run_tool(NULL, "virt", "status", uri, "dut",
                                       NULL);
    g_autoptr(ToolRun) json = run_tool(NULL, "virt", "status", "--json", uri,
                                       "dut", NULL);

    g_assert_cmpint(text->status, ==, 0);
    assert_contains(text->out, "  0000:41:00.1  (interface 52:54:00:6d:90:02) "
                    " not traced\n"
                    "  network vfs, MAC address 52:54:00:6d:90:03  can't be "
                    "traced: it is an interface of a network with a pool");
    g_assert_null(strstr(text->out, "network nat"));
    g_assert_null(strstr(text->out, "network gone"));
    assert_contains(json->out, "\"mac\" : \"52:54:00:6d:90:02\"");
    assert_contains(json->out, "\"network\" : \"vfs\"");
}

/* An address that is given twice is one device. */
static void test_repeated_address(void)
{
    g_autofree char *node = temp_file("traced.xml",
        "<node><domain type='test'>\n"
        "  <name>dut</name><memory unit='MiB'>64</memory>\n"
        "  <metadata><vt:traced xmlns:vt='urn:x-vfio-trace:libvirt:1'>"
        "<vt:device host='0000:01:00.0' alias='ua-gpu'/></vt:traced></metadata>\n"
        "  <os><type arch='x86_64'>hvm</type></os>\n"
        "  <devices><hostdev mode='subsystem' type='pci'><source>"
        "<address domain='0' bus='1' slot='0' function='0'/></source>"
        "<alias name='ua-gpu'/></hostdev></devices>\n"
        "</domain></node>\n", -1);
    g_autofree char *uri = g_strconcat("--connect=test://", node, NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "virt", "disable", "-n", uri,
                                      "dut", "01:00.0", "0000:01:00.0", NULL);

    assert_contains(run->out, "-  <metadata>");
    g_assert_cmpint(run->status, ==, 0);
}

static void test_errors(void)
{
    static const struct {
        const char *args[8];
        int status;
        const char *says;
    } cases[] = {
        { { "virt" }, 2, "virt: the verb is missing" },
        { { "virt", "frob" }, 2, "'frob' is not create, enable, disable" },
        { { "virt", "enable" }, 2, "the domain's name is missing" },
        { { "virt", "status", "a", "b" }, 2, "unexpected operand 'b'" },
        { { "virt", "enable", "a", "01:00" }, 2,
          "'01:00' is not a PCI address" },
        { { "virt", "enable", "a", "10000:e1:00.0" }, 2,
          "QEMU takes addresses with a PCI domain of up to ffff" },
        { { "virt", "enable", "--frob" }, 2, "vfio-trace virt enable --help" },
        { { "virt", "enable", TEST, "test" }, 1,
          "domain test has the type 'test'" },
        /* the old name of --trace-windows */
        { { "virt", "enable", "--windows=0", TEST, "test" }, 1,
          "domain test has the type 'test'" },
        { { "virt", "create" }, 2, "the domain's name is missing" },
        { { "virt", "create", "a", "01:00" }, 2,
          "'01:00' is not a PCI address" },
        { { "virt", "create", "a", TEST }, 1, "which device?" },
        { { "virt", "create", "a", "--no-device", TEST }, 1,
          "libvirt at test:///default has domains of another hypervisor, TEST" },
        { { "virt", "create", "a", "--no-device", "--os=dos", TEST }, 1,
          "--os dos: it must be windows, linux or other" },
        { { "virt", "create", "a", "--no-device", "--vm=/none.conf", TEST }, 1,
          "/none.conf" },
        { { "virt", "create", "a", "--no-device", "--uuid=1", TEST }, 1,
          "--uuid 1: it is not a UUID" },
        { { "virt", "create", "a", "--save-vm=x", TEST }, 2,
          "vfio-trace virt create --help" },
        { { "virt", "disable", TEST, "test" }, 1,
          "domain test: tracing was not enabled" },
        { { "virt", "status", TEST, "nobody" }, 1,
          "domain nobody: there is no such domain at test:///default; "
          "'virsh -c test:///default list --all' lists the domains" },
        { { "virt", "status", "--connect=frob:///x", "a" }, 1,
          "can not connect to libvirt at frob:///x" },
        { { "mark", "--domain=test", TEST, "text" }, 1, "domain test: " },
        { { "mark", "--domain=nobody", TEST, "text" }, 1,
          "domain nobody: there is no such domain" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_toolv(NULL, cases[i].args);

        g_test_message("%s", cases[i].says);
        g_assert_cmpint(run->status, ==, cases[i].status);
        assert_contains(run->err, cases[i].says);
        /* one line, without libvirt's own messages */
        g_assert_true(strchr(run->err, '\n') == run->err + strlen(run->err) -
                      1);
    }
}

#define LABEL(type, text) "<baselabel type='" type "'>" text "</baselabel>"
#define CAPABILITIES(models) \
    "<capabilities><host><uuid>x</uuid>" models "</host></capabilities>"
#define DAC "<secmodel><model>dac</model><doi>0</doi>" \
    LABEL("kvm", "+64055:+64056") LABEL("qemu", "+1:+2") "</secmodel>"

static void test_host(void)
{
    static const struct {
        const char *models;
        const char *type;
        const char *label;
        uid_t uid;
        gid_t gid;
        bool apparmor;
        bool selinux;
    } cases[] = {
        { DAC, "kvm", NULL, 64055, 64056 },
        { DAC, "qemu", NULL, 1, 2 },
        { "<secmodel><model>apparmor</model><doi>0</doi></secmodel>" DAC,
          "kvm", NULL, 64055, 64056, true, false },
        { "<secmodel><model>selinux</model>"
          LABEL("kvm", "system_u:system_r:svirt_t:s0") "</secmodel>" DAC,
          "kvm", NULL, 64055, 64056, false, true },
        { DAC, "kvm", "+7:+8", 7, 8 },
        { DAC, "kvm", "7:8", 7, 8 },
        { DAC, "kvm", "root:root", 0, 0 },
    };
    g_autoptr(GError) error = NULL;
    VirtHost host;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml =
            g_strdup_printf(CAPABILITIES("%s"), cases[i].models);

        g_assert_true(virt_host_read(&host, xml, cases[i].type,
                                     cases[i].label, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(host.uid, ==, cases[i].uid);
        g_assert_cmpuint(host.gid, ==, cases[i].gid);
        g_assert_cmpint(host.apparmor, ==, cases[i].apparmor);
        g_assert_cmpint(host.selinux, ==, cases[i].selinux);
    }
    g_assert_true(virt_host_read(&host, CAPABILITIES(""), "kvm", NULL,
                                 &error));
    g_assert_cmpuint(host.uid, ==, geteuid());
    g_assert_false(virt_host_read(&host, CAPABILITIES(DAC), "kvm",
                                  "no-such-user:x", &error));
    assert_contains(error->message, "'no-such-user:x'");
}

/* Problems with a log's directory, and their remedies */
static void test_log(void)
{
    VirtHost self = { .uid = geteuid(), .gid = getegid() };
    VirtHost nobody = { .uid = 65534, .gid = 65534 };
    g_autofree char *there = temp_file("there.mmt", "", 0);
    g_autofree char *absent = g_build_filename(temp_dir(), "absent/x.mmt",
                                               NULL);
    g_autofree char *new = g_build_filename(temp_dir(), "new.mmt", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(virt_host_check_log(&self, new, false, &error));
    g_assert_true(virt_host_check_log(&self, there, true, &error));
    g_assert_false(virt_host_check_log(&self, there, false, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS);
    g_clear_error(&error);
    g_assert_false(virt_host_check_log(&self, absent, false, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    assert_contains(error->message, "'install -d -o ");
    g_clear_error(&error);
    g_assert_false(virt_host_check_log(&self, temp_dir(), false, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
    g_clear_error(&error);
    if (!geteuid()) {
        g_assert_false(virt_host_check_log(&nobody, new, false, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    }
}

/* Permissions that an administrator is told to grant */
static void test_needs(void)
{
    static const VirtHost confined = { .apparmor = true, .selinux = true };
    static const VirtHost free_one = { 0 };
    static const char *const files[] = { "/x/my [1].rings", "/usr/y.rings",
                                         NULL };

    if (g_test_subprocess()) {
        virt_host_print_needs(&free_one, "/x/qemu", "/x/none.mmt", NULL);
        virt_host_print_needs(&confined, "/x/qemu", "/x/a [b]'\".mmt", files);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stdout("*/abstractions/libvirt-qemu:\n"
                              "    \"/x/qemu\" rmix,\n"
                              "    \"/x/a \\[b\\]'\\\".mmt*\" rwk,\n*"
                              "    \"/x/my \\[1\\].rings\" r,\n"
                              "    \"/usr/y.rings\" r,\n*");
    /* A domain's profile has its own name, and so has its directory. */
    g_test_trap_assert_stdout("*    /sys/devices/system/clocksource/"
                              "clocksource0/current_clocksource r,\n*");
    g_test_trap_assert_stdout("*    /dev/shm/vfio-trace-@{profile_name}/ rw,\n"
                              "    /dev/shm/vfio-trace-@{profile_name}/** "
                              "rwkl,\n*");
    g_test_trap_assert_stdout_unmatched("*vfio-trace-\\*.ring*");
    g_test_trap_assert_stdout("*usr.sbin.libvirtd*    \"/x/qemu\" PUx,\n*");
    g_test_trap_assert_stdout("*restorecon -Rv '/x'\n*"
                              "virt_content_t '/x/my ?1?.rings'\n*");
    g_test_trap_assert_stdout_unmatched("*virt_content_t /usr*");
    g_test_trap_assert_stdout_unmatched("*none.mmt*");
}

static void test_ring_dir(void)
{
    static const VirtHost confined = { .apparmor = true };
    static const VirtHost free_one = { .selinux = true };
    g_autofree char *own = virt_host_ring_dir(&confined, "12-34");
    g_autofree char *none = virt_host_ring_dir(&free_one, "12-34");

    g_assert_cmpstr(own, ==, "/dev/shm/vfio-trace-libvirt-12-34");
    g_assert_null(none);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt/status", test_status);
    g_test_add_func("/virt/ways", test_ways);
    g_test_add_func("/virt/repeated-address", test_repeated_address);
    g_test_add_func("/virt/errors", test_errors);
    g_test_add_func("/virt/host", test_host);
    g_test_add_func("/virt/log", test_log);
    g_test_add_func("/virt/needs", test_needs);
    g_test_add_func("/virt/ring-dir", test_ring_dir);
    status = g_test_run();
    temp_clean();
    return status;
}
