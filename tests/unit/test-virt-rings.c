/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: rings files of a libvirt domain's devices
 */
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/host/rings.h"
#include "tools/virt/rings.h"
#include "tools/virt/xml-options.h"

#define GPU "0000:01:00.0"
#define NIC "0000:02:00.0"

#define BODY(on) \
    "register BASE bar0:0x0:8 w\n" \
    "register BELL bar0:0x8:4 w\n" \
    "ring R {\n    base BASE\n    count 16\n    entry 16\n    tail value\n" \
    "    on write BELL\n" on "}\n"

#define WORDS(...) ((char **)(Word[]) { __VA_ARGS__, NULL })

typedef const char *Word;

static GPtrArray *devices;
static char *gpu_file;
static char *nic_file;

/* Return: "OPTION OPTION ..." of the result, to be freed */
static char *choose(char *const *words, char *const *options,
                    const char *paths, const char *note)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *all = NULL;
    VirtRings rings;
    char *text;

    g_assert_true(virt_rings_choose(&rings, words, options, devices, &error));
    g_assert_no_error(error);
    all = g_strjoinv(" ", rings.paths);
    g_assert_cmpstr(all, ==, paths);
    g_assert_cmpuint(g_strv_length(rings.notes), ==, note ? 1 : 0);
    if (note) {
        assert_contains(rings.notes[0], note);
    }
    text = g_strjoinv(" ", rings.options);
    virt_rings_clear(&rings);
    return text;
}

static void assert_refused(char *const *words, char *const *options,
                           const char *why)
{
    g_autoptr(GError) error = NULL;
    VirtRings rings;

    g_assert_false(virt_rings_choose(&rings, words, options, devices, &error));
    assert_contains(error->message, why);
    virt_rings_clear(&rings);
}

static void test_none(void)
{
    g_autofree char *none = choose(NULL, NULL, "", NULL);
    g_autofree char *user = choose(NULL, WORDS("start=off", "irq=on"), "",
                                   NULL);

    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(user, ==, "start=off irq=on");
}

/* What is made of --rings is valid as --device-opts. */
static void test_devices(void)
{
    g_autofree char *text = choose(WORDS("auto"), NULL, gpu_file, "irq=on for "
                                   GPU ", since gpu.rings looks at");
    g_autofree char *want = g_strdup_printf(GPU ":rings=%s " GPU ":irq=on",
                                            gpu_file);
    g_autofree char *off = choose(WORDS("gpu"), WORDS("irq=off"), gpu_file,
                                  "gpu.rings also looks at memory at ");
    g_autofree char *want_off = g_strdup_printf("irq=off " GPU ":rings=%s",
                                                gpu_file);
    g_autofree char *both = g_strdup_printf("%s %s", nic_file, gpu_file);
    g_autofree char *two = choose(WORDS(NIC ":nic", GPU ":nic", "gpu"),
                                  WORDS("irq=on"), both, NULL);
    g_autofree char *want_two = g_strdup_printf(
        "irq=on " GPU ":rings=%s:%s " NIC ":rings=%s", nic_file, gpu_file,
        nic_file);
    g_auto(GStrv) words = g_strsplit(two, " ", -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) options = virt_xml_options_parse(
        NULL, (const char *const *)words, &error);

    g_assert_cmpstr(text, ==, want);
    g_assert_cmpstr(off, ==, want_off);
    g_assert_cmpstr(two, ==, want_two);
    g_assert_no_error(error);
    g_assert_cmpuint(options->len, ==, 3);
    g_assert_cmpstr(((VirtXmlOption *)options->pdata[1])->type, ==, "string");
}

static void test_refused(void)
{
    g_autofree char *only = temp_file("only.rings", "rings 1\nwatch W {\n"
                                      "    at 0x1000\n    len 64\n    on irq\n"
                                      "}\n", -1);
    g_autofree char *comma = temp_file("a,b.rings", "rings 1\n" BODY(""), -1);

    assert_refused(WORDS("nosuch"), NULL, "--rings nosuch: ");
    assert_refused(WORDS("nic"), NULL, "is for other devices than " GPU);
    assert_refused(WORDS("03:00.0:nic"), NULL, "is not one of the guest's");
    assert_refused(WORDS(only), WORDS("irq=off"),
                   "and --device-opts has irq=off: leave that out");
    assert_refused(WORDS(only), WORDS(GPU ":irq=no"), "has irq=off");
    assert_refused(WORDS("gpu"), WORDS(GPU ":rings=/x"), "use one of them");
    assert_refused(WORDS("gpu"), WORDS("nosuch=x"), "is not a device property");
    assert_refused(WORDS(comma), NULL, "the path has a ':' or a ','");
}

static void test_elsewhere(void)
{
    static const char *const hosts[] = { GPU, NULL };
    g_autoptr(GError) error = NULL;
    VirtRings rings;

    g_assert_true(virt_rings_choose_hosts(&rings, NULL, NULL, hosts, false,
                                          &error));
    virt_rings_clear(&rings);
    g_assert_false(virt_rings_choose_hosts(&rings, WORDS("gpu"), NULL, hosts,
                                           false, &error));
    assert_contains(error->message, "libvirt runs on another machine");
    virt_rings_clear(&rings);
}

/* QEMU reads the files as its own user. */
static void test_readable(void)
{
    static const VirtHost nobody = { .uid = 65534, .gid = 65534 };
    const VirtHost self = { .uid = geteuid(), .gid = getegid() };
    g_autoptr(GError) error = NULL;
    VirtRings rings;

    g_assert_cmpint(chmod(gpu_file, 0600), ==, 0);
    g_assert_true(virt_rings_choose(&rings, WORDS("gpu"), NULL, devices,
                                    &error));
    g_assert_true(virt_rings_check(&rings, &self, &error));
    if (!geteuid()) {
        g_assert_false(virt_rings_check(&rings, &nobody, &error));
        assert_contains(error->message, "/usr/local/share/vfio-trace/rings/"
                        "gpu.rings'");
    }
    virt_rings_clear(&rings);
}

int main(int argc, char **argv)
{
    static HostPci gpu = { .bdf = (char *)GPU, .class_code = 0x030000 };
    static HostPci nic = { .bdf = (char *)NIC, .class_code = 0x020000 };
    int status;

    g_test_init(&argc, &argv, NULL);
    devices = g_ptr_array_new();
    g_ptr_array_add(devices, &gpu);
    g_ptr_array_add(devices, &nic);
    g_setenv("VFIO_TRACE_RINGS", temp_dir(), TRUE);
    gpu_file = temp_file("gpu.rings", "rings 1\nfor class 0x030000\n"
                         BODY("    on irq\n"), -1);
    nic_file = temp_file("nic.rings", "rings 1\nfor 8086:10d3\n" BODY(""), -1);
    g_test_add_func("/virt/rings/none", test_none);
    g_test_add_func("/virt/rings/devices", test_devices);
    g_test_add_func("/virt/rings/elsewhere", test_elsewhere);
    g_test_add_func("/virt/rings/readable", test_readable);
    g_test_add_func("/virt/rings/refused", test_refused);
    status = g_test_run();
    g_ptr_array_unref(devices);
    g_free(gpu_file);
    g_free(nic_file);
    temp_clean();
    return status;
}
