# Into the kernel and out of it.

# The trampoline: one page, at the same virtual address in every page table, so that
# it goes on running while satp changes.
.section .trampoline, "ax"
.balign 4
.globl uservec
uservec:
        # A trap from user mode: interrupts are off, satp is still the program's.
        # The trapframe is at the same address in every program's page table.
        csrw    sscratch, a0
        li      a0, {TRAPFRAME}
.irp n, 1,2,3,4,5,6,7,8,9, 11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, 32 + 8 * \n(a0)
.endr
        csrr    t0, sscratch
        sd      t0, 32 + 8 * 10(a0)

        ld      sp, 8(a0)
        ld      tp, 32(a0)
        ld      t0, 16(a0)
        ld      t1, 0(a0)
        li      s0, 0                   # nobody called: back traces end here
        sfence.vma zero, zero
        csrw    satp, t1
        sfence.vma zero, zero
        jalr    t0                      # usertrap returns the program's satp

.globl userret
userret:
        # a0: the program's satp. sepc and sstatus are set.
        sfence.vma zero, zero
        csrw    satp, a0
        sfence.vma zero, zero
        # exec may have put other code where this hart has fetched before.
        fence.i
        li      a0, {TRAPFRAME}
.irp n, 1,2,3,4,5,6,7,8,9, 11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 32 + 8 * \n(a0)
.endr
        ld      a0, 32 + 8 * 10(a0)
        sret

# A trap from the kernel: keeps, on the same stack, the registers that a called
# function may change. tp is not among them: the thread may go on on another hart.
.section .text
.balign 4
.globl kernelvec
kernelvec:
        addi    sp, sp, -128
        # Stacks are the upper halves of 32 KiB places and the lower halves are not
        # mapped: there, this bit is clear, and nothing can be saved.
        csrw    sscratch, t0
        srli    t0, sp, 14
        andi    t0, t0, 1
        beqz    t0, 1f
        csrr    t0, sscratch
        sd      ra, 0(sp)
        sd      t0, 8(sp)
        sd      t1, 16(sp)
        sd      t2, 24(sp)
        sd      a0, 32(sp)
        sd      a1, 40(sp)
        sd      a2, 48(sp)
        sd      a3, 56(sp)
        sd      a4, 64(sp)
        sd      a5, 72(sp)
        sd      a6, 80(sp)
        sd      a7, 88(sp)
        sd      t3, 96(sp)
        sd      t4, 104(sp)
        sd      t5, 112(sp)
        sd      t6, 120(sp)
        call    {kerneltrap}
        ld      ra, 0(sp)
        ld      t0, 8(sp)
        ld      t1, 16(sp)
        ld      t2, 24(sp)
        ld      a0, 32(sp)
        ld      a1, 40(sp)
        ld      a2, 48(sp)
        ld      a3, 56(sp)
        ld      a4, 64(sp)
        ld      a5, 72(sp)
        ld      a6, 80(sp)
        ld      a7, 88(sp)
        ld      t3, 96(sp)
        ld      t4, 104(sp)
        ld      t5, 112(sp)
        ld      t6, 120(sp)
        addi    sp, sp, 128
        sret

1:      # The stack overflowed: a last one to say so on. Two harts at once would share
        # it, but neither returns.
        la      sp, last_stack + 8192
        li      s0, 0
        call    {stack_overflow}

.section .bss
.balign 16
last_stack:
        .skip   8192
