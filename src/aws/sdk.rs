//! The SDK's configuration, from the provider block and the environment.

use std::{path::Path, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, ecs::EcsCredentialsProvider,
    environment::EnvironmentVariableCredentialsProvider, imds,
    meta::credentials::CredentialsProviderChain, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig, retry::RetryConfig, timeout::TimeoutConfig,
    web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_http_client::{
    Builder as HttpBuilder, Connector,
    proxy::ProxyConfig,
    tls::{self, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::sdk_ua_metadata::FrameworkMetadata;
use bastionless_model::cloud::{OpError, OpErrorKind};

use crate::{errors::chain, roles::RoleCredentials, settings::Settings};

/// What the operation is called in errors of this room.
pub(crate) const CONFIGURING: &str = "configuring provider \"aws\"";
/// Longest time of one attempt of one call.
const ATTEMPT: Duration = Duration::from_secs(30);
/// How often a call is tried where the configuration does not say; the pauses grow to 20 seconds.
const TRIES: u32 = 10;

fn bad(message: impl Into<String>) -> OpError {
    OpError::new(OpErrorKind::Credentials, CONFIGURING, message)
}

/// Builds the SDK's configuration. Calls nothing but the sources of credentials that are asked later, when they are needed.
pub(crate) async fn load(settings: &Settings) -> Result<SdkConfig, OpError> {
    let http = http_client(settings)?;
    let files = profile_files(settings)?;
    let tries = settings
        .max_retries
        .unwrap_or(TRIES)
        .saturating_add(1)
        .min(26);
    let retries = if settings.adaptive {
        RetryConfig::adaptive()
    } else {
        RetryConfig::standard()
    };
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .retry_config(retries.with_max_attempts(tries))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        );
    if let Ok(us) = FrameworkMetadata::new("bastionless", Some(env!("CARGO_PKG_VERSION"))) {
        loader = loader.framework_metadata(us);
    }
    for text in &settings.user_agent {
        loader = loader.framework_metadata(user_agent(text)?);
    }
    if let Some(files) = &files {
        loader = loader.profile_files(files.clone());
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(fips) = settings.use_fips {
        loader = loader.use_fips(fips);
    }
    if let Some(dual) = settings.use_dualstack {
        loader = loader.use_dual_stack(dual);
    }
    if let Some(provider) = own_credentials(settings, &http, files.as_ref())? {
        loader = loader.credentials_provider(provider);
    }
    let sdk = loader.load().await;
    check_region(&sdk, settings)?;
    Ok(with_roles(sdk, settings))
}

/// Credentials that the block gives, or a chain that it bends; `None` leaves the SDK's own chain.
fn own_credentials(
    settings: &Settings,
    http: &SharedHttpClient,
    files: Option<&EnvConfigFiles>,
) -> Result<Option<SharedCredentialsProvider>, OpError> {
    match (&settings.access_key, &settings.secret_key) {
        (Some(key), Some(secret)) => {
            let fixed =
                Credentials::new(key, secret, settings.token.clone(), None, "provider block");
            return Ok(Some(SharedCredentialsProvider::new(fixed)));
        }
        (Some(_), None) | (None, Some(_)) => {
            return Err(bad(
                "`access_key` and `secret_key` belong together: set both or none",
            ));
        }
        (None, None) => {}
    }
    if !settings.skip_metadata && settings.metadata_endpoint.is_none() && settings.profile.is_none()
    {
        return Ok(None);
    }
    let mut conf = ProviderConfig::without_region().with_http_client(http.clone());
    if let Some(region) = &settings.region {
        conf = conf.with_region(Some(Region::new(region.clone())));
    }
    let mut profile = ProfileFileCredentialsProvider::builder().configure(&conf);
    if let Some(files) = files {
        profile = profile.profile_files(files.clone());
    }
    if let Some(name) = &settings.profile {
        // A profile that is named in the configuration is the only source, as in Terraform.
        return Ok(Some(SharedCredentialsProvider::new(
            profile.profile_name(name).build(),
        )));
    }
    let mut chain = CredentialsProviderChain::first_try(
        "Environment",
        EnvironmentVariableCredentialsProvider::new(),
    )
    .or_else("Profile", profile.build())
    .or_else(
        "WebIdentityToken",
        WebIdentityTokenCredentialsProvider::builder()
            .configure(&conf)
            .build(),
    )
    .or_else(
        "EcsContainer",
        EcsCredentialsProvider::builder().configure(&conf).build(),
    );
    if let (false, Some(endpoint)) = (settings.skip_metadata, &settings.metadata_endpoint) {
        let client = imds::Client::builder()
            .configure(&conf)
            .endpoint(endpoint)
            .map_err(|e| {
                bad(format!(
                    "`ec2_metadata_service_endpoint` is not an address: {e}"
                ))
            })?
            .build();
        chain = chain.or_else(
            "Ec2InstanceMetadata",
            imds::credentials::ImdsCredentialsProvider::builder()
                .configure(&conf)
                .imds_client(client)
                .build(),
        );
    }
    Ok(Some(SharedCredentialsProvider::new(chain)))
}

/// Puts the roles of the block on top, each taken with the credentials of the one before.
fn with_roles(mut sdk: SdkConfig, settings: &Settings) -> SdkConfig {
    for role in settings.web_identity.iter().chain(&settings.roles) {
        let mut conf = aws_sdk_sts::config::Builder::from(&sdk);
        if let Some(endpoint) = settings.endpoint(&["sts"]) {
            conf = conf.endpoint_url(endpoint);
        }
        if let Some(region) = &settings.sts_region {
            conf = conf.region(Region::new(region.clone()));
        }
        let provider =
            RoleCredentials::new(aws_sdk_sts::Client::from_conf(conf.build()), role.clone());
        sdk = sdk
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(provider))
            .identity_cache(aws_config::identity::IdentityCache::lazy().build())
            .build();
    }
    sdk
}

fn check_region(sdk: &SdkConfig, settings: &Settings) -> Result<(), OpError> {
    let Some(region) = sdk.region() else {
        return Err(bad(
            "Missing region configuration: no region is set. Set `region` in the provider block, AWS_REGION, or a region in the profile.",
        ));
    };
    let name = region.as_ref();
    let like_one = name.rsplit_once('-').is_some_and(|(head, number)| {
        head.contains('-')
            && head.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            && number.parse::<u8>().is_ok()
    });
    if like_one || settings.skip_region_validation {
        return Ok(());
    }
    Err(bad(format!(
        "Invalid AWS Region: {name}. Regions look like `eu-central-1`; `skip_region_validation = true` lets others pass."
    )))
}

/// The files that the configuration names, or `None` for the usual ones.
fn profile_files(settings: &Settings) -> Result<Option<EnvConfigFiles>, OpError> {
    if settings.config_files.is_empty() && settings.credentials_files.is_empty() {
        return Ok(None);
    }
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(settings.config_files.is_empty())
        .include_default_credentials_file(settings.credentials_files.is_empty());
    let named = settings
        .config_files
        .iter()
        .map(|f| (EnvConfigFileKind::Config, f));
    let more = settings
        .credentials_files
        .iter()
        .map(|f| (EnvConfigFileKind::Credentials, f));
    for (kind, file) in named.chain(more) {
        let path = expand_home(file);
        refuse_programs(&path)?;
        files = files.with_file(kind, path);
    }
    Ok(Some(files.build()))
}

fn expand_home(file: &str) -> String {
    match (file.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest).to_string_lossy().into_owned(),
        _ => file.to_owned(),
    }
}

/// A file that the configuration names must not make us run a program.
fn refuse_programs(file: &str) -> Result<(), OpError> {
    let text = std::fs::read_to_string(Path::new(file)).map_err(|e| {
        bad(format!(
            "cannot read {file}, which the provider block names: {e}"
        ))
    })?;
    let runs = text.lines().any(|line| {
        line.split_once('=')
            .is_some_and(|(key, _)| key.trim().eq_ignore_ascii_case("credential_process"))
    });
    if runs {
        return Err(bad(format!(
            "{file} holds `credential_process`: a file that the configuration names may not start programs. Use AWS_PROFILE with your own ~/.aws/config, or temporary credentials in the environment."
        )));
    }
    Ok(())
}

fn user_agent(text: &str) -> Result<FrameworkMetadata, OpError> {
    let (name, version) = text
        .split_once('/')
        .map_or((text, None), |(n, v)| (n, Some(v)));
    FrameworkMetadata::new(name.to_owned(), version.map(str::to_owned)).map_err(|_| {
        OpError::new(
            OpErrorKind::Invalid,
            CONFIGURING,
            format!("`user_agent` entry `{text}` is not `product/version`"),
        )
    })
}

fn http_client(settings: &Settings) -> Result<SharedHttpClient, OpError> {
    let env = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let mut trust = TrustStore::default();
    if let Some(file) = settings.ca_bundle.clone().or_else(|| env("AWS_CA_BUNDLE")) {
        let pem = std::fs::read(expand_home(&file))
            .map_err(|e| bad(format!("cannot read the certificates in {file}: {e}")))?;
        trust = trust.with_pem_certificate(pem);
    }
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|e| bad(format!("the certificates cannot be used: {}", chain(&e))))?;
    let proxy = proxy(settings)?;
    Ok(
        HttpBuilder::new().build_with_connector_fn(move |conf, parts| {
            let mut connector = Connector::builder()
                .proxy_config(proxy.clone())
                .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
                .tls_context(tls.clone());
            connector.set_connector_settings(conf.cloned());
            connector.set_sleep_impl(parts.and_then(|p| p.sleep_impl()));
            connector.build()
        }),
    )
}

/// Proxies of the block, else of the environment. An empty text turns them off.
fn proxy(settings: &Settings) -> Result<ProxyConfig, OpError> {
    let wrong = |e| bad(format!("the proxy is not an address: {}", chain(&e)));
    let config = match (
        settings.https_proxy.as_deref(),
        settings.http_proxy.as_deref(),
    ) {
        (None, None) => return Ok(ProxyConfig::from_env()),
        (None | Some(""), None | Some("")) => return Ok(ProxyConfig::disabled()),
        (Some(url), None | Some("")) if !url.is_empty() => {
            ProxyConfig::https(url.to_owned()).map_err(wrong)?
        }
        // As in Terraform, `http_proxy` alone serves both.
        (_, Some(url)) if settings.https_proxy.is_none() => {
            ProxyConfig::all(url.to_owned()).map_err(wrong)?
        }
        (Some(""), Some(url)) => ProxyConfig::http(url.to_owned()).map_err(wrong)?,
        // Every service is called by HTTPS; only emulators are not, and these need no proxy.
        (Some(url), _) => ProxyConfig::https(url.to_owned()).map_err(wrong)?,
        (None, Some(url)) => ProxyConfig::all(url.to_owned()).map_err(wrong)?,
    };
    Ok(match &settings.no_proxy {
        Some(rules) => config.no_proxy(rules),
        None => config,
    })
}
