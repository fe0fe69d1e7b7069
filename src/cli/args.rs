//! Arguments as Terraform takes them, rewritten for the parser; options from the environment.
//!
//! Pure: arguments and variables in, arguments out.

use crate::ops::env::Env;

/// What stands before and after the name of the command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// `-chdir`
    pub(crate) chdir: Option<String>,
    /// `-help` before any command.
    pub(crate) help: bool,
    /// `-version` before any command.
    pub(crate) version: bool,
    /// The command's words, such as `state list`.
    pub(crate) command: Vec<String>,
    /// Everything after, as given.
    pub(crate) args: Vec<String>,
}

/// Splits the arguments at the command's name; `groups` are the commands that have commands below them.
///
/// # Errors
/// Says which option is not known before a command.
pub(crate) fn split(
    args: impl IntoIterator<Item = String>,
    groups: &[&str],
) -> Result<Invocation, String> {
    let mut out = Invocation::default();
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.next_if(|a| a.starts_with('-')) {
        match arg.trim_start_matches('-') {
            "help" | "h" => out.help = true,
            "version" | "v" => out.version = true,
            other => match other.strip_prefix("chdir=") {
                Some(dir) if !dir.is_empty() => out.chdir = Some(dir.to_owned()),
                _ if other == "chdir" => return Err("-chdir needs a directory: -chdir=DIR".into()),
                _ => {
                    return Err(format!(
                        "`{arg}` is not an option that stands before a command; options of a command come after its name"
                    ));
                }
            },
        }
    }
    if let Some(word) = args.next() {
        let is_group = groups.contains(&word.as_str());
        out.command.push(word);
        if is_group && let Some(sub) = args.next_if(|a| !a.starts_with('-')) {
            out.command.push(sub);
        }
    }
    out.args = args.collect();
    Ok(out)
}

/// Returns the options of `TF_CLI_ARGS` and of `TF_CLI_ARGS_<command>`, to be put before those of the command line.
///
/// # Errors
/// Says which variable has a quotation that does not end.
pub(crate) fn from_env(command: &[String], env: &Env) -> Result<Vec<String>, String> {
    let own = format!("TF_CLI_ARGS_{}", command.join("_").replace('-', "_"));
    let mut out = Vec::new();
    for name in ["TF_CLI_ARGS", own.as_str()] {
        if let Some(text) = env.get(name) {
            out.extend(words(text).ok_or_else(|| format!("{name}: a quotation does not end"))?);
        }
    }
    Ok(out)
}

/// Splits a text as a shell does: blanks, both kinds of quotation marks, backslashes.
fn words(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (_, '\\') => word.get_or_insert_default().push(chars.next()?),
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => out.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    quote.is_none().then_some(out)
}

/// Rewrites single-dash options to long ones; `takes_value` tells whether an option takes the next argument, which then stays.
pub(crate) fn normalise(args: Vec<String>, takes_value: impl Fn(&str) -> bool) -> Vec<String> {
    let mut out = Vec::with_capacity(args.len());
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            out.push(arg);
            out.extend(args);
            break;
        }
        let name = arg.trim_start_matches('-');
        let dashes = arg.len() - name.len();
        let is_option =
            (1..=2).contains(&dashes) && name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_option {
            out.push(arg);
            continue;
        }
        let is_short = dashes == 1 && name.chars().count() == 1;
        out.push(if is_short {
            arg.clone()
        } else {
            format!("--{name}")
        });
        if !name.contains('=') && takes_value(name) {
            // The value may begin with a dash itself: it is joined, so that nobody takes it for an option.
            if let (Some(value), Some(last)) = (args.next(), out.last_mut()) {
                last.push('=');
                last.push_str(&value);
            }
        }
    }
    out
}

/// Reads a truth value as Terraform's options do.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("use `true` or `false`".into()),
    }
}

/// Reads a duration such as `30s`, `1m30s` or `250ms`.
pub(crate) fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || format!("`{text}` is not a duration such as `30s` or `5m`");
    if text == "0" {
        return Ok(std::time::Duration::ZERO);
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .ok_or_else(wrong)?;
        let (number, after) = rest.split_at(end);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let unit_end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let factor = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            "us" | "µs" => 0.000_001,
            "ns" => 0.000_000_001,
            _ => return Err(wrong()),
        };
        seconds += number * factor;
        rest = after;
    }
    if text.is_empty() {
        Err(wrong())
    } else {
        std::time::Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn single_dashes_become_double_and_values_stay() {
        let takes = |n: &str| n == "out" || n == "var";
        let got = normalise(
            list("-out p -var -x=1 a -no-color -refresh=false -h -- -out"),
            takes,
        );
        assert_eq!(
            got,
            list("--out=p --var=-x=1 a --no-color --refresh=false -h -- -out")
        );
    }

    #[test]
    fn chdir_comes_first_and_groups_take_two_words() {
        let got = split(list("-chdir=x state list -id=1 aws_vpc.a"), &["state"]).unwrap();
        assert_eq!(got.chdir.as_deref(), Some("x"));
        assert_eq!(got.command, ["state", "list"]);
        assert_eq!(got.args, ["-id=1", "aws_vpc.a"]);
        assert!(
            split(list("-nonsense plan"), &[])
                .unwrap_err()
                .contains("-nonsense")
        );
    }

    #[test]
    fn environment_options_are_split_like_a_shell_does() {
        let env = Env(BTreeMap::from([
            ("TF_CLI_ARGS".into(), "-no-color".into()),
            (
                "TF_CLI_ARGS_state_list".into(),
                r#"-var 'a=b c' -var "d=\"e" f\ g ''"#.into(),
            ),
        ]));
        let got = from_env(&["state".into(), "list".into()], &env).unwrap();
        assert_eq!(
            got,
            ["-no-color", "-var", "a=b c", "-var", "d=\"e", "f g", ""]
        );
        let env = Env(BTreeMap::from([("TF_CLI_ARGS".into(), "'x".into())]));
        assert!(from_env(&["plan".into()], &env).is_err());
    }

    #[test]
    fn durations_add_up() {
        assert_eq!(parse_duration("1m30s").unwrap().as_secs(), 90);
        assert_eq!(parse_duration("250ms").unwrap().as_millis(), 250);
        assert_eq!(parse_duration("0").unwrap().as_secs(), 0);
        assert!(parse_duration("5").is_err());
        assert!(parse_duration("x").is_err());
    }
}
