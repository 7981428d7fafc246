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
fn other_files_are_named() {
    let check = |kernel: &[u8], words: &str| {
        let error = error(one_hart(), kernel, 0).to_string();
        assert!(error.starts_with("the kernel is"), "{error}");
        assert!(error.contains(words), "{error}");
    };
    check(&[0x1f, 0x8b, 8, 0], "compressed by gzip");
    check(b"\0asm\x01\0\0\0", "a WebAssembly module");
    let mut image = vec![0; 0x300];
    image[0x202..0x206].copy_from_slice(b"HdrS");
    check(&image, "a Linux kernel for x86");
    check(b"!<arch>\nmain.o", "link it first");
    let segments = [(0x8000_0000, 8), (0x8000_0004, 8)];
    check_overlap(&segments.map(|(at, len)| elf(&vec![0; len], at)));
}

/// Two segments of which the second begins within the first are refused.
fn check_overlap(files: &[Vec<u8>; 2]) {
    const HEADER: usize = 64;
    const ENTRY: usize = 56;
    // One file with both program headers, and both contents behind them.
    let mut both = files[0][..HEADER + ENTRY].to_vec();
    both.extend(&files[1][HEADER..]);
    both.extend([0; ENTRY]);
    both[56..58].copy_from_slice(&2u16.to_le_bytes());
    let error = error(one_hart(), &both, 0).to_string();
    assert_eq!(
        error,
        "the kernel has two parts that want to be loaded at 0x80000004"
    );
}

#[test]
fn firmware_and_kernel_keep_out_of_each_others_way() {
    let code = [0x13u8, 0, 0, 0];
    let error = |bios: &[u8], kernel: &[u8]| {
        let machine = Machine::with_bios(&one_hart(), bios, kernel, Vec::new());
        machine.expect_err("this is not acceptable").to_string()
    };
    let check = |bios: &[u8], kernel: &[u8], words: &str| {
        let error = error(bios, kernel);
        assert!(error.contains(words), "{error}");
    };
    check(&code, b"", "the kernel is empty");
    check(b"", &code, "the firmware is empty");
    check(b"#!/bin/sh\nqemu\n", &code, "the firmware is text");
    check(&[0x1f, 0x8b, 8, 0], &code, "the firmware is compressed");
    check(
        &changed(18, &[62]),
        &code,
        "the firmware is for another architecture",
    );
    check(
        &elf(&code, 0x8010_0000),
        &code,
        "the firmware has nothing at 0x80000000",
    );
    check(
        &vec![0; 17 << 20],
        &code,
        "the firmware wants to be loaded at 0x80000000",
    );
    check(
        &code,
        &vec![0; 15 << 20],
        "the kernel wants to be loaded at 0x80200000",
    );
    check(
        &code,
        &vec![0; (14 << 20) - 100],
        "no room for the device tree",
    );
    check(
        &[0; 100],
        &elf(&code, 0x8000_0060),
        "firmware and kernel both want to be loaded at 0x80000060; behind firmware a kernel belongs at 0x80200000",
    );
    // Firmware of more than 2 MiB moves a raw kernel up; elsewhere an ELF file stays.
    let machine = |bios: &[u8], kernel: &[u8]| {
        Machine::with_bios(&one_hart(), bios, kernel, Vec::new()).expect("they fit")
    };
    let at = |machine: &Machine, at| machine.read_ram(at, 4).expect("in RAM") == code;
    assert!(at(&machine(&[0; 8], &code), 0x8020_0000));
    assert!(at(&machine(&[0; 0x20_0001], &code), 0x8040_0000));
    assert!(at(&machine(&[0; 8], &elf(&code, 0x8000_1000)), 0x8000_1000));
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
fn a_board_has_eight_slots() {
    let config = Config {
        devices: vec![machine::VirtioDevice::Rng; 8],
        ..one_hart()
    };
    assert_eq!(error(config, &kernel(), 0), SetupError::Devices(8));
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
