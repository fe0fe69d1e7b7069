//! Walks over values: rebuilding, visiting, taking off marks and putting them back.

use std::sync::Arc;

use super::{Kind, Map, Marks, Path, Step, Value};

impl Value {
    /// Takes off all marks, at any depth, and returns their union.
    pub fn unmark_deep(self) -> (Self, Marks) {
        if !self.has_marks() {
            return (self, Marks::NONE);
        }
        let mut all = Marks::NONE;
        let plain = self.transform(&mut |v: Self| {
            let (v, m) = v.unmark();
            all = all.union(m);
            v
        });
        (plain, all)
    }

    /// Takes off all marks and returns where they were.
    pub fn unmark_with_paths(self) -> (Self, Vec<(Path, Marks)>) {
        let mut paths = Vec::new();
        if self.has_marks() {
            self.visit(&mut Path::default(), &mut |path, v| {
                if !v.marks.is_empty() {
                    paths.push((path.clone(), v.marks));
                }
                true
            });
        }
        (self.unmark_deep().0, paths)
    }

    /// Puts marks at paths; a path that leads nowhere marks the deepest value on its way.
    #[must_use]
    pub fn mark_with_paths<'a>(self, paths: impl IntoIterator<Item = &'a (Path, Marks)>) -> Self {
        paths
            .into_iter()
            .fold(self, |v, (path, marks)| v.mark_at(&path.0, *marks))
    }

    fn mark_at(self, steps: &[Step], marks: Marks) -> Self {
        let Some((first, rest)) = steps.split_first() else {
            return self.with_marks(marks);
        };
        let own = self.marks;
        let kind = match (self.kind, first) {
            (Kind::Object(m), Step::Attribute(name)) if m.contains_key(name) => {
                Kind::Object(mark_entry(m, name, rest, marks))
            }
            (Kind::Map(t, m), Step::Index(k)) if k.as_str().is_some_and(|k| m.contains_key(k)) => {
                let key: Arc<str> = k.as_str().unwrap_or_default().into();
                Kind::Map(t, mark_entry(m, &key, rest, marks))
            }
            (Kind::List(t, l), Step::Index(k)) if k.as_index().is_some_and(|i| i < l.len()) => {
                Kind::List(t, mark_element(l, k.as_index().unwrap_or(0), rest, marks))
            }
            (Kind::Tuple(l), Step::Index(k)) if k.as_index().is_some_and(|i| i < l.len()) => {
                Kind::Tuple(mark_element(l, k.as_index().unwrap_or(0), rest, marks))
            }
            (kind, _) => {
                return Self {
                    kind,
                    marks: own.union(marks),
                };
            }
        };
        Self { kind, marks: own }
    }

    /// Rebuilds the value from the leaves up; `f` sees each part after its own parts were rebuilt.
    #[must_use]
    pub fn transform(self, f: &mut impl FnMut(Self) -> Self) -> Self {
        let marks = self.marks;
        let kind = match self.kind {
            Kind::List(t, l) => Kind::List(t, transform_all(l, f)),
            Kind::Set(t, l) => {
                let v = Self::set(
                    t,
                    Arc::unwrap_or_clone(l)
                        .into_iter()
                        .map(|v| v.transform(f))
                        .collect(),
                );
                return f(v.with_marks(marks));
            }
            Kind::Tuple(l) => Kind::Tuple(transform_all(l, f)),
            Kind::Map(t, m) => Kind::Map(t, transform_entries(m, f)),
            Kind::Object(m) => Kind::Object(transform_entries(m, f)),
            other => other,
        };
        f(Self { kind, marks })
    }

    /// Visits the value and its parts from the root down; parts are left out where `f` says `false`.
    pub fn visit(&self, path: &mut Path, f: &mut impl FnMut(&Path, &Self) -> bool) {
        if !f(path, self) {
            return;
        }
        match &self.kind {
            Kind::List(_, l) | Kind::Tuple(l) => {
                for (i, v) in l.iter().enumerate() {
                    path.0.push(Step::Index(Self::from(
                        i64::try_from(i).unwrap_or(i64::MAX),
                    )));
                    v.visit(path, f);
                    path.0.pop();
                }
            }
            Kind::Set(_, l) => {
                for v in l.iter() {
                    path.0.push(Step::Element(v.clone()));
                    v.visit(path, f);
                    path.0.pop();
                }
            }
            Kind::Map(_, m) => {
                for (k, v) in m.iter() {
                    path.0.push(Step::Index(Self::from(k.clone())));
                    v.visit(path, f);
                    path.0.pop();
                }
            }
            Kind::Object(m) => {
                for (k, v) in m.iter() {
                    path.0.push(Step::Attribute(k.clone()));
                    v.visit(path, f);
                    path.0.pop();
                }
            }
            _ => {}
        }
    }
}

fn mark_entry(m: Arc<Map>, key: &Arc<str>, rest: &[Step], marks: Marks) -> Arc<Map> {
    let mut m = Arc::unwrap_or_clone(m);
    if let Some(v) = m.remove(key) {
        m.insert(key.clone(), v.mark_at(rest, marks));
    }
    Arc::new(m)
}

fn mark_element(l: Arc<Vec<Value>>, i: usize, rest: &[Step], marks: Marks) -> Arc<Vec<Value>> {
    let mut l = Arc::unwrap_or_clone(l);
    if let Some(slot) = l.get_mut(i) {
        *slot = std::mem::replace(slot, Value::NULL).mark_at(rest, marks);
    }
    Arc::new(l)
}

fn transform_all(l: Arc<Vec<Value>>, f: &mut impl FnMut(Value) -> Value) -> Arc<Vec<Value>> {
    Arc::new(
        Arc::unwrap_or_clone(l)
            .into_iter()
            .map(|v| v.transform(f))
            .collect(),
    )
}

fn transform_entries(m: Arc<Map>, f: &mut impl FnMut(Value) -> Value) -> Arc<Map> {
    Arc::new(
        Arc::unwrap_or_clone(m)
            .into_iter()
            .map(|(k, v)| (k, v.transform(f)))
            .collect(),
    )
}
