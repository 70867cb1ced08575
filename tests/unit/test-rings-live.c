/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace rings add and remove
 */
#include <glib.h>
#include <string.h>

#include "fake-qemu.h"
#include "run-tool.h"

#define TEXT "rings 1\n# \xc3\xa4\nwatch W {\n    at 0x1000\n    len 64\n" \
             "    on marker \"go\"\n}\n"
#define JSON "rings 1\\n# \xc3\xa4\\nwatch W {\\n    at 0x1000\\n    len 64\\n" \
             "    on marker \\\"go\\\"\\n}\\n"

#define ONE { "query-vfio-trace-windows", "[{\"id\": \"gpu\"}]" }
#define TWO { "query-vfio-trace-windows", \
              "[{\"id\": \"gpu\"}, {\"id\": \"audio\"}]" }
#define ASKED "query-vfio-trace-windows\n"
#define ADD ASKED "vfio-trace-rings-add {\"device\":\"gpu\"," \
            "\"name\":\"my.rings\",\"text\":\"" JSON "\"}\n"
#define REMOVE(name) ASKED "vfio-trace-rings-remove {\"device\":\"gpu\"," \
                     "\"name\":\"" name "\"}\n"

/**
 * struct Case: a command
 * @args: arguments besides --qmp SOCKET, from the verb of rings on
 * @replies: QEMU's replies
 * @asked: the commands that QEMU received
 * @status: the command's exit status
 * @err: part of its standard error, or NULL
 */
typedef struct Case {
    const char *args[5];
    FakeReply replies[3];
    const char *asked;
    int status;
    const char *err;
} Case;

static void run_case(const Case *c)
{
    FakeQemu *qemu = fake_qemu_start(c->replies);
    const char *args[G_N_ELEMENTS(c->args) + 5] = {
        "rings", c->args[0], "--qmp", fake_qemu_path(qemu)
    };
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *asked = NULL;

    memcpy(args + 4, c->args + 1, sizeof(c->args) - sizeof(c->args[0]));
    run = run_toolv(NULL, args);
    asked = fake_qemu_stop(qemu);
    if (c->err) {
        assert_contains(run->err, c->err);
    } else {
        g_assert_cmpstr(run->err, ==, "");
    }
    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpstr(asked, ==, c->asked);
    g_assert_cmpint(run->status, ==, c->status);
}

static void run_cases(const Case *cases, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        run_case(&cases[i]);
    }
}

static void test_add(void)
{
    g_autofree char *file = temp_file("my.rings", TEXT, -1);
    g_autofree char *latin = temp_file("latin.rings", "rings 1\n# \xe4\n", -1);
    g_autofree char *wrong = temp_file("wrong.rings", "rings 1\nrung\n", -1);
    const Case cases[] = {
        { { "add", "my" }, { ONE, { "vfio-trace-rings-add", "{}" } }, ADD, 0,
          NULL },
        { { "add", "-D", "gpu", file },
          { TWO, { "vfio-trace-rings-add", "{}" } }, ADD, 0, NULL },
        { { "add", "my" }, { TWO }, ASKED, 1, "name one with --device" },
        { { "add", "my" }, { ONE, { "vfio-trace-rings-add",
                                    "error no\\u001b[2J" } }, ADD, 1,
          "no?[2J\n" },
        { { "add", "my" }, { ONE }, ADD, 1,
          "this QEMU has no command vfio-trace-rings-add" },
        { { "add", wrong }, { ONE }, "", 2, "wrong.rings:2:1: " },
        { { "add", latin }, { ONE }, "", 2, "latin.rings" },
        { { "add", "nosuch" }, { ONE }, "", 2, "'nosuch'" },
        { { "add" }, { ONE }, "", 2, "operand NAME or FILE is missing" },
        { { "add", "my", "x" }, { ONE }, "", 2, "unexpected operand 'x'" },
        { { "add", "my", "-d", "x" }, { ONE }, "", 2, "--qmp and --domain" },
    };

    run_cases(cases, G_N_ELEMENTS(cases));
}

/* The file itself may be gone. */
static void test_remove(void)
{
    static const Case cases[] = {
        { { "remove", "gone" }, { ONE, { "vfio-trace-rings-remove", "{}" } },
          REMOVE("gone.rings"), 0, NULL },
        { { "remove", "/no/such/gone.rings" },
          { ONE, { "vfio-trace-rings-remove", "{}" } }, REMOVE("gone.rings"),
          0, NULL },
        /* names as add gives them to QEMU */
        { { "remove", "./a b\x1b.rings" },
          { ONE, { "vfio-trace-rings-remove", "{}" } }, REMOVE("a_b_.rings"),
          0, NULL },
        { { "remove", "./plain" },
          { ONE, { "vfio-trace-rings-remove", "{}" } }, REMOVE("plain"), 0,
          NULL },
        { { "remove", "gone" },
          { ONE, { "vfio-trace-rings-remove", "error it has none" } },
          REMOVE("gone.rings"), 1, "it has none" },
        { { "remove", "gone" }, { ONE }, REMOVE("gone.rings"), 1,
          "this QEMU has no command vfio-trace-rings-remove" },
        { { "remove" }, { ONE }, "", 2, "operand NAME or FILE is missing" },
    };

    run_cases(cases, G_N_ELEMENTS(cases));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_setenv("VFIO_TRACE_RINGS", temp_dir(), TRUE);
    g_test_add_func("/rings/live/add", test_add);
    g_test_add_func("/rings/live/remove", test_remove);
    status = g_test_run();
    temp_clean();
    return status;
}
