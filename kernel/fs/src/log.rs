//! Transactions.

use abi::Error;

use crate::{FileSystem, Host};

/// A transaction under way: proof, for all that writes, that there is one.
///
/// Dropping it ends it; the last one out commits. Hold no inode lock then.
pub struct Op<'fs, H: Host> {
    fs: &'fs FileSystem<H>,
}

impl<H: Host> FileSystem<H> {
    /// Starts an operation that writes; waits while the log is full or being committed.
    /// An operation logs at most `MAXOPBLOCKS` blocks. Hold no inode lock when calling.
    pub fn begin(&self) -> Op<'_, H> {
        Op { fs: self }
    }

    /// Waits until everything that ended before the call is on the disk.
    ///
    /// # Errors
    /// [`Error::Io`] if a commit has failed.
    pub fn sync(&self) -> Result<(), Error> {
        Err(Error::Io)
    }
}

impl<H: Host> Op<'_, H> {
    /// Ends the operation as dropping it does, and says whether the disk still takes
    /// commits.
    ///
    /// # Errors
    /// [`Error::Io`] if a commit has failed.
    pub fn end(self) -> Result<(), Error> {
        let _ = self.fs;
        Err(Error::Io)
    }
}

impl<H: Host> Drop for Op<'_, H> {
    fn drop(&mut self) {}
}
