//! The machine measured beside others: builds the programs and the machines, natively and for
//! the browser, and lets `machine/bench/drive.mjs` measure by turns.

use crate::guest;
use crate::kit::Kit;
use crate::step;
use crate::toolchain::{FLOATS, WASM};
use crate::web;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// What is wanted of the measurement.
#[derive(clap::Args)]
pub struct Options {
    /// How often each machine has its turn; the figures are medians
    #[arg(long, default_value_t = 5)]
    repeat: u32,
    /// Measure only this program (may be given several times)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Write the figures to a file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Builds everything, measures, and prints the tables.
pub fn run(kit: &Kit, options: &Options) -> Result<()> {
    guest::build(kit)?;
    let mut programs = kit.cargo();
    programs.args(["build", "-p", "bench-guest", "--bins"]);
    programs.args(["--profile", "guest", "--target", FLOATS]);
    step::run(&kit.place, "benchmark programs", &mut programs)?;
    let page = kit.place.root.join("target/bench");
    build_page(kit, &page)?;
    let built = &kit.place.cargo_target;
    // Both have one name: the second takes the first's place.
    let blind = page.join("blind");
    build_native(kit, "machines, ours blind", &["--features", "blind"])?;
    fs::copy(built.join("release/bench"), &blind).context("cannot keep the blind machine")?;
    build_native(kit, "machines", &[])?;

    let mut node = kit.command("node");
    node.arg(kit.place.root.join("machine/bench/drive.mjs"));
    node.arg("--native").arg(built.join("release/bench"));
    node.arg("--blind").arg(&blind);
    node.arg("--programs").arg(built.join(FLOATS).join("guest"));
    node.arg("--web").arg(&page);
    node.arg("--guest").arg(kit.place.guest());
    node.arg("--repeat").arg(options.repeat.to_string());
    for name in &options.only {
        node.arg("--only").arg(name);
    }
    if let Some(path) = &options.json {
        node.arg("--json").arg(std::path::absolute(path)?);
    }
    let status = node.status().context("cannot start node")?;
    if !status.success() {
        bail!("the measurement failed ({status})");
    }
    Ok(())
}

/// Builds the program that measures natively.
fn build_native(kit: &Kit, what: &str, options: &[&str]) -> Result<()> {
    let mut native = kit.cargo();
    native
        .args(["build", "--release", "-p", "bench"])
        .args(options);
    step::run(&kit.place, what, &mut native).map(drop)
}

/// Lays the page that measures out in `out`.
fn build_page(kit: &Kit, out: &Path) -> Result<()> {
    let mut cargo = kit.cargo();
    cargo.args(["build", "-p", "bench", "--lib", "--profile", "wasm"]);
    cargo.args(["--target", WASM]);
    step::run(&kit.place, "machines for the browser", &mut cargo)?;
    let mut bindgen = kit.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--out-name", "bench", "--out-dir"]);
    bindgen.arg(out);
    bindgen.arg(kit.place.cargo_target.join(WASM).join("wasm/bench.wasm"));
    step::run(&kit.place, "their bindings", &mut bindgen)?;
    web::optimise_module(kit, &out.join("bench_bg.wasm"))?;
    for file in ["index.html", "worker.js"] {
        let from = kit.place.root.join("machine/bench/page").join(file);
        fs::copy(&from, out.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    Ok(())
}
