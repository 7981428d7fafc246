//! A power cut at each write to the disk, for every workload: whatever was written then, the
//! next mount finds a sound disk that holds whole system calls, and all that had returned.

use tests::Artefacts;
use tests::boot::or_fail;
use tests::crash::random_workload;
use tests::crash::{Campaign, Recording, Thoroughness, Verdict, WORKLOADS, Workload};

fn workload(name: &str) -> Workload {
    let all = WORKLOADS.iter().map(|make| make());
    let mut named = all.filter(|workload| workload.name == name);
    named.next().unwrap_or_else(|| panic!("no workload {name}"))
}

fn cut(workload: &Workload) -> Verdict {
    let guest = or_fail(Artefacts::find());
    let recording = or_fail(Recording::of(&guest, workload, ""));
    let campaign = Campaign::new(&guest, workload, recording);
    or_fail(campaign.run(Thoroughness::QUICK))
}

/// Cuts the power all through the workloads, and fails with what is wrong.
fn survive(workloads: impl IntoIterator<Item = Workload>) {
    for workload in workloads {
        let verdict = cut(&workload);
        println!("{}: {verdict}", workload.name);
        assert!(verdict.n_in_order > 20, "{}: hardly a write", workload.name);
        assert_eq!(verdict.n_damaged, 0, "{}: {verdict}", workload.name);
    }
}

#[test]
fn files() {
    survive(["create", "append", "truncate"].map(workload));
}

#[test]
fn large_files() {
    survive(["large"].map(workload));
}

#[test]
fn names() {
    survive(["rename", "trees"].map(workload));
}

#[test]
fn orphans_are_reclaimed() {
    survive(["orphan"].map(workload));
}

#[test]
fn a_full_disk() {
    survive(["full"].map(workload));
}

#[test]
fn several_shells_at_once() {
    survive(["two shells", "three shells"].map(workload));
}

#[test]
fn workloads_of_chance() {
    survive((1..5).map(random_workload));
}

/// Without a log the same cuts do damage: the tests above can fail.
#[test]
fn without_a_log_there_is_damage() {
    let guest = or_fail(Artefacts::find());
    for name in ["rename", "trees", "two shells"] {
        let workload = workload(name);
        let recording = or_fail(Recording::of(&guest, &workload, "bug=nolog"));
        let mut campaign = Campaign::new(&guest, &workload, recording);
        or_fail(campaign.cut_in_order(usize::MAX));
        let verdict = campaign.cut_scrambled(0);
        assert!(verdict.n_damaged > 0, "{name}: {verdict}");
    }
}

/// Without flushes a disk that reorders does damage even with a log: it is the flushes that
/// keep it safe.
#[test]
fn without_flushes_there_is_damage() {
    let guest = or_fail(Artefacts::find());
    let workload = workload("create");
    let recording = or_fail(Recording::of(&guest, &workload, ""));
    let verdict = Campaign::new(&guest, &workload, recording.without_flushes()).cut_scrambled(4);
    assert!(verdict.n_damaged > 0, "{verdict}");
}
