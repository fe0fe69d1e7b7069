//! What the state remembers of conditions after an apply.

use super::{lifecycle::Stage, *};
use crate::plan::Options;

fn results(applied: &Applied) -> Vec<(String, String, Vec<String>)> {
    let raw = applied.snapshot.check_results.as_ref().unwrap();
    let all: serde_json::Value = serde_json::from_str(raw.get()).unwrap();
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let one = |c: &serde_json::Value| {
        let objects = c["objects"].as_array().into_iter().flatten();
        let objects =
            objects.map(|o| format!("{} {}", text(&o["object_addr"]), text(&o["status"])));
        (
            text(&c["config_addr"]),
            text(&c["status"]),
            objects.collect(),
        )
    };
    all.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn conditions_of_objects_are_remembered_whether_they_change_or_not() {
    let stage = Stage::new();
    let text = |input: &str| {
        format!(
            r#"
resource "terraform_data" "changing" {{
  count = 2
  input = "{input}"
  lifecycle {{
    precondition {{
      condition     = terraform_data.staying.output != "zz"
      error_message = "no"
    }}
    postcondition {{
      condition     = self.output != "zz"
      error_message = "no"
    }}
  }}
}}
resource "terraform_data" "staying" {{
  input = "same"
  lifecycle {{
    postcondition {{
      condition     = self.output == "same"
      error_message = "no"
    }}
  }}
}}
"#
        )
    };
    let wanted = [
        (
            "terraform_data.changing".to_owned(),
            "pass".to_owned(),
            vec![
                "terraform_data.changing[0] pass".to_owned(),
                "terraform_data.changing[1] pass".to_owned(),
            ],
        ),
        (
            "terraform_data.staying".to_owned(),
            "pass".to_owned(),
            vec!["terraform_data.staying pass".to_owned()],
        ),
    ];
    for input in ["a", "b"] {
        let made = stage.plan(&text(input), Options::default()).await;
        let applied = stage.apply(made).await;
        clean(&applied);
        assert_eq!(results(&applied), wanted, "{input}");
    }
    let made = stage.plan(&text("zz"), Options::default()).await;
    let applied = stage.apply(made).await;
    assert!(applied.diagnostics.has_errors());
    let found = results(&applied);
    assert_eq!(found[0].1, "fail", "{found:?}");
}
