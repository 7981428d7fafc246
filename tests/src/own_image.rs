//! The guest with an image made for a test.

use std::path::Path;

use fsimg::{Image, Layout, Source, build};

use crate::guest::{Artefacts, Trouble};

/// A guest whose image lies in a file that goes when this does.
pub struct OwnImage {
    /// The built kernel, and the image.
    pub guest: Artefacts,
}

impl OwnImage {
    /// The guest with an image of these bytes, in a file called by `name`.
    ///
    /// # Errors
    /// The guest was not built, or there is no room for the file.
    pub fn new(name: &str, bytes: &[u8]) -> Result<OwnImage, Trouble> {
        let mut guest = Artefacts::find()?;
        let file = format!("orrery-{name}-{}.img", std::process::id());
        guest.image = std::env::temp_dir().join(file);
        match std::fs::write(&guest.image, bytes) {
            Ok(()) => Ok(OwnImage { guest }),
            Err(error) => Err(Trouble::NotBuilt {
                path: guest.image,
                error,
            }),
        }
    }

    /// The bytes of an image of `layout`, with these of the built programs, those that test the
    /// kernel among them, and with `files`.
    ///
    /// # Errors
    /// The guest was not built.
    ///
    /// # Panics
    /// If there is no such program, or all that does not fit.
    pub fn bytes(
        layout: Layout,
        programs: &[&str],
        files: Vec<Source>,
    ) -> Result<Vec<u8>, Trouble> {
        let mut sources = Vec::new();
        for &name in programs {
            sources.push(Source {
                name: name.into(),
                bytes: OwnImage::program(name)?,
            });
        }
        sources.extend(files);
        Ok(build(layout, &sources).expect("the files fit"))
    }

    /// A built program, of those that test the kernel or the others.
    ///
    /// # Errors
    /// The guest was not built.
    ///
    /// # Panics
    /// If there is no such program.
    pub fn program(name: &str) -> Result<Vec<u8>, Trouble> {
        let guest = Artefacts::with_tests()?;
        let built = Image::open(guest.read(&guest.image)?).expect("the built image is sound");
        Ok(built.read(name).expect("the built image has it"))
    }

    /// Where the image lies.
    pub fn path(&self) -> &Path {
        &self.guest.image
    }
}

impl Drop for OwnImage {
    fn drop(&mut self) {
        // If it has gone already, that is as well.
        let _ = std::fs::remove_file(&self.guest.image);
    }
}
