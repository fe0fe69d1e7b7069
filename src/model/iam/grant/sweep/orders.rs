//! The orders: every method with generated targets and limits, alone and together.

use std::collections::BTreeMap;

use crate::iam::grant::{Attachment, ControlPlane, Grant, Logging, Method, Order, Scope};

/// A reproducible source of choices (the linear congruential generator of Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn chance(&mut self, of: usize) -> bool {
        self.roll(of) == 0
    }

    fn some(&mut self, from: &[&str]) -> Vec<String> {
        let mut out: Vec<String> = from
            .iter()
            .filter(|_| self.chance(2))
            .map(|t| (*t).to_owned())
            .collect();
        if out.is_empty() {
            out.push(from[self.roll(from.len())].to_owned());
        }
        out
    }
}

fn tags(dice: &mut Dice) -> BTreeMap<String, String> {
    let mut out = BTreeMap::from([("Access".to_owned(), "team-a".to_owned())]);
    if dice.chance(3) {
        out.insert("Stage".into(), "prod".into());
    }
    out
}

fn instances(grant: &mut Grant, dice: &mut Dice) {
    match dice.roll(4) {
        0 => grant.instances = vec!["i-0a1".into()],
        1 => grant.instances = dice.some(&["i-0a1", "i-0b2", "i-0c3"]),
        2 => grant.instance_tags = tags(dice),
        _ => {
            grant.instances = dice.some(&["i-0a1", "i-0b2"]);
            grant.instance_tags = tags(dice);
        }
    }
    if grant.instances.is_empty() && dice.chance(3) {
        grant.except_instances = vec!["i-0e9".into()];
    }
}

fn tunnel(grant: &mut Grant, dice: &mut Dice) {
    match dice.roll(3) {
        0 => grant.endpoint_tags = tags(dice),
        _ => grant.endpoints = dice.some(&["eice-0a1", "eice-0b2"]),
    }
    grant.addresses = dice.some(&["10.0.1.10", "10.0.2.0/24", "10.4.0.0/16", "2001:db8:7::/64"]);
    if grant.addresses.iter().any(|a| a == "10.4.0.0/16") && dice.chance(2) {
        grant.except_addresses = vec!["10.4.7.0/24".into()];
    }
    grant.max_duration = [None, Some(900), Some(3600)][dice.roll(3)];
}

fn limits(grant: &mut Grant, dice: &mut Dice) {
    grant.require_mfa = dice.chance(3);
    grant.mfa_max_age = dice.chance(5).then_some(900);
    if dice.chance(3) {
        grant.source_ranges = dice.some(&["203.0.113.0/24", "198.51.100.1", "2001:db8:1::/48"]);
    }
    grant.not_before = dice.chance(5).then(|| "2026-01-01T00:00:00Z".into());
    grant.not_after = dice.chance(5).then(|| "2027-01-01T00:00:00Z".into());
    grant.discovery = !dice.chance(4);
}

fn documents(grant: &mut Grant, dice: &mut Dice) {
    let own = ["team-ports", "team-db"];
    match grant.method {
        Method::SsmShell if dice.chance(2) => {
            grant.documents = dice.some(&["team-shell", "SSM-SessionManagerRunShell"])
        }
        Method::SsmSsh if dice.chance(2) => grant.documents = dice.some(&own),
        Method::SsmPortForward if dice.chance(3) => {
            grant.documents = vec!["AWS-StartPortForwardingSession".into()]
        }
        Method::SsmRemotePortForward if dice.chance(3) => {
            grant.documents = vec!["AWS-StartPortForwardingSessionToRemoteHost".into()]
        }
        Method::SsmPortForward | Method::SsmRemotePortForward => {
            grant.documents = dice.some(&own);
            grant.ports = vec![5432];
            if grant.method == Method::SsmRemotePortForward {
                grant.hosts = vec!["db.example.internal".into()];
            }
        }
        _ => {}
    }
}

fn shell(grant: &mut Grant, scope: &Scope, dice: &mut Dice) {
    let Scope {
        partition,
        region,
        account,
    } = scope;
    let key = |id: &str| format!("arn:{partition}:kms:{region}:{account}:key/{id}");
    if dice.chance(2) {
        grant.session_keys = vec![key("session")];
    }
    if dice.chance(2) {
        grant.logging = Logging {
            log_groups: vec![format!(
                "arn:{partition}:logs:{region}:{account}:log-group:/ssm/sessions"
            )],
            buckets: if dice.chance(2) {
                vec![format!("arn:{partition}:s3:::team-logs/shell")]
            } else {
                vec![format!("arn:{partition}:s3:::team-logs")]
            },
            bucket_keys: if dice.chance(2) {
                vec![key("bucket")]
            } else {
                Vec::new()
            },
        };
    }
}

fn grant(method: Method, scope: &Scope, dice: &mut Dice) -> Grant {
    let mut g = Grant::new(method);
    limits(&mut g, dice);
    match method {
        Method::EicTunnel => {
            tunnel(&mut g, dice);
            g.ports = [vec![], vec![22], vec![3389], vec![3389, 22]][dice.roll(4)].clone();
        }
        Method::EicSsh | Method::InstanceConnect => {
            if method == Method::EicSsh {
                tunnel(&mut g, dice);
            }
            instances(&mut g, dice);
            g.os_users = dice.some(&["ec2-user", "deploy"]);
        }
        _ => {
            instances(&mut g, dice);
            documents(&mut g, dice);
            g.own_sessions_only = !dice.chance(5);
            if method == Method::SsmShell {
                shell(&mut g, scope, dice);
            }
        }
    }
    g
}

fn scope(i: usize) -> Scope {
    let (partition, region) = [
        ("aws", "eu-west-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
    ][i % 3];
    Scope {
        partition: partition.into(),
        region: region.into(),
        account: "111122223333".into(),
    }
}

fn control_plane(grants: &[Grant]) -> Option<ControlPlane> {
    let is_eic = grants.iter().any(|g| g.method.is_eic());
    let has_own = grants
        .iter()
        .any(|g| g.documents.iter().any(|d| !d.starts_with("AWS-")));
    (is_eic || has_own).then(|| ControlPlane {
        subnets: if is_eic {
            vec!["subnet-0a".into()]
        } else {
            Vec::new()
        },
        security_groups: if is_eic {
            vec!["sg-0a".into()]
        } else {
            Vec::new()
        },
    })
}

/// All orders, always the same.
pub(super) fn all() -> Vec<Order> {
    let mut dice = Dice(20_261_122);
    let mut out = Vec::new();
    let order = |i: usize, grants: Vec<Grant>| Order {
        scope: scope(i),
        attachment: Attachment::Managed,
        deny_others: i % 6 == 5,
        control_plane: if i % 4 == 3 {
            control_plane(&grants)
        } else {
            None
        },
        grants,
    };
    for i in 0..560 {
        let method = Method::ALL[i % 7].1;
        out.push(order(i, vec![grant(method, &scope(i), &mut dice)]));
    }
    for i in 560..700 {
        let count = 2 + dice.roll(2);
        let mut grants: Vec<Grant> = Vec::new();
        while grants.len() < count {
            let mut g = grant(Method::ALL[dice.roll(7)].1, &scope(i), &mut dice);
            // Other exceptions would contradict targets of other grants.
            g.except_instances.clear();
            if let Some(first) = grants
                .iter()
                .find(|f| f.method.is_ssm())
                .filter(|_| g.method.is_ssm())
            {
                g.instances = first.instances.clone();
                g.instance_tags = first.instance_tags.clone();
                if !g.ports.is_empty() {
                    g.documents = vec![format!("team-{}", grants.len())];
                }
            }
            grants.push(g);
        }
        let mut o = order(i, grants);
        o.deny_others = o.deny_others && i % 12 == 5;
        out.push(o);
    }
    out
}
