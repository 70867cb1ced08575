#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 40
# timeout: 600
"""Instructions that KVM can't emulate, on a traced BAR: their effect on
registers, memory and the log.  A bare guest on this machine's own KVM, and the
same under TCG."""

import collections
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import rescueguest, rescueinsn, tap                  # noqa: E402
from common.rescueguest import C, Case, Guest                    # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

BAR, RAM, REGISTERS, FOREIGN = (C["ON_BAR"], C["ON_PLAIN"], C["ON_REGISTERS"],
                                C["ON_FOREIGN"])
ALLOWED, MISSING, READ_ONLY, SUPERVISOR = (
    C["ALLOWED"], C["MISSING"], C["READ_ONLY"], C["SUPERVISOR"])
FREE = (ALLOWED, ALLOWED)
MIDDLE, BORDER = 0x800, 0x1000
USER, KERNEL = 3, 0

# Features that TCG does not have
NOT_TCG = re.compile(r"avx512|^gfni$|^vaes$|^movdir")
# Features that are lost with each of these flags of the guest's CPU
GOES_WITH = {"avx": r"avx|f16c|fma|vaes|vpclmulqdq", "avx2": r"avx512",
             "avx512f": r"avx512"}
SHOWN = 60                      # maximum number of errors shown

ROWS = rescueinsn.table()
STEPPED = [row for row in ROWS if row.step]
BEHIND_STI = [row for row in ROWS if row.kind == "behind STI"]
PLANNED = [row for row in ROWS if not row.step and row not in BEHIND_STI]


# --- what KVM supports --------------------------------------------------------

def cpu_flags():
    """The flags that the guest's CPU certainly has"""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        flags = next((set(line.split()) for line in f
                      if line.startswith("flags")), set())
    for masked in rescueguest.MASKED:
        with_it = re.compile(f"{masked}$|" + GOES_WITH.get(masked, masked))
        flags = {flag for flag in flags if not with_it.match(flag)}
    return flags


def known(accel, row):
    """Is it certain that the processor has the row's instruction?"""
    if accel == "tcg":
        return not any(NOT_TCG.search(need) for need in row.needs)
    return row.needs <= cpu_flags()


def row_of(text):
    return next(row for row in ROWS if row.text == text)


def why_not(scratch, cpl):
    """Why KVM can't run AVX on RAM, without a trace; or None"""
    path = os.path.join(scratch, f"probe{cpl}")
    os.mkdir(path)
    case = Case(row_of("vmovdqu %ymm1, (%rdi)"), MIDDLE, cpl, 0, (RAM, RAM),
                FREE)
    try:
        with Guest(path, "kvm", ROWS, [case], traced=None) as g:
            g.wait(10)
            vector = g.results()[0].vector
    except AssertionError as e:
        return str(e).splitlines()[0]
    return None if vector == rescueguest.DONE else f"exception {vector}"


_kvm = {}                       # cached facts about this KVM


def need_kvm(scratch, cpl=USER):
    """Skip unless KVM runs the guest, and AVX at that level."""
    tap.need_kvm()
    if cpl not in _kvm:
        _kvm[cpl] = why_not(scratch, cpl)
    if _kvm[cpl]:
        raise Skip("this KVM has no AVX on RAM, in " +
                   ("user" if cpl else "kernel") + f" mode: {_kvm[cpl]}")


def elsewhere(mode=0, page=FOREIGN):
    """All rows, each on the registers of an untraced device."""
    return [Case(row, 0, USER, C["MODE_ALONE"] | mode, (page, page), FREE)
            for row in PLANNED]


def run_elsewhere(scratch, name, cases, **options):
    """(vector of each end, RIP there relative to the instruction)"""
    path = os.path.join(scratch, name)
    os.mkdir(path)
    with Guest(path, "kvm", ROWS, cases, **options) as g:
        g.wait()
        ends = [(r.vector, r.rip) for r in g.results()]
        g.quit()
    if options.get("traced") is not None or "traced" not in options:
        for case, told in zip(cases, rescueguest.tell(g.log_path, len(cases))):
            equal((told.lines, told.unknown), ([], 0), f"log of {case}")
    return ends


def kvm_own(scratch):
    """The rows that KVM emulates by itself, on any device"""
    if "own" not in _kvm:
        ends = run_elsewhere(scratch, "own", elsewhere())
        _kvm["own"] = {row for row, (vector, _) in zip(PLANNED, ends)
                       if vector == rescueguest.DONE}
    return _kvm["own"]


def plain_failure(scratch):
    """The result of AVX on trapped registers in user mode without a trace: #UD;
    or, with a version of KVM that reports it and raises nothing, endless
    reports."""
    path = os.path.join(scratch, "plain")
    os.mkdir(path)
    with Guest(path, "kvm", ROWS, [
            Case(row_of("vmovdqu (%rdi), %ymm1"), 0, USER, C["MODE_ALONE"],
                 (FOREIGN, FOREIGN), FREE)], traced=None) as g:
        tap.wait_until(lambda: g.job().status == C["FINISHED"] or
                       g.said("KVM internal error"), "an end or a message", 20)
        if g.job().status == C["FINISHED"]:
            return g.results()[0].vector
        return None


def kvm_does(scratch, rows):
    """The rows, except those that this KVM refuses by itself, traced or not."""
    own = kvm_own(scratch)
    refused = [row for row in rows if "kvm-refuses" in row.quirks
               and row not in own]
    if refused and "refused" not in _kvm:
        _kvm["refused"] = refused
        print("# kvm: refused, traced or not: " +
              "; ".join(row.text for row in refused))
    return [row for row in rows if row not in refused]


# --- lists of cases ---------------------------------------------------------

# The two sides of a page border
BORDERS = [(BAR, BAR), (RAM, BAR), (BAR, RAM)]


def everywhere(row, cpl, alignments, borders):
    """At each alignment, and in every way across a page border."""
    for a in alignments:
        yield Case(row, MIDDLE + a, cpl, 0, (BAR, BAR), FREE)
    for pages in borders:
        for offset in crossings(row):
            yield Case(row, offset, cpl, 0, pages, FREE)


def crossings(row):
    """The offsets at which the row's operand is in both pages"""
    touched = row.reads + row.writes
    if not touched:
        return range(0)
    return range(BORDER - max(touched), BORDER - min(touched))


def tcg_can(case):
    """QEMU's TCG crashes when an x87 load or store, of 10 bytes and more,
    crosses from RAM to a device."""
    return not (case.page == (RAM, BAR) and case.row.kind in
                ("x87", "more than one operand's worth") and
                (case.row.step or max(case.row.reads + case.row.writes) >= 9))


def sorted_cases(cases):
    """Sort cases with the same pages together: mapping is slow."""
    return sorted(cases, key=lambda case: (case.page, case.protection))


def complete(path):
    """The log is complete and well-formed."""
    said = subprocess.run([tap.tool_binary(), "check", "--complete", path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    equal(said.returncode, 0, f"exit status of check, which prints {said.stdout}")


# --- a run ------------------------------------------------------------------

def complain(wrong):
    """Raise an error that shows each row, not the same one repeatedly."""
    if not wrong:
        return
    of_row = collections.Counter(text.split(" at ")[0] for text in wrong)
    shown, seen = [], set()
    for text in wrong:
        row = text.split(" at ")[0]
        if row not in seen and len(shown) < SHOWN:
            seen.add(row)
            shown.append(text[:600])
    raise AssertionError(f"{len(wrong)} cases of {len(of_row)} instructions "
                         "are wrong:\n" + "\n".join(shown))


def check_missing(guest, accel):
    """Check that the processor has all instructions of its flags.

    Under KVM it may have others: where a hypervisor hides a flag, most of the
    instructions still work. Then they must work on the BAR, too.
    """
    there = {row: known(accel, row) for row in ROWS}
    unknown = collections.defaultdict(set)
    for case, result in zip(guest.cases, guest.results()):
        if case.offset % case.row.align:
            continue            # refused for a different reason
        missing = result.reference == rescueguest.UD
        unknown[missing].add(case.row.text)
        if missing and there[case.row]:
            raise AssertionError(f"{case}: the processor does not have it")
        if not missing and not there[case.row] and accel == "tcg":
            raise AssertionError(f"{case}: TCG has it after all")
    return unknown[False], unknown[True]


def run(scratch, accel, cases, **options):
    """(guest, bytes read and written of each case); raises if any of it is
    wrong"""
    with Guest(scratch, accel, ROWS, cases, **options) as g:
        job = g.wait(120)
        equal(job.done, len(cases), "cases done")
        g.quit()
    equal(g.stray(), [], "other bytes in the BAR")
    there, missing = check_missing(g, accel)
    complete(g.log_path)
    own = kvm_own(scratch) if accel == "kvm" else ()
    wrong, values = rescueguest.judge(g, accel, own)
    complain(wrong)
    print(f"# {accel}: {len(cases)} cases of {len(there)} instructions; "
          f"{len(missing)} missing in the processor")
    return g, values


_values = {}                    # {accel: {case as text: bytes}}


def sweep(scratch, accel, cpl, rows, alignments=range(64), borders=None):
    if accel == "kvm":
        rows = kvm_does(scratch, rows)
    cases = sorted_cases(case for row in rows
                         for case in everywhere(row, cpl, alignments,
                                                borders or BORDERS)
                         if accel == "kvm" or tcg_can(case))
    g, values = run(scratch, accel, cases)
    unknown = {case.row.text for case, r in zip(cases, g.results())
               if r.reference == rescueguest.UD}
    _values[accel, cpl] = {str(case): v for case, v in zip(cases, values)
                           if case.row.text not in unknown}


# --- tests ------------------------------------------------------------------

@test
def user_mode(scratch):
    """KVM, user mode: all at every alignment and across page borders."""
    need_kvm(scratch)
    sweep(scratch, "kvm", USER, PLANNED)


@test
def kernel_mode(scratch):
    """KVM, kernel mode: all at every alignment and across page borders."""
    need_kvm(scratch, KERNEL)
    sweep(scratch, "kvm", KERNEL, PLANNED)


@test
def tcg(scratch):
    """TCG, user mode: all at many alignments and across page borders."""
    sweep(scratch, "tcg", USER, PLANNED, range(0, 64, tap.rounds(3, 1)))


@test
def tcg_kernel_mode(scratch):
    """TCG, kernel mode: all, also across page borders."""
    sweep(scratch, "tcg", KERNEL, PLANNED, (0, 1), [(BAR, BAR)])


@test
def same_log(_):
    """The logs of KVM and TCG have the same bytes read and written."""
    if ("kvm", USER) not in _values:
        raise Skip("KVM has not run")
    kvm, other = _values["kvm", USER], _values["tcg", USER]
    exact = {row.text for row in ROWS if not row.quirks}
    both = [case for case in kvm if case in other
            and case.split(" at ")[0] in exact]
    wrong = [f"{case}: KVM's log has {kvm[case]}, TCG's {other[case]}"
             for case in both if kvm[case] != other[case]]
    complain(wrong)
    print(f"# {len(both)} cases")
    equal(len(both) > 10000, True, "a sufficient number of cases")


def scattered(row):
    return re.search("gather|scatter|maskmov", row.text)


def faulting(rows, cpl):
    """Across a border to a page that is missing, read-only or the kernel's; and
    the same in the other direction."""
    for row in rows:
        touched = row.reads + row.writes
        if not touched or row.poke:
            continue
        middle = BORDER - (max(touched) + min(touched) + 1) // 2
        places = {BORDER - max(touched), middle, BORDER - 1 - min(touched)}
        rights = [(ALLOWED, MISSING), (MISSING, ALLOWED), (MISSING, MISSING)]
        if row.writes:
            rights += [(ALLOWED, READ_ONLY), (READ_ONLY, ALLOWED)]
        if cpl == USER:
            rights += [(ALLOWED, SUPERVISOR), (SUPERVISOR, ALLOWED)]
        for offset in sorted(places):
            for right in rights:
                for pages in BORDERS:
                    yield Case(row, offset, cpl,
                               C["MODE_LAX"] if scattered(row) else 0, pages,
                               right)


@test
def faults(scratch):
    """KVM: page faults come before any access to the device."""
    need_kvm(scratch)
    rows = kvm_does(scratch, PLANNED)
    cases = sorted_cases([*faulting(rows, USER),
                          *special(C["MODE_BITS"], rows)])
    g, _ = run(scratch, "kvm", cases)
    print(f"# {sum(r.events > 0 for r in g.results())} page faults")


def behind_sti(scratch, accel):
    g, _ = run(scratch, accel, [
        Case(row, MIDDLE, KERNEL, C["MODE_STI"], (BAR, BAR), FREE)
        for row in BEHIND_STI if known(accel, row)])
    equal({(r.events, r.first) for r in g.results()}, {(1, C["GATE_IRQ"])},
          "interrupts")


@test
def interrupt_shadow(scratch):
    """KVM, kernel mode: STI delays interrupts until after the next instruction."""
    need_kvm(scratch, KERNEL)
    behind_sti(scratch, "kvm")


@test
def tcg_interrupt_shadow(scratch):
    """TCG, kernel mode: STI delays interrupts until after the next instruction."""
    behind_sti(scratch, "tcg")


@test
def program_counters(scratch):
    """KVM: the PC in the log is the instruction's."""
    need_kvm(scratch)
    own = kvm_own(scratch)
    cases = [Case(row, offset, USER, 0, (BAR, BAR), FREE)
             for row in kvm_does(scratch, PLANNED) if row not in own
             for offset in (MIDDLE, MIDDLE + 1)]
    g, _ = run(scratch, "kvm", cases, traced=",pc=on")
    address = dict(zip(ROWS, g.addresses))
    for case, told in zip(cases, rescueguest.tell(g.log_path, len(cases))):
        equal({line.pc for line in told.lines} - {address[case.row]}, set(),
              f"PCs of {case}")


@test
def registers(scratch):
    """KVM: registers that are not memory are accessed like others."""
    need_kvm(scratch)
    texts = ("vmovdqu (%rdi), %ymm1", "vmovdqu (%rdi), %xmm1",
             "movntdqa (%rdi), %xmm1", "vpgatherdd %ymm11, (%rdi,%ymm13,2), "
             "%ymm1", "paddd (%rdi), %xmm1", "fldl (%rdi)")
    cases = [Case(row, 0x20, USER, C["MODE_ALONE"],
                  (REGISTERS, REGISTERS), FREE)
             for row in map(row_of, texts) if known("kvm", row)]
    with Guest(scratch, "kvm", ROWS, cases) as g:
        g.wait()
        ends = [r.vector for r in g.results()]
        g.quit()
    equal(ends, [rescueguest.DONE] * len(cases), "vectors")
    complete(g.log_path)
    with open(g.log_path, encoding="utf-8") as f:
        reads = [line.split() for line in f if line.startswith("R ")]
    equal(sum(int(words[1]) for words in reads),
          sum(len(case.row.reads) for case in cases), "bytes read")


ARITHMETIC = ("x87", "MMX", "SSE arithmetic", "AVX arithmetic",
              "AVX-512 arithmetic")


def special(mode, rows, cpl=USER):
    for row in rows:
        # a page fault in the instruction: traps may come there, too
        border = [] if scattered(row) else list(crossings(row))[:1]
        for offset in [MIDDLE, MIDDLE + 1] + border:
            yield Case(row, offset, cpl, mode, (BAR, BAR), FREE)


def stepping(scratch, accel, cpl, rows):
    g, _ = run(scratch, accel, list(special(C["MODE_TF"], rows, cpl)))
    for case, result in zip(g.cases, g.results()):
        if case.offset == MIDDLE and result.reference not in (
                rescueguest.UD, rescueguest.GP):
            equal(result.vector, rescueguest.DB, f"vector after {case}")


@test
def single_stepped(scratch):
    """KVM: a program that steps itself stops after each rescued instruction."""
    need_kvm(scratch)
    own = kvm_own(scratch)
    stepping(scratch, "kvm", USER, [row for row in kvm_does(scratch, PLANNED)
                                    if row not in own])


@test
def tcg_single_stepped(scratch):
    """TCG: a program and a kernel that step themselves stop after each."""
    rows = [row for row in PLANNED if not row.text.startswith("rep ")]
    for cpl in (USER, KERNEL):
        path = os.path.join(scratch, str(cpl))
        os.mkdir(path)
        stepping(path, "tcg", cpl, rows)


@test
def unmasked(scratch):
    """KVM: floating-point exceptions that are not masked are raised."""
    need_kvm(scratch)
    rows = [row for row in PLANNED if row.kind in ARITHMETIC]
    g, _ = run(scratch, "kvm", list(special(C["MODE_UNMASK"], rows)))
    raised = collections.Counter(r.vector for r in g.results())
    equal(raised[rescueguest.XM] > 20, True, f"some raise #XM: {raised}")


@test
def alignment_checked(scratch):
    """KVM: the same exceptions with alignment checks."""
    need_kvm(scratch)
    rows = [row for row in PLANNED if row.kind != "general registers"
            and not row.poke]
    g, _ = run(scratch, "kvm", list(special(C["MODE_AC"], rows)))
    checked = sum(r.vector == rescueguest.AC for r in g.results())
    equal(checked > 20, True, "some raise #AC")


@test
def before(scratch):
    """KVM: without a trace, AVX on trapped registers does not work."""
    need_kvm(scratch)
    vector = plain_failure(scratch)
    equal(vector in (rescueguest.UD, None), True, f"that vector {vector}")
    if vector is None:
        print("# KVM raises no #UD by itself: the program is stuck there")


@test
def outside_windows(scratch):
    """KVM, user mode: outside our windows #UD, and nothing in the log."""
    need_kvm(scratch)
    plain = plain_failure(scratch)
    refused = 0
    for mode in (0, C["MODE_TF"]):
        if plain == rescueguest.UD:
            want = run_elsewhere(scratch, f"without{mode}", elsewhere(mode),
                                 traced=None)
        else:
            want = None
        for page, trace in ((FOREIGN, ""), (REGISTERS, ",windows=2")):
            cases = elsewhere(mode, page)
            ends = run_elsewhere(scratch, f"with{mode}{page}", cases,
                                 trace=trace)
            for n, (case, end) in enumerate(zip(cases, ends)):
                if want:
                    equal(end, want[n], f"vector and RIP after {case}")
                if end[0] == rescueguest.UD:
                    equal(end[1], 0, f"RIP at #UD of {case}")
            refused = sum(end[0] == rescueguest.UD for end in ends)
    print(f"# {refused} of {len(PLANNED)} instructions end in #UD there")
    equal(refused > len(PLANNED) // 2, True, "most of them do")


@test
def stops_as_before(scratch):
    """KVM, kernel mode: outside our windows the VM stops, as without a trace."""
    need_kvm(scratch)
    said = []
    row = row_of("vmovdqu (%rdi), %ymm1")
    for name, traced in (("without", None), ("with", "")):
        path = os.path.join(scratch, name)
        os.mkdir(path)
        with Guest(path, "kvm", ROWS, [
                Case(row, 0, KERNEL, C["MODE_ALONE"], (FOREIGN, FOREIGN),
                     FREE)], traced=traced) as g:
            # On a busy machine QMP answers before the guest starts: "prelaunch"
            tap.wait_until(lambda: g.qmp.execute("query-status")["status"]
                           not in ("prelaunch", "running"), "the VM stops", 20)
            status = g.qmp.execute("query-status")
            g.qmp.wait_event("STOP")
            events = sorted(e["event"] for e in g.qmp.events)
            text = g.stderr()
        said.append((status, events,
                     text[text.index("KVM internal error"):]))
    equal(said[0][0]["status"], "internal-error", "state without a trace")
    equal(said[1], said[0], "state, events and message")


@test
def stepped(scratch):
    """KVM: instructions beyond one operand have the same results, too."""
    need_kvm(scratch)
    # A KVM without nested virtualization lets a program see the #DB of a step.
    mode = C["MODE_PASS_DB"] if os.path.exists("/sys/module/kvm_pvm") else 0
    run(scratch, "kvm", [Case(row, offset, USER, mode, pages, FREE)
                         for row in STEPPED
                         for pages in BORDERS
                         for offset in (0x400, 0x440, BORDER - 0x40)])


@test
def races(scratch):
    """KVM: another vCPU changes code and page tables concurrently."""
    need_kvm(scratch)
    for race in (C["RACE_CODE"], C["RACE_PAGES"],
                 C["RACE_CODE"] | C["RACE_PAGES"]):
        path = os.path.join(scratch, str(race))
        os.mkdir(path)
        with Guest(path, "kvm", ROWS, smp=2, what="WHAT_RACE", race=race,
                   rounds=tap.rounds(20000, 300000)) as g:
            job = g.wait(tap.rounds(60, 180))
            g.quit()
        complete(g.log_path)
        print(f"# {job.count[C['RACE_DONE']]} done, "
              f"{job.count[C['RACE_FAULTS']]} page faults; the other vCPU has "
              f"changed something {job.count[C['RACE_AP']]} times")
        equal(job.count[C["RACE_OTHERS"]], 0,
              f"other exceptions, of vector {job.count[C['RACE_VECTOR']]}")


@test
def cost(scratch):
    """KVM: the time of a rescued access, compared with others."""
    need_kvm(scratch)
    with Guest(scratch, "kvm", ROWS, what="WHAT_TIMES", rounds=200) as g:
        job = g.wait()
        g.quit()
    times = job.count[:len(rescueguest.TIMED)]
    equal(all(times), True, "all are timed")
    for n, name in enumerate(rescueguest.TIMED):
        print(f"# {name}: {times[n] / times[n % 2]:.2f} times mov, 8 bytes")


if __name__ == "__main__":
    tap.main()
