/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace status: counters of rings files
 */
#include <glib.h>
#include <string.h>

#include "fake-qemu.h"
#include "run-tool.h"

#define LOG(device) \
    "[{\"id\": \"log\", \"file\": \"/log\", \"devices\": [" \
    "{\"id\": \"nvme\", \"regions\": []" device "}]}]"

#define SQ "{\"name\": \"SQ\", \"kind\": \"ring\", \"triggers\": 4, " \
           "\"entries\": 7, \"bytes\": 448, \"cut\": 1, \"unreadable\": 2}"
#define BOX "{\"name\": \"BOX\\u001b[2J\", \"kind\": \"watch\", " \
            "\"triggers\": 18446744073709551615, \"entries\": 0, " \
            "\"bytes\": 0, \"cut\": 0, \"unreadable\": 0}"

static char *status(const char *answer)
{
    const FakeReply replies[] = { { "query-vfio-trace", answer }, { NULL } };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autoptr(ToolRun) run = run_tool(NULL, "status", "-q",
                                      fake_qemu_path(qemu), NULL);
    G_GNUC_UNUSED g_autofree char *asked = fake_qemu_stop(qemu);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    return g_steal_pointer(&run->out);
}

static void test_files(void)
{
    g_autofree char *out = status(LOG(
        ", \"memory-ns\": 12345678, \"rings\": [{\"name\": \"nvme.rings\", "
        "\"sha256\": \"x\", \"statements\": [" SQ ", " BOX "]}]"));

    assert_contains(out,
                    "    memory logged by nvme.rings\n"
                    "                           kind         triggers"
                    "      entries          bytes        cut unreadable\n"
                    "      SQ                   ring                4"
                    "            7            448          1          2\n");
    assert_contains(out, "      BOX?[2J              watch ");
    assert_contains(out, "    reading memory took 12.345 ms\n");
}

/* Without rings files, and with an older QEMU, nothing is different. */
static void test_none(void)
{
    g_autofree char *old = status(LOG(""));
    g_autofree char *none = status(LOG(", \"rings\": [], \"memory-ns\": 0"));

    g_assert_cmpstr(old, ==, none);
    g_assert_null(strstr(old, "memory"));
}

static void test_other_types(void)
{
    g_autofree char *out = status(LOG(
        ", \"memory-ns\": \"x\", \"rings\": [7, {}, {\"name\": 5, "
        "\"statements\": [null, {\"name\": [], \"entries\": \"x\"}]}]"));

    assert_contains(out, "    memory logged by ?\n");
    assert_contains(out, "      ?                    ?                   0 ");
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/status/rings/files", test_files);
    g_test_add_func("/status/rings/none", test_none);
    g_test_add_func("/status/rings/other-types", test_other_types);
    result = g_test_run();
    temp_clean();
    return result;
}
