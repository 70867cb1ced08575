# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions that access memory, and the bytes that they access.

A row is "instruction ; what it accesses [; word ...]". The operand in memory is
at RDI: other registers and displacements in its address add up to 0.

What it accesses: rN and wN are the bytes 0 to N-1, read or written; rwN is both,
nothing is "-". &REG selects the elements that a mask leaves in:
    d9      of dwords, by the highest bits of those of vector register 9
    q10, b9 of qwords and bytes
    k1d     of dwords, by opmask k1; k1q, k1w, k1b
gS:I:SCALE&MASK/N (read) and sS:... (written) are N elements of S bytes,
one at each index: I is d13 or q14, dwords or qwords of vector register 13 or 14.
XcS:kN:COUNT (X is r or w) are consecutive elements of S bytes, as many as kN has
bits set among its first COUNT.
"#N" after it: it needs N bytes' alignment. Further words: "step": it exceeds one
operand and so is single-stepped; "eqN": RDX:RAX equals the operand; "poke=N": the
operand is that number; QUIRKS; any other word is the flag in /proc/cpuinfo of CPUs
that have the instruction.
"""

import random
import re
import struct
from collections import namedtuple

# reads, writes: offsets of bytes from the operand's address; None: unspecified
class Row(namedtuple("Row", "kind text reads writes align needs step equal "
                     "poke quirks")):
    """An instruction; its text and how it is tried identify it."""

    def __hash__(self):
        return hash((self.text, self.equal))

# Known differences in how TCG and KVM carry out an instruction
QUIRKS = {
    "tcg-more": "TCG reads bytes around it as well, or those masked out",
    "kvm-own": "KVM takes it for the older instruction without its prefix",
    "kvm-refuses": "there are versions of KVM that raise #UD by themselves",
    "kvm-twice": "KVM reads it before it finds that it can not emulate it",
}

# Registers, by number: what a row's text relies on. The others are arbitrary.
MASKS = {
    9: (0x80000000, 0x00000001, 0xffffffff, 0x7fffffff, 0, 0x80000001,
        0x80808080, 0x7f807f00),
    10: (0, 0x80000000, 1, 0x7fffffff, 0xffffffff, 0xffffffff, 0, 0),
    11: (0xffffffff,) * 8,
    12: (0,) * 8,
}
INDICES_D = (0, -3, 7, 2, 2, -8, 11, 1, 4, 9, -1, 5, 6, 10, -5, 3)
INDICES_Q = (1, -4, 0, 6, -2, 6, 3, 5)
OPMASKS = (0x123456789abcdef, 0xf00f_a5c3_9969_a5a6, 0, 0xffffffffffffffff,
           0x5555555555555555, 0x1, 0x8000_0000_8000_8080, 0x0ff0)

CLASS_NEEDS = {
    "AVX moves": {"avx"},
    "AVX arithmetic": {"avx"},
    "gather": {"avx"},
    "AVX-512 moves": {"avx512f"},
    "AVX-512 arithmetic": {"avx512f"},
    "AVX-512 gather and scatter": {"avx512f"},
}

CLASSES = {}

CLASSES["general registers"] = """
movb (%rdi), %al ; r1
movw %ax, (%rdi) ; w2
movl (%rdi), %eax ; r4
movq %rax, (%rdi) ; w8
movl $0x12345678, (%rdi) ; w4
movl (%edi), %edx ; r4
movnti %eax, (%rdi) ; w4
movnti %rax, (%rdi) ; w8
movbe (%rdi), %rdx ; r8 ; kvm-refuses ; movbe
movbe %eax, (%rdi) ; w4 ; kvm-refuses ; movbe
addl %eax, (%rdi) ; rw4
addq (%rdi), %rax ; r8
notl (%rdi) ; rw4
sete (%rdi) ; w1
btsl $7, (%rdi) ; rw4
xchgl %eax, (%rdi) ; rw4
xaddb %al, (%rdi) ; rw1
xaddw %ax, (%rdi) ; rw2
xaddl %eax, (%rdi) ; rw4
xaddq %rax, (%rdi) ; rw8
lock xaddb %al, (%rdi) ; rw1
lock xaddw %ax, (%rdi) ; rw2
lock xaddl %eax, (%rdi) ; rw4
lock xaddq %rax, (%rdi) ; rw8
lock addl $1, (%rdi) ; rw4
lock btsq $7, (%rdi) ; rw8
cmpxchgl %edx, (%rdi) ; rw4
lock cmpxchgl %edx, (%rdi) ; rw4 ; eq4
lock cmpxchgq %rdx, (%rdi) ; rw8
cmpxchg8b (%rdi) ; rw8
lock cmpxchg8b (%rdi) ; rw8
lock cmpxchg8b (%rdi) ; rw8 ; eq8
cmpxchg16b (%rdi) ; rw16#16 ; kvm-twice ; cx16
lock cmpxchg16b (%rdi) ; rw16#16 ; kvm-twice ; cx16
cmpxchg16b (%rdi) ; rw16#16 ; eq16 ; kvm-twice ; cx16
lock cmpxchg16b (%rdi) ; rw16#16 ; eq16 ; kvm-twice ; cx16
popcntw (%rdi), %ax ; r2 ; popcnt
popcntl (%rdi), %eax ; r4 ; popcnt
popcntq (%rdi), %rax ; r8 ; popcnt
lzcntl (%rdi), %eax ; r4 ; kvm-own ; abm
tzcntq (%rdi), %rax ; r8 ; kvm-own ; bmi1
crc32b (%rdi), %eax ; r1 ; sse4_2
crc32w (%rdi), %eax ; r2 ; sse4_2
crc32l (%rdi), %eax ; r4 ; sse4_2
crc32q (%rdi), %rax ; r8 ; sse4_2
adcxl (%rdi), %eax ; r4 ; adx
adoxq (%rdi), %rax ; r8 ; adx
mulxq (%rdi), %rax, %rbx ; r8 ; bmi2
andnl (%rdi), %eax, %ecx ; r4 ; bmi1
bextrl %eax, (%rdi), %ecx ; r4 ; bmi1
bzhiq %rax, (%rdi), %rcx ; r8 ; bmi2
pdepl (%rdi), %eax, %ecx ; r4 ; bmi2
pextq (%rdi), %rax, %rcx ; r8 ; bmi2
blsrl (%rdi), %ecx ; r4 ; bmi1
blsiq (%rdi), %rcx ; r8 ; bmi1
blsmskl (%rdi), %ecx ; r4 ; bmi1
rorxq $9, (%rdi), %rcx ; r8 ; bmi2
sarxl %eax, (%rdi), %ecx ; r4 ; bmi2
shlxq %rax, (%rdi), %rcx ; r8 ; bmi2
shrxl %eax, (%rdi), %ecx ; r4 ; bmi2
rep movsb ; w3
rep stosl ; w12
movdiri %eax, (%rdi) ; w4 ; movdiri
movdiri %rax, (%rdi) ; w8 ; movdiri
movdir64b (%rsi), %rdi ; w64#64 ; movdir64b
movdir64b (%rdi), %rsi ; r64 ; movdir64b
"""

CLASSES["x87"] = """
flds (%rdi) ; r4
fldl (%rdi) ; r8
fldt (%rdi) ; r10
fsts (%rdi) ; w4
fstps (%rdi) ; w4
fstl (%rdi) ; w8
fstpl (%rdi) ; w8
fstpt (%rdi) ; w10
filds (%rdi) ; r2
fildl (%rdi) ; r4
fildll (%rdi) ; r8
fists (%rdi) ; w2
fistl (%rdi) ; w4
fistps (%rdi) ; w2
fistpl (%rdi) ; w4
fistpll (%rdi) ; w8
fisttps (%rdi) ; w2 ; pni
fisttpl (%rdi) ; w4 ; pni
fisttpll (%rdi) ; w8 ; pni
fbld (%rdi) ; r10
fbstp (%rdi) ; w10
fadds (%rdi) ; r4
faddl (%rdi) ; r8
fiadds (%rdi) ; r2
fiaddl (%rdi) ; r4
fmuls (%rdi) ; r4
fdivrl (%rdi) ; r8
fisubl (%rdi) ; r4
fcoms (%rdi) ; r4
fcompl (%rdi) ; r8
ficoms (%rdi) ; r2
fnstcw (%rdi) ; w2
fnstsw (%rdi) ; w2
fldcw (%rdi) ; r2
"""

CLASSES["MMX"] = """
movq (%rdi), %mm1 ; r8
movq %mm1, (%rdi) ; w8
movd (%rdi), %mm1 ; r4
movd %mm1, (%rdi) ; w4
movntq %mm1, (%rdi) ; w8
maskmovq %mm2, %mm1 ; w8&mm2
paddd (%rdi), %mm1 ; r8
pxor (%rdi), %mm1 ; r8
punpcklbw (%rdi), %mm1 ; r4 ; tcg-more
pshufw $0x1b, (%rdi), %mm1 ; r8
pinsrw $2, (%rdi), %mm1 ; r2
cvtpi2ps (%rdi), %xmm1 ; r8
cvtps2pi (%rdi), %mm1 ; r8
pabsw (%rdi), %mm1 ; r8 ; ssse3
"""

CLASSES["SSE moves"] = """
movups (%rdi), %xmm1 ; r16
movups %xmm1, (%rdi) ; w16
movupd (%rdi), %xmm1 ; r16
movupd %xmm9, (%rdi) ; w16
movaps (%rdi), %xmm1 ; r16#16
movaps %xmm1, (%rdi) ; w16#16
movapd (%rdi), %xmm1 ; r16#16
movapd %xmm1, (%rdi) ; w16#16
movdqu (%rdi), %xmm1 ; r16
movdqu %xmm1, (%rdi) ; w16
movdqu -0x100(%rdi,%r8,4), %xmm8 ; r16
movdqu %xmm8, %fs:-0x100(%rdi) ; w16
movdqa (%rdi), %xmm1 ; r16#16
movdqa %xmm1, (%rdi) ; w16#16
movntps %xmm1, (%rdi) ; w16#16
movntpd %xmm1, (%rdi) ; w16#16
movntdq %xmm1, (%rdi) ; w16#16
movntdqa (%rdi), %xmm1 ; r16#16 ; sse4_1
lddqu (%rdi), %xmm1 ; r16 ; pni
lddqu %gs:0x100(%rdi), %xmm1 ; r16 ; pni
lddqu 0x40(%rdi,%r9), %xmm12 ; r16 ; pni
lddqu (%edi), %xmm1 ; r16 ; pni
movlps (%rdi), %xmm1 ; r8
movlps %xmm1, (%rdi) ; w8
movlpd (%rdi), %xmm1 ; r8
movlpd %xmm1, (%rdi) ; w8
movhps (%rdi), %xmm1 ; r8
movhps %xmm1, (%rdi) ; w8
movhpd (%rdi), %xmm1 ; r8
movhpd %xmm1, (%rdi) ; w8
movss (%rdi), %xmm1 ; r4
movss %xmm1, (%rdi) ; w4
movsd (%rdi), %xmm1 ; r8
movsd %xmm1, (%rdi) ; w8
movq (%rdi), %xmm1 ; r8
movq %xmm1, (%rdi) ; w8
movd (%rdi), %xmm1 ; r4
movd %xmm1, (%rdi) ; w4
movsldup (%rdi), %xmm1 ; r16#16 ; pni
movshdup (%rdi), %xmm1 ; r16#16 ; pni
movddup (%rdi), %xmm1 ; r8 ; pni
maskmovdqu %xmm9, %xmm1 ; w16&b9
maskmovdqu %xmm12, %xmm1 ; w16&b12
maskmovdqu %xmm11, %xmm1 ; w16&b11
pextrb $3, %xmm1, (%rdi) ; w1 ; sse4_1
pextrw $3, %xmm1, (%rdi) ; w2 ; sse4_1
pextrd $3, %xmm1, (%rdi) ; w4 ; sse4_1
pextrq $1, %xmm1, (%rdi) ; w8 ; sse4_1
extractps $2, %xmm1, (%rdi) ; w4 ; sse4_1
pinsrb $3, (%rdi), %xmm1 ; r1 ; sse4_1
pinsrw $3, (%rdi), %xmm1 ; r2
pinsrd $3, (%rdi), %xmm1 ; r4 ; sse4_1
pinsrq $1, (%rdi), %xmm1 ; r8 ; sse4_1
insertps $0x10, (%rdi), %xmm1 ; r4 ; sse4_1
pmovsxbw (%rdi), %xmm1 ; r8 ; sse4_1
pmovsxbq (%rdi), %xmm1 ; r2 ; sse4_1
pmovzxwd (%rdi), %xmm1 ; r8 ; sse4_1
pmovzxbd (%rdi), %xmm1 ; r4 ; sse4_1
ldmxcsr (%rdi) ; r4 ; poke=0x9fc3
stmxcsr (%rdi) ; w4
"""

CLASSES["SSE arithmetic"] = """
paddd (%rdi), %xmm1 ; r16#16
pxor (%rdi), %xmm1 ; r16#16
psubusb (%rdi), %xmm1 ; r16#16
pmaddwd (%rdi), %xmm1 ; r16#16
pslld (%rdi), %xmm1 ; r16#16
packsswb (%rdi), %xmm1 ; r16#16
pshufd $0x1b, (%rdi), %xmm1 ; r16#16
pshufb (%rdi), %xmm1 ; r16#16 ; ssse3
palignr $5, (%rdi), %xmm1 ; r16#16 ; ssse3
pmulld (%rdi), %xmm1 ; r16#16 ; sse4_1
ptest (%rdi), %xmm1 ; r16#16 ; sse4_1
pblendvb (%rdi), %xmm1 ; r16#16 ; sse4_1
pcmpestri $0x18, (%rdi), %xmm1 ; r16 ; sse4_2
pcmpestrm $0x48, (%rdi), %xmm1 ; r16 ; sse4_2
pcmpistri $0x18, (%rdi), %xmm1 ; r16 ; sse4_2
pcmpistrm $0x48, (%rdi), %xmm1 ; r16 ; sse4_2
pcmpgtq (%rdi), %xmm1 ; r16#16 ; sse4_2
mpsadbw $5, (%rdi), %xmm1 ; r16#16 ; sse4_1
aesenc (%rdi), %xmm1 ; r16#16 ; aes
aesdeclast (%rdi), %xmm1 ; r16#16 ; aes
pclmulqdq $0x10, (%rdi), %xmm1 ; r16#16 ; pclmulqdq
sha256rnds2 (%rdi), %xmm1 ; r16#16 ; sha_ni
addps (%rdi), %xmm1 ; r16#16
mulpd (%rdi), %xmm1 ; r16#16
divps (%rdi), %xmm1 ; r16#16
addss (%rdi), %xmm1 ; r4
divsd (%rdi), %xmm1 ; r8
sqrtss (%rdi), %xmm1 ; r4
sqrtpd (%rdi), %xmm1 ; r16#16
cmpltps (%rdi), %xmm1 ; r16#16
comiss (%rdi), %xmm1 ; r4
ucomisd (%rdi), %xmm1 ; r8
cvtsi2ssl (%rdi), %xmm1 ; r4
cvtsi2sdq (%rdi), %xmm1 ; r8
cvtss2si (%rdi), %rax ; r4
cvttsd2si (%rdi), %eax ; r8
cvtss2sd (%rdi), %xmm1 ; r4
cvtdq2pd (%rdi), %xmm1 ; r8 ; tcg-more
cvtps2pd (%rdi), %xmm1 ; r8
cvtpd2ps (%rdi), %xmm1 ; r16#16
shufps $0x4e, (%rdi), %xmm1 ; r16#16
unpckhpd (%rdi), %xmm1 ; r16#16
roundss $3, (%rdi), %xmm1 ; r4 ; sse4_1
dpps $0xff, (%rdi), %xmm1 ; r16#16 ; sse4_1
haddps (%rdi), %xmm1 ; r16#16 ; pni
blendvps (%rdi), %xmm1 ; r16#16 ; sse4_1
"""

CLASSES["AVX moves"] = """
vmovups (%rdi), %xmm1 ; r16
vmovups (%rdi), %ymm1 ; r32
vmovups %xmm1, (%rdi) ; w16
vmovups %ymm1, (%rdi) ; w32
vmovupd (%rdi), %ymm8 ; r32
vmovaps (%rdi), %ymm1 ; r32#32
vmovaps %ymm1, (%rdi) ; w32#32
vmovapd (%rdi), %xmm1 ; r16#16
vmovapd %ymm15, (%rdi) ; w32#32
vmovdqu (%rdi), %xmm1 ; r16
vmovdqu (%rdi), %ymm1 ; r32
vmovdqu %xmm1, (%rdi) ; w16
vmovdqu %ymm1, (%rdi) ; w32
vmovdqu -0x100(%rdi,%r8,4), %ymm9 ; r32
vmovdqu %ymm1, 0x40(%edi,%r9d) ; w32
vmovdqa (%rdi), %ymm1 ; r32#32
vmovdqa %ymm1, (%rdi) ; w32#32
vmovntps %ymm1, (%rdi) ; w32#32
vmovntdq %ymm1, (%rdi) ; w32#32
vmovntdq %xmm1, (%rdi) ; w16#16
vmovntdqa (%rdi), %ymm1 ; r32#32 ; avx2
vmovntdqa (%rdi), %xmm1 ; r16#16
vlddqu (%rdi), %ymm1 ; r32
vmovlps (%rdi), %xmm2, %xmm1 ; r8
vmovlpd %xmm1, (%rdi) ; w8
vmovhps (%rdi), %xmm2, %xmm1 ; r8
vmovhpd %xmm1, (%rdi) ; w8
vmovss (%rdi), %xmm1 ; r4
vmovss %xmm1, (%rdi) ; w4
vmovsd (%rdi), %xmm1 ; r8
vmovsd %xmm1, (%rdi) ; w8
vmovd (%rdi), %xmm1 ; r4
vmovd %xmm1, (%rdi) ; w4
vmovq (%rdi), %xmm1 ; r8
vmovq %xmm1, (%rdi) ; w8
vbroadcastss (%rdi), %ymm1 ; r4
vbroadcastsd (%rdi), %ymm1 ; r8
vbroadcastf128 (%rdi), %ymm1 ; r16
vbroadcasti128 (%rdi), %ymm1 ; r16 ; avx2
vpbroadcastb (%rdi), %ymm1 ; r1 ; avx2
vpbroadcastw (%rdi), %xmm1 ; r2 ; avx2
vpbroadcastd (%rdi), %ymm1 ; r4 ; avx2
vpbroadcastq (%rdi), %xmm1 ; r8 ; avx2
vinsertf128 $1, (%rdi), %ymm2, %ymm1 ; r16
vextractf128 $1, %ymm1, (%rdi) ; w16
vextracti128 $1, %ymm1, (%rdi) ; w16 ; avx2
vpextrb $3, %xmm1, (%rdi) ; w1
vpextrq $1, %xmm1, (%rdi) ; w8
vpinsrd $2, (%rdi), %xmm2, %xmm1 ; r4
vpmovsxbw (%rdi), %ymm1 ; r16 ; avx2
vpmovzxbq (%rdi), %ymm1 ; r4 ; avx2
vcvtps2ph $0, %ymm1, (%rdi) ; w16 ; f16c
vcvtps2ph $4, %xmm1, (%rdi) ; w8 ; f16c
vcvtph2ps (%rdi), %ymm1 ; r16 ; f16c
vldmxcsr (%rdi) ; r4 ; poke=0x9fc3
vstmxcsr (%rdi) ; w4
vmaskmovps (%rdi), %xmm9, %xmm1 ; r16&d9 ; tcg-more
vmaskmovps (%rdi), %ymm9, %ymm1 ; r32&d9 ; tcg-more
vmaskmovps %ymm1, %ymm9, (%rdi) ; w32&d9
vmaskmovps %ymm1, %ymm12, (%rdi) ; w32&d12
vmaskmovps %ymm1, %ymm11, (%rdi) ; w32&d11
vmaskmovpd (%rdi), %ymm10, %ymm1 ; r32&q10 ; tcg-more
vmaskmovpd (%rdi), %ymm12, %ymm1 ; r32&q12 ; tcg-more
vmaskmovpd %ymm1, %ymm10, (%rdi) ; w32&q10
vpmaskmovd (%rdi), %ymm9, %ymm1 ; r32&d9 ; tcg-more ; avx2
vpmaskmovd (%rdi), %ymm11, %ymm1 ; r32&d11 ; tcg-more ; avx2
vpmaskmovd %xmm1, %xmm9, (%rdi) ; w16&d9 ; avx2
vpmaskmovq (%rdi), %xmm10, %xmm1 ; r16&q10 ; tcg-more ; avx2
vpmaskmovq %ymm1, %ymm10, (%rdi) ; w32&q10 ; avx2
vmaskmovdqu %xmm9, %xmm1 ; w16&b9
"""

CLASSES["AVX arithmetic"] = """
vaddps (%rdi), %ymm2, %ymm1 ; r32
vaddpd (%rdi), %xmm2, %xmm1 ; r16
vaddss (%rdi), %xmm2, %xmm1 ; r4
vdivsd (%rdi), %xmm2, %xmm1 ; r8
vsqrtps (%rdi), %ymm1 ; r32
vpaddd (%rdi), %ymm2, %ymm1 ; r32 ; avx2
vpxor (%rdi), %ymm2, %ymm1 ; r32 ; avx2
vpshufb (%rdi), %ymm2, %ymm1 ; r32 ; avx2
vpalignr $3, (%rdi), %ymm2, %ymm1 ; r32 ; avx2
vpermd (%rdi), %ymm2, %ymm1 ; r32 ; avx2
vpermq $0x1b, (%rdi), %ymm1 ; r32 ; avx2
vperm2f128 $0x21, (%rdi), %ymm2, %ymm1 ; r32
vpsllvd (%rdi), %ymm2, %ymm1 ; r32 ; avx2
vpsrld (%rdi), %ymm2, %ymm1 ; r16 ; tcg-more ; avx2
vtestps (%rdi), %ymm1 ; r32
vptest (%rdi), %ymm1 ; r32
vcomisd (%rdi), %xmm1 ; r8
vcvtdq2pd (%rdi), %ymm1 ; r16 ; tcg-more
vcvtpd2psy (%rdi), %xmm1 ; r32
vcvtsi2sdq (%rdi), %xmm2, %xmm1 ; r8
vcvttss2si (%rdi), %rax ; r4
vcmpps $1, (%rdi), %ymm2, %ymm1 ; r32
vblendvps %ymm9, (%rdi), %ymm2, %ymm1 ; r32
vroundpd $1, (%rdi), %ymm1 ; r32
vfmadd213ps (%rdi), %ymm2, %ymm1 ; r32 ; fma
vfnmsub231sd (%rdi), %xmm2, %xmm1 ; r8 ; tcg-more ; fma
vaesenc (%rdi), %xmm2, %xmm1 ; r16 ; aes
vpcmpistri $0x18, (%rdi), %xmm1 ; r16
"""

CLASSES["gather"] = """
vpgatherdd %xmm9, (%rdi,%xmm13,4), %xmm1 ; g4:d13:4&d9/4 ; avx2
vpgatherdd %ymm9, (%rdi,%ymm13,4), %ymm1 ; g4:d13:4&d9/8 ; avx2
vpgatherdd %ymm11, (%rdi,%ymm13,2), %ymm1 ; g4:d13:2&d11/8 ; avx2
vpgatherdd %ymm12, (%rdi,%ymm13,4), %ymm1 ; g4:d13:4&d12/8 ; avx2
vpgatherdq %ymm10, (%rdi,%xmm13,4), %ymm1 ; g8:d13:4&q10/4 ; avx2
vpgatherqd %xmm9, (%rdi,%ymm14,4), %xmm1 ; g4:q14:4&d9/4 ; avx2
vpgatherqq %ymm10, (%rdi,%ymm14,8), %ymm1 ; g8:q14:8&q10/4 ; avx2
vgatherdps %ymm9, (%rdi,%ymm13,4), %ymm1 ; g4:d13:4&d9/8 ; avx2
vgatherdpd %ymm11, (%rdi,%xmm13,8), %ymm1 ; g8:d13:8&q11/4 ; avx2
vgatherqps %xmm11, (%rdi,%ymm14,4), %xmm1 ; g4:q14:4&d11/4 ; avx2
vgatherqpd %xmm11, (%rdi,%xmm14,8), %xmm1 ; g8:q14:8&q11/2 ; avx2
"""
CLASSES["AVX-512 moves"] = """
vmovdqu8 (%rdi), %zmm1 ; r64 ; avx512bw
vmovdqu8 (%rdi), %zmm1{%k1} ; r64&k1b ; avx512bw
vmovdqu8 %zmm1, (%rdi){%k1} ; w64&k1b ; avx512bw
vmovdqu16 (%rdi), %ymm17{%k1}{z} ; r32&k1w ; avx512bw ; avx512vl
vmovdqu16 %zmm1, (%rdi){%k1} ; w64&k1w ; avx512bw
vmovdqu32 (%rdi), %zmm1 ; r64
vmovdqu32 (%rdi), %zmm21{%k1}{z} ; r64&k1d
vmovdqu32 (%rdi), %zmm21{%k2} ; r64&k2d
vmovdqu32 (%rdi), %xmm21{%k3} ; r16&k3d ; avx512vl
vmovdqu32 %zmm21, (%rdi) ; w64
vmovdqu32 %zmm21, (%rdi){%k1} ; w64&k1d
vmovdqu32 %zmm21, (%rdi){%k2} ; w64&k2d
vmovdqu32 %ymm21, (%rdi){%k1} ; w32&k1d ; avx512vl
vmovdqu64 (%rdi), %zmm1 ; r64
vmovdqu64 0x40(%rdi,%r9), %zmm30 ; r64
vmovdqu64 %zmm30, -0x100(%rdi,%r8,4) ; w64
vmovdqu64 (%rdi), %zmm1{%k1} ; r64&k1q
vmovdqu64 %zmm1, (%rdi){%k1} ; w64&k1q
vmovdqu64 %xmm31, (%rdi) ; w16 ; avx512vl
vmovdqa32 (%rdi), %zmm1 ; r64#64
vmovdqa32 %zmm1, (%rdi){%k1} ; w64#64&k1d
vmovdqa64 (%rdi), %ymm17{%k1} ; r32#32&k1q ; avx512vl
vmovdqa64 %zmm1, (%rdi) ; w64#64
vmovups (%rdi), %zmm1{%k1}{z} ; r64&k1d
vmovups %zmm1, (%rdi) ; w64
vmovupd %zmm1, (%rdi){%k1} ; w64&k1q
vmovaps (%rdi), %zmm1 ; r64#64
vmovapd %zmm17, (%rdi) ; w64#64
vmovntdq %zmm1, (%rdi) ; w64#64
vmovntps %zmm1, (%rdi) ; w64#64
vmovntdqa (%rdi), %zmm1 ; r64#64
vmovss (%rdi), %xmm1{%k1} ; r4&k1d
vmovss %xmm1, (%rdi){%k2} ; w4&k2d
vmovsd %xmm1, (%rdi){%k3} ; w8&k3q
vmovd %xmm21, (%rdi) ; w4
vmovq (%rdi), %xmm21 ; r8
vbroadcasti32x4 (%rdi), %zmm1 ; r16
vbroadcasti64x4 (%rdi), %zmm1 ; r32
vbroadcastf32x8 (%rdi), %zmm1 ; r32 ; avx512dq
vpbroadcastd (%rdi), %zmm1 ; r4
vinserti64x4 $1, (%rdi), %zmm2, %zmm1 ; r32
vextracti32x4 $2, %zmm1, (%rdi) ; w16
vextracti64x4 $1, %zmm1, (%rdi) ; w32
vextractf64x4 $1, %zmm1, (%rdi){%k1} ; w32&k1q
vpextrw $5, %xmm21, (%rdi) ; w2 ; avx512bw
vpmovdb %zmm1, (%rdi) ; w16
vpmovdb %zmm1, (%rdi){%k1} ; w16&k1b
vpmovqd %zmm1, (%rdi) ; w32
vpmovqb %zmm1, (%rdi){%k1} ; w8&k1b
vpmovsdw %zmm1, (%rdi){%k1} ; w32&k1w
vpmovwb %zmm1, (%rdi) ; w32 ; avx512bw
vpmovzxbd (%rdi), %zmm1 ; r16
vcvtps2ph $0, %zmm1, (%rdi){%k1} ; w32&k1w
kmovb (%rdi), %k4 ; r1 ; avx512dq
kmovb %k4, (%rdi) ; w1 ; avx512dq
kmovw (%rdi), %k4 ; r2
kmovw %k4, (%rdi) ; w2
kmovd (%rdi), %k4 ; r4 ; avx512bw
kmovd %k4, (%rdi) ; w4 ; avx512bw
kmovq (%rdi), %k4 ; r8 ; avx512bw
kmovq %k4, (%rdi) ; w8 ; avx512bw
vpcompressd %zmm1, (%rdi){%k1} ; wc4:k1:16
vpcompressq %zmm1, (%rdi){%k1} ; wc8:k1:8
vcompressps %ymm1, (%rdi){%k2} ; wc4:k2:8 ; avx512vl
vpcompressb %zmm1, (%rdi){%k1} ; wc1:k1:64 ; avx512_vbmi2
vpexpandd (%rdi), %zmm1{%k1} ; rc4:k1:16
vexpandpd (%rdi), %zmm1{%k1}{z} ; rc8:k1:8
vpexpandw (%rdi), %zmm1{%k1} ; rc2:k1:32 ; avx512_vbmi2
"""

CLASSES["AVX-512 arithmetic"] = """
vaddps (%rdi), %zmm2, %zmm1 ; r64
vaddps (%rdi){1to16}, %zmm2, %zmm1 ; r4
vaddpd (%rdi){1to8}, %zmm2, %zmm1{%k1} ; r8
vaddps (%rdi), %zmm2, %zmm1{%k1} ; r64&k1d
vpaddd (%rdi), %zmm2, %zmm1{%k1}{z} ; r64&k1d
vpternlogd $0x96, (%rdi), %zmm2, %zmm1 ; r64
vpermi2d (%rdi), %zmm2, %zmm1 ; r64
vpermw (%rdi), %zmm2, %zmm1 ; r64 ; avx512bw
vpcmpud $1, (%rdi), %zmm2, %k4 ; r64
vpcmpeqb (%rdi), %zmm2, %k4{%k1} ; r64&k1b ; avx512bw
vptestmd (%rdi), %zmm2, %k4 ; r64
vfpclassps $0x18, (%rdi){1to16}, %k4 ; r4 ; avx512dq
vpconflictd (%rdi), %zmm1 ; r64 ; avx512cd
vpopcntd (%rdi), %zmm1 ; r64 ; avx512_vpopcntdq
vpdpbusd (%rdi), %zmm2, %zmm1 ; r64 ; avx512_vnni
vpmadd52luq (%rdi), %zmm2, %zmm1 ; r64 ; avx512ifma
vcvtpd2ps (%rdi){1to8}, %ymm1 ; r8
vcvtsi2sdl (%rdi), %xmm21, %xmm22 ; r4
vcvtss2usi (%rdi), %rax ; r4
vfmadd213ss (%rdi), %xmm2, %xmm1{%k1} ; r4&k1d
vrndscalepd $1, (%rdi), %zmm1 ; r64
vscalefps (%rdi), %zmm2, %zmm1 ; r64
vgf2p8mulb (%rdi), %zmm2, %zmm1 ; r64 ; gfni
vaesenc (%rdi), %zmm2, %zmm1 ; r64 ; vaes
vdpbf16ps (%rdi), %zmm2, %zmm1 ; r64 ; avx512_bf16
"""

CLASSES["AVX-512 gather and scatter"] = """
vpgatherdd (%rdi,%zmm17,4), %zmm1{%k1} ; g4:d17:4&k1d/16
vpgatherdd (%rdi,%zmm17,4), %zmm1{%k2} ; g4:d17:4&k2d/16
vpgatherdd (%rdi,%xmm17,4), %xmm1{%k3} ; g4:d17:4&k3d/4 ; avx512vl
vpgatherdq (%rdi,%ymm17,4), %zmm1{%k1} ; g8:d17:4&k1q/8
vpgatherqd (%rdi,%zmm18,4), %ymm1{%k3} ; g4:q18:4&k3d/8
vgatherdps (%rdi,%zmm17,1), %zmm1{%k3} ; g4:d17:1&k3d/16
vgatherqpd (%rdi,%zmm18,8), %zmm1{%k1} ; g8:q18:8&k1q/8
vpscatterdd %zmm1, (%rdi,%zmm17,4){%k1} ; s4:d17:4&k1d/16
vpscatterdd %zmm1, (%rdi,%zmm17,4){%k2} ; s4:d17:4&k2d/16
vpscatterdd %zmm1, (%rdi,%zmm17,2){%k3} ; s4:d17:2&k3d/16
vpscatterdq %zmm1, (%rdi,%ymm17,4){%k1} ; s8:d17:4&k1q/8
vpscatterqd %ymm1, (%rdi,%zmm18,4){%k3} ; s4:q18:4&k3d/8
vscatterqpd %xmm1, (%rdi,%xmm18,8){%k3} ; s8:q18:8&k3q/2 ; avx512vl
"""

# For kernel mode only
CLASSES["behind STI"] = """
sti; movups %xmm1, (%rdi) ; w16
sti; vmovdqu %ymm1, (%rdi) ; w32 ; avx
sti; vmovdqu (%rdi), %ymm1 ; r32 ; avx
sti; vpgatherdd %ymm11, (%rdi,%ymm13,2), %ymm1 ; g4:d13:2&d11/8 ; avx ; avx2
"""

CLASSES["more than one operand's worth"] = """
fnstenv (%rdi) ; w28 ; step
fldenv (%rdi) ; r28 ; step
fnsave (%rdi) ; w108 ; step
fxsave64 (%rdi) ; - ; step
xsave64 (%rdi) ; - ; step ; xsave
"""

XSAVE_BYTES = 4096
# in the standard format: XMM, upper halves of YMM, opmasks, upper halves of
# ZMM0-15, ZMM16-31
XMM, YMM, OPMASK, ZMM, HIGH_ZMM = 160, 576, 1088, 1152, 1664
# index, from the top of the x87 stack, of the register that is MM2
X87_TOP = 4
MM2 = (2 - X87_TOP) % 8


def _lanes(vectors, mask):
    """(width of an element, [whether it is selected]) of a mask's name"""
    m = re.match(r"k(\d)([bwdq])$", mask)
    if m:
        bits = OPMASKS[int(m[1])]
        return "bwdq".index(m[2]), [bits >> i & 1 for i in range(64)]
    m = re.match(r"([bdq])(\d+)$", mask)
    width = {"b": 0, "d": 2, "q": 3}[m[1]]
    step, data = 1 << width, vectors[int(m[2])]
    return width, [data[i + step - 1] >> 7 for i in range(0, 64, step)]


def _elements(vectors, what):
    """Bytes of a gather or scatter, r or w."""
    m = re.match(r"([gs])(\d):([dq])(\d+):(\d)&(\w+)/(\d+)$", what)
    size, scale, count = int(m[2]), int(m[5]), int(m[7])
    data = vectors[int(m[4])]
    code = "<16i" if m[3] == "d" else "<8q"
    indices = struct.unpack(code, data)[:count]
    left = _lanes(vectors, m[6])[1]
    found = [i * scale + byte for n, i in enumerate(indices) if left[n]
             for byte in range(size)]
    return ("r" if m[1] == "g" else "w"), found


def _bytes(vectors, what):
    """({"r", "w"}, [offsets])"""
    if what[0] in "gs":
        return _elements(vectors, what)
    m = re.match(r"([rw])c(\d):k(\d):(\d+)$", what)
    if m:
        bits = OPMASKS[int(m[3])] & ((1 << int(m[4])) - 1)
        return m[1], list(range(int(m[2]) * bits.bit_count()))
    m = re.match(r"(rw?|w)(\d+)(?:&(\w+))?$", what)
    offsets = list(range(int(m[2])))
    if m[3] == "mm2":
        offsets = [i for i in offsets if x87_registers()[MM2][i] >> 7]
    elif m[3]:
        width, left = _lanes(vectors, m[3])
        offsets = [i for i in offsets if left[i >> width]]
    return m[1], offsets


def vector_registers():
    """ZMM0 to ZMM31, 64 bytes each: floats of moderate magnitude"""
    rng = random.Random(6)
    vectors = []
    for n in range(32):
        if n in MASKS:
            words = MASKS[n] + MASKS[n]
        elif n in (13, 17):
            words = [i & 0xffffffff for i in INDICES_D]
        else:
            words = [rng.getrandbits(1) << 31 | rng.randint(120, 134) << 23 |
                     rng.getrandbits(23) for _ in range(16)]
        vectors.append(struct.pack("<8q", *INDICES_Q) if n in (14, 18) else
                       struct.pack("<16I", *words))
    return vectors


def x87_registers():
    """ST0 to ST7, 16 bytes each: floats, too"""
    rng = random.Random(87)
    return [struct.pack("<QH6x", rng.getrandbits(64) | 1 << 63,
                        0x3fff + rng.randint(-3, 12) | rng.getrandbits(1) << 15)
            for _ in range(8)]


def xsave_image():
    """The initial registers of each instruction"""
    image = bytearray(XSAVE_BYTES)
    # 4 numbers on x87's stack; conditions are set
    struct.pack_into("<HHB", image, 0, 0x37f, X87_TOP << 11 | 0x4700, 0xf0)
    struct.pack_into("<II", image, 24, 0x1fa0, 0)
    for n, data in enumerate(x87_registers()):
        image[32 + 16 * n:48 + 16 * n] = data
    for n, data in enumerate(vector_registers()):
        if n < 16:
            image[XMM + 16 * n:XMM + 16 * n + 16] = data[:16]
            image[YMM + 16 * n:YMM + 16 * n + 16] = data[16:32]
            image[ZMM + 32 * n:ZMM + 32 * n + 32] = data[32:]
        else:
            at = HIGH_ZMM + 64 * (n - 16)
            image[at:at + 64] = data
    struct.pack_into("<8Q", image, OPMASK, *OPMASKS)
    struct.pack_into("<Q", image, 512, 0xe7)
    return bytes(image)


def _row(vectors, kind, line):
    text, what, *words = (part.strip() for part in line.split(" ; "))
    what, _, align = what.partition("#")
    align, _, mask = align.partition("&")
    if mask:
        what += "&" + mask
    touched = {"r": [], "w": []}
    if what != "-":
        way, offsets = _bytes(vectors, what)
        for one in way:
            touched[one] = offsets
    needs, step, equal, poke, quirks = set(), False, 0, 0, set()
    for word in words:
        if word == "step":
            step = True
        elif word in QUIRKS:
            quirks.add(word)
        elif word.startswith("eq"):
            equal = int(word[2:])
        elif word.startswith("poke="):
            poke = int(word[5:], 0)
        else:
            needs.add(word)
    return Row(kind, text, touched["r"], touched["w"], int(align or 1),
               needs | CLASS_NEEDS.get(kind, set()), step, equal, poke, quirks)


def table():
    """All rows"""
    vectors = vector_registers()
    return [_row(vectors, kind, line) for kind, lines in CLASSES.items()
            for line in lines.strip().splitlines()]
