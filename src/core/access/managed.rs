//! Texts of policies that AWS manages and that roles of this domain have: data with its source in
//! `schemas/iam/managed-policies.json`. Others were not seen.

use std::{collections::BTreeMap, sync::LazyLock};

use bastionless_model::iam::ast::Document;
use serde_json::Value as Json;

static POLICIES: LazyLock<BTreeMap<String, Document>> = LazyLock::new(|| {
    let text = include_str!("../../../schemas/iam/managed-policies.json");
    let all: BTreeMap<String, Json> = serde_json::from_str(text).unwrap_or_default();
    let documents = all.into_iter().filter(|(_, json)| json.is_object());
    documents
        .filter_map(|(name, json)| Some((name, Document::parse(&json.to_string()).ok()?.document)))
        .collect()
});

/// Returns the text of a policy of AWS by its ARN, whatever the partition.
pub(super) fn document(arn: &str) -> Option<Document> {
    let (owner, name) = arn.split_once(":iam::aws:")?;
    owner
        .starts_with("arn:")
        .then(|| POLICIES.get(name).cloned())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_of_aws_are_found_in_each_partition() {
        assert!(POLICIES.len() > 10);
        assert_eq!(
            document("arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore")
                .unwrap()
                .statements
                .len(),
            3
        );
        assert_eq!(
            document("arn:aws:iam::111122223333:policy/AmazonSSMManagedInstanceCore"),
            None
        );
    }
}
