//! The quick checks, which every commit passes.

use crate::kit::Kit;
use crate::rows::{Needs, Row};
use crate::step;
use crate::tidy;
use crate::toolchain::{GUEST, WASM};
use anyhow::Result;

/// Every quick check.
pub const ROWS: &[Row] = &[
    Row {
        name: "format",
        about: "rustfmt has nothing to change",
        needs: Needs::Toolchain,
        run: format,
    },
    Row {
        name: "tidy",
        about: "the house rules a compiler does not know",
        needs: Needs::Toolchain,
        run: |kit| tidy::run(&kit.place),
    },
    Row {
        name: "lint",
        about: "clippy, on what runs on this machine",
        needs: Needs::Toolchain,
        run: lint_host,
    },
    Row {
        name: "lint-guest",
        about: "clippy, on kernel and programs",
        needs: Needs::Toolchain,
        run: lint_guest,
    },
    Row {
        name: "lint-wasm",
        about: "clippy, on the wasm face of the machine",
        needs: Needs::Toolchain,
        run: lint_wasm,
    },
    Row {
        name: "types",
        about: "the page's TypeScript, strictly",
        needs: Needs::Bindings,
        run: types,
    },
];

fn format(kit: &Kit) -> Result<()> {
    step::run(
        &kit.place,
        "rustfmt",
        kit.cargo()
            .args(["fmt", "--all", "--", "--check", "--color", "never"]),
    )
    .map(drop)
}

fn lint_host(kit: &Kit) -> Result<()> {
    clippy(kit, "clippy, host", &["--all-targets"])
}

fn lint_guest(kit: &Kit) -> Result<()> {
    clippy(
        kit,
        "clippy, guest",
        &[
            "-p",
            "kernel",
            "-p",
            "user",
            "-p",
            "ulib",
            "-p",
            "user-tests",
            "--target",
            GUEST,
        ],
    )
}

fn lint_wasm(kit: &Kit) -> Result<()> {
    clippy(
        kit,
        "clippy, wasm",
        &["-p", "orrery-wasm", "--all-targets", "--target", WASM],
    )
}

fn clippy(kit: &Kit, name: &str, what: &[&str]) -> Result<()> {
    let mut cargo = kit.cargo();
    cargo
        .arg("clippy")
        .args(what)
        .args(["--", "-D", "warnings"]);
    step::run(&kit.place, name, &mut cargo).map(drop)
}

fn types(kit: &Kit) -> Result<()> {
    step::run(&kit.place, "tsc, eslint", kit.npm().args(["run", "check"])).map(drop)
}
