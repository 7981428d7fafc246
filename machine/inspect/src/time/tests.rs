//! Conditions: what they mean, that they come back from text, and what is said of bad ones.

use proptest::prelude::*;

use super::*;
use crate::view::Addr;

/// `text` is read, and shown as `shown`.
fn check(text: &str, shown: &str) {
    let condition: Condition = text.parse().unwrap_or_else(|bad| panic!("{text}: {bad}"));
    assert_eq!(condition.to_string(), shown, "{text}");
    assert_eq!(shown.parse(), Ok(condition), "{shown}");
}

#[test]
fn conditions_come_back_from_their_text() {
    for text in [
        "event",
        "syscall",
        "syscall:fork",
        "syscall:99",
        "return:fork pid=3",
        "trap:store-fault pid=4",
        "trap:store-fault va=0x5000 pid=4 hart=1 #2",
        "resume:store-fault pid=4",
        "interrupt:timer hart=0",
        "switch pid=4",
        "call:kalloc",
        "call:uvm::UserMemory::uvmcopy",
        "print",
        "print:/a b\\/c$/ #3",
        "input",
        "disk-read",
        "disk-write block=2",
        "ready",
        "addr:0x80001234",
        "t:123456",
        "event:syscall.fork #2",
        "event:trap.store-fault pid=4",
        "event:print./x/",
    ] {
        check(text, text);
    }
    check("  syscall:1   #1 ", "syscall:fork");
    check("event:syscall.fork#2", "event:syscall.fork #2");
    check("addr:2147488308", "addr:0x80001234");
    check("trap hart=0x1 pid=4", "trap pid=4 hart=1");
}

/// `text` is refused at `column`, with words that hold `said`.
fn refused(text: &str, column: usize, said: &str) {
    let bad = text.parse::<Condition>().expect_err(text);
    assert_eq!(bad.column, column, "{text}: {bad}");
    assert!(bad.what.contains(said), "{text}: {bad}");
}

#[test]
fn bad_conditions_say_where_and_what_would_do() {
    refused("", 1, "one of event syscall");
    refused("sycall:fork", 1, "sycall is nothing to wait for");
    refused("syscall:frok", 9, "one of fork exit");
    refused("return:", 8, "nothing is no system call");
    refused("trap:store-falt", 6, "store-fault");
    refused("interrupt:clock", 11, "one of software timer external");
    refused("switch:4", 8, "nothing behind the colon");
    refused("switch 4", 8, "one of pid= hart= #");
    refused("switch pid=four", 12, "as pid=4");
    refused("switch hart=-1", 13, "as hart=1");
    refused("switch va=0x1000", 8, "narrows nothing down");
    refused("disk-write va=1", 12, "block=");
    refused("syscall #0", 9, "#1 is the first");
    refused("print:panic", 7, "between slashes");
    refused("print:/panic", 7, "between slashes");
    refused("print:/(/", 8, "is no regular expression");
    refused("call", 5, "call:kalloc");
    refused("addr:here", 6, "addr:0x80001234");
    refused("addr", 5, "addr:0x80001234");
    refused("t:18446744073709551616", 3, "t:123456");
    refused("event:t:5", 1, "the kind of event");
    refused("event:fork", 7, "fork is nothing to wait for");
    refused("print:/é/ où", 11, "où narrows nothing down");
}

#[test]
fn conditions_match_their_events() {
    let event = |what| Event {
        n: 0,
        t: 10,
        hart: Some(1),
        pid: Some(4),
        what,
    };
    let matches = |text: &str, what: Happening| {
        let condition: Condition = text.parse().expect("a condition");
        condition.matches(&event(what))
    };
    let fork = || Happening::Syscall {
        name: "fork".into(),
        number: 1,
    };
    assert!(matches("syscall:fork", fork()));
    assert!(matches("syscall pid=4 hart=1", fork()));
    assert!(matches("event", fork()));
    assert!(!matches("syscall:fork pid=3", fork()));
    assert!(!matches("syscall:exec", fork()));
    assert!(!matches("return:fork", fork()));
    let fault = || Happening::Trap {
        cause: "store-fault".into(),
        code: 15,
        value: Addr(0x5008),
    };
    assert!(matches("trap:store-fault va=0x5000", fault()));
    assert!(!matches("trap:store-fault va=0x6000", fault()));
    let switch = || Happening::Switch {
        from: None,
        to: Some(7),
    };
    assert!(matches("switch pid=7", switch()));
    assert!(
        !matches("switch pid=4", switch()),
        "the hart's process is no side of it"
    );
    let line = || Happening::Print {
        text: "child: exits".into(),
    };
    assert!(matches("print:/^child/", line()));
    assert!(!matches("print:/^parent/", line()));
    assert!(!matches("t:10", fork()), "a time is no event");
}

fn filters() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        (0..100).prop_map(|n| format!("pid={n}")),
        (0..8).prop_map(|n| format!("hart={n:#x}")),
        (1..50).prop_map(|n| format!("#{n}")),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn whatever_is_read_is_shown_alike(
        kind in "(event:)?(syscall|return|trap|switch|print|call)([:.](fork|write|store-fault|f|/[a-c/. ]{0,6}/))?",
        filters in filters(),
    ) {
        let text = format!("{kind} {filters}");
        if let Ok(condition) = text.parse::<Condition>() {
            let shown = condition.to_string();
            prop_assert_eq!(shown.parse(), Ok(condition), "{} from {}", shown, text);
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,40}") {
        if let Err(bad) = text.parse::<Condition>() {
            prop_assert!(bad.column <= text.chars().count() + 1);
        }
    }
}
