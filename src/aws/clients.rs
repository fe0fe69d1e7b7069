//! Configured providers: one client a service and region, made when it is first used.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use aws_config::{Region, SdkConfig};
use aws_types::service_config::ServiceConfigKey;
use bastionless_model::{
    cloud::{Cloud, Clouds, Future, Lookup, ObjectStore, OpError, OpErrorKind, Reconcile},
    value::Value,
};
use tokio::sync::OnceCell;

use crate::{
    ec2::Ec2,
    errors::{Call, incomplete, no_credentials},
    listings::{Listings, Question},
    object_store::Bucket,
    registry,
    retries::QuotaIsFinal,
    sdk,
    settings::Settings,
    tags::TagRules,
    waiters::Pace,
};

/// The door to AWS.
#[derive(Debug, Default)]
pub struct Aws(());

impl Aws {
    /// Makes the door.
    pub fn new() -> Self {
        Self(())
    }
}

impl Clouds for Aws {
    fn configure<'a>(
        &'a self,
        provider: &'a str,
        config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn Cloud>, OpError>> {
        Box::pin(async move {
            if provider != "aws" {
                return Err(OpError::new(
                    OpErrorKind::Unsupported,
                    format!("configuring provider \"{provider}\""),
                    "this is not a provider of AWS",
                ));
            }
            let scope = Scope::open(Settings::decode(config)?).await?;
            scope.check_caller().await?;
            Ok(Arc::new(scope) as Arc<dyn Cloud>)
        })
    }

    fn object_store<'a>(
        &'a self,
        config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn ObjectStore>, OpError>> {
        Box::pin(async move { Ok(Arc::new(Bucket::open(config).await?) as Arc<dyn ObjectStore>) })
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// A provider configuration.
struct Provider {
    settings: Settings,
    sdk: SdkConfig,
    pace: Pace,
    caller: OnceCell<Caller>,
    listings: Listings,
    regions: Mutex<BTreeMap<String, Arc<Clients>>>,
}

/// The clients of one region.
#[derive(Default)]
struct Clients {
    ec2: OnceLock<aws_sdk_ec2::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    ssm: OnceLock<aws_sdk_ssm::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
    network: OnceLock<Arc<Ec2>>,
}

/// A provider configuration in one region: all that a reconciler needs of its surroundings.
#[derive(Clone)]
pub(crate) struct Scope {
    provider: Arc<Provider>,
    region: Arc<str>,
    clients: Arc<Clients>,
}

/// Makes the accessor of a service's client.
macro_rules! client {
    ($service:ident, $sdk:ident, $region:ident, [$($name:literal),+], $id:literal) => {
        /// Returns the client of the service in this region.
        pub(crate) fn $service(&self) -> &$sdk::Client {
            self.clients.$service.get_or_init(|| {
                let mut conf = $sdk::config::Builder::from(&self.provider.sdk)
                    .retry_classifier(QuotaIsFinal)
                    .region(Region::new(self.$region().to_owned()));
                if let Some(url) = self.provider.endpoint(&[$($name),+], $id) {
                    conf = conf.endpoint_url(url);
                }
                $sdk::Client::from_conf(conf.build())
            })
        }
    };
}

impl Scope {
    /// Opens a provider; calls nothing yet.
    pub(crate) async fn open(settings: Settings) -> Result<Self, OpError> {
        let sdk = sdk::load(&settings).await?;
        let region = sdk.region().map(ToString::to_string).unwrap_or_default();
        Ok(Self::over(sdk, settings, &region))
    }

    fn over(sdk: SdkConfig, settings: Settings, region: &str) -> Self {
        let mut provider = Provider {
            pace: Pace::new(None, false),
            settings,
            sdk,
            caller: OnceCell::new(),
            listings: Listings::default(),
            regions: Mutex::default(),
        };
        let local = provider
            .endpoint(&["ec2"], "EC2")
            .is_some_and(|url| is_loopback(&url));
        let scale = std::env::var("BASTIONLESS_POLL_SCALE").ok();
        provider.pace = Pace::new(scale.as_deref(), local);
        let provider = Arc::new(provider);
        let clients = provider.clients(region);
        Self {
            provider,
            region: region.into(),
            clients,
        }
    }

    /// Makes a scope some of whose clients a test gives.
    #[cfg(test)]
    pub(crate) fn of_clients(fill: impl FnOnce(TestClients<'_>)) -> Self {
        let sdk = SdkConfig::builder()
            .region(Region::new("eu-west-1"))
            .build();
        let scope = Self::scripted(sdk);
        fill(TestClients(&scope.clients));
        scope
    }

    /// Makes a scope of a test's SDK configuration.
    #[cfg(test)]
    pub(crate) fn scripted(sdk: SdkConfig) -> Self {
        let mut scope = Self::over(sdk, Settings::default(), "eu-west-1");
        // Clients are made when they are used, so nothing else holds the provider yet.
        let provider = Arc::get_mut(&mut scope.provider).unwrap();
        provider.pace = Pace::new(Some("0.01"), true);
        provider.caller = OnceCell::new_with(Some(Caller {
            account: "123456789012".into(),
            arn: "arn:aws:iam::123456789012:user/test".into(),
            user_id: "AIDATEST".into(),
        }));
        scope
    }

    client!(ec2, aws_sdk_ec2, region, ["ec2"], "EC2");
    client!(iam, aws_sdk_iam, global_region, ["iam"], "IAM");
    client!(kms, aws_sdk_kms, region, ["kms"], "KMS");
    client!(
        logs,
        aws_sdk_cloudwatchlogs,
        region,
        ["cloudwatchlogs", "cloudwatchlog", "logs"],
        "CloudWatch Logs"
    );
    client!(ssm, aws_sdk_ssm, region, ["ssm"], "SSM");
    client!(sts, aws_sdk_sts, sts_region, ["sts"], "STS");

    /// Returns EC2 in this region with what its types share.
    pub(crate) fn network(&self) -> Arc<Ec2> {
        self.clients
            .network
            .get_or_init(|| Arc::new(Ec2::new(self)))
            .clone()
    }

    /// Returns the client of S3 in this region; path style where the endpoint's host has no room for a bucket's name.
    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        self.clients.s3.get_or_init(|| {
            let mut conf = aws_sdk_s3::config::Builder::from(&self.provider.sdk)
                .region(Region::new(self.region().to_owned()));
            let endpoint = self.provider.endpoint(&["s3", "s3api"], "S3");
            let implied = endpoint.as_deref().is_some_and(needs_path_style);
            conf = conf.force_path_style(self.provider.settings.path_style.unwrap_or(implied));
            if let Some(url) = endpoint {
                conf = conf.endpoint_url(url);
            }
            aws_sdk_s3::Client::from_conf(conf.build())
        })
    }

    /// Returns the region.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Returns the region that IAM is signed for.
    fn global_region(&self) -> &str {
        match self.partition() {
            "aws" => "us-east-1",
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            "aws-iso" => "us-iso-east-1",
            "aws-iso-b" => "us-isob-east-1",
            _ => &self.region,
        }
    }

    fn sts_region(&self) -> &str {
        self.provider
            .settings
            .sts_region
            .as_deref()
            .unwrap_or(&self.region)
    }

    /// Returns the partition, such as `aws`.
    pub(crate) fn partition(&self) -> &'static str {
        partition_of(&self.region).0
    }

    /// Returns the domain of the partition's services, such as `amazonaws.com`.
    pub(crate) fn dns_suffix(&self) -> &'static str {
        partition_of(&self.region).1
    }

    /// Makes an ARN of this partition, region and account.
    pub(crate) async fn arn(&self, service: &str, resource: &str) -> Result<String, OpError> {
        let account = self.account().await?;
        Ok(format!(
            "arn:{}:{service}:{}:{account}:{resource}",
            self.partition(),
            self.region
        ))
    }

    /// Returns the account id; asked once.
    pub(crate) async fn account(&self) -> Result<String, OpError> {
        Ok(self.caller().await?.account.clone())
    }

    /// Returns who calls; asked once.
    pub(crate) async fn caller(&self) -> Result<&Caller, OpError> {
        self.provider
            .caller
            .get_or_try_init(|| async {
                const OPERATION: &str = "sts:GetCallerIdentity";
                let answer = self
                    .sts()
                    .get_caller_identity()
                    .send()
                    .await
                    .op(OPERATION)?;
                Ok(Caller {
                    account: answer
                        .account
                        .ok_or_else(|| incomplete(OPERATION, "account"))?,
                    arn: answer.arn.unwrap_or_default(),
                    user_id: answer.user_id.unwrap_or_default(),
                })
            })
            .await
    }

    /// Returns the pace of waits.
    pub(crate) fn pace(&self) -> Pace {
        self.provider.pace
    }

    /// Returns what the configuration says on tags.
    pub(crate) fn tag_rules(&self) -> &TagRules {
        &self.provider.settings.tags
    }

    /// Returns the answers of this run.
    pub(crate) fn listings(&self) -> &Listings {
        &self.provider.listings
    }

    /// Makes the key of a shared read in this region.
    pub(crate) fn question(
        &self,
        service: &'static str,
        operation: &'static str,
        filter: impl Into<String>,
    ) -> Question {
        let region = if service == "iam" {
            String::new()
        } else {
            self.region.to_string()
        };
        Question {
            service,
            region,
            operation,
            filter: filter.into(),
        }
    }

    /// Returns the same provider in another region.
    pub(crate) fn with_region(&self, region: &str) -> Self {
        Self {
            provider: self.provider.clone(),
            region: region.into(),
            clients: self.provider.clients(region),
        }
    }

    /// Finds wrong credentials before the first real call, and holds the account against the lists of the configuration.
    async fn check_caller(&self) -> Result<(), OpError> {
        let settings = &self.provider.settings;
        let lists =
            !settings.allowed_accounts.is_empty() || !settings.forbidden_accounts.is_empty();
        if !lists && settings.skip_credentials_validation {
            return self.check_source().await;
        }
        let account = self.account().await?;
        let allowed =
            settings.allowed_accounts.is_empty() || settings.allowed_accounts.contains(&account);
        if allowed && !settings.forbidden_accounts.contains(&account) {
            return Ok(());
        }
        Err(OpError::new(
            OpErrorKind::Credentials,
            sdk::CONFIGURING,
            format!(
                "AWS account ID not allowed: {account}. Check `allowed_account_ids` and `forbidden_account_ids`, or use credentials of another account."
            ),
        ))
    }

    async fn check_source(&self) -> Result<(), OpError> {
        use aws_credential_types::provider::ProvideCredentials;
        let Some(source) = self.provider.sdk.credentials_provider() else {
            return Err(no_credentials(
                sdk::CONFIGURING,
                "there is no source of credentials",
            ));
        };
        match source.provide_credentials().await {
            Ok(_) => Ok(()),
            Err(e) => Err(no_credentials(sdk::CONFIGURING, &crate::errors::chain(&e))),
        }
    }
}

impl Provider {
    fn clients(&self, region: &str) -> Arc<Clients> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        regions.entry(region.to_owned()).or_default().clone()
    }

    /// Returns the endpoint of a service that block, environment or profile give.
    fn endpoint(&self, names: &[&str], id: &str) -> Option<String> {
        if let Some(url) = self.settings.endpoint(names) {
            return Some(url.to_owned());
        }
        let key = ServiceConfigKey::builder()
            .service_id(id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let own = key
            .ok()
            .and_then(|key| self.sdk.service_config()?.load_config(key));
        own.or_else(|| self.sdk.endpoint_url().map(str::to_owned))
    }
}

impl Cloud for Scope {
    fn reconcile(&self, type_name: &str) -> Option<Arc<dyn Reconcile>> {
        registry::reconcile(type_name, self)
    }

    fn lookup(&self, type_name: &str) -> Option<Arc<dyn Lookup>> {
        registry::lookup(type_name, self)
    }

    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }

    fn in_region(&self, region: &str) -> Arc<dyn Cloud> {
        Arc::new(self.with_region(region))
    }

    fn forget(&self) {
        self.listings().clear();
        let regions = self
            .provider
            .regions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for network in regions.values().filter_map(|clients| clients.network.get()) {
            network.forget_listings();
        }
    }
}

fn partition_of(region: &str) -> (&'static str, &'static str) {
    const TABLE: &[(&str, &str, &str)] = &[
        ("cn-", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-", "aws-us-gov", "amazonaws.com"),
        ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
        ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
        ("us-iso-", "aws-iso", "c2s.ic.gov"),
        ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
        ("eusc-", "aws-eusc", "amazonaws.eu"),
    ];
    TABLE
        .iter()
        .find(|(prefix, ..)| region.starts_with(prefix))
        .map_or(("aws", "amazonaws.com"), |(_, name, suffix)| (name, suffix))
}

/// Returns the host of a URL.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, r)| r);
    let rest = rest.split(['/', '?']).next().unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, r)| r);
    match rest.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => rest.split(':').next().unwrap_or_default(),
    }
}

/// An address, or a name that stands for this machine, cannot carry the bucket as a subdomain.
fn needs_path_style(url: &str) -> bool {
    let host = host(url);
    host == "localhost" || host.parse::<IpAddr>().is_ok()
}

fn is_loopback(url: &str) -> bool {
    let host = host(url);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|a| a.is_loopback())
}

/// Takes the clients of a test.
#[cfg(test)]
pub(crate) struct TestClients<'a>(&'a Clients);

#[cfg(test)]
impl TestClients<'_> {
    /// Takes the client of EC2.
    pub(crate) fn ec2(&self, client: aws_sdk_ec2::Client) {
        assert!(self.0.ec2.set(client).is_ok(), "there is a client already");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_implies_path_style() {
        assert!(needs_path_style("http://127.0.0.1:5000"));
        assert!(needs_path_style("http://localhost:5000/x"));
        assert!(needs_path_style("http://[::1]:5000"));
        assert!(!needs_path_style("https://s3.eu-west-1.amazonaws.com"));
        assert!(is_loopback("http://127.0.0.1:5000"));
        assert!(!is_loopback("http://10.0.0.1"));
    }

    #[test]
    fn partitions_follow_the_region() {
        assert_eq!(partition_of("eu-west-1").0, "aws");
        assert_eq!(partition_of("us-gov-west-1").0, "aws-us-gov");
        assert_eq!(partition_of("us-isob-east-1").0, "aws-iso-b");
        assert_eq!(partition_of("cn-north-1"), ("aws-cn", "amazonaws.com.cn"));
    }
}
