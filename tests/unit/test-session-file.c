/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: session files of vfio-trace run, and vfio-trace restore
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/session/bind.h"
#include "fake-host.h"
#include "run-tool.h"
#include "tools/session/session-file.h"
#include "tools/session/session-json.h"
#include "tools/session/session-log.h"
#include "tools/session/session-uid.h"

#define GPU "0000:01:00.0"
#define AUDIO "0000:01:00.1"

static char *dir;
static char *root;

static BindState *make_state(const char *bdf, const char *driver)
{
    BindState *state = g_new0(BindState, 1);

    state->bdf = g_strdup(bdf);
    state->driver = g_strdup(driver);
    state->module = driver ? g_strdup("module") : NULL;
    state->driver_override = driver ? NULL : g_strdup("some driver");
    state->power_control = g_strdup("auto");
    state->command = 0x507;
    state->command_known = true;
    state->enabled = 3;
    return state;
}

static Session *make_session(void)
{
    Session *session = session_new(GPU, "/run/x/qmp.sock", "/x.mmt");

    session->qemu = (ProcId){ 4711, 12345 };
    g_ptr_array_add(session->devices, make_state(GPU, "nouveau"));
    g_ptr_array_add(session->devices, make_state(AUDIO, NULL));
    g_ptr_array_add(session->usb, g_strdup("1-4.2"));
    g_ptr_array_add(session->connect, g_strdup("ssh -p 1 USER@127.0.0.1"));
    return session;
}

static char *file_path(void)
{
    return g_build_filename(dir, GPU ".json", NULL);
}

static void save(void)
{
    g_autoptr(Session) session = make_session();
    g_autoptr(GError) error = NULL;

    g_assert_true(session_file_prepare_dir(dir, &error));
    g_assert_no_error(error);
    g_assert_true(session_file_save(session, &error));
    g_assert_no_error(error);
}

static char *saved_text(void)
{
    g_autofree char *path = file_path();
    char *text;

    save();
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void assert_state(const BindState *a, const BindState *b)
{
    g_assert_cmpstr(a->bdf, ==, b->bdf);
    g_assert_cmpstr(a->driver, ==, b->driver);
    g_assert_cmpstr(a->module, ==, b->module);
    g_assert_cmpstr(a->driver_override, ==, b->driver_override);
    g_assert_cmpstr(a->power_control, ==, b->power_control);
    g_assert_cmpuint(a->command, ==, b->command);
    g_assert_cmpint(a->command_known, ==, b->command_known);
    g_assert_cmpuint(a->enabled, ==, b->enabled);
}

static void test_round_trip(void)
{
    g_autoptr(Session) want = make_session();
    g_autoptr(Session) got = NULL;
    g_autofree char *path = file_path();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = NULL;
    struct stat st;
    guint i;

    save();
    got = session_file_load(GPU, &error);
    g_assert_no_error(error);
    g_assert_cmpint(got->run.pid, ==, getpid());
    g_assert_true(session_alive(got));
    g_assert_cmpint(got->qemu.pid, ==, 4711);
    g_assert_cmpuint(got->qemu.start_time, ==, 12345);
    g_assert_cmpstr(got->qmp, ==, want->qmp);
    g_assert_cmpstr(got->log, ==, want->log);
    g_assert_cmpuint(got->devices->len, ==, 2);
    for (i = 0; i < 2; i++) {
        assert_state(got->devices->pdata[i], want->devices->pdata[i]);
    }
    g_assert_cmpuint(got->usb->len, ==, 1);
    g_assert_cmpstr(got->usb->pdata[0], ==, "1-4.2");
    g_assert_cmpuint(got->connect->len, ==, 1);
    g_assert_cmpstr(got->connect->pdata[0], ==, want->connect->pdata[0]);
    g_assert_true(session_has(got, AUDIO));
    g_assert_false(session_has(got, "0000:01:00.2"));
    g_assert_cmpint(g_stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
    g_assert_cmpint(g_stat(dir, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 07777, ==, 0700);
    names = session_file_names();
    g_assert_cmpuint(g_strv_length(names), ==, 1);
    session_file_remove(got);
    g_assert_cmpint(g_access(path, F_OK), !=, 0);
}

/* Each replaces a part of a good file by something invalid. */
static void test_hostile(void)
{
    static const struct {
        const char *from;
        const char *to;
    } cases[] = {
        { "\"version\" : 1", "\"version\" : 0" },
        { "\"version\" : 1", "\"version\" : 2" },
        { "\"version\" : 1", "\"version\" : \"1\"" },
        { "\"version\"", "\"version-\"" },
        { "\"pid\"", "\"pid-\"" },
        { "\"pid\" : ", "\"pid\" : -" },
        { "\"pid\" : ", "\"pid\" : 2147483648, \"x\" : " },
        { "\"qemu-pid\" : 4711", "\"qemu-pid\" : 1" },
        { "\"qemu-pid\" : 4711", "\"qemu-pid\" : -1" },
        { "\"qemu-pid\" : 4711", "\"qemu-pid\" : 47.11" },
        { "\"qemu-pid\" : 4711", "\"qemu-pid\" : []" },
        { "\"qemu-start-time\"", "\"x\"" },
        { "\"/run/x/qmp.sock\"", "\"qmp.sock\"" },
        { "\"/run/x/qmp.sock\"", "7" },
        { "\"/x.mmt\"", "\"\"" },
        { "\"devices\" : [", "\"devices\" : [ 7, " },
        { "\"devices\" : [", "\"devices\" : {}, \"d\" : [" },
        { "\"devices\" : [", "\"devices\" : [], \"d\" : [" },
        { AUDIO, GPU },
        { "\"" GPU "\"", "\"0000:01:00.4\"" },
        { "\"" GPU "\"", "\"01:00.0\"" },
        { "\"" GPU "\"", "\"../../../etc\"" },
        { "\"nouveau\"", "\"../../../../tmp/evil\"" },
        { "\"nouveau\"", "\"..\"" },
        { "\"nouveau\"", "\"\"" },
        { "\"nouveau\"", "\"a\\nb\"" },
        { "\"nouveau\"", "{}" },
        { "\"module\" : \"module\"", "\"module\" : \"/x\"" },
        { "\"some driver\"", "\"a/b\"" },
        { "\"auto\"", "\"off\"" },
        { "\"command\" : 1287", "\"command\" : 65536" },
        { "\"command\" : 1287", "\"command\" : null" },
        { "\"1-4.2\"", "\"../1-4.2\"" },
        { "\"1-4.2\"", "\"\"" },
        { "\"1-4.2\"", "7" },
        { "\"1-4.2\"", "[]" },
        { "\"1-4.2\"", "" },
        { "\"usb\" : ", "\"usb\" : 7, \"x\" : " },
        { "\"ssh -p", "\"\\u001b[2J" },
        { "\"ssh -p 1 USER@127.0.0.1\"", "{}" },
        { "\"enabled\" : 3", "\"enabled\" : 1000000" },
        { "\"enabled\" : 3", "\"enabled\" : 9223372036854775808" },
    };
    g_autofree char *text = saved_text();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *at = strstr(text, cases[i].from);
        g_autofree char *bad = NULL;
        g_autoptr(GError) error = NULL;

        if (!at) {
            g_error("no %s in %s", cases[i].from, text);
        }
        bad = g_strdup_printf("%.*s%s%s", (int)(at - text), text, cases[i].to,
                              at + strlen(cases[i].from));
        g_test_message("%s", cases[i].to);
        g_assert_null(session_json_parse(GPU, bad, strlen(bad), &error));
        g_assert_error(error, SESSION_ERROR, SESSION_ERROR_CONTENT);
    }
}

#define GUEST "guest-4711"

/* A guest without devices, with a TPM that was lent to QEMU's user */
static char *text_of_guest(void)
{
    g_autoptr(Session) session = session_new(GUEST, "/run/x/qmp.sock", NULL);
    ProcId helper = { 815, 4711 };

    session->uid = 60600;
    session->tpm = g_strdup("/vms/a.tpm");
    session->tpm_owner = 1000;
    g_array_append_val(session->helpers, helper);
    return session_json_text(session);
}

static void test_guest(void)
{
    static const struct {
        const char *from;
        const char *to;
    } cases[] = {
        { "\"qemu-uid\" : 60600", "\"qemu-uid\" : 1000" },
        { "\"qemu-uid\"", "\"x\"" },
        { "\"/vms/a.tpm\"", "\"a.tpm\"" },
        { "\"/vms/a.tpm\"", "7" },
        { "\"tpm-owner\"", "\"x\"" },
        { "\"tpm-owner\" : 1000", "\"tpm-owner\" : 4294967295" },
        { "\"tpm-owner\" : 1000", "\"tpm-owner\" : -1" },
        { "\"pid\" : 815", "\"pid\" : 1" },
        { "\"pid\" : 815", "\"pid\" : \"815\"" },
        { "\"helpers\" : [", "\"helpers\" : [ 7, " },
        { "\"helpers\" : [", "\"helpers\" : {}, \"x\" : [" },
    };
    g_autofree char *text = text_of_guest();
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) got = session_json_parse(GUEST, text, strlen(text),
                                                &error);
    size_t i;

    g_assert_no_error(error);
    g_assert_cmpuint(got->devices->len, ==, 0);
    g_assert_null(got->log);
    g_assert_cmpuint(got->helpers->len, ==, 1);
    g_assert_cmpint(g_array_index(got->helpers, ProcId, 0).pid, ==, 815);
    g_assert_cmpstr(got->tpm, ==, "/vms/a.tpm");
    g_assert_cmpuint(got->tpm_owner, ==, 1000);
    /* A session that is named after a device has it. */
    g_assert_null(session_json_parse(GPU, text, strlen(text), NULL));
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *at = strstr(text, cases[i].from);
        g_autofree char *bad = g_strdup_printf("%.*s%s%s", (int)(at - text),
            text, cases[i].to, at + strlen(cases[i].from));

        g_test_message("%s", cases[i].to);
        g_assert_null(session_json_parse(GUEST, bad, strlen(bad), NULL));
    }
}

/* A file's name may have any bytes; so may that of a socket's directory. */
static void test_any_bytes(void)
{
    g_autoptr(Session) want = make_session();
    g_autoptr(Session) got = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    g_free(want->log);
    want->log = g_strdup("/\xff\n\"/\\x.mmt");
    want->uid = SESSION_UID_FIRST;
    want->work = g_strdup("/\xff\n\"/" SESSION_LOG_WORK "1");
    want->tpm = g_strdup("/\xc3.tpm");
    g_ptr_array_add(want->connect, g_strdup("vncviewer /run/\xc3\xa4/x"));
    g_ptr_array_add(want->connect, g_strdup("vncviewer /run/\xff/x"));
    text = session_json_text(want);
    got = session_json_parse(GPU, text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(got->log, ==, want->log);
    g_assert_cmpstr(got->work, ==, want->work);
    g_assert_cmpstr(got->tpm, ==, want->tpm);
    g_assert_cmpuint(got->connect->len, ==, 3);
    g_assert_cmpstr(got->connect->pdata[1], ==, want->connect->pdata[1]);
}

static void test_names(void)
{
    static const char *const bad[] = {
        "", "guest", "guest-", "guest-0", "guest-1x", "guest--1", "guest- 1",
        "guest-1/../x", "guest-2147483648", ("../" GPU),
    };
    size_t i;

    g_assert_true(session_is_name(GPU));
    g_assert_true(session_is_name(GUEST));
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(session_is_name(bad[i]));
    }
}

/* A truncated file is invalid. */
static void test_cut(void)
{
    g_autofree char *text = saved_text();
    gsize end = strrchr(text, '}') - text;
    gsize len;

    for (len = 0; len <= end; len++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(session_json_parse(GPU, text, len, &error));
        g_assert_error(error, SESSION_ERROR, SESSION_ERROR_CONTENT);
    }
}

static void test_not_believed(void)
{
    g_autofree char *path = file_path();
    g_autofree char *other = g_build_filename(dir, "other", NULL);
    g_autoptr(GError) error = NULL;

    save();
    g_assert_cmpint(g_chmod(path, 0622), ==, 0);
    g_assert_null(session_file_load(GPU, &error));
    g_assert_error(error, SESSION_ERROR, SESSION_ERROR_CONTENT);
    g_clear_error(&error);
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    g_assert_cmpint(g_rename(path, other), ==, 0);
    g_assert_cmpint(symlink(other, path), ==, 0);
    g_assert_null(session_file_load(GPU, &error));
    g_assert_error(error, SESSION_ERROR, SESSION_ERROR_IO);
    g_unlink(path);
    g_unlink(other);
}

static void test_dir(void)
{
    g_autofree char *link = g_build_filename(dir, "link", NULL);
    g_autoptr(GError) error = NULL;
    struct stat st;

    g_assert_cmpint(g_chmod(dir, 0755), ==, 0);
    g_assert_true(session_file_prepare_dir(dir, &error));
    g_assert_cmpint(g_stat(dir, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 07777, ==, 0700);
    g_assert_cmpint(symlink(dir, link), ==, 0);
    g_assert_false(session_file_prepare_dir(link, &error));
    g_assert_error(error, SESSION_ERROR, SESSION_ERROR_IO);
    g_unlink(link);
}

/* The verb */

static void write_dead_to(const char *path, const char *text)
{
    const char *pid = strstr(text, "\"start-time\" : ");
    g_autofree char *dead = g_strdup_printf("%.*s\"start-time\" : 1%s",
                                            (int)(pid - text), text,
                                            strchr(pid, ','));

    g_assert_true(g_file_set_contents_full(path, dead, -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600, NULL));
}

static void write_dead(const char *text)
{
    g_autofree char *path = file_path();

    write_dead_to(path, text);
}

static void test_restore_usage(void)
{
    g_autoptr(ToolRun) none = run_tool(NULL, "restore", NULL);
    g_autoptr(ToolRun) both = run_tool(NULL, "restore", "--all", GPU, NULL);
    g_autoptr(ToolRun) bad = run_tool(NULL, "restore", "x", NULL);
    g_autoptr(ToolRun) nothing = run_tool(NULL, "restore", "01:00.0", NULL);
    g_autoptr(ToolRun) all = run_tool(NULL, "restore", "--all", NULL);
    g_autoptr(ToolRun) guest = run_tool(NULL, "restore", "guest-4711", NULL);

    g_assert_cmpint(none->status, ==, 2);
    g_assert_cmpint(both->status, ==, 2);
    g_assert_cmpint(bad->status, ==, 2);
    g_assert_cmpint(nothing->status, ==, 0);
    g_assert_cmpstr(nothing->out, ==, GPU ": nothing to give back\n");
    g_assert_cmpint(all->status, ==, 0);
    g_assert_cmpstr(all->out, ==, "nothing to give back\n");
    g_assert_cmpint(guest->status, ==, 0);
    g_assert_cmpstr(guest->out, ==, "guest-4711: nothing to give back\n");
}

static void test_restore_in_use(void)
{
    g_autofree char *path = file_path();
    g_autoptr(ToolRun) one = NULL;
    g_autoptr(ToolRun) all = NULL;

    save();
    one = run_tool(NULL, "restore", AUDIO, "--json", NULL);
    all = run_tool(NULL, "restore", "--all", NULL);
    g_assert_cmpint(one->status, ==, 1);
    assert_contains(one->out, "\"in use\"");
    assert_contains(one->err, "'vfio-trace run' (process");
    assert_contains(one->err, "still has it");
    g_assert_cmpint(all->status, ==, 0);
    g_assert_cmpint(g_access(path, F_OK), ==, 0);
    g_unlink(path);
}

/* A session of play has no QEMU. */
static void test_restore_of_play(void)
{
    g_autoptr(Session) session = session_new(GPU, NULL, NULL);
    g_autofree char *path = file_path();
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(session->devices, make_state(GPU, "nouveau"));
    g_assert_true(session_file_save(session, &error));
    run = run_tool(NULL, "restore", GPU, NULL);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "'vfio-trace play' (process");
    g_unlink(path);
}

#define USB_DIR "/sys/bus/usb/devices/1-4.2/1-4.2:"

/*
 * Both devices were removed from the host.  An interface of the USB device has
 * no driver since QEMU was killed.
 */
static void test_restore_unplugged(void)
{
    g_autofree char *path = file_path();
    g_autofree char *probe = g_strconcat(root, "/sys/bus/usb/drivers_probe",
                                         NULL);
    g_autofree char *probed = NULL;
    g_autofree char *text = saved_text();
    g_autoptr(ToolRun) run = NULL;

    fake_file(root, USB_DIR "1.0/driver/bind", "%s", "");
    fake_file(root, USB_DIR "1.1/bInterfaceNumber", "01\n");
    fake_file(root, "/sys/bus/usb/drivers_probe", "%s", "");
    write_dead(text);
    run = run_tool(NULL, "restore", GPU, NULL);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->err, GPU " was unplugged");
    g_assert_cmpint(g_access(path, F_OK), !=, 0);
    g_assert_true(g_file_get_contents(probe, &probed, NULL, NULL));
    g_assert_cmpstr(probed, ==, "1-4.2:1.1");
}

/* A host whose kernel ignores writes: the failure is reported. */
static void test_restore_fails(void)
{
    g_autofree char *path = file_path();
    g_autofree char *text = saved_text();
    g_autoptr(ToolRun) run = NULL;

    g_free(fake_pci(root, "pci0000:00", GPU, 0x030000, "vfio-pci", 1));
    write_dead(text);
    run = run_tool(NULL, "restore", GPU, NULL);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "use 'vfio-trace restore " GPU "' to try again");
    g_assert_cmpint(g_access(path, F_OK), ==, 0);
    g_unlink(path);
}

/* A run that was killed leaves the socket of its guest's display. */
static void test_restore_display(void)
{
    g_autofree char *path = g_build_filename(dir, GUEST ".json", NULL);
    g_autofree char *displays = g_strconcat(dir, "-display", NULL);
    g_autofree char *its = session_display_path(GUEST, "vnc");
    g_autofree char *other = session_display_path(GUEST "1", "vnc");
    g_autoptr(Session) session = session_new(GUEST, "/run/x/qmp.sock", NULL);
    g_autofree char *text = session_json_text(session);
    g_autoptr(ToolRun) run = NULL;

    g_assert_cmpint(g_mkdir(displays, 0711), ==, 0);
    g_assert_true(g_file_set_contents(its, "", 0, NULL));
    g_assert_true(g_file_set_contents(other, "", 0, NULL));
    write_dead_to(path, text);
    run = run_tool(NULL, "restore", GUEST, NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpint(g_access(its, F_OK), !=, 0);
    g_assert_cmpint(g_unlink(other), ==, 0);
    g_assert_cmpint(g_rmdir(displays), ==, 0);
}

static void test_restore_garbage(void)
{
    g_autofree char *path = file_path();
    g_autoptr(ToolRun) run = NULL;

    g_assert_true(g_file_set_contents_full(path, "{\"version\": 1}", -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600, NULL));
    run = run_tool(NULL, "restore", "--all", NULL);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "is not a valid session file");
    g_assert_cmpint(g_access(path, F_OK), ==, 0);
    g_unlink(path);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    root = fake_host_new();
    dir = g_build_filename(root, "run", NULL);
    g_setenv("VFIO_TRACE_RUN_DIR", dir, TRUE);
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    g_test_add_func("/session-file/round-trip", test_round_trip);
    g_test_add_func("/session-file/hostile", test_hostile);
    g_test_add_func("/session-file/guest", test_guest);
    g_test_add_func("/session-file/any-bytes", test_any_bytes);
    g_test_add_func("/session-file/names", test_names);
    g_test_add_func("/session-file/cut", test_cut);
    g_test_add_func("/session-file/not-believed", test_not_believed);
    g_test_add_func("/session-file/dir", test_dir);
    g_test_add_func("/restore/usage", test_restore_usage);
    g_test_add_func("/restore/in-use", test_restore_in_use);
    g_test_add_func("/restore/of-play", test_restore_of_play);
    g_test_add_func("/restore/unplugged", test_restore_unplugged);
    g_test_add_func("/restore/fails", test_restore_fails);
    g_test_add_func("/restore/display", test_restore_display);
    g_test_add_func("/restore/garbage", test_restore_garbage);
    status = g_test_run();
    temp_clean();
    fake_host_free(root);
    g_free(dir);
    return status;
}
