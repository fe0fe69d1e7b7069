//! Tags of EC2 objects.

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use bastionless_model::{
    cloud::{INTENT_TAG, Intent, OpError, Operation},
    value::Value,
};

use super::{
    attributes::{Attributes, text_of},
    call::{Outcome, is_gone},
    context::{Ec2, is_value},
};
use crate::tags::{Tags, from_ec2, to_ec2, wanted};

/// One call tags or untags at most so many objects.
const MOST_RESOURCES: usize = 500;

/// Makes the tags that go with a create: those of the plan and the marker.
pub(crate) fn specification(
    kind: ResourceType,
    op: &Operation<'_>,
    planned: &Value,
) -> TagSpecification {
    specification_of(kind, op, wanted(planned))
}

/// Makes the tags that go with a create out of a map, and the marker.
pub(crate) fn specification_of(
    kind: ResourceType,
    op: &Operation<'_>,
    mut tags: Tags,
) -> TagSpecification {
    tags.insert(INTENT_TAG.to_owned(), op.intent.id.clone());
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(to_ec2(&tags)))
        .build()
}

/// The filter for objects that carry the marker of an intent.
pub(crate) fn marked(intent: &Intent) -> Filter {
    is_value(&format!("tag:{INTENT_TAG}"), &intent.id)
}

impl Ec2 {
    /// Puts `tags` and `tags_all` in.
    pub(crate) fn with_tags(
        &self,
        attributes: Attributes,
        tags: &[Tag],
        prior: Option<&Value>,
    ) -> Attributes {
        let (tags, all) = self.tag_rules.split(&from_ec2(tags), prior);
        attributes.value("tags", tags).value("tags_all", all)
    }

    /// Brings the tags of an object from `prior` to `planned`.
    pub(crate) async fn retag(
        &self,
        op: &Operation<'_>,
        id: &str,
        prior: &Value,
        planned: &Value,
    ) -> Result<(), OpError> {
        self.retag_maps(op, id, &wanted(prior), &wanted(planned))
            .await
    }

    /// Brings the tags of an object from one map to another.
    pub(crate) async fn retag_maps(
        &self,
        op: &Operation<'_>,
        id: &str,
        old: &Tags,
        new: &Tags,
    ) -> Result<(), OpError> {
        let what = format!("updating tags ({id})");
        let gone = old.keys().filter(|k| !new.contains_key(*k));
        let gone: Vec<_> = gone.map(|k| Tag::builder().key(k).build()).collect();
        if !gone.is_empty() {
            let call = self.client.delete_tags().resources(id).set_tags(Some(gone));
            self.change(op, &what, call.send()).await?;
        }
        let put = new.iter().filter(|(k, v)| old.get(*k) != Some(v));
        let put = to_ec2(&put.map(|(k, v)| (k.clone(), v.clone())).collect());
        if !put.is_empty() {
            let call = self.client.create_tags().resources(id).set_tags(Some(put));
            self.change(op, &what, call.send()).await?;
        }
        Ok(())
    }

    /// Takes the marker off objects. Ones that are gone do not matter.
    pub(crate) async fn unmark(&self, ids: Vec<String>) -> Result<(), OpError> {
        for chunk in ids.chunks(MOST_RESOURCES) {
            match self.unmark_some(chunk.to_vec()).await {
                Err(e) if is_gone(&e) && chunk.len() > 1 => {
                    for id in chunk {
                        let done = self.unmark_some(vec![id.clone()]).await;
                        done.or_else(|e| if is_gone(&e) { Ok(()) } else { Err(e) })?;
                    }
                }
                Err(e) if is_gone(&e) => {}
                done => done?,
            }
        }
        Ok(())
    }

    async fn unmark_some(&self, ids: Vec<String>) -> Result<(), OpError> {
        let call = self.client.delete_tags().set_resources(Some(ids));
        let call = call.tags(Tag::builder().key(INTENT_TAG).build());
        let result = call.send().await.during("removing marker tags");
        self.forget_listings();
        result.map(drop)
    }
}

/// Returns the ids of states.
pub(crate) fn ids_of(states: &[Value], attribute: &str) -> Vec<String> {
    let ids = states.iter().filter_map(|s| text_of(s, attribute));
    ids.map(str::to_owned).collect()
}
