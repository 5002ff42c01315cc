//! `beseda:` links from outside (a browser, a mail) on their way to the page.
//!
//! Not here: what a link leads to. The page asks the core, and does nothing that the person has not confirmed.

use std::sync::{Mutex, PoisonError};

use tauri::{State, ipc::Channel};

#[derive(Default)]
pub struct Links(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    page: Option<Channel<String>>,
    /// Came before the page asked. One at a time is opened: a later one takes its place.
    waiting: Option<String>,
}

impl Links {
    pub fn offer(&self, link: &str) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = inner.page.as_ref().is_some_and(|page| page.send(link.to_owned()).is_ok());
        if !sent {
            inner.waiting = Some(link.to_owned());
        }
    }

    fn give_to(&self, page: Channel<String>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(link) = inner.waiting.take()
            && page.send(link.clone()).is_err()
        {
            inner.waiting = Some(link);
        }
        // A page that was loaded anew asks again.
        inner.page = Some(page);
    }
}

/// Sends links through `channel` from now on, and the one that came before.
#[tauri::command]
pub fn follow_links(links: State<'_, Links>, channel: Channel<String>) {
    links.give_to(channel);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn page(got: &Arc<Mutex<Vec<String>>>) -> Channel<String> {
        let got = Arc::clone(got);
        Channel::new(move |body| {
            got.lock().unwrap().push(body.deserialize().unwrap());
            Ok(())
        })
    }

    #[test]
    fn the_last_link_before_the_page_and_each_one_after_it_come_once() {
        let (links, got) = (Links::default(), Arc::default());
        links.offer("beseda:join/1");
        links.offer("beseda:join/2");
        links.give_to(page(&got));
        links.offer("beseda:join/3");
        assert_eq!(*got.lock().unwrap(), ["beseda:join/2", "beseda:join/3"]);

        let anew = Arc::default();
        links.give_to(page(&anew));
        links.offer("beseda:join/4");
        assert_eq!(got.lock().unwrap().len(), 2);
        assert_eq!(*anew.lock().unwrap(), ["beseda:join/4"]);
    }
}
