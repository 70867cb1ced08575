/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: marks, above all the tracer's own
 *
 * docs/log-format.md has them.  Which words a mark has and what these may be
 * is in a table; what a mark says together with what came before it is the
 * business of a function.  Words that the table does not have are left alone,
 * in a mark as behind it: a newer vfio-trace may have written them.
 */
#include "tools/check/internal.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

/* What the value of a word looks like. */
typedef enum Form {
    FORM_WORD,          /* anything, or one of a choice */
    FORM_DEC,
    FORM_HEX,           /* 0x... */
    FORM_SECONDS,       /* S.FRACTION */
    FORM_SHA256,
} Form;

/**
 * struct Key: a word "key=value" of a mark
 * @key: the key
 * @form: what the value looks like
 * @choice: what it may be, joined by "|"; NULL for anything
 * @optional: the mark may be without it
 */
typedef struct Key {
    const char *key;
    Form form;
    const char *choice;
    bool optional;
} Key;

/**
 * struct Word: a kind of mark
 * @word: how it begins
 * @key: its words
 * @count: what it counts as, plus 1; 0 for nothing
 * @take: what else is to be done; only if its words are right
 * @rest: the word whose value is the rest of the mark, whatever
 *        that says; NULL if it has none
 */
typedef struct Word {
    const char *word;
    Key key[10];
    int count;
    void (*take)(Check *check, const MmtEvent *ev);
    const char *rest;
} Word;

static uint64_t column_of(const MmtEvent *ev, const char *p)
{
    return ev->column[MMT_FIELD_TEXT] + (p - ev->text.p);
}

static bool is_dec(MmtSpan value)
{
    uint64_t v;

    return mmt_words_decimal(value, &v);
}

static bool is_hex(MmtSpan value)
{
    uint64_t v;

    return mmt_words_hex(value, &v);
}

static bool is_seconds(MmtSpan value)
{
    const char *point = memchr(value.p, '.', value.len);
    uint64_t v;

    return point &&
           mmt_words_decimal((MmtSpan) { value.p, point - value.p }, &v) &&
           mmt_words_decimal((MmtSpan) { point + 1,
                                     value.p + value.len - (point + 1) }, &v);
}

static bool is_sha256(MmtSpan value)
{
    size_t i;

    for (i = 0; i < value.len; i++) {
        if (!g_ascii_isxdigit(value.p[i]) || g_ascii_isupper(value.p[i])) {
            return false;
        }
    }
    return value.len == 64;
}

static bool is_word(MmtSpan value)
{
    return value.len != 0;
}

static const struct {
    bool (*is)(MmtSpan value);
    const char *name;
} forms[] = {
    [FORM_WORD] = { is_word, "a word" },
    [FORM_DEC] = { is_dec, "a decimal number" },
    [FORM_HEX] = { is_hex, "a number beginning with 0x" },
    [FORM_SECONDS] = { is_seconds, "seconds with a fraction" },
    [FORM_SHA256] = { is_sha256, "64 hexadecimal digits" },
};

static bool is_chosen(MmtSpan value, const char *choice)
{
    while (choice) {
        size_t n = strcspn(choice, "|");

        if (value.len == n && !memcmp(value.p, choice, n)) {
            return true;
        }
        choice = choice[n] ? choice + n + 1 : NULL;
    }
    return false;
}

static bool check_key(Check *check, const MmtEvent *ev, const Key *key)
{
    MmtSpan value = mmt_mark_value(ev->text, key->key);
    g_autofree char *text = NULL;

    if (!value.p) {
        if (!key->optional) {
            FAULT(check, ev, MMT_FIELD_TEXT, "the mark has no %s=", key->key);
        }
        return key->optional;
    }
    if (key->choice ? is_chosen(value, key->choice)
                    : forms[key->form].is(value)) {
        return true;
    }
    text = mmt_words_printable(value);
    check_fault(check, check->at, column_of(ev, value.p), "%s=%s: %s expected",
                key->key, text, key->choice ? key->choice
                                            : forms[key->form].name);
    return false;
}

/* --- who, and when ------------------------------------------------------- */

static void take_log(Check *check, const MmtEvent *ev)
{
    MmtSpan extra = mmt_mark_value(ev->text, "extra");

    check->extras_told = !extra.p ||
                         mmt_extra_from_names(extra.p, extra.len,
                                              &check->extras);
    if (!check->extras_told) {
        check->extras = 0;
        check_fault(check, check->at, column_of(ev, extra.p),
                    "extra= has a name that no field has");
    }
}

static void take_end(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check->end = check->at;
}

/* What QEMU was about to put into the log when it died is not there. */
static void take_recovered(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check_snapshot_forget(check);
}

static void take_loss(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check_snapshot_forget(check);
}

static void take_vm(Check *check, const MmtEvent *ev)
{
    bool running = mmt_words_are(mmt_mark_value(ev->text, "state"), "running");

    if (check->vm.line && check->vm_running == running) {
        g_autofree char *where = check_line_name(check, check->vm);

        FAULT(check, ev, MMT_FIELD_TEXT, "the machine is %s already, since %s",
              running ? "running" : "paused", where);
    }
    check->marked[COUNT_PAUSES] += !running;
    check->vm = check->at;
    check->vm_running = running;
}

void check_marks_end(Check *check)
{
    if (check->end.line) {
        check_snapshot_end(check);
    }
    check_snapshot_forget(check);
    check_coverage_end(check);
}

/* --- what belongs to an access -------------------------------------------- */

/* The others are understood by the parser: here comes what it could not. */
static void take_config(Check *check, const MmtEvent *ev)
{
    MmtEvent config = *ev;
    MmtParseError err;

    if (!mmt_parse_config(&config, &err)) {
        check_fault(check, check->at, err.column, "%s: %s", err.field,
                    err.message);
    }
}

static void take_flag(Check *check, const MmtEvent *ev)
{
    MmtFlagMark mark;

    if (!mmt_parse_flag_mark(ev, &mark)) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the mark does not say which access "
              "it belongs to");
    }
}

static void take_irq(Check *check, const MmtEvent *ev)
{
    bool vector = mmt_mark_value(ev->text, "vector").p;
    bool level = mmt_mark_value(ev->text, "level").p;
    bool message = mmt_words_have(ev->text, "msi") || mmt_words_have(ev->text, "msix");
    bool intx = mmt_mark_value(ev->text, "intx").p;

    if (message == intx || message != vector || intx != level) {
        FAULT(check, ev, MMT_FIELD_TEXT, "an interrupt is msi or msix with "
              "vector=, or intx= with level=");
    }
}

static void take_snapshot(Check *check, const MmtEvent *ev)
{
    uint64_t id = mmt_words_number(ev->text, "map");
    uint64_t addr = mmt_words_number(ev->text, "addr");
    const Map *map = id <= INT32_MAX ? check_find_map(check, id) : NULL;

    if (map && map->maps &&
        (addr < map->phys || addr - map->phys >= map->len)) {
        FAULT(check, ev, MMT_FIELD_TEXT, "addr=0x%" PRIx64 " is outside map %"
              PRIu64, addr, id);
    }
    check_snapshot(check, ev);
}

/* Other accesses, DMA of the device's, may stand between the two. */
static void check_backtrace_access(Check *check, const MmtEvent *ev)
{
    uint64_t pc = mmt_words_number(ev->text, "pc");
    uint64_t id = mmt_words_number(ev->text, "map");
    Map *map = id <= INT32_MAX ? check_find_map(check, id) : NULL;

    if (check->later_part || check->lost || check->marked[COUNT_LOSSES]) {
        /* The access may be what is missing. */
        return;
    }
    if (!map || !(map->reads + map->writes + map->unknown)) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the backtrace belongs to no access: "
              "map %" PRIu64 " has none", id);
    } else if (map->last_pc && map->last_pc != pc) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the backtrace does not belong to the "
              "last access to map %" PRIu64 ": its PC is 0x%" PRIx64, id,
              map->last_pc);
    }
}

static void take_backtrace(Check *check, const MmtEvent *ev)
{
    MmtSpan at = mmt_mark_value(ev->text, "pc");
    MmtSpan rest = { at.p + at.len,
                     ev->text.p + ev->text.len - (at.p + at.len) };
    MmtSpan word;

    check_backtrace_access(check, ev);
    while ((word = mmt_words_next(&rest)).p) {
        if (!is_hex(word) && !memchr(word.p, '=', word.len)) {
            g_autofree char *text = mmt_words_printable(word);

            check_fault(check, check->at, column_of(ev, word.p), "'%s' is no "
                        "return address", text);
            return;
        }
    }
}

/* --- what the guest says -------------------------------------------------- */

#define GUEST_TEXT "text"

static void take_guest_mark(Check *check, const MmtEvent *ev)
{
    MmtSpan words = mmt_words_before(ev->text, GUEST_TEXT);
    bool text = words.len != ev->text.len;
    bool cut = mmt_mark_value(words, "cut").p;
    bool dropped = mmt_mark_value(words, "dropped").p;

    if (text == dropped || (cut && !text)) {
        FAULT(check, ev, MMT_FIELD_TEXT, "a guest's mark has a text=, which "
              "may be cut=, or says how many were dropped=");
    }
}

/* ------------------------------------------------------------------------- */

#define ON_OFF "on|off"
#define DEVICE { "device", FORM_WORD, NULL, false }
#define COUNTS(what) (COUNT_ ## what + 1)

static const Word words[] = {
    { "log", { { "format", FORM_DEC, NULL, false },
               { "qemu", FORM_WORD, NULL, false },
               { "extra", FORM_WORD, NULL, true },
               { "pc", FORM_WORD, "on|off", true } }, 0, take_log },
    { "clock", { { "monotonic", FORM_SECONDS, NULL, false },
                 { "realtime", FORM_SECONDS, NULL, false },
                 { "kvmclock", FORM_SECONDS, NULL, true },
                 { "tsc", FORM_HEX, NULL, true },
                 { "cpu", FORM_DEC, NULL, true } }, 0, NULL },
    { "device", { { "id", FORM_WORD, NULL, false },
                  { "host", FORM_WORD, NULL, false },
                  { "type", FORM_WORD, NULL, false },
                  { "addresses", FORM_WORD, "host|synthetic", false } }, 0,
      NULL },
    { "coverage", { DEVICE, { "state", FORM_WORD,
                              "trapped|forwarded|emulated|direct|none",
                    false },
                    { "access", FORM_WORD, "r|w", true },
                    { "bar", FORM_DEC, NULL, true },
                    { "vga", FORM_HEX, NULL, true },
                    { "map", FORM_DEC, NULL, true },
                    { "addr", FORM_HEX, NULL, true },
                    { "len", FORM_HEX, NULL, true } }, 0, check_coverage },
    { "start", { DEVICE }, 0, check_start },
    { "stop", { DEVICE }, 0, check_stop },
    { "window", { DEVICE, { "bar", FORM_DEC, NULL, true },
                  { "vga", FORM_HEX, NULL, true },
                  { "map", FORM_DEC, NULL, false },
                  { "addr", FORM_HEX, NULL, false },
                  { "len", FORM_HEX, NULL, false },
                  { "access", FORM_WORD, "r|w|rw", false },
                  { "change", FORM_WORD, "added|removed", false } },
      COUNTS(WINDOWS), NULL },
    { "hot", { DEVICE, { "bar", FORM_DEC, NULL, true },
               { "map", FORM_DEC, NULL, false },
               { "addr", FORM_HEX, NULL, false },
               { "len", FORM_HEX, NULL, false },
               { "accesses", FORM_DEC, NULL, false },
               { "in-us", FORM_DEC, NULL, false },
               { "limit", FORM_DEC, NULL, false },
               { "state", FORM_WORD, "direct|trapped", false } },
      COUNTS(HOT), NULL },
    { "p2p", { DEVICE, { "bar", FORM_DEC, NULL, false },
               { "map", FORM_DEC, NULL, false },
               { "state", FORM_WORD, "mapped|none", false },
               { "errno", FORM_DEC, NULL, true } }, 0, NULL },
    { "pc", { DEVICE, { "state", FORM_WORD, "none", false } }, 0, NULL },
    { "hw", { DEVICE, { "state", FORM_WORD, "partial|none", false } }, 0,
      NULL },
    { "rescue", { DEVICE, { "state", FORM_WORD, "none", false } }, 0, NULL },
    { "stepped", { { "map", FORM_DEC, NULL, false },
                   { "pc", FORM_HEX, NULL, false },
                   { "bytes", FORM_WORD, NULL, false } }, 0, NULL },
    { "step-failed", { { "map", FORM_DEC, NULL, false },
                       { "pc", FORM_HEX, NULL, false } }, 0, NULL },
    { "step-lost", { { "map", FORM_DEC, NULL, false },
                     { "pc", FORM_HEX, NULL, false } }, 0, NULL },
    { "refused", { { "map", FORM_DEC, NULL, false },
                   { "addr", FORM_HEX, NULL, false },
                   { "pc", FORM_HEX, NULL, false },
                   { "bytes", FORM_WORD, NULL, false } }, 0, NULL },
    { "config", { { NULL } }, 0, take_config },
    { "failed", { { NULL } }, 0, take_flag },
    { "pending", { { NULL } }, 0, take_flag },
    { "unsynced", { { NULL } }, 0, take_flag },
    { "unverified", { { NULL } }, 0, take_flag },
    { "irq", { DEVICE, { "vector", FORM_DEC, NULL, true },
               { "intx", FORM_WORD, "A|B|C|D", true },
               { "level", FORM_DEC, "0|1", true } },
      COUNTS(IRQS), take_irq },
    { "reset", { DEVICE }, COUNTS(RESETS), NULL },
    { "command", { DEVICE, { "memory", FORM_WORD, ON_OFF, false },
                   { "io", FORM_WORD, ON_OFF, false },
                   { "master", FORM_WORD, ON_OFF, false } }, 0, NULL },
    { "power", { DEVICE, { "state", FORM_WORD, "D0|D1|D2|D3hot", false } }, 0,
      NULL },
    { "moved", { DEVICE, { "bar", FORM_DEC, NULL, true },
                 { "map", FORM_DEC, NULL, false },
                 { "from", FORM_HEX, NULL, false },
                 { "to", FORM_HEX, NULL, false } }, 0, NULL },
    { "error", { DEVICE }, 0, NULL },
    { "request", { DEVICE }, 0, NULL },
    { "vm", { { "state", FORM_WORD, "paused|running", false },
              { "reason", FORM_WORD, NULL, true },
              { "paused-ns", FORM_DEC, NULL, true } }, 0, take_vm },
    { "backtrace", { { "map", FORM_DEC, NULL, false },
                     { "pc", FORM_HEX, NULL, false } },
      COUNTS(BACKTRACES), take_backtrace },
    { "symbols", { { "at", FORM_DEC, NULL, false } }, 0, NULL },
    { "snapshot", { DEVICE, { "map", FORM_DEC, NULL, false },
                    { "addr", FORM_HEX, NULL, false },
                    { "at", FORM_HEX, NULL, false },
                    { "len", FORM_DEC, NULL, false },
                    { "sha256", FORM_SHA256, NULL, false },
                    { "state", FORM_WORD, NULL, true } },
      COUNTS(SNAPSHOTS), take_snapshot },
    { "snapshot-data", { { "at", FORM_HEX, NULL, false } }, 0,
      check_snapshot_data },
    { "guest-mark", { { "origin", FORM_WORD, "virtio-serial|isa", false },
                      { "port", FORM_WORD, NULL, false },
                      { "cut", FORM_DEC, NULL, true },
                      { "dropped", FORM_DEC, NULL, true } }, 0,
      take_guest_mark, GUEST_TEXT },
    { "detached", { { "id", FORM_WORD, NULL, false } }, 0, NULL },
    { "part", { { NULL } }, 0, NULL },
    { "recovered", { { "records", FORM_DEC, NULL, false },
                     { "pending", FORM_DEC, NULL, false },
                     { "lost", FORM_DEC, NULL, false } }, 0, take_recovered },
    { "cut", { { "bytes", FORM_DEC, NULL, false } }, COUNTS(LOSSES),
      take_loss },
    { "damaged", { { NULL } }, COUNTS(LOSSES), take_loss },
    { "reader", { { NULL } }, COUNTS(LOSSES), take_loss },
    { "end", { { NULL } }, 0, take_end },
};

static const Word *find_word(MmtSpan name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (mmt_words_are(name, words[i].word)) {
            return &words[i];
        }
    }
    return NULL;
}

static void check_foreign(Check *check, MmtSpan name)
{
    if (check->ours && !check->marked[COUNT_FOREIGN]++) {
        check->foreign = check->at;
        check->foreign_word = mmt_words_printable(name);
    }
}

static void check_own_mark(Check *check, const MmtEvent *ev)
{
    const size_t prefix = strlen(MMT_MARK_PREFIX);
    MmtEvent words = *ev;
    const Word *word;
    MmtSpan name;
    bool sound = true;
    size_t i;

    if (ev->text.len < prefix ||
        memcmp(ev->text.p, MMT_MARK_PREFIX, prefix)) {
        return;
    }
    name.p = ev->text.p + prefix;
    name.len = ev->text.len - prefix;
    name = mmt_words_next(&name);
    if (!name.p) {
        name.p = ev->text.p + prefix;
    }
    check->ours |= mmt_words_are(name, "log") || mmt_words_are(name, "part");
    word = find_word(name);
    if (!word) {
        check_foreign(check, name);
        return;
    }
    if (word->rest) {
        words.text = mmt_words_before(ev->text, word->rest);
    }
    for (i = 0; i < G_N_ELEMENTS(word->key) && word->key[i].key; i++) {
        sound &= check_key(check, &words, &word->key[i]);
    }
    if (word->count) {
        check->marked[word->count - 1]++;
    }
    if (sound && word->take) {
        word->take(check, ev);
    }
}

/* A read of nothing but ones is what the mark is for. */
static void check_unverified(Check *check, const MmtEvent *ev)
{
    const MmtEvent *access = &check->access;
    uint64_t ones = UINT64_MAX >> (64 - 8 * access->width);

    check->marked[COUNT_UNVERIFIED]++;
    if ((access->type != MMT_EVENT_READ &&
         access->type != MMT_EVENT_CONFIG_READ) || access->value != ones) {
        FAULT(check, ev, MMT_FIELD_TEXT, "only a read of all ones can be "
              "unverified");
    }
}

/* Return: whether it is a mark that belongs to the access before */
static bool check_flag_mark(Check *check, const MmtEvent *ev)
{
    const MmtEvent *access = &check->access;
    MmtFlagMark mark;

    if (!mmt_parse_flag_mark(ev, &mark)) {
        return false;
    }
    if (!check->access_at.line || mark.type != access->type ||
        mark.width != access->width || mark.map_id != access->map_id ||
        mark.addr != access->addr) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the mark does not belong to the "
              "access before it");
        return true;
    }
    switch (mark.flag) {
    case MMT_FLAG_FAILED:
        check->marked[COUNT_FAILED]++;
        check_find_map(check, mark.map_id)->failed++;
        g_clear_pointer(&check->held, g_free);
        break;
    case MMT_FLAG_PENDING:
        check->marked[COUNT_PENDING]++;
        break;
    case MMT_FLAG_UNVERIFIED:
        check_unverified(check, ev);
        break;
    default:
        break;
    }
    return true;
}

void check_mark(Check *check, const MmtEvent *ev)
{
    size_t i;

    for (i = 0; !check->options->kernel && i < ev->text.len; i++) {
        unsigned char ch = ev->text.p[i];

        if (ch < 0x20 || ch == 0x7f) {
            check_fault(check, check->at, column_of(ev, ev->text.p + i),
                        "the mark has a control character (0x%02x)", ch);
            break;
        }
    }
    check_own_mark(check, ev);
    if (!check_flag_mark(check, ev)) {
        check_release_held(check);
    }
}
