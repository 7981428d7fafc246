//! The kernel that checks itself as it runs: in which order locks are taken, that no lowest
//! page table keeps a leaf, that no sum overflows.

use tests::boot::{config, native_at_prompt, or_fail, run};
use tests::{Artefacts, Guest, Native};

fn checked(harts: usize, bootargs: &str) -> Native {
    let guest = Artefacts::checked();
    let mut guest =
        or_fail(guest.and_then(|guest| Native::boot(&guest, &config(harts, 0, bootargs))));
    or_fail(guest.wait_for("\n$ "));
    guest
}

/// All that locks are taken for, from several harts: `run` says if the kernel panics.
#[test]
fn locks_are_taken_in_order() {
    let mut guest = checked(
        3,
        "fork=cow sbrk=lazy kalloc=percpu bcache=hashed quantum=10",
    );
    for command in [
        "mmaptest",
        "symlinktest",
        "bcachetest",
        "alarmtest",
        "stressfs",
        "forktest",
        "ps",
    ] {
        run(&mut guest, command);
    }
    let shown = run(&mut guest, "grind 1");
    assert!(shown.ends_with("GRIND TEST PASSED\n"), "{shown}");
}

#[test]
fn a_lock_taken_out_of_order_is_told_with_the_one_held() {
    let mut guest = checked(1, "bug=badlockorder");
    or_fail(guest.send(b"ps\n"));
    or_fail(guest.wait_for("panic: lock order: wait_lock taken while Proc is held\n"));
    // The kernel that people use does not look.
    let mut guest = native_at_prompt(&config(1, 0, "bug=badlockorder"));
    assert!(run(&mut guest, "ps").starts_with("PID "));
}
