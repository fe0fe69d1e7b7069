//! What sessions use and where their content goes: documents, keys, log groups, buckets.

use bastionless_model::value::Value;
use serde_json::Value as Json;

use super::{Estate, SessionDocument, Thing, text};

/// Documents that AWS owns (Systems Manager User Guide, "Session Manager session document schema"), and their kinds.
const OWNED: [(&str, &str); 5] = [
    ("AWS-StartSSHSession", "Port"),
    ("AWS-StartPortForwardingSession", "Port"),
    ("AWS-StartPortForwardingSessionToRemoteHost", "Port"),
    ("AWS-StartInteractiveCommand", "InteractiveCommands"),
    ("AWS-StartNonInteractiveCommand", "NonInteractiveCommands"),
];

pub(super) fn read(estate: &mut Estate, things: &[Thing]) {
    for (name, kind) in OWNED {
        let arn = format!(
            "arn:{}:ssm:{}::document/{name}",
            estate.partition, estate.region
        );
        let document = SessionDocument {
            address: String::new(),
            arn,
            session_type: kind.into(),
            ..SessionDocument::default()
        };
        estate.documents.insert(name.into(), document);
    }
    for thing in things {
        let v = &thing.value;
        match (thing.type_name.as_str(), thing.is_data) {
            ("aws_ssm_document", false) if v.get_str("document_type") == Some("Session") => {
                document(estate, thing)
            }
            ("aws_kms_key", _) => key(estate, thing),
            ("aws_kms_alias", _) => {
                let target = text(v, "target_key_arn").or_else(|| text(v, "target_key_id"));
                let target = target.map(|t| estate.keys.get(&t).cloned().unwrap_or(t));
                for name in [text(v, "arn"), text(v, "name"), text(v, "id")]
                    .into_iter()
                    .flatten()
                {
                    estate.keys.extend(target.clone().map(|t| (name, t)));
                }
            }
            ("aws_cloudwatch_log_group", _) => {
                estate
                    .log_groups
                    .extend(text(v, "name").map(|n| (n, text(v, "kms_key_id"))));
            }
            ("aws_s3_bucket_policy", false) => {
                let policy = text(v, "policy").and_then(|p| estate.document(&thing.address, &p));
                estate.bucket_policies.extend(text(v, "bucket").zip(policy));
            }
            ("aws_s3_bucket", _) => {
                for name in [text(v, "bucket"), text(v, "id")].into_iter().flatten() {
                    estate.buckets.entry(name).or_default();
                }
            }
            ("aws_s3_bucket_server_side_encryption_configuration", false) => {
                let key = defaults(v).find_map(|d| text(d, "kms_master_key_id"));
                estate.buckets.extend(text(v, "bucket").map(|b| (b, key)));
            }
            _ => {}
        }
    }
}

/// Returns the defaults of a bucket's encryption.
fn defaults(v: &Value) -> impl Iterator<Item = &Value> {
    let rules = v.get("rule").and_then(Value::elements).unwrap_or_default();
    rules.iter().flat_map(|r| {
        r.get("apply_server_side_encryption_by_default")
            .and_then(Value::elements)
            .unwrap_or_default()
    })
}

fn key(estate: &mut Estate, thing: &Thing) {
    let v = &thing.value;
    let Some(arn) = text(v, "arn") else { return };
    let names = [Some(arn.clone()), text(v, "key_id"), text(v, "id")];
    estate
        .keys
        .extend(names.into_iter().flatten().map(|n| (n, arn.clone())));
    if let Some(policy) = text(v, "policy").filter(|p| !p.starts_with("${"))
        && let Some(policy) = estate.document(&thing.address, &policy)
    {
        estate.key_policies.insert(arn, policy);
    }
}

fn document(estate: &mut Estate, thing: &Thing) {
    let v = &thing.value;
    let Some(name) = text(v, "name") else { return };
    let content: Json = match serde_json::from_str(v.get_str("content").unwrap_or_default()) {
        Ok(content) => content,
        Err(e) => {
            estate.unreadable.push((
                thing.address.clone(),
                format!("the document is not JSON: {e}"),
            ));
            Json::Null
        }
    };
    let at = |pointer: &str| content.pointer(pointer).unwrap_or(&Json::Null);
    let input = |name: &str| {
        at(&format!("/inputs/{name}"))
            .as_str()
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let document = SessionDocument {
        address: thing.address.clone(),
        arn: v.get_str("arn").unwrap_or_default().to_owned(),
        session_type: at("/sessionType")
            .as_str()
            .unwrap_or("Standard_Stream")
            .to_owned(),
        bucket: input("s3BucketName"),
        prefix: input("s3KeyPrefix"),
        log_group: input("cloudWatchLogGroupName"),
        key: input("kmsKeyId"),
        wants_encrypted_logs: *at("/inputs/cloudWatchEncryptionEnabled") == Json::Bool(true),
        has_host: !at("/properties/host").is_null(),
    };
    estate.documents.insert(name, document);
}
