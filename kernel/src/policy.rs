//! Policies: both sides of an idea in one kernel, chosen at boot by the device tree's
//! `bootargs` (`qemu -append "sbrk=lazy"`).

/// What was chosen. Each field is a key of `bootargs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What `fork` does about the pages.
    pub fork: Fork,
    /// When `sbrk` gets its pages.
    pub sbrk: Sbrk,
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

impl Policy {
    /// xv6's choices.
    pub const DEFAULT: Policy = Policy {
        fork: Fork::Eager,
        sbrk: Sbrk::Eager,
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
                _ => unknown(word),
            }
        }
        policy
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Fork, Policy, Sbrk};
    use std::{string::String, vec::Vec};

    fn check(bootargs: &str, fork: Fork, sbrk: Sbrk, not_understood: &[&str]) {
        let mut words: Vec<String> = Vec::new();
        let policy = Policy::parse(bootargs, |word| words.push(word.into()));
        assert_eq!(policy, Policy { fork, sbrk });
        assert_eq!(words, not_understood);
    }

    #[test]
    fn words_are_understood_or_reported() {
        check("", Fork::Eager, Sbrk::Eager, &[]);
        check("  sbrk=lazy ", Fork::Eager, Sbrk::Lazy, &[]);
        check("fork=cow sbrk=lazy", Fork::Cow, Sbrk::Lazy, &[]);
        check("sbrk=lazy sbrk=eager", Fork::Eager, Sbrk::Eager, &[]);
        check("fork=cow fork=eager", Fork::Eager, Sbrk::Eager, &[]);
        let unknown = ["quiet", "sbrk=never", "fork"];
        check("quiet sbrk=never fork", Fork::Eager, Sbrk::Eager, &unknown);
    }
}
