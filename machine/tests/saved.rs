//! Files: a machine that is read is the one that was saved, and nothing else is read.

mod guest;

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use guest::busy::machine;
use machine::{BadFile, FileInfo, History, Input, Machine, Stop};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

const SAVED_AT: u64 = 500_000;
const END: u64 = 1_200_000;
const PREFIX: usize = 36;

fn run_to(machine: &mut Machine, t: u64) {
    while machine.t() < t {
        match machine.run(t) {
            Stop::Idle { .. } => machine.skip(t),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The busy guest at [`SAVED_AT`], something having been typed.
fn saved() -> Machine {
    let mut machine = machine(7);
    run_to(&mut machine, 400_000);
    machine.input(Input::Console(b"typed".to_vec()));
    run_to(&mut machine, SAVED_AT);
    machine
}

/// Why `bytes` are refused; they must be, by both readers.
fn refusal(bytes: &[u8]) -> BadFile {
    let by_machine = Machine::from_bytes(bytes).expect_err("a bad file");
    let by_history = History::from_bytes(bytes).expect_err("a bad file");
    assert_eq!(by_machine, by_history);
    by_machine
}

/// `file` with its deflated part replaced by `plain`, all lengths and hashes right.
fn with_body(file: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).expect("memory");
    let deflated = encoder.finish().expect("memory");
    let mut bytes = file[..12].to_vec();
    bytes.extend((deflated.len() as u64).to_le_bytes());
    bytes.extend(xxh3_128(&deflated).to_le_bytes());
    bytes.extend(deflated);
    bytes
}

fn body(file: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut decoder = DeflateDecoder::new(&file[PREFIX..]);
    decoder.read_to_end(&mut plain).expect("it was deflated");
    plain
}

#[test]
fn a_machine_goes_on_where_it_was_saved() {
    let mut first = saved();
    let file = first.to_bytes();
    assert!(file.len() < 100_000, "{} bytes", file.len());
    let mut second = Machine::from_bytes(&file).expect("our own");
    assert_eq!(second.state_hash(), first.state_hash());
    assert_eq!(second.input_log(), first.input_log());
    assert_eq!(second.to_bytes(), file);
    for machine in [&mut first, &mut second] {
        machine.take_output();
        machine.input(Input::Console(b"again".to_vec()));
        run_to(machine, END);
    }
    assert_eq!(second.state_hash(), first.state_hash());
    assert_eq!(second.take_output(), first.take_output());
    let sectors = |machine: &Machine| machine.sectors_written().collect::<Vec<_>>();
    assert_eq!(sectors(&second), sectors(&first));
}

#[test]
fn a_recording_goes_back_too() {
    let mut first = History::new(machine(7));
    first.seek(400_000);
    first
        .input(Input::Console(b"typed".to_vec()))
        .expect("present");
    first.seek(END);
    first.seek(SAVED_AT);
    let file = first.to_bytes();
    assert_eq!(first.t(), SAVED_AT, "it stands where it stood");
    let info = FileInfo::of(&file).expect("our own");
    assert_eq!((info.t, info.begins, info.n_inputs), (END, Some(0), 1));
    let mut second = History::from_bytes(&file).expect("our own");
    assert_eq!((second.t(), second.end()), (END, END));
    for t in [END, 399_999, 0, 400_000, 777_777, END, END + 100_000] {
        first.seek(t);
        second.seek(t);
        let hashes = [&first, &second].map(|history| history.machine().state_hash());
        assert_eq!(hashes[0], hashes[1], "at {t}");
    }
    // The machine alone is that of the present.
    let mut third = Machine::from_bytes(&file).expect("our own");
    assert_eq!(third.t(), END);
    run_to(&mut third, END + 100_000);
    assert_eq!(third.state_hash(), first.machine().state_hash());
    // One moment is a recording that begins there.
    let alone = History::from_bytes(&third.to_bytes()).expect("our own");
    assert_eq!((alone.t(), alone.end()), (END + 100_000, END + 100_000));
}

#[test]
fn what_is_no_such_file_is_refused_with_words() {
    let file = saved().to_bytes();
    let say = |bytes: &[u8]| refusal(bytes).to_string();
    assert_eq!(say(b""), "it is not a snapshot of a machine");
    assert_eq!(
        say(b"\x7fELF\x02\x01\x01"),
        "it is not a snapshot of a machine"
    );
    let len = file.len();
    assert_eq!(say(&file[..20]), "it is cut short: 20 bytes of 36");
    let found = len - 1;
    assert_eq!(
        say(&file[..found]),
        format!("it is cut short: {found} bytes of {len}")
    );
    let mut newer = file.clone();
    newer[8] = 9;
    assert!(say(&newer).starts_with("it is a snapshot of version 9, and this program reads"));
    let mut longer = file.clone();
    longer.push(0);
    assert_eq!(
        say(&longer),
        "it is damaged: its hash is not that of what it holds"
    );
    // A state that is not what its hash says.
    let mut other = body(&file);
    let last = other.len() - 5;
    other[last] ^= 1;
    assert!(matches!(
        refusal(&with_body(&file, &other)),
        BadFile::Damaged(_)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..2000), is_ours: bool) {
        let file = saved_once();
        refusal(&bytes);
        let bytes = if is_ours { with_body(file, &bytes) } else { [&file[..12], &bytes].concat() };
        refusal(&bytes);
    }

    #[test]
    fn no_flipped_bit_and_no_cut_is_read(at in any::<prop::sample::Index>(), bit in 0..8u32) {
        let file = saved_once();
        let mut flipped = file.to_vec();
        flipped[at.index(file.len())] ^= 1 << bit;
        refusal(&flipped);
        refusal(&file[..at.index(file.len())]);
    }

    /// Someone who means harm makes the outside right.
    #[test]
    fn no_change_inside_does_harm(
        changes in prop::collection::vec((0..3_000usize, any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let file = saved_once();
        let mut plain = body(file);
        for (at, byte) in changes {
            let len = plain.len();
            plain[at % len] = byte;
        }
        if let Some(cut) = cut {
            plain.truncate(cut.index(plain.len()));
        }
        if let Ok(mut machine) = Machine::from_bytes(&with_body(file, &plain)) {
            // What is no part of the state may differ, such as the input that was.
            machine.run(machine.t() + 1_000);
        }
    }
}

/// The file of [`saved`].
fn saved_once() -> &'static [u8] {
    static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    FILE.get_or_init(|| saved().to_bytes())
}
