# Every sentence a person sees. Say what is true and what to do next; no jargon where a plain word will do.

app-name = Beseda
app-opening = Opening…
close = Close
cancel = Cancel
back = Back to the chats
loading = Loading…
you = You
someone = Someone

## Theme and language

theme-to-dark = Switch to the dark theme
theme-to-light = Switch to the light theme
language-switch = Переключить на русский

## First start

first-title = Welcome to Beseda
first-text = Your messages live on this computer and work without a network. A relay carries them to others, sealed: it cannot read them.
first-name = Your name
first-name-hint = People you talk with will see it.
first-name-missing = Enter the name others will see.
first-relay = Relay address
first-relay-hint = Whoever runs your relay can tell you its address.
first-relay-missing = Enter the address of your relay, for example https://relay.example.org.
first-invite = Invitation to the relay, if it asks for one
first-invite-hint = Leave it empty if you were not given one.
first-submit = Create my account

key-legend = How this computer keeps your messages locked
key-hint = Everything is stored encrypted. Choose where its key is kept.
key-keyring = System keyring
key-keyring-text = The key is kept by your system and opens when you log in. Nothing to type; whoever can use your session can read your messages.
key-keyring-absent = No keyring answers on this system, so this choice is not available.
key-passphrase = Passphrase
key-passphrase-text = Asked at every start. It protects your messages even if the disk is stolen. If you forget it, nobody can open them again.
key-file = Key file
key-file-text = The key lies beside the messages in a file only your user can read. Nothing to type, but whoever can read this disk can read your messages.
passphrase = Passphrase
passphrase-hint = Several words that you will remember are better than one clever one.
passphrase-again = The same passphrase again
passphrase-missing = Enter a passphrase.
passphrase-differs = The two passphrases differ. Type the same one twice.

## Unlocking

unlock-title = Welcome back
unlock-text = Enter your passphrase to open your messages on this computer.
unlock-submit = Open
unlock-wrong = This passphrase does not open the profile. Check the keyboard layout and Caps Lock, and try again.

## A profile that does not open

broken-safe = Nothing was changed or deleted.
broken-details = Exact words, for a report
broken-again = Try again
broken-profile_in_use-title = Beseda is already open
broken-profile_in_use-todo = Another window or program uses this profile. Switch to it, or close it and try again.
broken-wrong_key-title = The key does not fit
broken-wrong_key-todo = The key on this computer does not open your messages. If you restored files from a backup, restore the key kept with them too, then try again.
broken-not_a_database-title = This is not a Beseda profile
broken-not_a_database-todo = The file where your messages should be is something else, or is damaged. Put the right file back from a backup, or start Beseda with another profile.
broken-newer_schema-title = This profile needs a newer Beseda
broken-newer_schema-todo = It was last opened by a newer version. Install that version or a later one, then try again.
broken-disk_full-title = The disk is full
broken-disk_full-todo = Free some space on the disk that holds your profile, then try again.
broken-no_keyring-title = No keyring answers
broken-no_keyring-todo = The key of this profile is in the system keyring, which is not running. Start your keyring (or log in to your desktop again), then try again.
broken-keyring_locked-title = The keyring is locked
broken-keyring_locked-todo = Unlock the system keyring, then try again. If the keyring was reset, restore it from a backup: the key of your messages was in it.
broken-internal-title = The profile could not be opened
broken-internal-todo = Something unexpected happened. Try again; if it happens again, send the exact words below to whoever helps you with Beseda.

## Errors, one for each code

error-profile_in_use = Another program has this profile open. Close it and try again.
error-wrong_key = The key or passphrase does not open this profile.
error-not_a_database = The profile file is damaged or is not one of Beseda's.
error-newer_schema = This profile was written by a newer Beseda. Update, then try again.
error-disk_full = The disk is full. Nothing was lost; free some space and try again.
error-no_keyring = No keyring answers on this system. Choose a passphrase or a key file.
error-keyring_locked = The keyring is locked. Unlock it and try again.
error-no_account = There is no account in this profile yet. Restart Beseda to create one.
error-account_exists = This profile already has an account. Restart Beseda to open it.
error-relay_away = The relay does not answer. Your messages wait here and go out when it does.
error-relay_version = The relay speaks another version. Update Beseda, or ask whoever runs the relay to update it.
error-relay_lost = The relay has lost what it held of a chat. Nothing is lost here; what you write there waits on this computer.
error-invite_required = The relay wants an invitation, or does not know this one. Ask whoever runs it for an invitation.
error-bad_relay_url = This is not the address of a relay. It starts with https:// (or http:// for a relay on this computer).
error-not_a_link = This is not an invitation link. Copy the whole link, from “beseda:join/” to its end.
error-other_relay = This link leads to another relay than yours. Ask for an invitation from someone on your relay.
error-no_such_chat = This chat is not here any more.
error-ambiguous_chat = More than one chat fits. Use its full name.
error-not_admin = Only an admin of the chat can do this.
error-not_member = You are not a member of this chat any more.
error-bad_text = The text is empty or too long. Change it and try again.
error-bad_request = This window and the app do not fit together. Restart Beseda.
error-internal = Something went wrong. Try again; if it stays, restart Beseda.

## List of chats

chats = Chats
new-chat = New chat
join-by-link = Join by a link
chats-empty-title = No chats yet
chats-empty-text = Start one and invite people, or open an invitation you were sent.
chat-untitled = New dialog
no-messages = No messages yet
draft = Draft:
status-asking = Waiting to be let in
status-joining = Fetching the history…
status-removed = You are no longer a member
unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}

## Right side

pane-empty-title = Choose a chat
pane-empty-text = Alt+↑ and Alt+↓ move between chats, Ctrl+N starts a new one.
pane-welcome-title = Hello, { $name }
pane-welcome-text = Your chats will appear here. Everything you write is kept on this computer and goes out as soon as the relay is there.

## Head of a chat

members = Members
members-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
chat-menu = Menu of the chat
invite = Invite
copy-invitation = Copy an invitation
copied-invitation = Invitation copied
quarantined = { $count ->
    [one] { $count } entry set aside
   *[other] { $count } entries set aside
}
quarantined-text = Something that arrived in this chat was not valid and was set aside. The rest of the chat goes on.

## Timeline

timeline-label = Messages of { $title }
timeline-empty-title = Nothing said yet
timeline-empty-text = Write the first message: it is kept at once, with or without a network.
timeline-empty-wait = Messages will appear here.
loading-older = Loading older messages
jump-down = Go to the newest message
new-below = { $count } new
unread-line = New messages
day-today = Today
day-yesterday = Yesterday
sent-at = sent { $time }
message-label = { $name }, { $time }
state-queued = Waits on this computer
state-accepted = Sent
state-delivered = Delivered
state-read = Read
state-failed = Not sent
failed-not_member = Not sent: you are no longer a member.
failed-refused = Not sent: the relay refuses it.
event-created = { $by } created the chat
event-added = { $by } added { $who }
event-removed = { $by } removed { $who }

## Writing

composer-placeholder = Message
composer-hint = Enter sends, Shift+Enter starts a new line.
composer-too-long = This message is too long. Split it into several.
send = Send
closed-asking = You can write as soon as the person who invited you is online and their device lets you in.
closed-joining = You can write as soon as the history is here.
closed-removed = You are no longer a member. You can read what was said, not write.
closed-blog = Only admins write in this blog.
closed-other = You cannot write in this chat.

## New chat

create-title = New chat
create-kind = Kind of chat
kind-dialog = Dialog
kind-dialog-text = You and one other person
kind-group = Group
kind-group-text = Everyone can write
kind-blog = Blog
kind-blog-text = Admins write, everyone reads
create-name = Name
create-name-optional = Name, if you like
create-name-dialog-hint = Without one it is called by the other person's name.
create-name-missing = Give the chat a name.
create-description = Description
create-category = Category
create-category-hint = A word of your own to keep chats together, such as “Work”.
create-submit = Create

## Invitation

invite-title = Invite to { $title }
invite-text = Send this link to the people you want here, by any way you trust.
invite-making = Making an invitation…
copy-link = Copy the link
copied = Copied
invite-online = Your device lets them in, so it must be online when they open the link. If it is not, they wait until it is.
invite-secret = Whoever has the link is let in, and can read everything said here before.

## Joining

join-title = Join by a link
join-link = Invitation link
join-hint = Paste the whole link you were sent.
join-submit = Join

## Members

members-title = Members of { $title }
member-admin = Admin
member-added-by = Added by { $name }
member-remove = Remove { $name }
member-remove-text = { $name } keeps what was already received, and gets nothing that is said from now on.
member-remove-submit = Remove

## Relay

sync-offline = Offline
sync-offline-waiting = { $count ->
    [one] Offline — { $count } message waits
   *[other] Offline — { $count } messages wait
}
sync-connecting = Connecting…
sync-connecting-waiting = { $count ->
    [one] Connecting — { $count } message waits
   *[other] Connecting — { $count } messages wait
}
sync-behind = Catching up…
sync-try-now = Try now
sync-last = Last in touch: { $time }
