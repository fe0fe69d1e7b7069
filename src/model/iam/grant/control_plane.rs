//! What those need who build the means of the grants: endpoints and session documents.

use super::{
    arn::{self, ENDPOINT, GROUP, SUBNET},
    check::Check,
    model::{ControlPlane, Grant, GrantError, Method, Order},
    statement::Statement,
};

/// The service that has the role with which endpoints make their network interfaces.
const LINKED: &str = "ec2-instance-connect.amazonaws.com";

/// Returns the statements; none unless the order asks for them.
pub(super) fn statements(order: &Order, errors: &mut Vec<GrantError>) -> Vec<Statement> {
    let Some(plane) = &order.control_plane else {
        return Vec::new();
    };
    let mut out = Vec::new();
    if order.grants.iter().any(|g| g.method.is_eic()) {
        out.extend(endpoints(order, plane, errors));
    } else if *plane != ControlPlane::default() {
        errors.push(wrong(
            "no grant goes through an endpoint, so there is none to build in subnets",
            "Leave `subnets` and `security_groups` out.",
        ));
    }
    out.extend(documents(order));
    if out.is_empty() && *plane == ControlPlane::default() {
        errors.push(wrong(
            "the grants need neither endpoints nor session documents of their own",
            "Leave the block out.",
        ));
    }
    out
}

fn wrong(what: &str, instead: &str) -> GrantError {
    GrantError {
        grant: None,
        argument: "control_plane",
        what: what.into(),
        instead: instead.into(),
    }
}

fn endpoints(order: &Order, plane: &ControlPlane, errors: &mut Vec<GrantError>) -> Vec<Statement> {
    if plane.subnets.is_empty() || plane.security_groups.is_empty() {
        errors.push(wrong(
            "an endpoint stands in a subnet and has security groups (without one it gets the VPC's default group); `subnets` and `security_groups` are needed",
            "Name them.",
        ));
    }
    let scope = &order.scope;
    let blank = Grant::new(Method::EicTunnel);
    let mut check = Check::new(0, &blank, scope);
    let subnets = check.arns("control_plane", &plane.subnets, &[SUBNET]);
    let groups = check.arns("control_plane", &plane.security_groups, &[GROUP]);
    errors.extend(
        check
            .errors
            .into_iter()
            .map(|e| GrantError { grant: None, ..e }),
    );
    let around =
        |own: String| -> Vec<String> { [vec![own], subnets.clone(), groups.clone()].concat() };
    let new = ENDPOINT.of(scope, "*");
    let interface = format!(
        "arn:{}:ec2:{}:{}:network-interface/*",
        scope.partition, scope.region, scope.account
    );
    // Documentation writes `EC2` in the role's name, accounts show `Ec2`.
    let role = format!(
        "arn:{}:iam::{}:role/aws-service-role/{LINKED}/AWSServiceRoleForE?2InstanceConnect",
        scope.partition, scope.account
    );
    let mut out = vec![
        Statement::allow(
            "CreateEndpoint",
            ["ec2:CreateInstanceConnectEndpoint"],
            around(new.clone()),
        ),
        Statement::allow(
            "CreateInterface",
            ["ec2:CreateNetworkInterface"],
            around(interface),
        ),
        Statement::allow("TagEndpoint", ["ec2:CreateTags"], [new.clone()]).when(
            "StringEquals",
            "ec2:CreateAction",
            ["CreateInstanceConnectEndpoint"],
        ),
        Statement::allow("LinkedRole", ["iam:CreateServiceLinkedRole"], [role]).when(
            "StringEquals",
            "iam:AWSServiceName",
            [LINKED],
        ),
        Statement::allow(
            "FindEndpoint",
            ["ec2:DescribeInstanceConnectEndpoints"],
            ["*"],
        )
        .when(
            "StringEquals",
            "aws:RequestedRegion",
            [scope.region.clone()],
        ),
    ];
    for grant in order.grants.iter().filter(|g| g.method.is_eic()) {
        // Wrong names are reported where the users' policy is compiled.
        let mut arns: Vec<String> = grant
            .endpoints
            .iter()
            .filter_map(|e| ENDPOINT.resolve(scope, e))
            .collect();
        if grant.endpoints.is_empty() {
            arns.push(new.clone());
        }
        let mut modify = Statement::allow(
            "ChangeEndpoint",
            ["ec2:ModifyInstanceConnectEndpoint"],
            arns.clone(),
        );
        let mut delete = Statement::allow(
            "DeleteEndpoint",
            ["ec2:DeleteInstanceConnectEndpoint"],
            arns,
        );
        for (key, value) in &grant.endpoint_tags {
            modify = modify.when(
                "StringEquals",
                format!("aws:ResourceTag/{key}"),
                [value.clone()],
            );
            delete = delete.when(
                "StringEquals",
                format!("aws:ResourceTag/{key}"),
                [value.clone()],
            );
        }
        // Groups do not have the endpoint's tags, so they stand apart where it is chosen by tags.
        out.extend([
            modify,
            delete,
            Statement::allow(
                "ChangeGroups",
                ["ec2:ModifyInstanceConnectEndpoint"],
                groups.clone(),
            ),
        ]);
    }
    out
}

fn documents(order: &Order) -> Option<Statement> {
    let named = order
        .grants
        .iter()
        .filter(|g| g.method.is_ssm())
        .flat_map(|g| &g.documents);
    let arns: Vec<String> = named
        .filter(|d| !arn::is_of_aws(d))
        .filter_map(|d| arn::document(&order.scope, d))
        .collect();
    let actions = [
        "ssm:CreateDocument",
        "ssm:DeleteDocument",
        "ssm:DescribeDocument",
        "ssm:GetDocument",
        "ssm:UpdateDocument",
        "ssm:UpdateDocumentDefaultVersion",
    ];
    (!arns.is_empty()).then(|| Statement::allow("SessionDocuments", actions, arns))
}
