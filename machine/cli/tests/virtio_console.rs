//! `orrery boot --device console`: what a guest writes there comes out beside its serial line.

#[path = "../../tests/guest/mod.rs"]
mod guest;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use guest::*;
use machine::isa::Kind::*;

/// Slot 1 of virtio.
const CONSOLE: i64 = 0x1000_2000;
const SERIAL: i64 = 0x1000_0000;
/// The rings of its transmitting queue, and what it sends.
const RINGS: u64 = RAM + 0x1000;
const TEXT: u64 = RINGS + 0x2000;
const QUEUE_LEN: i64 = 8;

/// A guest that sends a line to the virtio console, in its legacy layout, and a letter to the
/// serial line, and switches off.
fn talker() -> Vec<u8> {
    let mut program = Program::new();
    program.li(A1, CONSOLE);
    let registers = [
        (0x70, 3),
        (0x28, 4096),
        (0x30, 1),
        (0x38, QUEUE_LEN),
        (0x3c, 4096),
        (0x40, (RINGS >> 12) as i64),
        (0x70, 7),
        (0x50, 1),
    ];
    for (offset, value) in registers {
        program.li(T0, value).store(sw, T0, A1, offset);
    }
    program.li(A2, (RINGS + 4096) as i64);
    program.label("wait").imm(lhu, T0, A2, 2);
    program.branch(beq, T0, ZERO, "wait");
    program.li(A1, SERIAL).li(T0, i64::from(b's'));
    program.store(sb, T0, A1, 0).power_off(0);
    program.align(0x1000);
    // One descriptor, and a ring that has it.
    program
        .bytes(&TEXT.to_le_bytes())
        .bytes(&6_u64.to_le_bytes());
    program.align(16 * QUEUE_LEN as usize);
    program.bytes(&[0, 0, 1, 0, 0, 0]).align(0x1000);
    program.align(0x2000).bytes(&[0; 0x1000]).bytes(b"hello\n");
    program.elf()
}

fn boot(more: &[&str]) -> Output {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let kernel = folder.join(format!("talker-{}.elf", more.len()));
    std::fs::write(&kernel, talker()).expect("a folder for files");
    let mut command = Command::new(env!("CARGO_BIN_EXE_orrery"));
    command.args(["boot", "--no-disk", "--harts", "1", "--virtio-legacy"]);
    command
        .args(["--device", "console", "--kernel"])
        .arg(kernel);
    let output = command.args(more).stdin(Stdio::null()).output();
    output.expect("orrery runs")
}

#[test]
fn it_comes_out_on_standard_error_or_in_a_file() {
    let output = boot(&[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"s");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.ends_with("hello\n"), "{said}");

    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console.txt");
    let output = boot(&["--virtio-console", &file.to_string_lossy()]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("hello"), "{said}");
    assert_eq!(std::fs::read(file).expect("it was written"), b"hello\n");
}
