//! Module registries: service discovery, versions, and where a version is fetched from.

use std::{cell::RefCell, collections::BTreeMap};

use bastionless_model::base::Diagnostic;
use serde_json::Value as Json;
use url::Url;

use super::{Accounts, Fetch, Fetched};
use crate::lang::{
    module_source::RegistryAddress,
    version::{Version, VersionConstraint},
};

/// Asks registries; every question once.
pub(super) struct Registries<'a> {
    fetch: &'a dyn Fetch,
    accounts: &'a Accounts,
    places: RefCell<BTreeMap<String, Url>>,
    versions: RefCell<BTreeMap<String, Vec<Version>>>,
}

const SERVICE: &str = "modules.v1";

impl<'a> Registries<'a> {
    pub(super) fn new(fetch: &'a dyn Fetch, accounts: &'a Accounts) -> Self {
        Self {
            fetch,
            accounts,
            places: RefCell::default(),
            versions: RefCell::default(),
        }
    }

    /// Chooses the version of a module: of `preferred` the newest that will do, otherwise the newest of all.
    pub(super) fn choose<'v>(
        &self,
        key: &str,
        address: &RegistryAddress,
        constraint: Option<&VersionConstraint>,
        preferred: impl Iterator<Item = &'v str>,
    ) -> Result<Version, Box<Diagnostic>> {
        // A prerelease is used only where a constraint names one.
        let good = |v: &Version| constraint.map_or(!v.is_prerelease(), |c| c.allows(v));
        if let Some(version) = preferred
            .filter_map(Version::parse)
            .filter(|v| good(v))
            .max()
        {
            return Ok(version);
        }
        let all = self.versions(key, address)?;
        if let Some(version) = all.iter().filter(|v| good(v)).max() {
            return Ok(version.clone());
        }
        let newest = all.iter().filter(|v| !v.is_prerelease()).max();
        Err(Box::new(match newest {
            Some(newest) => Diagnostic::error(
                "Unresolvable module version constraint",
                format!(
                    "There is no available version of module {:?} which matches the given version constraint. The newest available version is {newest}.",
                    address.package()
                ),
            ),
            None => Diagnostic::error(
                "Module has no versions",
                format!(
                    "Module {:?} has no versions available on {}.",
                    address.package(),
                    address.host
                ),
            ),
        }))
    }

    fn versions(
        &self,
        key: &str,
        address: &RegistryAddress,
    ) -> Result<Vec<Version>, Box<Diagnostic>> {
        let name = address.package();
        if let Some(known) = self.versions.borrow().get(&name) {
            return Ok(known.clone());
        }
        let failed = |why: String| {
            Box::new(Diagnostic::error(
                "Error accessing remote module registry",
                format!(
                    "Failed to retrieve available versions for module {key:?} from {}: {why}.",
                    address.host
                ),
            ))
        };
        let answer = self.ask(address, "versions").map_err(failed)?;
        if answer.status == 404 {
            return Err(Box::new(Diagnostic::error(
                "Module not found",
                format!(
                    "Module {key:?} ({name}) cannot be found in the module registry at {}.",
                    address.host
                ),
            )));
        }
        let document = json(&answer).map_err(failed)?;
        let modules = document
            .get("modules")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        let texts = modules
            .filter_map(|m| m.get("versions")?.as_array())
            .flatten()
            .filter_map(|v| v.get("version")?.as_str());
        let found: Vec<Version> = texts.filter_map(Version::parse).collect();
        self.versions.borrow_mut().insert(name, found.clone());
        Ok(found)
    }

    /// Returns the source address that a version is fetched from.
    pub(super) fn download(
        &self,
        address: &RegistryAddress,
        version: &Version,
    ) -> Result<String, Box<Diagnostic>> {
        let failed = |why: String| {
            Box::new(Diagnostic::error(
                "Error accessing remote module registry",
                format!(
                    "Failed to retrieve a download URL for {} {version} from {}: {why}.",
                    address.package(),
                    address.host
                ),
            ))
        };
        let answer = self
            .ask(address, &format!("{version}/download"))
            .map_err(failed)?;
        let location = match answer.header("x-terraform-get") {
            Some(location) => Some(location.to_owned()),
            None => json(&answer)
                .ok()
                .and_then(|d| Some(d.get("location")?.as_str()?.to_owned())),
        };
        let location = location.filter(|l| !l.is_empty());
        let location = location.ok_or_else(|| {
            failed(format!(
                "the answer, with status {}, names none",
                answer.status
            ))
        })?;
        // A path is relative to the address that was asked.
        if ["/", "./", "../"].iter().any(|p| location.starts_with(p)) {
            let base = Url::parse(&answer.url).map_err(|e| failed(e.to_string()))?;
            return base
                .join(&location)
                .map(String::from)
                .map_err(|e| failed(e.to_string()));
        }
        Ok(location)
    }

    fn ask(&self, address: &RegistryAddress, what: &str) -> Result<Fetched, String> {
        let base = self.place(&address.host)?;
        let url = base
            .join(&format!("{}/{what}", address.path))
            .map_err(|e| e.to_string())?;
        self.fetch
            .get(url.as_str(), self.accounts.token(&address.host))
    }

    /// Finds where the registry of a host is.
    fn place(&self, host: &str) -> Result<Url, String> {
        if let Some(known) = self.places.borrow().get(host) {
            return Ok(known.clone());
        }
        let missing = || format!("host {host} does not provide a module registry");
        let place = match self.accounts.service(host, SERVICE) {
            Some(configured) => {
                let text = configured.ok_or_else(missing)?;
                Url::parse(text).map_err(|e| {
                    format!("the configured place of the registry of {host} is no URL: {e}")
                })?
            }
            None => {
                let url = format!("https://{host}/.well-known/terraform.json");
                let answer = self
                    .fetch
                    .get(&url, self.accounts.token(host))
                    .map_err(|e| format!("failed to request discovery document: {e}"))?;
                if answer.status == 404 {
                    return Err(missing());
                }
                let document = json(&answer)
                    .map_err(|e| format!("failed to request discovery document: {e}"))?;
                let place = document
                    .get(SERVICE)
                    .and_then(Json::as_str)
                    .ok_or_else(missing)?;
                let base = Url::parse(&answer.url).map_err(|e| e.to_string())?;
                base.join(place).map_err(|e| {
                    format!("the registry of {host} names a place that is no URL: {e}")
                })?
            }
        };
        if !matches!(place.scheme(), "https" | "http") {
            return Err(format!(
                "the registry of {host} is neither reached by https nor http"
            ));
        }
        let mut place = place;
        if !place.path().ends_with('/') {
            place.set_path(&format!("{}/", place.path()));
        }
        self.places
            .borrow_mut()
            .insert(host.to_owned(), place.clone());
        Ok(place)
    }
}

fn json(answer: &Fetched) -> Result<Json, String> {
    match answer.status {
        200 => serde_json::from_slice(&answer.body)
            .map_err(|e| format!("{} gives no JSON: {e}", answer.url)),
        401 | 403 => Err(format!(
            "{} refused the request with status {}; a token is given by TF_TOKEN_host or ~/.terraform.d/credentials.tfrc.json",
            answer.url, answer.status
        )),
        status => Err(format!("{} answered with status {status}", answer.url)),
    }
}
