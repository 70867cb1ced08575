/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: one file with a log and all that belongs to it
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libmmiotrace/bundle.h"
#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/progress.h"
#include "tools/analysis/trace.h"
#include "tools/bundle/extract.h"
#include "tools/bundle/host.h"
#include "tools/bundle/pack.h"
#include "tools/bundle/redacted.h"
#include "tools/bundle/unpack.h"
#include "tools/common/boot-symbols.h"
#include "tools/common/outfile.h"
#include "tools/common/tool.h"

#define PACKED ".tar.zst"
#define PLAIN  ".tar"

static char *opt_command;
static char **opt_devices;
static char **opt_files;
static char *opt_output;
static char **opt_secrets;
static char **opt_symbols;
static gboolean opt_extract;
static gboolean opt_force;
static gboolean opt_list;
static gboolean opt_no_host;
static gboolean opt_redact;
static gboolean opt_rom;
static gboolean opt_verify;

static const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write the bundle to FILE.tar.zst, or FILE.tar", "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace FILE if it exists", NULL },
    { "device", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &opt_devices,
      "Add what this host says of this device; by default: of the log's",
      "BDF" },
    { "no-host", 0, 0, G_OPTION_ARG_NONE, &opt_no_host,
      "Add nothing that this host says", NULL },
    { "rom", 0, 0, G_OPTION_ARG_NONE, &opt_rom,
      "Add the devices' ROMs", NULL },
    { "symbols", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_symbols,
      "Add symbols of the guest: System.map, vmlinux, a module", "FILE" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_files,
      "Add any other file", "FILE" },
    { "command", 0, 0, G_OPTION_ARG_STRING, &opt_command,
      "Add this as QEMU's command line", "TEXT" },
    { "redact", 0, 0, G_OPTION_ARG_NONE, &opt_redact,
      "Redact the log with --all, and leave out what has secrets", NULL },
    { "secret", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_secrets,
      "For redact: replace this wherever it is in the log", "SECRET" },
    { "verify", 0, 0, G_OPTION_ARG_NONE, &opt_verify,
      "Check that a bundle is complete and unchanged", NULL },
    { "list", 'l', 0, G_OPTION_ARG_NONE, &opt_list,
      "Print what a bundle has", NULL },
    { "extract", 'x', 0, G_OPTION_ARG_NONE, &opt_extract,
      "Write the files of a bundle to a directory", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static ToolStatus complain(GError *error)
{
    tool_error(&verb_bundle, "%s", error->message);
    g_error_free(error);
    return TOOL_TROUBLE;
}

/* --- reading ------------------------------------------------------------- */

/* In one line, whatever there is in the manifest */
static void print_text(const char *what, const char *text)
{
    g_autofree char *shown = text ? tool_printable(g_strdup(text)) : NULL;

    if (shown) {
        tool_print("%s: %s\n", what, shown);
    }
}

static void print_list(const Bundle *bundle)
{
    guint i;

    print_text("log", bundle->log);
    print_text("made by", bundle->maker);
    print_text("created", bundle->created);
    print_text("QEMU", bundle->qemu);
    print_text("command", bundle->command);
    print_text("kernel of the host", bundle->kernel);
    print_text("redacted", bundle->redacted ? "yes" : "no");
    for (i = 0; i < bundle->devices->len; i++) {
        print_text("device", bundle->devices->pdata[i]);
    }
    tool_print("\n%14s  %-8s %s\n", "BYTES", "ROLE", "NAME");
    for (i = 0; i < bundle->members->len; i++) {
        const BundleMember *member = bundle->members->pdata[i];
        g_autofree char *role = tool_printable(g_strdup(member->role));

        tool_print("%14" PRIu64 "  %-8s %s\n", member->size, role,
                   member->name);
    }
}

/* Return: false after an error was printed */
static bool open_bundle(const char *path, BundleUnpack **unpack,
                        const Bundle **bundle)
{
    GError *error = NULL;

    *unpack = bundle_unpack_open(path, &error);
    *bundle = *unpack ? bundle_unpack_manifest(*unpack, &error) : NULL;
    if (!*bundle) {
        complain(error);
    }
    return *bundle;
}

static ToolStatus list(const char *path)
{
    g_autoptr(BundleUnpack) unpack = NULL;
    const Bundle *bundle;

    if (!open_bundle(path, &unpack, &bundle)) {
        return TOOL_TROUBLE;
    }
    print_list(bundle);
    return TOOL_OK;
}

static ToolStatus verify(const char *path)
{
    g_autoptr(BundleUnpack) unpack = NULL;
    AnalysisProgress *progress;
    BundleSink sink = { 0 };
    GError *error = NULL;
    const Bundle *bundle;
    bool ok;

    unpack = bundle_unpack_open(path, &error);
    if (!unpack) {
        return complain(error);
    }
    bundle = bundle_unpack_manifest(unpack, &error);
    progress = analysis_progress_new("bundle", path);
    ok = bundle && bundle_unpack_all(unpack, &sink, progress, &error);
    analysis_progress_free(progress);
    if (!ok) {
        complain(error);
        return TOOL_FAULT;
    }
    tool_print("%s: complete and unchanged, %u members\n", path,
               bundle->members->len);
    return TOOL_OK;
}

static ToolStatus extract(const char *path, const char *dir)
{
    g_autoptr(BundleUnpack) unpack = NULL;
    AnalysisProgress *progress;
    GError *error = NULL;
    const Bundle *bundle;
    bool ok;

    if (!open_bundle(path, &unpack, &bundle)) {
        return TOOL_TROUBLE;
    }
    progress = analysis_progress_new("bundle", path);
    ok = bundle_extract(unpack, dir, progress, &error);
    analysis_progress_free(progress);
    return ok ? TOOL_OK : complain(error);
}

/* --- making -------------------------------------------------------------- */

static char *now(void)
{
    const char *epoch = g_getenv("SOURCE_DATE_EPOCH");
    g_autoptr(GDateTime) time = epoch
        ? g_date_time_new_from_unix_utc(g_ascii_strtoll(epoch, NULL, 10))
        : g_date_time_new_now_utc();

    return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static bool add_files(BundlePack *pack, const char *role, const char *prefix,
                      char **files, GError **error)
{
    size_t i;

    for (i = 0; files && files[i]; i++) {
        g_autofree char *name = bundle_name_from(prefix, files[i]);

        if (!bundle_pack_file(pack, name, role, files[i], error)) {
            return false;
        }
    }
    return true;
}

/* Symbols that 'vfio-trace run' has stored: not a link to a file of others */
static bool is_beside(const char *log, const char *path)
{
    struct stat ours, st;

    return !lstat(path, &st) && S_ISREG(st.st_mode) && !stat(log, &ours) &&
           (st.st_uid == ours.st_uid || !st.st_uid);
}

/* With names by which 'vfio-trace symbolize' finds them beside log.mmt */
static bool add_boots(BundlePack *pack, const char *log, GError **error)
{
    unsigned boot;

    for (boot = 1; boot <= BOOT_SYMBOLS_MAX; boot++) {
        g_autofree char *path = boot_symbols_path(log, boot);
        g_autofree char *name = boot_symbols_path(MMT_BUNDLE_LOG, boot);

        if (is_beside(log, path) &&
            !bundle_pack_file(pack, name, BUNDLE_ROLE_SYMBOLS, path, error)) {
            return false;
        }
    }
    return true;
}

static void describe(Bundle *bundle, const char *log, const GString *head)
{
    bundle->maker = g_strdup_printf("vfio-trace %s", mmt_version());
    bundle->redacted = opt_redact;
    bundle_host_log(bundle, head->str, head->len);
    if (!opt_redact) {
        bundle->created = now();
        bundle->log = g_path_get_basename(log);
        bundle->command = g_strdup(opt_command);
    }
}

/* @given: the log that the user has named */
static bool collect(BundlePack *pack, const char *given, GError **error)
{
    g_autoptr(GString) head = g_string_new(NULL);
    BundleHost host = { opt_devices, opt_rom, opt_redact };

    if (!bundle_pack_scan(pack, head, error)) {
        return false;
    }
    describe(pack->bundle, given, head);
    return (opt_no_host || bundle_host_add(pack->bundle, &host, head->str,
                                           head->len, error)) &&
           (opt_redact || add_boots(pack, given, error)) &&
           add_files(pack, BUNDLE_ROLE_SYMBOLS, "symbols-", opt_symbols,
                     error) &&
           add_files(pack, BUNDLE_ROLE_FILE, "file-", opt_files, error);
}

/*
 * What others can't read in a file, they should not read in the bundle.  The
 * files that were read count, not what has their names now.
 */
static bool write_bundle(BundlePack *pack, mode_t mask, GError **error)
{
    g_autoptr(OutFile) out = outfile_open(opt_output, opt_force, error);

    if (!out || !bundle_pack_write(pack, outfile_stream(out), error)) {
        return false;
    }
    umask(mask | (~pack->mode & 066));
    return outfile_commit(out, error);
}

/* The log without secrets is in a directory of its own, which is private. */
static void copy_mode(const char *from, const char *to)
{
    struct stat st;

    if (!stat(from, &st)) {
        (void)!chmod(to, (st.st_mode & 0777) | 0600);
    }
}

static bool make(const char *log, GError **error)
{
    g_autoptr(BundleRedacted) redacted = NULL;
    g_autoptr(Bundle) bundle = bundle_new();
    BundlePack pack = {
        .bundle = bundle,
        .log = log,
        .compress = g_str_has_suffix(opt_output, PACKED),
        .mode = 0777,
    };
    mode_t mask = umask(077);
    bool ok;

    if (opt_redact) {
        redacted = bundle_redacted_new(log, opt_output, opt_secrets, error);
        if (!redacted) {
            return false;
        }
        pack.log = bundle_redacted_path(redacted);
        copy_mode(log, pack.log);
    }
    pack.progress = analysis_progress_new("bundle", log);
    ok = collect(&pack, log, error) && write_bundle(&pack, mask, error);
    analysis_progress_free(pack.progress);
    return ok;
}

/* Return: what is wrong with the options, or NULL */
static const char *wrong_options(void)
{
    if (!opt_output) {
        return "which file? give it with -o FILE.tar.zst";
    }
    if (!g_str_has_suffix(opt_output, PACKED) &&
        !g_str_has_suffix(opt_output, PLAIN)) {
        return "the name of a bundle ends in .tar.zst or .tar";
    }
    if (opt_no_host && (opt_devices || opt_rom)) {
        return "--no-host adds nothing of a device: leave out --device and --rom";
    }
    if (opt_redact && (opt_files || opt_rom || opt_command)) {
        return "--file, --rom and --command can't be redacted: leave them out";
    }
    if (opt_secrets && !opt_redact) {
        return "--secret needs --redact";
    }
    return NULL;
}

static ToolStatus bundle_log(const char *log)
{
    const char *wrong = wrong_options();
    GError *error = NULL;

    if (wrong) {
        tool_error(&verb_bundle, "%s", wrong);
        return TOOL_TROUBLE;
    }
    return make(log, &error) ? TOOL_OK : complain(error);
}

static bool only_reads(void)
{
    return !opt_output && !opt_force && !opt_devices && !opt_no_host &&
           !opt_rom && !opt_symbols && !opt_files && !opt_command &&
           !opt_redact && !opt_secrets;
}

static int bundle(int argc, char **argv)
{
    ToolStatus status;
    int modes;

    if (!tool_options(&verb_bundle, "LOG | BUNDLE [DIR]",
                      "Makes one file of a log, its parts, and what this host says of the devices.  All\n"
                      "verbs that read traces read it, also from a pipe.\n\n"
                      "Exit status: 0 done, 1 with --verify: the bundle is damaged or incomplete, 2 an\n"
                      "error.",
                      entries, &argc, &argv)) {
        return TOOL_TROUBLE;
    }
    modes = opt_verify + opt_list + opt_extract;
    if (modes > 1 || (modes && !only_reads())) {
        tool_error(&verb_bundle,
                   "--verify, --list and --extract are for a bundle that exists: give one of them and no other option");
        return TOOL_TROUBLE;
    }
    if (argc != 2 + opt_extract) {
        tool_error(&verb_bundle,
                   opt_extract ? "--extract needs a bundle and a directory" :
                   modes ? "which bundle? give one" : "which log? give one");
        return TOOL_TROUBLE;
    }
    analysis_catch_interrupt();
    status = opt_verify ? verify(argv[1]) : opt_list ? list(argv[1]) :
             opt_extract ? extract(argv[1], argv[2]) : bundle_log(argv[1]);
    return analysis_finish(&verb_bundle, status);
}

const Verb verb_bundle = {
    .name = "bundle",
    .brief = "Make one file of a log and all that belongs to it",
    .run = bundle,
};
