//! The page: the wasm module, the page's own code, and the guest it boots, as static files.

use crate::compress;
use crate::guest::{self, Artefacts};
use crate::kit::Kit;
use crate::notes;
use crate::step;
use crate::toolchain::WASM;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Builds guest, module and page, and lays the whole out in `dist/`.
pub fn build(kit: &Kit) -> Result<()> {
    let guest = guest::build(kit)?;
    bindings(kit)?;
    optimise(kit)?;
    compress(kit, &guest)?;
    page(kit)?;
    notes::build(kit)?;
    report(&kit.place.dist())?;
    guest.print_hashes()
}

/// Builds the machine for the page: `target/web/orrery_wasm.js`, its types, and the module.
pub fn bindings(kit: &Kit) -> Result<()> {
    let mut cargo = kit.cargo_without_paths(&[])?;
    cargo.args([
        "build",
        "-p",
        "orrery-wasm",
        "--profile",
        "wasm",
        "--target",
        WASM,
    ]);
    step::run(&kit.place, "wasm module", &mut cargo)?;

    let out = kit.place.web_module();
    let mut bindgen = kit.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--omit-default-module-path"]);
    bindgen
        .args(["--out-name", "orrery_wasm", "--out-dir"])
        .arg(&out);
    let built = kit.place.cargo_target.join(WASM);
    bindgen.arg(built.join("wasm/orrery_wasm.wasm"));
    step::run(&kit.place, "wasm bindings", &mut bindgen).map(drop)
}

fn optimise(kit: &Kit) -> Result<()> {
    let out = kit.place.web_module();
    optimise_module(kit, &out.join("orrery_wasm_bg.wasm"))
}

/// Makes the module at `whole` smaller and faster, in its place.
pub fn optimise_module(kit: &Kit, whole: &Path) -> Result<()> {
    let small = whole.with_extension("opt.wasm");
    // By its path: the system's may be years older, and version 108 exports the wrong table.
    let mut opt = kit.command(kit.place.node_programs().join("wasm-opt"));
    opt.arg("-O3");
    // The interpreter's hot loop stays a function without calls: see machine/src/fast.rs.
    opt.arg("--one-caller-inline-max-function-size=2000");
    opt.arg("-o").arg(&small).arg(whole);
    step::run(&kit.place, "wasm-opt", &mut opt)?;
    fs::rename(small, whole).context("cannot put the optimised module in its place")
}

/// Compresses what the page fetches, for Vite to lay out.
fn compress(kit: &Kit, guest: &Artefacts) -> Result<()> {
    let module = kit.place.web_module().join("orrery_wasm_bg.wasm");
    let files = [
        &module,
        &guest.image,
        &guest.kernel,
        &guest.symbols,
        &guest.sources,
    ];
    step::work("compressed files", || {
        compress::beside(&files.map(PathBuf::as_path))
    })
}

/// Bundles the page's own code and the guest into `dist/`, which Vite empties first.
fn page(kit: &Kit) -> Result<()> {
    step::run(&kit.place, "page", kit.npm().args(["run", "build"])).map(drop)
}

/// Prints what each file of the finished page weighs, as it is and as it travels.
fn report(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    files.retain(|path| path.extension().is_none_or(|extension| extension != "map"));
    files.sort();
    println!("{:>10} {:>10}  file in dist/", "bytes", "gzip");
    let mut total = (0, 0);
    for path in files {
        let bytes = fs::read(&path)?;
        let gzip = gzip(&bytes)?.len();
        println!(
            "{:>10} {gzip:>10}  {}",
            bytes.len(),
            path.strip_prefix(dist)?.display()
        );
        total = (total.0 + bytes.len(), total.1 + gzip);
    }
    println!("{:>10} {:>10}  all together", total.0, total.1);
    Ok(())
}

/// `bytes` as they travel.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Adds every file under `dir` to `files`.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
