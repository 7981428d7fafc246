//! Those who make the calls: they live in the cage, and end, are killed, or block.

use crate::choice::{Choice, N_PLACES, PLACE, fill};
use crate::count;
use crate::random::Random;
use abi::Syscall;
use core::ffi::CStr;
use ulib::sys::Mapped;
use ulib::{Failed, Fd, Fork, Pid, Region, sys};

/// A worker that has become this program again begins with this argument.
pub const CALLED_BY_WORKER: &CStr = c"work";

/// Calls that a process makes, if it lives.
const N_CALLS: usize = 3000;
/// Pages for what the kernel is led to.
const N_PAGES: usize = 4;

/// What a worker knows of where it is; one that has become another program knows nothing.
pub struct Place<'a> {
    /// Where it counts its calls.
    pub board: &'a Mapped,
    /// Who kills all when the time is up. Nobody with a lower number or this is to be killed.
    pub killer: Pid,
    /// Its descriptor 0 is the console.
    pub has_console: bool,
}

/// Makes calls, and counts them on the board if there is one.
pub fn work(mut random: Random, place: Option<Place>) -> ! {
    let has_console = place.as_ref().is_some_and(|place| place.has_console);
    for fd in i32::from(has_console)..3 {
        let _ = sys::close(Fd(fd));
    }
    // Some start with pages that are there, some with such as come late.
    let arena = match random.below(2) {
        0 => Region::new(N_PAGES),
        _ => Region::lazy(N_PAGES),
    };
    let Ok(mut arena) = arena else { ulib::exit(1) };
    let killer = place.as_ref().map(|place| place.killer);
    let mut choice = Choice::new(random, killer, has_console);
    let mut pid = ulib::getpid();
    for n in 0..N_CALLS {
        if n % 16 == 0 {
            resize(&mut arena, choice.random());
            fill(&mut arena, choice.random());
        }
        // One in sixty is a fork, whose child ends soon as often as not.
        let is_child = choice.random().below(60) == 0 && ulib::fork() == Ok(Fork::Child);
        if is_child && choice.random().below(2) == 0 {
            ulib::exit(7);
        }
        if is_child {
            pid = ulib::getpid();
        }
        if choice.random().below(400) == 0 {
            wreck_memory(choice.random());
        }
        if choice.random().below(300) == 0 {
            let _ = ulib::chroot(c"d");
        }
        let (number, args) = choice.make(&arena);
        if number == Syscall::Exec as usize && !is_child_for_program() {
            continue;
        }
        if !sys::is_harmless(number, &args, &arena) {
            continue;
        }
        let result = sys::call_any(number, args, &mut arena);
        if let Some(place) = &place {
            count(place.board, pid);
        }
        if let Ok(value) = result {
            choice.learn(number, args, value, &arena);
        }
        if number == Syscall::Exit as usize {
            break;
        }
    }
    ulib::exit(0)
}

/// Makes a child, which runs another program or goes on here if there is none. Whether this
/// is it.
fn is_child_for_program() -> bool {
    match ulib::fork() {
        Ok(fork) => fork == Fork::Child,
        Err(Failed) => {
            // There are too many, and some are over.
            let _ = ulib::wait();
            false
        }
    }
}

/// Gives back some of the arena, or takes more.
fn resize(arena: &mut Region, random: &mut Random) {
    let least = N_PLACES * PLACE + 4096;
    let any = least + random.below(N_PAGES * 4096 - least);
    let len = random.of(&[N_PAGES * 4096, any, 2 * N_PAGES * 4096 - 5]);
    let _ = arena.resize(len);
}

/// Has a child do to its own memory what no program should.
fn wreck_memory(random: &mut Random) {
    if ulib::fork() != Ok(Fork::Child) {
        let _ = ulib::wait();
        return;
    }
    let address = random.address();
    let more = random.of(&[0, 1, 4096, 10_000]);
    match random.below(3) {
        0 => sys::poke_and_exit(address),
        1 => sys::shrink_and_exit(4096 * (1 + random.below(8)) + random.below(2), more),
        _ => sys::shrink_and_exit(random.of(&[1, 4095, 1 << 20, i32::MAX as usize]), more),
    }
}
