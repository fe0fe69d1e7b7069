//! What would make a difference between two sets of policies, group of actions by group of actions.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    actions::Group,
    bits::Bits,
    difference::{Cause, Comparison, Difference, StatementRef, Undecided, Witness},
    encode::{Atlas, Frame},
    keys::{Keys, Setting, has_variables},
    shape::{Place, Shape},
    side::{LayerKey, Side, Sides},
    solve::{Formula, Region, Rest, Solver},
    suppose::Suppositions,
};
use crate::iam::{
    catalogue::Catalogue,
    evaluate::{Evaluator, Layer, Values, Verdict},
    template::Part,
};

/// A comparison on its way.
pub(super) struct Run<'a> {
    pub(super) sides: &'a Sides<'a>,
    pub(super) place: &'a Place,
    pub(super) thorough: bool,
    pub(super) principal: String,
    /// Of the old and of the new set.
    pub(super) evaluators: (Evaluator, Evaluator),
    pub(super) atlas: Atlas,
    /// Whether contested wildcards run over colons, which is not the evaluator's reading.
    pub(super) loose: bool,
    pub(super) out: Comparison,
}

/// What would make a difference: that a statement allows, that one no longer denies, that a layer is gone.
#[derive(Clone, Copy, Debug)]
enum Goal {
    Allowed(LayerKey, usize),
    Denied(usize),
    Layer(LayerKey),
}

/// What was found for a goal.
#[derive(Default)]
struct Outcome {
    witness: Option<Witness>,
    shapes: BTreeSet<Shape>,
    trouble: Option<String>,
}

/// For which shapes of resources each goal is possible if variables may be anything.
struct Outlook {
    possible: Vec<BTreeSet<Shape>>,
    /// Why classes of a key may be missing.
    gap: Option<String>,
}

/// One direction of a group.
struct Case<'a> {
    group: &'a Group,
    gains: bool,
    one: &'a Side,
    other: &'a Side,
    shapes: BTreeMap<Shape, Vec<String>>,
    suppositions: Suppositions,
}

impl<'a> Run<'a> {
    pub(super) fn group(&mut self, group: &Group) {
        let sides = self.sides;
        let directions: &[bool] = if self.loose { &[true] } else { &[true, false] };
        for &gains in directions {
            let (one, other) = if gains {
                (&sides.new, &sides.old)
            } else {
                (&sides.old, &sides.new)
            };
            let goals = self.goals(one, other, &group.statements);
            if goals.is_empty() {
                continue;
            }
            let suppositions =
                Suppositions::new(sides, &group.statements, self.place, group.shapes.keys());
            let mut shapes = group.shapes.clone();
            let with_resources: BTreeSet<_> = shapes
                .iter()
                .filter(|(s, _)| **s != Shape::Nothing)
                .flat_map(|(_, a)| a)
                .cloned()
                .collect();
            if !with_resources.is_empty() {
                let heads = self.heads(&group.statements);
                shapes.extend(
                    heads
                        .into_iter()
                        .map(|c| (Shape::Symbol(c), with_resources.iter().cloned().collect())),
                );
            }
            let case = Case {
                group,
                gains,
                one,
                other,
                shapes,
                suppositions,
            };
            self.case(&case, &goals);
        }
    }

    /// Returns the symbols with which patterns of resources begin.
    fn heads(&self, statements: &Bits) -> BTreeSet<char> {
        let terms = statements.iter().filter_map(|i| self.sides.terms.get(i));
        let templates = terms
            .filter_map(|t| t.resources.as_ref())
            .flat_map(|(_, t)| t);
        let first = templates.filter_map(|t| match t.parts.first() {
            Some(Part::Symbol(text)) => self.sides.symbols.get(text),
            _ => None,
        });
        first.copied().collect()
    }

    /// Lists what could make a difference. Statements that the other set has as well cannot.
    fn goals(&self, one: &Side, other: &Side, statements: &Bits) -> Vec<Goal> {
        let meaning = |n: &usize| self.sides.terms.get(*n).map(|t| &t.meaning);
        let has = |list: &[usize], n: usize| {
            !self.thorough && list.iter().any(|i| meaning(i) == meaning(&n))
        };
        let here = |list: &'_ [usize]| {
            list.iter()
                .copied()
                .filter(|n| statements.contains(*n))
                .collect::<Vec<_>>()
        };
        let allows = |side: &Side| {
            side.layers
                .values()
                .all(|l| l.iter().any(|n| statements.contains(*n)))
        };
        let mut out = Vec::new();
        if !allows(one) {
            return out;
        }
        for (key, theirs) in &other.layers {
            match one.layers.get(key) {
                Some(own) => out.extend(
                    here(own)
                        .into_iter()
                        .filter(|n| !has(theirs, *n))
                        .map(|n| Goal::Allowed(*key, n)),
                ),
                None => out.push(Goal::Layer(*key)),
            }
        }
        out.extend(
            here(&other.denies)
                .into_iter()
                .filter(|n| !has(&one.denies, *n))
                .map(Goal::Denied),
        );
        out
    }

    fn case(&mut self, case: &Case, goals: &[Goal]) {
        let mut outcomes: Vec<Outcome> = goals.iter().map(|_| Outcome::default()).collect();
        let outlook = self.outlook(case, goals);
        for variables in case.suppositions.settings() {
            let setting = Setting {
                variables,
                loose: self.loose,
                ..Setting::default()
            };
            self.settle(case, goals, &setting, outlook.as_ref(), &mut outcomes);
        }
        for (n, (goal, mut outcome)) in goals.iter().zip(outcomes).enumerate() {
            if outcome.witness.is_none() {
                let reason = outcome
                    .trouble
                    .take()
                    .or_else(|| doubt(case, outlook.as_ref()?, n));
                if let Some(reason) = reason {
                    self.undecided(case, *goal, reason);
                }
                continue;
            }
            if let Some(reason) = self.depends_on_unknown(case, *goal) {
                self.undecided(case, *goal, reason);
                continue;
            }
            let Some(witness) = outcome.witness else {
                continue;
            };
            let mut actions: Vec<String> = Vec::new();
            for action in case
                .shapes
                .iter()
                .filter(|(s, _)| outcome.shapes.contains(*s))
                .flat_map(|(_, a)| a)
            {
                if !actions.contains(action) {
                    actions.push(action.clone());
                }
            }
            let difference = Difference {
                witness,
                actions,
                cause: self.cause(*goal),
                ambiguous: false,
            };
            let list = if case.gains {
                &mut self.out.new_access
            } else {
                &mut self.out.lost_access
            };
            list.push(difference);
        }
    }

    /// Looks for witnesses of all goals in one setting.
    fn settle(
        &self,
        case: &Case,
        goals: &[Goal],
        setting: &Setting,
        outlook: Option<&Outlook>,
        outcomes: &mut [Outcome],
    ) {
        let keys = Keys::new(self.sides, setting, self.place, &case.group.statements);
        for (shape, actions) in &case.shapes {
            let is_symbol = matches!(shape, Shape::Symbol(_));
            let possible = |n: usize| {
                outlook.is_none_or(|o| {
                    o.possible
                        .get(n)
                        .is_some_and(|shapes| shapes.contains(shape))
                })
            };
            let wanted = |n: usize, o: &Outcome| {
                possible(n) && !(o.shapes.contains(shape) || is_symbol && o.witness.is_some())
            };
            if !outcomes.iter().enumerate().any(|(n, o)| wanted(n, o)) {
                continue;
            }
            let frame = Frame::new(
                self.sides,
                setting,
                &keys,
                shape,
                self.place,
                &case.group.statements,
                &self.atlas,
            );
            let mut solver = Solver::new(frame.dimensions.clone());
            for (n, (goal, outcome)) in goals.iter().zip(outcomes.iter_mut()).enumerate() {
                if !wanted(n, outcome) {
                    continue;
                }
                match solver.solve(&self.formula(case, *goal, &frame, &keys)) {
                    Ok(None) => {}
                    Err(_) => {
                        outcome.trouble = Some("its wildcards overlap in too many ways".to_owned())
                    }
                    Ok(Some(region)) => {
                        outcome.shapes.insert(shape.clone());
                        if outcome.witness.is_none() {
                            let action = actions.first().cloned().unwrap_or_default();
                            match self.witness(
                                case,
                                &frame,
                                &keys,
                                setting,
                                &region,
                                &mut solver,
                                action,
                            ) {
                                Some(witness) => outcome.witness = Some(witness),
                                None => {
                                    outcome.shapes.remove(shape);
                                    outcome.trouble = Some(
                                        "the evaluator does not confirm the request that was found"
                                            .to_owned(),
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Finds out what is possible at all where variables may be anything; `None` where every question has an exact answer. What is
    /// impossible then needs not be tried with one value of the variables after the other.
    fn outlook(&self, case: &Case, goals: &[Goal]) -> Option<Outlook> {
        let terms: Vec<_> = case
            .group
            .statements
            .iter()
            .filter_map(|i| self.sides.terms.get(i))
            .collect();
        let in_resources = terms
            .iter()
            .filter_map(|t| t.resources.as_ref())
            .flat_map(|(_, t)| t)
            .any(crate::iam::template::Template::has_variables);
        let in_conditions = terms.iter().any(|t| {
            t.statement
                .conditions
                .iter()
                .any(|c| has_variables(c, t.version))
        });
        let setting = Setting {
            open: true,
            loose: self.loose,
            ..Setting::default()
        };
        let keys = Keys::new(self.sides, &setting, self.place, &case.group.statements);
        if !in_resources && !in_conditions && keys.gaps.is_empty() {
            return None;
        }
        let mut out = Outlook {
            possible: vec![BTreeSet::new(); goals.len()],
            gap: keys.gaps.first().cloned(),
        };
        for shape in case.shapes.keys() {
            let frame = Frame::new(
                self.sides,
                &setting,
                &keys,
                shape,
                self.place,
                &case.group.statements,
                &self.atlas,
            );
            let mut solver = Solver::new(frame.dimensions.clone());
            for (goal, possible) in goals.iter().zip(&mut out.possible) {
                if solver.solve(&self.formula(case, *goal, &frame, &keys)) != Ok(None) {
                    possible.insert(shape.clone());
                }
            }
        }
        Some(out)
    }

    /// Tells on which unknown value the difference depends.
    fn depends_on_unknown(&self, case: &Case, goal: Goal) -> Option<String> {
        for (symbol, texts) in &case.suppositions.symbols {
            for text in texts {
                let mut outcome = [Outcome::default()];
                for variables in case.suppositions.settings() {
                    let symbols = BTreeMap::from([(symbol.clone(), text.clone())]);
                    let setting = Setting {
                        variables,
                        symbols,
                        open: false,
                        loose: self.loose,
                    };
                    self.suppose(case, goal, &setting, &mut outcome);
                    if outcome.iter().any(|o| !o.shapes.is_empty()) {
                        break;
                    }
                }
                if outcome.iter().all(|o| o.shapes.is_empty()) {
                    return Some(format!(
                        "`{symbol}` is not known yet; were it `{text}`, there would be no difference"
                    ));
                }
            }
        }
        None
    }

    /// Asks whether a goal can be reached at all in a setting.
    fn suppose(&self, case: &Case, goal: Goal, setting: &Setting, outcome: &mut [Outcome; 1]) {
        let keys = Keys::new(self.sides, setting, self.place, &case.group.statements);
        for shape in case.shapes.keys() {
            let frame = Frame::new(
                self.sides,
                setting,
                &keys,
                shape,
                self.place,
                &case.group.statements,
                &self.atlas,
            );
            let found = Solver::new(frame.dimensions.clone())
                .solve(&self.formula(case, goal, &frame, &keys));
            if found != Ok(None) {
                outcome[0].shapes.insert(shape.clone());
                return;
            }
        }
    }

    fn formula(&self, case: &Case, goal: Goal, frame: &Frame, keys: &Keys) -> Formula {
        let here = |n: &&usize| case.group.statements.contains(**n);
        let any = |list: &[usize]| {
            Formula::or(
                list.iter()
                    .filter(here)
                    .filter_map(|n| frame.statement(*n, keys)),
            )
        };
        let special = match goal {
            Goal::Allowed(key, n) => {
                let theirs = any(case.other.layers.get(&key).map_or(&[], Vec::as_slice));
                Formula::and([any(&[n]), frame.not(&theirs)])
            }
            Goal::Denied(n) => any(&[n]),
            Goal::Layer(key) => {
                frame.not(&any(case.other.layers.get(&key).map_or(&[], Vec::as_slice)))
            }
        };
        let allowed = case.one.layers.values().map(|l| any(l));
        let denied = frame.not(&any(&case.one.denies));
        Formula::and(
            keys.facts
                .iter()
                .cloned()
                .chain([special])
                .chain(allowed)
                .chain([denied]),
        )
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one solution, put together in one place"
    )]
    fn witness(
        &self,
        case: &Case,
        frame: &Frame,
        keys: &Keys,
        setting: &Setting,
        region: &Region,
        solver: &mut Solver,
        action: String,
    ) -> Option<Witness> {
        let class = |d: usize| match region.get(d) {
            Some(Rest::Classes(left)) => left.first(),
            _ => None,
        };
        let resource = frame.resource(|d, classes| match region.get(d)? {
            Rest::Classes(left) => classes?.witnesses.get(left.first()?).cloned(),
            Rest::Text { must, not } => solver.text(d, must, not),
        })?;
        let mut witness = Witness {
            action,
            resource: self.sides.spell(&resource),
            context: BTreeMap::new(),
        };
        for (key, value) in &setting.variables {
            let known = Catalogue::get().key(key).filter(|k| !k.name.contains("${"));
            let name = known.map_or_else(|| key.clone(), |k| k.name.to_owned());
            witness.context.extend(value.clone().map(|v| {
                (
                    name,
                    Values {
                        values: vec![v],
                        multi: false,
                    },
                )
            }));
        }
        for key in keys
            .keys
            .iter()
            .filter(|k| !setting.variables.contains_key(&k.name.to_ascii_lowercase()))
        {
            let values: Vec<_> = if key.multi {
                let there = |i: &usize| class(key.first + i) == Some(1);
                (0..key.values.len())
                    .filter(there)
                    .filter_map(|i| key.values.get(i).cloned())
                    .collect()
            } else {
                class(key.first)
                    .and_then(|c| key.values.get(c.checked_sub(1)?))
                    .cloned()
                    .into_iter()
                    .collect()
            };
            if !values.is_empty() {
                witness.context.insert(
                    key.name.clone(),
                    Values {
                        values,
                        multi: key.multi,
                    },
                );
            }
        }
        self.confirmed(case.gains, &witness)
            .then(|| self.smallest(case.gains, witness))
    }

    /// Asks the evaluator whether a witness is one.
    pub(super) fn confirmed(&self, gains: bool, witness: &Witness) -> bool {
        let (old, new) = &self.evaluators;
        let (one, other) = if gains { (new, old) } else { (old, new) };
        let request = witness.request(&self.principal, &self.place.account);
        if self.loose {
            let (old, new) = (&self.sides.old, &self.sides.new);
            let (one, other) = if gains { (new, old) } else { (old, new) };
            return self.sides.loosely_allows(one, &request)
                && !self.sides.loosely_allows(other, &request);
        }
        one.decide(&request).verdict == Verdict::Allow
            && other.decide(&request).verdict != Verdict::Allow
    }

    /// Leaves out keys that the verdicts do not need.
    fn smallest(&self, gains: bool, mut witness: Witness) -> Witness {
        let names: Vec<_> = witness.context.keys().cloned().collect();
        for name in names {
            let mut less = witness.clone();
            less.context.remove(&name);
            if self.confirmed(gains, &less) {
                witness = less;
            }
        }
        witness
    }

    fn cause(&self, goal: Goal) -> Cause {
        let reference = |n: usize| self.sides.terms.get(n).map(StatementRef::new);
        match goal {
            Goal::Allowed(key, n) => reference(n).map_or(Cause::Layer(key.layer), Cause::Allowed),
            Goal::Denied(n) => reference(n).map_or(Cause::Layer(Layer::Identity), Cause::Denied),
            Goal::Layer(key) => Cause::Layer(key.layer),
        }
    }

    fn undecided(&mut self, case: &Case, goal: Goal, reason: String) {
        let actions: BTreeSet<_> = case.shapes.values().flatten().cloned().collect();
        let entry = Undecided {
            gains: case.gains,
            actions: actions.into_iter().collect(),
            cause: self.cause(goal),
            reason,
        };
        self.out.undecided.push(entry);
    }
}

/// Tells why nothing found may not mean that there is nothing.
fn doubt(case: &Case, outlook: &Outlook, goal: usize) -> Option<String> {
    if outlook.possible.get(goal).is_none_or(BTreeSet::is_empty) {
        return None;
    }
    let names: Vec<_> = case
        .suppositions
        .variables
        .keys()
        .map(|k| format!("`${{{k}}}`"))
        .collect();
    let of_variables = || {
        format!(
            "it depends on what {} may be; no value that was tried makes a difference",
            names.join(" and ")
        )
    };
    Some(outlook.gap.clone().unwrap_or_else(of_variables))
}
