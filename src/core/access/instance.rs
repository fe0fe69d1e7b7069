//! The half of a path that is the same for everybody: network, services, the instance itself.

use super::{
    estate::{EicEndpoint, Estate, Instance, RouteTarget, SessionDocument, VpcEndpoint},
    hop::{Hop, HopKind},
    network::{self, Other, Reach, Way, groups_allow},
    permit::{Permit, Question, Rules, allows_service},
};

/// Actions that the agent of Systems Manager needs (Systems Manager User Guide, "Minimum permissions"), with their service.
const AGENT: [(&str, &str); 5] = [
    ("ssm", "ssm:UpdateInstanceInformation"),
    ("ssmmessages", "ssmmessages:CreateControlChannel"),
    ("ssmmessages", "ssmmessages:CreateDataChannel"),
    ("ssmmessages", "ssmmessages:OpenControlChannel"),
    ("ssmmessages", "ssmmessages:OpenDataChannel"),
];

/// Actions on the log group of a session, besides `logs:DescribeLogGroups`.
const LOGS: [&str; 3] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:DescribeLogStreams",
];

/// HTTPS, the port of every service.
const HTTPS: i64 = 443;

fn vpc<'a>(estate: &'a Estate, instance: &Instance) -> Option<&'a str> {
    estate.vpc_of(instance.subnet.as_deref()?)
}

/// Returns the EC2 Instance Connect endpoint of the instance's VPC: there is at most one.
pub(super) fn endpoint<'a>(estate: &'a Estate, instance: &Instance) -> Option<&'a EicEndpoint> {
    let vpc = vpc(estate, instance)?;
    estate
        .eic_endpoints
        .iter()
        .find(|e| estate.vpc_of(&e.subnet) == Some(vpc))
}

/// Returns the hops from an EC2 Instance Connect endpoint to a port of the instance.
pub(super) fn eic(estate: &Estate, instance: &Instance, port: i64) -> Vec<Hop> {
    let Some(vpc) = vpc(estate, instance) else {
        return vec![Hop::unseen(
            HopKind::Endpoint,
            "the subnet of the instance is not managed here",
        )];
    };
    let Some(endpoint) = endpoint(estate, instance) else {
        return vec![Hop::missing(
            HopKind::Endpoint,
            format!("no EC2 Instance Connect endpoint in {vpc}"),
        )];
    };
    let to = Other {
        groups: instance.groups.as_deref(),
        address: instance.private_ip,
        ..Other::default()
    };
    let out = groups_allow(estate, endpoint.groups.as_deref(), Way::Out, port, &to);
    let within = estate
        .subnets
        .get(&endpoint.subnet)
        .map(|s| s.ranges.as_slice())
        .unwrap_or_default();
    let from = Other {
        groups: endpoint.groups.as_deref(),
        within: if endpoint.preserves_client_ip {
            &[]
        } else {
            within
        },
        is_client: endpoint.preserves_client_ip,
        ..Other::default()
    };
    let inbound = groups_allow(estate, instance.groups.as_deref(), Way::In, port, &from);
    vec![
        Hop::open(HopKind::Endpoint, &endpoint.address),
        Hop::reach(HopKind::EndpointEgress, out),
        Hop::reach(HopKind::InstanceIngress, inbound),
    ]
}

/// Returns the hop that EC2 Instance Connect needs to give the pushed key to the host.
pub(super) fn metadata(instance: &Instance) -> Hop {
    let why = format!(
        "the metadata service of {} is off, so the host cannot get the pushed key",
        instance.address
    );
    Hop::check(
        HopKind::Metadata,
        instance.has_metadata,
        &instance.address,
        why,
    )
}

/// Returns the hop of methods that end at Remote Desktop.
pub(super) fn windows(instance: &Instance) -> Hop {
    if instance.is_windows {
        Hop::open(HopKind::Windows, &instance.address)
    } else {
        Hop::unseen(
            HopKind::Windows,
            "whether the instance runs Windows was not seen",
        )
    }
}

/// Returns the hops from the internet to the instance's port 22.
pub(super) fn direct(estate: &Estate, instance: &Instance) -> Vec<Hop> {
    let why = format!(
        "{} has no public address; only networks with a route to its VPC reach it",
        instance.address
    );
    let public = Hop::check(
        HopKind::PublicAddress,
        instance.is_public,
        &instance.address,
        why,
    );
    let route = match instance
        .subnet
        .as_deref()
        .and_then(|s| network::way_out(estate, s))
    {
        Some(Some(RouteTarget::Internet)) => {
            Hop::open(HopKind::InternetRoute, "a route to an internet gateway")
        }
        Some(_) => Hop::missing(
            HopKind::InternetRoute,
            "its subnet has no route to an internet gateway",
        ),
        None => Hop::unseen(
            HopKind::InternetRoute,
            "the route table of its subnet is not managed here",
        ),
    };
    let client = Other {
        groups: Some(&[]),
        is_client: true,
        ..Other::default()
    };
    let inbound = groups_allow(estate, instance.groups.as_deref(), Way::In, 22, &client);
    vec![
        public,
        route,
        Hop::reach(HopKind::InstanceIngress, inbound),
        metadata(instance),
    ]
}

/// Returns the hops by which the agent of the instance takes part in a session with a document.
pub(super) fn ssm(
    estate: &Estate,
    rules: &Rules<'_>,
    instance: &Instance,
    document: &SessionDocument,
) -> Vec<Hop> {
    let mut hops = Vec::new();
    let role = role(estate, instance, &mut hops);
    let is_port = document.session_type == "Port";
    let mut needs: Vec<(&'static str, &'static str, String)> =
        AGENT.map(|(s, a)| (s, a, "*".to_owned())).to_vec();
    if let Some(key) = document.key.as_ref().filter(|_| !is_port) {
        match estate.keys.get(key) {
            Some(arn) => needs.push(("kms", "kms:Decrypt", arn.clone())),
            None => hops.push(Hop::unseen(
                HopKind::Key,
                format!("the session key {key} is not managed here"),
            )),
        }
    }
    if let Some(group) = document.log_group.as_ref().filter(|_| !is_port) {
        hops.push(destination(
            estate.log_groups.contains_key(group),
            "logs",
            group,
        ));
        hops.extend(encryption(estate, document, group));
        needs.push(("logs", "logs:DescribeLogGroups", "*".into()));
        let arn = format!(
            "arn:{}:logs:{}:{}:log-group:{group}",
            estate.partition, estate.region, estate.account
        );
        needs.extend(LOGS.map(|a| ("logs", a, format!("{arn}:log-stream:session"))));
    }
    if let Some(bucket) = document.bucket.as_ref().filter(|_| !is_port) {
        hops.push(destination(
            estate.buckets.contains_key(bucket),
            "s3",
            bucket,
        ));
        let arn = format!("arn:{}:s3:::{bucket}", estate.partition);
        needs.push(("s3", "s3:GetEncryptionConfiguration", arn.clone()));
        let prefix = document
            .prefix
            .as_ref()
            .map(|p| format!("{}/", p.trim_end_matches('/')))
            .unwrap_or_default();
        needs.push(("s3", "s3:PutObject", format!("{arn}/{prefix}session.log")));
        // The agent writes with the bucket's key, through S3, so it needs no way to the key itself.
        if let Some(key) = estate
            .buckets
            .get(bucket)
            .and_then(Option::as_ref)
            .and_then(|k| estate.keys.get(k))
        {
            needs.push(("s3", "kms:GenerateDataKey", key.clone()));
        }
    }
    if let Some(role) = role {
        for (_, action, resource) in &needs {
            hops.push(
                rules
                    .ask(role, &Question::new(action, resource))
                    .hop(HopKind::InstancePermission(action)),
            );
        }
    }
    services(estate, rules, instance, role, &needs, &mut hops);
    hops
}

/// Judges whether a session finds its log group encrypted as it wants, and the service may use the key.
fn encryption(estate: &Estate, document: &SessionDocument, group: &str) -> Option<Hop> {
    let Some(key) = estate.log_groups.get(group)? else {
        let why = format!(
            "{} refuses a log group without a key, and {group} has none",
            document.address
        );
        return document
            .wants_encrypted_logs
            .then(|| Hop::missing(HopKind::LogEncryption, why));
    };
    let policy = estate
        .keys
        .get(key)
        .and_then(|arn| estate.key_policies.get(arn))?;
    let service = format!("logs.{}.amazonaws.com", estate.region);
    let is_allowed = [&*service, "logs.amazonaws.com"]
        .iter()
        .any(|s| allows_service(policy, s, "kms:GenerateDataKey"));
    let why = format!("the policy of its key does not let {service} use it for {group}");
    Some(Hop::check(HopKind::LogEncryption, is_allowed, group, why))
}

fn destination(is_seen: bool, service: &'static str, name: &str) -> Hop {
    let kind = HopKind::LogDestination(service);
    if is_seen {
        Hop::open(kind, name)
    } else {
        Hop::unseen(kind, format!("{name} is not managed here"))
    }
}

/// Finds the role of an instance, and says what is missing on the way.
fn role<'a>(estate: &'a Estate, instance: &Instance, hops: &mut Vec<Hop>) -> Option<&'a str> {
    let Some(profile) = &instance.profile else {
        hops.push(Hop::missing(
            HopKind::Profile,
            format!("{} has no instance profile", instance.address),
        ));
        return None;
    };
    let Some(role) = estate.profiles.get(profile) else {
        hops.push(Hop::unseen(
            HopKind::Profile,
            format!("the instance profile {profile} is not managed here"),
        ));
        return None;
    };
    let Some(role) = role else {
        hops.push(Hop::missing(
            HopKind::Profile,
            format!("the instance profile {profile} has no role"),
        ));
        return None;
    };
    let Some(role) = estate.roles.get(role) else {
        hops.push(Hop::unseen(
            HopKind::Profile,
            format!("the role {role} is not managed here"),
        ));
        return None;
    };
    hops.push(Hop::open(HopKind::Profile, &role.address));
    let service = if estate.partition == "aws-cn" {
        "ec2.amazonaws.com.cn"
    } else {
        "ec2.amazonaws.com"
    };
    let is_trusted = [service, "ec2.amazonaws.com"]
        .iter()
        .any(|s| allows_service(&role.trust, s, "sts:AssumeRole"));
    let why = format!("{} does not let EC2 assume it", role.address);
    hops.push(Hop::check(
        HopKind::InstanceTrust,
        is_trusted,
        &role.address,
        why,
    ));
    hops.push(metadata(instance));
    Some(&role.name)
}

/// Judges the way from the instance to each service that it calls.
fn services(
    estate: &Estate,
    rules: &Rules<'_>,
    instance: &Instance,
    role: Option<&str>,
    needs: &[(&'static str, &'static str, String)],
    hops: &mut Vec<Hop>,
) {
    let mut done: Vec<&'static str> = Vec::new();
    for (service, _, _) in needs {
        if done.contains(service) {
            continue;
        }
        done.push(service);
        let calls: Vec<_> = needs
            .iter()
            .filter(|n| n.0 == *service && !(n.0 == "s3" && n.1.starts_with("kms:")))
            .map(|n| (n.1, n.2.as_str()))
            .collect();
        way(estate, rules, instance, role, service, &calls, hops);
    }
}

fn way(
    estate: &Estate,
    rules: &Rules<'_>,
    instance: &Instance,
    role: Option<&str>,
    service: &'static str,
    calls: &[(&'static str, &str)],
    hops: &mut Vec<Hop>,
) {
    let Some((subnet, vpc)) = instance.subnet.as_deref().zip(vpc(estate, instance)) else {
        hops.push(Hop::unseen(
            HopKind::Service(service),
            "the subnet of the instance is not managed here",
        ));
        return;
    };
    let interface = network::interfaces(estate, vpc, service).next();
    let gateway = network::gateways(estate, subnet, service).next();
    let Some(endpoint) = interface.or(gateway) else {
        hops.extend(outside(estate, instance, subnet, service));
        return;
    };
    hops.push(Hop::open(HopKind::Service(service), &endpoint.address));
    if endpoint.is_interface {
        names(estate, vpc, endpoint, service, hops);
    }
    groups(estate, instance, endpoint, service, hops);
    if let (Some(policy), Some(role)) = (&endpoint.policy, role) {
        for (action, resource) in calls {
            let question = Question::new(action, resource);
            let hop = rules
                .through(role, policy, &question)
                .hop(HopKind::ServicePolicy(service, action));
            hops.push(hop);
        }
    }
}

/// Judges the way to a service without an endpoint: over the internet.
fn outside(estate: &Estate, instance: &Instance, subnet: &str, service: &'static str) -> Vec<Hop> {
    let none = format!("no endpoint of {service} in its VPC, and no route to the internet");
    let route = match network::way_out(estate, subnet) {
        Some(Some(RouteTarget::Nat)) => Hop::open(HopKind::Service(service), "a route through NAT"),
        Some(Some(RouteTarget::Internet)) if instance.is_public => {
            Hop::open(HopKind::Service(service), "a route to the internet")
        }
        Some(Some(RouteTarget::Internet)) => Hop::missing(
            HopKind::Service(service),
            format!("{none} that works without a public address"),
        ),
        Some(Some(RouteTarget::Other(id))) => Hop::unseen(
            HopKind::Service(service),
            format!("where {id} leads was not seen"),
        ),
        Some(None) => Hop::missing(HopKind::Service(service), none),
        None => Hop::unseen(
            HopKind::Service(service),
            "the route table of its subnet is not managed here",
        ),
    };
    let internet = ipnet::IpNet::from(ipnet::Ipv4Net::default());
    let out = groups_allow(
        estate,
        instance.groups.as_deref(),
        Way::Out,
        HTTPS,
        &Other {
            groups: Some(&[]),
            within: &[internet],
            ..Other::default()
        },
    );
    vec![route, Hop::reach(HopKind::InstanceEgress(service), out)]
}

fn names(
    estate: &Estate,
    vpc: &str,
    endpoint: &VpcEndpoint,
    service: &'static str,
    hops: &mut Vec<Hop>,
) {
    let why = format!(
        "names of {service} do not lead to {}: private DNS is off",
        endpoint.address
    );
    hops.push(Hop::check(
        HopKind::PrivateDns(service),
        endpoint.has_private_dns,
        &endpoint.address,
        why,
    ));
    if hops.iter().any(|h| h.kind == HopKind::VpcDns) {
        return;
    }
    hops.push(match estate.vpcs.get(vpc) {
        None => Hop::unseen(HopKind::VpcDns, format!("{vpc} is not managed here")),
        Some(v) if v.dns_support.is_none() || v.dns_hostnames.is_none() => {
            Hop::unseen(HopKind::VpcDns, "its DNS settings were not seen")
        }
        Some(v) => {
            let is_on = v.dns_support == Some(true) && v.dns_hostnames == Some(true);
            let why = format!(
                "{} needs enable_dns_support and enable_dns_hostnames for private DNS",
                v.address
            );
            Hop::check(HopKind::VpcDns, is_on, &v.address, why)
        }
    });
}

fn groups(
    estate: &Estate,
    instance: &Instance,
    endpoint: &VpcEndpoint,
    service: &'static str,
    hops: &mut Vec<Hop>,
) {
    let ranges: Vec<_> = endpoint
        .subnets
        .iter()
        .filter_map(|s| estate.subnets.get(s))
        .flat_map(|s| s.ranges.clone())
        .collect();
    // The addresses of a gateway are those of the service's prefix list; what may reach everything reaches them too.
    let everywhere = [ipnet::IpNet::from(ipnet::Ipv4Net::default())];
    let to = if endpoint.is_interface {
        Other {
            groups: endpoint.groups.as_deref(),
            within: &ranges,
            ..Other::default()
        }
    } else {
        Other {
            groups: Some(&[]),
            within: &everywhere,
            prefix_list: endpoint.prefix_list.as_deref(),
            ..Other::default()
        }
    };
    let out = groups_allow(estate, instance.groups.as_deref(), Way::Out, HTTPS, &to);
    hops.push(Hop::reach(HopKind::InstanceEgress(service), out));
    if endpoint.is_interface {
        let from = Other {
            groups: instance.groups.as_deref(),
            address: instance.private_ip,
            ..Other::default()
        };
        let inbound = groups_allow(estate, endpoint.groups.as_deref(), Way::In, HTTPS, &from);
        hops.push(Hop::reach(HopKind::ServiceIngress(service), inbound));
    }
}

/// Judges whether the instance reaches anything itself, which is what a proxy or a forwarded port of another host needs.
pub(super) fn onward(estate: &Estate, instance: &Instance) -> Hop {
    let Some(groups) = instance.groups.as_deref() else {
        return Hop::unseen(
            HopKind::OnwardEgress,
            "its security groups are known only after apply",
        );
    };
    let seen: Vec<_> = groups.iter().filter_map(|g| estate.group(g)).collect();
    let rules: Vec<String> = seen
        .iter()
        .flat_map(|g| {
            g.egress
                .iter()
                .map(|r| format!("{} {}-{} to {}", r.protocol, r.from, r.to, r.peer))
        })
        .collect();
    if rules.is_empty() && seen.len() == groups.len() {
        return Hop::missing(HopKind::OnwardEgress, "its groups let nothing out");
    }
    if seen.len() < groups.len() {
        return Hop::unseen(HopKind::OnwardEgress, "not all its groups are managed here");
    }
    Hop {
        conditions: vec![format!("to what it reaches: {}", rules.join(", "))],
        ..Hop::reach(
            HopKind::OnwardEgress,
            Reach::Yes("its outbound rules".into(), None),
        )
    }
}

impl Permit {
    /// Makes it a hop.
    pub(super) fn hop(self, kind: HopKind) -> Hop {
        match self {
            Self::Yes { by, conditions } => Hop {
                conditions,
                ..Hop::open(kind, by)
            },
            Self::No(why) => Hop::missing(kind, why),
            Self::Unseen(why) => Hop::unseen(kind, why),
        }
    }
}
