//! Every tool we need beside rustup, with its version: the one place to change one.

use crate::npm_tools::NpmSet;

/// A tool published as a crate: taken from PATH when the version fits, else built once into the user's cache.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The crate's name.
    pub(crate) name: &'static str,
    pub(crate) version: Version,
    /// Programs the crate installs; all must be there.
    pub(crate) programs: &'static [&'static str],
    /// Whether to build with the versions its author tested.
    pub(crate) locked: bool,
}

#[derive(Debug)]
pub(crate) enum Version {
    Exact(&'static str),
    /// The version of this library in Cargo.lock.
    OfLibrary(&'static str),
}

/// Builds and serves the studio. Newer ones need a newer compiler than our `rust-version`.
pub(crate) const TRUNK: Tool =
    Tool { name: "trunk", version: Version::Exact("0.21.14"), programs: &["trunk"], locked: true };

/// Makes the JS glue; must equal the library's version exactly.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen-cli",
    version: Version::OfLibrary("wasm-bindgen"),
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    // Its lock file names a release of webpki-roots that not every registry mirror still has.
    locked: false,
};

/// Licences, sources and advisories of dependencies.
pub(crate) const CARGO_DENY: Tool =
    Tool { name: "cargo-deny", version: Version::Exact("0.20.2"), programs: &["cargo-deny"], locked: true };

/// Runs fuzz targets.
pub(crate) const CARGO_FUZZ: Tool =
    Tool { name: "cargo-fuzz", version: Version::Exact("0.13.2"), programs: &["cargo-fuzz"], locked: true };

/// The compiler they are built with, as rustup calls it.
pub(crate) const FUZZ_TOOLCHAIN: &str = "nightly";

/// Makes the wasm a third smaller, by name of the npm package. Debian's version 108 is no substitute: it exports
/// the wrong table, and the page does not start. Trunk.toml names the same version for `trunk build` alone.
pub(crate) const WASM_OPT: NpmTool =
    NpmTool { package: "binaryen", version: "132.0.0", release: "132", program: "wasm-opt" };

/// Makes the JS glue half as long: Trunk's own minifier cannot read it.
pub(crate) const ESBUILD: NpmTool =
    NpmTool { package: "esbuild", version: "0.28.2", release: "0.28.2", program: "esbuild" };

/// A tool published on npm, from the user's cache.
#[derive(Debug)]
pub(crate) struct NpmTool {
    pub(crate) package: &'static str,
    /// The package's version.
    pub(crate) version: &'static str,
    /// What the program itself calls it.
    pub(crate) release: &'static str,
    pub(crate) program: &'static str,
}

/// What builds and judges the npm package, and the packages it is measured beside.
pub(crate) const PACKAGE_TOOLS: NpmSet = NpmSet {
    name: "package-tools",
    packages: &[
        "esbuild@0.28.2",
        "publint@0.3.25",
        "@arethetypeswrong/cli@0.18.5",
        "openai@7.57.0",
        "@fal-ai/client@1.10.1",
        "replicate@1.4.0",
    ],
};

/// The browser, its driver, and a font with Chinese letters, as Debian names them.
pub(crate) const BROWSER_PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-noto-cjk"];

/// The Python that runs the vendor's SDK.
pub(crate) const PYTHON_PACKAGES: &[&str] = &["python3", "python3-venv"];

/// What the programs that requests become are tried with; Rust and Python are here anyway.
pub(crate) const CODE_PACKAGES: &[&str] = &["curl", "default-jdk-headless", "nodejs", "ksh", "zsh"];

/// A server of Debian's, which is only unpacked: its program, relative to the root.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) program: &'static str,
}

/// The proxies that `deploy/` has recipes for. The oldest versions they are written for are those of Debian 12.
pub(crate) const NGINX: Package = Package { name: "nginx", program: "usr/sbin/nginx" };
pub(crate) const CADDY: Package = Package { name: "caddy", program: "usr/bin/caddy" };

/// The vendor's SDK: the newest, and the newest of the line most code in the wild still uses.
pub(crate) const DASHSCOPE_VERSIONS: &[&str] = &["2.0.2", "1.25.15"];

#[cfg(test)]
mod tests {
    use crate::workspace::Workspace;

    #[test]
    fn trunk_alone_uses_the_same_wasm_opt() {
        let text = std::fs::read_to_string(Workspace::load().unwrap().root.join("Trunk.toml")).unwrap();
        let trunk: toml::Table = text.parse().unwrap();
        let expected = format!("version_{}", super::WASM_OPT.release);
        assert_eq!(trunk["tools"]["wasm_opt"].as_str(), Some(expected.as_str()));
    }
}
