//! Checks and tests as rows of a table: chosen, run one after another, summed up.

use crate::kit::Kit;
use crate::place::Place;
use crate::setup::{self, Purpose};
use crate::step::in_words;
use crate::{guest, web};
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// One check or test.
#[derive(Clone, Copy)]
pub struct Row {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What it finds out.
    pub about: &'static str,
    /// What must be there before.
    pub needs: Needs,
    /// Does it.
    pub run: fn(&Kit) -> Result<()>,
}

/// What a row needs of set-up and build. Each wants more installed than those before it, and the
/// page is made of all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// The toolchain alone.
    Toolchain,
    /// The wasm module and its bindings, from which the page has its types.
    Bindings,
    /// Everything tests need installed, and the guest built.
    Guest,
    /// The finished page.
    Page,
}

/// Which rows are wanted.
#[derive(clap::Args)]
pub struct Selection {
    /// Run only this one (may be given several times)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// List the names, and run nothing
    #[arg(long)]
    list: bool,
}

/// Runs the rows that are wanted, all of them even if one fails, and sums up.
///
/// # Errors
/// A name is unknown; set-up or build fails; or rows fail, which the error names.
pub fn run(rows: &[Row], selection: &Selection, place: Place) -> Result<()> {
    if selection.list {
        for row in rows {
            println!("{:<13} {}", row.name, row.about);
        }
        return Ok(());
    }
    let rows = chosen(rows, &selection.only)?;
    let _claim = place.claim()?;
    let mut done = Vec::new();
    let since = Instant::now();
    let kit = prepare(&rows, place)?;
    done.push(("set-up, build", since.elapsed(), Ok(())));
    for row in rows {
        eprintln!("{}", row.name);
        let since = Instant::now();
        let result = (row.run)(&kit);
        if let Err(error) = &result {
            eprintln!("  ✗ {error:#}");
        }
        done.push((row.name, since.elapsed(), result));
    }
    sum_up(&done)
}

/// The rows named in `only`, in the table's order; all, if it names none.
fn chosen(rows: &[Row], only: &[String]) -> Result<Vec<Row>> {
    if let Some(unknown) = only
        .iter()
        .find(|name| rows.iter().all(|row| row.name != **name))
    {
        let names: Vec<_> = rows.iter().map(|row| row.name).collect();
        bail!("there is no `{unknown}`; there are {}", names.join(", "));
    }
    let is_chosen = |row: &&Row| only.is_empty() || only.iter().any(|name| name == row.name);
    Ok(rows.iter().filter(is_chosen).copied().collect())
}

/// Installs and builds what `rows` need.
fn prepare(rows: &[Row], place: Place) -> Result<Kit> {
    let any = |needs| rows.iter().any(|row| row.needs == needs);
    let kit = match rows.iter().map(|row| row.needs).max() {
        None | Some(Needs::Toolchain) => setup::with_toolchain(place),
        Some(Needs::Bindings) => setup::ready_for(Purpose::Play, place),
        Some(Needs::Guest | Needs::Page) => setup::ready_for(Purpose::Test, place),
    }?;
    if any(Needs::Page) {
        web::build(&kit)?;
        return Ok(kit);
    }
    if any(Needs::Bindings) {
        web::bindings(&kit)?;
    }
    if any(Needs::Guest) {
        guest::build(&kit)?;
    }
    Ok(kit)
}

fn sum_up(done: &[(&str, Duration, Result<()>)]) -> Result<()> {
    println!();
    for (name, time, result) in done {
        let mark = if result.is_ok() { "ok" } else { "FAILED" };
        println!("{name:<13} {:>12}  {mark}", in_words(*time));
    }
    let total = done.iter().map(|(_, time, _)| *time).sum();
    println!("{:<13} {:>12}", "together", in_words(total));
    let failed: Vec<_> = done
        .iter()
        .filter(|(.., result)| result.is_err())
        .map(|(name, ..)| *name)
        .collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn row(name: &'static str) -> Row {
        Row {
            name,
            about: "",
            needs: Needs::Toolchain,
            run: |_| Ok(()),
        }
    }

    #[test]
    fn rows_are_chosen_by_name_in_the_order_of_the_table() {
        let rows = [row("one"), row("two"), row("three")];
        let names = |only: &[&str]| -> Result<Vec<&str>> {
            let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
            Ok(chosen(&rows, &only)?.iter().map(|row| row.name).collect())
        };
        assert_eq!(names(&[]).unwrap(), ["one", "two", "three"]);
        assert_eq!(names(&["three", "one"]).unwrap(), ["one", "three"]);
        assert_eq!(
            names(&["four"]).unwrap_err().to_string(),
            "there is no `four`; there are one, two, three"
        );
    }

    #[test]
    fn a_failure_is_named() {
        let ok = ("one", Duration::ZERO, Ok(()));
        let bad = ("two", Duration::ZERO, Err(anyhow::anyhow!("no")));
        assert_eq!(sum_up(&[ok, bad]).unwrap_err().to_string(), "failed: two");
    }
}
