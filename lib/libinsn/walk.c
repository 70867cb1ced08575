/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: page table walker (see walk.h)
 *
 * It follows Intel's manual, volume 3, chapter 4 ("Paging").  Where the manual
 * leaves a choice, or KVM's own walker differs, it follows KVM:
 *
 * - Entries of a table outside memory are not present.
 * - A walk that faults sets no accessed bits; a processor may set them.
 *
 * Unlike KVM, it reads the four PDPTEs of PAE paging from memory; a processor
 * (and KVM) loads them into registers with CR3.  They differ if the guest has
 * changed them and not loaded CR3 afterwards, which the manual requires.
 *
 * Processors differ in whether they have 1-GiB pages and PSE-36 (assumed here)
 * and in bit 8 of upper levels (ignored, as on Intel's; reserved on AMD's).
 *
 * Protection keys for supervisor pages, shadow stacks and linear address
 * masking are not supported: KVM doesn't offer the first, no instruction that
 * is executed here uses the second, and addresses come without the third's
 * bits.
 */
#include <stddef.h>

#include "libinsn/walk.h"

#define CR0_WP      (1ull << 16)
#define CR0_PG      (1ull << 31)
#define CR4_PSE     (1ull << 4)
#define CR4_PAE     (1ull << 5)
#define CR4_LA57    (1ull << 12)
#define CR4_SMEP    (1ull << 20)
#define CR4_SMAP    (1ull << 21)
#define CR4_PKE     (1ull << 22)
#define EFER_LMA    (1ull << 10)
#define EFER_NXE    (1ull << 11)
#define RFLAGS_AC   (1ull << 18)

/* Bits of an entry */
#define ENTRY_P     (1ull << 0)
#define ENTRY_W     (1ull << 1)
#define ENTRY_U     (1ull << 2)
#define ENTRY_A     (1ull << 5)
#define ENTRY_D     (1ull << 6)
#define ENTRY_PS    (1ull << 7)
#define ENTRY_NX    (1ull << 63)
#define ENTRY_KEY   59

#define BITS(from, to) (~0ull >> (63 - (to)) & ~0ull << (from))

#define MAX_LEVELS 5

/*
 * A swap fails when the guest has changed the entry in the meantime, and always
 * in ROM.  So the number of attempts is limited; after that the accessed and
 * dirty bits are left as they are.
 */
#define MAX_WALKS 64

/**
 * struct Level: the tables of one level
 * @shift: lowest bit of their index in an address
 * @bits: width of the index
 * @page_if: an entry with this bit maps a page; otherwise it points to a table
 * @table_reserved: bits that must be 0 in an entry that points to a table
 * @page_reserved: bits that must be 0 in an entry that maps a page
 * @pse36: bits of the entry that extend a page's address above bit 31
 * @bare: entries have no access rights and no accessed bit
 */
typedef struct Level {
    unsigned shift;
    unsigned bits;
    uint64_t page_if;
    uint64_t table_reserved;
    uint64_t page_reserved;
    uint64_t pse36;
    bool bare;
} Level;

/* The lowest of the bits of @pse36 is address bit 32. */
#define PSE36_BITS  BITS(13, 20)
#define PSE36_SHIFT (32 - 13)

static const Level narrow_levels[] = {
    { .shift = 22, .bits = 10 },
    { .shift = 12, .bits = 10, .page_if = ENTRY_P },
};

static const Level pse_levels[] = {
    { .shift = 22, .bits = 10, .page_if = ENTRY_PS,
      .page_reserved = BITS(21, 21), .pse36 = PSE36_BITS },
    { .shift = 12, .bits = 10, .page_if = ENTRY_P },
};

static const Level pae_levels[] = {
    { .shift = 30, .bits = 2,
      .table_reserved = BITS(1, 2) | BITS(5, 8) | ENTRY_NX, .bare = true },
    { .shift = 21, .bits = 9, .page_if = ENTRY_PS,
      .page_reserved = BITS(13, 20) },
    { .shift = 12, .bits = 9, .page_if = ENTRY_P },
};

/* Long mode; with four levels, all but the first */
static const Level long_levels[MAX_LEVELS] = {
    { .shift = 48, .bits = 9, .table_reserved = ENTRY_PS },
    { .shift = 39, .bits = 9, .table_reserved = ENTRY_PS },
    { .shift = 30, .bits = 9, .page_if = ENTRY_PS,
      .page_reserved = BITS(13, 29) },
    { .shift = 21, .bits = 9, .page_if = ENTRY_PS,
      .page_reserved = BITS(13, 20) },
    { .shift = 12, .bits = 9, .page_if = ENTRY_P },
};

/**
 * struct Mode: a paging mode
 * @level: its levels, from the top
 * @width: bytes of an entry
 * @root: bits of CR3 that hold the first table's address
 * @frame: bits of an entry that hold an address
 * @reserved: bits that must be 0 in all entries
 */
typedef struct Mode {
    const Level *level;
    unsigned width;
    uint64_t root;
    uint64_t frame;
    uint64_t reserved;
} Mode;

static const Mode narrow_mode = {
    narrow_levels, 4, BITS(12, 31), BITS(12, 31), 0,
};

static const Mode pse_mode = {
    pse_levels, 4, BITS(12, 31), BITS(12, 31), 0,
};

static const Mode pae_mode = {
    pae_levels, 8, BITS(5, 31), BITS(12, 51), BITS(52, 62),
};

static const Mode four_level_mode = {
    long_levels + 1, 8, BITS(12, 51), BITS(12, 51), 0,
};

static const Mode five_level_mode = {
    long_levels, 8, BITS(12, 51), BITS(12, 51), 0,
};

static const Mode *mode_of(const InsnWalkState *state)
{
    if (state->efer & EFER_LMA) {
        return state->cr4 & CR4_LA57 ? &five_level_mode : &four_level_mode;
    }
    if (state->cr4 & CR4_PAE) {
        return &pae_mode;
    }
    return state->cr4 & CR4_PSE ? &pse_mode : &narrow_mode;
}

/**
 * struct Walk: state of a walk
 * @steps: number of levels visited so far
 * @step: their entries: address, value, and bits to be set
 * @rights: ENTRY_W and ENTRY_U if all levels have them, ENTRY_NX if none has it
 * @gpa: the resulting guest-physical address
 */
typedef struct Walk {
    unsigned steps;
    struct {
        uint64_t gpa;
        uint64_t entry;
        uint64_t set;
    } step[MAX_LEVELS];
    uint64_t rights;
    uint64_t gpa;
} Walk;

static bool load_entry(const InsnWalkMemory *memory, const Mode *mode,
                       uint64_t gpa, uint64_t *entry)
{
    return memory->load(memory->opaque, gpa, mode->width, entry) &&
           (*entry & ENTRY_P);
}

/* The address in an entry; false: reserved bits are set */
static bool entry_target(const InsnWalkState *state, const Mode *mode,
                         const Level *level, uint64_t entry, bool is_page,
                         uint64_t *target)
{
    uint64_t reserved = mode->reserved;

    if (!(state->efer & EFER_NXE)) {
        reserved |= ENTRY_NX;
    }
    *target = entry & mode->frame;
    if (is_page) {
        reserved |= level->page_reserved;
        *target &= ~0ull << level->shift;
        *target |= (entry & level->pse36) << PSE36_SHIFT;
    } else {
        reserved |= level->table_reserved;
    }
    return !(entry & reserved) && !(*target >> state->phys_bits);
}

static void walk_visit(Walk *walk, const Level *level, uint64_t gpa,
                       uint64_t entry)
{
    walk->step[walk->steps].gpa = gpa;
    walk->step[walk->steps].entry = entry;
    walk->step[walk->steps].set = level->bare ? 0 : ENTRY_A;
    walk->steps++;
    if (!level->bare) {
        walk->rights &= entry ^ ENTRY_NX;
    }
}

/* Walk down to the page, or to a fault */
static bool walk_down(const InsnWalkState *state, const Mode *mode,
                      const InsnWalkMemory *memory, uint64_t addr, Walk *walk,
                      uint32_t *error)
{
    const Level *level = mode->level;
    uint64_t table = state->cr3 & mode->root;

    walk->steps = 0;
    walk->rights = ENTRY_W | ENTRY_U | ENTRY_NX;
    for (;; level++) {
        uint64_t index = addr >> level->shift & BITS(0, level->bits - 1);
        uint64_t gpa = table + index * mode->width;
        uint64_t entry;
        bool is_page;

        if (!load_entry(memory, mode, gpa, &entry)) {
            *error = 0;
            return false;
        }
        is_page = entry & level->page_if;
        if (!entry_target(state, mode, level, entry, is_page, &table)) {
            *error = INSN_WALK_PRESENT | INSN_WALK_RSVD;
            return false;
        }
        walk_visit(walk, level, gpa, entry);
        if (is_page) {
            walk->gpa = table | (addr & BITS(0, level->shift - 1));
            return true;
        }
    }
}

/* With CR0.WP, read-only pages are read-only for a supervisor, too. */
static bool obeys_write_protection(const InsnWalkState *state)
{
    return state->user || (state->cr0 & CR0_WP);
}

static bool page_denies(const InsnWalkState *state, const Walk *walk,
                        unsigned access)
{
    bool user_page = walk->rights & ENTRY_U;

    if (state->user && !user_page) {
        return true;
    }
    if (access & INSN_WALK_FETCH) {
        return !(walk->rights & ENTRY_NX) ||
               (!state->user && user_page && (state->cr4 & CR4_SMEP));
    }
    if (!state->user && user_page && (state->cr4 & CR4_SMAP) &&
        !(state->rflags & RFLAGS_AC)) {
        return true;
    }
    return (access & INSN_WALK_WRITE) && !(walk->rights & ENTRY_W) &&
           obeys_write_protection(state);
}

static bool key_denies(const InsnWalkState *state, const Walk *walk,
                       unsigned access)
{
    uint64_t page = walk->step[walk->steps - 1].entry;
    unsigned key = page >> ENTRY_KEY & 15;
    bool access_disable = state->pkru >> 2 * key & 1;
    bool write_disable = state->pkru >> 2 * key & 2;

    if (!(state->efer & EFER_LMA) || !(state->cr4 & CR4_PKE) ||
        !(walk->rights & ENTRY_U) || (access & INSN_WALK_FETCH)) {
        return false;
    }
    return access_disable || (write_disable && (access & INSN_WALK_WRITE) &&
                              obeys_write_protection(state));
}

/* The protection key is checked even if the page has denied the access. */
static bool walk_denied(const InsnWalkState *state, const Walk *walk,
                        unsigned access, uint32_t *error)
{
    bool by_page = page_denies(state, walk, access);
    bool by_key = key_denies(state, walk, access);

    *error = INSN_WALK_PRESENT | (by_key ? INSN_WALK_PK : 0);
    return by_page || by_key;
}

/* The error code's bits about the access, whatever the fault is */
static uint32_t access_error(const InsnWalkState *state, unsigned access)
{
    bool tells_fetch = (state->cr4 & CR4_SMEP) ||
                       ((state->cr4 & CR4_PAE) && (state->efer & EFER_NXE));

    return (access & INSN_WALK_WRITE) |
           (tells_fetch ? access & INSN_WALK_FETCH : 0) |
           (state->user ? INSN_WALK_USER : 0);
}

static bool walk_mark(const InsnWalkMemory *memory, const Mode *mode,
                      Walk *walk, unsigned access)
{
    unsigned i;

    if (!memory->swap) {
        return true;
    }
    if (access & INSN_WALK_WRITE) {
        walk->step[walk->steps - 1].set |= ENTRY_D;
    }
    for (i = 0; i < walk->steps; i++) {
        uint64_t entry = walk->step[i].entry;
        uint64_t marked = entry | walk->step[i].set;

        if (marked != entry &&
            !memory->swap(memory->opaque, walk->step[i].gpa, mode->width,
                          entry, marked)) {
            return false;
        }
    }
    return true;
}

bool insn_walk_translate(const InsnWalkState *state,
                         const InsnWalkMemory *memory, uint64_t addr,
                         unsigned access, uint64_t *gpa, uint32_t *error_code)
{
    const Mode *mode = mode_of(state);
    unsigned walks = 0;
    Walk walk;

    if (!(state->cr0 & CR0_PG)) {
        *gpa = (uint32_t)addr;
        return true;
    }
    do {
        uint32_t error;

        if (!walk_down(state, mode, memory, addr, &walk, &error) ||
            walk_denied(state, &walk, access, &error)) {
            *error_code = error | access_error(state, access);
            return false;
        }
    } while (!walk_mark(memory, mode, &walk, access) && ++walks < MAX_WALKS);
    *gpa = walk.gpa;
    return true;
}
