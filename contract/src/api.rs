//! Commands and queries: name, arguments, result.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{ChatKind, ChatRow, KeyChoice, Me, MemberRow, Start, SyncStatus, TimelineSnapshot};
use crate::{ApiError, Code, app::Inner};

/// A command or query: arguments in, result out.
pub trait Command: Serialize + for<'de> Deserialize<'de> + TS {
    type Result: Serialize + for<'de> Deserialize<'de> + TS;
    const NAME: &'static str;
}

/// What a command does; every command has one.
pub(crate) trait Handle<C: Command> {
    fn handle(
        self: &std::sync::Arc<Self>,
        arguments: C,
    ) -> impl Future<Output = Result<C::Result, ApiError>> + Send;
}

async fn run<C: Command>(
    app: &std::sync::Arc<Inner>,
    arguments: serde_json::Value,
) -> Result<serde_json::Value, ApiError>
where
    Inner: Handle<C>,
{
    let arguments: C = serde_json::from_value(arguments)
        .map_err(|error| ApiError::new(Code::BadRequest, format!("arguments of {}: {error}", C::NAME)))?;
    let result = app.handle(arguments).await?;
    serde_json::to_value(result).map_err(|error| ApiError::new(Code::Internal, error.to_string()))
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:literal $args:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? } -> $result:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
            #[serde(deny_unknown_fields)]
            pub struct $args { $($(#[$field_doc])* pub $field: $type),* }

            impl Command for $args {
                type Result = $result;
                const NAME: &'static str = $name;
            }
        )*

        /// Finds the command by name, decodes its arguments, runs it.
        pub(crate) async fn dispatch(
            app: &std::sync::Arc<Inner>,
            name: &str,
            arguments: serde_json::Value,
        ) -> Result<serde_json::Value, ApiError> {
            match name {
                $($name => run::<$args>(app, arguments).await,)*
                _ => Err(ApiError::new(Code::BadRequest, format!("there is no command {name}"))),
            }
        }

        /// `(name, TypeScript of the arguments, TypeScript of the result)` of each command.
        pub(crate) fn signatures(config: &ts_rs::Config) -> Vec<(&'static str, String, String)> {
            vec![$(($name, <$args as TS>::name(config), <$result as TS>::name(config))),*]
        }

        pub(crate) fn export_arguments(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            $(<$args as TS>::export_all(config)?;)*
            Ok(())
        }

        pub(crate) fn export_results(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            $(<$result as TS>::export_all(config)?;)*
            Ok(())
        }
    };
}

/// A command without a result answers this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Done {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatList {
    pub chats: Vec<ChatRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MemberList {
    pub members: Vec<MemberRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvitationLink {
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SentMessage {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OlderLoaded {
    pub more_before: bool,
}

commands! {
    /// First call of a screen.
    "start" GetStart {} -> Start;
    /// Makes the account and connects; needs no relay to answer.
    "create_account" CreateAccount { name: String, relay: String, invite: Option<String>, key: KeyChoice } -> Me;
    /// Opens a database whose key is a passphrase.
    "unlock" Unlock { passphrase: String } -> Me;
    "chats" ListChats {} -> ChatList;
    "create_chat" CreateChat { kind: ChatKind, title: String, description: String, category: String } -> ChatRow;
    "create_invitation" CreateInvitation { chat: String } -> InvitationLink;
    /// Asks to join; the new row has status `asking` until the inviter's device lets us in.
    "join" Join { link: String } -> ChatRow;
    "members" ListMembers { chat: String } -> MemberList;
    "remove_member" RemoveMember { chat: String, user: String } -> Done;
    /// Opens the newest page; from now on its changes come as `timeline` events.
    "open_timeline" OpenTimeline { chat: String } -> TimelineSnapshot;
    /// Loads an older page; its items come as `timeline` events before the answer.
    "load_older" LoadOlder { timeline: u32 } -> OlderLoaded;
    "close_timeline" CloseTimeline { timeline: u32 } -> Done;
    /// Answers when the message is durable on this device.
    "send_message" SendMessage { chat: String, text: String } -> SentMessage;
    /// Everything up to and with this message was seen.
    "mark_read" MarkRead { chat: String, message: String } -> Done;
    "save_draft" SaveDraft { chat: String, text: String } -> Done;
    "sync_status" GetSyncStatus {} -> SyncStatus;
    /// Tries the relay now instead of after the back-off.
    "reconnect" Reconnect {} -> Done;
}
