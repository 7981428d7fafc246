//! A small static server for `dist/`: the right types, gzip, and never an old file.
//!
//! It listens to this machine alone. Any other static server serves `dist/` as well.

use crate::web::gzip;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::SystemTime;
use tiny_http::{Header, Method, Request, Response, Server};

/// Threads that answer; a page asks for about six files at a time.
const N_THREADS: usize = 6;

/// File name endings and what they are; anything else is bytes.
const TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
];

/// Takes `port` of this machine.
///
/// # Errors
/// It is taken, or not ours to take; one sentence says which.
pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("port {port} is busy; stop what listens there, or choose another: cargo xtask play --port {}", port.wrapping_add(1).max(1024))
        }
        ErrorKind::PermissionDenied => anyhow!("port {port} may be used by root only; choose one from 1024 up: cargo xtask play --port 8080"),
        _ => anyhow!(error).context(format!("cannot listen on port {port}")),
    })
}

/// Serves `dist` until the program is ended.
pub fn serve(listener: TcpListener, dist: &Path) -> Result<()> {
    let port = listener.local_addr()?.port();
    let server = Server::from_listener(listener, None)
        .map_err(|error| anyhow!(error))
        .context("cannot serve")?;
    println!("\nOpen http://localhost:{port}/   (Ctrl-C ends it)");
    let files = Files {
        dist: dist.into(),
        packed: Mutex::default(),
    };
    thread::scope(|scope| {
        for _ in 0..N_THREADS {
            scope.spawn(|| {
                while let Ok(request) = server.recv() {
                    // A browser that hangs up while it is answered is no error of ours.
                    _ = files.answer(request);
                }
            });
        }
    });
    bail!("the server has stopped")
}

/// The files, and those of them that have been compressed already.
struct Files {
    dist: PathBuf,
    packed: Mutex<HashMap<PathBuf, Packed>>,
}

/// A compressed file, and which state of the file it is.
struct Packed {
    modified: SystemTime,
    bytes: Arc<[u8]>,
}

impl Files {
    fn answer(&self, request: Request) -> Result<()> {
        if !matches!(request.method(), Method::Get | Method::Head) {
            return Ok(request
                .respond(Response::from_string("only GET and HEAD").with_status_code(405))?);
        }
        let Some(path) = file_for(&self.dist, request.url()) else {
            return Ok(
                request.respond(Response::from_string("no such file").with_status_code(404))?
            );
        };
        let modified = fs::metadata(&path)?.modified()?;
        let tag = tag(modified);
        // The browser asks each time, and is told in a word that nothing has changed.
        let mut headers = vec![
            header("Cache-Control", "no-cache"),
            header("ETag", &tag),
            header("Vary", "Accept-Encoding"),
        ];
        if value(&request, "If-None-Match").is_some_and(|known| known == tag) {
            return Ok(request.respond(Response::new(
                304.into(),
                headers,
                std::io::empty(),
                Some(0),
                None,
            ))?);
        }
        headers.push(header("Content-Type", type_of(&path)));
        let mut bytes: Arc<[u8]> = fs::read(&path)?.into();
        if value(&request, "Accept-Encoding").is_some_and(|accepted| accepted.contains("gzip")) {
            bytes = self.packed(&path, modified, &bytes)?;
            headers.push(header("Content-Encoding", "gzip"));
        }
        let len = bytes.len();
        let response = Response::new(200.into(), headers, &bytes[..], Some(len), None);
        Ok(request.respond(response.with_chunked_threshold(usize::MAX))?)
    }

    /// The file compressed, at most once for each state of it.
    fn packed(&self, path: &Path, modified: SystemTime, bytes: &[u8]) -> Result<Arc<[u8]>> {
        let mut all = self
            .packed
            .lock()
            .map_err(|_| anyhow!("another answer failed"))?;
        if let Some(known) = all.get(path).filter(|known| known.modified == modified) {
            return Ok(known.bytes.clone());
        }
        let bytes: Arc<[u8]> = gzip(bytes)?.into();
        all.insert(
            path.into(),
            Packed {
                modified,
                bytes: bytes.clone(),
            },
        );
        Ok(bytes)
    }
}

/// The file that `url` means, if it is one below `dist`.
fn file_for(dist: &Path, url: &str) -> Option<PathBuf> {
    let path = percent_decoded(url.split(['?', '#']).next()?)?;
    let path = Path::new(path.trim_start_matches('/'));
    if path
        .components()
        .any(|part| !matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let path = dist.join(path);
    let path = if path.is_dir() {
        path.join("index.html")
    } else {
        path
    };
    path.is_file().then_some(path)
}

/// `text` with each `%41` made the byte it stands for; nothing if that is not text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

fn type_of(path: &Path) -> &'static str {
    let ending = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    TYPES
        .iter()
        .find(|(known, _)| *known == ending)
        .map_or("application/octet-stream", |(_, mime)| mime)
}

/// A name for the state of a file that was last written at `modified`.
fn tag(modified: SystemTime) -> String {
    let since = modified
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("\"{:x}\"", since.as_nanos())
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values here are plain ASCII")
}

fn value<'a>(request: &'a Request, name: &'static str) -> Option<&'a str> {
    request
        .headers()
        .iter()
        .find(|header| header.field.equiv(name))
        .map(|header| header.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_text() {
        assert_eq!(percent_decoded("a%20b%C3%A9").as_deref(), Some("a bé"));
        assert_eq!(percent_decoded("%"), None);
        assert_eq!(percent_decoded("%zz"), None);
        assert_eq!(percent_decoded("%é"), None);
        assert_eq!(percent_decoded("%ff"), None);
    }

    #[test]
    fn nothing_outside_is_served() {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for outside in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "//../Cargo.toml",
            "/nothing",
            "/",
        ] {
            assert_eq!(file_for(&dist, outside), None, "{outside}");
        }
        assert_eq!(
            file_for(&dist, "/main.rs?query"),
            Some(dist.join("main.rs"))
        );
    }

    #[test]
    fn a_module_is_served_as_one() {
        assert_eq!(type_of(Path::new("a/b.wasm")), "application/wasm");
        assert_eq!(
            type_of(Path::new("guest/kernel")),
            "application/octet-stream"
        );
    }
}
