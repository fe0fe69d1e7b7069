//! Plans of single objects; cases with a number are recorded.

use super::{
    Settings,
    testing::{change, change_with, create, null_of, object, schema, settings, show},
};
use crate::{
    schema::plan::plan_resource,
    value::{Type, Value},
};

const RULE: &str = r#""arn":"a","id":"sgr-1","region":"eu-west-1","security_group_id":"sg-1","tags_all":{},"security_group_rule_id":"sgr-1""#;

#[track_caller]
fn unchanged(name: &str, prior: &str, config: &str) {
    assert_eq!(change(name, prior, config), "");
}

#[test]
fn what_aws_picks_is_unknown_and_what_the_schema_states_is_known() {
    let plan = create(
        "aws_ec2_instance_connect_endpoint",
        r#"{"subnet_id":"?","security_group_ids":["sg-1"]}"#,
    );
    insta::assert_snapshot!(plan, @r#"
    preserve_client_ip: true
    region: "eu-west-1"
    security_group_ids: ["sg-1"]
    tags_all: {}
    unknown: arn availability_zone dns_name fips_dns_name id ip_address_type network_interface_ids owner_id subnet_id vpc_id
    "#);
}

#[test]
fn an_old_sdk_does_not_know_tags_of_an_object_without_tags() {
    insta::assert_snapshot!(create("aws_security_group", r#"{"name":"g"}"#), @r#"
    description: "Managed by Terraform"
    name: "g"
    region: "eu-west-1"
    revoke_rules_on_delete: false
    unknown: arn egress id ingress name_prefix owner_id tags_all vpc_id
    "#);
}

const EICE: &str = r#"{"id":"eice-1","arn":"a","dns_name":"d","region":"eu-west-1","subnet_id":"subnet-1","security_group_ids":["sg-1"],"preserve_client_ip":true,"ip_address_type":"ipv4","vpc_id":"vpc-1","tags_all":{}}"#;

// Recorded case a016 replaces; we change in place by decision.
#[test]
fn an_instance_connect_endpoint_changes_in_place_but_for_its_subnet() {
    let name = "aws_ec2_instance_connect_endpoint";
    let config = r#"{"subnet_id":"subnet-1","security_group_ids":["sg-2"],"preserve_client_ip":false,"ip_address_type":"dualstack"}"#;
    insta::assert_snapshot!(change(name, EICE, config), @r#"
    ip_address_type: "ipv4" -> "dualstack"
    preserve_client_ip: true -> false
    security_group_ids: ["sg-1"] -> ["sg-2"]
    "#);
    insta::assert_snapshot!(change(name, EICE, r#"{"subnet_id":"subnet-2"}"#), @r#"
    subnet_id: "subnet-1" -> "subnet-2"
    replaces by .subnet_id
    "#);
}

#[test]
fn a_tag_changes_nothing_else_of_an_instance_connect_endpoint() {
    let plan = change(
        "aws_ec2_instance_connect_endpoint",
        EICE,
        r#"{"subnet_id":"subnet-1","tags":{"A":"1"}}"#,
    );
    insta::assert_snapshot!(plan, @r#"
    tags: null -> {"A":"1"}
    tags_all: {} -> {"A":"1"}
    "#);
}

#[test]
fn a_default_of_the_plugin_framework_comes_back_when_the_argument_goes() {
    let prior = EICE.replace(
        "\"preserve_client_ip\":true",
        "\"preserve_client_ip\":false",
    );
    let plan = change(
        "aws_ec2_instance_connect_endpoint",
        &prior,
        r#"{"subnet_id":"subnet-1"}"#,
    );
    assert_eq!(plan, "preserve_client_ip: false -> true\n");
}

// a019, a085
#[test]
fn a_security_group_is_renamed_by_replacement_and_timeouts_are_no_change() {
    let prior = r#"{"name":"web-20240101117999662700491400","name_prefix":"web-","description":"Managed by Terraform","id":"sg-1","region":"eu-west-1","revoke_rules_on_delete":false,"tags_all":{}}"#;
    insta::assert_snapshot!(change("aws_security_group", prior, r#"{"name":"web"}"#), @r#"
    name: "web-20240101117999662700491400" -> "web"
    replaces by .name
    "#);
    unchanged(
        "aws_security_group",
        prior,
        r#"{"name_prefix":"web-","timeouts":{"delete":"30m"}}"#,
    );
}

// a027, a030, a025
#[test]
fn inline_rules_are_compared_as_the_state_has_them() {
    let rule = |protocol: &str, rest: &str| {
        format!(
            r#"{{"from_port":443,"to_port":443,"protocol":"{protocol}","cidr_blocks":["10.0.0.0/8"]{rest}}}"#
        )
    };
    let full = rule(
        "tcp",
        r#","description":"","ipv6_cidr_blocks":[],"prefix_list_ids":[],"security_groups":[],"self":false"#,
    );
    let prior = format!(
        r#"{{"name":"g","name_prefix":"","description":"Managed by Terraform","id":"sg-1","region":"eu-west-1","revoke_rules_on_delete":false,"tags_all":{{}},"ingress":[{full}]}}"#
    );
    unchanged(
        "aws_security_group",
        &prior,
        &format!(r#"{{"name":"g","ingress":[{}]}}"#, rule("TCP", "")),
    );
    unchanged("aws_security_group", &prior, r#"{"name":"g"}"#);
    assert!(
        change("aws_security_group", &prior, r#"{"name":"g","ingress":[]}"#)
            .starts_with("ingress: ")
    );
}

// a068, a069
#[test]
fn a_vpc_becomes_dedicated_by_replacement_and_shared_in_place() {
    let vpc = |tenancy: &str| {
        format!(
            r#"{{"cidr_block":"10.0.0.0/16","id":"vpc-1","region":"eu-west-1","enable_dns_support":true,"enable_dns_hostnames":true,"tags_all":{{}},"instance_tenancy":"{tenancy}"}}"#
        )
    };
    let config =
        |tenancy: &str| format!(r#"{{"cidr_block":"10.0.0.0/16","instance_tenancy":"{tenancy}"}}"#);
    insta::assert_snapshot!(change("aws_vpc", &vpc("default"), &config("dedicated")), @r#"
    instance_tenancy: "default" -> "dedicated"
    replaces by .instance_tenancy
    "#);
    assert_eq!(
        change("aws_vpc", &vpc("dedicated"), &config("default")),
        "instance_tenancy: \"dedicated\" -> \"default\"\n"
    );
    // a063: an optional and computed argument that goes is kept.
    unchanged(
        "aws_vpc",
        &vpc("default"),
        r#"{"cidr_block":"10.0.0.0/16"}"#,
    );
}

// a033
#[test]
fn another_kind_of_source_replaces_a_rule_and_another_source_does_not() {
    let name = "aws_vpc_security_group_ingress_rule";
    let prior = format!(
        r#"{{{RULE},"ip_protocol":"tcp","from_port":22,"to_port":22,"cidr_ipv4":"10.0.0.0/8"}}"#
    );
    let config = |source: &str| {
        format!(
            r#"{{"security_group_id":"sg-1","ip_protocol":"6","from_port":22,"to_port":22,{source}}}"#
        )
    };
    assert_eq!(
        change(name, &prior, &config(r#""cidr_ipv4":"10.0.0.0/9""#)),
        "cidr_ipv4: \"10.0.0.0/8\" -> \"10.0.0.0/9\"\n"
    );
    insta::assert_snapshot!(change(name, &prior, &config(r#""cidr_ipv6":"::/0""#)), @r#"
    cidr_ipv4: "10.0.0.0/8" -> null
    cidr_ipv6: null -> "::/0"
    replaces by .cidr_ipv4
    replaces by .cidr_ipv6
    "#);
}

// a041, a046
#[test]
fn a_policy_that_means_the_same_is_no_change() {
    let policy = |text: &str| {
        format!(r#"{{"name":"p","path":"/","id":"a","arn":"a","tags_all":{{}},"policy":{text:?}}}"#)
    };
    let old = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}]}"#;
    let same = r#"{"Statement":{"Resource":["*"],"Action":"S3:getobject","Effect":"Allow"},"Version":"2012-10-17"}"#;
    let config = |text: &str| format!(r#"{{"name":"p","policy":{text:?}}}"#);
    unchanged("aws_iam_policy", &policy(old), &config(same));
    assert!(
        change(
            "aws_iam_policy",
            &policy(old),
            &config(&same.replace("get", "put"))
        )
        .starts_with("policy: ")
    );
}

// a079
#[test]
fn new_content_makes_the_versions_of_a_document_unknown() {
    let prior = r#"{"name":"d","content":"{}","document_type":"Session","document_format":"JSON","region":"eu-west-1","id":"d","hash":"x","default_version":"1","latest_version":"1","document_version":"1","status":"Active","tags_all":{}}"#;
    insta::assert_snapshot!(change("aws_ssm_document", prior, r#"{"name":"d","content":"{\"a\":1}","document_type":"Session"}"#), @r#"
    content: "{}" -> "{\"a\":1}"
    default_version: "1" -> (known after apply)
    document_version: "1" -> (known after apply)
    hash: "x" -> (known after apply)
    latest_version: "1" -> (known after apply)
    parameter: null -> (known after apply)
    "#);
}

// a103; a state of provider 5 has no region.
#[test]
fn another_region_replaces_and_a_first_one_does_not() {
    let vpc = |region: &str| {
        format!(
            r#"{{"cidr_block":"10.0.0.0/16","id":"v","region":{region},"enable_dns_support":true,"instance_tenancy":"default","tags_all":{{}}}}"#
        )
    };
    let config = r#"{"cidr_block":"10.0.0.0/16"}"#;
    insta::assert_snapshot!(change("aws_vpc", &vpc("\"us-east-1\""), config), @r#"
    region: "us-east-1" -> "eu-west-1"
    replaces by .region
    "#);
    assert_eq!(
        change("aws_vpc", &vpc("null"), config),
        "region: null -> \"eu-west-1\"\n"
    );
}

// a002
#[test]
fn a_default_tag_changes_tags_all_alone() {
    let with = Settings {
        default_tags: Some([("Team".into(), "b".into())].into()),
        ..settings()
    };
    let prior = r#"{"vpc_id":"v","id":"igw-1","region":"eu-west-1","tags":{"A":"1"},"tags_all":{"A":"1","Team":"a"}}"#;
    let plan = change_with(
        &with,
        "aws_internet_gateway",
        prior,
        r#"{"vpc_id":"v","tags":{"A":"1"}}"#,
    );
    assert_eq!(
        plan,
        "tags_all: {\"A\":\"1\",\"Team\":\"a\"} -> {\"A\":\"1\",\"Team\":\"b\"}\n"
    );
    let unknown = Settings {
        default_tags: None,
        ..settings()
    };
    let plan = change_with(
        &unknown,
        "aws_internet_gateway",
        prior,
        r#"{"vpc_id":"v","tags":{"A":"1"}}"#,
    );
    assert_eq!(
        plan,
        "tags_all: {\"A\":\"1\",\"Team\":\"a\"} -> (known after apply)\n"
    );
}

// a093
#[test]
fn after_an_import_defaults_are_a_change() {
    let prior = r#"{"bucket":"b","id":"b","region":"eu-west-1","tags":{"Env":"dev"},"tags_all":{"Env":"dev"}}"#;
    insta::assert_snapshot!(change("aws_s3_bucket", prior, r#"{"bucket":"b","force_destroy":true,"tags":{"Env":"prod"}}"#), @r#"
    force_destroy: null -> true
    tags: {"Env":"dev"} -> {"Env":"prod"}
    tags_all: {"Env":"dev"} -> {"Env":"prod"}
    "#);
}

// a098
#[test]
fn beside_another_change_empty_tags_are_planned_as_configured() {
    let prior = r#"{"name":"/a","name_prefix":"","id":"/a","arn":"a","region":"eu-west-1","retention_in_days":0,"skip_destroy":null,"tags":{},"tags_all":{},"log_group_class":"STANDARD","deletion_protection_enabled":false}"#;
    insta::assert_snapshot!(change("aws_cloudwatch_log_group", prior, r#"{"name":"/a","retention_in_days":14}"#), @r#"
    retention_in_days: 0 -> 14
    skip_destroy: null -> false
    tags: {} -> null
    "#);
}

// a083
#[test]
fn versioning_cannot_go_back() {
    let with = |status: &str| {
        format!(
            r#"{{"bucket":"b","id":"b","region":"eu-west-1","versioning_configuration":[{{"status":"{status}","mfa_delete":""}}]}}"#
        )
    };
    let config = |status: &str| {
        format!(r#"{{"bucket":"b","versioning_configuration":[{{"status":"{status}"}}]}}"#)
    };
    let plan = change(
        "aws_s3_bucket_versioning",
        &with("Enabled"),
        &config("Disabled"),
    );
    assert!(plan.ends_with("refused: versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'\n"), "{plan}");
    assert!(
        !change(
            "aws_s3_bucket_versioning",
            &with("Enabled"),
            &config("Suspended")
        )
        .contains("refused")
    );
}

// a082
#[test]
fn a_key_id_and_its_arn_are_one_target() {
    let prior = r#"{"name":"alias/a","name_prefix":"","id":"alias/a","region":"eu-west-1","target_key_id":"arn:aws:kms:eu-west-1:123456789012:key/k-1"}"#;
    unchanged(
        "aws_kms_alias",
        prior,
        r#"{"name":"alias/a","target_key_id":"k-1"}"#,
    );
    assert_eq!(
        change(
            "aws_kms_alias",
            prior,
            r#"{"name":"alias/a","target_key_id":"k-2"}"#
        ),
        "target_key_id: \"arn:aws:kms:eu-west-1:123456789012:key/k-1\" -> \"k-2\"\n"
    );
}

#[test]
fn blocks_of_a_set_are_matched_by_meaning() {
    let prior = r#"{"name":"r","path":"/","id":"r","force_detach_policies":false,"max_session_duration":3600,"tags_all":{},"assume_role_policy":"{}","inline_policy":[{"name":"a","policy":"{\"Statement\": []}"},{"name":"b","policy":"{}"}]}"#;
    let config = r#"{"name":"r","assume_role_policy":"{}","inline_policy":[{"name":"b","policy":"{ }"},{"name":"a","policy":"{\"Statement\":[]}"}]}"#;
    unchanged("aws_iam_role", prior, config);
    unchanged(
        "aws_iam_role",
        prior,
        r#"{"name":"r","assume_role_policy":"{}"}"#,
    );
}

#[test]
fn user_data_replaces_only_if_asked() {
    let prior = r#"{"ami":"ami-1","instance_type":"t3.micro","id":"i-1","region":"eu-west-1","user_data":"a","user_data_replace_on_change":false,"force_destroy":false,"get_password_data":false,"source_dest_check":true,"tags_all":{}}"#;
    let config = |replace: bool| {
        format!(
            r#"{{"ami":"ami-1","instance_type":"t3.micro","user_data":"b","user_data_replace_on_change":{replace}}}"#
        )
    };
    assert!(!change("aws_instance", prior, &config(false)).contains("replaces"));
    assert!(change("aws_instance", prior, &config(true)).ends_with("replaces by .user_data\n"));
}

#[test]
fn what_sdk_reads_where_nothing_was_set_is_no_change() {
    let prior = r#"{"vpc_id":"v","cidr_block":"10.0.0.0/24","id":"s","region":"eu-west-1","assign_ipv6_address_on_creation":false,"enable_dns64":false,"enable_resource_name_dns_a_record_on_launch":false,"enable_resource_name_dns_aaaa_record_on_launch":false,"ipv6_native":false,"map_public_ip_on_launch":false,"tags_all":{},"map_customer_owned_ip_on_launch":false,"customer_owned_ipv4_pool":"","enable_lni_at_device_index":0}"#;
    unchanged(
        "aws_subnet",
        prior,
        r#"{"vpc_id":"v","cidr_block":"10.0.0.0/24"}"#,
    );
}

#[test]
fn the_output_of_terraform_data_follows_its_input() {
    let schema = schema("terraform_data");
    let config = |input: &str, trigger: &str| {
        object(&schema, "{}")
            .with("input", input.into())
            .with("triggers_replace", trigger.into())
    };
    let plan =
        |prior: Option<&Value>, config: &Value| plan_resource(&schema, &settings(), prior, config);
    let new = plan(None, &config("a", "t")).value;
    assert!(
        new.get("id").unwrap().is_unknown()
            && matches!(new.get("output").unwrap().type_of(), Type::String)
    );
    let prior = config("a", "t")
        .with("id", "x".into())
        .with("output", "a".into());
    assert_eq!(
        show(
            plan(Some(&prior), &config("a", "t"))
                .value
                .get("output")
                .unwrap()
        ),
        "\"a\""
    );
    let updated = plan(Some(&prior), &config("b", "t"));
    assert!(
        updated.value.get("output").unwrap().is_unknown() && updated.requires_replace.is_empty()
    );
    // A list is not a tuple, though its elements are the same.
    let listed = |v: Value| prior.clone().with("input", v.clone()).with("output", v);
    let tuple = Value::tuple(vec!["a".into()]);
    let list = Value::list(Type::String, vec!["a".into()]);
    let wanted = config("a", "t").with("input", tuple.clone());
    let planned = |prior: &Value| {
        plan(Some(prior), &wanted)
            .value
            .get("output")
            .unwrap()
            .clone()
    };
    assert!(planned(&listed(list)).is_unknown() && !planned(&listed(tuple)).is_unknown());
    let replaced = plan(Some(&prior), &config("a", "u"));
    assert_eq!(
        replaced
            .requires_replace
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [".triggers_replace"]
    );
    let empty = plan(
        None,
        &config("a", "t").with("input", null_of(&Type::Dynamic)),
    )
    .value;
    assert!(empty.get("output").unwrap().is_null());
    let without = config("a", "t").with("input", null_of(&Type::Dynamic));
    let emptied = plan(Some(&prior), &without).value;
    assert!(
        emptied.get("output").unwrap().is_unknown(),
        "as Terraform 1.15 plans it"
    );
}
