//! The evaluator and all functions: every attribute of a text is evaluated; a text without `=` is rendered as a template.
#![cfg_attr(fuzzing, no_main)]

use bastionless_core::lang::{
    expr::{self, Env, render_template},
    syntax::{self, Body, Item},
};
use bastionless_fuzz::world::{Machine, Names};
use bastionless_model::{
    base::SourceId,
    value::{Value, from_json_as, to_json, type_from_json, type_to_json},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fn body(body: &Body, env: &Env<'_>) {
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => {
                let _ = expr::constraint(&attribute.expr);
                let _ = expr::constant(&attribute.expr);
                let _ = expr::references(&attribute.expr);
                if let Ok(value) = expr::evaluate(&attribute.expr, env) {
                    stored(&value);
                }
            }
            Item::Block(block) => self::body(&block.body, env),
        }
    }
}

/// What can be stored comes back as it was.
fn stored(value: &Value) {
    let (value, _) = value.clone().unmark_deep();
    if !value.is_wholly_known() || expr::unstorable(&value, bastionless_model::base::Span::new(SourceId(0), 0, 0)).is_some() {
        return;
    }
    let ty = type_from_json(&type_to_json(&value.type_of())).expect("a type that was written is read");
    assert_eq!(ty, value.type_of());
    let again = from_json_as(&to_json(&value), &ty).expect("a value that was written is read");
    // Not the value itself: a number of less precision is read back with all of it, as in Terraform.
    // Not its text either: a negative zero comes back without its sign, which changes the order of a set. The second time all is the same.
    let once_more = from_json_as(&to_json(&again), &ty).expect("a value that was written is read");
    assert_eq!(to_json(&once_more), to_json(&again));
}

fuzz_target!(|data: &[u8]| {
    let Some(text) = bastionless_fuzz::text(data) else { return };
    let machine = Machine;
    let env = Env::new(&Names, &machine).pure_only(data.len() % 4 == 0);
    if !text.contains('=') {
        let _ = render_template(&machine, "a.tftpl", text, &Value::object([("x", "y".into())]));
        return;
    }
    body(&syntax::parse(SourceId(0), text).value.body, &env);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { bastionless_fuzz::mutate(data, size, max_size, seed) });
