/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the ways in which libvirt gives a host's device to a domain,
 * those that can be traced and those that can't
 */
#include <gio/gio.h>
#include <string.h>

#include "run-tool.h"
#include "tools/virt/xml.h"

#define OURS "/usr/local/bin/qemu-system-x86_64-vfio-trace"
#define DOMAIN(devices, end) \
    "<domain xmlns:qemu=\"http://libvirt.org/schemas/domain/qemu/1.0\" " \
    "type=\"kvm\">\n" \
    "  <name>vf</name>\n" \
    "  <devices>\n" devices "  </devices>\n" end \
    "</domain>\n"
#define ADDRESS(domain, bus, slot, function) \
    "<address domain=\"" domain "\" bus=\"" bus "\" slot=\"" slot \
    "\" function=\"" function "\"/>"
#define PCI(address) \
    "    <hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\">\n" \
    "      <source>" address "</source>\n" \
    "    </hostdev>\n"
#define INTERFACE \
    "    <interface type=\"hostdev\" managed=\"yes\">\n" \
    "      <mac address=\"52:54:00:6d:90:02\"/>\n" \
    "      <source>\n" \
    "        <address type=\"pci\" domain=\"0x0000\" bus=\"0x41\" " \
    "slot=\"0x00\" function=\"0x1\"/>\n" \
    "      </source>\n" \
    "    </interface>\n"
#define MDEV \
    "    <hostdev mode=\"subsystem\" type=\"mdev\" model=\"vfio-pci\">\n" \
    "      <source>\n" \
    "        <address uuid=\"c2177883-f1bb-47f0-914d-32a22e3a8804\"/>\n" \
    "      </source>\n" \
    "    </hostdev>\n"
#define NETWORK(name) \
    "    <interface type=\"network\">\n" \
    "      <mac address=\"52:54:00:6d:90:03\"/>\n" \
    "      <source network=\"" name "\"/>\n" \
    "    </interface>\n"
#define NVME \
    "    <disk type=\"nvme\" device=\"disk\">\n" \
    "      <source type=\"pci\" managed=\"yes\" namespace=\"1\">" \
    ADDRESS("0x0000", "0x07", "0x00", "0x0") "</source>\n" \
    "      <target dev=\"vda\" bus=\"virtio\"/>\n" \
    "    </disk>\n"
#define ARGS(value) \
    "  <qemu:commandline>\n" \
    "    <qemu:arg value=\"-device\"/>\n" \
    "    <qemu:arg value=\"" value "\"/>\n" \
    "  </qemu:commandline>\n"
#define JSON "{&quot;driver&quot;: &quot;vfio-pci&quot;, " \
    "&quot;host&quot;: &quot;0000:03:00.0&quot;}"

static const char *const pools[] = { "vfs", NULL };
static const char *const none[] = { NULL };

static char *try_enable(const char *xml, const char *const *hosts,
                        GError **error)
{
    const VirtXmlRequest request = { .hosts = hosts, .emulator = OURS,
                                     .log = "/log", .pools = pools };

    return virt_xml_enable(xml, &request, error);
}

/* <interface type='hostdev'> is traced like a <hostdev>. */
static void test_interface(void)
{
    static const char *const vf[] = { "0000:41:00.1", NULL };
    const char *plain = DOMAIN(INTERFACE MDEV, "");
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *named = try_enable(plain, vf, &error);
    g_autofree char *only = try_enable(plain, none, &error);
    g_autofree char *back = virt_xml_disable(named, none, notes, &error);
    g_autoptr(VirtXmlInfo) info = virt_xml_inspect(named, &error);
    const VirtXmlDevice *device = g_ptr_array_index(info->devices, 0);

    g_assert_no_error(error);
    g_assert_cmpstr(named, ==, only);
    g_assert_cmpstr(back, ==, plain);
    assert_contains(named, "      </source>\n"
                    "      <alias name=\"ua-vfio-trace-0000-41-00-1\"/>\n"
                    "    </interface>\n");
    assert_contains(named, "<qemu:device alias=\"ua-vfio-trace-0000-41-00-1\">"
                    );
    g_assert_cmpuint(info->devices->len, ==, 1);
    g_assert_cmpstr(device->host, ==, "0000:41:00.1");
    g_assert_cmpstr(device->mac, ==, "52:54:00:6d:90:02");
    g_assert_cmpstr(device->driver, ==, "vfio-pci-trace");
    g_assert_true(device->by_us);
}

/* Each is named for what it is, with what to do, in enable and in status. */
static void test_others(void)
{
    static const struct {
        const char *devices;
        const char *end;
        const char *name;
        const char *host;
        const char *says;
    } cases[] = {
        { MDEV, "", "c2177883-f1bb-47f0-914d-32a22e3a8804", NULL,
          "is a mediated device" },
        { "    <hostdev type=\"usb\"><source><vendor id=\"0x046d\"/>"
          "<product id=\"0xc52b\"/></source></hostdev>\n", "",
          "USB 0x046d:0xc52b", NULL, "pass the host's USB controller" },
        { "    <hostdev type=\"usb\"><source><address bus=\"1\" device=\"2\"/>"
          "</source></hostdev>\n", "", "USB bus 1 device 2", NULL,
          "is a USB device" },
        { "    <hostdev type=\"scsi\"><source><adapter name=\"scsi_host0\"/>"
          "<address bus=\"0\" target=\"0\" unit=\"0\"/></source></hostdev>\n",
          "", "scsi_host0", NULL, "is a SCSI device" },
        { "    <hostdev type=\"scsi\"><source protocol=\"iscsi\" "
          "name=\"iqn.x\"/></hostdev>\n", "", "iSCSI", NULL,
          "is a SCSI device" },
        { "    <hostdev type=\"scsi_host\"><source protocol=\"vhost\" "
          "wwpn=\"naa.51\"/></hostdev>\n", "", "naa.51", NULL, "vhost-scsi" },
        { NVME, "", "0000:07:00.0", "0000:07:00.0",
          "replace this <disk> by <hostdev mode='subsystem' type='pci'" },
        { "    <disk type=\"vhostvdpa\"><source dev=\"/dev/vhost-vdpa-0\"/>"
          "</disk>\n", "", "/dev/vhost-vdpa-0", NULL, "is a vDPA disk" },
        { "    <interface type=\"vdpa\"><source dev=\"/dev/vhost-vdpa-1\"/>"
          "</interface>\n", "", "/dev/vhost-vdpa-1", NULL,
          "is a vDPA network device" },
        { "    <interface type=\"direct\"><source dev=\"eth0\" "
          "mode=\"passthrough\"/></interface>\n", "", "eth0", NULL,
          "macvtap" },
        { NETWORK("vfs"), "", "network vfs, MAC address 52:54:00:6d:90:03",
          NULL, "change this to <interface type='hostdev' managed='yes'>" },
        { PCI(ADDRESS("0x10000", "2", "0", "1")), "", "10000:02:00.1",
          "10000:02:00.1", "a domain above ffff" },
        { "", ARGS("vfio-pci,host=03:00.0,id=x"), "0000:03:00.0",
          "0000:03:00.0", "<qemu:commandline> passes to QEMU" },
        { "", ARGS(JSON), "0000:03:00.0", "0000:03:00.0",
          "<qemu:commandline> passes to QEMU" },
        { "", ARGS("vfio-pci-nohotplug,sysfsdev=/sys/bus/mdev/devices/u-1"),
          "u-1", NULL, "<qemu:commandline> passes to QEMU" },
        { "", ARGS("vfio-pci-trace,sysfsdev=/sys/bus/pci/devices/0000:03:00.0,"
                   "trace-file=/log"), "0000:03:00.0", "0000:03:00.0",
          "is traced by an argument of <qemu:commandline>" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml = g_strdup_printf(DOMAIN("%s", "%s"),
                                               cases[i].devices, cases[i].end);
        const char *const hosts[] = { cases[i].host, NULL };
        g_autoptr(VirtXmlInfo) info = virt_xml_inspect_pools(xml, pools, NULL);
        const VirtXmlOther *other;
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) named = NULL;

        g_test_message("%s", cases[i].name);
        g_assert_null(try_enable(xml, none, &error));
        assert_contains(error->message,
                        "no PCI device is passed through in a way that can be "
                        "traced; ");
        assert_contains(error->message, cases[i].name);
        assert_contains(error->message, cases[i].says);
        g_assert_null(try_enable(xml, hosts, &named));
        assert_contains(named->message, cases[i].says);
        g_assert_cmpuint(info->devices->len, ==, 0);
        g_assert_cmpuint(info->others->len, ==, 1);
        other = g_ptr_array_index(info->others, 0);
        g_assert_cmpstr(other->name, ==, cases[i].name);
        g_assert_cmpstr(other->host, ==, cases[i].host);
        g_assert_cmpint(other->traced, ==, !!strstr(cases[i].end, "-trace,"));
    }
}

/* What is no device of the host is not listed. */
static void test_not_passed(void)
{
    static const char *const devices[] = {
        NETWORK("default"),
        ("    <interface type=\"direct\"><source dev=\"eth0\" mode=\"bridge\"/>"
         "</interface>\n"),
        "    <interface type=\"bridge\"><source bridge=\"br0\"/></interface>\n",
        "    <disk type=\"block\"><source dev=\"/dev/sda\"/></disk>\n",
        "    <redirdev bus=\"usb\" type=\"spicevmc\"/>\n",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autofree char *xml = g_strdup_printf(
            DOMAIN("%s", ARGS("virtio-net,netdev=vfio-pci")), devices[i]);
        g_autoptr(VirtXmlInfo) info = virt_xml_inspect_pools(xml, pools, NULL);
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(info->others->len, ==, 0);
        g_assert_null(try_enable(xml, none, &error));
        assert_contains(error->message, "no PCI device is passed through; add "
                        "one first");
    }
}

/* Next to a device that can be traced, they do not disturb. */
static void test_beside(void)
{
    static const char *const nvme[] = { "0000:07:00.0", NULL };
    static const char *const nowhere[] = { "0000:08:00.0", NULL };
    const char *xml = DOMAIN(NVME MDEV PCI(ADDRESS("0", "1", "0", "0")), "");
    g_autoptr(GError) error = NULL;
    g_autofree char *then = try_enable(xml, none, &error);

    g_assert_no_error(error);
    assert_contains(then, "ua-vfio-trace-0000-01-00-0");
    g_assert_null(try_enable(xml, nvme, &error));
    assert_contains(error->message, "0000:07:00.0 is an NVMe controller that "
                    "QEMU itself drives");
    g_clear_error(&error);
    g_assert_null(try_enable(xml, nowhere, &error));
    assert_contains(error->message, "0000:08:00.0 is not passed through; the "
                    "passed-through devices are: 0000:01:00.0");
}

/* Numbers of an address in any base; one that QEMU can have */
static void test_addresses(void)
{
    static const struct {
        const char *xml;
        const char *host;
    } cases[] = {
        { DOMAIN(PCI(ADDRESS("0", "65", "037", "0x7")), ""), "0000:41:1f.7" },
        { DOMAIN(PCI(ADDRESS("0xffff", "0xff", "0", "0")), ""),
          "ffff:ff:00.0" },
        { DOMAIN(PCI("<address bus=\"0x01\" slot=\"0\" function=\"0\"/>"), ""),
          "0000:01:00.0" },
        /* mode="subsystem" is libvirt's default */
        { DOMAIN("    <hostdev type=\"pci\"><source>"
                 ADDRESS("1", "2", "3", "4") "</source></hostdev>\n", ""),
          "0001:02:03.4" },
        { DOMAIN("    <hostdev type=\"pci\"><driver name=\"vfio\" "
                 "model=\"mlx5_vfio_pci\"/><source>"
                 ADDRESS("1", "2", "3", "4") "</source></hostdev>\n", ""),
          "0001:02:03.4" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VirtXmlInfo) info = virt_xml_inspect(cases[i].xml, NULL);
        const VirtXmlDevice *device = g_ptr_array_index(info->devices, 0);

        g_assert_cmpstr(device->host, ==, cases[i].host);
    }
}

static void test_pools(void)
{
    g_assert_true(virt_xml_is_pool("<network><name>a</name>"
                                   "<forward mode='hostdev' managed='yes'>"
                                   "<pf dev='eth0'/></forward></network>"));
    g_assert_false(virt_xml_is_pool("<network><forward mode='nat'/>"
                                    "</network>"));
    g_assert_false(virt_xml_is_pool("<network/>"));
    g_assert_false(virt_xml_is_pool(""));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt-other/interface", test_interface);
    g_test_add_func("/virt-other/others", test_others);
    g_test_add_func("/virt-other/not-passed", test_not_passed);
    g_test_add_func("/virt-other/beside", test_beside);
    g_test_add_func("/virt-other/addresses", test_addresses);
    g_test_add_func("/virt-other/pools", test_pools);
    return g_test_run();
}
