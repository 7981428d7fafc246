//! What a run depends on besides its load.

use std::fmt;
use std::str::FromStr;

use machine::Config;

use crate::crash::Dice;

/// The policies of the kernel that are tried in every combination: the word of `bootargs`, and
/// what it may be.
pub const POLICIES: &[(&str, &[&str])] = &[
    ("fork", &["eager", "cow"]),
    ("sbrk", &["eager", "lazy"]),
    ("kalloc", &["global", "percpu"]),
    ("bcache", &["global", "hashed"]),
];

/// Of what machine and kernel a run is made. Written out and read, it is the same again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Harts of the machine.
    pub harts: usize,
    /// The order in which they take turns.
    pub seed: u64,
    /// RAM, in MiB.
    pub ram_mib: u64,
    /// Whether the kernel is the one with its assertions left in.
    pub is_checked: bool,
    /// The kernel's policies, as `bootargs` has them.
    pub policies: String,
}

impl Setting {
    /// What is tried for a quantum, in milliseconds.
    const QUANTA: [u32; 6] = [1, 2, 5, 10, 30, 100];

    /// A machine of `harts` harts that run in the order of `seed`, with `policies`.
    pub fn new(harts: usize, seed: u64, policies: &str) -> Setting {
        Setting {
            harts,
            seed,
            ram_mib: 128,
            is_checked: false,
            policies: policies.into(),
        }
    }

    /// One of chance, with that much RAM at least: with little, it runs out more often.
    pub fn random(dice: &mut Dice, least_ram_mib: u64) -> Setting {
        let n_combinations = POLICIES.iter().map(|(_, values)| values.len()).product();
        let policies = Setting::combination(dice.below(n_combinations));
        let quantum = Setting::QUANTA[dice.below(Setting::QUANTA.len())];
        Setting {
            harts: [1, 2, 3, 4, 8][dice.below(5)],
            seed: dice.roll(),
            ram_mib: [128, 64, 32, 20][dice.below(4)].max(least_ram_mib),
            is_checked: dice.below(2) == 0,
            policies: format!("{policies} quantum={quantum}"),
        }
    }

    /// Combination `n` of all policies.
    pub fn combination(mut n: usize) -> String {
        let mut words = Vec::new();
        for (key, values) in POLICIES {
            words.push(format!("{key}={}", values[n % values.len()]));
            n /= values.len();
        }
        words.join(" ")
    }

    /// How many there are.
    pub fn n_combinations() -> usize {
        POLICIES.iter().map(|(_, values)| values.len()).product()
    }

    /// The machine.
    pub fn config(&self) -> Config {
        Config {
            harts: self.harts,
            seed: self.seed,
            ram_bytes: self.ram_mib << 20,
            bootargs: self.policies.clone(),
            ..Config::default()
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Setting {
            harts,
            seed,
            ram_mib,
            is_checked,
            policies,
        } = self;
        write!(f, "harts={harts} seed={seed} ram={ram_mib}")?;
        if *is_checked {
            f.write_str(" checked")?;
        }
        write!(f, " {policies}")
    }
}

impl FromStr for Setting {
    type Err = String;

    /// What [`Display`](fmt::Display) wrote; words it does not know are the kernel's.
    fn from_str(text: &str) -> Result<Setting, String> {
        let mut setting = Setting::new(3, 0, "");
        let mut policies = Vec::new();
        for word in text.split_ascii_whitespace() {
            let number = |text: &str| text.parse().map_err(|_| format!("{word}: not a number"));
            match word.split_once('=') {
                Some(("harts", n)) => setting.harts = number(n)? as usize,
                Some(("seed", n)) => setting.seed = number(n)?,
                Some(("ram", n)) => setting.ram_mib = number(n)?,
                None if word == "checked" => setting.is_checked = true,
                _ => policies.push(word),
            }
        }
        setting.policies = policies.join(" ");
        Ok(setting)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Setting;
    use crate::crash::Dice;

    #[test]
    fn what_is_written_out_is_read_again() {
        let mut dice = Dice::new(5);
        for _ in 0..100 {
            let setting = Setting::random(&mut dice, 20);
            assert_eq!(setting.to_string().parse(), Ok(setting));
        }
        assert!("seed=x".parse::<Setting>().is_err());
    }

    #[test]
    fn every_combination_is_another() {
        let all: HashSet<String> = (0..Setting::n_combinations())
            .map(Setting::combination)
            .collect();
        assert_eq!(all.len(), Setting::n_combinations());
        assert!(all.contains("fork=cow sbrk=lazy kalloc=percpu bcache=hashed"));
    }
}
