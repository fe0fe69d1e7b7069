//! `permissions`: what a run needs, without asking anybody: the state counts as live, data sources are read later.

use std::sync::Arc;

use bastionless_core::{
    engine::{Events, Providers, Silent, answer},
    io::RealDisk,
    lang::address::ProviderConfig,
    plan::{
        Options, Plan,
        permissions::{Permissions, Place as Where},
        settler::{Answer, Inputs, Question, Read, ReadKey, Round, Settler},
    },
    store,
};
use bastionless_model::{base::Diagnostics, cloud::Observed, schema::Catalogue, value::Value};

use super::{
    Done, Failed, clouds,
    load::{self, Loaded},
    place::Place,
    request::Request,
};

/// Data sources that are computed here.
const COMPUTED: [&str; 3] = [
    "aws_iam_policy_document",
    "bastionless_access_policy",
    "terraform_remote_state",
];

/// Returns what planning needs and, with `carries_out`, what carrying out the plan needs.
pub(crate) async fn needed(
    loaded: Loaded,
    place: Place,
    request: &Request,
    account: Option<&str>,
    carries_out: bool,
) -> Done<(Permissions, Diagnostics)> {
    let prior = store::open(&*place.store, &RealDisk).await.map_err(|e| {
        let failed: Failed = e.into();
        Failed::new(failed.diagnostics, loaded.sources.clone())
    })?;
    let providers = Providers::new(clouds::clouds());
    let events: Arc<dyn Events> = Arc::new(Silent);
    let mut settler = Settler::new(Inputs {
        program: loaded.program.clone(),
        graph: loaded.graph.clone(),
        variables: loaded.values.values.clone(),
        set_variables: loaded.values.set.iter().cloned().collect(),
        prior: Arc::new(prior.snapshot.clone()),
        host: Arc::new(load::host()),
        catalogue: Catalogue::builtin(),
        options: Options {
            mode: request.mode,
            targets: request.targets.clone(),
            replace: request.replace.clone(),
            refresh: request.refresh,
            offline: false,
            imports: request.import.iter().cloned().collect(),
            workspace: place.workspace.as_str().into(),
        },
    });
    let mut asked: Vec<Read> = Vec::new();
    let mut region = None;
    let mut answers: Vec<(ReadKey, Answer)> = Vec::new();
    let plan = loop {
        match settler.advance(std::mem::take(&mut answers)) {
            Round::Needs(reads) => {
                for read in reads {
                    if let Some(answer) = offline(&read, &mut region) {
                        answers.push((read.key.clone(), answer));
                    } else {
                        answers.extend(answer(vec![read.clone()], &providers, &events, 1).await);
                    }
                    asked.push(read);
                }
            }
            Round::Done(plan) => break *plan,
        }
    };
    let mut diagnostics = loaded.warnings.clone();
    diagnostics.extend(settler.take_diagnostics());
    if diagnostics.has_errors() {
        return Err(Failed::new(diagnostics, loaded.sources));
    }
    let mut out = Permissions::new(whereabouts(region, account, &asked, &plan));
    for read in &asked {
        out.ask(read, Catalogue::builtin());
    }
    if carries_out {
        out.carry_out(&plan, Catalogue::builtin());
    }
    Ok((out, diagnostics))
}

/// Answers without asking; `None` for what is computed here.
fn offline(read: &Read, region: &mut Option<String>) -> Option<Answer> {
    Some(match &read.question {
        Question::Configure { provider, config } => {
            let own = region_of(provider, config);
            if region.is_none() {
                region.clone_from(&own);
            }
            Answer::Configured { region: own }
        }
        Question::Observe { identity, .. } => match &identity.prior {
            Some(prior) => Answer::Observed(Observed::Present(prior.clone())),
            None => Answer::Observed(Observed::Absent),
        },
        Question::Lookup { type_name, .. } if COMPUTED.contains(&&**type_name) => return None,
        Question::Lookup { .. } => Answer::Later,
    })
}

/// Returns the region that a provider works in, as far as configuration and environment tell.
fn region_of(provider: &ProviderConfig, config: &Value) -> Option<String> {
    let from = |name: &str| std::env::var(name).ok().filter(|t| !t.is_empty());
    let own = config.get_str("region").map(str::to_owned);
    (&*provider.provider.name == "aws")
        .then(|| {
            own.or_else(|| from("AWS_REGION"))
                .or_else(|| from("AWS_DEFAULT_REGION"))
        })
        .flatten()
}

/// Returns where the run works, as far as it is known: what is not asked for is known from ARNs in the state.
fn whereabouts(
    region: Option<String>,
    account: Option<&str>,
    asked: &[Read],
    plan: &Plan,
) -> Where {
    let arns = asked.iter().filter_map(|r| match &r.question {
        Question::Observe { identity, .. } => {
            identity.prior.as_ref()?.get_str("arn").map(str::to_owned)
        }
        _ => None,
    });
    let mut arns = arns.chain(
        plan.changes
            .iter()
            .filter_map(|c| c.before.get_str("arn").map(str::to_owned)),
    );
    let found = arns.find_map(|arn| {
        let parts: Vec<&str> = arn.split(':').collect();
        let [_, partition, _, _, account, ..] = parts.as_slice() else {
            return None;
        };
        (account.len() == 12).then(|| ((*partition).to_owned(), (*account).to_owned()))
    });
    let any = || "*".to_owned();
    let (mut partition, own) = found.unwrap_or_else(|| (any(), any()));
    if let Some(region) = region.as_deref().filter(|_| partition == "*") {
        partition = partition_of(region).to_owned();
    }
    Where {
        partition,
        region: region.unwrap_or_else(any),
        account: account.map_or(own, str::to_owned),
    }
}

/// Returns the partition of a region, which the beginning of its name tells.
fn partition_of(region: &str) -> &'static str {
    let others = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    others
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, p)| p)
}
