//! A share of what `cargo xtask fuzz races` and `fuzz matrix` play, and proof that they find
//! something: mistakes that the kernel makes on purpose.

use tests::races::{Failure, Load, Setting, run, run_on_qemu};
use tests::{Artefacts, Trouble};

/// Ends a test with the sentence of the error rather than its fields.
fn or_fail<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn setting(words: &str) -> Setting {
    words.parse().expect("a setting as it is written out")
}

/// Plays `load` in each setting, which must go well.
fn play(load: &Load, settings: &[&str]) {
    let guest = or_fail(Artefacts::with_tests());
    for words in settings {
        if let Err(failure) = run(&guest, &setting(words), load, &mut |_| {}) {
            panic!("{} {words}: {failure}", load.name);
        }
    }
}

fn play_on_qemu(load: &Load, words: &str) {
    let guest = or_fail(Artefacts::with_tests());
    if let Err(failure) = run_on_qemu(&guest, &setting(words), load) {
        panic!("{} {words}: {failure}", load.name);
    }
}

/// What the first of `settings` shows in which `load` fails.
fn first_failure(load: &Load, settings: impl Iterator<Item = String>) -> Option<Failure> {
    let guest = or_fail(Artefacts::with_tests());
    settings
        .map(|words| run(&guest, &setting(&words), load, &mut |_| {}))
        .find_map(Result::err)
}

const SYSFUZZ: Load = Load {
    name: "sysfuzz",
    lines: &[("sysfuzz {n} 2", "SYSFUZZ TEST PASSED")],
    needs: "",
    least_ram_mib: 20,
    leaves_files: false,
    most_msteps: 5_000,
};

const PIPES: Load = Load {
    name: "pipes",
    lines: &[("seq 300 | cat | cat | sort | uniq | wc", "300 300 1092 ")],
    needs: "",
    least_ram_mib: 20,
    leaves_files: false,
    most_msteps: 1_000,
};

/// Processes that are looked at while they begin and end.
const TABLE: Load = Load {
    name: "table",
    lines: &[(
        "grind 1 2 | forktest | ps | ps | ps | forktest",
        "fork test OK",
    )],
    needs: "",
    least_ram_mib: 20,
    leaves_files: true,
    most_msteps: 2_000,
};

#[test]
fn native_sysfuzz() {
    let settings = [
        "harts=3 seed=1 checked fork=cow sbrk=lazy kalloc=percpu quantum=2",
        "harts=8 seed=2 fork=eager quantum=10",
    ];
    play(&SYSFUZZ, &settings);
}

#[test]
fn qemu_sysfuzz() {
    play_on_qemu(&SYSFUZZ, "harts=3 seed=3 checked fork=cow kalloc=percpu");
}

fn float() -> &'static Load {
    Load::named("float").expect("a load of the campaigns")
}

#[test]
fn native_float() {
    play(
        float(),
        &["harts=1 seed=1", "harts=3 seed=2 fork=cow quantum=1"],
    );
}

#[test]
fn qemu_float() {
    play_on_qemu(float(), "harts=4 fork=cow quantum=1");
}

/// The checks can fail: a wakeup that is lost is a hang.
#[test]
fn a_lost_wakeup_is_found() {
    let settings = (0..4).map(|seed| format!("harts=2 seed={seed} bug=lostwakeup"));
    let failure = first_failure(&PIPES, settings);
    assert!(matches!(failure, Some(Failure::Hang { .. })), "{failure:?}");
}

/// So are two locks that are taken in both orders; and a kernel with its assertions left in
/// says so before it comes to that.
#[test]
fn a_bad_lock_order_is_found() {
    let settings = (0..40).map(|seed| format!("harts=4 seed={seed} bug=badlockorder"));
    let failure = first_failure(&TABLE, settings);
    assert!(matches!(failure, Some(Failure::Hang { .. })), "{failure:?}");
    let settings = ["harts=1 checked bug=badlockorder".to_string()];
    match first_failure(&TABLE, settings.into_iter()) {
        Some(Failure::Panic { tail, .. }) => {
            assert!(tail.contains("lock order: wait_lock taken"), "{tail}");
        }
        other => panic!("{other:?}"),
    }
}
