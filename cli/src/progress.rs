//! How far a long piece of work has come: a bar on stderr, where a person looks at it.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::{Arc, Mutex, PoisonError},
};

use beseda_core::Report;

/// Of the bar, in characters.
const WIDTH: usize = 30;

#[derive(Clone)]
pub struct Bar {
    what: &'static str,
    /// What stands on the terminal, in percent; `None`: nothing.
    drawn: Arc<Mutex<Option<usize>>>,
}

impl Bar {
    pub fn new(what: &'static str) -> Self {
        Self { what, drawn: Arc::default() }
    }

    /// Draws on a terminal; elsewhere it says nothing.
    pub fn report(&self) -> Report {
        if !std::io::stderr().is_terminal() {
            return beseda_core::unreported();
        }
        let bar = self.clone();
        Arc::new(move |done, total| bar.draw(done, total))
    }

    fn draw(&self, done: usize, total: usize) {
        let percent = (done * 100).checked_div(total).unwrap_or(100);
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.replace(percent) != Some(percent) {
            // A bar that cannot be drawn keeps nobody from the work.
            let _ = write!(std::io::stderr(), "\r{}", line(self.what, percent));
        }
    }

    /// Stays until the work ends; `None`: somebody stopped it.
    pub async fn during<T>(
        &self,
        work: impl Future<Output = T>,
        stop: impl Future<Output = ()>,
    ) -> Option<T> {
        let ended = tokio::select! {
            biased;
            () = stop => None,
            ended = work => Some(ended),
        };
        self.clear();
        ended
    }

    /// Takes it away.
    pub fn clear(&self) {
        if self.drawn.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(what: &str, percent: usize) -> String {
    let full = WIDTH * percent / 100;
    format!("{what} [{}{}] {percent:>3} %", "#".repeat(full), ".".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_up() {
        assert_eq!(line("Looking", 0), "Looking [..............................]   0 %");
        assert_eq!(line("Looking", 50), "Looking [###############...............]  50 %");
        assert_eq!(line("Looking", 100), "Looking [##############################] 100 %");
    }
}
