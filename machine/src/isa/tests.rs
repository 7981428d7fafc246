//! Walks over the tables: no word is of two rows, and words survive a round trip.

use super::c::FORMS;
use super::decode::{ROWS, Row};
use super::{Insn, Kind, decode, disassemble};

/// Words that vary in every bit: an odd multiplier steps through all of them.
fn words(n: u32) -> impl Iterator<Item = u32> {
    (0..n).map(|i| i.wrapping_mul(0x9e37_79b1) ^ i >> 3)
}

/// Rows whose words are all of another row too, and that row; the first of them is meant.
const SPECIAL: &[(Kind, Kind)] = &[(Kind::pause, Kind::fence)];

/// Whether some word is of both rows: there is one unless a bit that both fix differs.
fn overlap(row: &Row, other: &Row) -> bool {
    let fixed = row.format.mask() & other.format.mask();
    (row.bits ^ other.bits) & fixed == 0
}

#[test]
fn no_word_is_of_two_rows() {
    for (n, row) in ROWS.iter().enumerate() {
        assert_eq!(row.bits & !row.format.mask(), 0, "{}", row.name);
        for other in ROWS[n + 1..].iter().filter(|other| overlap(row, other)) {
            let is_meant = SPECIAL.contains(&(row.kind, other.kind));
            assert!(is_meant, "{} and {} overlap", row.name, other.name);
            assert_eq!(
                row.format.mask() | other.format.mask(),
                row.format.mask(),
                "{} is no special case of {}",
                row.name,
                other.name
            );
        }
    }
}

#[test]
fn every_row_is_found_and_comes_back_to_its_word() {
    for row in ROWS {
        for fields in words(2000) {
            let word = row.bits | fields & !row.format.mask();
            let insn = decode(word);
            if SPECIAL.contains(&(insn.kind, row.kind)) {
                continue;
            }
            assert_eq!((insn.kind, insn.len), (row.kind, 4), "{word:#010x}");
            assert_eq!(insn.word(), word, "{}", row.name);
        }
    }
}

#[test]
fn no_halfword_is_of_two_forms() {
    for half in 0..=u16::MAX {
        let forms = FORMS.iter().filter(|form| form.matches(half));
        let names: Vec<_> = forms.map(|form| form.name).collect();
        assert!(names.len() <= 1, "{half:#06x} is {names:?}");
        assert!(
            half & 3 != 3 || names.is_empty(),
            "{half:#06x} is {names:?}"
        );
    }
}

#[test]
fn halfwords_mean_words_of_the_table() {
    for half in (0..=u16::MAX).filter(|half| half & 3 != 3) {
        let short = decode(half.into());
        assert_eq!(short.len, 2);
        if short.kind != Kind::illegal {
            let long = decode(short.word());
            assert_eq!((long.kind, long.fields), (short.kind, short.fields));
        }
    }
}

#[test]
fn whatever_is_fetched_has_a_text() {
    for word in words(200_000) {
        assert!(!disassemble(&decode(word), 0x8000_0000).is_empty());
    }
}

#[test]
fn text_is_as_binutils_prints_it() {
    let check = |word: u32, text: &str| {
        assert_eq!(disassemble(&decode(word), 0x8000_0000), text, "{word:#x}");
    };
    check(0x0000_0297, "auipc t0,0x0");
    check(0xffff_f537, "lui a0,0xfffff");
    check(0xfe05_0ee3, "beq a0,zero,7ffffffc");
    check(0x0080_00ef, "jal ra,80000008");
    check(0x0000_8067, "jalr zero,0(ra)");
    check(0xff01_0113, "addi sp,sp,-16");
    check(0x0011_3423, "sd ra,8(sp)");
    check(0x4030_d093, "srai ra,ra,0x3");
    check(0xf140_2573, "csrrs a0,mhartid,zero");
    check(0x3a07_5073, "csrrwi zero,pmpcfg0,14");
    check(0x3b00_1073, "csrrw zero,pmpaddr0,zero");
    check(0x0ff0_000f, "fence iorw,iorw");
    check(0x0000_100f, "fence.i");
    check(0x1200_0073, "sfence.vma zero,zero");
    check(0x0cb5_252f, "amoswap.w.aq a0,a1,(a0)");
    check(0x1005_35af, "lr.d a1,(a0)");
    check(0x8082, "jalr zero,0(ra)");
    check(0x0000, ".2byte 0x0000");
    check(0xffff_ffff, ".4byte 0xffffffff");
}

#[test]
fn fields_are_masked_where_they_are_made() {
    let insn = Insn::new(Kind::addi, 1, 2, 0, -1);
    assert_eq!(insn.word(), 0xfff1_0093);
    assert_eq!(decode(insn.word()), insn);
}
