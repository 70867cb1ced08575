/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run --rings
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dry-run.h"
#include "fake-host.h"
#include "tools/run/hand.h"
#include "tools/run/rings.h"

#define GPU "0000:01:00.0"
#define NIC "0000:02:00.0"

#define BEGIN "rings 1\n"
#define BODY(on) \
    "register BASE bar0:0x0:8 w\n" \
    "register BELL bar0:0x8:4 w\n" \
    "ring R {\n    base BASE\n    count 16\n    entry 16\n    tail value\n" \
    "    on write BELL\n" on "}\n"
#define IRQ "    on irq\n"

#define OTHER_USER 65534

static char *root;
static char *gpu_file;
static char *nic_file;
static char *any_file;

static void assert_rings(const char *const *args, const char *device,
                         const char *rings)
{
    g_autofree char *text = command(args);
    g_autofree char *want = g_strdup_printf(
        "vfio-pci-trace,host=%s,id=dev-%c%c.00.0,bus=port%c,addr=00.0,"
        "trace-log=log%s ", device, device[5], device[6],
        device[6] == '1' ? '0' : '1', rings);

    assert_contains(text, want);
}

/* A file is for the devices that it names. */
static void test_devices(void)
{
    g_autofree char *gpu = g_strdup_printf(",rings=%s,irq=on", gpu_file);
    g_autofree char *nic = g_strdup_printf(",rings=%s", nic_file);
    g_autofree char *any = g_strdup_printf(",rings=%s", any_file);
    g_autofree char *both = g_strdup_printf(",rings=%s:%s", any_file, nic_file);
    g_autofree char *forced = g_strdup_printf(NIC ":%s", gpu_file);
    g_autofree char *wrong = g_strdup_printf(GPU ":%s", nic_file);

    assert_rings(ARGS("--rings", gpu_file), GPU, gpu);
    assert_rings(ARGS("--rings", gpu_file), NIC, "");
    assert_rings(ARGS("--rings", "nic"), NIC, nic);
    assert_rings(ARGS("--rings", "nic"), GPU, "");
    assert_rings(ARGS("--rings", any_file), GPU, any);
    assert_rings(ARGS("--rings", any_file), NIC, any);
    assert_rings(ARGS("--rings", any_file, "--rings", "nic", "--rings",
                      nic_file, "--rings", "auto"), NIC, both);
    assert_rings(ARGS("--rings", "auto"), GPU, gpu);
    assert_rings(ARGS("--rings", "auto"), NIC, nic);
    assert_rings(ARGS("--rings", "01:00.0:auto"), GPU, gpu);
    assert_rings(ARGS("--rings", "01:00.0:auto"), NIC, "");
    assert_rings(ARGS("--rings", forced), NIC, gpu);
    assert_rings(ARGS("--rings", forced), GPU, "");
    assert_rings(ARGS("--rings", wrong), GPU, nic);
}

static void test_irq(void)
{
    g_autofree char *only = temp_file("only.rings", BEGIN "watch W {\n"
                                      "    at 0x1000\n    len 64\n    on irq\n"
                                      "}\n", -1);
    g_autofree char *gpu = g_strdup_printf(",irq=on,rings=%s", gpu_file);
    g_autoptr(ToolRun) run = dry_run(ARGS("--rings", "gpu"));
    g_autoptr(ToolRun) off = dry_run(ARGS("--rings", "gpu", "--device-opts",
                                          "irq=off"));

    assert_contains(run->err, "irq=on for " GPU ", since gpu.rings looks at ");
    assert_rings(ARGS("--rings", "gpu", "--device-opts", "irq=on"), GPU, gpu);
    assert_contains(off->err, "gpu.rings also looks at memory at interrupts "
                    "of " GPU ", but not with irq=off");
    assert_contains(off->out, ",irq=off,rings=");
    assert_refused(ARGS("--rings", only, "--device-opts", "irq=off"),
                   "waits for interrupts of " GPU ", and --device-opts has "
                   "irq=off");
}

/* What --dry-run shows can't be used by hand then. */
static void test_colon(void)
{
    g_autofree char *dir = g_build_filename(temp_dir(), "a:b", NULL);
    g_autofree char *path = g_build_filename(dir, "c.rings", NULL);
    g_autofree char *text = g_strdup_printf("%s has a ':' in its path", path);
    g_autoptr(ToolRun) run = NULL;

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, BEGIN BODY(""), -1, NULL));
    run = dry_run(ARGS("--rings", path));
    assert_contains(run->err, text);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static void test_wrong_use(void)
{
    assert_refused(ARGS("--rings", "nosuch"), "--rings nosuch: ");
    assert_refused(ARGS("--rings", "03:00.0:nic"),
                   "--rings 03:00.0:nic: 0000:03:00.0 is not one of the "
                   "guest's devices");
    assert_refused(ARGS("--rings", "01:00.0:"), "a name or a file is missing");
    assert_refused(ARGS("--rings", ""), "a name or a file is missing");
    assert_refused(ARGS("--rings", "other"),
                   "other.rings is for other devices than " GPU
                   " (10de:1b80, class 0x030000), " NIC
                   " (10de:1b80, class 0x020000); to use it anyway, put a "
                   "device's address before it: BDF:other");
    assert_refused(ARGS("--device-opts", "rings=/x.rings"),
                   "rings can't be given: use --rings");
}

static void assert_file_refused(const char *name, const char *why)
{
    g_autofree char *path = g_build_filename(temp_dir(), name, NULL);
    g_autofree char *text = g_strdup_printf("%s%s", path, why);

    assert_refused(ARGS("--rings", path), text);
}

static void test_wrong_files(void)
{
    g_autofree char *dir = g_build_filename(temp_dir(), "dir.rings", NULL);
    g_autofree char *fifo = g_build_filename(temp_dir(), "fifo.rings", NULL);
    g_autofree char *huge = g_build_filename(temp_dir(), "huge.rings", NULL);
    g_autofree char *loop = g_build_filename(temp_dir(), "loop.rings", NULL);

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink("loop.rings", loop), ==, 0);
    g_free(temp_file("huge.rings", "", 0));
    g_assert_cmpint(truncate(huge, 1 << 30), ==, 0);
    g_free(temp_file("nul.rings", BEGIN "\0", sizeof(BEGIN)));
    g_free(temp_file("wrong.rings", BEGIN "\n  rung X {\n", -1));
    g_free(temp_file("escape.rings", BEGIN "\x1b[2J\n", -1));
    g_free(temp_file("empty.rings", "", 0));
    g_free(temp_file("a:b.rings", BEGIN BODY(""), -1));
    assert_file_refused("none.rings", ": No such file or directory");
    assert_file_refused("dir.rings", ": it is not a regular file");
    assert_file_refused("fifo.rings", ": it is not a regular file");
    assert_file_refused("huge.rings", ": it has more than 256 KiB");
    assert_file_refused("loop.rings", ": Too many levels of symbolic links");
    assert_file_refused("nul.rings", ":2:1: ");
    assert_file_refused("wrong.rings", ":3:3: ");
    assert_file_refused("escape.rings", ":2:1: ");
    assert_file_refused("empty.rings", ":1:");
    assert_file_refused("a:b.rings", ": the name of a rings file can't have");
    assert_refused(ARGS("--rings", "/dev/zero"), "it is not a regular file");
    /* One of them may be the device's. */
    assert_refused(ARGS("--rings", "auto"),
                   "move it away, or name files instead of 'auto'");
    if (geteuid()) {
        g_autofree char *secret = temp_file("secret.rings", BEGIN, -1);

        g_assert_cmpint(chmod(secret, 0), ==, 0);
        assert_refused(ARGS("--rings", secret), "Permission denied");
    }
}

/* The log has no more of a file than its name. */
static void test_names(void)
{
    g_autofree char *dir = g_build_filename(temp_dir(), "more", NULL);
    g_autofree char *same = NULL;
    g_autofree char *comma = temp_file("a,b.rings", BEGIN BODY(""), -1);
    g_auto(GStrv) parts = g_strsplit(comma, ",", -1);
    g_autofree char *doubled = g_strjoinv(",,", parts);
    g_autofree char *rings = g_strdup_printf(",rings=%s", doubled);

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    same = temp_file("more/nic.rings", BEGIN BODY(""), -1);
    assert_refused(ARGS("--rings", same, "--rings", "nic"),
                   "have the same name, by which the log tells them apart");
    assert_rings(ARGS("--rings", comma), NIC, rings);
}

/* In a settings file, a path begins in the file's directory. */
static void test_settings(void)
{
    g_autofree char *conf = temp_file("vm.conf", "[vfio-trace]\n"
                                      "rings=01:00.0:./nic.rings;nic\n", -1);
    g_autofree char *nic = g_strdup_printf(",rings=%s", nic_file);

    assert_rings(ARGS("--vm", conf), GPU, nic);
    assert_rings(ARGS("--vm", conf), NIC, nic);
}

/**
 * struct Handed: a plan, and what QEMU gets
 * @plan: the plan
 * @options: the properties of its device
 */
typedef struct Handed {
    RunPlan plan;
    char *options;
} Handed;

static void hand_over(Handed *handed, const char *word)
{
    static HostPci gpu = { .bdf = (char *)GPU, .vendor = 0x10de };
    const char *words[] = { word, NULL };
    g_autoptr(GError) error = NULL;
    RunPlan *plan = &handed->plan;

    memset(handed, 0, sizeof(*handed));
    plan->dir = g_build_filename(temp_dir(), "session", NULL);
    g_assert_cmpint(g_mkdir(plan->dir, 0700), ==, 0);
    plan->guests = g_ptr_array_new();
    g_ptr_array_add(plan->guests, &gpu);
    plan->vm.rings_words = (char **)words;
    plan->hand = run_hand_new_empty();
    g_assert_true(run_rings_parse(plan, &error));
    g_assert_true(run_rings_any(plan));
    /* What was checked is what is handed over. */
    g_assert_true(g_file_set_contents(word, "rings 2\n", -1, NULL));
    g_assert_true(run_rings_hand_over(plan, &error));
    g_assert_no_error(error);
    handed->options = run_rings_options(plan, &gpu);
}

static void clear(Handed *handed)
{
    RunPlan *plan = &handed->plan;

    run_hand_free(plan->hand);
    g_ptr_array_unref(plan->rings);
    g_ptr_array_unref(plan->guests);
    g_free(plan->dir);
    g_free(handed->options);
}

/* Another user, as QEMU is in a run, opens the copy. */
static void open_as_other(const char *path, const char *closed)
{
    int status = -1;
    pid_t pid = fork();

    g_assert_cmpint(pid, >=, 0);
    if (!pid) {
        int fd = -1;

        if (!setgid(OTHER_USER) && !setuid(OTHER_USER) &&
            open(closed, O_RDONLY) < 0 && errno == EACCES) {
            fd = open(path, O_RDONLY);
        }
        _exit(fd < 0 || open(path, O_RDWR) >= 0);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(status, ==, 0);
}

static void test_hand_over(void)
{
    static const char text[] = BEGIN BODY("");
    g_autofree char *file = temp_file("handed.rings", text, -1);
    g_autofree char *closed = NULL;
    g_autofree char *contents = NULL;
    const char *path;
    Handed handed;

    hand_over(&handed, file);
    g_assert_true(g_str_has_prefix(handed.options, ",rings=/proc/self/fd/"));
    g_assert_true(g_str_has_suffix(handed.options, "/handed.rings"));
    path = handed.options + strlen(",rings=");
    g_assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, text);
    closed = g_build_filename(handed.plan.dir, "rings/handed.rings", NULL);
    g_assert_true(g_file_test(closed, G_FILE_TEST_IS_REGULAR));
    if (!geteuid()) {
        open_as_other(path, closed);
    }
    clear(&handed);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    root = fake_host_new();
    g_free(fake_pci(root, "pci0000:00", GPU, 0x030000, "nouveau", 1));
    g_free(fake_pci(root, "pci0000:00", NIC, 0x020000, "e1000e", 2));
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    g_setenv("VFIO_TRACE_RINGS", temp_dir(), TRUE);
    gpu_file = temp_file("gpu.rings", BEGIN "for class 0x030000\n" BODY(IRQ),
                         -1);
    nic_file = temp_file("nic.rings", BEGIN "for 1af4:1000\n"
                         "for class 0x020000\n" BODY(""), -1);
    any_file = temp_file("any.rings", BEGIN BODY(""), -1);
    g_free(temp_file("other.rings", BEGIN "for 8086:10d3\n" BODY(""), -1));
    dry_run_first(ARGS(GPU, NIC));
    g_test_add_func("/run/rings/devices", test_devices);
    g_test_add_func("/run/rings/irq", test_irq);
    g_test_add_func("/run/rings/colon", test_colon);
    g_test_add_func("/run/rings/wrong-use", test_wrong_use);
    g_test_add_func("/run/rings/names", test_names);
    g_test_add_func("/run/rings/settings", test_settings);
    g_test_add_func("/run/rings/hand-over", test_hand_over);
    /* Last: the search path has broken files then. */
    g_test_add_func("/run/rings/wrong-files", test_wrong_files);
    status = g_test_run();
    g_free(gpu_file);
    g_free(nic_file);
    g_free(any_file);
    temp_clean();
    fake_host_free(root);
    return status;
}
