//! What makes cases. To add a kind of case, add a file here and a row to [`GENERATORS`].

mod csrs;
mod dice;
mod encodings;
mod extension;
mod floats;
mod interrupts;
mod misalignment;
mod modifying;
mod paging;
mod protection;
mod remapping;
mod reservations;
mod returns;
mod stream;
mod tables;

pub use dice::Dice;
pub use extension::{LACKED, extension, facets};

use super::case::Case;

/// Makes cases of one kind at random.
#[derive(Clone, Copy)]
pub struct Generator {
    /// What it is called; the cases it makes say so.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Of a hundred cases, how many are of this kind.
    pub share: usize,
    /// Makes one.
    pub make: fn(&mut Dice) -> Case,
}

/// Every generator.
pub const GENERATORS: &[Generator] = &[
    stream::GENERATOR,
    floats::GENERATOR,
    paging::GENERATOR,
    remapping::GENERATOR,
    csrs::GENERATOR,
    encodings::GENERATOR,
    interrupts::GENERATOR,
    returns::GENERATOR,
    protection::GENERATOR,
    protection::LOCKED,
    reservations::GENERATOR,
    modifying::GENERATOR,
];

/// All cases of a kind, once.
#[derive(Clone, Copy)]
pub struct Sweep {
    /// What it is called.
    pub name: &'static str,
    /// Makes them.
    pub cases: fn() -> Vec<Case>,
}

/// Every sweep.
pub const SWEEPS: &[Sweep] = &[
    Sweep {
        name: "every half-word",
        cases: encodings::halfwords,
    },
    Sweep {
        name: "every half-word of floats, off",
        cases: encodings::halfwords_off,
    },
    Sweep {
        name: "every misalignment",
        cases: misalignment::sweep,
    },
    Sweep {
        name: "every CSR",
        cases: csrs::sweep,
    },
];
