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
# by mistake after it has left it for good.
.balign 4
.globl park
park:   wfi
        j       park

# The machine-mode trap handler: passes the CLINT's interrupts on as a supervisor software
# interrupt. mscratch leads to clint.rs's Scratch.
.balign 4
.globl machinevec
machinevec:
        csrrw   a0, mscratch, a0
        sd      a1, 0(a0)
        sd      a2, 8(a0)
        sd      a3, 16(a0)
        csrr    a1, mcause
        bgez    a1, park
        andi    a1, a1, 0xf
        li      a2, 7
        beq     a1, a2, 1f
        # Another hart: not to be told again.
        ld      a1, 24(a0)
        sw      zero, 0(a1)
        j       2f
        # The clock: to tick again.
1:      ld      a1, 32(a0)
        ld      a2, 40(a0)
        ld      a3, 0(a1)
        add     a3, a3, a2
        sd      a3, 0(a1)
        li      a1, 1
        sd      a1, 48(a0)
2:      li      a1, 2
        csrs    mip, a1
        ld      a3, 16(a0)
        ld      a2, 8(a0)
        ld      a1, 0(a0)
        csrrw   a0, mscratch, a0
        mret
