/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace symbolize, text files with symbols
 */
#include <glib.h>
#include <string.h>

#include "name-pc.h"

#define assert_error(options, want) \
    assert_error_at(options, "0xffffffff81000000", want)

/* What WinDbg's lm prints: its heading, modules of a 32-bit and a 64-bit guest */
#define LM "start    end        module name\n"
#define LM32 \
    "80081000 80088000   kdcom      (deferred)             \n" \
    "80088000 80090000   bootvid    (deferred)             \n" \
    "80400000 80627000   nt         (private pdb symbols)  C:\\nt.pdb\n" \
    "f7b96000 f7bbc000   fastfat    (deferred)             \n"
#define LM64 \
    "fffff803`12dff000 fffff803`13e46000   nt         (pdb symbols)  c:\\n\n" \
    "fffff803`3d670000 fffff803`3e5d0000   nvlddmkm   (deferred)     \n"
#define UNLOADED \
    "\nUnloaded modules:\n" \
    "fffff803`3d680000 fffff803`3d6a2000   nvhda64v.sys\n" \
    "fffff803`3d700000 fffff803`3d722000   nvhda64v.sys\n" \
    "fffff803`70000000 fffff803`70022000   old.sys\n" \
    "    Timestamp: unavailable (00000000)\n"

/* Each file with its error message */
static void test_errors(void)
{
    static const char not_symbol[] =
        "not a symbol: 'ADDRESS TYPE NAME' expected, as in /proc/kallsyms and "
        "System.map\n";
    static const char not_module[] =
        "not a module: 'NAME SIZE USERS USED-BY STATE ADDRESS' expected, as in "
        "/proc/modules\n";
    static const char hidden[] =
        "all addresses are 0, since the guest's kernel hides them: read it as "
        "root, after 'sysctl kernel.kptr_restrict=1'\n";
    static const char not_range[] =
        "not a range: 'START-END NAME' or 'START SIZE NAME' expected, numbers "
        "in hexadecimal\n";
    static const char not_module_lm[] =
        ":2: not a module: 'START END NAME' expected, as WinDbg's lm prints "
        "it\n";
    static const struct {
        const char *option;
        const char *text;
        const char *err;
    } files[] = {
        { "-k", "", " is empty\n" },
        { "-k", "\n\n", " is empty\n" },
        { "-k", "0000000000000000 T a\n0000000000000000 t b\t[m]\n", hidden },
        { "-k", "0000000000001000 A a\n", " has no function of a 64-bit "
          "kernel\n" },
        { "-k", "ffffffff81000000 T a\nffffffff81000000 T\n", ":2: " },
        { "-k", "ffffffff81000000 T\n", not_symbol },
        { "-k", "ffffffff81000000 TT a\n", not_symbol },
        { "-k", "ffffffff810000000 T a\n", not_symbol },
        { "-k", "xyz T a\n", not_symbol },
        { "-k", "ffffffff81000000 T a mod\n", not_symbol },
        { "-k", "ffffffff81000000 T a [mod] x\n", not_symbol },
        { "-k", "ffffffff81000000 T a []\n", not_symbol },
        { "-k", "VERSION 20070824\n", not_symbol },
        { "-s", "ffffffffffffffff B The real System.map is in the linux-image-"
          "<version>-dbg package\n", " is Debian's placeholder: the real file "
          "is in the package linux-image-VERSION-dbg, in /usr/lib/debug/"
          "boot\n" },
        { "-s", "ffffffff81000000 D data\n", " has no function of a "
          "64-bit kernel\n" },
        { "-s", "ffffffff81000000 T _text\n", " has the addresses that the "
          "kernel was linked for: give the guest's /proc/kallsyms with "
          "--kallsyms, or --kaslr-offset (what 'grep -w _text /proc/kallsyms' "
          "says in the guest, as root, minus 0xffffffff81000000; with "
          "'nokaslr' 0)\n" },
        { "-m", "", " is empty: the guest had no modules\n" },
        { "-m", "a 4096 0 - Live 0xffffffffc0000000\na 4096 0 - Live "
          "0x0000000000000000\n", ":2: all addresses are 0" },
        { "-m", "a 4096 0 - Live 0x0\n", hidden },
        { "-m", "a 4096 0 - Live\n", not_module },
        { "-m", "a 0 0 - Live 0xffffffffc0000000\n", not_module },
        { "-m", "a x 0 - Live 0xffffffffc0000000\n", not_module },
        { "-m", "a\n", not_module },
        { "-M", "", " has no ranges: " },
        { "-M", "# nothing\n", " has no ranges: " },
        { "-M", "1000-2000\n", not_range },
        { "-M", "1000 2000\n", not_range },
        { "-M", "1000\n", not_range },
        { "-M", "name 1000 2000\n", not_range },
        { "-M", "1000- 2000 name\n", not_range },
        { "-M", "-2000 name\n", not_range },
        { "-M", "2000-1000 name\n", not_range },
        { "-M", "` 1000 name\n", not_range },
        { "-M", "1000-1000 name\n", ":1: the range is empty\n" },
        { "-M", "ffffffff81000000 0 a\n", ":1: the range is empty\n" },
        { "-M", "# 1\n\n3000 10 c\n1000-2000 a\n1fff-3000 b\n", ":5: b, at "
          "0x1fff, overlaps the range below it\n" },
        { "-M", "1000-2000 a\n1000-2000 b\n", ":2: b, at 0x1000, overlaps" },
        { "-M", "start             end                 module name\n",
          " has no ranges: " },
        /* sizes or ends? */
        { "-M", "80081000 80088000 kdcom\n80088000 80090000 bootvid\n",
          ":1: 0x80088000 may be the size or the end of the range: " },
        { "-M", "80081000 8000 kdcom\n80088000 80090000 bootvid (deferred)\n"
          "80400000 80627000 nt\n",
          ":3: 0x80627000 may be the size or the end of the range: " },
        { "-M", "ffffffff81000000 d a\nffffffff81000010 b b\n",
          ":1: a size, or the type of a symbol? " },
        { "-M", "7f12a000-7f12b000 r-xp 00001000 fe:01 131090 /usr/bin/x\n",
          ":1: a line of /proc/PID/maps: " },
        /* WinDbg's list, and lines that are none of it */
        /* a stack is no list of modules */
        { "-M", LM "fffff803`12dff000 fffff803`13e46000 nt!KiSwapThread\n",
          not_module_lm },
        { "-M", LM "80081000-80088000 kdcom\n", not_module_lm },
        { "-M", LM "80081000 8000 kdcom\n", not_module_lm },
        { "-M", LM "80081000 80088000\n", not_module_lm },
        { "-M", LM "80081000 800880\n", not_module_lm },
        { "-M", LM "fffff803`12dff000 fffff803`13e4 nt\n", not_module_lm },
        { "-M", LM "ffffffff81000000 T _text\n", not_module_lm },
        { "-M", LM "kdcom 80081000 80088000\n", not_module_lm },
        { "-M", LM "80088000 80081000 kdcom\n",
          ":2: the module ends before it begins: " },
        { "-M", LM "80081000 80088000 a\n80087000 80090000 b\n",
          ":3: b, at 0x80087000, overlaps the range below it\n" },
        { "-M", LM "\nUnloaded modules:\n80081000 80088000 a\n",
          " has no ranges: " },
        { "-s", LM "80081000 80088000 a\n", ":1: not a symbol: " },
        { "-k", "ffffffff81000000 T a\nfffff81000010 T b\n",
          ":2: the address has 13 digits, those before it have 16: " },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = temp_file("bad", files[i].text, -1);
        g_autofree char *prefix =
            g_strdup_printf("vfio-trace symbolize: %s", path);

        assert_error(OPTIONS(files[i].option, path), files[i].err);
        assert_error(OPTIONS(files[i].option, path), prefix);
    }
}

/* Of the symbols at one address, the one that the kernel would name */
static void test_aliases(void)
{
    g_autofree char *path =
        temp_file("aliases", "ffffffff81000000 W weak\n"
                  "ffffffff81000000 T __under\n"
                  "ffffffff81000000 t first\n"
                  "ffffffff81000000 T second\n"
                  "ffffffff81000000 D zero\n"
                  "ffffffff81000010 T next\n", -1);

    assert_name(OPTIONS("-k", path), "0xffffffff81000001", "first+0x1/0x10");
}

#define LINKED \
    "0000000000000000 D __per_cpu_start\n" \
    "ffffffff81000000 T _text\n" \
    "ffffffff81000100 t f\n" \
    "ffffffff81000200 T _etext\n" \
    "ffffffff81000300 D data\n"

#define RUNNING(etext) \
    "ffffffff9a000000 T _text\n" \
    "ffffffff9a000100 t f_running\n" \
    etext " T _etext\n" \
    "ffffffffc0001000 t g\t[mod]\n"

/* KASLR moves the kernel's symbols; kallsyms shows the offset. */
static void test_kaslr(void)
{
    g_autofree char *map = temp_file("System.map", LINKED, -1);
    g_autofree char *running =
        temp_file("running", RUNNING("ffffffff9a000200"), -1);
    g_autofree char *other =
        temp_file("other", RUNNING("ffffffff9a000300"), -1);
    g_autofree char *stext =
        temp_file("stext", "ffffffff81000000 T _stext\n"
                  "ffffffff81000100 t f\nffffffff81000180 d d\n", -1);
    g_autofree char *runs_stext =
        temp_file("runs-stext", "ffffffff82000000 T _stext\n", -1);
    static const char *const bad[] = { "x", "", "0x", "-1", "1 2" };
    size_t i;

    assert_name(OPTIONS("-s", map, "-K", "0"), "0xffffffff81000101",
                "f+0x1/0x100");
    assert_name(OPTIONS("-s", map, "-K", "0x19000000"), "0xffffffff9a000101",
                "f+0x1/0x100");
    assert_name(OPTIONS("-s", map, "-K", "19000000"), "0xffffffff81000101",
                NULL);
    assert_name(OPTIONS("-s", map, "-k", running), "0xffffffff9a000101",
                "f+0x1/0x100");
    assert_name(OPTIONS("-s", map, "-K", "auto", "-k", running),
                "0xffffffff9a000101", "f+0x1/0x100");
    /* Symbols missing in one are looked up in the other. */
    assert_name(OPTIONS("-s", map, "-k", running), "0xffffffffc0001001",
                "g+0x1[mod]");
    /* An explicit number takes precedence. */
    assert_name(OPTIONS("-s", map, "-K", "0", "-k", running),
                "0xffffffff9a000101", "f_running+0x1/0x100");
    assert_name(OPTIONS("-s", stext, "-k", runs_stext), "0xffffffff82000101",
                "f+0x1/0x80");
    assert_error(OPTIONS("-s", map, "-k", other), " is of another kernel "
                 "than the guest's: its size from _text to _etext differs "
                 "from that in kallsyms\n");
    assert_error(OPTIONS("-s", map, "-k", runs_stext), "do not both have "
                 "_text or _stext: give --kaslr-offset\n");
    assert_error(OPTIONS("-s", map, "-K", "0xffffffff9a000000"),
                 "--kaslr-offset 0xffffffff9a000000 is an address, not an "
                 "offset: subtract the address that the kernel was linked "
                 "for\n");
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_error(OPTIONS("-s", map, "-K", bad[i]), "--kaslr-offset must "
                     "be 'auto' or a hexadecimal number\n");
    }
}

/* Ranges of modules, where one may claim too much. */
static void test_modules(void)
{
    g_autofree char *modules =
        temp_file("modules", "b 16384 1 a, Live 0xffffffffc0005000 (OE)\n"
                  "a 28672 0 - Live 0xffffffffc0000000\n", -1);
    g_autofree char *kallsyms =
        temp_file("some", "ffffffffc0000010 t f\t[a]\n"
                  "ffffffffc0000020 t g\t[a]\n", -1);

    assert_name(OPTIONS("-m", modules), "0xffffffffc0000010", "a+0x10");
    assert_name(OPTIONS("-m", modules), "0xffffffffc0005010", "b+0x10");
    assert_name(OPTIONS("-m", modules), "0xffffffffc0009000", NULL);
    assert_name(OPTIONS("-m", modules), "0xffffffffbfffffff", NULL);
    assert_name(OPTIONS("-m", modules, "-k", kallsyms), "0xffffffffc0000011",
                "f+0x1/0x10[a]");
    assert_name(OPTIONS("-m", modules, "-k", kallsyms), "0xffffffffc0000001",
                "a+0x1");
}

/* A Windows guest's modules, in all the usual notations */
static void test_map(void)
{
    static const char text[] =
        "\xef\xbb\xbf# Windows 11\r\n"
        "fffff8013b800000-fffff8013c846000 nt\r\n"
        "\r\n"
        "  0xfffff8014a000000\t0x100000  nvlddmkm.sys  # the driver\r\n"
        "fffff801`5a000000 fffff801`5a010000   HDAudBus   (deferred)   \r\n"
        "7ff612340000 1000 tool.exe\n"
        "ffffffffffffff00 ff last";
    g_autofree char *map = temp_file("map", text, -1);
    g_autofree char *wide = NULL;
    g_autofree char *utf16 = NULL;
    g_autofree char *kallsyms =
        temp_file("below", "fffff8014a000000 t f\n", -1);
    gsize len;

    assert_name(OPTIONS("-M", map), "0xfffff8013b800000", "nt+0x0");
    assert_name(OPTIONS("-M", map), "0xfffff8013c845fff", "nt+0x1045fff");
    assert_name(OPTIONS("-M", map), "0xfffff8013c846000", NULL);
    assert_name(OPTIONS("-M", map), "0xfffff8014a0fffff",
                "nvlddmkm.sys+0xfffff");
    assert_name(OPTIONS("-M", map), "0xfffff8014a100000", NULL);
    assert_name(OPTIONS("-M", map), "0xfffff8015a00ffff", "HDAudBus+0xffff");
    assert_name(OPTIONS("-M", map), "0xfffff8015a010000", NULL);
    assert_name(OPTIONS("-M", map), "0x7ff612340ff0", "tool.exe+0xff0");
    assert_name(OPTIONS("-M", map), "0xfffffffffffffffe", "last+0xfe");
    /* The user's entries take precedence over the guest's. */
    assert_name(OPTIONS("-M", map, "-k", kallsyms), "0xfffff8014a000001",
                "nvlddmkm.sys+0x1");

    /* As PowerShell's ">" writes it */
    wide = g_convert(text, -1, "UTF-16LE", "UTF-8", NULL, &len, NULL);
    g_assert_nonnull(wide);
    utf16 = temp_file("utf16", wide, len);
    assert_name(OPTIONS("-M", utf16), "0xfffff8013b800000", "nt+0x0");
    assert_name(OPTIONS("-M", utf16), "0xfffffffffffffffe", "last+0xfe");
}

/* The output of WinDbg's lm and its variants */
static void test_lm(void)
{
    static const struct {
        const char *map;
        const char *addr;
        const char *name;
    } lookups[] = {
        /* 32 bits, with and without the heading */
        { LM LM32, "0x80086000", "kdcom+0x5000" },
        { LM LM32, "0x8008ffff", "bootvid+0x7fff" },
        { LM LM32, "0x80090000", NULL },
        { LM LM32, "0x90000000", NULL },
        { LM32, "0x80500000", "nt+0x100000" },
        { LM32, "0x90000000", NULL },
        { "# from the guest\n" LM LM32, "0x80500000", "nt+0x100000" },
        /* lmf: no states of symbols */
        { LM "80400000 80627000   nt       ntoskrnl.exe\n"
          "f7b96000 f7bbc000   fastfat  fastfat.sys\n", "0xf7b9a000",
          "fastfat+0x4000" },
        /* 64 bits, and modules that are no longer there */
        { LM LM64 UNLOADED, "0xfffff80312e00000", "nt+0x1000" },
        { LM LM64 UNLOADED, "0xfffff8033d680100", "nvlddmkm+0x10100" },
        { LM LM64 UNLOADED, "0xfffff80370000100", NULL },
        { LM64, "0xfffff8033d680100", "nvlddmkm+0x10100" },
        { "0 a0000 low\nf0000 10000 bios\n", "0xfff5", "low+0xfff5" },
        { "0 a0000 low\n", "0xfff5", "low+0xfff5" },
        { "00007ff6`12340000 00007ff6`12350000 prog\n", "0x7ff612340ff0",
          "prog+0xff0" },
        /* the same once more after them, with prompts and links */
        { "Microsoft (R) Windows Debugger Version 10.0.22621.2428 AMD64\n"
          "Opened log file 'c:\\lm.txt'\n0: kd> .reload\n"
          "Loading Kernel Symbols\n...............\n"
          "Loading unloaded module list\n.....\n"
          "0: kd> lm\n" LM LM64 UNLOADED "0: kd> lmvm nt\n"
          "Browse full module list\n" LM
          "fffff803`12dff000 fffff803`13e46000   <link cmd=\"lmDvmnt\">nt</link>"
          "         (pdb symbols)          c:\\nt.pdb\n"
          "    Loaded symbol image file: ntkrnlmp.exe\n"
          "    Image path: ntkrnlmp.exe\n"
          "    Timestamp:        Sat May  7 00:00:00 2022 (6275B5C0)\n"
          "    Translations:     0000.04b0 0000.04e4 0409.04b0\n"
          "    Has CLR image header, track-debug-data flag not set\n"
          "Unable to enumerate user-mode unloaded modules, Win32 error 0n30\n"
          "16.0: kd:x86> \n", "0xfffff80312e00000", "nt+0x1000" },
        { "fffff803`12dff000 fffff803`13e46000   nt\n"
          "    Image path: ntkrnlmp.exe\n", "0xfffff80312e00000",
          "nt+0x1000" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lookups); i++) {
        g_autofree char *path = temp_file("lm", lookups[i].map, -1);

        assert_name(OPTIONS("-M", path), lookups[i].addr, lookups[i].name);
    }
}

/* As many symbols as in a kernel: each address gets the right one. */
static void test_many(void)
{
    enum { SYMBOLS = 200000, SIZE = 0x20, LOOKUPS = 20000 };
    const guint64 base = 0xffffffff81000000;
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    g_autoptr(GString) syms = g_string_new(NULL);
    g_autoptr(GString) log = g_string_new(NULL);
    g_autoptr(GString) want = g_string_new(NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *path = NULL;
    unsigned i;

    /* In a scattered order: 77,773 is not a multiple of 2 or 5. */
    for (i = 0; i < SYMBOLS; i++) {
        unsigned k = (guint64)i * 77773 % SYMBOLS;

        g_string_append_printf(syms, "%" G_GINT64_MODIFIER "x t f%u\n",
                               base + (guint64)k * SIZE, k);
    }
    for (i = 0; i < LOOKUPS; i++) {
        unsigned k = g_rand_int_range(rand, 0, SYMBOLS - 1);
        unsigned offset = g_rand_int_range(rand, 0, SIZE);
        g_autofree char *line =
            g_strdup_printf(R("0x%" G_GINT64_MODIFIER "x"),
                            base + (guint64)k * SIZE + offset);

        g_string_append_printf(log, "%s\n", line);
        g_string_append_printf(want, "%s sym=f%u+0x%x/0x%x\n", line, k, offset,
                               SIZE);
    }
    path = temp_file("many", syms->str, syms->len);
    run = run_tool(log->str, "symbolize", "-k", path, "-", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(!strcmp(run->out, want->str));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/symbol-sources/errors", test_errors);
    g_test_add_func("/symbol-sources/aliases", test_aliases);
    g_test_add_func("/symbol-sources/kaslr", test_kaslr);
    g_test_add_func("/symbol-sources/modules", test_modules);
    g_test_add_func("/symbol-sources/map", test_map);
    g_test_add_func("/symbol-sources/lm", test_lm);
    g_test_add_func("/symbol-sources/many", test_many);
    status = g_test_run();
    temp_clean();
    return status;
}
