/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the token of a virtual function, in doctor, run and play
 */
#include <glib.h>
#include <string.h>

#include "fake-host.h"
#include "run-tool.h"

#define PF "0000:01:00.0"
#define VF "0000:01:10.0"
#define PLAIN "0000:02:00.0"
#define BEHIND "pci0000:00/0000:00:01.0"
#define UUID "7bd1c5f0-0000-4000-8000-000000000001"

static char *root;

static ToolRun *doctor(const char *bdf, const char *token)
{
    return run_tool(NULL, "doctor", "--qemu", "/nonexistent", bdf,
                    token ? "--vf-token" : NULL, token, NULL);
}

static ToolRun *run(const char *bdf, const char *opts)
{
    return run_tool(NULL, "run", "-n", "--no-rehearsal", "--qemu", "/bin/true",
                    bdf, opts ? "--device-opts" : NULL, opts, NULL);
}

static void assert_doctor(const char *bdf, const char *token, const char *text)
{
    g_autoptr(ToolRun) result = doctor(bdf, token);

    assert_contains(result->out, text);
}

static void assert_refused(const char *bdf, const char *opts, const char *why)
{
    g_autoptr(ToolRun) result = run(bdf, opts);

    g_assert_cmpint(result->status, ==, 2);
    g_assert_cmpstr(result->out, ==, "");
    assert_contains(result->err, why);
}

static void assert_accepted(const char *bdf, const char *opts,
                            const char *command)
{
    g_autoptr(ToolRun) result = run(bdf, opts);

    g_assert_cmpint(result->status, ==, 0);
    assert_contains(result->out, command);
}

static void test_pf_on_vfio(void)
{
    /* run refuses it, too. */
    assert_doctor(VF, NULL, "fail  VF token      a virtual function of " PF
                  ", which is bound to vfio-pci: VFIO says 'Permission denied'");
    assert_doctor(VF, NULL, "--device-opts " VF ":vf-token=UUID");
    assert_doctor(VF, UUID, "--vf-token gives its token");
    assert_refused(VF, NULL, VF " is a virtual function of " PF
                   ", which is bound to vfio-pci: VFIO opens it only with the token");
    assert_refused(VF, "x-req=off", "give it with --device-opts " VF);
    assert_refused(VF, "vf-token=7", "vf-token=7 is not a UUID");
    assert_refused(VF, "vf-token=auto", "vf-token=auto is not a UUID");
    assert_refused(VF, "vf-token=00000000-0000-0000-0000-000000000000",
                   "VFIO opens it only with the token");
    assert_accepted(VF, "vf-token=" UUID, ",trace-log=log,vf-token=" UUID " ");
    assert_accepted(VF, "01:10.0:vf-token=" UUID, ",vf-token=" UUID " ");
}

static void test_pf_elsewhere(void)
{
    assert_doctor("03:10.0", NULL,
                  "a virtual function of 0000:03:00.0 (ixgbe); it needs no token");
    assert_doctor("03:10.0", UUID,
                    "VFIO refuses a token for this device: its physical function 0000:03:00.0 is not bound to VFIO");
    assert_refused("03:10.0", "vf-token=" UUID, "needs no vf-token");
    assert_accepted("03:10.0", NULL, "host=0000:03:10.0,");
}

static void test_others(void)
{
    g_autoptr(ToolRun) none = doctor(PLAIN, NULL);
    g_autoptr(ToolRun) wrong = doctor(PLAIN, "uuid");

    g_assert_null(strstr(none->out, "token"));
    g_assert_cmpint(wrong->status, ==, 2);
    assert_contains(wrong->err, "--vf-token uuid: it is not a UUID");
    assert_doctor(PLAIN, UUID, "VFIO refuses a token for this device");
    assert_doctor(PF, NULL, "it has 2 virtual functions");
}

/* Would it be played?  A sequence of a delay fits all devices. */
static void assert_played(const char *bdf, const char *token, const char *why)
{
    g_autofree char *file = temp_file("delay.json",
        "{\"format\": \"vfio-trace-sequence\", \"version\": 1,"
        " \"operations\": [{\"op\": \"delay\", \"us\": 1}]}", -1);
    g_autoptr(ToolRun) result = run_tool(NULL, "play", "-n", "--any-device",
                                         file, bdf,
                                         token ? "--vf-token" : NULL, token,
                                         NULL);

    g_assert_cmpint(result->status, ==, why ? 2 : 0);
    if (why) {
        g_assert_cmpstr(result->out, ==, "");
        assert_contains(result->err, why);
    } else {
        assert_contains(result->out, "     0 delay   1 us\n");
    }
}

static void test_play(void)
{
    assert_played(VF, NULL, VF " is a virtual function of " PF
                  ", which is bound to vfio-pci: VFIO opens it only with the "
                  "token that the user of " PF " has set; give it with --vf-token\n");
    assert_played(VF, "7", "--vf-token 7: it is not a UUID\n");
    assert_played(VF, UUID, NULL);
    assert_played("03:10.0", UUID, "--vf-token: 0000:03:10.0 needs none");
    assert_played("03:10.0", NULL, NULL);
    assert_played(PLAIN, UUID, "--vf-token: " PLAIN " needs none");
}

static void add_function(const char *parent, const char *bdf,
                         const char *driver, int group, const char *pf)
{
    g_autofree char *dir = fake_pci(root, parent, bdf, 0x020000, driver, group);
    g_autofree char *link = g_build_filename(dir, pf ? "physfn" : "physfn-",
                                             NULL);
    g_autofree char *target = NULL;
    g_autofree char *file = g_build_filename(dir, "sriov_totalvfs", NULL);

    if (pf) {
        target = g_strdup_printf("/sys/bus/pci/devices/%s", pf);
        fake_link(root, link, target);
    } else if (group < 5) {
        fake_file(root, file, "7\n");
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    root = fake_host_new();
    add_function(BEHIND, PF, "vfio-pci", 1, NULL);
    add_function(BEHIND, VF, "vfio-pci", 2, PF);
    add_function("pci0000:00/0000:00:02.0", "0000:03:00.0", "ixgbe", 3, NULL);
    add_function("pci0000:00/0000:00:02.0", "0000:03:10.0", NULL, 4,
                 "0000:03:00.0");
    add_function("pci0000:00/0000:00:03.0", PLAIN, "e1000e", 5, NULL);
    fake_file(root, "/sys/devices/" BEHIND "/" PF "/sriov_numvfs", "2\n");
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    g_test_add_func("/vf-token/pf-on-vfio", test_pf_on_vfio);
    g_test_add_func("/vf-token/pf-elsewhere", test_pf_elsewhere);
    g_test_add_func("/vf-token/others", test_others);
    g_test_add_func("/vf-token/play", test_play);
    status = g_test_run();
    fake_host_free(root);
    temp_clean();
    return status;
}
