//! How the programs went: a line each, their sum, and JUnit's XML.

use std::fmt::{self, Display, Formatter, Write};

use super::program::End;
use crate::xml::escaped;

/// How one program went.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    pub end: End,
    pub instructions: u64,
}

impl Display for End {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            End::Passed => f.write_str("passed"),
            End::Failed(test) => write!(f, "test {test} failed"),
            End::Broken(why) => f.write_str(why),
            End::TimeUp(limit) => {
                write!(f, "it has not ended after {limit} instructions (--limit)")
            }
        }
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Row {
            name,
            end,
            instructions,
        } = self;
        match end {
            End::Passed => write!(f, "pass  {name}  {instructions} instructions"),
            End::Failed(_) | End::Broken(_) => write!(f, "FAIL  {name}  {end}"),
            End::TimeUp(_) => write!(f, "TIME  {name}  {end}"),
        }
    }
}

/// How many passed, in a sentence.
pub fn sum(rows: &[Row]) -> String {
    let passed = rows.iter().filter(|row| row.end == End::Passed).count();
    match rows.len() - passed {
        0 => format!("all {passed} programs passed"),
        failed => format!(
            "{passed} of {} programs passed, {failed} did not",
            rows.len()
        ),
    }
}

/// The report as JUnit's XML.
pub fn junit(rows: &[Row]) -> String {
    let mut xml = String::new();
    write_junit(&mut xml, rows).expect("strings take everything");
    xml
}

fn write_junit(xml: &mut String, rows: &[Row]) -> fmt::Result {
    let count = |is_it: fn(&End) -> bool| rows.iter().filter(|row| is_it(&row.end)).count();
    let failures = count(|end| matches!(end, End::Failed(_)));
    let errors = count(|end| matches!(end, End::Broken(_) | End::TimeUp(_)));
    writeln!(xml, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        xml,
        r#"<testsuite name="orrery test" tests="{}" failures="{failures}" errors="{errors}">"#,
        rows.len()
    )?;
    for row in rows {
        let (name, end) = (escaped(&row.name), escaped(&row.end.to_string()));
        write!(xml, r#"  <testcase classname="orrery" name="{name}""#)?;
        match row.end {
            End::Passed => writeln!(xml, "/>")?,
            End::Failed(_) => writeln!(xml, "><failure>{end}</failure></testcase>")?,
            End::Broken(_) | End::TimeUp(_) => {
                writeln!(xml, "><error>{end}</error></testcase>")?;
            }
        }
    }
    writeln!(xml, "</testsuite>")
}
