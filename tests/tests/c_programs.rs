//! Programs compiled from C for xv6 run unchanged, from an image in xv6's own layout, on QEMU and
//! on our machine: the sources are in `tests/c`.

use std::path::{Path, PathBuf};
use std::process::Command;

use fsimg::{Layout, Source};
use machine::Config;
use tests::boot::or_fail;
use tests::{Board, Guest, Native, OwnImage, Qemu};

/// Debian's compiler, and the package it comes in.
const COMPILER: (&str, &str) = ("riscv64-unknown-elf-gcc", "gcc-riscv64-unknown-elf");

/// As xv6's Makefile has its programs compiled; what is not plain is an error.
const FLAGS: &[&str] = &[
    "-march=rv64gc",
    "-mabi=lp64d",
    "-mcmodel=medany",
    "-mno-relax",
    "-O2",
    "-Wall",
    "-Werror",
    "-ffreestanding",
    // Or the compiler makes the body of memcpy a call of memcpy.
    "-fno-tree-loop-distribute-patterns",
    "-nostdlib",
    "-static",
    "-Wl,-z,max-page-size=4096",
];

/// Each program, and what it prints.
const PROGRAMS: &[(&str, &str)] = &[
    ("chello", "hello from C, 100%\n"),
    ("cargs", "4 words: [cargs] [one] [two words] []\n"),
    ("cfamily", "child: hello from C, 100%\ncfamily: OK\n"),
    ("cfiles", "cfiles: OK\n"),
    ("cmemory", "cmemory: OK\n"),
    ("clabs", "clabs: OK\n"),
];

/// Compiles the program `name`. The name keeps tests that run at once apart.
fn compile(name: &str, test: &str) -> Source {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("c");
    let elf: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{name}"));
    let (compiler, package) = COMPILER;
    let mut command = Command::new(compiler);
    command.args(FLAGS).current_dir(sources).arg("-o").arg(&elf);
    command.args(["-T", "program.ld", "ulib.c", "usys.S"]);
    let output = command.arg(format!("{name}.c")).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{compiler}: {error}; Debian has it: apt-get install {package}")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    Source {
        name: name.into(),
        bytes: std::fs::read(&elf).expect("the compiler has written it"),
    }
}

/// What xv6's mkfs would make of the programs, with a shell to call them from.
fn image(test: &str) -> OwnImage {
    let programs = PROGRAMS.iter().map(|(name, _)| compile(name, test));
    let bytes = OwnImage::bytes(Layout::CLASSIC, &["init", "sh", "echo"], programs.collect());
    let bytes = or_fail(bytes);
    // xv6's superblock to the word, and nothing after it.
    let superblock = [0x1020_3040, 2000, 1953, 200, 31, 2, 33, 46, 0].map(u32::to_le_bytes);
    assert_eq!(bytes[1024..1024 + 36], superblock.concat());
    or_fail(OwnImage::new(test, &bytes))
}

/// Has the shell run every program.
fn programs_run(guest: &mut impl Guest) {
    or_fail(guest.wait_for("\n$ "));
    for (name, printed) in PROGRAMS {
        or_fail(guest.send(format!("{name}\n").as_bytes()));
        let shown = or_fail(guest.wait_for("\n$ ")).replace('\r', "");
        // The kernel tells of each process that it kills.
        let is_printed = |line: &&str| !line.contains("usertrap()") && !line.contains("sepc=");
        let shown: Vec<&str> = shown.lines().filter(is_printed).collect();
        assert_eq!(shown.join("\n"), format!("{name}\n{printed}$ "));
    }
    // What `main` returned is the program's status.
    or_fail(guest.send(b"cargs a b; echo $?\n"));
    or_fail(guest.wait_for("3 words: [cargs] [a] [b]"));
    or_fail(guest.wait_for("\n3"));
    or_fail(guest.wait_for("\n$ "));
}

#[test]
fn qemu_runs_c_programs() {
    let image = image("c-qemu");
    for bootargs in ["", "fork=cow sbrk=lazy"] {
        let guest = Qemu::boot(&image.guest, 3, Board::Legacy, bootargs);
        programs_run(&mut or_fail(guest));
    }
}

#[test]
fn native_runs_c_programs() {
    let image = image("c-native");
    for (harts, bootargs) in [(1, ""), (3, "fork=cow sbrk=lazy bcache=hashed")] {
        let config = Config {
            harts,
            bootargs: bootargs.into(),
            ..Config::default()
        };
        let mut guest = or_fail(Native::boot(&image.guest, &config));
        programs_run(&mut guest);
        let report = fsimg::check(guest.machine.disk());
        assert!(report.is_clean(), "{report:?}");
    }
}
