//! Days since 1970 as dates.

/// Year, month from 1 and day from 1 of the `day`th day after 1970-01-01, by the Gregorian
/// calendar.
pub fn date(day: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01 the leap day is the last of its year, of its 4, 100 and 400 years.
    let day = day + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // From March on, months have 31, 30, 31, 30, 31 days, twice and once more.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let month = if is_next_year { month - 9 } else { month + 3 };
    (400 * era + year + u64::from(is_next_year), month, day)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_follow_each_other() {
        let is_leap = |y: u64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        let mut expected = (1970, 1, 1);
        for day in 0..250_000 {
            assert_eq!(date(day), expected, "{day}");
            let (year, month, last) = expected;
            let n_days = match month {
                2 => 28 + u64::from(is_leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (last == n_days, month) {
                (false, _) => (year, month, last + 1),
                (true, 12) => (year + 1, 1, 1),
                (true, _) => (year, month + 1, 1),
            };
        }
    }
}
