//! Paths: who gets to which instance by which method, hop by hop.

use std::{cell::OnceCell, collections::BTreeMap, sync::Arc};

use bastionless_model::iam::evaluate::Context;
use serde::{Deserialize, Serialize};

use super::{
    estate::{EicEndpoint, Estate, Instance, Role, SessionDocument},
    hop::{Hop, HopKind, HopState, Verdict},
    instance,
    method::Method,
    permit::{Question, Rules, SESSION},
    witness::{self, Witness},
};

/// The document of a session that names none. It exists as soon as somebody saves preferences, and may be one of the estate's.
const DEFAULT_DOCUMENT: &str = "SSM-SessionManagerRunShell";

/// The key that says whether the document is checked, which it is: paths name their document.
const DOCUMENT_CHECK: &str = "ssm:SessionDocumentAccessCheck";

/// Where the content of a session goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logged {
    /// The service has no means to log it: only the API call is in CloudTrail.
    Never,
    /// It could be logged and is not.
    No,
    /// To these destinations.
    To(Vec<String>),
    /// The settings were not seen.
    Unseen,
}

/// A path of a principal to an instance.
#[derive(Clone, Debug)]
pub struct Path {
    /// How.
    pub method: Method,
    /// Address of the role.
    pub principal: String,
    /// Address of the instance.
    pub instance: String,
    /// The session document or the endpoint that it goes through; empty where there is none.
    pub via: String,
    /// The hops in the order of a connection; parts are shared between paths.
    parts: Vec<Arc<Vec<Hop>>>,
    /// Whether the content is logged.
    pub logged: Logged,
}

impl Path {
    /// Returns the hops.
    pub fn hops(&self) -> impl Iterator<Item = &Hop> {
        self.parts.iter().flat_map(|p| p.iter())
    }

    /// Judges it.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.hops())
    }

    /// Returns the first missing hop.
    pub fn first_missing(&self) -> Option<&Hop> {
        self.hops().find(|h| h.state == HopState::Missing)
    }

    /// Returns what must hold beside the hops.
    pub fn conditions(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for condition in self.hops().flat_map(|h| &h.conditions) {
            if !out.contains(condition) {
                out.push(condition.clone());
            }
        }
        out
    }
}

/// What is the same for all principals.
struct Side<'a> {
    endpoint: Option<&'a EicEndpoint>,
    ssh: Arc<Vec<Hop>>,
    rdp: Arc<Vec<Hop>>,
    metadata: Arc<Vec<Hop>>,
    windows: Arc<Vec<Hop>>,
    direct: Arc<Vec<Hop>>,
    onward: Arc<Vec<Hop>>,
    /// By name of the document.
    sessions: BTreeMap<String, Arc<Vec<Hop>>>,
}

/// What is the same for all instances.
struct Own {
    describe: Arc<Vec<Hop>>,
    serial: Arc<Vec<Hop>>,
    fleet: Arc<Vec<Hop>>,
    /// By name of the document.
    sessions: BTreeMap<String, Arc<Vec<Hop>>>,
}

/// The answers to all questions about an estate.
pub struct Analysis<'a> {
    estate: &'a Estate,
    rules: Rules<'a>,
    documents: BTreeMap<String, SessionDocument>,
    sides: Vec<Side<'a>>,
    owns: BTreeMap<&'a str, Own>,
}

impl<'a> Analysis<'a> {
    /// Prepares what paths share.
    pub fn new(estate: &'a Estate) -> Self {
        Self::assuming(estate, &Context::default())
    }

    /// Prepares what paths share, for requests that have some keys for certain.
    pub fn assuming(estate: &'a Estate, keys: &Context) -> Self {
        let mut documents = estate.documents.clone();
        documents
            .entry(DEFAULT_DOCUMENT.into())
            .or_insert_with(|| SessionDocument {
                address: String::new(),
                arn: format!(
                    "arn:{}:ssm:{}:{}:document/{DEFAULT_DOCUMENT}",
                    estate.partition, estate.region, estate.account
                ),
                session_type: "Standard_Stream".into(),
                ..SessionDocument::default()
            });
        let rules = Rules::new(estate, keys);
        let sides = estate
            .instances
            .iter()
            .map(|i| side(estate, &rules, i, &documents))
            .collect();
        let owns = estate
            .roles
            .keys()
            .map(|r| (r.as_str(), own(estate, &rules, r, &documents)))
            .collect();
        Self {
            estate,
            rules,
            documents,
            sides,
            owns,
        }
    }

    /// Returns all paths that are not known to be blocked, in the order of principals, instances and methods.
    pub fn all(&self) -> Vec<Path> {
        let mut out = Vec::new();
        for role in self.estate.roles.values() {
            out.extend(self.of(role));
        }
        out
    }

    /// Returns the paths of a principal that are not known to be blocked, in the order of instances and methods.
    pub fn of(&self, role: &Role) -> Vec<Path> {
        let mut out = Vec::new();
        for (instance, side) in self.estate.instances.iter().zip(&self.sides) {
            self.between(role, instance, side, &Method::ALL, false, &mut |path| {
                out.push(path)
            });
        }
        out
    }

    /// Returns a concrete request for each permission that a path needs, as far as one is found that the evaluator allows.
    pub fn witnesses(&self, path: &Path) -> Vec<Witness> {
        let role = self
            .estate
            .roles
            .values()
            .find(|r| r.address == path.principal);
        let asked = path
            .hops()
            .filter(|h| h.state == HopState::Open)
            .filter_map(|h| h.asked.as_deref());
        role.map(|role| {
            asked
                .filter_map(|q| witness::find(self.estate, &self.rules, role, q))
                .collect()
        })
        .unwrap_or_default()
    }

    /// Returns every path of a role to an instance by a method, those that lead through first.
    pub fn paths(&self, role: &str, instance: &str, method: Method) -> Vec<Path> {
        let mut out = Vec::new();
        let role = self.estate.roles.values().find(|r| r.address == role);
        let places = self.estate.instances.iter().zip(&self.sides);
        if let (Some(role), Some((instance, side))) = (
            role,
            places.into_iter().find(|(i, _)| i.address == instance),
        ) {
            self.between(role, instance, side, &[method], true, &mut |path| {
                out.push(path)
            });
        }
        // The path that its builders mean: the one which the principal may take, through a document of their own.
        out.sort_by_key(|p| {
            let missing = || p.hops().filter(|h| h.state == HopState::Missing);
            let refused = missing()
                .filter(|h| matches!(h.kind, HopKind::Permission(..)))
                .count();
            let is_foreign = self
                .documents
                .get(&p.via)
                .is_some_and(|d| d.address.is_empty());
            (p.verdict(), refused, is_foreign, missing().count())
        });
        out
    }

    fn between(
        &self,
        role: &Role,
        instance: &Instance,
        side: &Side<'_>,
        methods: &[Method],
        all: bool,
        found: &mut dyn FnMut(Path),
    ) {
        let Some(own) = self.owns.get(role.name.as_str()) else {
            return;
        };
        let (tunnel, push, start) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let cx = Pair {
            analysis: self,
            role,
            instance,
            side,
            own,
            all,
            tunnel,
            push,
            start,
        };
        for method in methods {
            cx.method(*method, found);
        }
    }
}

/// A role and an instance; what several methods ask is asked once.
struct Pair<'a> {
    analysis: &'a Analysis<'a>,
    role: &'a Role,
    instance: &'a Instance,
    side: &'a Side<'a>,
    own: &'a Own,
    /// Paths that are blocked are wanted, too.
    all: bool,
    tunnel: OnceCell<Arc<Vec<Hop>>>,
    push: OnceCell<Arc<Vec<Hop>>>,
    start: OnceCell<Arc<Vec<Hop>>>,
}

impl Pair<'_> {
    fn method(&self, method: Method, found: &mut dyn FnMut(Path)) {
        let endpoint = self
            .side
            .endpoint
            .map(|e| e.address.as_str())
            .unwrap_or_default();
        match method {
            Method::EicConsole | Method::EicSsh => {
                let parts = [
                    self.ssh(),
                    self.push(),
                    &self.own.describe,
                    &self.side.ssh,
                    &self.side.metadata,
                ];
                self.found(method, endpoint, &parts, || Logged::Never, found);
            }
            Method::EicTunnel => self.found(
                method,
                endpoint,
                &[self.ssh(), &self.side.ssh],
                || Logged::Never,
                found,
            ),
            Method::EicRdp => {
                let tunnel = self.tunnel("3389");
                self.found(
                    method,
                    endpoint,
                    &[&tunnel, &self.side.rdp, &self.side.windows],
                    || Logged::Never,
                    found,
                );
            }
            Method::InstanceConnect => self.found(
                method,
                "",
                &[self.push(), &self.side.direct],
                || Logged::Never,
                found,
            ),
            Method::SerialConsole => {
                let question =
                    self.on_instance("ec2-instance-connect:SendSerialConsoleSSHPublicKey");
                self.found(
                    method,
                    "",
                    &[&self.ask("", question), &self.own.serial],
                    || Logged::Never,
                    found,
                );
            }
            Method::Socks => {
                self.found(
                    method,
                    endpoint,
                    &[self.ssh(), &self.side.ssh, &self.side.onward],
                    || Logged::Never,
                    found,
                );
                self.sessions(method, found);
            }
            Method::SsmShell
            | Method::SsmSsh
            | Method::SsmPortForward
            | Method::SsmRemotePortForward
            | Method::FleetManagerRdp => {
                self.sessions(method, found);
            }
        }
    }

    fn sessions(&self, method: Method, found: &mut dyn FnMut(Path)) {
        let start = self.start.get_or_init(|| {
            self.ask(
                "instance",
                self.on_instance("ssm:StartSession")
                    .with(DOCUMENT_CHECK, "true"),
            )
        });
        for (name, document) in self
            .analysis
            .documents
            .iter()
            .filter(|(name, d)| serves(method, name, d))
        {
            let (Some(own), Some(side)) =
                (self.own.sessions.get(name), self.side.sessions.get(name))
            else {
                continue;
            };
            let mut parts = vec![start, own];
            match method {
                Method::FleetManagerRdp => {
                    parts.extend([&self.own.fleet, side, &self.side.windows])
                }
                Method::SsmRemotePortForward | Method::Socks => {
                    parts.extend([side, &self.side.onward])
                }
                _ => parts.push(side),
            }
            self.found(
                method,
                name,
                &parts,
                || logged(self.analysis.estate, name, document),
                found,
            );
        }
    }

    /// Passes on a path that is wanted; most are blocked by their first hop, and then nothing is made.
    fn found(
        &self,
        method: Method,
        via: &str,
        parts: &[&Arc<Vec<Hop>>],
        logged: impl Fn() -> Logged,
        found: &mut dyn FnMut(Path),
    ) {
        let is_blocked = || {
            parts
                .iter()
                .flat_map(|p| p.iter())
                .any(|h| h.state == HopState::Missing)
        };
        if self.all || !is_blocked() {
            found(Path {
                method,
                principal: self.role.address.clone(),
                instance: self.instance.address.clone(),
                via: via.to_owned(),
                parts: parts.iter().map(|p| Arc::clone(p)).collect(),
                logged: logged(),
            });
        }
    }

    fn ask(&self, on: &'static str, question: Question) -> Arc<Vec<Hop>> {
        Arc::new(vec![permission(
            &self.analysis.rules,
            &self.role.name,
            on,
            question,
        )])
    }

    fn on_instance(&self, action: &'static str) -> Question {
        Question::new(action, &self.instance.arn).tagged(&self.instance.tags)
    }

    fn push(&self) -> &Arc<Vec<Hop>> {
        self.push.get_or_init(|| {
            self.ask(
                "",
                self.on_instance("ec2-instance-connect:SendSSHPublicKey"),
            )
        })
    }

    fn ssh(&self) -> &Arc<Vec<Hop>> {
        self.tunnel.get_or_init(|| self.tunnel("22"))
    }

    /// Opening a tunnel is checked on the endpoint, never on the instance: its address is a condition key.
    fn tunnel(&self, port: &str) -> Arc<Vec<Hop>> {
        let action = "ec2-instance-connect:OpenTunnel";
        let Some(endpoint) = self.side.endpoint else {
            return Arc::new(Vec::new());
        };
        let mut question = Question::new(action, &endpoint.arn)
            .tagged(&endpoint.tags)
            .with("ec2-instance-connect:remotePort", port);
        if let Some(address) = self.instance.private_ip {
            question = question.with("ec2-instance-connect:privateIpAddress", address.to_string());
        }
        self.ask("", question)
    }
}

/// Tells whether a document is for a method.
fn serves(method: Method, name: &str, document: &SessionDocument) -> bool {
    let is_own = !document.address.is_empty();
    let is_port = document.session_type == "Port";
    match method {
        Method::SsmShell => !is_port,
        Method::SsmSsh | Method::Socks => name == "AWS-StartSSHSession",
        Method::SsmPortForward => {
            name == "AWS-StartPortForwardingSession" || is_own && is_port && !document.has_host
        }
        Method::SsmRemotePortForward => {
            name == "AWS-StartPortForwardingSessionToRemoteHost"
                || is_own && is_port && document.has_host
        }
        Method::FleetManagerRdp => name == "AWS-StartPortForwardingSession",
        _ => false,
    }
}

/// Content of ports is opaque to Session Manager; that of shells goes where the account's or the own document says.
fn logged(estate: &Estate, name: &str, document: &SessionDocument) -> Logged {
    if document.session_type == "Port" {
        return Logged::Never;
    }
    let is_default = name == DEFAULT_DOCUMENT || document.address.is_empty();
    if is_default
        && estate
            .documents
            .get(DEFAULT_DOCUMENT)
            .is_none_or(|d| d.address.is_empty())
    {
        return Logged::Unseen;
    }
    // AWS's command documents follow the preferences of the account, which are in the default document.
    let document = if document.address.is_empty() {
        estate.documents.get(DEFAULT_DOCUMENT).unwrap_or(document)
    } else {
        document
    };
    let bucket = document.bucket.iter().map(|b| format!("s3://{b}"));
    let group = document.log_group.iter().map(|g| format!("log group {g}"));
    let to: Vec<_> = bucket.chain(group).collect();
    if to.is_empty() {
        Logged::No
    } else {
        Logged::To(to)
    }
}

/// Asks for a permission of the principal.
fn permission(rules: &Rules<'_>, role: &str, on: &'static str, question: Question) -> Hop {
    let hop = rules
        .ask(role, &question)
        .hop(HopKind::Permission(question.action, on));
    let asked = (hop.state == HopState::Open).then(|| Box::new(question));
    Hop { asked, ..hop }
}

fn side<'a>(
    estate: &'a Estate,
    rules: &Rules<'_>,
    instance: &Instance,
    documents: &BTreeMap<String, SessionDocument>,
) -> Side<'a> {
    let mut sessions: BTreeMap<String, Arc<Vec<Hop>>> = BTreeMap::new();
    let mut alike: Vec<(&SessionDocument, Arc<Vec<Hop>>)> = Vec::new();
    for (name, document) in documents {
        let same = alike
            .iter()
            .find(|(d, _)| d.needs() == document.needs())
            .map(|(_, hops)| hops.clone());
        let hops =
            same.unwrap_or_else(|| Arc::new(instance::ssm(estate, rules, instance, document)));
        alike.push((document, hops.clone()));
        sessions.insert(name.clone(), hops);
    }
    Side {
        endpoint: instance::endpoint(estate, instance),
        ssh: Arc::new(instance::eic(estate, instance, 22)),
        rdp: Arc::new(instance::eic(estate, instance, 3389)),
        metadata: Arc::new(vec![instance::metadata(instance)]),
        windows: Arc::new(vec![instance::windows(instance)]),
        direct: Arc::new(instance::direct(estate, instance)),
        onward: Arc::new(vec![instance::onward(estate, instance)]),
        sessions,
    }
}

fn own(
    estate: &Estate,
    rules: &Rules<'_>,
    role: &str,
    documents: &BTreeMap<String, SessionDocument>,
) -> Own {
    let ask = |action: &'static str, on: &'static str, resource: &str| {
        permission(rules, role, on, Question::new(action, resource))
    };
    let all = |actions: &[&'static str]| {
        Arc::new(actions.iter().map(|a| ask(a, "", "*")).collect::<Vec<_>>())
    };
    let sessions = documents.iter().map(|(name, document)| {
        let mut hops = vec![
            permission(
                rules,
                role,
                "document",
                Question::new("ssm:StartSession", &document.arn)
                    .tagged(&BTreeMap::new())
                    .with(DOCUMENT_CHECK, "true"),
            ),
            ask(
                "ssmmessages:OpenDataChannel",
                "",
                &format!(
                    "arn:{}:ssm:{}:{}:session/{SESSION}-0123456789abcdef0",
                    estate.partition, estate.region, estate.account
                ),
            ),
        ];
        if let Some(key) = document
            .key
            .as_ref()
            .filter(|_| document.session_type != "Port")
        {
            hops.push(match estate.keys.get(key) {
                Some(arn) => ask("kms:GenerateDataKey", "", arn),
                None => Hop::unseen(
                    HopKind::Key,
                    format!("the session key {key} is not managed here"),
                ),
            });
        }
        (name.clone(), Arc::new(hops))
    });
    let mut serial = vec![ask("ec2:GetSerialConsoleAccessStatus", "", "*")];
    serial.push(Hop::unseen(
        HopKind::AccountSetting("serial-console"),
        "whether the account allows the serial console was not seen",
    ));
    Own {
        describe: all(&[
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceConnectEndpoints",
        ]),
        serial: Arc::new(serial),
        fleet: all(&[
            "ssm-guiconnect:StartConnection",
            "ssm-guiconnect:GetConnection",
        ]),
        sessions: sessions.collect(),
    }
}
