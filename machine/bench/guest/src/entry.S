# Where hart 0 starts, in machine mode: a stack, floating point on, all of memory open to
# the modes below, and on to `start`.
.section .text.entry, "ax"
.globl _entry
_entry:
        csrr    t0, mhartid
        bnez    t0, park
        la      sp, _stack_top
        la      t0, trapped
        csrw    mtvec, t0
        li      t0, 1 << 13
        csrs    mstatus, t0
        li      t0, -1
        srli    t0, t0, 10
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        call    {start}
park:   j       park

# A trap nobody asked for: tells the host.
.balign 4
trapped:
        csrr    a0, mcause
        call    {fail}

# enter_supervisor(satp, next): goes on at `next` in supervisor mode under the table of `satp`.
.globl enter_supervisor
enter_supervisor:
        csrw    satp, a0
        sfence.vma
        li      t0, 3 << 11
        csrc    mstatus, t0
        li      t0, 1 << 11
        csrs    mstatus, t0
        csrw    mepc, a1
        mret

# call_from_user(frame, satp, count): a user program that makes `count` system calls, each a
# trap that saves every register, goes over to another page table and back. Returns what the
# last one gave. `frame` has room for 32 registers.
.globl call_from_user
call_from_user:
        addi    sp, sp, -112
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        sd      s2, 24(sp)
        sd      s3, 32(sp)
        sd      s4, 40(sp)
        sd      s5, 48(sp)
        sd      s6, 56(sp)
        sd      s7, 64(sp)
        sd      s8, 72(sp)
        sd      s9, 80(sp)
        sd      s10, 88(sp)
        sd      s11, 96(sp)
        sd      sp, 0(a0)
        csrw    sscratch, a0
        sd      a1, 256(a0)
        csrr    t0, satp
        sd      t0, 264(a0)
        la      t0, user_trap
        csrw    stvec, t0
        li      t0, 1 << 8
        csrc    sstatus, t0
        # User code runs where supervisor code does: from a second mapping for users.
        la      t0, user_code
        li      t1, 0x40000000
        add     t0, t0, t1
        csrw    sepc, t0
        mv      s0, a2
        csrr    t0, sscratch
        ld      t0, 256(t0)
        csrw    satp, t0
        sfence.vma
        sret

user_code:
        mv      s1, zero
1:      li      a7, 11
        mv      a0, s0
        ecall
        add     s1, s1, a0
        addi    s0, s0, -1
        bnez    s0, 1b
        li      a7, 2
        mv      a0, s1
        ecall
        j       .

.balign 4
user_trap:
        csrrw   a0, sscratch, a0
        sd      ra, 8(a0)
        sd      sp, 16(a0)
        sd      gp, 24(a0)
        sd      tp, 32(a0)
        sd      t0, 40(a0)
        sd      t1, 48(a0)
        sd      t2, 56(a0)
        sd      s0, 64(a0)
        sd      s1, 72(a0)
        sd      a1, 88(a0)
        sd      a2, 96(a0)
        sd      a3, 104(a0)
        sd      a4, 112(a0)
        sd      a5, 120(a0)
        sd      a6, 128(a0)
        sd      a7, 136(a0)
        sd      s2, 144(a0)
        sd      s3, 152(a0)
        sd      s4, 160(a0)
        sd      s5, 168(a0)
        sd      s6, 176(a0)
        sd      s7, 184(a0)
        sd      s8, 192(a0)
        sd      s9, 200(a0)
        sd      s10, 208(a0)
        sd      s11, 216(a0)
        sd      t3, 224(a0)
        sd      t4, 232(a0)
        sd      t5, 240(a0)
        sd      t6, 248(a0)
        csrr    t0, sscratch
        sd      t0, 80(a0)
        ld      sp, 0(a0)
        ld      t0, 264(a0)
        csrw    satp, t0
        sfence.vma
        mv      s0, a0
        csrw    sscratch, a0
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        csrr    t0, scause
        li      t1, 8
        bne     t0, t1, 2f
        ld      a0, 80(s0)
        ld      a1, 136(s0)
        li      t1, 2
        beq     a1, t1, 3f
        call    {answer}
        sd      a0, 80(s0)
        mv      a0, s0
        ld      t0, 256(a0)
        csrw    satp, t0
        sfence.vma
        ld      ra, 8(a0)
        ld      sp, 16(a0)
        ld      gp, 24(a0)
        ld      tp, 32(a0)
        ld      t0, 40(a0)
        ld      t1, 48(a0)
        ld      t2, 56(a0)
        ld      s0, 64(a0)
        ld      s1, 72(a0)
        ld      a1, 88(a0)
        ld      a2, 96(a0)
        ld      a3, 104(a0)
        ld      a4, 112(a0)
        ld      a5, 120(a0)
        ld      a6, 128(a0)
        ld      a7, 136(a0)
        ld      s2, 144(a0)
        ld      s3, 152(a0)
        ld      s4, 160(a0)
        ld      s5, 168(a0)
        ld      s6, 176(a0)
        ld      s7, 184(a0)
        ld      s8, 192(a0)
        ld      s9, 200(a0)
        ld      s10, 208(a0)
        ld      s11, 216(a0)
        ld      t3, 224(a0)
        ld      t4, 232(a0)
        ld      t5, 240(a0)
        ld      t6, 248(a0)
        ld      a0, 80(a0)
        sret
2:      csrr    a0, scause
        call    {fail}
3:      ld      sp, 0(s0)
        ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        ld      s2, 24(sp)
        ld      s3, 32(sp)
        ld      s4, 40(sp)
        ld      s5, 48(sp)
        ld      s6, 56(sp)
        ld      s7, 64(sp)
        ld      s8, 72(sp)
        ld      s9, 80(sp)
        ld      s10, 88(sp)
        ld      s11, 96(sp)
        addi    sp, sp, 112
        ret
