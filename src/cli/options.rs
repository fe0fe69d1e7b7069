//! Options that several commands share.

use bastionless_core::{
    io::VariableArgument,
    lang::{Target, address::AbsInstance},
    plan::Mode,
};
use bastionless_model::base::{Diagnostic, Diagnostics};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::args::{parse_bool, parse_duration};
use crate::ops::{
    Done,
    request::{Locking, Request, VariableSource},
};

/// A switch: `-name`, `-name=true`, `-name=false`.
pub(crate) fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
        .value_name("true|false")
        .hide_possible_values(true)
        .value_parser(parse_bool)
}

/// An option with a value.
pub(crate) fn value(name: &'static str, placeholder: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .value_name(placeholder)
        .num_args(1)
        .allow_hyphen_values(true)
}

/// An option with a value that may be given several times.
pub(crate) fn many(name: &'static str, placeholder: &'static str, help: &'static str) -> Arg {
    value(name, placeholder, help).action(ArgAction::Append)
}

/// A positional argument.
pub(crate) fn place(name: &'static str, placeholder: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .value_name(placeholder)
        .help(help)
        .num_args(1)
}

/// Tells whether a switch is on.
pub(crate) fn on(m: &ArgMatches, name: &str) -> bool {
    flag(m, name).unwrap_or(false)
}

/// Returns the value of a switch where it was given.
pub(crate) fn flag(m: &ArgMatches, name: &str) -> Option<bool> {
    m.try_get_one::<bool>(name).ok().flatten().copied()
}

/// Returns the value of an option or argument where it was given.
pub(crate) fn text<'m>(m: &'m ArgMatches, name: &str) -> Option<&'m str> {
    m.try_get_one::<String>(name)
        .ok()
        .flatten()
        .map(String::as_str)
}

/// Returns all values of an option.
pub(crate) fn texts(m: &ArgMatches, name: &str) -> Vec<String> {
    m.try_get_many::<String>(name)
        .ok()
        .flatten()
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}

/// Adds `-lock`, `-lock-timeout`.
pub(crate) fn with_locking(command: Command) -> Command {
    command
        .arg(switch(
            "lock",
            "Lock the state while working on it (default: true)",
        ))
        .arg(
            value(
                "lock-timeout",
                "DURATION",
                "How long to wait for a lock that somebody else holds",
            )
            .value_parser(parse_duration),
        )
}

/// Reads `-lock`, `-lock-timeout`.
pub(crate) fn locking(m: &ArgMatches) -> Locking {
    let patience = m
        .try_get_one::<std::time::Duration>("lock-timeout")
        .ok()
        .flatten()
        .copied();
    Locking {
        enabled: flag(m, "lock").unwrap_or(true),
        patience: patience.unwrap_or_default(),
    }
}

/// Adds `-var`, `-var-file`.
pub(crate) fn with_variables(command: Command) -> Command {
    command
        .arg(many("var", "NAME=VALUE", "Set a root variable"))
        .arg(many("var-file", "FILE", "Set root variables from a file"))
}

/// Adds the options of planning.
pub(crate) fn with_planning(command: Command) -> Command {
    with_locking(with_variables(command))
        .arg(many("target", "ADDRESS", "Only this module, resource or instance and what it needs"))
        .arg(many("replace", "ADDRESS", "Replace this instance"))
        .arg(switch("destroy", "Plan the destruction of everything"))
        .arg(switch("refresh", "Read the existing objects first (default: true)"))
        .arg(switch("refresh-only", "Only learn what changed outside"))
        .arg(
            value("parallelism", "N", "How many objects are worked on at once (default: 10)")
                .value_parser(clap::value_parser!(u16).range(1..)),
        )
        .arg(value("rules", "FILE", "Rules on access that the plan must keep (default: bastionless.rules.hcl, if it is there)"))
        .arg(switch("compact-warnings", "Show warnings by their headlines only"))
        .args(NOT_BUILT.iter().map(|name| Arg::new(*name).long(*name).num_args(0..=1).hide(true)))
}

/// Options of planning that are in the plan of the project but not in this version.
const NOT_BUILT: [&str; 6] = [
    "exclude",
    "sarif",
    "html",
    "untrusted",
    "json-into",
    "allow-deferral",
];

/// Refuses options that are not built.
///
/// # Errors
/// Names the first of them.
pub(crate) fn refuse_not_built(m: &ArgMatches) -> Result<(), Diagnostics> {
    let given = NOT_BUILT.iter().find(|name| {
        m.try_contains_id(name).is_ok()
            && m.value_source(name) == Some(clap::parser::ValueSource::CommandLine)
    });
    match given {
        Some(name) => Err(not_built(&format!("-{name}")).into()),
        None => Ok(()),
    }
}

/// Says that something is not built.
pub(crate) fn not_built(what: &str) -> Diagnostic {
    Diagnostic::error(
        "Not built yet",
        format!(
            "`{what}` is planned but not built yet in this version of bastionless. Nothing was done."
        ),
    )
}

/// Reads the options of planning.
///
/// # Errors
/// Says which of them do not fit.
pub(crate) fn request(m: &ArgMatches, destroy: bool, input: bool) -> Result<Request, Diagnostics> {
    refuse_not_built(m)?;
    let mut problems = Diagnostics::default();
    let destroy = destroy || on(m, "destroy");
    let refresh_only = on(m, "refresh-only");
    let refresh = flag(m, "refresh").unwrap_or(true);
    let wrong = |detail: &str| Diagnostic::error("Incompatible plan mode options", detail);
    if destroy && refresh_only {
        problems.push(wrong("-destroy and -refresh-only cannot be used together."));
    }
    if refresh_only && !refresh {
        problems.push(wrong(
            "-refresh-only and -refresh=false cannot be used together.",
        ));
    }
    let targets = texts(m, "target");
    let targets = targets
        .iter()
        .filter_map(|t| problems.ok(target(t)))
        .collect();
    let replace: Vec<AbsInstance> = texts(m, "replace")
        .iter()
        .filter_map(|t| problems.ok(instance("-replace", t)))
        .collect();
    if !replace.is_empty() && (destroy || refresh_only) {
        problems.push(wrong(
            "-replace can be used in an ordinary plan only, not with -destroy or -refresh-only.",
        ));
    }
    let variables = variables(m, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(Request {
        mode: match (destroy, refresh_only) {
            (true, _) => Mode::Destroy,
            (_, true) => Mode::RefreshOnly,
            _ => Mode::Normal,
        },
        targets,
        replace,
        refresh,
        variables,
        parallelism: m
            .try_get_one::<u16>("parallelism")
            .ok()
            .flatten()
            .map_or(10, |n| usize::from(*n)),
        locking: locking(m),
        input,
        extra: None,
        finish_waits: false,
        import: None,
    })
}

/// Returns the values of variables on the command line as the loader takes them.
pub(crate) fn arguments(m: &ArgMatches) -> Done<Vec<VariableArgument>> {
    let mut problems = Diagnostics::default();
    let given = variables(m, &mut problems);
    if problems.has_errors() {
        return Err(problems.into());
    }
    Ok(given.iter().map(VariableSource::argument).collect())
}

/// Reads `-var` and `-var-file` in the order in which they stand.
pub(crate) fn variables(m: &ArgMatches, problems: &mut Diagnostics) -> Vec<VariableSource> {
    let indexed = |name: &str| -> Vec<(usize, String)> {
        m.indices_of(name)
            .into_iter()
            .flatten()
            .zip(texts(m, name))
            .collect()
    };
    let mut all = Vec::new();
    for (i, given) in indexed("var") {
        match given.split_once('=') {
            Some((name, text)) => all.push((i, VariableSource::Text(name.trim_end().to_owned(), text.to_owned()))),
            None => problems.push(Diagnostic::error(
                "Invalid -var option",
                format!("The given -var option {given:?} is not correctly specified. Must be a variable name and value separated by an equals sign, like -var=\"key=value\"."),
            )),
        }
    }
    all.extend(
        indexed("var-file")
            .into_iter()
            .map(|(i, path)| (i, VariableSource::File(path))),
    );
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, v)| v).collect()
}

/// Reads the address of a module, resource or instance.
///
/// # Errors
/// Says why it is none.
pub(crate) fn target(text: &str) -> Result<Target, Diagnostic> {
    Target::parse(text).map_err(|e| {
        Diagnostic::error(
            "Invalid target",
            format!("`{text}` is not an address: {e}."),
        )
    })
}

/// Reads the address of an instance.
///
/// # Errors
/// Says why it is none.
pub(crate) fn instance(option: &str, text: &str) -> Result<AbsInstance, Diagnostic> {
    AbsInstance::parse(text).map_err(|e| {
        Diagnostic::error(
            "Invalid resource address",
            format!("{option}: `{text}` is not the address of a resource instance: {e}."),
        )
    })
}
