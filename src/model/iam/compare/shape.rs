//! What resources of an action look like.

use super::glob::{Chars, Glob, Step};
use crate::iam::{catalogue::Catalogue, pattern::SEGMENTS};

/// A family of resources that requests can name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Shape {
    /// ARNs of one kind, such as `arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}`.
    Arn(String),
    /// The action has no resource: its requests name `*`.
    Nothing,
    /// Any ARN: nobody knows what the action works on.
    AnyArn,
    /// An unknown value, alone or at the start.
    Symbol(char),
}

/// Where the requests come from.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The account, twelve digits.
    pub(super) account: String,
    /// The partition, such as `aws`.
    pub(super) partition: String,
    /// Whether unknown values occur in the policies.
    pub(super) symbols: bool,
}

/// Partitions begin so.
const PARTITION: &str = "aws";
const ANY_ARN: &str = "arn:${Partition}:${Service}:${AnyRegion}:${AnyAccount}:${Any}";
/// Granted to users although the table of actions names no resource for the action
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html>).
const SESSIONS: &str = "arn:${Partition}:ssm:${Region}:${Account}:session/${SessionId}";

impl Shape {
    /// Returns the shapes of an action's resources.
    pub(super) fn of_action(action: &str) -> Vec<Self> {
        let catalogue = Catalogue::get();
        let Some(known) = catalogue.action(action) else {
            return vec![Self::AnyArn, Self::Nothing];
        };
        if known.service == "ssmmessages" && known.name == "OpenDataChannel" {
            return vec![Self::Arn(SESSIONS.to_owned()), Self::Nothing];
        }
        let kinds = known
            .resources
            .iter()
            .filter_map(|r| catalogue.resource(known.service, &r.kind));
        let mut out: Vec<_> = kinds.map(|k| Self::Arn(k.arn.to_owned())).collect();
        if out.is_empty() {
            out.push(Self::Nothing);
        }
        out
    }

    /// Returns the service of its ARNs; empty for any, `None` for what is no ARN.
    pub(super) fn service(&self) -> Option<String> {
        match self {
            Self::Arn(format) => Some(
                split(format)
                    .get(2)
                    .filter(|s| !s.contains("${"))
                    .map(|s| (*s).to_owned())
                    .unwrap_or_default(),
            ),
            Self::AnyArn => Some(String::new()),
            Self::Nothing | Self::Symbol(_) => None,
        }
    }

    /// Returns the segments of the ARNs of this shape; `None` if it has none.
    pub(super) fn segments(&self) -> Option<Vec<Segment>> {
        let format = match self {
            Self::Arn(format) => format,
            Self::AnyArn => ANY_ARN,
            Self::Nothing | Self::Symbol(_) => return None,
        };
        let out: Vec<_> = split(format).into_iter().map(Segment::new).collect();
        (out.len() == SEGMENTS).then_some(out)
    }
}

/// Splits a format at its first five colons outside placeholders.
fn split(format: &str) -> Vec<&str> {
    format.splitn(SEGMENTS, ':').collect()
}

/// A segment of the ARNs of a shape.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// Literal texts and names of placeholders.
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Hole(String),
}

impl Segment {
    fn new(format: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some((text, (hole, after))) = rest
            .split_once("${")
            .and_then(|(t, r)| Some((t, r.split_once('}')?)))
        {
            parts.extend((!text.is_empty()).then(|| Part::Text(text.to_owned())));
            parts.push(Part::Hole(hole.to_owned()));
            rest = after;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Text(rest.to_owned())));
        Self { parts }
    }

    /// Returns what the segment may be: texts that match one of these.
    pub(super) fn universes(&self, place: &Place) -> Vec<Glob> {
        let mut out = match self.parts.as_slice() {
            [Part::Hole(hole)] if hole == "Account" => {
                // Resources that AWS owns, such as its documents and images, have no account.
                vec![
                    Glob {
                        steps: vec![Step::One(Chars::Digit); 12],
                    },
                    Glob::default(),
                ]
            }
            [Part::Hole(hole)] if hole == "AnyAccount" => {
                vec![
                    Glob {
                        steps: vec![Step::One(Chars::Digit); 12],
                    },
                    Glob::default(),
                    Glob::literal("aws"),
                ]
            }
            [hole @ Part::Hole(name)] if name == "Partition" => vec![hole.glob()],
            parts => {
                return vec![
                    parts
                        .iter()
                        .fold(Glob::default(), |glob, part| glob.then(part.glob())),
                ];
            }
        };
        if place.symbols {
            out.push(Glob::some(Chars::Symbol));
        }
        out
    }

    /// Returns plain texts for the segment, the plainest first. Not all need to be in the universes.
    pub(super) fn seeds(&self, place: &Place) -> Vec<String> {
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
        match self.parts.as_slice() {
            [Part::Hole(hole)] if hole == "Partition" => vec![
                place.partition.clone(),
                "aws".into(),
                "aws-us-gov".into(),
                "aws-cn".into(),
            ],
            [Part::Hole(hole)] if hole.ends_with("Region") => owned(&[
                "us-east-1",
                "us-east-2",
                "us-west-2",
                "eu-central-1",
                "eu-west-1",
                "ap-southeast-1",
                "",
            ]),
            [Part::Hole(hole)] if hole.ends_with("Account") => {
                vec![place.account.clone(), "444455556666".into(), String::new()]
            }
            parts => vec![parts.iter().map(Part::sample).collect()],
        }
    }
}

impl Part {
    fn glob(&self) -> Glob {
        let hole = match self {
            Self::Text(text) => return Glob::literal(text),
            Self::Hole(hole) => hole.as_str(),
        };
        match hole {
            "Partition" => Glob::literal(PARTITION).then(Glob::run(Chars::Region)),
            "Region" | "Service" => Glob::some(Chars::Region),
            "AnyRegion" => Glob::run(Chars::Region),
            "Any" | "ObjectName" => Glob::some(Chars::All),
            "BucketName" | "DocumentName" | "AccessPointName" => Glob::some(Chars::Identifier),
            hole if hole.ends_with("Id") => Glob::some(Chars::Identifier),
            _ => Glob::some(Chars::Segment),
        }
    }

    /// Returns a text that such a resource could have.
    fn sample(&self) -> &str {
        let hole = match self {
            Self::Text(text) => return text,
            Self::Hole(hole) => hole.as_str(),
        };
        match hole {
            "InstanceId" => "i-0123456789abcdef0",
            "InstanceConnectEndpointId" => "eice-0123456789abcdef0",
            "SecurityGroupId" => "sg-0123456789abcdef0",
            "SecurityGroupRuleId" => "sgr-0123456789abcdef0",
            "SubnetId" => "subnet-0123456789abcdef0",
            "VpcId" => "vpc-0123456789abcdef0",
            "VpcEndpointId" => "vpce-0123456789abcdef0",
            "VolumeId" => "vol-0123456789abcdef0",
            "NetworkInterfaceId" => "eni-0123456789abcdef0",
            "KeyId" => "01234567-89ab-cdef-0123-456789abcdef",
            "BucketName" => "example-bucket",
            "UserName" | "UserNameWithPath" => "alice",
            _ => "example",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_lie_in_their_universes() {
        let place = Place {
            account: "111122223333".to_owned(),
            partition: "aws".to_owned(),
            symbols: false,
        };
        let mut shapes: Vec<_> = Catalogue::get()
            .actions()
            .flat_map(|a| Shape::of_action(&a.full_name()))
            .collect();
        shapes.push(Shape::AnyArn);
        shapes.sort();
        shapes.dedup();
        assert!(shapes.len() > 150 && shapes.contains(&Shape::Nothing));
        for shape in shapes.iter().filter(|s| **s != Shape::Nothing) {
            let segments = shape.segments().unwrap_or_else(|| panic!("{shape:?}"));
            for segment in segments {
                let seed = segment.seeds(&place).remove(0);
                assert!(
                    segment.universes(&place).iter().any(|u| u.matches(&seed)),
                    "{shape:?}: {seed}"
                );
            }
        }
    }

    #[test]
    fn channels_of_sessions_have_resources() {
        assert_eq!(Shape::of_action("ssmmessages:OpenDataChannel").len(), 2);
        assert_eq!(Shape::of_action("ec2:DescribeInstances"), [Shape::Nothing]);
        assert_eq!(
            Shape::of_action("dynamodb:GetItem"),
            [Shape::AnyArn, Shape::Nothing]
        );
    }
}
