# What the compiler calls to copy and to fill memory: 64 bytes a turn where it can. The
# library's own take a word a turn, and were half of the instructions of fork and exec.

# memset(a0: where, a1: byte, a2: how many bytes); gives a0.
.section .text
.balign 4
.globl memset
memset:
        mv      t0, a0
        li      t2, 16
        bltu    a2, t2, 5f
        andi    a1, a1, 0xff
        slli    t1, a1, 8
        or      a1, a1, t1
        slli    t1, a1, 16
        or      a1, a1, t1
        slli    t1, a1, 32
        or      a1, a1, t1
1:      andi    t1, t0, 7
        beqz    t1, 2f
        sb      a1, 0(t0)
        addi    t0, t0, 1
        addi    a2, a2, -1
        j       1b
2:      li      t2, 64
        bltu    a2, t2, 4f
3:
.irp n, 0,1,2,3,4,5,6,7
        sd      a1, 8 * \n(t0)
.endr
        addi    t0, t0, 64
        addi    a2, a2, -64
        bgeu    a2, t2, 3b
4:      li      t2, 8
        bltu    a2, t2, 5f
        sd      a1, 0(t0)
        addi    t0, t0, 8
        addi    a2, a2, -8
        j       4b
5:      beqz    a2, 6f
        sb      a1, 0(t0)
        addi    t0, t0, 1
        addi    a2, a2, -1
        j       5b
6:      ret

# memcpy(a0: where to, a1: where from, a2: how many bytes), which do not overlap; gives a0.
.balign 4
.globl memcpy
memcpy:
        mv      t0, a0
        li      t2, 16
        bltu    a2, t2, 7f
1:      andi    t1, t0, 7
        beqz    t1, 2f
        lbu     t3, 0(a1)
        sb      t3, 0(t0)
        addi    t0, t0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        j       1b
2:      andi    t1, a1, 7
        bnez    t1, 5f
        li      t2, 64
        bltu    a2, t2, 4f
3:      ld      a3, 0(a1)
        ld      a4, 8(a1)
        ld      a5, 16(a1)
        ld      a6, 24(a1)
        ld      a7, 32(a1)
        ld      t3, 40(a1)
        ld      t4, 48(a1)
        ld      t5, 56(a1)
        sd      a3, 0(t0)
        sd      a4, 8(t0)
        sd      a5, 16(t0)
        sd      a6, 24(t0)
        sd      a7, 32(t0)
        sd      t3, 40(t0)
        sd      t4, 48(t0)
        sd      t5, 56(t0)
        addi    a1, a1, 64
        addi    t0, t0, 64
        addi    a2, a2, -64
        bgeu    a2, t2, 3b
4:      li      t2, 8
        bltu    a2, t2, 7f
        ld      t3, 0(a1)
        sd      t3, 0(t0)
        addi    a1, a1, 8
        addi    t0, t0, 8
        addi    a2, a2, -8
        j       4b

# From t1 bytes into a word: each word is made of two. None is read that has no byte of ours.
5:      li      t2, 8
        slli    t4, t1, 3               # bits of the first that are not ours
        neg     t5, t4                  # a shift goes by the low six bits
        sub     a1, a1, t1
        ld      a3, 0(a1)
6:      ld      a4, 8(a1)
        srl     a5, a3, t4
        sll     a6, a4, t5
        or      a5, a5, a6
        sd      a5, 0(t0)
        mv      a3, a4
        addi    a1, a1, 8
        addi    t0, t0, 8
        addi    a2, a2, -8
        bgeu    a2, t2, 6b
        add     a1, a1, t1

7:      beqz    a2, 8f
        lbu     t3, 0(a1)
        sb      t3, 0(t0)
        addi    t0, t0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        j       7b
8:      ret
