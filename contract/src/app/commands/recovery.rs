//! For the day on which all devices are lost.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use beseda_core::{Core, Options, recovering::Recovering};

use super::{super::Inner, Answer, Handle, unlock_with};
use crate::{
    ApiError, Code,
    api::{BackUp, CancelRecovering, Done, GetRecoveryWords, KeepWords, Recover, RecoveryWords, Restore},
    app::convert,
    view::Me,
};

impl Handle<GetRecoveryWords> for Inner {
    async fn handle(self: &Arc<Self>, _: GetRecoveryWords) -> Answer<RecoveryWords> {
        let core = self.core().await?;
        if core.words_kept().await? {
            return Ok(RecoveryWords { words: vec![] });
        }
        let words = core.recovery_words().await?;
        Ok(RecoveryWords { words: words.split(' ').map(str::to_owned).collect() })
    }
}

impl Handle<KeepWords> for Inner {
    async fn handle(self: &Arc<Self>, keep: KeepWords) -> Answer<Done> {
        let place = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        let said: Vec<_> = keep.said.into_iter().map(|said| (place(said.place), said.word)).collect();
        self.core().await?.keep_words(&said).await?;
        Ok(Done {})
    }
}

impl Handle<Recover> for Inner {
    async fn handle(self: &Arc<Self>, recover: Recover) -> Answer<Me> {
        if self.core().await.is_ok() {
            return Err(beseda_core::Error::AccountExists.into());
        }
        let recovering = Recovering::begin(&recover.words, &recover.relay, recover.invite.as_deref())?;
        let unlock = unlock_with(recover.key)?;
        let options = Options::default();
        let recovered = tokio::select! {
            recovered = recovering.fetch((options.clock)()) => recovered.map_err(convert::sync_error)?,
            () = self.stop_recovering.notified() => {
                return Err(ApiError::new(Code::NotAnswered, "the person went back"));
            }
        };
        let core = Core::recover(&self.config.profile, recovered, unlock, options).await?;
        let me = convert::me(&core).await?;
        self.run(core).await?;
        Ok(me)
    }
}

impl Handle<CancelRecovering> for Inner {
    async fn handle(self: &Arc<Self>, _: CancelRecovering) -> Answer<Done> {
        self.stop_recovering.notify_waiters();
        Ok(Done {})
    }
}

impl Handle<BackUp> for Inner {
    async fn handle(self: &Arc<Self>, back_up: BackUp) -> Answer<Done> {
        self.core().await?.back_up(&at_home(&back_up.file)?, &back_up.passphrase).await?;
        Ok(Done {})
    }
}

impl Handle<Restore> for Inner {
    async fn handle(self: &Arc<Self>, restore: Restore) -> Answer<Me> {
        if self.core().await.is_ok() {
            return Err(beseda_core::Error::AccountExists.into());
        }
        let unlock = unlock_with(restore.key)?;
        let file = at_home(&restore.file)?;
        let core =
            Core::restore(&self.config.profile, &file, &restore.passphrase, unlock, Options::default())
                .await?;
        let me = convert::me(&core).await?;
        self.run(core).await?;
        Ok(me)
    }
}

/// As a person types a path: in their home directory, unless it says otherwise.
pub(super) fn at_home(file: &str) -> Answer<PathBuf> {
    let file = file.trim();
    if file.is_empty() {
        return Err(ApiError::new(Code::BadText, "name a file"));
    }
    let below = file.strip_prefix("~/").or_else(|| file.strip_prefix("~\\")).unwrap_or(file);
    let below = Path::new(below);
    match std::env::home_dir() {
        Some(home) => Ok(home.join(below)),
        None if below.is_absolute() => Ok(below.to_owned()),
        None => Err(ApiError::new(Code::BadText, "there is no home directory: write the whole path")),
    }
}
