//! The configured clouds of a run.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bastionless_model::{
    cloud::{Cloud, Clouds, Lookup, OpError, OpErrorKind, Reconcile},
    schema::plan::Settings,
    value::Value,
};

use super::remote_state::{ReadFile, RemoteState};
use crate::{
    builtin::{AccessPolicy, BuiltinCloud, PolicyDocument},
    io::{Disk as _, RealDisk},
    lang::address::ProviderConfig,
};

/// The configured clouds of a run; clones share them.
#[derive(Clone)]
pub struct Providers {
    clouds: Arc<dyn Clouds>,
    known: Arc<Mutex<BTreeMap<ProviderConfig, Configured>>>,
    read_file: ReadFile,
}

#[derive(Clone)]
struct Configured {
    cloud: Arc<dyn Cloud>,
    settings: Arc<Settings>,
    config: Value,
}

pub(crate) use crate::plan::settler::is_builtin;

impl Providers {
    /// Starts without any.
    pub fn new(clouds: Arc<dyn Clouds>) -> Self {
        Self {
            clouds,
            known: Arc::default(),
            read_file: Arc::new(|path: &Path| RealDisk.read(path)),
        }
    }

    /// Returns the same with files read in another way.
    #[must_use]
    pub fn reading_files(
        self,
        read: impl Fn(&Path) -> io::Result<Option<Vec<u8>>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            read_file: Arc::new(read),
            ..self
        }
    }

    /// Configures a provider and returns the region that it works in; once only, later calls return what is there.
    ///
    /// # Errors
    /// Passes on why the provider cannot be used.
    pub async fn configure(
        &self,
        address: &ProviderConfig,
        config: &Value,
    ) -> Result<Option<String>, OpError> {
        if let Some(known) = self.find(address) {
            return Ok(known.cloud.region().map(str::to_owned));
        }
        let cloud = self
            .clouds
            .configure(&address.provider.name, config)
            .await?;
        let region = cloud.region().map(str::to_owned);
        let settings = Arc::new(Settings::from_provider(config, region.as_deref()));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(
            address.clone(),
            Configured {
                cloud,
                settings,
                config: config.clone(),
            },
        );
        Ok(region)
    }

    /// Makes all clouds forget what was read, so that the next read asks again: time has passed since, such as while somebody
    /// approved the plan.
    pub fn forget(&self) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for configured in known.values() {
            configured.cloud.forget();
        }
    }

    /// Tells whether a provider is configured, or needs no configuration.
    pub fn is_ready(&self, address: &ProviderConfig) -> bool {
        self.find(address).is_some()
    }

    /// Returns configuration and region of a provider that is configured.
    pub fn configured(&self, address: &ProviderConfig) -> Option<(Value, Option<String>)> {
        let found = self.find(address)?;
        Some((found.config, found.cloud.region().map(str::to_owned)))
    }

    /// Returns what a provider configuration contributes to the attributes of its objects.
    pub fn settings(&self, address: &ProviderConfig) -> Arc<Settings> {
        self.find(address).map(|c| c.settings).unwrap_or_default()
    }

    /// Returns the reconciler of a type, in the region of the object where it has one.
    ///
    /// # Errors
    /// Says that the provider is not configured or does not have the type.
    pub fn reconcile(
        &self,
        address: &ProviderConfig,
        type_name: &str,
        region: Option<&str>,
    ) -> Result<Arc<dyn Reconcile>, OpError> {
        let cloud = self.cloud(address, region)?;
        cloud.reconcile(type_name).ok_or_else(|| missing(type_name))
    }

    /// Returns the reader of a data source, in a region where one is given.
    ///
    /// # Errors
    /// Says that the provider is not configured or does not have the type.
    pub fn lookup(
        &self,
        address: &ProviderConfig,
        type_name: &str,
        region: Option<&str>,
    ) -> Result<Arc<dyn Lookup>, OpError> {
        if type_name == "aws_iam_policy_document" {
            return Ok(Arc::new(PolicyDocument));
        }
        if type_name == "bastionless_access_policy" && is_builtin(&address.provider) {
            return Ok(Arc::new(AccessPolicy));
        }
        if type_name == "terraform_remote_state" && is_builtin(&address.provider) {
            return Ok(Arc::new(RemoteState::new(self.read_file.clone())));
        }
        let cloud = self.cloud(address, region)?;
        cloud.lookup(type_name).ok_or_else(|| missing(type_name))
    }

    fn cloud(
        &self,
        address: &ProviderConfig,
        region: Option<&str>,
    ) -> Result<Arc<dyn Cloud>, OpError> {
        let Some(Configured { cloud, .. }) = self.find(address) else {
            return Err(OpError::new(
                OpErrorKind::Invalid,
                "using a provider",
                format!("{address} is not configured; this is a bug in bastionless"),
            ));
        };
        Ok(match region {
            Some(region) if cloud.region().is_some_and(|own| own != region) => {
                cloud.in_region(region)
            }
            _ => cloud,
        })
    }

    fn find(&self, address: &ProviderConfig) -> Option<Configured> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(address).cloned();
        drop(known);
        let builtin = || Configured {
            cloud: Arc::new(BuiltinCloud),
            settings: Arc::default(),
            config: Value::NULL,
        };
        found.or_else(|| is_builtin(&address.provider).then(builtin))
    }
}

fn missing(type_name: &str) -> OpError {
    OpError::new(
        OpErrorKind::Unsupported,
        format!("using `{type_name}`"),
        "this build has nothing that reads or changes objects of this type",
    )
}
