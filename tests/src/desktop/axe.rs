//! Accessibility: axe-core run inside the real webview.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{root, window::Window};

impl Window {
    /// Looks for violations on the screen as it is now; `screen` names it in the error.
    ///
    /// # Errors
    /// When there are any, or axe-core is not installed.
    pub async fn assert_accessible(&self, screen: &str) -> Result<()> {
        let path = root().join("ui/node_modules/axe-core/axe.min.js");
        let source = fs::read_to_string(&path)
            .with_context(|| format!("{} is missing: run `cargo xtask setup`", path.display()))?;
        // What is still fading in has no contrast yet, and what is fading out is no longer meant to be read.
        self.stand_still().await?;
        self.script(&format!("if (!window.axe) {{ {source} }}"), vec![]).await?;
        let run = "const done = arguments[arguments.length - 1];
            // An open menu lies beside the landmarks, holds the focus, and leaves at Escape.
            const rules = { region: { enabled: !document.querySelector('.menu') } };
            axe.run(document, { resultTypes: ['violations'], rules }).then(
                (found) => done(found.violations.map((one) =>
                    `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => node.html).join(' | ')}`)),
                (error) => done([`axe failed: ${error}`]));";
        let found = self.driver().execute_async(run, Vec::new()).await.context("axe")?;
        let found: Vec<Value> = found.convert()?;
        if !found.is_empty() {
            let lines: Vec<&str> = found.iter().filter_map(Value::as_str).collect();
            bail!("{}: {screen} has accessibility violations:\n{}", self.name(), lines.join("\n"));
        }
        Ok(())
    }
}
