//! Keeps what a package holds inside its folder.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// Refuses links of a folder that lead out of it, at any depth. `.git` is not looked at.
///
/// # Errors
/// Names the link, or passes on the system's words.
pub(super) fn links_stay_inside(root: &Path) -> Result<(), String> {
    let physical = root.canonicalize().map_err(|e| e.to_string())?;
    walk(root, &mut |path, kind| {
        if !kind.is_symlink() {
            return Ok(());
        }
        let inside = match path.canonicalize() {
            Ok(target) => target.starts_with(&physical),
            // A link that leads nowhere is harmless as long as nothing outside can appear at its end.
            Err(_) => {
                let target = fs::read_link(path)?;
                let from = path
                    .strip_prefix(root)
                    .unwrap_or(path)
                    .parent()
                    .unwrap_or(Path::new(""));
                lexically_inside(from, &target)
            }
        };
        if inside {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "the link {} leads out of the package",
                path.display()
            )))
        }
    })
    .map_err(|e| e.to_string())
}

/// Tells whether a relative path, seen from a folder inside a package, stays in the package.
pub(super) fn lexically_inside(from: &Path, target: &Path) -> bool {
    let mut depth = from
        .components()
        .filter(|c| matches!(c, Component::Normal(_)))
        .count();
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

/// Visits everything inside a folder but `.git`, sorted by name; links are not followed.
pub(super) fn walk(
    root: &Path,
    visit: &mut dyn FnMut(&Path, fs::FileType) -> io::Result<()>,
) -> io::Result<()> {
    let mut todo: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(dir) = todo.pop() {
        let mut entries = fs::read_dir(&dir)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if entry.file_name() == ".git" {
                continue;
            }
            let kind = entry.file_type()?;
            visit(&entry.path(), kind)?;
            if kind.is_dir() {
                todo.push(entry.path());
            }
        }
    }
    Ok(())
}

/// Copies a folder without `.git`; links stay links.
///
/// # Errors
/// Passes on the system's error.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    walk(from, &mut |path, kind| {
        let inner = path.strip_prefix(from).map_err(io::Error::other)?;
        let target = to.join(inner);
        if kind.is_dir() {
            fs::create_dir_all(&target)
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(path)?, &target)
        } else if kind.is_file() {
            fs::copy(path, &target).map(|_| ())
        } else {
            Ok(())
        }
    })
}

/// Removes a folder with all that is in it; one that is not there counts as removed.
///
/// # Errors
/// Passes on the system's error.
pub(super) fn clear(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
