//! Addresses and other 64-bit patterns.

use serde::{Deserialize, Serialize};

/// An address, or a register's value: crosses as text, `0x` and hexadecimal digits, since
/// JavaScript's numbers are exact to 53 bits only.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "String")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(type = "string"))]
pub struct Addr(pub u64);

impl From<Addr> for String {
    fn from(addr: Addr) -> String {
        format!("{:#x}", addr.0)
    }
}

impl TryFrom<String> for Addr {
    type Error = String;

    fn try_from(text: String) -> Result<Addr, String> {
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        let value = u64::from_str_radix(digits, 16);
        value
            .map(Addr)
            .map_err(|_| format!("{text:?} is not a hexadecimal address"))
    }
}
