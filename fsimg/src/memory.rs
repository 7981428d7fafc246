//! A disk in memory, and locks of the standard library: what carries a file system on a
//! host. The page uses it too; with one thread no lock is ever waited for.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use abi::Error;
use abi::disk::{BSIZE, Block};
use fs::{Guarded, Host, Lock, Message, Monitor};

/// A mutex and the condition variable that belongs to it.
pub struct StdLock<T> {
    mutex: Mutex<T>,
    changed: Condvar,
}

/// Holds a [`StdLock`].
pub struct StdGuard<'a, T>(MutexGuard<'a, T>);

impl<T: Guarded> Lock<T> for StdLock<T> {
    const NEW: Self = StdLock {
        mutex: Mutex::new(T::INIT),
        changed: Condvar::new(),
    };
    type Guard<'a> = StdGuard<'a, T>;

    fn lock(&self) -> StdGuard<'_, T> {
        StdGuard(held(&self.mutex))
    }
}

impl<T: Guarded> Monitor<T> for StdLock<T> {
    fn wait<'a>(&'a self, guard: StdGuard<'a, T>) -> StdGuard<'a, T> {
        StdGuard(
            self.changed
                .wait(guard.0)
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn notify_all(&self) {
        self.changed.notify_all();
    }
}

impl<T> Deref for StdGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for StdGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Locks; a thread that panicked before has not left the bytes of a disk half-way.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A disk in memory. It keeps what the file system has to say.
#[derive(Default)]
pub struct MemDisk {
    bytes: Mutex<Vec<u8>>,
    messages: Mutex<Vec<Message>>,
}

impl MemDisk {
    /// A disk of these bytes. Those after the last whole block cannot be reached.
    pub fn new(bytes: Vec<u8>) -> MemDisk {
        MemDisk {
            bytes: Mutex::new(bytes),
            messages: Mutex::default(),
        }
    }

    /// A copy of the bytes as they are.
    pub fn bytes(&self) -> Vec<u8> {
        held(&self.bytes).clone()
    }

    /// The bytes, given back.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What the file system has said since the last call.
    pub fn take_messages(&self) -> Vec<Message> {
        std::mem::take(&mut held(&self.messages))
    }
}

impl Host for MemDisk {
    type Lock<T: Guarded> = StdLock<T>;
    type SleepLock<T: Guarded> = StdLock<T>;

    fn read(&self, block: u32, into: &mut Block) -> Result<(), Error> {
        let start = block as usize * BSIZE;
        let bytes = held(&self.bytes);
        into.copy_from_slice(bytes.get(start..start + BSIZE).ok_or(Error::Io)?);
        Ok(())
    }

    fn write(&self, block: u32, from: &Block) -> Result<(), Error> {
        let start = block as usize * BSIZE;
        let mut bytes = held(&self.bytes);
        bytes
            .get_mut(start..start + BSIZE)
            .ok_or(Error::Io)?
            .copy_from_slice(from);
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }

    fn report(&self, message: Message) {
        held(&self.messages).push(message);
    }
}
