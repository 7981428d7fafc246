//! `orrery boot` and `orrery snapshot` on the built guest: files that go on where they were
//! saved, and traces that Perfetto and line readers take.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tests::Artefacts;

/// Some way into the shell, all of it past the boot.
const T: u64 = 4_000_000;

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    path.to_string_lossy().into_owned()
}

/// Runs `orrery` with `args`, and with the guest's files if `has_guest`; the exit status and what
/// it says on both descriptors.
fn orrery(args: &[&str], has_guest: bool) -> (i32, String) {
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_orrery"));
    command.args(args).stdin(Stdio::null());
    if has_guest {
        command.arg("--kernel").arg(&guest.kernel);
        command.arg("--disk").arg(&guest.image);
    }
    let output = command.output().expect("orrery runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code().expect("it ended by itself"), said)
}

/// The state's hash in what `orrery` said.
fn hash(said: &str) -> &str {
    let at = said
        .find("state ")
        .unwrap_or_else(|| panic!("no hash: {said}"));
    said[at + 6..].split_whitespace().next().expect("a hash")
}

#[test]
fn a_saved_machine_goes_on_with_the_same_state() {
    let saved = file("saved.orrery");
    let (half, all) = ((T / 2).to_string(), T.to_string());
    let (status, whole) = orrery(&["boot", "--until", &all, "--stats"], true);
    assert_eq!(status, 0, "{whole}");
    let (status, said) = orrery(&["boot", "--until", &half, "--save", &saved], true);
    assert_eq!(status, 0, "{said}");
    let (status, rest) = orrery(
        &["boot", "--load", &saved, "--until", &all, "--stats"],
        false,
    );
    assert_eq!(status, 0, "{rest}");
    assert_eq!(hash(&rest), hash(&whole));
    let (status, said) = orrery(&["snapshot", "info", &saved], false);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains(&format!("t             {half}\n")), "{said}");
    // Loading says everything: another number of harts cannot be asked for.
    let (status, said) = orrery(&["boot", "--load", &saved, "--harts", "1"], false);
    assert_eq!(status, 2, "{said}");
    let bytes = std::fs::read(&saved).expect("it was written");
    std::fs::write(&saved, &bytes[..bytes.len() / 2]).expect("a file of our own");
    let (status, said) = orrery(&["snapshot", "info", &saved], false);
    assert_eq!(status, 2);
    assert!(said.contains("cannot be loaded: it is cut short"), "{said}");
}

#[test]
fn what_cannot_be_run_is_no_failed_expectation() {
    let says = |args: &[&str], has_guest: bool, why: &str| {
        let (status, said) = orrery(args, has_guest);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains(why), "{said}");
    };
    let (text, huge) = (file("text"), file("huge"));
    std::fs::write(&text, "neither kernel nor disk\n").expect("a file of our own");
    let sparse = std::fs::File::create(&huge).expect("a file of our own");
    sparse.set_len((1 << 30) + 1).expect("it may have holes");
    let none = ["boot", "--no-disk", "--kernel"];
    says(
        &[&none[..], &["nowhere"]].concat(),
        false,
        "cannot read nowhere",
    );
    says(
        &[&none[..], &[&text]].concat(),
        false,
        "the kernel is not an ELF file",
    );
    says(
        &[&none[..], &[&huge]].concat(),
        false,
        "is longer than 1073741824 bytes",
    );
    let devices = ["rng"; 8].join(",");
    says(
        &["boot", "--device", &devices],
        true,
        "room for 7 virtio devices",
    );
    says(
        &["boot", "--harts", "9"],
        true,
        "a machine has 1 to 8 harts, not 9",
    );
    let own = env!("CARGO_BIN_EXE_orrery");
    says(&["disasm", &text], false, "cannot be read as ELF");
    if cfg!(not(target_arch = "riscv64")) {
        says(&["disasm", own], false, "not for RISC-V of 64 bits");
    }
    let (status, said) = orrery(&["boot", "--script", &script("expect never")], true);
    assert_eq!(status, 1, "{said}");
}

/// A script of one line.
fn script(line: &str) -> String {
    let path = file("one-line.txt");
    std::fs::write(&path, format!("{line}\n")).expect("a file of our own");
    path
}

#[test]
fn a_recording_is_of_the_same_run() {
    let (made, script) = (file("made.orrery"), file("script.txt"));
    std::fs::write(
        &script,
        "expect $ \nsend echo hi\\n\nexpect \\nhi\nexpect $ \n",
    )
    .expect("a file of our own");
    let args = [
        "snapshot",
        "make",
        &made,
        "--recording",
        "--script",
        &script,
    ];
    let (status, said) = orrery(&args, true);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("inputs        1\n"), "{said}");
    assert!(said.contains("recording     from t 0 on\n"), "{said}");
    let args = ["boot", "--script", &script, "--stats"];
    let (status, played) = orrery(&args, true);
    assert_eq!(status, 0, "{played}");
    assert_eq!(hash(&played), hash(&said));
}

#[test]
fn lines_tell_what_happened_and_change_nothing() {
    let out = file("trace.jsonl");
    let until = T.to_string();
    let args = ["boot", "--until", &until, "--stats"];
    let (_, alone) = orrery(&args, true);
    let trace = ["--trace", &out, "--trace-calls", "kalloc,swtch"];
    let (status, traced) = orrery(&[&args[..], &trace].concat(), true);
    assert_eq!(status, 0, "{traced}");
    assert_eq!(hash(&traced), hash(&alone));
    let text = std::fs::read_to_string(&out).expect("it was written");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut last = 0;
    for line in lines {
        let t = line["t"].as_u64().expect("a time");
        assert!(last <= t && t <= T, "{line}");
        last = t;
        let mut name = line["event"].as_str().expect("a name").to_owned();
        if name == "call" {
            name = line["function"].as_str().expect("a function").to_owned();
        }
        *counts.entry(name).or_default() += 1;
    }
    for name in [
        "trap",
        "return",
        "satp",
        "disk-read",
        "console",
        "kalloc",
        "swtch",
    ] {
        assert!(
            counts.get(name).is_some_and(|&n| n > 10),
            "{name}: {counts:?}"
        );
    }
    let (status, said) = orrery(&["boot", "--trace", &out, "--trace-calls", "nowhere"], true);
    assert_eq!(status, 2);
    assert!(said.contains("has no function nowhere"), "{said}");
}

#[test]
fn perfetto_finds_slices_that_open_and_close() {
    let out = file("trace.json");
    let until = T.to_string();
    let args = ["boot", "--until", &until, "--trace", &out];
    let format = ["--trace-format", "perfetto", "--trace-calls", "kalloc"];
    let (status, said) = orrery(&[&args[..], &format].concat(), true);
    assert_eq!(status, 0, "{said}");
    let text = std::fs::read_to_string(&out).expect("it was written");
    let trace: Value = serde_json::from_str(&text).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("a list");
    let mut open: HashMap<u64, Vec<f64>> = HashMap::new();
    let mut requests: HashMap<u64, f64> = HashMap::new();
    let (mut names, mut waited) = (Vec::new(), 0.0);
    for event in events {
        assert_eq!(event["pid"], 1);
        let thread = event["tid"].as_u64().expect("a thread");
        let phase = event["ph"].as_str().expect("a phase");
        if phase == "M" {
            names.push(event["args"]["name"].as_str().expect("a name").to_owned());
            continue;
        }
        let ts = event["ts"].as_f64().expect("a time");
        match phase {
            "B" => {
                assert!(event["name"].is_string(), "{event}");
                names.push(event["name"].as_str().expect("a name").to_owned());
                open.entry(thread).or_default().push(ts);
            }
            "E" => {
                let began = open.entry(thread).or_default().pop();
                assert!(began.is_some_and(|began| began <= ts), "{event}");
            }
            "b" => drop(requests.insert(event["id"].as_u64().expect("an id"), ts)),
            "e" => {
                let began = requests.remove(&event["id"].as_u64().expect("an id"));
                waited += ts - began.expect("it began");
            }
            "i" => assert_eq!(event["s"], "t"),
            other => panic!("{other}"),
        }
    }
    assert!(open.values().all(Vec::is_empty), "{open:?}");
    assert!(requests.is_empty() && waited > 10.0, "{waited} µs");
    for name in [
        "machine",
        "hart 0",
        "hart 2",
        "devices",
        "exec",
        "fork",
        "external interrupt",
    ] {
        assert!(names.iter().any(|other| other == name), "no {name}");
    }
}
