/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: changes to a libvirt domain's XML and back; and their diff
 */
#include <gio/gio.h>
#include <string.h>

#include "run-tool.h"
#include "tools/virt/diff.h"
#include "tools/virt/xml.h"

#define GPU "0000:01:00.0"
#define AUDIO "0000:01:00.1"
#define EMULATOR "/usr/bin/qemu-system-x86_64"
#define OURS "/usr/local/bin/qemu-system-x86_64-vfio-trace"
#define NS " xmlns:qemu=\"http://libvirt.org/schemas/domain/qemu/1.0\""

#define HOSTDEV(function, rest) \
    "    <hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\">\n" \
    "      <source>\n" \
    "        <address domain=\"0x0000\" bus=\"0x01\" slot=\"0x00\" " \
    "function=\"" function "\"/>\n" \
    "      </source>\n" rest \
    "      <address type=\"pci\" domain=\"0x0000\" bus=\"0x05\" " \
    "slot=\"0x00\" function=\"" function "\"/>\n" \
    "    </hostdev>\n"

/* A domain as libvirt writes it, except for the kind of quotes */
#define DOMAIN(ns, metadata, hostdevs, end) \
    "<domain" ns " type=\"kvm\">\n" \
    "  <name>win</name>\n" \
    "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n" \
    metadata \
    "  <memory unit=\"KiB\">8388608</memory>\n" \
    "  <os>\n" \
    "    <type arch=\"x86_64\" machine=\"pc-q35-7.2\">hvm</type>\n" \
    "  </os>\n" \
    "  <devices>\n" \
    "    <emulator>" EMULATOR "</emulator>\n" \
    "    <hostdev mode=\"subsystem\" type=\"usb\">\n" \
    "      <source>\n" \
    "        <vendor id=\"0x1234\"/>\n" \
    "      </source>\n" \
    "    </hostdev>\n" \
    hostdevs \
    "    <memballoon model=\"none\"/>\n" \
    "  </devices>\n" \
    end \
    "</domain>\n"

#define COMMANDLINE(more) \
    "  <qemu:commandline>\n" \
    "    <qemu:arg value=\"-fw_cfg\"/>\n" \
    "    <qemu:arg value=\"name=opt/x,string=&lt;&amp;&quot;'\"/>\n" \
    more \
    "    <qemu:env name=\"A\" value=\"b\"/>\n" \
    "  </qemu:commandline>\n"

#define OVERRIDE(alias, property) \
    "  <qemu:override>\n" \
    "    <qemu:device alias=\"" alias "\">\n" \
    "      <qemu:frontend>\n" property \
    "      </qemu:frontend>\n" \
    "    </qemu:device>\n" \
    "  </qemu:override>\n"

#define PROPERTY(name, value) \
    "        <qemu:property name=\"" name "\" type=\"string\" value=\"" value \
    "\"/>\n"

#define ALIAS(name) "      <alias name=\"" name "\"/>\n"

#define METADATA \
    "  <metadata>\n" \
    "    <app:info xmlns:app=\"http://example.org/\">\n" \
    "      <app:owner>m\303\274ller</app:owner>\n" \
    "    </app:info>\n" \
    "  </metadata>\n"

/* Behind Intel's VMD */
#define FAR FAR_OFF("0x10000")
#define FAR_OFF(domain) \
    "    <hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\">\n" \
    "      <source>\n" \
    "        <address domain=\"" domain "\" bus=\"0x01\" slot=\"0x00\" " \
    "function=\"0x0\"/>\n" \
    "      </source>\n" \
    "    </hostdev>\n"

#define BOTH HOSTDEV("0x0", "") HOSTDEV("0x1", "")

static const struct {
    const char *name;
    const char *xml;
} domains[] = {
    { "plain", DOMAIN("", "", BOTH, "") },
    { "metadata", DOMAIN("", METADATA, BOTH, "") },
    { "compact metadata",
      DOMAIN("", "  <metadata><a:b xmlns:a=\"urn:a\"/></metadata>\n", BOTH,
             "") },
    { "empty metadata", DOMAIN("", "  <metadata/>\n", BOTH, "") },
    { "title and description",
      DOMAIN("", "  <title>T</title>\n  <description>D\n\n d</description>\n",
             BOTH, "") },
    { "the user's alias",
      DOMAIN("", "", HOSTDEV("0x0", ALIAS("ua-gpu")) HOSTDEV("0x1", ""), "") },
    { "libvirt's alias",
      DOMAIN("", "", HOSTDEV("0x0", "      <driver name=\"vfio\"/>\n")
             HOSTDEV("0x1", ""), "") },
    { "namespace alone", DOMAIN(NS, "", BOTH, "") },
    { "command line", DOMAIN(NS, METADATA, BOTH, COMMANDLINE("")) },
    { "an ID like ours",
      DOMAIN(NS, "", BOTH,
             COMMANDLINE("    <qemu:arg value=\"-object\"/>\n"
                         "    <qemu:arg value=\"vfio-trace-log,"
                         "id=vfio-trace0,file=/x\"/>\n")) },
    { "another device's override",
      DOMAIN(NS, "", BOTH, COMMANDLINE("")
             OVERRIDE("ua-disk", PROPERTY("physical_block_size", "4096"))) },
    { "the device's own override",
      DOMAIN(NS, "", HOSTDEV("0x0", ALIAS("ua-gpu")) HOSTDEV("0x1", ""),
             OVERRIDE("ua-gpu", PROPERTY("x-vga", "on"))) },
    { "an override without properties",
      DOMAIN(NS, "", HOSTDEV("0x0", ALIAS("ua-gpu")) HOSTDEV("0x1", ""),
             "  <qemu:override>\n    <qemu:device alias=\"ua-gpu\"/>\n"
             "  </qemu:override>\n") },
    { "comments",
      DOMAIN("", "  <!-- a -->\n", BOTH "    <!-- b -->\n", "  <!-- c -->\n") },
};

static const char *const gpu[] = { GPU, NULL };
static const char *const audio[] = { AUDIO, NULL };
static const char *const both[] = { GPU, AUDIO, NULL };
static const char *const none[] = { NULL };

#define WORDS(...) (const char *const[]) { __VA_ARGS__, NULL }
#define RING_DIR "/dev/shm/vfio-trace-libvirt-1"

static const VirtXmlRequest requests[] = {
    { gpu, OURS, "/log/a.mmt", NULL, NULL },
    { audio, OURS, "/log/a b,c.mmt", NULL, WORDS("0:0x1000:4K+2:w") },
    { both, OURS, "/log/a,b.mmt", NULL, WORDS("registers") },
    { gpu, OURS, "/log/<&>.mmt.zst", "overwrite=on,pc=on", NULL },
    { gpu, EMULATOR, "/log/a.mmt", NULL, NULL },
    { gpu, OURS, "/log/gpu.mmt", NULL, NULL, NULL, RING_DIR },
    { both, OURS, "/log/a,b.mmt", NULL, NULL, NULL, RING_DIR },
};

static char *enable(const char *xml, const VirtXmlRequest *request)
{
    g_autoptr(GError) error = NULL;
    char *then = virt_xml_enable(xml, request, &error);

    g_assert_no_error(error);
    return then;
}

/* Undo it; @notes are the expected messages about what stays. */
static char *disable(const char *xml, const char *const *hosts,
                     const char *expected_notes)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *said = NULL;
    g_autoptr(GError) error = NULL;
    char *then = virt_xml_disable(xml, hosts, notes, &error);

    g_assert_no_error(error);
    g_ptr_array_add(notes, NULL);
    said = g_strjoinv("; ", (char **)notes->pdata);
    g_assert_cmpstr(said, ==, expected_notes);
    return then;
}

/* A user's change with an editor */
static char *edit(const char *xml, const char *from, const char *to)
{
    g_autoptr(GString) text = g_string_new(xml);

    g_assert_cmpuint(g_string_replace(text, from, to, 0), >=, 1);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static VirtXmlDevice *device_at(const VirtXmlInfo *info, const char *host)
{
    guint i;

    for (i = 0; i < info->devices->len; i++) {
        VirtXmlDevice *device = g_ptr_array_index(info->devices, i);

        if (!strcmp(device->host, host)) {
            return device;
        }
    }
    g_assert_not_reached();
}

/* Every kind of domain and request: restored byte by byte */
static void test_round_trip(void)
{
    size_t d;
    size_t r;

    for (d = 0; d < G_N_ELEMENTS(domains); d++) {
        for (r = 0; r < G_N_ELEMENTS(requests); r++) {
            g_autofree char *then = enable(domains[d].xml, &requests[r]);
            g_autofree char *back = disable(then, none, "");
            g_autoptr(VirtXmlInfo) info = virt_xml_inspect(then, NULL);

            g_test_message("%s, request %zu", domains[d].name, r);
            g_assert_cmpstr(then, !=, domains[d].xml);
            g_assert_cmpstr(back, ==, domains[d].xml);
            g_assert_cmpstr(info->emulator, ==, requests[r].emulator);
            g_assert_cmpstr(device_at(info, requests[r].hosts[0])->driver, ==,
                            "vfio-pci-trace");
        }
    }
}

/* Enabled one by one, and disabled in reverse order */
static void test_one_by_one(void)
{
    const VirtXmlRequest first = { gpu, OURS, "/log/a.mmt", NULL, NULL };
    const VirtXmlRequest second = { audio, OURS, "/log/b.mmt", NULL, NULL };
    size_t d;

    for (d = 0; d < G_N_ELEMENTS(domains); d++) {
        g_autofree char *one = enable(domains[d].xml, &first);
        g_autofree char *two = enable(one, &second);
        g_autofree char *gone = disable(two, gpu, "");
        g_autofree char *back = disable(gone, audio, "");
        g_autofree char *other = disable(two, audio, "");
        g_autoptr(VirtXmlInfo) info = virt_xml_inspect(gone, NULL);

        g_test_message("%s", domains[d].name);
        g_assert_cmpstr(other, ==, one);
        g_assert_cmpstr(back, ==, domains[d].xml);
        g_assert_null(device_at(info, GPU)->driver);
        g_assert_cmpstr(device_at(info, AUDIO)->log, ==, "/log/b.mmt");
        g_assert_cmpstr(info->emulator, ==, OURS);
    }
}

/* The result with libvirt's own kind of quotes */
static void test_quotes(void)
{
    g_autofree char *libvirts = g_strdelimit(g_strdup(domains[1].xml), "\"",
                                             '\'');
    g_autofree char *then = enable(libvirts, &requests[2]);
    g_autofree char *back = disable(then, none, "");
    g_autofree char *formatted = virt_xml_format(libvirts, NULL);

    g_assert_cmpstr(back, ==, formatted);
    g_assert_cmpstr(back, ==, domains[1].xml);
}

static void test_shared_log(void)
{
    const VirtXmlRequest join = { audio, OURS, "/log/a.mmt", NULL, NULL };
    const VirtXmlRequest alone = { gpu, OURS, "/log/a.mmt", "pc=on", NULL };
    const char *plain = domains[0].xml;
    g_autofree char *pair = enable(plain, &requests[2]);
    g_autoptr(VirtXmlInfo) info = virt_xml_inspect(pair, NULL);
    g_autofree char *one = enable(plain, &alone);
    g_autofree char *joined = enable(one, &join);
    g_autofree char *left = disable(joined, gpu, "");
    g_autofree char *back = disable(left, audio, "");
    g_autofree char *free_id = enable(domains[9].xml, &requests[2]);

    assert_contains(pair, "<qemu:arg value=\"-object\"/>\n"
                    "    <qemu:arg value=\"vfio-trace-log,id=vfio-trace0,"
                    "file=/log/a,,b.mmt\"/>");
    assert_contains(pair, PROPERTY("trace-log", "vfio-trace0"));
    g_assert_cmpstr(device_at(info, GPU)->log, ==, "/log/a,b.mmt");
    g_assert_cmpstr(device_at(info, AUDIO)->log, ==, "/log/a,b.mmt");
    g_assert_cmpstr(device_at(info, GPU)->windows, ==, "registers");
    g_assert_cmpstr(info->shared_log, ==, "/log/a,b.mmt");

    assert_contains(one, "file=/log/a.mmt,pc=on");
    /* the log stays while a device writes to it */
    assert_contains(left, "file=/log/a.mmt,pc=on");
    g_assert_cmpstr(back, ==, plain);
    assert_contains(free_id, PROPERTY("trace-log", "vfio-trace1"));
}

static void test_ring_dir(void)
{
    const VirtXmlRequest own = { gpu, OURS, "/log/a.mmt", NULL, NULL, NULL,
                                 RING_DIR };
    const VirtXmlRequest shared = { gpu, OURS, "/log/a.mmt", "pc=on", NULL,
                                    NULL, RING_DIR };
    g_autofree char *private_ = enable(domains[0].xml, &own);
    g_autofree char *object = enable(domains[0].xml, &shared);

    assert_contains(private_, PROPERTY("trace-ring-dir", RING_DIR));
    assert_contains(object, "file=/log/a.mmt,ring-dir=" RING_DIR ",pc=on");
}

#define TOKEN "00112233-4455-6677-8899-aabbccddeeff"
#define BOOL(name, value) \
    "        <qemu:property name=\"" name "\" type=\"bool\" value=\"" value \
    "\"/>\n"

/* libvirt passes them on as JSON: they need their types. */
static void test_device_options(void)
{
    const VirtXmlRequest request = {
        gpu, OURS, "/log", NULL, WORDS("registers"),
        WORDS("start=off,hot-page-limit=1000,exclude=0:0x9000:16:r+2,irq=yes")
    };
    const char *plain = domains[0].xml;
    g_autofree char *then = enable(plain, &request);
    g_autofree char *back = disable(then, none, "");

    assert_contains(then, "name=\"start\" type=\"bool\" value=\"false\"/>");
    assert_contains(then, "name=\"irq\" type=\"bool\" value=\"true\"/>");
    assert_contains(then, "name=\"hot-page-limit\" type=\"unsigned\" "
                    "value=\"1000\"/>");
    assert_contains(then, PROPERTY("exclude", "0:0x9000:16:r+2"));
    g_assert_cmpstr(back, ==, plain);
}

/* A virtual function's token, for instance, is for that device alone. */
static void test_options_of_one(void)
{
    const VirtXmlRequest request = {
        both, OURS, "/log", NULL, WORDS("registers", "1:0.1:0"),
        WORDS("irq=on,start=on", AUDIO ":vf-token=" TOKEN ",start=off")
    };
    const char *plain = domains[0].xml;
    g_autofree char *then = enable(plain, &request);
    g_autofree char *back = disable(then, none, "");
    g_auto(GStrv) part = g_strsplit(then, "</qemu:device>", -1);

    assert_contains(part[0], PROPERTY("windows", "registers"));
    assert_contains(part[0], BOOL("irq", "true") BOOL("start", "true"));
    g_assert_null(strstr(part[0], "name=\"vf-token\""));
    assert_contains(part[1], PROPERTY("windows", "0") BOOL("irq", "true")
                    PROPERTY("vf-token", TOKEN) BOOL("start", "false"));
    g_assert_null(strstr(part[1], "value=\"registers\""));
    g_assert_cmpstr(back, ==, plain);
}

/* The user's own changes, made while tracing was enabled */
static void test_edited(void)
{
    g_autofree char *then = enable(domains[0].xml, &requests[0]);
    g_autofree char *emulator = edit(then, OURS "</", "/opt/qemu</");
    g_autofree char *emulator_back =
        disable(emulator, none, "the emulator was changed to /opt/qemu, and "
                "stays");
    g_autofree char *memory = edit(then, ">8388608<", ">4194304<");
    g_autofree char *memory_back = disable(memory, none, "");
    g_autofree char *expected = edit(domains[0].xml, ">8388608<",
                                     ">4194304<");
    g_autofree char *emulator_expected =
        edit(domains[0].xml, EMULATOR "</", "/opt/qemu</");
    g_autofree char *log = edit(then, "value=\"/log/a.mmt\"",
                                "value=\"/other\"");
    g_autofree char *log_back = disable(log, none, "");
    g_autofree char *moved = edit(then, "bus=\"0x01\"", "bus=\"0x09\"");
    g_autofree char *moved_back = disable(moved, none, "");
    g_autofree char *moved_expected = edit(domains[0].xml, "bus=\"0x01\"",
                                           "bus=\"0x09\"");

    g_assert_cmpstr(emulator_back, ==, emulator_expected);
    g_assert_cmpstr(memory_back, ==, expected);
    g_assert_cmpstr(log_back, ==, domains[0].xml);
    g_assert_cmpstr(moved_back, ==, moved_expected);
}

/* Likewise, within the elements made by enabling */
static void test_edited_within(void)
{
    g_autofree char *then = enable(domains[0].xml, &requests[0]);
    g_autofree char *property =
        edit(then, PROPERTY("driver", "vfio-pci-trace"),
             PROPERTY("driver", "vfio-pci-trace")
             PROPERTY("trace-durability", "sync") PROPERTY("x-vga", "on"));
    g_autofree char *property_back =
        disable(property, none, "the alias ua-vfio-trace-0000-01-00-0 stays: "
                "an override refers to it");
    g_autofree char *driver = edit(then, "value=\"vfio-pci-trace\"",
                                   "value=\"vfio-pci-nohotplug\"");
    g_autofree char *driver_back =
        disable(driver, none, GPU ": its override's driver was "
                "changed to vfio-pci-nohotplug, and stays; the alias "
                "ua-vfio-trace-0000-01-00-0 stays: an override refers to it");
    g_autofree char *gone =
        edit(then, HOSTDEV("0x0", ALIAS("ua-vfio-trace-0000-01-00-0")), "");
    g_autofree char *gone_back = disable(gone, none, "");
    g_autofree char *gone_expected = edit(domains[0].xml, HOSTDEV("0x0", ""),
                                          "");
    g_autofree char *metadata =
        edit(then, "  <metadata>\n", "  <metadata>\n    <a:b xmlns:a=\"urn:a\""
             "/>\n");
    g_autofree char *metadata_back = disable(metadata, none, "");

    assert_contains(property_back, PROPERTY("x-vga", "on"));
    g_assert_null(strstr(property_back, "trace-durability"));
    g_assert_null(strstr(property_back, "vfio-pci-trace"));
    g_assert_null(strstr(property_back, "urn:x-vfio-trace"));
    assert_contains(driver_back, "vfio-pci-nohotplug");
    g_assert_null(strstr(driver_back, "trace-file"));
    g_assert_cmpstr(gone_back, ==, gone_expected);
    assert_contains(metadata_back, "  <metadata>\n    <a:b xmlns:a=\"urn:a\""
                    "/>\n  </metadata>\n");
}

#define NO_PCI DOMAIN("", "", "", "")
#define OTHERS(property) \
    DOMAIN(NS, "", HOSTDEV("0x0", ALIAS("ua-gpu")), \
           OVERRIDE("ua-gpu", property))

#define PLAIN DOMAIN("", "", BOTH, "")

static void test_refusals(void)
{
    static const char *const nowhere[] = { "0000:02:00.0", NULL };
    const struct {
        const char *xml;
        VirtXmlRequest request;
        const char *says;
    } cases[] = {
        { NO_PCI, { none, OURS, "/log" }, "no PCI device is passed through" },
        { DOMAIN("", "", BOTH, ""), { none, OURS, "/log" },
          "name those to trace: " GPU ", " AUDIO },
        { DOMAIN("", "", FAR, ""), { none, OURS, "/log" },
          "10000:01:00.0 is a PCI device in a domain above ffff" },
        { DOMAIN("", "", FAR_OFF("0x100000000"), ""), { none, OURS, "/log" },
          "ffffffff:01:00.0 is a PCI device in a domain above ffff" },
        { DOMAIN("", "", BOTH, ""), { nowhere, OURS, "/log" },
          "0000:02:00.0 is not passed through; the passed-through devices are: "
          GPU ", " AUDIO },
        { OTHERS(PROPERTY("driver", "vfio-pci-trace")), { none, OURS, "/log" },
          GPU " is traced already; its override was not made by 'vfio-trace "
          "virt enable'" },
        { OTHERS(PROPERTY("driver", "vfio-pci-nohotplug")),
          { none, OURS, "/log" }, "override> of its property 'driver'" },
        { "<domain><devices>", { none, OURS, "/log" }, "not well-formed" },
        { "<network/>", { none, OURS, "/log" }, "not a libvirt domain" },
        { "", { none, OURS, "/log" }, "not well-formed" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("start=maybe") },
          "device property start is 'maybe': on or off expected" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("hot-page-limit=-1") },
          "device property hot-page-limit is '-1': a number expected" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL,
                   WORDS("hot-page-limit=4294967296") },
          "a number expected" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("exclude=") },
          "exclude is '': all, registers, or BAR[:OFFSET:LEN]+... expected" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("snapshot=") },
          "snapshot is '': a text expected" },
        { PLAIN, { gpu, OURS, "/log", NULL, WORDS("9") },
          "windows is '9': all, registers, or " },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("vf-token=1") },
          "vf-token is '1': a UUID expected" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS(AUDIO ":irq=on") },
          "the property irq is for " AUDIO ", which is not one of the devices "
          "to trace" },
        { PLAIN, { gpu, OURS, "/log", NULL, WORDS(AUDIO ":0") },
          "the property windows is for " AUDIO ", which is not one of" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL,
                   WORDS("1:0.0:irq=on", GPU ":irq=off") },
          "device property irq is given twice for " GPU },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("1:20.0:irq=on") },
          "'1:20.0' is not a PCI address" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("irq") },
          "'irq' is not a device property with a value; the properties "
          "are: backtrace, backtrace-windows, config, exclude, " },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("windows=all") },
          "'windows=all' is not a device property" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("irq=on,") },
          "'' is not a device property" },
        { PLAIN, { gpu, OURS, "/log", NULL, NULL, WORDS("irq=on,irq=off") },
          "device property irq is given twice" },
        { OTHERS(PROPERTY("irq", "on")),
          { none, OURS, "/log", NULL, NULL, WORDS("irq=on") },
          "override> of its property 'irq'" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *then = virt_xml_enable(cases[i].xml,
                                                &cases[i].request, &error);

        g_assert_null(then);
        assert_contains(error->message, cases[i].says);
    }
}

static void test_refusals_when_enabled(void)
{
    static const VirtXmlRequest same_file = { audio, OURS, "/log/a.mmt" };
    static const VirtXmlRequest second_log = { audio, OURS, "/log/b", "pc=on" };
    static const struct {
        int first;          /* index in requests */
        const VirtXmlRequest *second;
        const char *says;
    } cases[] = {
        { 0, &requests[0], "use 'vfio-trace virt disable' to stop it" },
        { 0, &same_file, "another device already writes the log /log/a.mmt" },
        { 3, &second_log, "there is already a log for several devices" },
    };
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *one = enable(domains[0].xml, &requests[0]);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *then = enable(domains[0].xml,
                                       &requests[cases[i].first]);
        g_autofree char *again = virt_xml_enable(then, cases[i].second,
                                                 &error);

        g_assert_null(again);
        assert_contains(error->message, cases[i].says);
        g_clear_error(&error);
    }
    g_assert_null(virt_xml_disable(domains[0].xml, none, notes, &error));
    assert_contains(error->message, "was not enabled");
    g_clear_error(&error);
    g_assert_null(virt_xml_disable(one, audio, notes, &error));
    assert_contains(error->message, AUDIO);
}

static void test_hosts(void)
{
    static const struct {
        const char *text;
        const char *host;
    } cases[] = {
        { "01:00.0", "0000:01:00.0" },
        { "0000:01:00.0", "0000:01:00.0" },
        { "a:1F.7", "0000:0a:1f.7" },
        { "12ab:ff:00.1", "12ab:ff:00.1" },
        { "10000:e1:00.0", "10000:e1:00.0" },
        { "01:20.0", NULL },
        { "01:00.8", NULL },
        { "01:00", NULL },
        { "01:00.0 ", NULL },
        { "01:00.00", NULL },
        { "-1:00.0", NULL },
        { "x", NULL },
        { "", NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host = virt_xml_host(cases[i].text);

        g_assert_cmpstr(host, ==, cases[i].host);
    }
}

/* libvirt takes more domains than QEMU. */
static void test_domains(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(virt_xml_check_domain("0000:01:00.0", NULL));
    g_assert_true(virt_xml_check_domain("ffff:01:00.0", NULL));
    g_assert_false(virt_xml_check_domain("10000:e1:00.0", &error));
    g_assert_nonnull(strstr(error->message, "10000:e1:00.0 is in domain 10000"));
    g_assert_nonnull(strstr(error->message, "switch VMD off"));
}

static void test_diff(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *diff;
    } pairs[] = {
        { "a\nb\n", "a\nb\n", "" },
        { "a\nb\nc\n", "a\nx\nc\n",
          "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" },
        { "", "a\n", "@@ -0,0 +1,1 @@\n+a\n" },
        { "a\n", "", "@@ -1,1 +0,0 @@\n-a\n" },
        { "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
          "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
        /* six equal lines between two changes: one hunk; seven: two */
        { "a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
          "@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n" },
        { "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
          "@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n"
          "@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n" },
    };
    g_autofree char *coloured = virt_diff("a\nb\n", "a\n", "N", true);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *diff = virt_diff(pairs[i].from, pairs[i].to, "N",
                                          false);
        const char *heading = *pairs[i].diff ?
                              "--- N (now)\n+++ N (then)\n" : "";
        g_autofree char *expected = g_strconcat(heading, pairs[i].diff, NULL);

        g_assert_cmpstr(diff, ==, expected);
    }
    assert_contains(coloured, "\033[31m-b\033[m\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt/round-trip", test_round_trip);
    g_test_add_func("/virt/one-by-one", test_one_by_one);
    g_test_add_func("/virt/quotes", test_quotes);
    g_test_add_func("/virt/shared-log", test_shared_log);
    g_test_add_func("/virt/ring-dir", test_ring_dir);
    g_test_add_func("/virt/device-options", test_device_options);
    g_test_add_func("/virt/options-of-one", test_options_of_one);
    g_test_add_func("/virt/edited", test_edited);
    g_test_add_func("/virt/edited-within", test_edited_within);
    g_test_add_func("/virt/refusals", test_refusals);
    g_test_add_func("/virt/refusals-when-enabled", test_refusals_when_enabled);
    g_test_add_func("/virt/hosts", test_hosts);
    g_test_add_func("/virt/domains", test_domains);
    g_test_add_func("/virt/diff", test_diff);
    return g_test_run();
}
