//! Faults of files, of the key, and of the command line.

use super::Change::{Added, Arguments, File, KeyVariable, Many, NoFile, One};
use super::faults;

const HTTPS: (&str, &str) = ("public_url", "\"https://relay.example\"");
const CERT: (&str, &str) = ("tls.cert_file", "\"{CERT}\"");
const KEY: (&str, &str) = ("tls.key_file", "\"{KEY}\"");
const NO_VARIABLE: (&str, &str) = ("regions.test.key_env", "");

/// The key is in a file of the case's folder; see `start_up::write_files`.
macro_rules! key_file {
    ($name:literal) => {
        Many(&[NO_VARIABLE, ("regions.test.key_file", concat!("\"{FOLDER}/", $name, "\""))])
    };
}

faults! {
    // The configuration file as such.
    Added("listen = \"127.0.0.1:1\"\n") => ["relay.toml"]:
        ["duplicate key"] ["duplicate config key"] ["key twice"] ["key listed twice"]
        ["key", "twice", "!token", "!invite"] ["setting twice"];
    File(b"{\"listen\": 1}\n") => ["relay.toml"]:
        ["not toml"] ["bad toml"] ["broken toml"] ["invalid toml"] ["toml", "syntax"] ["toml syntax error"];
    File(b"listen = \"\xff\"\n") => ["relay.toml"]:
        ["not utf-8"] ["not valid utf-8"] ["non-utf-8"] ["invalid utf-8"];
    File(b"") => ["regions"]: ["empty config"] ["config", "empty file"] ["config file empty"];
    File(b"listen = \"127.0.0.1:17998\"\n") => ["regions"]:
        ["no region"] ["no region configured"] ["without region"] ["without a region"];
    NoFile => ["nowhere.toml"]:
        ["config file missing"] ["config", "missing file"] ["no config file"] ["config file", "does not exist"];
    Arguments(&["--frobnicate"]) => ["--frobnicate"]:
        ["unknown flag"] ["unknown command line flag"] ["unknown command line option"] ["unknown option"]
        ["unknown argument"];

    // The relay's key.
    One("regions.test.key_env", "\"NOBODY_SET_THIS\"") => ["regions.test.key_env"]:
        ["key", "not set"] ["variable", "key", "not set"] ["key env variable", "not set"] ["key variable missing"];
    KeyVariable("") => ["regions.test.key_env"]:
        ["key variable", "empty"] ["key env variable empty"] ["variable", "key", "empty"] ["empty key"]
        ["key empty"];
    KeyVariable("   ") => ["regions.test.key_env"]: ["key", "spaces"] ["key", "blank"];
    KeyVariable("sk-canary-argument\n0123456789") => ["regions.test.key_env"]:
        ["key", "newline"] ["key", "newline inside"] ["key", "line break"];
    KeyVariable("sk-canary-argument-schl\u{fc}ssel") => ["regions.test.key_env"]:
        ["key", "non-ascii"] ["key", "non-ascii", "characters"] ["key", "not ascii"] ["key", "umlaut"];
    Many(&[NO_VARIABLE, ("regions.test.key", "\"sk-canary-argument-0123456789\"")]) => ["regions.test.key", "key_env"]:
        ["key in the config file"] ["api key in the config file"] ["key written in the config"]
        ["key", "written in the config"] ["key written into the config"] ["key in the configuration"];
    One("regions.test.key_env", "\"sk-canary-argument-0123456789\"") => ["regions.test.key_env"]:
        ["key as key_env"] ["key given as key_env", "name"] ["key itself", "key_env"] ["key given as key_env"]
        ["key in key_env"] ["key as the name of the variable"];
    One("regions.test.key_env", "") => ["regions.test.key", "key_env"]:
        ["server key", "without key_env"] ["neither key_env nor key_file"] ["server key", "no key"];
    One("regions.test.key_file", "\"{FOLDER}/key-0600\"") => ["regions.test.key", "key_file"]:
        ["key_env and key_file"] ["both key_env", "key_file"];
    key_file!("nowhere") => ["regions.test.key_file"]:
        ["key file missing"] ["missing key file"] ["key file", "does not exist"];
    key_file!("key-folder") => ["regions.test.key_file"]:
        ["key file", "directory"] ["key file", "folder"];
    key_file!("key-empty") => ["regions.test.key_file"]:
        ["key file empty"] ["empty key file"] ["key file", "is empty"];
    key_file!("key-two-lines") => ["regions.test.key_file"]: ["key file", "two lines"] ["key file", "second line"];
    key_file!("key-0644") => ["regions.test.key_file"]:
        ["key file", "0644"] ["key file readable by others", "0644"] ["key file", "world-readable"]
        ["key file", "world-readable", "0644"] ["key file", "readable by others"];
    key_file!("key-0640") => ["regions.test.key_file"]:
        ["key file", "0640"] ["key file", "group-readable", "0640"] ["key file", "group-readable"]
        ["key file", "mode 0640"];
    key_file!("key-0604") => ["regions.test.key_file"]: ["key file", "0604"] ["key file", "mode 0604"];
    key_file!("key-0660") => ["regions.test.key_file"]:
        ["key file", "0660"] ["key file", "mode 0660"] ["key file", "group-writable"];

    // Places.
    One("state_dir", "\"{FOLDER}/plain-file\"") => ["state_dir"]:
        ["state dir", "is a file"] ["state_dir", "is a file"] ["state dir", "regular file"]
        ["state_dir", "regular file"];
    Many(&[
        ("keep_pictures", "true"), ("state_dir", ""), ("access.invites", ""), ("access.images_per_day", ""), NO_VARIABLE,
        ("regions.test.key", "\"passthrough\""), ("regions.test.models", ""), ("regions.test.max_images", ""),
    ]) => ["keep_pictures", "state_dir"]:
        ["keep_pictures", "without", "state"] ["keep_pictures", "without", "state_dir"]
        ["pictures", "without", "state"];
    One("static_dir", "\"{FOLDER}/nowhere\"") => ["static_dir"]:
        ["static dir", "missing"] ["static_dir", "missing"] ["static dir", "does not exist"];

    // Certificates.
    Many(&[HTTPS, ("tls.cert_file", "\"{FOLDER}/nowhere.pem\""), KEY]) => ["tls.cert_file"]:
        ["tls certificate missing"] ["tls", "certificate", "missing"] ["tls cert missing"];
    Many(&[HTTPS, CERT, ("tls.key_file", "\"{FOLDER}/nowhere.pem\"")]) => ["tls.key_file"]:
        ["tls key missing"] ["tls key file missing"];
    Many(&[HTTPS, CERT]) => ["tls", "key_file"]:
        ["tls", "certificate without key"] ["tls", "without key"] ["tls", "no key"];
    Many(&[HTTPS, CERT, ("tls.key_file", "\"{FOLDER}/other-key.pem\"")]) => ["tls.key_file"]:
        ["tls key does not fit the certificate"] ["tls", "not fit"] ["tls", "mismatch"]
        ["tls key", "certificate", "mismatch"] ["tls", "does not match"] ["tls", "not match"]
        ["tls", "certificate", "key", "not match"]
        ["tls key", "does not match", "certificate"];
    Many(&[HTTPS, CERT, ("tls.key_file", "\"{FOLDER}/open-key.pem\"")]) => ["tls.key_file"]:
        ["tls", "0644"] ["tls key", "readable by others"] ["tls key", "world-readable"] ["tls key file", "0644"]
        ["0644 key"];
    Many(&[HTTPS, ("tls.cert_file", "\"{FOLDER}/junk.pem\""), KEY]) => ["tls.cert_file"]:
        ["tls certificate", "junk"] ["tls", "not pem"] ["tls certificate", "invalid"];
    Many(&[CERT, KEY, ("public_url", "\"http://relay.example\"")]) => ["public_url"]:
        ["tls", "http public_url"] ["tls", "public_url", "http"];
    One("ca_file", "\"{FOLDER}/nowhere.pem\"") => ["ca_file"]:
        ["ca file missing"] ["ca_file missing"] ["missing ca file"] ["ca file", "does not exist"];
    One("ca_file", "\"{FOLDER}/junk.pem\"") => ["ca_file"]:
        ["ca file without certificate"] ["ca file", "junk"] ["ca_file", "junk"] ["ca junk"]
        ["ca file", "not a certificate"] ["ca", "no certificate"] ["ca file holds no certificate"];
    One("ca_file", "\"{FOLDER}/empty.pem\"") => ["ca_file"]: ["ca file empty"] ["empty ca file"];
}
