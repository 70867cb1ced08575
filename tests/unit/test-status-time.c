/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: share of the guest's time that traps take, in vfio-trace status
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "fake-qemu.h"
#include "run-tool.h"
#include "tools/control/status-rates.h"
#include "tools/control/status-show.h"
#include "tools/control/status-time.h"

#define TIME(cpu, accesses, ns) \
    "{\"cpu\": " #cpu ", \"accesses\": " #accesses ", \"trap-ns\": " #ns "}"
#define NO_VCPU ", {\"accesses\": 7000000, \"trap-ns\": 990000000}"
#define REGION(times) \
    "{\"name\": \"bar0\", \"map-id\": 1, \"read\": {\"accesses\": 1}, " \
    "\"write\": {\"accesses\": 1}, \"time\": [" times "]}"
#define LOG(exit, running, vcpus, regions) \
    "[{\"id\": \"log\", \"file\": \"/tmp/gpu.mmt\", \"exit-ns\": " #exit \
    ", \"running-ns\": " #running ", \"vcpus\": " #vcpus ", \"devices\": " \
    "[{\"id\": \"gpu\", \"qom-path\": \"/machine/gpu\", \"regions\": [" \
    regions "]}]}]"

/* 2 s of 4 vCPUs, of which 160 ms in QEMU, and 88000 exits of 1 us */
#define EARLIER LOG(1000, 2000000000, 4, \
                    REGION(TIME(0, 18000, 20000000) ", " \
                           TIME(2, 70000, 140000000) NO_VCPU))
/* 1 s more: vCPU 3 has 300 ms in QEMU, and 100000 exits */
#define LATER LOG(1000, 3000000000, 4, \
                  REGION(TIME(2, 70000, 140000000) ", " \
                         TIME(3, 100000, 300000000) ", " \
                         TIME(0, 18000, 20000000) NO_VCPU))

/**
 * struct Case: a line of vfio-trace status
 * @name: the test's name
 * @logs: QEMU's answer
 * @line: the line, or NULL if there is none
 */
typedef struct Case {
    const char *name;
    const char *logs;
    const char *line;
} Case;

#define SPENDS(percent, rest) \
    "\n          the guest spends " percent " % of its time in traps of BAR0 " \
    rest "\n"

static const Case cases[] = {
    { "several", EARLIER,
      SPENDS("3.1", "(2.0 % in QEMU, 1.1 % in exits); vCPU 2: 10.5 %") },
    { "one", LOG(500, 1000000000, 1, REGION(TIME(0, 10, 10000000))),
      SPENDS("1.0", "(1.0 % in QEMU, 0.0 % in exits)") },
    { "tcg", LOG(0, 1000000000, 2, REGION(TIME(1, 10, 100000000))),
      SPENDS("5.0", "(5.0 % in QEMU, exits not known); vCPU 1: 10.0 %") },
    { "no-vcpu", LOG(500, 1000000000, 1,
                     REGION("{\"accesses\": 5, \"trap-ns\": 999}")), NULL },
    { "none", LOG(500, 1000000000, 1, REGION("")), NULL },
    { "not-run", LOG(500, 0, 1, REGION(TIME(0, 10, 10000000))), NULL },
    { "no-vcpus", LOG(500, 1000000000, 0, REGION(TIME(0, 10, 10000000))),
      NULL },
    { "older", "[{\"id\": \"log\", \"devices\": [{\"regions\": [{\"name\": "
      "\"bar0\"}]}]}]", NULL },
    { "odd", LOG("x", 1000000000, 1,
                 REGION("5, null, {}, {\"cpu\": \"y\", \"accesses\": -1, "
                        "\"trap-ns\": []}")), NULL },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    const FakeReply replies[] = { { "query-vfio-trace", c->logs }, { NULL } };
    FakeQemu *qemu = fake_qemu_start(replies);
    g_autoptr(ToolRun) run = run_tool(NULL, "status", "-q",
                                      fake_qemu_path(qemu), NULL);
    g_autofree char *asked = fake_qemu_stop(qemu);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "bar0");
    if (c->line) {
        assert_contains(run->out, c->line);
    } else {
        g_assert_null(strstr(run->out, "spends"));
    }
}

static JsonNode *parse(const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    return json_parser_steal_root(parser);
}

/* The sample after two answers */
static JsonNode *sample(const char *before, const char *now)
{
    g_autoptr(JsonNode) before_logs = parse(before);
    g_autoptr(JsonNode) first = status_sample(before_logs, NULL, NULL, 1, 0);
    g_autoptr(JsonNode) logs = parse(now);

    return status_sample(logs, NULL, first, 2, 1);
}

static char *sample_text(const char *before, const char *now)
{
    g_autoptr(JsonNode) node = sample(before, now);

    return json_to_string(node, FALSE);
}

/* --watch has the shares of the interval. */
static void test_interval(void)
{
    g_autofree char *text = sample_text(EARLIER, LATER);
    g_autofree char *same = sample_text(LATER, LATER);
    g_autofree char *anew = sample_text(LATER, EARLIER);

    assert_contains(text, "\"trap-percent\":10.0,\"exit-percent\":2.5,"
                    "\"busiest-cpu\":3,\"busiest-percent\":40.0");
    /* A guest that is paused */
    g_assert_null(strstr(same, "percent"));
    /* The log was created again. */
    assert_contains(anew, "\"trap-percent\":3.1");
}

static void test_shown(void)
{
    g_autoptr(JsonNode) node = sample(EARLIER, LATER);
    g_autoptr(JsonNode) paused = sample(LATER, LATER);
    g_autofree char *table = status_show_table(json_node_get_object(node));
    g_autofree char *line = status_show_line(json_node_get_object(node));
    g_autofree char *still = status_show_table(json_node_get_object(paused));
    g_autofree char *still_line =
        status_show_line(json_node_get_object(paused));

    assert_contains(table, "               10.0 % of the guest's time in traps "
                    "of bar0, 2.5 % in exits; vCPU 3: 40.0 %\n");
    assert_contains(line, " 0 failed 10.0 % in traps");
    g_assert_null(strstr(still, "traps"));
    g_assert_null(strstr(still_line, "traps"));
}

int main(int argc, char **argv)
{
    int result;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/status-time/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/status-time/interval", test_interval);
    g_test_add_func("/status-time/shown", test_shown);
    result = g_test_run();
    temp_clean();
    return result;
}
