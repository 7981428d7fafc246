//! Our machine against QEMU: a seeded set of random cases, every half-word, every CSR, and
//! the stored cases. `cargo xtask fuzz isa` goes on from there.

use machine::isa::{Insn, Kind, decode, rows};
use tests::isa::generate::{Dice, LACKED, SWEEPS, extension};
use tests::isa::{
    self, Campaign, Case, DEVIATIONS, Ending, Slot, Verdict, Where, differences, judge, on_both,
};

/// Random cases in all; about a minute on two cores.
const CASES: usize = 8_000;
/// Cases of one batch.
const BATCH: usize = 1000;
/// What begins the choices; any number is as good.
const SEED: u64 = 20;

/// Fails with what was found, which it keeps.
fn expect_agreement(campaign: &Campaign) {
    println!("{campaign}");
    for found in &campaign.found {
        println!("{found}");
        if let Ok(path) = isa::keep(found, &isa::folder()) {
            println!("kept in {}", path.display());
        }
    }
    assert_eq!(campaign.n_differ, 0, "cases differ; they are printed above");
    // One that never ends tests nothing; a generator may make one in a thousand.
    assert!(
        campaign.n_hung * 1000 <= campaign.n_cases,
        "{:?}",
        campaign.hung
    );
}

#[test]
fn random_cases_agree() {
    let (mut dice, mut campaign) = (Dice::new(SEED), Campaign::default());
    for _ in 0..CASES / BATCH {
        let cases = Campaign::draw(&mut dice, BATCH);
        campaign.try_out(&cases, 1, &on_both).unwrap();
    }
    expect_agreement(&campaign);
    for extension in [
        "I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei", "Zba", "Zbb", "Zbs", "Svinval",
    ] {
        let (cases, _) = campaign.by_extension[extension];
        assert!(cases * 200 > CASES, "{extension} in {cases} cases only");
    }
    for facet in [
        "Sv39", "Sv48", "Sv57", "Svadu", "Svade", "Svnapot", "Sstc", "PMP",
    ] {
        let cases = campaign.by_facet.get(facet).copied().unwrap_or_default();
        assert!(cases * 1000 > CASES, "{facet} in {cases} cases only");
    }
    for row in rows()
        .iter()
        .filter(|row| !LACKED.contains(&extension(row.kind)))
    {
        assert!(
            campaign.by_row.contains_key(row.name),
            "{} untried",
            row.name
        );
    }
}

#[test]
fn sweeps_agree() {
    let mut campaign = Campaign::default();
    for sweep in SWEEPS {
        campaign.try_out(&(sweep.cases)(), 4, &on_both).unwrap();
    }
    expect_agreement(&campaign);
}

#[test]
fn stored_cases_agree() {
    let stored = isa::load(&isa::folder()).unwrap();
    let cases: Vec<Case> = stored.iter().map(|(_, case)| case.clone()).collect();
    let pairs = on_both(&cases).unwrap();
    for ((name, case), pair) in stored.iter().zip(&pairs) {
        let verdict = judge(case, pair);
        assert!(matches!(verdict, Verdict::Same), "{name}: {verdict:?}");
    }
}

#[test]
fn every_deviation_is_still_there() {
    let stored = isa::load(&isa::folder().join("deviations")).unwrap();
    let cases: Vec<Case> = stored.iter().map(|(_, case)| case.clone()).collect();
    let pairs = on_both(&cases).unwrap();
    let mut wrong = Vec::new();
    for deviation in DEVIATIONS {
        let nth = stored.iter().position(|(name, _)| name == deviation.name);
        let verdict = nth.map(|nth| judge(&cases[nth], &pairs[nth]));
        let is_shown =
            matches!(&verdict, Some(Verdict::Deviates(names)) if names.contains(&deviation.name));
        if !is_shown {
            wrong.push((
                deviation.name,
                verdict,
                nth.map(|nth| differences(&pairs[nth].0, &pairs[nth].1)),
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(stored.len(), DEVIATIONS.len(), "a case without a deviation");
}

/// The case as a machine sees it in which `xor` is `or`.
fn without_xor(case: &Case) -> Case {
    let mut wrong = case.clone();
    for word in wrong.slots.iter_mut().flat_map(|slot| &mut slot.0) {
        let insn = decode(*word);
        if insn.kind == Kind::xor && insn.len == 4 {
            *word = Insn {
                kind: Kind::or,
                ..insn
            }
            .word();
        }
    }
    wrong
}

#[test]
fn a_wrong_instruction_is_found_and_made_small() {
    let (mut dice, mut campaign) = (Dice::new(SEED), Campaign::default());
    let run = |cases: &[Case]| isa::on_both_with(cases, &without_xor);
    campaign
        .try_out(&Campaign::draw(&mut dice, 600), 1, &run)
        .unwrap();
    assert!(campaign.n_differ > 0, "it went unnoticed");
    let found = &campaign.found[0];
    let words: Vec<u32> = found
        .case
        .slots
        .iter()
        .flat_map(|slot| slot.0.clone())
        .collect();
    assert!(
        words.iter().any(|&word| decode(word).kind == Kind::xor),
        "{found}"
    );
    assert!(words.len() <= 6, "{found}");
}

#[test]
fn a_wrong_result_is_told_in_words() {
    let mut case = Case::new("by hand", machine::Mode::Machine);
    case.slots = vec![Slot(vec![Insn::new(Kind::addi, 5, 0, 0, 7).word()])];
    let pair = on_both(&[case.clone()]).unwrap().remove(0);
    assert!(matches!(judge(&case, &pair), Verdict::Same));
    let (Ending::Done(mut ours), theirs) = pair else {
        panic!("it hung")
    };
    ours.x[5] = 8;
    let found = differences(&Ending::Done(ours), &theirs);
    assert_eq!(found[0].at, Where::X(5));
    assert_eq!(found[0].to_string(), "x5: ours 0x8, QEMU's 0x7");
}

#[test]
fn a_case_that_never_ends_hangs_alone() {
    let slot = |kind, imm| Slot(vec![Insn::new(kind, 5, 0, 0, imm).word()]);
    let mut cases = vec![Case::new("by hand", machine::Mode::Machine); 3];
    cases[0].slots = vec![slot(Kind::addi, 1)];
    cases[1].slots = vec![slot(Kind::jal, 0)];
    cases[2].slots = vec![slot(Kind::addi, 3)];
    let pairs = on_both(&cases).unwrap();
    let hung: Vec<_> = pairs
        .iter()
        .map(|(a, b)| (*a == Ending::Hung, *b == Ending::Hung))
        .collect();
    assert_eq!(hung, [(false, false), (true, true), (false, false)]);
}
