//! The system calls, one row each. The kernel's dispatch, the programs' stubs and
//! the tools' names are all made from these rows.

/// Hands every row `(Variant, number, "name")` to the macro `$with`.
///
/// Number in `a7`, arguments in `a0` to `a5`, result in `a0`; -1 says it failed.
#[macro_export]
macro_rules! for_each_syscall {
    ($with:path) => {
        $with! {
            (Fork, 1, "fork")
            (Exit, 2, "exit")
            (Wait, 3, "wait")
            (Pipe, 4, "pipe")
            (Read, 5, "read")
            (Kill, 6, "kill")
            (Exec, 7, "exec")
            (Fstat, 8, "fstat")
            (Chdir, 9, "chdir")
            (Dup, 10, "dup")
            (Getpid, 11, "getpid")
            (Sbrk, 12, "sbrk")
            (Pause, 13, "pause")
            (Uptime, 14, "uptime")
            (Open, 15, "open")
            (Write, 16, "write")
            (Mknod, 17, "mknod")
            (Unlink, 18, "unlink")
            (Link, 19, "link")
            (Mkdir, 20, "mkdir")
            (Close, 21, "close")
            (Trace, 22, "trace")
            (Sysinfo, 23, "sysinfo")
            (Sigalarm, 24, "sigalarm")
            (Sigreturn, 25, "sigreturn")
            (Symlink, 26, "symlink")
            (Mmap, 27, "mmap")
            (Munmap, 28, "munmap")
            (Pgpte, 33, "pgpte")
            (Kpgtbl, 34, "kpgtbl")
            (Pgaccess, 39, "pgaccess")
            (Sync, 40, "sync")
            (Seccomp, 41, "seccomp")
            (Chroot, 42, "chroot")
            (Poweroff, 64, "poweroff")
            (Procs, 65, "procs")
            (Backtrace, 66, "backtrace")
            (Sysctl, 67, "sysctl")
            (Setjob, 68, "setjob")
            (Readkeys, 69, "readkeys")
            (Dmesg, 70, "dmesg")
            (Time, 71, "time")
            (Statfs, 72, "statfs")
        }
    };
}

macro_rules! define {
    ($(($variant:ident, $number:literal, $name:literal))*) => {
        /// A system call, by its number in `a7`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Syscall {
            $(#[doc = concat!("`", $name, "`, number ", $number, ".")] $variant = $number,)*
        }

        impl Syscall {
            /// Every call, in the order of the rows.
            pub const ALL: &'static [Syscall] = &[$(Syscall::$variant),*];

            /// The call of that number, if there is one.
            pub const fn from_number(number: usize) -> Option<Syscall> {
                match number {
                    $($number => Some(Syscall::$variant),)*
                    _ => None,
                }
            }

            /// Its name as C and the manual pages spell it.
            pub const fn name(self) -> &'static str {
                match self { $(Syscall::$variant => $name,)* }
            }
        }
    };
}

for_each_syscall!(define);

#[cfg(test)]
mod tests {
    use super::Syscall;

    #[test]
    fn numbers_are_found_again_and_rise() {
        for &call in Syscall::ALL {
            assert_eq!(Syscall::from_number(call as usize), Some(call));
        }
        assert!(Syscall::ALL.is_sorted_by_key(|&call| call as usize));
        assert_eq!(Syscall::from_number(0), None);
    }
}
