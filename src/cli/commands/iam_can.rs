//! `iam can`

use bastionless_model::{
    base::Diagnostic,
    iam::evaluate::{Request, Verdict, decide},
};
use clap::ArgMatches;
use serde_json::Value as Json;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{many, on, place, switch, text, texts, value},
    },
    ops::{Done, iam_can},
};

pub(super) const COMMAND: Command = Command {
    words: "iam can",
    about: "Tell whether a principal may do an action on a resource; exit 3 if not",
    has_events: false,
    options: |c| {
        c.arg(place("principal", "PRINCIPAL", "The ARN of a user or of a role's session"))
            .arg(place("action", "ACTION", "For example ec2-instance-connect:OpenTunnel"))
            .arg(place("resource", "RESOURCE", "Its ARN; * for an action without resources"))
            .arg(place("key", "KEY=VALUE", "Condition keys of the request; those not given are absent").num_args(0..))
            .arg(many("policy", "FILE", "A policy of the principal"))
            .arg(value("boundary", "FILE", "Its permissions boundary"))
            .arg(many("session", "FILE", "A session policy"))
            .arg(value("resource-policy", "FILE", "The policy of the resource"))
            .arg(many("scp", "FILE", "The service control policies of one level of the organisation"))
            .arg(value("endpoint", "FILE", "The policy of the VPC endpoint that the request passes"))
            .arg(value("resource-account", "ACCOUNT", "The account of a resource whose ARN names none"))
            .arg(value("requests", "FILE", "Decide the requests of a file, one JSON object a line, with their policies").conflicts_with("principal"))
            .arg(switch("json", "Write each answer as a line of JSON"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    if let Some(path) = text(m, "requests") {
        return requests(cx, path, on(m, "json"));
    }
    let (Some(principal), Some(action), Some(resource)) = (text(m, "principal"), text(m, "action"), text(m, "resource")) else {
        let detail = "Give a principal, an action and a resource, or -requests=FILE. `bastionless iam can -help` shows more.";
        return Err(Diagnostic::error("Nothing to decide", detail).into());
    };
    let policies = iam_can::read(&iam_can::Files {
        identity: texts(m, "policy"),
        boundary: text(m, "boundary").map(str::to_owned),
        session: texts(m, "session"),
        resource: text(m, "resource-policy").map(str::to_owned),
        scps: texts(m, "scp"),
        endpoint: text(m, "endpoint").map(str::to_owned),
    })?;
    if policies.identity.is_empty() && policies.resource.is_none() {
        let detail = "Without a policy nothing is allowed. Give the principal's with -policy=FILE, or the resource's with -resource-policy=FILE.";
        return Err(Diagnostic::error("No policy given", detail).into());
    }
    let request = Request {
        principal: principal.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: text(m, "resource-account").map(str::to_owned),
        context: iam_can::context(&texts(m, "key"))?,
    };
    let decision = decide(&request, &policies);
    if on(m, "json") {
        cx.shell.document(&decision.to_json(&Json::Null));
    } else {
        cx.shell.out(&format!("{}\n", decision.in_words()));
    }
    Ok(if decision.verdict == Verdict::Allow { 0 } else { 3 })
}

fn requests(cx: &Context, path: &str, json: bool) -> Done<u8> {
    let mut failed = false;
    iam_can::requests(path.as_ref(), |answer| match answer {
        Ok(answer) if json => cx.shell.document(&answer),
        Ok(answer) => {
            let id = answer.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
            let decision = answer.get("decision").and_then(Json::as_str).unwrap_or_default();
            cx.shell.out(&format!("{}: {decision}\n", id.unwrap_or_default()));
        }
        Err(why) => {
            failed = true;
            cx.shell.diagnostic(why);
        }
    })?;
    Ok(u8::from(failed))
}
