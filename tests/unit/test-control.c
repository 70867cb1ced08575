/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace start, stop, window, flush, rotate
 */
#include <glib.h>
#include <string.h>

#include "fake-qemu.h"
#include "qemu-case.h"
#include "run-tool.h"

#define NO_COMMAND "it was built without vfio-trace, or with an older " \
                   "version; build and install QEMU again, and start the " \
                   "guest with it\n"

#define GPU "{\"id\": \"gpu\", \"qom-path\": \"/machine/peripheral/gpu\", " \
            "\"host\": \"0000:01:00.0\", \"started\": true, \"regions\": [" \
            "{\"name\": \"bar0\", \"map-id\": 1, \"size\": 16777216, " \
            "\"windows\": [{\"offset\": 4096, \"length\": 4096, " \
            "\"direction\": \"both\"}, {\"offset\": 12288, \"length\": 4, " \
            "\"direction\": \"write\"}], \"trapped\": [{\"offset\": 4096, " \
            "\"length\": 4096}], \"hot\": [{\"offset\": 12288, \"length\": " \
            "4096}]}, {\"name\": \"bar1\", \"map-id\": 0, \"size\": " \
            "268435456, \"windows\": [], \"trapped\": [], \"hot\": []}]}"
#define AUDIO "{\"qom-path\": \"/machine/q35\", \"started\": false, " \
              "\"regions\": []}"

#define GPU_TABLE \
    "device gpu, host 0000:01:00.0, /machine/peripheral/gpu: started\n" \
    "  region      map  what     first        last            bytes\n" \
    "  bar0          1  window   0x1000       0x1fff             4K  reads, " \
    "writes\n" \
    "                   window   0x3000       0x3003              4  writes\n" \
    "                   trapped  0x1000       0x1fff             4K\n" \
    "                   hot      0x3000       0x3fff             4K\n" \
    "  bar1          -  direct: no window is in its 256M bytes\n"
#define AUDIO_TABLE \
    "device (no id), /machine/q35: stopped: all is direct\n" \
    "  it has no region that can be traced\n"

#define PARTS(other, gpu) \
    { "query-vfio-trace", "[7, {\"id\": \"other\", \"part\": " #other "}, " \
      "{\"id\": \"gpu\", \"part\": " #gpu "}]" }

#define ONE { "query-vfio-trace-windows", "[" GPU "]" }
#define TWO { "query-vfio-trace-windows", "[" GPU ", " AUDIO "]" }

/**
 * struct Case: a command
 * @name: the test's name
 * @args: arguments besides --qmp SOCKET, beginning with the verb
 * @replies: QEMU's replies
 * @asked: the commands that QEMU received
 * @status: the command's exit status
 * @out: its standard output, or NULL for any
 * @err: its standard error; %s is the socket
 */
static const QemuCase cases[] = {
    { "start", { "start" }, { { "vfio-trace-start", "{}" } },
      "vfio-trace-start {}\n", 0, "", "" },
    { "start-id", { "start", "--device", "gpu" },
      { TWO, { "vfio-trace-start", "{}" } },
      "query-vfio-trace-windows\nvfio-trace-start {\"device\":\"gpu\"}\n",
      0, "", "" },
    { "stop-host", { "stop", "-D", "01:00.0" },
      { TWO, { "vfio-trace-stop", "{}" } },
      "query-vfio-trace-windows\nvfio-trace-stop {\"device\":\"gpu\"}\n",
      0, "", "" },
    { "stop-long-host", { "stop", "-D", "0000:01:00.0" },
      { TWO, { "vfio-trace-stop", "{}" } },
      "query-vfio-trace-windows\nvfio-trace-stop {\"device\":\"gpu\"}\n",
      0, "", "" },
    { "stop-path", { "stop", "-D", "/machine/q35" },
      { TWO, { "vfio-trace-stop", "{}" } },
      "query-vfio-trace-windows\n"
      "vfio-trace-stop {\"device\":\"/machine/q35\"}\n", 0, "", "" },
    { "stop-unknown", { "stop", "-D", "nope\x1b[2J" }, { TWO },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace stop: %s: there is no traced device 'nope?[2J'; there are: "
      "gpu, /machine/q35\n" },
    { "start-none", { "start", "-D", "gpu" },
      { { "query-vfio-trace-windows", "[]" } },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace start: %s: no device of this QEMU is traced\n" },
    { "start-refused", { "start" },
      { { "vfio-trace-start", "error no\\u001b[2J" } },
      "vfio-trace-start {}\n", 1, "", "vfio-trace start: %s: no?[2J\n" },
    { "start-old", { "start" }, { { NULL } }, "vfio-trace-start {}\n", 1, "",
      "vfio-trace start: %s: this QEMU has no command vfio-trace-start: "
      NO_COMMAND },
    { "start-id-old", { "start", "-D", "x" }, { { NULL } },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace start: %s: this QEMU has no command "
      "query-vfio-trace-windows: " NO_COMMAND },
    { "start-gone", { "start" }, { { "vfio-trace-start", NULL } },
      "vfio-trace-start {}\n", 1, "",
      "vfio-trace start: %s: QEMU closed the connection; did it end?\n" },
    { "flush", { "flush" }, { { "vfio-trace-flush", "{}" } },
      "vfio-trace-flush {}\n", 0, "", "" },
    { "flush-log", { "flush", "--log=a \"b\"" },
      { { "vfio-trace-flush", "{}" } },
      "vfio-trace-flush {\"log\":\"a \\\"b\\\"\"}\n", 0, "", "" },
    { "flush-refused", { "flush" },
      { { "vfio-trace-flush", "error the disk is full" } },
      "vfio-trace-flush {}\n", 1, "",
      "vfio-trace flush: %s: the disk is full\n" },
    { "rotate", { "rotate", "-l", "gpu" },
      { PARTS(7, 2), PARTS(8, 2), PARTS(8, 3), { "vfio-trace-rotate", "{}" } },
      "query-vfio-trace\nvfio-trace-rotate {\"log\":\"gpu\"}\n"
      "query-vfio-trace\nquery-vfio-trace\n", 0, "", "" },
    { "rotate-only", { "rotate" },
      { { "query-vfio-trace", "[{\"id\": \"x\", \"part\": 1}]" },
        { "query-vfio-trace", "[{\"id\": \"x\", \"part\": 2}]" },
        { "vfio-trace-rotate", "{}" } },
      "query-vfio-trace\nvfio-trace-rotate {}\nquery-vfio-trace\n", 0, "",
      "" },
    { "rotate-refused", { "rotate" },
      { PARTS(1, 1), { "vfio-trace-rotate", "error name one" } },
      "query-vfio-trace\nvfio-trace-rotate {}\n", 1, "",
      "vfio-trace rotate: %s: name one\n" },
    { "rotate-old", { "rotate" }, { PARTS(1, 1) },
      "query-vfio-trace\nvfio-trace-rotate {}\n", 1, "",
      "vfio-trace rotate: %s: this QEMU has no command vfio-trace-rotate: "
      NO_COMMAND },
    { "rotate-gone", { "rotate", "--log=gpu" },
      { PARTS(1, 1), { "query-vfio-trace", NULL },
        { "vfio-trace-rotate", "{}" } },
      "query-vfio-trace\nvfio-trace-rotate {\"log\":\"gpu\"}\n"
      "query-vfio-trace\n", 1, "",
      "vfio-trace rotate: %s: QEMU closed the connection; did it end?\n" },

    { "list", { "window", "list" }, { TWO }, "query-vfio-trace-windows\n", 0,
      GPU_TABLE AUDIO_TABLE, "" },
    { "list-one", { "window", "list", "--device", "gpu" }, { TWO },
      "query-vfio-trace-windows\n", 0, GPU_TABLE, "" },
    { "list-none", { "window", "list" },
      { { "query-vfio-trace-windows", "[]" } }, "query-vfio-trace-windows\n",
      0, "no device of this QEMU is traced\n", "" },
    { "list-unknown", { "window", "list", "-D", "x" }, { TWO },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace window: %s: there is no traced device 'x'; there are: gpu, "
      "/machine/q35\n" },
    { "list-json", { "window", "list", "--json" },
      { { "query-vfio-trace-windows", "[]" } }, "query-vfio-trace-windows\n",
      0, "[]\n", "" },
    { "list-json-one", { "window", "--json", "-D", "/machine/q35", "list" },
      { TWO }, "query-vfio-trace-windows\n", 0,
      "[\n  {\n    \"qom-path\" : \"/machine/q35\",\n    \"started\" : false,"
      "\n    \"regions\" : []\n  }\n]\n", "" },
    { "list-object", { "window", "list" },
      { { "query-vfio-trace-windows", "{}" } }, "query-vfio-trace-windows\n",
      1, "", "vfio-trace window: %s: QEMU's answer to "
      "query-vfio-trace-windows is not a list: QEMU and this tool have different "
      "versions\n" },
    { "list-odd", { "window", "list" },
      { { "query-vfio-trace-windows", "[5, null, {}, {\"id\": 7, \"regions\": "
          "{}}, {\"id\": \"\\u001b[2J\", \"host\": \"\\u009b\", \"regions\": "
          "[5, {}, {\"name\": [], \"map-id\": \"x\", \"size\": -1, "
          "\"windows\": [7, {}, {\"offset\": \"a\", \"length\": -1, "
          "\"direction\": 5}]}]}]" } }, "query-vfio-trace-windows\n", 0,
      "device (no id), ?: stopped: all is direct\n"
      "  it has no region that can be traced\n"
      "device (no id), ?: stopped: all is direct\n"
      "  it has no region that can be traced\n"
      "device ?[2J, host ?, ?: stopped: all is direct\n"
      "  region      map  what     first        last            bytes\n"
      "  ?             -  direct: no window is in its 0 bytes\n"
      "  ?             -  window   0x0          0x0                 0\n"
      "                   window   0x0          0xfffffffffffffffe "
      "18446744073709551615\n", "" },
    { "add", { "window", "add", "0:0x1000:4K:w" },
      { ONE, { "vfio-trace-window-add", "{}" } },
      "query-vfio-trace-windows\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"bar0\","
      "\"offset\":4096,\"length\":4096,\"direction\":\"write\"}\n", 0, "",
      "" },
    { "add-several", { "window", "add", "vga", "rom:r", "config", "5" },
      { ONE, { "vfio-trace-window-add", "{}" } },
      "query-vfio-trace-windows\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"vga-memory\","
      "\"direction\":\"both\"}\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"vga-3b0\","
      "\"direction\":\"both\"}\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"vga-3c0\","
      "\"direction\":\"both\"}\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"rom\","
      "\"direction\":\"read\"}\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"config\","
      "\"direction\":\"both\"}\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"bar5\","
      "\"direction\":\"both\"}\n", 0, "", "" },
    { "remove", { "window", "remove", "--device=01:00.0", "1" },
      { TWO, { "vfio-trace-window-remove", "{}" } },
      "query-vfio-trace-windows\n"
      "vfio-trace-window-remove {\"device\":\"gpu\",\"region\":\"bar1\","
      "\"direction\":\"both\"}\n", 0, "", "" },
    { "add-ambiguous", { "window", "add", "0" }, { TWO },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace window: %s: several devices are traced: name one with "
      "--device: gpu, /machine/q35\n" },
    { "add-none", { "window", "add", "0" },
      { { "query-vfio-trace-windows", "[]" } },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace window: %s: no device of this QEMU is traced\n" },
    { "add-nameless", { "window", "add", "0" },
      { { "query-vfio-trace-windows", "[{\"id\": 5}]" } },
      "query-vfio-trace-windows\n", 1, "",
      "vfio-trace window: %s: no device of this QEMU is traced\n" },
    { "add-refused", { "window", "add", "0", "4", "5" },
      { ONE, { "vfio-trace-window-add", "{}" },
        { "vfio-trace-window-add", "error there is no BAR 4" } },
      "query-vfio-trace-windows\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"bar0\","
      "\"direction\":\"both\"}\n"
      "vfio-trace-window-add {\"device\":\"gpu\",\"region\":\"bar4\","
      "\"direction\":\"both\"}\n", 1, "",
      "vfio-trace window: '4', after 1 of 3 windows were changed: %s: there is "
      "no BAR 4\n" },
};

/* QEMU is not asked anything. */
static void test_usage(void)
{
    static const UsageCase uses[] = {
        { { "start", "gpu" }, "unexpected operand 'gpu'" },
        { { "flush", "gpu" }, "unexpected operand 'gpu'" },
        { { "start", "--log", "x" }, "Unknown option --log" },
        { { "rotate", "--device", "x" }, "Unknown option --device" },
        { { "window" }, "operand is missing: list, add or remove" },
        { { "window", "show" }, "'show' is not list, add or remove" },
        { { "window", "list", "0" }, "unexpected operand '0'" },
        { { "window", "add" }, "add: operand WINDOW is missing" },
        { { "window", "remove" }, "remove: operand WINDOW is missing" },
        { { "window", "add", "0", "--json" },
          "--json can only be used with 'list'" },
        { { "window", "add", "0", "9" }, "'9': BAR is '9'" },
        { { "window", "remove", "0:1" }, "'0:1' is not REGION" },
        { { "stop", "-d", "a", "-q", "b" }, "--qmp and --domain: only one" },
        { { "stop", "-c", "a" }, "--connect needs --domain" },
        { { "stop", "-t", "-1" }, "--timeout must be" },
    };

    usage_cases_check(uses, G_N_ELEMENTS(uses));
}

/* A disk that is too slow for the next part to begin */
static void test_rotate_late(void)
{
    static const FakeReply replies[] = {
        PARTS(1, 1), { "vfio-trace-rotate", "{}" }, { NULL }
    };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autoptr(ToolRun) run = run_tool(NULL, "rotate", "--timeout=0.1", "-l",
                                      "gpu", "-q", fake_qemu_path(qemu),
                                      NULL);
    G_GNUC_UNUSED g_autofree char *asked = fake_qemu_stop(qemu);

    assert_contains(run->err, "the next part has not begun within 0.1 s");
    g_assert_cmpint(run->status, ==, 1);
}

/* 200,000 windows, and a name of a megabyte */
static void test_huge(void)
{
    g_autoptr(GString) reply = g_string_new("[{\"id\": \"");
    FakeReply replies[2] = { { "query-vfio-trace-windows", NULL } };
    g_autofree char *name = g_strnfill(1024 * 1024, 'x');
    g_autofree char *asked = NULL;
    g_autoptr(ToolRun) run = NULL;
    FakeQemu *qemu;
    int i;

    g_string_append_printf(reply, "%s\", \"regions\": [{\"name\": \"bar0\", "
                           "\"windows\": [", name);
    for (i = 0; i < 200000; i++) {
        g_string_append_printf(reply, "%s{\"offset\": %d, \"length\": 1}",
                               i ? ", " : "", 2 * i);
    }
    g_string_append(reply, "]}]}]");
    replies[0].reply = reply->str;
    qemu = fake_qemu_start(replies);
    run = run_tool(NULL, "window", "list", "--qmp", fake_qemu_path(qemu),
                   NULL);
    asked = fake_qemu_stop(qemu);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, " 0x61a7e ");
    g_assert_cmpuint(strlen(run->out), >, 10000000);
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    qemu_cases_add("/control/case/", cases, G_N_ELEMENTS(cases));
    g_test_add_func("/control/usage", test_usage);
    g_test_add_func("/control/huge", test_huge);
    g_test_add_func("/control/rotate-late", test_rotate_late);
    result = g_test_run();
    temp_clean();
    return result;
}
