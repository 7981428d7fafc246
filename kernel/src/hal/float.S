# float_save(a0: where to), float_restore(a0: where from): f0 to f31, then fcsr, in the order
# of hal/float.rs. FS is not Off.
.option push
.option arch, +d
.section .text
.globl float_save
float_save:
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fsd     f\n, 8 * \n(a0)
.endr
        frcsr   t0
        sd      t0, 8 * 32(a0)
        ret

.globl float_restore
float_restore:
.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fld     f\n, 8 * \n(a0)
.endr
        ld      t0, 8 * 32(a0)
        fscsr   t0
        ret
.option pop
