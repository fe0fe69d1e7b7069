//! Values.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Marks, Number, Path, Refinement, Step, Type, compare_for_set,
    equality::{same_element, sort_for_set},
};

/// The attributes of an object, or the elements of a map, in the order of their keys.
pub type Map = BTreeMap<Arc<str>, Value>;

/// The content of a value.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Null of a type.
    Null(Type),
    /// Known only after apply; what is known already stands in the refinement.
    Unknown(Type, Option<Arc<Refinement>>),
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, normalised to NFC by whoever makes it from source.
    String(Arc<str>),
    /// A list; the type is that of the elements.
    List(Type, Arc<Vec<Value>>),
    /// A set; ordered by [`compare_for_set`], without duplicates and without marks inside.
    Set(Type, Arc<Vec<Value>>),
    /// A map; the type is that of the elements.
    Map(Type, Arc<Map>),
    /// A tuple.
    Tuple(Arc<Vec<Value>>),
    /// An object.
    Object(Arc<Map>),
}

/// A value of the language.
#[derive(Clone, Debug)]
pub struct Value {
    pub(super) kind: Kind,
    pub(super) marks: Marks,
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            marks: Marks::NONE,
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Kind::Bool(b).into()
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Kind::String(normal(s).unwrap_or_else(|| s.into())).into()
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Kind::String(normal(&s).unwrap_or_else(|| s.into())).into()
    }
}

impl From<Arc<str>> for Value {
    fn from(s: Arc<str>) -> Self {
        Kind::String(normal(&s).unwrap_or(s)).into()
    }
}

/// Composes a text that is not composed yet (Unicode form C): texts of the language always are.
fn normal(text: &str) -> Option<Arc<str>> {
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
    let composed = text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes;
    (!composed).then(|| text.nfc().collect::<String>().into())
}

impl From<Number> for Value {
    fn from(n: Number) -> Self {
        Kind::Number(n).into()
    }
}

impl From<i32> for Value {
    fn from(n: i32) -> Self {
        Kind::Number(Number::from(n)).into()
    }
}

impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Kind::Number(Number::from(n)).into()
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Kind::Number(Number::from(n)).into()
    }
}

impl Value {
    /// Null whose type is not known.
    pub const NULL: Self = Self {
        kind: Kind::Null(Type::Dynamic),
        marks: Marks::NONE,
    };
    /// Unknown whose type is not known either.
    pub const DYNAMIC: Self = Self {
        kind: Kind::Unknown(Type::Dynamic, None),
        marks: Marks::NONE,
    };

    /// Makes null of a type.
    pub fn null(ty: Type) -> Self {
        Kind::Null(ty).into()
    }

    /// Makes an unknown value of a type.
    pub fn unknown(ty: Type) -> Self {
        Kind::Unknown(ty, None).into()
    }

    /// Makes an unknown value of which something is known; what does not suit the type is left out.
    pub fn unknown_refined(ty: Type, mut refinement: Refinement) -> Self {
        if ty == Type::Dynamic {
            return Self::unknown(ty);
        }
        if ty != Type::String {
            refinement.prefix = None;
        }
        if ty != Type::Number {
            (refinement.min, refinement.max) = (None, None);
        }
        if !ty.is_collection() {
            (refinement.min_length, refinement.max_length) = (None, None);
        }
        if refinement.not_null
            && let Some(known) = collapsed(&ty, &refinement)
        {
            return known;
        }
        let refinement = (refinement != Refinement::default()).then(|| Arc::new(refinement));
        Kind::Unknown(ty, refinement).into()
    }

    /// Says of an unknown value that it will not be null; other values stay as they are.
    #[must_use]
    pub fn not_null(self) -> Self {
        match self.kind {
            Kind::Unknown(ty, refinement) if ty != Type::Dynamic => {
                let refinement = refinement.map(Arc::unwrap_or_clone).unwrap_or_default();
                let value = Self::unknown_refined(
                    ty,
                    Refinement {
                        not_null: true,
                        ..refinement
                    },
                );
                value.with_marks(self.marks)
            }
            kind => Self {
                kind,
                marks: self.marks,
            },
        }
    }

    /// Returns what is known of an unknown value.
    pub fn refinement(&self) -> Option<&Refinement> {
        match &self.kind {
            Kind::Unknown(_, r) => r.as_deref(),
            _ => None,
        }
    }

    /// Makes a list; every element must be of type `element` already.
    pub fn list(element: Type, elements: Vec<Self>) -> Self {
        Kind::List(element, Arc::new(elements)).into()
    }

    /// Makes a set: sorts, removes duplicates, raises the marks of elements to the set.
    pub fn set(element: Type, elements: Vec<Self>) -> Self {
        let mut marks = Marks::NONE;
        let mut plain = Vec::with_capacity(elements.len());
        for e in elements {
            if e.has_marks() {
                let (e, m) = e.unmark_deep();
                marks = marks.union(m);
                plain.push(e);
            } else {
                plain.push(e);
            }
        }
        if plain.len() > 1 {
            sort_for_set(&mut plain);
            plain.dedup_by(|a, b| same_element(a, b));
        }
        Self {
            kind: Kind::Set(element, Arc::new(plain)),
            marks,
        }
    }

    /// Makes a map; every element must be of type `element` already.
    pub fn map<K: Into<Arc<str>>>(
        element: Type,
        elements: impl IntoIterator<Item = (K, Self)>,
    ) -> Self {
        Kind::Map(
            element,
            Arc::new(elements.into_iter().map(|(k, v)| (k.into(), v)).collect()),
        )
        .into()
    }

    /// Makes a tuple.
    pub fn tuple(elements: Vec<Self>) -> Self {
        Kind::Tuple(Arc::new(elements)).into()
    }

    /// Makes an object.
    pub fn object<K: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (K, Self)>) -> Self {
        Kind::Object(Arc::new(
            attributes.into_iter().map(|(k, v)| (k.into(), v)).collect(),
        ))
        .into()
    }

    /// Returns the content, without regard to marks.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Returns the marks of the value itself, not of its parts.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// Adds marks to the value itself.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks = self.marks.union(marks);
        self
    }

    /// Marks the value as sensitive.
    #[must_use]
    pub fn sensitive(self) -> Self {
        self.with_marks(Marks::SENSITIVE)
    }

    /// Tells whether the value itself is sensitive.
    pub fn is_sensitive(&self) -> bool {
        self.marks.contains(Marks::SENSITIVE)
    }

    /// Takes the marks off the value itself.
    pub fn unmark(self) -> (Self, Marks) {
        let marks = self.marks;
        (
            Self {
                kind: self.kind,
                marks: Marks::NONE,
            },
            marks,
        )
    }

    /// Tells whether the value or any part of it is marked.
    pub fn has_marks(&self) -> bool {
        !self.marks.is_empty() || self.children().any(Self::has_marks)
    }

    /// Returns the type.
    pub fn type_of(&self) -> Type {
        match &self.kind {
            Kind::Null(t) | Kind::Unknown(t, _) => t.clone(),
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(t, _) => Type::list(t.clone()),
            Kind::Set(t, _) => Type::set(t.clone()),
            Kind::Map(t, _) => Type::map(t.clone()),
            Kind::Tuple(vs) => Type::tuple(vs.iter().map(Self::type_of)),
            Kind::Object(m) => Type::object(m.iter().map(|(k, v)| (k.clone(), v.type_of()))),
        }
    }

    /// Tells whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null(_))
    }

    /// Tells whether the value itself is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(..))
    }

    /// Tells whether the value itself is known (null counts as known).
    pub fn is_known(&self) -> bool {
        !self.is_unknown()
    }

    /// Tells whether nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        self.is_known() && self.children().all(Self::is_wholly_known)
    }

    /// Returns the text, whatever the marks.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(s) => Some(s),
            _ => None,
        }
    }

    /// Returns the truth value, whatever the marks.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// Returns the number, whatever the marks.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(n) => Some(n),
            _ => None,
        }
    }

    /// Returns a number that is a whole one from 0 on and fits.
    pub fn as_index(&self) -> Option<usize> {
        self.as_number().and_then(Number::to_usize)
    }

    /// Returns a number that is a whole one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::to_i64)
    }

    /// Returns the elements of a list, set or tuple, whatever the marks.
    pub fn elements(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => Some(l),
            _ => None,
        }
    }

    /// Returns the entries of a map or object, whatever the marks.
    pub fn entries(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(_, m) | Kind::Object(m) => Some(m),
            _ => None,
        }
    }

    /// Returns an entry of a map or object, whatever the marks.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().and_then(|m| m.get(key))
    }

    /// Returns the text of an entry; `None` where it is missing, null, unknown or no text.
    pub fn get_str(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::as_str)
    }

    /// Returns the truth value of an entry; `None` where it is missing, null, unknown or none.
    pub fn get_bool(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(Self::as_bool)
    }

    /// Returns the whole number of an entry; `None` where it is missing, null, unknown or none.
    pub fn get_i64(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Self::as_i64)
    }

    /// Returns the same object or map with one entry set.
    #[must_use]
    pub fn with(self, key: impl Into<Arc<str>>, value: Self) -> Self {
        let set = |m: Arc<Map>, v| {
            let mut m = Arc::unwrap_or_clone(m);
            m.insert(key.into(), v);
            Arc::new(m)
        };
        let kind = match self.kind {
            Kind::Object(m) => Kind::Object(set(m, value)),
            Kind::Map(t, m) => Kind::Map(t, set(m, value)),
            other => other,
        };
        Self {
            kind,
            marks: self.marks,
        }
    }

    /// Follows a path; `None` where it leads nowhere. Marks on the way are not added.
    pub fn at(&self, path: &Path) -> Option<&Self> {
        path.0.iter().try_fold(self, |v, step| match step {
            Step::Attribute(name) => v.get(name),
            Step::Index(k) => match k.as_str() {
                Some(key) => v.get(key),
                None => v.elements().and_then(|l| l.get(k.as_index()?)),
            },
            Step::Element(e) => v
                .elements()
                .and_then(|l| l.iter().find(|x| compare_for_set(x, e).is_eq())),
        })
    }

    /// Returns the direct parts.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        let list = self.elements().unwrap_or_default().iter();
        list.chain(self.entries().into_iter().flat_map(BTreeMap::values))
    }
}

/// Longer lists stay unknown, though their length is known.
const LONGEST_COLLAPSED: usize = 1024;

/// Returns the value of which so much is known that it is known itself.
fn collapsed(ty: &Type, r: &Refinement) -> Option<Value> {
    if let (Some((min, true)), Some((max, true))) = (&r.min, &r.max)
        && min == max
    {
        return Some(Value::from(min.clone()));
    }
    let length = r
        .max_length
        .filter(|max| r.min_length.unwrap_or(0) == *max)?;
    match ty {
        Type::List(t) if length <= LONGEST_COLLAPSED => Some(Value::list(
            (**t).clone(),
            vec![Value::unknown((**t).clone()); length],
        )),
        Type::Set(t) if length <= 1 => Some(Value::set(
            (**t).clone(),
            vec![Value::unknown((**t).clone()); length],
        )),
        Type::Map(t) if length == 0 => Some(Value::map::<Arc<str>>((**t).clone(), [])),
        _ => None,
    }
}
