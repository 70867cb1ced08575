/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what vfio-trace doctor finds on a simulated host (see examine.h)
 */
#include "examine.h"

#include <string.h>

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->root = fake_host_new();
    f->gpu = fake_pci(f->root, BEHIND, "0000:01:00.0", 0x030000, "nouveau", 1);
    g_setenv("VFIO_TRACE_SYSFS_ROOT", f->root, TRUE);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    g_unsetenv("VFIO_TRACE_SYSFS_ROOT");
    fake_host_free(f->root);
    g_free(f->gpu);
}

int examine_main(int argc, char **argv, const ExamineTest *tests, size_t n)
{
    size_t i;
    int status;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < n; i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run,
                   tear_down);
    }
    status = g_test_run();
    temp_clean();
    return status;
}

void gpu_file(const Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->gpu, name, NULL);

    fake_file(f->root, path, "%s", text);
}

JsonNode *examine(const char *option, const char *value, const char *bdf,
                  int status)
{
    const char *args[8] = { "doctor", "--json" };
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(GError) error = NULL;
    JsonNode *node;
    size_t n = 2;

    if (option) {
        args[n++] = option;
        args[n++] = value;
    }
    /* The real program is slow. */
    if (g_strcmp0(option, "--qemu")) {
        args[n++] = "--qemu";
        args[n++] = "/nonexistent";
    }
    args[n] = bdf;
    run = run_toolv(NULL, args);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, status);
    node = json_from_string(run->out, &error);
    g_assert_no_error(error);
    return node;
}

JsonObject *finding(JsonNode *node, const char *check)
{
    JsonArray *findings =
        json_object_get_array_member(json_node_get_object(node), "findings");
    JsonObject *found = NULL;
    guint i;

    for (i = 0; i < json_array_get_length(findings); i++) {
        JsonObject *object = json_array_get_object_element(findings, i);

        if (!strcmp(json_object_get_string_member(object, "check"), check)) {
            g_assert_null(found);
            found = object;
        }
    }
    g_assert_nonnull(found);
    return found;
}

void assert_finding(JsonNode *node, const char *check, const char *state,
                    const char *found, const char *remedy)
{
    JsonObject *object = finding(node, check);

    assert_contains(json_object_get_string_member(object, "found"), found);
    g_assert_cmpstr(json_object_get_string_member(object, "state"), ==, state);
    if (remedy) {
        assert_contains(json_object_get_string_member(object, "remedy"),
                        remedy);
    }
}

void assert_host(const char *check, const char *state, const char *found,
                 const char *remedy)
{
    g_autoptr(JsonNode) node = examine(NULL, NULL, NULL, 1);

    assert_finding(node, check, state, found, remedy);
}

void assert_gpu(const char *check, const char *state, const char *found,
                const char *remedy)
{
    g_autoptr(JsonNode) node = examine(NULL, NULL, "01:00.0", 1);

    assert_finding(node, check, state, found, remedy);
}
