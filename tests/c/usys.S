# System calls: the number in a7, the arguments where C has put them, the result in a0.

.macro call name, number
.global \name
\name:
    li a7, \number
    ecall
    ret
.endm

call fork, 1
call exit, 2
call wait, 3
call pipe, 4
call read, 5
call kill, 6
call exec, 7
call fstat, 8
call chdir, 9
call dup, 10
call getpid, 11
call sys_sbrk, 12
call pause, 13
call uptime, 14
call open, 15
call write, 16
call mknod, 17
call unlink, 18
call link, 19
call mkdir, 20
call close, 21
call sysinfo, 23
call sigalarm, 24
call sigreturn, 25
call symlink, 26
call mmap, 27
call munmap, 28
call pgaccess, 39
