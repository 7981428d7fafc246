//! Hands the programs' `user.ld` to the linker when they are built for the guest.

fn main() {
    println!("cargo:rerun-if-changed=../user.ld");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
        println!("cargo:rustc-link-arg-bins=-T{here}/../user.ld");
        // Segments follow each other in the file without padding to a page.
        println!("cargo:rustc-link-arg-bins=--nmagic");
    }
}
