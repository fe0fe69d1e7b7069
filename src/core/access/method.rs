//! The methods of access to an instance.
//!
//! Letters, needs and what is logged: the table of access methods of the project's domain notes, made of the EC2 and Systems
//! Manager user guides.

use serde::{Deserialize, Serialize};

/// A way to get to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "`title` says what each is")]
pub enum Method {
    EicConsole,
    EicTunnel,
    EicSsh,
    EicRdp,
    InstanceConnect,
    SsmShell,
    SsmSsh,
    SsmPortForward,
    SsmRemotePortForward,
    Socks,
    SerialConsole,
    FleetManagerRdp,
}

/// Method, letter, name, title.
const TABLE: [(Method, char, &str, &str); 12] = [
    (
        Method::EicConsole,
        'A',
        "eic-console",
        "SSH from the console through an EC2 Instance Connect endpoint",
    ),
    (
        Method::EicTunnel,
        'B',
        "eic-tunnel",
        "tunnel to port 22 through an EC2 Instance Connect endpoint, with a key that the host accepts",
    ),
    (
        Method::EicSsh,
        'C',
        "eic-ssh",
        "SSH through an EC2 Instance Connect endpoint, with a pushed key",
    ),
    (
        Method::EicRdp,
        'D',
        "eic-rdp",
        "RDP through an EC2 Instance Connect endpoint",
    ),
    (
        Method::InstanceConnect,
        'E',
        "instance-connect",
        "SSH to a public address, with a pushed key",
    ),
    (
        Method::SsmShell,
        'F',
        "ssm-shell",
        "shell of Session Manager",
    ),
    (Method::SsmSsh, 'G', "ssm-ssh", "SSH over Session Manager"),
    (
        Method::SsmPortForward,
        'H',
        "ssm-port-forward",
        "port of the instance over Session Manager",
    ),
    (
        Method::SsmRemotePortForward,
        'I',
        "ssm-remote-port-forward",
        "port of another host over Session Manager",
    ),
    (
        Method::Socks,
        'J',
        "socks",
        "proxy over SSH to whatever the instance reaches",
    ),
    (
        Method::SerialConsole,
        'K',
        "serial-console",
        "serial console",
    ),
    (
        Method::FleetManagerRdp,
        'L',
        "fleet-manager-rdp",
        "RDP of Fleet Manager",
    ),
];

impl Method {
    /// All methods, by letter.
    pub const ALL: [Self; 12] = [
        Self::EicConsole,
        Self::EicTunnel,
        Self::EicSsh,
        Self::EicRdp,
        Self::InstanceConnect,
        Self::SsmShell,
        Self::SsmSsh,
        Self::SsmPortForward,
        Self::SsmRemotePortForward,
        Self::Socks,
        Self::SerialConsole,
        Self::FleetManagerRdp,
    ];

    /// Reads a name or a letter.
    pub fn parse(text: &str) -> Option<Self> {
        let is = |letter: char, name: &str| {
            name == text
                || text.len() == 1 && text.starts_with([letter, letter.to_ascii_lowercase()])
        };
        TABLE
            .iter()
            .find(|(_, letter, name, _)| is(*letter, name))
            .map(|t| t.0)
    }

    fn row(self) -> (Self, char, &'static str, &'static str) {
        // INVARIANT: every method has a row; a test holds it.
        TABLE
            .into_iter()
            .find(|t| t.0 == self)
            .unwrap_or((self, '?', "unknown", "unknown"))
    }

    /// Its letter.
    pub fn letter(self) -> char {
        self.row().1
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// What it is.
    pub fn title(self) -> &'static str {
        self.row().3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_row() {
        for (method, row) in Method::ALL.into_iter().zip(TABLE) {
            assert_eq!(method, row.0);
            assert_eq!(Method::parse(method.name()), Some(method));
            assert_eq!(Method::parse(&method.letter().to_string()), Some(method));
        }
        assert_eq!(Method::parse("ssh"), None);
    }
}
