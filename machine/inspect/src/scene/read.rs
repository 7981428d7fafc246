//! Reads scenes. A mistake is told with its place in the file, and what would do.

use thiserror::Error;

use super::format::{Ask, Scene};

/// A scene that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}{}: {what}", place(*.line, *.column, .path))]
pub struct BadScene {
    /// The file, or what it is called.
    pub file: String,
    /// Where in it, from 1; 0 if the mistake has no one place.
    pub line: usize,
    /// Where in the line, from 1.
    pub column: usize,
    /// Where in the scene: `steps[3].until`.
    pub path: String,
    /// What is wrong, and what would do.
    pub what: String,
}

fn place(line: usize, column: usize, path: &str) -> String {
    let place = match line {
        0 => String::new(),
        _ => format!(":{line}:{column}"),
    };
    match path {
        "" | "." => place,
        path => format!("{place}: {path}"),
    }
}

/// A scene has so many stops at most: what can be taken in at a sitting.
pub const MOST_STEPS: usize = 9;

impl Scene {
    /// Reads the scene in `text`; `file` is what messages call it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn read(file: &str, text: &str) -> Result<Scene, BadScene> {
        let mut json = serde_json::Deserializer::from_str(text);
        let bad = |path: String, error: &serde_json::Error| BadScene {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            path,
            what: without_place(error),
        };
        let scene: Scene = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| bad(error.path().to_string(), error.inner()))?;
        json.end().map_err(|error| bad(String::new(), &error))?;
        scene.check().map_err(|(path, what)| BadScene {
            file: file.to_owned(),
            line: 0,
            column: 0,
            path,
            what,
        })?;
        Ok(scene)
    }

    /// What types cannot say; a mistake's path and words.
    fn check(&self) -> Result<(), (String, String)> {
        let wrong = |path: String, what: String| Err((path, what));
        check_name("id", &self.id)?;
        for (n, variant) in self.variants.iter().enumerate() {
            let path = format!("variants[{n}].id");
            check_name(&path, &variant.id)?;
            if self.variants[..n]
                .iter()
                .any(|other| other.id == variant.id)
            {
                return wrong(path, format!("there are two variants {}", variant.id));
            }
        }
        let n_steps = self.steps.len();
        if !(1..=MOST_STEPS).contains(&n_steps) {
            let what = format!("a scene has 1 to {MOST_STEPS} steps, not {n_steps}");
            return wrong("steps".to_owned(), what);
        }
        for (n, step) in self.steps.iter().enumerate() {
            let path = format!("steps[{n}]");
            if let Some(mark) = &step.mark {
                check_name(&format!("{path}.mark"), mark)?;
                if self.steps[..n]
                    .iter()
                    .any(|other| other.mark.as_ref() == Some(mark))
                {
                    return wrong(
                        format!("{path}.mark"),
                        format!("there are two marks {mark}"),
                    );
                }
            }
            check_ask(&format!("{path}.ask"), step.ask.as_ref())?;
            for (id, case) in &step.variants {
                let path = format!("{path}.variants.{id}");
                self.variant(Some(id))
                    .map_err(|what| (path.clone(), what))?;
                check_ask(&format!("{path}.ask"), case.ask.as_ref())?;
            }
        }
        Ok(())
    }
}

fn check_name(path: &str, name: &str) -> Result<(), (String, String)> {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !name.is_empty() && name.bytes().all(is_part) {
        return Ok(());
    }
    let what = format!("{name:?} is no name; those are of lower case, digits and dashes");
    Err((path.to_owned(), what))
}

fn check_ask(path: &str, ask: Option<&Ask>) -> Result<(), (String, String)> {
    match ask {
        Some(ask) if ask.choices.len() < 2 => Err((
            format!("{path}.choices"),
            "a question wants two answers or more".to_owned(),
        )),
        Some(ask) if ask.answer >= ask.choices.len() => {
            let last = ask.choices.len() - 1;
            let what = format!("answers go from 0 to {last}, so not {}", ask.answer);
            Err((format!("{path}.answer"), what))
        }
        _ => Ok(()),
    }
}

/// The words of `error` without their `at line 3 column 4`, which we say in front.
fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    words.strip_suffix(&place).unwrap_or(&words).to_owned()
}
