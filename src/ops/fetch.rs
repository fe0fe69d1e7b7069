//! HTTP for module sources and registries: [`Fetch`] on `ureq`, in every build.

use std::{sync::Arc, time::Duration};

use bastionless_core::{
    io::modules::{Fetch, Fetched},
    lang::module_source::without_password,
};
use ureq::{
    Agent,
    config::RedirectAuthHeaders,
    tls::{Certificate, RootCerts, TlsConfig},
};

/// The most bytes of an answer.
const LARGEST: u64 = 1 << 29;

/// The client; proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY`, …), trusted roots from the system.
pub(crate) struct Http(Agent);

impl Http {
    /// Makes the client.
    pub(crate) fn new() -> Self {
        let roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .map(|c| Certificate::from_der(c).to_owned())
            .collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .redirect_auth_headers(RedirectAuthHeaders::Never)
            .max_redirects(5)
            .timeout_connect(Some(Duration::from_secs(15)))
            .timeout_global(Some(Duration::from_secs(600)))
            .user_agent(concat!("bastionless/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(config.into())
    }
}

/// How long is waited before each further attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

impl Fetch for Http {
    fn get(&self, url: &str, token: Option<&str>) -> Result<Fetched, String> {
        for pause in PAUSES {
            match self.once(url, token) {
                Ok(answer) if answer.status < 500 && answer.status != 429 => return Ok(answer),
                _ => std::thread::sleep(pause),
            }
        }
        self.once(url, token)
    }
}

impl Http {
    fn once(&self, url: &str, token: Option<&str>) -> Result<Fetched, String> {
        use ureq::ResponseExt as _;
        let mut request = self.0.get(url);
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let failed = |e: ureq::Error| format!("{}: {e}", without_password(url));
        let mut answer = request.call().map_err(failed)?;
        let headers = answer.headers().iter();
        let headers = headers
            .filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned())))
            .collect();
        let final_url = answer.get_uri().to_string();
        let body = answer
            .body_mut()
            .with_config()
            .limit(LARGEST)
            .read_to_vec()
            .map_err(failed)?;
        Ok(Fetched {
            status: answer.status().as_u16(),
            headers,
            body,
            url: final_url,
        })
    }
}
