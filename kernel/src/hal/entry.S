# Where every hart starts, in machine mode, with its number in mhartid and the
# address of the device tree in a1.
.section .text.entry, "ax"
.globl _entry
_entry:
        csrr    a0, mhartid
        li      t0, {NCPU}
        bgeu    a0, t0, park
        # Stack of hart n: 32 KiB from _stack0 + n * 32 KiB, growing down.
        la      sp, _stack0
        addi    t0, a0, 1
        slli    t0, t0, 15
        add     sp, sp, t0
        li      s0, 0
        call    {start}

# For a hart more than the kernel has room for, and for one that traps to machine mode
# after it has left it for good.
.balign 4
.globl park
park:   wfi
        j       park

# The machine-mode trap handler, needed only where Sstc is missing: passes the CLINT's
# timer interrupt on as a supervisor software interrupt. mscratch leads to
# [0] [8] [32] room for three registers, [16] this hart's mtimecmp, [24] the interval.
.balign 4
.globl timervec
timervec:
        csrrw   a0, mscratch, a0
        sd      a1, 0(a0)
        sd      a2, 8(a0)
        ld      a1, 16(a0)
        ld      a2, 24(a0)
        sd      a3, 32(a0)
        ld      a3, 0(a1)
        add     a3, a3, a2
        sd      a3, 0(a1)
        li      a1, 2
        csrs    mip, a1
        ld      a3, 32(a0)
        ld      a2, 8(a0)
        ld      a1, 0(a0)
        csrrw   a0, mscratch, a0
        mret
