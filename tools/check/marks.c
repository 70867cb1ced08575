/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: marks, above all the tracer's own
 *
 * docs/log-format.md has them.  Which words a mark has and what these may be
 * is in the library's table (marks.h); a function here checks what a mark says
 * together with what came before it.  Words that the table does not have are
 * left alone, in a mark as behind it: a newer vfio-trace may have written them.
 */
#include "tools/check/marks.h"
#include "tools/check/coverage.h"
#include "tools/check/fault.h"
#include "tools/check/map.h"
#include "tools/check/memory.h"
#include "tools/check/origin.h"
#include "tools/check/started.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

/**
 * struct Use: what becomes of a mark
 * @count: what it counts as, plus 1; 0 for nothing
 * @take: what else is to be done; only if its words are right
 * @whole: @take checks the words, too: they belong to an access
 */
typedef struct Use {
    int count;
    void (*take)(Check *check, const MmtEvent *ev);
    bool whole;
} Use;

static uint64_t column_of(const MmtEvent *ev, const char *p)
{
    return ev->column[MMT_FIELD_TEXT] + (p - ev->text.p);
}

static bool check_key(Check *check, const MmtEvent *ev, const MmtMarkKey *key)
{
    MmtSpan value = mmt_mark_value(ev->text, key->key);
    g_autofree char *text = NULL;

    if (!value.p) {
        if (key->flags & (MMT_KEY_OPTIONAL | MMT_KEY_LENIENT)) {
            return true;
        }
        FAULT(check, ev, MMT_FIELD_TEXT, "the mark has no %s=", key->key);
        return false;
    }
    if (mmt_mark_value_sound(key, value)) {
        return true;
    }
    text = mmt_words_printable(value);
    check_fault(check, check->at, column_of(ev, value.p), "%s=%s: %s expected",
                key->key, text, mmt_mark_value_wanted(key));
    return false;
}

/* A mark need not name a region of those that we know. */
static bool check_region(Check *check, const MmtEvent *ev)
{
    static const MmtMarkKey bar = { "bar", MMT_VALUE_DEC, MMT_KEY_OPTIONAL };
    static const MmtMarkKey vga = { "vga", MMT_VALUE_HEX, MMT_KEY_OPTIONAL };
    bool sound = check_key(check, ev, &bar);

    return check_key(check, ev, &vga) && sound;
}

static bool check_keys(Check *check, const MmtEvent *ev,
                       const MmtMarkForm *form)
{
    const MmtMarkKey *key;
    MmtEvent words = *ev;
    bool sound = true;

    for (key = form->key; key->key; key++) {
        if (key->kind == MMT_VALUE_TEXT) {
            words.text = mmt_words_before(ev->text, key->key);
        }
    }
    for (key = form->key; key->key; key++) {
        if (key->kind == MMT_VALUE_REGION) {
            sound &= check_region(check, &words);
        } else if (!(key->flags & MMT_KEY_BARE) &&
                   key->kind != MMT_VALUE_TEXT) {
            sound &= check_key(check, &words, key);
        }
    }
    return sound;
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

/*
 * Another format's devices may have no known IDs.  Of mmiotrace, only a log
 * without its beginning is converted: it has that from the kernel.
 */
static void take_converted(Check *check, const MmtEvent *ev)
{
    check->converted = true;
    check->guessed = false;
    if (mmt_words_are(mmt_mark_value(ev->text, "from"), "mmiotrace")) {
        check->kernel = true;
        check->headless = true;
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
    check_memory_forget(check);
}

static void take_loss(Check *check, const MmtEvent *ev)
{
    (void)ev;
    check_memory_forget(check);
}

/*
 * A machine that is paused stays so until it continues, whatever else happens
 * to it; only a reset changes why.
 */
static void take_vm(Check *check, const MmtEvent *ev)
{
    MmtSpan state = mmt_mark_value(ev->text, "state");
    bool reset = mmt_words_are(mmt_mark_value(ev->text, "reason"),
                               "prelaunch");
    bool same = check->vm.line && mmt_words_are(state, check->vm_state);

    if (same && (!reset || check->vm_reset)) {
        g_autofree char *where = check_line_name(check, check->vm);

        FAULT(check, ev, MMT_FIELD_TEXT, "the machine is %s already, since %s",
              check->vm_state, where);
    }
    check->marked[COUNT_PAUSES] += mmt_words_are(state, "paused") && !same;
    check->marked[COUNT_SLEEPS] += mmt_words_are(state, "suspended") &&
                                   !mmt_mark_value(ev->text, "paused-ns").p;
    check->vm = check->at;
    check->vm_reset = reset;
    g_snprintf(check->vm_state, sizeof(check->vm_state), "%.*s",
               (int)state.len, state.p);
}

void check_marks_end(Check *check)
{
    check_memory_end(check, check->end.line);
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
        FAULT(check, ev, MMT_FIELD_TEXT,
              "the mark does not say which access it belongs to");
    }
}

/* Only a BAR is ever mapped for other devices. */
static void take_p2p(Check *check, const MmtEvent *ev)
{
    if (!mmt_mark_value(ev->text, "bar").p) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the mark has no bar=");
    }
}

static void take_irq(Check *check, const MmtEvent *ev)
{
    bool vector = mmt_mark_value(ev->text, "vector").p;
    bool level = mmt_mark_value(ev->text, "level").p;
    bool message = mmt_words_have(ev->text, "msi") ||
                   mmt_words_have(ev->text, "msix");
    bool intx = mmt_mark_value(ev->text, "intx").p;

    if (message == intx || message != vector || intx != level) {
        FAULT(check, ev, MMT_FIELD_TEXT,
              "an interrupt is msi or msix with vector=, or intx= with level=");
    }
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
        FAULT(check, ev, MMT_FIELD_TEXT,
              "the backtrace belongs to no access: map %" PRIu64 " has none",
              id);
    } else if (map->last_pc && map->last_pc != pc) {
        FAULT(check, ev, MMT_FIELD_TEXT,
              "the backtrace does not belong to the last access to map %" PRIu64
              ": its PC is 0x%" PRIx64, id,
              map->last_pc);
    }
}

static void take_backtrace(Check *check, const MmtEvent *ev)
{
    MmtSpan at = mmt_mark_value(ev->text, "pc");
    MmtSpan rest = { at.p + at.len,
                     ev->text.p + ev->text.len - (at.p + at.len) };
    MmtSpan word;
    uint64_t addr;

    check_backtrace_access(check, ev);
    while ((word = mmt_words_next(&rest)).p) {
        if (!mmt_words_hex(word, &addr) && !memchr(word.p, '=', word.len)) {
            g_autofree char *text = mmt_words_printable(word);

            check_fault(check, check->at, column_of(ev, word.p),
                        "'%s' is no return address", text);
            return;
        }
    }
}

/* --- time in traps ------------------------------------------------------- */

static void take_traps(Check *check, const MmtEvent *ev)
{
    MmtSpan cpu = mmt_mark_value(ev->text, "cpu");
    uint64_t number;

    if (cpu.p && !mmt_words_are(cpu, "-") && !mmt_words_are(cpu, "all") &&
        !mmt_words_decimal(cpu, &number)) {
        g_autofree char *text = mmt_words_printable(cpu);

        check_fault(check, check->at, column_of(ev, cpu.p),
                    "cpu=%s: a decimal number, - or all expected", text);
    }
    if (!mmt_words_number(ev->text, "accesses")) {
        FAULT(check, ev, MMT_FIELD_TEXT, "the mark counts no access");
    }
}

static void take_trap_cost(Check *check, const MmtEvent *ev)
{
    bool known = mmt_words_number(ev->text, "exit-ns");

    if (known != mmt_words_are(mmt_mark_value(ev->text, "from"), "kvm") ||
        known == (mmt_mark_value(ev->text, "why").p != NULL)) {
        FAULT(check, ev, MMT_FIELD_TEXT,
              "the cost of an exit is from=kvm, or 0 with from=none and why=");
    }
}

/* --- what the guest says -------------------------------------------------- */

static void take_guest_mark(Check *check, const MmtEvent *ev)
{
    MmtSpan words = mmt_words_before(ev->text, "text");
    bool text = words.len != ev->text.len;
    bool cut = mmt_mark_value(words, "cut").p;
    bool dropped = mmt_mark_value(words, "dropped").p;

    if (text == dropped || (cut && !text)) {
        FAULT(check, ev, MMT_FIELD_TEXT,
              "a guest's mark has a text=, which may be cut=, or says how many were dropped=");
    }
}

/* ------------------------------------------------------------------------- */

#define COUNTS(what) .count = COUNT_ ## what + 1

static const Use uses[MMT_MARKS] = {
    [MMT_MARK_LOG] = { .take = take_log },
    [MMT_MARK_COVERAGE] = { .take = check_coverage },
    [MMT_MARK_START] = { .take = check_start },
    [MMT_MARK_STOP] = { .take = check_stop },
    [MMT_MARK_WINDOW] = { COUNTS(WINDOWS) },
    [MMT_MARK_HOT] = { COUNTS(HOT) },
    [MMT_MARK_P2P] = { .take = take_p2p },
    [MMT_MARK_CONFIG] = { .take = take_config, .whole = true },
    [MMT_MARK_FAILED] = { .take = take_flag, .whole = true },
    [MMT_MARK_PENDING] = { .take = take_flag, .whole = true },
    [MMT_MARK_UNSYNCED] = { .take = take_flag, .whole = true },
    [MMT_MARK_UNVERIFIED] = { .take = take_flag, .whole = true },
    [MMT_MARK_IRQ] = { COUNTS(IRQS), .take = take_irq },
    [MMT_MARK_RESET] = { COUNTS(RESETS) },
    [MMT_MARK_VM] = { .take = take_vm },
    [MMT_MARK_BACKTRACE] = { COUNTS(BACKTRACES), .take = take_backtrace },
    [MMT_MARK_SNAPSHOT] = { COUNTS(SNAPSHOTS) },
    [MMT_MARK_TRAPS] = { .take = take_traps },
    [MMT_MARK_TRAP_COST] = { .take = take_trap_cost },
    [MMT_MARK_GUEST_MARK] = { .take = take_guest_mark },
    [MMT_MARK_DETACHED] = { .take = check_detached },
    [MMT_MARK_RECOVERED] = { .take = take_recovered },
    [MMT_MARK_CUT] = { COUNTS(LOSSES), .take = take_loss },
    [MMT_MARK_DAMAGED] = { COUNTS(LOSSES), .take = take_loss },
    [MMT_MARK_READER] = { COUNTS(LOSSES), .take = take_loss },
    [MMT_MARK_CONVERTED] = { .take = take_converted },
    [MMT_MARK_END] = { .take = take_end },
};

static void check_foreign(Check *check, MmtSpan name)
{
    if (check->ours && !check->marked[COUNT_FOREIGN]++) {
        check->foreign = check->at;
        check->foreign_word = mmt_words_printable(name);
    }
}

static void check_own_mark(Check *check, const MmtEvent *ev)
{
    MmtSpan name = mmt_mark_name(ev->text);
    MmtMark mark = name.p ? mmt_mark_find(name.p, name.len) : MMT_MARKS;
    const Use *use;
    bool sound;

    if (!name.p) {
        check_memory_other(check);
        return;
    }
    check->ours |= mark == MMT_MARK_LOG || mark == MMT_MARK_PART;
    if (mark == MMT_MARKS) {
        check_foreign(check, name);
        return;
    }
    use = &uses[mark];
    /* the tools add these to the kernel's logs */
    if (mark != MMT_MARK_CONVERTED && mark != MMT_MARK_SYMBOLS) {
        check_origin_ours(check);
    }
    sound = use->whole || check_keys(check, ev, &mmt_mark_forms[mark]);
    if (use->count) {
        check->marked[use->count - 1]++;
    }
    if (sound) {
        check_memory_mark(check, ev);
    }
    if (sound && use->take) {
        use->take(check, ev);
    }
}

/* Of config space, QEMU 10.0 returns the number of a host's error instead. */
static bool may_be_error(const MmtEvent *access)
{
    static const int errors[] = { EIO, EFAULT, ENODEV, EINVAL };
    uint64_t ones = UINT64_MAX >> (64 - 8 * access->width);
    bool found = access->value == ones;
    size_t i;

    for (i = 0; access->type == MMT_EVENT_CONFIG_READ && !found &&
                i < G_N_ELEMENTS(errors); i++) {
        found = access->value == ((uint64_t)-errors[i] & ones);
    }
    return found && (access->type == MMT_EVENT_READ ||
                     access->type == MMT_EVENT_CONFIG_READ);
}

static void check_unverified(Check *check, const MmtEvent *ev)
{
    check->marked[COUNT_UNVERIFIED]++;
    if (!may_be_error(&check->access)) {
        FAULT(check, ev, MMT_FIELD_TEXT,
              "only a read of all ones can be unverified, or of config space an error's number");
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
        FAULT(check, ev, MMT_FIELD_TEXT,
              "the mark does not belong to the access before it");
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

    for (i = 0; !check->kernel && i < ev->text.len; i++) {
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
