/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: aliases in a libvirt domain, and what refers to them, when
 * tracing is enabled and disabled
 *
 * libvirt calls the host devices without an alias of the user hostdev0,
 * hostdev1, ...: <interface>s first, then <hostdev>s of all types.  The names
 * that are expected here were seen on the command lines that libvirt 9.0 makes
 * ('virsh domxml-to-native').
 */
#include <gio/gio.h>
#include <string.h>

#include "run-tool.h"
#include "tools/virt/xml-edit.h"
#include "tools/virt/xml.h"

#define QEMU_NS "http://libvirt.org/schemas/domain/qemu/1.0"
#define EMULATOR "/usr/bin/qemu-system-x86_64"
#define OURS "/usr/local/bin/qemu-system-x86_64-vfio-trace"
#define GPU "0000:01:00.0"
#define AUDIO "0000:01:00.1"
#define UA_GPU "ua-vfio-trace-0000-01-00-0"
#define UA_AUDIO "ua-vfio-trace-0000-01-00-1"

static const char *const none[] = { NULL };
static const char *const gpu[] = { GPU, NULL };
static const char *const audio[] = { AUDIO, NULL };
static const char *const both[] = { GPU, AUDIO, NULL };
static const char *const pools[] = { "pool", NULL };

static char *enable(const char *xml, const char *const *hosts,
                    const char *log)
{
    const VirtXmlRequest request = { .hosts = hosts, .emulator = OURS,
                                     .log = log, .pools = pools };
    g_autoptr(GError) error = NULL;
    char *then = virt_xml_enable(xml, &request, &error);

    g_assert_no_error(error);
    return then;
}

static char *refusal_to_enable(const char *xml, const char *const *hosts)
{
    const VirtXmlRequest request = { .hosts = hosts, .emulator = OURS,
                                     .log = "/log" };
    g_autoptr(GError) error = NULL;
    g_autofree char *then = virt_xml_enable(xml, &request, &error);

    g_assert_null(then);
    return g_strdup(error->message);
}

/* Without any message about changes that were not reverted */
static char *disable(const char *xml, const char *const *hosts)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    char *then = virt_xml_disable(xml, hosts, notes, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, 0);
    return then;
}

/* ---- one domain ----------------------------------------------------------*/

#define HOSTDEV(function, rest) \
    "    <hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\">\n" \
    "      <source>\n" \
    "        <address domain=\"0\" bus=\"1\" slot=\"0\" function=\"" \
    function "\"/>\n" \
    "      </source>\n" rest \
    "    </hostdev>\n"
#define ALIAS(name) "      <alias name=\"" name "\"/>\n"
#define DOMAIN(devices, end) \
    "<domain xmlns:qemu=\"" QEMU_NS "\" type=\"kvm\">\n" \
    "  <name>win</name>\n" \
    "  <devices>\n" \
    "    <emulator>" EMULATOR "</emulator>\n" \
    devices \
    "  </devices>\n" \
    end \
    "</domain>\n"
#define PROPERTY(name, value) \
    "        <qemu:property name=\"" name "\" type=\"bool\" value=\"" value \
    "\"/>\n"
#define DEVICE(alias, property) \
    "    <qemu:device alias=\"" alias "\">\n" \
    "      <qemu:frontend>\n" property \
    "      </qemu:frontend>\n" \
    "    </qemu:device>\n"
#define OVERRIDE(devices) \
    "  <qemu:override>\n" devices "  </qemu:override>\n"
#define ARGS(option, value) \
    "  <qemu:commandline>\n" \
    "    <qemu:arg value=\"" option "\"/>\n" \
    "    <qemu:arg value=\"" value "\"/>\n" \
    "  </qemu:commandline>\n"
#define PAIR HOSTDEV("0", "") HOSTDEV("1", "")
#define VGA OVERRIDE(DEVICE("hostdev0", PROPERTY("x-vga", "true")))

/* The audio function must not get the GPU's property. */
static void test_override_follows(void)
{
    const char *plain = DOMAIN(PAIR, VGA);
    g_autofree char *then = enable(plain, gpu, "/log");
    g_autofree char *back = disable(then, none);

    assert_contains(then, "<qemu:device alias=\"" UA_GPU "\">\n"
                    "      <qemu:frontend>\n" PROPERTY("x-vga", "true")
                    "        <qemu:property name=\"driver\" type=\"string\" "
                    "value=\"vfio-pci-trace\"/>\n");
    g_assert_null(strstr(then, "alias=\"hostdev0\""));
    g_assert_cmpstr(back, ==, plain);
}

/* The other device becomes hostdev0, and so does its override. */
static void test_others_follow(void)
{
    const char *plain = DOMAIN(PAIR, OVERRIDE(
        DEVICE("hostdev1", PROPERTY("x-no-mmap", "true"))
        DEVICE("hostdev0", PROPERTY("x-vga", "true"))
        DEVICE("net0", PROPERTY("mq", "true"))
        DEVICE("hostdev7", PROPERTY("spare", "true"))));
    g_autofree char *one = enable(plain, gpu, "/log/a");
    g_autofree char *two = enable(one, audio, "/log/b");
    g_autofree char *first_back = disable(two, gpu);
    g_autofree char *back = disable(first_back, audio);
    g_autofree char *all_back = disable(two, none);

    assert_contains(one, DEVICE("hostdev0", PROPERTY("x-no-mmap", "true")));
    assert_contains(one, DEVICE("net0", PROPERTY("mq", "true")));
    assert_contains(one, DEVICE("hostdev7", PROPERTY("spare", "true")));
    assert_contains(two, "<qemu:device alias=\"" UA_AUDIO "\">\n"
                    "      <qemu:frontend>\n"
                    PROPERTY("x-no-mmap", "true"));
    assert_contains(first_back, DEVICE("hostdev0", PROPERTY("x-vga", "true")));
    g_assert_cmpstr(back, ==, plain);
    g_assert_cmpstr(all_back, ==, plain);
}

/* A user's alias renames nothing. */
static void test_users_alias(void)
{
    const char *plain = DOMAIN(HOSTDEV("0", ALIAS("ua-gpu"))
                               HOSTDEV("1", ""), VGA);
    g_autofree char *then = enable(plain, gpu, "/log");
    g_autofree char *back = disable(then, none);

    assert_contains(then, DEVICE("hostdev0", PROPERTY("x-vga", "true")));
    g_assert_cmpstr(back, ==, plain);
}

/* libvirt ignores an alias that is not one of a user's. */
static void test_ignored_alias(void)
{
    static const char *const names[] = { "hostdev0", "gpu", "ua-a.b" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *alias = g_strdup_printf(ALIAS("%s"), names[i]);
        g_autofree char *plain = g_strdup_printf(
            DOMAIN(HOSTDEV("0", "%s") HOSTDEV("1", ""), VGA), alias);
        g_autofree char *then = enable(plain, gpu, "/log");
        g_autofree char *back = disable(then, none);

        assert_contains(then, ALIAS(UA_GPU));
        assert_contains(then, "<qemu:device alias=\"" UA_GPU "\">");
        g_assert_cmpstr(back, ==, plain);
    }
}

/* Two overrides of one name both apply, and both follow. */
static void test_two_overrides(void)
{
    const char *plain = DOMAIN(PAIR, OVERRIDE(
        DEVICE("hostdev0", PROPERTY("x-vga", "true"))
        DEVICE("hostdev0", PROPERTY("x-no-mmap", "true"))));
    const char *traced = DOMAIN(PAIR, OVERRIDE(
        DEVICE("hostdev0", PROPERTY("x-vga", "true"))
        DEVICE("hostdev0", "        <qemu:property name=\"driver\" "
               "type=\"string\" value=\"vfio-pci-trace\"/>\n")));
    g_autofree char *then = enable(plain, gpu, "/log");
    g_autofree char *back = disable(then, none);
    g_autofree char *why = refusal_to_enable(traced, gpu);
    g_autoptr(VirtXmlInfo) info = virt_xml_inspect(traced, NULL);
    const VirtXmlDevice *device = g_ptr_array_index(info->devices, 0);

    g_assert_null(strstr(then, "alias=\"hostdev0\""));
    g_assert_cmpstr(back, ==, plain);
    /* an override by libvirt's name is seen as well */
    assert_contains(why, GPU " is traced already; its override was not made");
    g_assert_cmpstr(device->driver, ==, "vfio-pci-trace");
}

/* Another device, or an override, has our name already. */
static void test_taken_name(void)
{
    const char *taken = DOMAIN(HOSTDEV("0", "") HOSTDEV("1", ALIAS(UA_GPU)),
                               "");
    const char *left_over = DOMAIN(PAIR, OVERRIDE(
        DEVICE(UA_GPU, PROPERTY("x-vga", "true"))));
    g_autofree char *one = enable(taken, gpu, "/log");
    g_autofree char *one_back = disable(one, none);
    g_autofree char *two = enable(left_over, gpu, "/log");
    g_autofree char *two_back = disable(two, none);

    assert_contains(one, ALIAS(UA_GPU "-2"));
    g_assert_cmpstr(one_back, ==, taken);
    assert_contains(two, DEVICE(UA_GPU, PROPERTY("x-vga", "true")));
    g_assert_cmpstr(two_back, ==, left_over);
}

/* ---- <qemu:commandline> --------------------------------------------------*/

static void test_args(void)
{
    static const struct {
        const char *option;
        const char *value;
        const char *then;
    } cases[] = {
        { "-set", "device.hostdev0.x-vga=on", "device." UA_GPU ".x-vga=on" },
        { "--set", "device.hostdev1.x-vga=on", "device.hostdev0.x-vga=on" },
        { "-set", "device.hostdev10.x-vga=on",
          "device.hostdev10.x-vga=on" },
        { "-set", "device.net0.x=hostdev0",
          "device.net0.x=hostdev0" },
        { "-set", "drive.hostdev0.x=1",
          "drive.hostdev0.x=1" },
        { "-object", "acpi-generic-initiator,id=gi0,pci-dev=hostdev1,node=1",
          "acpi-generic-initiator,id=gi0,pci-dev=hostdev0,node=1" },
        { "-object", "{&quot;id&quot;: &quot;hostdev0&quot;, &quot;dev&quot; : "
          "&quot;hostdev0&quot;}",
          "{&quot;id&quot;: &quot;hostdev0&quot;, &quot;dev&quot; : "
          "&quot;" UA_GPU "&quot;}" },
        { "-device", "x,link=/machine/peripheral/hostdev0,id=hostdev0",
          "x,link=/machine/peripheral/" UA_GPU ",id=hostdev0" },
        { "-device", "x,a=hostdev0-b,c=drive-hostdev0,d=hostdev01",
          "x,a=hostdev0-b,c=drive-hostdev0,d=hostdev01" },
        /* not an ID */
        { "-fw_cfg", "name=opt/a,string=hostdev0",
          "name=opt/a,string=hostdev0" },
        { "-smbios", "type=11,value=hostdev0",
          "type=11,value=hostdev0" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *plain = g_strdup_printf(
            DOMAIN(PAIR, ARGS("%s", "%s")), cases[i].option, cases[i].value);
        g_autofree char *args = g_strdup_printf(ARGS("%s", "%s"),
                                                cases[i].option,
                                                cases[i].then);
        g_autofree char *then = enable(plain, gpu, "/log");
        g_autofree char *back = disable(then, none);

        assert_contains(then, args);
        g_assert_cmpstr(back, ==, plain);
    }
}

/* What may be a reference, or not, is not changed: the user must. */
static void test_unclear_args(void)
{
    static const char *const values[] = {
        "x,bus=hostdev0.0", "x,path=a:hostdev0:b", "hostdev0",
        "{&quot;a&quot;: [&quot;hostdev1&quot;]}",
        "{&quot;a&quot;: &quot;x hostdev1&quot;}",
    };
    g_autofree char *fine = NULL;
    g_autofree char *plain_one = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *plain = g_strdup_printf(
            DOMAIN(PAIR, ARGS("-device", "%s")), values[i]);
        g_autofree char *why = refusal_to_enable(plain, gpu);

        assert_contains(why, "of <qemu:commandline> may refer to it");
    }
    /* that device's name does not change */
    plain_one = g_strdup_printf(DOMAIN(PAIR, ARGS("-device", "%s")),
                                values[0]);
    fine = enable(plain_one, audio, "/log");
    assert_contains(fine, ARGS("-device", "x,bus=hostdev0.0"));
}

/* ---- changes by the user in between --------------------------------------*/

static char *edit(const char *xml, const char *from, const char *to)
{
    g_autoptr(GString) text = g_string_new(xml);

    g_assert_cmpuint(g_string_replace(text, from, to, 0), ==, 1);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_edited(void)
{
    const char *plain = DOMAIN(PAIR, VGA);
    g_autofree char *then = enable(plain, gpu, "/log");
    /* a third device before the others, with an override */
    g_autofree char *more = edit(then, "    <hostdev mode=\"subsystem\" "
                                 "type=\"pci\" managed=\"yes\">\n"
                                 "      <source>\n        <address domain=\"0\""
                                 " bus=\"1\" slot=\"0\" function=\"0\"/>",
                                 HOSTDEV("2", "")
                                 "    <hostdev mode=\"subsystem\" "
                                 "type=\"pci\" managed=\"yes\">\n"
                                 "      <source>\n        <address domain=\"0\""
                                 " bus=\"1\" slot=\"0\" function=\"0\"/>");
    g_autofree char *more_back = disable(more, none);
    const char *more_expected = DOMAIN(
        HOSTDEV("2", "") PAIR,
        OVERRIDE(DEVICE("hostdev1", PROPERTY("x-vga", "true"))));
    /* one of a device that is not there: it would become the audio's */
    g_autofree char *odd = edit(then, "  <qemu:override>\n",
                                "  <qemu:override>\n"
                                DEVICE("hostdev1", PROPERTY("a", "true")));
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(more_back, ==, more_expected);
    g_assert_null(virt_xml_disable(odd, none, notes, &error));
    assert_contains(error->message, "<qemu:override> of 'hostdev1', which is "
                    "no device's name now, but would be one");
}

/* The namespace has another prefix, or its usual prefix is taken. */
static void test_prefixes(void)
{
    g_auto(GStrv) parts = g_strsplit(DOMAIN(PAIR, VGA), "qemu:", -1);
    g_autofree char *other = g_strjoinv("q:", parts);
    g_autofree char *plain = edit(other, "xmlns:qemu=\"", "xmlns:q=\"");
    const char *taken =
        "<domain xmlns:qemu=\"urn:other\" type=\"kvm\">\n"
        "  <name>win</name>\n  <devices>\n" PAIR "  </devices>\n</domain>\n";
    g_autofree char *then = NULL;
    g_autofree char *back = NULL;
    g_autofree char *taken_then = enable(taken, gpu, "/log");
    g_autofree char *taken_back = disable(taken_then, none);

    then = enable(plain, both, "/log");
    back = disable(then, none);
    assert_contains(then, "<q:device alias=\"" UA_GPU "\">");
    g_assert_cmpstr(back, ==, plain);
    assert_contains(taken_then, "xmlns:qemu1=\"" QEMU_NS "\"");
    assert_contains(taken_then, "<qemu1:device alias=\"" UA_GPU "\">");
    g_assert_cmpstr(taken_back, ==, taken);
}

/* What libvirt itself does not write, but other programs and users do */
static void test_forms(void)
{
    const char *odd =
        "<!-- first -->\n"
        "<domain id='3' type='kvm' xmlns:qemu='" QEMU_NS "'>\n"
        "<name>a &amp; b &#xe4; &gt;</name>\n"
        "  <metadata><a:b xmlns:a='urn:a'><![CDATA[<x>&]]></a:b></metadata>\n"
        "  <devices><!-- none --><hostdev mode='subsystem' type='pci'>"
        "<source><address domain='0' bus='1' slot='0' function='0'/></source>"
        "<alias name='hostdev0'/></hostdev>\n\n"
        "\t<hostdev type='pci'><source><address bus='1' function='1'/>"
        "</source><!-- alias --><alias name='hostdev1'/></hostdev>\n"
        "    <?app x?><memballoon model=\"none\"/></devices>\n"
        "  <qemu:commandline>\n"
        "    <qemu:arg value='-set'/><!-- -->\n"
        "    <qemu:arg value='device.hostdev1.a=&quot;&apos;&#9;'/>\n"
        "  </qemu:commandline>\n"
        "  <qemu:override><!-- a --><qemu:device alias='hostdev0'>"
        "<qemu:frontend/></qemu:device></qemu:override>\n"
        "  <qemu:commandline><qemu:arg value='-object'/>"
        "<qemu:arg value='x,dev=hostdev1'/></qemu:commandline>\n"
        "  <qemu:override/>\n"
        "  <qemu:override><qemu:device alias='hostdev1'/></qemu:override>\n"
        "</domain>\n<!-- last -->\n";
    g_autofree char *plain = virt_xml_format(odd, NULL);
    g_autofree char *one = enable(odd, gpu, "/log/a");
    g_autofree char *two = enable(one, audio, "/log/b");
    g_autofree char *one_back = disable(two, gpu);
    g_autofree char *back = disable(one_back, none);
    g_autofree char *one_only = disable(one, none);

    assert_contains(one, "device.hostdev0.a=");
    assert_contains(one, "dev=hostdev0\"");
    assert_contains(one, "<qemu:device alias=\"hostdev0\"/>");
    assert_contains(two, "device." UA_AUDIO ".a=");
    assert_contains(two, "dev=" UA_AUDIO "\"");
    g_assert_cmpstr(back, ==, plain);
    g_assert_cmpstr(one_only, ==, plain);
}

/* In a running domain, the aliases are what libvirt has given at its start. */
static void test_running(void)
{
    const char *xml =
        "<domain type='kvm' id='3' xmlns:qemu='" QEMU_NS "'>\n"
        "  <devices>\n" HOSTDEV("0", ALIAS("hostdev4")) HOSTDEV("1", "")
        "  </devices>\n"
        OVERRIDE(DEVICE("hostdev4", "<qemu:property name='driver' "
                        "type='string' value='vfio-pci-trace'/>"))
        "</domain>\n";
    g_autoptr(VirtXmlInfo) info = virt_xml_inspect(xml, NULL);
    const VirtXmlDevice *first = g_ptr_array_index(info->devices, 0);
    const VirtXmlDevice *second = g_ptr_array_index(info->devices, 1);

    g_assert_cmpstr(first->driver, ==, "vfio-pci-trace");
    g_assert_null(first->alias);
    g_assert_null(second->driver);
}

/* ---- many domains --------------------------------------------------------*/

/*
 * Domains made of these devices in any order; @ is the device's number in the
 * domain.  Property x-mark of an override and of an argument is the number of
 * the device that it is for.
 */
static const struct {
    const char *open;
    gboolean traceable;
    gboolean counts;
    const char *end;
} kinds[] = {
    { "<hostdev mode=\"subsystem\" type=\"pci\">\n      <source>\n"
      "        <address domain=\"0\" bus=\"@\" slot=\"0\" function=\"0\"/>\n"
      "      </source>\n", TRUE, TRUE, "hostdev" },
    { "<interface type=\"hostdev\">\n      <source>\n"
      "        <address type=\"pci\" domain=\"0\" bus=\"@\" slot=\"0\" "
      "function=\"0\"/>\n      </source>\n", TRUE, TRUE, "interface" },
    { "<hostdev mode=\"subsystem\" type=\"usb\">\n      <source>\n"
      "        <address bus=\"1\" device=\"@\"/>\n      </source>\n",
      FALSE, TRUE, "hostdev" },
    { "<hostdev mode=\"subsystem\" type=\"mdev\">\n      <source>\n"
      "        <address uuid=\"@\"/>\n      </source>\n",
      FALSE, TRUE, "hostdev" },
    { "<interface type=\"network\">\n      <source network=\"pool\" "
      "n=\"@\"/>\n", FALSE, TRUE, "interface" },
    { "<interface type=\"network\">\n      <source network=\"nat\" "
      "n=\"@\"/>\n", FALSE, FALSE, "interface" },
};

typedef struct Device {
    guint kind;
    gboolean has_alias;
    gboolean has_arg;
    gboolean has_override;
    char *name;
} Device;

static gboolean is_interface(const Device *device)
{
    return !strcmp(kinds[device->kind].end, "interface");
}

static void name_devices(Device *devices, guint n, gboolean interfaces,
                         guint *count)
{
    guint i;

    for (i = 0; i < n; i++) {
        if (is_interface(&devices[i]) == interfaces) {
            devices[i].name = devices[i].has_alias ||
                              !kinds[devices[i].kind].counts ?
                g_strdup_printf("ua-%u", i) :
                g_strdup_printf("hostdev%u", (*count)++);
        }
    }
}

static char *make_domain(GRand *rand, Device *devices, guint n)
{
    g_autoptr(GString) xml = g_string_new(
        "<domain xmlns:qemu=\"" QEMU_NS "\" type=\"kvm\">\n  <name>d</name>\n"
        "  <devices>\n    <emulator>" EMULATOR "</emulator>\n");
    guint count = 0;
    guint i;

    for (i = 0; i < n; i++) {
        devices[i] = (Device) { g_rand_int_range(rand, 0, G_N_ELEMENTS(kinds)),
                                !g_rand_int_range(rand, 0, 3),
                                g_rand_boolean(rand), g_rand_boolean(rand),
                                NULL };
    }
    name_devices(devices, n, TRUE, &count);
    name_devices(devices, n, FALSE, &count);
    for (i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *open = edit(kinds[devices[i].kind].open, "@",
                                     number);

        g_string_append_printf(xml, "    %s", open);
        if (g_str_has_prefix(devices[i].name, "ua-")) {
            g_string_append_printf(xml, ALIAS("%s"), devices[i].name);
        }
        g_string_append_printf(xml, "    </%s>\n", kinds[devices[i].kind].end);
    }
    g_string_append(xml, "  </devices>\n  <qemu:commandline>\n"
                    "    <qemu:arg value=\"-x\"/>\n");
    for (i = 0; i < n; i++) {
        if (devices[i].has_arg) {
            g_string_append_printf(xml, "    <qemu:arg value=\"-set\"/>\n"
                                   "    <qemu:arg value=\"device.%s.x-mark=%u"
                                   "\"/>\n", devices[i].name, i);
        }
    }
    g_string_append(xml, "  </qemu:commandline>\n  <qemu:override>\n"
                    "    <qemu:device alias=\"video0\"/>\n");
    for (i = 0; i < n; i++) {
        if (devices[i].has_override) {
            g_string_append_printf(xml, DEVICE("%s", PROPERTY("x-mark", "%u")),
                                   devices[i].name, i);
        }
    }
    g_string_append(xml, "  </qemu:override>\n</domain>\n");
    return g_string_free(g_steal_pointer(&xml), FALSE);
}

/* Set the devices' names to those that libvirt will give them in @doc. */
static void rename_devices(xmlDoc *doc, Device *devices, guint n)
{
    const xmlNode *element = xml_child(xml_child(
        xmlDocGetRootElement(doc), NULL, "devices"), NULL, "emulator");
    guint count = 0;
    guint i;

    for (i = 0; i < n; i++) {
        g_autofree char *alias = NULL;

        element = element->next;
        while (element->type != XML_ELEMENT_NODE) {
            element = element->next;
        }
        alias = xml_get(xml_child(element, NULL, "alias"), "name");
        devices[i].has_alias = !!alias;
        g_clear_pointer(&devices[i].name, g_free);
        devices[i].name = g_steal_pointer(&alias);
    }
    for (i = 0; i < 2 * n; i++) {
        Device *device = &devices[i % n];

        if (!device->has_alias && kinds[device->kind].counts &&
            is_interface(device) == (i < n)) {
            device->name = g_strdup_printf("hostdev%u", count++);
        }
    }
}

/* Return: the number of references that are for the devices they are of */
static guint check_overrides(const xmlNode *section, const Device *devices)
{
    const xmlNode *node = xml_child(section, QEMU_NS, "device");
    guint right = 0;

    for (; node; node = xml_next(node)) {
        const xmlNode *property = xml_child(xml_child(node, QEMU_NS,
                                                      "frontend"), QEMU_NS,
                                            "property");
        g_autofree char *mark = xml_get(property, "value");

        if (property && xml_is(property, "name", "x-mark")) {
            g_assert_true(xml_is(node, "alias", devices[atoi(mark)].name));
            right++;
        }
    }
    return right;
}

static guint check_args(const xmlNode *section, const Device *devices)
{
    const xmlNode *node = xml_child(section, QEMU_NS, "arg");
    guint right = 0;

    for (; node; node = xml_next(node)) {
        g_autofree char *value = xml_get(node, "value");
        const char *mark = strstr(value, ".x-mark=");

        if (mark) {
            const char *name = devices[atoi(mark + 8)].name;

            g_assert_cmpint(mark - value, ==, strlen("device.") +
                            strlen(name));
            g_assert_true(g_str_has_prefix(value + 7, name));
            right++;
        }
    }
    return right;
}

static void check_references(const char *xml, Device *devices, guint n)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, NULL);
    const xmlNode *root = xmlDocGetRootElement(doc);
    guint expected = 0;
    guint i;

    rename_devices(doc, devices, n);
    for (i = 0; i < n; i++) {
        expected += devices[i].has_arg + devices[i].has_override;
    }
    g_assert_cmpuint(check_args(xml_child(root, QEMU_NS, "commandline"),
                                devices) +
                     check_overrides(xml_child(root, QEMU_NS, "override"),
                                     devices), ==, expected);
}

/*
 * Enable some of the devices one by one, and disable them in another order.
 * Return: the number of these devices
 */
static guint try_domain(GRand *rand)
{
    Device devices[7];
    char hosts[G_N_ELEMENTS(devices)][16];
    guint n = g_rand_int_range(rand, 1, G_N_ELEMENTS(devices) + 1);
    g_autofree char *plain = make_domain(rand, devices, n);
    g_autofree char *xml = g_strdup(plain);
    guint traced = 0;
    guint enabled;
    guint i;

    check_references(xml, devices, n);
    for (i = 0; i < n; i++) {
        /* from the last to the first, or the other way */
        guint d = traced % 2 ? i : n - 1 - i;
        const char *host[] = { hosts[traced], NULL };
        g_autofree char *log = g_strdup_printf("/log/%u", i);

        g_snprintf(hosts[traced], sizeof(hosts[traced]), "0000:%02x:00.0", d);
        if (kinds[devices[d].kind].traceable && g_rand_boolean(rand) &&
            !strstr(xml, hosts[traced])) {
            char *then = enable(xml, host, log);

            g_free(xml);
            xml = then;
            check_references(xml, devices, n);
            traced++;
        }
    }
    enabled = traced;
    while (traced) {
        guint d = g_rand_int_range(rand, 0, traced--);
        const char *host[] = { hosts[d], NULL };
        char *then = disable(xml, host);

        g_free(xml);
        xml = then;
        check_references(xml, devices, n);
        memmove(hosts[d], hosts[traced], sizeof(hosts[d]));
    }
    g_assert_cmpstr(xml, ==, plain);
    for (i = 0; i < n; i++) {
        g_free(devices[i].name);
    }
    return enabled;
}

static void test_many(void)
{
    guint enabled = 0;
    guint32 seed;

    for (seed = 0; seed < 400; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);

        enabled += try_domain(rand);
        g_rand_free(rand);
    }
    g_assert_cmpuint(enabled, >, 200);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt-alias/override-follows", test_override_follows);
    g_test_add_func("/virt-alias/others-follow", test_others_follow);
    g_test_add_func("/virt-alias/users-alias", test_users_alias);
    g_test_add_func("/virt-alias/ignored-alias", test_ignored_alias);
    g_test_add_func("/virt-alias/two-overrides", test_two_overrides);
    g_test_add_func("/virt-alias/taken-name", test_taken_name);
    g_test_add_func("/virt-alias/args", test_args);
    g_test_add_func("/virt-alias/unclear-args", test_unclear_args);
    g_test_add_func("/virt-alias/edited", test_edited);
    g_test_add_func("/virt-alias/prefixes", test_prefixes);
    g_test_add_func("/virt-alias/forms", test_forms);
    g_test_add_func("/virt-alias/running", test_running);
    g_test_add_func("/virt-alias/many", test_many);
    return g_test_run();
}
