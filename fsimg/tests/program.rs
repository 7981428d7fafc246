//! The program, from the outside: what it prints and its status.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory of its own for each test.
fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Runs `fsimg` in `directory`: whether it succeeded, and what it said.
fn fsimg(directory: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimg"));
    let output = command
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let words = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(words).unwrap())
}

#[track_caller]
fn says(directory: &Path, arguments: &[&str], success: bool, words: &str) {
    assert_eq!(fsimg(directory, arguments), (success, words.to_owned()));
}

#[test]
fn an_image_is_built_listed_extracted_and_checked() {
    let at = directory("round-trip");
    fs::write(at.join("README"), "read me\n").unwrap();
    fs::create_dir(at.join("programs")).unwrap();
    fs::write(at.join("programs/_cat"), vec![1; 20_000]).unwrap();
    let mkfs = "nmeta 47 (boot, super, log blocks 31, inode blocks 13, bitmap blocks 1) blocks 1953 total 2000\n";
    says(
        &at,
        &[
            "build",
            "fs.img",
            "README",
            "programs/_cat",
            "doc/me=README",
        ],
        true,
        mkfs,
    );
    let list = "\
file         2        8 README
file         3    20000 cat
dir          4       48 doc
file         5        8 doc/me
";
    says(&at, &["list", "fs.img"], true, list);
    says(
        &at,
        &["list", "fs.img", "doc"],
        true,
        "file         5        8 doc/me\n",
    );
    says(&at, &["extract", "fs.img", "/doc/me"], true, "read me\n");
    says(&at, &["extract", "fs.img", "cat", "-o", "out"], true, "");
    assert_eq!(fs::read(at.join("out")).unwrap(), vec![1; 20_000]);
    says(
        &at,
        &["check", "fs.img"],
        true,
        "fs.img: clean, 5 inodes in use\n",
    );
    let (ok, dump) = fsimg(&at, &["dump", "fs.img"]);
    assert!(ok && dump.contains("data           47 to   1999"), "{dump}");
}

#[test]
fn what_goes_wrong_is_said() {
    let at = directory("errors");
    fs::write(at.join("big"), vec![1; 270_000]).unwrap();
    fs::write(at.join("text"), "no image\n".repeat(400)).unwrap();
    says(
        &at,
        &["build", "fs.img", "nothing"],
        false,
        "fsimg: nothing: No such file or directory (os error 2)\n",
    );
    let eight: Vec<String> = (0..8).map(|n| format!("f{n}=big")).collect();
    let mut arguments = vec!["build", "fs.img"];
    arguments.extend(eight.iter().map(String::as_str));
    says(
        &at,
        &arguments,
        false,
        "fsimg: the files do not fit in 2000 blocks; try --blocks 3000\n",
    );
    assert!(!at.join("fs.img").exists(), "nothing is written then");
    arguments.extend(["--blocks", "3000"]);
    assert!(fsimg(&at, &arguments).0);
    says(
        &at,
        &["extract", "fs.img", "f9"],
        false,
        "fsimg: fs.img: f9: not found\n",
    );
    let foreign = "superblock (block 1): magic number is 0x6f6e0a65, not 0x10203040\n";
    says(
        &at,
        &["list", "text"],
        false,
        &format!("fsimg: text: {foreign}"),
    );
    says(&at, &["check", "text"], false, &format!("text: {foreign}"));
    let image = fs::read(at.join("fs.img")).unwrap();
    fs::write(at.join("cut.img"), &image[..100_000]).unwrap();
    let cut = "the image ends in block 97, the superblock (block 1) says 3000 blocks\n";
    says(
        &at,
        &["dump", "cut.img"],
        false,
        &format!("fsimg: cut.img: {cut}"),
    );
}
