/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor features that an instruction needs
 *
 * Zydis' ISA sets give the extension and, for AVX-512, the vector's length as a
 * suffix.  As a program: reads hexadecimal code of 64-bit instructions, one a
 * line, and prints the names.
 */
#include <Zydis/Zydis.h>
#include <stdio.h>
#include <string.h>

#include "insn-needs.h"

#define BASELINE ""

/* By ISA set, without the suffix for the vector's length */
static const struct {
    const char *isa;
    const char *flags;
} sets[] = {
    { "I86", BASELINE },
    { "I186", BASELINE },
    { "I386", BASELINE },
    { "I486", BASELINE },
    { "I486REAL", BASELINE },
    { "PENTIUMREAL", BASELINE },
    { "PENTIUMMMX", BASELINE },
    { "PPRO", BASELINE },
    { "CMOV", BASELINE },
    { "FCMOV", BASELINE },
    { "LONGMODE", BASELINE },
    { "X87", BASELINE },
    { "SSE", BASELINE },
    { "SSEMXCSR", BASELINE },
    { "SSE2", BASELINE },
    { "SSE2MMX", BASELINE },
    { "FXSAVE", BASELINE },
    { "FXSAVE64", BASELINE },
    { "ADOX_ADCX", "adx" },
    { "AES", "aes" },
    { "AVX", "avx" },
    { "AVX2", "avx avx2" },
    { "AVX2GATHER", "avx avx2" },
    { "AVXAES", "aes avx" },
    { "AVX_GFNI", "avx gfni" },
    { "AVX_VNNI", "avx avx_vnni" },
    { "BMI1", "bmi1" },
    { "BMI2", "bmi2" },
    { "CMPXCHG16B", "cx16" },
    { "F16C", "avx f16c" },
    { "FMA", "avx fma" },
    { "GFNI", "gfni" },
    { "LZCNT", "abm" },
    { "MOVBE", "movbe" },
    { "PCLMULQDQ", "pclmulqdq" },
    { "POPCNT", "popcnt" },
    { "SHA", "sha_ni" },
    { "SSE3", "pni" },
    { "SSE3X87", "pni" },
    { "SSE4", "sse4_1" },
    { "SSE42", "sse4_2" },
    { "SSE4A", "sse4a" },
    { "SSSE3", "ssse3" },
    { "SSSE3MMX", "ssse3" },
    { "VAES", "avx vaes" },
    { "VPCLMULQDQ", "avx vpclmulqdq" },
    { "XSAVE", "xsave" },
    { "AVX512F", "avx512f" },
    { "AVX512BW", "avx512bw avx512f" },
    { "AVX512CD", "avx512cd avx512f" },
    { "AVX512DQ", "avx512dq avx512f" },
    { "AVX512_BF16", "avx512_bf16 avx512f" },
    { "AVX512_BITALG", "avx512_bitalg avx512f" },
    { "AVX512_FP16", "avx512_fp16 avx512f" },
    { "AVX512_GFNI", "avx512f gfni" },
    { "AVX512_IFMA", "avx512f avx512ifma" },
    { "AVX512_VAES", "avx512f vaes" },
    { "AVX512_VBMI", "avx512f avx512vbmi" },
    { "AVX512_VBMI2", "avx512_vbmi2 avx512f" },
    { "AVX512_VNNI", "avx512_vnni avx512f" },
    { "AVX512_VPCLMULQDQ", "avx512f vpclmulqdq" },
    { "AVX512_VPOPCNTDQ", "avx512_vpopcntdq avx512f" },
};

/* Suffixes of AVX-512's ISA sets: 128N has no other length. */
static const struct {
    const char *suffix;
    const char *flags;
} lengths[] = {
    { "_128", " avx512vl" },
    { "_256", " avx512vl" },
    { "_512", "" },
    { "_128N", "" },
    { "_SCALAR", "" },
    { "_KOP", "" },
};

static const char *flags_of_set(const char *isa)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        if (g_str_equal(sets[i].isa, isa)) {
            return sets[i].flags;
        }
    }
    return NULL;
}

static char *flags_of(const ZydisDecodedInstruction *insn)
{
    const char *isa = ZydisISASetGetString(insn->meta.isa_set);
    g_autofree char *name = NULL;
    const char *flags = flags_of_set(isa);

    /* two extensions, one ISA set */
    if (g_str_equal(isa, "MOVDIR")) {
        flags = insn->mnemonic == ZYDIS_MNEMONIC_MOVDIRI ? "movdiri"
                                                         : "movdir64b";
    }
    /* Zydis takes it for plain AVX with XMM registers */
    if (insn->mnemonic == ZYDIS_MNEMONIC_VPCLMULQDQ && g_str_equal(isa, "AVX")) {
        flags = "avx pclmulqdq";
    }
    if (flags) {
        return g_strdup(flags);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        if (g_str_has_suffix(isa, lengths[i].suffix)) {
            name = g_strndup(isa, strlen(isa) - strlen(lengths[i].suffix));
            flags = flags_of_set(name);
            return flags ? g_strconcat(flags, lengths[i].flags, NULL) : NULL;
        }
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **insn_needs(const uint8_t *code, size_t len, InsnMode mode)
{
    static const ZydisMachineMode machine[] = {
        [INSN_MODE_16] = ZYDIS_MACHINE_MODE_LEGACY_16,
        [INSN_MODE_32] = ZYDIS_MACHINE_MODE_LEGACY_32,
        [INSN_MODE_64] = ZYDIS_MACHINE_MODE_LONG_64,
    };
    static const ZydisStackWidth stack[] = {
        [INSN_MODE_16] = ZYDIS_STACK_WIDTH_16,
        [INSN_MODE_32] = ZYDIS_STACK_WIDTH_32,
        [INSN_MODE_64] = ZYDIS_STACK_WIDTH_64,
    };
    ZydisDecoder decoder;
    ZydisDecodedInstruction insn;
    g_autofree char *flags = NULL;
    char **names;

    if (ZYAN_FAILED(ZydisDecoderInit(&decoder, machine[mode], stack[mode])) ||
        ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder, NULL, code, len,
                                                  &insn))) {
        return NULL;
    }
    flags = flags_of(&insn);
    if (!flags) {
        return NULL;
    }
    names = g_strsplit(flags, " ", -1);
    qsort(names, g_strv_length(names), sizeof(*names), by_name);
    return names;
}
