//! The estate: what a state, or the state as a plan leaves it, says about networks, instances and permissions.
//!
//! Facts are kept as AWS names them and refer to each other by id, ARN or name. An object that does not exist yet has a
//! *symbol* in the place of what AWS will choose: `${aws_instance.web.id}` (see `plan::policies`). What a fact refers to
//! and the estate does not hold was not seen, which is never taken for "is not there".

mod compute;
mod identity;
mod network;
mod session;
mod symbols;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use bastionless_model::{iam::ast::Document, schema::Catalogue, value::Value};
use ipnet::IpNet;

use crate::{lang::address::Mode, state::Snapshot};

/// An object of a state.
#[derive(Clone, Debug)]
pub struct Thing {
    /// Its address, such as `module.m.aws_instance.web[0]`.
    pub address: String,
    /// Its type, such as `aws_instance`.
    pub type_name: String,
    /// Somebody else manages it: it comes from a data source.
    pub is_data: bool,
    /// Some of it is sensitive: what its policies say in words is not shown.
    pub is_secret: bool,
    /// Its attributes, without marks.
    pub value: Value,
}

/// A VPC.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// Where it is declared.
    pub address: String,
    /// Its address ranges.
    pub ranges: Vec<IpNet>,
    /// `enable_dns_support`; `None` where it was not seen.
    pub dns_support: Option<bool>,
    /// `enable_dns_hostnames`; `None` where it was not seen.
    pub dns_hostnames: Option<bool>,
}

/// A subnet.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// Where it is declared.
    pub address: String,
    /// The id of its VPC.
    pub vpc: String,
    /// Its address ranges.
    pub ranges: Vec<IpNet>,
}

/// A route of a route table to outside of the VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Addresses it is for.
    pub range: IpNet,
    /// Where it leads.
    pub target: RouteTarget,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteTarget {
    /// An internet gateway.
    Internet,
    /// A NAT gateway or instance: out only.
    Nat,
    /// Something else, such as a transit gateway or peering.
    Other(String),
}

/// The other side of a rule of a security group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// An address range.
    Range(IpNet),
    /// Members of a group, by id.
    Group(String),
    /// A prefix list, by id.
    PrefixList(String),
    /// A text that is known only after apply.
    Symbol(String),
}

/// A rule of a security group, with one peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, a number; `-1` is all.
    pub protocol: String,
    /// First port.
    pub from: i64,
    /// Last port.
    pub to: i64,
    /// The other side.
    pub peer: Peer,
}

/// A security group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Where it is declared.
    pub address: String,
    /// The id of its VPC.
    pub vpc: String,
    /// Its inbound rules.
    pub ingress: BTreeSet<Rule>,
    /// Its outbound rules.
    pub egress: BTreeSet<Rule>,
    /// Its rules were seen; a data source does not tell them.
    pub has_rules: bool,
}

/// An EC2 Instance Connect endpoint.
#[derive(Clone, Debug)]
pub struct EicEndpoint {
    /// Where it is declared.
    pub address: String,
    /// Its ARN.
    pub arn: String,
    /// Its subnet, by id.
    pub subnet: String,
    /// Its security groups, by id; `None` where that is known only after apply.
    pub groups: Option<Vec<String>>,
    /// The instance sees the address of the client.
    pub preserves_client_ip: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A VPC endpoint of a service.
#[derive(Clone, Debug)]
pub struct VpcEndpoint {
    /// Where it is declared.
    pub address: String,
    /// Its VPC, by id.
    pub vpc: String,
    /// Last part of the service's name: `ssm` of `com.amazonaws.eu-west-1.ssm`.
    pub service: String,
    /// An interface in subnets, rather than an entry of route tables.
    pub is_interface: bool,
    /// Subnets of the interfaces, by id.
    pub subnets: Vec<String>,
    /// Security groups of the interfaces, by id; `None` where that is known only after apply.
    pub groups: Option<Vec<String>>,
    /// Names of the service lead to it.
    pub has_private_dns: bool,
    /// Route tables of a gateway, by id.
    pub route_tables: Vec<String>,
    /// Prefix list of a gateway.
    pub prefix_list: Option<String>,
    /// Its policy; `None` allows everything.
    pub policy: Option<Document>,
}

/// An instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Where it is declared.
    pub address: String,
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its subnet, by id; `None` where AWS chooses.
    pub subnet: Option<String>,
    /// Its security groups, by id; `None` where that is known only after apply.
    pub groups: Option<Vec<String>>,
    /// Its first private address; one of the subnet's stands in where AWS is yet to choose.
    pub private_ip: Option<IpAddr>,
    /// It has, or is given, a public address.
    pub is_public: bool,
    /// Name of its instance profile.
    pub profile: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its metadata service answers.
    pub has_metadata: bool,
    /// It is known to run Windows.
    pub is_windows: bool,
}

/// Somebody with policies: an IAM role, or whoever is given a policy that no role of the estate has.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// It stands for whoever is given the policy at `address`.
    pub is_holder: bool,
    /// Where it is declared.
    pub address: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Who may assume it.
    pub trust: Document,
    /// What it may do, with where each policy is declared.
    pub policies: Vec<(String, Document)>,
    /// The most it may do.
    pub boundary: Option<Document>,
    /// Policies whose text was not seen, by ARN.
    pub unseen: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A document of Session Manager.
#[derive(Clone, Debug, Default)]
pub struct SessionDocument {
    /// Where it is declared; empty for one of AWS.
    pub address: String,
    /// Its ARN.
    pub arn: String,
    /// `Standard_Stream`, `Port`, `InteractiveCommands` …
    pub session_type: String,
    /// Bucket of the session's content.
    pub bucket: Option<String>,
    /// What names of objects in the bucket begin with.
    pub prefix: Option<String>,
    /// Log group of the session's content.
    pub log_group: Option<String>,
    /// Key of the session, as the document names it.
    pub key: Option<String>,
    /// It refuses a log group that no key encrypts.
    pub wants_encrypted_logs: bool,
    /// It leads to a port of another host.
    pub has_host: bool,
}

impl SessionDocument {
    /// Returns what the instance needs for it; documents that need the same are alike to the instance.
    pub fn needs(&self) -> impl PartialEq + '_ {
        if self.session_type == "Port" {
            (true, None, None, None, false)
        } else {
            (
                false,
                self.bucket.as_ref().map(|b| (b, &self.prefix)),
                self.log_group.as_ref(),
                self.key.as_ref(),
                self.wants_encrypted_logs,
            )
        }
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Range(range) => range.fmt(f),
            Self::Group(text) | Self::PrefixList(text) | Self::Symbol(text) => f.write_str(text),
        }
    }
}

/// Everything seen. Keys are ids, except where said.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The account; a symbol where no object tells it.
    pub account: String,
    /// The partition.
    pub partition: String,
    /// The region.
    pub region: String,
    /// VPCs.
    pub vpcs: BTreeMap<String, Vpc>,
    /// Subnets.
    pub subnets: BTreeMap<String, Subnet>,
    /// Routes of route tables.
    pub routes: BTreeMap<String, Vec<Route>>,
    /// Route tables of subnets.
    pub table_of: BTreeMap<String, String>,
    /// Security groups.
    pub groups: BTreeMap<String, Group>,
    /// EC2 Instance Connect endpoints.
    pub eic_endpoints: Vec<EicEndpoint>,
    /// VPC endpoints.
    pub vpc_endpoints: Vec<VpcEndpoint>,
    /// Instances.
    pub instances: Vec<Instance>,
    /// Roles by name.
    pub roles: BTreeMap<String, Role>,
    /// Roles of instance profiles, by the profile's name.
    pub profiles: BTreeMap<String, Option<String>>,
    /// Documents of Session Manager by name.
    pub documents: BTreeMap<String, SessionDocument>,
    /// ARNs of keys by what names them: key id, ARN, alias ARN and name.
    pub keys: BTreeMap<String, String>,
    /// Policies of keys by the key's ARN.
    pub key_policies: BTreeMap<String, Document>,
    /// Policies of buckets by the bucket's name.
    pub bucket_policies: BTreeMap<String, Document>,
    /// Log groups by name, with the key that encrypts them.
    pub log_groups: BTreeMap<String, Option<String>>,
    /// Buckets by name, with the key that encrypts new objects, as the bucket names it.
    pub buckets: BTreeMap<String, Option<String>>,
    /// What stands for symbols.
    pub standins: symbols::StandIns,
    /// Addresses of objects of which some is sensitive.
    pub secrets: BTreeSet<String>,
    /// Texts that are no policy: address and why.
    pub unreadable: Vec<(String, String)>,
}

/// Returns the objects of a state whose types are known.
pub fn things(state: &Snapshot, catalogue: &Catalogue) -> Vec<Thing> {
    let mut out = Vec::new();
    for (address, _, instance) in state.instances() {
        let resource = &address.resource.resource;
        let is_data = resource.mode == Mode::Data;
        let schema = if is_data {
            catalogue.data(&resource.type_name)
        } else {
            catalogue.managed(&resource.type_name)
        };
        let Some(object) = instance.current.as_ref() else {
            continue;
        };
        if let Some(value) = schema.and_then(|s| object.decode(&s).ok()) {
            out.push(Thing {
                address: address.to_string(),
                type_name: resource.type_name.to_string(),
                is_data,
                is_secret: !object.sensitive.is_empty(),
                value: value.unmark_deep().0,
            });
        }
    }
    out
}

impl Estate {
    /// Reads the facts. `earlier` is the state before, where `things` is what a plan makes of it: a group without rules
    /// of its own still shows the rules it had, and those of rule resources that go must not count any more.
    pub fn read(things: &[Thing], earlier: Option<&[Thing]>) -> Self {
        let mut estate = Self::default();
        symbols::place(&mut estate, things);
        estate.secrets = things
            .iter()
            .filter(|t| t.is_secret)
            .map(|t| t.address.clone())
            .collect();
        let things: Vec<Thing> = things.iter().map(|t| estate.standins.thing(t)).collect();
        network::read(&mut estate, &things, earlier);
        compute::read(&mut estate, &things);
        identity::read(&mut estate, &things);
        session::read(&mut estate, &things);
        estate
    }

    /// Returns the group's rules, or `None` where they were not seen.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id).filter(|g| g.has_rules)
    }

    /// Returns the VPC of a subnet.
    pub fn vpc_of(&self, subnet: &str) -> Option<&str> {
        self.subnets.get(subnet).map(|s| s.vpc.as_str())
    }

    fn document(&mut self, address: &str, text: &str) -> Option<Document> {
        match Document::parse(text) {
            Ok(parsed) => Some(parsed.document),
            Err(e) => {
                self.unreadable.push((address.to_owned(), e.to_string()));
                None
            }
        }
    }
}

/// Returns the texts of a list or set; `None` where it is null, which stands for unknown, too.
fn texts(value: &Value, name: &str) -> Option<Vec<String>> {
    let elements = value.get(name)?.elements()?;
    Some(
        elements
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect(),
    )
}

/// Returns a text that says something.
fn text(value: &Value, name: &str) -> Option<String> {
    value
        .get_str(name)
        .filter(|t| !t.is_empty())
        .map(str::to_owned)
}

/// Returns the tags, those of the provider too.
fn tags(value: &Value) -> BTreeMap<String, String> {
    let all = ["tags", "tags_all"]
        .into_iter()
        .filter_map(|name| value.get(name)?.entries());
    let texts = all.flat_map(|m| {
        m.iter()
            .filter_map(|(k, v)| Some((k.to_string(), v.as_str()?.to_owned())))
    });
    texts.collect()
}
