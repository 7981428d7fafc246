//! The decoder and the disassembler against binutils: every row of the instruction set with
//! fields of every kind, and all words of 16 bits.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use machine::isa::{Format, Insn, Kind, Row, decode, disassemble, rows};

const AS: &str = "riscv64-unknown-elf-as";
const OBJDUMP: &str = "riscv64-unknown-elf-objdump";
/// What the assembler is told that the harts have.
const ISA: &str = "rv64gc_zicsr_zifencei_zihintpause_zba_zbb_zbs_zicbom_zicboz_svinval";
/// Words tried of each row.
const WORDS: u32 = 200;

/// Extensions that binutils learnt later than others: since which version, and the rows.
const LATE: &[(Version, &str, &[Kind])] =
    &[((2, 41), "_zicond", &[Kind::czero_eqz, Kind::czero_nez])];

/// Conversions that are always exact. Binutils knows them with the rounding mode 0 alone, and
/// does not write it.
const EXACT: &[Kind] = &[Kind::fcvt_d_s, Kind::fcvt_d_w, Kind::fcvt_d_wu];

/// Short words that are reserved and that binutils prints all the same: `c.addi16sp` by 0.
const RESERVED: &[u32] = &[0x6101];

type Version = (u32, u32);

/// Runs a program of binutils and gives what it printed.
fn run(program: &str, args: &[&str]) -> String {
    let hint = "install binutils for bare-metal RISC-V (Debian: binutils-riscv64-unknown-elf)";
    let output = Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; {hint}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {said}");
    String::from_utf8(output.stdout).expect("objdump prints text")
}

/// The version of objdump, from the last word of its first line, such as `2.40`.
fn version() -> Version {
    let said = run(OBJDUMP, &["--version"]);
    let word = said.lines().next().and_then(|line| line.rsplit(' ').next());
    let mut parts = word.unwrap_or_default().split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => panic!("no version in {said:?}"),
    }
}

/// What objdump makes of `words`, of 2 or 4 bytes as their low bits say, which lie one after
/// another from address 0: each one's address and text.
fn objdump(name: &str, words: &[u32], options: &str) -> Vec<(u64, String)> {
    let known = LATE.iter().filter(|late| version() >= late.0);
    let isa = known.fold(ISA.to_owned(), |isa, late| isa + late.1);
    let path = |end: &str| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        folder.join(format!("objdump-{name}.{end}"))
    };
    let (source, object) = (path("s"), path("o"));
    let lines = words.iter().map(|word| format!(".insn {word:#x}\n"));
    std::fs::write(&source, lines.collect::<String>()).expect("a file of ours");
    let (source, object) = (source.to_string_lossy(), object.to_string_lossy());
    run(AS, &["-march", &isa, "-mno-relax", "-o", &object, &source]);
    let text = run(OBJDUMP, &["-d", "-z", "-M", options, &object]);
    let texts: Vec<_> = text.lines().filter_map(line).collect();
    assert_eq!(texts.len(), words.len(), "a line for each word");
    texts
}

/// A line of objdump's: `address:`, the word, the name and the operands, with tabs between. What
/// it adds about addresses is left out.
fn line(line: &str) -> Option<(u64, String)> {
    let (address, rest) = line.split_once(":\t")?;
    let address = u64::from_str_radix(address.trim(), 16).ok()?;
    let (_, text) = rest.split_once('\t')?;
    let text = text.split(['#', '<']).next().unwrap_or(text);
    Some((address, text.trim().replace('\t', " ")))
}

/// Words of `row`, with fields that mean something to binutils.
fn words_of(row: &Row) -> Vec<u32> {
    let csrs: Vec<u32> = (0..4096)
        .filter(|&number| machine::csr_name(number as u16).is_some())
        .collect();
    let free = match row.format {
        // Of the fences' fields only the two sets have a meaning yet.
        Format::Fence if row.kind == Kind::fence_i => 0,
        Format::Fence => 0x0ff0_0000,
        format if EXACT.contains(&row.kind) => !format.mask() & !0x7000,
        format => !format.mask(),
    };
    let fields = (0..WORDS).map(|n| match n {
        0 => 0,
        1 => !0,
        _ => n.wrapping_mul(0x9e37_79b1) ^ n << 13,
    });
    fields
        .map(|fields| match row.format {
            Format::Csr | Format::CsrI => {
                let number = csrs[fields as usize % csrs.len()];
                row.bits | fields & free & 0xf_ffff | number << 20
            }
            _ => row.bits | fields & free,
        })
        .collect()
}

#[test]
fn every_row_reads_as_binutils_prints_it() {
    let version = version();
    let late = LATE.iter().filter(|late| late.0 > version);
    let unknown: Vec<Kind> = late.flat_map(|late| late.2).copied().collect();
    println!("binutils {version:?} does not know {unknown:?}");
    let known = rows().iter().filter(|row| !unknown.contains(&row.kind));
    let words: Vec<u32> = known.flat_map(words_of).collect();
    let mut differing = BTreeMap::new();
    let texts = objdump("rows", &words, "no-aliases");
    for (&word, (pc, theirs)) in words.iter().zip(texts) {
        let insn = decode(word);
        let mut ours = disassemble(&insn, pc);
        if EXACT.contains(&insn.kind) {
            ours = ours.trim_end_matches(",rne").to_owned();
        }
        if ours != theirs {
            let case = format!("{word:#010x}: ours `{ours}`, theirs `{theirs}`");
            differing.insert(format!("{:?}", insn.kind), case);
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

/// What objdump prints of an instruction at `pc`, so that a short form and what it stands for
/// read the same.
fn normal(pc: u64, text: &str) -> String {
    // `c.mv` stands for `add` with x0, while the alias is that of `addi` by 0.
    let copy = text.strip_prefix("add ").and_then(|operands| {
        let (rd, rest) = operands.split_once(',')?;
        let rs = rest.strip_prefix("x0,").or(rest.strip_suffix(",0"))?;
        Some(format!("mv {rd},{rs}"))
    });
    let text = copy.unwrap_or(text.to_owned());
    // Jumps lead to an address; it is the distance that counts.
    let is_jump = text.starts_with('b') || text.starts_with("j ");
    match text.rsplit_once([',', ' ']) {
        Some((front, target)) if is_jump => match u64::from_str_radix(target, 16) {
            Ok(target) => format!("{front} {}", target.wrapping_sub(pc) as i64),
            Err(_) => text,
        },
        _ => text,
    }
}

#[test]
fn all_short_words_mean_what_binutils_says() {
    let shorts: Vec<u32> = (0..=0xffff).filter(|word| word & 3 != 3).collect();
    let longs: Vec<u32> = shorts.iter().map(|&word| decode(word).word()).collect();
    let of_shorts = objdump("short", &shorts, "numeric");
    // Those that mean nothing are short here too; their texts are looked at above.
    let of_longs = objdump("long", &longs, "numeric");
    let mut differing = BTreeMap::new();
    for (n, &word) in shorts.iter().enumerate() {
        let (short, long) = (&of_shorts[n], &of_longs[n]);
        let insn = decode(word);
        let name = short.1.split(' ').next().unwrap_or_default();
        let is_right = match name {
            ".2byte" | "unimp" | "c.unimp" => insn.kind == Kind::illegal,
            _ if RESERVED.contains(&word) => insn.kind == Kind::illegal,
            // A hint has no other name: it must do nothing.
            _ if name.starts_with("c.") => does_nothing(&insn),
            _ => normal(short.0, &short.1) == normal(long.0, &long.1),
        };
        if !is_right {
            let case = format!("{word:#06x} is `{}`, ours `{}`", short.1, long.1);
            differing.insert(name.to_owned(), case);
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

/// Whether `insn` computes something for nobody, or shifts by nothing.
fn does_nothing(insn: &Insn) -> bool {
    use Kind::*;
    let fields = insn.fields;
    let is_shift = matches!(insn.kind, slli | srli | srai) && fields.rd == fields.rs1;
    let is_plain = matches!(insn.kind, addi | add | lui) || is_shift;
    is_plain && (fields.rd == 0 || is_shift && fields.imm == 0)
}
