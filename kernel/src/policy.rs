//! Policies: both sides of an idea in one kernel, chosen at boot by the device tree's
//! `bootargs` (`qemu -append "sbrk=lazy"`).

use core::fmt;

/// What was chosen. Each field is a key of `bootargs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What `fork` does about the pages.
    pub fork: Fork,
    /// When `sbrk` gets its pages.
    pub sbrk: Sbrk,
    /// Where free pages are kept.
    pub kalloc: Kalloc,
    /// How many locks the buffer cache has.
    pub bcache: Bcache,
    /// Milliseconds for which a process runs before another has its turn, 1 to 100.
    pub quantum: usize,
    /// A mistake made on purpose.
    pub bug: Option<Bug>,
}

/// What `fork` does about the pages of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// `eager`: copies each at the call.
    Eager,
    /// `cow`: parent and child share each until one of them writes to it.
    Cow,
}

/// When `sbrk` gets its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sbrk {
    /// `eager`: at the call, unless the program itself asks for `SBRK_LAZY`.
    Eager,
    /// `lazy`: each when it is first touched.
    Lazy,
}

/// Where free pages are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kalloc {
    /// `global`: in one list, under one lock.
    Global,
    /// `percpu`: in a list for each hart; who finds its own empty takes from the others.
    Percpu,
}

/// How many locks the buffer cache has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bcache {
    /// `global`: one.
    Global,
    /// `hashed`: one for each of several buckets, among which the blocks are spread.
    Hashed,
}

/// A mistake that is made on purpose, for people to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// `lostwakeup`: who waits at a pipe lets go of its lock before saying so.
    Lostwakeup,
    /// `nolog`: changed blocks are written to where they belong, without a log.
    Nolog,
    /// `badlockorder`: `procs` takes a process's lock first and `wait_lock` after it.
    Badlockorder,
}

impl Policy {
    /// xv6's choices.
    pub const DEFAULT: Policy = Policy {
        fork: Fork::Eager,
        sbrk: Sbrk::Eager,
        kalloc: Kalloc::Global,
        bcache: Bcache::Global,
        quantum: QUANTUM_MAX,
        bug: None,
    };

    /// Reads `bootargs`: words `key=value` between spaces. What is not understood is
    /// handed to `unknown` and changes nothing.
    pub fn parse(bootargs: &str, mut unknown: impl FnMut(&str)) -> Policy {
        let mut policy = Policy::DEFAULT;
        for word in bootargs.split_ascii_whitespace() {
            match word {
                "fork=eager" => policy.fork = Fork::Eager,
                "fork=cow" => policy.fork = Fork::Cow,
                "sbrk=eager" => policy.sbrk = Sbrk::Eager,
                "sbrk=lazy" => policy.sbrk = Sbrk::Lazy,
                "kalloc=global" => policy.kalloc = Kalloc::Global,
                "kalloc=percpu" => policy.kalloc = Kalloc::Percpu,
                "bcache=global" => policy.bcache = Bcache::Global,
                "bcache=hashed" => policy.bcache = Bcache::Hashed,
                "bug=lostwakeup" => policy.bug = Some(Bug::Lostwakeup),
                "bug=nolog" => policy.bug = Some(Bug::Nolog),
                "bug=badlockorder" => policy.bug = Some(Bug::Badlockorder),
                _ => match quantum(word) {
                    Some(quantum) => policy.quantum = quantum,
                    None => unknown(word),
                },
            }
        }
        policy
    }
}

/// Milliseconds of a tick, the longest time that a process runs at once.
pub const QUANTUM_MAX: usize = 100;

/// The number in `quantum=N`, if that is what `word` is.
fn quantum(word: &str) -> Option<usize> {
    let quantum = word.strip_prefix("quantum=")?.parse().ok()?;
    (1..=QUANTUM_MAX).contains(&quantum).then_some(quantum)
}

/// The words that would choose the same.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fork = match self.fork {
            Fork::Eager => "eager",
            Fork::Cow => "cow",
        };
        let sbrk = match self.sbrk {
            Sbrk::Eager => "eager",
            Sbrk::Lazy => "lazy",
        };
        let kalloc = match self.kalloc {
            Kalloc::Global => "global",
            Kalloc::Percpu => "percpu",
        };
        let bcache = match self.bcache {
            Bcache::Global => "global",
            Bcache::Hashed => "hashed",
        };
        let quantum = self.quantum;
        write!(
            f,
            "fork={fork} sbrk={sbrk} kalloc={kalloc} bcache={bcache} quantum={quantum}"
        )?;
        match self.bug {
            None => Ok(()),
            Some(bug) => write!(f, " bug={bug}"),
        }
    }
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bug::Lostwakeup => "lostwakeup",
            Bug::Nolog => "nolog",
            Bug::Badlockorder => "badlockorder",
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Policy;
    use std::{
        string::{String, ToString},
        vec::Vec,
    };

    /// `bootargs` chooses what `expected` says, and `not_understood` are the words left.
    fn check(bootargs: &str, expected: &str, not_understood: &[&str]) {
        let mut words: Vec<String> = Vec::new();
        let policy = Policy::parse(bootargs, |word| words.push(word.into()));
        assert_eq!(policy.to_string(), expected);
        assert_eq!(words, not_understood);
        assert_eq!(Policy::parse(expected, |word| panic!("{word}")), policy);
    }

    #[test]
    fn words_are_understood_or_reported() {
        let default = "fork=eager sbrk=eager kalloc=global bcache=global quantum=100";
        check("", default, &[]);
        check("sbrk=lazy sbrk=eager fork=cow fork=eager", default, &[]);
        let unknown = "quiet sbrk=never fork quantum=0 quantum=101 bug=";
        let words: Vec<&str> = unknown.split(' ').collect();
        check(unknown, default, &words);
        check(
            " fork=cow  sbrk=lazy bcache=hashed kalloc=percpu quantum=7 bug=nolog",
            "fork=cow sbrk=lazy kalloc=percpu bcache=hashed quantum=7 bug=nolog",
            &[],
        );
        for bug in ["bug=lostwakeup", "bug=badlockorder"] {
            check(bug, &[default, bug].join(" "), &[]);
        }
    }
}
