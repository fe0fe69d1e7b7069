//! What the provider configuration contributes to a plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::value::Value;

/// What the provider configuration contributes to plans of its resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The region; `None` while it is not known.
    pub region: Option<Arc<str>>,
    /// The account; `None` while it is not known.
    pub account: Option<Arc<str>>,
    /// Tags for every object; `None` while they are not known.
    pub default_tags: Option<BTreeMap<Arc<str>, Arc<str>>>,
    /// Keys of tags that are passed over.
    pub ignore_keys: BTreeSet<Arc<str>>,
    /// Beginnings of keys of tags that are passed over.
    pub ignore_prefixes: BTreeSet<Arc<str>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: None,
            account: None,
            default_tags: Some(BTreeMap::new()),
            ignore_keys: BTreeSet::new(),
            ignore_prefixes: BTreeSet::new(),
        }
    }
}

impl Settings {
    /// Reads the configuration of the provider `aws`; `region` is what holds where it names none.
    pub fn from_provider(config: &Value, region: Option<&str>) -> Self {
        let named = config.get("region");
        let region = match named {
            Some(v) if v.is_unknown() => None,
            Some(v) => v.as_str().or(region),
            None => region,
        };
        let ignored = |key| {
            let blocks = config
                .get("ignore_tags")
                .and_then(Value::elements)
                .unwrap_or_default();
            let items = blocks
                .iter()
                .filter_map(|b| b.get(key))
                .filter_map(Value::elements)
                .flatten();
            items.filter_map(Value::as_str).map(Arc::from).collect()
        };
        Self {
            region: region.map(Into::into),
            account: None,
            default_tags: default_tags(config.get("default_tags")),
            ignore_keys: ignored("keys"),
            ignore_prefixes: ignored("key_prefixes"),
        }
    }

    /// Tells whether a tag is passed over.
    pub fn ignores(&self, key: &str) -> bool {
        self.ignore_keys.contains(key) || self.ignore_prefixes.iter().any(|p| key.starts_with(&**p))
    }
}

fn default_tags(blocks: Option<&Value>) -> Option<BTreeMap<Arc<str>, Arc<str>>> {
    let mut out = BTreeMap::new();
    let Some(blocks) = blocks else {
        return Some(out);
    };
    if !blocks.is_wholly_known() {
        return None;
    }
    for block in blocks.elements().unwrap_or_default() {
        let tags = block
            .get("tags")
            .and_then(Value::entries)
            .into_iter()
            .flatten();
        out.extend(tags.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.into()))));
    }
    Some(out)
}
