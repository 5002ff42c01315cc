//! Where results go: stdout, one JSON object a line, or lines for people.

use std::io::{BufWriter, Stdout, Write as _};

use serde::Serialize;

use crate::failure::Result;

pub struct Output {
    json: bool,
    out: BufWriter<Stdout>,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json, out: BufWriter::new(std::io::stdout()) }
    }

    /// Prints one result: `value` for scripts, or `text` for people; an empty text prints nothing.
    ///
    /// # Errors
    /// When stdout is closed or full.
    pub fn result(&mut self, value: &impl Serialize, text: &str) -> Result<()> {
        if self.json {
            serde_json::to_writer(&mut self.out, value).map_err(std::io::Error::from)?;
            self.out.write_all(b"\n")?;
        } else if !text.is_empty() {
            writeln!(self.out, "{text}")?;
        }
        Ok(())
    }

    /// Prints a line that only people get.
    ///
    /// # Errors
    /// When stdout is closed or full.
    pub fn remark(&mut self, text: &str) -> Result<()> {
        if !self.json {
            writeln!(self.out, "{text}")?;
        }
        Ok(())
    }

    /// # Errors
    /// When stdout is closed or full.
    pub fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }
}

/// Text that others wrote, made safe to show: control characters would let them steer the terminal.
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{FFFD}' } else { c }).collect()
}

/// The same on one line.
pub fn shown_line(text: &str) -> String {
    shown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_steers_the_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\r\u{9b}\tc\nd"), "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}\tc\nd");
        assert_eq!(shown_line("a\n b\u{7}"), "a b\u{FFFD}");
        assert_eq!(shown("שלום 👋🏽 привет"), "שלום 👋🏽 привет");
    }
}
