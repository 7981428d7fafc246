//! The scripted session, and what goes with it, on QEMU and on our machine.

use machine::Config;
use tests::boot::or_fail;
use tests::{Artefacts, Board, Guest, Native, Qemu, Session};

fn qemu(harts: usize, board: Board) -> Qemu {
    or_fail(Artefacts::find().and_then(|guest| Qemu::boot(&guest, harts, board, "")))
}

fn native(harts: usize, seed: u64) -> Native {
    let config = Config {
        harts,
        seed,
        ..Config::default()
    };
    or_fail(Artefacts::find().and_then(|guest| Native::boot(&guest, &config)))
}

/// Plays the session, compares, and has the guest switch off.
fn play(guest: &mut impl Guest) {
    let session = Session::load().expect("the session's files are in the repository");
    let shown = or_fail(session.play(guest));
    if let Err(difference) = session.check(&shown) {
        panic!("{difference}");
    }
    or_fail(guest.send(b"poweroff 3\n"));
    assert_eq!(or_fail(guest.wait_for_end()), 3);
}

#[test]
fn qemu_smp1() {
    if std::env::var("UPDATE").as_deref() == Ok("1") {
        let session = Session::load().expect("the session's files are in the repository");
        let shown = or_fail(session.play(&mut qemu(1, Board::Legacy)));
        session
            .update(&shown)
            .expect("the transcript can be written");
    }
    play(&mut qemu(1, Board::Legacy));
}

#[test]
fn qemu_smp3() {
    play(&mut qemu(3, Board::Legacy));
}

#[test]
fn qemu_smp3_modern() {
    play(&mut qemu(3, Board::Modern));
}

#[test]
fn qemu_smp3_without_sstc() {
    play(&mut qemu(3, Board::NoSstc));
}

#[test]
fn qemu_smp8() {
    play(&mut qemu(8, Board::Legacy));
}

#[test]
fn native_1_hart() {
    play(&mut native(1, 0));
}

#[test]
fn native_3_harts() {
    for seed in 0..4 {
        play(&mut native(3, seed));
    }
}

#[test]
fn native_8_harts() {
    for seed in 0..2 {
        play(&mut native(8, seed));
    }
}

/// A process that becomes runnable while a hart is idle runs at once: not when that hart
/// next ticks, which takes ten million cycles.
#[test]
fn native_idle_harts_are_told() {
    for (harts, seed) in [(2, 0), (2, 1), (3, 0), (3, 1), (8, 0)] {
        let mut guest = native(harts, seed);
        or_fail(guest.wait_for("\n$ "));
        let start = guest.machine.t();
        // Whoever runs the shell goes on with `compute`, so another one has to come for `echo`.
        or_fail(guest.send(b"compute 2000 & echo told\n"));
        or_fail(guest.wait_for("\ntold"));
        let took = guest.machine.t() - start;
        assert!(took < 6_000_000, "{harts} harts, seed {seed}: {took}");
    }
}

/// Types a text faster than any reader reads: nothing of it may be lost.
fn paste(guest: &mut impl Guest) {
    let line = "what is typed ahead of its reader must wait, not vanish";
    let text = format!("{line}\n").repeat(100);
    or_fail(guest.wait_for("\n$ "));
    or_fail(guest.send(b"cat > pasted\n"));
    or_fail(guest.send(text.as_bytes()));
    or_fail(guest.send(b"\x04"));
    // The end of input is echoed too: the prompt does not stand at the start of a line.
    or_fail(guest.wait_for("$ "));
    or_fail(guest.send(b"wc pasted\n"));
    let counted = or_fail(guest.wait_for("\n$ ")).replace('\r', "");
    let wanted = format!(
        "100 {} {} pasted",
        line.split(' ').count() * 100,
        text.len()
    );
    assert_eq!(counted.lines().nth(1), Some(wanted.as_str()));
}

#[test]
fn qemu_takes_a_long_paste() {
    paste(&mut qemu(3, Board::Legacy));
}

#[test]
fn native_takes_a_long_paste() {
    paste(&mut native(3, 0));
}
