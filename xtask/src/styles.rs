//! One style sheet instead of many: one request on the first visit, and text that compresses better together.
//!
//! The sources stay apart, one file for each concern; Trunk copies them one by one.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// Puts the style sheets that `index.html` links into one file, in their order.
pub(crate) fn bundle(dist: &Path) -> Result<()> {
    let page = dist.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("read {}", page.display()))?;
    let links = stylesheets(&html);
    let mut styles = String::new();
    for link in &links {
        let file = dist.join(link.href.trim_start_matches('/'));
        styles += &fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        styles.push('\n');
    }
    let name = format!("studio-{:016x}.css", fingerprint(&styles));
    fs::write(dist.join(&name), styles)?;
    fs::write(&page, relinked(&html, &links, &name))?;
    for link in &links {
        fs::remove_file(dist.join(link.href.trim_start_matches('/')))?;
    }
    Ok(())
}

/// A `<link rel=stylesheet>`: the whole tag, and what it points to.
#[derive(Debug, PartialEq, Eq)]
struct Link<'a> {
    tag: &'a str,
    href: &'a str,
}

fn stylesheets(html: &str) -> Vec<Link<'_>> {
    html.match_indices("<link")
        .filter_map(|(start, _)| {
            let tag = html[start..].split_inclusive('>').next()?;
            let is_stylesheet = attribute(tag, "rel") == Some("stylesheet");
            Some(Link { tag, href: attribute(tag, "href")? }).filter(|_| is_stylesheet)
        })
        .collect()
}

/// The value of an attribute, in quotes or, as the minifier writes it, without.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let value = tag.split_once(&format!(" {name}="))?.1;
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([' ', '>']).next(),
    }
}

fn relinked(html: &str, links: &[Link<'_>], name: &str) -> String {
    let mut html = html.to_owned();
    for (index, link) in links.iter().enumerate() {
        let new = if index == 0 { format!("<link rel=stylesheet href=/{name}>") } else { String::new() };
        html = html.replacen(link.tag, &new, 1);
    }
    html
}

/// Names the file by its content, so that browsers may keep it for good.
fn fingerprint(styles: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    styles.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<link href=/icon.svg rel=icon><link href=/a-1.css rel=stylesheet><link rel="stylesheet" href="/b-2.css"><script></script>"#;

    #[test]
    fn style_sheets_are_found_with_and_without_quotes() {
        let found: Vec<_> = stylesheets(PAGE).iter().map(|link| link.href).collect();
        assert_eq!(found, ["/a-1.css", "/b-2.css"]);
    }

    #[test]
    fn one_link_stands_where_the_first_stood() {
        let html = relinked(PAGE, &stylesheets(PAGE), "studio-0.css");
        assert_eq!(
            html,
            "<link href=/icon.svg rel=icon><link rel=stylesheet href=/studio-0.css><script></script>"
        );
    }

    #[test]
    fn the_order_of_the_sources_is_kept() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("index.html"), PAGE)?;
        fs::write(folder.path().join("a-1.css"), "a{}")?;
        fs::write(folder.path().join("b-2.css"), "b{}")?;
        bundle(folder.path())?;
        let html = fs::read_to_string(folder.path().join("index.html"))?;
        let [link] = stylesheets(&html).try_into().unwrap();
        let Link { href, .. } = link;
        assert_eq!(fs::read_to_string(folder.path().join(href.trim_start_matches('/')))?, "a{}\nb{}\n");
        assert!(!folder.path().join("a-1.css").exists());
        Ok(())
    }
}
