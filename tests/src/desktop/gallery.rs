//! Every screen and state of the window as pictures, in both languages and themes, on one page: `target/gallery`.
//!
//! Reading order: [`scene`] (what a scene is), `scenes` (all of them), `content` and `company` (who is in them), `stage` (how
//! one is played), `page` (what a reviewer opens). Two windows are not started for two themes: the page changes as it does
//! when a person changes it. A language has a world of its own, whose people speak it.
//!
//! Not here: whether it works. Stories ask that (`tests/tests/desktop`); a scene only must come about, and axe look at it.

mod company;
mod content;
mod held;
mod page;
mod portraits;
mod relay;
pub mod scene;
mod scenes;
mod stage;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use beseda_core::{Core, NewProfile, store::Unlock};
use beseda_protocol::membership::ChatKind;

use super::{Window, fresh_output, programs};
use company::{BEGINNING, Company, LAPTOP, LOST, options};
use content::{Content, Language, ME};
use page::{Picture, Shown};
use relay::{OwnRelay, Relays, Time};
use scene::{Act, Scene, Stand};
use scenes::{ACTS, PARTS};
use stage::Stage;

/// Renders the scenes of these names in these languages (as `en`), all of each for none, into `target/gallery`; where the
/// page is.
///
/// # Errors
/// When there is no such scene, a scene does not come about, or axe finds something: the page shows what.
pub async fn render(only: &[String], languages: &[String]) -> Result<PathBuf> {
    let names = || ACTS.iter().flat_map(|act| act.scenes).map(|scene| scene.name);
    for name in only {
        ensure!(
            names().any(|one| one == name),
            "there is no scene {name:?}; there are {}",
            names().collect::<Vec<_>>().join(", ")
        );
    }
    let started = Instant::now();
    let whole = only.is_empty() && languages.is_empty();
    let dir = if whole { fresh_output("gallery")? } else { programs::target()?.join("gallery") };
    std::fs::create_dir_all(&dir)?;
    let mut gallery = Gallery { dir, only, started, shown: Vec::new() };
    let spoken =
        |language: &Language| languages.is_empty() || languages.iter().any(|one| one == language.code());
    for language in Language::ALL.into_iter().filter(spoken) {
        gallery.in_language(language).await.with_context(|| format!("the gallery in {language:?}"))?;
    }
    page::write(&gallery.dir, &gallery.shown)?;
    let troubles: Vec<String> = gallery
        .shown
        .iter()
        .flat_map(|shown| shown.troubles.iter().map(|trouble| format!("{}: {trouble}", shown.scene.name)))
        .collect();
    let page = gallery.dir.join("index.html");
    if !troubles.is_empty() {
        bail!("{} is written, and this is wrong:\n{}", page.display(), troubles.join("\n"));
    }
    Ok(page)
}

struct Gallery<'a> {
    dir: PathBuf,
    only: &'a [String],
    started: Instant,
    shown: Vec<Shown>,
}

impl Gallery<'_> {
    fn wants(&self, scene: &Scene) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == scene.name)
    }

    fn say(&self, what: &str) {
        println!("[{:>6.1} s] {what}", self.started.elapsed().as_secs_f32());
    }

    async fn in_language(&mut self, language: Language) -> Result<()> {
        let content = Content::of(language)?;
        let world = tempfile::tempdir().context("no temporary directory can be made")?;
        let world = world.path();
        let time = Time::default();
        time.set(BEGINNING);
        let mut relays = Relays::start(world, &time).await?;
        let wanted = |act: &&Act| act.scenes.iter().any(|scene| self.wants(scene));
        let acts: Vec<(usize, &'static Act)> =
            ACTS.iter().enumerate().filter(|(_, act)| wanted(act)).collect();

        let link = strangers_link(&relays.home, &time, world).await?;
        let lived =
            acts.iter().any(|(_, act)| matches!(act.stand, Stand::Home | Stand::Laptop | Stand::Removed));
        if lived {
            self.say(&format!("{language:?}: what was said in the last days"));
            let mut company = Company::gather(&content, &time, &relays.home, world).await?;
            company.knock(&link).await?;
            company.live().await?;
            company.arrange().await?;
            company.ask().await?;
            company.lose().await?;
            company.carry().await?;
            company.part().await;
        }
        time.set(0);

        let mut home: Option<Window> = None;
        for (number, act) in acts {
            match act.stand {
                Stand::Home => {
                    if home.is_none() {
                        let window = self.open(content.name(ME)?, world, &relays.home).await?;
                        // It is a scene of its own, and would stand in all others.
                        window.click("reminder-dismiss").await?;
                        home = Some(window);
                    }
                    let window = home.as_ref().context("it was just opened")?;
                    let stage = Stage::set(window, &mut relays, world, &content, language, &link).await?;
                    self.act(number, act, stage).await?;
                }
                Stand::Fresh | Stand::Laptop | Stand::Removed => {
                    let profile = match act.stand {
                        Stand::Laptop => LAPTOP,
                        Stand::Removed => LOST,
                        _ => "Fresh",
                    };
                    let window = self.open(profile, world, &relays.home).await?;
                    let stage = Stage::set(&window, &mut relays, world, &content, language, &link).await?;
                    self.act(number, act, stage).await?;
                    window.kill();
                }
                Stand::Taken => {
                    let first = self.open("Taken", world, &relays.home).await?;
                    first.create_account(&relays.home.url()).await?;
                    let second = self.open("Taken", world, &relays.home).await?;
                    let stage = Stage::set(&second, &mut relays, world, &content, language, &link).await?;
                    self.act(number, act, stage).await?;
                    second.kill();
                    first.kill();
                }
            }
        }
        if let Some(home) = home {
            home.kill();
        }
        relays.stop().await
    }

    async fn open(&self, person: &str, world: &Path, relay: &OwnRelay) -> Result<Window> {
        Window::open(person, world, &relay.url(), world).await
    }

    /// Plays the scenes of an act; one that does not come about is told on the page, and the others go on.
    async fn act(&mut self, number: usize, act: &'static Act, mut stage: Stage<'_>) -> Result<()> {
        self.say(&format!("{:?}: {}", stage.language, PARTS[number]));
        for scene in act.scenes {
            let wanted = self.wants(scene);
            if !wanted && !scene.leads {
                continue;
            }
            let mut troubles = Vec::new();
            let mut pictures = Vec::new();
            if let Err(error) = self.photograph(scene, wanted, &mut stage, &mut pictures, &mut troubles).await
            {
                let failed = self.dir.join(format!("{}-{}-failed.png", scene.name, stage.language.code()));
                stage.keep_failure(&failed).await?;
                self.say(&format!("  {} failed: {error:#}", scene.name));
                troubles.push(format!("{}: {error:#}\n{}", stage.language.code(), failed.display()));
                stage.clear().await?;
            }
            if wanted || !troubles.is_empty() {
                self.keep(scene, PARTS[number], pictures, troubles);
            }
        }
        Ok(())
    }

    async fn photograph(
        &self,
        scene: &'static Scene,
        wanted: bool,
        stage: &mut Stage<'_>,
        pictures: &mut Vec<Picture>,
        troubles: &mut Vec<String>,
    ) -> Result<()> {
        stage.play(scene.steps).await?;
        let size_of_steps = stage.size();
        if wanted {
            for size in scene.sizes.all() {
                for (theme, picture) in stage.look(scene.name, *size, troubles).await? {
                    let language = stage.language.code();
                    let file = format!("{}-{language}-{theme}{}.png", scene.name, size.name);
                    std::fs::write(self.dir.join(&file), picture)?;
                    let variant = format!("{language} {theme}{}", size.name.replace('-', " "));
                    pictures.push(Picture { file, variant, size: *size });
                }
            }
        }
        stage.resize(size_of_steps).await?;
        stage.play(scene.leave).await?;
        stage.clear().await
    }

    /// The pictures of both languages stand together.
    fn keep(
        &mut self,
        scene: &'static Scene,
        part: &'static str,
        pictures: Vec<Picture>,
        troubles: Vec<String>,
    ) {
        match self.shown.iter_mut().find(|shown| shown.scene.name == scene.name) {
            Some(shown) => {
                shown.pictures.extend(pictures);
                shown.troubles.extend(troubles);
            }
            None => self.shown.push(Shown { scene, part, pictures, troubles }),
        }
    }
}

/// An invitation of somebody who is not there any more.
async fn strangers_link(relay: &OwnRelay, time: &Time, world: &Path) -> Result<String> {
    let new = NewProfile { name: "Mia".to_owned(), relay: relay.url(), invite: None, unlock: Unlock::File };
    let core = Core::create(&world.join("stranger"), new, options(time)).await?;
    let chat = core.create_chat(ChatKind::Group, "Garden", "", "").await?;
    core.sync().await?;
    let link = core.invite(chat.number).await?;
    core.close().await;
    Ok(link)
}
