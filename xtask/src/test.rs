//! Everything: the quick checks, and the tests that take their time.

use crate::check;
use crate::guest;
use crate::kit::Kit;
use crate::place::Place;
use crate::rows::{Needs, Row};
use crate::setup;
use crate::step;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Workloads of each kind of guests that WebAssembly plays again.
const RECORDINGS: u32 = 150;

const ROWS: &[Row] = &[
    Row {
        name: "unit",
        about: "tests of the host crates, and sessions that need no guest",
        needs: Needs::Toolchain,
        run: unit,
    },
    Row {
        name: "ui",
        about: "tests of the page's own code, without a browser",
        needs: Needs::Bindings,
        run: ui,
    },
    Row {
        name: "reproducible",
        about: "another checkout, built afresh elsewhere, gives the same bytes",
        needs: Needs::Guest,
        run: reproducible,
    },
    Row {
        name: "sessions",
        about: "the same shell session on QEMU and on our machine, and gdb at it",
        needs: Needs::Guest,
        run: sessions,
    },
    Row {
        name: "isa",
        about: "random instructions, page tables and traps, compared with QEMU",
        needs: Needs::Guest,
        run: isa,
    },
    Row {
        name: "wasm",
        about: "the wasm crate's tests, and recordings of the native build, in headless Chromium",
        needs: Needs::Guest,
        run: wasm,
    },
    Row {
        name: "pages",
        about: "the finished page, in headless Chromium",
        needs: Needs::Page,
        run: pages,
    },
];

/// Every check and test, the quick ones first.
pub fn rows() -> Vec<Row> {
    [check::ROWS, ROWS].concat()
}

fn unit(kit: &Kit) -> Result<()> {
    tell(&step::run(
        &kit.place,
        "cargo test",
        kit.cargo().arg("test"),
    )?)?;
    // Not among the default members, but their pure parts run here too.
    let mut programs = kit.cargo();
    programs.args(["test", "-p", "kernel", "-p", "ulib", "-p", "user", "--lib"]);
    tell(&step::run(
        &kit.place,
        "cargo test, kernel and programs",
        &mut programs,
    )?)
}

fn sessions(kit: &Kit) -> Result<()> {
    let mut cargo = kit.cargo();
    cargo.args(["test", "-p", "tests", "-p", "orrery"]);
    cargo.args(["--features", "tests/guest,orrery/guest"]);
    tell(&step::run(
        &kit.place,
        "cargo test, with the guest",
        &mut cargo,
    )?)
}

fn isa(kit: &Kit) -> Result<()> {
    let mut cargo = kit.cargo();
    // One after another: each test runs both machines side by side.
    cargo.args(["test", "-p", "tests", "--features", "isa", "--test", "isa"]);
    cargo.args(["--", "--test-threads=1"]);
    tell(&step::run(
        &kit.place,
        "cargo test, against QEMU",
        &mut cargo,
    )?)
}

fn wasm(kit: &Kit) -> Result<()> {
    // What WebAssembly has to come to is what the native build comes to, today.
    let recordings = kit.place.root.join("target/recordings");
    let mut record = kit.cargo();
    record.args(["run", "-q", "-p", "tests", "--example", "recordings", "--"]);
    record.arg(&recordings).arg(RECORDINGS.to_string());
    step::run(&kit.place, "recordings", &mut record)?;
    let mut pack = kit.command("wasm-pack");
    pack.args([
        "test",
        "--headless",
        "--chrome",
        "--mode",
        "no-install",
        "--chromedriver",
    ]);
    pack.arg(setup::chromedriver()?).arg("web/wasm");
    pack.args(["--features", "recordings"]);
    pack.env("ORRERY_RECORDINGS", &recordings);
    // Seconds for all of them, unoptimised and on a loaded machine; 20 is not enough there.
    pack.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    tell(&step::run(&kit.place, "wasm-pack test", &mut pack)?)
}

fn ui(kit: &Kit) -> Result<()> {
    tell(&step::run(&kit.place, "npm test", kit.npm().arg("test"))?)
}

fn pages(kit: &Kit) -> Result<()> {
    tell(&step::run(
        &kit.place,
        "npm run e2e",
        kit.npm().args(["run", "e2e"]),
    )?)
}

/// Prints the lines in which a test runner counts what it ran.
///
/// # Errors
/// There is none: whatever ran, it was no test.
fn tell(said: &str) -> Result<()> {
    let counts: Vec<_> = said.lines().filter(|line| is_count(line)).collect();
    if counts.is_empty() {
        bail!("it succeeded, but counted no tests");
    }
    counts.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Whether `line` is a count of cargo's or Node's.
fn is_count(line: &str) -> bool {
    let of_node = |line: &str| {
        ["tests ", "pass ", "fail "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    line.starts_with("test result: ")
        || line
            .strip_prefix("ℹ ")
            .or(line.strip_prefix("# "))
            .is_some_and(of_node)
}

/// Builds the guest from a copy of this checkout elsewhere, and compares.
fn reproducible(kit: &Kit) -> Result<()> {
    let elsewhere = std::env::temp_dir().join(format!("orrery-copy-{}", std::process::id()));
    let result = copy_checkout(&kit.place, &elsewhere).and_then(|()| {
        let ours = guest::Artefacts::of(&kit.place).all_hashes()?;
        let theirs = guest::build(&kit.at(Place::copy_at(elsewhere.clone())))?.all_hashes()?;
        for ((name, ours), (_, theirs)) in ours.iter().zip(&theirs) {
            println!("sha256 {ours}  {name}, built here");
            println!("sha256 {theirs}  {name}, built in {}", elsewhere.display());
        }
        if ours != theirs {
            bail!("the same sources gave other bytes in another place");
        }
        Ok(())
    });
    _ = fs::remove_dir_all(&elsewhere);
    result
}

/// Copies the files that git knows, and those it would, to `to`.
fn copy_checkout(place: &Place, to: &Path) -> Result<()> {
    for file in place.files()? {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().context("a file lies in a folder")?)?;
        fs::copy(place.root.join(&file), &target)
            .with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_and_their_lack_is_an_error() {
        assert!(is_count("test result: ok. 3 passed; 0 failed"));
        assert!(is_count("ℹ pass 2") && is_count("# pass 2"));
        assert!(!is_count("test a ... ok"));
        assert!(tell("Finished\n").is_err());
    }

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let mut names: Vec<_> = rows().iter().map(|row| row.name).collect();
        names.sort_unstable();
        let n = names.len();
        names.dedup();
        assert_eq!(names.len(), n);
    }
}
