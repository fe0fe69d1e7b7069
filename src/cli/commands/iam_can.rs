//! `iam can`

use bastionless_model::{
    base::Diagnostic,
    iam::evaluate::{Layer, PolicySet, Request, Verdict, decide},
};
use clap::ArgMatches;
use serde_json::Value as Json;

use super::{Command, access};
use crate::{
    cli::{
        context::Context,
        options::{many, on, place, switch, text, texts, value, with_planning},
    },
    ops::{Done, iam_can},
};

pub(super) const COMMAND: Command = Command {
    words: "iam can",
    about: "Tell whether a principal may do an action on a resource; exit 3 if not",
    has_events: false,
    options: |c| {
        with_planning(c)
            .arg(place("principal", "PRINCIPAL", "With -policy, an ARN of a user or a role's session; else a role of the configuration: address, name or ARN"))
            .arg(place("action", "ACTION", "For example ec2-instance-connect:OpenTunnel"))
            .arg(place("resource", "RESOURCE", "Its ARN or, without -policy, its address; * for an action without resources"))
            .arg(place("key", "KEY=VALUE", "Condition keys of the request; those not given are absent").num_args(0..))
            .arg(many("policy", "FILE", "A policy of the principal; nothing is planned"))
            .arg(value("boundary", "FILE", "Its permissions boundary"))
            .arg(many("session", "FILE", "A session policy"))
            .arg(value("resource-policy", "FILE", "The policy of the resource"))
            .arg(many("scp", "FILE", "The service control policies of one level of the organisation"))
            .arg(value("endpoint", "FILE", "The policy of the VPC endpoint that the request passes"))
            .arg(value("resource-account", "ACCOUNT", "The account of a resource whose ARN names none"))
            .arg(value("plan", "FILE", "Policies of a saved plan"))
            .arg(switch("state", "Policies of the state as it is, without planning: nobody is called").conflicts_with("plan"))
            .arg(value("requests", "FILE", "Decide the requests of a file, one JSON object a line, with their policies").conflicts_with("principal"))
            .arg(switch("json", "Write each answer as a line of JSON"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    if let Some(path) = text(m, "requests") {
        return requests(cx, path, on(m, "json"));
    }
    let (Some(principal), Some(action), Some(resource)) =
        (text(m, "principal"), text(m, "action"), text(m, "resource"))
    else {
        let detail = "Give a principal, an action and a resource, or -requests=FILE. `bastionless iam can -help` shows more.";
        return Err(Diagnostic::error("Nothing to decide", detail).into());
    };
    let mut request = Request {
        principal: principal.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: text(m, "resource-account").map(str::to_owned),
        context: iam_can::context(&texts(m, "key"))?,
    };
    let files = iam_can::Files {
        identity: texts(m, "policy"),
        boundary: text(m, "boundary").map(str::to_owned),
        session: texts(m, "session"),
        resource: text(m, "resource-policy").map(str::to_owned),
        scps: texts(m, "scp"),
        endpoint: text(m, "endpoint").map(str::to_owned),
    };
    let mut policies = iam_can::read(&files)?;
    let mut found = None;
    if files.identity.is_empty() && (files.resource.is_none() || !principal.starts_with("arn:")) {
        let (_, after) = access::snapshots(cx, m)?;
        let of_configuration = iam_can::find(&after, principal, action, resource)?;
        request.principal.clone_from(&of_configuration.principal);
        request.resource.clone_from(&of_configuration.resource);
        request
            .resource_account
            .get_or_insert_with(|| of_configuration.account.clone());
        policies = merged(policies, of_configuration.policies.clone());
        found = Some(of_configuration);
    }
    let decision = decide(&request, &policies);
    if let Some(unseen) = found
        .as_ref()
        .map(|f| &f.unseen)
        .filter(|u| !u.is_empty() && decision.verdict != Verdict::Deny)
    {
        let detail = format!(
            "The text of {} was not seen, and it may decide otherwise. Of the policies seen: {} Give the texts with -policy=FILE to decide.",
            unseen.join(", "),
            decision.in_words(),
        );
        return Err(Diagnostic::error("Not decided", detail).into());
    }
    let by = decision
        .by
        .as_ref()
        .filter(|by| by.layer == Layer::Identity && by.statement.is_some());
    let address = by.and_then(|by| found.as_ref()?.addresses.get(by.policy));
    if on(m, "json") {
        let mut answer = decision.to_json(&Json::Null);
        if let (Some(by), Some(address)) =
            (answer.get_mut("by").and_then(Json::as_object_mut), address)
        {
            by.insert("address".into(), address.as_str().into());
        }
        cx.shell.document(&answer);
    } else {
        let place = address.map(|a| format!(" It is {a}.")).unwrap_or_default();
        cx.shell.out(&format!("{}{place}\n", decision.in_words()));
    }
    Ok(if decision.verdict == Verdict::Allow {
        0
    } else {
        3
    })
}

/// Puts policies of files in the place of those of the configuration.
fn merged(files: PolicySet, own: PolicySet) -> PolicySet {
    PolicySet {
        identity: own.identity,
        boundary: files.boundary.or(own.boundary),
        resource: files.resource.or(own.resource),
        ..files
    }
}

fn requests(cx: &Context, path: &str, json: bool) -> Done<u8> {
    let mut failed = false;
    iam_can::requests(path.as_ref(), |answer| match answer {
        Ok(answer) if json => cx.shell.document(&answer),
        Ok(answer) => {
            let id = answer
                .get("id")
                .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
            let decision = answer
                .get("decision")
                .and_then(Json::as_str)
                .unwrap_or_default();
            cx.shell
                .out(&format!("{}: {decision}\n", id.unwrap_or_default()));
        }
        Err(why) => {
            failed = true;
            cx.shell.diagnostic(why);
        }
    })?;
    Ok(u8::from(failed))
}
