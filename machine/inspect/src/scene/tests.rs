//! Scenes as text: what is read, what is refused and how it is said, and the schema.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn scenes() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../web/scenes")
}

/// The schema beside the scenes is that of the types. `UPDATE=1` writes it.
#[test]
fn schema_is_that_of_the_types() {
    let path = scenes().join("scene.schema.json");
    let schema = schemars::schema_for!(Scene);
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).expect("the folder can be written to");
    }
    let beside = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        beside == text,
        "{} is out of date: UPDATE=1 writes it",
        path.display()
    );
}

/// Every scene can be read, is called as its file, and says something in both languages.
#[test]
fn scenes_can_be_read() {
    let mut n_scenes = 0;
    for entry in std::fs::read_dir(scenes()).expect("a folder of scenes") {
        let path = entry.expect("a file").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(id) = name.strip_suffix(".scene.json") else {
            continue;
        };
        let text = std::fs::read_to_string(&path).expect("a text");
        let scene = Scene::read(&name, &text).unwrap_or_else(|bad| panic!("{bad}"));
        assert_eq!(scene.id, id);
        let asks = scene.steps.iter().filter(|step| step.ask.is_some()).count();
        assert!(asks > 0, "{name} asks nothing");
        for step in &scene.steps {
            assert!(
                !step.expect.is_empty(),
                "{name}: {:?} checks nothing",
                step.title
            );
        }
        check_words(&name, &serde_json::from_str(&text).expect("JSON"));
        n_scenes += 1;
    }
    assert!(n_scenes >= 2);
}

/// Wherever there is English there is Chinese, in Chinese characters.
fn check_words(name: &str, value: &Value) {
    if let (Some(en), Some(zh)) = (value.get("en"), value.get("zh-Hans")) {
        let (en, zh) = (en.as_str().unwrap_or(""), zh.as_str().unwrap_or(""));
        assert!(en.is_ascii() && !en.is_empty(), "{name}: {en:?}");
        let is_word = en.chars().any(|c| c.is_ascii_alphabetic());
        let is_han = zh.chars().any(|c| ('\u{4e00}'..'\u{a000}').contains(&c));
        assert!(
            is_han || !is_word && !zh.is_empty(),
            "{name}: {zh:?} for {en:?}"
        );
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|field| check_words(name, field)),
        Value::Array(items) => items.iter().for_each(|item| check_words(name, item)),
        _ => {}
    }
}

/// A scene that can be read.
fn sound() -> Value {
    let text = json!({ "en": "x", "zh-Hans": "一" });
    json!({
        "id": "a",
        "title": text, "about": text, "recap": text, "try": text,
        "variants": [{ "id": "v", "title": text }],
        "steps": [
            { "title": text, "say": text, "mark": "here", "until": "syscall:fork",
              "show": ["console", "page-table(pid=3)"],
              "expect": { "processes[pid=3].state": "RUNNING" } },
            { "title": text, "say": text,
              "ask": { "question": text, "choices": [text, text], "answer": 1, "because": text } },
        ],
    })
}

/// The sound scene with `value` at `pointer` is refused at `path`, with words that hold `said`.
fn refused(pointer: &str, value: Value, path: &str, said: &str) {
    let mut scene = sound();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = scene.pointer_mut(parent).expect("it is there");
    match parent {
        Value::Array(list) => list[name.parse::<usize>().expect("an index")] = value,
        _ => parent[name] = value,
    }
    let text = serde_json::to_string_pretty(&scene).expect("JSON");
    let bad = Scene::read("a.scene.json", &text).expect_err(said);
    assert_eq!(bad.path, path, "{bad}");
    assert!(bad.what.contains(said), "{bad}");
    assert!(bad.to_string().starts_with("a.scene.json"), "{bad}");
}

#[test]
fn sound_scenes_are_read() {
    let scene = Scene::read("a", &sound().to_string()).expect("a sound scene");
    assert_eq!(scene.machine, Setup::default());
    assert_eq!(scene.start, Start::Ready);
}

#[test]
fn bad_scenes_say_where_and_what_would_do() {
    let text = json!({ "en": "x", "zh-Hans": "一" });
    refused("/colour", json!("red"), "colour", "unknown field `colour`");
    refused("/id", json!("Fork"), "id", "lower case");
    refused(
        "/title",
        json!({ "en": "x" }),
        "title",
        "missing field `zh-Hans`",
    );
    refused("/machine", json!({ "hart": 2 }), "machine.hart", "harts");
    refused(
        "/machine",
        json!({ "harts": "2" }),
        "machine.harts",
        "invalid type",
    );
    refused("/start", json!("prompt"), "start", "`ready` or `reset`");
    refused("/steps", json!([]), "steps", "1 to 9 steps, not 0");
    refused(
        "/steps/0/until",
        json!("syscall:frok"),
        "steps[0].until",
        "column 9: frok",
    );
    refused(
        "/steps/0/show/0",
        json!("consol"),
        "steps[0].show[0]",
        "one of processes",
    );
    refused(
        "/steps/0/show/1",
        json!("page-table(pd=3)"),
        "steps[0].show[1]",
        "column 12",
    );
    refused(
        "/steps/1/mark",
        json!("here"),
        "steps[1].mark",
        "two marks here",
    );
    refused(
        "/steps/1/ask/answer",
        json!(2),
        "steps[1].ask.answer",
        "from 0 to 1",
    );
    refused(
        "/steps/1/ask/choices",
        json!([text]),
        "steps[1].ask.choices",
        "two answers",
    );
    refused(
        "/steps/0/expect",
        json!({ "proceses": 1 }),
        "steps[0].expect.proceses",
        "one of",
    );
    refused(
        "/steps/0/expect",
        json!({ "log": {} }),
        "steps[0].expect.log",
        "at-least",
    );
    let wrong = json!({ "log": { "more": 1 } });
    refused(
        "/steps/0/expect",
        wrong,
        "steps[0].expect.log",
        "unknown field `more`",
    );
    let other = json!({ "w": {} });
    refused(
        "/steps/0/variants",
        other,
        "steps[0].variants.w",
        "no variant w; it has v",
    );
    let twice = json!([{ "id": "v", "title": text }, { "id": "v", "title": text }]);
    refused("/variants", twice, "variants[1].id", "two variants v");
}

#[test]
fn text_that_is_no_json_says_where() {
    let bad = Scene::read("a.scene.json", "{\n  \"id\": }").expect_err("no JSON");
    assert_eq!((bad.line, bad.column), (2, 9), "{bad}");
    let text = sound().to_string() + "{}";
    assert!(
        Scene::read("a.scene.json", &text).is_err(),
        "one scene a file"
    );
}

/// `path` leads to `found` in a view like that of processes.
fn leads(path: &str, found: Value) {
    let view = json!({
        "kind": "processes",
        "free_frames": 7,
        "processes": [{ "pid": 1, "state": "SLEEPING" }, { "pid": 3, "state": "RUNNING" }],
    });
    let path: Path = path.parse().unwrap_or_else(|bad| panic!("{path}: {bad}"));
    let value = path.find(&view).map(std::borrow::Cow::into_owned);
    assert_eq!(value.unwrap_or(Value::Null), found, "{path}");
}

#[test]
fn paths_lead_to_values() {
    leads("processes.free_frames", json!(7));
    leads("processes[pid=3].state", json!("RUNNING"));
    leads("processes[0].pid", json!(1));
    leads("processes.length", json!(2));
    leads("processes[pid=9].state", Value::Null);
    leads("processes.free_frames.length", Value::Null);
}

#[test]
fn bad_paths_say_where_and_what_would_do() {
    let refused = |text: &str, column: usize, said: &str| {
        let bad = text.parse::<Path>().expect_err(text);
        assert_eq!(bad.column, column, "{text}: {bad}");
        assert!(bad.what.contains(said), "{text}: {bad}");
    };
    refused("", 1, "one of processes");
    refused("frames.shared", 1, "one of processes");
    refused("walk(pid=4).pa", 1, "walk wants an address");
    refused("page-table(pid=four)", 12, "wants a number");
    refused("page-table(pid=4", 17, "wants , or )");
    refused("page-table(pid)", 15, "key=value");
    refused("locks(pid=4)", 7, "takes nothing in parentheses");
    refused("processes[pid]", 14, "[field=value]");
    refused("processes[pid=3", 16, "wants ]");
    refused("processes state", 10, ".field");
    refused("processes.", 11, "field's name");
}

/// `expected` is what `value` is, or is not.
fn holds(expected: Value, value: Value) -> bool {
    let expected: Expected = serde_json::from_value(expected).expect("an expectation");
    let path: Path = "event".parse().expect("a path");
    expected.check(&path, |_| Ok(value)).passed
}

#[test]
fn expectations_compare() {
    assert!(holds(json!(3), json!(3)));
    assert!(!holds(json!(3), json!("3")));
    assert!(holds(Value::Null, Value::Null));
    assert!(holds(json!({ "at-least": 2, "at-most": 3 }), json!(3)));
    assert!(!holds(json!({ "at-least": 4 }), json!(3)));
    assert!(!holds(json!({ "at-least": 4 }), Value::Null));
    assert!(holds(
        json!({ "has": "W", "lacks": "Cow" }),
        json!(["V", "W"])
    ));
    assert!(!holds(json!({ "lacks": "W" }), json!(["V", "W"])));
    assert!(
        !holds(json!({ "lacks": "W" }), Value::Null),
        "nothing lacks nothing"
    );
    assert!(holds(json!({ "has": "panic" }), json!("kernel panic")));
    assert!(holds(json!({ "not": null }), json!(0)));
    assert!(!holds(json!({ "not": null }), Value::Null));
}

proptest! {
    #[test]
    fn no_text_breaks_the_readers(text in "[a-z-]{0,12}[(\\[.]?[a-z0-9x=,é]{0,12}\\PC{0,8}") {
        if let Err(bad) = text.parse::<Path>() {
            prop_assert!(bad.column <= text.chars().count() + 1);
        }
        let _ = text.parse::<Panel>();
    }

    #[test]
    fn damaged_scenes_are_refused_not_fatal(at in 0_usize..900, len in 0_usize..30, with in "[\\x20-\\x7e]{0,4}") {
        let mut text = sound().to_string();
        let at = text.floor_char_boundary(at.min(text.len()));
        let end = text.floor_char_boundary((at + len).min(text.len()));
        text.replace_range(at..end, &with);
        if let Err(bad) = Scene::read("a.scene.json", &text) {
            prop_assert!(bad.to_string().starts_with("a.scene.json"));
        }
    }
}
