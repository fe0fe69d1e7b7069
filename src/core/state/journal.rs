//! The journal of a run: what was intended and what came of it, and the pure fold that makes a snapshot of both.
//!
//! Format: JSON, one entry a line; the first line names the snapshot that the entries build on. A last line without its
//! end was never durable, so nothing followed from it, and it is left out.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::{Deposed, Object, Snapshot, StateError, Status, TERRAFORM_VERSION, json::push_string};
use crate::lang::address::{AbsInstance, ProviderConfig};

/// Version of the journal's format.
const FORMAT: u64 = 1;

/// Which snapshot a journal builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The snapshot's lineage.
    pub lineage: String,
    /// The snapshot's serial.
    pub serial: u64,
    /// SHA-256 of the stored bytes in hexadecimal digits; of no bytes where nothing is stored.
    pub digest: String,
}

impl Base {
    /// Names a stored snapshot; `stored` is what the store holds, empty where it holds nothing.
    pub fn of(snapshot: &Snapshot, stored: &[u8]) -> Self {
        Self {
            lineage: snapshot.lineage.clone(),
            serial: snapshot.serial,
            digest: digest(stored),
        }
    }
}

/// Returns the SHA-256 of bytes in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(64);
    for b in Sha256::digest(bytes) {
        // Writing to a text cannot fail.
        let _ = write!(out, "{b:02x}");
    }
    out
}

/// What a change is going to do to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intended {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed.
    Delete,
}

impl Intended {
    /// Returns its name: `create`, `update`, `delete`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete]
            .into_iter()
            .find(|i| i.name() == name)
    }
}

/// Recorded before a call with effects outside the state.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Names the change; a UUID.
    pub id: String,
    /// The instance.
    pub address: AbsInstance,
    /// The deposed object that is destroyed.
    pub deposed: Option<Deposed>,
    /// What is going to be done.
    pub action: Intended,
    /// The provider configuration.
    pub provider: ProviderConfig,
    /// When, in seconds since 1970.
    pub at: i64,
    /// The name was looked up before and was free: half of the proof for objects with a natural key.
    pub was_free: bool,
    /// What is planned; attributes that are not known are null. Of an update or delete: the object as it is.
    pub object: Object,
}

/// One line of a journal.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A call is about to be made.
    Begin(Box<Begin>),
    /// The object exists from now on, the change goes on.
    Created {
        /// The change.
        id: String,
        /// The object.
        object: Object,
    },
    /// The change is done; no object after a delete.
    Done {
        /// The change.
        id: String,
        /// What exists now.
        object: Option<Object>,
    },
    /// The change failed.
    Failed {
        /// The change.
        id: String,
        /// What is known to exist now; where there is none and `open` is set, nothing is known.
        object: Option<Object>,
        /// Whether the object may exist without our knowing.
        open: bool,
    },
    /// A change of the state alone: a data source was read, an object imported or refreshed.
    Put {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// The provider configuration.
        provider: ProviderConfig,
        /// The object.
        object: Object,
    },
    /// A change of the state alone: an object is forgotten.
    Take {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
    },
    /// The current object makes room for its replacement.
    Depose {
        /// The instance.
        address: AbsInstance,
        /// Its key from now on.
        key: Deposed,
    },
    /// A deposed object is the current one again, as its replacement was not made.
    Restore {
        /// The instance.
        address: AbsInstance,
        /// Its key until now.
        key: Deposed,
    },
}

/// A journal as read.
#[derive(Clone, Debug)]
pub struct Journal {
    /// What it builds on.
    pub base: Base,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// What a fold gives.
#[derive(Clone, Debug)]
pub struct Folded {
    /// What exists, as far as is known.
    pub snapshot: Snapshot,
    /// Changes without an end: their objects must be looked for.
    pub open: Vec<Begin>,
    /// Whether any entry changed the snapshot.
    pub changed: bool,
}

/// Folds entries onto a snapshot: pure, and the only way from entries to a snapshot.
///
/// The caller has made sure that the snapshot is the base of the entries.
pub fn fold<'e>(prior: Snapshot, entries: impl IntoIterator<Item = &'e Entry>) -> Folded {
    let mut f = Fold::new(prior);
    for entry in entries {
        f.absorb(entry);
    }
    f.end()
}

/// A fold under way: what exists after the entries so far.
#[derive(Clone, Debug)]
pub struct Fold {
    snapshot: Snapshot,
    begun: BTreeMap<String, Begin>,
    /// Ids in the order of beginning.
    order: Vec<String>,
    changed: bool,
}

impl Fold {
    /// Starts from a snapshot.
    pub fn new(prior: Snapshot) -> Self {
        Self {
            snapshot: prior,
            begun: BTreeMap::new(),
            order: Vec::new(),
            changed: false,
        }
    }

    /// Returns what exists after the entries so far.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Returns the changes that have no end yet, in the order of beginning.
    pub fn open(&self) -> impl Iterator<Item = &Begin> {
        self.order.iter().filter_map(|id| self.begun.get(id))
    }

    /// Ends.
    pub fn end(self) -> Folded {
        let mut begun = self.begun;
        let open = self.order.iter().filter_map(|id| begun.remove(id));
        Folded {
            open: open.collect(),
            snapshot: self.snapshot,
            changed: self.changed,
        }
    }

    /// Takes in the next entry.
    pub fn absorb(&mut self, entry: &Entry) {
        match entry {
            Entry::Begin(begin) => {
                self.order.push(begin.id.clone());
                self.begun.insert(begin.id.clone(), Begin::clone(begin));
                return;
            }
            Entry::Created { id, object } => {
                if let Some(b) = self.begun.get(id) {
                    self.snapshot
                        .put(&b.address, None, &b.provider, object.clone());
                    self.snapshot.waiting.insert(b.address.clone());
                }
            }
            Entry::Done { id, object } => {
                if let Some(b) = self.begun.remove(id) {
                    self.set(&b, object.as_ref());
                    if b.deposed.is_none() {
                        self.snapshot.drop_notes(&b.address);
                    }
                }
            }
            Entry::Failed { id, object, open } => {
                let begun = if *open {
                    self.begun.get(id).cloned()
                } else {
                    self.begun.remove(id)
                };
                // Nothing known of an object says nothing of what the state held.
                if let (Some(b), Some(object)) = (begun, object) {
                    // A change that was done half-way is no apply: what was applied is what was there before.
                    if b.deposed.is_none() && b.action != Intended::Create {
                        self.snapshot.keep_applied(&b.address);
                    }
                    if b.deposed.is_none() {
                        self.note_waiting(&b, object.status);
                    }
                    self.set(&b, Some(object));
                }
            }
            Entry::Put {
                address,
                deposed,
                provider,
                object,
            } => self
                .snapshot
                .put(address, deposed.as_ref(), provider, object.clone()),
            Entry::Take { address, deposed } => {
                self.snapshot.take(address, deposed.as_ref());
                if deposed.is_none() {
                    self.snapshot.drop_notes(address);
                }
            }
            Entry::Depose { address, key } => {
                self.snapshot.waiting.remove(address);
                self.rename(address, None, Some(key));
            }
            Entry::Restore { address, key } => self.rename(address, Some(key), None),
        }
        self.changed = true;
    }

    /// What failed and is in order otherwise may just not be ready yet.
    fn note_waiting(&mut self, begin: &Begin, status: Status) {
        if status == Status::Ready && begin.action != Intended::Delete {
            self.snapshot.waiting.insert(begin.address.clone());
        } else {
            self.snapshot.waiting.remove(&begin.address);
        }
    }

    fn set(&mut self, begin: &Begin, object: Option<&Object>) {
        let deposed = begin.deposed.as_ref();
        match object {
            Some(object) => {
                self.snapshot
                    .put(&begin.address, deposed, &begin.provider, object.clone());
            }
            None => {
                self.snapshot.take(&begin.address, deposed);
            }
        }
    }

    fn rename(&mut self, address: &AbsInstance, from: Option<&Deposed>, to: Option<&Deposed>) {
        let resource = self.snapshot.resources.get(&address.resource);
        let Some(provider) = resource.map(|r| r.provider.clone()) else {
            return;
        };
        if let Some(object) = self.snapshot.take(address, from) {
            self.snapshot.put(address, to, &provider, object);
        }
    }
}

impl Journal {
    /// Writes the first line.
    pub fn header(base: &Base) -> String {
        let mut line = Line::new("base");
        line.raw("format", &FORMAT.to_string());
        line.text("lineage", &base.lineage);
        line.raw("serial", &base.serial.to_string());
        line.text("digest", &base.digest);
        line.text("terraform_version", TERRAFORM_VERSION);
        line.end()
    }

    /// Reads a journal; `None` where not even the first line is whole.
    ///
    /// # Errors
    /// Says which line is damaged: that cannot happen by a crash.
    pub fn read(text: &str) -> Result<Option<Self>, StateError> {
        let mut lines = text.split_inclusive('\n').enumerate();
        let Some((_, first)) = lines.next().filter(|(_, l)| l.ends_with('\n')) else {
            return Ok(None);
        };
        let base = read_header(first)?;
        let whole = lines.filter(|(_, l)| l.ends_with('\n') && l.trim() != "");
        let entries = whole.map(|(i, l)| {
            read_entry(l).map_err(|e| {
                let line = i + 1;
                StateError::Format(format!("line {line} of the journal is damaged: {e}"))
            })
        });
        Ok(Some(Self {
            base,
            entries: entries.collect::<Result<_, _>>()?,
        }))
    }

    /// Returns the changes that have no end, for a journal that does not build on the snapshot at hand: hints where to look.
    pub fn hints(&self) -> Vec<Begin> {
        fold(Snapshot::default(), &self.entries).open
    }
}

impl Entry {
    /// Writes the entry as one line.
    pub fn to_line(&self) -> String {
        match self {
            Self::Begin(b) => {
                let mut line = Line::new("begin");
                line.text("id", &b.id);
                line.address(&b.address, b.deposed.as_ref());
                line.text("action", b.action.name());
                line.text("provider", &b.provider.to_string());
                line.raw("at", &b.at.to_string());
                line.raw("was_free", if b.was_free { "true" } else { "false" });
                line.object(Some(&b.object));
                line.end()
            }
            Self::Created { id, object } => {
                let mut line = Line::new("created");
                line.text("id", id);
                line.object(Some(object));
                line.end()
            }
            Self::Done { id, object } => {
                let mut line = Line::new("done");
                line.text("id", id);
                line.object(object.as_ref());
                line.end()
            }
            Self::Failed { id, object, open } => {
                let mut line = Line::new("failed");
                line.text("id", id);
                line.raw("open", if *open { "true" } else { "false" });
                line.object(object.as_ref());
                line.end()
            }
            Self::Put {
                address,
                deposed,
                provider,
                object,
            } => {
                let mut line = Line::new("put");
                line.address(address, deposed.as_ref());
                line.text("provider", &provider.to_string());
                line.object(Some(object));
                line.end()
            }
            Self::Take { address, deposed } => {
                let mut line = Line::new("take");
                line.address(address, deposed.as_ref());
                line.end()
            }
            Self::Depose { address, key } => {
                let mut line = Line::new("depose");
                line.address(address, Some(key));
                line.end()
            }
            Self::Restore { address, key } => {
                let mut line = Line::new("restore");
                line.address(address, Some(key));
                line.end()
            }
        }
    }
}

struct Line(String);

impl Line {
    fn new(kind: &str) -> Self {
        let mut line = Self(String::from("{\"kind\":"));
        push_string(&mut line.0, kind);
        line
    }

    fn raw(&mut self, key: &str, json: &str) {
        self.0.push(',');
        push_string(&mut self.0, key);
        self.0.push(':');
        self.0.push_str(json);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.raw(key, "");
        push_string(&mut self.0, text);
    }

    fn address(&mut self, address: &AbsInstance, deposed: Option<&Deposed>) {
        self.text("address", &address.to_string());
        if let Some(key) = deposed {
            self.text("deposed", key);
        }
    }

    fn object(&mut self, object: Option<&Object>) {
        if let Some(object) = object {
            self.raw("object", &object.to_line());
        }
    }

    fn end(mut self) -> String {
        self.0.push_str("}\n");
        self.0
    }
}

#[derive(Deserialize)]
struct HeaderLine {
    kind: String,
    format: u64,
    lineage: String,
    serial: u64,
    digest: String,
}

fn read_header(line: &str) -> Result<Base, StateError> {
    let bad = |e: String| StateError::Format(format!("line 1 of the journal is damaged: {e}"));
    let header: HeaderLine = serde_json::from_str(line).map_err(|e| bad(e.to_string()))?;
    if header.kind != "base" {
        return Err(bad("it does not name what the journal builds on".into()));
    }
    if header.format != FORMAT {
        return Err(StateError::Format(format!(
            "the journal is of format {}; this version of bastionless knows {FORMAT} only",
            header.format
        )));
    }
    Ok(Base {
        lineage: header.lineage,
        serial: header.serial,
        digest: header.digest,
    })
}

/// All fields of all kinds of entries; unknown ones are read over.
#[derive(Deserialize)]
struct EntryLine {
    kind: String,
    id: Option<String>,
    address: Option<String>,
    deposed: Option<String>,
    action: Option<String>,
    provider: Option<String>,
    at: Option<i64>,
    was_free: Option<bool>,
    open: Option<bool>,
    object: Option<Box<RawValue>>,
}

fn read_entry(line: &str) -> Result<Entry, String> {
    let l: EntryLine = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let missing = |what: &str| format!("`{what}` is missing");
    let id = || l.id.clone().ok_or_else(|| missing("id"));
    let address = || {
        let text = l.address.as_deref().ok_or_else(|| missing("address"))?;
        AbsInstance::parse(text).map_err(|e| e.to_string())
    };
    let deposed = || l.deposed.as_deref().map(Arc::from);
    let key = || deposed().ok_or_else(|| missing("deposed"));
    let provider = || {
        let text = l.provider.as_deref().ok_or_else(|| missing("provider"))?;
        ProviderConfig::parse(text).map_err(|e| e.to_string())
    };
    let maybe_object = || {
        let read = l.object.as_ref().map(|o| Object::from_line(o.get()));
        read.transpose().map_err(|e| e.to_string())
    };
    let object = || maybe_object()?.ok_or_else(|| missing("object"));
    Ok(match l.kind.as_str() {
        "begin" => Entry::Begin(Box::new(Begin {
            id: id()?,
            address: address()?,
            deposed: deposed(),
            action: l
                .action
                .as_deref()
                .and_then(Intended::parse)
                .ok_or_else(|| missing("action"))?,
            provider: provider()?,
            at: l.at.ok_or_else(|| missing("at"))?,
            was_free: l.was_free.unwrap_or(false),
            object: object()?,
        })),
        "created" => Entry::Created {
            id: id()?,
            object: object()?,
        },
        "done" => Entry::Done {
            id: id()?,
            object: maybe_object()?,
        },
        "failed" => Entry::Failed {
            id: id()?,
            object: maybe_object()?,
            open: l.open.unwrap_or(false),
        },
        "put" => Entry::Put {
            address: address()?,
            deposed: deposed(),
            provider: provider()?,
            object: object()?,
        },
        "take" => Entry::Take {
            address: address()?,
            deposed: deposed(),
        },
        "depose" => Entry::Depose {
            address: address()?,
            key: key()?,
        },
        "restore" => Entry::Restore {
            address: address()?,
            key: key()?,
        },
        other => return Err(format!("the kind `{other}` is unknown")),
    })
}
