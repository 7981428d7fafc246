//! The report as JUnit's XML: a suite for each variant, a case for each stop.

use std::fmt::Write;

use inspect::scene::{Outcome, SceneStop};

use super::{Play, Report};
use crate::xml::escaped;

/// The report as XML.
pub fn report(report: &Report) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for play in &report.plays {
        suite(&mut xml, &report.scene, play).expect("strings take everything");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, scene: &str, play: &Play) -> std::fmt::Result {
    let name = match &play.variant {
        Some(variant) => format!("{scene}.{variant}"),
        None => scene.to_owned(),
    };
    let name = escaped(&name);
    let failed = play.stops.iter().filter(|stop| !stop.passed()).count();
    let missed = usize::from(play.missed.is_some());
    let cases = play.stops.len() + missed;
    writeln!(
        xml,
        r#"  <testsuite name="{name}" tests="{cases}" failures="{failed}" errors="{missed}">"#
    )?;
    for stop in &play.stops {
        let (number, title) = (stop.step + 1, escaped(&stop.title.en));
        write!(
            xml,
            r#"    <testcase classname="{name}" name="{number} {title}""#
        )?;
        let wrong = complaints(stop);
        if wrong.is_empty() {
            writeln!(xml, "/>")?;
        } else {
            let wrong = escaped(&wrong.join("\n"));
            writeln!(xml, "><failure>{wrong}</failure></testcase>")?;
        }
    }
    if let Some(missed) = &play.missed {
        let number = missed.step.map_or(0, |step| step + 1);
        let condition = escaped(&missed.condition);
        let why = escaped(&missed.to_string());
        writeln!(
            xml,
            r#"    <testcase classname="{name}" name="{number} until {condition}"><error>{why}</error></testcase>"#
        )?;
    }
    writeln!(xml, "  </testsuite>")
}

/// What was not as expected.
fn complaints(stop: &SceneStop) -> Vec<String> {
    let failed = stop.outcomes.iter().filter(|outcome| !outcome.passed);
    let words = |o: &Outcome| format!("{}: expected {}, found {}", o.path, o.expected, o.found);
    failed.map(words).collect()
}
