//! What is needed of an HTTP client.

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// The status, such as 200.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The URL that answered, after redirections.
    pub url: String,
}

impl Fetched {
    /// Returns a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// Gets documents over HTTP.
pub trait Fetch {
    /// Gets a URL; every status that the server gives is an answer. `token` is sent as `Authorization: Bearer`, to the
    /// server of the URL only.
    ///
    /// # Errors
    /// Says why there was no answer, without secrets.
    fn get(&self, url: &str, token: Option<&str>) -> Result<Fetched, String>;
}
