//! Archives, unpacked with nothing outside the folder touched.

use std::{
    fs,
    io::{self, Cursor, Read},
    os::unix::fs::{OpenOptionsExt as _, symlink},
    path::{Component, Path, PathBuf},
};

/// The kinds of archives that are unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `.zip`
    Zip,
    /// `.tar.gz`, `.tgz`
    TarGz,
    /// `.tar`
    Tar,
}

/// The most bytes that an archive may unpack to.
const LARGEST: u64 = 1 << 30;
/// The most entries that an archive may have.
const MOST: usize = 200_000;

impl Kind {
    /// Tells the kind by the end of a path, or by its name in `archive=`; `Err` for one that is known but not unpacked.
    pub(super) fn of(name: &str) -> Result<Option<Self>, String> {
        let is = |ends: &[&str]| {
            ends.iter()
                .any(|e| name == *e || name.ends_with(&format!(".{e}")))
        };
        if is(&["zip"]) {
            Ok(Some(Self::Zip))
        } else if is(&["tar.gz", "tgz"]) {
            Ok(Some(Self::TarGz))
        } else if is(&["tar"]) {
            Ok(Some(Self::Tar))
        } else if is(&[
            "tar.bz2", "tbz2", "tar.xz", "txz", "tar.zst", "gz", "bz2", "xz",
        ]) {
            Err("archives other than .zip, .tar and .tar.gz are not built yet".into())
        } else {
            Ok(None)
        }
    }
}

/// Unpacks an archive into a folder, which is made.
///
/// # Errors
/// Says what is wrong with the archive; what was unpacked before stays.
pub(super) fn unpack(kind: Kind, bytes: &[u8], to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|e| e.to_string())?;
    let mut unpacking = Unpacking {
        to,
        left: LARGEST,
        entries: 0,
        links: Vec::new(),
    };
    match kind {
        Kind::Zip => unpacking.zip(bytes),
        Kind::TarGz => unpacking.tar(flate2::read::GzDecoder::new(bytes)),
        Kind::Tar => unpacking.tar(bytes),
    }
    .map_err(|e| format!("the archive cannot be unpacked: {e}"))?;
    unpacking
        .link()
        .map_err(|e| format!("the archive cannot be unpacked: {e}"))
}

struct Unpacking<'a> {
    to: &'a Path,
    left: u64,
    entries: usize,
    /// Made at the end: nothing is ever written through a link.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Unpacking<'_> {
    fn zip(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).map_err(io::Error::other)?;
            let name = entry.name().map_err(io::Error::other)?.into_owned();
            let path = self.path(Path::new(&name))?;
            let mode = entry.unix_mode().unwrap_or(0o644);
            if entry.is_dir() {
                fs::create_dir_all(&path)?;
            } else if entry.is_symlink() {
                let mut target = String::new();
                entry.by_ref().take(4096).read_to_string(&mut target)?;
                self.links.push((path, target.into()));
            } else {
                self.file(&path, mode, &mut entry)?;
            }
        }
        Ok(())
    }

    fn tar(&mut self, reader: impl Read) -> io::Result<()> {
        let mut archive = tar::Archive::new(reader);
        for entry in archive.entries()? {
            let mut entry = entry?;
            let kind = entry.header().entry_type();
            if kind.is_pax_global_extensions() {
                continue;
            }
            let path = self.path(&entry.path()?)?;
            let mode = entry.header().mode().unwrap_or(0o644);
            match kind {
                tar::EntryType::Directory => fs::create_dir_all(&path)?,
                tar::EntryType::Regular | tar::EntryType::Continuous => {
                    self.file(&path, mode, &mut entry)?
                }
                tar::EntryType::Symlink => {
                    let target = entry
                        .link_name()?
                        .ok_or_else(|| io::Error::other("a link without target"))?;
                    self.links.push((path, target.into_owned()));
                }
                other => {
                    return Err(io::Error::other(format!(
                        "{} is no file, folder or link but {other:?}",
                        path.display()
                    )));
                }
            }
        }
        Ok(())
    }

    /// Returns where an entry goes.
    fn path(&mut self, name: &Path) -> io::Result<PathBuf> {
        self.entries += 1;
        if self.entries > MOST {
            return Err(io::Error::other(format!("it has more than {MOST} entries")));
        }
        let mut path = self.to.to_owned();
        for part in name.components() {
            match part {
                // Hashes leave git's own folder out, so nothing of a package may hide in it.
                Component::Normal(part) if part == ".git" => {
                    return Err(io::Error::other(format!(
                        "{} lies in a folder of git's own",
                        name.display()
                    )));
                }
                Component::Normal(part) => path.push(part),
                Component::CurDir => {}
                _ => {
                    return Err(io::Error::other(format!(
                        "{} leads out of the package",
                        name.display()
                    )));
                }
            }
        }
        Ok(path)
    }

    fn file(&mut self, path: &Path, mode: u32, content: &mut dyn Read) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let executable = if mode & 0o111 == 0 { 0o644 } else { 0o755 };
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(executable)
            .open(path)?;
        let written = io::copy(&mut content.take(self.left), &mut file)?;
        self.left = self.left.saturating_sub(written);
        if self.left == 0 {
            return Err(io::Error::other(format!(
                "it holds more than {LARGEST} bytes"
            )));
        }
        Ok(())
    }

    fn link(self) -> io::Result<()> {
        for (path, target) in self.links {
            let from = path
                .strip_prefix(self.to)
                .unwrap_or(&path)
                .parent()
                .unwrap_or(Path::new(""));
            if !super::guard::lexically_inside(from, &target) {
                return Err(io::Error::other(format!(
                    "the link {} leads out of the package",
                    path.display()
                )));
            }
            let above = path.ancestors().skip(1).take_while(|a| *a != self.to);
            if above
                .into_iter()
                .any(|a| a.symlink_metadata().is_ok_and(|m| m.is_symlink()))
            {
                return Err(io::Error::other(format!(
                    "{} lies behind a link",
                    path.display()
                )));
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            symlink(&target, &path)?;
        }
        Ok(())
    }
}
