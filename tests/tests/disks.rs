//! Disks other than the usual one: as large as MIT's fs lab has them, damaged ones, from which the
//! kernel boots as far as it can and says what it found, and ones that fail.

use abi::disk::{BSIZE, Dinode, Dirent};
use fsimg::{Layout, Source};
use machine::{Config, Fault, Input, POWER_CUT};
use tests::boot::or_fail;
use tests::{Artefacts, Board, Guest, Native, OwnImage, Qemu};

fn native(guest: &Artefacts, harts: usize, bootargs: &str) -> Native {
    let config = Config {
        harts,
        bootargs: bootargs.into(),
        ..Config::default()
    };
    or_fail(Native::boot(guest, &config))
}

fn qemu(guest: &Artefacts) -> Qemu {
    or_fail(Qemu::boot(guest, 3, Board::Legacy, ""))
}

/// Runs `command` at the prompt, and returns what was shown by the next.
fn run(guest: &mut impl Guest, command: &str) -> String {
    or_fail(guest.send(format!("{command}\n").as_bytes()));
    let shown = or_fail(guest.wait_for("\n$ ")).replace('\r', "");
    assert!(!shown.contains("panic"), "{shown}");
    shown
}

/// A disk of so many blocks in the fs lab's layout, with a file that has two blocks of blocks behind
/// its doubly indirect one.
fn lab_disk(test: &str, blocks: u32) -> OwnImage {
    or_fail(OwnImage::new(test, &lab_bytes(blocks)))
}

fn lab_bytes(blocks: u32) -> Vec<u8> {
    let layout = Layout {
        blocks,
        ..Layout::BIG
    };
    let programs = ["init", "sh", "cat", "rm", "wc", "bigfile"];
    let line = Source {
        name: "line".into(),
        bytes: b"one more\n".into(),
    };
    let large = Source {
        name: "large".into(),
        bytes: [vec![b'l'; 530 * BSIZE - 1], b"\n".into()].concat(),
    };
    or_fail(OwnImage::bytes(layout, &programs, vec![line, large]))
}

/// Reads a large file, writes another, adds to it, takes both away.
fn large_files(guest: &mut impl Guest) {
    or_fail(guest.wait_for("\n$ "));
    let len = 530 * BSIZE;
    for (command, shown) in [
        ("wc large", format!("1 1 {len} large\n")),
        ("cat large line large > copy", String::new()),
        ("cat line >> copy", String::new()),
        ("wc copy", format!("4 6 {} copy\n", 2 * len + 18)),
        ("> large; rm large copy", String::new()),
    ] {
        assert_eq!(run(guest, command), format!("{command}\n{shown}$ "));
    }
}

#[test]
fn qemu_large_files() {
    large_files(&mut qemu(&lab_disk("large-qemu", 3000).guest));
}

#[test]
fn native_large_files() {
    let disk = lab_disk("large-native", 3000);
    let mut guest = native(&disk.guest, 3, "bcache=hashed");
    large_files(&mut guest);
    let report = fsimg::check(guest.machine.disk());
    assert!(report.is_clean() && report.notes.is_empty(), "{report:?}");
}

/// The fs lab's test, with all its lines. On QEMU it takes minutes.
#[test]
fn native_bigfile() {
    let disk = lab_disk("bigfile", 70_000);
    let mut guest = native(&disk.guest, 1, "bcache=hashed");
    guest.limit = 60_000_000_000;
    or_fail(guest.wait_for("\n$ "));
    let shown = run(&mut guest, "bigfile");
    let lines: Vec<&str> = shown.lines().collect();
    let dots = ".".repeat(658);
    let expected = [
        "bigfile",
        &dots,
        "wrote 65803 blocks",
        "reading bigfile",
        "bigfile done; ok",
        "$ ",
    ];
    assert_eq!(lines, expected);
    let report = fsimg::check(guest.machine.disk());
    assert!(report.is_clean(), "{report:?}");
}

/// A change of an image's bytes.
type Damage = fn(&mut [u8]);

/// Where things are on the damaged disks: the classic layout's blocks, and the inodes of what is
/// put there first.
const LOG: usize = 2;
const INODES: usize = 33;
const BITMAP: usize = 46;
const ROOT: usize = 47;
const README: usize = 2;
const INIT: usize = 3;
const ECHO: usize = 4;

fn small_disk() -> Vec<u8> {
    let readme = Source {
        name: "README".into(),
        bytes: vec![b'r'; 20 * BSIZE],
    };
    let program = |&name: &&str| Source {
        name: name.into(),
        bytes: or_fail(OwnImage::program(name)),
    };
    let programs = ["init", "echo", "sh", "cat", "ls", "rm", "wc"];
    let files: Vec<_> = [readme]
        .into_iter()
        .chain(programs.iter().map(program))
        .collect();
    or_fail(OwnImage::bytes(Layout::CLASSIC, &[], files))
}

fn word(image: &mut [u8], block: usize, n: usize, value: u32) {
    image[block * BSIZE + n * 4..][..4].copy_from_slice(&value.to_le_bytes());
}

fn inode(image: &mut [u8], inum: usize, change: fn(&mut Dinode)) {
    let (blocks, _) = image.as_chunks_mut::<BSIZE>();
    let mut inode = Dinode::from_block(&blocks[INODES], inum);
    change(&mut inode);
    inode.write_to(&mut blocks[INODES], inum);
}

/// The kernel cannot do without, and says why.
const FATAL: &[(Damage, &str)] = &[
    (|i| word(i, 1, 0, 0x0bad_cafe), "invalid file system"),
    (|i| word(i, 1, 8, 9), "invalid file system"),
    (|i| word(i, 1, 6, 3), "invalid file system"),
    (|i| word(i, LOG, 0, 1000), "invalid file system"),
    (
        |i| {
            word(i, LOG, 0, 1);
            word(i, LOG, 1, 1);
        },
        "invalid file system",
    ),
    (|i| inode(i, 1, |root| root.kind = 2), "init"),
    (|i| inode(i, INIT, |init| init.kind = 9), "init"),
    (|i| inode(i, INIT, |init| init.addrs[0] = 1), "init"),
    (|i| inode(i, INIT, |init| init.size = u32::MAX), "init"),
    (|i| i[ROOT * BSIZE + 32..(ROOT + 1) * BSIZE].fill(0), "init"),
];

#[test]
fn a_kernel_that_cannot_go_on_says_why() {
    let sound = small_disk();
    for (n, (damage, why)) in FATAL.iter().enumerate() {
        let mut bytes = sound.clone();
        damage(&mut bytes);
        let disk = or_fail(OwnImage::new(&format!("fatal-{n}"), &bytes));
        let mut guest = native(&disk.guest, 1, "");
        let shown = or_fail(guest.wait_for("panic: ")) + &or_fail(guest.wait_for("\n"));
        assert!(shown.contains(why), "{n}: {shown}");
        // Nothing has been written.
        assert!(n >= 5 || guest.machine.disk() == bytes, "{n}");
    }
}

/// What is damaged fails, and the rest goes on: a line that is typed, and what is shown then.
const LOCAL: &[(Damage, &str, &str)] = &[
    (
        |i| inode(i, README, |file| file.addrs[3] = u32::MAX),
        "cat README",
        "cat: read error",
    ),
    (
        |i| inode(i, README, |file| file.addrs[12] = 2),
        "cat README",
        "cat: read error",
    ),
    (
        |i| inode(i, README, |file| file.addrs[5] = 0),
        "cat README",
        "cat: read error",
    ),
    (
        |i| inode(i, README, |file| file.kind = -1),
        "cat README",
        "cat: cannot open README",
    ),
    (
        |i| inode(i, ECHO, |file| file.size = 268 * 1024 + 1),
        "echo x",
        "exec echo failed",
    ),
    (
        |i| {
            let entry = Dirent::new(60_000, b"echo");
            i[ROOT * BSIZE + 4 * 16..][..16].copy_from_slice(&entry.to_bytes());
        },
        "echo x",
        "exec echo failed",
    ),
    (
        |i| i[BITMAP * BSIZE..(BITMAP + 1) * BSIZE].fill(0xff),
        "echo x > new",
        "balloc: out of blocks",
    ),
    (
        |i| inode(i, README, |file| file.addrs[12] = 40),
        "rm README",
        "iput: inode 2: ",
    ),
];

fn goes_on(guest: &mut impl Guest, line: &str, expected: &str) {
    or_fail(guest.wait_for("\n$ "));
    let shown = run(guest, line);
    assert!(shown.contains(expected), "{line}: {shown}");
    assert!(run(guest, "ls").contains("sh "), "it goes on");
}

#[test]
fn what_is_damaged_fails_and_the_rest_goes_on() {
    let sound = small_disk();
    for (n, (damage, line, expected)) in LOCAL.iter().enumerate() {
        let mut bytes = sound.clone();
        damage(&mut bytes);
        assert!(!fsimg::check(&bytes).is_clean(), "{n}: it is a damage");
        let disk = or_fail(OwnImage::new(&format!("local-{n}"), &bytes));
        goes_on(&mut native(&disk.guest, 1, ""), line, expected);
        if n == 0 {
            goes_on(&mut qemu(&disk.guest), line, expected);
        }
    }
}

fn suffer(guest: &mut Native, fault: Fault) {
    guest.machine.input(Input::Fault(fault));
}

#[test]
fn a_disk_that_fails_once_is_an_error_to_who_uses_it() {
    let bytes = small_disk();
    let (blocks, _) = bytes.as_chunks::<BSIZE>();
    let block = Dinode::from_block(&blocks[INODES], README).addrs[3];
    let disk = or_fail(OwnImage::new("fails-once", &bytes));
    let mut guest = native(&disk.guest, 1, "");
    or_fail(guest.wait_for("\n$ "));
    let sector = 2 * u64::from(block) + 1;
    suffer(&mut guest, Fault::FailedSector { sector });
    for shown in ["wc: read error", "0 1 20480 README"] {
        let expected = format!("wc README\n{shown}\n$ ");
        assert_eq!(run(&mut guest, "wc README"), expected);
    }
    // A commit that fails is the last one: what is on the disk stays whole.
    let sector = 2 * LOG as u64;
    suffer(&mut guest, Fault::FailedSector { sector });
    let shown = run(&mut guest, "echo x > new");
    assert!(shown.contains("commit: device error"), "{shown}");
    let shown = run(&mut guest, "echo x > newer");
    assert!(shown.contains("open newer failed"), "{shown}");
    assert!(run(&mut guest, "echo on").ends_with("\non\n$ "));
    assert!(fsimg::check(guest.machine.disk()).is_clean());
}

#[test]
fn the_power_fails_at_a_write_and_the_next_boot_recovers() {
    let disk = or_fail(OwnImage::new("power-cut", &small_disk()));
    let mut guest = native(&disk.guest, 1, "");
    or_fail(guest.wait_for("\n$ "));
    let at_prompt = guest.machine.snapshot();
    let mut n_recovered = 0;
    for writes in 1..=8 {
        guest.machine.restore(&at_prompt);
        suffer(&mut guest, Fault::PowerCut { writes });
        or_fail(guest.send(b"echo words > README\n"));
        assert_eq!(or_fail(guest.wait_for_end()) as u32, POWER_CUT);
        let left = or_fail(OwnImage::new("power-was-cut", guest.machine.disk()));
        let mut again = native(&left.guest, 1, "");
        let booted = or_fail(again.wait_for("\n$ "));
        n_recovered += usize::from(booted.contains("recovering tail 0 dst "));
        // As it was, emptied, or written anew.
        let shown = run(&mut again, "wc README");
        let wholes = ["0 1 20480 ", "0 0 0 ", "1 1 6 "];
        let is_whole = wholes.iter().any(|whole| shown.contains(whole));
        assert!(is_whole, "{writes}: {shown}");
        let report = fsimg::check(again.machine.disk());
        assert!(report.is_clean(), "{writes}: {report:?}");
    }
    assert!(n_recovered > 0, "some writes come after a commit");
}

/// Blocks that a large file cannot have: in its inode, in its block of indirect blocks, in an
/// indirect block of those.
#[test]
fn a_damaged_large_file_fails_and_the_rest_goes_on() {
    /// `init` and five other programs come first, and a line.
    const LARGE: usize = 9;
    let sound = lab_bytes(3000);
    let (blocks, _) = sound.as_chunks::<BSIZE>();
    let double = Dinode::from_block(&blocks[INODES], LARGE).addrs[12] as usize;
    let first = &blocks[double][..4];
    let leaf = first
        .iter()
        .rev()
        .fold(0, |n, &byte| n << 8 | usize::from(byte));
    let place = (INODES, LARGE * 16 + 15);
    for (n, (block, entry)) in [place, (double, 0), (double, 1), (leaf, 200)]
        .into_iter()
        .enumerate()
    {
        for value in [5, u32::MAX] {
            let mut bytes = sound.clone();
            word(&mut bytes, block, entry, value);
            assert!(!fsimg::check(&bytes).is_clean(), "{n}: it is a damage");
            let disk = or_fail(OwnImage::new(&format!("large-{n}"), &bytes));
            let mut guest = native(&disk.guest, 1, "");
            or_fail(guest.wait_for("\n$ "));
            let shown = run(&mut guest, "cat large > copy");
            assert!(shown.contains("cat: read error"), "{n}: {shown}");
            let shown = run(&mut guest, "rm large copy");
            assert!(
                shown.contains("iput: inode 9: corrupt file system"),
                "{n}: {shown}"
            );
            assert_eq!(run(&mut guest, "wc line"), "wc line\n1 2 9 line\n$ ");
        }
    }
}
