/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace play's command line, on a simulated host
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "fake-host.h"
#include "run-tool.h"

#define ARGS(...) ((const char *const[]) { __VA_ARGS__, NULL })

#define CARD "0000:01:00.0"
#define CARD_DIR "/sys/devices/pci0000:00/0000:00:01.0/" CARD

static char *root;
static char *card;

/* A sequence, with @device and @operations in it */
static char *sequence(const char *name, const char *device,
                      const char *operations)
{
    g_autofree char *text = g_strdup_printf(
        "{\"format\": \"vfio-trace-sequence\", \"version\": 1,\n"
        " \"trace\": \"card.mmt\",\n"
        " \"device\": {%s},\n"
        " \"regions\": [{\"region\": \"bar0\", \"size\": \"0x1000\", \"kind\": \"memory\"}],\n"
        " \"buffers\": [{\"name\": \"dma0\", \"size\": 4096, \"below_4g\": true, \"address\": \"0x7000\", \"line\": 3}],\n"
        " \"files\": [],\n"
        " \"operations\": [%s]}\n", device, operations);

    return temp_file(name, text, -1);
}

#define IDS "\"vendor\": \"0x10de\", \"device\": \"0x1b80\", \"revision\": \"0xa1\""

#define OPERATIONS \
    "{\"op\": \"mark\", \"text\": \"load\", \"line\": 1},\n" \
    "{\"op\": \"write\", \"region\": \"bar0\", \"offset\": \"0x10\", \"width\": 4, " \
    "\"value\": \"0x1\", \"name\": \"CTRL\", \"line\": 2},\n" \
    "{\"op\": \"mark\", \"text\": \"up\", \"line\": 4},\n" \
    "{\"op\": \"check\", \"region\": \"bar0\", \"offset\": \"0x14\", \"width\": 4, \"value\": \"0x80\", \"mask\": \"0x80\", \"line\": 5}\n"

/* Run the verb on the device, with its @name in the sequence's file. */
static ToolRun *play(int status, const char *file, const char *const *args)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    g_ptr_array_add(argv, (gpointer)file);
    while (*args) {
        g_ptr_array_add(argv, (gpointer)*args++);
    }
    g_ptr_array_add(argv, NULL);
    return run_verb("play", status, (const char *const *)argv->pdata);
}

static void assert_refused(const char *file, const char *const *args,
                           const char *why)
{
    g_autoptr(ToolRun) run = play(2, file, args);

    g_assert_cmpstr(run->out, ==, "");
    g_assert_true(g_str_has_prefix(run->err, "vfio-trace play: "));
    assert_contains(run->err, why);
}

static void test_dry_run(void)
{
    g_autofree char *ours = sequence("ours.json", IDS, OPERATIONS);
    g_autoptr(ToolRun) all = play(0, ours, ARGS("--dry-run"));
    g_autoptr(ToolRun) part = play(0, ours, ARGS("-n", "--from=up"));
    g_autoptr(ToolRun) on_card = play(0, ours, ARGS("-n", CARD));

    g_assert_cmpstr(all->out, ==,
        "# buffer dma0: 4096 bytes below 4 GiB, at 0x7000 if that can be mapped, first zeros\n"
        "     0 mark    load\n"
        "     1 write   CTRL (bar0+0x10, 4 bytes): 0x1\n"
        "     2 mark    up\n"
        "     3 check   bar0+0x14, 4 bytes: 0x80 in the bits 0x80\n");
    g_assert_cmpstr(all->err, ==, "");
    g_assert_cmpstr(part->out, ==,
        "# buffer dma0: 4096 bytes below 4 GiB, at 0x7000 if that can be mapped, first zeros\n"
        "     2 mark    up\n"
        "     3 check   bar0+0x14, 4 bytes: 0x80 in the bits 0x80\n");
    g_assert_cmpstr(on_card->out, ==, all->out);
}

static void test_usage(void)
{
    g_autofree char *ours = sequence("ours.json", IDS, OPERATIONS);
    g_autoptr(ToolRun) none = run_verb("play", 2, ARGS("--dry-run"));

    assert_contains(none->err, "which sequence?");
    assert_refused(ours, ARGS("--yes"), "on which device?");
    assert_refused(ours, ARGS(CARD, CARD), "one sequence and one device");
    assert_refused(ours, ARGS("-n", "09:00.0"), "09:00.0");
    assert_refused(ours, ARGS("-n", "--timeout=0"), "--timeout must be");
    assert_refused(ours, ARGS("-n", "--timeout=nan"), "--timeout must be");
    assert_refused(ours, ARGS("-n", "--from=down"),
                   "--from 'down': no phase of that name is there; the phases are: 'load', 'up'");
    assert_refused("/nonexistent.json", ARGS("-n"), "/nonexistent.json");
}

/* The device is another one, or has less. */
static void test_misfits(void)
{
    g_autofree char *other = sequence("other.json",
        "\"vendor\": \"0x8086\", \"device\": \"0x10d3\"", OPERATIONS);
    g_autofree char *ours = sequence("ours.json", IDS, OPERATIONS);
    g_autoptr(ToolRun) any = play(0, other, ARGS("-n", "--any-device", CARD));

    assert_contains(any->out, "check   bar0+0x14");
    assert_refused(other, ARGS("-n", CARD),
                   "the sequence is for 8086:10d3, and 0000:01:00.0 is 10de:1b80: name another device, or use --any-device");
    assert_refused(ours, ARGS("-n", "01:00.1"),
                   "the sequence needs 0x1000 bytes of bar0, and that of 0000:01:00.1 has 0x0:");
    assert_refused(ours, ARGS("-n", "03:00.0"),
                   "bar0 of 0000:03:00.0 has I/O ports, and the sequence needs memory");
}

/* What 'vfio-trace run' refuses, in the name of this verb */
static void test_host(void)
{
    g_autofree char *ours = sequence("ours.json", IDS, OPERATIONS);
    g_autoptr(ToolRun) group = NULL;

    assert_refused(ours, ARGS("-n", "02:00.0"),
                   "the host needs 0000:02:00.0 (Ethernet): network interface eth7 is the only one with a link; use another interface for the host's network\n");
    assert_refused(ours, ARGS("-n", "04:00.0"),
                   "the same IOMMU group has 0000:04:00.1 (audio, driver snd_hda_intel): use --with-group to take it from the host meanwhile\n");
    group = play(0, ours, ARGS("-n", "--with-group", "04:00.0"));
    assert_refused(ours, ARGS("-n", "05:00.0"),
                   "0000:05:00.0 is in no IOMMU group");
}

static void test_hostile(void)
{
    static const struct {
        const char *operation;
        const char *why;
    } cases[] = {
        { "{\"op\": \"write\", \"region\": \"bar0\", \"offset\": \"0x1000\", "
          "\"width\": 4, \"value\": \"0x1\"}",
          "0x1000" },
        { "{\"op\": \"write\", \"region\": \"bar1\", \"offset\": \"0x0\", "
          "\"width\": 4, \"value\": \"0x1\"}",
          "bar1" },
        { "{\"op\": \"delay\", \"us\": 4000000000}", "hour" },
        { "{\"op\": \"loop\", \"rounds\": 8589934592, "
          "\"body\": [{\"op\": \"read\", \"region\": \"bar0\", \"offset\": \"0x0\", \"width\": 4}]}",
          "rounds" },
        { "{\"op\": \"mark\", \"text\": \"\\u001b[31m\"}", NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *file = sequence("hostile.json", IDS,
                                         cases[i].operation);
        g_autoptr(ToolRun) run = run_tool(NULL, "play", "-n", file, NULL);

        g_assert_null(strchr(run->out, '\033'));
        g_assert_null(strchr(run->err, '\033'));
        if (cases[i].why) {
            g_assert_cmpint(run->status, ==, 2);
            g_assert_cmpstr(run->out, ==, "");
            assert_contains(run->err, cases[i].why);
        }
    }
}

/* Nobody is asked without a terminal; the made-up device can't be taken. */
static void test_taking(void)
{
    g_autofree char *ours = sequence("ours.json", IDS, OPERATIONS);
    g_autofree char *log = g_build_filename(temp_dir(), "played.mmt", NULL);
    g_autofree char *driver = g_strconcat(root, CARD_DIR "/driver", NULL);
    g_autoptr(ToolRun) run = NULL;

    if (geteuid()) {
        assert_refused(ours, ARGS(CARD), "use sudo");
        return;
    }
    assert_refused(ours, ARGS(CARD), "then use --yes");
    assert_refused(ours, ARGS("-y", "-b", "/nonexistent", CARD),
                   "--buffers /nonexistent: there is no such directory");
    run = play(2, ours, ARGS("-y", "-l", log, CARD));
    assert_contains(run->err, "taking 0000:01:00.0 from nouveau");
    g_assert_true(g_file_test(driver, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(log, G_FILE_TEST_EXISTS));
}

/* A device with bar0, of memory or ports */
static char *add_device(const char *bdf, unsigned class, const char *driver,
                        int group, const char *bar0)
{
    char *dir = fake_pci(root, "pci0000:00/0000:00:01.0", bdf, class, driver,
                         group);
    g_autofree char *resource = g_build_filename(dir, "resource", NULL);

    fake_file(root, resource, "%s\n", bar0);
    return dir;
}

static void add_link(const char *nic)
{
    g_autofree char *port = g_strconcat(nic, "/net/eth7", NULL);
    g_autofree char *state = g_build_filename(port, "operstate", NULL);

    fake_file(root, state, "up\n");
    fake_link(root, "/sys/class/net/eth7", port);
}

static void set_up_host(void)
{
    static const char memory[] = "0xfe000000 0xfe000fff 0x40200";
    g_autofree char *nic = NULL;

    root = fake_host_new();
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    fake_file(root, "/dev/vfio/vfio", "%s", "");
    fake_file(root, "/sys/bus/pci/drivers/vfio-pci/bind", "%s", "");
    g_free(fake_pci(root, "pci0000:00", "0000:00:01.0", 0x060400, "pcieport",
                    1));
    card = add_device(CARD, 0x030000, "nouveau", 2, memory);
    g_free(add_device("0000:01:00.1", 0x040300, "snd_hda_intel", 3,
                      "0x0 0x0 0x0"));
    nic = add_device("0000:02:00.0", 0x020000, "igb", 4, memory);
    add_link(nic);
    g_free(add_device("0000:03:00.0", 0x020000, NULL, 5,
                      "0xe000 0xefff 0x40101"));
    g_free(add_device("0000:04:00.0", 0x030000, "nouveau", 6, memory));
    g_free(add_device("0000:04:00.1", 0x040300, "snd_hda_intel", 6,
                      "0x0 0x0 0x0"));
    g_free(add_device("0000:05:00.0", 0x030000, "nouveau", -1, memory));
}

int main(int argc, char **argv)
{
    g_autofree char *sessions = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    set_up_host();
    sessions = g_build_filename(root, "run", NULL);
    g_setenv("VFIO_TRACE_RUN_DIR", sessions, TRUE);
    g_test_add_func("/play-verb/dry-run", test_dry_run);
    g_test_add_func("/play-verb/usage", test_usage);
    g_test_add_func("/play-verb/misfits", test_misfits);
    g_test_add_func("/play-verb/host", test_host);
    g_test_add_func("/play-verb/hostile", test_hostile);
    g_test_add_func("/play-verb/taking", test_taking);
    status = g_test_run();
    temp_clean();
    g_free(card);
    fake_host_free(root);
    return status;
}
