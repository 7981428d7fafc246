//! Text in a fixed place, for what is said in more than one piece.

use core::fmt;

/// Up to `N` bytes of text.
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// No text.
    pub const fn new() -> Text<N> {
        Text {
            bytes: [0; N],
            len: 0,
        }
    }

    /// What has been written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Forgets it.
    pub fn clear(&mut self) {
        self.len = 0;
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Text::new()
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    /// Takes all of `text` or nothing.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let place = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;
    use core::fmt::Write;

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut text = Text::<8>::new();
        assert!(write!(text, "{}-{}", 12, 345).is_ok());
        assert!(text.write_str("678").is_err());
        assert_eq!(text.as_bytes(), b"12-345");
        text.clear();
        assert_eq!(text.as_bytes(), b"");
    }
}
