/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware that makes markers: a BIOS image for QEMU's "pc" machine that checks
 * whether there is a marker port, then writes the contents of marker-once.bin
 * to it, and FLOODS times the contents of marker-flood.bin.
 *
 * PORT and FLOODS come from test_marker.py, as do the two files.
 */
        .set    SIGNATURE, 0x4d

        .code16
start:
        cli
        cld
        movw    $0xf000, %ax
        movw    %ax, %ds
        movw    $PORT, %dx
        inb     %dx, %al
        cmpb    $SIGNATURE, %al
        jne     rest

        movw    $once, %si
        movw    $(once_end - once), %cx
        rep     outsb

        movl    $FLOODS, %ebx
        testl   %ebx, %ebx
        jz      rest
again:
        movw    $flood, %si
        movw    $(flood_end - flood), %cx
        rep     outsb
        decl    %ebx
        jnz     again
rest:
        hlt
        jmp     rest

once:
        .incbin "marker-once.bin"
once_end:
flood:
        .incbin "marker-flood.bin"
flood_end:

        .org    0xfff0
        jmp     start
        .org    0x10000
