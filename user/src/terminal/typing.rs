//! Lines from the console, typed with editing, history and completion.

use crate::terminal::complete::{Names, last_word};
use crate::terminal::key::Decoder;
use crate::terminal::line::{Line, Step};
use abi::file::{KEYS, T_DIR};
use alloc::ffi::CString;
use alloc::vec::Vec;
use ulib::{Failed, File, STDERR, STDIN, sys};

/// How long a terminal may take to answer, in ticks.
const PATIENCE: i32 = 5;

/// Who types.
#[derive(Debug, Default)]
pub struct Typist {
    line: Line,
    decoder: Decoder,
    /// What the shell does itself, for completion.
    builtins: &'static [&'static str],
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A line, without its end.
    Line(Vec<u8>),
    /// ^C.
    Dropped,
    /// ^D.
    End,
}

impl Typist {
    /// Somebody new, who can complete to the names in `builtins` too.
    pub fn new(builtins: &'static [&'static str]) -> Typist {
        Typist {
            builtins,
            ..Typist::default()
        }
    }

    /// Lets the next line be typed.
    ///
    /// # Errors
    /// Descriptor 0 is not the console.
    pub fn read_line(&mut self) -> Result<Typed, Failed> {
        let mut out = Vec::new();
        self.line.begin(&mut out);
        loop {
            let step = self.line.go_on(&mut out);
            if step == Step::Complete {
                self.complete(&mut out);
                continue;
            }
            let _ = STDERR.write_all(&out);
            out.clear();
            match step {
                Step::Done => return Ok(Typed::Line(self.line.text())),
                Step::Dropped => return Ok(Typed::Dropped),
                Step::End => return Ok(Typed::End),
                Step::More | Step::Complete => self.read_keys()?,
            }
        }
    }

    /// The lines that were typed before, the oldest first.
    pub fn history(&self) -> impl Iterator<Item = Vec<u8>> {
        self.line.history()
    }

    fn read_keys(&mut self) -> Result<(), Failed> {
        let mut bytes = [0; KEYS];
        let patience = if self.line.is_asking() { PATIENCE } else { 0 };
        match sys::readkeys(STDIN, &mut bytes, patience)? {
            0 => self.line.give_up_asking(),
            len => {
                let keys = bytes[..len].iter().filter_map(|&b| self.decoder.byte(b));
                keys.for_each(|key| self.line.push(key));
            }
        }
        Ok(())
    }

    /// Adds to the word before the cursor what all names have that it could become. If that is
    /// nothing, shows them.
    fn complete(&mut self, out: &mut Vec<u8>) {
        let line = self.line.before_cursor();
        let word = last_word(&line);
        let mut names = Names::default();
        let mut look_in = |folder: &[u8]| {
            let folder = CString::new(folder).unwrap_or_default();
            if let Ok(folder) = File::open(&folder) {
                ulib::entries(&folder).for_each(|entry| names.add(word.stem, entry.name()));
            }
        };
        match word.folder {
            [] => look_in(b"."),
            folder => look_in(folder),
        }
        if word.is_program && word.folder.is_empty() {
            look_in(b"/bin");
            look_in(b"/");
            let builtins = self.builtins.iter();
            builtins.for_each(|name| names.add(word.stem, name.as_bytes()));
        }
        let more = &names.common().get(word.stem.len()..).unwrap_or(&[]);
        if let Some(name) = names.only() {
            let path = CString::new([word.folder, name].concat()).unwrap_or_default();
            let is_folder = ulib::stat(&path).is_ok_and(|stat| stat.kind == T_DIR);
            let end: &[u8] = if is_folder { b"/" } else { b" " };
            self.line.insert_bytes(&[more, end].concat(), out);
        } else if !more.is_empty() {
            self.line.insert_bytes(more, out);
        } else if names != Names::default() {
            self.line.leave(out);
            names.show(self.line.columns(), out);
            self.line.show_again(out);
        }
    }
}
