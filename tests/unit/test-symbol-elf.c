/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace symbolize, vmlinux and modules
 *
 * The compiler makes both: a small kernel, and a module whose sections are laid
 * out as by Linux.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "name-pc.h"
#include "sanitized.h"

#define assert_error(options, want) \
    assert_error_at(options, "0xffffffffc0010001", want)

/* A label in a function is not a function; an alias with a type is. */
static const char kernel_source[] =
    "    .text\n"
    "    .globl _text, _etext, alias, f\n"
    "_text:\n"
    "    .skip 0x10, 0x90\n"
    "alias:\n"
    "    .type f, @function\n"
    "f:  .skip 0x20, 0x90\n"
    "label:\n"
    "    .skip 0x20, 0x90\n"
    "    .size f, . - f\n"
    "    .skip 0x10, 0x90\n"
    "assembly:\n"
    "    .skip 0x20, 0x90\n"
    "_etext:\n"
    "    .skip 0x10, 0x90\n"
    "    .section .late, \"ax\", @progbits\n"
    "    .type g, @function\n"
    "g:  .skip 0x20, 0x90\n"
    "    .size g, . - g\n"
    "    .data\n"
    "    .type data, @object\n"
    "data: .skip 0x100\n"
    "    .size data, . - data\n";

static const char module_source[] =
    "    .section .init.text, \"ax\", @progbits\n"
    "    .type init_module, @function\n"
    "init_module: .skip 0x100\n"
    "    .size init_module, . - init_module\n"
    "    .text\n"
    "    .type a, @function\n"
    "a:  .skip 0x21\n"
    "    .size a, . - a\n"
    "    .data\n"
    "    .type data, @object\n"
    "data: .skip 0x100\n"
    "    .section .text.unlikely, \"ax\", @progbits\n"
    "    .p2align 6\n"
    "    .type b, @function\n"
    "b:  .skip 0x11\n"
    "    .size b, . - b\n"
    "    .section .exit.text, \"ax\", @progbits\n"
    "    .p2align 2\n"
    "    .type cleanup_module, @function\n"
    "cleanup_module: .skip 0x10\n"
    "    .size cleanup_module, . - cleanup_module\n";

#define BASE "0xffffffffc0010000"

/* Compile @source into temp_dir()/@name. */
static char *compile(const char *name, const char *source, const char *options)
{
    g_autofree char *input = temp_file("source.s", source, -1);
    char *path = g_build_filename(temp_dir(), name, NULL);
    g_autofree char *command =
        g_strdup_printf("cc -nostdlib -static -no-pie %s -o %s %s", options,
                        path, input);
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    int status;

    g_spawn_command_line_sync(command, NULL, &err, &status, &error);
    g_assert_no_error(error);
    if (!g_spawn_check_wait_status(status, NULL)) {
        g_error("%s: %s", command, err);
    }
    return path;
}

static char *compile_kernel(const char *name, const char *more)
{
    g_autofree char *options =
        g_strconcat("-Wl,-Ttext=0xffffffff81000000,--section-start="
                    ".late=0xffffffff81800000,-e,_text,-z,noexecstack,"
                    "--build-id=none ", more, NULL);

    return compile(name, kernel_source, options);
}

static void test_vmlinux(void)
{
    static const struct {
        const char *pc;
        const char *want;
    } names[] = {
        { "0xffffffff81000000", "_text+0x0/0x10" },
        { "0xffffffff81000011", "f+0x1/0x40" },
        { "0xffffffff81000035", "f+0x25/0x40" },
        { "0xffffffff81000050", NULL },
        { "0xffffffff81000061", "assembly+0x1/0x20" },
        { "0xffffffff81000090", NULL },
        { "0xffffffff8180001f", "g+0x1f/0x20" },
        { "0xffffffff81800020", NULL },
        { "0xffffffff82000000", NULL },
        { "0x401000", NULL },
    };
    g_autofree char *kernel = compile_kernel("vmlinux", "");
    g_autofree char *kallsyms =
        temp_file("kallsyms", "ffffffff93000000 T _text\n"
                  "ffffffff93000080 T _etext\n", -1);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_name(OPTIONS("-v", kernel, "-K", "0"), names[i].pc,
                    names[i].want);
    }
    assert_name(OPTIONS("-v", kernel, "-k", kallsyms), "0xffffffff93000011",
                "f+0x1/0x40");
    assert_error(OPTIONS("-v", kernel), "minus 0xffffffff81000000; ");
}

/* Files given as vmlinux by mistake */
static void test_no_vmlinux(void)
{
    g_autofree char *stripped = compile_kernel("stripped", "-s");
    g_autofree char *module = compile("module.o", module_source, "-c");
    g_autofree char *text = temp_file("text", "what\n", -1);
    g_autofree char *image = g_malloc0(0x400);
    g_autofree char *boot = NULL;

    memcpy(image + 0x202, "HdrS", 4);
    boot = temp_file("vmlinuz", image, 0x400);
    assert_error(OPTIONS("-v", stripped, "-K", "0"), "stripped has no symbols "
                 "of a 64-bit kernel: it is not a kernel's file, or was "
                 "stripped; ");
    assert_error(OPTIONS("-v", VFIO_TRACE_TOOL, "-K", "0"), " has no symbols "
                 "of a 64-bit kernel: ");
    assert_error(OPTIONS("-v", module, "-K", "0"), "is an object file or a "
                 "module, not a vmlinux; use --module-dir for modules\n");
    assert_error(OPTIONS("-v", boot, "-K", "0"), "is not an ELF file, but "
                 "a vmlinuz, which has no symbols: use vmlinux from the "
                 "distribution's debug package (Debian: linux-image-"
                 "VERSION-dbg)\n");
    assert_error(OPTIONS("-v", text, "-K", "0"), "text is not an ELF file\n");
    assert_error(OPTIONS("-v", "/", "-K", "0"), "/ is not a regular file\n");
    assert_error(OPTIONS("-v", "/nonexistent/vmlinux", "-K", "0"),
                 "/nonexistent/vmlinux: can not open: No such file or "
                 "directory\n");
}

/* A directory with a single module; @name is its file's. */
static char *module_dir(const char *name, char **file)
{
    g_autofree char *path = NULL;
    char *dir = g_build_filename(temp_dir(), "modules", NULL);

    g_mkdir(dir, 0700);
    path = g_build_filename("modules", name, NULL);
    *file = compile(path, module_source, "-c");
    return dir;
}

static void remove_dir(const char *dir, const char *file)
{
    g_assert_cmpint(g_remove(file), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static void assert_module(const char *dir, const char *modules)
{
    static const struct {
        const char *pc;
        const char *want;
    } names[] = {
        { "0xffffffffc0010000", "a+0x0/0x21[my_mod]" },
        { "0xffffffffc0010020", "a+0x20/0x21[my_mod]" },
        { "0xffffffffc0010021", "my_mod+0x21" },
        { "0xffffffffc0010041", "b+0x1/0x11[my_mod]" },
        { "0xffffffffc0010055", "cleanup_module+0x1/0x10[my_mod]" },
        { "0xffffffffc0010100", "my_mod+0x100" },
        { "0xffffffffc0011000", NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_name(OPTIONS("-m", modules, "-d", dir), names[i].pc,
                    names[i].want);
    }
}

static void test_module(void)
{
    g_autofree char *modules =
        temp_file("modules.txt", "my_mod 4096 0 - Live " BASE "\n", -1);
    g_autofree char *file = NULL;
    g_autofree char *dir = module_dir("my-mod.ko", &file);

    assert_module(dir, modules);
    remove_dir(dir, file);
}

/* A file that can not be unpacked loses only its names. */
static void assert_not_unpacked(const char *dir, const char *modules,
                                const char *packed, const char *bytes,
                                gsize len)
{
    g_autoptr(ToolRun) run = NULL;

    g_assert_true(g_file_set_contents(packed, bytes, len, NULL));
    run = name_pc(OPTIONS("-m", modules, "-d", dir), BASE);
    g_assert_cmpstr(run->out, ==, R(BASE) " sym=my_mod+0x0\n");
    assert_contains(run->err, "can not unpack ");
    assert_contains(run->err, packed);
    g_assert_cmpint(run->status, ==, 1);
}

/* Compressed by each available program; truncated, damaged */
static void test_compressed(void)
{
    static const char *const programs[][2] = {
        { "xz", ".xz" }, { "zstd", ".zst" }, { "gzip", ".gz" },
    };
    g_autofree char *modules =
        temp_file("modules.txt", "my_mod 4096 0 - Live " BASE "\n", -1);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *file = NULL;
        g_autofree char *dir = NULL;
        g_autofree char *packed = NULL;
        g_autofree char *command = NULL;
        g_autofree char *bytes = NULL;
        g_autofree char *program = g_find_program_in_path(programs[i][0]);
        gsize len;
        int status;

        if (!program) {
            g_test_message("no %s", programs[i][0]);
            continue;
        }
        dir = module_dir("my-mod.ko", &file);
        packed = g_strconcat(file, programs[i][1], NULL);
        command = g_strdup_printf("%s -q %s", programs[i][0], file);
        g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, &status,
                                                NULL));
        g_assert_cmpint(status, ==, 0);
        g_remove(file);
        assert_module(dir, modules);

        g_assert_true(g_file_get_contents(packed, &bytes, &len, NULL));
        assert_not_unpacked(dir, modules, packed, bytes, len - 1);
        bytes[len - 1] ^= 1;
        bytes[len / 2] ^= 1;
        assert_not_unpacked(dir, modules, packed, bytes, len);
        remove_dir(dir, packed);
    }
}

static void test_no_module(void)
{
    g_autofree char *modules =
        temp_file("modules.txt", "other 4096 0 - Live " BASE "\n", -1);
    g_autofree char *file = NULL;
    g_autofree char *dir = module_dir("my-mod.ko", &file);
    g_autoptr(ToolRun) run = name_pc(OPTIONS("-m", modules, "-d", dir), BASE);

    g_assert_cmpstr(run->out, ==, R(BASE) " sym=other+0x0\n");
    assert_contains(run->err, "modules: there is no other.ko in it\n");
    g_assert_cmpint(run->status, ==, 1);
    assert_error(OPTIONS("-m", modules, "-d", file), "is not a directory\n");
    remove_dir(dir, file);
    g_mkdir(dir, 0700);
    assert_error(OPTIONS("-m", modules, "-d", dir), "there are no modules "
                 "(*.ko, *.ko.xz, *.ko.zst, *.ko.gz) in it\n");
    g_rmdir(dir);
}

/* Truncated anywhere, and with any byte of its tables changed */
static void test_damaged(void)
{
    enum { ROUNDS_OF_EACH = ROUNDS(150), HEADER = 64 };
    g_autofree char *kernel = compile_kernel("vmlinux", "");
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    g_autofree char *good = NULL;
    gsize len;
    unsigned i;

    g_assert_true(g_file_get_contents(kernel, &good, &len, NULL));
    for (i = 0; i < 2 * ROUNDS_OF_EACH; i++) {
        g_autofree char *bytes = g_memdup2(good, len);
        g_autofree char *path = NULL;
        g_autoptr(ToolRun) run = NULL;
        gsize keep = len;

        if (i < ROUNDS_OF_EACH) {
            keep = g_rand_int_range(rand, 0, len);
        } else {
            /* The file's header, its section headers, its symbols */
            guint64 tables = MIN(len, 0x1000);
            gsize at = i % 3 ? len - g_rand_int_range(rand, 1, tables)
                             : (gsize)g_rand_int_range(rand, 0, HEADER);

            bytes[at] ^= 1 << g_rand_int_range(rand, 0, 8);
            bytes[at / 2] = g_rand_int_range(rand, 0, 256);
        }
        path = temp_file("damaged", bytes, keep);
        run = name_pc(OPTIONS("-v", path, "-K", "0"), "0xffffffff81000011");
        g_assert_cmpint(run->status, >=, 0);
        g_assert_cmpint(run->status, <=, 2);
        /* The sanitizers check the rest. */
        g_assert_cmpuint(strcspn(run->err, "\n") + 1, >=, strlen(run->err));
        g_assert_true(g_str_has_prefix(run->err, run->status ?
                                       "vfio-trace symbolize: " : ""));
        g_assert_true(g_str_has_prefix(run->out, run->status < 2 ?
                                       R("0xffffffff81000011") : ""));
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/symbol-elf/vmlinux", test_vmlinux);
    g_test_add_func("/symbol-elf/no-vmlinux", test_no_vmlinux);
    g_test_add_func("/symbol-elf/module", test_module);
    g_test_add_func("/symbol-elf/compressed", test_compressed);
    g_test_add_func("/symbol-elf/no-module", test_no_module);
    g_test_add_func("/symbol-elf/damaged", test_damaged);
    status = g_test_run();
    temp_clean();
    return status;
}
