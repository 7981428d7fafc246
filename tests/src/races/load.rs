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
    /// RAM that it needs, in MiB.
    pub least_ram_mib: u64,
    /// Whether it leaves files behind.
    pub leaves_files: bool,
    /// How long it may take: the steps of all harts, in millions.
    pub most_msteps: u64,
}

/// The labs' tests, and the lines that their graders look for.
pub const LABS: &[Line] = &[
    ("mmaptest", "mmaptest: all tests succeeded"),
    ("symlinktest", "test concurrent symlinks: ok"),
    ("alarmtest", "test4 passed"),
    ("pgtbltest", "pgtbltest: all tests succeeded"),
    ("bcachetest", "test3 OK"),
    ("lazytests", "ALL TESTS PASSED"),
    ("kalloctest", "test3 OK"),
    ("memtest", "ADDRESS TEST PASSED"),
    ("stressfs; echo status $?", "status 0"),
];

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
        least_ram_mib: 128,
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
        least_ram_mib: 128,
        leaves_files: false,
        most_msteps: 30_000,
    },
    Load {
        name: "labs",
        lines: LABS,
        needs: "",
        least_ram_mib: 128,
        leaves_files: true,
        most_msteps: 20_000,
    },
    Load {
        name: "cowtest",
        lines: &[("cowtest", "ALL COW TESTS PASSED")],
        needs: "fork=cow",
        least_ram_mib: 128,
        leaves_files: false,
        most_msteps: 10_000,
    },
    Load {
        name: "grind",
        lines: &[("grind {n} 3", "GRIND TEST PASSED")],
        needs: "",
        least_ram_mib: 64,
        leaves_files: true,
        most_msteps: 5_000,
    },
    Load {
        name: "float",
        lines: &[("fptest", "FLOAT TEST PASSED")],
        needs: "",
        least_ram_mib: 20,
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "sysfuzz",
        lines: &[("sysfuzz {n} 20", "SYSFUZZ TEST PASSED")],
        needs: "",
        least_ram_mib: 64,
        leaves_files: false,
        most_msteps: 20_000,
    },
    Load {
        name: "stressfs",
        lines: &[
            ("logstress m0 m1 m2 & stressfs; echo status $?", "status 0"),
            ("wait; stressfs; echo status $?", "status 0"),
            (
                "rm m0 m1 m2 stressfs0 stressfs1 stressfs2 stressfs3 stressfs4; echo status $?",
                "status 0",
            ),
        ],
        needs: "",
        least_ram_mib: 20,
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "logstress",
        lines: &[
            ("logstress m0 m1 m2 m3 m4 m5; echo status $?", "status 0"),
            ("rm m0 m1 m2 m3 m4 m5; echo status $?", "status 0"),
        ],
        needs: "",
        least_ram_mib: 20,
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "forktest",
        lines: &[("forktest", "fork test OK"), ("forktest", "fork test OK")],
        needs: "",
        least_ram_mib: 20,
        leaves_files: false,
        most_msteps: 5_000,
    },
    Load {
        name: "crowd",
        lines: &[("crowd 1", "CROWD TEST PASSED")],
        needs: "",
        least_ram_mib: 20,
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
        least_ram_mib: 20,
        leaves_files: false,
        most_msteps: 2_000,
    },
];
