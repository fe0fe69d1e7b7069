//! `import`

use std::sync::Arc;

use bastionless_core::{
    engine::{Cancel, Events},
    lang::Target,
};
use clap::ArgMatches;

use super::{Command, plan};
use crate::{
    cli::{
        context::Context,
        options::{instance, place, request, text, with_planning},
    },
    ops::{
        Done, Failed, import,
        place::Place,
        session::{self, Lock},
    },
};

pub(super) const COMMAND: Command = Command {
    words: "import",
    about: "Take an existing object into the state",
    has_events: false,
    options: |c| {
        with_planning(c)
            .arg(
                place(
                    "address",
                    "ADDRESS",
                    "The instance, which the configuration must have",
                )
                .required(true),
            )
            .arg(
                place("id", "ID", "What identifies the object")
                    .required(true)
                    .allow_hyphen_values(true),
            )
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let address = instance("ADDRESS", text(m, "address").unwrap_or_default())?;
    let id = text(m, "id").unwrap_or_default().to_owned();
    let mut request = request(m, false, cx.can_ask(m))?;
    request.targets = vec![Target::Instance(address.clone())];
    request.import = Some((address.clone(), id));
    let loaded = cx.load(&request, None)?;
    let sources = loaded.sources.clone();
    let events: Arc<dyn Events> = cx.progress();
    cx.block_on(async {
        let store = Place::open(&cx.env).await?;
        let lock = Lock::take(&store.store, "OperationTypeImport", request.locking).await?;
        let cancel = Cancel::default();
        cx.watch(&cancel);
        let done =
            match plan::until_cancelled(&cancel, session::plan(loaded, store, &request, &events))
                .await
            {
                Ok(planned) if planned.diagnostics.has_errors() => {
                    Err(Failed::new(planned.diagnostics, sources))
                }
                Ok(planned) => import::run(planned, &address).await,
                Err(failed) => Err(failed),
            };
        let released = lock.release().await;
        done?;
        released
    })?;
    cx.shell.out("\nImport successful!\n\nThe resources that were imported are shown above. These resources are now in\nyour bastionless state and will henceforth be managed by bastionless.\n");
    Ok(0)
}
