//! Holds a disk after a cut against what was done: it must be sound, and hold what was there
//! after some system call that had begun, and not before one that had returned.

use fsimg::{Image, check};

use super::oracle::{Course, Courses, Tree, tree};

/// What is known of every cut of a recording.
pub(crate) struct Judge {
    courses: Courses,
    /// As in [`super::Recording`].
    ends: Vec<usize>,
}

/// The states, by their numbers, that each course may be in; the typed lines' first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bounds(Vec<(usize, usize)>);

impl Judge {
    pub fn new(courses: Courses, ends: Vec<usize>) -> Judge {
        assert_eq!(courses.typed.ends.len(), ends.len(), "a step has an end");
        Judge { courses, ends }
    }

    /// What may be there if the power fails after `n_deeds`.
    pub fn bounds(&self, n_deeds: usize) -> Bounds {
        let typed = &self.courses.typed;
        let n_ended = self.ends.iter().filter(|&&end| end <= n_deeds).count();
        let end = |n: usize| typed.ends[n.min(typed.ends.len() - 1)];
        let from = n_ended.checked_sub(1).map_or(0, end);
        let of_writers = self.courses.writers.iter().map(|course| {
            let last = course.states.len() - 1;
            match n_ended.cmp(&self.courses.writers_step) {
                std::cmp::Ordering::Less => (0, 0),
                std::cmp::Ordering::Equal => (0, last),
                std::cmp::Ordering::Greater => (last, last),
            }
        });
        Bounds(
            [(from, end(n_ended))]
                .into_iter()
                .chain(of_writers)
                .collect(),
        )
    }

    /// Mounts `image` and looks at it. The earliest states it may be in, and the disk as it
    /// is after the mount; or what is wrong.
    pub fn examine(&self, image: Vec<u8>, bounds: &Bounds) -> Result<(Bounds, Vec<u8>), String> {
        let before = check(&image);
        if let Some(finding) = before.findings.first() {
            return Err(format!("before recovery: {finding}"));
        }
        let image = Image::open(image).map_err(|error| error.to_string())?;
        let tree = tree(&image).map_err(|error| error.to_string())?;
        let found = self.find(&tree, bounds)?;
        let image = image.into_bytes();
        let report = check(&image);
        if let Some(finding) = report.findings.first() {
            return Err(format!("after recovery: {finding}"));
        }
        match report.notes.first() {
            Some(note) => Err(format!("after recovery: {note}")),
            None => Ok((found, image)),
        }
    }

    /// The earliest states within `bounds` that make up `tree`, as new lower bounds.
    fn find(&self, tree: &Tree, bounds: &Bounds) -> Result<Bounds, String> {
        let courses = [&self.courses.typed]
            .into_iter()
            .chain(&self.courses.writers);
        let each = courses.zip(&bounds.0).map(|(course, &(from, to))| {
            let part = course.part_of(tree);
            let is_it = |n: &usize| course.states[*n] == part;
            let found = (from..=to).find(is_it);
            let found = found.ok_or_else(|| difference(course, from, to, &part))?;
            Ok((found, to))
        });
        each.collect::<Result<_, String>>().map(Bounds)
    }
}

impl Bounds {
    /// These, but in no state before those of `earlier`.
    pub fn not_before(mut self, earlier: &Bounds) -> Bounds {
        for (bound, before) in self.0.iter_mut().zip(&earlier.0) {
            bound.0 = bound.0.max(before.0);
        }
        self
    }
}

/// Says how `part` differs from the states that it may be in.
fn difference(course: &Course, from: usize, to: usize, part: &Tree) -> String {
    let elsewhere = course.states.iter().position(|state| state == part);
    if let Some(n) = elsewhere {
        return format!("holds state {n}, which is not among {from} to {to}");
    }
    let nearest = &course.states[from];
    let paths = part.keys().chain(nearest.keys());
    let differ: Vec<_> = paths
        .filter(|path| part.get(*path) != nearest.get(*path))
        .map(String::as_str)
        .collect();
    format!(
        "holds no state from {from} to {to}; from the first of these differ {}",
        differ.join(", ")
    )
}
