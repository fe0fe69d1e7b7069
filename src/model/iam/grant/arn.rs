//! ARNs of what grants name.

use super::model::Scope;

/// Tells whether a text is a symbol such as `${aws_instance.main.arn}`: a text that is not known yet. Policy variables of IAM
/// hold a colon, addresses of Terraform none.
pub(super) fn is_symbol(text: &str) -> bool {
    let inner = text.strip_prefix("${").and_then(|t| t.strip_suffix('}'));
    inner.is_some_and(|i| {
        !i.is_empty() && !i.contains([':', '{', '}']) && !matches!(i, "*" | "?" | "$")
    })
}

/// Tells whether a text holds a symbol.
pub(super) fn has_symbol(text: &str) -> bool {
    text.match_indices("${").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        rest.find('}')
            .and_then(|end| rest.get(..=end))
            .is_some_and(is_symbol)
    })
}

/// Tells whether a text would be read as a pattern by IAM.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?']) || text.contains("${") && !has_symbol(text)
}

/// A kind of object that a grant names by id or ARN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The service in its ARNs.
    pub(super) service: &'static str,
    /// What stands before the id in its ARNs.
    pub(super) prefix: &'static str,
    /// What its ids begin with.
    pub(super) id: &'static str,
}

pub(super) const ENDPOINT: Kind = Kind {
    service: "ec2",
    prefix: "instance-connect-endpoint/",
    id: "eice-",
};
pub(super) const INSTANCE: Kind = Kind {
    service: "ec2",
    prefix: "instance/",
    id: "i-",
};
/// A machine outside EC2 that Session Manager reaches.
pub(super) const MANAGED: Kind = Kind {
    service: "ssm",
    prefix: "managed-instance/",
    id: "mi-",
};
pub(super) const SUBNET: Kind = Kind {
    service: "ec2",
    prefix: "subnet/",
    id: "subnet-",
};
pub(super) const GROUP: Kind = Kind {
    service: "ec2",
    prefix: "security-group/",
    id: "sg-",
};
pub(super) const KEY: Kind = Kind {
    service: "kms",
    prefix: "key/",
    id: "",
};
pub(super) const LOG_GROUP: Kind = Kind {
    service: "logs",
    prefix: "log-group:",
    id: "",
};
pub(super) const BUCKET: Kind = Kind {
    service: "s3",
    prefix: "",
    id: "",
};

impl Kind {
    /// Returns the ARN of an object of the scope.
    pub(super) fn of(self, scope: &Scope, name: &str) -> String {
        let Scope {
            partition,
            region,
            account,
        } = scope;
        format!(
            "arn:{partition}:{}:{region}:{account}:{}{name}",
            self.service, self.prefix
        )
    }

    /// Returns the ARN of an object that is named by id or ARN; `None` if the text is neither.
    pub(super) fn resolve(self, scope: &Scope, text: &str) -> Option<String> {
        if is_pattern(text) {
            return None;
        }
        if is_symbol(text) {
            return Some(match text.ends_with("arn}") || self.id.is_empty() {
                true => text.to_owned(),
                false => self.of(scope, text),
            });
        }
        if text.starts_with("arn:") {
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            let [_, _, service, _, _, rest] = parts.as_slice() else {
                return None;
            };
            let fits = *service == self.service
                && rest.len() > self.prefix.len()
                && rest.starts_with(self.prefix);
            return fits.then(|| text.to_owned());
        }
        let rest = text.strip_prefix(self.id).filter(|_| !self.id.is_empty())?;
        let fits = !rest.is_empty()
            && (has_symbol(rest) || rest.bytes().all(|b| b.is_ascii_alphanumeric()));
        fits.then(|| self.of(scope, text))
    }
}

/// Returns the ARN of a session document. AWS's own documents belong to no account.
pub(super) fn document(scope: &Scope, text: &str) -> Option<String> {
    if is_pattern(text) {
        return None;
    }
    if text.starts_with("arn:") {
        let is_document = text
            .splitn(6, ':')
            .nth(5)
            .is_some_and(|r| r.strip_prefix("document/").is_some_and(|n| !n.is_empty()));
        return is_document.then(|| text.to_owned());
    }
    if is_symbol(text) && text.ends_with("arn}") {
        return Some(text.to_owned());
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    if text.is_empty() || !(has_symbol(text) || text.bytes().all(fits)) {
        return None;
    }
    let Scope {
        partition,
        region,
        account,
    } = scope;
    let account = if is_of_aws(text) { "" } else { account };
    Some(format!(
        "arn:{partition}:ssm:{region}:{account}:document/{text}"
    ))
}

/// Tells whether a session document is one of AWS's: its name is reserved, its ARN has no account.
pub(super) fn is_of_aws(text: &str) -> bool {
    document_name(text).starts_with("AWS-")
}

/// Returns the name of a session document that is given by name or ARN.
pub(super) fn document_name(text: &str) -> &str {
    match text.starts_with("arn:") {
        true => text.rsplit_once("document/").map_or(text, |(_, name)| name),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            partition: "aws-cn".into(),
            region: "cn-north-1".into(),
            account: "123456789012".into(),
        }
    }

    #[test]
    fn symbols_are_no_policy_variables() {
        assert!(
            is_symbol("${aws_instance.a.id}")
                && !is_symbol("${aws:userid}")
                && !is_symbol("${*}")
                && !is_symbol("i-1")
        );
        assert!(
            is_pattern("${aws:userid}-x")
                && is_pattern("i-*")
                && !is_pattern("${aws_instance.a.private_ip}/32")
        );
    }

    #[test]
    fn ids_and_arns_are_resolved_within_the_scope() {
        let arn = |k: Kind, t: &str| k.resolve(&scope(), t);
        assert_eq!(
            arn(INSTANCE, "i-0a").as_deref(),
            Some("arn:aws-cn:ec2:cn-north-1:123456789012:instance/i-0a")
        );
        assert_eq!(arn(INSTANCE, "eice-0a"), None);
        assert_eq!(
            arn(INSTANCE, "arn:aws:ec2:r:1:instance/i-1").as_deref(),
            Some("arn:aws:ec2:r:1:instance/i-1")
        );
        assert_eq!(
            arn(INSTANCE, "arn:aws:ec2:r:1:instance-connect-endpoint/eice-1"),
            None
        );
        assert_eq!(
            arn(INSTANCE, "${aws_instance.a.arn}").as_deref(),
            Some("${aws_instance.a.arn}")
        );
        assert_eq!(
            arn(INSTANCE, "${aws_instance.a.id}").as_deref(),
            Some("arn:aws-cn:ec2:cn-north-1:123456789012:instance/${aws_instance.a.id}")
        );
        assert_eq!(arn(KEY, "alias/x"), None);
        assert_eq!(arn(KEY, "arn:aws:kms:r:1:alias/x"), None);
    }

    #[test]
    fn documents_of_aws_have_no_account() {
        assert_eq!(
            document(&scope(), "AWS-StartSSHSession").as_deref(),
            Some("arn:aws-cn:ssm:cn-north-1::document/AWS-StartSSHSession")
        );
        assert_eq!(
            document(&scope(), "mine").as_deref(),
            Some("arn:aws-cn:ssm:cn-north-1:123456789012:document/mine")
        );
        assert_eq!(document(&scope(), "m*"), None);
    }
}
