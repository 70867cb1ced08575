/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run: what a guest, which may be hostile, sends as its
 * symbols
 *
 * The test plays QEMU: it writes to the port's socket, and reports QEMU's
 * events.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/run/hand.h"
#include "tools/run/kallsyms.h"
#include "tools/run/symbols.h"
#include "zstd-frames.h"

#define KERNEL(base) \
    "ffffffff" base "000000 T _text\n" \
    "ffffffff" base "001000 t reg_read\n"
#define MODULE "ffffffffc0002000 t nic_up\t[nic]\n"

#define PATIENCE_S 60

/**
 * struct Guest: a run, as far as symbols need it
 * @plan: its plan
 * @session: its state
 * @port: QEMU's end of the socket
 */
typedef struct Guest {
    RunPlan plan;
    RunSession session;
    int port;
} Guest;

static void start(Guest *guest, const char *name)
{
    g_autoptr(GError) error = NULL;

    memset(guest, 0, sizeof(*guest));
    guest->plan.log = g_build_filename(temp_dir(), name, NULL);
    guest->plan.hand = run_hand_new_empty();
    guest->session.plan = &guest->plan;
    run_screen_init(&guest->session.screen);
    guest->session.symbols = run_symbols_new(&guest->plan, &error);
    g_assert_no_error(error);
    guest->port = dup(run_hand_fd(guest->plan.hand, RUN_SYMBOLS_ID));
    g_assert_cmpint(guest->port, >=, 0);
    g_assert_cmpint(fcntl(guest->port, F_SETFL, O_NONBLOCK), ==, 0);
    run_hand_over(guest->plan.hand);
    run_symbols_start(&guest->session);
}

static void end(Guest *guest)
{
    close(guest->port);
    run_symbols_end(&guest->session);
    run_symbols_free(guest->session.symbols);
    run_hand_free(guest->plan.hand);
    g_free(guest->plan.log);
}

/* The main loop reads while the guest writes. */
static void send_bytes(Guest *guest, const void *data, size_t len)
{
    const char *p = data;

    while (len) {
        ssize_t n = write(guest->port, p, MIN(len, 65536));

        if (n > 0) {
            p += n;
            len -= n;
        } else {
            g_main_context_iteration(NULL, TRUE);
        }
    }
}

/* One transmission: the guest opens the port, writes, and closes it. */
static void transmit(Guest *guest, const void *data, size_t len)
{
    send_bytes(guest, data, len);
    run_symbols_closed(&guest->session);
}

static void transmit_text(Guest *guest, const char *text)
{
    transmit(guest, text, strlen(text));
}

static char *read_stored(const char *name)
{
    g_autofree char *path = g_build_filename(temp_dir(), name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

/* Wait until the file has this text. */
static void await(const char *name, const char *want)
{
    gint64 late = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    g_autofree char *path = g_build_filename(temp_dir(), name, NULL);
    struct stat st;

    for (;;) {
        g_autofree char *text = read_stored(name);

        if (!g_strcmp0(text, want)) {
            break;
        }
        if (g_get_monotonic_time() > late) {
            g_assert_cmpstr(text, ==, want);
        }
        g_main_context_iteration(NULL, FALSE);
        g_usleep(1000);
    }
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
}

static void test_again(void)
{
    Guest guest;

    start(&guest, "again.mmt");
    transmit_text(&guest, KERNEL("81"));
    await("again.mmt.kallsyms", KERNEL("81"));
    /* A driver was loaded. */
    transmit_text(&guest, KERNEL("81") MODULE);
    await("again.mmt.kallsyms", KERNEL("81") MODULE);
    end(&guest);
}

static void test_boots(void)
{
    g_autofree char *second = NULL;
    Guest guest;

    start(&guest, "boots.mmt.zst");
    transmit_text(&guest, KERNEL("81"));
    await("boots.mmt.kallsyms", KERNEL("81"));
    /* The firmware resets, too, and sends nothing. */
    run_symbols_reset(&guest.session);
    run_symbols_reset(&guest.session);
    transmit_text(&guest, KERNEL("81"));
    await("boots.mmt.3.kallsyms", KERNEL("81"));
    /* Another kernel without a reset */
    transmit_text(&guest, KERNEL("92"));
    await("boots.mmt.4.kallsyms", KERNEL("92"));
    second = read_stored("boots.mmt.2.kallsyms");
    g_assert_null(second);
    end(&guest);
}

/* What a reset has cut off is not stored. */
static void test_cut_off(void)
{
    g_autofree char *text = NULL;
    Guest guest;

    start(&guest, "cut.mmt");
    send_bytes(&guest, KERNEL("81"), strlen(KERNEL("81")));
    run_symbols_reset(&guest.session);
    transmit_text(&guest, KERNEL("92"));
    await("cut.mmt.2.kallsyms", KERNEL("92"));
    text = read_stored("cut.mmt.kallsyms");
    g_assert_null(text);
    end(&guest);
}

/* The guest ends as soon as it has sent them. */
static void test_last(void)
{
    Guest guest;

    start(&guest, "last.mmt");
    send_bytes(&guest, KERNEL("81"), strlen(KERNEL("81")));
    run_symbols_closed(&guest.session);
    end(&guest);
    await("last.mmt.kallsyms", KERNEL("81"));
}

/* QEMU tells that the port is closed before it has passed on all data. */
static void test_closed_early(void)
{
    Guest guest;
    int i;

    start(&guest, "early.mmt");
    send_bytes(&guest, KERNEL("81"), strlen(KERNEL("81")) - 5);
    run_symbols_closed(&guest.session);
    for (i = 0; i < 20; i++) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(5000);
    }
    send_bytes(&guest, KERNEL("81") + strlen(KERNEL("81")) - 5, 5);
    send_bytes(&guest, MODULE, strlen(MODULE));
    await("early.mmt.kallsyms", KERNEL("81") MODULE);
    end(&guest);
}

static void test_compressed(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Guest guest;

    start(&guest, "zst.mmt");
    add_frame(bytes, KERNEL("81"), -1);
    add_frame(bytes, MODULE, -1);
    transmit(&guest, bytes->data, bytes->len);
    await("zst.mmt.kallsyms", KERNEL("81") MODULE);
    end(&guest);
}

/* --- what is taken of a transmission ------------------------------------- */

/* Return: why it is refused, or NULL */
static char *filter(const void *data, size_t len, char **text)
{
    g_autoptr(GError) error = NULL;
    int fd = memfd_create("test", MFD_CLOEXEC);
    RunKallsymsReader *reader;
    RunKallsyms result;
    bool ok;

    g_assert_cmpint(write(fd, data, len), ==, (ssize_t)len);
    reader = run_kallsyms_start(fd, geteuid() ? 0 : 60578, &error);
    g_assert_no_error(error);
    close(fd);
    ok = run_kallsyms_finish(reader, G_MAXINT32, &result, &error);
    if (!ok) {
        return g_strdup(error->message);
    }
    if (text) {
        struct stat st;

        g_assert_cmpint(fstat(result.fd, &st), ==, 0);
        *text = g_malloc0(st.st_size + 1);
        g_assert_cmpint(pread(result.fd, *text, st.st_size, 0), ==,
                        st.st_size);
    }
    close(result.fd);
    return NULL;
}

static void test_lines(void)
{
    static const struct {
        const char *line;
        bool kept;
    } lines[] = {
        { "ffffffff81000000 T a", true },
        { "ffffffff81000000 ? a", true },
        { "1 A fixed_percpu_data", true },
        { "ffffffffc0002000 t nic_up\t[nic]", true },
        { "c01000000 t $a.b<C::d>", true },
        { "ffffffff81000000 T ", false },
        { "ffffffff81000000 T", false },
        { "ffffffff810000000 T a", false },
        { "-1 T a", false },
        { "0x1 T a", false },
        { "ffffffff81000000 TT a", false },
        { "ffffffff81000000  a", false },
        { "ffffffff81000000 T a\033[2J", false },
        { "ffffffff81000000 T \303\244", false },
        { "ffffffff81000000 T a\r", false },
        { "<html>", false },
        { "", false },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *in = g_strdup_printf("f T first\n%s\nff T last\n",
                                              lines[i].line);
        g_autofree char *want = g_strdup_printf("f T first\n%s%sff T last\n",
                                                lines[i].kept ? lines[i].line :
                                                "",
                                                lines[i].kept ? "\n" : "");
        g_autofree char *text = NULL;

        g_test_message("%s", lines[i].line);
        g_assert_null(filter(in, strlen(in), &text));
        g_assert_cmpstr(text, ==, want);
    }
}

static void test_long_line(void)
{
    g_autofree char *name = g_strnfill(1 << 20, 'x');
    g_autofree char *in = g_strdup_printf("f T %s\nff T last\n", name);
    g_autofree char *text = NULL;

    g_assert_null(filter(in, strlen(in), &text));
    g_assert_cmpstr(text, ==, "ff T last\n");
}

static void assert_refused(const void *data, size_t len, const char *why)
{
    g_autofree char *said = filter(data, len, NULL);

    g_assert_nonnull(said);
    assert_contains(said, why);
}

static void test_refused(void)
{
    static const char nul[] = "f T a\0b\nf T \0\n";
    g_autoptr(GByteArray) frame = g_byte_array_new();

    assert_refused("", 0, "it has no symbols");
    assert_refused("nonsense\n", 9, "it has no symbols");
    assert_refused(nul, sizeof(nul) - 1, "it has no symbols");
    assert_refused("0 T a\n0000 t b\n", 15, "all addresses are 0");
    assert_refused("f T a\nff T b", 12, "cut off");
    add_frame(frame, KERNEL("81"), -1);
    assert_refused(frame->data, frame->len - 3, "cut off");
    frame->data[frame->len - 1] ^= 1;
    assert_refused(frame->data, frame->len, "damaged");
}

/* Some kilobytes that become a gigabyte */
static void test_bomb(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *zeros = g_strnfill(16 << 20, '0');
    guint len;
    int i;

    add_frame(bytes, zeros, 16 << 20);
    len = bytes->len;
    g_byte_array_set_size(bytes, 64 * len);
    for (i = 1; i < 64; i++) {
        memcpy(bytes->data + i * len, bytes->data, len);
    }
    assert_refused(bytes->data, bytes->len, "it has more than 64 MiB");
}

/* Data that keep their reader busy for ever: here, a pipe without any */
static void test_slow(void)
{
    g_autoptr(GError) error = NULL;
    RunKallsymsReader *reader;
    RunKallsyms result;
    int ends[2];

    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    reader = run_kallsyms_start(ends[0], geteuid() ? 0 : 60578, &error);
    g_assert_no_error(error);
    g_assert_false(run_kallsyms_may_finish(reader));
    g_assert_false(run_kallsyms_finish(reader, 1000, &result, &error));
    g_assert_cmpstr(error->message, ==, "reading them takes too long");
    close(ends[0]);
    close(ends[1]);
}

/* More than a transmission can have: the next one is taken all the same. */
static void test_too_large(void)
{
    g_autofree char *many = g_strnfill(1 << 20, '\n');
    g_autofree char *first = NULL;
    Guest guest;
    int i;

    start(&guest, "large.mmt");
    for (i = 0; i < 64; i++) {
        send_bytes(&guest, many, 1 << 20);
    }
    send_bytes(&guest, many, 4096);
    run_symbols_closed(&guest.session);
    transmit_text(&guest, "");
    run_symbols_reset(&guest.session);
    transmit_text(&guest, KERNEL("81"));
    await("large.mmt.2.kallsyms", KERNEL("81"));
    first = read_stored("large.mmt.kallsyms");
    g_assert_null(first);
    end(&guest);
}

/* A guest that starts again and again does not fill the disk. */
static void test_many_boots(void)
{
    g_autofree char *late = NULL;
    Guest guest;
    int i;

    start(&guest, "many.mmt");
    for (i = 1; i <= 20; i++) {
        transmit_text(&guest, KERNEL("81"));
        run_symbols_reset(&guest.session);
    }
    await("many.mmt.16.kallsyms", KERNEL("81"));
    late = read_stored("many.mmt.17.kallsyms");
    g_assert_null(late);
    end(&guest);
}

/* Another user's link in the log's directory is replaced, and not followed. */
static void test_link(void)
{
    g_autofree char *target = temp_file("target", "kept", -1);
    g_autofree char *link = g_build_filename(temp_dir(), "link.mmt.kallsyms",
                                             NULL);
    g_autofree char *draft = g_strconcat(link, ".new", NULL);
    g_autofree char *kept = NULL;
    Guest guest;

    start(&guest, "link.mmt");
    g_assert_cmpint(symlink(target, link), ==, 0);
    g_assert_cmpint(symlink(target, draft), ==, 0);
    transmit_text(&guest, KERNEL("81"));
    await("link.mmt.kallsyms", KERNEL("81"));
    g_assert_false(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    kept = read_stored("target");
    g_assert_cmpstr(kept, ==, "kept");
    end(&guest);
}

static void test_old(void)
{
    g_autofree char *old = temp_file("old.mmt.7.kallsyms", "old", -1);
    g_autoptr(GError) error = NULL;
    RunPlan plan = { .log = g_build_filename(temp_dir(), "old.mmt", NULL) };
    RunSymbols *symbols;

    plan.hand = run_hand_new_empty();
    g_assert_false(run_symbols_check(&plan, &error));
    assert_contains(error->message, "old.mmt.7.kallsyms, symbols of an older");
    g_clear_error(&error);
    g_assert_null(run_symbols_new(&plan, &error));
    g_clear_error(&error);
    plan.vm.overwrite = TRUE;
    g_assert_true(run_symbols_check(&plan, &error));
    g_assert_true(g_file_test(old, G_FILE_TEST_EXISTS));
    symbols = run_symbols_new(&plan, &error);
    g_assert_no_error(error);
    g_assert_false(g_file_test(old, G_FILE_TEST_EXISTS));
    run_symbols_free(symbols);
    run_hand_free(plan.hand);
    g_free(plan.log);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run-symbols/again", test_again);
    g_test_add_func("/run-symbols/boots", test_boots);
    g_test_add_func("/run-symbols/cut-off", test_cut_off);
    g_test_add_func("/run-symbols/last", test_last);
    g_test_add_func("/run-symbols/closed-early", test_closed_early);
    g_test_add_func("/run-symbols/compressed", test_compressed);
    g_test_add_func("/run-symbols/lines", test_lines);
    g_test_add_func("/run-symbols/long-line", test_long_line);
    g_test_add_func("/run-symbols/refused", test_refused);
    g_test_add_func("/run-symbols/bomb", test_bomb);
    g_test_add_func("/run-symbols/slow", test_slow);
    g_test_add_func("/run-symbols/too-large", test_too_large);
    g_test_add_func("/run-symbols/many-boots", test_many_boots);
    g_test_add_func("/run-symbols/link", test_link);
    g_test_add_func("/run-symbols/old", test_old);
    status = g_test_run();
    temp_clean();
    return status;
}
