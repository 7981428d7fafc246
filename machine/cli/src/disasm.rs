//! `orrery disasm`: a kernel's instructions, with the symbols they begin.

use machine::isa::{decode, disassemble};
use object::{Architecture, Object, ObjectSegment, ObjectSymbol};

use crate::args::Disasm;
use crate::failure::Failure;
use crate::files;

/// Prints what `disasm` asks for; the exit status.
///
/// # Errors
/// [`Failure::Read`]; [`Failure::Disasm`] if it is no program for RISC-V, or has no code at that
/// place.
pub fn disasm(disasm: &Disasm) -> Result<u8, Failure> {
    let bytes = files::read_named(&disasm.file)?;
    let name = disasm.file.display();
    let file = object::File::parse(bytes.as_slice())
        .map_err(|error| Failure::Disasm(format!("{name} cannot be read as ELF: {error}")))?;
    let built_for = file.architecture();
    if built_for != Architecture::Riscv64 {
        let why = format!("{name} is for {built_for:?}, not for RISC-V of 64 bits");
        return Err(Failure::Disasm(why));
    }
    let mut pc = match &disasm.at {
        None => file.entry(),
        Some(at) => find(&file, at)
            .ok_or_else(|| Failure::Disasm(format!("{at} is no address or symbol of {name}")))?,
    };
    let nothing = || Failure::Disasm(format!("{name} has no code at {pc:#x}"));
    let (at, code) = segment_at(&file, pc).ok_or_else(nothing)?;
    for _ in 0..disasm.n {
        let Some(word) = word_at(code, pc - at) else {
            break;
        };
        for (_, name) in names(&file).filter(|&(address, _)| address == pc) {
            println!("{name}:");
        }
        let insn = decode(word);
        let digits = usize::from(insn.len) * 2;
        let word = word & u32::MAX >> (32 - 4 * digits);
        let text = disassemble(&insn, pc);
        println!("{pc:16x}  {word:0digits$x}{:1$}  {text}", "", 8 - digits);
        pc += u64::from(insn.len);
    }
    Ok(0)
}

/// The address that `at` means: a symbol, whole or the end of its path, or digits.
fn find(file: &object::File, at: &str) -> Option<u64> {
    let tail = format!("::{at}");
    let is_meant = |name: &String| name == at || name.ends_with(&tail);
    let symbol = names(file).find(|(_, name)| is_meant(name));
    let digits = at.strip_prefix("0x").unwrap_or(at);
    symbol
        .map(|(address, _)| address)
        .or_else(|| u64::from_str_radix(digits, 16).ok())
}

/// The segment that holds `pc`: its address and its bytes.
fn segment_at<'a>(file: &object::File<'a>, pc: u64) -> Option<(u64, &'a [u8])> {
    file.segments().find_map(|segment| {
        let data = segment.data().ok()?;
        let at = segment.address();
        let end = at.checked_add(data.len() as u64)?;
        (at..end).contains(&pc).then_some((at, data))
    })
}

/// The word at `offset`; its upper half is zero where the code ends.
fn word_at(code: &[u8], offset: u64) -> Option<u32> {
    let code = code.get(usize::try_from(offset).ok()?..)?;
    let half = |at: usize| {
        let bytes = code.get(at..at + 2)?;
        Some(u32::from(bytes[0]) | u32::from(bytes[1]) << 8)
    };
    Some(half(0)? | half(2).unwrap_or(0) << 16)
}

/// Every symbol's address and readable name.
fn names(file: &object::File) -> impl Iterator<Item = (u64, String)> {
    file.symbols()
        .filter(|symbol| symbol.kind() != object::SymbolKind::File)
        .filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?)))
        .filter(|(_, name)| !name.is_empty() && !name.starts_with(['$', '.']))
        .map(|(address, name)| (address, format!("{:#}", rustc_demangle::demangle(name))))
}
