//! The guest's memory by name: a machine seen through the symbols of the kernel it runs.
//!
//! ```text
//! memory.rs   bytes at an address, physical or through a page table; pte.rs: its entries
//! value.rs    a variable, a field, an element, what a pointer leads to
//! code.rs     instructions, and what they say about a function's frame
//! unwind.rs   from a function to its caller
//! ```
//!
//! The memory is the guest's, and the guest may be wrong or lie: every read can fail, and
//! none trusts a length or a pointer.

pub(crate) mod code;
mod memory;
pub(crate) mod pte;
#[cfg(test)]
mod tests;
pub(crate) mod unwind;
mod value;

pub use memory::{Memory, PAGE};
pub use value::Value;

use crate::symbols::{MissingSymbol, Symbols};
use crate::view::View;
use machine::Machine;

/// A machine that stands still, and the symbols of its kernel.
#[derive(Clone, Copy)]
pub struct Guest<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// The symbols.
    pub symbols: &'a Symbols,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The symbols lack a name.
    #[error(transparent)]
    Missing(#[from] MissingSymbol),
    /// There is no memory there.
    #[error("there is no memory at {address:#x}, where `{what}` should be")]
    Wild {
        /// The address.
        address: u64,
        /// What was looked for.
        what: String,
    },
    /// It is something else.
    #[error("`{what}` is not {wanted}")]
    Unlike {
        /// What was read.
        what: String,
        /// What it should have been.
        wanted: &'static str,
    },
}

impl From<MissingSymbol> for View {
    fn from(missing: MissingSymbol) -> View {
        View::Missing {
            why: missing.to_string(),
        }
    }
}

impl From<Unreadable> for View {
    fn from(why: Unreadable) -> View {
        View::Missing {
            why: why.to_string(),
        }
    }
}

impl<'a> Guest<'a> {
    /// The kernel's variable called `name`: in full, or the end of its path if only one
    /// ends so.
    ///
    /// # Errors
    /// [`MissingSymbol`].
    pub fn var(&self, name: &str) -> Result<Value<'a>, MissingSymbol> {
        let variable = self.symbols.variable(name)?;
        Ok(Value::at(*self, variable.ty, variable.address))
    }

    /// The machine's memory.
    pub fn memory(&self) -> Memory<'a> {
        Memory::of(self.machine)
    }
}
