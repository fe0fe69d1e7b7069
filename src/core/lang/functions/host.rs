//! What functions need of their surroundings.

use bastionless_model::value::Value;

use super::FunctionError;

/// Files, clock and chance, as functions see them. Paths are those that the user wrote.
pub trait Host {
    /// Reads a file.
    ///
    /// # Errors
    /// Says why not in the words of the system, such as `open x: no such file or directory`.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String>;

    /// Tells whether there is a regular file.
    ///
    /// # Errors
    /// Says why that is not to be found out, or that it is a directory.
    fn file_exists(&self, path: &str) -> Result<bool, String>;

    /// Lists the files of a directory and all below, as paths relative to it with `/`; nothing where it does not exist.
    ///
    /// # Errors
    /// Says why they are not to be listed.
    fn list_files(&self, dir: &str) -> Result<Vec<String>, String>;

    /// Returns the time: seconds since 1970 and nanoseconds.
    fn now(&self) -> (i64, u32);

    /// Returns the time of the plan; `None` before there is one.
    fn plan_time(&self) -> Option<(i64, u32)>;

    /// Returns a new random UUID.
    fn uuid(&self) -> String;

    /// Returns 16 random bytes.
    fn random_bytes(&self) -> [u8; 16];

    /// Renders a template with the variables of an object or map.
    ///
    /// # Errors
    /// Says what is wrong with the template.
    fn render_template(&self, name: &str, text: &str, vars: &Value)
    -> Result<Value, FunctionError>;

    /// Returns the home directory of the user.
    fn home_dir(&self) -> Option<String>;

    /// Returns the directory that relative paths start from.
    fn base_dir(&self) -> String;
}
