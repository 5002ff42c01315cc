# Every sentence a person sees. Say what is true and what to do next; no jargon where a plain word will do.

app-name = Beseda
app-opening = Opening…
close = Close
cancel = Cancel
back = Back to the chats
loading = Loading…
you = You
someone = Someone
# A button and its keys.
hint = { $what } ({ $keys })

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
first-where = Invitation link, or address of your relay
first-where-hint = Paste what you were sent. Leave it empty to begin alone: everything works here at once, and you can connect later.
first-where-link = An invitation: you are taken to that chat at once.
first-where-relay = Whoever runs your relay can tell you its address.
first-link = I have Beseda on another device
link-title = Link this device
link-text = This computer becomes another device of yours. It gets your chats, their history, your drafts and settings.
link-relay-hint = The same relay as on your other device: its address stands there below your name.
link-show = Show the code
link-back = Make a new account instead
link-code-text = On your other device open Settings, Devices, “Link a device”, and give it this code within ten minutes. Show it to nobody else.
link-copy = Copy the code
link-waiting = Waiting for your other device…

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
unlock-text-number = Enter the passphrase of account { $number } to open its messages on this computer.
unlock-submit = Open
unlock-wrong = This passphrase does not open the profile. Check the keyboard layout and Caps Lock, and try again.

## Several accounts

accounts = Accounts
account-add = Add an account
account-menu = Account:
account-remove = Take off this window…
account-shown = Now shown: { $who }
account-new = New account
account-number = Account { $number }
account-opening = opening
account-fresh = not made yet
account-locked = locked
account-broken = does not open
account-offline = offline
account-add-title = Add an account
account-add-text = Another name, another relay or team, in the same window. It has its own messages, contacts and keys: neither account learns of the other.

kept-title = Still on this computer
kept-text = These accounts were taken off this window. You see whose they are once they are open.
kept-used = Last used { $time }
kept-unknown = Last use unknown
kept-bring-back = Bring back

remove-title = Take { $who } off this window?
remove-data = What becomes of its data
remove-keep = Keep its data on this computer
remove-keep-text = It stays as it is and gets nothing new. “Add an account” brings it back.
remove-erase = Delete its data from this computer
remove-erase-text = Messages, drafts and keys of this account are gone from this computer for good. Nobody else is told, and others keep what they have.
remove-waiting = { $count ->
    [one] { $count } message has not been sent yet and would be lost.
   *[other] { $count } messages have not been sent yet and would be lost.
}
remove-submit = Take off
remove-submit-erase = Delete for good
removed-kept = The account is off this window. Its data is still here.
removed-erased = The account’s data is deleted from this computer.

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
error-relay_lost = One of your chats is not on the relay, or not all of it, and this device cannot bring back what is missing. That is mended as soon as the device of somebody who was in the chat before you, or who may let others in, has been in touch with the relay. Nothing is lost; what you write there waits here.
error-invite_required = The relay wants an invitation, or does not know this one. Ask whoever runs it for an invitation.
error-bad_relay_url = This is not the address of a relay. It starts with https:// (or http:// for a relay on this computer).
error-no_relay = This needs a relay, and there is none yet. Connect to one first.
error-not_a_link = This is not an invitation link. Copy the whole link, from “beseda:join/” to its end.
error-other_relay = This link leads to another relay than this account’s. Open it in an account on that relay, or add one there.
error-device_removed = This device was removed by another device of yours. What is here can be read; nothing more is sent or received.
error-too_many_devices = This device is known already, or you have ten: remove one first.
error-still_linking = This device is being linked itself. Wait until your chats are here, then link the next one.
error-not_answered = The other device did not answer in time. Let it show a new code.
error-bad_words = These are not the 24 recovery words: compare each with your paper.
error-wrong_word = One of these words is another one on your paper. Look again.
error-words_kept = The recovery words are on your paper only: no device shows them again.
error-no_backup = The relay keeps no backup for these words. Is it the right relay?
error-backup_exists = There is a file of that name already. Choose another one.
error-not_a_backup = That file is no backup of Beseda.
error-file_exists = There is another file of that name already. Choose another one.
error-not_a_bundle = That file holds no messages of Beseda, or it ends too early. Ask for it again.
error-no_such_chat = This chat is not here any more.
error-no_such_message = This message is not here, or was deleted.
error-not_yours = This message is somebody else’s: only they or an admin can do that.
error-ambiguous_chat = More than one chat fits. Use its full name.
error-not_admin = Only an admin of the chat can do this.
error-not_member = You are not a member of this chat any more.
error-bad_text = The text is empty or too long. Change it and try again.
error-bad_picture = That is no picture Beseda can use. Choose a JPEG, PNG or WebP file of at most 24 MB.
error-safety_mismatch = This code is not of this person, or not for you. Somebody may have come between you: compare once more, face to face, and write nothing secret here until then.
error-keys_taken = Another program has these keys. Choose others.
error-bad_request = This window and the app do not fit together. Restart Beseda.
error-internal = Something went wrong. Try again; if it stays, restart Beseda.

## List of chats

chats = Chats
new-chat = New chat
join-by-link = Join by a link
chats-empty-title = No chats yet
chats-empty-text = Start one and invite people, or open an invitation you were sent.
folders = Folders
folder-all = All
folder-unread = Unread
folder-mentions = Mentions
folder-people = People
folder-groups = Groups
folder-blogs = Blogs
folder-read = Everything is read.
folder-unnamed = No unread message mentions you.
folder-empty = No chats here.
archive = Archive
archive-back = Back to all chats
archive-count = { $count ->
    [one] { $count } archived chat
   *[other] { $count } archived chats
}
arrange-pin = Pin in the list
arrange-unpin = Unpin from the list
arrange-up = Move up
arrange-down = Move down
arrange-archive = Archive
arrange-unarchive = Take out of the archive
arrange-unmute = Unmute
mute-hour = Mute for an hour
mute-tomorrow = Mute until tomorrow
mute-forever = Mute for ever
muted = Muted
pinned-chat = Pinned
chat-asked = Chat you were invited to
chat-untitled = New dialog
no-messages = No messages yet
draft = Draft:
status-asking = Waiting to be let in
status-joining = Fetching the history…
status-removed = You are no longer a member
status-left = You left this chat
status-leaving = Leaving…
unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}

## Right side

pane-empty-title = Choose a chat
pane-empty-text = { $keys } leads to any chat, person or action by a few letters of its name.
pane-welcome-title = Hello, { $name }
pane-welcome-text = Your chats will appear here. Everything you write is kept on this computer and goes out as soon as the relay is there.

## Finding one's way

palette = Go anywhere, do anything
palette-hint = A chat, a person, an action, a message
palette-recent = Recent
palette-chats = Chats
palette-people = People
palette-actions = Actions
palette-search = Search all messages for “{ $what }”
palette-nothing = Nothing of this name. Try fewer letters.
palette-count = { $count ->
    [0] Nothing found
    [one] { $count } suggestion
   *[other] { $count } suggestions
}
shortcuts = Keyboard shortcuts
keys-go = Getting around
keys-window = Window
keys-chat = In a chat
keys-read = In the list of messages
keys-write = Writing
keys-account = First to ninth account
go-back = Back
go-forward = Forward
go-previous-chat = Previous chat
go-next-chat = Next chat
go-previous-unread = Previous unread chat
go-next-unread = Next unread chat
go-previous-folder = Previous folder
go-next-folder = Next folder
go-close = Close what is open, one thing at a time
go-account = Switch to { $name }
# A thing and a part of it, or what is done with it.
go-part = { $what }: { $name }
zoom-none = Normal size
split = Another chat beside this one
split-open = Open beside
split-close = Close this chat
split-cross = To the other chat on screen
key-open-beside = Open the chosen chat beside this one
apart-open = Open in its own window
apart-close = Close this window
key-open-apart = Open the chosen chat in its own window
key-message-step = From message to message
key-new-line = New line
key-edit-last = Edit your last message, where nothing is typed
key-give-up = Stop answering or editing
key-redo = Redo
key-paste-plain = Paste without formatting

## Head of a chat

members = Members
members-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
chat-menu = Chat menu
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
timeline-alone-title = You are the only one here
timeline-alone-dialog = Send a link to whom you want to talk with, or write already: they will read it when they come.
timeline-alone-text = Add people you know, or send a link to those you want here.
loading-older = Loading older messages
jump-down = Go to the newest message
new-below = { $count } new
unread-line = New messages
day-today = Today
day-yesterday = Yesterday
weekday-0 = Sun
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
date-short = { $day }/{ $month }/{ $year }
sent-at = sent { $time }
message-label = { $name }, { $time }
state-queued = Waits on this computer
state-accepted = Sent
state-delivered = Delivered
state-read = Read
state-failed = Not sent
failed-not_member = Not sent: you are no longer a member.
failed-refused = Does not count: you may not write here any more, or the relay refuses it.
event-created = { $by } created the chat
event-added = { $by } added { $who }
event-removed = { $by } removed { $who }
event-left = { $by } left the chat
event-promoted = { $by } made { $who } an admin
event-demoted = { $by } took back { $who }’s admin rights
event-owner = { $by } handed the chat over to { $who }
event-rights = { $by } changed who may do what here
event-history-open = { $by } lets newcomers read earlier messages
event-history-closed = { $by } hides earlier messages from newcomers
event-info = { $by } changed the details of the chat: “{ $title }”
event-info-untitled = { $by } changed the details of the chat

## Writing

composer-placeholder = Message
composer-hint = Enter sends, Shift+Enter starts a new line.
composer-too-long = This message is too long. Split it into several.
send = Send
closed-asking = You can write as soon as the person who invited you is online and their device lets you in.
closed-joining = You can write as soon as the history is here.
closed-removed = You are no longer a member. You can read what was said, not write.
closed-device = This device was removed. You can read what was said, not write.
closed-left = You left this chat. You can read what was said, not write.
closed-leaving = You leave as soon as the relay hears of it.
closed-comments = Admins write here. You can comment: answer one of their posts.
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
create-history = Newcomers can read the history
create-submit = Create
edit-chat = Edit
edit-chat-submit = Save
edit-category-hint = Everyone in the chat finds it in a folder of this name.

## Invitation

invite-title = Invite to { $title }
invite-text = Send this link to the people you want here, by any way you trust.
invite-making = Making an invitation…
invite-links = Other links into this chat
invite-plain = Link without limits
invite-used = { $count ->
    [0] Not used yet
    [one] Used by { $count } device
   *[other] Used by { $count } devices
}
invite-used-of = Used by { $count } of { $number }
invite-until = until { $time }
standing-used_up = Used up
standing-expired = Expired
standing-revoked = Taken back
invite-new = New link with limits
invite-for = Whom it lets in
uses-one = One person
uses-ten = 10 people
uses-none = No limit
invite-lasts = How long it works
lasts-hour = An hour
lasts-day = A day
lasts-week = A week
lasts-never = For ever
invite-label = What it is for
invite-label-hint = Only you see it.
invite-make = Make the link
invite-qr = Show as a QR code
invite-qr-hide = Hide the QR code
invite-qr-label = QR code of the link
invite-revoke = Take back
invite-revoke-text = Whoever comes with this link from now on, or waits with it, is not let in and is told so. Who is in the chat stays.
invite-revoke-submit = Take it back
copy-link = Copy the link
copied = Copied
invite-online = Your device lets them in, so it must be online when they open the link. If it is not, they wait until it is.
invite-secret = Whoever has the link is let in, and can read everything said here before.
invite-secret-closed = Whoever has the link is let in. They see nothing of what was said before they came.

## Joining

join-title = Join by a link
join-link = Invitation link
join-hint = Paste the whole link you were sent.
join-submit = Join
asking-withdraw = Take the request back
refused-title = You were not let in
refused-expired = The link had expired when the inviter’s device got your request. Ask for a new one.
refused-used_up = The link was for a number of people, and as many people have used it. Ask for a new one.
refused-revoked = The inviter has taken the link back. Ask for a new one.
refused-already_in = This device is in that chat already. Look for it in your list.
refused-closed = Whoever made this link can let nobody into the chat any more. Ask an admin of it for another one.
refused-failed = The request could not be fulfilled. Ask the inviter whether the chat has room for you, and for another link.
refused-unknown = The inviter’s device gives a reason that this version does not know. Update Beseda, or ask for another link.
refused-other-link = Use another link
refused-remove = Remove from the list

## Members

member-admin = Admin
member-added-by = Added by { $name }
member-owner = Owner
member-menu = What to do with { $name }
member-promote = Make an admin
member-demote = Make an ordinary member
member-hand-over = Hand the chat over
member-hand-over-text = { $name } has the chat from then on and decides who its admins are. You stay an admin.
member-hand-over-submit = Hand over
member-remove = Remove from the chat
member-remove-text = { $name } keeps what was already received, and gets nothing that is said from now on.
member-remove-submit = Remove

## Rights and leaving

tab-rights = Rights
rights-text = Besides admins, who may:
rights-text-read = Besides admins, members may:
right-write = Write messages
right-comment = Answer posts
right-add = Let others in
right-pin = Pin messages
right-info = Change name and description
right-everyone = Every member
right-admins = Admins only
history-open = Whoever comes later can read everything said before.
history-closed = Whoever comes later sees only what is said from then on.
leave = Leave the chat
leave-title = Leave { $title }?
leave-text = You keep what you have received and get nothing that is said from then on. Everybody sees that you left.
leave-owner = This chat is yours. Hand it over to another member first: choose one in the list of members.
leave-submit = Leave

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
sync-alone = Only on this computer so far
sync-connect = Connect
sync-try-now = Try now
sync-last = Last in touch: { $time }
sync-invite = Enter one
sync-lost = A chat waits for somebody else’s device
sync-why = Why
sync-refilling = Giving the relay what it lacks: { $number } %
sync-refilling-label = Giving the relay what it lacks

relay = Relay
relay-text = A relay carries your messages to others, sealed: it cannot read them.
relay-now = Current relay
relay-state-offline = Offline
relay-state-connecting = Connecting…
relay-state-behind = Catching up…
relay-state-up_to_date = Up to date
relay-never = Never in touch with a relay so far.
relay-waiting = { $count ->
    [0] Nothing waits to be sent.
    [one] { $count } message waits to be sent.
   *[other] { $count } messages wait to be sent.
}
relay-token = Invitation to this relay
relay-token-submit = Use it
relay-moved = { $who } moved to { $name }. Go there too?
relay-connect = Connect to a relay
relay-connect-text = What you have written so far goes there, and others can be invited.
relay-connect-submit = Connect
relay-go = Go there
relay-not-now = Not now
relay-followed = This device is at the other relay now
relay-move = Move to another relay
relay-move-text = Everything on this device is brought there: your chats with their history, and what waits to be sent. Nothing is lost.
relay-new = Address of the other relay
relay-new-hint = Whoever runs that relay can tell you its address.
relay-same = This device is at that relay already.
relay-who = Who goes there
relay-along = Take the others along
relay-along-text = Everybody in your dialogs and in the chats where you are an admin is told, and your own other devices too. Each decides whether to follow.
relay-alone = Only this device
relay-alone-text = Nobody is told. You and the others do not hear each other until they are there too, nor do your own other devices.
relay-away = The current relay does not answer. You can move all the same; the others must then hear the address from you.
relay-submit = Move
relay-telling = Telling the others over the current relay. This may take half a minute.
relay-going = Going there…
relay-there = This device is now at { $name }.
relay-others-told = The others are told where you are, and are asked whether they follow.
relay-others-untold = The previous relay did not answer, so the others may not know: tell them the address yourself.
relay-others-left = Nobody was told. Who is to follow, your own other devices too, needs this address:
relay-copy = Copy the address

## Text of a message

spoiler-show = Hidden text: show it
code-copy = Copy the code

## Messages and what is done with them

quote-open = Go to the message this answers
quote-gone = The message is not here any more
message-absent = This message is not here: it was deleted, or has not arrived yet.
mark-pinned = Pinned
mark-saved = Saved
mark-edited = edited
versions-open = See what it said before
read-by = { $count ->
    [one] Read by { $count } person
   *[other] Read by { $count } people
}
message-deleted = Message deleted
forwarded-from = Forwarded from { $name }, { $chat }
message-label-mention = { $name }, { $time }, mentions you
picked = Selected
not-picked = Not selected
day-jump = Go to a date
month-previous = Previous month
month-next = Next month
date-day = Day
date-month = Month
date-year = Year
date-clear = Remove the date
jump-mention = Go to where you are mentioned
jump-mention-count = { $count ->
    [one] { $count } message mentions you
   *[other] { $count } messages mention you
}
reactions = Reactions
reaction-label = { $emoji }, { $count }
reactions-none = Nobody has reacted.
poll = Poll
poll-one = Poll, one answer
poll-several = Poll, several answers
poll-mine = Your answer
poll-vote = Vote
poll-retract = Take back
poll-voters = { $count ->
    [0] Nobody has voted yet
    [one] { $count } voter
   *[other] { $count } voters
}
message-tools = Quick actions
message-menu = Actions for this message
react = React
react-with = React with { $emoji }
react-other = Another emoji
act-reply = Reply
act-edit = Edit
act-forward = Forward
act-copy = Copy text
act-link = Copy link
act-pin = Pin for everyone
act-unpin = Unpin
act-save = Save for myself
act-unsave = Remove from saved
act-select = Select
act-readers = Who has read it
act-people = Who reacted
act-versions = History of edits
act-delete-me = Delete for me
act-delete-everyone = Delete for everyone
picked-count = { $count } selected
picked-cancel = Stop selecting
copied-text = Text copied
copied-message-link = Link to the message copied
did-pin = Pinned for everyone
did-unpin = Unpinned
did-save = Saved for you
did-unsave = Removed from saved
deleted-me = { $count ->
    [one] Deleted for you
   *[other] { $count } messages deleted for you
}
deleted-everyone = { $count ->
    [one] Deleted for everyone
   *[other] { $count } messages deleted for everyone
}
undo = Undo
forward-title = { $count ->
    [one] Forward the message
   *[other] Forward { $count } messages
}
forward-find = To which chat
forward-nothing = No chat of this name takes messages from you.
forwarded = Forwarded
readers-title = Read by
readers-none = Nobody has read it yet.
readers-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
readers-off = You have switched read marks off, so you do not see those of others.
versions-title = History of edits
versions-now = now
pinned-message = Pinned message
pinned-of = Pinned message { $number } of { $count }
pinned-open = Go to this message
pinned-all = All pinned messages

## Emoji

emoji-insert = Emoji
emoji-search = Find an emoji
emoji-groups = Kinds of emoji
emoji-nothing = No such emoji
emoji-loading = Loading emoji
emoji-failed = The emoji could not be loaded. Restart Beseda.
emoji-recent = Recent
emoji-smileys = Smileys
emoji-people = People
emoji-nature = Nature
emoji-food = Food
emoji-travel = Travel
emoji-activities = Activities
emoji-objects = Objects
emoji-symbols = Symbols
emoji-flags = Flags

## Writing: answers, edits, formats

replying = Reply
replying-to = Reply to { $name }
reply-cancel = Do not reply
editing = Editing
edit-cancel = Leave it as it was
edit-save = Save the change
composer-more = More to send
completion = Suggestions
mention-everyone = Everyone in this chat
format = Format
format-bold = Bold
format-italic = Italic
format-strike = Strikethrough
format-spoiler = Hidden until pressed
format-code = Code
format-quote = Quote
format-link = Link
poll-new = New poll
poll-question = Question
poll-options = Answers
poll-option = Answer { $count }
poll-option-remove = Remove answer { $count }
poll-allow-several = Several answers can be chosen
poll-twice = Two answers are the same. Change one of them.
poll-submit = Send the poll
send-later = Send later
schedule-hour = In an hour
schedule-evening = This evening
schedule-tomorrow = Tomorrow morning
schedule-monday = Monday morning
schedule-time = Time
schedule-no-time = Enter a time such as 09:30.
schedule-past = This time is past. Choose a later one.
schedule-note = It leaves from this computer: if Beseda is closed then, at the next start.
schedule-submit = Schedule
scheduled-done = Will be sent at its time
scheduled-title = To be sent later
scheduled-none = Nothing is scheduled in this chat.
scheduled-count = { $count ->
    [one] { $count } message to be sent later
   *[other] { $count } messages to be sent later
}
scheduled-now = Send now
scheduled-cancel = Do not send
time-today = today, { $time }
time-tomorrow = tomorrow, { $time }
time-on = { $day }, { $time }

## Searching

search = Search
search-here = Search here
search-in = Search in { $title }
search-in-chat = Search in this chat
search-everywhere = Search in all chats
search-close = Close the search
search-filters = Filters
search-order = Order of what is found
search-newest = Newest first
search-best = Best first
search-from = From
search-in-key = In chat
search-after = After
search-before = Before
search-has-link = With links
search-has-file = With files
search-is-pinned = Pinned
search-messages = Messages
search-idle = Search all your messages
search-idle-chat = Search this chat
search-idle-hint = Words or parts of them. “In quotes” finds a phrase, -word leaves one out.
search-nothing = Nothing found
search-nothing-hint = Try fewer letters, another spelling, or without filters.
search-busy = Searching
search-again = Search again
search-count = { $count ->
    [0] Nothing found
    [one] { $count } message found
   *[other] { $count } messages found
}

## About a chat, what is saved, settings

info-open = About this chat
info-tabs = About this chat
info-shared = Links, files, pinned
tab-members = Members
tab-links = Links
tab-media = Media
tab-files = Files
tab-pinned = Pinned
tab-mine = Mine
none-links = No links have been shared here.
none-media = No pictures or videos have been shared here.
none-files = No files have been shared here.
none-pinned = Nothing is pinned in this chat.
none-mine = You have not written here yet.
link-open = Open the link
saved-title = Saved messages
saved-none = Nothing saved yet. Choose “Save for myself” in the menu of a message.
mark-read = Mark as read
mark-unread = Mark as unread
marked-unread = Marked as unread
draft-reply = Reply
mentions-count = { $count ->
    [one] Mentioned in { $count } message
   *[other] Mentioned in { $count } messages
}
settings = Settings
settings-pages = Pages of the settings
settings-profile = Profile
settings-devices = Devices
settings-privacy = Privacy and lock
settings-recovery = Recovery and backup
settings-appearance = Appearance
settings-language = Language
settings-system = System
settings-network = Network and relay
settings-about = About Beseda
settings-storage = Storage
settings-advanced = Advanced
storage-text = What Beseda keeps on this computer for this account, encrypted.
storage-counts = { $count ->
    [one] { $count } message
   *[other] { $count } messages
} in { $number } { $number ->
    [one] chat
   *[other] chats
}
storage-again = Measure again
storage-clear = Free up space
storage-clear-text = Takes away only what is made again when it is needed, and the gaps that deleting left. No message, chat or draft goes.
storage-clear-submit = Free up to { $name }
storage-clearing = Freeing up space… What you write meanwhile goes out when it is done.
storage-cleared = Done. Every message is still here.
part-messages = Messages
part-messages-text = What was said, as it is shown.
part-changes = History
part-changes-text = What was said, as it was signed. Everything else can be made from it.
part-search = Search
part-search-text = So that words are found at once.
part-documents = Saved copies
part-documents-text = They make opening quicker, and are made again when they are missing.
part-other = The rest
part-other-text = Keys, members, profiles, settings.
doctor = Is everything whole?
doctor-text = Looks through all that this computer keeps for this account. Nothing is changed by it.
doctor-examine = Check
doctor-rebuild = Rebuild and check
doctor-rebuild-text = A rebuild makes lists, search and saved copies again from the signed history. It takes minutes where there is much, and loses nothing.
doctor-examining = Checking…
doctor-rebuilding = Rebuilding…
doctor-stop = Stop
doctor-stopped = Stopped. Nothing was harmed.
doctor-whole = Everything is whole.
doctor-mendable = Something does not fit, and nothing is lost: “Rebuild and check” mends it.
doctor-damaged = The file itself is damaged. Quit Beseda, copy its folder to another disk, and rebuild the copy; if that does not help, restore a backup.
doctor-fine = Fine
doctor-differs = Differs
doctor-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
check-pages = { $count ->
    [one] The file: { $count } page
   *[other] The file: { $count } pages
}
check-database = { $count ->
    [one] The database: { $count } page
   *[other] The database: { $count } pages
}
check-changes = { $count ->
    [one] The signed history: { $count } change
   *[other] The signed history: { $count } changes
}
check-documents = { $count ->
    [one] { $count } saved copy
   *[other] { $count } saved copies
}
check-projection = { $count ->
    [one] What is shown: { $count } row
   *[other] What is shown: { $count } rows
}
check-index = { $count ->
    [one] The search: { $count } message
   *[other] The search: { $count } messages
}
diagnostics = For a report
diagnostics-text = Figures and settings only: nothing of what was said, no names, no addresses, no links.
diagnostics-copy = Copy
diagnostics-copied = Copied
preparing = Making your chats ready
preparing-text = This version shows them in a new way. It takes a while this once, and nothing is lost.
appearance-text = For this computer only.
theme = Theme
theme-system = Same as the system
theme-light = Light
theme-dark = Dark
accent = Colour
accent-green = Green
accent-blue = Blue
accent-violet = Violet
accent-rose = Rose
accent-amber = Amber
accent-graphite = Graphite
text-size = Text size
text-small = Small
text-normal = Normal
text-large = Large
text-largest = Largest
density = Density
density-comfortable = Comfortable
density-compact = Compact
zoom = Zoom
zoom-text = Everything in the window: Ctrl with plus, minus and 0.
zoom-in = Larger
zoom-out = Smaller
zoom-reset = back to normal
percent = { $number } %
language-text = The window speaks it at once. What people write stays as they wrote it.
language-system = Same as the system
language-en = English
language-ru = Русский
network-state = State
network-relay = Relay
network-no-relay = None yet
network-last = Last in touch
network-never = Never so far
network-queue = Queue
network-removed = This device was removed
network-change = Relay…
network-waits = Chats that wait for something
waits-offline = The relay does not answer. It is tried again by itself, and everything goes out then.
waits-connecting = The relay is being called.
waits-behind = What others wrote is fetched first; then yours goes out.
waits-up_to_date = It is on its way.
waits-alone = There is no relay yet. Connect to one, and everything goes out.
waits-invitation = The relay wants an invitation before it takes anything.
waits-trouble = The relay is in touch, but something below keeps it from taking this.
waits-removed = This device may send nothing any more.
waits-chat-sending = Your last message waits to be sent.
waits-chat-asking = The person who invited you lets you in as soon as their device is in touch.
waits-chat-joining = The history is being fetched.
waits-chat-leaving = You leave as soon as the relay hears of it.
waits-chat-aside = Something that arrived was not valid and was set aside. The rest of the chat goes on.
carry = Carry messages by file
carry-text = Where no relay can be reached, a file takes messages from one computer to another, for instance on a USB stick. Only those who are in a chat can read what the file holds of it, and taking it in twice does no harm.
carry-out = Write messages to a file…
carry-in = Take messages in from a file…
carry-all = Everything, from the first message on
carry-all-text = For a device that has little or nothing yet. Otherwise the file begins where the others are known to be.
carry-out-submit = Write the file
carry-in-submit = Take it in
carry-exporting = Writing… You can go on meanwhile, but leave this open.
carry-importing = Taking in… You can go on meanwhile, but leave this open.
carry-stop = Stop
carry-out-stopped = Stopped: no file was written.
carry-in-stopped = Stopped. What was taken in until then stays.
carry-file-unreadable = The file cannot be read. Is it there, and may you read it?
carried-out = The messages are in { $name }. Bring it to somebody who is in these chats.
carried-out-nothing = The file holds no messages: nobody else is in your chats yet. Invite somebody first.
carried-in = { $count ->
    [one] Something new came in { $name }.
   *[other] Something new came in { $count } chats: { $name }.
}
carried-in-nothing = There was nothing new for you in the file.
carried-in-none = Nothing could be taken in.
carried-in-unknown = { $count ->
    [one] It also holds a chat that you are not in: that stays sealed.
   *[other] It also holds { $count } chats that you are not in: those stay sealed.
}
carried-in-unopened = Something in it could not be opened: one of the two devices has not heard yet who came or went. Carry files both ways, or wait for the relay.
carried-in-gap = { $name }: more is missing here than the file holds. Ask for one with everything, from somebody at the same relay.
about-version = Version { $number }
about-text = Everything you do works at once on this computer, with or without a network.
about-relay = A relay carries it to others, sealed: it can read none of it.
notes = Notes
notes-under = For you alone, on all your devices
devices = Devices
devices-text = Each of your devices has all your chats. If one is lost, remove it here: it is put out of every chat.
device-this = This one
device-first = Your first device
device-added = Since { $time }
device-joins = Being let into your chats: { $count } of { $number }
device-unnamed = Unnamed device
device-link = Link a device
device-link-submit = Link
device-code = Code of the new device
device-code-hint = On the new device choose “I have Beseda on another device”. Paste the code that it shows.
device-code-wrong = This is not the code of a device. Copy it whole, from “beseda:link/” to its end.
device-offered = The new device is being asked. Leave it on.
device-rename = Rename { $name }
device-rename-submit = Rename
device-name = Name of the device
device-remove = Remove { $name }
device-remove-sure = Remove { $name } for good? It is put out of all your chats, keeps what it has, and hears nothing more.
device-remove-submit = Remove
read-marks = Read marks
read-marks-text = Others see which of their messages you have read. Switched off, you do not see theirs either.

## People

profile = Profile
profile-first-name = First name
profile-last-name = Last name
profile-username = Username
profile-email = E-mail
profile-mobile = Mobile
profile-birth-date = Birth date
profile-birth-date-hint = Others see your age, never the date.
profile-birth-date-wrong = Enter day, month and year of a day that has been, or leave all three empty.
profile-description = About me
profile-picture = Picture
profile-picture-choose = Choose a picture
profile-picture-other = Choose another
profile-picture-remove = Remove it
profile-shown = { $name }: who may see it
profile-note = “Contacts” see it in dialogs with you. What somebody has once received stays with them, also when you take it back.
profile-save = Save
profile-saved = Saved. Others hear of it when you are connected.
shown-nobody = Nobody
shown-contacts = Contacts
shown-everyone = Everyone
person-title = About this person
person-me = What others see of you
person-open = About { $name }
person-full-name = Full name
person-age = Age
person-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
person-since = In Beseda since
person-nothing = Nothing else is known of this person.
person-looks-like = This name looks like that of another member, { $name }. Make sure who it is.
person-mixed = This name mixes letters of several alphabets. Make sure who it is.
person-calls = Calls themselves
person-petname = What you call them
person-petname-hint = Only you see it. Empty: { $name }
person-add = Add to contacts
person-add-text = A contact sees in your dialog what you show to contacts.
person-remove = Remove from contacts
person-block = Block
person-unblock = Unblock
person-blocked-text = Blocked: in dialogs nothing of theirs counts as unread, in groups it is folded, and your links do not let them in. They do not learn of it.
contacts = Contacts
contacts-none = No contacts yet. Open a person’s card from a chat and add them.
contacts-blocked = Blocked
member-blocked = You have blocked them.
message-blocked = From somebody you have blocked.
message-unfold = Show
verified = Verified
verified-at = You have verified { $name } ({ $time }).
verify-open = Verify
verify-title = Safety number
verify-text = Compare these digits with those that { $name } sees: read them to each other, or compare the codes by a way you trust. If they are the same, nobody stands between you.
verify-digits = Safety number, twelve groups of five digits
verify-code = Your code, to show or send
verify-theirs = The code that { $name } sees
verify-compare = Compare
verify-copy = Copy the code
verify-done = The digits are the same
verify-undo = I am no longer sure
copied-code = Code copied
new-device = { $name } has a new device since you last looked.
new-device-verified = { $name } has a new device since you verified them.
new-device-seen = I have seen it

## Recovery, backup, lock

recovery = Recovery
recovery-text = If you lose every device, 24 recovery words bring back your account and your chats. Nobody else can: there is no other way.
recovery-kept = Your recovery words are on your paper. No device shows them again.
recovery-missing = Your recovery words are not on paper yet. Lose this computer, and everything is gone.
recovery-show = Write the recovery words down
reminder-text = Your recovery words are not on paper yet.
reminder-show = Write them down
reminder-later = Remind me at the next start
words-title = Recovery words
words-text = Write these 24 words on paper, in this order, and keep the paper where you keep what is precious.
words-warning = Whoever sees these words can read all your chats and write in your name. Nobody may see them but you: do not photograph them, send them or keep them on a computer. No one from Beseda will ever ask for them.
words-written = I have written them down
words-ask = Look at your paper. Which words stand there?
words-number = Word number { $number }
words-wrong = That is not word number { $number } on your paper. Look again.
words-again = Show the words again
words-submit = Compare
words-kept = Right. From now on the words are on your paper only: no device shows them again.
first-words = I have recovery words
first-file = I have a backup file
recover-title = Come back with recovery words
recover-text = Your relay keeps a sealed backup that only your words open. This computer becomes a device of yours, and your chats come back as their members let it in.
recover-words = The 24 recovery words
recover-words-hint = In the order on your paper, with spaces between them.
recover-words-typed = { $count ->
    [one] { $count } word of 24
   *[other] { $count } words of 24
}
recover-words-count = { $count ->
    [one] There are 24 recovery words; this is { $count }.
   *[other] There are 24 recovery words; these are { $count }.
}
recover-relay-hint = The relay your account was on: it keeps your backup.
recover-submit = Bring my account back
recover-waiting = Asking your relay for your backup…
recover-away = The relay does not answer. Check its address and your network, then try again.
restore-title = Restore from a backup file
restore-text = Everything that was in the backup will be here at once. This computer becomes another device of yours.
restore-submit = Restore
restore-waiting = Restoring… A large backup takes a minute.
restore-wrong = This passphrase does not open the backup. Check the keyboard layout and Caps Lock, and try again.
restore-file-unreadable = There is no such file, or it cannot be read. Check its path.
backup = Back up to a file
backup-file = File
backup-file-hint = The whole path; ~ is your home folder.
backup-file-missing = Enter where the file is.
backup-file-unwritable = The file cannot be written there. Does the folder exist, and may you write in it?
backup-passphrase = Passphrase of the backup
backup-passphrase-hint = At least eight characters. Without it nobody can open the file.
backup-passphrase-short = The passphrase of a backup has at least eight characters.
backup-submit = Write the backup
backup-writing = Writing… You can go on meanwhile, but leave this open.
backup-done = Everything is in { $name }. Keep it somewhere else than on this computer.
lock = App lock
lock-text = A locked app shows nothing and receives nothing until you enter your passphrase.
lock-text-none = To lock the app, set a passphrase. From then on it is asked at every start.
lock-now = Lock now
lock-after = Lock when not used
lock-after-0 = Never
lock-after-1 = After a minute
lock-after-5 = After 5 minutes
lock-after-15 = After 15 minutes
lock-after-60 = After an hour
lock-set = Set a passphrase
lock-change = Change the passphrase
lock-old = Current passphrase
lock-new = New passphrase
lock-forget = If you forget it, nobody can open your messages on this computer.
lock-submit = Set
lock-passphrase-set = The passphrase is set
lock-no-passphrase = Only a passphrase locks the app: set one in the settings.

# Requests: somebody has put this person into a chat
request-row = Wants to write to you
request-row-chat = You were put into this chat
request-dialog = { $name } wants to write to you
request-chat = { $name } has put you into this chat
request-text = You can read it first. Only when you accept do they learn that anything has reached you, and what you tell of yourself.
request-accept = Accept
request-refuse = Refuse
request-block = Refuse and block

# Adding people
person-write = Write a message
add-member-open-dialog = Add people
add-member-title = Add people to { $chat }
add-member-open = They will read everything that was said here.
add-member-closed = They will read only what is said from now on.
add-member-add = Add
add-member-submit = Add { $name }
add-member-asked = Added as soon as the relay has it
add-member-none = All your contacts are in this chat, or you have none yet. Find somebody by their username, or send a link.
add-member-link = Invite by a link instead
find-person = Find by username
find-person-hint = Who is listed at your relay is found by their whole username.
find-person-submit = Find
error-no_such_person = Nobody is listed under that username at your relay. Ask them for it, or for an invitation.
error-no_directory = Your relay keeps no directory of people. Ask for an invitation.

# The relay's directory of people
listing = Let people find me by my username
listing-text = The relay then knows this name, and that it is yours. Whoever enters it as a whole can write to you; you decide whether to accept.
listing-listed = People can find you by it.
listing-no = The relay learns of it as soon as it answers.
listing-taken = Somebody else at your relay has this username. Choose another one.
listing-no_directory = Your relay keeps no directory of people.
listing-no-username = Choose a username first.

chat-made = Created by { $name }{ "\u00A0" }· { $day }
chat-picture = Picture of the chat

## Notifications and the tray

chat-notices = Notifications…
chat-notices-title = Notifications of { $title }
chat-notices-of = Notify me of
level-all = All messages
level-all-text = Everything that others say here.
level-mentions = What is meant for me
level-mentions-text = Messages that mention you or everyone, and answers to yours.
level-nothing = Nothing
level-nothing-text = Unread messages are still counted.
chat-notices-mute = Mute
chat-notices-mute-text = A muted chat sends no notifications and is left out of the count, on all your devices.
muted-until = Muted until { $time }
muted-forever = Muted until you unmute it

settings-notifications = Notifications
notices-text = These settings are for this device. What a single chat notifies you of is chosen in its menu, for all your devices.
notices-on = Notifications
notices-on-text = Tell you of new messages outside the window.
notices-show = Show
notices-show-text = Sender and text
notices-show-sender = Sender
notices-show-nothing = Neither
notices-sound = Sound
notices-sound-text = Where the system plays one.
quiet = Do not disturb
quiet-until = No notifications until { $time }
quiet-hours = Quiet hours
quiet-hours-text = Every day there are no notifications between these times. What comes meanwhile waits unread.
quiet-from = From
quiet-to = to
quiet-next-day = { $time } is on the next day
tray = Tray
close-to-tray = Close to the tray
close-to-tray-text = A closed window stays in the tray and goes on receiving.
close-to-tray-none = There is no tray here now, so closing the window ends the app.
tray-show = Show Beseda
tray-quiet = Do not disturb for an hour
tray-loud = End “do not disturb”
tray-quit = Quit

notice-new = { $count ->
    [one] New message
   *[other] { $count } new messages
}
notice-titled = { $count ->
    [one] { $title }: { $count } new message
   *[other] { $title }: { $count } new messages
}
notice-many = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
} { $number ->
    [one] in { $number } chat
   *[other] in { $number } chats
}
notice-for-me = { $count ->
    [one] One is for you
   *[other] { $count } are for you
}
notice-open = Open
notice-mark-read = Mark as read
notice-reply = Reply
notice-reply-hint = Write a message

## The app in its system, and links out of it

system-autostart = Start with the computer
system-autostart-text = Beseda opens minimised when you log in, and receives from then on.
system-keys = Keys that show Beseda
system-keys-text = From any program. Press them here to set them.
system-keys-press = Press the keys…
system-keys-unset = Not set
system-keys-remove = Remove the keys
system-keys-none-here = In this session programs cannot listen for keys. In the keyboard settings of your system, give keys of your choice to the command “beseda-desktop”: it shows the window.
open-link-title = Open this link?
open-link-text = This link opens in your browser. It leads to:
open-link-mail = This link opens your mail program. It writes to:
open-link-copy = Copy the address
open-link-submit = Open
