use bastionless_model::{
    base::Diagnostic,
    value::{Value, to_json},
};

use super::testing::{linked, shown};
use crate::lang::{
    expr::{Env, Scope, decode_body, evaluate},
    functions::{FunctionError, Host},
    program::{Reference, Subject},
};

struct Nothing;

impl Host for Nothing {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("open {path}: no such file or directory"))
    }
    fn file_exists(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }
    fn list_files(&self, _: &str) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
    fn now(&self) -> (i64, u32) {
        (0, 0)
    }
    fn plan_time(&self) -> Option<(i64, u32)> {
        None
    }
    fn uuid(&self) -> String {
        String::new()
    }
    fn random_bytes(&self) -> [u8; 16] {
        [0; 16]
    }
    fn render_template(&self, _: &str, text: &str, _: &Value) -> Result<Value, FunctionError> {
        Ok(text.into())
    }
    fn home_dir(&self) -> Option<String> {
        None
    }
    fn base_dir(&self) -> String {
        ".".into()
    }
}

impl Scope for Nothing {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        Ok(match &reference.subject {
            Subject::Variable(n) => Value::from(&**n),
            other => Value::from(format!("{other:?}")),
        })
    }
}

const CONFIG: &str = r#"-- main.tf.json --
{
  "//": "a comment",
  "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 6.0"}}},
  "provider": {"aws": [{"region": "${var.region}"}, {"alias": "west", "region": "us-west-2", "default_tags": {"tags": {"a": "b"}}}]},
  "variable": {
    "region": {"type": "string", "default": "eu-west-1", "validation": {"condition": "${var.region != \"\"}", "error_message": "x"}},
    "sets": {"type": "map(object({ n = optional(number, 1) }))", "default": {}}
  },
  "locals": {"to": "plain \"text\" $${x}", "list": [1, "${upper(\"x\")}", null, {"k-${var.region}": true}]},
  "resource": {
    "aws_security_group": {
      "g": {
        "provider": "aws.west",
        "name": "g",
        "ingress": [{"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"], "description": null, "ipv6_cidr_blocks": null, "prefix_list_ids": null, "security_groups": null, "self": null}],
        "timeouts": {"create": "5m"},
        "lifecycle": {"ignore_changes": ["description", "tags[\"x\"]"], "create_before_destroy": true}
      }
    },
    "aws_instance": {"i": {
      "ami": "ami-1",
      "instance_type": "t3.nano",
      "ebs_block_device": [{"device_name": "a"}, {"device_name": "b", "//": "c"}],
      "dynamic": {"network_interface": {"for_each": [0, 1], "iterator": "ni", "content": {"device_index": "${ni.value}", "network_interface_id": "eni-${ni.key}"}}},
      "depends_on": ["aws_security_group.g"]
    }}
  },
  "moved": [{"from": "aws_instance.old", "to": "aws_instance.i"}],
  "output": [{"o": {"value": "${aws_instance.i.id}", "depends_on": ["aws_security_group.g"]}}, {"p": {"value": null}}]
}
"#;

#[test]
fn json_syntax_is_the_same_language() {
    let (program, _, problems) = linked(CONFIG);
    assert_eq!(
        shown(&program, &problems),
        "warning: Argument is deprecated @ main.tf.json:24:19"
    );
    let module = program.modules.first().unwrap();
    let env = Env::new(&Nothing, &Nothing);
    let local = |name: &str| {
        let value = evaluate(&module.locals[name].expr, &env).unwrap();
        to_json(&value).to_string()
    };
    assert_eq!(local("to"), r#""plain \"text\" ${x}""#);
    assert_eq!(local("list"), r#"[1,"X",null,{"k-region":true}]"#);
    let value = |name: &str| {
        let block = module
            .resources
            .iter()
            .find(|(r, _)| &*r.name == name)
            .unwrap()
            .1;
        let schema = block.schema.as_ref().unwrap();
        let (value, problems) = decode_body(&block.body, &schema.block, &env);
        assert!(problems.is_empty(), "{problems:?}");
        value
    };
    let instance = value("i");
    assert_eq!(
        instance
            .get("ebs_block_device")
            .unwrap()
            .elements()
            .unwrap()
            .len(),
        2
    );
    let interfaces = instance
        .get("network_interface")
        .unwrap()
        .elements()
        .unwrap();
    assert_eq!(interfaces.len(), 2);
    assert_eq!(interfaces[1].get_str("network_interface_id"), Some("eni-1"));
    let group = value("g");
    assert_eq!(group.get("ingress").unwrap().elements().unwrap().len(), 1);
    assert_eq!(group.get("timeouts").unwrap().get_str("create"), Some("5m"));
    assert_eq!(program.moved.len(), 1);
    assert_eq!(module.providers.len(), 2);
}

#[test]
fn problems_in_json_have_places() {
    let table = [
        ("{\"output\":", "Missing JSON value @ main.tf.json:2:1"),
        (
            "{\"output\": 1}",
            "Incorrect JSON value type @ main.tf.json:1:12",
        ),
        (
            "{\"output\": {\"o\": {\"value\": \"${1 +}\"}}}",
            "Invalid expression @ main.tf.json:1:28",
        ),
        (
            "{\"a\" 1}",
            "Missing property value colon @ main.tf.json:1:6",
        ),
        (
            "{\"output\": {\"o\": {\"value\": \"${var.x}\"}}}",
            "Reference to undeclared input variable @ main.tf.json:1:28",
        ),
    ];
    for (text, want) in table {
        let (program, _, problems) = linked(&format!("-- main.tf.json --\n{text}\n"));
        let all = shown(&program, &problems);
        assert_eq!(all.lines().next(), Some(want), "{text}");
    }
}
