//! Every scene, played on the real kernel: each stop comes and is as expected, forward, back
//! and forward again; and what is said of scenes that cannot be played to the end.

use std::path::{Path, PathBuf};

use inspect::scene::{Missed, Player, Scene, SceneStop};
use inspect::time::{Focus, Observatory, Unit};
use machine::Machine;
use tests::Artefacts;
use tests::boot::{machine, observatory, or_fail};

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The machine that `player` plays on.
fn observe(player: &Player) -> Observatory {
    observatory(&player.config())
}

fn scenes() -> Vec<Scene> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../web/scenes");
    let files = std::fs::read_dir(folder).expect("a folder of scenes");
    let paths = files.map(|file| file.expect("a file").path());
    let scenes = paths.filter(|path| path.to_string_lossy().ends_with(".scene.json"));
    scenes
        .map(|path| {
            let text = String::from_utf8(read(&path)).expect("text");
            Scene::read(&path.to_string_lossy(), &text).unwrap_or_else(|bad| panic!("{bad}"))
        })
        .collect()
}

/// A player for each variant of `scene`.
fn players(scene: &Scene) -> Vec<Player> {
    let ids: Vec<Option<&str>> = match &scene.variants[..] {
        [] => vec![None],
        variants => variants
            .iter()
            .map(|variant| Some(variant.id.as_str()))
            .collect(),
    };
    let player = |id| Player::new(scene.clone(), id).expect("a variant it has");
    ids.into_iter().map(player).collect()
}

fn came(played: Result<SceneStop, Missed>) -> SceneStop {
    played.unwrap_or_else(|missed| panic!("{missed}"))
}

#[test]
fn every_stop_comes_and_is_as_expected() {
    for scene in scenes() {
        for mut player in players(&scene) {
            let variant = player.variant().map(|variant| variant.id.clone());
            let mut observatory = observe(&player);
            for n in 0..player.n_steps() {
                let stop = came(player.next(&mut observatory));
                let failed: Vec<_> = stop.outcomes.iter().filter(|o| !o.passed).collect();
                assert!(
                    failed.is_empty(),
                    "{} {variant:?} {}: {failed:?}",
                    scene.id,
                    n + 1
                );
            }
        }
    }
}

#[test]
fn back_is_exactly_back() {
    for scene in scenes() {
        for mut player in players(&scene) {
            let mut observatory = observe(&player);
            let n_steps = player.n_steps();
            let stops: Vec<SceneStop> = (0..n_steps)
                .map(|_| came(player.next(&mut observatory)))
                .collect();
            for wanted in stops[..n_steps - 1].iter().rev() {
                let stop = came(player.prev(&mut observatory));
                assert_eq!((stop.step, &stop.hash), (wanted.step, &wanted.hash));
                assert!(stop.passed(), "{:?}", stop.outcomes);
            }
            assert_eq!(
                came(player.prev(&mut observatory)).step,
                0,
                "nothing is before"
            );
            for wanted in stops.iter().skip(1).chain(stops.last()) {
                let stop = came(player.next(&mut observatory));
                assert_eq!((stop.step, &stop.hash), (wanted.step, &wanted.hash));
            }
            // In one go, on another machine, the same.
            let mut observatory = observe(&player);
            let mut player = Player::new(scene.clone(), player.variant().map(|v| v.id.as_str()))
                .expect("the same variant");
            let stop = came(player.go_to(&mut observatory, n_steps));
            assert_eq!(Some(&stop.hash), stops.last().map(|stop| &stop.hash));
        }
    }
}

/// A reader may stray from a scene, with or without stepping on first; its next stop is the
/// same all the same.
#[test]
fn straying_changes_nothing() {
    let scene = scenes().into_iter().find(|scene| scene.id == "fork");
    let scene = scene.expect("the scene fork");
    let mut player = Player::new(scene, Some("cow")).expect("a variant it has");
    let mut observatory = observe(&player);
    let stops: Vec<SceneStop> = (0..5)
        .map(|_| came(player.next(&mut observatory)))
        .collect();
    for n_steps in [0, 1, 3] {
        came(player.go_to(&mut observatory, 1));
        for _ in 0..n_steps {
            observatory.step(Unit::Event, &Focus::default());
        }
        observatory.branch_here();
        observatory.input(b"echo stray\n").expect("in the present");
        let t = observatory.position().t;
        observatory.seek(t + 5_000_000);
        for wanted in stops[..2].iter().rev() {
            let stop = came(player.go_to(&mut observatory, wanted.step as usize));
            assert_eq!(
                stop.hash, wanted.hash,
                "stop {} after {n_steps}",
                wanted.step
            );
        }
        for wanted in &stops[1..] {
            let stop = came(player.next(&mut observatory));
            assert_eq!(
                stop.hash, wanted.hash,
                "stop {} after {n_steps}",
                wanted.step
            );
        }
    }
    // Before the scene began.
    observatory.seek(1000);
    observatory.branch_here();
    observatory.input(b"echo early\n").expect("in the present");
    let stop = came(player.go_to(&mut observatory, 2));
    assert_eq!(stop.hash, stops[2].hash);
}

/// Slices of any length come to the same stop as one go.
#[test]
fn slices_change_nothing() {
    let scene = scenes().into_iter().find(|scene| scene.id == "lazy");
    let scene = scene.expect("the scene lazy");
    let whole = {
        let mut player = Player::new(scene.clone(), None).expect("its one way");
        let mut observatory = observe(&player);
        came(player.go_to(&mut observatory, 2))
    };
    for budget in [999, 70_001, 100_000_000] {
        let mut player = Player::new(scene.clone(), None).expect("its one way");
        let mut observatory = observe(&player);
        assert!(player.set_out(&mut observatory, 2).is_none());
        let stop = loop {
            if let Some(played) = player.work(&mut observatory, budget) {
                break came(played);
            }
        };
        assert_eq!(stop.hash, whole.hash, "in slices of {budget}");
    }
}

/// A scene of one step, with these fields, does not come to its stop: why not.
fn missed(fields: &str) -> Missed {
    let text = r#"{ "en": "x", "zh-Hans": "一" }"#;
    let scene = format!(
        r#"{{ "id": "a", "title": {text}, "about": {text}, "recap": {text}, "try": {text},
              "steps": [{{ "title": {text}, "say": {text}, {fields} }}] }}"#
    );
    let scene = Scene::read("a", &scene).unwrap_or_else(|bad| panic!("{bad}"));
    let mut player = Player::new(scene, None).expect("its one way");
    let mut observatory = observe(&player);
    player.next(&mut observatory).expect_err("it cannot come")
}

#[test]
fn what_does_not_come_is_told() {
    let told = missed(r#""until": "syscall:mknod""#);
    assert_eq!(
        (told.step, told.why.as_str()),
        (Some(0), "it took too long")
    );
    assert_eq!(told.condition, "syscall:mknod");
    assert_eq!(told.last_line, "$ ", "the prompt is what was seen instead");
    assert!(!told.last_events.is_empty());

    let told = missed(r#""type": "poweroff 3\n", "until": "syscall:fork pid=9""#);
    assert_eq!(told.why, "the guest switched off, status 3");

    let told = missed(r#""until": "call:no_such_function""#);
    assert_eq!(told.why, "this kernel has no function no_such_function");
}

#[test]
fn a_panic_is_told() {
    let scene = scenes().into_iter().find(|scene| scene.id == "lazy");
    let mut player = Player::new(scene.expect("the scene lazy"), None).expect("its one way");
    let guest = or_fail(Artefacts::find());
    let no_disk = Vec::new();
    let machine = Machine::new(&player.config(), &read(&guest.kernel), no_disk);
    let mut observatory = Observatory::new(machine.expect("a machine"), None);
    let missed = player
        .next(&mut observatory)
        .expect_err("there is nothing to boot from");
    assert!(
        missed.why.starts_with("the kernel panicked at t ="),
        "{missed}"
    );
    assert_eq!(missed.step, None, "it came before the first step");
}

#[test]
fn without_symbols_hardware_remains() {
    let scene = scenes().into_iter().find(|scene| scene.id == "fork");
    let mut player = Player::new(scene.expect("the scene fork"), None).expect("a variant");
    let mut observatory = Observatory::new(machine(&player.config()), None);
    let missed = player
        .next(&mut observatory)
        .expect_err("pid= needs symbols");
    assert!(missed.why.contains("there are no symbols"), "{missed}");
    let fork = "syscall:fork".parse().expect("a condition");
    let patience = inspect::time::Patience::RUN;
    let arrival = observatory.run_until(&fork, patience);
    let event = arrival.position.event.expect("init forked a shell");
    assert_eq!((event.pid, event.hart), (None, Some(0)));
}

fn guide() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/scenes.md");
    String::from_utf8(read(&path)).expect("text")
}

/// The scene that the guide shows can be played, and is as it expects.
#[test]
fn the_guides_scene_plays() {
    let guide = guide();
    let json = guide.split("```json\n").nth(1).expect("a scene");
    let json = json.split("```").next().expect("its end");
    let scene = Scene::read("docs/scenes.md", json).unwrap_or_else(|bad| panic!("{bad}"));
    let mut player = Player::new(scene, None).expect("its one way");
    let mut observatory = observe(&player);
    let stop = came(player.next(&mut observatory));
    assert!(stop.passed(), "{:?}", stop.outcomes);
}

/// The conditions of the guide's table can be read, and those that need no name waited for.
#[test]
fn the_guides_conditions_are_understood() {
    let guide = guide();
    let table = guide.split("| condition |").nth(1).expect("a table");
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let conditions: Vec<&str> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(conditions.len() > 20, "{conditions:?}");
    for text in conditions {
        let condition = text.parse::<inspect::time::Condition>();
        let condition = condition.unwrap_or_else(|bad| panic!("{text}: {bad}"));
        assert_eq!(condition.to_string(), text);
    }
}

/// Runs `orrery scene` with these words; its exit status and what it printed.
fn command_line(words: &[&str]) -> (i32, String) {
    let guest = or_fail(Artefacts::find());
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = std::process::Command::new(cargo)
        .args(["run", "--quiet", "--package", "orrery", "--", "scene"])
        .args(words)
        .arg("--kernel")
        .arg(&guest.kernel)
        .arg("--disk")
        .arg(&guest.image)
        .arg("--symbols")
        .arg(&guest.symbols)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo can be run");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    (output.status.code().expect("it ended by itself"), said)
}

/// A file with `text` in it.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("the folder can be written to");
    path
}

#[test]
fn the_command_line_says_by_its_status_how_it_went() {
    let fork = "web/scenes/fork.scene.json";
    let report = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fork.xml");
    let junit = report.to_str().expect("a name in UTF-8");
    let (status, said) = command_line(&[fork, "--step", "3", "--junit", junit]);
    assert_eq!(status, 0, "{said}");
    let xml = String::from_utf8(read(&report)).expect("text");
    assert!(
        xml.contains(r#"<testsuite name="fork.cow" tests="3" failures="0" errors="0">"#),
        "{xml}"
    );

    let text = String::from_utf8(read(Path::new(&format!(
        "{}/../{fork}",
        env!("CARGO_MANIFEST_DIR")
    ))))
    .expect("text");
    let wrong = file(
        "wrong.scene.json",
        &text.replace("\"event.what.value\": 4", "\"event.what.value\": 5"),
    );
    let wrong = wrong.to_str().expect("a name in UTF-8");
    let (status, said) =
        command_line(&[wrong, "--variant", "cow", "--step", "3", "--junit", junit]);
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("expected 5") && said.contains("found    4"),
        "{said}"
    );
    let xml = String::from_utf8(read(&report)).expect("text");
    assert!(
        xml.contains("event.what.value: expected 5, found 4"),
        "{xml}"
    );

    let never = file(
        "never.scene.json",
        &text.replace("call:uvmcopy", "syscall:mknod"),
    );
    let never = never.to_str().expect("a name in UTF-8");
    let (status, said) = command_line(&[never, "--variant", "eager"]);
    assert_eq!(status, 42, "{said}");
    assert!(
        said.contains("step 2, waiting for syscall:mknod pid=3: it took too long"),
        "{said}"
    );

    let bad = file(
        "bad.scene.json",
        &text.replace("call:uvmcopy", "cal:uvmcopy"),
    );
    let bad = bad.to_str().expect("a name in UTF-8");
    let (status, said) = command_line(&[bad]);
    assert_eq!(status, 2, "{said}");
    assert!(
        said.contains("steps[1].until: column 1: cal is nothing to wait for"),
        "{said}"
    );

    let (status, said) = command_line(&[fork, "--variant", "lazy"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("it has eager cow"), "{said}");
}

/// What `--json` prints is what the same scene gives here, and in the page.
#[test]
fn json_holds_the_hash_of_every_stop() {
    let (status, said) = command_line(&["web/scenes/lazy.scene.json", "--json"]);
    assert_eq!(status, 0, "{said}");
    let json = &said[said.find('{').expect("an object")..=said.rfind('}').expect("its end")];
    let report: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let scene = scenes().into_iter().find(|scene| scene.id == "lazy");
    let mut player = Player::new(scene.expect("the scene lazy"), None).expect("its one way");
    let mut observatory = observe(&player);
    for n in 0..player.n_steps() {
        let stop = came(player.next(&mut observatory));
        assert_eq!(
            report["plays"][0]["stops"][n]["hash"],
            *stop.hash,
            "stop {}",
            n + 1
        );
    }
}
