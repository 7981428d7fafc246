//! What several programs are told in front of their files.

use core::ffi::CStr;

/// How many lines are asked for, if `arg` does that: as `-N`, or `-n` with the argument that
/// follows.
pub fn n_lines<'a>(arg: &CStr, mut rest: impl Iterator<Item = &'a CStr>) -> Option<usize> {
    let digits = match arg.to_bytes() {
        b"-n" => rest.next()?.to_bytes(),
        other => other.strip_prefix(b"-")?,
    };
    ulib::number(digits).map(|n| n as usize)
}

#[cfg(test)]
mod tests {
    use super::n_lines;

    #[test]
    fn both_ways_are_understood() {
        let mut rest = [c"3", c"file"].into_iter();
        assert_eq!(n_lines(c"-12", &mut rest), Some(12));
        assert_eq!(n_lines(c"file", &mut rest), None);
        assert_eq!(n_lines(c"-n", &mut rest), Some(3));
        assert_eq!(rest.next(), Some(c"file"));
        assert_eq!(n_lines(c"-n", &mut rest), None);
    }
}
