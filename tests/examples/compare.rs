//! Runs stored cases on our machine and on QEMU and says in what they differ.
//!
//! Arguments: files of cases, as in `tests/cases`.

use std::process::ExitCode;

use tests::isa::{self, Case, Verdict};

fn main() -> ExitCode {
    match compare(std::env::args().skip(1)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all agree.
fn compare(paths: impl Iterator<Item = String>) -> std::io::Result<bool> {
    let mut all_agree = true;
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let case: Case = isa::parse(&text).map_err(std::io::Error::other)?;
        for pair in isa::on_both(std::slice::from_ref(&case))? {
            let verdict = match isa::judge(&case, &pair) {
                Verdict::Same => "the same".to_owned(),
                Verdict::Hung => "never ends on either".to_owned(),
                Verdict::Deviates(names) => format!("QEMU deviates: {}", names.join(", ")),
                Verdict::Differs(_) => {
                    all_agree = false;
                    "differs".to_owned()
                }
            };
            println!("{path}: {verdict}");
            for difference in isa::differences(&pair.0, &pair.1) {
                println!("  {difference}");
            }
        }
    }
    Ok(all_agree)
}
