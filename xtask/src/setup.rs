//! Set-up: finds what a command needs on this machine, and installs what is missing.
//!
//! What can be had without root goes to the cache or to `node_modules`; only what
//! tests need beside (QEMU, Chromium) comes from Debian's packages. Every step
//! looks first, so running it again costs a second.

use crate::kit::{Kit, on_path};
use crate::place::{Place, cache};
use crate::step;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to be ready for.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub enum Purpose {
    /// Building and serving the page
    Play,
    /// Running all tests
    Test,
}

/// A tool that cargo builds from its package.
struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Further arguments of `cargo install`.
    features: &'static [&'static str],
}

/// A program of Debian's, and the package it is in.
struct DebianTool {
    program: &'static str,
    package: &'static str,
}

const DEBIAN_TOOLS: &[DebianTool] = &[
    DebianTool {
        program: "qemu-system-riscv64",
        package: "qemu-system-misc",
    },
    DebianTool {
        program: "riscv64-unknown-elf-objdump",
        package: "binutils-riscv64-unknown-elf",
    },
    DebianTool {
        program: "riscv64-unknown-elf-gcc",
        package: "gcc-riscv64-unknown-elf",
    },
    DebianTool {
        program: "gdb-multiarch",
        package: "gdb-multiarch",
    },
    DebianTool {
        program: "chromium",
        package: "chromium",
    },
    DebianTool {
        program: "chromedriver",
        package: "chromium-driver",
    },
];

/// Runs the wasm crate's tests in a browser.
const WASM_PACK_VERSION: &str = "0.15.1";
/// Makes the lecture notes' pages from their text.
const MDBOOK_VERSION: &str = "0.5.4";
/// The oldest Node that the page's build tools accept, as major and minor version.
const NODE: (u32, u32) = (20, 19);

/// Makes this machine ready for `purpose`.
///
/// # Errors
/// Something is missing that cannot be installed here; the message says how it could be.
pub fn ready_for(purpose: Purpose, place: Place) -> Result<Kit> {
    if purpose == Purpose::Test {
        debian_tools(&place)?;
    }
    let mut kit = with_node(place)?;
    let bindgen = wasm_bindgen(&kit.place)?;
    cargo_tool(&mut kit, &bindgen)?;
    let mdbook = CargoTool {
        package: "mdbook",
        program: "mdbook",
        version: MDBOOK_VERSION.into(),
        // Without its own server and search: half the packages, and a minute.
        features: &["--no-default-features"],
    };
    cargo_tool(&mut kit, &mdbook)?;
    if purpose == Purpose::Test {
        let wasm_pack = CargoTool {
            package: "wasm-pack",
            program: "wasm-pack",
            version: WASM_PACK_VERSION.into(),
            features: &[],
        };
        cargo_tool(&mut kit, &wasm_pack)?;
    }
    Ok(kit)
}

/// Ready to compile for every target, and no more.
pub fn with_toolchain(place: Place) -> Result<Kit> {
    let toolchain = Toolchain::find(&place)?;
    Ok(Kit {
        place,
        toolchain,
        bin_dirs: Vec::new(),
    })
}

/// Ready to compile, and to build the page's own code.
fn with_node(place: Place) -> Result<Kit> {
    let kit = with_toolchain(place)?;
    node_is_recent(&kit)?;
    node_packages(&kit)?;
    Ok(kit)
}

fn node_is_recent(kit: &Kit) -> Result<()> {
    let wanted = format!(
        "Node {}.{} or later, with npm (https://nodejs.org, or your system's package `nodejs`)",
        NODE.0, NODE.1
    );
    let Some(version) = version_said(&mut kit.command("node")) else {
        bail!("the page is built with {wanted}; there is no `node` on PATH");
    };
    if node_version(&version).is_none_or(|version| version < NODE) {
        bail!("the page is built with {wanted}; this is {version}");
    }
    if on_path("npm").is_none() {
        bail!("the page is built with {wanted}; there is no `npm` on PATH");
    }
    Ok(())
}

/// Major and minor version in what Node says, such as `v20.19.4`.
fn node_version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `npm ci`, if the lock file is newer than what it last installed.
fn node_packages(kit: &Kit) -> Result<()> {
    let changed =
        |path: &str| fs::metadata(kit.place.root.join(path)).and_then(|data| data.modified());
    let wanted =
        changed("package-lock.json").context("package-lock.json is missing from this checkout")?;
    if changed("node_modules/.package-lock.json").is_ok_and(|installed| installed >= wanted) {
        return Ok(());
    }
    step::run(&kit.place, "Node packages", kit.npm().arg("ci")).map(drop)
}

/// The program that must be of the very version of the crate in `Cargo.lock`.
fn wasm_bindgen(place: &Place) -> Result<CargoTool> {
    let lock = fs::read_to_string(place.root.join("Cargo.lock"))
        .context("Cargo.lock is missing from this checkout")?;
    let version = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock names no wasm-bindgen")?
        .into();
    Ok(CargoTool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version,
        features: &[],
    })
}

/// The version of `package` in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, after) = lock.split_once(&format!("\nname = \"{package}\"\nversion = \""))?;
    after.split('"').next()
}

/// Finds `tool` on `PATH` or in the cache, or has cargo build it into the cache.
fn cargo_tool(kit: &mut Kit, tool: &CargoTool) -> Result<()> {
    let root = cache()?
        .join("tools")
        .join(format!("{}-{}", tool.package, tool.version));
    let bin = root.join("bin");
    let is_it = |path: &Path| {
        version_said(&mut Command::new(path)).is_some_and(|said| {
            said.split(' ')
                .any(|word| word.trim_start_matches('v') == tool.version)
        })
    };
    if on_path(tool.program).is_some_and(|path| is_it(&path)) {
        return Ok(());
    }
    if !is_it(&bin.join(tool.program)) {
        let name = format!("{} {} (built once)", tool.package, tool.version);
        let install = |locked: &[&str]| {
            let mut cargo = kit.cargo();
            cargo.args(["install", tool.package, "--version", &tool.version]);
            cargo.args(tool.features);
            cargo.arg("--root").arg(&root).args(locked);
            // In a folder of its own, and not optimised: that halves the wait (109 s of processor
            // time instead of 233 for wasm-bindgen), and costs half a second where it is used.
            cargo.env_remove("CARGO_TARGET_DIR");
            cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
            cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
            cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256");
            step::run(&kit.place, &name, &mut cargo)
        };
        // Some versions' lock files name packages that have been withdrawn.
        install(&["--locked"]).or_else(|_| install(&[]))?;
    }
    kit.bin_dirs.push(bin);
    Ok(())
}

/// Finds the programs that only tests need, or has apt install their packages.
fn debian_tools(place: &Place) -> Result<()> {
    let missing: Vec<&DebianTool> = DEBIAN_TOOLS
        .iter()
        .filter(|tool| on_path(tool.program).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    let by_hand = format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    let programs = missing
        .iter()
        .map(|tool| tool.program)
        .collect::<Vec<_>>()
        .join(", ");
    if on_path("apt-get").is_none() {
        bail!(
            "the tests need {programs}; there is no apt-get here: install them as your system does (Debian: {by_hand})"
        );
    }
    if !is_root() {
        bail!(
            "the tests need {programs}; not being root, this cannot install them. Run: sudo apt-get update && sudo {by_hand}"
        );
    }
    let mut update = Command::new("apt-get");
    step::run(place, "package lists", update.arg("update"))?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "-y", "--no-install-recommends"])
        .args(&packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    step::run(
        place,
        &format!("Debian packages {}", packages.join(", ")),
        &mut install,
    )
    .map(drop)
}

fn is_root() -> bool {
    let said = Command::new("id").arg("-u").output();
    said.is_ok_and(|said| said.stdout.trim_ascii() == b"0")
}

/// The first line a program answers to `--version`; nothing if it cannot be run.
fn version_said(program: &mut Command) -> Option<String> {
    let said = program
        .arg("--version")
        .output()
        .ok()
        .filter(|said| said.status.success())?;
    String::from_utf8_lossy(&said.stdout)
        .lines()
        .next()
        .map(str::to_owned)
}

/// Chromium's driver, which runs the wasm crate's tests.
pub fn chromedriver() -> Result<PathBuf> {
    on_path("chromedriver").context("chromedriver is gone from PATH since set-up")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_compare_as_numbers() {
        assert_eq!(node_version("v20.19.4"), Some((20, 19)));
        assert!(node_version("v22.2.0") >= Some(NODE) && node_version("v20.9.0") < Some(NODE));
        assert_eq!(node_version("nothing"), None);
    }

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
