//! The command line: flags in, report out.

mod args;
mod commands;
mod context;
mod options;
mod progress;
mod shell;

use std::{process::ExitCode, sync::Arc};

use bastionless_model::base::Diagnostic;

use self::{
    args::{Invocation, from_env, normalise, split},
    commands::{Command, GROUPS},
    context::Context,
    shell::{Manner, Shell},
};
use crate::ops::env::Env;

/// Runs the program and returns its exit code.
pub(crate) fn main() -> ExitCode {
    shell::install_panic_hook();
    let env = Env::of_process();
    let args = std::env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned());
    let code = match split(args, GROUPS) {
        Ok(invocation) => run(&invocation, &env),
        Err(problem) => usage(&problem),
    };
    ExitCode::from(code)
}

fn plain(env: &Env) -> Shell {
    Shell::new(Manner {
        color: env.get("NO_COLOR").is_none(),
        ..Manner::default()
    })
}

fn usage(problem: &str) -> u8 {
    let shell = plain(&Env::of_process());
    shell.diagnostic(Diagnostic::error(
        "Invalid command line",
        format!("{problem}. `bastionless -help` lists the commands."),
    ));
    1
}

fn run(invocation: &Invocation, env: &Env) -> u8 {
    if let Some(dir) = &invocation.chdir
        && let Err(e) = std::env::set_current_dir(dir)
    {
        return usage(&format!("-chdir={dir}: {e}"));
    }
    let words = invocation.command.join(" ");
    if words.is_empty() || words == "help" {
        let shell = plain(env);
        if invocation.version {
            return commands::version(&shell);
        }
        shell.out(&commands::overview());
        return u8::from(!invocation.help && words.is_empty());
    }
    let Some(command) = commands::find(&words) else {
        return unknown(&words, &invocation.args, env);
    };
    let mut given = match from_env(&invocation.command, env) {
        Ok(given) => given,
        Err(problem) => return usage(&problem),
    };
    given.extend(invocation.args.iter().cloned());
    execute(command, given, env)
}

fn execute(command: &Command, given: Vec<String>, env: &Env) -> u8 {
    let parser = command.parser();
    let takes_value = |name: &str| {
        let arg = parser.get_arguments().find(|a| a.get_long() == Some(name));
        arg.is_some_and(|a| {
            !a.is_require_equals_set() && a.get_num_args().is_some_and(|n| n.min_values() > 0)
        })
    };
    let given = normalise(given, takes_value);
    let matches = match parser
        .clone()
        .try_get_matches_from(std::iter::once(command.words.to_owned()).chain(given))
    {
        Ok(matches) => matches,
        Err(e) if !e.use_stderr() => {
            plain(env).out(&e.render().to_string());
            return 0;
        }
        Err(e) => {
            plain(env).complain(&e.render().to_string());
            return 1;
        }
    };
    let manner = Manner {
        json: command.has_events && options::on(&matches, "json"),
        color: env.get("NO_COLOR").is_none() && !options::on(&matches, "no-color"),
        compact_warnings: options::on(&matches, "compact-warnings"),
    };
    let context = Context {
        env: env.clone(),
        shell: Arc::new(Shell::new(manner)),
    };
    match (command.run)(&context, &matches) {
        Ok(code) => code,
        Err(failed) => {
            context
                .shell
                .diagnostics(&failed.diagnostics, &failed.sources);
            if failed.is_interrupted { 130 } else { 1 }
        }
    }
}

fn unknown(words: &str, args: &[String], env: &Env) -> u8 {
    let shell = plain(env);
    if let Some(group) = commands::group(words) {
        shell.out(&group);
        let is_help = args
            .iter()
            .any(|a| matches!(a.trim_start_matches('-'), "help" | "h"));
        return u8::from(!is_help);
    }
    if commands::is_planned(words) {
        shell.diagnostic(options::not_built(&format!("bastionless {words}")));
        return 1;
    }
    let similar = commands::similar(words)
        .map(|s| format!(" Did you mean `{s}`?"))
        .unwrap_or_default();
    shell.diagnostic(Diagnostic::error(
        "Unknown command",
        format!("Bastionless has no command named `{words}`.{similar} `bastionless -help` lists the commands."),
    ));
    1
}
