//! Machines in files: what a machine was built of, its input, and its state at one moment, or
//! at two: the beginning of a recording and its present.
//!
//! A file is a magic, the version of what follows, its length and its hash; then, deflated, a
//! head and for each moment the small state and the pages that differ from the moment before, at
//! first from zero. Every length is checked against the configuration before it is believed, and
//! a moment's state hash is compared at last: a file that is read is the machine that was saved.
//! The version changes whenever what is saved does.

use std::fmt;
use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_128;

use crate::devices::record;
use crate::disk::Disk;
use crate::input::Stamped;
use crate::memory::{PAGE, Page};
use crate::ram::{BASE, Ram};
use crate::snapshot::SmallState;
use crate::{Config, Machine, SetupError, StateHash};

const MAGIC: [u8; 8] = *b"\x93ORRERY\n";
const VERSION: u32 = 2;
/// Bytes before the deflated ones: magic, version, length, hash.
const PREFIX: usize = 8 + 4 + 8 + 16;
/// Most bytes of a head or a small state; the log of what was typed is most of it.
const MOST_RECORD: u64 = 256 << 20;
/// Ends a list of pages.
const NO_PAGE: u32 = u32::MAX;

/// Why a file cannot be read: each a sentence for the user.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadFile {
    /// No magic.
    #[error("it is not a snapshot of a machine")]
    Foreign,
    /// Another version.
    #[error(
        "it is a snapshot of version {found}, and this program reads version {VERSION}; save it anew with the same program that reads it"
    )]
    Version {
        /// The file's.
        found: u32,
    },
    /// Shorter than it says.
    #[error("it is cut short: {found} bytes of {wanted}")]
    Truncated {
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        wanted: u64,
    },
    /// Not what was written, or nothing that was.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// A machine that cannot be built.
    #[error("it holds a machine that cannot be: {0}")]
    Setup(#[from] SetupError),
}

impl From<io::Error> for BadFile {
    fn from(_: io::Error) -> BadFile {
        BadFile::Damaged("it does not inflate to what it should")
    }
}

/// What does not change from moment to moment.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    config: Config,
    rom: Vec<u8>,
    disk_bytes: u64,
    log: Vec<Stamped>,
    n_moments: u8,
}

/// A moment, but for the pages.
#[derive(Debug, Serialize, Deserialize)]
struct Moment {
    small: SmallState,
    /// Sectors of the disk that were written.
    written: Vec<u64>,
    /// How much of the log had entered.
    entered: u64,
    /// How much of the time was idle.
    skipped: u64,
    hash: u128,
}

/// What a file holds, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// What the machine was built of.
    pub config: Config,
    /// Bytes of its disk.
    pub disk_bytes: u64,
    /// Its time when it was saved.
    pub t: u64,
    /// Instructions it had retired.
    pub instret: u64,
    /// The state's hash.
    pub hash: StateHash,
    /// How often something was typed.
    pub n_inputs: usize,
    /// When the recording begins, if the file holds one.
    pub begins: Option<u64>,
}

impl Machine {
    /// The machine as a file, which [`Machine::from_bytes`] reads. Of its past it holds the
    /// input.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(self);
        writer.add(self, self.input_log().len(), 0);
        writer.finish()
    }

    /// The machine in `bytes`, which [`Machine::to_bytes`] wrote, or that of the present in a
    /// recording, which [`crate::History::to_bytes`] did.
    ///
    /// # Errors
    /// A [`BadFile`] if they are no such thing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Machine, BadFile> {
        let mut reader = Reader::new(bytes)?;
        let (mut machine, _, _) = reader.first()?;
        while reader.next(&mut machine)?.is_some() {}
        Ok(machine)
    }
}

impl FileInfo {
    /// What `bytes` hold; they are read to the end.
    ///
    /// # Errors
    /// A [`BadFile`] if they are no snapshot.
    pub fn of(bytes: &[u8]) -> Result<FileInfo, BadFile> {
        let mut reader = Reader::new(bytes)?;
        let (mut machine, _, _) = reader.first()?;
        let first = machine.t();
        let is_recording = reader.next(&mut machine)?.is_some();
        Ok(FileInfo {
            config: machine.config.clone(),
            disk_bytes: machine.disk().len() as u64,
            t: machine.t(),
            instret: machine.instret(),
            hash: machine.state_hash(),
            n_inputs: machine.input_log().len(),
            begins: is_recording.then_some(first),
        })
    }
}

/// Writes a file, moment by moment.
pub(crate) struct Writer {
    head: Head,
    moments: Vec<u8>,
    /// What the pages of RAM and disk were at the moment before.
    ram: Vec<Page>,
    disk: Vec<Page>,
}

impl Writer {
    /// For moments of `machine`, with its input log as it is now.
    pub fn new(machine: &Machine) -> Writer {
        let head = Head {
            config: machine.config.clone(),
            rom: machine.board.rom().to_vec(),
            disk_bytes: machine.disk().len() as u64,
            log: machine.input_log().to_vec(),
            n_moments: 0,
        };
        Writer {
            head,
            moments: Vec::new(),
            ram: Vec::new(),
            disk: Vec::new(),
        }
    }

    /// Adds what the machine is now, `entered` inputs having entered, and `skipped` of its time
    /// having been idle.
    pub fn add(&mut self, machine: &Machine, entered: usize, skipped: u64) {
        let moment = Moment {
            small: machine.small_state(),
            written: machine.board.disk.written_bits().to_vec(),
            entered: entered as u64,
            skipped,
            hash: machine.state_hash().0,
        };
        self.head.n_moments += 1;
        put_record(&mut self.moments, &record(&moment));
        put_pages(&mut self.moments, &mut self.ram, machine.board.ram.pages());
        put_pages(
            &mut self.moments,
            &mut self.disk,
            machine.board.disk.pages(),
        );
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        let mut plain = Vec::new();
        put_record(&mut plain, &record(&self.head));
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let deflated = encoder
            .write_all(&plain)
            .and_then(|()| encoder.write_all(&self.moments))
            .and_then(|()| encoder.finish())
            .expect("memory takes everything");
        let mut file = MAGIC.to_vec();
        file.extend(VERSION.to_le_bytes());
        file.extend((deflated.len() as u64).to_le_bytes());
        file.extend(xxh3_128(&deflated).to_le_bytes());
        file.extend(deflated);
        file
    }
}

fn put_record(out: &mut Vec<u8>, record: &[u8]) {
    out.extend((record.len() as u64).to_le_bytes());
    out.extend(record);
}

/// Writes the pages of `new` that differ from `old`, or, if that is empty, from zero, and makes
/// `old` the same.
fn put_pages(out: &mut Vec<u8>, old: &mut Vec<Page>, new: &[Page]) {
    old.resize(new.len(), [0; PAGE]);
    for (number, (old, new)) in (0u32..).zip(old.iter_mut().zip(new)) {
        if old != new {
            *old = *new;
            out.extend(number.to_le_bytes());
            out.extend(new);
        }
    }
    out.extend(NO_PAGE.to_le_bytes());
}

/// Reads a file, moment by moment.
pub(crate) struct Reader<'a> {
    head: Head,
    body: DeflateDecoder<&'a [u8]>,
    left: u8,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({} moments left)", self.left)
    }
}

impl<'a> Reader<'a> {
    /// For the moments in `file`.
    pub fn new(file: &'a [u8]) -> Result<Reader<'a>, BadFile> {
        let deflated = check(file)?;
        let mut body = DeflateDecoder::new(deflated);
        let head: Head = take_record(&mut body)?;
        head.config.check(head.disk_bytes)?;
        let in_order = |log: &[Stamped]| log.is_sorted_by_key(|stamped| stamped.t);
        if !(1..=2).contains(&head.n_moments) || !in_order(&head.log) {
            return Err(BadFile::Damaged("its head makes no sense"));
        }
        Ok(Reader {
            left: head.n_moments,
            head,
            body,
        })
    }

    /// The machine at the first moment, how much of the log had entered, and how much of its time
    /// was idle.
    pub fn first(&mut self) -> Result<(Machine, usize, u64), BadFile> {
        let ram = Ram::new(self.head.config.ram_bytes);
        let disk = Disk::from(vec![0; self.head.disk_bytes as usize]);
        let rom = std::mem::take(&mut self.head.rom);
        let mut machine = Machine::at_reset(&self.head.config, ram, disk, rom);
        machine.replace_input_log(std::mem::take(&mut self.head.log));
        let moment = self.next(&mut machine)?;
        let (entered, skipped) = moment.ok_or(BadFile::Damaged("it holds no moment"))?;
        Ok((machine, entered, skipped))
    }

    /// Makes `machine`, which is at the moment before, what it is at the next, if there is one.
    pub fn next(&mut self, machine: &mut Machine) -> Result<Option<(usize, u64)>, BadFile> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let before = machine.t();
        let moment: Moment = take_record(&mut self.body)?;
        let n_pages = machine.board.ram.pages().len();
        while let Some((number, page)) = take_page(&mut self.body, n_pages)? {
            let written = machine
                .board
                .ram
                .write(BASE + (number * PAGE) as u64, &page[..]);
            written.ok_or(BadFile::Damaged("a page is outside RAM"))?;
        }
        let disk = &mut machine.board.disk;
        let n_pages = disk.pages().len();
        while let Some((number, page)) = take_page(&mut self.body, n_pages)? {
            let at = number * PAGE;
            let len = PAGE.min(disk.bytes().len() - at);
            if !disk.write(at, &page[..len]) {
                return Err(BadFile::Damaged("a page is outside the disk"));
            }
        }
        let nonsense = BadFile::Damaged("its state makes no sense");
        disk.set_written(moment.written).ok_or(nonsense.clone())?;
        machine.load_small(&moment.small).ok_or(nonsense.clone())?;
        machine.refresh();
        if machine.state_hash() != StateHash(moment.hash) {
            return Err(BadFile::Damaged("its state is not the one that was saved"));
        }
        let entered = usize::try_from(moment.entered).unwrap_or(usize::MAX);
        let is_consistent = entered <= machine.input_log().len()
            && moment.skipped <= machine.t()
            && machine.instret() <= machine.t()
            && before <= machine.t();
        is_consistent
            .then_some(Some((entered, moment.skipped)))
            .ok_or(nonsense)
    }
}

/// The deflated part of `file`, whose outside is as it should be.
fn check(file: &[u8]) -> Result<&[u8], BadFile> {
    if !file.starts_with(&MAGIC) {
        return Err(BadFile::Foreign);
    }
    let truncated = |wanted: u64| BadFile::Truncated {
        found: file.len() as u64,
        wanted,
    };
    let (prefix, deflated) = file
        .split_at_checked(PREFIX)
        .ok_or(truncated(PREFIX as u64))?;
    let number = |at: usize, len: usize| {
        let mut bytes = [0; 16];
        bytes[..len].copy_from_slice(&prefix[at..at + len]);
        u128::from_le_bytes(bytes)
    };
    let found = number(8, 4) as u32;
    if found != VERSION {
        return Err(BadFile::Version { found });
    }
    let wanted = number(12, 8) as u64;
    if (deflated.len() as u64) < wanted {
        return Err(truncated(wanted.saturating_add(PREFIX as u64)));
    }
    if deflated.len() as u64 > wanted || xxh3_128(deflated) != number(20, 16) {
        return Err(BadFile::Damaged("its hash is not that of what it holds"));
    }
    Ok(deflated)
}

fn take_record<T: DeserializeOwned>(body: &mut impl Read) -> Result<T, BadFile> {
    let mut len = [0; 8];
    body.read_exact(&mut len)?;
    let len = u64::from_le_bytes(len);
    if len > MOST_RECORD {
        return Err(BadFile::Damaged("a part of it is too long"));
    }
    // No room is made before there is something to put into it.
    let mut bytes = Vec::new();
    body.take(len).read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map_err(|_| BadFile::Damaged("a part of it makes no sense"))
}

/// The next page of a memory of `n_pages`, and its number; none at the list's end.
fn take_page(body: &mut impl Read, n_pages: usize) -> Result<Option<(usize, Box<Page>)>, BadFile> {
    let mut number = [0; 4];
    body.read_exact(&mut number)?;
    let number = u32::from_le_bytes(number);
    if number == NO_PAGE {
        return Ok(None);
    }
    if number as usize >= n_pages {
        return Err(BadFile::Damaged("a page is outside its memory"));
    }
    let mut page = Box::new([0; PAGE]);
    body.read_exact(&mut page[..])?;
    Ok(Some((number as usize, page)))
}
