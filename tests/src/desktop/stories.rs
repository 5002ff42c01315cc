//! Several stories in the same windows: opening a window costs more than most of what a person does in it. Each story is
//! told under its own name, and one that fails does not keep the next from being told.

use std::{fmt::Write as _, future::Future, time::Instant};

use anyhow::{Result, bail};

use super::Window;

/// After so many failures the windows are in a state that says nothing about the rest.
const ENOUGH: usize = 3;

/// Stories of one scene, in order.
pub struct Stories {
    scene: &'static str,
    told: usize,
    failed: Vec<String>,
    left_out: Vec<&'static str>,
}

impl Stories {
    #[must_use]
    pub fn of(scene: &'static str) -> Self {
        Self { scene, told: 0, failed: vec![], left_out: vec![] }
    }

    /// Tells a story to its end; `None` where it failed. Whatever it left open in the windows of `people` is closed then.
    pub async fn tell<T>(
        &mut self,
        name: &'static str,
        people: &[&Window],
        story: impl Future<Output = Result<T>>,
    ) -> Option<T> {
        if self.failed.len() >= ENOUGH {
            self.left_out.push(name);
            return None;
        }
        let started = Instant::now();
        let outcome = Box::pin(self::whole(people, story)).await;
        let took = started.elapsed().as_secs_f32();
        match outcome {
            Ok(value) => {
                println!("story {}: {name} ... ok ({took:.1} s)", self.scene);
                self.told += 1;
                Some(value)
            }
            Err(error) => {
                println!("story {}: {name} ... FAILED ({took:.1} s)\n{error:#}", self.scene);
                self.failed.push(format!("{name}: {error:#}"));
                for person in people {
                    // It failed already; the next one says if this is no ground to begin on.
                    let _ = person.leave_everything().await;
                }
                None
            }
        }
    }

    /// # Errors
    /// When a story failed: with the names and reasons of all that did.
    pub fn end(self) -> Result<()> {
        if self.failed.is_empty() {
            println!("{}: {} stories", self.scene, self.told);
            return Ok(());
        }
        let mut said = format!("{}: {} stories failed", self.scene, self.failed.len());
        for failure in &self.failed {
            write!(said, "\n\n{failure}")?;
        }
        if !self.left_out.is_empty() {
            write!(said, "\n\nnot told any more: {}", self.left_out.join(", "))?;
        }
        bail!(said)
    }
}

/// The story, and that no window complained meanwhile.
async fn whole<T>(people: &[&Window], story: impl Future<Output = Result<T>>) -> Result<T> {
    let value = story.await?;
    for person in people {
        person.assert_no_complaint().await?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_story_that_fails_is_named_and_the_others_are_told() {
        let mut stories = Stories::of("a scene");
        assert_eq!(stories.tell("the first", &[], async { Ok(1) }).await, Some(1));
        assert_eq!(
            stories.tell("the second", &[], async { bail!("a door was locked") as Result<()> }).await,
            None
        );
        assert_eq!(stories.tell("the third", &[], async { Ok(3) }).await, Some(3));
        let said = stories.end().unwrap_err().to_string();
        assert!(said.contains("the second: a door was locked"), "{said}");
        assert!(!said.contains("the third"), "{said}");
    }

    #[tokio::test]
    async fn after_enough_failures_the_rest_is_left_out() {
        let mut stories = Stories::of("a scene");
        for name in ["one", "two", "three"] {
            let _: Option<()> = stories.tell(name, &[], async { bail!("no") }).await;
        }
        assert_eq!(stories.tell("four", &[], async { Ok(()) }).await, None);
        assert!(stories.end().unwrap_err().to_string().contains("not told any more: four"));
    }
}
