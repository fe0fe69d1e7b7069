//! Moves, removal, integrity and the journal's text.

use serde_json::value::RawValue;

use super::{
    Object, Snapshot,
    journal::{Base, Begin, Entry, Intended, Journal, fold},
};
use crate::lang::{
    Target,
    address::{AbsInstance, ProviderConfig},
};

const EVERYTHING: &str = include_str!("samples/everything.tfstate");

fn everything() -> Snapshot {
    Snapshot::read(EVERYTHING).unwrap()
}

fn target(text: &str) -> Target {
    Target::parse(text).unwrap()
}

fn addresses(snapshot: &Snapshot) -> Vec<String> {
    snapshot.instances().map(|(a, ..)| a.to_string()).collect()
}

#[track_caller]
fn moved(from: &str, to: &str, expect: &[(&str, &str)]) {
    let mut s = everything();
    let before = s.objects().count();
    let pairs = s.rename(&target(from), &target(to)).unwrap();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(a, b)| (a.to_string(), b.to_string()))
        .collect();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(pairs, expect);
    let now = addresses(&s);
    for (a, b) in expect {
        assert!(
            !now.contains(&(*a).to_owned()) && now.contains(&(*b).to_owned()),
            "{now:?}"
        );
    }
    assert_eq!(s.objects().count(), before, "deposed objects go along");
}

#[test]
fn instances_resources_and_modules_are_moved() {
    moved(
        "terraform_data.a",
        "module.n.terraform_data.z",
        &[
            ("terraform_data.a[0]", "module.n.terraform_data.z[0]"),
            ("terraform_data.a[1]", "module.n.terraform_data.z[1]"),
        ],
    );
    moved(
        "terraform_data.a[0]",
        "terraform_data.a[7]",
        &[("terraform_data.a[0]", "terraform_data.a[7]")],
    );
    moved(
        "terraform_data.only_deposed",
        "terraform_data.o[\"k\"]",
        &[("terraform_data.only_deposed", "terraform_data.o[\"k\"]")],
    );
    moved(
        "module.m",
        "module.k",
        &[
            (
                "module.m[\"x\"].data.terraform_remote_state.rs",
                "module.k[\"x\"].data.terraform_remote_state.rs",
            ),
            (
                "module.m[\"x\"].terraform_data.x",
                "module.k[\"x\"].terraform_data.x",
            ),
        ],
    );
    moved(
        "module.m[\"x\"]",
        "module.k.module.l[0]",
        &[
            (
                "module.m[\"x\"].data.terraform_remote_state.rs",
                "module.k.module.l[0].data.terraform_remote_state.rs",
            ),
            (
                "module.m[\"x\"].terraform_data.x",
                "module.k.module.l[0].terraform_data.x",
            ),
        ],
    );
}

#[test]
fn a_move_that_does_not_fit_changes_nothing() {
    for (from, to, why) in [
        (
            "terraform_data.none",
            "terraform_data.z",
            "there is nothing at",
        ),
        (
            "terraform_data.a[0]",
            "terraform_data.a[1]",
            "there is something at",
        ),
        ("terraform_data.a[0]", "aws_vpc.v", "their types differ"),
        ("terraform_data.a", "module.m", "both must be modules"),
        (
            "terraform_data.a",
            "terraform_data.b[\"x\"]",
            "both must be modules",
        ),
    ] {
        let mut s = everything();
        let e = s.rename(&target(from), &target(to)).unwrap_err();
        assert!(e.to_string().contains(why), "{from} {to}: {e}");
        assert_eq!(s.write().unwrap(), EVERYTHING);
    }
}

#[test]
fn removal_takes_what_is_named_and_no_more() {
    let mut s = everything();
    let all = addresses(&s).len();
    assert_eq!(s.remove(&target("module.m")).len(), 2);
    assert_eq!(s.remove(&target("terraform_data.a[0]")).len(), 1);
    assert!(s.remove(&target("terraform_data.none")).is_empty());
    assert_eq!(addresses(&s).len(), all - 3);
    assert!(s.dangling().is_empty());
    assert_eq!(s.remove(&target("terraform_data.a")).len(), 1);
    // Both instances of `b` depended on it.
    assert_eq!(s.dangling().len(), 2);
}

#[test]
fn a_state_without_lineage_or_attributes_is_broken_but_written() {
    assert!(everything().flaws().is_empty());
    let mut s = everything();
    s.lineage.clear();
    let address = AbsInstance::parse("terraform_data.a[1]").unwrap();
    let provider = s.resources[&address.resource].provider.clone();
    s.put(&address, None, &provider, Object::empty());
    assert_eq!(s.flaws().len(), 2, "{:?}", s.flaws());
    assert_eq!(
        Snapshot::read(&s.write().unwrap()).unwrap().flaws().len(),
        2
    );
}

fn object(id: &str) -> Object {
    let mut o = everything()
        .object(&AbsInstance::parse("terraform_data.a[1]").unwrap(), None)
        .unwrap()
        .clone();
    o.attributes = RawValue::from_string(format!("{{\n  \"id\": \"{id}\"\n}}"))
        .unwrap()
        .into();
    o
}

fn entries() -> Vec<Entry> {
    let address = AbsInstance::parse("module.a[\"x\"].aws_vpc.v").unwrap();
    let provider =
        ProviderConfig::parse("provider[\"registry.terraform.io/hashicorp/aws\"].west").unwrap();
    let begin = |id: &str, action| {
        Entry::Begin(Box::new(Begin {
            id: id.into(),
            address: address.clone(),
            deposed: None,
            action,
            provider: provider.clone(),
            at: 1_790_000_000,
            was_free: true,
            object: object("p"),
        }))
    };
    vec![
        begin("1", Intended::Create),
        Entry::Created {
            id: "1".into(),
            object: object("o1"),
        },
        Entry::Done {
            id: "1".into(),
            object: Some(object("o1")),
        },
        Entry::Depose {
            address: address.clone(),
            key: "00c0ffee".into(),
        },
        begin("2", Intended::Create),
        Entry::Failed {
            id: "2".into(),
            object: None,
            open: true,
        },
        Entry::Put {
            address: address.clone(),
            deposed: None,
            provider: provider.clone(),
            object: object("o3"),
        },
        begin("3", Intended::Delete),
        Entry::Done {
            id: "3".into(),
            object: None,
        },
        Entry::Restore {
            address: address.clone(),
            key: "00c0ffee".into(),
        },
        Entry::Take {
            address: AbsInstance::parse("terraform_data.a[0]").unwrap(),
            deposed: Some("0badcafe".into()),
        },
    ]
}

#[test]
fn a_journal_reads_back_as_it_was_written() {
    let base = Base::of(&everything(), EVERYTHING.as_bytes());
    let mut text = Journal::header(&base);
    text.extend(entries().iter().map(Entry::to_line));
    let journal = Journal::read(&text).unwrap().unwrap();
    assert_eq!(journal.base, base);
    let again: String = journal.entries.iter().map(Entry::to_line).collect();
    assert_eq!(Journal::header(&base) + &again, text);
    let folded = fold(everything(), &journal.entries);
    assert_eq!(
        folded.snapshot.write().unwrap(),
        fold(everything(), &entries()).snapshot.write().unwrap()
    );
    let ids: Vec<_> = folded.open.iter().map(|b| b.id.as_str()).collect();
    assert_eq!(ids, ["2"]);
    let v = AbsInstance::parse("module.a[\"x\"].aws_vpc.v").unwrap();
    let instance = folded.snapshot.instance(&v).unwrap();
    assert_eq!(
        instance
            .current
            .as_ref()
            .unwrap()
            .text_attribute("id")
            .unwrap(),
        "o1"
    );
    assert!(instance.deposed.is_empty());
}

#[test]
fn every_prefix_of_a_journal_can_be_read_and_folded() {
    let base = Base::of(&everything(), EVERYTHING.as_bytes());
    let mut text = Journal::header(&base);
    text.extend(entries().iter().map(Entry::to_line));
    for end in (0..=text.len()).filter(|i| text.is_char_boundary(*i)) {
        let prefix = &text[..end];
        let whole = prefix.matches('\n').count();
        match Journal::read(prefix).unwrap() {
            None => assert_eq!(whole, 0),
            Some(journal) => {
                assert_eq!(journal.entries.len(), whole - 1);
                let folded = fold(everything(), &journal.entries);
                assert!(folded.snapshot.flaws().is_empty());
            }
        }
    }
}

#[test]
fn damage_inside_a_journal_is_told_with_its_line() {
    let base = Base::of(&everything(), b"");
    let text = Journal::header(&base) + "{\"kind\":\"begin\"}\n" + &entries()[1].to_line();
    let e = Journal::read(&text).unwrap_err().to_string();
    assert!(
        e.contains("line 2 of the journal is damaged: `id` is missing"),
        "{e}"
    );
    let newer = Journal::header(&base).replace("\"format\":1", "\"format\":2");
    assert!(
        Journal::read(&newer)
            .unwrap_err()
            .to_string()
            .contains("format 2")
    );
}
