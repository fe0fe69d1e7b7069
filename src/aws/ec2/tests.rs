//! What is called, in which order, and what is made of the answers.

use bastionless_model::{
    cloud::{Observed, OpErrorKind, Reconcile},
    value::Value,
};

use super::testing::{Run, Script, identity, planned, texts};

const EICE: &str = "aws_ec2_instance_connect_endpoint";

fn endpoint(id: &str, state: &str) -> String {
    format!(
        "<item><instanceConnectEndpointId>{id}</instanceConnectEndpointId><state>{state}</state><subnetId>subnet-1</subnetId><preserveClientIp>true</preserveClientIp><securityGroupIdSet><item>sg-1</item></securityGroupIdSet><tagSet><item><key>Name</key><value>door</value></item><item><key>bastionless:intent</key><value>x</value></item></tagSet></item>"
    )
}

fn page(items: &[String], token: &str) -> String {
    let items = items.concat();
    format!(
        "<instanceConnectEndpointSet>{items}</instanceConnectEndpointSet><nextToken>{token}</nextToken>"
    )
}

fn rule(id: &str, egress: bool) -> String {
    format!(
        "<item><securityGroupRuleId>{id}</securityGroupRuleId><groupId>sg-1</groupId><isEgress>{egress}</isEgress><ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort><cidrIpv4>0.0.0.0/0</cidrIpv4></item>"
    )
}

async fn observe(r: &dyn Reconcile, ids: &[&str]) -> Vec<Observed> {
    let ids: Vec<_> = ids
        .iter()
        .map(|id| identity(id, &[("security_group_id", "sg-1")]))
        .collect();
    r.observe(&ids).await
}

#[tokio::test]
async fn all_pages_answer_in_the_order_of_the_question() {
    let first = page(
        &[
            endpoint("eice-2", "update-complete"),
            endpoint("eice-3", "delete-complete"),
        ],
        "t",
    );
    let last = page(&[endpoint("eice-1", "create-complete")], "");
    let script = Script::new(&[
        (
            "DescribeInstanceConnectEndpoints",
            503,
            "RequestLimitExceeded",
        ),
        ("DescribeInstanceConnectEndpoints", 200, &first),
        ("DescribeInstanceConnectEndpoints", 200, &last),
    ]);
    let r = script.reconciler(&script.scope(), EICE);
    let seen = observe(&*r, &["eice-1", "eice-2", "eice-3", "eice-4"]).await;
    let ids: Vec<_> = seen
        .iter()
        .map(|o| match o {
            Observed::Present(v) => v.get_str("id"),
            _ => None,
        })
        .collect();
    assert_eq!(ids, [Some("eice-1"), Some("eice-2"), None, None]);
    assert!(matches!(seen[2..], [Observed::Absent, Observed::Absent]));
    let Observed::Present(first) = &seen[0] else {
        panic!("{:?}", seen[0])
    };
    let tags = first.get("tags_all").unwrap().entries().unwrap();
    assert_eq!(tags.keys().map(|k| &**k).collect::<Vec<_>>(), ["Name"]);
    assert_eq!(script.calls().len(), 3);
}

#[tokio::test]
async fn a_denied_listing_tells_nothing() {
    let script = Script::new(&[(
        "DescribeInstanceConnectEndpoints",
        403,
        "UnauthorizedOperation",
    )]);
    let r = script.reconciler(&script.scope(), EICE);
    for seen in observe(&*r, &["eice-1", "eice-2"]).await {
        let Observed::Unreadable(e) = seen else {
            panic!("{seen:?}")
        };
        assert_eq!(e.kind, OpErrorKind::Denied);
    }
}

#[tokio::test]
async fn both_directions_read_one_listing() {
    let rules = format!(
        "<securityGroupRuleSet>{}{}</securityGroupRuleSet>",
        rule("sgr-1", false),
        rule("sgr-2", true)
    );
    let script = Script::new(&[("DescribeSecurityGroupRules", 200, &rules)]);
    let scope = script.scope();
    let ingress = script.reconciler(&scope, "aws_vpc_security_group_ingress_rule");
    let egress = script.reconciler(&scope, "aws_vpc_security_group_egress_rule");
    let (one, other) = tokio::join!(
        observe(&*ingress, &["sgr-1", "sgr-2"]),
        observe(&*egress, &["sgr-2"])
    );
    assert!(matches!(&one[..], [Observed::Present(_), Observed::Absent]));
    let Observed::Present(rule) = &other[0] else {
        panic!("{:?}", other[0])
    };
    assert!(
        rule.get("from_port").is_some_and(Value::is_null),
        "all protocols have no ports"
    );
    let group = Value::object([("id", "sg-1".into())]);
    let groups = script.reconciler(&scope, "aws_security_group");
    let children = groups.children(&[group]).await.unwrap();
    assert_eq!(
        children.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(),
        ["sgr-1", "sgr-2"]
    );
    assert_eq!(script.calls(), ["DescribeSecurityGroupRules"]);
}

#[tokio::test]
async fn a_new_group_is_told_only_without_the_open_rule() {
    let group = "<securityGroupInfo><item><groupId>sg-1</groupId><groupName>door</groupName><ownerId>1</ownerId><ipPermissionsEgress/></item></securityGroupInfo>";
    let script = Script::new(&[
        ("CreateSecurityGroup", 200, "<groupId>sg-1</groupId>"),
        ("DescribeSecurityGroups", 200, "<securityGroupInfo/>"),
        ("DescribeSecurityGroups", 200, group),
        ("RevokeSecurityGroupEgress", 200, "<return>true</return>"),
        ("DescribeSecurityGroups", 200, group),
    ]);
    let r = script.reconciler(&script.scope(), "aws_security_group");
    let run = Run::new();
    let planned = planned(
        "aws_security_group",
        &[("name", "door".into()), ("description", "d".into())],
    );
    let state = r.create(&run.operation(), &planned).await.unwrap();
    assert_eq!(state.get_str("id"), Some("sg-1"));
    assert_eq!(run.created.lock().unwrap().len(), 1);
    assert_eq!(
        script
            .sent("CreateSecurityGroup", "TagSpecification.1.Tag.1.Key")
            .as_deref(),
        Some("bastionless%3Aintent")
    );
    assert_eq!(
        script
            .sent(
                "RevokeSecurityGroupEgress",
                "IpPermissions.1.IpRanges.1.CidrIp"
            )
            .as_deref(),
        Some("0.0.0.0%2F0")
    );
}

#[tokio::test]
async fn an_endpoint_that_fails_is_saved_with_the_reason() {
    let failed = endpoint(
        "eice-1",
        "create-failed</state><stateMessage>no address left</stateMessage><state>create-failed",
    );
    let script = Script::new(&[
        (
            "CreateInstanceConnectEndpoint",
            200,
            &format!(
                "<instanceConnectEndpoint>{}</instanceConnectEndpoint>",
                endpoint("eice-1", "create-in-progress").replace("<item><instanceC", "<instanceC")
            ),
        ),
        (
            "DescribeInstanceConnectEndpoints",
            200,
            &page(&[endpoint("eice-1", "create-in-progress")], ""),
        ),
        (
            "DescribeInstanceConnectEndpoints",
            200,
            &page(&[failed], ""),
        ),
    ]);
    let r = script.reconciler(&script.scope(), EICE);
    let run = Run::new();
    let planned = planned(
        EICE,
        &[
            ("subnet_id", "subnet-1".into()),
            ("security_group_ids", texts(&["sg-1"])),
        ],
    );
    let failure = r.create(&run.operation(), &planned).await.unwrap_err();
    assert!(
        failure.error.message.contains("no address left"),
        "{}",
        failure.error
    );
    assert_eq!(failure.state.unwrap().get_str("id"), Some("eice-1"));
    assert!(!failure.usable);
    // The service's default is another than the provider's.
    assert_eq!(
        script
            .sent("CreateInstanceConnectEndpoint", "PreserveClientIp")
            .as_deref(),
        Some("true")
    );
}

#[tokio::test]
async fn a_deletion_that_is_refused_inside_a_success_fails() {
    let refused = "<unsuccessful><item><resourceId>vpce-1</resourceId><error><code>DependencyViolation</code><message>in use</message></error></item></unsuccessful>";
    let gone = "<unsuccessful><item><resourceId>vpce-1</resourceId><error><code>InvalidVpcEndpointId.NotFound</code></error></item></unsuccessful>";
    let script = Script::new(&[
        ("DeleteVpcEndpoints", 200, refused),
        ("DeleteVpcEndpoints", 200, gone),
    ]);
    let r = script.reconciler(&script.scope(), "aws_vpc_endpoint");
    let run = Run::new();
    let state = Value::object([("id", "vpce-1".into())]);
    let failure = r.delete(&run.operation(), &state).await.unwrap_err();
    assert_eq!(failure.error.code.as_deref(), Some("DependencyViolation"));
    assert!(r.delete(&run.operation(), &state).await.is_ok());
}

#[tokio::test]
async fn a_wait_that_was_given_up_goes_on_without_changing_anything() {
    let seen = |state: &str| page(&[endpoint("eice-1", state)], "");
    let state = Value::object([("id", "eice-1".into())]);
    let run = Run::new();
    let script = Script::new(&[
        ("DescribeInstanceConnectEndpoints", 200, &page(&[], "")),
        (
            "DescribeInstanceConnectEndpoints",
            200,
            &seen("create-in-progress"),
        ),
        (
            "DescribeInstanceConnectEndpoints",
            200,
            &seen("create-complete"),
        ),
    ]);
    let r = script.reconciler(&script.scope(), EICE);
    r.settle(&run.operation(), &state).await.unwrap();
    assert_eq!(
        script.calls(),
        ["DescribeInstanceConnectEndpoints"; 3],
        "nothing but looking"
    );
    // One that failed must be replaced; one whose change failed, or that is gone, is for the plan to judge.
    for (now, ends) in [
        ("create-failed", false),
        ("update-failed", true),
        ("update-complete", true),
    ] {
        let script = Script::new(&[("DescribeInstanceConnectEndpoints", 200, &seen(now))]);
        let settled = script
            .reconciler(&script.scope(), EICE)
            .settle(&run.operation(), &state)
            .await;
        assert_eq!(
            settled.map_err(|f| f.usable),
            if ends { Ok(()) } else { Err(false) },
            "{now}"
        );
    }
    let script = Script::new(&[
        (
            "DescribeInstanceConnectEndpoints",
            200,
            &seen("delete-in-progress"),
        ),
        (
            "DescribeInstanceConnectEndpoints",
            200,
            &seen("delete-complete"),
        ),
    ]);
    script
        .reconciler(&script.scope(), EICE)
        .settle(&run.operation(), &state)
        .await
        .unwrap();
    // Who may not look knows nothing: the object is not to be replaced for that.
    let script = Script::new(&[(
        "DescribeInstanceConnectEndpoints",
        403,
        "UnauthorizedOperation",
    )]);
    let denied = script
        .reconciler(&script.scope(), EICE)
        .settle(&run.operation(), &state)
        .await
        .unwrap_err();
    assert!(denied.usable);
    assert_eq!(denied.error.kind, OpErrorKind::Denied);
}

#[tokio::test]
async fn instances_and_interface_endpoints_are_waited_for_too() {
    let run = Run::new();
    let instance = |state: &str| {
        format!(
            "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><code>0</code><name>{state}</name></instanceState></item></instancesSet></item></reservationSet>"
        )
    };
    let script = Script::new(&[
        ("DescribeInstances", 200, &instance("pending")),
        ("DescribeInstances", 200, &instance("running")),
    ]);
    let state = Value::object([("id", "i-1".into())]);
    script
        .reconciler(&script.scope(), "aws_instance")
        .settle(&run.operation(), &state)
        .await
        .unwrap();
    assert_eq!(script.calls().len(), 2);
    let door = |state: &str| {
        format!(
            "<vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><state>{state}</state></item></vpcEndpointSet>"
        )
    };
    let script = Script::new(&[
        ("DescribeVpcEndpoints", 200, &door("pending")),
        ("DescribeVpcEndpoints", 200, &door("available")),
        ("DescribeVpcEndpoints", 200, &door("failed")),
    ]);
    let state = Value::object([("id", "vpce-1".into())]);
    let r = script.reconciler(&script.scope(), "aws_vpc_endpoint");
    r.settle(&run.operation(), &state).await.unwrap();
    assert!(!r.settle(&run.operation(), &state).await.unwrap_err().usable);
}
