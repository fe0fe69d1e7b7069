//! Files that must survive a crash, locks that end with their process, clocks and identities: what state stores need.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bastionless_model::cloud::Future;

/// Storage on this machine.
///
/// All files that it makes are readable by their owner only, as states hold secrets.
pub trait Disk: Send + Sync {
    /// Reads a file; `None` where there is none.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;
    /// Replaces a file as a whole: after a crash it has the old or the new content. Durable when it returns.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Appends to a file, which is made if needed. Durable when it returns.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Removes a file; one that is not there counts as removed.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Returns the names of the folders inside a folder, sorted; none where it does not exist.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn folders(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder that is empty; one that is not there counts as removed.
    ///
    /// # Errors
    /// Passes on the system's error; a folder that is not empty stays.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Takes the lock that is bound to a file and writes `content` into it; `None` where another process or another
    /// holder of this process has it. The lock ends with the guard or with the process, however it ends.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn lock(&self, path: &Path, content: &[u8]) -> io::Result<Option<Box<dyn LockGuard>>>;
    /// Returns the seconds since 1970 with their fraction.
    fn now(&self) -> Duration;
    /// Returns a time that never goes back and counts suspension of the machine.
    fn steady(&self) -> Duration;
    /// Ends when so much time has passed on the steady clock, or a little more.
    fn pause(&self, time: Duration) -> Future<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
    /// Returns a fresh random UUID.
    fn uuid(&self) -> String;
    /// Returns `user@host`.
    fn who(&self) -> String;
}

/// A held lock; dropping it frees the lock but leaves the file.
pub trait LockGuard: Send + Sync {
    /// Removes the file and frees the lock.
    ///
    /// # Errors
    /// Passes on the system's error.
    fn release(self: Box<Self>) -> io::Result<()>;
}

/// The real thing.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

/// Readable and writable by the owner only.
const PRIVATE: u32 = 0o600;

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}

/// Makes a new, removed or renamed entry of a folder durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

impl Disk for RealDisk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // A link stays a link: what it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut file = tempfile::Builder::new()
            .prefix(".bastionless-")
            .tempfile_in(folder_of(&path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|e| e.error)?;
        sync_folder(&path)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(PRIVATE)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        if is_new { sync_folder(path) } else { Ok(()) }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Ok(()) => sync_folder(path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
        }
    }

    fn folders(&self, path: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        match fs::remove_dir(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn lock(&self, path: &Path, content: &[u8]) -> io::Result<Option<Box<dyn LockGuard>>> {
        // The file may be removed by its holder between opening and locking: then the lock is worth nothing.
        for _ in 0..100 {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(PRIVATE)
                .open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(e)) => return Err(e),
            }
            let ours = file.metadata()?;
            let is_same = fs::metadata(path)
                .is_ok_and(|there| there.ino() == ours.ino() && there.dev() == ours.dev());
            if !is_same {
                continue;
            }
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(content)?;
            file.sync_data()?;
            return Ok(Some(Box::new(FileLock {
                path: path.to_owned(),
                file,
            })));
        }
        Ok(None)
    }

    fn now(&self) -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    fn steady(&self) -> Duration {
        // On Linux only CLOCK_BOOTTIME goes on while the machine sleeps; elsewhere the monotonic clock does.
        #[cfg(target_os = "linux")]
        let clock = rustix::time::ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let clock = rustix::time::ClockId::Monotonic;
        let t = rustix::time::clock_gettime(clock);
        Duration::new(
            u64::try_from(t.tv_sec).unwrap_or(0),
            u32::try_from(t.tv_nsec).unwrap_or(0),
        )
    }

    fn uuid(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }

    fn who(&self) -> String {
        let user = ["USER", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|u| !u.is_empty()))
            .unwrap_or_else(user_by_id);
        let uname = rustix::system::uname();
        format!("{user}@{}", uname.nodename().to_string_lossy())
    }
}

/// Returns the name of the user that the process runs as, or the number where it has none.
fn user_by_id() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    });
    name.unwrap_or(id)
}

struct FileLock {
    path: PathBuf,
    file: File,
}

impl LockGuard for FileLock {
    fn release(self: Box<Self>) -> io::Result<()> {
        // Removed while it is still locked: nobody can take over a file that is about to go.
        fs::remove_file(&self.path)?;
        self.file.unlock()
    }
}

/// Reads what a lock file says without taking the lock.
///
/// # Errors
/// Passes on the system's error.
pub fn read_text(path: &Path) -> io::Result<String> {
    let mut out = String::new();
    File::open(path)?.read_to_string(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_replaced_whole_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        RealDisk.replace(&path, b"one").unwrap();
        RealDisk.replace(&path, b"two").unwrap();
        assert_eq!(RealDisk.read(&path).unwrap().unwrap(), b"two");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let journal = dir.path().join("journal");
        RealDisk.append(&journal, b"a\n").unwrap();
        RealDisk.append(&journal, b"b\n").unwrap();
        assert_eq!(RealDisk.read(&journal).unwrap().unwrap(), b"a\nb\n");
        assert_eq!(
            fs::metadata(&journal).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_lock_is_held_once_and_left_over_files_do_not_block() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let first = RealDisk.lock(&path, b"first").unwrap().unwrap();
        assert!(RealDisk.lock(&path, b"second").unwrap().is_none());
        assert_eq!(read_text(&path).unwrap(), "first");
        // As after a crash: the file stays, the lock does not.
        drop(first);
        assert!(path.exists());
        let third = RealDisk.lock(&path, b"3").unwrap().unwrap();
        assert_eq!(read_text(&path).unwrap(), "3");
        third.release().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn the_steady_clock_goes_forward() {
        let first = RealDisk.steady();
        assert!(RealDisk.steady() >= first);
        assert!(first > Duration::ZERO);
    }
}
