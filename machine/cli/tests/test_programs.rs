//! `orrery test`: small programs made here, each reporting in another way.

use std::path::PathBuf;
use std::process::{Command, Output};

use machine::isa::{Insn, Kind};
use object::elf;
use object::write::elf::{FileHeader, ProgramHeader, Sym, Writer};

const RAM: u64 = 0x8000_0000;
/// Where the program has its data, from its beginning.
const DATA: usize = 0x100;
const TOHOST: u64 = RAM + DATA as u64;
const SIGNATURE: u64 = TOHOST + 16;
const T0: u8 = 5;
const T1: u8 = 6;

/// A program of `code`, with the symbols of its data, and a signature of 12 bytes.
fn program(code: &[Insn]) -> Vec<u8> {
    let words = code.iter().flat_map(|insn| insn.word().to_le_bytes());
    let mut bytes: Vec<u8> = words.collect();
    bytes.resize(DATA + 16, 0);
    bytes.extend((1..=12).collect::<Vec<u8>>());
    let symbols = [
        ("tohost", TOHOST),
        ("begin_signature", SIGNATURE),
        ("end_signature", SIGNATURE + 12),
    ];
    elf_file(&bytes, &symbols)
}

/// An executable of one segment at [`RAM`].
fn elf_file(segment: &[u8], symbols: &[(&str, u64)]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = Writer::new(object::Endianness::Little, true, &mut file);
    writer.reserve_file_header();
    writer.reserve_program_headers(1);
    let offset = writer.reserve(segment.len() as u64, 8);
    writer.reserve_null_symbol_index();
    let names: Vec<_> = symbols
        .iter()
        .map(|(name, _)| {
            writer.reserve_symbol_index(None);
            writer.add_string(name.as_bytes())
        })
        .collect();
    writer.reserve_symtab_section_index();
    writer.reserve_strtab_section_index();
    writer.reserve_shstrtab_section_index();
    writer.reserve_symtab();
    writer.reserve_strtab().expect("it is short");
    writer.reserve_shstrtab().expect("it is short");
    writer.reserve_section_headers();
    let header = FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: elf::EM_RISCV,
        e_entry: RAM,
        e_flags: Default::default(),
    };
    writer.write_file_header(&header).expect("nothing is odd");
    writer.write_align_program_headers();
    writer.write_program_header(&ProgramHeader {
        p_type: elf::PT_LOAD,
        p_flags: elf::PF_R | elf::PF_W | elf::PF_X,
        p_offset: offset,
        p_vaddr: RAM,
        p_paddr: RAM,
        p_filesz: segment.len() as u64,
        p_memsz: segment.len() as u64,
        p_align: 8,
    });
    writer.write_align(8);
    writer.write(segment);
    writer.write_null_symbol();
    for ((_, address), name) in symbols.iter().zip(names) {
        let st_name = writer.string_offset(Some(name));
        writer.write_symbol(&Sym {
            st_name,
            section: None,
            st_info: Default::default(),
            st_other: Default::default(),
            st_shndx: elf::SHN_ABS,
            st_value: *address,
            st_size: 0,
        });
    }
    writer.write_strtab();
    writer.write_shstrtab();
    writer.write_null_section_header();
    writer.write_symtab_section_header(1);
    writer.write_strtab_section_header();
    writer.write_shstrtab_section_header();
    file
}

/// Stores `value` at tohost, and waits for ever.
fn report(value: i32) -> Vec<Insn> {
    vec![
        Insn::new(Kind::auipc, T0, 0, 0, 0),
        Insn::new(Kind::addi, T1, 0, 0, value),
        Insn::new(Kind::sw, 0, T0, T1, DATA as i32),
        Insn::new(Kind::sw, 0, T0, 0, DATA as i32 + 4),
        Insn::new(Kind::jal, 0, 0, 0, 0),
    ]
}

/// A program's file, in a folder of the tests' own.
fn file(name: &str, code: &[Insn]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, program(code)).expect("a folder of our own");
    path
}

fn orrery(args: &[&str], programs: &[&PathBuf]) -> (i32, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_orrery"))
        .arg("test")
        .args(args)
        .args(programs)
        .output()
        .expect("orrery runs");
    let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
    (
        status.code().expect("it ended by itself"),
        said.into_owned(),
    )
}

#[test]
fn programs_pass_fail_and_take_too_long() {
    let pass = file("pass", &report(1));
    let fail = file("fail", &report(3 << 1 | 1));
    let asks = file("asks", &report(0x40));
    let hangs = file("hangs", &[Insn::new(Kind::jal, 0, 0, 0, 0)]);
    let (status, said) = orrery(&[], &[&pass]);
    assert_eq!((status, said.lines().count()), (0, 1), "{said}");
    assert!(said.starts_with("pass  "), "{said}");
    let (status, said) = orrery(&[], &[&pass, &fail, &asks]);
    assert_eq!(status, 1);
    assert!(said.contains("fail  test 3 failed\n"), "{said}");
    assert!(
        said.contains("it asks the host for a service (0x40 at tohost)"),
        "{said}"
    );
    assert!(
        said.contains("1 of 3 programs passed, 2 did not\n"),
        "{said}"
    );
    let (status, said) = orrery(&["--limit", "1000"], &[&pass, &hangs]);
    assert_eq!(status, 42);
    assert!(
        said.contains("it has not ended after 1000 instructions"),
        "{said}"
    );
}

#[test]
fn the_test_finisher_ends_a_program_too() {
    let switch_off = |value: i32| {
        let mut code = vec![Insn::new(Kind::lui, T0, 0, 0, 0x10_0000)];
        code.push(Insn::new(Kind::lui, T1, 0, 0, value & !0xfff));
        code.push(Insn::new(Kind::addi, T1, T1, 0, value & 0xfff));
        code.push(Insn::new(Kind::sw, 0, T0, T1, 0));
        code
    };
    assert_eq!(orrery(&[], &[&file("off", &switch_off(0x5555))]).0, 0);
    let (status, said) = orrery(&[], &[&file("off 7", &switch_off(7 << 16 | 0x3333))]);
    assert_eq!(status, 1);
    assert!(said.contains("test 7 failed"), "{said}");
}

#[test]
fn signatures_are_lines_of_numbers() {
    let pass = file("signed", &report(1));
    let out = pass.with_extension("signature");
    let signature = |granularity: &str| {
        let args = [
            "--signature",
            &out.to_string_lossy(),
            "--granularity",
            granularity,
        ];
        assert_eq!(orrery(&args, &[&pass]).0, 0);
        std::fs::read_to_string(&out).expect("it was written")
    };
    assert_eq!(signature("4"), "04030201\n08070605\n0c0b0a09\n");
    assert_eq!(signature("8"), "0807060504030201\n000000000c0b0a09\n");
    let (status, said) = orrery(&["--signature", "x"], &[&pass, &pass]);
    assert_eq!(
        (status, said.as_str()),
        (
            2,
            "orrery: --signature is for one program, and several are given\n"
        )
    );
}

#[test]
fn reports_are_junits_and_bad_files_are_told() {
    let pass = file("junit pass", &report(1));
    let fail = file("junit <fail>", &report(5));
    let out = pass.with_extension("xml");
    let (status, _) = orrery(&["--junit", &out.to_string_lossy()], &[&pass, &fail]);
    assert_eq!(status, 1);
    let xml = std::fs::read_to_string(&out).expect("it was written");
    assert!(
        xml.contains(r#"tests="2" failures="1" errors="0""#),
        "{xml}"
    );
    assert!(
        xml.contains("&lt;fail&gt;\"><failure>test 2 failed</failure>"),
        "{xml}"
    );
    let text = pass.with_extension("txt");
    std::fs::write(&text, "no program").expect("a folder of our own");
    let (status, said) = orrery(&[], &[&text]);
    assert_eq!(status, 2);
    assert!(
        said.contains("junit pass.txt: it cannot be read as ELF"),
        "{said}"
    );
}
