//! Functions of time.

use bastionless_model::value::Value;

use super::{
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Number as Num, String as Text},
        Returns::Always,
    },
    timestamp::{Timestamp, parse_duration},
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "formatdate",
        "Writes a time in another format.",
        &[Parameter::new("format", Text), Parameter::new("time", Text)],
        Always(Text),
        formatdate,
    )
    .examples(&[
        (
            "formatdate(\"DD MMM YYYY hh:mm ZZZ\", \"2018-01-02T23:12:01Z\")",
            "\"02 Jan 2018 23:12 UTC\"",
        ),
        (
            "formatdate(\"EEEE, 'at' HH aa\", \"2018-01-02T23:12:01Z\")",
            "\"Tuesday, at 11 pm\"",
        ),
    ]),
    Function::new(
        "plantimestamp",
        "Returns the time of the plan.",
        &[],
        Always(Text),
        |a| {
            Ok(match a.host.plan_time() {
                Some((seconds, _)) => Timestamp::utc(seconds).to_string().into(),
                None => a.unknown(),
            })
        },
    )
    .examples(&[("plantimestamp()", "\"2017-07-14T02:40:00Z\"")]),
    Function::new(
        "timeadd",
        "Adds a duration to a time.",
        &[
            Parameter::new("timestamp", Text),
            Parameter::new("duration", Text),
        ],
        Always(Text),
        |a| {
            let time = Timestamp::parse(a.text(0), true).map_err(FunctionError::new)?;
            let duration = parse_duration(a.text(1)).map_err(FunctionError::new)?;
            Ok(time.plus(duration).to_string().into())
        },
    )
    .maybe_null()
    .examples(&[(
        "timeadd(\"2017-11-22T00:00:00Z\", \"10m\")",
        "\"2017-11-22T00:10:00Z\"",
    )]),
    Function::new(
        "timecmp",
        "Compares two times: -1, 0 or 1.",
        &[
            Parameter::new("timestamp_a", Text),
            Parameter::new("timestamp_b", Text),
        ],
        Always(Num),
        |a| {
            let a0 =
                Timestamp::parse(a.text(0), false).map_err(|m| FunctionError::argument(0, m))?;
            let b0 =
                Timestamp::parse(a.text(1), false).map_err(|m| FunctionError::argument(1, m))?;
            Ok(Value::from(match a0.nanoseconds().cmp(&b0.nanoseconds()) {
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            }))
        },
    )
    .examples(&[(
        "timecmp(\"2017-11-22T00:00:00Z\", \"2017-11-22T01:00:00+01:00\")",
        "0",
    )]),
    Function::new("timestamp", "Returns the time.", &[], Always(Text), |a| {
        Ok(Timestamp::utc(a.host.now().0).to_string().into())
    })
    .impure(),
];

fn formatdate(args: &Args<'_>) -> Result {
    let time = Timestamp::parse(args.text(1), true).map_err(|m| FunctionError::argument(1, m))?;
    let mut out = String::new();
    let mut rest = args.text(0);
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' => {
                let (literal, length) = quoted(rest)?;
                out.push_str(&literal);
                length
            }
            c if c.is_ascii_alphabetic() => {
                let length = rest.len() - rest.trim_start_matches(c).len();
                write_verb(&time, c, rest.get(..length).unwrap_or(rest), &mut out)?;
                length
            }
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(out.into())
}

/// Reads a literal in quotes; two quotes inside are one.
fn quoted(rest: &str) -> Result<(String, usize)> {
    if rest.starts_with("''") && !rest.starts_with("'''") {
        return Ok(("'".into(), 2));
    }
    let mut literal = String::new();
    let mut at = 1;
    loop {
        let inner = rest.get(at..).unwrap_or_default();
        let Some(end) = inner.find('\'') else {
            return Err(FunctionError::argument(0, "unterminated literal '"));
        };
        literal.push_str(inner.get(..end).unwrap_or_default());
        at += end + 1;
        if !rest.get(at..).unwrap_or_default().starts_with('\'') {
            return Ok((literal, at));
        }
        literal.push('\'');
        at += 1;
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

fn name(names: &[&'static str], index: u32) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|i| names.get(i))
        .copied()
        .unwrap_or_default()
}

fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

fn write_verb(time: &Timestamp, letter: char, verb: &str, out: &mut String) -> Result<()> {
    let count = verb.len();
    let half_day = if time.hour < 12 { "am" } else { "pm" };
    let twelve = if time.hour.is_multiple_of(12) {
        12
    } else {
        time.hour % 12
    };
    let plain = |n: u32| n.to_string();
    let two = |n: u32| format!("{n:02}");
    let text = match (letter, count) {
        ('Y', 2) => format!("{:02}", time.year.rem_euclid(100)),
        ('Y', 4) => format!("{:04}", time.year),
        ('M', 1) => plain(time.month),
        ('M', 2) => two(time.month),
        ('M', 3) => short(name(&MONTHS, time.month - 1)).into(),
        ('M', 4) => name(&MONTHS, time.month - 1).into(),
        ('D', 1) => plain(time.day),
        ('D', 2) => two(time.day),
        ('E', 3) => short(name(&DAYS, time.weekday())).into(),
        ('E', 4) => name(&DAYS, time.weekday()).into(),
        ('h', 1) => plain(time.hour),
        ('h', 2) => two(time.hour),
        ('H', 1) => plain(twelve),
        ('H', 2) => two(twelve),
        ('A', 2) => half_day.to_uppercase(),
        ('a', 2) => half_day.into(),
        ('m', 1) => plain(time.minute),
        ('m', 2) => two(time.minute),
        ('s', 1) => plain(time.second),
        ('s', 2) => two(time.second),
        ('Z', 1) => time.zone(),
        ('Z', 3) if time.offset == 0 => "UTC".into(),
        ('Z', 3 | 4) => time.offset_text(""),
        ('Z', 5) => time.offset_text(":"),
        _ => return Err(FunctionError::argument(0, wrong_verb(letter, verb))),
    };
    out.push_str(&text);
    Ok(())
}

fn wrong_verb(letter: char, verb: &str) -> String {
    let why = match letter {
        'Y' => ": year must either be \"YY\" or \"YYYY\"",
        'M' => ": month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
        'D' => ": day of month must either be \"D\" or \"DD\"",
        'E' => ": day of week must either be \"EEE\" or \"EEEE\"",
        'h' => ": 24-hour must either be \"h\" or \"hh\"",
        'H' => ": 12-hour must either be \"H\" or \"HH\"",
        'A' => ": must be \"AA\"",
        'a' => ": must be \"aa\"",
        'm' => ": minute must either be \"m\" or \"mm\"",
        's' => ": second must either be \"s\" or \"ss\"",
        'Z' => ": timezone must be Z, ZZZZ, or ZZZZZ",
        _ => "",
    };
    format!("invalid date format verb {verb:?}{why}")
}
