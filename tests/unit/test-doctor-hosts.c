/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace doctor on hosts that differ as real ones do
 *
 * "test-doctor-hosts make NAME" makes a host and prints its root, to look at it
 * with VFIO_TRACE_SYSFS_ROOT.
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "fake-host.h"
#include "made-host.h"
#include "run-tool.h"

static const MadeHost *const hosts[] = {
    &made_laptop, &made_muxed, &made_server, &made_desktop, &made_many,
    &made_one_group, &made_arm, &made_vm, &made_cloud, &made_hardened,
    &made_thunderbolt, &made_xen, &made_container, &made_nixos,
    &made_updated, &made_proxmox, &made_pairs, &made_arm_board, &made_arm_vm,
    &made_arm_v2m, &made_power, &made_z, &made_riscv, &made_arm32,
};

#define LIST_TITLE "  BDF "

/* Doctor's findings; also checks that it says nothing on stderr. */
static JsonNode *examine(const char *bdf)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "doctor", "--json", "--qemu",
                                      "/nonexistent", bdf, NULL);
    g_autoptr(GError) error = NULL;
    JsonNode *node;

    g_assert_cmpstr(run->err, ==, "");
    node = json_from_string(run->out, &error);
    g_assert_no_error(error);
    return node;
}

static const char *text_of(JsonObject *finding, const char *name)
{
    return json_object_get_string_member_with_default(finding, name, "");
}

/* Is there a finding of this check, in this state, and with this text? */
static bool is_found(JsonArray *findings, const MadeFinding *want)
{
    guint i;

    for (i = 0; i < json_array_get_length(findings); i++) {
        JsonObject *finding = json_array_get_object_element(findings, i);
        const char *remedy = text_of(finding, "remedy");

        if (!strcmp(text_of(finding, "check"), want->check) &&
            !strcmp(text_of(finding, "state"), want->state) &&
            strstr(text_of(finding, "found"), want->found) &&
            (!want->remedy || (*want->remedy ? strstr(remedy, want->remedy)
                               != NULL : !*remedy))) {
            return true;
        }
    }
    return false;
}

static void check_finding(const MadeFinding *want, JsonNode *node)
{
    g_autofree char *text = json_to_string(node, TRUE);
    JsonArray *findings =
        json_object_get_array_member(json_node_get_object(node), "findings");

    if (!is_found(findings, want)) {
        g_test_message("%s: no %s '%s' with '%s' -> '%s' in:\n%s",
                       want->bdf ? want->bdf : "host", want->state,
                       want->check, want->found,
                       want->remedy ? want->remedy : "(any)", text);
        g_test_fail();
    }
}

/* One examination does for all findings of a device that follow each other. */
static void check_findings(const MadeFinding *want)
{
    g_autoptr(JsonNode) node = NULL;
    const char *of = NULL;

    for (; want->check; want++) {
        if (!node || g_strcmp0(of, want->bdf)) {
            g_clear_pointer(&node, json_node_unref);
            node = examine(want->bdf);
            of = want->bdf;
        }
        check_finding(want, node);
    }
}

/* The list has these lines, in this order, and no others. */
static void check_list(const char *const *patterns)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "doctor", "--qemu", "/nonexistent",
                                      NULL);
    const char *title = strstr(run->out, LIST_TITLE);
    g_auto(GStrv) lines = g_strsplit(title ? title : "", "\n", -1);
    guint n = g_strv_length(lines);
    guint i;

    for (i = 0; patterns[i]; i++) {
        const char *line = i + 1 < n ? lines[i + 1] : "";

        if (!g_regex_match_simple(patterns[i], line, 0, 0)) {
            g_test_message("list: '%s' does not match '%s'", line,
                           patterns[i]);
            g_test_fail();
        }
    }
    /* After the title and the devices, there is one empty piece. */
    if (i && n != i + 2) {
        g_test_message("list: %u lines instead of %u:\n%s", n - 2, i,
                       run->out);
        g_test_fail();
    }
}

/* Lines of a terminal: nothing is so long that it can't be read. */
static void check_text(const char *bdf)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "doctor", "--qemu", "/nonexistent",
                                      bdf, NULL);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->out, "\nTracing will not work: ");
    g_assert_null(strstr(run->out, "(null)"));
}

static void test_host(gconstpointer data)
{
    const MadeHost *host = data;
    char *root = made_host_new(host);

    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    check_text(NULL);
    check_findings(host->findings);
    check_list(host->list);
    g_unsetenv("VFIO_TRACE_SYSFS_ROOT");
    fake_host_free(root);
}

static int make(const char *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(hosts); i++) {
        if (!strcmp(hosts[i]->name, name)) {
            g_autofree char *root = made_host_new(hosts[i]);

            puts(root);
            return 0;
        }
    }
    fprintf(stderr, "no host '%s'\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    size_t i;

    if (argc == 3 && !strcmp(argv[1], "make")) {
        return make(argv[2]);
    }
    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *path = g_strconcat("/doctor-hosts/", hosts[i]->name,
                                            NULL);

        g_test_add_data_func(path, hosts[i], test_host);
    }
    return g_test_run();
}
