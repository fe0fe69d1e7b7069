//! Every type goes through its life: created, found unchanged, changed in place, replaced, vanished, unreadable, destroyed. The
//! real planner plans, the cloud is the fake one; so this proves schemas, planner and engine, and says nothing about AWS.

use std::path::Path;

use bastionless_model::{
    base::{Diagnostics, SourceMap},
    cloud::OpErrorKind,
    schema::SchemaKind,
};

use super::{
    super::fake::{FakeCloud, Wrong},
    *,
};
use crate::{
    engine::answer,
    io::{MemorySystem, SystemHost, load_configuration, load_inputs},
    lang::{graph::StaticGraph, inputs::root_values, link::link, program::Program},
    plan::{
        Options,
        finalise::Finaliser,
        settler::{Inputs, Round, Settler},
    },
};

/// What one type goes through: bodies of its block.
struct Life {
    type_name: &'static str,
    create: &'static str,
    /// Differs from `create` in what is changed in place; empty where nothing can be.
    update: &'static str,
    /// Differs in what replaces.
    replace: &'static str,
}

const fn life(
    type_name: &'static str,
    create: &'static str,
    update: &'static str,
    replace: &'static str,
) -> Life {
    Life {
        type_name,
        create,
        update,
        replace,
    }
}

const POLICY: &str = r#"jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })"#;
const OTHER_POLICY: &str = r#"jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "*" }] })"#;

/// `POLICY` and `OTHER` in the bodies stand for policies.
const LIVES: &[Life] = &[
    life(
        "aws_cloudwatch_log_group",
        r#"name = "a""#,
        "name = \"a\"\nretention_in_days = 7",
        r#"name = "b""#,
    ),
    life(
        "aws_ec2_instance_connect_endpoint",
        r#"subnet_id = "subnet-1""#,
        "subnet_id = \"subnet-1\"\ntags = { a = \"b\" }",
        r#"subnet_id = "subnet-2""#,
    ),
    life(
        "aws_iam_instance_profile",
        r#"name = "a""#,
        "name = \"a\"\nrole = \"r\"",
        r#"name = "b""#,
    ),
    life(
        "aws_iam_policy",
        "name = \"a\"\npolicy = POLICY",
        "name = \"a\"\npolicy = OTHER",
        "name = \"b\"\npolicy = POLICY",
    ),
    life(
        "aws_iam_role",
        "name = \"a\"\nassume_role_policy = POLICY",
        "name = \"a\"\nassume_role_policy = POLICY\ndescription = \"d\"",
        "name = \"b\"\nassume_role_policy = POLICY",
    ),
    life(
        "aws_iam_role_policy",
        "name = \"a\"\nrole = \"r\"\npolicy = POLICY",
        "name = \"a\"\nrole = \"r\"\npolicy = OTHER",
        "name = \"b\"\nrole = \"r\"\npolicy = POLICY",
    ),
    life(
        "aws_iam_role_policy_attachment",
        "role = \"r\"\npolicy_arn = \"arn:aws:iam::aws:policy/A\"",
        "",
        "role = \"r\"\npolicy_arn = \"arn:aws:iam::aws:policy/B\"",
    ),
    life(
        "aws_instance",
        "ami = \"ami-1\"\ninstance_type = \"t3.micro\"\nsubnet_id = \"subnet-1\"",
        "ami = \"ami-1\"\ninstance_type = \"t3.small\"\nsubnet_id = \"subnet-1\"",
        "ami = \"ami-2\"\ninstance_type = \"t3.micro\"\nsubnet_id = \"subnet-1\"",
    ),
    life(
        "aws_internet_gateway",
        r#"vpc_id = "vpc-1""#,
        r#"vpc_id = "vpc-2""#,
        "vpc_id = \"vpc-1\"\nregion = \"eu-west-2\"",
    ),
    life(
        "aws_key_pair",
        "key_name = \"a\"\npublic_key = \"ssh-ed25519 AAAA\"",
        "key_name = \"a\"\npublic_key = \"ssh-ed25519 AAAA\"\ntags = { a = \"b\" }",
        "key_name = \"b\"\npublic_key = \"ssh-ed25519 AAAA\"",
    ),
    life(
        "aws_kms_alias",
        "name = \"alias/a\"\ntarget_key_id = \"k1\"",
        "name = \"alias/a\"\ntarget_key_id = \"k2\"",
        "name = \"alias/b\"\ntarget_key_id = \"k1\"",
    ),
    life(
        "aws_kms_key",
        r#"description = "a""#,
        r#"description = "b""#,
        "description = \"a\"\nkey_usage = \"SIGN_VERIFY\"\ncustomer_master_key_spec = \"RSA_2048\"",
    ),
    life(
        "aws_route",
        "route_table_id = \"rtb-1\"\ndestination_cidr_block = \"0.0.0.0/0\"\ngateway_id = \"igw-1\"",
        "route_table_id = \"rtb-1\"\ndestination_cidr_block = \"0.0.0.0/0\"\ngateway_id = \"igw-2\"",
        "route_table_id = \"rtb-1\"\ndestination_cidr_block = \"10.0.0.0/8\"\ngateway_id = \"igw-1\"",
    ),
    life(
        "aws_route_table",
        r#"vpc_id = "vpc-1""#,
        "vpc_id = \"vpc-1\"\ntags = { a = \"b\" }",
        r#"vpc_id = "vpc-2""#,
    ),
    life(
        "aws_route_table_association",
        "route_table_id = \"rtb-1\"\nsubnet_id = \"subnet-1\"",
        "",
        "route_table_id = \"rtb-1\"\nsubnet_id = \"subnet-2\"",
    ),
    life(
        "aws_s3_bucket",
        r#"bucket = "a""#,
        "bucket = \"a\"\ntags = { a = \"b\" }",
        r#"bucket = "b""#,
    ),
    life(
        "aws_s3_bucket_lifecycle_configuration",
        "bucket = \"a\"\nrule {\nid = \"x\"\nstatus = \"Enabled\"\nfilter {}\nexpiration {\ndays = 7\n}\n}",
        "bucket = \"a\"\nrule {\nid = \"x\"\nstatus = \"Enabled\"\nfilter {}\nexpiration {\ndays = 9\n}\n}",
        "bucket = \"b\"\nrule {\nid = \"x\"\nstatus = \"Enabled\"\nfilter {}\nexpiration {\ndays = 7\n}\n}",
    ),
    life(
        "aws_s3_bucket_ownership_controls",
        "bucket = \"a\"\nrule {\nobject_ownership = \"BucketOwnerEnforced\"\n}",
        "bucket = \"a\"\nrule {\nobject_ownership = \"BucketOwnerPreferred\"\n}",
        "bucket = \"b\"\nrule {\nobject_ownership = \"BucketOwnerEnforced\"\n}",
    ),
    life(
        "aws_s3_bucket_policy",
        "bucket = \"a\"\npolicy = POLICY",
        "bucket = \"a\"\npolicy = OTHER",
        "bucket = \"b\"\npolicy = POLICY",
    ),
    life(
        "aws_s3_bucket_public_access_block",
        "bucket = \"a\"\nblock_public_acls = true",
        "bucket = \"a\"\nblock_public_acls = false",
        "bucket = \"b\"\nblock_public_acls = true",
    ),
    life(
        "aws_s3_bucket_server_side_encryption_configuration",
        "bucket = \"a\"\nrule {\napply_server_side_encryption_by_default {\nsse_algorithm = \"AES256\"\n}\n}",
        "bucket = \"a\"\nrule {\napply_server_side_encryption_by_default {\nsse_algorithm = \"aws:kms\"\n}\n}",
        "bucket = \"b\"\nrule {\napply_server_side_encryption_by_default {\nsse_algorithm = \"AES256\"\n}\n}",
    ),
    life(
        "aws_s3_bucket_versioning",
        "bucket = \"a\"\nversioning_configuration {\nstatus = \"Enabled\"\n}",
        "bucket = \"a\"\nversioning_configuration {\nstatus = \"Suspended\"\n}",
        "bucket = \"b\"\nversioning_configuration {\nstatus = \"Enabled\"\n}",
    ),
    life(
        "aws_security_group",
        "name = \"a\"\nvpc_id = \"vpc-1\"",
        "name = \"a\"\nvpc_id = \"vpc-1\"\ntags = { a = \"b\" }",
        "name = \"b\"\nvpc_id = \"vpc-1\"",
    ),
    life(
        "aws_security_group_rule",
        "type = \"ingress\"\nfrom_port = 22\nto_port = 22\nprotocol = \"tcp\"\ncidr_blocks = [\"10.0.0.0/8\"]\nsecurity_group_id = \"sg-1\"",
        "type = \"ingress\"\nfrom_port = 22\nto_port = 22\nprotocol = \"tcp\"\ncidr_blocks = [\"10.0.0.0/8\"]\nsecurity_group_id = \"sg-1\"\ndescription = \"d\"",
        "type = \"ingress\"\nfrom_port = 443\nto_port = 443\nprotocol = \"tcp\"\ncidr_blocks = [\"10.0.0.0/8\"]\nsecurity_group_id = \"sg-1\"",
    ),
    life(
        "aws_ssm_document",
        "name = \"a\"\ndocument_type = \"Session\"\ncontent = jsonencode({ schemaVersion = \"1.0\" })",
        "name = \"a\"\ndocument_type = \"Session\"\ncontent = jsonencode({ schemaVersion = \"1.0\", inputs = {} })",
        "name = \"b\"\ndocument_type = \"Session\"\ncontent = jsonencode({ schemaVersion = \"1.0\" })",
    ),
    life(
        "aws_subnet",
        "vpc_id = \"vpc-1\"\ncidr_block = \"10.0.0.0/24\"",
        "vpc_id = \"vpc-1\"\ncidr_block = \"10.0.0.0/24\"\nmap_public_ip_on_launch = true",
        "vpc_id = \"vpc-1\"\ncidr_block = \"10.0.1.0/24\"",
    ),
    life(
        "aws_vpc",
        r#"cidr_block = "10.0.0.0/16""#,
        "cidr_block = \"10.0.0.0/16\"\ntags = { a = \"b\" }",
        r#"cidr_block = "10.1.0.0/16""#,
    ),
    life(
        "aws_vpc_endpoint",
        "vpc_id = \"vpc-1\"\nservice_name = \"com.amazonaws.eu-west-1.ssm\"\nvpc_endpoint_type = \"Interface\"",
        "vpc_id = \"vpc-1\"\nservice_name = \"com.amazonaws.eu-west-1.ssm\"\nvpc_endpoint_type = \"Interface\"\ntags = { a = \"b\" }",
        "vpc_id = \"vpc-1\"\nservice_name = \"com.amazonaws.eu-west-1.kms\"\nvpc_endpoint_type = \"Interface\"",
    ),
    life(
        "aws_vpc_security_group_egress_rule",
        "security_group_id = \"sg-1\"\nip_protocol = \"-1\"\ncidr_ipv4 = \"10.0.0.0/8\"",
        "security_group_id = \"sg-1\"\nip_protocol = \"-1\"\ncidr_ipv4 = \"10.0.0.0/9\"",
        "security_group_id = \"sg-2\"\nip_protocol = \"-1\"\ncidr_ipv4 = \"10.0.0.0/8\"",
    ),
    life(
        "aws_vpc_security_group_ingress_rule",
        "security_group_id = \"sg-1\"\nip_protocol = \"tcp\"\nfrom_port = 22\nto_port = 22\ncidr_ipv4 = \"10.0.0.0/8\"",
        "security_group_id = \"sg-1\"\nip_protocol = \"tcp\"\nfrom_port = 22\nto_port = 22\ncidr_ipv4 = \"10.0.0.0/9\"",
        "security_group_id = \"sg-2\"\nip_protocol = \"tcp\"\nfrom_port = 22\nto_port = 22\ncidr_ipv4 = \"10.0.0.0/8\"",
    ),
    life(
        "terraform_data",
        "input = \"a\"\ntriggers_replace = 1",
        "input = \"b\"\ntriggers_replace = 1",
        "input = \"a\"\ntriggers_replace = 2",
    ),
];

/// A configuration on the fake cloud, with its state.
pub(super) struct Stage {
    dir: tempfile::TempDir,
    pub(super) cloud: FakeCloud,
    /// Files beside `main.tf`: path and text.
    pub(super) files: Vec<(&'static str, &'static str)>,
}

pub(super) struct Made {
    pub(super) plan: Arc<Plan>,
    pub(super) diagnostics: Diagnostics,
    pub(super) loaded: (Arc<Program>, Arc<StaticGraph>),
    pub(super) host: Arc<SystemHost<'static>>,
    providers: Providers,
    prior: Prior,
}

impl Made {
    /// Returns what is done to what, leaving out what is not changed.
    pub(super) fn actions(&self) -> Vec<(String, Action)> {
        let changed = self
            .plan
            .changes
            .iter()
            .filter(|c| c.action != Action::NoOp);
        changed.map(|c| (c.address.to_string(), c.action)).collect()
    }
}

impl Stage {
    pub(super) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            cloud: FakeCloud::default(),
            files: Vec::new(),
        }
    }

    pub(super) fn store(&self) -> Arc<dyn StateStore> {
        local(self.dir.path())
    }

    /// Plans a configuration.
    pub(super) async fn plan(&self, text: &str, options: Options) -> Made {
        let text = format!("provider \"aws\" {{\n  region = \"eu-west-1\"\n}}\n{text}");
        let files = self.files.iter().copied();
        let system = MemorySystem::with_files(files.chain([("main.tf", text.as_str())]));
        let system: &'static MemorySystem = Box::leak(Box::new(system));
        let mut sources = SourceMap::default();
        let tree = load_configuration(system, Path::new(""), &mut sources);
        let raw = load_inputs(system, Path::new(""), &[], &mut sources);
        let linked = link(Arc::new(sources), &tree.value, Catalogue::builtin());
        assert!(
            linked.diagnostics.is_empty(),
            "{text}\n{:?}",
            linked.diagnostics
        );
        let graph = StaticGraph::new(&linked.value);
        let (values, problems) = root_values(&linked.value, &raw.value);
        assert!(problems.is_empty(), "{problems:?}");
        let (program, graph) = (Arc::new(linked.value), Arc::new(graph.value));
        let host = Arc::new(SystemHost::new(system, "", Some((1_700_000_000, 0))));
        let mut prior = open(&*self.store(), &RealDisk).await.unwrap();
        let providers = Providers::new(Arc::new(self.cloud.clone()));
        if !prior.open.is_empty() {
            let config = Value::object([("region", Value::from("eu-west-1"))]);
            providers.configure(&aws(), &config).await.unwrap();
            recover(&mut prior, &providers, Catalogue::builtin(), &Silent).await;
        }
        let mut settler = Settler::new(Inputs {
            program: program.clone(),
            graph: graph.clone(),
            variables: values.values.clone(),
            set_variables: Vec::new(),
            prior: Arc::new(prior.snapshot.clone()),
            host: host.clone(),
            catalogue: Catalogue::builtin(),
            options,
        });
        let mut answers = Vec::new();
        let events: Arc<dyn Events> = Arc::new(Silent);
        let plan = loop {
            match settler.advance(std::mem::take(&mut answers)) {
                Round::Needs(reads) => answers = answer(reads, &providers, &events, 4).await,
                Round::Done(plan) => break *plan,
            }
        };
        Made {
            plan: Arc::new(plan),
            diagnostics: settler.take_diagnostics(),
            loaded: (program, graph),
            host,
            providers,
            prior,
        }
    }

    pub(super) async fn apply(&self, made: Made) -> Applied {
        let (program, graph) = made.loaded;
        let catalogue = Catalogue::builtin();
        let plan = made.plan.clone();
        let finaliser = Finaliser::new(program, graph, plan, "default", made.host, catalogue);
        let run = Apply {
            plan: made.plan,
            catalogue,
            providers: made.providers,
            store: self.store(),
            prior: made.prior,
            evaluate: Box::new(finaliser),
            parallelism: 10,
            events: Arc::new(Silent),
            cancel: Cancel::default(),
            disk: Arc::new(RealDisk),
        };
        run.run().await
    }

    /// Plans and applies, checks the actions, and that a second plan finds nothing to do.
    pub(super) async fn becomes(&self, text: &str, expect: &[(&str, Action)]) -> Applied {
        let made = self.plan(text, Options::default()).await;
        assert!(
            !made.diagnostics.has_errors(),
            "{text}\n{:?}",
            made.diagnostics
        );
        let actions = made.actions();
        let actions: Vec<_> = actions.iter().map(|(a, b)| (a.as_str(), *b)).collect();
        assert_eq!(actions, expect, "{text}");
        let applied = self.apply(made).await;
        assert!(
            !applied.diagnostics.has_errors(),
            "{text}\n{:?}",
            applied.diagnostics
        );
        let again = self.plan(text, Options::default()).await;
        assert!(
            again.actions().is_empty(),
            "second plan of\n{text}\n{:?}\n{:#?}",
            again.actions(),
            again.plan.changes
        );
        assert!(
            again.plan.drift.is_empty(),
            "drift after\n{text}\n{:#?}",
            again.plan.drift
        );
        applied
    }
}

fn block(life: &Life, body: &str) -> String {
    let body = body
        .replace("OTHER", OTHER_POLICY)
        .replace("POLICY", POLICY);
    format!("resource \"{}\" \"x\" {{\n{body}\n}}\n", life.type_name)
}

async fn live(life: &Life) {
    let address = format!("{}.x", life.type_name);
    let address = address.as_str();
    let stage = Stage::new();
    let create = block(life, life.create);
    stage.becomes(&create, &[(address, Action::Create)]).await;
    if !life.update.is_empty() {
        let update = block(life, life.update);
        stage.becomes(&update, &[(address, Action::Update)]).await;
        stage.becomes(&create, &[(address, Action::Update)]).await;
    }
    stage
        .becomes(
            &block(life, life.replace),
            &[(address, Action::DeleteThenCreate)],
        )
        .await;
    stage
        .becomes(&create, &[(address, Action::DeleteThenCreate)])
        .await;
    if life.type_name != "terraform_data" {
        // Vanished: made again.
        let id = stage
            .cloud
            .objects(life.type_name)
            .into_keys()
            .next()
            .unwrap();
        assert!(stage.cloud.remove(life.type_name, &id));
        stage.becomes(&create, &[(address, Action::Create)]).await;
        // Unreadable is not vanished.
        stage.cloud.order(
            "observe",
            life.type_name,
            0,
            Wrong::Refused(OpErrorKind::Denied),
        );
        let made = stage.plan(&create, Options::default()).await;
        assert!(made.diagnostics.has_errors(), "{address}");
        assert!(made.actions().is_empty(), "{address}: {:?}", made.actions());
        assert!(made.plan.errored);
    }
    stage.becomes("", &[(address, Action::Delete)]).await;
    assert_eq!(stage.cloud.total(), 0, "{address}");
    let left = open(&*stage.store(), &RealDisk).await.unwrap();
    assert!(left.snapshot.is_empty());
}

#[tokio::test]
async fn every_type_lives_its_life() {
    let named: Vec<_> = LIVES.iter().map(|l| l.type_name).collect();
    let known: Vec<_> = Catalogue::builtin().names(SchemaKind::Managed).collect();
    assert_eq!(named, known, "each type needs its line in LIVES, sorted");
    for l in LIVES {
        live(l).await;
    }
}

#[tokio::test]
async fn a_chain_is_built_changed_over_and_taken_down_in_order() {
    let stage = Stage::new();
    let text = |cidr: &str, before: bool| {
        format!(
            r#"
resource "aws_vpc" "v" {{
  cidr_block = "{cidr}"
}}
resource "aws_security_group" "g" {{
  name   = "g"
  vpc_id = aws_vpc.v.id
  lifecycle {{
    create_before_destroy = {before}
  }}
}}
resource "aws_vpc_security_group_ingress_rule" "r" {{
  for_each          = toset(["10.0.0.0/8", "172.16.0.0/12"])
  security_group_id = aws_security_group.g.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = each.value
}}
output "rules" {{
  value = [for r in aws_vpc_security_group_ingress_rule.r : r.id]
}}
"#
        )
    };
    let (a, b) = (
        "aws_vpc_security_group_ingress_rule.r[\"10.0.0.0/8\"]",
        "aws_vpc_security_group_ingress_rule.r[\"172.16.0.0/12\"]",
    );
    let all = |action| {
        [
            ("aws_security_group.g", action),
            ("aws_vpc.v", action),
            (a, action),
            (b, action),
        ]
    };
    let applied = stage
        .becomes(&text("10.0.0.0/16", false), &all(Action::Create))
        .await;
    assert_eq!(
        applied.snapshot.outputs["rules"]
            .value
            .elements()
            .unwrap()
            .len(),
        2
    );
    let of = |operation: &str| {
        let made = stage
            .cloud
            .made()
            .into_iter()
            .filter(|m| m.operation == operation);
        made.map(|m| m.type_name).collect::<Vec<_>>()
    };
    assert_eq!(of("create")[..2], ["aws_vpc", "aws_security_group"]);
    stage.cloud.forget_calls();
    stage
        .becomes(&text("10.1.0.0/16", false), &all(Action::DeleteThenCreate))
        .await;
    assert_eq!(of("delete")[2..], ["aws_security_group", "aws_vpc"]);
    stage.becomes("", &all(Action::Delete)).await;
    assert_eq!(stage.cloud.total(), 0);
}

#[tokio::test]
async fn rules_made_by_hand_are_seen_as_children() {
    let stage = Stage::new();
    let text = "resource \"aws_security_group\" \"g\" {\n  name = \"g\"\n  vpc_id = \"vpc-1\"\n}\n";
    stage
        .becomes(text, &[("aws_security_group.g", Action::Create)])
        .await;
    let group = stage
        .cloud
        .objects("aws_security_group")
        .into_values()
        .next()
        .unwrap();
    let rule = Value::object([
        ("security_group_id", group.get("id").unwrap().clone()),
        ("ip_protocol", "-1".into()),
        ("cidr_ipv4", "0.0.0.0/0".into()),
    ]);
    let id = stage
        .cloud
        .insert("aws_vpc_security_group_ingress_rule", "eu-west-1", &rule);
    let reconcile = stage
        .cloud
        .region("eu-west-1")
        .reconcile("aws_security_group")
        .unwrap();
    let children = reconcile
        .children(std::slice::from_ref(&group))
        .await
        .unwrap();
    assert_eq!(children.len(), 1);
    assert_eq!((children[0].parent, &children[0].id), (0, &id));
}
