/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the host of Lua scripts (tools/script)
 */
#include <glib.h>
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "run-tool.h"
#include "script-run.h"
#include "two-domains.h"
#include "tools/script/sandbox.h"
#include "tools/script/state.h"

#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0028 808610d3 b feb80000 feba0000 c001 febc0000 0 0 feb40000 " \
    "20000 20000 20 4000 0 0 40000 e1000e\n" \
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 " \
    "type=vfio-pci-trace addresses=host\n" \
    "MAP 1.000000 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"

/* Line 5 and 6 */
#define ACCESSES \
    "R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0\n" \
    "W 4 1.000002 1 0xfeb80000 0x4000000 0x0 0\n"

static const char plain[] = HEAD ACCESSES;

static void assert_run(const char *trace, const char *script, const char *want)
{
    g_autofree char *lines = script_run(trace, script);
    g_autofree char *errors = script_error();

    g_assert_cmpstr(errors, ==, "status 0");
    g_assert_cmpstr(lines, ==, want);
}

/* The script fails with a message that has all parts; others go on. */
static void assert_fails(const char *script, const char *want)
{
    g_autofree char *lines = script_run(plain, script);
    g_autofree char *errors = script_error();

    assert_contains(errors, want);
    assert_contains(errors, "script 'test'");
    assert_contains(errors, "status 1");
    g_assert_null(strchr(lines, '\033'));
}

static void test_access(void)
{
    assert_run(plain,
               "on_access(function(a)\n"
               "  emit(('%s %d %s+0x%x 0x%x %s %.6f %d'):format(a.op, a.width,\n"
               "       a.region, a.offset, a.value, a.device, a.time, a.line))\n"
               "end)",
               "L5 r 4 bar0+0x8 0x80080783 dut0 1.000001 5\n"
               "L6 w 4 bar0+0x0 0x4000000 dut0 1.000002 6\n");
}

static void test_filter(void)
{
    static const struct {
        const char *filter;
        const char *want;
    } cases[] = {
        { "range='0:8:4'", "L5 x\n" },
        { "range='0:0xb:1'", "L5 x\n" },
        { "range='0:0xc:4'", "" },
        { "range='0:0:4+0:8:4'", "L5 x\nL6 x\n" },
        { "range='0:0:16:w'", "L6 x\n" },
        { "range='1'", "" },
        { "op='r'", "L5 x\n" },
        { "op='rw'", "L5 x\nL6 x\n" },
        { "width=2", "" },
        { "device='dut0'", "L5 x\nL6 x\n" },
        { "device='dut1'", "" },
        { "device='8086:*'", "L5 x\nL6 x\n" },
        { "reg='bar0+0x0'", "L6 x\n" },
        { "reg='bar0+*'", "L5 x\nL6 x\n" },
        { "reg='CTRL'", "" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *script = g_strdup_printf(
            "on_access{%s, function() emit('x') end}", cases[i].filter);

        g_test_message("%s", cases[i].filter);
        assert_run(plain, script, cases[i].want);
    }
    assert_run(plain, "on_access('dut0', '0:8:4', function() emit('x') end)",
               "L5 x\n");
    assert_run(plain, "on_access(nil, nil, function() emit('x') end)",
               "L5 x\nL6 x\n");
}

/* Equal devices in two domains, and an ID that another device got */
static void test_equal_devices(void)
{
    static const char log[] = "VERSION 20070824\n" TWO_DOMAINS
        "R 4 1.000001 1 0xfa000000 0x1 0x0 0\n"
        "R 4 1.000002 2 0xfb000000 0x2 0x0 0\n"
        "MARK 1.000003 vfio-trace: detached id=a\n"
        "PCIDEV 8a00 10de26ba 0 fc000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
        "MARK 1.000003 vfio-trace: device id=a host=0000:8a:00.0 type=x "
        "addresses=host\n"
        "R 4 1.000004 3 0xfc000000 0x3 0x0 0\n";

    assert_run(log, "on_access(function(a) emit(a.device) end)",
               "L6 a\nL7 b\nL11 a@0000:8a:00.0\n");
    assert_run(log, "on_access{device='0001:89:00.0', "
               "function(a) emit(a.value) end}", "L7 2\n");
    assert_run(log, "on_access{device='0000:8a:00.0', "
               "function(a) emit(a.value) end}", "L11 3\n");
    assert_run(log, "on_access{device='10de:26ba', "
               "function(a) emit(a.value) end}", "L6 1\nL7 2\nL11 3\n");
}

static void test_bad_filter(void)
{
    static const char *const cases[][2] = {
        { "on_access{range='9', function() end}", "test.lua:1: " },
        { "on_access{range='0:1', function() end}", "'0:1'" },
        { "on_access{range='0:0xffffffffffffffff:2', function() end}",
          "too long" },
        { "on_access{rage='0', function() end}", "a filter has" },
        { "on_access{op='x', function() end}", "'op' must be" },
        { "on_access{reg=5, function() end}", "'reg' must be a text" },
        { "on_access{range='0'}", "function expected" },
        { "for i = 1, 1000 do on_access(function() end) end",
          "256 functions" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_fails(cases[i][0], cases[i][1]);
    }
}

static void test_later(void)
{
    assert_run(plain,
               "on_access{range='0:8:4', function()\n"
               "  emit('first')\n"
               "  on_access{range='0:0:4', function() emit('second') end}\n"
               "end}",
               "L5 first\nL6 second\n");
}

static void test_marks(void)
{
    assert_run(HEAD
               "MARK 2.000000 link is up\n"
               "MARK 3.000000 vfio-trace: guest-mark origin=isa port=m "
               "text=hello\n",
               "on_mark(function(m) if m.line > 4 then\n"
               "  emit(m.origin .. ' ' .. m.text) end end)\n"
               "on_end(function() emit('end') end)\n"
               "emit('start')",
               "-- start\n"
               "L5 user link is up\n"
               "L6 guest vfio-trace: guest-mark origin=isa port=m text=hello\n"
               "-- end\n");
}

#define SNAPSHOT(addr, at, len, hex) \
    "MARK 2.000000 vfio-trace: snapshot device=dut0 map=1 addr=" addr \
    " at=" at " len=" len " sha256=" \
    "0000000000000000000000000000000000000000000000000000000000000000\n" \
    "MARK 2.000000 vfio-trace: snapshot-data at=" at " " hex "\n"

static void test_snapshot(void)
{
    assert_run(HEAD SNAPSHOT("0xfeb83818", "0x1ffe", "6", "01020304")
               "W 4 2.000001 1 0xfeb80000 0x1 0x0 0\n"
               "MARK 2.000000 vfio-trace: snapshot-data at=0x2002 0506\n"
               "W 4 2.000001 1 0xfeb80008 0x1 0x0 0\n",
               "on_snapshot(function(s)\n"
               "  emit(('%s+0x%x 0x%x %d %s'):format(s.region, s.offset,\n"
               "       s.address, #s.data, s.device))\n"
               "  emit(('%x'):format(memory.u32(0x1ffe)))\n"
               "  emit(tostring(memory.u64(0x1ffe)))\n"
               "  emit(tostring(memory.known(0x1ffe, 6)))\n"
               "  emit(tostring(memory.known(0x1ffe, 7)))\n"
               "end)\n"
               "on_access{range='0:8:4', function()\n"
               "  emit(memory.bytes(0x2002, 2) == '\\5\\6' and 'yes' or 'no')\n"
               "end}",
               "L8 bar0+0x3818 0x1ffe 6 dut0\n"
               "L8 4030201\n"
               "L8 nil\n"
               "L8 true\n"
               "L8 false\n"
               "L9 yes\n");
    /* with a gap, without an end, too long, of an unknown register */
    assert_run(HEAD SNAPSHOT("0xfeb83818", "0x1000", "4", "0102")
               "MARK 2.000000 vfio-trace: snapshot-data at=0x1003 0102\n"
               SNAPSHOT("0xfeb83818", "0x1000", "4000000000", "0102")
               SNAPSHOT("0x0", "0x1000", "2", "0102")
               SNAPSHOT("0xfeb83818", "0x1000", "2", "01zz"),
               "on_snapshot(function() emit('x') end)", "");
    /* only those of a register */
    assert_run(HEAD SNAPSHOT("0xfeb83818", "0x1000", "2", "0102")
               SNAPSHOT("0xfeb83808", "0x1000", "2", "0102"),
               "on_snapshot{range='0:0x3808:4', function() emit('x') end}",
               "L8 x\n");
}

#define MARK "MARK 2.000000 vfio-trace: "
#define ACCESS "W 4 2.000001 1 0xfeb80000 0x1 0x0 0\n"

/* An entry has its data when something else comes. */
static void test_entry(void)
{
    static const char log[] = HEAD
        MARK "ring device=dut0 ring=SQ[0] base=0x1000 count=4 entry=8 "
        "layout=NVME_SQE\n"
        MARK "entry device=dut0 ring=SQ[0] index=3 at=0x1018 len=8 "
        "0102030405060708\n"
        MARK "data device=dut0 ring=SQ[0] index=3 name=prp1 at=0x2000 len=3 "
        "of=9 0a0b\n"
        MARK "snapshot-data at=0x2002 0c\n"
        MARK "data device=dut0 ring=SQ[0] index=3 name=prp[0].page at=0x3000 "
        "len=0 of=4096 state=not-memory\n"
        ACCESS
        MARK "ring device=dut0 ring=CQ base=0x4000 count=2 entry=2\n"
        MARK "entry device=dut0 ring=CQ index=0 at=0x4000 len=2 ffff\n"
        MARK "entry device=dut0 ring=CQ index=1 at=0x4002 len=2 fffe\n";

    assert_run(log,
               "on_entry(function(e)\n"
               "  emit(('%s %s %s %s %d 0x%x %d %s'):format(e.device, e.name,\n"
               "       e.ring, e.n, e.index, e.address, #e.bytes, e.layout))\n"
               "  for i, d in ipairs(e.data) do\n"
               "    emit(('%s 0x%x %d of %d %s'):format(d.name, d.address,\n"
               "         #d.bytes, d.of, d.state))\n"
               "    assert(e.data[d.name] == d)\n"
               "  end\n"
               "end)\n"
               "on_entry{ring='CQ', function(e) emit(e.bytes:byte(2)) end}\n"
               "on_entry{ring='SQ[?]', device='dut*', function(e)\n"
               "  emit(('%x'):format(memory.u8(0x2002))) end}\n"
               "on_entry{ring='SQ', function() emit('no') end}\n"
               "on_entry{device='dut1', function() emit('no') end}",
               "L6 dut0 SQ[0] SQ 0 3 0x1018 8 NVME_SQE\n"
               "L6 prp1 0x2000 3 of 9 \n"
               "L6 prp[0].page 0x3000 0 of 4096 not-memory\n"
               "L6 c\n"
               "L12 dut0 CQ CQ nil 0 0x4000 2 nil\n"
               "L12 255\n"
               "L13 dut0 CQ CQ nil 1 0x4002 2 nil\n"
               "L13 254\n");
    assert_fails("on_entry{ring=1, print}", "must be a text");
    assert_fails("on_entry{watch='x', print}", "this filter has");
    assert_fails("on_entry{ring=('x'):rep(100), print}", "too long");
    assert_fails("on_entry{ring='x'}", "function expected");
}

/* Only the changed lines are in the log, all of it is in the table. */
static void test_watch(void)
{
    g_autoptr(GString) log = g_string_new(HEAD);
    int i;

    g_string_append(log, MARK "watch device=dut0 watch=BOX on=write at=0x1000 "
                    "len=66 lines=2 sum=0x0 state=first\n"
                    MARK "watch-data at=0x1000 ");
    for (i = 0; i < 66; i++) {
        g_string_append_printf(log, "%02x", i);
    }
    g_string_append(log, "\n"
                    MARK "watch device=dut0 watch=BOX on=irq at=0x1000 "
                    "len=66 lines=1 sum=0x0 state=changed\n"
                    MARK "watch-data at=0x1040 fffe\n"
                    MARK "watch device=dut0 watch=NEW on=irq at=0x5000 "
                    "len=128 lines=1 sum=0x0 state=cut left=1\n"
                    MARK "watch-data at=0x5040 ");
    for (i = 0; i < 64; i++) {
        g_string_append(log, "11");
    }
    g_string_append(log, "\n"
                    MARK "memory-cut device=dut0 name=NEW why=trigger "
                    "left=1\n");
    assert_run(log->str,
               "on_watch(function(w)\n"
               "  emit(('%s %s %s 0x%x %d %s'):format(w.device, w.name,\n"
               "       w.state, w.address, w.length, w.on))\n"
               "  emit(w.bytes and ('%d %d'):format(#w.bytes,\n"
               "       w.bytes:byte(66)) or 'not whole')\n"
               "  for _, c in ipairs(w.changed) do\n"
               "    emit(c.offset .. ' ' .. #c.bytes) end\n"
               "end)\n"
               "on_watch{watch='BOX?', function() emit('no') end}\n"
               "on_cut{device='dut0', function(c)\n"
               "  emit(('%s %s %d'):format(c.name, c.why, c.left)) end}",
               "L5 dut0 BOX first 0x1000 66 write\n"
               "L5 66 65\n"
               "L5 0 66\n"
               "L7 dut0 BOX changed 0x1000 66 irq\n"
               "L7 66 254\n"
               "L7 64 2\n"
               "L9 dut0 NEW cut 0x5000 128 irq\n"
               "L9 not whole\n"
               "L9 64 64\n"
               "L11 NEW trigger 1\n");
}

static void test_emit(void)
{
    assert_run(plain,
               "emit('a\\nb\\27[31mc\\0d\\xff')\n"
               "emit{b=1, a='x', c={1, 2, {d=true}}, e=1.5, f=0/0}\n"
               "emit{text='shown', n=1 << 63}\n"
               "print('a', 1, nil, true)\n"
               "emit(12)",
               "-- a?b?[31mc?d?\n"
               "-- a=x b=1 c=[1, 2, {\"d\": true}] e=1.5 f=null {\"a\": \"x\", "
               "\"b\": 1, \"c\": [1, 2, {\"d\": true}], \"e\": 1.5, \"f\": null}\n"
               "-- shown {\"n\": -9223372036854775808, \"text\": \"shown\"}\n"
               "-- a 1 nil true\n"
               "-- 12\n");
}

static void test_emit_limits(void)
{
    g_autofree char *lines = script_run(plain, "emit(('x'):rep(100000))");

    g_assert_cmpuint(strlen(lines), ==, 4096 + 4);
    g_assert_true(g_str_has_suffix(lines, "xxx...\n"));
    assert_fails("emit{x=('x'):rep(100000)}", "64 KiB");
    assert_fails("local t = {} for i = 1, 10000 do t[i] = 'aaaaaaaa' end "
                 "emit{t=t}", "64 KiB");
    assert_fails("local t = {} t.t = t emit(t)", "in each other");
    assert_fails("emit{1, 2}", "has names");
    assert_fails("emit{[1.5]=2}", "has names");
    assert_fails("emit{x=print}", "function can't be emitted");
    assert_fails("emit(nil)", "test.lua:1:");
    assert_fails("while true do emit('x') end", "does not come to an end");
}

/* --- the sandbox --------------------------------------------------------- */

static void test_removed(void)
{
    static const char *const names[] = {
        "io", "os", "package", "require", "dofile", "loadfile", "load",
        "loadstring", "debug", "collectgarbage", "coroutine", "xpcall",
        "string.dump", "warn", "getfenv", "setfenv", "module",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *script = g_strdup_printf("emit(type(%s))", names[i]);

        assert_run(plain, script, "-- nil\n");
    }
}

static void test_metatables(void)
{
    assert_run(plain, "emit(tostring(getmetatable('')))", "-- false\n");
    assert_fails("setmetatable('', {})", "table expected");
    assert_fails("setmetatable({}, {__gc = function() end})", "finalizers");
    assert_run(plain, "on_access{op='r', function(a)\n"
               "emit(tostring(getmetatable(a)))\n"
               "emit(tostring(pcall(setmetatable, a, {})))\n"
               "end}", "L5 false\nL5 false\n");
    assert_run(plain, "local t = setmetatable({}, {__index = {x = 5}})\n"
               "emit(t.x)", "-- 5\n");
}

static void test_errors(void)
{
    assert_fails("error('no\\27[31m')", "test.lua:1: no?[31m");
    assert_fails("error({})", "test.lua:1: the error is not a text");
    assert_fails("error(('x'):rep(1000000))", "test.lua:1: xxx");
    {
        g_autofree char *errors = script_error();

        g_assert_cmpuint(strlen(errors), <, 2000);
    }
    assert_fails("error()", "test.lua:1: the error is not a text");
    assert_fails("\n\nlocal function f(x) return x.y end\n"
                 "on_access(function()\n  local z = f(nil)\n  return z\nend)",
                 "test.lua:3: attempt to index a nil value (local 'x')");
    {
        g_autofree char *errors = script_error();

        assert_contains(errors, "called from test.lua:5");
        assert_contains(errors, "switched off at line 5");
    }
    assert_fails("on_end(function() error('late') end)", "late");
}

static void test_syntax(void)
{
    g_autofree char *lines = script_run(plain, "emit('x'\n\nx");
    g_autofree char *errors = script_error();

    g_assert_cmpstr(lines, ==, "");
    assert_contains(errors, "test.lua:3: ')' expected");
    assert_contains(errors, "status 2");
}

static void test_bytecode(void)
{
    g_autofree char *lines = script_run(plain, "\033Lua\x54\x01");
    g_autofree char *errors = script_error();

    g_assert_cmpstr(lines, ==, "");
    assert_contains(errors, "attempt to load a binary chunk");
    assert_contains(errors, "status 2");
}

/* None of these may take long, or much memory. */
static void test_loops(void)
{
    static const char *const scripts[] = {
        "while true do end",
        "\nfor i = 1, math.huge do end",
        "while true do pcall(function() while true do end end) end",
        "local function f() pcall(f) while true do end end f()",
        "local function f() return pcall(f) end while true do f() end",
        "local t <close> = setmetatable({}, {__close=function()\n"
        "  while true do end end}) while true do end",
        "local t = setmetatable({}, {__index=function(t, k) return t[k] end})\n"
        "while true do pcall(function() return t.x end) end",
        "('a'):rep(50000):find((('.-'):rep(30) .. 'b'))",
        "('a'):rep(1000):match((('a?'):rep(60) .. ('a'):rep(60) .. 'b'))",
        "('a'):rep(1000000):gsub('.-b', '')",
        "for x in ('a'):rep(1000000):gmatch('(.-)b') do end",
        "('('):rep(1000000):find('%b()')",
        "while true do local s = ('x'):rep(1000000) .. 'y' end",
        "while true do ('x'):rep(1000000) end",
        "table.move({}, 1, 1 << 60, 2)",
        "table.move({}, math.mininteger, math.maxinteger - 1, 2)",
        "local t = {} for i = 1, 300000 do t[i] = i end\n"
        "while true do table.insert(t, 1, 1) end",
        "local t = {} for i = 1, 1000000 do t[i] = -i end\n"
        "while true do table.sort(t) end",
        "local a, b, t = ('x'):rep(999999), ('x'):rep(1000000), {}\n"
        "for i = 1, 60000 do t[i] = i % 3 == 0 and a or b end table.sort(t)",
        "local a, b, t = ('x'):rep(1000000), ('x'):rep(999999) .. 'y', {}\n"
        "for i = 1, 60000 do t[i] = i % 3 == 0 and a or b end\n"
        "table.sort(t, rawequal)",
        "while true do tostring(setmetatable({}, "
        "{__tostring=function() while true do end end})) end",
    };
    size_t i;

    script_limits_set(1000000, SCRIPT_CPU_MAX);
    for (i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_test_message("%s", scripts[i]);
        assert_fails(scripts[i], "does not come to an end");
    }
    script_limits_set(SCRIPT_STEPS_MAX, SCRIPT_CPU_MAX);
    assert_fails("\n\nwhile true do end", "test.lua:3: it does not come");
    assert_fails("on_access(function() while true do end end)",
                 "switched off at line 5");
}

/* Functions in C that instructions do not tell the time of */
static void test_time(void)
{
    script_limits_set(SCRIPT_STEPS_MAX, 100000000);
    assert_fails("local s, t = ('x'):rep(1000000), ('x'):rep(1000000)\n"
                 "while true do local u = s < t end",
                 "test.lua:2: it does not come to an end: a call may take");
    script_limits_set(SCRIPT_STEPS_MAX, SCRIPT_CPU_MAX);
}

static void test_pretended_length(void)
{
    static const char t[] = "local t = setmetatable({}, {__len=function() "
                            "return 1 << 60 end})\n";
    static const char *const calls[] = {
        "table.insert(t, 1, 1)", "table.remove(t, 1)", "table.unpack(t)",
        "table.concat(t)", "table.sort(t)", "table.remove(t)",
        "table.insert(t, 1)",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autofree char *script = g_strconcat(t, calls[i], NULL);

        assert_fails(script, "the table has a metamethod __len");
    }
}

static void test_memory(void)
{
    static const char *const scripts[] = {
        "local t = {} for i = 1, math.huge do t[i] = {} end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end",
        "local t = {}\n"
        "while true do pcall(function() while true do\n"
        "t[#t + 1] = ('x'):rep(100000) .. #t end end) end",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_test_message("%s", scripts[i]);
        assert_fails(scripts[i], "it needs more than 64 MiB");
    }
    assert_fails("local t = {}\nwhile true do\nt[#t + 1] = {t}\nend",
                 "test.lua:3: it needs more than 64 MiB");
    assert_fails("local s = 'x' while true do s = s .. s end",
                 "a text of more than 1 MiB");
    assert_fails("('x'):rep(1 << 40)", "at most 1 MiB");
    assert_fails("('x'):rep(1 << 62, ('y'):rep(9))", "at most 1 MiB");
}

static void test_recursion(void)
{
    assert_fails("local function f() return 1 + f() end f()",
                 "calls itself without end");
    assert_fails("local t = setmetatable({}, {}) getmetatable(t).__index = t\n"
                 "local x = t.y", "loop");
    assert_fails("local function f(s) return (s:gsub('.', f)) end f('x')",
                 "stack overflow");
    assert_run(plain, "emit(#string.rep('(', 200))", "-- 200\n");
}

/* Numbers of a script do not change from run to run. */
static void test_random(void)
{
    g_autofree char *one = script_run(plain, "emit(math.random(1 << 60))");
    g_autofree char *two = script_run(plain, "emit(math.random(1 << 60))");

    g_assert_cmpstr(one, ==, two);
}

static void test_bits(void)
{
    assert_run(plain, "emit(bits(0xabcd, 4, 7)) emit(bits(-1, 0, 63))\n"
               "emit(bits(0x8000, 15)) emit(bits(1 << 63, 63, 63))",
               "-- 12\n-- -1\n-- 1\n-- 1\n");
    assert_fails("bits(1, 4, 3)", "bits");
    assert_fails("bits(1, 64, 64)", "bits");
}

/* --- patterns ------------------------------------------------------------ */

/* Runs @script in both Luas: the results must be the same. */
static char *run_with(lua_State *lua, const char *script)
{
    char *result;

    if (luaL_dostring(lua, script) != LUA_OK) {
        /* messages differ in their wording */
        result = g_strdup("error");
    } else {
        result = g_strdup(lua_tostring(lua, -1));
    }
    lua_settop(lua, 0);
    return result;
}

static const char show[] =
    "local r = {}\n"
    "local function put(...)\n"
    "  for i = 1, select('#', ...) do r[#r + 1] = tostring(select(i, ...)) end\n"
    "  r[#r + 1] = ';'\n"
    "end\n"
    "put(s:find(p)) put(s:match(p)) put(s:find(p, -2)) put(s:match(p, 3))\n"
    "local n = 0\n"
    "for a, b, c in s:gmatch(p) do\n"
    "  put(a, b, c) n = n + 1 if n > 20 then break end\n"
    "end\n"
    "put(s:gsub(p, '<%0>')) put(s:gsub(p, {a=1, b=false, ab='x'}, 2))\n"
    "put(s:gsub(p, function(x) return type(x) == 'string' and x .. x end))\n"
    "return table.concat(r, ' ')";

/* Every class with every byte, alone and in a set */
static const char *const each_class[] = {
    "local r = {}\n"
    "for j = 0, 255 do\n"
    "  for i = 0, 255 do\n"
    "    if string.char(i):find('%' .. string.char(j)) then\n"
    "      r[#r + 1] = i .. '/' .. j\n"
    "    end\n"
    "  end\n"
    "end\n"
    "return table.concat(r, ' ')",
    "local r = {}\n"
    "for j = 0, 255 do\n"
    "  for i = 0, 255 do\n"
    "    if string.char(i):find('[%' .. string.char(j) .. ']') then\n"
    "      r[#r + 1] = i .. '/' .. j\n"
    "    end\n"
    "  end\n"
    "end\n"
    "return table.concat(r, ' ')",
};

static void assert_result(lua_State *ours, lua_State *lua, const char *script)
{
    g_autofree char *got = NULL;
    g_autofree char *want = NULL;

    script_state(ours)->entry_steps = SCRIPT_STEPS_ENTRY;
    script_limits_begin(script_state(ours));
    got = run_with(ours, script);
    want = run_with(lua, script);
    if (strcmp(got, want)) {
        g_test_message("%s", script);
    }
    g_assert_cmpstr(got, ==, want);
}

static void assert_same(lua_State *ours, lua_State *lua, const char *s,
                        const char *p)
{
    g_autofree char *script = g_strdup_printf("local s, p = [==[%s]==], "
                                              "[==[%s]==]\n%s", s, p, show);

    assert_result(ours, lua, script);
}

static void random_text(GRand *rand, const char *const *words, unsigned n,
                        unsigned max, GString *text)
{
    unsigned len = g_rand_int_range(rand, 0, max);

    g_string_truncate(text, 0);
    while (len--) {
        g_string_append(text, words[g_rand_int_range(rand, 0, n)]);
    }
}

static void test_patterns(void)
{
    static const char *const cases[][2] = {
        { "hello world", "o w" }, { "hello world", "(o)( ?)(w?)" },
        { "key = value", "^(%w+)%s*=%s*(%w+)$" },
        { "THE (quick) fox", "%((%a+)%)" },
        { "f(a(b)c)d", "%b()" }, { "THE (quick) fox", "%f[%a]%a+" },
        { "abcabc", "(abc)%1" }, { "aaa", "a-" }, { "aaa", "a-$" },
        { "x]y", "[]]" }, { "x^y", "[%^]" }, { "a-z", "[a%-z]+" },
        { "", "" }, { "abc", "()" }, { "abc", "(b)()" }, { "abc", "[^b]" },
        { "abc", "[" }, { "abc", "%" }, { "abc", "(" }, { "abc", ")" },
        { "abc", "%1" }, { "abc", "%b" }, { "abc", "%f" }, { "abc", "(a" },
        { "a$b", "a$b" }, { "^a", "^^a" }, { "a.b", "a%.b" }, { "abc", "[a-" },
        { "abc", "[a-]" }, { "a]", "[a-]]" }, { "aXb", "%u%l" },
        { "a b", "%S" },
    };
    static const char *const words[] = {
        "a", "b", "ab", ".", "%a", "%d", "*", "+", "-", "?", "(", ")", "[ab]",
        "[^a]", "%b()", "%f[a]", "%1", "$", "^", "(a)", "()", "[a-c]", "%%",
        "[", "]", "%", "[%a]",
    };
    static const char *const letters[] = { "a", "b", "c", "(", ")", "1", "%" };
    ScriptState *state = script_state_new(NULL);
    lua_State *lua = luaL_newstate();
    g_autoptr(GString) s = g_string_new(NULL);
    g_autoptr(GString) p = g_string_new(NULL);
    GRand *rand = g_rand_new_with_seed(1);
    unsigned i;

    luaL_openlibs(lua);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_same(state->lua, lua, cases[i][0], cases[i][1]);
    }
    for (i = 0; i < G_N_ELEMENTS(each_class); i++) {
        assert_result(state->lua, lua, each_class[i]);
    }
    for (i = 0; i < 5000; i++) {
        random_text(rand, letters, G_N_ELEMENTS(letters), 8, s);
        random_text(rand, words, G_N_ELEMENTS(words), 7, p);
        assert_same(state->lua, lua, s->str, p->str);
    }
    g_rand_free(rand);
    lua_close(lua);
    script_state_free(state);
}

static void test_tables(void)
{
    assert_run(plain,
               "local t = {3, 1, 2}\n"
               "table.sort(t) emit(table.concat(t, ','))\n"
               "table.insert(t, 4) table.insert(t, 1, 0)\n"
               "emit(table.concat(t, ','))\n"
               "emit(table.remove(t)) emit(table.remove(t, 1))\n"
               "table.sort(t, function(a, b) return a > b end)\n"
               "emit(table.concat(t, ','))\n"
               "emit(table.concat(table.move(t, 1, 2, 3), ','))\n"
               "emit(select('#', table.unpack(t)))\n"
               "emit(#table.pack(1, 2))",
               "-- 1,2,3\n-- 0,1,2,3,4\n-- 4\n-- 0\n-- 3,2,1\n-- 3,2,3,2\n"
               "-- 4\n-- 2\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/script/access", test_access);
    g_test_add_func("/script/filter", test_filter);
    g_test_add_func("/script/equal-devices", test_equal_devices);
    g_test_add_func("/script/bad-filter", test_bad_filter);
    g_test_add_func("/script/later", test_later);
    g_test_add_func("/script/marks", test_marks);
    g_test_add_func("/script/snapshot", test_snapshot);
    g_test_add_func("/script/entry", test_entry);
    g_test_add_func("/script/watch", test_watch);
    g_test_add_func("/script/emit", test_emit);
    g_test_add_func("/script/emit-limits", test_emit_limits);
    g_test_add_func("/script/removed", test_removed);
    g_test_add_func("/script/metatables", test_metatables);
    g_test_add_func("/script/errors", test_errors);
    g_test_add_func("/script/syntax", test_syntax);
    g_test_add_func("/script/bytecode", test_bytecode);
    g_test_add_func("/script/loops", test_loops);
    g_test_add_func("/script/time", test_time);
    g_test_add_func("/script/pretended-length", test_pretended_length);
    g_test_add_func("/script/memory", test_memory);
    g_test_add_func("/script/recursion", test_recursion);
    g_test_add_func("/script/random", test_random);
    g_test_add_func("/script/bits", test_bits);
    g_test_add_func("/script/patterns", test_patterns);
    g_test_add_func("/script/tables", test_tables);
    status = g_test_run();
    temp_clean();
    return status;
}
