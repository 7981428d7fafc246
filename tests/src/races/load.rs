//! What the guest is kept busy with: lines typed to its shell, and how each has to end.

/// A line, and the last words it shows when it went well.
pub type Line = (&'static str, &'static str);

/// Something to do. It leaves no processes and takes no pages with it.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// What it is called.
    pub name: &'static str,
    /// What is typed. `{n}` stands for a number that is another in every run.
    pub lines: &'static [Line],
    /// The policy without which it cannot go well; none if empty.
    pub needs: &'static str,
    /// Whether it leaves files behind.
    pub leaves_files: bool,
    /// How long it may take: the steps of all harts, in millions.
    pub most_msteps: u64,
}

impl Load {
    /// The one called `name`.
    pub fn named(name: &str) -> Option<&'static Load> {
        LOADS.iter().find(|load| load.name == name)
    }
}

/// What `fuzz races` chooses from.
pub const LOADS: &[Load] = &[
    Load {
        name: "usertests",
        lines: &[("usertests -q", "ALL TESTS PASSED")],
        needs: "",
        leaves_files: false,
        most_msteps: 30_000,
    },
    Load {
        name: "slow",
        lines: &[
            ("usertests bigdir", "ALL TESTS PASSED"),
            ("usertests manywrites", "ALL TESTS PASSED"),
            ("usertests badwrite", "ALL TESTS PASSED"),
            ("usertests execout", "ALL TESTS PASSED"),
            ("usertests diskfull", "ALL TESTS PASSED"),
            ("usertests outofinodes", "ALL TESTS PASSED"),
        ],
        needs: "",
        leaves_files: false,
        most_msteps: 30_000,
    },
    Load {
        name: "labs",
        lines: &[
            ("mmaptest", "mmaptest: all tests succeeded"),
            ("symlinktest", "test concurrent symlinks: OK"),
            ("alarmtest", "test4 passed"),
            ("pgtbltest", "pgtbltest: all tests succeeded"),
            ("bcachetest", "test2: OK"),
            ("lazytests", "ALL TESTS PASSED"),
            ("kalloctest", "test3 OK"),
            ("memtest", "ADDRESS TEST PASSED"),
        ],
        needs: "",
        leaves_files: false,
        most_msteps: 20_000,
    },
    Load {
        name: "cowtest",
        lines: &[("cowtest", "ALL COW TESTS PASSED")],
        needs: "fork=cow",
        leaves_files: false,
        most_msteps: 10_000,
    },
    Load {
        name: "grind",
        lines: &[("grind {n} 3", "GRIND TEST PASSED")],
        needs: "",
        leaves_files: true,
        most_msteps: 5_000,
    },
    Load {
        name: "float",
        lines: &[("fptest", "FLOAT TEST PASSED")],
        needs: "",
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "sysfuzz",
        lines: &[("sysfuzz {n} 10", "SYSFUZZ TEST PASSED")],
        needs: "",
        leaves_files: false,
        most_msteps: 10_000,
    },
    Load {
        name: "stressfs",
        lines: &[(
            "stressfs | logstress m0 m1 m2; rm m0 m1 m2 stressfs0 stressfs1 stressfs2 stressfs3 stressfs4; echo done",
            "done",
        )],
        needs: "",
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "logstress",
        lines: &[(
            "logstress m0 m1 m2 m3 m4 m5; rm m0 m1 m2 m3 m4 m5; echo done",
            "done",
        )],
        needs: "",
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "forktest",
        lines: &[("forktest", "fork test OK"), ("forktest", "fork test OK")],
        needs: "",
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "crowd",
        lines: &[("crowd 1", "CROWD TEST PASSED")],
        needs: "",
        leaves_files: false,
        most_msteps: 10_000,
    },
    Load {
        name: "pipes",
        lines: &[
            ("seq 300 | cat | cat | sort | uniq | wc", "300 300 1092 "),
            ("seq 1000 | cat | cat | cat | tail -1 | cat", "1000"),
        ],
        needs: "",
        leaves_files: false,
        most_msteps: 2_000,
    },
];
