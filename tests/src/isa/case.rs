//! A case: a small program, the state it begins in, and its form as text.

use std::fmt::{self, Display, Write};

use machine::Mode;
use machine::isa::{decode, disassemble};

use super::layout::{CODE, PLAIN_ARENA};

/// Instructions that lie at a multiple of [`Slot::BYTES`]; after a trap the case goes on at
/// the next such place. Words whose lowest two bits are not both set are 16 bits long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot(pub Vec<u32>);

impl Slot {
    /// Slots take multiples of so many bytes.
    pub const BYTES: usize = 16;

    /// Its bytes, filled up with `c.nop`.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in &self.0 {
            let len = if word & 3 == 3 { 4 } else { 2 };
            bytes.extend(&word.to_le_bytes()[..len]);
        }
        let fill = [1, 0].into_iter().cycle();
        let left = bytes.len().next_multiple_of(Slot::BYTES) - bytes.len();
        bytes.extend(fill.take(left));
        bytes
    }
}

/// What both machines begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is tried, in a few words; a stored case says what it once found.
    pub title: String,
    /// The generator it came from.
    pub generator: String,
    /// The mode it begins in.
    pub mode: Mode,
    /// `mstatus` as it begins, without `MPP`.
    pub mstatus: u64,
    /// CSRs written before, in this order.
    pub csrs: Vec<(u16, u64)>,
    /// The registers `x0` to `x31`.
    pub x: [u64; 32],
    /// `f0` to `f31` and `fcsr`, if it has to do with them.
    pub f: Option<([u64; 32], u64)>,
    /// Doublewords in memory, each run with its address.
    pub memory: Vec<(u64, Vec<u64>)>,
    /// The virtual address of its code.
    pub entry: u64,
    /// The physical address of its code.
    pub code_at: u64,
    /// Its code.
    pub slots: Vec<Slot>,
    /// It ends after so many traps: up to 64.
    pub most_traps: u64,
    /// Bytes of the arena that are compared after.
    pub arena: u64,
    /// Whether translations are forgotten after each trap. See the deviation
    /// mprv-keeps-translations.
    pub fences: bool,
}

impl Case {
    /// An empty case of `generator`, in `mode`, without translation.
    pub fn new(generator: &str, mode: Mode) -> Case {
        Case {
            title: String::new(),
            generator: generator.to_owned(),
            mode,
            mstatus: 0,
            csrs: Vec::new(),
            x: [0; 32],
            f: None,
            memory: Vec::new(),
            entry: CODE,
            code_at: CODE,
            slots: Vec::new(),
            most_traps: 16,
            arena: PLAIN_ARENA,
            fences: false,
        }
    }

    /// Whether it locks an entry of PMP, which nothing undoes but a reset.
    pub fn locks_memory(&self) -> bool {
        const LOCKS: u64 = 0x8080_8080_8080_8080;
        let is_config = |csr: u16| (0x3a0..0x3b0).contains(&csr);
        let mut csrs = self.csrs.iter();
        csrs.any(|&(csr, value)| is_config(csr) && value & LOCKS != 0)
    }

    /// Its code as bytes.
    pub fn code(&self) -> Vec<u8> {
        self.slots.iter().flat_map(Slot::bytes).collect()
    }
}

/// The text of a stored case. [`parse`] reads it again.
impl Display for Case {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "title: {}", self.title)?;
        writeln!(to, "generator: {}", self.generator)?;
        writeln!(to, "mode: {:?}", self.mode)?;
        writeln!(to, "mstatus: {:#x}", self.mstatus)?;
        for &(csr, value) in &self.csrs {
            let name = machine::csr_name(csr).unwrap_or_default();
            writeln!(to, "csr: {csr:#05x} {value:#x} # {name}")?;
        }
        for (n, &value) in self.x.iter().enumerate().filter(|&(_, &value)| value != 0) {
            writeln!(to, "x: {n} {value:#x}")?;
        }
        if let Some((f, fcsr)) = &self.f {
            writeln!(to, "fcsr: {fcsr:#x}")?;
            for (n, &value) in f.iter().enumerate().filter(|&(_, &value)| value != 0) {
                writeln!(to, "f: {n} {value:#x}")?;
            }
        }
        for (at, values) in &self.memory {
            write!(to, "memory: {at:#x}")?;
            values
                .iter()
                .try_for_each(|value| write!(to, " {value:#x}"))?;
            writeln!(to)?;
        }
        writeln!(to, "traps: {}", self.most_traps)?;
        writeln!(to, "arena: {:#x}", self.arena)?;
        if self.fences {
            writeln!(to, "fences: 1")?;
        }
        writeln!(to, "code: {:#x} at {:#x}", self.entry, self.code_at)?;
        let mut pc = self.entry;
        for slot in &self.slots {
            writeln!(to, "slot:")?;
            let mut at = pc;
            for &word in &slot.0 {
                let insn = decode(word);
                let (digits, text) = (usize::from(insn.len) * 2, disassemble(&insn, at));
                writeln!(to, "  {word:0digits$x} # {text}")?;
                at = at.wrapping_add(u64::from(insn.len));
            }
            pc = pc.wrapping_add(slot.bytes().len() as u64);
        }
        Ok(())
    }
}

/// Reads the text of a case.
///
/// # Errors
/// Says which line is wrong.
pub fn parse(text: &str) -> Result<Case, String> {
    let mut case = Case::new("", Mode::Machine);
    for (n, line) in text.lines().enumerate() {
        let content = line.split(" # ").next().unwrap_or_default();
        let is_comment = line.starts_with('#') || content.trim().is_empty();
        if !is_comment {
            read_line(&mut case, content)
                .ok_or_else(|| format!("line {}: cannot read {line:?}", n + 1))?;
        }
    }
    Ok(case)
}

fn read_line(case: &mut Case, line: &str) -> Option<()> {
    if let Some(word) = line.strip_prefix("  ") {
        let word = u32::from_str_radix(word.trim(), 16).ok()?;
        case.slots.last_mut()?.0.push(word);
        return Some(());
    }
    let (key, value) = line.split_once(':')?;
    let value = value.trim();
    let mut numbers = value.split_whitespace().map(number);
    match key {
        "title" => value.clone_into(&mut case.title),
        "generator" => value.clone_into(&mut case.generator),
        "mode" => case.mode = mode(value)?,
        "mstatus" => case.mstatus = number(value)?,
        "csr" => case
            .csrs
            .push((numbers.next()??.try_into().ok()?, numbers.next()??)),
        "x" => {
            let (n, value) = (numbers.next()??, numbers.next()??);
            *case.x.get_mut(n as usize)? = value;
        }
        "fcsr" => case.f.get_or_insert(([0; 32], 0)).1 = number(value)?,
        "f" => {
            let (f, _) = case.f.get_or_insert(([0; 32], 0));
            let (n, value) = (numbers.next()??, numbers.next()??);
            *f.get_mut(n as usize)? = value;
        }
        "memory" => case
            .memory
            .push((numbers.next()??, numbers.collect::<Option<_>>()?)),
        "traps" => case.most_traps = number(value)?,
        "arena" => case.arena = number(value)?,
        "fences" => case.fences = number(value)? != 0,
        "code" => {
            let (entry, at) = value.split_once(" at ")?;
            (case.entry, case.code_at) = (number(entry)?, number(at)?);
        }
        "slot" => case.slots.push(Slot::default()),
        _ => return None,
    }
    Some(())
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn mode(text: &str) -> Option<Mode> {
    let modes = [Mode::User, Mode::Supervisor, Mode::Machine];
    modes.into_iter().find(|mode| {
        let mut name = String::new();
        write!(name, "{mode:?}").is_ok() && name == text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_the_same_case() {
        let mut case = Case::new("by hand", Mode::Supervisor);
        case.title = "everything at once".to_owned();
        case.csrs = vec![(0x302, 0xb3ff), (0x180, 0)];
        case.x[7] = !0;
        case.f = Some(([5; 32], 0xe0));
        case.memory = vec![(0x8080_2000, vec![1, 2, 3])];
        case.fences = true;
        case.slots = vec![Slot(vec![0x0050_0293, 0x4505]), Slot(vec![0x0000_0073])];
        assert_eq!(parse(&case.to_string()), Ok(case));
    }

    #[test]
    fn what_is_no_case_is_refused_by_its_line() {
        let error = parse("title: x\nmode: Hyper\n").unwrap_err();
        assert!(error.starts_with("line 2"), "{error}");
    }
}
