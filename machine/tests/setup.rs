//! What a machine refuses to be built from, and what it says.

mod guest;

use guest::*;
use machine::isa::Kind;
use machine::{Config, Machine, SetupError};

fn kernel() -> Vec<u8> {
    Program::new().plain(Kind::wfi).elf()
}

/// What building says, of `kernel` and a disk of `disk_len` bytes.
fn error(config: Config, kernel: &[u8], disk_len: usize) -> SetupError {
    let machine = Machine::new(&config, kernel, vec![0; disk_len]);
    machine.expect_err("this is not acceptable")
}

/// The kernel with some bytes changed.
fn changed(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut kernel = kernel();
    kernel[at..at + bytes.len()].copy_from_slice(bytes);
    kernel
}

#[test]
fn kernels_are_riscv_executables() {
    let check = |kernel: &[u8], words: &str| {
        let error = error(one_hart(), kernel, 0).to_string();
        assert!(error.contains(words), "{error}");
    };
    check(b"", "not an ELF file");
    check(b"#!/bin/sh\n", "not an ELF file");
    check(b"\x7fELF", "damaged or cut short");
    check(&kernel()[..40], "damaged or cut short");
    check(&kernel()[..100], "damaged or cut short");
    check(&kernel()[..kernel().len() - 1], "damaged or cut short");
    check(&changed(4, &[1]), "not a 64-bit little-endian");
    check(&changed(5, &[2]), "not a 64-bit little-endian");
    check(&changed(18, &62u16.to_le_bytes()), "ELF machine 62");
    check(&changed(16, &1u16.to_le_bytes()), "ELF type 1");
    check(&changed(64, &[0]), "nothing to load");
    check(
        &elf(&[0; 8], 0x1000),
        "0x1000 to 0x1008, outside RAM (0x80000000 to 0x81000000)",
    );
    check(&elf(&[0; 8], 0x80ff_fffc), "outside RAM");
    check(&elf(&[0; 8], u64::MAX - 4), "outside RAM");
    check(&elf(&[0; 8], 0x8000_1000), "nothing at 0x80000000");
    check(
        &elf(&vec![0; 0xff_0000], RAM),
        "no room for the device tree",
    );
}

#[test]
fn numbers_have_limits() {
    for harts in [0, 9] {
        let config = Config {
            harts,
            ..one_hart()
        };
        assert_eq!(error(config, &kernel(), 0), SetupError::Harts(harts));
    }
    for ram_bytes in [0, 15 << 20, (16 << 20) + 4096, 4 << 30, u64::MAX] {
        let config = Config {
            ram_bytes,
            ..one_hart()
        };
        assert_eq!(error(config, &kernel(), 0), SetupError::Ram(ram_bytes));
    }
    let config = Config {
        bootargs: "a\0b".to_owned(),
        ..one_hart()
    };
    assert_eq!(error(config, &kernel(), 0), SetupError::Bootargs);
}

#[test]
fn disks_have_whole_sectors_and_a_limit() {
    let disk = |len| error(one_hart(), &kernel(), len);
    assert_eq!(disk(1000), SetupError::DiskSectors(1000));
    assert_eq!(
        disk((1 << 30) + 512),
        SetupError::DiskTooLarge((1 << 30) + 512)
    );
}
