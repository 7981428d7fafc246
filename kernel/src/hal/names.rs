//! The names of the kernel's functions, which the build lays into the kernel (xtask/src/names.rs):
//! for each, by address, the lower 32 bits of where it starts, 16 of its size in bytes, 8 of its
//! name's, and the name. The last is followed by zeros.

unsafe extern "C" {
    static _names: u8;
    static _enames: u8;
}

/// The function at `address`, and how far in that is; nothing if there is none, or its
/// name is not known.
pub fn function_at(address: usize) -> Option<(&'static str, usize)> {
    let mut rest = table();
    loop {
        let (head, names) = rest.split_at_checked(7)?;
        let start = u32::from_le_bytes(head[..4].try_into().ok()?) as usize;
        let size = u16::from_le_bytes(head[4..6].try_into().ok()?) as usize;
        let (name, others) = names.split_at_checked(head[6].into())?;
        if size == 0 {
            return None;
        }
        if (start..start + size).contains(&address) {
            return Some((str::from_utf8(name).ok()?, address - start));
        }
        rest = others;
    }
}

fn table() -> &'static [u8] {
    let [start, end] = [&raw const _names, &raw const _enames];
    // SAFETY: kernel.ld reserves the bytes between the two for this; nobody writes there.
    unsafe { core::slice::from_raw_parts(start, end.addr() - start.addr()) }
}
