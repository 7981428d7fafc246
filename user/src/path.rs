//! Paths as text.

use alloc::ffi::CString;
use core::ffi::CStr;

/// What follows the last `/`.
pub fn last_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// The path of what is called `name` in `directory`.
pub fn join(directory: &CStr, name: &[u8]) -> CString {
    let path = [directory.to_bytes(), b"/", name].concat();
    // Neither part holds a NUL.
    CString::new(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{join, last_name};

    #[test]
    fn paths_come_apart_and_together() {
        assert_eq!(last_name(b"a/b/c"), b"c");
        assert_eq!(last_name(b"c"), b"c");
        assert_eq!(last_name(b"a/"), b"");
        assert_eq!(join(c"a/b", b"c").as_c_str(), c"a/b/c");
    }
}
