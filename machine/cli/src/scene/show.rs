//! How a scene goes, for a person to read.

use inspect::scene::{Missed, Outcome, Player, SceneStop, Text};

use super::Report;
use crate::args::Language;

/// The report as JSON.
pub fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).expect("names and numbers are JSON")
}

/// Says what is about to be played.
pub fn begin(player: &Player) {
    let config = player.config();
    let harts = match config.harts {
        1 => "1 hart".to_owned(),
        n => format!("{n} harts"),
    };
    let scene = player.scene();
    println!("{} · {}", scene.id, scene.title.en);
    if let Some(variant) = player.variant() {
        println!("{} · {}", variant.id, variant.title.en);
    }
    println!("{harts} · seed {} · {:?}\n", config.seed, config.bootargs);
}

/// Says what there is at `stop`.
pub fn stop(stop: &SceneStop, words: Option<Language>) {
    let mark = stop.mark.as_deref().unwrap_or("");
    println!(
        "{}/{} {mark:12} t {:>11}  {}  {}",
        stop.step + 1,
        stop.of,
        stop.position.t,
        stop.hash,
        text(&stop.title, words.unwrap_or(Language::En)),
    );
    if let Some(language) = words {
        tell(stop, language);
    }
    for outcome in &stop.outcomes {
        match outcome.passed {
            true if words.is_some() => {}
            true => println!("    ✓ {} is {}", outcome.path, shortened(&outcome.found)),
            false => complain(outcome),
        }
    }
}

/// Says what did not come.
pub fn missed(missed: &Missed) {
    println!("    ✗ {missed}");
    for event in &missed.last_events {
        let what = serde_json::to_string(&event.what).unwrap_or_default();
        let pid = event.pid.map_or(String::new(), |pid| format!(" pid {pid}"));
        println!("      #{} at t {}{pid} {what}", event.n, event.t);
    }
}

fn complain(outcome: &Outcome) {
    println!("    ✗ {}", outcome.path);
    println!("      expected {}", outcome.expected);
    println!("      found    {}", outcome.found);
}

/// The words of a stop, as the page shows them.
fn tell(stop: &SceneStop, language: Language) {
    println!("\n    {}", text(&stop.say, language));
    if let Some(ask) = &stop.ask {
        println!("\n    ? {}", text(&ask.question, language));
        for (n, choice) in ask.choices.iter().enumerate() {
            let sign = if n == ask.answer { '●' } else { '○' };
            println!("      {sign} {}", text(choice, language));
        }
        println!("      {}", text(&ask.because, language));
    }
    for more in [&stop.recap, &stop.try_it].into_iter().flatten() {
        println!("\n    {}", text(more, language));
    }
    println!();
}

fn text(text: &Text, language: Language) -> &str {
    match language {
        Language::En => &text.en,
        Language::ZhHans => &text.zh_hans,
    }
}

/// What was found, as much of it as fits a line.
fn shortened(found: &str) -> String {
    const LONGEST: usize = 60;
    match found.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &found[..at]),
        None => found.to_owned(),
    }
}
