/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the marker helper's texts, lines, and the kernel's words on modules
 */
#include <glib.h>
#include <string.h>

#include "guest-images/marker/lines.h"
#include "guest-images/marker/modules.h"

/* --- texts --------------------------------------------------------------- */

static void test_format(void)
{
    MarkText t;

    mark_text_clear(&t);
    mark_text_format(&t, "%s=%u %d%% %d", "n", 4294967295u, -7, 0);
    g_assert_cmpstr(t.buf, ==, "n=4294967295 -7% 0");
    mark_text_clear(&t);
    mark_text_add_hex(&t, 0xc0000005);
    mark_text_add(&t, " ");
    mark_text_add_seconds(&t, 61000250);
    mark_text_add(&t, " ");
    mark_text_add_number(&t, UINT64_MAX);
    g_assert_cmpstr(t.buf, ==, "0xc0000005 61.000250 18446744073709551615");
    g_assert_cmpuint(t.cut, ==, 0);
}

static void test_words(void)
{
    static const struct {
        const char *word, *shown;
    } words[] = {
        { "modprobe", "modprobe" },
        { "", "\"\"" },
        { "two words", "\"two words\"" },
        { "it's", "\"it's\"" },
        { "say \"hi\"", "\"say \\\"hi\\\"\"" },
        { "a\nb\tc\033", "\"a\\nb\\tc\\x1b\"" },
        { "C:\\Windows", "C:\\Windows" },
        { "zw\303\266lf", "zw\303\266lf" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        MarkText t;

        mark_text_clear(&t);
        mark_text_add_word(&t, words[i].word);
        g_assert_cmpstr(t.buf, ==, words[i].shown);
    }
}

static void test_bound(void)
{
    g_autofree char *text = g_strnfill(MARK_LINE_MAX + 10, 'x');
    MarkText t;

    mark_text_clear(&t);
    mark_text_add(&t, text);
    mark_text_add(&t, "more");
    g_assert_cmpuint(t.len, ==, MARK_LINE_MAX);
    g_assert_cmpuint(t.cut, ==, 14);
    g_assert_cmpuint(strlen(t.buf), ==, MARK_LINE_MAX);
}

static void test_flaws(void)
{
    static const struct {
        const char *text;
        unsigned flaws;
    } texts[] = {
        { "plain, \303\266 \342\202\254 \360\237\222\251", 0 },
        { "a\tb", MARK_FLAW_CONTROL },
        { "\177", MARK_FLAW_CONTROL },
        { "\302\205", MARK_FLAW_CONTROL },
        { "\342\200\256", MARK_FLAW_CONTROL },
        { "\330\234", MARK_FLAW_CONTROL },
        { "\342\201\247", MARK_FLAW_CONTROL },
        { "\377", MARK_FLAW_ENCODING },
        { "\303", MARK_FLAW_ENCODING },
        { "\303x", MARK_FLAW_ENCODING },
        { "\300\212", MARK_FLAW_ENCODING },
        { "\355\240\200", MARK_FLAW_ENCODING },
        { "\364\220\200\200", MARK_FLAW_ENCODING },
        { "\200\033", MARK_FLAW_ENCODING | MARK_FLAW_CONTROL },
    };
    g_autofree char *full = g_strnfill(MARK_ROOM, 'x');
    MarkText t;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        mark_text_clear(&t);
        mark_text_add(&t, texts[i].text);
        g_assert_cmphex(mark_text_flaws(&t), ==, texts[i].flaws);
    }
    mark_text_clear(&t);
    mark_text_add(&t, full);
    g_assert_cmphex(mark_text_flaws(&t), ==, 0);
    mark_text_add(&t, "x");
    g_assert_cmphex(mark_text_flaws(&t), ==, MARK_FLAW_LENGTH);
}

/* --- lines --------------------------------------------------------------- */

static void read_part(MarkLines *l, GString *out, const char *bytes, size_t len)
{
    while (len) {
        if (mark_lines_next(l, &bytes, &len)) {
            g_string_append_printf(out, "[%s]", l->line.buf);
        }
    }
}

static const char stream[] =
    "lf\ncrlf\r\nnul\0\n\r\n\0\r\r\ncr\rin\r\rit\n\0\0last\r";

/* However the input is divided, the lines are the same as the port's. */
static void test_lines(void)
{
    size_t len = sizeof(stream) - 1;
    size_t part;

    for (part = 1; part <= len; part++) {
        g_autoptr(GString) out = g_string_new(NULL);
        MarkLines l;
        size_t i;

        mark_lines_init(&l);
        for (i = 0; i < len; i += part) {
            read_part(&l, out, stream + i, MIN(part, len - i));
        }
        g_assert_true(mark_lines_end(&l));
        g_string_append_printf(out, "[%s]", l.line.buf);
        g_assert_cmpstr(out->str, ==,
                        "[lf][crlf][nul][\r][cr\rin\r\rit][last]");
    }
}

static void test_lines_end(void)
{
    const char *bytes = "whole\n";
    size_t len = 6;
    MarkLines l;

    mark_lines_init(&l);
    g_assert_false(mark_lines_end(&l));
    g_assert_true(mark_lines_next(&l, &bytes, &len));
    g_assert_false(mark_lines_end(&l));
}

static void test_long_line(void)
{
    g_autofree char *text = g_strnfill(3 * MARK_LINE_MAX, 'x');
    const char *bytes = text;
    size_t len = 3 * MARK_LINE_MAX;
    MarkLines l;

    mark_lines_init(&l);
    g_assert_false(mark_lines_next(&l, &bytes, &len));
    bytes = "x\nnext\n";
    len = 7;
    g_assert_true(mark_lines_next(&l, &bytes, &len));
    g_assert_cmpuint(l.line.len, ==, MARK_LINE_MAX);
    g_assert_cmpuint(l.line.cut, ==, 2 * MARK_LINE_MAX + 1);
    g_assert_true(mark_lines_next(&l, &bytes, &len));
    g_assert_cmpstr(l.line.buf, ==, "next");
    g_assert_cmpuint(l.line.cut, ==, 0);
}

/* --- modules ------------------------------------------------------------- */

/* Lines of a trace_pipe of Linux 6.1, and the marks of them */
static void test_trace(void)
{
    static const struct {
        const char *line, *mark;
    } lines[] = {
        { "        modprobe-312     [000] .....    12.100000: module_load: ptp ",
          "module-loading ptp" },
        { "        modprobe-312     [000] .....    12.100100: initcall_finish: "
          "func=ptp_init+0x0/0x1000 [ptp] ret=0", "module-loaded ptp" },
        { "        modprobe-312     [001] .....    12.200000: module_load: e1000e OE",
          "module-loading e1000e" },
        { "    modprobe x] -99      [001] .....    12.200001: module_load: other",
          "module-loading other" },
        { "              sh-313     [001] .....    12.300000: initcall_finish: "
          "func=0xffffffffc0000000 ret=0", NULL },
        { "        modprobe-312     [001] .....    12.300000: initcall_finish: "
          "func=0xffffffffc0000000 ret=0", "module-loaded e1000e" },
        { "        modprobe-312     [001] .....    12.300001: initcall_finish: "
          "func=0xffffffffc0000000 ret=0", NULL },
        { "          insmod-400     [000] .....    13.000000: module_load: bad E",
          "module-loading bad" },
        { "          insmod-400     [000] .....    13.000010: initcall_finish: "
          "func=bad_init+0x0/0x10 [bad] ret=-19", "module-failed bad result=-19" },
        { "          insmod-400     [000] .....    13.000020: module_free: bad",
          NULL },
        { "          insmod-400     [000] .....    13.000030: module_free: bad",
          "module-unloaded bad" },
        { "CPU:1 [LOST 42 EVENTS]", "module-events-lost count=42" },
        { "           rmmod-500     [000] .....    14.000000: module_free: e1000e",
          "module-unloaded e1000e" },
        { "           rmmod-500     [000] .....    14.000000: module_put: "
          "e1000e call_site=module_load: x", NULL },
        { "module_load: x", NULL },
        { "", NULL },
        { "                -", NULL },
        { "                -1 [", NULL },
        { "                -1 [0] 1", NULL },
    };
    static MarkModules m;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        MarkText mark;

        if (mark_modules_trace(&m, lines[i].line, &mark)) {
            g_assert_cmpstr(mark.buf, ==, lines[i].mark);
        } else {
            g_assert_cmpstr(NULL, ==, lines[i].mark);
        }
    }
}

/* More modules at once than the table has room for: the oldest are forgotten. */
static void test_trace_many(void)
{
    static MarkModules m;
    MarkText mark;
    int i;

    for (i = 0; i <= MARK_MODULES_LOADING; i++) {
        g_autofree char *line = g_strdup_printf(
            "        modprobe-%-7d [000] ..... 1.000000: module_load: m%d", 100 + i,
            i);

        g_assert_true(mark_modules_trace(&m, line, &mark));
    }
    for (i = 0; i <= MARK_MODULES_LOADING; i++) {
        g_autofree char *line = g_strdup_printf(
            "        modprobe-%-7d [000] ..... 2.000000: initcall_finish: func=x "
            "ret=0", 100 + i);
        g_autofree char *want = g_strdup_printf("module-loaded m%d", i);

        g_assert_cmpint(mark_modules_trace(&m, line, &mark), ==, i > 0);
        if (i) {
            g_assert_cmpstr(mark.buf, ==, want);
        }
    }
}

static void test_uevents(void)
{
    static const struct {
        const char *message;
        size_t len;
        const char *mark;
    } messages[] = {
#define MESSAGE(text, mark) { text, sizeof(text), mark }
        MESSAGE("add@/module/e1000e\0ACTION=add\0DEVPATH=/module/e1000e\0"
                "SUBSYSTEM=module\0SEQNUM=1", "module-loaded e1000e"),
        MESSAGE("remove@/module/e1000e\0ACTION=remove",
                "module-unloaded e1000e"),
        MESSAGE("add@/module/e1000e/drivers\0ACTION=add", NULL),
        MESSAGE("add@/module/", NULL),
        MESSAGE("add@/bus/pci/drivers/e1000e", NULL),
        MESSAGE("change@/module/e1000e", NULL),
        MESSAGE("libudev\0\xfe\xed\xca\xfe", NULL),
        { "add@/module/unterminated", 24, NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(messages); i++) {
        MarkText mark;

        if (mark_modules_uevent(messages[i].message, messages[i].len, &mark)) {
            g_assert_cmpstr(mark.buf, ==, messages[i].mark);
        } else {
            g_assert_cmpstr(NULL, ==, messages[i].mark);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guest-marker/format", test_format);
    g_test_add_func("/guest-marker/words", test_words);
    g_test_add_func("/guest-marker/bound", test_bound);
    g_test_add_func("/guest-marker/flaws", test_flaws);
    g_test_add_func("/guest-marker/lines", test_lines);
    g_test_add_func("/guest-marker/lines-end", test_lines_end);
    g_test_add_func("/guest-marker/long-line", test_long_line);
    g_test_add_func("/guest-marker/trace", test_trace);
    g_test_add_func("/guest-marker/trace-many", test_trace_many);
    g_test_add_func("/guest-marker/uevents", test_uevents);
    return g_test_run();
}
