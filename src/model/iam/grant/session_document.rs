//! Session documents that limit ports and hosts, which IAM cannot: their parameters take nothing else.

use serde_json::{Map, Value as Json, json};

use super::{arn, check::Check, model::Method};

/// Returns name and content of the session documents of a grant that limits ports or hosts.
pub(super) fn contents(check: &Check<'_>) -> Vec<(String, String)> {
    let grant = check.grant;
    let is_port = matches!(
        grant.method,
        Method::SsmSsh | Method::SsmPortForward | Method::SsmRemotePortForward
    );
    if !is_port || grant.ports.is_empty() {
        return Vec::new();
    }
    let mut ports: Vec<i64> = grant.ports.clone();
    ports.sort_unstable();
    ports.dedup();
    let ports: Vec<String> = ports.iter().map(i64::to_string).collect();
    let mut parameters = Map::new();
    let mut properties = Map::new();
    if !grant.hosts.is_empty() {
        parameters.insert("host".into(), parameter("Host to reach", &grant.hosts));
        properties.insert("host".into(), "{{ host }}".into());
    }
    parameters.insert("portNumber".into(), parameter("Port to reach", &ports));
    properties.insert("portNumber".into(), "{{ portNumber }}".into());
    if grant.method != Method::SsmSsh {
        let local = json!({
            "type": "String", "description": "Port on the user's machine; 0 chooses one", "default": "0", "allowedPattern": "^[0-9]{1,5}$"
        });
        parameters.insert("localPortNumber".into(), local);
        properties.insert("type".into(), "LocalPortForwarding".into());
        properties.insert("localPortNumber".into(), "{{ localPortNumber }}".into());
    }
    let content = json!({
        "schemaVersion": "1.0",
        "description": format!("Limits of a grant of {}", grant.method.name()),
        "sessionType": "Port",
        "parameters": Json::Object(parameters),
        "properties": Json::Object(properties),
    });
    let own = grant.documents.iter().filter(|d| !arn::is_of_aws(d));
    own.map(|d| (arn::document_name(d).to_owned(), content.to_string()))
        .collect()
}

/// A parameter that takes the values and nothing else; the first is its default.
fn parameter(description: &str, values: &[String]) -> Json {
    let patterns: Vec<String> = values
        .iter()
        .map(|v| {
            if arn::has_symbol(v) {
                v.clone()
            } else {
                regex::escape(v)
            }
        })
        .collect();
    json!({
        "type": "String",
        "description": description,
        "default": values.first(),
        "allowedPattern": format!("^({})$", patterns.join("|")),
    })
}
