/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing liba64: any bytes, as an instruction, registers and tables
 *
 * What is decoded has registers that exist, and a bounded number of accesses of
 * 1 to 8 bytes, one after the other.  It is executed.  Walks end, and give
 * addresses of at most 56 bits.
 */
#include "fuzz.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "liba64/a64.h"
#include "liba64/walk.h"

/**
 * struct Input: the head of an input; the rest is memory with the tables
 * @word: the instruction
 * @flags: what is neither a register nor a table
 * @base: each register's contents, with the register's number added
 * @walk: registers of the walk
 * @addr: the address that is translated
 */
typedef struct Input {
    uint32_t word;
    uint32_t flags;
    uint64_t base;
    uint64_t walk[5];
    uint64_t addr;
} Input;

typedef struct Tables {
    const uint8_t *data;
    size_t size;
    unsigned loads;
} Tables;

static uint64_t read_any(void *opaque, unsigned access)
{
    return *(uint64_t *)opaque + access;
}

static void write_any(void *opaque, unsigned access, uint64_t value)
{
    *(uint64_t *)opaque += access + value;
}

static void check_insn(const A64Insn *insn)
{
    unsigned i;

    fuzz_check(insn->regs <= 4, "%u registers", insn->regs);
    for (i = 0; i < insn->regs; i++) {
        fuzz_check(insn->reg[i] < 32, "register %u", insn->reg[i]);
    }
    fuzz_check(insn->base < 32 && insn->rm < 32, "base %u, offset in %u",
               insn->base, insn->rm);
}

/* Accesses follow one another; those of a vector are in one half of it. */
static void check_plan(const A64Insn *insn, const A64Plan *plan)
{
    unsigned i;

    fuzz_check(plan->accesses <= A64_MAX_ACCESSES, "%u", plan->accesses);
    for (i = 0; i < plan->accesses; i++) {
        const A64Access *a = &plan->access[i];
        const A64Access *before = i ? a - 1 : NULL;

        fuzz_check(a->size == 1 || a->size == 2 || a->size == 4 || a->size == 8,
                   "%u bytes", a->size);
        fuzz_check(a->reg < 32 && a->at + a->size <= 16 &&
                   a->at / 8 == (a->at + a->size - 1) / 8,
                   "%u bytes at %u of register %u", a->size, a->at, a->reg);
        fuzz_check(!before || a->addr == before->addr + before->size,
                   "access %u is elsewhere", i);
    }
    fuzz_check(insn->kind != A64_KIND_NOTHING || !plan->accesses, "a prefetch");
}

static void execute(const Input *in)
{
    A64State state = {
        .sp = in->base, .pc = in->addr, .big_endian = in->flags & 1,
        .zero_block = in->flags & 2 ? 64 : in->flags,
    };
    uint64_t some = in->base;
    const A64Memory memory = { &some, read_any, write_any };
    A64Status status;
    A64Insn insn;
    A64Plan plan;
    unsigned i;

    for (i = 0; i < A64_GPRS; i++) {
        state.x[i] = in->base + i;
    }
    status = a64_decode(&insn, in->word);
    fuzz_check((status == A64_REFUSED) == (insn.name != NULL), "%08" PRIx32,
               in->word);
    if (status != A64_OK) {
        return;
    }
    check_insn(&insn);
    if (a64_plan(&insn, &state, &plan)) {
        check_plan(&insn, &plan);
        a64_execute(&insn, &plan, &state, &memory);
        fuzz_check(state.pc == in->addr + 4, "PC");
        fuzz_check(a64_uses_vectors(&insn) || !state.v_changed, "vectors");
    }
}

/* The tables are wherever they are looked for. */
static bool load_any(void *opaque, uint64_t gpa, unsigned width,
                     uint64_t *value)
{
    Tables *t = opaque;
    uint64_t at = gpa & 0xfff8;

    fuzz_check(width == 8 && !(gpa & 7) && !(gpa >> 52),
               "%u bytes at 0x%" PRIx64, width, gpa);
    fuzz_check(++t->loads <= 64 * 5, "the walk does not end");
    if (at + 8 > t->size) {
        return false;
    }
    memcpy(value, t->data + at, 8);
    return true;
}

/* The guest always comes first. */
static bool swap_none(G_GNUC_UNUSED void *opaque, G_GNUC_UNUSED uint64_t gpa,
                      G_GNUC_UNUSED unsigned width, G_GNUC_UNUSED uint64_t old,
                      G_GNUC_UNUSED uint64_t value)
{
    return false;
}

static void walk(const Input *in, const uint8_t *data, size_t size)
{
    const A64WalkState state = {
        .sctlr = in->walk[0], .tcr = in->walk[1], .tcr2 = in->walk[2],
        .pir = in->walk[3], .pire0 = in->walk[4],
        .ttbr = { in->walk[3], in->walk[4] },
        .user = in->flags & 4, .pan = in->flags & 8,
    };
    Tables tables = { data, size, 0 };
    const InsnWalkMemory memory = { &tables, load_any, swap_none };
    uint64_t ipa;
    unsigned fault = 0;

    if (!a64_walk_supported(&state) &&
        a64_walk_translate(&state, &memory, in->addr, (in->flags >> 4) % 3,
                           &ipa, &fault)) {
        fuzz_check(!(ipa >> 56), "0x%" PRIx64, ipa);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input in;

    if (size < sizeof(in)) {
        return 0;
    }
    memcpy(&in, data, sizeof(in));
    execute(&in);
    walk(&in, data + sizeof(in), size - sizeof(in));
    return 0;
}
