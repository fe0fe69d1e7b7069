//! `console`: expressions against configuration and state, or against a plan. Nothing is written.

use std::{path::Path, sync::Arc};

use bastionless_core::{
    engine::Events,
    io::{Disk as _, RealDisk},
    plan::{
        Options,
        console::{Answer, Explorer},
        settler::Inputs,
    },
    report::{type_text, value_text},
    state::Snapshot,
    store,
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap},
    schema::Catalogue,
};

use super::{Done, Failed, env::Env, file_error, load, place::Place, request::Request, session};

/// What `console` is asked for.
pub(crate) struct Asked {
    /// `-var`, `-var-file` and how a plan is made.
    pub(crate) request: Request,
    /// `-plan`: expressions see what a plan would make.
    pub(crate) plan: bool,
    /// `-state`: a file instead of the state of the workspace.
    pub(crate) state: Option<String>,
}

/// A configuration that answers expressions.
pub(crate) struct Console {
    explorer: Explorer,
    sources: SourceMap,
    /// What was said while it was evaluated.
    pub(crate) said: Diagnostics,
}

/// What a line was answered.
pub(crate) enum Reply {
    /// Text to show.
    Text(String),
    /// The person wants to leave.
    Exit,
}

const HELP: &str = "The bastionless console allows you to experiment with Terraform interpolations.\nYou may access resources in the state (if you have one) just as you would\nfrom a configuration. For example: \"aws_instance.foo.id\" would evaluate\nto the ID of \"aws_instance.foo\" if it exists in your state.\n\nType in the interpolation to test and hit <enter> to see the result.\n\nTo exit the console, type \"exit\" and hit <enter>, or use Control-C or\nControl-D.";

/// Reads configuration and state, or makes the plan, whose expressions are to be asked.
pub(crate) async fn open(env: &Env, asked: Asked, events: &Arc<dyn Events>) -> Done<Console> {
    let loaded = load::leniently(&asked.request.variables)?;
    let sources = (*loaded.sources).clone();
    let (explorer, said) = if asked.plan {
        let place = Place::open(env).await?;
        let (planned, settler) = session::settle(loaded, place, &asked.request, events).await?;
        (settler.into_explorer(), planned.diagnostics)
    } else {
        let (prior, workspace) = prior(env, asked.state.as_deref())
            .await
            .map_err(|f| Failed::new(f.diagnostics, loaded.sources.clone()))?;
        let (explorer, problems) = Explorer::of_state(Inputs {
            program: loaded.program,
            graph: loaded.graph,
            variables: loaded.values.values,
            set_variables: loaded.values.set.into_iter().collect(),
            prior: Arc::new(prior),
            host: Arc::new(load::host()),
            catalogue: Catalogue::builtin(),
            options: Options {
                workspace: workspace.as_str().into(),
                ..Options::default()
            },
        });
        let mut said = loaded.warnings;
        said.extend(problems);
        (explorer, said)
    };
    Ok(Console {
        explorer,
        sources,
        said,
    })
}

async fn prior(env: &Env, file: Option<&str>) -> Done<(Snapshot, String)> {
    let Some(file) = file else {
        let place = Place::open(env).await?;
        return Ok((
            store::open(&*place.store, &RealDisk).await?.snapshot,
            place.workspace,
        ));
    };
    let bytes = RealDisk
        .read(Path::new(file))
        .map_err(|e| file_error("Reading", file.as_ref(), &e))?;
    let snapshot = match bytes {
        None => Snapshot::default(),
        Some(bytes) => Snapshot::read(&String::from_utf8_lossy(&bytes))
            .map_err(|e| Diagnostic::error("Invalid state file", format!("{file}: {e}.")))?,
    };
    Ok((snapshot, super::place::workspace(env)?))
}

impl Console {
    /// Returns the texts that diagnostics point into.
    pub(crate) fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Answers a line.
    pub(crate) fn handle(&mut self, line: &str) -> Result<Reply, Diagnostics> {
        let line = line.trim();
        match line {
            "" => return Ok(Reply::Text(String::new())),
            "exit" => return Ok(Reply::Exit),
            "help" => return Ok(Reply::Text(HELP.into())),
            _ => {}
        }
        let id = self.sources.add("<console-input>", line);
        Ok(Reply::Text(match self.explorer.ask(id, line)? {
            Answer::Value(value) => value_text(&value),
            Answer::Type(ty) => type_text(&ty),
            Answer::TypeOfType => "type".into(),
        }))
    }
}
