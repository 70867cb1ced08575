/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace bundle: what a host tells, and what is left out
 */
#include <glib.h>
#include <string.h>
#include <sys/stat.h>

#include "bundle-logs.h"
#include "bundle-make.h"
#include "fake-host.h"
#include "run-tool.h"
#include "tools/bundle/host.h"

/* --- the host ------------------------------------------------------------ */

static void test_host(void)
{
    g_autofree char *root = fake_host_new();
    g_autofree char *dev = fake_pci(root, "pci0000:00", "0000:00:05.0",
                                    0x020000, "e1000e", -1);
    g_autofree char *log = bundle_log("host.mmt", 1);
    g_autofree char *other = NULL;
    g_autofree char *named = NULL;
    g_autofree char *text = NULL;
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autofree char *lspci = temp_file("lspci", "#!/bin/sh\necho \"$*\"\n",
                                       -1);

    g_assert_cmpint(chmod(lspci, 0755), ==, 0);
    g_setenv("PATH", temp_dir(), TRUE);
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    /* At the address of the log's device there is another one. */
    other = bundle_make(log, "other.tar", NULL, NULL);
    named = bundle_make(log, "named.tar", "--device=00:05.0",
                        "--command=qemu -x");
    g_unsetenv("VFIO_TRACE_SYSFS_ROOT");
    g_setenv("PATH", path, TRUE);
    text = bundle_contents_by_libarchive(other);
    g_assert_null(strstr(text, "== device-"));
    g_assert_null(strstr(text, "\"kernel\""));
    g_clear_pointer(&text, g_free);
    text = bundle_contents_by_libarchive(named);
    assert_contains(text, "== device-0000.00.05.0-config.bin\n");
    assert_contains(text, "== device-0000.00.05.0-lspci.txt\n-A linux-sysfs");
    assert_contains(text, "-vvv -xxxx -s 0000:00:05.0\n");
    assert_contains(text, "\"kernel\" : \"Linux ");
    assert_contains(text, "\"command\" : \"qemu -x\"");
    fake_host_free(g_steal_pointer(&root));
}

static void test_mask(void)
{
    unsigned char config[4096] = { 0 };
    size_t i;

    memset(config + 0x42, 0xee, 6);
    config[0x34] = 0x40;
    config[0x40] = 0x03;    /* vital product data */
    config[0x41] = 0x40;    /* the list is a circle */
    config[0x100] = 0x01;   /* AER */
    config[0x102] = 0x01;
    config[0x103] = 0x20;
    memset(config + 0x104, 0x11, 8);
    config[0x200] = 0x03;   /* device serial number */
    config[0x203] = 0x20;   /* and again a circle */
    memset(config + 0x204, 0xdd, 8);
    bundle_host_mask(config, sizeof(config));
    for (i = 0; i < 6; i++) {
        g_assert_cmphex(config[0x42 + i], ==, 0);
    }
    for (i = 0; i < 8; i++) {
        g_assert_cmphex(config[0x104 + i], ==, 0x11);
        g_assert_cmphex(config[0x204 + i], ==, 0);
    }
    g_assert_cmphex(config[0x41], ==, 0x40);
    /* of any length */
    for (i = 0; i < 0x140; i++) {
        g_autofree unsigned char *copy = g_memdup2(config, i);

        bundle_host_mask(copy, i);
    }
}

/* --- redacting ----------------------------------------------------------- */

static void test_redact(void)
{
    g_autofree char *log = bundle_log("secret.mmt", 2);
    g_autofree char *out = bundle_output("public.tar");
    g_autoptr(ToolRun) run = run_tool(NULL, "bundle", log, "-o", out,
                                      "--redact", "--secret=hello", NULL);
    g_autoptr(ToolRun) check = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GDir) dir = g_dir_open(temp_dir(), 0, NULL);
    const char *name;

    g_assert_cmpint(run->status, ==, 0);
    text = bundle_contents(out);
    g_assert_nonnull(text);
    g_assert_null(strstr(text, "hello"));
    g_assert_null(strstr(text, "secret.mmt"));
    g_assert_null(strstr(text, "\"created\""));
    assert_contains(text, "\"redacted\" : true");
    assert_contains(text, "0x140240");
    check = run_tool(NULL, "check", out, NULL);
    g_assert_cmpint(check->status, ==, 0);
    /* Nothing is left of the log that redact has written. */
    while ((name = g_dir_read_name(dir))) {
        g_assert_false(g_str_has_prefix(name, ".vfio-trace-bundle-"));
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bundle-host/host", test_host);
    g_test_add_func("/bundle-host/mask", test_mask);
    g_test_add_func("/bundle-host/redact", test_redact);
    status = g_test_run();
    temp_clean();
    return status;
}
